/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the analog-to-digital converters of F1, F2 and F4 share: registers but CR2, sequences of conversions, the
 * watchdog, voltages and their codes. Private to adc_sequencer.c, adc_v1.c and adc_v2.c.
 */
#ifndef PERIPH_ADC_SEQUENCER_H
#define PERIPH_ADC_SEQUENCER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/clock.h"
#include "core/device.h"
#include "periph/table.h"

enum adc_reg {
    ADC_SR, ADC_CR1, ADC_CR2, ADC_SMPR1, ADC_SMPR2, ADC_JOFR1, ADC_JOFR2, ADC_JOFR3, ADC_JOFR4, ADC_HTR, ADC_LTR,
    ADC_SQR1, ADC_SQR2, ADC_SQR3, ADC_JSQR, ADC_JDR1, ADC_JDR2, ADC_JDR3, ADC_JDR4, ADC_DR, ADC_REGS
};

/* The F1 has no OVR, OVRIE, RES and EOCS: there they are 0. */
enum {
    ADC_SR_AWD = 1 << 0, ADC_SR_EOC = 1 << 1, ADC_SR_JEOC = 1 << 2, ADC_SR_JSTRT = 1 << 3, ADC_SR_STRT = 1 << 4,
    ADC_SR_OVR = 1 << 5,

    ADC_CR2_ADON = 1 << 0, ADC_CR2_CONT = 1 << 1, ADC_CR2_DMA = 1 << 8, ADC_CR2_EOCS = 1 << 10,
    ADC_CR2_ALIGN = 1 << 11
};

enum { ADC_CHANNELS = 19, ADC_DAC_PINS = 4, ADC_TEMPERATURE = 16, ADC_VREFINT = 17, ADC_VBAT = 18 };
enum { ADC_EVENT_CONVERTED, ADC_OWN_EVENTS };
enum adc_group { ADC_IDLE, ADC_REGULAR, ADC_INJECTED };

/* The state of every converter begins with it. */
struct adc_sequencer {
    uint32_t reg[ADC_REGS];
    struct ticker clock;        /* ticks: see struct adc_kind */
    uint64_t end;               /* tick at which the conversion ends */
    uint32_t voltage[ADC_CHANNELS]; /* microvolts */
    uint8_t active;             /* enum adc_group: what is being converted */
    uint8_t rank;               /* position in the regular sequence */
    uint8_t jrank;
    uint8_t quota;              /* conversions until the next trigger, in discontinuous mode */
    uint8_t waiting;            /* a regular group goes on after the injected one */
    uint8_t reserved[7];        /* keeps the struct free of unnamed padding */
};

struct adc_kind {
    uint16_t sampling[8];       /* ticks, by SMP */
    uint16_t conversion;        /* ticks for 12 bits */
    uint32_t injected_flags;    /* SR at the end of the injected group */

    /* Whether an internal channel, or one that does not exist, is connected. */
    bool (*connected)(const struct device *d, unsigned channel);

    /* Whether inputs ADC_DAC_PINS and the next are the pins of the DAC's outputs. */
    bool (*meets_dac)(const struct device *d);

    /* Takes a result to DR; false: it is lost, the sequence has stopped. */
    bool (*deliver)(struct device *d, uint32_t value);
};

/* Conversions; a delay is in ticks. Starting is refused with a report while ADON is 0. */
void adc_start_regular(struct device *d, const struct adc_kind *kind, uint64_t delay);
void adc_start_injected(struct device *d, const struct adc_kind *kind);
void adc_stop(struct device *d);

/* ADC_EVENT_CONVERTED has happened. */
void adc_converted(struct device *d, const struct adc_kind *kind);

/* After the clock or its gate has changed. */
void adc_schedule(struct device *d);

/* The interrupt follows from the registers. */
void adc_update_irq(struct device *d);

/* A write of any register but CR2. */
void adc_store(struct device *d, unsigned reg, uint32_t value, uint32_t lanes);

/* Power-on sets what the sensors give; later the voltages belong to the world outside and stay. */
void adc_reset_sequencer(struct device *d, enum reset_kind kind, uint32_t temperature_uv, uint32_t vrefint_uv,
                         uint32_t vbat_uv);

/* The port: pairs of 32 bits, channel and microvolts. */
void adc_input(struct device *d, const void *bytes, size_t size);

