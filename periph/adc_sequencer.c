/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sequences of conversions of the analog-to-digital converters (RM0041 10, RM0033 10, RM0090 13). See
 * adc_sequencer.h. */
#include "periph/adc_sequencer.h"

#include <string.h>

#include "core/irq.h"
#include "core/log.h"
#include "core/schedule.h"
#include "periph/dac_v1.h"

enum {
    CR1_AWDCH = 0x1F, CR1_EOCIE = 1 << 5, CR1_AWDIE = 1 << 6, CR1_JEOCIE = 1 << 7, CR1_SCAN = 1 << 8,
    CR1_AWDSGL = 1 << 9, CR1_JAUTO = 1 << 10, CR1_DISCEN = 1 << 11, CR1_JDISCEN = 1 << 12,
    CR1_DISCNUM_LSB = 13, CR1_JAWDEN = 1 << 22, CR1_AWDEN = 1 << 23, CR1_RES_LSB = 24, CR1_OVRIE = 1 << 26,

    SQR1_L_LSB = 20, JSQR_JL_LSB = 20
};

enum { VREF_UV = 3300000 };
enum { REGULAR_MAX = 16, INJECTED_MAX = 4 };     /* conversions of a sequence */

void adc_update_irq(struct device *d)
{
    const struct adc_sequencer *s = d->state;
    uint32_t sr = s->reg[ADC_SR], cr1 = s->reg[ADC_CR1];

    irq_set(d, 0, (sr & ADC_SR_EOC && cr1 & CR1_EOCIE) || (sr & ADC_SR_AWD && cr1 & CR1_AWDIE) ||
                      (sr & ADC_SR_JEOC && cr1 & CR1_JEOCIE) || (sr & ADC_SR_OVR && cr1 & CR1_OVRIE));
}

/* ---- voltages and values ---- */

/* Bits that the resolution drops. */
static unsigned dropped(const struct adc_sequencer *s)
{
    return 2 * (s->reg[ADC_CR1] >> CR1_RES_LSB & 3);
}

/* What the world outside sets, unless the DAC drives the pin. */
static uint32_t pin_voltage(const struct device *d, const struct adc_kind *kind, unsigned channel)
{
    const struct adc_sequencer *s = d->state;
    const struct device *dac = NULL;
    uint32_t microvolts;

    if (channel >= ADC_DAC_PINS && channel < ADC_DAC_PINS + DAC_V1_CHANNELS && kind->meets_dac(d))
        dac = device_find(d, "DAC");
    if (dac && dac_v1_drives(dac, channel - ADC_DAC_PINS, &microvolts))
        return microvolts;
    return s->voltage[channel];
}

static uint32_t voltage_at(struct device *d, const struct adc_kind *kind, unsigned channel)
{
    const struct adc_sequencer *s = d->state;

    if (channel < ADC_TEMPERATURE)
        return pin_voltage(d, kind, channel);
    if (kind->connected(d, channel))
        return s->voltage[channel];
    diag_guest(d, DIAG_SEQUENCE, DIAG_NO_REG, "channel %u converted while it is not connected: gives 0",
               channel);
    return 0;
}

/* 12 bits, whatever the resolution: the lower ones are 0. */
static uint32_t measure(struct device *d, const struct adc_kind *kind, unsigned channel)
{
    uint64_t code = (uint64_t)voltage_at(d, kind, channel) * 4096 / VREF_UV;

    if (code > 4095)
        code = 4095;
    return (uint32_t)code >> dropped(d->state) << dropped(d->state);
}

/* As the data register shows it; an injected value may be negative (RM0041 10.5, RM0090 13.4). */
static uint32_t aligned(const struct adc_sequencer *s, int32_t value, bool injected)
{
    unsigned left = dropped(s) == 6 ? 2 : 4 + dropped(s);

    value /= 1 << dropped(s);
    if (s->reg[ADC_CR2] & ADC_CR2_ALIGN)
        value *= 1 << (injected ? left - 1 : left);
    return (uint32_t)value & 0xFFFF;
}

