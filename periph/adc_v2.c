/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Analog-to-digital converters of F2 and F4 (RM0090 chapter 13, RM0033 chapter 10).
 *
 * Time: a conversion takes the channel's sampling time and one ADCCLK cycle per bit of resolution, from
 * the ADCCLK edge at or before its start; the next one of a sequence follows without a gap. The few
 * cycles between a trigger and the start are not counted, nor is the time that the converter needs after
 * ADON. The voltage is taken when the conversion ends. VDDA and VREF+ are 3.3 V.
 *
 * Results of several converters (CCR.MULTI with CCR.DMA) queue in the order in which they come; CDR gives
 * them one, or two at a time. A trigger that comes while its group is being converted is ignored.
 */
#include "periph/adc_v2.h"

#include <string.h>

#include "core/clock.h"
#include "core/device.h"
#include "core/log.h"
#include "core/schedule.h"
#include "core/signal.h"
#include "periph/adc_sequencer.h"
#include "periph/devices.h"
#include "periph/table.h"

enum { CSR, CCR, CDR, COMMON_REGS };

enum {
    CR2_DDS = 1 << 9, CR2_JEXTSEL_LSB = 16, CR2_JEXTEN_LSB = 20, CR2_JSWSTART = 1 << 22, CR2_EXTSEL_LSB = 24,
    CR2_EXTEN_LSB = 28, CR2_SWSTART = 1 << 30,

    CCR_MULTI = 0x1F, CCR_TRIPLE = 0x10, CCR_DELAY_LSB = 8, CCR_DDS = 1 << 13, CCR_DMA_LSB = 14,
    CCR_ADCPRE_LSB = 16, CCR_VBATE = 1 << 22, CCR_TSVREFE = 1 << 23
};

/* CCR.MULTI below CCR_TRIPLE */
enum { BOTH_TOGETHER = 1, REGULAR_TOGETHER_ALTERNATE = 2, INJECTED_TOGETHER = 5, REGULAR_TOGETHER = 6,
       INTERLEAVED = 7, ALTERNATE = 9 };

enum { TEMPERATURE_UV = 760000, VREFINT_UV = 1210000, VBAT_HALF_UV = 1650000 };
enum { CONVERTERS = 3, QUEUE = 8 };

struct adc_state {
    struct adc_sequencer q;
    uint32_t ccr;               /* of ADC_Common */
    uint8_t unread;             /* DR has a result that nobody has taken */
    uint8_t dma_done;           /* DDS = 0 and the stream has had its last item */
    uint8_t turn;               /* alternate trigger: whose turn it is */
    uint8_t reserved;           /* keeps the struct free of unnamed padding */
};

struct common_state {
    uint32_t reg[COMMON_REGS];
    uint32_t count;             /* of queue */
    uint16_t queue[QUEUE];      /* results for CDR */
    uint32_t dma_done;
    uint32_t reserved;
};

static void update_outputs(struct device *d)
{
    const struct adc_state *s = d->state;

    adc_update_irq(d);
    signal_set(d, ADC_V2_OUT_DMA, s->q.reg[ADC_CR2] & ADC_CR2_DMA && s->unread && !s->dma_done &&
                                      !(s->q.reg[ADC_SR] & ADC_SR_OVR));
}

static struct device *converter(const struct device *d, unsigned number)
{
    static const char *const names[CONVERTERS] = {"ADC1", "ADC2", "ADC3"};

    return device_find(d, names[number - 1]);
}

static unsigned number_of(const struct device *d)
{
    return ((const struct adc_v2_config *)device_config(d))->number;
}

/* ---- several converters ---- */

static unsigned multi(const struct adc_state *s)
{
    return s->ccr & CCR_MULTI & ~(uint32_t)CCR_TRIPLE;
}

/* Converters that work together; 1: each for itself. */
static unsigned group_size(uint32_t ccr)
{
    if (!(ccr & CCR_MULTI))
        return 1;
    return ccr & CCR_TRIPLE ? 3 : 2;
}

static unsigned results_per_read(const struct common_state *c)
{
    return (c->reg[CCR] >> CCR_DMA_LSB & 3) == 1 ? 1 : 2;
}

static void update_common(struct device *d)
{
    const struct common_state *c = d->state;

    signal_set(d, ADC_V2_OUT_DMA, c->reg[CCR] >> CCR_DMA_LSB & 3 && !c->dma_done &&
                                      c->count >= results_per_read(c));
}

/* Whether the result goes to the common queue. */
static bool shared(const struct device *d)
{
    const struct adc_state *s = d->state;

    return number_of(d) <= group_size(s->ccr) && s->ccr & CCR_MULTI && s->ccr >> CCR_DMA_LSB & 3;
}

