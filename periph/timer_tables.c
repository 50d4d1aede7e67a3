/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The timers' register tables: one per variant, numbered alike (timer_state.h). CCMRx shows the fields of
 * both its meanings: OCx... where the channel is an output, ICx... where it is an input.
 */
#include "periph/devices.h"
#include "periph/table.h"
#include "periph/timer_state.h"

/* A plain register, one whose bits clear by writing 0, one that acts, and one that a variant lacks. */
#define PLAIN(number, label, mask, ...)                                                            \
    [number] = {.name = label, .offset = 4 * (number), .width = 16, .readable = mask,              \
                .writable = mask, .fields = FIELDS(__VA_ARGS__)}
#define WIDE(number, label, initial, mask, ...)                                                    \
    [number] = {.name = label, .offset = 4 * (number), .width = (mask) > 0xFFFF ? 32 : 16,         \
                .reset = initial, .readable = mask, .writable = mask, .fields = FIELDS(__VA_ARGS__)}
#define CAPTURE(number, label, mask)                                                               \
    [number] = {.name = label, .offset = 4 * (number), .width = (mask) > 0xFFFF ? 32 : 16,         \
                .flags = REG_READ_EFFECT, .readable = mask, .writable = mask,                      \
                .fields = FIELDS({label, 0, (mask) > 0xFFFF ? 32 : 16})}
#define CLEARED(number, label, mask, ...)                                                          \
    [number] = {.name = label, .offset = 4 * (number), .width = 16, .readable = mask,              \
                .w0c = mask, .fields = FIELDS(__VA_ARGS__)}
#define ACTS(number, label, mask, ...)                                                             \
    [number] = {.name = label, .offset = 4 * (number), .width = 16, .action = mask,                \
                .fields = FIELDS(__VA_ARGS__)}
#define ABSENT(number) [number] = {.name = "reserved", .offset = 4 * (number), .flags = REG_PAD}

/* Fields that variants share. */
#define CR1_BITS   BIT("CEN", 0), BIT("UDIS", 1), BIT("URS", 2), BIT("OPM", 3)
#define CR1_BASIC  CR1_BITS, BIT("ARPE", 7)
#define CR1_UP     CR1_BASIC, BITS("CKD", 8, 2)
#define CR1_FULL   CR1_BITS, BIT("DIR", 4), BITS("CMS", 5, 2), BIT("ARPE", 7), BITS("CKD", 8, 2)
#define SMCR_SMALL BITS("SMS", 0, 3), BITS("TS", 4, 3), BIT("MSM", 7)
#define SMCR_FULL  SMCR_SMALL, BITS("ETF", 8, 4), BITS("ETPS", 12, 2), BIT("ECE", 14), BIT("ETP", 15)

#define CC1_FLAGS(tail) BIT("CC1" tail, 1)
#define CC2_FLAGS(tail) CC1_FLAGS(tail), BIT("CC2" tail, 2)
#define CC4_FLAGS(tail) CC2_FLAGS(tail), BIT("CC3" tail, 3), BIT("CC4" tail, 4)
#define CC4_DMA         BIT("UDE", 8), BIT("CC1DE", 9), BIT("CC2DE", 10), BIT("CC3DE", 11), BIT("CC4DE", 12)
#define CC2_OVER        BIT("CC1OF", 9), BIT("CC2OF", 10)
#define CC4_OVER        CC2_OVER, BIT("CC3OF", 11), BIT("CC4OF", 12)

#define CCMR_CHANNEL(n, at)                                                                        \
    BITS("CC" n "S", at, 2), BIT("OC" n "FE", (at) + 2), BIT("OC" n "PE", (at) + 3),               \
        BITS("OC" n "M", (at) + 4, 3), BITS("IC" n "PSC", (at) + 2, 2), BITS("IC" n "F", (at) + 4, 4)
#define CCMR_CLEARABLE(n, at) CCMR_CHANNEL(n, at), BIT("OC" n "CE", (at) + 7)

