/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Data watchpoint and trace: Arm ARM C1.8, Cortex-M4 TRM chapter 9. CYCCNT counts guest time,
 * asleep or not, but for Stop. Comparators raise debug events: a stop with a debugger attached, DebugMonitor
 * without. A data match is reported behind the access; a watched PC behind its instruction (TRM
 * 9.3).
 *
 * Not modelled: the profiling counters (CPI, EXC, SLEEP, LSU, FOLD), trace packets (PC sampling,
 * exception trace, comparator functions that emit), cycle matching, and the ETM's triggers.
 */
#include "core/arm/dwt.h"

#include "core/arm/component_ids.h"
#include "core/arm/coredebug.h"
#include "core/arm/exception.h"
#include "core/arm/fpb.h"
#include "core/arm/nvic.h"
#include "core/arm/scb.h"
#include "core/env.h"
#include "core/log.h"
#include "core/schedule.h"
#include "core/signal.h"

enum { COMPARATORS = DWT_COMPARATORS, COMPARATOR_REGS = 3 };

enum dwt_reg {
    DWT_CTRL, DWT_CYCCNT, DWT_CPICNT, DWT_EXCCNT, DWT_SLEEPCNT, DWT_LSUCNT, DWT_FOLDCNT, DWT_PCSR,
    DWT_COMP0, DWT_MASK0, DWT_FUNCTION0,
    DWT_IDS = DWT_COMP0 + COMPARATORS * COMPARATOR_REGS,
    DWT_REGS = DWT_IDS + COMPONENT_ID_REGS
};

#define CTRL_CYCCNTENA (1u << 0)
#define CTRL_PACKETS   0x007F1000u   /* PCSAMPLENA, EXCTRCENA and the counters' events */
#define CTRL_WRITABLE  0x007F1FFFu

#define FUNCTION_MASK       0xFu
#define FUNCTION_CYCMATCH   (1u << 7)
#define FUNCTION_DATAVMATCH (1u << 8)
#define FUNCTION_LNK1ENA    (1u << 9)
#define FUNCTION_MATCHED    (1u << 24)

/* FUNCTION: 4 to 7 are debug events; of those 5 to 7 watch data, bit 0 reads and bit 1 writes. */
enum { WATCH_PC = 4, WATCH_READS = 1, WATCH_WRITES = 2 };

enum { VALUE_COMPARATOR = 1, MASK_MAX = 15 };

struct dwt {
    uint32_t reg[DWT_REGS];     /* CYCCNT while it stands still */
    uint32_t counting;
    uint32_t reserved;
    uint64_t base;              /* the cycle at which CYCCNT was, or would have been, 0 */
};

static struct dwt *dwt_of(const struct cpu *c)
{
    return c->dwt->state;
}

/* ---- CYCCNT (C1.8.8) ---- */

static uint32_t cyccnt(const struct device *d)
{
    const struct dwt *s = d->state;

    return s->counting ? (uint32_t)(sched_now(d).cycles - s->base) : s->reg[DWT_CYCCNT];
}

/* Lets CYCCNT count, or stand still, from `value` on. */
static void set_cyccnt(struct device *d, uint32_t value)
{
    struct dwt *s = d->state;
    bool counting = coredebug_demcr(d->env->cpu) & DEMCR_TRCENA && s->reg[DWT_CTRL] & CTRL_CYCCNTENA &&
                    !signal_input(d, CORE_IN_STOPPED);

    s->counting = counting;
    s->base = counting ? sched_now(d).cycles - value : 0;
    s->reg[DWT_CYCCNT] = counting ? 0 : value;
}

static void dwt_signal(struct device *d, unsigned input, bool level)
{
    (void)input;
    (void)level;
    set_cyccnt(d, cyccnt(d));
}

void dwt_trace_enabled(struct cpu *c)
{
    set_cyccnt(c->dwt, cyccnt(c->dwt));
    dwt_derive(c);
}

/* ---- comparators (C1.8.1) ---- */

static unsigned reg_of(unsigned comparator, unsigned first)
{
    return first + comparator * COMPARATOR_REGS;
}

static uint32_t get(const struct dwt *s, unsigned comparator, unsigned first)
{
    return s->reg[reg_of(comparator, first)];
}

