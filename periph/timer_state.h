/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the parts of the timer model share (timer.c and the other timer_*.c). Nobody else includes this.
 *
 * A timer does not tick. Its state is that of one moment, `at`, counted in cycles of its clock CK_INT;
 * timer_advance moves it by any number of clocks. Everything below takes the state as plain data, so that
 * a peek (I8) advances a copy. A timer's event is due when something next shows outside; what only the
 * guest's own reads can tell is worked out when it reads.
 */
#ifndef PERIPH_TIMER_STATE_H
#define PERIPH_TIMER_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/clock.h"
#include "core/device.h"
#include "periph/timer.h"

/* Registers, numbered by their word offset; those that a variant lacks are REG_PAD rows and stay 0. */
enum timer_reg {
    TIM_CR1, TIM_CR2, TIM_SMCR, TIM_DIER, TIM_SR, TIM_EGR, TIM_CCMR1, TIM_CCMR2, TIM_CCER, TIM_CNT,
    TIM_PSC, TIM_ARR, TIM_RCR, TIM_CCR1, TIM_CCR2, TIM_CCR3, TIM_CCR4, TIM_BDTR, TIM_DCR, TIM_DMAR,
    TIM_OR, TIM_REGS
};

enum { TIM_CHANNELS = 4, TIM_COMPLEMENTS = 3, PSC_MAX = 0xFFFF };

/* What has a filter: TI1 to TI4, by channel, and the external trigger behind polarity and prescaler. */
enum { SOURCE_ETRP = TIM_CHANNELS, TIM_SOURCES };

enum {
    CR1_CEN = 1 << 0, CR1_UDIS = 1 << 1, CR1_URS = 1 << 2, CR1_OPM = 1 << 3, CR1_DIR = 1 << 4,
    CR1_CMS_LSB = 5, CR1_ARPE = 1 << 7, CR1_CKD_LSB = 8,

    CR2_CCPC = 1 << 0, CR2_CCUS = 1 << 2, CR2_CCDS = 1 << 3, CR2_MMS_LSB = 4, CR2_TI1S = 1 << 7,
    CR2_OIS = 0x7F00, CR2_OIS_LSB = 8,

    SMCR_OCCS = 1 << 3, SMCR_TS_LSB = 4, SMCR_ETF_LSB = 8, SMCR_ETPS_LSB = 12, SMCR_ECE = 1 << 14, SMCR_ETP = 1 << 15,

    /* SR; the same bits of DIER enable the interrupt, and eight bits up the DMA request. Happenings are
     * told by these bits, too. */
    SR_UIF = 1 << 0, SR_CC1IF = 1 << 1, SR_CCIF = 0x1E, SR_COMIF = 1 << 5, SR_TIF = 1 << 6,
    SR_BIF = 1 << 7, SR_CC1OF = 1 << 9,
    HAPPENED_REINIT = 1 << 8,       /* UG or the slave controller restarted the count */
    HAPPENED_LAP = 1 << 9,          /* the repetition counter was reloaded */

    EGR_UG = 1 << 0, EGR_CC = 0x1E, EGR_COMG = 1 << 5, EGR_TG = 1 << 6, EGR_BG = 1 << 7,

    BDTR_DTG = 0xFF, BDTR_LOCK = 0x300, BDTR_LOCK_LSB = 8, BDTR_OSSI = 1 << 10, BDTR_OSSR = 1 << 11,
    BDTR_BKE = 1 << 12, BDTR_BKP = 1 << 13, BDTR_AOE = 1 << 14, BDTR_MOE = 1 << 15
};

/* CR2.MMS */
enum { MMS_RESET, MMS_ENABLE, MMS_UPDATE, MMS_COMPARE_PULSE, MMS_OC1REF };

/* SMCR.SMS; 1 to 3 are the encoder modes. */
enum { SMS_ENCODER_FIRST = 1, SMS_ENCODER_LAST = 3, SMS_RESET, SMS_GATED, SMS_TRIGGER, SMS_CLOCK };

