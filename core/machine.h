/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The machine: a chip with its core, memories and devices, run in guest time. This is the room's
 * public header; the server drives the machine only through it.
 */
#ifndef CORE_MACHINE_H
#define CORE_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/chip.h"
#include "core/clock.h"
#include "core/input.h"
#include "core/io.h"
#include "core/log.h"
#include "core/options.h"
#include "core/stop.h"
#include "core/variables.h"
#include "core/vtime.h"

struct footprint;
struct machine;
struct machine_modes;

/* What the machine tells its owner. Calls come from inside machine_run and other calls; they must not
 * call back into the machine except for peeks. Shut while replaying (I3). */
struct machine_host {
    void *context;
    void (*output)(void *context, const struct device *d, enum io_kind kind, const void *bytes,
                   size_t size);
    void (*diag)(void *context, const struct diag *report);
};

/* Builds a machine at power-on reset; NULL when out of memory or the chip table is inconsistent
 * (`error` then says why, at most error_size bytes). The caller owns it. */
struct machine *machine_create(const struct chip *chip, const struct machine_options *options,
                               const struct machine_host *host, char *error, size_t error_size);
void machine_destroy(struct machine *m);

const struct chip *machine_chip(const struct machine *m);
const struct machine_options *machine_options(const struct machine *m);

/* "translator" or "interpreter". *why, if asked for, says what the host lacks where the options asked for
 * the translator and it is not to be had; else NULL. */
const char *machine_engine(const struct machine *m, const char **why);

/* The translator's host code for the guest code at `pc`, and its size; NULL if there is none now. Valid until the
 * next run; for tests that report differences between the engines. */
const uint8_t *machine_host_code(const struct machine *m, uint32_t pc, size_t *size);

/* Runs until `until` or a reason to stop. Events due at `until` have happened when it returns. A run
 * that starts on a breakpoint or on the access of the watch that was just reported passes it. */
struct stop machine_run(struct machine *m, vtime until);

/* Executes one instruction, or takes one exception entry. With `mask_interrupts` no interrupt is taken
 * during the step (DHCSR.C_MASKINTS). */
struct stop machine_step(struct machine *m, bool mask_interrupts);

/* Whether the core sleeps (WFI, WFE); *next is then the cycle of the next pending event, VTIME_NEVER if
 * nothing but host input will ever wake it. A run of a sleeping machine just lets time pass. */
bool machine_asleep(const struct machine *m, vtime *next);

/* Makes a machine_run that is under way come back soon; safe in a signal handler. */
void machine_interrupt(struct machine *m);

/* The firmware's variables, for reports; the list must outlive the machine's next runs. */
void machine_set_variables(struct machine *m, const struct variables *variables);

vtime machine_now(const struct machine *m);
uint64_t machine_instructions(const struct machine *m);  /* retired since power-on */

/* Guest seconds since power-on as nanoseconds (the core clock's rate changes are accounted for). */
uint64_t machine_nanoseconds(const struct machine *m);

/* The cycle at which machine_nanoseconds will be at least `ns`, at the present clock rate. */
vtime machine_when_ns(const struct machine *m, uint64_t ns);

/* System reset (or power-on): the core starts from the vector table, halted by the caller. */
void machine_reset(struct machine *m, enum reset_kind kind);

/* ---- debugger access: no side effects on reads (I8) ---- */

enum cpu_register {
    REG_R0 = 0, REG_SP = 13, REG_LR = 14, REG_PC = 15, REG_XPSR = 16,
    REG_MSP, REG_PSP, REG_PRIMASK, REG_BASEPRI, REG_FAULTMASK, REG_CONTROL,
    REG_FPSCR, REG_S0, REG_S31 = REG_S0 + 31, REG_COUNT
};
uint32_t machine_reg(const struct machine *m, enum cpu_register reg);
void machine_set_reg(struct machine *m, enum cpu_register reg, uint32_t value);

/* False when some byte has nothing behind it; *done bytes before it were copied. */
bool machine_peek(const struct machine *m, uint32_t address, void *bytes, uint32_t size, uint32_t *done);
/* The little-endian word at `address`, of any alignment; false and 0 when some byte has nothing behind it. */
bool machine_peek_word(const struct machine *m, uint32_t address, uint32_t *word);
bool machine_poke(struct machine *m, uint32_t address, const void *bytes, uint32_t size, uint32_t *done);

/* Puts image contents in place before the firmware runs, or for gdb's `load`: RAM and flash-like
 * memories; false where there is neither. */
bool machine_load(struct machine *m, uint32_t address, const void *bytes, uint32_t size);
bool machine_erase(struct machine *m, uint32_t address, uint32_t size);

bool machine_break_add(struct machine *m, enum breakpoint_kind kind, uint32_t address);
bool machine_break_remove(struct machine *m, enum breakpoint_kind kind, uint32_t address);
bool machine_break_at(const struct machine *m, uint32_t address);
bool machine_watch_add(struct machine *m, enum access_kind access, uint32_t address, uint32_t size);
bool machine_watch_remove(struct machine *m, enum access_kind access, uint32_t address, uint32_t size);

/* Whether one of them may have been met by what has touched that much. */
bool machine_may_stop(const struct machine *m, const struct footprint *touched);

