/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The memory protection unit: Arm ARM B3.5, B5.3.1 (ValidateAddress), default memory map B3.1. A
 * core without one has the registers, which read 0 and ignore writes.
 *
 * A region whose size is below 32 bytes and the reserved AP value 4, both UNPREDICTABLE, permit
 * nothing: such a region never matches, such an access is refused. Memory attributes (TEX, S, C, B)
 * have no effect: there is no cache, and accesses happen in order.
 */
#include "core/arm/mpu.h"

#include "core/arm/nvic.h"
#include "core/env.h"
#include "core/log.h"

#define CTRL_ENABLE     (1u << 0)
#define CTRL_HFNMIENA   (1u << 1)
#define CTRL_PRIVDEFENA (1u << 2)

#define RBAR_VALID      (1u << 4)
#define RBAR_REGION     0xFu
#define RBAR_ADDR       0xFFFFFFE0u

#define RASR_ENABLE     (1u << 0)
#define RASR_XN         (1u << 28)
#define RASR_MASK       0x173FFF3Fu

enum { RASR_SIZE_SHIFT = 1, RASR_SRD_SHIFT = 8, RASR_AP_SHIFT = 24, SIZE_32 = 4, SIZE_256 = 7 };

/* ---- the question ---- */

/* The default map: what is XN there (B3.1, table B3-1). Data is never refused. */
static bool default_permits(uint32_t address, bool fetch)
{
    switch (address >> 29) {
    case 2:             /* peripherals */
    case 5:             /* devices */
    case 6:
    case 7:             /* private peripheral bus, vendor */
        return !fetch;
    default:
        return true;
    }
}

/* RASR.AP: which accesses are permitted. */
enum { PRIV_READ = 1, PRIV_WRITE = 2, USER_READ = 4, USER_WRITE = 8 };

static const uint8_t permissions[8] = {
    0,
    PRIV_READ | PRIV_WRITE,
    PRIV_READ | PRIV_WRITE | USER_READ,
    PRIV_READ | PRIV_WRITE | USER_READ | USER_WRITE,
    0,
    PRIV_READ,
    PRIV_READ | USER_READ,
    PRIV_READ | USER_READ,
};

static bool region_matches(uint32_t rbar, uint32_t rasr, uint32_t address)
{
    unsigned size = rasr >> RASR_SIZE_SHIFT & 0x1F, subregion;
    uint32_t mask = (uint32_t)((2ull << size) - 1);

    if (!(rasr & RASR_ENABLE) || size < SIZE_32 || (address ^ rbar) & ~mask)
        return false;
    if (size < SIZE_256)
        return true;
    subregion = (address & mask) >> (size - 2);
    return !(rasr >> RASR_SRD_SHIFT >> subregion & 1);
}

static bool region_permits(uint32_t rasr, bool privileged, bool write, bool fetch)
{
    unsigned needed = write ? PRIV_WRITE : PRIV_READ;

    if (fetch && rasr & RASR_XN)
        return false;
    if (!privileged)
        needed = write ? USER_WRITE : USER_READ;
    return permissions[rasr >> RASR_AP_SHIFT & 7] & needed;
}

/* Without HFNMIENA the MPU is off while the execution priority is negative. */
bool mpu_in_force(const struct cpu *c)
{
    uint32_t ctrl = c->mpu->reg[MPU_CTRL];

    if (!(ctrl & CTRL_ENABLE))
        return false;
    return ctrl & CTRL_HFNMIENA ||
           !(c->s->faultmask || nvic_active(c, EXC_HARDFAULT) || nvic_active(c, EXC_NMI));
}

bool mpu_check(const struct cpu *c, uint32_t address, bool privileged, bool write, bool fetch)
{
    const struct mpu *m = c->mpu;

    if (address >> 20 == 0xE00 || !mpu_in_force(c))
        return default_permits(address, fetch);
    if (fetch && address >> 29 == 7)
        return false;
    for (unsigned i = MPU_REGIONS; i-- > 0;)
        if (region_matches(m->rbar[i], m->rasr[i], address))
            return region_permits(m->rasr[i], privileged, write, fetch);
    return privileged && m->reg[MPU_CTRL] & CTRL_PRIVDEFENA && default_permits(address, fetch);
}

