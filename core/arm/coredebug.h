/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The core's debug registers: Arm ARM C1.6. */
#ifndef CORE_ARM_COREDEBUG_H
#define CORE_ARM_COREDEBUG_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arm/cpu.h"
#include "core/device.h"

enum coredebug_reg { DEBUG_DHCSR, DEBUG_DCRSR, DEBUG_DCRDR, DEBUG_DEMCR, DEBUG_REGS };

struct coredebug {
    uint32_t reg[DEBUG_REGS];
    uint32_t reset_seen;        /* DHCSR.S_RESET_ST */
};

#define VC_CORERESET   (1u << 0)
#define VC_MMERR       (1u << 4)
#define VC_NOCPERR     (1u << 5)
#define VC_CHKERR      (1u << 6)
#define VC_STATERR     (1u << 7)
#define VC_BUSERR      (1u << 8)
#define VC_INTERR      (1u << 9)
#define VC_HARDERR     (1u << 10)
#define DEMCR_MON_EN   (1u << 16)
#define DEMCR_MON_PEND (1u << 17)
#define DEMCR_MON_STEP (1u << 18)
#define DEMCR_MON_REQ  (1u << 19)
#define DEMCR_TRCENA   (1u << 24)

extern const struct device_ops coredebug_ops;

static inline uint32_t coredebug_demcr(const struct cpu *c)
{
    return ((const struct coredebug *)c->debug->state)->reg[DEBUG_DEMCR];
}

/* DEMCR.MON_STEP (C1.5.2): whether it is on, and its effect, to be called before each instruction:
 * an instruction that DebugMonitor may preempt is followed by it. */
bool coredebug_stepping(const struct cpu *c);
void coredebug_monitor_step(struct cpu *c);

/* The core was reset: the debug monitor's control bits are cleared, vector catch and TRCENA stay. */
void coredebug_core_reset(struct cpu *c);

#endif
