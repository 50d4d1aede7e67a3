/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Exception state and the NVIC's registers: Arm ARM B1.5.2 to B1.5.4, B3.4. See nvic.h. All state
 * of all exceptions is here once; SHCSR, SHPR and ICSR show parts of it.
 *
 * Not modelled: nothing; STIR is in ppb.c.
 */
#include "core/arm/nvic.h"

#include <string.h>

#include "core/arm/scb.h"
#include "core/env.h"
#include "core/log.h"

/* ---- bit sets by exception number; IPSR may hold numbers that no exception has ---- */

static bool has(const uint32_t *set, unsigned exception)
{
    return exception < 32 * NVIC_WORDS && set[exception / 32] >> exception % 32 & 1;
}

static void assign(uint32_t *set, unsigned exception, bool value)
{
    uint32_t bit = 1u << exception % 32;

    if (exception >= 32 * NVIC_WORDS)
        return;
    set[exception / 32] = value ? set[exception / 32] | bit : set[exception / 32] & ~bit;
}

bool nvic_pending(const struct cpu *c, unsigned exception)
{
    return has(c->nvic->pending, exception);
}

bool nvic_active(const struct cpu *c, unsigned exception)
{
    return has(c->nvic->active, exception);
}

bool nvic_enabled(const struct cpu *c, unsigned exception)
{
    return has(c->nvic->enabled, exception);
}

bool nvic_level(const struct cpu *c, unsigned exception)
{
    return has(c->nvic->level, exception);
}

unsigned nvic_active_count(const struct cpu *c)
{
    unsigned count = 0;

    for (unsigned word = 0; word < NVIC_WORDS; word++)
        count += (unsigned)__builtin_popcount(c->nvic->active[word]);
    return count;
}

/* What every exception return asks: without counting. */
bool nvic_one_active(const struct cpu *c)
{
    uint32_t some = 0, more = 0;

    for (unsigned word = 0; word < NVIC_WORDS; word++) {
        uint32_t set = c->nvic->active[word];
        more |= (set & (set - 1)) | (some && set);
        some |= set;
    }
    return some && !more;
}

unsigned nvic_exceptions(const struct cpu *c)
{
    return EXC_IRQ0 + c->core->irq_count;
}

/* ---- changes of state ---- */

void nvic_pend(struct cpu *c, unsigned exception)
{
    if (has(c->nvic->pending, exception))
        return;
    assign(c->nvic->pending, exception, true);
    if (scb_of(c)->reg[SCB_SCR] & SCR_SEVONPEND)
        cpu_sev(c);
    cpu_update(c);
}

void nvic_unpend(struct cpu *c, unsigned exception)
{
    assign(c->nvic->pending, exception, has(c->nvic->level, exception));
    cpu_update(c);
}

void nvic_enable(struct cpu *c, unsigned exception, bool on)
{
    assign(c->nvic->enabled, exception, on);
    cpu_update(c);
}

void nvic_set_priority(struct cpu *c, unsigned exception, uint8_t priority)
{
    c->nvic->priority[exception] = (uint8_t)(priority & 0xFF00u >> c->core->priority_bits);
    cpu_update(c);
}

void nvic_set_level(struct cpu *c, unsigned exception, bool level)
{
    assign(c->nvic->level, exception, level);
    if (level)
        nvic_pend(c, exception);
}

void nvic_activate(struct cpu *c, unsigned exception)
{
    assign(c->nvic->pending, exception, false);
    assign(c->nvic->active, exception, true);
}

void nvic_deactivate(struct cpu *c, unsigned exception)
{
    assign(c->nvic->active, exception, false);
    if (has(c->nvic->level, exception))
        nvic_pend(c, exception);
}

void nvic_sample_levels(struct cpu *c)
{
    for (unsigned word = 0; word < NVIC_WORDS; word++)
        c->nvic->pending[word] |= c->nvic->level[word];
}

/* ---- priorities (B1.5.4) ---- */

int nvic_group_part(const struct cpu *c, int priority)
{
    unsigned prigroup = scb_of(c)->reg[SCB_AIRCR] >> AIRCR_PRIGROUP_SHIFT & 7;

    return priority < 0 ? priority : priority & -(2 << prigroup);
}

