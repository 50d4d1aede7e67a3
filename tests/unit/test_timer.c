/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Timers: exact ticks, flags, outputs, inputs, triggers (RM0090 chapters 17 to 20). */
#include <criterion/criterion.h>

#include "core/schedule.h"
#include "periph/devices.h"
#include "periph/timer.h"
#include "tests/unit/board.h"

enum {
    TIM2 = 0x40000000, TIM3 = 0x40000400, TIM6 = 0x40001000, TIM5 = 0x40000C00, TIM1 = 0x40010000, TIM9 = 0x40014000,
    CR1 = 0x00, CR2 = 0x04, SMCR = 0x08, DIER = 0x0C, SR = 0x10, EGR = 0x14, CCMR1 = 0x18, CCMR2 = 0x1C,
    CCER = 0x20, CNT = 0x24, PSC = 0x28, ARR = 0x2C, RCR = 0x30, CCR1 = 0x34, CCR2 = 0x38, CCR3 = 0x3C,
    CCR4 = 0x40, BDTR = 0x44, DCR = 0x48, DMAR = 0x4C, OR = 0x50,
    CEN = 1, UDIS = 2, URS = 4, OPM = 8, DIR = 0x10, CENTRE1 = 0x20, CENTRE2 = 0x40, CENTRE3 = 0x60,
    ARPE = 0x80, UG = 1, UIF = 1, CC1IF = 2, CC2IF = 4, CC3IF = 8, CC4IF = 16, COMIF = 0x20, TIF = 0x40,
    BIF = 0x80, CC1OF = 0x200, UIE = 1, CC1IE = 2, UDE = 0x100, CC1DE = 0x200, CCDS = 8,
    GATE = 5, RESET_BIT = 6,
    P_TRGO = 0, P_OC = 1, P_OCN = 5, P_DMA = 8,     /* the probe's inputs, from TIM2; TIM1 from 16 on */
    P_TIM1 = 16,
    CK = 2              /* core cycles per clock of TIM2, TIM3 and TIM6; TIM1 and TIM9 have one */
};

static const struct chip_device devices[] = {
    {.name = "TIM2", .ops = &timer_tim2_ops, .base = TIM2, .size = 0x400, .gate = GATE_NONE,
     .reset_line = RESET_BIT, .clock = CLOCK_TIMER1, .irq = {28}, .irq_count = 1},
    {.name = "TIM3", .ops = &timer_general_ops, .base = TIM3, .size = 0x400, .gate = GATE_NONE,
     .reset_line = GATE_NONE, .clock = CLOCK_TIMER1, .irq = {29}, .irq_count = 1},
    {.name = "TIM6", .ops = &timer_basic_ops, .base = TIM6, .size = 0x400, .gate = GATE,
     .reset_line = GATE_NONE, .clock = CLOCK_TIMER1, .irq = {54}, .irq_count = 1},
    {.name = "TIM1", .ops = &timer_advanced_ops, .base = TIM1, .size = 0x400, .gate = GATE_NONE,
     .reset_line = GATE_NONE, .clock = CLOCK_TIMER2, .irq = {CHIP_NO_IRQ, 24, 25, 26, 27}, .irq_count = 5},
    {.name = "TIM9", .ops = &timer_two_channel_ops, .base = TIM9, .size = 0x400, .gate = GATE_NONE,
     .reset_line = GATE_NONE, .clock = CLOCK_TIMER2, .irq = {24}, .irq_count = 1},
    {.name = "TIM5", .ops = &timer_tim5_ops, .base = TIM5, .size = 0x400, .gate = GATE_NONE,
     .reset_line = GATE_NONE, .clock = CLOCK_TIMER1, .irq = {50}, .irq_count = 1},
    {.name = "LSI_edges", .ops = &clock_edges_ops, .gate = GATE_NONE, .reset_line = GATE_NONE, .clock = CLOCK_LSI},
    {.name = "LSE_edges", .ops = &clock_edges_ops, .gate = GATE_NONE, .reset_line = GATE_NONE, .clock = CLOCK_LSE},
    {0}};

static const struct chip_route routes[] = {
    {"TIM2", TIMER_OUT_TRGO, "PROBE", P_TRGO, TIMER_OUTPUTS},
    {"TIM1", TIMER_OUT_TRGO, "PROBE", P_TIM1, TIMER_OUTPUTS},
    {"TIM2", TIMER_OUT_TRGO, "TIM3", TIMER_IN_ITR1, 1},
    {"TIM3", TIMER_OUT_TRGO, "TIM2", TIMER_IN_ITR2, 1},
    {"PROBE", 0, "TIM2", TIMER_IN_TI1, 4},
    {"PROBE", 4, "TIM2", TIMER_IN_ETR, 1},
    {"PROBE", 5, "TIM1", TIMER_IN_BKIN, 1},
    {"PROBE", 8, "TIM2", TIMER_IN_ACK_UP, 7},
    {"PROBE", 16, "TIM5", TIMER_IN_TI4, 1},
    {"LSI_edges", 0, "TIM5", TIMER_IN_TI4_LSI, 1},
    {"LSE_edges", 0, "TIM5", TIMER_IN_TI4_LSE, 1},
    {0}};

static struct board *b;

static void start(void)
{
    b = board_create(devices, routes);
    board_write(b, BOARD_GATE, 1 << GATE);
}

static void stop(void)
{
    board_destroy(b);
}

TestSuite(timer, .init = start, .fini = stop);

/* Most tests use TIM2. */
static void put(uint32_t reg, uint32_t value)
{
    board_write(b, TIM2 + reg, value);
}

static uint32_t get(uint32_t reg)
{
    return board_read(b, TIM2 + reg);
}

static void ticks(uint64_t n)
{
    board_run(b, n * CK);
}

/* Drives the probe's lines: bits 0 to 3 are TI1 to TI4, bit 4 ETR, bit 5 TIM1's BKIN. */
static void lines(uint32_t levels)
{
    board_write(b, BOARD_PROBE, levels);
}

/* The count as the guest sees it over `n` ticks equals `counts`. */
static void expect_counts(const uint32_t *counts, unsigned n)
{
    for (unsigned i = 0; i < n; i++, ticks(1))
        cr_assert_eq(get(CNT), counts[i], "tick %u: %u, expected %u", i, get(CNT), counts[i]);
}