/* False: no room, the result is lost. */
static bool queue_result(struct device *d, uint16_t value)
{
    struct device *common = device_find(d, "ADC_Common");
    struct common_state *c = common->state;

    if (c->dma_done)
        return true;
    if (c->count == QUEUE)
        return false;
    c->queue[c->count++] = value;
    update_common(common);
    return true;
}

/* ---- what is special to this kind ---- */

static bool connected(const struct device *d, unsigned channel)
{
    const struct adc_v2_config *config = device_config(d);
    const struct adc_state *s = d->state;

    return channel < ADC_CHANNELS && config->sensors && s->ccr & (channel == ADC_VBAT ? CCR_VBATE : CCR_TSVREFE);
}

/* A result that nobody has taken is kept, and the sequence stops (RM0090 13.8.2). */
static void overrun(struct device *d)
{
    struct adc_state *s = d->state;

    diag_guest(d, DIAG_OVERRUN, ADC_DR, "a result was lost: the one before had not been read");
    s->q.reg[ADC_SR] |= ADC_SR_OVR;
    adc_stop(d);
}

static bool deliver(struct device *d, uint32_t value)
{
    struct adc_state *s = d->state;
    uint32_t cr2 = s->q.reg[ADC_CR2];
    bool watched = (cr2 & ADC_CR2_DMA && !s->dma_done) || cr2 & ADC_CR2_EOCS;

    if (shared(d)) {
        s->q.reg[ADC_DR] = value;
        if (queue_result(d, (uint16_t)value))
            return true;
        overrun(d);
        return false;
    }
    if (watched && s->unread) {
        overrun(d);
        return false;
    }
    s->q.reg[ADC_DR] = value;
    s->unread = true;
    return true;
}

/* PA4 and PA5 belong to ADC1 and ADC2; ADC3 has other pins there. */
static bool meets_dac(const struct device *d)
{
    return number_of(d) < 3;
}

/* In ADCCLK cycles. */
static const struct adc_kind kind = {
    .sampling = {3, 15, 28, 56, 84, 112, 144, 480},
    .conversion = 12,
    .injected_flags = ADC_SR_JEOC,
    .connected = connected,
    .meets_dac = meets_dac,
    .deliver = deliver,
};

/* ---- triggers: the master starts the others (RM0090 13.9) ---- */

static void trigger_regular(struct device *d)
{
    const struct adc_state *s = d->state;
    unsigned mode = multi(s), members = number_of(d) == 1 ? group_size(s->ccr) : 1;
    unsigned delay = mode == INTERLEAVED ? (s->ccr >> CCR_DELAY_LSB & 15) + 5 : 0;

    adc_start_regular(d, &kind, 0);
    if (mode != BOTH_TOGETHER && mode != REGULAR_TOGETHER_ALTERNATE && mode != REGULAR_TOGETHER &&
        mode != INTERLEAVED)
        return;
    for (unsigned i = 2; i <= members; i++)
        adc_start_regular(converter(d, i), &kind, (uint64_t)delay * (i - 1));
}

static void trigger_injected(struct device *d)
{
    struct adc_state *s = d->state;
    unsigned mode = multi(s), members = number_of(d) == 1 ? group_size(s->ccr) : 1;

    if (members > 1 && (mode == ALTERNATE || mode == REGULAR_TOGETHER_ALTERNATE)) {
        adc_start_injected(converter(d, s->turn + 1u), &kind);
        s->turn = (uint8_t)((s->turn + 1u) % members);
        return;
    }
    adc_start_injected(d, &kind);
    if (mode == BOTH_TOGETHER || mode == INJECTED_TOGETHER)
        for (unsigned i = 2; i <= members; i++)
            adc_start_injected(converter(d, i), &kind);
}

/* EXTEN, JEXTEN: 1 rising, 2 falling, 3 both. */
static bool selected(uint32_t cr2, unsigned sel_lsb, unsigned en_lsb, unsigned trigger, bool level)
{
    return (cr2 >> sel_lsb & 15) == trigger && (cr2 >> en_lsb & 3) & (level ? 1 : 2);
}

static void adc_signal(struct device *d, unsigned input, bool level)
{
    struct adc_state *s = d->state;
    uint32_t cr2 = s->q.reg[ADC_CR2];

    if (!gate_on(d))
        return;
    if (input == ADC_V2_IN_DMA_LAST) {
        if (level && cr2 & ADC_CR2_DMA && !(cr2 & CR2_DDS))
            s->dma_done = true;
    } else if (input >= ADC_V2_IN_INJECTED) {
        if (cr2 & ADC_CR2_ADON &&
            selected(cr2, CR2_JEXTSEL_LSB, CR2_JEXTEN_LSB, input - ADC_V2_IN_INJECTED, level))
            trigger_injected(d);
    } else if (cr2 & ADC_CR2_ADON && selected(cr2, CR2_EXTSEL_LSB, CR2_EXTEN_LSB, input, level)) {
        trigger_regular(d);
    }
    update_outputs(d);
}