/* For `sane`: a clock of `divider` counts for it while it is clocked. */
bool adc_sequencer_sane(const struct device *d, uint64_t divider);

/* ---- register tables ---- */

#define ADC_SAMPLE(n, lsb)  BITS("SMP" n, lsb, 3)
#define ADC_RANK(n, lsb)    BITS("SQ" n, lsb, 5)
#define ADC_OFFSET(n, at)   REG_PLAIN("JOFR" n, at, 0, 0xFFF, BITS("JOFFSET" n, 0, 12))
#define ADC_INJECTED_DATA(n, at) REG_CONST("JDR" n, at, 0, 0xFFFF, BITS("JDATA", 0, 16))

#define ADC_CR1_FIELDS                                                                             \
    BITS("AWDCH", 0, 5), BIT("EOCIE", 5), BIT("AWDIE", 6), BIT("JEOCIE", 7), BIT("SCAN", 8),       \
        BIT("AWDSGL", 9), BIT("JAUTO", 10), BIT("DISCEN", 11), BIT("JDISCEN", 12),                 \
        BITS("DISCNUM", 13, 3), BIT("JAWDEN", 22), BIT("AWDEN", 23)

#define ADC_SMPR1_FIELDS                                                                           \
    ADC_SAMPLE("10", 0), ADC_SAMPLE("11", 3), ADC_SAMPLE("12", 6), ADC_SAMPLE("13", 9),            \
        ADC_SAMPLE("14", 12), ADC_SAMPLE("15", 15), ADC_SAMPLE("16", 18), ADC_SAMPLE("17", 21)

#define ADC_SEQUENCE_ROWS                                                                          \
    [ADC_SMPR2] = REG_PLAIN("SMPR2", 0x10, 0, 0x3FFFFFFF, FIELDS_0_7("SMP", 0, 3),                 \
                            ADC_SAMPLE("8", 24), ADC_SAMPLE("9", 27)),                             \
    [ADC_JOFR1] = ADC_OFFSET("1", 0x14), [ADC_JOFR2] = ADC_OFFSET("2", 0x18),                      \
    [ADC_JOFR3] = ADC_OFFSET("3", 0x1C), [ADC_JOFR4] = ADC_OFFSET("4", 0x20),                      \
    [ADC_HTR] = REG_PLAIN("HTR", 0x24, 0xFFF, 0xFFF, BITS("HT", 0, 12)),                           \
    [ADC_LTR] = REG_PLAIN("LTR", 0x28, 0, 0xFFF, BITS("LT", 0, 12)),                               \
    [ADC_SQR1] = REG_PLAIN("SQR1", 0x2C, 0, 0x00FFFFFF, ADC_RANK("13", 0), ADC_RANK("14", 5),      \
                           ADC_RANK("15", 10), ADC_RANK("16", 15), BITS("L", 20, 4)),              \
    [ADC_SQR2] = REG_PLAIN("SQR2", 0x30, 0, 0x3FFFFFFF, ADC_RANK("7", 0), ADC_RANK("8", 5),        \
                           ADC_RANK("9", 10), ADC_RANK("10", 15), ADC_RANK("11", 20),              \
                           ADC_RANK("12", 25)),                                                    \
    [ADC_SQR3] = REG_PLAIN("SQR3", 0x34, 0, 0x3FFFFFFF, ADC_RANK("1", 0), ADC_RANK("2", 5),        \
                           ADC_RANK("3", 10), ADC_RANK("4", 15), ADC_RANK("5", 20),                \
                           ADC_RANK("6", 25)),                                                     \
    [ADC_JSQR] = REG_PLAIN("JSQR", 0x38, 0, 0x003FFFFF, BITS("JSQ1", 0, 5), BITS("JSQ2", 5, 5),    \
                           BITS("JSQ3", 10, 5), BITS("JSQ4", 15, 5), BITS("JL", 20, 2)),           \
    [ADC_JDR1] = ADC_INJECTED_DATA("1", 0x3C), [ADC_JDR2] = ADC_INJECTED_DATA("2", 0x40),          \
    [ADC_JDR3] = ADC_INJECTED_DATA("3", 0x44), [ADC_JDR4] = ADC_INJECTED_DATA("4", 0x48),          \
    [ADC_DR] = {.name = "DR", .offset = 0x4C, .width = 32, .flags = REG_READ_EFFECT,               \
                .readable = 0xFFFF, .fields = FIELDS(BITS("DATA", 0, 16))}

#endif