#define CCER_PLAIN(n, at)   BIT("CC" n "E", at), BIT("CC" n "P", (at) + 1)
#define CCER_CHANNEL(n, at) CCER_PLAIN(n, at), BIT("CC" n "NP", (at) + 3)
#define CCER_PAIR(n, at)    CCER_CHANNEL(n, at), BIT("CC" n "NE", (at) + 2)

/* The counter, its prescaler and its end. */
#define COUNTER_ROWS(mask)                                                                         \
    WIDE(TIM_CNT, "CNT", 0, mask, {"CNT", 0, (mask) > 0xFFFF ? 32 : 16}),                          \
        PLAIN(TIM_PSC, "PSC", 0xFFFF, BITS("PSC", 0, 16)),                                         \
        WIDE(TIM_ARR, "ARR", mask, mask, {"ARR", 0, (mask) > 0xFFFF ? 32 : 16})

#define FOUR_CAPTURE_ROWS(mask)                                                                    \
    CAPTURE(TIM_CCR1, "CCR1", mask), CAPTURE(TIM_CCR2, "CCR2", mask),                              \
        CAPTURE(TIM_CCR3, "CCR3", mask), CAPTURE(TIM_CCR4, "CCR4", mask)

#define FOUR_CCMR_ROWS                                                                             \
    PLAIN(TIM_CCMR1, "CCMR1", 0xFFFF, CCMR_CLEARABLE("1", 0), CCMR_CLEARABLE("2", 8)),             \
        PLAIN(TIM_CCMR2, "CCMR2", 0xFFFF, CCMR_CLEARABLE("3", 0), CCMR_CLEARABLE("4", 8))

#define BURST_ROWS(mask)                                                                           \
    PLAIN(TIM_DCR, "DCR", 0x1F1F, BITS("DBA", 0, 5), BITS("DBL", 8, 5)),                           \
        [TIM_DMAR] = {.name = "DMAR", .offset = 4 * TIM_DMAR, .width = (mask) > 0xFFFF ? 32 : 16,  \
                      .flags = REG_READ_EFFECT, .action = mask,                                    \
                      .fields = FIELDS({"DMAB", 0, (mask) > 0xFFFF ? 32 : 16})}

#define BDTR_ROW                                                                                   \
    PLAIN(TIM_BDTR, "BDTR", 0xFFFF, BITS("DTG", 0, 8), BITS("LOCK", 8, 2), BIT("OSSI", 10),        \
          BIT("OSSR", 11), BIT("BKE", 12), BIT("BKP", 13), BIT("AOE", 14), BIT("MOE", 15))

/* TIM6, TIM7 */
static const struct reg basic_regs[TIM_REGS] = {
    PLAIN(TIM_CR1, "CR1", 0x008F, CR1_BASIC),
    PLAIN(TIM_CR2, "CR2", 0x0070, BITS("MMS", 4, 3)),
    ABSENT(TIM_SMCR),
    PLAIN(TIM_DIER, "DIER", 0x0101, BIT("UIE", 0), BIT("UDE", 8)),
    CLEARED(TIM_SR, "SR", 0x0001, BIT("UIF", 0)),
    ACTS(TIM_EGR, "EGR", 0x0001, BIT("UG", 0)),
    ABSENT(TIM_CCMR1),
    ABSENT(TIM_CCMR2),
    ABSENT(TIM_CCER),
    COUNTER_ROWS(0xFFFF),
    ABSENT(TIM_RCR),
    ABSENT(TIM_CCR1),
    ABSENT(TIM_CCR2),
    ABSENT(TIM_CCR3),
    ABSENT(TIM_CCR4),
    ABSENT(TIM_BDTR),
    ABSENT(TIM_DCR),
    ABSENT(TIM_DMAR),
    ABSENT(TIM_OR),
};

