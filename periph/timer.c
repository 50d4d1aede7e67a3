/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Timers: basic (RM0090 chapter 20), general-purpose (18, 19) and advanced-control (17); RM0033 chapters
 * 14 to 17 and RM0041 chapters 12 to 15 describe the same blocks. One model for all of them: what an
 * instance lacks is absent from its register table (timer_tables.c), reads 0 and therefore does nothing.
 *
 * A register write acts at the timer clock's edge at or before it. CEN enables the counter with that
 * edge: the one clock that the hardware takes longer is a constant that nothing else shows. A match is
 * seen when the count becomes equal to the compare value, whether it counted there, was set, or the
 * counter was enabled standing there.
 *
 * MSM has no effect: it delays a trigger by the few clocks that are not modelled.
 */
#include <string.h>

#include "core/irq.h"
#include "core/log.h"
#include "core/schedule.h"
#include "core/signal.h"
#include "periph/table.h"
#include "periph/timer_state.h"

static struct timer_model model_of(const struct device *d)
{
    const struct reg *regs = d->ops->regs;
    const struct timer_state *s = d->state;
    struct timer_model m = {
        .max = regs[TIM_ARR].readable,
        .flags = regs[TIM_SR].readable,
        .ccer = regs[TIM_CCER].readable,
        .chooses_clear = regs[TIM_SMCR].writable & SMCR_OCCS,
        .trgo_watched = s->trgo_watched,
        .outputs_watched = s->watched,
    };

    for (unsigned i = 0; i < TIM_CHANNELS && !(regs[TIM_CCR1 + i].flags & REG_PAD); i++)
        m.channels = i + 1;
    return m;
}

/* ---- outputs ---- */

static void drive_trgo(struct device *d, uint32_t happened)
{
    const struct timer_state *s = d->state;
    unsigned mms = timer_mms(s);
    bool level = false;     /* between pulses */

    if (mms == MMS_ENABLE)
        level = timer_running(s);
    else if (mms >= MMS_OC1REF)
        level = s->ref >> (mms - MMS_OC1REF) & 1;
    signal_set(d, TIMER_OUT_TRGO, level);
    if ((mms == MMS_RESET && happened & HAPPENED_REINIT) || (mms == MMS_UPDATE && happened & SR_UIF) ||
        (mms == MMS_COMPARE_PULSE && happened & SR_CC1IF))
        signal_pulse(d, TIMER_OUT_TRGO);
}

static enum signal_state output_state(const struct timer_model *m, const struct timer_state *s, unsigned channel,
                                      bool complement)
{
    if (!timer_drives(m, s, channel, complement))
        return SIGNAL_RELEASED;
    return timer_output(m, s, channel, complement) ? SIGNAL_HIGH : SIGNAL_LOW;
}

static void drive_channels(struct device *d, const struct timer_model *m)
{
    const struct timer_state *s = d->state;

    for (unsigned i = 0; i < m->channels; i++) {
        signal_put(d, TIMER_OUT_OC1 + i, output_state(m, s, i, false));
        if (i < TIM_COMPLEMENTS)
            signal_put(d, TIMER_OUT_OC1N + i, output_state(m, s, i, true));
    }
}

static void drive_irqs(struct device *d)
{
    const struct timer_state *s = d->state;
    uint32_t active = s->reg[TIM_SR] & s->reg[TIM_DIER] & 0xFF;

    irq_set(d, TIMER_IRQ_ALL, active);
    irq_set(d, TIMER_IRQ_BRK, active & SR_BIF);
    irq_set(d, TIMER_IRQ_UP, active & SR_UIF);
    irq_set(d, TIMER_IRQ_TRG_COM, active & (SR_TIF | SR_COMIF));
    irq_set(d, TIMER_IRQ_CC, active & SR_CCIF);
}

/* Everything that others see, from the state. Listeners may answer at once: their changes of this timer's
 * inputs are taken up a clock later (timer_signal), so that rings of timers cannot recurse. */
static void drive(struct device *d, const struct timer_model *m, uint32_t happened)
{
    struct timer_state *s = d->state;
    uint8_t was_busy = s->busy;

    s->busy = true;
    drive_trgo(d, happened);
    drive_channels(d, m);
    for (unsigned i = 0; i <= TIMER_OUT_DMA_TRIG - TIMER_OUT_DMA_UP; i++)
        signal_set(d, TIMER_OUT_DMA_UP + i, s->dma >> i & 1);
    drive_irqs(d);
    s->busy = was_busy;
}