bool mpu_region(const struct mpu *m, unsigned n, uint32_t *base, uint32_t *last)
{
    unsigned size = m->rasr[n] >> RASR_SIZE_SHIFT & 0x1F;
    uint32_t mask = (uint32_t)((2ull << size) - 1);

    *base = m->rbar[n] & ~mask;
    *last = m->rbar[n] | mask;
    return m->rasr[n] & RASR_ENABLE && size >= SIZE_32;
}

/* Makes [*base, *last] around `address` small enough that it crosses no end of [from, to]. */
static void narrow(uint32_t address, uint32_t from, uint32_t to, uint32_t *base, uint32_t *last)
{
    if (address < from) {
        *last = *last < from ? *last : from - 1;
    } else if (address > to) {
        *base = *base > to ? *base : to + 1;
    } else {
        *base = *base > from ? *base : from;
        *last = *last < to ? *last : to;
    }
}

void mpu_stretch(const struct cpu *c, uint32_t address, uint32_t *base, uint32_t *last)
{
    const struct mpu *m = c->mpu;

    *base = address & ~0x1FFFFFFFu;     /* the default map's granularity */
    *last = address | 0x1FFFFFFFu;
    for (unsigned i = 0; i < MPU_REGIONS; i++) {
        uint32_t first, end, part;

        if (!mpu_region(m, i, &first, &end))
            continue;
        narrow(address, first, end, base, last);
        part = end - first < 255 ? end - first : (end - first) >> 3;
        if (address - first <= end - first)
            narrow(address, address & ~part, address | part, base, last);
    }
}

void mpu_derive(struct cpu *c)
{
    cpu_set_check(c, CHECK_MPU, c->mpu->reg[MPU_CTRL] & CTRL_ENABLE);
}

/* ---- registers (B3.5.3 to B3.5.9) ---- */

static unsigned region_number(const struct mpu *m)
{
    return m->reg[MPU_RNR] % MPU_REGIONS;
}

static bool is_rbar(unsigned reg)
{
    return reg == MPU_RBAR || reg == MPU_RBAR_A1 || reg == MPU_RBAR_A2 || reg == MPU_RBAR_A3;
}

static uint32_t mpu_peek(const struct device *d, unsigned reg)
{
    const struct mpu *m = d->state;
    unsigned region = region_number(m);

    if (reg < MPU_RBAR)
        return m->reg[reg];
    return is_rbar(reg) ? m->rbar[region] | region : m->rasr[region];
}

static void select_region(struct device *d, unsigned reg, uint32_t region)
{
    struct mpu *m = d->state;

    if (region < MPU_REGIONS)
        m->reg[MPU_RNR] = region;
    else
        diag_guest(d, DIAG_RESERVED, reg, "the MPU has no region %u", (unsigned)region);
}

static void write_rbar(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    struct mpu *m = d->state;
    uint32_t *rbar;

    if (value & lanes & RBAR_VALID)
        select_region(d, reg, value & RBAR_REGION);
    rbar = &m->rbar[region_number(m)];
    *rbar = (*rbar & ~lanes) | (value & lanes & RBAR_ADDR);
}

static void write_rasr(struct mpu *m, uint32_t value, uint32_t lanes)
{
    uint32_t *rasr = &m->rasr[region_number(m)];

    *rasr = (*rasr & ~lanes) | (value & lanes & RASR_MASK);
}

static void mpu_write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    struct cpu *c = d->env->cpu;

    if (!c->core->mpu_regions) {
        diag_guest(d, DIAG_RESERVED, reg, "this core has no MPU");
        return;
    }
    if (reg == MPU_CTRL)
        reg_store(d, reg, value, lanes);
    else if (reg == MPU_RNR)
        select_region(d, reg, value & lanes);
    else if (is_rbar(reg))
        write_rbar(d, reg, value, lanes);
    else if (reg > MPU_RBAR)
        write_rasr(d->state, value, lanes);
    mpu_derive(c);
    cpu_views_drop(c);
}