/* TIM10, TIM13, TIM14; TIM11 has an option register */
#define ONE_CHANNEL_ROWS                                                                           \
    PLAIN(TIM_CR1, "CR1", 0x038F, CR1_UP), ABSENT(TIM_CR2), ABSENT(TIM_SMCR),                      \
        PLAIN(TIM_DIER, "DIER", 0x0003, BIT("UIE", 0), CC1_FLAGS("IE")),                           \
        CLEARED(TIM_SR, "SR", 0x0203, BIT("UIF", 0), CC1_FLAGS("IF"), BIT("CC1OF", 9)),            \
        ACTS(TIM_EGR, "EGR", 0x0003, BIT("UG", 0), CC1_FLAGS("G")),                                \
        PLAIN(TIM_CCMR1, "CCMR1", 0x00FF, CCMR_CHANNEL("1", 0)), ABSENT(TIM_CCMR2),                \
        PLAIN(TIM_CCER, "CCER", 0x000B, CCER_CHANNEL("1", 0)), COUNTER_ROWS(0xFFFF),               \
        ABSENT(TIM_RCR), CAPTURE(TIM_CCR1, "CCR1", 0xFFFF), ABSENT(TIM_CCR2), ABSENT(TIM_CCR3),    \
        ABSENT(TIM_CCR4), ABSENT(TIM_BDTR), ABSENT(TIM_DCR), ABSENT(TIM_DMAR)

static const struct reg one_channel_regs[TIM_REGS] = {ONE_CHANNEL_ROWS, ABSENT(TIM_OR)};

static const struct reg tim11_regs[TIM_REGS] = {
    ONE_CHANNEL_ROWS, PLAIN(TIM_OR, "OR", 0x0003, BITS("TI1_RMP", 0, 2))};

/* TIM9, TIM12; those of F2 have a CR2, whose trigger output leads nowhere */
#define TWO_CHANNEL_ROWS                                                                           \
    PLAIN(TIM_CR1, "CR1", 0x038F, CR1_UP), PLAIN(TIM_SMCR, "SMCR", 0x00F7, SMCR_SMALL),            \
        PLAIN(TIM_DIER, "DIER", 0x0047, BIT("UIE", 0), CC2_FLAGS("IE"), BIT("TIE", 6)),            \
        CLEARED(TIM_SR, "SR", 0x0647, BIT("UIF", 0), CC2_FLAGS("IF"), BIT("TIF", 6), CC2_OVER),    \
        ACTS(TIM_EGR, "EGR", 0x0047, BIT("UG", 0), CC2_FLAGS("G"), BIT("TG", 6)),                  \
        PLAIN(TIM_CCMR1, "CCMR1", 0xFFFF, CCMR_CHANNEL("1", 0), CCMR_CHANNEL("2", 8)),             \
        ABSENT(TIM_CCMR2),                                                                         \
        PLAIN(TIM_CCER, "CCER", 0x00BB, CCER_CHANNEL("1", 0), CCER_CHANNEL("2", 4)),               \
        COUNTER_ROWS(0xFFFF), ABSENT(TIM_RCR), CAPTURE(TIM_CCR1, "CCR1", 0xFFFF),                  \
        CAPTURE(TIM_CCR2, "CCR2", 0xFFFF), ABSENT(TIM_CCR3), ABSENT(TIM_CCR4), ABSENT(TIM_BDTR),   \
        ABSENT(TIM_DCR), ABSENT(TIM_DMAR), ABSENT(TIM_OR)

static const struct reg two_channel_regs[TIM_REGS] = {TWO_CHANNEL_ROWS, ABSENT(TIM_CR2)};

static const struct reg two_channel_f2_regs[TIM_REGS] = {
    TWO_CHANNEL_ROWS, PLAIN(TIM_CR2, "CR2", 0x0070, BITS("MMS", 4, 3))};

/* TIM3, TIM4; TIM2 and TIM5 count 32 bits and have an option register. The F1's have no CCxNP, and choose what clears
 * OCxREF. */