/* ---- counting ---- */

Test(timer, period_is_psc_plus_1_times_arr_plus_1)
{
    uint64_t begin, period = 8 * 1000 * CK;

    put(PSC, 7);
    put(ARR, 999);
    put(EGR, UG);
    put(SR, 0);
    put(DIER, UIE);
    begin = board_now(b);
    put(CR1, CEN);
    for (unsigned i = 1; i <= 3; i++) {
        cr_assert_eq(board_when(b, TIM2 + SR, UIF, UIF, 2 * period), begin + i * period);
        cr_assert(board_irq(b, "TIM2", 0));
        put(SR, (uint32_t)~UIF);
        cr_assert_not(board_irq(b, "TIM2", 0));
    }
}

Test(timer, count_is_exact_at_every_cycle)
{
    put(PSC, 2);
    put(ARR, 6);
    put(EGR, UG);
    put(CR1, CEN);
    for (unsigned cycle = 0; cycle < 200; cycle++, board_run(b, 1))
        cr_assert_eq(board_peek(b, TIM2 + CNT), cycle / CK / 3 % 7, "cycle %u", cycle);
}

Test(timer, flags_rise_with_nobody_looking)
{
    put(ARR, 99);
    put(CCR1, 50);
    put(CR1, CEN);
    ticks(50);
    cr_assert_eq(get(SR) & (UIF | CC1IF), CC1IF);
    ticks(50);
    cr_assert_eq(get(SR) & (UIF | CC1IF), UIF | CC1IF);
    put(SR, 0);
    ticks(1000000);
    cr_assert_eq(get(CNT), 0);
    cr_assert_eq(get(SR) & (UIF | CC1IF), UIF | CC1IF);
}

Test(timer, a_timer_that_shows_nothing_needs_no_events)
{
    vtime next;

    put(ARR, 1);
    put(CR1, CEN);
    machine_asleep(b->m, &next);
    cr_assert_eq(next.cycles, UINT64_MAX);
    put(DIER, UIE);
    machine_asleep(b->m, &next);
    cr_assert_eq(next.cycles, board_now(b) + 2 * CK);
    ticks(2);
    cr_assert(board_irq(b, "TIM2", 0));
    machine_asleep(b->m, &next);
    cr_assert_eq(next.cycles, UINT64_MAX, "the flag is up: nothing new can show");
}

Test(timer, an_output_that_nobody_listens_to_needs_no_events)
{
    vtime next;

    board_write(b, TIM3 + ARR, 1);
    board_write(b, TIM3 + CCR1, 1);
    board_write(b, TIM3 + CCMR1, 0x60);
    board_write(b, TIM3 + CCER, 1);
    board_write(b, TIM3 + CR1, CEN);
    machine_asleep(b->m, &next);
    cr_assert_eq(next.cycles, UINT64_MAX);
}

Test(timer, years_of_fast_counting_are_read_at_once)
{
    put(ARR, 1);
    put(CCMR1, 0x30);                   /* toggle */
    put(CCR1, 1);
    put(CR1, CEN);
    ticks(1000000000000001);
    cr_assert_eq(get(CNT), 1);
    put(CCER, 1);                       /* 500000000000001 toggles so far */
    cr_assert_eq(board_rises(b, P_OC), 1);
}

Test(timer, years_of_centre_aligned_counting_are_read_at_once)
{
    put(ARR, 3);
    put(CR1, CEN | CENTRE3);
    ticks(6000000000000002);
    cr_assert_eq(get(CNT), 2);
    cr_assert_eq(get(CR1) & DIR, 0);
}

Test(timer, tim2_counts_32_bits_and_tim3_sixteen)
{
    put(CNT, 0xFFFFFFFE);
    board_write(b, TIM3 + CNT, 0xFFFFFFFE);
    put(CR1, CEN);
    board_write(b, TIM3 + CR1, CEN);
    cr_assert_eq(board_read(b, TIM3 + CNT), 0xFFFE);
    ticks(3);
    cr_assert_eq(get(CNT), 1);
    cr_assert_eq(board_read(b, TIM3 + CNT), 1);
    cr_assert_eq(board_read(b, TIM3 + SR) & UIF, UIF);
}

Test(timer, psc_takes_effect_at_the_update)
{
    static const uint32_t counts[] = {0, 1, 2, 0, 0, 1, 1, 2, 2, 0};

    put(ARR, 2);
    put(CR1, CEN);
    put(PSC, 1);
    expect_counts(counts, 10);
}

Test(timer, arr_acts_at_once_without_arpe_and_at_the_update_with_it)
{
    static const uint32_t at_once[] = {0, 1, 2, 3, 0, 1}, preloaded[] = {2, 3, 0, 1, 2, 3, 4, 5, 0};

    put(ARR, 100);
    put(CR1, CEN);
    put(ARR, 3);
    expect_counts(at_once, 6);
    put(CR1, CEN | ARPE);
    put(ARR, 5);
    cr_assert_eq(get(ARR), 5);
    expect_counts(preloaded, 9);
}

Test(timer, arr_0_stops_the_counter)
{
    put(ARR, 0);
    put(DIER, UIE);
    put(CR1, CEN);
    ticks(100);
    cr_assert_eq(get(CNT), 0);
    cr_assert_eq(get(SR) & UIF, 0);
    put(ARR, 3);
    ticks(4);
    cr_assert_eq(get(SR) & UIF, UIF);
}

Test(timer, a_count_above_arr_runs_to_the_end_without_an_update)
{
    board_write(b, TIM3 + ARR, 100);
    board_write(b, TIM3 + CNT, 0xFFF0);
    board_write(b, TIM3 + CR1, CEN);
    ticks(16);
    cr_assert_eq(board_read(b, TIM3 + CNT), 0);
    cr_assert_eq(board_read(b, TIM3 + SR) & UIF, 0);
    ticks(101);
    cr_assert_eq(board_read(b, TIM3 + SR) & UIF, UIF);
}

Test(timer, cen_off_holds_count_and_prescaler_phase)
{
    put(PSC, 9);
    put(EGR, UG);
    put(CR1, CEN);
    ticks(25);
    put(CR1, 0);
    ticks(1000);
    cr_assert_eq(get(CNT), 2);
    put(CR1, CEN);
    ticks(4);
    cr_assert_eq(get(CNT), 2);
    ticks(1);
    cr_assert_eq(get(CNT), 3);
}