/* ---- time ---- */

/* Clocks since the state's moment. */
static uint64_t elapsed(const struct device *d)
{
    const struct timer_state *s = d->state;
    uint64_t now = ticker_read(&s->clock, d);

    return now > s->at ? now - s->at : 0;
}

static void schedule(struct device *d, const struct timer_model *m)
{
    const struct timer_state *s = d->state;
    uint64_t clocks = timer_clocks_to_event(m, s);

    sched_at(d, TIMER_EVENT_COUNT,
             clocks == UINT64_MAX ? VTIME_NEVER : ticker_when(&s->clock, s->at + clocks));
}

/* Brings the state up to now, one visible happening after the other. */
static void settle(struct device *d, const struct timer_model *m)
{
    struct timer_state *s = d->state;
    uint64_t left;

    while ((left = elapsed(d))) {
        uint64_t rise = timer_clocks_to_rise(m, s), step;
        uint32_t happened = 0;
        uint8_t ref = s->ref;
        step = timer_pass(m, s, left, &happened);
        if (happened || s->ref != ref || step == rise)
            drive(d, m, happened);
    }
}

static void finish(struct device *d, const struct timer_model *m, uint32_t happened)
{
    timer_compare(m, d->state);
    timer_follow_pairs(m, d->state);
    drive(d, m, happened);
    schedule(d, m);
}

/* ---- inputs ---- */

static void change_line(struct device *d, const struct timer_model *m, unsigned line, bool level)
{
    uint32_t happened = 0;

    timer_input(m, d->state, line, level, &happened);
    finish(d, m, happened);
}

/* The DMA controller has taken up a request. */
static void serve_request(struct timer_state *s, unsigned request)
{
    if (s->dma & request)
        s->served = (uint8_t)request;
    s->dma &= (uint8_t)~request;
}

/* What OR can put in the place of an input: each timer's OR has the bits of one of these lines. */
static const struct {
    uint8_t line, lsb, inputs[4];
} remaps[] = {
    {TIMER_IN_TI1, 0, {TIMER_IN_TI1, TIMER_IN_TI1, TIMER_IN_TI1_HSE_RTC, TIMER_IN_TI1}},
    {TIMER_IN_TI4, 6, {TIMER_IN_TI4, TIMER_IN_TI4_LSI, TIMER_IN_TI4_LSE, TIMER_IN_TI4_RTC_WAKEUP}},
    {TIMER_IN_ITR1, 10, {TIMER_IN_ITR1, TIMER_IN_ITR1_PTP, TIMER_IN_ITR1_SOF_FS, TIMER_IN_ITR1_SOF_HS}},
};

/* The input that a line is taken from. */
static unsigned source_of(const struct timer_state *s, unsigned line)
{
    for (unsigned i = 0; i < COUNT(remaps); i++)
        if (remaps[i].line == line)
            return remaps[i].inputs[s->reg[TIM_OR] >> remaps[i].lsb & 3];
    return line;
}

static bool line_level(const struct device *d, unsigned line)
{
    return signal_input(d, source_of(d->state, line));
}

static void hear_line(struct device *d, const struct timer_model *m, unsigned line, bool level)
{
    struct timer_state *s = d->state;

    if (s->busy) {
        if (level)
            s->late |= (uint16_t)(1u << line);
        sched_at(d, TIMER_EVENT_LATE, ticker_when(&s->clock, s->at + 1));
    } else if (!timer_line_matters(s, line)) {
        timer_take_lines(s, (uint16_t)((s->lines & ~(1u << line)) | (unsigned)level << line));
    } else if (gate_on(d)) {
        settle(d, m);
        change_line(d, m, line, level);
    }
}

/* The line that an input may move. */
static unsigned line_of(unsigned input)
{
    for (unsigned i = 0; input >= TIMER_IN_REMAPPED && i < COUNT(remaps); i++)
        for (unsigned choice = 0; choice < COUNT(remaps[i].inputs); choice++)
            if (remaps[i].inputs[choice] == input)
                return remaps[i].line;
    return input;
}

void timer_signal(struct device *d, unsigned input, bool level)
{
    struct timer_model m = model_of(d);
    struct timer_state *s = d->state;
    unsigned line = line_of(input);

    if (line >= TIMER_LINES) {
        settle(d, &m);
        if (level)
            serve_request(s, 1u << (input - TIMER_IN_ACK_UP));
        finish(d, &m, 0);
    } else if (source_of(s, line) == input) {
        hear_line(d, &m, line, level);
    }
}