#define GENERAL_ROWS(mask)                                                                         \
    PLAIN(TIM_CR1, "CR1", 0x03FF, CR1_FULL),                                                       \
        PLAIN(TIM_CR2, "CR2", 0x00F8, BIT("CCDS", 3), BITS("MMS", 4, 3), BIT("TI1S", 7)),          \
        PLAIN(TIM_DIER, "DIER", 0x5F5F, BIT("UIE", 0), CC4_FLAGS("IE"), BIT("TIE", 6), CC4_DMA,    \
              BIT("TDE", 14)),                                                                     \
        CLEARED(TIM_SR, "SR", 0x1E5F, BIT("UIF", 0), CC4_FLAGS("IF"), BIT("TIF", 6), CC4_OVER),    \
        ACTS(TIM_EGR, "EGR", 0x005F, BIT("UG", 0), CC4_FLAGS("G"), BIT("TG", 6)), FOUR_CCMR_ROWS,  \
        COUNTER_ROWS(mask), ABSENT(TIM_RCR), FOUR_CAPTURE_ROWS(mask), ABSENT(TIM_BDTR), BURST_ROWS(0xFFFF)

#define INPUT_ROWS                                                                                 \
    PLAIN(TIM_SMCR, "SMCR", 0xFFF7, SMCR_FULL),                                                    \
        PLAIN(TIM_CCER, "CCER", 0xBBBB, CCER_CHANNEL("1", 0), CCER_CHANNEL("2", 4),                \
              CCER_CHANNEL("3", 8), CCER_CHANNEL("4", 12))

static const struct reg general_regs[TIM_REGS] = {GENERAL_ROWS(0xFFFF), INPUT_ROWS, ABSENT(TIM_OR)};

static const struct reg general_f1_regs[TIM_REGS] = {
    GENERAL_ROWS(0xFFFF),
    PLAIN(TIM_SMCR, "SMCR", 0xFFFF, SMCR_FULL, BIT("OCCS", 3)),
    PLAIN(TIM_CCER, "CCER", 0x3333, CCER_PLAIN("1", 0), CCER_PLAIN("2", 4), CCER_PLAIN("3", 8),
          CCER_PLAIN("4", 12)),
    ABSENT(TIM_OR),
};

static const struct reg tim2_regs[TIM_REGS] = {
    GENERAL_ROWS(0xFFFFFFFF), INPUT_ROWS, PLAIN(TIM_OR, "OR", 0x0C00, BITS("ITR1_RMP", 10, 2))};

static const struct reg tim5_regs[TIM_REGS] = {
    GENERAL_ROWS(0xFFFFFFFF), INPUT_ROWS, PLAIN(TIM_OR, "OR", 0x00C0, BITS("TI4_RMP", 6, 2))};

/* TIM1, TIM8; DMAR has 32 bits but on the F1. */
#define ADVANCED_ROWS                                                                              \
    PLAIN(TIM_CR1, "CR1", 0x03FF, CR1_FULL),                                                       \
        PLAIN(TIM_CR2, "CR2", 0x7FFD, BIT("CCPC", 0), BIT("CCUS", 2), BIT("CCDS", 3), BITS("MMS", 4, 3), \
              BIT("TI1S", 7), BIT("OIS1", 8), BIT("OIS1N", 9), BIT("OIS2", 10), BIT("OIS2N", 11),  \
              BIT("OIS3", 12), BIT("OIS3N", 13), BIT("OIS4", 14)),                                 \
        PLAIN(TIM_SMCR, "SMCR", 0xFFF7, SMCR_FULL),                                                \
        PLAIN(TIM_DIER, "DIER", 0x7FFF, BIT("UIE", 0), CC4_FLAGS("IE"), BIT("COMIE", 5), BIT("TIE", 6), \
              BIT("BIE", 7), CC4_DMA, BIT("COMDE", 13), BIT("TDE", 14)),                           \
        CLEARED(TIM_SR, "SR", 0x1EFF, BIT("UIF", 0), CC4_FLAGS("IF"), BIT("COMIF", 5), BIT("TIF", 6), \
                BIT("BIF", 7), CC4_OVER),                                                          \
        ACTS(TIM_EGR, "EGR", 0x00FF, BIT("UG", 0), CC4_FLAGS("G"), BIT("COMG", 5), BIT("TG", 6), BIT("BG", 7)), \
        FOUR_CCMR_ROWS,                                                                            \
        PLAIN(TIM_CCER, "CCER", 0x3FFF, CCER_PAIR("1", 0), CCER_PAIR("2", 4), CCER_PAIR("3", 8),   \
              BIT("CC4E", 12), BIT("CC4P", 13)),                                                   \
        COUNTER_ROWS(0xFFFF),                                                                      \
        PLAIN(TIM_RCR, "RCR", 0x00FF, BITS("REP", 0, 8)),                                          \
        FOUR_CAPTURE_ROWS(0xFFFF),                                                                 \
        BDTR_ROW

