/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Instrumentation trace: Arm ARM C1.7, Cortex-M4 TRM chapter 10. A write to an enabled stimulus
 * port leaves at once as an ITM packet (appendix D4): the FIFO is never full.
 *
 * Not modelled: timestamps, synchronisation packets, packets of the DWT. The lock (LAR) guards TER,
 * TPR and TCR as the Cortex-M3 TRM describes it.
 */
#include "core/arm/itm.h"

#include "core/arm/component_ids.h"
#include "core/arm/coredebug.h"
#include "core/arm/cpu.h"
#include "core/env.h"
#include "core/io.h"
#include "core/log.h"

enum { PORTS = 32, PORTS_PER_PRIVILEGE = 8 };

enum itm_reg {
    ITM_STIM0, ITM_TER = PORTS, ITM_TPR, ITM_TCR, ITM_LAR, ITM_LSR, ITM_IDS,
    ITM_REGS = ITM_IDS + COMPONENT_ID_REGS
};

#define TCR_ITMENA    (1u << 0)
#define TCR_UNMODELLED 0x00000C0Eu      /* TSENA, SYNCENA, TXENA, GTSFREQ */
#define TCR_WRITABLE  0x007F0F1Fu

#define LSR_PRESENT (1u << 0)
#define LSR_LOCKED  (1u << 1)

#define UNLOCK_KEY 0xC5ACCE55u

struct itm {
    uint32_t reg[ITM_REGS];
};

/* Whether the code under way may use a port, or change its enable bit (TPR). */
static bool port_allowed(const struct device *d, unsigned port)
{
    return cpu_privileged(d->env->cpu) || !(reg_get(d, ITM_TPR) >> port / PORTS_PER_PRIVILEGE & 1);
}

static void write_port(struct device *d, unsigned port, uint32_t value, uint32_t lanes)
{
    unsigned size = lanes == UINT32_MAX ? 4 : lanes & 0xFF00FF00u && lanes & 0x00FF00FFu ? 2 : 1;
    uint8_t packet[5] = {(uint8_t)(port << 3 | (size == 4 ? 3 : size))};

    if (!(coredebug_demcr(d->env->cpu) & DEMCR_TRCENA) || !(reg_get(d, ITM_TCR) & TCR_ITMENA) ||
        !(reg_get(d, ITM_TER) >> port & 1) || !port_allowed(d, port))
        return;
    value >>= __builtin_ctz(lanes);
    for (unsigned i = 0; i < size; i++)
        packet[1 + i] = (uint8_t)(value >> 8 * i);
    io_output(d, IO_ITM, packet, 1 + size);
}

static void write_enables(struct device *d, uint32_t value, uint32_t lanes)
{
    for (unsigned port = 0; port < PORTS; port += PORTS_PER_PRIVILEGE)
        if (!port_allowed(d, port))
            lanes &= ~(0xFFu << port);
    reg_store(d, ITM_TER, value, lanes);
}

static void write_control(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    if (reg_get(d, ITM_LSR) & LSR_LOCKED) {
        diag_guest(d, DIAG_SEQUENCE, reg, "written while locked (LAR takes 0xC5ACCE55): ignored");
        return;
    }
    if (reg == ITM_TER)
        write_enables(d, value, lanes);
    else if (cpu_privileged(d->env->cpu))
        reg_store(d, reg, value, lanes);
    if (reg == ITM_TCR && value & lanes & TCR_UNMODELLED)
        diag_unmodelled(d, reg, "timestamps, synchronisation and DWT packets are not sent");
}

static void itm_write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    if (reg < PORTS)
        write_port(d, reg, value, lanes);
    else if (reg == ITM_LAR)
        reg_put(d, ITM_LSR, LSR_PRESENT | (value == UNLOCK_KEY ? 0 : LSR_LOCKED));
    else if (reg != ITM_LSR)
        write_control(d, reg, value, lanes);
}

/* A stimulus port reads as "room for one more". */
static uint32_t itm_peek(const struct device *d, unsigned reg)
{
    return reg < PORTS ? 1 : reg_get(d, reg) & d->ops->regs[reg].readable;
}

static const struct reg_field stim_fields[] = {{"STIMULUS", 0, 32}, {NULL, 0, 0}};
static const struct reg_field ter_fields[] = {{"STIMENA", 0, 32}, {NULL, 0, 0}};
static const struct reg_field tpr_fields[] = {{"PRIVMASK", 0, 4}, {NULL, 0, 0}};
static const struct reg_field tcr_fields[] = {
    {"ITMENA", 0, 1}, {"TSENA", 1, 1}, {"SYNCENA", 2, 1}, {"TXENA", 3, 1}, {"SWOENA", 4, 1},
    {"TSPrescale", 8, 2}, {"GTSFREQ", 10, 2}, {"TraceBusID", 16, 7}, {"BUSY", 23, 1}, {NULL, 0, 0},
};
static const struct reg_field lar_fields[] = {{"KEY", 0, 32}, {NULL, 0, 0}};
static const struct reg_field lsr_fields[] = {
    {"Present", 0, 1}, {"Access", 1, 1}, {"ByteAcc", 2, 1}, {NULL, 0, 0},
};

/* clang-format off */
#define STIM(n) \
    [ITM_STIM0 + n] = {.name = "STIM" #n, .offset = 4 * n, .width = 32, .readable = UINT32_MAX, \
                       .action = UINT32_MAX, \
                       .fields = stim_fields}

static const struct reg itm_regs[ITM_REGS] = {
    STIM(0), STIM(1), STIM(2), STIM(3), STIM(4), STIM(5), STIM(6), STIM(7),
    STIM(8), STIM(9), STIM(10), STIM(11), STIM(12), STIM(13), STIM(14), STIM(15),
    STIM(16), STIM(17), STIM(18), STIM(19), STIM(20), STIM(21), STIM(22), STIM(23),
    STIM(24), STIM(25), STIM(26), STIM(27), STIM(28), STIM(29), STIM(30), STIM(31),
    [ITM_TER] = {.name = "TER", .offset = 0xE00, .width = 32, .access = 4, .readable = UINT32_MAX,
                 .writable = UINT32_MAX, .fields = ter_fields},
    [ITM_TPR] = {.name = "TPR", .offset = 0xE40, .width = 32, .access = 4, .readable = UINT32_MAX,
                 .writable = 0xF, .fields = tpr_fields},
    [ITM_TCR] = {.name = "TCR", .offset = 0xE80, .width = 32, .access = 4, .readable = UINT32_MAX,
                 .writable = TCR_WRITABLE, .fields = tcr_fields},
    [ITM_LAR] = {.name = "LAR", .offset = 0xFB0, .width = 32, .access = 4, .action = UINT32_MAX,
                 .fields = lar_fields},
    [ITM_LSR] = {.name = "LSR", .offset = 0xFB4, .width = 32, .access = 4, .readable = UINT32_MAX,
                 .reset = LSR_PRESENT | LSR_LOCKED, .fields = lsr_fields},
    COMPONENT_IDS(ITM_IDS, 0xFD0, 0x01, 0xB0, 0x3B, 0x04, 0xE0),
};
/* clang-format on */

const struct device_ops itm_ops = {
    .name = "armv7m_itm",
    .regs = itm_regs,
    .reg_count = ITM_REGS,
    .state_size = sizeof(struct itm),
    .keeps_over_reset = true,
    .peek = itm_peek,
    .write = itm_write,
};
