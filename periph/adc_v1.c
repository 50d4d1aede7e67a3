/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Analog-to-digital converter of F100 (RM0041 chapter 10).
 *
 * Time: a conversion takes the channel's sampling time and 12.5 ADCCLK cycles, counted in halves, from the
 * ADCCLK edge at or before its start; the next one of a sequence follows without a gap. The few cycles
 * between a trigger and the start are not counted, nor is the time that the converter needs after ADON.
 * The voltage is taken when the conversion ends. VDDA is 3.3 V. Calibration takes CALIBRATION cycles.
 *
 * A trigger that comes while its group is being converted is ignored.
 */
#include "periph/adc_v1.h"

#include "core/clock.h"
#include "core/device.h"
#include "core/schedule.h"
#include "core/signal.h"
#include "periph/adc_sequencer.h"
#include "periph/devices.h"
#include "periph/table.h"

enum {
    CR2_CAL = 1 << 2, CR2_RSTCAL = 1 << 3, CR2_JEXTSEL_LSB = 12, CR2_JEXTTRIG = 1 << 15, CR2_EXTSEL_LSB = 17,
    CR2_EXTTRIG = 1 << 20, CR2_JSWSTART = 1 << 21, CR2_SWSTART = 1 << 22, CR2_TSVREFE = 1 << 23
};

enum { SOFTWARE = 7 };                              /* EXTSEL, JEXTSEL */
enum { TEMPERATURE_UV = 1410000, VREFINT_UV = 1200000 };
enum { CALIBRATION = 83, RESET_CALIBRATION = 5 };   /* ADCCLK cycles */
enum { EVENT_CALIBRATED = ADC_OWN_EVENTS, EVENTS };

struct adc_state {
    struct adc_sequencer q;
    uint64_t calibrated;        /* half at which the calibration ends */
    uint64_t wants_dma;         /* DR has a result for the DMA */
};

static void update_outputs(struct device *d)
{
    const struct adc_state *s = d->state;

    adc_update_irq(d);
    signal_set(d, ADC_V1_OUT_DMA, s->q.reg[ADC_CR2] & ADC_CR2_DMA && s->wants_dma);
}

static void schedule(struct device *d)
{
    const struct adc_state *s = d->state;
    bool calibrating = s->q.reg[ADC_CR2] & (CR2_CAL | CR2_RSTCAL);

    adc_schedule(d);
    sched_at(d, EVENT_CALIBRATED, calibrating ? ticker_when(&s->q.clock, s->calibrated) : VTIME_NEVER);
}

/* ---- what is special to this kind ---- */

static bool connected(const struct device *d, unsigned channel)
{
    return channel <= ADC_VREFINT && reg_get(d, ADC_CR2) & CR2_TSVREFE;
}

static bool deliver(struct device *d, uint32_t value)
{
    struct adc_state *s = d->state;

    s->q.reg[ADC_DR] = value;
    s->wants_dma = true;
    return true;
}

/* In halves of ADCCLK cycles. EOC ends either group (RM0041, ADC_SR). */
/* PA4 and PA5. */
static bool meets_dac(const struct device *d)
{
    (void)d;
    return true;
}

static const struct adc_kind kind = {
    .sampling = {3, 15, 27, 57, 83, 111, 143, 479},
    .conversion = 25,
    .injected_flags = ADC_SR_JEOC | ADC_SR_EOC,
    .connected = connected,
    .meets_dac = meets_dac,
    .deliver = deliver,
};

/* ---- triggers: rising edges ---- */

static bool selected(uint32_t cr2, uint32_t enable, unsigned sel_lsb, unsigned source)
{
    return cr2 & ADC_CR2_ADON && cr2 & enable && (cr2 >> sel_lsb & 7) == source;
}

static void adc_signal(struct device *d, unsigned input, bool level)
{
    uint32_t cr2 = reg_get(d, ADC_CR2);

    if (!level || !gate_on(d))
        return;
    if (input >= ADC_V1_IN_INJECTED) {
        if (selected(cr2, CR2_JEXTTRIG, CR2_JEXTSEL_LSB, input - ADC_V1_IN_INJECTED))
            adc_start_injected(d, &kind);
    } else if (selected(cr2, CR2_EXTTRIG, CR2_EXTSEL_LSB, input)) {
        adc_start_regular(d, &kind, 0);
    }
    update_outputs(d);
}

static void adc_event(struct device *d, unsigned event)
{
    if (event == EVENT_CALIBRATED)
        reg_clear_bits(d, ADC_CR2, CR2_CAL | CR2_RSTCAL);
    else
        adc_converted(d, &kind);
    update_outputs(d);
}

/* ---- registers ---- */

static void calibrate(struct device *d, uint32_t asked)
{
    struct adc_state *s = d->state;
    unsigned cycles = asked & CR2_CAL ? CALIBRATION : RESET_CALIBRATION;

    if (!asked)
        return;
    s->calibrated = ticker_read(&s->q.clock, d) + 2 * cycles;
    schedule(d);
}