Test(timer, down_counting_starts_again_at_arr)
{
    static const uint32_t counts[] = {3, 2, 1, 0, 3, 2};

    put(ARR, 3);
    put(CR1, DIR);
    put(EGR, UG);
    put(SR, 0);
    put(CR1, CEN | DIR);
    expect_counts(counts, 4);
    cr_assert_eq(get(SR) & UIF, UIF);
    expect_counts(counts + 4, 2);
}

Test(timer, a_new_arr_reloads_the_down_counter_at_the_same_update)
{
    static const uint32_t counts[] = {1, 0, 5, 4};

    put(ARR, 3);
    put(CR1, DIR | ARPE);
    put(EGR, UG);
    put(CR1, CEN | DIR | ARPE);
    put(ARR, 5);
    ticks(2);
    expect_counts(counts, 4);
}

Test(timer, centre_aligned_counts_up_and_down_with_an_update_at_both_ends)
{
    static const uint32_t counts[] = {0, 1, 2, 3, 2, 1, 0, 1, 2};
    uint64_t begin = board_now(b);

    put(ARR, 3);
    put(DIER, UIE);
    put(CR1, CEN | CENTRE1);
    for (unsigned i = 1; i <= 4; i++) {
        cr_assert_eq(board_when(b, TIM2 + SR, UIF, UIF, 100), begin + i * 3 * CK);
        put(SR, 0);
    }
    expect_counts(counts, 9);
}

Test(timer, dir_shows_the_way_in_centre_aligned_mode_and_cannot_be_written)
{
    put(ARR, 3);
    put(CR1, CEN | CENTRE1);
    cr_assert_eq(get(CR1) & DIR, 0);
    ticks(3);
    cr_assert_eq(get(CR1) & DIR, DIR);
    put(CR1, CEN | CENTRE1);
    cr_assert_eq(get(CR1) & DIR, DIR);
    ticks(3);
    cr_assert_eq(get(CR1) & DIR, 0);
}

/* ---- update events ---- */

Test(timer, ug_restarts_and_sets_uif_unless_urs)
{
    put(PSC, 3);
    put(CNT, 5);
    put(EGR, UG);
    cr_assert_eq(get(CNT), 0);
    cr_assert_eq(get(SR) & UIF, UIF);
    cr_assert_eq(get(EGR), 0);
    put(SR, 0);
    put(CR1, URS);
    put(CNT, 5);
    put(EGR, UG);
    cr_assert_eq(get(CNT), 0);
    cr_assert_eq(get(SR) & UIF, 0);
}

Test(timer, ug_begins_a_whole_prescaler_period)
{
    put(PSC, 9);
    put(EGR, UG);
    put(CR1, CEN);
    ticks(5);
    put(EGR, UG);
    ticks(9);
    cr_assert_eq(get(CNT), 0);
    ticks(1);
    cr_assert_eq(get(CNT), 1);
}

Test(timer, udis_keeps_the_update_away_but_not_the_restart)
{
    put(ARR, 3);
    put(CR1, CEN | UDIS);
    put(PSC, 1);
    ticks(8);
    cr_assert_eq(get(SR) & UIF, 0);
    cr_assert_eq(get(CNT), 0);
    ticks(2);
    put(EGR, UG);
    cr_assert_eq(get(CNT), 0);
    cr_assert_eq(get(SR) & UIF, 0);
    ticks(3);
    cr_assert_eq(get(CNT), 3, "the old prescaler is still in force");
}

Test(timer, udis_with_preloads_waiting_costs_nothing)
{
    put(ARR, 1);
    put(CR1, CEN | UDIS);
    ticks(1000000000000001);
    cr_assert_eq(get(CNT), 1);
}

Test(timer, opm_stops_at_the_update)
{
    put(ARR, 9);
    put(CR1, CEN | OPM);
    ticks(9);
    cr_assert_eq(get(CR1) & CEN, CEN);
    ticks(1);
    cr_assert_eq(get(CR1) & CEN, 0);
    cr_assert_eq(get(CNT), 0);
    cr_assert_eq(get(SR) & UIF, UIF);
    ticks(100);
    cr_assert_eq(get(CNT), 0);
}

Test(timer, rcr_passes_overflows_before_an_update)
{
    board_write(b, TIM1 + ARR, 9);
    board_write(b, TIM1 + RCR, 2);
    board_write(b, TIM1 + EGR, UG);
    board_write(b, TIM1 + SR, 0);
    board_write(b, TIM1 + CR1, CEN);
    board_run(b, 29);
    cr_assert_eq(board_read(b, TIM1 + SR) & UIF, 0);
    board_run(b, 1);
    cr_assert_eq(board_read(b, TIM1 + SR) & UIF, UIF);
    board_write(b, TIM1 + SR, 0);
    board_run(b, 29);
    cr_assert_eq(board_read(b, TIM1 + SR) & UIF, 0);
    board_run(b, 1);
    cr_assert_eq(board_read(b, TIM1 + SR) & UIF, UIF);
}

/* ---- compare ---- */

Test(timer, ccr_0_matches_when_the_count_comes_round)
{
    put(ARR, 9);
    put(CR1, CEN);
    put(SR, 0);
    ticks(9);
    cr_assert_eq(get(SR) & CC1IF, 0);
    ticks(1);
    cr_assert_eq(get(SR) & CC1IF, CC1IF);
}

Test(timer, a_compare_value_above_arr_sets_its_flag_at_the_overflow)
{
    put(ARR, 9);
    put(CCR2, 10);
    put(CR1, CEN);
    ticks(9);
    cr_assert_eq(get(SR) & CC2IF, 0);
    ticks(1);
    cr_assert_eq(get(SR) & CC2IF, CC2IF);
}

Test(timer, ccr_waits_for_the_update_with_ocpe)
{
    put(ARR, 9);
    put(CCMR1, 0x0008);
    put(CR1, CEN);
    put(CCR1, 5);
    put(SR, 0);
    ticks(6);
    cr_assert_eq(get(SR) & CC1IF, 0);
    ticks(4);
    put(SR, 0);
    ticks(5);
    cr_assert_eq(get(SR) & CC1IF, CC1IF);
}

