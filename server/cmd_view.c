/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands that show the machine; none of them changes anything (I8). */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/machine.h"
#include "server/commands.h"
#include "server/explain.h"
#include "server/server.h"

enum { TEXT = 160, COLUMNS = 4 };

/* ---- regs ---- */

static bool run_regs(const struct command_call *call)
{
    static const char *const names[] = {
        "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "sp", "lr", "pc",
        "xpsr", "msp", "psp", "primask", "basepri", "faultmask", "control", "fpscr",
    };
    struct server *server = call->server;
    bool fpu = machine_chip(server->machine)->core.kind == CPU_CORTEX_M4F;
    unsigned count = fpu ? REG_FPSCR + 1 : REG_FPSCR;
    char pc[TEXT];

    for (unsigned i = 0; i < count; i++)
        server_say(server, "%-9s 0x%08" PRIX32 "%s", names[i], machine_reg(server->machine, i),
                   i % COLUMNS == COLUMNS - 1 || i + 1 == count ? "\n" : "  ");
    explain_address(server, machine_reg(server->machine, REG_PC), pc, sizeof pc);
    server_say(server, "pc is %s\n", pc);
    return true;
}

/* ---- periph ---- */

static void say_fields(struct server *server, const struct reg *r, uint32_t value)
{
    for (const struct reg_field *f = r->fields; f && f->name; f++) {
        uint32_t mask = f->width == 32 ? UINT32_MAX : (1u << f->width) - 1;
        server_say(server, "    %-12s [%u:%u] = %" PRIu32 "\n", f->name, f->lsb + f->width - 1u, f->lsb,
                   value >> f->lsb & mask);
    }
}

static void say_reg(struct server *server, const struct device *d, unsigned reg, bool fields)
{
    const struct reg *r = &d->ops->regs[reg];
    uint32_t value = machine_device_peek(server->machine, d, reg);

    server_say(server, "  %-12s 0x%08" PRIX32 "  %0*" PRIX32 "%s\n", r->name,
               machine_device_base(server->machine, d) + r->offset, r->width / 4, value,
               r->flags & REG_UNMODELLED ? "  (not modelled)" : "");
    if (fields)
        say_fields(server, r, value);
}

static void say_device_line(struct server *server, const struct device *d)
{
    server_say(server, "%-14s 0x%08" PRIX32 "  %-14s %s\n", d->name,
               machine_device_base(server->machine, d), d->ops->name,
               machine_device_on(server->machine, d) ? "" : "(clock off or in reset)");
}

/* What has no registers is no peripheral: edges of clocks, what is around the chip. */
static bool list_devices(struct server *server)
{
    for (unsigned i = 0; i < machine_device_count(server->machine); i++) {
        const struct device *d = machine_device(server->machine, i);
        if (d->ops->reg_count)
            say_device_line(server, d);
    }
    return true;
}

static bool say_one_reg(struct server *server, const struct device *d, const char *name)
{
    for (unsigned reg = 0; reg < d->ops->reg_count; reg++)
        if (!strcasecmp(d->ops->regs[reg].name, name)) {
            say_reg(server, d, reg, true);
            return true;
        }
    server_say(server, "periph: %s has no register %s\n", d->name, name);
    return false;
}

static bool run_periph(const struct command_call *call)
{
    struct server *server = call->server;
    const struct device *d;
    char name[TEXT];
    char *dot;

    if (call->count < 2)
        return list_devices(server);
    snprintf(name, sizeof name, "%s", call->words[1]);
    dot = strchr(name, '.');
    if (dot)
        *dot = 0;
    d = machine_device_named(server->machine, name);
    if (!d) {
        server_say(server, "periph: %s has no %s; 'periph' lists what it has\n",
                   machine_chip(server->machine)->name, name);
        return false;
    }
    if (dot)
        return say_one_reg(server, d, dot + 1);
    say_device_line(server, d);
    for (unsigned reg = 0; reg < d->ops->reg_count; reg++)
        if (!(d->ops->regs[reg].flags & REG_PAD))
            say_reg(server, d, reg, false);
    return true;
}

/* ---- irq ---- */

