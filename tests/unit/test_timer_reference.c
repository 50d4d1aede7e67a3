/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The timer's computed counter against one that really ticks: random settings and random writes at random
 * times; count, flags, direction, outputs and triggers must agree at every look. What the interrupt and
 * DMA enables are differs from case to case and must make no difference: they only decide which moments
 * the model schedules.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "periph/devices.h"
#include "periph/timer.h"
#include "tests/unit/board.h"

enum {
    TIM1 = 0x40010000, CR1 = 0x00, CR2 = 0x04, DIER = 0x0C, SR = 0x10, EGR = 0x14, CCMR1 = 0x18,
    CCMR2 = 0x1C, CCER = 0x20, CNT = 0x24, PSC = 0x28, ARR = 0x2C, RCR = 0x30, CCR1 = 0x34, BDTR = 0x44,
    CEN = 1, UDIS = 2, URS = 4, OPM = 8, DIR = 0x10, ARPE = 0x80,
    CASES = 400, STEPS = 60, CHANNELS = 4, MAX_COUNT = 0xFFFF,
    P_TRGO = 0, P_OC = 1
};

static const struct chip_device devices[] = {
    {.name = "TIM1", .ops = &timer_advanced_ops, .base = TIM1, .size = 0x400, .gate = GATE_NONE,
     .reset_line = GATE_NONE, .clock = CLOCK_TIMER2},
    {0}};

static const struct chip_route routes[] = {{"TIM1", TIMER_OUT_TRGO, "PROBE", P_TRGO, 5}, {0}};

/* ---- the ticking timer ---- */

struct ticking {
    uint32_t ccer;                  /* of the other timer while it runs: outputs on or off */
    uint32_t cr1, cr2, sr, cnt, psc, arr, rcr, ccmr[2];
    uint32_t ccr[CHANNELS];         /* as written */
    uint32_t psc_now, arr_now, ccr_now[CHANNELS], rep_now, prescaled;
    bool ref[CHANNELS], inside[CHANNELS];
    unsigned triggers;              /* TRGO pulses */
};

static unsigned control(const struct ticking *t, unsigned channel)
{
    return t->ccmr[channel / 2] >> 8 * (channel % 2) & 0xFF;
}

static unsigned cms(const struct ticking *t)
{
    return t->cr1 >> 5 & 3;
}

static bool running(const struct ticking *t)
{
    return t->cr1 & CEN && t->arr_now;
}

static bool met(const struct ticking *t, unsigned channel)
{
    return running(t) && t->cnt == t->ccr_now[channel];
}

static void flag(struct ticking *t, uint32_t flags)
{
    t->sr |= flags;
    if ((t->cr2 >> 4 & 7) == 3 && flags & 2)
        t->triggers++;
}

/* The count met the channel's compare value, or passed the end below it, or both at once. */
static void match(struct ticking *t, unsigned channel, bool equal, bool passed)
{
    unsigned mode = control(t, channel) >> 4 & 7;
    bool end = t->cnt == 0 || t->cnt == t->arr_now, down = t->cr1 & DIR;

    if (passed || (equal && (cms(t) == 0 || cms(t) == 3 || end || (cms(t) == 1) == down)))
        flag(t, 2u << channel);
    if (!equal)
        return;
    if (mode == 1 || mode == 2)
        t->ref[channel] = mode == 1;
    if (mode == 3)
        t->ref[channel] = !t->ref[channel];
}

static void compare(struct ticking *t)
{
    for (unsigned i = 0; i < CHANNELS; i++) {
        unsigned mode = control(t, i) >> 4 & 7;
        bool in = t->cr1 & DIR ? t->cnt <= t->ccr_now[i] : t->cnt < t->ccr_now[i];
        if (mode == 4 || mode == 5)
            t->ref[i] = mode == 5;
        else if (mode >= 6 && in != t->inside[i])
            t->ref[i] = in == (mode == 6);
        t->inside[i] = in;
    }
}

static void update(struct ticking *t, bool counted)
{
    t->rep_now = t->rcr;
    if (t->cr1 & UDIS)
        return;
    t->psc_now = t->psc;
    t->arr_now = t->arr;
    memcpy(t->ccr_now, t->ccr, sizeof t->ccr);
    if (counted || !(t->cr1 & URS))
        flag(t, 1);
    if ((t->cr2 >> 4 & 7) == 2)
        t->triggers++;
    if (t->cr1 & OPM)
        t->cr1 &= ~(uint32_t)CEN;
}