/* ADON: 0 to 1 wakes; written as 1 again, alone, it starts a conversion (RM0041 10.3.1). */
static void write_cr2(struct device *d, uint32_t value, uint32_t lanes)
{
    struct adc_state *s = d->state;
    uint32_t old = s->q.reg[ADC_CR2], cr2 = reg_store(d, ADC_CR2, value, lanes);
    uint32_t starts = value & lanes & (CR2_SWSTART | CR2_JSWSTART);

    if (!(cr2 & ADC_CR2_ADON))
        adc_stop(d);
    if (cr2 & ~old & ADC_CR2_DMA)
        s->wants_dma = false;
    calibrate(d, cr2 & ~old & (CR2_CAL | CR2_RSTCAL));
    if (starts & CR2_JSWSTART && selected(cr2, CR2_JEXTTRIG, CR2_JEXTSEL_LSB, SOFTWARE))
        adc_start_injected(d, &kind);
    if (starts & CR2_SWSTART && selected(cr2, CR2_EXTTRIG, CR2_EXTSEL_LSB, SOFTWARE))
        adc_start_regular(d, &kind, 0);
    if (!starts && cr2 == old && value & lanes & ADC_CR2_ADON)
        adc_start_regular(d, &kind, 0);
}

static void adc_write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    if (reg == ADC_CR2)
        write_cr2(d, value, lanes);
    else
        adc_store(d, reg, value, lanes);
    update_outputs(d);
}

/* DR */
static uint32_t adc_read(struct device *d, unsigned reg)
{
    struct adc_state *s = d->state;
    uint32_t value = s->q.reg[reg];

    s->wants_dma = false;
    s->q.reg[ADC_SR] &= ~(uint32_t)ADC_SR_EOC;
    update_outputs(d);
    return value;
}

/* ---- clock, reset ---- */

static void adc_clock(struct device *d)
{
    struct adc_state *s = d->state;

    if (!gate_on(d))
        return;
    ticker_rate(&s->q.clock, d, device_clock(d), 1);
    schedule(d);
}

static void adc_gated(struct device *d, bool on)
{
    struct adc_state *s = d->state;

    if (on)
        ticker_rate(&s->q.clock, d, device_clock(d), 1);
    else
        ticker_stop(&s->q.clock, d);
    schedule(d);
}

static void adc_reset(struct device *d, enum reset_kind reset)
{
    struct adc_state *s = d->state;

    adc_reset_sequencer(d, reset, TEMPERATURE_UV, VREFINT_UV, 0);
    s->wants_dma = s->calibrated = 0;
    ticker_start(&s->q.clock, d, device_clock(d), 1);
}

static const struct reg adc_regs[ADC_REGS] = {
    ADC_SEQUENCE_ROWS,
    [ADC_SR] = {.name = "SR", .offset = 0x00, .width = 32, .readable = 0x1F, .w0c = 0x1F,
                .fields = FIELDS(BIT("AWD", 0), BIT("EOC", 1), BIT("JEOC", 2), BIT("JSTRT", 3), BIT("STRT", 4))},
    [ADC_CR1] = REG_PLAIN("CR1", 0x04, 0, 0x00C0FFFF, ADC_CR1_FIELDS),
    [ADC_CR2] = {.name = "CR2", .offset = 0x08, .width = 32, .readable = 0x009EF90F, .writable = 0x009EF903,
             .w1s = CR2_CAL | CR2_RSTCAL, .action = CR2_SWSTART | CR2_JSWSTART,
             .fields = FIELDS(BIT("ADON", 0), BIT("CONT", 1), BIT("CAL", 2), BIT("RSTCAL", 3), BIT("DMA", 8),
                              BIT("ALIGN", 11), BITS("JEXTSEL", 12, 3), BIT("JEXTTRIG", 15),
                              BITS("EXTSEL", 17, 3), BIT("EXTTRIG", 20), BIT("JSWSTART", 21),
                              BIT("SWSTART", 22), BIT("TSVREFE", 23))},
    [ADC_SMPR1] = REG_PLAIN("SMPR1", 0x0C, 0, 0x00FFFFFF, ADC_SMPR1_FIELDS),
};

static bool adc_sane(const struct device *d)
{
    return adc_sequencer_sane(d, 1);
}

const struct device_ops adc_v1_ops = {
    .name = "adc_v1",
    .regs = adc_regs,
    .reg_count = ADC_REGS,
    .state_size = sizeof(struct adc_state),
    .events = EVENTS,
    .outputs = ADC_V1_OUTPUTS,
    .inputs = ADC_V1_INPUTS,
    .reset = adc_reset,
    .read = adc_read,
    .write = adc_write,
    .event = adc_event,
    .signal = adc_signal,
    .clock = adc_clock,
    .gated = adc_gated,
    .input = adc_input,
    .sane = adc_sane,
};