Test(timer, centre_modes_choose_the_leg_whose_matches_set_flags)
{
    static const struct {
        uint32_t mode;
        bool up, down;
    } cases[] = {{CENTRE1, false, true}, {CENTRE2, true, false}, {CENTRE3, true, true}};

    for (unsigned i = 0; i < 3; i++) {
        put(CR1, 0);
        put(CR1, 0);                    /* DIR can be written once CMS is 0 */
        put(ARR, 10);
        put(CCR1, 4);
        put(EGR, UG);
        put(CR1, CEN | cases[i].mode);
        put(SR, 0);
        ticks(4);
        cr_assert_eq(!!(get(SR) & CC1IF), cases[i].up);
        put(SR, 0);
        ticks(12);
        cr_assert_eq(!!(get(SR) & CC1IF), cases[i].down);
    }
}

Test(timer, compare_interrupts_come_on_the_tick)
{
    uint64_t begin = board_now(b);

    put(CCR1, 1234567);
    put(DIER, CC1IE);
    put(CR1, CEN);
    put(SR, 0);
    cr_assert_eq(board_when(b, TIM2 + SR, CC1IF, CC1IF, 1 << 24), begin + 1234567 * CK);
    cr_assert(board_irq(b, "TIM2", 0));
    put(DIER, 0);
    cr_assert_not(board_irq(b, "TIM2", 0));
}

Test(timer, software_can_generate_a_compare_flag)
{
    put(DIER, CC1IE);
    put(EGR, 2);
    cr_assert_eq(get(SR), CC1IF);
    cr_assert(board_irq(b, "TIM2", 0));
}

/* ---- channel outputs ---- */

static uint64_t edge(unsigned n)
{
    return b->signals[n].cycle;
}

Test(timer, pwm1_is_high_below_ccr)
{
    uint64_t begin;

    put(ARR, 9);
    put(CCMR1, 0x0068);
    put(CCER, 1);
    put(CCR1, 3);
    put(EGR, UG);
    cr_assert_eq(board_rises(b, P_OC), 1);
    b->signal_count = 0;
    begin = board_now(b);
    put(CR1, CEN);
    ticks(25);
    cr_assert_eq(b->signal_count, 5);
    for (unsigned i = 0; i < 5; i++) {
        cr_assert_eq(b->signals[i].input, P_OC);
        cr_assert_eq(b->signals[i].level, i % 2 == 1);
        cr_assert_eq(edge(i), begin + (i / 2 * 10 + (i % 2 ? 10 : 3)) * CK);
    }
}

Test(timer, pwm_goes_from_0_to_100_percent)
{
    put(ARR, 9);
    put(CCMR1, 0x7060);                 /* channel 1 PWM 1, channel 2 PWM 2 */
    put(CCER, 0x11);
    put(CR1, CEN);
    ticks(20);
    cr_assert_eq(board_rises(b, P_OC), 0);
    cr_assert_eq(board_rises(b, P_OC + 1), 1);
    b->signal_count = 0;
    put(CCR1, 10);
    put(CCR2, 10);
    ticks(20);
    cr_assert_eq(b->signal_count, 2);
    cr_assert_eq(board_rises(b, P_OC), 1);
    cr_assert_eq(board_rises(b, P_OC + 1), 0);
}

Test(timer, down_counting_pwm_has_no_0_percent)
{
    put(ARR, 9);
    put(CCMR1, 0x0060);
    put(CCER, 1);
    put(CR1, DIR);
    put(EGR, UG);
    put(CR1, CEN | DIR);
    b->signal_count = 0;
    ticks(10);
    cr_assert_eq(b->signal_count, 2);
    cr_assert_eq(edge(1) - edge(0), 1 * CK);
}

Test(timer, centre_aligned_pwm_is_symmetric)
{
    uint64_t begin;

    put(ARR, 8);
    put(CCMR1, 0x0068);
    put(CCR1, 5);
    put(CCER, 1);
    put(EGR, UG);
    b->signal_count = 0;
    begin = board_now(b);
    put(CR1, CEN | CENTRE3);
    ticks(40);
    cr_assert_eq(b->signal_count, 5);
    for (unsigned i = 0; i < 5; i++)
        cr_assert_eq(edge(i), begin + (i / 2 * 16 + (i % 2 ? 11 : 5)) * CK, "edge %u", i);
}

Test(timer, centre_aligned_pwm_reaches_both_rails)
{
    put(ARR, 8);
    put(CCMR1, 0x6868);
    put(CCR1, 0);
    put(CCR2, 8);
    put(CCER, 0x11);
    put(EGR, UG);
    b->signal_count = 0;
    put(CR1, CEN | CENTRE1);
    ticks(64);
    cr_assert_eq(b->signal_count, 0);
}

Test(timer, match_modes_set_clear_and_toggle)
{
    put(ARR, 9);
    put(CCMR1, 0x2010);                 /* channel 1 active, channel 2 inactive on match */
    put(CCMR2, 0x5030);                 /* channel 3 toggles, channel 4 forced active */
    put(CCR1, 2);
    put(CCR2, 4);
    put(CCR3, 6);
    put(CCER, 0x1111);
    cr_assert_eq(board_rises(b, P_OC + 3), 1);
    b->signal_count = 0;
    put(CR1, CEN);
    ticks(30);
    cr_assert_eq(board_rises(b, P_OC), 1);
    cr_assert_eq(board_rises(b, P_OC + 1), 0);
    cr_assert_eq(board_rises(b, P_OC + 2), 2);
    cr_assert_eq(board_rise(b, P_OC + 2, 1) - board_rise(b, P_OC + 2, 0), 20 * CK);
    put(CCMR2, 0x4030);
    cr_assert_not(b->signals[b->signal_count - 1].level);
}

Test(timer, polarity_inverts_and_a_disabled_output_is_low)
{
    put(CCMR1, 0x0050);
    put(CCER, 3);
    cr_assert_eq(board_rises(b, P_OC), 0);
    put(CCER, 1);
    cr_assert_eq(board_rises(b, P_OC), 1);
    put(CCER, 0);
    cr_assert_not(b->signals[b->signal_count - 1].level);
}