unsigned timer_listens(const struct device *d, unsigned input)
{
    const struct timer_state *s = d->state;
    unsigned line = line_of(input);

    if (line >= TIMER_LINES)
        return SIGNAL_WATCHED;
    if (source_of(s, line) != input)
        return SIGNAL_UNUSED;
    return timer_line_matters(s, line) ? SIGNAL_WATCHED : SIGNAL_CONNECTED;
}

/* Inputs that changed while the timer was busy; a pulse among them is made good. */
static void take_late(struct device *d, const struct timer_model *m)
{
    struct timer_state *s = d->state;
    uint16_t rose = s->late;

    s->late = 0;
    for (unsigned i = 0; i < TIMER_LINES; i++) {
        bool level = line_level(d, i);
        if (rose >> i & 1 && !level && !(s->lines >> i & 1))
            change_line(d, m, i, true);
        if (level != (s->lines >> i & 1))
            change_line(d, m, i, level);
    }
}

void timer_event(struct device *d, unsigned event)
{
    struct timer_model m = model_of(d);

    settle(d, &m);
    if (event == TIMER_EVENT_LATE)
        take_late(d, &m);
    schedule(d, &m);
}

/* ---- bursts ---- */

/* The register that an access to DMAR reaches; DBL + 1 accesses make a burst, and the request that began
 * it comes again until the last one (RM0090 17.3.19). */
static unsigned burst_step(struct timer_state *s)
{
    unsigned reg = (s->reg[TIM_DCR] & 0x1F) + s->burst;

    if (s->burst++ < (s->reg[TIM_DCR] >> 8 & 0x1F)) {
        s->dma |= (uint8_t)(s->served & s->reg[TIM_DIER] >> 8);
    } else {
        s->burst = 0;
        s->served = 0;
    }
    return reg;
}

static bool burst_reaches(struct device *d, unsigned reg)
{
    if (reg < TIM_REGS && reg != TIM_DMAR && !(d->ops->regs[reg].flags & REG_PAD))
        return true;
    diag_guest(d, DIAG_RESERVED, TIM_DMAR, "the burst reaches offset 0x%X, where no register is", 4 * reg);
    return false;
}

/* ---- reads ---- */

static void pass(const struct timer_model *m, struct timer_state *s, uint64_t clocks)
{
    uint32_t happened = 0;

    while (clocks)
        clocks -= timer_pass(m, s, clocks, &happened);
}

/* Registers that time changes. */
static bool moves(const struct timer_state *s, unsigned reg)
{
    if (reg == TIM_CNT || reg == TIM_SR || reg == TIM_CR1 || reg == TIM_BDTR)
        return timer_runs_freely(s) || s->raw != s->heard;
    return reg >= TIM_CCR1 && reg <= TIM_CCR4 && s->raw != s->heard;
}

uint32_t timer_peek(const struct device *d, unsigned reg)
{
    const struct timer_state *s = d->state;
    uint32_t readable = d->ops->regs[reg].readable;
    struct timer_model m;
    struct timer_state copy;

    if (!moves(s, reg))
        return s->reg[reg] & readable;
    m = model_of(d);
    copy = *s;
    pass(&m, &copy, elapsed(d));
    return copy.reg[reg] & readable;
}

static uint32_t burst_read(struct device *d)
{
    struct timer_model m = model_of(d);
    unsigned reg;
    uint32_t value = 0;

    settle(d, &m);
    reg = burst_step(d->state);
    if (burst_reaches(d, reg))
        value = d->ops->regs[reg].flags & REG_READ_EFFECT ? timer_read(d, reg) : timer_peek(d, reg);
    finish(d, &m, 0);
    return value;
}

/* CCRx: reading a captured value clears its flag (RM0090, TIMx_SR.CC1IF). DMAR: a burst access. */
uint32_t timer_read(struct device *d, unsigned reg)
{
    struct timer_state *s = d->state;
    unsigned channel = reg - TIM_CCR1;

    if (reg == TIM_DMAR) {
        return burst_read(d);
    }
    if (timer_selection(s, channel) && s->reg[TIM_SR] & SR_CC1IF << channel) {
        s->reg[TIM_SR] &= ~(uint32_t)(SR_CC1IF << channel);
        drive_irqs(d);
    }
    return timer_peek(d, reg);
}

/* ---- writes ---- */