static void adc_event(struct device *d, unsigned event)
{
    (void)event;
    adc_converted(d, &kind);
    update_outputs(d);
}

/* ---- registers ---- */

static void write_cr2(struct device *d, uint32_t value, uint32_t lanes)
{
    struct adc_state *s = d->state;
    uint32_t old = s->q.reg[ADC_CR2], cr2 = reg_store(d, ADC_CR2, value, lanes);

    if (!(cr2 & ADC_CR2_ADON))
        adc_stop(d);
    if (cr2 & ~old & ADC_CR2_DMA)
        s->unread = false;      /* DMA is asked for new results only */
    if (!(cr2 & ADC_CR2_DMA))
        s->dma_done = false;
    if (value & lanes & CR2_JSWSTART)
        trigger_injected(d);
    if (value & lanes & CR2_SWSTART)
        trigger_regular(d);
}

static void adc_write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    struct adc_state *s = d->state;

    if (reg == ADC_CR2)
        write_cr2(d, value, lanes);
    else
        adc_store(d, reg, value, lanes);
    if (reg == ADC_SR && !(s->q.reg[ADC_SR] & ADC_SR_OVR) && ~value & lanes & ADC_SR_OVR)
        s->unread = false;
    update_outputs(d);
}

/* DR */
static uint32_t adc_read(struct device *d, unsigned reg)
{
    struct adc_state *s = d->state;
    uint32_t value = s->q.reg[reg];

    s->unread = false;
    s->q.reg[ADC_SR] &= ~(uint32_t)ADC_SR_EOC;
    update_outputs(d);
    return value;
}

/* ---- clock, reset ---- */

static unsigned prescaler(const struct adc_state *s)
{
    return 2 * ((s->ccr >> CCR_ADCPRE_LSB & 3) + 1);
}

static void adc_clock(struct device *d)
{
    struct adc_state *s = d->state;

    if (!gate_on(d))
        return;
    ticker_rate(&s->q.clock, d, device_clock(d), prescaler(s));
    adc_schedule(d);
}

static void adc_gated(struct device *d, bool on)
{
    struct adc_state *s = d->state;

    if (on)
        ticker_rate(&s->q.clock, d, device_clock(d), prescaler(s));
    else
        ticker_stop(&s->q.clock, d);
    adc_schedule(d);
}

static void adc_reset(struct device *d, enum reset_kind reset)
{
    struct adc_state *s = d->state;

    adc_reset_sequencer(d, reset, TEMPERATURE_UV, VREFINT_UV, VBAT_HALF_UV);
    s->ccr = 0;
    s->unread = s->dma_done = s->turn = 0;
    ticker_start(&s->q.clock, d, device_clock(d), prescaler(s));
}

/* ---- the common registers ---- */

static void take_results(struct common_state *c, unsigned count)
{
    c->count -= count;
    memmove(c->queue, c->queue + count, c->count * sizeof c->queue[0]);
    memset(c->queue + c->count, 0, (QUEUE - c->count) * sizeof c->queue[0]);
}

/* Without DMA CDR shows the present data of ADC1 and ADC2; with it, what is next in the queue. */
static uint32_t common_data(const struct device *d)
{
    const struct common_state *c = d->state;

    switch (c->reg[CCR] >> CCR_DMA_LSB & 3) {
    case 0:
        return reg_get(converter(d, 2), ADC_DR) << 16 | reg_get(converter(d, 1), ADC_DR);
    case 1:
        return c->queue[0];
    case 2:
        return (uint32_t)c->queue[1] << 16 | c->queue[0];
    default:
        return (c->queue[1] & 0xFFu) << 8 | (c->queue[0] & 0xFFu);
    }
}

static uint32_t common_peek(const struct device *d, unsigned reg)
{
    uint32_t csr = 0;

    if (reg == CDR)
        return common_data(d);
    if (reg == CCR)
        return reg_get(d, reg);
    for (unsigned i = 0; i < CONVERTERS; i++)
        csr |= (reg_get(converter(d, i + 1), ADC_SR) & 0x3F) << 8 * i;
    return csr;
}

/* CDR */
static uint32_t common_read(struct device *d, unsigned reg)
{
    struct common_state *c = d->state;
    uint32_t value = common_peek(d, reg);

    if (!(c->reg[CCR] >> CCR_DMA_LSB & 3)) {
        adc_read(converter(d, 1), ADC_DR);
        adc_read(converter(d, 2), ADC_DR);
    } else if (c->count >= results_per_read(c)) {
        take_results(c, results_per_read(c));
    }
    update_common(d);
    return value;
}