Test(timer, forced_level_stays_until_the_pwm_comparison_changes)
{
    put(ARR, 9);
    put(CCR1, 3);
    put(CCMR1, 0x0050);
    put(CCER, 1);
    put(CR1, CEN);
    ticks(5);
    b->signal_count = 0;
    put(CCMR1, 0x0060);                 /* outside already, but still forced high */
    cr_assert_eq(b->signal_count, 0);
    ticks(8);
    cr_assert_eq(b->signal_count, 1);
    cr_assert_not(b->signals[0].level);
}

/* ---- capture ---- */

/* TIM2 channel 1 captures TI1 with `ccer`. */
static void capture_ti1(uint32_t ccer, uint32_t ccmr)
{
    put(CCMR1, 0x01 | ccmr);
    put(CCER, 1 | ccer);
    put(CR1, CEN);
}

Test(timer, capture_takes_the_count_at_the_edge)
{
    capture_ti1(0, 0);
    ticks(123);
    lines(1);
    ticks(50);
    cr_assert_eq(board_peek(b, TIM2 + CCR1), 123);
    cr_assert_eq(board_peek(b, TIM2 + SR) & CC1IF, CC1IF);
    lines(0);
    cr_assert_eq(board_peek(b, TIM2 + CCR1), 123);
}

Test(timer, capture_follows_the_selected_edges)
{
    static const struct {
        uint32_t ccer;
        bool rising, falling;
    } cases[] = {{0, true, false}, {2, false, true}, {0xA, true, true}};

    for (unsigned i = 0; i < 3; i++) {
        put(CCER, 0);
        lines(0);
        capture_ti1(cases[i].ccer, 0);
        put(SR, 0);
        lines(1);
        cr_assert_eq(!!(get(SR) & CC1IF), cases[i].rising);
        put(SR, 0);
        lines(0);
        cr_assert_eq(!!(get(SR) & CC1IF), cases[i].falling);
    }
}

Test(timer, capture_prescaler_counts_edges)
{
    capture_ti1(0, 0x8);                /* every fourth */
    for (unsigned i = 1; i <= 8; i++) {
        lines(1);
        lines(0);
        cr_assert_eq(!!(get(SR) & CC1IF), i % 4 == 0, "edge %u", i);
        put(SR, 0);
    }
}

Test(timer, a_second_capture_overruns_and_reading_ccr_clears_the_flag)
{
    capture_ti1(0, 0);
    put(DIER, CC1IE);
    ticks(10);
    lines(1);
    cr_assert(board_irq(b, "TIM2", 0));
    lines(0);
    ticks(10);
    lines(1);
    cr_assert_eq(get(SR) & (CC1IF | CC1OF), CC1IF | CC1OF);
    board_peek(b, TIM2 + CCR1);
    cr_assert_eq(get(SR) & CC1IF, CC1IF, "a debugger's look clears nothing");
    cr_assert_eq(get(CCR1), 20);
    cr_assert_eq(get(SR) & (CC1IF | CC1OF), CC1OF);
    cr_assert_not(board_irq(b, "TIM2", 0));
    put(SR, (uint32_t)~CC1OF);
    cr_assert_eq(get(SR) & CC1OF, 0);
}

Test(timer, reading_ccr_of_an_output_clears_nothing)
{
    put(EGR, 2);
    get(CCR1);
    cr_assert_eq(get(SR) & CC1IF, CC1IF);
}

Test(timer, pwm_input_measures_period_and_pulse)
{
    put(CCMR1, 0x0201);                 /* IC1 and IC2 both from TI1 */
    put(CCER, 0x0031);                  /* IC1 rising, IC2 falling */
    put(SMCR, 0x0054);                  /* reset by TI1FP1 */
    put(CR1, CEN);
    for (unsigned i = 0; i < 3; i++) {
        lines(1);
        ticks(30);
        lines(0);
        ticks(70);
    }
    cr_assert_eq(get(CCR1), 100);
    cr_assert_eq(get(CCR2), 30);
}

Test(timer, ti1_can_be_the_xor_of_three_inputs)
{
    put(CR2, 0x80);
    capture_ti1(0xA, 0);
    for (unsigned i = 0; i < 3; i++) {
        put(SR, 0);
        lines((2u << i) - 1);
        cr_assert_eq(get(SR) & CC1IF, CC1IF);
    }
}

Test(timer, a_compare_register_of_an_input_cannot_be_written)
{
    capture_ti1(0, 0);
    put(CCR1, 55);
    cr_assert_eq(get(CCR1), 0);
    cr_assert_eq(b->diags[DIAG_READONLY], 1);
}

Test(timer, ccs_is_fixed_while_the_channel_is_on)
{
    capture_ti1(0, 0);
    put(CCMR1, 0);
    cr_assert_eq(get(CCMR1), 1);
    put(CCER, 0);
    put(CCMR1, 0);
    cr_assert_eq(get(CCMR1), 0);
}

/* ---- slave modes and triggers ---- */

Test(timer, slave_reset_restarts_the_count)
{
    put(SMCR, 0x54);
    put(CR1, CEN | URS);
    ticks(50);
    lines(1);
    cr_assert_eq(get(CNT), 0);
    cr_assert_eq(get(SR) & (TIF | UIF), TIF);
    ticks(5);
    lines(0);
    cr_assert_eq(get(CNT), 5);
}

Test(timer, gated_mode_counts_while_the_trigger_is_high)
{
    put(SMCR, 0x55);
    put(CR1, CEN);
    ticks(10);
    cr_assert_eq(get(CNT), 0);
    lines(1);
    cr_assert_eq(get(SR) & TIF, TIF);
    ticks(10);
    put(SR, 0);
    lines(0);
    cr_assert_eq(get(SR) & TIF, TIF);
    ticks(10);
    cr_assert_eq(get(CNT), 10);
}

Test(timer, trigger_mode_starts_the_counter)
{
    put(SMCR, 0x66);                    /* TI2FP2 */
    lines(2);
    cr_assert_eq(get(CR1) & CEN, CEN);
    ticks(7);
    cr_assert_eq(get(CNT), 7);
    cr_assert_eq(get(SR) & TIF, TIF);
}

Test(timer, external_clock_counts_edges_through_the_prescaler)
{
    put(PSC, 1);
    put(EGR, UG);
    put(SMCR, 0x57);
    put(CR1, CEN);
    for (unsigned i = 0; i < 7; i++) {
        lines(1);
        lines(0);
        ticks(100);
    }
    cr_assert_eq(get(CNT), 3);
}