/* The lanes of a write without the bits in `locked`; a change of those is reported. */
static uint32_t unlocked(struct device *d, unsigned reg, uint32_t value, uint32_t lanes, uint32_t locked,
                         const char *why)
{
    if ((value ^ reg_get(d, reg)) & lanes & locked)
        diag_guest(d, DIAG_SEQUENCE, reg, "bits 0x%X cannot be written %s: they keep their value",
                   (value ^ reg_get(d, reg)) & lanes & locked, why);
    return lanes & ~locked;
}

static unsigned lock_level(const struct timer_state *s)
{
    return (s->reg[TIM_BDTR] & BDTR_LOCK) >> BDTR_LOCK_LSB;
}

#define BY_LOCK "at the level of BDTR.LOCK"

static void write_cr1(struct device *d, uint32_t value, uint32_t lanes)
{
    struct timer_state *s = d->state;
    bool own_direction = timer_centre(s) || timer_encodes(s);

    reg_store(d, TIM_CR1, value, own_direction ? lanes & ~(uint32_t)CR1_DIR : lanes);
    if (!(s->reg[TIM_CR1] & CR1_ARPE))
        s->arr = s->reg[TIM_ARR];
    if (!own_direction)
        timer_turn_at_ends(s);
}

static void write_cr2(struct device *d, const struct timer_model *m, uint32_t value, uint32_t lanes)
{
    struct timer_state *s = d->state;

    if (lock_level(s) >= 1)
        lanes = unlocked(d, TIM_CR2, value, lanes, CR2_OIS, BY_LOCK);
    reg_store(d, TIM_CR2, value, lanes);
    timer_load_controls(m, s, false);
}

/* CCxS can only be written while the channel is off, OCxM and OCxPE of an output not at lock level 3. */
static void write_ccmr(struct device *d, const struct timer_model *m, unsigned reg, uint32_t value,
                       uint32_t lanes)
{
    struct timer_state *s = d->state;
    unsigned first = 2 * (reg - TIM_CCMR1);
    uint32_t selections = 0, modes = 0;

    for (unsigned i = 0; i < 2; i++) {
        if (s->reg[TIM_CCER] >> 4 * (first + i) & CCER_E)
            selections |= 0x03u << 8 * i;
        if (lock_level(s) == 3 && !timer_selection(s, first + i))
            modes |= 0x78u << 8 * i;
    }
    lanes = unlocked(d, reg, value, lanes, selections, "while the channel is on (CCxE)");
    lanes = unlocked(d, reg, value, lanes, modes, BY_LOCK);
    reg_store(d, reg, value, lanes);
    for (unsigned i = first; i < first + 2 && i < m->channels; i++)
        if (!timer_selection(s, i) && !(timer_ccmr(s, i) & CCMR_OCPE))
            s->ccr[i] = s->reg[TIM_CCR1 + i];
    timer_load_controls(m, s, false);
}

static void write_ccer(struct device *d, const struct timer_model *m, uint32_t value, uint32_t lanes)
{
    struct timer_state *s = d->state;
    uint32_t polarities = 0;

    for (unsigned i = 0; i < m->channels; i++)
        if (!timer_selection(s, i))
            polarities |= (uint32_t)(CCER_P | CCER_NP) << 4 * i;
    if (lock_level(s) >= 2)
        lanes = unlocked(d, TIM_CCER, value, lanes, polarities, BY_LOCK);
    reg_store(d, TIM_CCER, value, lanes);
    for (unsigned i = 0; i < m->channels; i++)
        if (!(s->reg[TIM_CCER] >> 4 * i & CCER_E))
            s->captures[i] = 0;
    timer_load_controls(m, s, false);
}

static void write_ccr(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    struct timer_state *s = d->state;
    unsigned channel = reg - TIM_CCR1;

    if (timer_selection(s, channel)) {
        diag_guest(d, DIAG_READONLY, reg, "written while the channel is an input: dropped");
        return;
    }
    reg_store(d, reg, value, lanes);
    if (!(timer_ccmr(s, channel) & CCMR_OCPE))
        s->ccr[channel] = s->reg[reg];
}

/* LOCK can be written once; MOE cannot be set while the break input is active. */
static void write_bdtr(struct device *d, uint32_t value, uint32_t lanes)
{
    struct timer_state *s = d->state;
    uint32_t locked = s->lock_frozen ? BDTR_LOCK : 0;

    if (lock_level(s) >= 1)
        locked |= BDTR_DTG | BDTR_BKE | BDTR_BKP | BDTR_AOE;
    if (lock_level(s) >= 2)
        locked |= BDTR_OSSI | BDTR_OSSR;
    lanes = unlocked(d, TIM_BDTR, value, lanes, locked, BY_LOCK);
    reg_store(d, TIM_BDTR, value, lanes);
    s->lock_frozen = true;
}