static void mpu_reset(struct device *d, enum reset_kind kind)
{
    struct mpu *m = d->state;

    (void)kind;
    m->reg[MPU_TYPE] = (uint32_t)d->env->cpu->core->mpu_regions << 8;
    for (unsigned i = 0; i < MPU_REGIONS; i++)
        m->rbar[i] = m->rasr[i] = 0;
}

static const struct reg_field type_fields[] = {
    {"SEPARATE", 0, 1}, {"DREGION", 8, 8}, {"IREGION", 16, 8}, {NULL, 0, 0},
};
static const struct reg_field ctrl_fields[] = {
    {"ENABLE", 0, 1}, {"HFNMIENA", 1, 1}, {"PRIVDEFENA", 2, 1}, {NULL, 0, 0},
};
static const struct reg_field rnr_fields[] = {{"REGION", 0, 8}, {NULL, 0, 0}};
static const struct reg_field rbar_fields[] = {
    {"REGION", 0, 4}, {"VALID", 4, 1}, {"ADDR", 5, 27}, {NULL, 0, 0},
};
static const struct reg_field rasr_fields[] = {
    {"ENABLE", 0, 1}, {"SIZE", 1, 5}, {"SRD", 8, 8}, {"B", 16, 1}, {"C", 17, 1}, {"S", 18, 1},
    {"TEX", 19, 3}, {"AP", 24, 3}, {"XN", 28, 1}, {NULL, 0, 0},
};

/* clang-format off */
#define RBAR_REG(reg_, name_, offset_) \
    [reg_] = {.name = name_, .offset = offset_, .width = 32, .access = 4, .readable = UINT32_MAX, \
              .action = UINT32_MAX, .fields = rbar_fields}
#define RASR_REG(reg_, name_, offset_) \
    [reg_] = {.name = name_, .offset = offset_, .width = 32, .readable = UINT32_MAX, \
              .action = RASR_MASK, \
              .fields = rasr_fields}

/* RASR also takes halfwords: attributes, and size with enable (Cortex-M3 TRM 9.3.6). */
static const struct reg mpu_regs[MPU_REGS] = {
    [MPU_TYPE] = {.name = "TYPE", .offset = 0x00, .width = 32, .access = 4, .readable = UINT32_MAX,
                  .fields = type_fields},
    [MPU_CTRL] = {.name = "CTRL", .offset = 0x04, .width = 32, .access = 4, .readable = UINT32_MAX,
                  .writable = CTRL_ENABLE | CTRL_HFNMIENA | CTRL_PRIVDEFENA, .fields = ctrl_fields},
    [MPU_RNR] = {.name = "RNR", .offset = 0x08, .width = 32, .access = 4, .readable = UINT32_MAX,
                 .action = 0xFF, .fields = rnr_fields},
    RBAR_REG(MPU_RBAR, "RBAR", 0x0C), RASR_REG(MPU_RASR, "RASR", 0x10),
    RBAR_REG(MPU_RBAR_A1, "RBAR_A1", 0x14), RASR_REG(MPU_RASR_A1, "RASR_A1", 0x18),
    RBAR_REG(MPU_RBAR_A2, "RBAR_A2", 0x1C), RASR_REG(MPU_RASR_A2, "RASR_A2", 0x20),
    RBAR_REG(MPU_RBAR_A3, "RBAR_A3", 0x24), RASR_REG(MPU_RASR_A3, "RASR_A3", 0x28),
};
/* clang-format on */

const struct device_ops mpu_ops = {
    .name = "armv7m_mpu",
    .regs = mpu_regs,
    .reg_count = MPU_REGS,
    .state_size = sizeof(struct mpu),
    .reset = mpu_reset,
    .peek = mpu_peek,
    .write = mpu_write,
};