/* SMCR.TS above the ITR inputs */
enum { TS_TI1F_ED = 4, TS_TI1FP1, TS_TI2FP2, TS_ETRF };

/* OCxM */
enum { OCM_FROZEN, OCM_ACTIVE, OCM_INACTIVE, OCM_TOGGLE, OCM_FORCE_INACTIVE, OCM_FORCE_ACTIVE, OCM_PWM1,
       OCM_PWM2 };

/* One channel's bits in CCMRx when it is an output, and in CCER. */
enum { CCMR_OCFE = 0x04, CCMR_OCPE = 0x08, CCMR_OCCE = 0x80 };
enum { CCER_E = 1, CCER_P = 2, CCER_NE = 4, CCER_NP = 8 };

/* What an instance has, from its register table and the chip's wires. */
struct timer_model {
    uint32_t max;           /* largest count */
    uint32_t flags;         /* bits that SR has */
    uint32_t ccer;          /* bits that CCER has */
    unsigned channels;
    bool chooses_clear;     /* SMCR.OCCS exists */
    bool trgo_watched;
    uint8_t outputs_watched;    /* by channel: OCx or OCxN */
};

/* A filter at work: how many samples in a row differed from what is heard, counted up to `since`. */
struct timer_filter {
    uint64_t since;
    uint64_t run;
};

struct timer_state {
    uint32_t reg[TIM_REGS]; /* CR1, SR, CNT and BDTR as of `at`; PSC, ARR, RCR and CCRx as written */
    uint32_t prescaled;     /* clocks into the present count, at most psc */
    struct ticker clock;    /* CK_INT */
    uint64_t at;
    uint64_t opened;        /* the clock with which the gate of gated mode opened last */
    uint32_t psc, arr;      /* in force */
    uint32_t ccr[TIM_CHANNELS];     /* in force, of output channels */
    uint32_t ccer, ccmr[2]; /* in force: CCxE, CCxNE and OCxM wait for COM when CCPC is set */
    uint16_t lines;         /* levels of the inputs as the timer knows them, by enum timer_input */
    uint8_t raw;            /* levels of the sources in front of their filters, and behind */
    uint8_t heard;
    struct timer_filter filters[TIM_SOURCES];
    uint16_t late;          /* inputs that rose while the timer was driving its outputs */
    uint8_t rep;            /* overflows that pass before the next update */
    uint8_t ref;            /* OCxREF, by channel */
    uint8_t inside;         /* the PWM comparison's result, by channel */
    uint8_t cleared;        /* OCxREF that ETRF keeps low until the next update, by channel */
    uint8_t freed;          /* and those that were so until just now */
    uint8_t dma;            /* DMA requests not served yet: happenings */
    uint8_t busy;           /* driving outputs: inputs that change now are taken up a clock later */
    uint8_t stopped;        /* the clock gate is closed */
    uint8_t lock_frozen;    /* BDTR was written: LOCK stays */
    uint8_t etr_edges;      /* towards the next one that ETPS lets through */
    uint8_t captures[TIM_CHANNELS]; /* edges towards the next capture (ICxPSC) */
    uint8_t burst;          /* accesses to DMAR that the present burst has had */
    uint8_t served;         /* the DMA request served last */
    uint8_t watched;        /* outputs that somebody waits for, by channel: signal_use when it was last asked */
    uint8_t trgo_watched;
    uint8_t pair[TIM_COMPLEMENTS];          /* what OCx and OCxN want to be, */
    uint16_t dead[TIM_COMPLEMENTS];         /* for how many clocks neither of them becomes active, */
    uint64_t paired_at[TIM_COMPLEMENTS];    /* and since when */
};

static inline bool timer_down(const struct timer_state *s)
{
    return s->reg[TIM_CR1] & CR1_DIR;
}