Test(timer, external_clock_2_counts_every_nth_edge_of_etr)
{
    put(SMCR, 0x6000);                  /* ECE, ETPS: every fourth */
    put(CR1, CEN);
    for (unsigned i = 0; i < 9; i++) {
        lines(0x10);
        lines(0);
    }
    cr_assert_eq(get(CNT), 2);
}

Test(timer, encoder_counts_both_ways)
{
    static const uint8_t forward[] = {1, 3, 2, 0};  /* TI1 leads */

    put(SMCR, 3);
    put(ARR, 0xFFFF);
    put(CR1, CEN);
    for (unsigned i = 0; i < 12; i++)
        lines(forward[i % 4]);
    cr_assert_eq(get(CNT), 12);
    cr_assert_eq(get(CR1) & DIR, 0);
    for (unsigned i = 0; i < 10; i++)
        lines(forward[(14 - i) % 4]);
    cr_assert_eq(get(CNT), 2);
    cr_assert_eq(get(CR1) & DIR, DIR);
}

Test(timer, encoder_modes_1_and_2_count_one_input_each)
{
    static const uint8_t forward[] = {1, 3, 2, 0};

    for (unsigned mode = 1; mode <= 2; mode++) {
        put(SMCR, mode);
        put(CNT, 100);
        put(CR1, CEN);
        for (unsigned i = 0; i < 8; i++)
            lines(forward[i % 4]);
        cr_assert_eq(get(CNT), 104, "mode %u", mode);
    }
}

Test(timer, encoder_wraps_at_arr_and_0)
{
    put(SMCR, 1);
    put(ARR, 99);
    put(CR1, CEN);
    lines(2);
    lines(3);                           /* TI1 rises while TI2 is high: down */
    cr_assert_eq(get(CNT), 99);
    cr_assert_eq(get(SR) & UIF, UIF);
    lines(2);
    cr_assert_eq(get(CNT), 0);
}

Test(timer, a_chain_of_two_timers_counts_32_bits)
{
    put(ARR, 9);
    put(CR2, 0x20);                     /* TRGO: update */
    board_write(b, TIM3 + SMCR, 0x17);  /* external clock from ITR1 */
    board_write(b, TIM3 + CR1, CEN);
    put(CR1, CEN);
    ticks(1234);
    cr_assert_eq(get(CNT), 4);
    cr_assert_eq(board_read(b, TIM3 + CNT), 123);
}

Test(timer, a_gate_lets_one_clock_pass_for_each_pulse_of_a_master)
{
    put(ARR, 9);
    put(CR2, 0x20);                     /* TRGO: update */
    board_write(b, TIM3 + SMCR, 0x15);  /* gated by ITR1 */
    board_write(b, TIM3 + CR1, CEN);
    put(CR1, CEN);
    ticks(1234);
    cr_assert_eq(board_read(b, TIM3 + CNT), 123);
}

Test(timer, trgo_pulses_on_the_update)
{
    uint64_t begin;

    put(ARR, 9);
    put(CR2, 0x20);
    begin = board_now(b);
    put(CR1, CEN);
    ticks(35);
    cr_assert_eq(board_rises(b, P_TRGO), 3);
    for (unsigned i = 0; i < 3; i++)
        cr_assert_eq(board_rise(b, P_TRGO, i), begin + (i + 1) * 10 * CK);
}

Test(timer, trgo_shows_enable_compare_and_reset)
{
    put(EGR, UG);
    cr_assert_eq(board_rises(b, P_TRGO), 1);
    b->signal_count = 0;
    put(CR2, 0x10);
    put(CR1, CEN);
    cr_assert_eq(b->signal_count, 1);
    put(CR1, 0);
    cr_assert_eq(b->signal_count, 2);
    cr_assert_not(b->signals[1].level);
    put(CR2, 0x30);
    put(CCR1, 5);
    put(CNT, 0);
    put(ARR, 9);
    b->signal_count = 0;
    put(CR1, CEN);
    ticks(20);
    cr_assert_eq(board_rises(b, P_TRGO), 2);
}

Test(timer, trgo_follows_ocref)
{
    put(ARR, 9);
    put(CCR3, 4);
    put(CCMR2, 0x60);
    put(CR2, 0x60);
    put(CR1, CEN);
    b->signal_count = 0;
    ticks(20);
    cr_assert_eq(board_rises(b, P_TRGO), 2);
    cr_assert_eq(board_rises(b, P_OC + 2), 0, "the pin itself is off");
}

Test(timer, two_timers_that_reset_each_other_do_not_hang)
{
    put(SMCR, 0x24);
    board_write(b, TIM3 + SMCR, 0x14);
    put(CR1, CEN);
    board_write(b, TIM3 + CR1, CEN);
    put(EGR, UG);
    ticks(10);
    cr_assert_gt(board_rises(b, P_TRGO), 3);
}

/* ---- DMA requests ---- */

Test(timer, dma_requests_stay_until_they_are_acknowledged)
{
    enum { UP = P_DMA, CC1 = P_DMA + 1 };

    put(ARR, 9);
    put(CCR1, 5);
    put(DIER, UDE | CC1DE);
    put(CR1, CEN);
    ticks(10);
    cr_assert_eq(board_rise(b, UP, 0), board_now(b));
    cr_assert_eq(board_rise(b, CC1, 0), board_now(b) - 5 * CK);
    b->signal_count = 0;
    lines(1 << 8);
    cr_assert_eq(b->signal_count, 1);
    cr_assert_eq(b->signals[0].input, UP);
    cr_assert_not(b->signals[0].level);
    lines(0);
    ticks(10);
    cr_assert_eq(board_rises(b, UP), 1);
    put(DIER, 0);
    cr_assert_not(b->signals[b->signal_count - 1].level);
}

Test(timer, a_request_that_waits_needs_no_events_and_the_next_comes_after_the_acknowledgement)
{
    vtime next;

    put(ARR, 9);
    put(DIER, UDE);
    put(CR1, CEN);
    ticks(10);
    machine_asleep(b->m, &next);
    cr_assert_eq(next.cycles, UINT64_MAX);
    ticks(34);
    lines(1 << 8);
    lines(0);
    cr_assert_eq(board_rises(b, P_DMA), 1);
    ticks(5);
    cr_assert_eq(board_rises(b, P_DMA), 1);
    ticks(1);
    cr_assert_eq(board_rises(b, P_DMA), 2);
}