static void generate(struct device *d, const struct timer_model *m, uint32_t events, uint32_t *happened)
{
    struct timer_state *s = d->state;

    for (unsigned i = 0; i < m->channels; i++) {
        if (!(events & EGR_CC & 2u << i))
            continue;
        if (timer_selection(s, i))
            timer_capture(m, s, i, happened);
        else
            timer_raise(m, s, SR_CC1IF << i, happened);
    }
    if (events & EGR_COMG) {
        timer_load_controls(m, s, true);
        timer_raise(m, s, SR_COMIF, happened);
    }
    if (events & EGR_TG)
        timer_raise(m, s, SR_TIF, happened);
    if (events & EGR_BG) {
        s->reg[TIM_BDTR] &= ~(uint32_t)BDTR_MOE;
        timer_raise(m, s, SR_BIF, happened);
    }
    if (events & EGR_UG)
        timer_reinit(m, s, happened);
}

static void write_burst(struct device *d, const struct timer_model *m, uint32_t value, uint32_t lanes,
                        uint32_t *happened);

static void write_reg(struct device *d, const struct timer_model *m, unsigned reg, uint32_t value,
                      uint32_t lanes, uint32_t *happened)
{
    struct timer_state *s = d->state;

    switch (reg) {
    case TIM_CR1:
        write_cr1(d, value, lanes);
        break;
    case TIM_CR2:
        write_cr2(d, m, value, lanes);
        break;
    case TIM_DIER:
        s->dma &= (uint8_t)(reg_store(d, reg, value, lanes) >> 8);
        break;
    case TIM_EGR:
        generate(d, m, value & d->ops->regs[reg].action, happened);
        break;
    case TIM_CCMR1:
    case TIM_CCMR2:
        write_ccmr(d, m, reg, value, lanes);
        break;
    case TIM_CCER:
        write_ccer(d, m, value, lanes);
        break;
    case TIM_CNT:
        reg_store(d, reg, value, lanes);
        timer_turn_at_ends(s);
        break;
    case TIM_ARR:
        reg_store(d, reg, value, lanes);
        if (!(s->reg[TIM_CR1] & CR1_ARPE))
            s->arr = s->reg[reg];
        break;
    case TIM_CCR1:
    case TIM_CCR2:
    case TIM_CCR3:
    case TIM_CCR4:
        write_ccr(d, reg, value, lanes);
        break;
    case TIM_BDTR:
        write_bdtr(d, value, lanes);
        break;
    case TIM_DMAR:
        write_burst(d, m, value, lanes, happened);
        break;
    case TIM_DCR:
        reg_store(d, reg, value, lanes);
        s->burst = 0;
        break;
    case TIM_OR:
        reg_store(d, reg, value, lanes);
        for (unsigned i = 0; i < COUNT(remaps); i++)
            timer_input(m, s, remaps[i].line, line_level(d, remaps[i].line), happened);
        break;
    default:
        reg_store(d, reg, value, lanes);
        break;
    }
}

/* DMAR: what it stands for is written as if it had been addressed. */
static void write_burst(struct device *d, const struct timer_model *m, uint32_t value, uint32_t lanes,
                        uint32_t *happened)
{
    unsigned reg = burst_step(d->state);

    if (burst_reaches(d, reg))
        write_reg(d, m, reg, value, lanes, happened);
}

/* An active break input holds MOE down and BIF up. */
static void hold_break(const struct timer_model *m, struct timer_state *s, uint32_t *happened)
{
    if (!(m->flags & SR_BIF) || !timer_break_active(s))
        return;
    s->reg[TIM_BDTR] &= ~(uint32_t)BDTR_MOE;
    if (!(s->reg[TIM_SR] & SR_BIF))
        timer_raise(m, s, SR_BIF, happened);
}

/* The inputs whose changes would do something, as a set. */
static uint32_t heard_inputs(const struct timer_state *s)
{
    uint32_t inputs = 0;

    for (unsigned i = 0; i < TIMER_LINES; i++)
        inputs |= (uint32_t)timer_line_matters(s, i) << source_of(s, i);
    return inputs;
}