static bool value_matching(const struct dwt *s)
{
    return get(s, VALUE_COMPARATOR, DWT_FUNCTION0) & FUNCTION_DATAVMATCH;
}

/* Comparators that only give the data value comparator its addresses (DATAVADDR0, DATAVADDR1). */
static bool is_linked(const struct dwt *s, unsigned comparator)
{
    uint32_t function = get(s, VALUE_COMPARATOR, DWT_FUNCTION0);

    return value_matching(s) && comparator != VALUE_COMPARATOR &&
           ((function >> 12 & 0xF) == comparator || (function >> 16 & 0xF) == comparator);
}

/* The debug event a comparator stands for: 4 to 7, or 0. */
static unsigned event_of(const struct dwt *s, unsigned comparator)
{
    unsigned function = get(s, comparator, DWT_FUNCTION0) & FUNCTION_MASK;

    return function >= WATCH_PC && function <= 7 && !is_linked(s, comparator) ? function : 0;
}

static bool address_matches(const struct dwt *s, unsigned comparator, uint32_t address, unsigned size)
{
    uint32_t mask = (1u << (get(s, comparator, DWT_MASK0) & MASK_MAX)) - 1;
    uint32_t first = get(s, comparator, DWT_COMP0) & ~mask;

    return address - first <= mask || first - address < size;
}

/* Without a linked comparator any address will do. */
static bool linked_address_matches(const struct dwt *s, uint32_t address, unsigned size)
{
    bool any = false;

    for (unsigned i = 0; i < COMPARATORS; i++) {
        if (is_linked(s, i) && address_matches(s, i, address, size))
            return true;
        any |= is_linked(s, i);
    }
    return !any;
}

static bool value_matches(const struct dwt *s, unsigned size, uint32_t value)
{
    unsigned wanted = 1u << (get(s, VALUE_COMPARATOR, DWT_FUNCTION0) >> 10 & 3);
    uint32_t mask = size == 4 ? UINT32_MAX : (1u << 8 * size) - 1;

    return size == wanted && !((get(s, VALUE_COMPARATOR, DWT_COMP0) ^ value) & mask);
}

static bool data_matches(const struct dwt *s, unsigned comparator, uint32_t address, unsigned size,
                         uint32_t value)
{
    if (comparator == VALUE_COMPARATOR && value_matching(s))
        return value_matches(s, size, value) && linked_address_matches(s, address, size);
    return address_matches(s, comparator, address, size);
}

static void match(struct cpu *c, unsigned comparator, enum access_kind access)
{
    struct dwt *s = dwt_of(c);
    struct stop stop = {
        .kind = STOP_WATCH, .address = get(s, comparator, DWT_COMP0), .access = access,
    };

    s->reg[reg_of(comparator, DWT_FUNCTION0)] |= FUNCTION_MATCHED;
    exception_debug_event(c, DFSR_DWTTRAP, &stop);
}

void dwt_access(struct cpu *c, uint32_t address, unsigned size, bool write, uint32_t value)
{
    const struct dwt *s = dwt_of(c);
    unsigned wanted = write ? WATCH_WRITES : WATCH_READS;

    for (unsigned i = 0; i < COMPARATORS; i++)
        if (event_of(s, i) & wanted && data_matches(s, i, address, size, value))
            match(c, i, write ? ACCESS_WRITE : ACCESS_READ);
}

/* Widens [*first, *last] to the addresses of a comparator. */
static void widen(const struct dwt *s, unsigned comparator, uint32_t *first, uint32_t *last)
{
    uint32_t mask = (1u << (get(s, comparator, DWT_MASK0) & MASK_MAX)) - 1;
    uint32_t base = get(s, comparator, DWT_COMP0) & ~mask;

    *first = base < *first ? base : *first;
    *last = (base | mask) > *last ? base | mask : *last;
}

bool dwt_may_report(const struct cpu *c, unsigned n, bool write, uint32_t *first, uint32_t *last)
{
    const struct dwt *s = dwt_of(c);
    bool by_value = n == VALUE_COMPARATOR && value_matching(s);

    if (!(event_of(s, n) & (write ? WATCH_WRITES : WATCH_READS)))
        return false;
    *first = UINT32_MAX;
    *last = 0;
    if (!by_value)
        widen(s, n, first, last);
    for (unsigned i = 0; by_value && i < COMPARATORS; i++)
        if (is_linked(s, i))
            widen(s, i, first, last);
    if (*first > *last) {
        *first = 0;
        *last = UINT32_MAX;
    }
    return true;
}