Test(timer, ccds_moves_channel_requests_to_the_update)
{
    put(ARR, 9);
    put(CCR1, 5);
    put(CR2, CCDS);
    put(DIER, CC1DE);
    put(CR1, CEN);
    ticks(9);
    cr_assert_eq(board_rises(b, P_DMA + 1), 0);
    ticks(1);
    cr_assert_eq(board_rises(b, P_DMA + 1), 1);
}

/* ---- advanced timers ---- */

static void put1(uint32_t reg, uint32_t value)
{
    board_write(b, TIM1 + reg, value);
}

static uint32_t get1(uint32_t reg)
{
    return board_read(b, TIM1 + reg);
}

enum { MOE = 0x8000, AOE = 0x4000, BKP = 0x2000, BKE = 0x1000, OSSR = 0x800, OSSI = 0x400 };

Test(timer, outputs_of_an_advanced_timer_need_moe)
{
    put1(CCMR1, 0x0050);
    put1(CCER, 0x0001);
    cr_assert_eq(board_rises(b, P_TIM1 + P_OC), 0);
    put1(BDTR, MOE);
    cr_assert_eq(board_rises(b, P_TIM1 + P_OC), 1);
}

Test(timer, complementary_outputs_oppose_each_other)
{
    put1(CCMR1, 0x0050);
    put1(BDTR, MOE);
    put1(CCER, 0x0005);
    cr_assert_eq(board_rises(b, P_TIM1 + P_OC), 1);
    cr_assert_eq(board_rises(b, P_TIM1 + P_OCN), 0);
    put1(CCMR1, 0x0040);
    cr_assert_eq(board_rises(b, P_TIM1 + P_OCN), 1);
    b->signal_count = 0;
    put1(CCER, 0x0004);                 /* alone it follows OCxREF */
    cr_assert_eq(b->signal_count, 1);
    cr_assert_eq(b->signals[0].input, P_TIM1 + P_OCN);
    cr_assert_not(b->signals[0].level);
}

Test(timer, break_input_takes_the_outputs_to_their_idle_level)
{
    put1(CCMR1, 0x0050);
    put1(CCER, 0x0001);
    put1(CR2, 0x0200);                  /* OIS1 low, OIS1N high */
    put1(DIER, 0x80);
    put1(BDTR, MOE | OSSI | BKE | BKP);
    lines(0x20);
    cr_assert_eq(get1(BDTR) & MOE, 0);
    cr_assert(board_irq(b, "TIM1", TIMER_IRQ_BRK));
    cr_assert_eq(board_rises(b, P_TIM1 + P_OCN), 1);
    put1(BDTR, MOE | OSSI | BKE | BKP);
    cr_assert_eq(get1(BDTR) & MOE, 0, "held by the break input");
    put1(SR, 0);
    cr_assert_eq(get1(SR) & BIF, BIF);
    lines(0);
    put1(SR, 0);
    cr_assert_not(board_irq(b, "TIM1", TIMER_IRQ_BRK));
    put1(BDTR, MOE | OSSI | BKE | BKP);
    cr_assert_eq(get1(BDTR) & MOE, MOE);
}

Test(timer, aoe_sets_moe_at_the_next_update)
{
    put1(ARR, 9);
    put1(BDTR, AOE);
    put1(CR1, CEN);
    board_run(b, 9);
    cr_assert_eq(get1(BDTR) & MOE, 0);
    board_run(b, 1);
    cr_assert_eq(get1(BDTR) & MOE, MOE);
}

Test(timer, lock_freezes_what_its_level_covers)
{
    put1(CCMR1, 0x0060);
    put1(BDTR, 0x0300 | BKP);           /* level 3 */
    put1(BDTR, MOE | 0x00FF);
    cr_assert_eq(get1(BDTR), 0x0300 | BKP | MOE);
    put1(CR2, 0x7F10);
    cr_assert_eq(get1(CR2), 0x0010);
    put1(CCER, 0x0003);
    cr_assert_eq(get1(CCER), 0x0001);
    put1(CCMR1, 0x0000);
    cr_assert_eq(get1(CCMR1), 0x0060);
    put1(CCR1, 5);
    cr_assert_eq(get1(CCR1), 5);
}

Test(timer, commutation_takes_preloaded_controls_over_together)
{
    put1(BDTR, MOE);
    put1(CR2, 1);
    put1(CCMR1, 0x0050);
    put1(CCER, 0x0001);
    cr_assert_eq(board_rises(b, P_TIM1 + P_OC), 0);
    put1(EGR, 0x20);
    cr_assert_eq(board_rises(b, P_TIM1 + P_OC), 1);
    cr_assert_eq(get1(SR) & COMIF, COMIF);
}

Test(timer, an_advanced_timer_has_a_vector_for_each_group)
{
    put1(DIER, 0xFF);
    for (unsigned i = 0; i < 8; i++) {
        put1(SR, 0);
        put1(EGR, 1u << i);
        cr_assert_eq(board_irq(b, "TIM1", TIMER_IRQ_UP), i == 0);
        cr_assert_eq(board_irq(b, "TIM1", TIMER_IRQ_CC), i >= 1 && i <= 4);
        cr_assert_eq(board_irq(b, "TIM1", TIMER_IRQ_TRG_COM), i == 5 || i == 6);
        cr_assert_eq(board_irq(b, "TIM1", TIMER_IRQ_BRK), i == 7);
    }
}

/* ---- the block as a whole ---- */

Test(timer, registers_that_a_variant_lacks_are_reserved)
{
    board_write(b, TIM6 + CCR1, 5);
    cr_assert_eq(b->diags[DIAG_RESERVED], 1);
    cr_assert_eq(board_read(b, TIM6 + CCR1), 0);
    cr_assert_eq(b->diags[DIAG_RESERVED], 2);
    board_write(b, TIM9 + CR2, 0x20);
    cr_assert_eq(b->diags[DIAG_RESERVED], 3);
}