static void end_reached(struct ticking *t)
{
    if (t->rep_now)
        t->rep_now--;
    else
        update(t, true);
}

/* One count; the channels that an end passes by are found before the update. */
static void count(struct ticking *t)
{
    bool passed[CHANNELS] = {false}, end = false, down = t->cr1 & DIR;

    if (cms(t)) {
        t->cnt = (down ? t->cnt - 1 : t->cnt + 1) & MAX_COUNT;
        end = t->cnt == (down ? 0 : t->arr_now);
        if (end)
            t->cr1 ^= DIR;
    } else {
        end = t->cnt == (down ? 0 : t->arr_now);
        t->cnt = (down ? t->cnt - 1 : t->cnt + 1) & MAX_COUNT;
    }
    for (unsigned i = 0; i < CHANNELS; i++)
        passed[i] = end && !(cms(t) && down) && t->ccr_now[i] > t->arr_now;
    if (end)
        end_reached(t);
    if (end && !cms(t))
        t->cnt = down ? t->arr_now : 0;
    for (unsigned i = 0; i < CHANNELS; i++)
        match(t, i, met(t, i), passed[i]);
    compare(t);
}

static void clock(struct ticking *t)
{
    if (!running(t))
        return;
    if (t->prescaled < t->psc_now) {
        t->prescaled++;
        return;
    }
    t->prescaled = 0;
    count(t);
}

static void restart(struct ticking *t)
{
    update(t, false);
    if ((t->cr2 >> 4 & 7) == 0)
        t->triggers++;
    t->prescaled = 0;
    if (cms(t))
        t->cr1 &= ~(uint32_t)DIR;
    t->cnt = t->cr1 & DIR ? t->arr_now : 0;
}

static void turn_at_end(struct ticking *t)
{
    if (cms(t) && t->cnt == 0)
        t->cr1 &= ~(uint32_t)DIR;
    else if (cms(t) && t->cnt == t->arr_now)
        t->cr1 |= DIR;
}

static void take(struct ticking *t, uint32_t reg, uint32_t value)
{
    bool before[CHANNELS], was_centre = cms(t);
    unsigned channel = (reg - CCR1) / 4;

    for (unsigned i = 0; i < CHANNELS; i++)
        before[i] = met(t, i);
    switch (reg) {
    case CR1:
        t->cr1 = cms(t) ? (value & ~(uint32_t)DIR) | (t->cr1 & DIR) : value;
        break;
    case SR:
        t->sr &= value;
        break;
    case EGR:
        restart(t);
        break;
    case CNT:
        t->cnt = value;
        turn_at_end(t);
        break;
    case PSC:
        t->psc = value;
        break;
    case ARR:
        t->arr = value;
        break;
    case RCR:
        t->rcr = value;
        break;
    default:
        t->ccr[channel] = value;
        if (!(control(t, channel) & 8))
            t->ccr_now[channel] = value;
        break;
    }
    if (!(t->cr1 & ARPE))
        t->arr_now = t->arr;
    if (reg == CR1 && !was_centre)
        turn_at_end(t);
    for (unsigned i = 0; i < CHANNELS; i++)
        match(t, i, met(t, i) && !before[i], false);
    compare(t);
}

/* ---- both ---- */

static uint32_t random_state;

static uint32_t pick(uint32_t below)
{
    random_state = random_state * 1664525 + 1013904223;
    return (uint32_t)((uint64_t)(random_state >> 8) * below >> 24);
}

static void write_both(struct board *b, struct ticking *t, uint32_t reg, uint32_t value)
{
    board_write(b, TIM1 + reg, value);
    take(t, reg, value);
}

