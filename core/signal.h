/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Signals between devices: pin levels to EXTI, trigger outputs to timers and ADCs, DMA requests,
 * clock-failure NMI. A signal is a level with one driver and any number of listeners; the chip's table
 * of routes says who listens. Names are local to a device: outputs and inputs are small numbers.
 */
#ifndef CORE_SIGNAL_H
#define CORE_SIGNAL_H

#include <stdbool.h>
#include <stdint.h>

struct device;

/* Sets the level of the device's signal output (< ops->outputs). Listeners' `signal` operations run at
 * once, and only when the level changes. */
void signal_set(struct device *d, unsigned output, bool level);

/* A pulse: high and low again in the same cycle (trigger outputs). */
void signal_pulse(struct device *d, unsigned output);

/* The level last set on that output. */
bool signal_level(const struct device *d, unsigned output);

/* Whether anything listens to that output: false lets a device save itself the events that only show there.
 * A constant of the chip's table. */
bool signal_wired(const struct device *d, unsigned output);

/* The level of an input as its driver last set it; false if nothing drives it. */
bool signal_input(const struct device *d, unsigned input);

/* Signals whose listener is the CPU: routes with `to` = CPU_SIGNALS and one of these inputs. */
#define CPU_SIGNALS "CPU"
enum cpu_signal {
    CPU_SIGNAL_NMI,         /* the level of NMI's line */
    CPU_SIGNAL_EVENT,       /* rising level sets the event register (WFE), wakes */
    CPU_SIGNAL_RESET,       /* rising level requests a system reset (watchdogs) */
    CPU_SIGNAL_STANDBY,     /* rising level takes the power from a sleeping core: only a reset wakes it, and
                             * RAM has lost its contents by then */
    CPU_SIGNAL_COUNT
};

/* Inputs of the core's own devices that count its clock: routes to CPU_SYSTICK and CPU_DWT. */
#define CPU_SYSTICK "SysTick"
#define CPU_DWT     "DWT"
enum core_input {
    CORE_IN_STOPPED,        /* level: the chip has stopped the processor's clock, guest time goes on */
    CORE_INPUTS
};

/* What the core drives: routes with `from` = CPU_OUTPUTS, the core's own device, and one of these. */
#define CPU_OUTPUTS "SCB"
enum cpu_output {
    CPU_OUT_SLEEPING,       /* WFI, WFE or sleep-on-exit */
    CPU_OUT_SLEEPDEEP,      /* the same with SCR.SLEEPDEEP: a low-power mode of the chip */
    CPU_OUT_COUNT
};

#endif
