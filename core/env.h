/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The machine's services behind `struct device`. Only core/ looks inside: devices use the functions of
 * schedule.h, irq.h, signal.h, clock.h, log.h, io.h and bus.h.
 */
#ifndef CORE_ENV_H
#define CORE_ENV_H

#include "core/device.h"
#include "core/vtime.h"

struct device_env {
    struct machine *machine;
    struct arena *arena;
    struct cpu *cpu;
    struct bus *bus;
    struct scheduler *sched;
    struct irq_lines *irq;
    struct signals *signals;
    struct clocks *clocks;
    struct log *log;
    struct io *io;
};

#endif
