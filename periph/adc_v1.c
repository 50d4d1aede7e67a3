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

#include <string.h>

#include "core/clock.h"
#include "core/device.h"
#include "core/irq.h"
#include "core/log.h"
#include "core/schedule.h"
#include "core/signal.h"
#include "periph/devices.h"
#include "periph/table.h"

enum { SR, CR1, CR2, SMPR1, SMPR2, JOFR1, JOFR2, JOFR3, JOFR4, HTR, LTR, SQR1, SQR2, SQR3, JSQR, JDR1, JDR2,
       JDR3, JDR4, DR, REGS };
enum {
    SR_AWD = 1 << 0, SR_EOC = 1 << 1, SR_JEOC = 1 << 2, SR_JSTRT = 1 << 3, SR_STRT = 1 << 4,

    CR1_AWDCH = 0x1F, CR1_EOCIE = 1 << 5, CR1_AWDIE = 1 << 6, CR1_JEOCIE = 1 << 7, CR1_SCAN = 1 << 8,
    CR1_AWDSGL = 1 << 9, CR1_JAUTO = 1 << 10, CR1_DISCEN = 1 << 11, CR1_JDISCEN = 1 << 12,
    CR1_DISCNUM_LSB = 13, CR1_JAWDEN = 1 << 22, CR1_AWDEN = 1 << 23,

    CR2_ADON = 1 << 0, CR2_CONT = 1 << 1, CR2_CAL = 1 << 2, CR2_RSTCAL = 1 << 3, CR2_DMA = 1 << 8,
    CR2_ALIGN = 1 << 11, CR2_JEXTSEL_LSB = 12, CR2_JEXTTRIG = 1 << 15, CR2_EXTSEL_LSB = 17,
    CR2_EXTTRIG = 1 << 20, CR2_JSWSTART = 1 << 21, CR2_SWSTART = 1 << 22, CR2_TSVREFE = 1 << 23,

    SQR1_L_LSB = 20, JSQR_JL_LSB = 20
};

enum { CHANNELS = 18, TEMPERATURE = 16, VREFINT = 17, SOFTWARE = 7 };
enum { VREF_UV = 3300000, TEMPERATURE_UV = 1410000, VREFINT_UV = 1200000 };
enum { CALIBRATION = 83, RESET_CALIBRATION = 5 };   /* ADCCLK cycles */
enum { EVENT_CONVERTED, EVENT_CALIBRATED, EVENTS };
enum { IDLE, REGULAR, INJECTED };
enum { REGULAR_MAX = 16, INJECTED_MAX = 4 };     /* conversions of a sequence */

struct adc_state {
    uint32_t reg[REGS];
    struct ticker clock;        /* halves of ADCCLK cycles */
    uint64_t end;               /* half at which the conversion ends */
    uint64_t calibrated;        /* half at which the calibration ends */
    uint32_t voltage[CHANNELS]; /* microvolts */
    uint8_t active;             /* what is being converted */
    uint8_t rank;               /* position in the regular sequence */
    uint8_t jrank;
    uint8_t quota;              /* conversions until the next trigger, in discontinuous mode */
    uint8_t waiting;            /* a regular group goes on after the injected one */
    uint8_t wants_dma;          /* DR has a result for the DMA */
    uint8_t unnamed[2];         /* keeps the struct free of unnamed padding */
};

/* ---- flags and outputs ---- */

static void update_outputs(struct device *d)
{
    const struct adc_state *s = d->state;
    uint32_t sr = s->reg[SR], cr1 = s->reg[CR1];

    irq_set(d, 0, (sr & SR_EOC && cr1 & CR1_EOCIE) || (sr & SR_AWD && cr1 & CR1_AWDIE) ||
                      (sr & SR_JEOC && cr1 & CR1_JEOCIE));
    signal_set(d, ADC_V1_OUT_DMA, s->reg[CR2] & CR2_DMA && s->wants_dma);
}

/* ---- voltages and values ---- */

static uint32_t voltage_at(struct device *d, unsigned channel)
{
    const struct adc_state *s = d->state;

    if (channel < TEMPERATURE || (channel < CHANNELS && s->reg[CR2] & CR2_TSVREFE))
        return s->voltage[channel];
    diag_guest(d, DIAG_SEQUENCE, DIAG_NO_REG, "channel %u converted while it is not connected: gives 0",
               channel);
    return 0;
}