/* What both timers start from: settings that are not changed afterwards. */
static void set_up(struct board *b, struct ticking *t)
{
    static const uint8_t mms[] = {0, 2, 3};

    *t = (struct ticking){.cr2 = (uint32_t)mms[pick(3)] << 4, .arr = MAX_COUNT, .arr_now = MAX_COUNT};
    for (unsigned i = 0; i < 2; i++) {
        t->ccmr[i] = (pick(8) << 4) | (pick(8) << 12) | (pick(2) << 3) | (pick(2) << 11);
        board_write(b, TIM1 + CCMR1 + 4 * i, t->ccmr[i]);
    }
    for (unsigned i = 0; i < CHANNELS; i++)     /* PWM starts from the comparison's result */
        t->ref[i] = (control(t, i) >> 4 & 7) == 7;
    compare(t);
    board_write(b, TIM1 + CR2, t->cr2);
    t->ccer = pick(2) * 0x1111;
    board_write(b, TIM1 + CCER, t->ccer);
    board_write(b, TIM1 + BDTR, 0x8000);
    board_write(b, TIM1 + DIER, pick(2) ? pick(0x8000) : 0);
    write_both(b, t, CR1, (pick(8) ? 0 : UDIS) | (pick(4) ? 0 : URS) | (pick(8) ? 0 : OPM) |
                              pick(2) * DIR | (pick(2) ? pick(4) << 5 : 0) | pick(2) * ARPE);
}

static void random_write(struct board *b, struct ticking *t)
{
    static const uint32_t regs[] = {CR1, SR, EGR, CNT, PSC, ARR, RCR, CCR1, CCR1 + 4, CCR1 + 8, CCR1 + 12};
    uint32_t reg = regs[pick(sizeof regs / sizeof *regs)];

    switch (reg) {
    case CR1:
        write_both(b, t, CR1, pick(4) ? t->cr1 | CEN : t->cr1 & ~(uint32_t)CEN);
        break;
    case SR:
        write_both(b, t, SR, pick(0x20));
        break;
    case EGR:
        write_both(b, t, EGR, 1);
        break;
    case PSC:
    case RCR:
        write_both(b, t, reg, pick(4));
        break;
    default:
        write_both(b, t, reg, pick(13));
        break;
    }
}

/* What the probe has seen since the start. Outputs that are off are turned on for the look. */
struct seen {
    bool level[P_OC + CHANNELS];
    unsigned triggers;
};

static void look(struct board *b, const struct ticking *t, struct seen *seen)
{
    if (!t->ccer)
        memset(seen->level, 0, sizeof seen->level);
    board_write(b, TIM1 + CCER, 0x1111);
    seen->triggers += board_rises(b, P_TRGO);
    for (unsigned i = 0; i < b->signal_count; i++)
        seen->level[b->signals[i].input] = b->signals[i].level;
    board_write(b, TIM1 + CCER, t->ccer);
    b->signal_count = 0;
}

static void expect_equal(struct board *b, const struct ticking *t, struct seen *seen, unsigned number)
{
    look(b, t, seen);
    cr_assert_eq(board_peek(b, TIM1 + CNT), t->cnt, "case %u: count %u, expected %u", number,
                 board_peek(b, TIM1 + CNT), t->cnt);
    cr_assert_eq(board_peek(b, TIM1 + SR), t->sr, "case %u: flags %X, expected %X", number,
                 board_peek(b, TIM1 + SR), t->sr);
    cr_assert_eq(board_peek(b, TIM1 + CR1), t->cr1, "case %u: CR1 %X, expected %X", number,
                 board_peek(b, TIM1 + CR1), t->cr1);
    for (unsigned i = 0; i < CHANNELS; i++)
        cr_assert_eq(seen->level[P_OC + i], t->ref[i], "case %u: output %u", number, i + 1);
    cr_assert_eq(seen->triggers, t->triggers, "case %u: triggers", number);
}

static void run_case(unsigned number)
{
    struct board *b = board_create(devices, routes);
    struct seen seen = {0};
    struct ticking t;

    random_state = number * 7919 + 1;
    set_up(b, &t);
    for (unsigned step = 0; step < STEPS; step++) {
        uint32_t cycles = pick(10) ? pick(20) : pick(1000);
        random_write(b, &t);
        expect_equal(b, &t, &seen, number);
        board_run(b, cycles);
        while (cycles--)
            clock(&t);
        expect_equal(b, &t, &seen, number);
    }
    board_destroy(b);
}

Test(timer_reference, agrees_with_a_timer_that_ticks)
{
    for (unsigned number = 0; number < CASES; number++)
        run_case(number);
}