static void common_write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    struct common_state *c = d->state;
    uint32_t ccr = reg_store(d, reg, value, lanes);

    if (!(ccr >> CCR_DMA_LSB & 3)) {
        c->dma_done = false;
        take_results(c, c->count);
    }
    for (unsigned i = 1; i <= CONVERTERS; i++) {
        struct device *adc = converter(d, i);
        ((struct adc_state *)adc->state)->ccr = ccr;
        ((struct adc_state *)adc->state)->turn = 0;
        adc_clock(adc);
    }
    update_common(d);
}

static void common_signal(struct device *d, unsigned input, bool level)
{
    struct common_state *c = d->state;

    if (input == ADC_V2_IN_DMA_LAST && level && c->reg[CCR] >> CCR_DMA_LSB & 3 && !(c->reg[CCR] & CCR_DDS))
        c->dma_done = true;
    update_common(d);
}

static void common_reset(struct device *d, enum reset_kind reset)
{
    struct common_state *c = d->state;

    (void)reset;
    take_results(c, c->count);
    c->dma_done = false;
}

#define STATUS(n, lsb)                                                                             \
    BIT("AWD" n, lsb), BIT("EOC" n, lsb + 1), BIT("JEOC" n, lsb + 2), BIT("JSTRT" n, lsb + 3),     \
        BIT("STRT" n, lsb + 4), BIT("OVR" n, lsb + 5)

static const struct reg adc_regs[ADC_REGS] = {
    ADC_SEQUENCE_ROWS,
    [ADC_SR] = {.name = "SR", .offset = 0x00, .width = 32, .readable = 0x3F, .w0c = 0x3F,
                .fields = FIELDS(STATUS("", 0))},
    [ADC_CR1] = REG_PLAIN("CR1", 0x04, 0, 0x07C0FFFF, ADC_CR1_FIELDS, BITS("RES", 24, 2), BIT("OVRIE", 26)),
    [ADC_CR2] = {.name = "CR2", .offset = 0x08, .width = 32, .readable = 0x3F3F0F03, .writable = 0x3F3F0F03,
             .action = CR2_SWSTART | CR2_JSWSTART,
             .fields = FIELDS(BIT("ADON", 0), BIT("CONT", 1), BIT("DMA", 8), BIT("DDS", 9), BIT("EOCS", 10),
                              BIT("ALIGN", 11), BITS("JEXTSEL", 16, 4), BITS("JEXTEN", 20, 2),
                              BIT("JSWSTART", 22), BITS("EXTSEL", 24, 4), BITS("EXTEN", 28, 2),
                              BIT("SWSTART", 30))},
    [ADC_SMPR1] = REG_PLAIN("SMPR1", 0x0C, 0, 0x07FFFFFF, ADC_SMPR1_FIELDS, ADC_SAMPLE("18", 24)),
};

static const struct reg common_regs[COMMON_REGS] = {
    [CSR] = REG_CONST("CSR", 0x00, 0, 0x003F3F3F, STATUS("1", 0), STATUS("2", 8), STATUS("3", 16)),
    [CCR] = REG_PLAIN("CCR", 0x04, 0, 0x00C3EF1F, BITS("MULTI", 0, 5), BITS("DELAY", 8, 4), BIT("DDS", 13),
                      BITS("DMA", 14, 2), BITS("ADCPRE", 16, 2), BIT("VBATE", 22), BIT("TSVREFE", 23)),
    [CDR] = {.name = "CDR", .offset = 0x08, .width = 32, .flags = REG_READ_EFFECT, .readable = 0xFFFFFFFF,
             .fields = FIELDS(BITS("DATA1", 0, 16), BITS("DATA2", 16, 16))},
};

static bool adc_sane(const struct device *d)
{
    const struct adc_state *s = d->state;

    return adc_sequencer_sane(d, prescaler(s)) && s->turn < CONVERTERS;
}

const struct device_ops adc_v2_ops = {
    .name = "adc_v2",
    .regs = adc_regs,
    .reg_count = ADC_REGS,
    .state_size = sizeof(struct adc_state),
    .events = ADC_OWN_EVENTS,
    .outputs = ADC_V2_OUTPUTS,
    .inputs = ADC_V2_INPUTS,
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

static bool common_sane(const struct device *d)
{
    const struct common_state *c = d->state;

    return c->count <= QUEUE;
}

const struct device_ops adc_v2_common_ops = {
    .name = "adc_v2_common",
    .regs = common_regs,
    .reg_count = COMMON_REGS,
    .state_size = sizeof(struct common_state),
    .outputs = ADC_V2_OUTPUTS,
    .inputs = ADC_V2_INPUTS,
    .reset = common_reset,
    .read = common_read,
    .peek = common_peek,
    .write = common_write,
    .signal = common_signal,
    .sane = common_sane,
};