static const char *exception_name(const struct machine *m, int number, char *text, size_t size)
{
    static const char *const system[] = {
        "", "Reset", "NMI", "HardFault", "MemManage", "BusFault", "UsageFault", "", "", "", "", "SVCall",
        "DebugMonitor", "", "PendSV", "SysTick",
    };

    if (number < 16)
        return system[number];
    text[0] = 0;
    for (unsigned i = 0; i < machine_device_count(m); i++) {
        const struct device *d = machine_device(m, i);
        if (!machine_device_drives_irq(m, d, (unsigned)number - 16))
            continue;
        snprintf(text + strlen(text), size - strlen(text), "%s%s", text[0] ? "+" : "", d->name);
    }
    return text;
}

/* Those that are enabled, pending, active or asserted; all with `irq all`. */
static bool run_irq(const struct command_call *call)
{
    struct server *server = call->server;
    bool all = call->count > 1 && !strcmp(call->words[1], "all");
    char name[TEXT];

    for (unsigned i = 1; i < machine_irq_count(server->machine); i++) {
        struct irq_view v = machine_irq(server->machine, i);
        if (!all && !v.pending && !v.active && !v.level && !(v.enabled && i >= 16))
            continue;
        server_say(server, "%4d  %-28s priority %3d%s%s%s%s\n", (int)i - 16,
                   exception_name(server->machine, v.number, name, sizeof name), v.priority,
                   v.enabled ? "  enabled" : "", v.pending ? "  pending" : "", v.active ? "  active" : "",
                   v.level ? "  asserted" : "");
    }
    return true;
}

/* ---- clocks ---- */

static bool run_clocks(const struct command_call *call)
{
    struct server *server = call->server;
    const char *const *names = machine_chip(server->machine)->clock_names;

    for (unsigned i = 0; i < CLOCK_MAX; i++) {
        struct clock_rate rate = machine_clock(server->machine, i);
        if (!names[i])
            continue;
        if (rate.num)
            server_say(server, "  %-12s %14.3f Hz\n", names[i], (double)rate.num / (double)rate.den);
        else
            server_say(server, "  %-12s stopped\n", names[i]);
    }
    return true;
}

/* ---- info, fault, stats ---- */

static bool run_info(const struct command_call *call)
{
    struct server *server = call->server;
    const struct machine *m = server->machine;
    char pc[TEXT];
    vtime next;

    explain_address(server, machine_reg(m, REG_PC), pc, sizeof pc);
    server_say(server, "chip     %s\nimage    %s\nstate    %s%s\npc       %s\n",
               machine_chip(m)->description, server->options->image,
               server->runner.finished ? "ended" : server->runner.running ? "running" : "halted",
               machine_asleep(m, &next) ? ", asleep" : "", pc);
    server_say(server, "cycles   %" PRIu64 "\ntime     %.9f s\ninstrs   %" PRIu64 "\n",
               machine_now(m).cycles, (double)machine_nanoseconds(m) / 1e9, machine_instructions(m));
    if (server->runner.speed > 0)
        server_say(server, "speed    %g\n", server->runner.speed);
    else
        server_say(server, "speed    max\n");
    return true;
}

static bool run_fault(const struct command_call *call)
{
    if (machine_fault(call->server->machine).any)
        explain_fault(call->server);
    else
        server_say(call->server, "no fault is recorded in CFSR and HFSR\n");
    return true;
}

static bool run_where(const struct command_call *call)
{
    char pc[TEXT];

    explain_address(call->server, machine_reg(call->server->machine, REG_PC), pc, sizeof pc);
    server_say(call->server, "%s\n", pc);
    return true;
}

const struct command commands_view[] = {
    {"info", "", "chip, image, state, cycle and time", false, run_info},
    {"regs", "", "the core's registers", false, run_regs},
    {"reg", "", NULL, false, run_regs},
    {"periph", "[NAME[.REG]]", "peripherals, their registers, a register's fields", false, run_periph},
    {"irq", "[all]", "interrupts: enabled, pending, active, asserted, priority", false, run_irq},
    {"clocks", "", "the clock tree", false, run_clocks},
    {"fault", "", "explains the fault status registers", false, run_fault},
    {"where", "", "the pc with its symbol", false, run_where},
    {NULL, NULL, NULL, false, NULL},
};