static bool watches_pc(const struct cpu *c, unsigned comparator, uint32_t pc)
{
    const struct dwt *s = dwt_of(c);

    return event_of(s, comparator) == WATCH_PC && address_matches(s, comparator, pc, 2);
}

bool dwt_minds(const struct cpu *c, uint32_t pc)
{
    bool minds = fpb_breaks_at(c, pc);

    for (unsigned i = 0; i < COMPARATORS && coredebug_demcr(c) & DEMCR_TRCENA; i++)
        minds |= watches_pc(c, i, pc);
    return minds;
}

bool dwt_pc(struct cpu *c, uint32_t pc)
{
    if (!fpb_permits(c, pc))
        return false;
    for (unsigned i = 0; i < COMPARATORS && coredebug_demcr(c) & DEMCR_TRCENA; i++)
        if (watches_pc(c, i, pc))
            match(c, i, ACCESS_READ);
    coredebug_monitor_step(c);
    return true;
}

void dwt_derive(struct cpu *c)
{
    const struct dwt *s = dwt_of(c);
    bool data = false, pc = false;

    for (unsigned i = 0; i < COMPARATORS; i++) {
        data |= event_of(s, i) > WATCH_PC;
        pc |= event_of(s, i) == WATCH_PC;
    }
    if (!(coredebug_demcr(c) & DEMCR_TRCENA))
        data = pc = false;
    pc |= fpb_armed(c) || coredebug_stepping(c);
    c->data_comparators += data || c->checks & CHECK_DATA;
    c->code_comparators += pc || c->checks & CHECK_PC;
    cpu_set_check(c, CHECK_DATA, data);
    cpu_set_check(c, CHECK_PC, pc);
}

/* ---- registers ---- */

static bool is_function(unsigned reg)
{
    return reg >= DWT_FUNCTION0 && reg < DWT_IDS && (reg - DWT_FUNCTION0) % COMPARATOR_REGS == 0;
}

static uint32_t dwt_peek(const struct device *d, unsigned reg)
{
    if (reg == DWT_CYCCNT)
        return cyccnt(d);
    if (reg == DWT_PCSR)
        return d->env->cpu->s->r[15];
    return reg_get(d, reg);
}

/* Reading FUNCTIONn clears MATCHED. */
static uint32_t dwt_read(struct device *d, unsigned reg)
{
    uint32_t value = reg_get(d, reg);

    reg_clear_bits(d, reg, FUNCTION_MATCHED);
    return value;
}

static void write_function(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    uint32_t function = reg_store(d, reg, value, lanes);
    unsigned kind = function & FUNCTION_MASK;

    if (kind && (kind < WATCH_PC || kind > 7))
        diag_unmodelled(d, reg, "comparators that emit trace packets or trigger the ETM");
    if (function & FUNCTION_CYCMATCH)
        diag_unmodelled(d, reg, "CYCMATCH: comparing with the cycle counter");
}

static void dwt_write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    uint32_t count = cyccnt(d);

    if (!(coredebug_demcr(d->env->cpu) & DEMCR_TRCENA))
        diag_guest(d, DIAG_SEQUENCE, reg, "written while DEMCR.TRCENA is 0; a core may ignore that");
    if (is_function(reg))
        write_function(d, reg, value, lanes);
    else if (reg == DWT_CYCCNT)
        count = (count & ~lanes) | value;
    else if (reg_store(d, reg, value, lanes) & CTRL_PACKETS && reg == DWT_CTRL)
        diag_unmodelled(d, reg, "PC sampling, exception trace and event counters emit no packets");
    set_cyccnt(d, count);
    dwt_derive(d->env->cpu);
}

static void dwt_reset(struct device *d, enum reset_kind kind)
{
    struct dwt *s = d->state;

    (void)kind;
    s->counting = 0;
    s->base = 0;
}