static const struct reg advanced_regs[TIM_REGS] = {ADVANCED_ROWS, BURST_ROWS(0xFFFFFFFF), ABSENT(TIM_OR)};
static const struct reg advanced_f1_regs[TIM_REGS] = {ADVANCED_ROWS, BURST_ROWS(0xFFFF), ABSENT(TIM_OR)};

/* TIM15 of the F100: two channels, one complement, break. */
static const struct reg tim15_regs[TIM_REGS] = {
    PLAIN(TIM_CR1, "CR1", 0x038F, CR1_UP),
    PLAIN(TIM_CR2, "CR2", 0x077D, BIT("CCPC", 0), BIT("CCUS", 2), BIT("CCDS", 3), BITS("MMS", 4, 3),
          BIT("OIS1", 8), BIT("OIS1N", 9), BIT("OIS2", 10)),
    PLAIN(TIM_SMCR, "SMCR", 0x00F7, SMCR_SMALL),
    PLAIN(TIM_DIER, "DIER", 0x47E7, BIT("UIE", 0), CC2_FLAGS("IE"), BIT("COMIE", 5), BIT("TIE", 6),
          BIT("BIE", 7), BIT("UDE", 8), BIT("CC1DE", 9), BIT("CC2DE", 10), BIT("TDE", 14)),
    CLEARED(TIM_SR, "SR", 0x06E7, BIT("UIF", 0), CC2_FLAGS("IF"), BIT("COMIF", 5), BIT("TIF", 6),
            BIT("BIF", 7), CC2_OVER),
    ACTS(TIM_EGR, "EGR", 0x00E7, BIT("UG", 0), CC2_FLAGS("G"), BIT("COMG", 5), BIT("TG", 6), BIT("BG", 7)),
    PLAIN(TIM_CCMR1, "CCMR1", 0xFFFF, CCMR_CLEARABLE("1", 0), CCMR_CLEARABLE("2", 8)),
    ABSENT(TIM_CCMR2),
    PLAIN(TIM_CCER, "CCER", 0x00BF, CCER_PAIR("1", 0), CCER_CHANNEL("2", 4)),
    COUNTER_ROWS(0xFFFF),
    PLAIN(TIM_RCR, "RCR", 0x00FF, BITS("REP", 0, 8)),
    CAPTURE(TIM_CCR1, "CCR1", 0xFFFF),
    CAPTURE(TIM_CCR2, "CCR2", 0xFFFF),
    ABSENT(TIM_CCR3),
    ABSENT(TIM_CCR4),
    BDTR_ROW,
    BURST_ROWS(0xFFFF),
    ABSENT(TIM_OR),
};