/* Registers that have a say in that. */
static bool selects_inputs(unsigned reg)
{
    return reg == TIM_SMCR || reg == TIM_CCMR1 || reg == TIM_CCMR2 || reg == TIM_BDTR || reg == TIM_OR ||
           reg == TIM_DMAR;
}

void timer_write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    struct timer_model m = model_of(d);
    struct timer_state *s = d->state;
    uint32_t happened = 0, heard = selects_inputs(reg) ? heard_inputs(s) : 0;
    unsigned before;

    settle(d, &m);
    before = timer_equal(&m, s);
    timer_count_samples(s);
    write_reg(d, &m, reg, value, lanes, &happened);
    timer_refilter(s);
    timer_match(&m, s, timer_equal(&m, s) & ~before, 0, &happened);
    hold_break(&m, s, &happened);
    finish(d, &m, happened);
    if (selects_inputs(reg) && heard_inputs(s) != heard)
        signals_rewired(d);
}

/* ---- who listens ---- */

static bool watched(const struct device *d, unsigned output)
{
    return signal_use(d, output) == SIGNAL_WATCHED;
}

static void ask_listeners(struct device *d)
{
    struct timer_state *s = d->state;

    s->trgo_watched = watched(d, TIMER_OUT_TRGO);
    s->watched = 0;
    for (unsigned i = 0; i < TIM_CHANNELS; i++)
        if (watched(d, TIMER_OUT_OC1 + i) || (i < TIM_COMPLEMENTS && watched(d, TIMER_OUT_OC1N + i)))
            s->watched |= (uint8_t)(1u << i);
}

void timer_rewired(struct device *d)
{
    struct timer_model m = model_of(d);

    settle(d, &m);
    ask_listeners(d);
    m = model_of(d);
    drive(d, &m, 0);
    schedule(d, &m);
}

/* What a channel does now: nobody needs its edges, so that the state may be old. */
unsigned timer_state_of_output(const struct device *d, unsigned output)
{
    struct timer_model m = model_of(d);
    struct timer_state copy = *(const struct timer_state *)d->state;
    bool complement = output >= TIMER_OUT_OC1N;

    if (output < TIMER_OUT_OC1 || output > TIMER_OUT_OC3N)
        return signal_output(d, output);
    pass(&m, &copy, elapsed(d));
    return output_state(&m, &copy, output - (complement ? TIMER_OUT_OC1N : TIMER_OUT_OC1), complement);
}

/* ---- clock and reset ---- */

static void reclock(struct device *d)
{
    struct timer_model m = model_of(d);
    struct timer_state *s = d->state;

    settle(d, &m);          /* at the old rate */
    if (s->stopped)
        ticker_stop(&s->clock, d);
    else
        ticker_rate(&s->clock, d, device_clock(d), 1);
    schedule(d, &m);
}

void timer_clock(struct device *d)
{
    reclock(d);
}

/* Takes the lines as they are, without looking for edges. */
static void read_lines(struct device *d)
{
    uint16_t lines = 0;

    for (unsigned i = 0; i < TIMER_LINES; i++)
        lines |= (uint16_t)(line_level(d, i) << i);
    timer_take_lines(d->state, lines);
}

void timer_gated(struct device *d, bool on)
{
    struct timer_state *s = d->state;

    s->stopped = !on;
    reclock(d);
    if (on)
        read_lines(d);
}

void timer_reset(struct device *d, enum reset_kind kind)
{
    struct timer_state *s = d->state;

    (void)kind;
    memset(&s->prescaled, 0, sizeof *s - offsetof(struct timer_state, prescaled));
    ticker_start(&s->clock, d, device_clock(d), 1);
    s->arr = s->reg[TIM_ARR];
    read_lines(d);
    ask_listeners(d);
}

/* Nothing that shows is overdue, so that catching up never takes more than a few steps. */
bool timer_sane(const struct device *d)
{
    struct timer_model m = model_of(d);
    const struct timer_state *s = d->state;
    uint32_t largest = s->reg[TIM_CNT] | s->arr;

    for (unsigned i = 0; i < TIM_CHANNELS; i++)
        largest |= s->ccr[i];
    if (!ticker_sane(&s->clock, d, device_clock(d), 1) || !timer_filters_sane(s))
        return false;
    return !(largest & ~m.max) && s->psc <= PSC_MAX && s->prescaled <= s->psc && !s->busy &&
           elapsed(d) <= timer_clocks_to_event(&m, s);
}