static void watch(struct adc_sequencer *s, unsigned channel, uint32_t code, bool injected)
{
    uint32_t cr1 = s->reg[ADC_CR1];

    if (!(cr1 & (injected ? CR1_JAWDEN : CR1_AWDEN)))
        return;
    if (cr1 & CR1_AWDSGL && (cr1 & CR1_AWDCH) != channel)
        return;
    if (code > s->reg[ADC_HTR] || code < s->reg[ADC_LTR])
        s->reg[ADC_SR] |= ADC_SR_AWD;
}

/* ---- sequences ---- */

static unsigned regular_length(const struct adc_sequencer *s)
{
    return s->reg[ADC_CR1] & CR1_SCAN ? (s->reg[ADC_SQR1] >> SQR1_L_LSB & 15) + 1 : 1;
}

static unsigned injected_length(const struct adc_sequencer *s)
{
    return s->reg[ADC_CR1] & CR1_SCAN ? (s->reg[ADC_JSQR] >> JSQR_JL_LSB & 3) + 1 : 1;
}

static unsigned regular_channel(const struct adc_sequencer *s)
{
    return s->reg[ADC_SQR3 - s->rank / 6] >> 5 * (s->rank % 6) & 0x1F;
}

/* The injected sequence ends with JSQ4 (ADC_JSQR). */
static unsigned injected_channel(const struct adc_sequencer *s)
{
    return s->reg[ADC_JSQR] >> 5 * (4 - injected_length(s) + s->jrank) & 0x1F;
}

static unsigned current_channel(const struct adc_sequencer *s)
{
    return s->active == ADC_INJECTED ? injected_channel(s) : regular_channel(s);
}

static unsigned duration(const struct adc_sequencer *s, const struct adc_kind *kind, unsigned channel)
{
    uint32_t smpr = s->reg[channel < 10 ? ADC_SMPR2 : ADC_SMPR1];

    return kind->sampling[smpr >> 3 * (channel % 10) & 7] + kind->conversion - dropped(s);
}

void adc_schedule(struct device *d)
{
    const struct adc_sequencer *s = d->state;

    sched_at(d, ADC_EVENT_CONVERTED, s->active == ADC_IDLE ? VTIME_NEVER : ticker_when(&s->clock, s->end));
}

/* Begins the next conversion of `group` at tick `from`. */
static void convert(struct device *d, const struct adc_kind *kind, enum adc_group group, uint64_t from)
{
    struct adc_sequencer *s = d->state;

    s->active = (uint8_t)group;
    s->end = from + duration(s, kind, current_channel(s));
    adc_schedule(d);
}

void adc_stop(struct device *d)
{
    struct adc_sequencer *s = d->state;

    s->active = ADC_IDLE;
    s->waiting = false;
    s->rank = 0;
    s->jrank = 0;
    adc_schedule(d);
}

void adc_start_regular(struct device *d, const struct adc_kind *kind, uint64_t delay)
{
    struct adc_sequencer *s = d->state;

    if (!(s->reg[ADC_CR2] & ADC_CR2_ADON)) {
        diag_guest(d, DIAG_SEQUENCE, ADC_CR2, "conversion started while ADON = 0: ignored");
        return;
    }
    if (s->active == ADC_REGULAR || s->waiting || s->reg[ADC_SR] & ADC_SR_OVR)
        return;
    s->quota = (uint8_t)((s->reg[ADC_CR1] >> CR1_DISCNUM_LSB & 7) + 1);
    s->reg[ADC_SR] |= ADC_SR_STRT;
    if (s->active == ADC_INJECTED)
        s->waiting = true;
    else
        convert(d, kind, ADC_REGULAR, ticker_read(&s->clock, d) + delay);
}

void adc_start_injected(struct device *d, const struct adc_kind *kind)
{
    struct adc_sequencer *s = d->state;

    if (!(s->reg[ADC_CR2] & ADC_CR2_ADON)) {
        diag_guest(d, DIAG_SEQUENCE, ADC_CR2, "conversion started while ADON = 0: ignored");
        return;
    }
    if (s->active == ADC_INJECTED)
        return;
    s->reg[ADC_SR] |= ADC_SR_JSTRT;
    s->waiting = s->active == ADC_REGULAR;      /* it begins its conversion anew afterwards */
    convert(d, kind, ADC_INJECTED, ticker_read(&s->clock, d));
}

/* ---- the end of a conversion ---- */