static uint32_t measure(struct device *d, unsigned channel)
{
    uint64_t code = (uint64_t)voltage_at(d, channel) * 4096 / VREF_UV;

    return code > 4095 ? 4095 : (uint32_t)code;
}

/* As the data register shows it; an injected value may be negative (RM0041 10.5). */
static uint32_t aligned(const struct adc_state *s, int32_t value, bool injected)
{
    if (s->reg[CR2] & CR2_ALIGN)
        value *= 1 << (injected ? 3 : 4);
    return (uint32_t)value & 0xFFFF;
}

static void watch(struct adc_state *s, unsigned channel, uint32_t code, bool injected)
{
    uint32_t cr1 = s->reg[CR1];

    if (!(cr1 & (injected ? CR1_JAWDEN : CR1_AWDEN)))
        return;
    if (cr1 & CR1_AWDSGL && (cr1 & CR1_AWDCH) != channel)
        return;
    if (code > s->reg[HTR] || code < s->reg[LTR])
        s->reg[SR] |= SR_AWD;
}

/* ---- sequences ---- */

static unsigned regular_length(const struct adc_state *s)
{
    return s->reg[CR1] & CR1_SCAN ? (s->reg[SQR1] >> SQR1_L_LSB & 15) + 1 : 1;
}

static unsigned injected_length(const struct adc_state *s)
{
    return s->reg[CR1] & CR1_SCAN ? (s->reg[JSQR] >> JSQR_JL_LSB & 3) + 1 : 1;
}

static unsigned regular_channel(const struct adc_state *s)
{
    return s->reg[SQR3 - s->rank / 6] >> 5 * (s->rank % 6) & 0x1F;
}

/* The injected sequence ends with JSQ4 (RM0041, ADC_JSQR). */
static unsigned injected_channel(const struct adc_state *s)
{
    return s->reg[JSQR] >> 5 * (4 - injected_length(s) + s->jrank) & 0x1F;
}

static unsigned current_channel(const struct adc_state *s)
{
    return s->active == INJECTED ? injected_channel(s) : regular_channel(s);
}

/* Halves of ADCCLK cycles. */
static unsigned duration(const struct adc_state *s, unsigned channel)
{
    static const uint16_t sampling[] = {3, 15, 27, 57, 83, 111, 143, 479};
    uint32_t smpr = s->reg[channel < 10 ? SMPR2 : SMPR1];

    return sampling[smpr >> 3 * (channel % 10) & 7] + 25;
}

static void schedule(struct device *d)
{
    const struct adc_state *s = d->state;
    bool calibrating = s->reg[CR2] & (CR2_CAL | CR2_RSTCAL);

    sched_at(d, EVENT_CONVERTED, s->active == IDLE ? VTIME_NEVER : ticker_when(&s->clock, s->end));
    sched_at(d, EVENT_CALIBRATED, calibrating ? ticker_when(&s->clock, s->calibrated) : VTIME_NEVER);
}

/* Begins the next conversion of `group` at the half cycle `from`. */
static void convert(struct device *d, unsigned group, uint64_t from)
{
    struct adc_state *s = d->state;

    s->active = (uint8_t)group;
    s->end = from + duration(s, current_channel(s));
    schedule(d);
}

static void stop(struct device *d)
{
    struct adc_state *s = d->state;

    s->active = IDLE;
    s->waiting = false;
    s->rank = 0;
    s->jrank = 0;
    schedule(d);
}

static void start_regular(struct device *d)
{
    struct adc_state *s = d->state;

    if (!(s->reg[CR2] & CR2_ADON)) {
        diag_guest(d, DIAG_SEQUENCE, CR2, "conversion started while ADON = 0: ignored");
        return;
    }
    if (s->active == REGULAR || s->waiting)
        return;
    s->quota = (uint8_t)((s->reg[CR1] >> CR1_DISCNUM_LSB & 7) + 1);
    s->reg[SR] |= SR_STRT;
    if (s->active == INJECTED)
        s->waiting = true;
    else
        convert(d, REGULAR, ticker_read(&s->clock, d));
}