static const struct reg_field ctrl_fields[] = {
    {"CYCCNTENA", 0, 1}, {"POSTPRESET", 1, 4}, {"POSTINIT", 5, 4}, {"CYCTAP", 9, 1},
    {"SYNCTAP", 10, 2}, {"PCSAMPLENA", 12, 1}, {"EXCTRCENA", 16, 1}, {"CPIEVTENA", 17, 1},
    {"EXCEVTENA", 18, 1}, {"SLEEPEVTENA", 19, 1}, {"LSUEVTENA", 20, 1}, {"FOLDEVTENA", 21, 1},
    {"CYCEVTENA", 22, 1}, {"NOPRFCNT", 24, 1}, {"NOCYCCNT", 25, 1}, {"NOEXTTRIG", 26, 1},
    {"NOTRCPKT", 27, 1}, {"NUMCOMP", 28, 4}, {NULL, 0, 0},
};
static const struct reg_field word_fields[] = {{"VALUE", 0, 32}, {NULL, 0, 0}};
static const struct reg_field mask_fields[] = {{"MASK", 0, 5}, {NULL, 0, 0}};
static const struct reg_field function_fields[] = {
    {"FUNCTION", 0, 4}, {"EMITRANGE", 5, 1}, {"CYCMATCH", 7, 1}, {"DATAVMATCH", 8, 1},
    {"LNK1ENA", 9, 1}, {"DATAVSIZE", 10, 2}, {"DATAVADDR0", 12, 4}, {"DATAVADDR1", 16, 4},
    {"MATCHED", 24, 1}, {NULL, 0, 0},
};

/* clang-format off */
#define RW(reg_, name_, offset_, mask_, fields_) \
    [reg_] = {.name = name_, .offset = offset_, .width = 32, .access = 4, .readable = UINT32_MAX, \
              .writable = mask_, .fields = fields_}
#define COUNTER(reg_, name_, offset_) \
    [reg_] = {.name = name_, .offset = offset_, .width = 32, .access = 4, .flags = REG_UNMODELLED, \
              .readable = 0xFF, .writable = 0xFF, .fields = word_fields}
#define COMPARATOR(n, function_reset, function_mask) \
    RW(DWT_COMP0 + COMPARATOR_REGS * n, "COMP" #n, 0x20 + 0x10 * n, UINT32_MAX, word_fields), \
    RW(DWT_MASK0 + COMPARATOR_REGS * n, "MASK" #n, 0x24 + 0x10 * n, MASK_MAX, mask_fields), \
    [DWT_FUNCTION0 + COMPARATOR_REGS * n] = { \
        .name = "FUNCTION" #n, .offset = 0x28 + 0x10 * n, .width = 32, .access = 4, \
        .flags = REG_READ_EFFECT, \
        .readable = UINT32_MAX, .reset = function_reset, .writable = function_mask, \
        .fields = function_fields}

static const struct reg dwt_regs[DWT_REGS] = {
    [DWT_CTRL] = {.name = "CTRL", .offset = 0x00, .width = 32, .access = 4, .readable = UINT32_MAX,
                  .reset = (uint32_t)COMPARATORS << 28, .writable = CTRL_WRITABLE,
                  .fields = ctrl_fields},
    RW(DWT_CYCCNT, "CYCCNT", 0x04, UINT32_MAX, word_fields),
    COUNTER(DWT_CPICNT, "CPICNT", 0x08),
    COUNTER(DWT_EXCCNT, "EXCCNT", 0x0C),
    COUNTER(DWT_SLEEPCNT, "SLEEPCNT", 0x10),
    COUNTER(DWT_LSUCNT, "LSUCNT", 0x14),
    COUNTER(DWT_FOLDCNT, "FOLDCNT", 0x18),
    RW(DWT_PCSR, "PCSR", 0x1C, 0, word_fields),
    COMPARATOR(0, 0, 0x000000AF),
    COMPARATOR(1, FUNCTION_LNK1ENA, 0x000FFD2F),
    COMPARATOR(2, 0, 0x0000002F),
    COMPARATOR(3, 0, 0x0000002F),
    COMPONENT_IDS(DWT_IDS, 0xFD0, 0x02, 0xB0, 0x3B, 0x04, 0xE0),
};
/* clang-format on */

const struct device_ops dwt_ops = {
    .name = "armv7m_dwt",
    .regs = dwt_regs,
    .reg_count = DWT_REGS,
    .state_size = sizeof(struct dwt),
    .keeps_over_reset = true,
    .reset = dwt_reset,
    .read = dwt_read,
    .peek = dwt_peek,
    .write = dwt_write,
    .inputs = CORE_INPUTS,
    .signal = dwt_signal,
};