/* Whether a debugger is attached (DHCSR.C_DEBUGEN): BKPT then stops instead of faulting. */
void machine_attach_debugger(struct machine *m, bool attached);

/* Whether the machine stops (STOP_FAULT) before the first instruction of a HardFault handler. */
void machine_catch_hardfault(struct machine *m, bool on);

/* Whether BKPT 0xAB asks the host (STOP_SEMIHOSTING); false: it is a BKPT like any other. */
void machine_set_semihosting(struct machine *m, bool on);

/* ---- the input door (I2) ---- */

/* Bytes for device `name`'s port; false if there is no such device or it has no port. */
bool machine_input(struct machine *m, const char *name, const void *bytes, size_t size);

/* The same for what is no plain byte (io.h). */
bool machine_input_word(struct machine *m, const char *name, uint32_t word);

/* Bytes that the device can take now without loss; 0 if it has no port. */
size_t machine_input_room(const struct machine *m, const char *name);

/* Answers a STOP_SEMIHOSTING: r0 gets `result`, then the pc moves past the BKPT. Memory that the call
 * fills is written with machine_semihosting_write before. */
void machine_semihosting_write(struct machine *m, uint32_t address, const void *bytes, uint32_t size);
void machine_semihosting_return(struct machine *m, uint32_t result);

/* From now on `door` is told of every input. Those are all calls above that change what a guest can see:
 * resets, register and memory writes, loads and erases, attaching a debugger, semihosting on or off, and a
 * masked step. A write that changes nothing is none. */
void machine_set_door(struct machine *m, const struct input_door *door);

/* Makes a logged input happen again, past the door. False: it failed, as it did the first time. */
bool machine_apply(struct machine *m, const struct input *input);

/* ---- views for the console and the debugger ---- */

unsigned machine_device_count(const struct machine *m);
const struct device *machine_device(const struct machine *m, unsigned index);
const struct device *machine_device_named(const struct machine *m, const char *name); /* case-insensitive */
uint32_t machine_device_peek(const struct machine *m, const struct device *d, unsigned reg);
uint32_t machine_device_base(const struct machine *m, const struct device *d);
bool machine_device_drives_irq(const struct machine *m, const struct device *d, unsigned irq);
bool machine_device_on(const struct machine *m, const struct device *d);
struct clock_rate machine_clock(const struct machine *m, unsigned clock);

struct irq_view {
    int number;             /* exception number */
    bool enabled, pending, active, level;
    int priority;
};
unsigned machine_irq_count(const struct machine *m);    /* exceptions incl. the 16 of the system */
struct irq_view machine_irq(const struct machine *m, unsigned exception);

/* A fault in words: which fault, which access, which instruction, from the fault status registers and
 * the stacked frame. */
struct fault_view {
    bool any;               /* false: no fault status bit is set */
    uint32_t cfsr, hfsr, mmfar, bfar;
    uint32_t exc_return;    /* LR in the handler */
    uint32_t frame;         /* address of the stacked frame */
    uint32_t stacked[8];    /* r0-r3, r12, lr, pc, xpsr */
    bool stacked_valid;
};
struct fault_view machine_fault(const struct machine *m);

/* ---- the state as a whole ---- */

uint64_t machine_hash(const struct machine *m);         /* arena and images */
size_t machine_state_size(const struct machine *m);
void machine_save(const struct machine *m, void *bytes);
void machine_restore(struct machine *m, const void *bytes);

/* The same with bytes of unknown origin, said to be the state at `at`. False: they are of another moment, or would
 * lead the machine out of its arrays (machine_sane); nothing has changed. */
bool machine_restore_foreign(struct machine *m, const void *bytes, vtime at, struct machine_modes modes);

/* Whether the state is one that the machine can live with. It always is, unless the bytes came from elsewhere. */
bool machine_sane(const struct machine *m);

/* ---- for core/replay ---- */

/* What a guest can see and inputs change, but is no arena state, because no reset touches it. */
struct machine_modes {
    bool debugger, semihosting;
};
struct machine_modes machine_modes(const struct machine *m);

/* The state itself. Whoever writes into the arena or an image calls machine_restored afterwards, which
 * rebuilds all that is derived from them. */
struct arena *machine_arena(struct machine *m);
struct nvm *machine_nvm(struct machine *m, unsigned index);     /* NULL: there is no such image */
void machine_restored(struct machine *m, struct machine_modes modes);

/* What was touched since the last call; NULL: nobody wants to know, but a new stretch begins
 * (core/footprint.h). Nothing is noted in detail before the first call. */
void machine_footprint(struct machine *m, struct footprint *touched);

/* How much work running has been for the host: a translated instruction is 1, an interpreted one about
 * MACHINE_INTERPRETED. Only differences mean something, and only between two moments of one run. */
enum { MACHINE_INTERPRETED = 32 };
uint64_t machine_work(const struct machine *m);

/* Shuts the doors to the host, output and reports (I3), or opens them. */
void machine_mute(struct machine *m, bool mute);

/* Puts the debugger's breakpoints and watchpoints aside, or back. None may be added or removed
 * meanwhile. */
void machine_arm(struct machine *m, bool armed);

/* The breakpoint at the pc counts as reported: the next run passes it. */
void machine_pass_breakpoint(struct machine *m);

#endif