static void start_injected(struct device *d)
{
    struct adc_state *s = d->state;

    if (!(s->reg[CR2] & CR2_ADON)) {
        diag_guest(d, DIAG_SEQUENCE, CR2, "conversion started while ADON = 0: ignored");
        return;
    }
    if (s->active == INJECTED)
        return;
    s->reg[SR] |= SR_JSTRT;
    s->waiting = s->active == REGULAR;      /* it begins its conversion anew afterwards */
    convert(d, INJECTED, ticker_read(&s->clock, d));
}

/* ---- triggers: rising edges ---- */

static bool selected(uint32_t cr2, uint32_t enable, unsigned sel_lsb, unsigned source)
{
    return cr2 & CR2_ADON && cr2 & enable && (cr2 >> sel_lsb & 7) == source;
}

static void adc_signal(struct device *d, unsigned input, bool level)
{
    uint32_t cr2 = reg_get(d, CR2);

    if (!level || !gate_on(d))
        return;
    if (input >= ADC_V1_IN_INJECTED) {
        if (selected(cr2, CR2_JEXTTRIG, CR2_JEXTSEL_LSB, input - ADC_V1_IN_INJECTED))
            start_injected(d);
    } else if (selected(cr2, CR2_EXTTRIG, CR2_EXTSEL_LSB, input)) {
        start_regular(d);
    }
    update_outputs(d);
}

/* ---- the end of a conversion ---- */

static void regular_done(struct device *d)
{
    struct adc_state *s = d->state;
    unsigned channel = regular_channel(s);
    uint32_t code = measure(d, channel);
    bool last;

    watch(s, channel, code, false);
    s->reg[DR] = aligned(s, (int32_t)code, false);
    s->wants_dma = true;
    s->quota--;
    last = ++s->rank >= regular_length(s);
    if (last) {
        s->rank = 0;
        s->reg[SR] |= SR_EOC;
    }
    if (last && s->reg[CR1] & CR1_JAUTO) {
        s->waiting = s->reg[CR2] & CR2_CONT;
        s->reg[SR] |= SR_JSTRT;
        convert(d, INJECTED, s->end);
    } else if (s->reg[CR1] & CR1_DISCEN ? s->quota && !last : !last || s->reg[CR2] & CR2_CONT) {
        convert(d, REGULAR, s->end);
    } else {
        s->active = IDLE;
    }
}

static void injected_done(struct device *d)
{
    struct adc_state *s = d->state;
    unsigned channel = injected_channel(s);
    uint32_t code = measure(d, channel);
    bool last;

    watch(s, channel, code, true);
    s->reg[JDR1 + s->jrank] = aligned(s, (int32_t)code - (int32_t)s->reg[JOFR1 + s->jrank], true);
    last = ++s->jrank >= injected_length(s);
    if (last) {
        s->jrank = 0;
        s->reg[SR] |= SR_JEOC | SR_EOC;     /* EOC ends either group (RM0041, ADC_SR) */
    }
    if (!last && !(s->reg[CR1] & CR1_JDISCEN)) {
        convert(d, INJECTED, s->end);
    } else if (s->waiting) {
        s->waiting = false;
        convert(d, REGULAR, s->end);
    } else {
        s->active = IDLE;
    }
}

static void adc_event(struct device *d, unsigned event)
{
    const struct adc_state *s = d->state;

    if (event == EVENT_CALIBRATED)
        reg_clear_bits(d, CR2, CR2_CAL | CR2_RSTCAL);
    else if (s->active == INJECTED)
        injected_done(d);
    else
        regular_done(d);
    update_outputs(d);
}

/* ---- registers ---- */

static void calibrate(struct device *d, uint32_t asked)
{
    struct adc_state *s = d->state;
    unsigned cycles = asked & CR2_CAL ? CALIBRATION : RESET_CALIBRATION;

    if (!asked)
        return;
    s->calibrated = ticker_read(&s->clock, d) + 2 * cycles;
    schedule(d);
}