int nvic_priority(const struct cpu *c, unsigned exception)
{
    if (exception <= EXC_HARDFAULT)
        return (int)exception - 4;
    return c->nvic->priority[exception];
}

int nvic_group_priority(const struct cpu *c, unsigned exception)
{
    return nvic_group_part(c, nvic_priority(c, exception));
}

/* What C_MASKINTS hides: PendSV, SysTick and the external interrupts (C1.6.3). */
static uint32_t maskable(const struct cpu *c, unsigned word)
{
    if (!c->mask_interrupts)
        return UINT32_MAX;
    return word == 0 ? (1u << EXC_PENDSV) - 1 : 0;
}

unsigned nvic_highest_pending(const struct cpu *c)
{
    const struct nvic *n = c->nvic;
    int best = 256;
    unsigned found = 0;

    for (unsigned word = 0; word < NVIC_WORDS; word++) {
        uint32_t set = n->pending[word] & n->enabled[word] & maskable(c, word);
        for (; set; set &= set - 1) {
            unsigned exception = 32 * word + (unsigned)__builtin_ctz(set);
            int priority = nvic_priority(c, exception);
            if (priority < best) {
                best = priority;
                found = exception;
            }
        }
    }
    return found;
}

int nvic_active_priority(const struct cpu *c)
{
    int highest = 256;

    for (unsigned word = 0; word < NVIC_WORDS; word++)
        for (uint32_t set = c->nvic->active[word]; set; set &= set - 1) {
            int priority = nvic_priority(c, 32 * word + (unsigned)__builtin_ctz(set));
            if (priority < highest)
                highest = priority;
        }
    return highest == 256 ? highest : nvic_group_part(c, highest);
}

/* ---- registers (B3.4) ---- */

enum { ISER, ICER, ISPR, ICPR, IABR, IPR };

/* The 32 bits of a set that belong to lines 32 * group and up. */
static uint32_t lines_get(const uint32_t *set, unsigned group)
{
    uint32_t high = group + 1 < NVIC_WORDS ? set[group + 1] : 0;

    return set[group] >> EXC_IRQ0 | high << (32 - EXC_IRQ0);
}

static uint32_t nvic_peek(const struct device *d, unsigned reg)
{
    const struct nvic *n = d->state;
    unsigned group = reg / NVIC_GROUP_REGS, kind = reg % NVIC_GROUP_REGS;
    const uint8_t *priority;

    switch (kind) {
    case ISER:
    case ICER:
        return lines_get(n->enabled, group);
    case ISPR:
    case ICPR:
        return lines_get(n->pending, group);
    case IABR:
        return lines_get(n->active, group);
    default:
        priority = n->priority + EXC_IRQ0 + 32 * group + 4 * (kind - IPR);
        return priority[0] | (uint32_t)priority[1] << 8 | (uint32_t)priority[2] << 16 |
               (uint32_t)priority[3] << 24;
    }
}

static void change_line(struct cpu *c, unsigned kind, unsigned exception)
{
    if (kind == ISER || kind == ICER)
        nvic_enable(c, exception, kind == ISER);
    else if (kind == ISPR)
        nvic_pend(c, exception);
    else
        nvic_unpend(c, exception);
}

static void write_lines(struct device *d, unsigned reg, uint32_t value)
{
    struct cpu *c = d->env->cpu;
    unsigned first = 32 * (reg / NVIC_GROUP_REGS);

    for (; value; value &= value - 1) {
        unsigned irq = first + (unsigned)__builtin_ctz(value);
        if (irq < c->core->irq_count)
            change_line(c, reg % NVIC_GROUP_REGS, EXC_IRQ0 + irq);
        else
            diag_guest(d, DIAG_RESERVED, reg, "this chip has no interrupt %u", irq);
    }
}