static void regular_done(struct device *d, const struct adc_kind *kind)
{
    struct adc_sequencer *s = d->state;
    unsigned channel = regular_channel(s);
    uint32_t code = measure(d, kind, channel);
    bool last;

    watch(s, channel, code, false);
    if (!kind->deliver(d, aligned(s, (int32_t)code, false)))
        return;
    s->quota--;
    last = ++s->rank >= regular_length(s);
    if (last || s->reg[ADC_CR2] & ADC_CR2_EOCS)
        s->reg[ADC_SR] |= ADC_SR_EOC;
    if (last)
        s->rank = 0;
    if (last && s->reg[ADC_CR1] & CR1_JAUTO) {
        s->waiting = s->reg[ADC_CR2] & ADC_CR2_CONT;
        s->reg[ADC_SR] |= ADC_SR_JSTRT;
        convert(d, kind, ADC_INJECTED, s->end);
    } else if (s->reg[ADC_CR1] & CR1_DISCEN ? s->quota && !last : !last || s->reg[ADC_CR2] & ADC_CR2_CONT) {
        convert(d, kind, ADC_REGULAR, s->end);
    } else {
        s->active = ADC_IDLE;
    }
}

static void injected_done(struct device *d, const struct adc_kind *kind)
{
    struct adc_sequencer *s = d->state;
    unsigned channel = injected_channel(s);
    uint32_t code = measure(d, kind, channel);
    bool last;

    watch(s, channel, code, true);
    s->reg[ADC_JDR1 + s->jrank] = aligned(s, (int32_t)code - (int32_t)s->reg[ADC_JOFR1 + s->jrank], true);
    last = ++s->jrank >= injected_length(s);
    if (last) {
        s->jrank = 0;
        s->reg[ADC_SR] |= kind->injected_flags;
    }
    if (!last && !(s->reg[ADC_CR1] & CR1_JDISCEN)) {
        convert(d, kind, ADC_INJECTED, s->end);
    } else if (s->waiting) {
        s->waiting = false;
        convert(d, kind, ADC_REGULAR, s->end);
    } else {
        s->active = ADC_IDLE;
    }
}

void adc_converted(struct device *d, const struct adc_kind *kind)
{
    const struct adc_sequencer *s = d->state;

    if (s->active == ADC_INJECTED)
        injected_done(d, kind);
    else
        regular_done(d, kind);
}

/* ---- registers, reset, the port ---- */

void adc_store(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    struct adc_sequencer *s = d->state;

    reg_store(d, reg, value, lanes);
    if (s->rank >= regular_length(s))
        s->rank = 0;
    if (s->jrank >= injected_length(s))
        s->jrank = 0;
}

void adc_reset_sequencer(struct device *d, enum reset_kind kind, uint32_t temperature_uv, uint32_t vrefint_uv,
                         uint32_t vbat_uv)
{
    struct adc_sequencer *s = d->state;

    adc_stop(d);
    s->quota = 0;
    s->end = 0;
    if (kind != RESET_POWER_ON)
        return;
    memset(s->voltage, 0, sizeof s->voltage);
    s->voltage[ADC_TEMPERATURE] = temperature_uv;
    s->voltage[ADC_VREFINT] = vrefint_uv;
    s->voltage[ADC_VBAT] = vbat_uv;
}

static uint32_t little_endian(const uint8_t *bytes)
{
    return (uint32_t)bytes[3] << 24 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[1] << 8 | bytes[0];
}

void adc_input(struct device *d, const void *bytes, size_t size)
{
    struct adc_sequencer *s = d->state;
    const uint8_t *in = bytes;

    for (; size >= 8; in += 8, size -= 8)
        if (little_endian(in) < ADC_CHANNELS)
            s->voltage[little_endian(in)] = little_endian(in + 4);
}

bool adc_sequencer_sane(const struct device *d, uint64_t divider)
{
    const struct adc_sequencer *s = d->state;

    if ((gate_on(d) && !ticker_sane(&s->clock, d, device_clock(d), divider)) ||
        (s->active != ADC_IDLE && s->end < ticker_read(&s->clock, d)))
        return false;
    return s->active <= ADC_INJECTED && s->rank < REGULAR_MAX && s->jrank < INJECTED_MAX;
}