/* ADON: 0 to 1 wakes; written as 1 again, alone, it starts a conversion (RM0041 10.3.1). */
static void write_cr2(struct device *d, uint32_t value, uint32_t lanes)
{
    struct adc_state *s = d->state;
    uint32_t old = s->reg[CR2], cr2 = reg_store(d, CR2, value, lanes);
    uint32_t starts = value & lanes & (CR2_SWSTART | CR2_JSWSTART);

    if (!(cr2 & CR2_ADON))
        stop(d);
    if (cr2 & ~old & CR2_DMA)
        s->wants_dma = false;
    calibrate(d, cr2 & ~old & (CR2_CAL | CR2_RSTCAL));
    if (starts & CR2_JSWSTART && selected(cr2, CR2_JEXTTRIG, CR2_JEXTSEL_LSB, SOFTWARE))
        start_injected(d);
    if (starts & CR2_SWSTART && selected(cr2, CR2_EXTTRIG, CR2_EXTSEL_LSB, SOFTWARE))
        start_regular(d);
    if (!starts && cr2 == old && value & lanes & CR2_ADON)
        start_regular(d);
}

static void adc_write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    struct adc_state *s = d->state;

    if (reg == CR2)
        write_cr2(d, value, lanes);
    else
        reg_store(d, reg, value, lanes);
    if (s->rank >= regular_length(s))
        s->rank = 0;
    if (s->jrank >= injected_length(s))
        s->jrank = 0;
    update_outputs(d);
}

/* DR */
static uint32_t adc_read(struct device *d, unsigned reg)
{
    struct adc_state *s = d->state;
    uint32_t value = s->reg[reg];

    s->wants_dma = false;
    s->reg[SR] &= ~(uint32_t)SR_EOC;
    update_outputs(d);
    return value;
}

/* ---- clock, reset, the port ---- */

static void adc_clock(struct device *d)
{
    struct adc_state *s = d->state;

    if (!gate_on(d))
        return;
    ticker_rate(&s->clock, d, device_clock(d), 1);
    schedule(d);
}

static void adc_gated(struct device *d, bool on)
{
    struct adc_state *s = d->state;

    if (on)
        ticker_rate(&s->clock, d, device_clock(d), 1);
    else
        ticker_stop(&s->clock, d);
    schedule(d);
}

/* The voltages belong to the world outside and stay. */
static void adc_reset(struct device *d, enum reset_kind kind)
{
    struct adc_state *s = d->state;

    stop(d);
    s->quota = s->wants_dma = 0;
    s->end = s->calibrated = 0;
    ticker_start(&s->clock, d, device_clock(d), 1);
    if (kind != RESET_POWER_ON)
        return;
    memset(s->voltage, 0, sizeof s->voltage);
    s->voltage[TEMPERATURE] = TEMPERATURE_UV;
    s->voltage[VREFINT] = VREFINT_UV;
}

static uint32_t little_endian(const uint8_t *bytes)
{
    return (uint32_t)bytes[3] << 24 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[1] << 8 | bytes[0];
}

static void adc_input(struct device *d, const void *bytes, size_t size)
{
    struct adc_state *s = d->state;
    const uint8_t *in = bytes;

    for (; size >= 8; in += 8, size -= 8)
        if (little_endian(in) < CHANNELS)
            s->voltage[little_endian(in)] = little_endian(in + 4);
}