/* CMS: 0 edge-aligned, 1 to 3 centre-aligned. */
static inline unsigned timer_centre(const struct timer_state *s)
{
    return s->reg[TIM_CR1] >> CR1_CMS_LSB & 3;
}

static inline unsigned timer_mms(const struct timer_state *s)
{
    return s->reg[TIM_CR2] >> CR2_MMS_LSB & 7;
}

static inline unsigned timer_sms(const struct timer_state *s)
{
    return s->reg[TIM_SMCR] & 7;
}

static inline bool timer_encodes(const struct timer_state *s)
{
    return timer_sms(s) >= SMS_ENCODER_FIRST && timer_sms(s) <= SMS_ENCODER_LAST;
}

/* The channel's byte of CCMRx. */
static inline unsigned timer_ccmr(const struct timer_state *s, unsigned channel)
{
    return s->reg[TIM_CCMR1 + channel / 2] >> 8 * (channel % 2) & 0xFF;
}

/* tDTS, the unit of dead time and slow filters, in clocks. */
static inline unsigned timer_dts(const struct timer_state *s)
{
    return 1u << (s->reg[TIM_CR1] >> CR1_CKD_LSB & 3);
}

/* CCxS: 0 output, else which input. */
static inline unsigned timer_selection(const struct timer_state *s, unsigned channel)
{
    return timer_ccmr(s, channel) & 3;
}

/* OCxM in force. */
static inline unsigned timer_mode(const struct timer_state *s, unsigned channel)
{
    return s->ccmr[channel / 2] >> (8 * (channel % 2) + 4) & 7;
}

/* The channel's CCER bits in force. */
static inline unsigned timer_enables(const struct timer_state *s, unsigned channel)
{
    return s->ccer >> 4 * channel & 15;
}

/* Something happened that sets `flags`: SR, DMA requests, and the note of it in *happened. */
void timer_raise(const struct timer_model *m, struct timer_state *s, uint32_t flags, uint32_t *happened);

/* ---- timer_count.c: the counter ---- */

/* Whether a clock would count. */
bool timer_enabled(const struct timer_state *s);

/* Lets `clocks` clocks of the prescaler's input pass; where those are CK_INT's, `at` goes along while the counter
 * runs. */
void timer_advance(const struct timer_model *m, struct timer_state *s, uint64_t clocks,
                   uint32_t *happened);

/* Lets clocks of CK_INT pass: `clocks`, or less if something happens before. Returns how many. */
uint64_t timer_pass(const struct timer_model *m, struct timer_state *s, uint64_t clocks, uint32_t *happened);

/* Clocks until something may show outside (interrupt, DMA request, trigger or channel output) or change
 * when it will; UINT64_MAX: nothing will, however long the timer runs. */
uint64_t timer_clocks_to_event(const struct timer_model *m, const struct timer_state *s);

/* Restarts count and prescaler, with an update event (EGR.UG, slave reset). */
void timer_reinit(const struct timer_model *m, struct timer_state *s, uint32_t *happened);

/* In centre-aligned mode a write of an end value to CNT turns the count around (RM0090 18.3.2). */
void timer_turn_at_ends(struct timer_state *s);

/* ---- timer_channel.c: compare and capture ---- */

/* Output channels whose compare value the count has, while the counter is enabled. */
unsigned timer_equal(const struct timer_model *m, const struct timer_state *s);

/* The count met the compare values of `equal`; it passed over those of `beyond`, which are above ARR. */
void timer_match(const struct timer_model *m, struct timer_state *s, unsigned equal, unsigned beyond,
                 uint32_t *happened);

/* The update event lets go of what ETRF has cleared. */
void timer_free_refs(const struct timer_model *m, struct timer_state *s);

/* A trigger forces OCxREF of PWM channels with OCxFE to what a match makes of it. */
void timer_fast_match(const struct timer_model *m, struct timer_state *s);