/* TIM16, TIM17 of the F100: one channel, one complement, break; no slave controller. */
static const struct reg tim16_regs[TIM_REGS] = {
    PLAIN(TIM_CR1, "CR1", 0x038F, CR1_UP),
    PLAIN(TIM_CR2, "CR2", 0x030D, BIT("CCPC", 0), BIT("CCUS", 2), BIT("CCDS", 3), BIT("OIS1", 8),
          BIT("OIS1N", 9)),
    ABSENT(TIM_SMCR),
    PLAIN(TIM_DIER, "DIER", 0x43E3, BIT("UIE", 0), CC1_FLAGS("IE"), BIT("COMIE", 5), BIT("TIE", 6),
          BIT("BIE", 7), BIT("UDE", 8), BIT("CC1DE", 9), BIT("TDE", 14)),
    CLEARED(TIM_SR, "SR", 0x02E3, BIT("UIF", 0), CC1_FLAGS("IF"), BIT("COMIF", 5), BIT("TIF", 6),
            BIT("BIF", 7), BIT("CC1OF", 9)),
    ACTS(TIM_EGR, "EGR", 0x00E3, BIT("UG", 0), CC1_FLAGS("G"), BIT("COMG", 5), BIT("TG", 6), BIT("BG", 7)),
    PLAIN(TIM_CCMR1, "CCMR1", 0x00FF, CCMR_CLEARABLE("1", 0)),
    ABSENT(TIM_CCMR2),
    PLAIN(TIM_CCER, "CCER", 0x000F, CCER_PAIR("1", 0)),
    WIDE(TIM_CNT, "CNT", 0, 0xFFFF, {"CNT", 0, 16}),
    PLAIN(TIM_PSC, "PSC", 0xFFFF, BITS("PSC", 0, 16)),
    WIDE(TIM_ARR, "ARR", 0, 0xFFFF, {"ARR", 0, 16}),
    PLAIN(TIM_RCR, "RCR", 0x00FF, BITS("REP", 0, 8)),
    CAPTURE(TIM_CCR1, "CCR1", 0xFFFF),
    ABSENT(TIM_CCR2),
    ABSENT(TIM_CCR3),
    ABSENT(TIM_CCR4),
    BDTR_ROW,
    BURST_ROWS(0xFFFF),
    ABSENT(TIM_OR),
};

#define TIMER_OPS(label, table)                                                                    \
    {                                                                                              \
        .name = label, .regs = table, .reg_count = TIM_REGS,                                       \
        .state_size = sizeof(struct timer_state), .events = TIMER_EVENTS,                          \
        .outputs = TIMER_OUTPUTS, .inputs = TIMER_INPUTS, .reset = timer_reset,                    \
        .read = timer_read, .peek = timer_peek, .write = timer_write, .event = timer_event,        \
        .signal = timer_signal, .output = timer_state_of_output, .listens = timer_listens,         \
        .rewired = timer_rewired, .clock = timer_clock, .gated = timer_gated, .sane = timer_sane,    \
    }

const struct device_ops timer_basic_ops = TIMER_OPS("timer_basic", basic_regs);
const struct device_ops timer_one_channel_ops = TIMER_OPS("timer_one_channel", one_channel_regs);
const struct device_ops timer_tim11_ops = TIMER_OPS("timer_tim11", tim11_regs);
const struct device_ops timer_two_channel_ops = TIMER_OPS("timer_two_channel", two_channel_regs);
const struct device_ops timer_two_channel_f2_ops =
    TIMER_OPS("timer_two_channel_f2", two_channel_f2_regs);
const struct device_ops timer_general_ops = TIMER_OPS("timer_general", general_regs);
const struct device_ops timer_general_f1_ops = TIMER_OPS("timer_general_f1", general_f1_regs);
const struct device_ops timer_tim2_ops = TIMER_OPS("timer_tim2", tim2_regs);
const struct device_ops timer_tim5_ops = TIMER_OPS("timer_tim5", tim5_regs);
const struct device_ops timer_tim15_ops = TIMER_OPS("timer_tim15", tim15_regs);
const struct device_ops timer_tim16_ops = TIMER_OPS("timer_tim16", tim16_regs);
const struct device_ops timer_advanced_ops = TIMER_OPS("timer_advanced", advanced_regs);
const struct device_ops timer_advanced_f1_ops = TIMER_OPS("timer_advanced_f1", advanced_f1_regs);
