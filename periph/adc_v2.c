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
#include "core/irq.h"
#include "core/log.h"
#include "core/schedule.h"
#include "core/signal.h"
#include "periph/devices.h"
#include "periph/table.h"

enum { SR, CR1, CR2, SMPR1, SMPR2, JOFR1, JOFR2, JOFR3, JOFR4, HTR, LTR, SQR1, SQR2, SQR3, JSQR, JDR1, JDR2,
       JDR3, JDR4, DR, REGS };
enum { CSR, CCR, CDR, COMMON_REGS };

enum {
    SR_AWD = 1 << 0, SR_EOC = 1 << 1, SR_JEOC = 1 << 2, SR_JSTRT = 1 << 3, SR_STRT = 1 << 4,
    SR_OVR = 1 << 5,

    CR1_AWDCH = 0x1F, CR1_EOCIE = 1 << 5, CR1_AWDIE = 1 << 6, CR1_JEOCIE = 1 << 7, CR1_SCAN = 1 << 8,
    CR1_AWDSGL = 1 << 9, CR1_JAUTO = 1 << 10, CR1_DISCEN = 1 << 11, CR1_JDISCEN = 1 << 12,
    CR1_DISCNUM_LSB = 13, CR1_JAWDEN = 1 << 22, CR1_AWDEN = 1 << 23, CR1_RES_LSB = 24, CR1_OVRIE = 1 << 26,

    CR2_ADON = 1 << 0, CR2_CONT = 1 << 1, CR2_DMA = 1 << 8, CR2_DDS = 1 << 9, CR2_EOCS = 1 << 10,
    CR2_ALIGN = 1 << 11, CR2_JEXTSEL_LSB = 16, CR2_JEXTEN_LSB = 20, CR2_JSWSTART = 1 << 22,
    CR2_EXTSEL_LSB = 24, CR2_EXTEN_LSB = 28, CR2_SWSTART = 1 << 30,

    SQR1_L_LSB = 20, JSQR_JL_LSB = 20,

    CCR_MULTI = 0x1F, CCR_TRIPLE = 0x10, CCR_DELAY_LSB = 8, CCR_DDS = 1 << 13, CCR_DMA_LSB = 14,
    CCR_ADCPRE_LSB = 16, CCR_VBATE = 1 << 22, CCR_TSVREFE = 1 << 23
};

/* CCR.MULTI below CCR_TRIPLE */
enum { BOTH_TOGETHER = 1, REGULAR_TOGETHER_ALTERNATE = 2, INJECTED_TOGETHER = 5, REGULAR_TOGETHER = 6,
       INTERLEAVED = 7, ALTERNATE = 9 };

enum { CHANNELS = 19, TEMPERATURE = 16, VREFINT = 17, VBAT = 18 };
enum { VREF_UV = 3300000, TEMPERATURE_UV = 760000, VREFINT_UV = 1210000, VBAT_HALF_UV = 1650000 };
enum { CONVERTERS = 3, QUEUE = 8 };
enum { EVENT_CONVERTED, EVENTS };
enum { IDLE, REGULAR, INJECTED };
enum { REGULAR_MAX = 16, INJECTED_MAX = 4 };     /* conversions of a sequence */

struct adc_state {
    uint32_t reg[REGS];
    struct ticker clock;        /* ADCCLK */
    uint64_t end;               /* ADCCLK cycle at which the conversion ends */
    uint32_t voltage[CHANNELS]; /* microvolts */
    uint32_t ccr;               /* of ADC_Common */
    uint8_t active;             /* what is being converted */
    uint8_t rank;               /* position in the regular sequence */
    uint8_t jrank;
    uint8_t quota;              /* conversions until the next trigger, in discontinuous mode */
    uint8_t waiting;            /* a regular group goes on after the injected one */
    uint8_t unread;             /* DR has a result that nobody has taken */
    uint8_t dma_done;           /* DDS = 0 and the stream has had its last item */
    uint8_t turn;               /* alternate trigger: whose turn it is */
};

struct common_state {
    uint32_t reg[COMMON_REGS];
    uint32_t count;             /* of queue */
    uint16_t queue[QUEUE];      /* results for CDR */
    uint32_t dma_done;
    uint32_t reserved;
};

/* ---- flags and outputs ---- */