Test(timer, basic_timer_has_only_its_own_bits)
{
    board_write(b, TIM6 + CR1, 0xFFFE);
    board_write(b, TIM6 + DIER, 0xFFFF);
    board_write(b, TIM6 + CR2, 0xFFFF);
    cr_assert_eq(board_read(b, TIM6 + CR1), 0x008E);
    cr_assert_eq(board_read(b, TIM6 + DIER), 0x0101);
    cr_assert_eq(board_read(b, TIM6 + CR2), 0x0070);
    board_write(b, TIM6 + ARR, 9);
    board_write(b, TIM6 + CR1, CEN);
    ticks(20);
    cr_assert_eq(board_read(b, TIM6 + SR), UIF, "no compare flags");
}

Test(timer, dmar_stands_for_the_registers_from_dba)
{
    put(DCR, 1 << 8 | 13);      /* two transfers from CCR1 */
    put(DMAR, 11);
    put(DMAR, 12);
    put(DMAR, 13);
    cr_assert_eq(get(CCR1), 13, "the third begins anew");
    cr_assert_eq(get(CCR2), 12);
    cr_assert_eq(get(DMAR), 12, "the next one");
    put(DCR, 19);
    put(DMAR, 1);
    cr_assert_eq(b->diags[DIAG_RESERVED], 1, "not to itself");
}

Test(timer, halfword_accesses_work)
{
    board_write16(b, TIM2 + ARR, 0x1234);
    cr_assert_eq(get(ARR), 0xFFFF1234);
    board_write16(b, TIM2 + CCMR1 + 2, 0xFFFF);
    cr_assert_eq(get(CCMR1), 0);
}

Test(timer, a_clock_change_keeps_count_and_phase)
{
    put(PSC, 9);
    put(EGR, UG);
    put(CR1, CEN);
    ticks(105);
    board_write(b, BOARD_CLOCKS + 4 * CLOCK_TIMER1, 42000000);
    cr_assert_eq(get(CNT), 10);
    board_run(b, 5 * 2 * CK);
    cr_assert_eq(get(CNT), 11);
    board_run(b, 100 * 2 * CK);
    cr_assert_eq(get(CNT), 21);
}

Test(timer, a_closed_gate_stops_the_counter)
{
    board_write(b, TIM6 + CR1, CEN);
    ticks(100);
    board_write(b, BOARD_GATE, 0);
    ticks(1000);
    cr_assert_eq(board_read(b, TIM6 + CNT), 0, "an unclocked block reads 0");
    board_write(b, BOARD_GATE, 1 << GATE);
    cr_assert_eq(board_read(b, TIM6 + CNT), 100);
    ticks(5);
    cr_assert_eq(board_read(b, TIM6 + CNT), 105);
}

Test(timer, reset_drops_everything)
{
    put(DIER, UIE);
    put(CCMR1, 0x50);
    put(CCER, 1);
    put(CR1, CEN);
    ticks(100);
    put(EGR, UG);
    board_write(b, BOARD_RESET, 1 << RESET_BIT);
    board_write(b, BOARD_RESET, 0);
    cr_assert_not(board_irq(b, "TIM2", 0));
    cr_assert_not(b->signals[b->signal_count - 1].level);
    cr_assert_eq(get(CR1), 0);
    cr_assert_eq(get(ARR), 0xFFFFFFFF);
    ticks(100);
    cr_assert_eq(get(CNT), 0);
    put(CR1, CEN);
    ticks(10);
    cr_assert_eq(get(CNT), 10);
}

Test(timer, state_survives_save_and_restore_at_every_event)
{
    put(PSC, 2);
    put(ARR, 20);
    put(CCMR1, 0x6838);
    put(CCR1, 7);
    put(CCR2, 9);
    put(CCER, 0x11);
    put(CR2, 0x20);
    put(DIER, UIE | CC1IE | UDE);
    put(CR1, CEN | CENTRE2 | ARPE);
    board_write(b, TIM3 + SMCR, 0x17);
    board_write(b, TIM3 + ARR, 3);
    board_write(b, TIM3 + DIER, UIE);
    board_write(b, TIM3 + CR1, CEN);
    put(ARR, 15);
    board_run(b, 3);
    board_check_replay(b, 3000);
}

/* ---- TI4_RMP ---- */

/* TIM5 captures rising edges of TI4. */
static void capture_ti4(uint32_t remap)
{
    board_write(b, TIM5 + OR, remap << 6);
    board_write(b, TIM5 + CCMR2, 0x0100);
    board_write(b, TIM5 + CCER, 0x1000);
    board_write(b, TIM5 + CR1, CEN);
}

static uint32_t next_capture(uint64_t limit)
{
    board_write(b, TIM5 + SR, 0);
    cr_assert_neq(board_when(b, TIM5 + SR, CC4IF, CC4IF, limit), UINT64_MAX);
    return board_read(b, TIM5 + CCR4);
}

Test(timer, ti4_can_measure_the_lsi)
{
    uint32_t first;

    capture_ti4(1);
    first = next_capture(2 * 168000000 / 32000);
    cr_assert_eq(next_capture(2 * 168000000 / 32000) - first, 84000000 / 32000);
}

Test(timer, ti4_can_measure_the_lse)
{
    uint32_t first;

    board_write(b, BOARD_CLOCKS + 4 * CLOCK_LSE, 20000);
    capture_ti4(2);
    first = next_capture(2 * 168000000 / 20000);
    cr_assert_eq(next_capture(2 * 168000000 / 20000) - first, 84000000 / 20000);
}

Test(timer, ti4_remapped_does_not_hear_its_pad)
{
    board_write(b, BOARD_CLOCKS + 4 * CLOCK_LSE, 0);
    capture_ti4(2);
    lines(1 << 16);
    board_run(b, 1000);
    cr_assert_not(board_read(b, TIM5 + SR) & CC4IF);
    board_write(b, TIM5 + OR, 0);   /* back to the pad, which is high: an edge */
    cr_assert(board_read(b, TIM5 + SR) & CC4IF);
}

Test(timer, edges_of_a_clock_happen_only_while_somebody_listens)
{
    const struct device *edges = machine_device_named(b->m, "LSI_edges");

    cr_assert_eq(sched_when(edges, 0).cycles, UINT64_MAX);
    capture_ti4(1);
    cr_assert_neq(sched_when(edges, 0).cycles, UINT64_MAX);
    board_write(b, TIM5 + OR, 0);
    cr_assert_eq(sched_when(edges, 0).cycles, UINT64_MAX);
}