static void write_priorities(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    struct cpu *c = d->env->cpu;
    unsigned first = 32 * (reg / NVIC_GROUP_REGS) + 4 * (reg % NVIC_GROUP_REGS - IPR);

    for (unsigned i = 0; i < 4; i++)
        if (lanes >> 8 * i & 0xFF && first + i < c->core->irq_count)
            nvic_set_priority(c, EXC_IRQ0 + first + i, (uint8_t)(value >> 8 * i));
}

static void nvic_write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    unsigned kind = reg % NVIC_GROUP_REGS;

    if (kind >= IPR)
        write_priorities(d, reg, value, lanes);
    else if (kind != IABR)
        write_lines(d, reg, value & lanes);
}

static void nvic_reset(struct device *d, enum reset_kind kind)
{
    struct nvic *n = d->state;

    (void)kind;
    memset(n->pending, 0, sizeof n->pending);
    memset(n->active, 0, sizeof n->active);
    memset(n->enabled, 0, sizeof n->enabled);
    memset(n->priority, 0, sizeof n->priority);
    n->enabled[0] = 1u << EXC_NMI | 1u << EXC_HARDFAULT | 1u << EXC_SVCALL | 1u << EXC_PENDSV |
                    1u << EXC_SYSTICK;
    n->entry_cycle = 0;
}

static const struct reg_field iser_fields[] = {{"SETENA", 0, 32}, {NULL, 0, 0}};
static const struct reg_field icer_fields[] = {{"CLRENA", 0, 32}, {NULL, 0, 0}};
static const struct reg_field ispr_fields[] = {{"SETPEND", 0, 32}, {NULL, 0, 0}};
static const struct reg_field icpr_fields[] = {{"CLRPEND", 0, 32}, {NULL, 0, 0}};
static const struct reg_field iabr_fields[] = {{"ACTIVE", 0, 32}, {NULL, 0, 0}};
static const struct reg_field ipr_fields[] = {
    {"PRI_N0", 0, 8}, {"PRI_N1", 8, 8}, {"PRI_N2", 16, 8}, {"PRI_N3", 24, 8}, {NULL, 0, 0},
};

/* clang-format off */
#define BITS_REG(name_, offset_, fields_, mask_) \
    {.name = name_, .offset = offset_, .width = 32, .readable = UINT32_MAX, .action = mask_, \
     .fields = fields_}
#define IPR_REG(n) BITS_REG("IPR" #n, 0x300 + 4 * n, ipr_fields, UINT32_MAX)
#define GROUP(n, p0, p1, p2, p3, p4, p5, p6, p7) \
    BITS_REG("ISER" #n, 0x000 + 4 * n, iser_fields, UINT32_MAX), \
    BITS_REG("ICER" #n, 0x080 + 4 * n, icer_fields, UINT32_MAX), \
    BITS_REG("ISPR" #n, 0x100 + 4 * n, ispr_fields, UINT32_MAX), \
    BITS_REG("ICPR" #n, 0x180 + 4 * n, icpr_fields, UINT32_MAX), \
    BITS_REG("IABR" #n, 0x200 + 4 * n, iabr_fields, 0), \
    IPR_REG(p0), IPR_REG(p1), IPR_REG(p2), IPR_REG(p3), \
    IPR_REG(p4), IPR_REG(p5), IPR_REG(p6), IPR_REG(p7)

/* Any access width (Cortex-M4 TRM 6.2). */
static const struct reg nvic_regs[NVIC_REGS] = {
    GROUP(0, 0, 1, 2, 3, 4, 5, 6, 7),
    GROUP(1, 8, 9, 10, 11, 12, 13, 14, 15),
    GROUP(2, 16, 17, 18, 19, 20, 21, 22, 23),
};

#define NVIC_OPS(lines) { \
    .name = "armv7m_nvic", \
    .regs = nvic_regs, \
    .reg_count = (lines) / 32 * NVIC_GROUP_REGS, \
    .state_size = sizeof(struct nvic), \
    .reset = nvic_reset, \
    .peek = nvic_peek, \
    .write = nvic_write, \
}
/* clang-format on */

const struct device_ops nvic_64_ops = NVIC_OPS(64);
const struct device_ops nvic_96_ops = NVIC_OPS(96);