/* Brings OCxREF of forced and PWM channels up to date with count, direction and compare values, and clears what
 * ETRF clears. */
void timer_compare(const struct timer_model *m, struct timer_state *s);

/* Takes CCER and CCMRx into force; `com` is the commutation event that CCPC waits for. */
void timer_load_controls(const struct timer_model *m, struct timer_state *s, bool com);

/* The count goes to the channel's capture register. */
void timer_capture(const struct timer_model *m, struct timer_state *s, unsigned channel,
                   uint32_t *happened);

/* Whether a match of the channel, or a change of its OCxREF, would show outside. */
bool timer_channel_shows(const struct timer_model *m, const struct timer_state *s, unsigned channel);

/* ---- timer_output.c: the output stage ---- */

/* Whether the channel's output or complementary output drives its pin, and to which level. */
bool timer_drives(const struct timer_model *m, const struct timer_state *s, unsigned channel,
                  bool complement);
bool timer_output(const struct timer_model *m, const struct timer_state *s, unsigned channel,
                  bool complement);

/* Starts the dead time of pairs that change. To be called with every step of OCxREF and of the controls. */
void timer_follow_pairs(const struct timer_model *m, struct timer_state *s);

/* Clocks until a dead time that somebody watches ends; UINT64_MAX: none. */
uint64_t timer_clocks_to_rise(const struct timer_model *m, const struct timer_state *s);

/* ---- timer_filter.c: what stands between the pads and their users ---- */

/* A line changes. Returns the sources that are heard otherwise from now on. */
unsigned timer_set_line(struct timer_state *s, unsigned line, bool level);

/* All lines at once, and what is heard with them: no edges. */
void timer_take_lines(struct timer_state *s, uint16_t lines);

/* Before and after a write of what selects sources and filters: CR1, CR2, SMCR, CCMRx. */
void timer_count_samples(struct timer_state *s);
void timer_refilter(struct timer_state *s);

/* Sources whose filter has its last sample now. Returns those: they are heard from now on. */
unsigned timer_end_filters(struct timer_state *s);

/* Clocks until that happens; UINT64_MAX: no filter is at work. */
uint64_t timer_clocks_to_filtered(const struct timer_state *s);

/* Whether the filters' state is one that the above leave behind. */
bool timer_filters_sane(const struct timer_state *s);

/* ---- timer_trigger.c: inputs and the slave mode controller ---- */

/* Whether CK_INT clocks the counter now: no external clock, the gate open. */
bool timer_runs_freely(const struct timer_state *s);

/* CNT_EN: CEN and, in gated mode, the trigger's level. */
bool timer_running(const struct timer_state *s);

/* An input line changes. */
void timer_input(const struct timer_model *m, struct timer_state *s, unsigned line, bool level,
                 uint32_t *happened);

/* What the filters let through now has its effects. */
void timer_take_filtered(const struct timer_model *m, struct timer_state *s, uint32_t *happened);

/* Whether a change of the line would do anything now; its level is kept in any case. */
bool timer_line_matters(const struct timer_state *s, unsigned line);

/* Whether the break input asks for a break now. */
bool timer_break_active(const struct timer_state *s);

/* ---- timer.c: the device; timer_tables.c has the register tables ---- */

void timer_reset(struct device *d, enum reset_kind kind);
uint32_t timer_read(struct device *d, unsigned reg);
uint32_t timer_peek(const struct device *d, unsigned reg);
void timer_write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes);
void timer_event(struct device *d, unsigned event);
void timer_signal(struct device *d, unsigned input, bool level);
unsigned timer_state_of_output(const struct device *d, unsigned output);
unsigned timer_listens(const struct device *d, unsigned input);
void timer_rewired(struct device *d);
void timer_clock(struct device *d);
void timer_gated(struct device *d, bool on);
bool timer_sane(const struct device *d);

enum { TIMER_EVENT_COUNT, TIMER_EVENT_LATE, TIMER_EVENTS };

#endif