#define SAMPLE(n, lsb)  BITS("SMP" n, lsb, 3)
#define RANK(n, lsb)    BITS("SQ" n, lsb, 5)
#define OFFSET(n, at)   REG_PLAIN("JOFR" n, at, 0, 0xFFF, BITS("JOFFSET" n, 0, 12))
#define INJECTED_DATA(n, at) REG_CONST("JDR" n, at, 0, 0xFFFF, BITS("JDATA", 0, 16))
static const struct reg adc_regs[REGS] = {
    [SR] = {.name = "SR", .offset = 0x00, .width = 32, .readable = 0x1F, .w0c = 0x1F,
            .fields = FIELDS(BIT("AWD", 0), BIT("EOC", 1), BIT("JEOC", 2), BIT("JSTRT", 3), BIT("STRT", 4))},
    [CR1] = REG_PLAIN("CR1", 0x04, 0, 0x00C0FFFF, BITS("AWDCH", 0, 5), BIT("EOCIE", 5), BIT("AWDIE", 6),
                      BIT("JEOCIE", 7), BIT("SCAN", 8), BIT("AWDSGL", 9), BIT("JAUTO", 10),
                      BIT("DISCEN", 11), BIT("JDISCEN", 12), BITS("DISCNUM", 13, 3), BIT("JAWDEN", 22),
                      BIT("AWDEN", 23)),
    [CR2] = {.name = "CR2", .offset = 0x08, .width = 32, .readable = 0x009EF90F, .writable = 0x009EF903,
             .w1s = CR2_CAL | CR2_RSTCAL, .action = CR2_SWSTART | CR2_JSWSTART,
             .fields = FIELDS(BIT("ADON", 0), BIT("CONT", 1), BIT("CAL", 2), BIT("RSTCAL", 3), BIT("DMA", 8),
                              BIT("ALIGN", 11), BITS("JEXTSEL", 12, 3), BIT("JEXTTRIG", 15),
                              BITS("EXTSEL", 17, 3), BIT("EXTTRIG", 20), BIT("JSWSTART", 21),
                              BIT("SWSTART", 22), BIT("TSVREFE", 23))},
    [SMPR1] = REG_PLAIN("SMPR1", 0x0C, 0, 0x00FFFFFF, SAMPLE("10", 0), SAMPLE("11", 3), SAMPLE("12", 6),
                        SAMPLE("13", 9), SAMPLE("14", 12), SAMPLE("15", 15), SAMPLE("16", 18),
                        SAMPLE("17", 21)),
    [SMPR2] = REG_PLAIN("SMPR2", 0x10, 0, 0x3FFFFFFF, FIELDS_0_7("SMP", 0, 3), SAMPLE("8", 24),
                        SAMPLE("9", 27)),
    [JOFR1] = OFFSET("1", 0x14),
    [JOFR2] = OFFSET("2", 0x18),
    [JOFR3] = OFFSET("3", 0x1C),
    [JOFR4] = OFFSET("4", 0x20),
    [HTR] = REG_PLAIN("HTR", 0x24, 0xFFF, 0xFFF, BITS("HT", 0, 12)),
    [LTR] = REG_PLAIN("LTR", 0x28, 0, 0xFFF, BITS("LT", 0, 12)),
    [SQR1] = REG_PLAIN("SQR1", 0x2C, 0, 0x00FFFFFF, RANK("13", 0), RANK("14", 5), RANK("15", 10),
                       RANK("16", 15), BITS("L", 20, 4)),
    [SQR2] = REG_PLAIN("SQR2", 0x30, 0, 0x3FFFFFFF, RANK("7", 0), RANK("8", 5), RANK("9", 10),
                       RANK("10", 15), RANK("11", 20), RANK("12", 25)),
    [SQR3] = REG_PLAIN("SQR3", 0x34, 0, 0x3FFFFFFF, RANK("1", 0), RANK("2", 5), RANK("3", 10),
                       RANK("4", 15), RANK("5", 20), RANK("6", 25)),
    [JSQR] = REG_PLAIN("JSQR", 0x38, 0, 0x003FFFFF, BITS("JSQ1", 0, 5), BITS("JSQ2", 5, 5),
                       BITS("JSQ3", 10, 5), BITS("JSQ4", 15, 5), BITS("JL", 20, 2)),
    [JDR1] = INJECTED_DATA("1", 0x3C),
    [JDR2] = INJECTED_DATA("2", 0x40),
    [JDR3] = INJECTED_DATA("3", 0x44),
    [JDR4] = INJECTED_DATA("4", 0x48),
    [DR] = {.name = "DR", .offset = 0x4C, .width = 32, .flags = REG_READ_EFFECT, .readable = 0xFFFF,
            .fields = FIELDS(BITS("DATA", 0, 16))},
};

static bool adc_sane(const struct device *d)
{
    const struct adc_state *s = d->state;

    if ((gate_on(d) && !ticker_sane(&s->clock, d, device_clock(d), 1)) ||
        (s->active != IDLE && s->end < ticker_read(&s->clock, d)))
        return false;
    return s->active <= INJECTED && s->rank < REGULAR_MAX && s->jrank < INJECTED_MAX;
}

const struct device_ops adc_v1_ops = {
    .name = "adc_v1",
    .regs = adc_regs,
    .reg_count = REGS,
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
