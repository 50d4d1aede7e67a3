/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The system control block: Arm ARM B3.2, Cortex-M3 TRM (r2p1) and Cortex-M4 TRM (r0p1) chapter 4.
 * Pending, active, enable and priority bits of the system exceptions are shown here but live in
 * nvic.c.
 *
 * As in both TRMs MMFAR and BFAR are one physical register: MMARVALID and BFARVALID exclude each
 * other. The AUXFAULT inputs are not connected, so AFSR reads 0.
 *
 * Not modelled: AIRCR.VECTRESET (a debugger's local reset), big-endian data.
 */
#include "core/arm/scb.h"

#include "core/arm/nvic.h"
#include "core/env.h"
#include "core/log.h"
#include "core/signal.h"

enum { VECTKEY = 0x05FA, VECTKEYSTAT = 0xFA05 };

#define ICSR_NMIPENDSET  (1u << 31)
#define ICSR_PENDSVSET   (1u << 28)
#define ICSR_PENDSVCLR   (1u << 27)
#define ICSR_PENDSTSET   (1u << 26)
#define ICSR_PENDSTCLR   (1u << 25)
#define ICSR_ISRPENDING  (1u << 22)
#define ICSR_RETTOBASE   (1u << 11)
#define ICSR_VECTPENDING_SHIFT 12

#define AIRCR_VECTRESET     (1u << 0)
#define AIRCR_VECTCLRACTIVE (1u << 1)
#define AIRCR_SYSRESETREQ   (1u << 2)

#define CPACR_SHIFT 20      /* CP10; CP11 follows and must be equal */

/* ---- ICSR (B3.2.4) ---- */

/* PRIMASK does not count, BASEPRI and FAULTMASK do. */
static unsigned vectpending(const struct cpu *c)
{
    unsigned exception = nvic_highest_pending(c);
    int mask = c->s->basepri ? nvic_group_part(c, c->s->basepri) : 256;

    if (c->s->faultmask)
        mask = -1;
    return exception && nvic_group_priority(c, exception) < mask ? exception : 0;
}

static bool isr_pending(const struct cpu *c)
{
    const uint32_t *pending = c->nvic->pending;
    uint32_t any = pending[0] >> EXC_IRQ0;

    for (unsigned word = 1; word < NVIC_WORDS; word++)
        any |= pending[word];
    return any;
}

static uint32_t icsr(const struct cpu *c)
{
    unsigned others = nvic_active_count(c) - (c->s->ipsr && nvic_active(c, c->s->ipsr));
    bool to_base = c->s->ipsr && !others;       /* UNKNOWN in Thread mode; 0 is the reset value */

    return c->s->ipsr | vectpending(c) << ICSR_VECTPENDING_SHIFT | (to_base ? ICSR_RETTOBASE : 0) |
           (isr_pending(c) ? ICSR_ISRPENDING : 0) |
           (nvic_pending(c, EXC_SYSTICK) ? ICSR_PENDSTSET : 0) |
           (nvic_pending(c, EXC_PENDSV) ? ICSR_PENDSVSET : 0) |
           (nvic_pending(c, EXC_NMI) ? ICSR_NMIPENDSET : 0);
}

static void write_icsr(struct cpu *c, uint32_t value)
{
    if (value & ICSR_PENDSTCLR)
        nvic_unpend(c, EXC_SYSTICK);
    if (value & ICSR_PENDSVCLR)
        nvic_unpend(c, EXC_PENDSV);
    if (value & ICSR_PENDSTSET)
        nvic_pend(c, EXC_SYSTICK);
    if (value & ICSR_PENDSVSET)
        nvic_pend(c, EXC_PENDSV);
    if (value & ICSR_NMIPENDSET)
        nvic_pend(c, EXC_NMI);
}

/* ---- AIRCR (B3.2.6) ---- */

/* VECTCLRACTIVE: no exception is active any more, as if the core were in Thread mode. */
static void clear_active(struct cpu *c)
{
    for (unsigned word = 0; word < NVIC_WORDS; word++)
        c->nvic->active[word] = 0;
    c->s->ipsr = 0;
    cpu_mode_changed(c);
}

static void write_aircr(struct device *d, uint32_t value, uint32_t lanes)
{
    struct cpu *c = d->env->cpu;

    if (value >> 16 != VECTKEY) {
        diag_guest(d, DIAG_SEQUENCE, SCB_AIRCR, "0x%X written without the key 0x05FA: ignored",
                   value);
        return;
    }
    reg_store(d, SCB_AIRCR, value, lanes);
    if (value & AIRCR_VECTCLRACTIVE)
        clear_active(c);
    if (value & AIRCR_VECTRESET)
        diag_unmodelled(d, SCB_AIRCR, "VECTRESET does nothing");
    if (value & AIRCR_SYSRESETREQ)
        c->attention |= ATTN_RESET;
    cpu_update(c);
}

/* ---- SHPR and SHCSR (B3.2.10 to B3.2.13) ---- */

enum { SHPR_FIRST = 4 };    /* SHPR1's lowest byte: MemManage */

static const uint16_t has_priority = 1u << EXC_MEMMANAGE | 1u << EXC_BUSFAULT | 1u << EXC_USAGEFAULT |
                                     1u << EXC_SVCALL | 1u << EXC_DEBUGMON | 1u << EXC_PENDSV |
                                     1u << EXC_SYSTICK;

static uint32_t shpr(const struct cpu *c, unsigned reg)
{
    const uint8_t *p = c->nvic->priority + SHPR_FIRST + 4 * (reg - SCB_SHPR1);

    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void write_shpr(struct cpu *c, unsigned reg, uint32_t value, uint32_t lanes)
{
    for (unsigned i = 0; i < 4; i++) {
        unsigned exception = SHPR_FIRST + 4 * (reg - SCB_SHPR1) + i;
        if (lanes >> 8 * i & 0xFF && has_priority >> exception & 1)
            nvic_set_priority(c, exception, (uint8_t)(value >> 8 * i));
    }
}

/* Which exception's active, pending or enable bit each bit of SHCSR is. */
struct shcsr_bit {
    uint8_t bit, exception;
};

static const struct shcsr_bit shcsr_active[] = {
    {0, EXC_MEMMANAGE}, {1, EXC_BUSFAULT}, {3, EXC_USAGEFAULT}, {7, EXC_SVCALL},
    {8, EXC_DEBUGMON},  {10, EXC_PENDSV},  {11, EXC_SYSTICK},   {0, 0},
};
static const struct shcsr_bit shcsr_pended[] = {
    {12, EXC_USAGEFAULT}, {13, EXC_MEMMANAGE}, {14, EXC_BUSFAULT}, {15, EXC_SVCALL}, {0, 0},
};
static const struct shcsr_bit shcsr_enabled[] = {
    {16, EXC_MEMMANAGE}, {17, EXC_BUSFAULT}, {18, EXC_USAGEFAULT}, {0, 0},
};

/* The system exceptions are all in the sets' first word. */
static uint32_t gather(uint32_t set, const struct shcsr_bit *map)
{
    uint32_t value = 0;

    for (; map->exception; map++)
        value |= (set >> map->exception & 1) << map->bit;
    return value;
}

static void scatter(uint32_t *set, const struct shcsr_bit *map, uint32_t value, uint32_t lanes)
{
    for (; map->exception; map++)
        if (lanes >> map->bit & 1)
            *set = (*set & ~(1u << map->exception)) | (value >> map->bit & 1) << map->exception;
}

static uint32_t shcsr(const struct cpu *c)
{
    return gather(c->nvic->active[0], shcsr_active) | gather(c->nvic->pending[0], shcsr_pended) |
           gather(c->nvic->enabled[0], shcsr_enabled);
}

static void write_shcsr(struct cpu *c, uint32_t value, uint32_t lanes)
{
    scatter(&c->nvic->active[0], shcsr_active, value, lanes);
    scatter(&c->nvic->pending[0], shcsr_pended, value, lanes);
    scatter(&c->nvic->enabled[0], shcsr_enabled, value, lanes);
    cpu_update(c);
}

/* ---- other registers with a meaning of their own ---- */

bool scb_fpu_enabled(const struct cpu *c)
{
    unsigned access = scb_of(c)->reg[SCB_CPACR] >> CPACR_SHIFT & 3;

    return access == 3 || (access == 1 && cpu_privileged(c));
}

void scb_derive(struct cpu *c)
{
    c->unaligned_trap = scb_of(c)->reg[SCB_CCR] & CCR_UNALIGN_TRP;
    c->divide_trap = scb_of(c)->reg[SCB_CCR] & CCR_DIV_0_TRP;
}

void scb_sleep_signals(struct cpu *c)
{
    bool sleeping = c->s->sleeping && !c->s->locked_up;

    signal_set(c->scb, SCB_SLEEPING, sleeping);
    signal_set(c->scb, SCB_SLEEPDEEP, sleeping && scb_of(c)->reg[SCB_SCR] & SCR_SLEEPDEEP);
}

static void write_cpacr(struct device *d, uint32_t value, uint32_t lanes)
{
    if (d->env->cpu->has_fpu)
        reg_store(d, SCB_CPACR, value, lanes);
    else if (value & lanes)
        diag_guest(d, DIAG_RESERVED, SCB_CPACR, "this core has no FPU");
}

/* ---- the device ---- */

static uint32_t scb_peek(const struct device *d, unsigned reg)
{
    const struct cpu *c = d->env->cpu;

    switch (reg) {
    case SCB_ICSR:
        return icsr(c);
    case SCB_AIRCR:
        return (uint32_t)VECTKEYSTAT << 16 | reg_get(d, reg);
    case SCB_SHPR1:
    case SCB_SHPR2:
    case SCB_SHPR3:
        return shpr(c, reg);
    case SCB_SHCSR:
        return shcsr(c);
    default:
        return reg_get(d, reg);
    }
}

static void scb_write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    struct cpu *c = d->env->cpu;

    switch (reg) {
    case SCB_ICSR:
        write_icsr(c, value & lanes);
        break;
    case SCB_AIRCR:
        write_aircr(d, value, lanes);
        break;
    case SCB_SHPR1:
    case SCB_SHPR2:
    case SCB_SHPR3:
        write_shpr(c, reg, value, lanes);
        break;
    case SCB_SHCSR:
        write_shcsr(c, value, lanes);
        break;
    case SCB_MMFAR:
    case SCB_BFAR:
        reg_put(d, SCB_BFAR, reg_store(d, SCB_MMFAR, value, lanes));
        break;
    case SCB_CPACR:
        write_cpacr(d, value, lanes);
        break;
    default:
        reg_store(d, reg, value, lanes);
        scb_derive(c);
        break;
    }
}

/* ID_PFR0 to ID_ISAR4 of each core (TRM table 4-1). */
static const uint32_t m3_features[] = {
    0x00000030, 0x00000200, 0x00100000, 0, 0x00100030, 0, 0x01000000, 0,
    0x01141110, 0x02111000, 0x21112231, 0x01111110, 0x01310102,
};
static const uint32_t m4_features[] = {
    0x00000030, 0x00000200, 0x00100000, 0, 0x00100030, 0, 0x01000000, 0,
    0x01141110, 0x02112000, 0x21232231, 0x01111131, 0x01310132,
};

/* DFSR is cleared by a power-on reset only (TRM table 8-4). */
static void scb_reset(struct device *d, enum reset_kind kind)
{
    const struct cpu *c = d->env->cpu;
    const uint32_t *features = c->core->kind == CPU_CORTEX_M3 ? m3_features : m4_features;

    (void)kind;
    reg_put(d, SCB_CPUID, c->core->cpuid);
    reg_put(d, SCB_CCR, c->core->ccr_reset);
    for (unsigned i = 0; i <= SCB_ISAR4 - SCB_PFR0; i++)
        reg_put(d, SCB_PFR0 + i, features[i]);
    ((struct scb *)d->state)->vector_catch = 0;
}

static const struct reg_field cpuid_fields[] = {
    {"REVISION", 0, 4}, {"PARTNO", 4, 12}, {"CONSTANT", 16, 4}, {"VARIANT", 20, 4},
    {"IMPLEMENTER", 24, 8}, {NULL, 0, 0},
};
static const struct reg_field icsr_fields[] = {
    {"VECTACTIVE", 0, 9}, {"RETTOBASE", 11, 1}, {"VECTPENDING", 12, 9}, {"ISRPENDING", 22, 1},
    {"ISRPREEMPT", 23, 1}, {"PENDSTCLR", 25, 1}, {"PENDSTSET", 26, 1}, {"PENDSVCLR", 27, 1},
    {"PENDSVSET", 28, 1}, {"NMIPENDSET", 31, 1}, {NULL, 0, 0},
};
static const struct reg_field vtor_fields[] = {{"TBLOFF", 7, 23}, {NULL, 0, 0}};
static const struct reg_field aircr_fields[] = {
    {"VECTRESET", 0, 1}, {"VECTCLRACTIVE", 1, 1}, {"SYSRESETREQ", 2, 1}, {"PRIGROUP", 8, 3},
    {"ENDIANNESS", 15, 1}, {"VECTKEY", 16, 16}, {NULL, 0, 0},
};
static const struct reg_field scr_fields[] = {
    {"SLEEPONEXIT", 1, 1}, {"SLEEPDEEP", 2, 1}, {"SEVONPEND", 4, 1}, {NULL, 0, 0},
};
static const struct reg_field ccr_fields[] = {
    {"NONBASETHRDENA", 0, 1}, {"USERSETMPEND", 1, 1}, {"UNALIGN_TRP", 3, 1}, {"DIV_0_TRP", 4, 1},
    {"BFHFNMIGN", 8, 1}, {"STKALIGN", 9, 1}, {NULL, 0, 0},
};
static const struct reg_field shpr1_fields[] = {
    {"PRI_4", 0, 8}, {"PRI_5", 8, 8}, {"PRI_6", 16, 8}, {NULL, 0, 0},
};
static const struct reg_field shpr2_fields[] = {{"PRI_11", 24, 8}, {NULL, 0, 0}};
static const struct reg_field shpr3_fields[] = {
    {"PRI_12", 0, 8}, {"PRI_14", 16, 8}, {"PRI_15", 24, 8}, {NULL, 0, 0},
};
static const struct reg_field shcsr_fields[] = {
    {"MEMFAULTACT", 0, 1}, {"BUSFAULTACT", 1, 1}, {"USGFAULTACT", 3, 1}, {"SVCALLACT", 7, 1},
    {"MONITORACT", 8, 1}, {"PENDSVACT", 10, 1}, {"SYSTICKACT", 11, 1}, {"USGFAULTPENDED", 12, 1},
    {"MEMFAULTPENDED", 13, 1}, {"BUSFAULTPENDED", 14, 1}, {"SVCALLPENDED", 15, 1},
    {"MEMFAULTENA", 16, 1}, {"BUSFAULTENA", 17, 1}, {"USGFAULTENA", 18, 1}, {NULL, 0, 0},
};
static const struct reg_field cfsr_fields[] = {
    {"IACCVIOL", 0, 1}, {"DACCVIOL", 1, 1}, {"MUNSTKERR", 3, 1}, {"MSTKERR", 4, 1},
    {"MLSPERR", 5, 1}, {"MMARVALID", 7, 1}, {"IBUSERR", 8, 1}, {"PRECISERR", 9, 1},
    {"IMPRECISERR", 10, 1}, {"UNSTKERR", 11, 1}, {"STKERR", 12, 1}, {"LSPERR", 13, 1},
    {"BFARVALID", 15, 1}, {"UNDEFINSTR", 16, 1}, {"INVSTATE", 17, 1}, {"INVPC", 18, 1},
    {"NOCP", 19, 1}, {"UNALIGNED", 24, 1}, {"DIVBYZERO", 25, 1}, {NULL, 0, 0},
};
static const struct reg_field hfsr_fields[] = {
    {"VECTTBL", 1, 1}, {"FORCED", 30, 1}, {"DEBUGEVT", 31, 1}, {NULL, 0, 0},
};
static const struct reg_field dfsr_fields[] = {
    {"HALTED", 0, 1}, {"BKPT", 1, 1}, {"DWTTRAP", 2, 1}, {"VCATCH", 3, 1}, {"EXTERNAL", 4, 1},
    {NULL, 0, 0},
};
static const struct reg_field address_fields[] = {{"ADDRESS", 0, 32}, {NULL, 0, 0}};
static const struct reg_field afsr_fields[] = {{"AUXFAULT", 0, 32}, {NULL, 0, 0}};
static const struct reg_field cpacr_fields[] = {{"CP10", 20, 2}, {"CP11", 22, 2}, {NULL, 0, 0}};

/* clang-format off */
#define RW(reg_, name_, offset_, mask_, fields_) \
    [reg_] = {.name = name_, .offset = offset_, .width = 32, .access = 4, .readable = UINT32_MAX, \
              .writable = mask_, .fields = fields_}
#define W1C(reg_, name_, offset_, mask_, fields_) \
    [reg_] = {.name = name_, .offset = offset_, .width = 32, .readable = UINT32_MAX, \
              .w1c = mask_, .fields = fields_}
#define RO(reg_, name_, offset_) \
    [reg_] = {.name = name_, .offset = offset_, .width = 32, .access = 4, .readable = UINT32_MAX}

/* Words only, except priorities and CFSR, which is three registers of its own (B3.2.2). */
static const struct reg scb_regs[SCB_REGS] = {
    [SCB_CPUID] = {.name = "CPUID", .offset = 0x00, .width = 32, .access = 4,
                   .readable = UINT32_MAX,
                   .fields = cpuid_fields},
    [SCB_ICSR] = {.name = "ICSR", .offset = 0x04, .width = 32, .access = 4, .readable = UINT32_MAX,
                  .action = 0x9E000000, .fields = icsr_fields},
    RW(SCB_VTOR, "VTOR", 0x08, 0x3FFFFF80, vtor_fields),
    [SCB_AIRCR] = {.name = "AIRCR", .offset = 0x0C, .width = 32, .access = 4,
                   .readable = UINT32_MAX,
                   .writable = 7u << AIRCR_PRIGROUP_SHIFT, .action = 0xFFFF0007,
                   .fields = aircr_fields},
    RW(SCB_SCR, "SCR", 0x10, SCR_SLEEPONEXIT | SCR_SLEEPDEEP | SCR_SEVONPEND, scr_fields),
    RW(SCB_CCR, "CCR", 0x14, CCR_NONBASETHRDENA | CCR_USERSETMPEND | CCR_UNALIGN_TRP | CCR_DIV_0_TRP |
       CCR_BFHFNMIGN | CCR_STKALIGN, ccr_fields),
    [SCB_SHPR1] = {.name = "SHPR1", .offset = 0x18, .width = 32, .readable = UINT32_MAX,
                   .action = 0x00FFFFFF,
                   .fields = shpr1_fields},
    [SCB_SHPR2] = {.name = "SHPR2", .offset = 0x1C, .width = 32, .readable = UINT32_MAX,
                   .action = 0xFF000000,
                   .fields = shpr2_fields},
    [SCB_SHPR3] = {.name = "SHPR3", .offset = 0x20, .width = 32, .readable = UINT32_MAX,
                   .action = 0xFFFF00FF,
                   .fields = shpr3_fields},
    [SCB_SHCSR] = {.name = "SHCSR", .offset = 0x24, .width = 32, .access = 4,
                   .readable = UINT32_MAX,
                   .action = 0x0007FD8B, .fields = shcsr_fields},
    W1C(SCB_CFSR, "CFSR", 0x28, 0x030FBFBB, cfsr_fields),
    W1C(SCB_HFSR, "HFSR", 0x2C, HFSR_VECTTBL | HFSR_FORCED | HFSR_DEBUGEVT, hfsr_fields),
    [SCB_DFSR] = {.name = "DFSR", .offset = 0x30, .width = 32, .flags = REG_BACKUP,
                  .readable = UINT32_MAX,
                  .w1c = 0x1F, .fields = dfsr_fields},
    RW(SCB_MMFAR, "MMFAR", 0x34, UINT32_MAX, address_fields),
    RW(SCB_BFAR, "BFAR", 0x38, UINT32_MAX, address_fields),
    W1C(SCB_AFSR, "AFSR", 0x3C, UINT32_MAX, afsr_fields),
    RO(SCB_PFR0, "ID_PFR0", 0x40), RO(SCB_PFR1, "ID_PFR1", 0x44), RO(SCB_DFR0, "ID_DFR0", 0x48),
    RO(SCB_AFR0, "ID_AFR0", 0x4C), RO(SCB_MMFR0, "ID_MMFR0", 0x50), RO(SCB_MMFR1, "ID_MMFR1", 0x54),
    RO(SCB_MMFR2, "ID_MMFR2", 0x58), RO(SCB_MMFR3, "ID_MMFR3", 0x5C), RO(SCB_ISAR0, "ID_ISAR0", 0x60),
    RO(SCB_ISAR1, "ID_ISAR1", 0x64), RO(SCB_ISAR2, "ID_ISAR2", 0x68), RO(SCB_ISAR3, "ID_ISAR3", 0x6C),
    RO(SCB_ISAR4, "ID_ISAR4", 0x70),
    RW(SCB_CPACR, "CPACR", 0x88, 0xFu << CPACR_SHIFT, cpacr_fields),
};
/* clang-format on */

const struct device_ops scb_ops = {
    .name = "armv7m_scb",
    .regs = scb_regs,
    .reg_count = SCB_REGS,
    .state_size = sizeof(struct scb),
    .outputs = SCB_SIGNALS,
    .reset = scb_reset,
    .peek = scb_peek,
    .write = scb_write,
};