static void update_outputs(struct device *d)
{
    const struct adc_state *s = d->state;
    uint32_t sr = s->reg[SR], cr1 = s->reg[CR1];

    irq_set(d, 0, (sr & SR_EOC && cr1 & CR1_EOCIE) || (sr & SR_AWD && cr1 & CR1_AWDIE) ||
                      (sr & SR_JEOC && cr1 & CR1_JEOCIE) || (sr & SR_OVR && cr1 & CR1_OVRIE));
    signal_set(d, ADC_V2_OUT_DMA, s->reg[CR2] & CR2_DMA && s->unread && !s->dma_done && !(sr & SR_OVR));
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

/* ---- voltages and values ---- */

static uint32_t voltage_at(struct device *d, unsigned channel)
{
    const struct adc_v2_config *config = device_config(d);
    const struct adc_state *s = d->state;
    uint32_t needed = channel == VBAT ? CCR_VBATE : CCR_TSVREFE;

    if (channel >= CHANNELS)
        return 0;
    if (channel < TEMPERATURE || (config->sensors && s->ccr & needed))
        return s->voltage[channel];
    diag_guest(d, DIAG_SEQUENCE, DIAG_NO_REG, "channel %u converted while it is not connected: gives 0",
               channel);
    return 0;
}

/* 12 bits, whatever the resolution: the lower ones are 0. */
static uint32_t measure(struct device *d, unsigned channel)
{
    const struct adc_state *s = d->state;
    uint64_t code = (uint64_t)voltage_at(d, channel) * 4096 / VREF_UV;
    unsigned dropped = 2 * (s->reg[CR1] >> CR1_RES_LSB & 3);

    if (code > 4095)
        code = 4095;
    return (uint32_t)code >> dropped << dropped;
}

/* As the data register shows it; an injected value may be negative (RM0090 13.4). */
static uint32_t aligned(const struct adc_state *s, int32_t value, bool injected)
{
    unsigned dropped = 2 * (s->reg[CR1] >> CR1_RES_LSB & 3);
    unsigned left = dropped == 6 ? 2 : 4 + dropped;

    value /= 1 << dropped;
    if (s->reg[CR2] & CR2_ALIGN)
        value *= 1 << (injected ? left - 1 : left);
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

/* The injected sequence ends with JSQ4 (RM0090, ADC_JSQR). */
static unsigned injected_channel(const struct adc_state *s)
{
    return s->reg[JSQR] >> 5 * (4 - injected_length(s) + s->jrank) & 0x1F;
}

static unsigned current_channel(const struct adc_state *s)
{
    return s->active == INJECTED ? injected_channel(s) : regular_channel(s);
}

/* ADCCLK cycles. */
static unsigned duration(const struct adc_state *s, unsigned channel)
{
    static const uint16_t sampling[] = {3, 15, 28, 56, 84, 112, 144, 480};
    uint32_t smpr = s->reg[channel < 10 ? SMPR2 : SMPR1];

    return sampling[smpr >> 3 * (channel % 10) & 7] + 12 - 2 * (s->reg[CR1] >> CR1_RES_LSB & 3);
}

static void schedule(struct device *d)
{
    const struct adc_state *s = d->state;

    sched_at(d, EVENT_CONVERTED, s->active == IDLE ? VTIME_NEVER : ticker_when(&s->clock, s->end));
}

/* Begins the next conversion of `group` at ADCCLK cycle `from`. */
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

static void start_regular(struct device *d, uint64_t delay)
{
    struct adc_state *s = d->state;

    if (!(s->reg[CR2] & CR2_ADON)) {
        diag_guest(d, DIAG_SEQUENCE, CR2, "conversion started while ADON = 0: ignored");
        return;
    }
    if (s->active == REGULAR || s->waiting || s->reg[SR] & SR_OVR)
        return;
    s->quota = (uint8_t)((s->reg[CR1] >> CR1_DISCNUM_LSB & 7) + 1);
    s->reg[SR] |= SR_STRT;
    if (s->active == INJECTED)
        s->waiting = true;
    else
        convert(d, REGULAR, ticker_read(&s->clock, d) + delay);
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

/* ---- triggers: the master starts the others (RM0090 13.9) ---- */

static void trigger_regular(struct device *d)
{
    const struct adc_state *s = d->state;
    unsigned mode = multi(s), members = number_of(d) == 1 ? group_size(s->ccr) : 1;
    unsigned delay = mode == INTERLEAVED ? (s->ccr >> CCR_DELAY_LSB & 15) + 5 : 0;

    start_regular(d, 0);
    if (mode != BOTH_TOGETHER && mode != REGULAR_TOGETHER_ALTERNATE && mode != REGULAR_TOGETHER &&
        mode != INTERLEAVED)
        return;
    for (unsigned i = 2; i <= members; i++)
        start_regular(converter(d, i), (uint64_t)delay * (i - 1));
}

static void trigger_injected(struct device *d)
{
    struct adc_state *s = d->state;
    unsigned mode = multi(s), members = number_of(d) == 1 ? group_size(s->ccr) : 1;

    if (members > 1 && (mode == ALTERNATE || mode == REGULAR_TOGETHER_ALTERNATE)) {
        start_injected(converter(d, s->turn + 1u));
        s->turn = (uint8_t)((s->turn + 1u) % members);
        return;
    }
    start_injected(d);
    if (mode == BOTH_TOGETHER || mode == INJECTED_TOGETHER)
        for (unsigned i = 2; i <= members; i++)
            start_injected(converter(d, i));
}

/* EXTEN, JEXTEN: 1 rising, 2 falling, 3 both. */
static bool selected(uint32_t cr2, unsigned sel_lsb, unsigned en_lsb, unsigned trigger, bool level)
{
    return (cr2 >> sel_lsb & 15) == trigger && (cr2 >> en_lsb & 3) & (level ? 1 : 2);
}

static void adc_signal(struct device *d, unsigned input, bool level)
{
    struct adc_state *s = d->state;
    uint32_t cr2 = s->reg[CR2];

    if (!gate_on(d))
        return;
    if (input == ADC_V2_IN_DMA_LAST) {
        if (level && cr2 & CR2_DMA && !(cr2 & CR2_DDS))
            s->dma_done = true;
    } else if (input >= ADC_V2_IN_INJECTED) {
        if (cr2 & CR2_ADON &&
            selected(cr2, CR2_JEXTSEL_LSB, CR2_JEXTEN_LSB, input - ADC_V2_IN_INJECTED, level))
            trigger_injected(d);
    } else if (cr2 & CR2_ADON && selected(cr2, CR2_EXTSEL_LSB, CR2_EXTEN_LSB, input, level)) {
        trigger_regular(d);
    }
    update_outputs(d);
}

/* ---- the end of a conversion ---- */

/* A result that nobody has taken is kept, and the sequence stops (RM0090 13.8.2). */
static void overrun(struct device *d)
{
    struct adc_state *s = d->state;

    diag_guest(d, DIAG_OVERRUN, DR, "a result was lost: the one before had not been read");
    s->reg[SR] |= SR_OVR;
    stop(d);
}

/* False: overrun. */
static bool deliver(struct device *d, uint32_t code)
{
    struct adc_state *s = d->state;
    uint32_t value = aligned(s, (int32_t)code, false), cr2 = s->reg[CR2];
    bool watched = (cr2 & CR2_DMA && !s->dma_done) || cr2 & CR2_EOCS;

    if (shared(d)) {
        s->reg[DR] = value;
        if (queue_result(d, (uint16_t)value))
            return true;
        overrun(d);
        return false;
    }
    if (watched && s->unread) {
        overrun(d);
        return false;
    }
    s->reg[DR] = value;
    s->unread = true;
    return true;
}

static void regular_done(struct device *d)
{
    struct adc_state *s = d->state;
    unsigned channel = regular_channel(s);
    uint32_t code = measure(d, channel);
    bool last;

    watch(s, channel, code, false);
    if (!deliver(d, code))
        return;
    s->quota--;
    last = ++s->rank >= regular_length(s);
    if (last || s->reg[CR2] & CR2_EOCS)
        s->reg[SR] |= SR_EOC;
    if (last)
        s->rank = 0;
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
        s->reg[SR] |= SR_JEOC;
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

    (void)event;
    if (s->active == INJECTED)
        injected_done(d);
    else
        regular_done(d);
    update_outputs(d);
}

/* ---- registers ---- */

static void write_cr2(struct device *d, uint32_t value, uint32_t lanes)
{
    struct adc_state *s = d->state;
    uint32_t old = s->reg[CR2], cr2 = reg_store(d, CR2, value, lanes);

    if (!(cr2 & CR2_ADON))
        stop(d);
    if (cr2 & ~old & CR2_DMA)
        s->unread = false;      /* DMA is asked for new results only */
    if (!(cr2 & CR2_DMA))
        s->dma_done = false;
    if (value & lanes & CR2_JSWSTART)
        trigger_injected(d);
    if (value & lanes & CR2_SWSTART)
        trigger_regular(d);
}

static void adc_write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    struct adc_state *s = d->state;

    if (reg == CR2)
        write_cr2(d, value, lanes);
    else
        reg_store(d, reg, value, lanes);
    if (reg == SR && !(s->reg[SR] & SR_OVR) && ~value & lanes & SR_OVR)
        s->unread = false;
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

    s->unread = false;
    s->reg[SR] &= ~(uint32_t)SR_EOC;
    update_outputs(d);
    return value;
}

/* ---- clock, reset, the port ---- */

static unsigned prescaler(const struct adc_state *s)
{
    return 2 * ((s->ccr >> CCR_ADCPRE_LSB & 3) + 1);
}

static void adc_clock(struct device *d)
{
    struct adc_state *s = d->state;

    if (!gate_on(d))
        return;
    ticker_rate(&s->clock, d, device_clock(d), prescaler(s));
    schedule(d);
}

static void adc_gated(struct device *d, bool on)
{
    struct adc_state *s = d->state;

    if (on)
        ticker_rate(&s->clock, d, device_clock(d), prescaler(s));
    else
        ticker_stop(&s->clock, d);
    schedule(d);
}

/* The voltages belong to the world outside and stay. */
static void adc_reset(struct device *d, enum reset_kind kind)
{
    struct adc_state *s = d->state;

    stop(d);
    s->ccr = 0;
    s->quota = s->unread = s->dma_done = s->turn = 0;
    s->end = 0;
    ticker_start(&s->clock, d, device_clock(d), prescaler(s));
    if (kind != RESET_POWER_ON)
        return;
    memset(s->voltage, 0, sizeof s->voltage);
    s->voltage[TEMPERATURE] = TEMPERATURE_UV;
    s->voltage[VREFINT] = VREFINT_UV;
    s->voltage[VBAT] = VBAT_HALF_UV;
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
        return reg_get(converter(d, 2), DR) << 16 | reg_get(converter(d, 1), DR);
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
        csr |= (reg_get(converter(d, i + 1), SR) & 0x3F) << 8 * i;
    return csr;
}

/* CDR */
static uint32_t common_read(struct device *d, unsigned reg)
{
    struct common_state *c = d->state;
    uint32_t value = common_peek(d, reg);

    if (!(c->reg[CCR] >> CCR_DMA_LSB & 3)) {
        adc_read(converter(d, 1), DR);
        adc_read(converter(d, 2), DR);
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

static void common_reset(struct device *d, enum reset_kind kind)
{
    struct common_state *c = d->state;

    (void)kind;
    take_results(c, c->count);
    c->dma_done = false;
}

#define SAMPLE(n, lsb)  BITS("SMP" n, lsb, 3)
#define RANK(n, lsb)    BITS("SQ" n, lsb, 5)
#define OFFSET(n, at)   REG_PLAIN("JOFR" n, at, 0, 0xFFF, BITS("JOFFSET" n, 0, 12))
#define INJECTED_DATA(n, at) REG_CONST("JDR" n, at, 0, 0xFFFF, BITS("JDATA", 0, 16))
#define STATUS(n, lsb)                                                                             \
    BIT("AWD" n, lsb), BIT("EOC" n, lsb + 1), BIT("JEOC" n, lsb + 2), BIT("JSTRT" n, lsb + 3),     \
        BIT("STRT" n, lsb + 4), BIT("OVR" n, lsb + 5)

static const struct reg adc_regs[REGS] = {
    [SR] = {.name = "SR", .offset = 0x00, .width = 32, .readable = 0x3F, .w0c = 0x3F,
            .fields = FIELDS(STATUS("", 0))},
    [CR1] = REG_PLAIN("CR1", 0x04, 0, 0x07C0FFFF, BITS("AWDCH", 0, 5), BIT("EOCIE", 5), BIT("AWDIE", 6),
                      BIT("JEOCIE", 7), BIT("SCAN", 8), BIT("AWDSGL", 9), BIT("JAUTO", 10),
                      BIT("DISCEN", 11), BIT("JDISCEN", 12), BITS("DISCNUM", 13, 3), BIT("JAWDEN", 22),
                      BIT("AWDEN", 23), BITS("RES", 24, 2), BIT("OVRIE", 26)),
    [CR2] = {.name = "CR2", .offset = 0x08, .width = 32, .readable = 0x3F3F0F03, .writable = 0x3F3F0F03,
             .action = CR2_SWSTART | CR2_JSWSTART,
             .fields = FIELDS(BIT("ADON", 0), BIT("CONT", 1), BIT("DMA", 8), BIT("DDS", 9), BIT("EOCS", 10),
                              BIT("ALIGN", 11), BITS("JEXTSEL", 16, 4), BITS("JEXTEN", 20, 2),
                              BIT("JSWSTART", 22), BITS("EXTSEL", 24, 4), BITS("EXTEN", 28, 2),
                              BIT("SWSTART", 30))},
    [SMPR1] = REG_PLAIN("SMPR1", 0x0C, 0, 0x07FFFFFF, SAMPLE("10", 0), SAMPLE("11", 3), SAMPLE("12", 6),
                        SAMPLE("13", 9), SAMPLE("14", 12), SAMPLE("15", 15), SAMPLE("16", 18),
                        SAMPLE("17", 21), SAMPLE("18", 24)),
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

    if ((gate_on(d) && !ticker_sane(&s->clock, d, device_clock(d), prescaler(s))) ||
        (s->active != IDLE && s->end < ticker_read(&s->clock, d)))
        return false;
    return s->active <= INJECTED && s->rank < REGULAR_MAX && s->jrank < INJECTED_MAX && s->turn < CONVERTERS;
}

const struct device_ops adc_v2_ops = {
    .name = "adc_v2",
    .regs = adc_regs,
    .reg_count = REGS,
    .state_size = sizeof(struct adc_state),
    .events = EVENTS,
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
