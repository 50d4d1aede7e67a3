/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands that reset, halt and run the machine, and set how it runs. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/machine.h"
#include "gdbstub/gdbstub.h"
#include "server/commands.h"
#include "server/server.h"

static void set_running(struct server *server)
{
    if (server->runner.finished) {
        server_say(server, "the firmware has ended; reset it first\n");
        return;
    }
    if (server->runner.running)
        return;
    runner_resume(&server->runner, &(struct target_resume){.action = TARGET_CONTINUE});
    server_wake(server);
}

static bool run_reset(const struct command_call *call)
{
    struct server *server = call->server;
    const char *mode = call->count > 1 ? call->words[1] : "halt";
    bool run = !strcmp(mode, "run");

    if (!run && strcmp(mode, "halt") && strcmp(mode, "init")) {
        server_say(server, "reset: expected halt, init or run, not %s\n", mode);
        return false;
    }
    runner_halt(&server->runner);
    server_restart(server, RESET_SYSTEM);
    if (run)
        set_running(server);
    return true;
}

static bool run_reset_halt(const struct command_call *call)
{
    runner_halt(&call->server->runner);
    server_restart(call->server, RESET_SYSTEM);
    return true;
}

static bool run_power_cycle(const struct command_call *call)
{
    runner_halt(&call->server->runner);
    server_restart(call->server, RESET_POWER_ON);
    return true;
}

static bool run_halt(const struct command_call *call)
{
    runner_halt(&call->server->runner);
    return true;
}

static bool run_continue(const struct command_call *call)
{
    set_running(call->server);
    return true;
}

static bool run_speed(const struct command_call *call)
{
    struct server *server = call->server;
    double speed = 0;
    char *end;

    if (call->count < 2) {
        if (server->runner.speed > 0)
            server_say(server, "%g guest seconds per real second\n", server->runner.speed);
        else
            server_say(server, "max: as fast as possible\n");
        return true;
    }
    if (strcmp(call->words[1], "max")) {
        speed = strtod(call->words[1], &end);
        if (*end || !isfinite(speed) || speed <= 0) {
            server_say(server, "speed: expected a positive factor or max, not %s\n", call->words[1]);
            return false;
        }
    }
    /* OpenOCD's and J-Link's word for the probe's clock in kHz: launch files say it, nothing is meant. */
    if (speed >= 100)
        return true;
    runner_set_speed(&server->runner, speed);
    server_wake(server);
    return true;
}

/* on, off, enable, disable; true with *value set. */
static bool parse_switch(const struct command_call *call, bool *value)
{
    const char *word = call->count > 1 ? call->words[1] : "";

    *value = !strcmp(word, "on") || !strcmp(word, "enable");
    if (*value || !strcmp(word, "off") || !strcmp(word, "disable"))
        return true;
    server_say(call->server, "%s: expected on or off\n", call->words[0]);
    return false;
}

static bool run_step_interrupts(const struct command_call *call)
{
    if (call->count < 2) {
        server_say(call->server, "steps %s interrupt handlers\n",
                   call->server->runner.step_interrupts ? "go into" : "pass over");
        return true;
    }
    return parse_switch(call, &call->server->runner.step_interrupts);
}

static bool run_semihosting(const struct command_call *call)
{
    bool on;

    if (call->count > 2 && !strcmp(call->words[1], "IOClient"))
        return true;
    if (!parse_switch(call, &on))
        return false;
    server_set_semihosting(call->server, on);
    return true;
}

static bool run_catch_hardfault(const struct command_call *call)
{
    struct server *server = call->server;

    if (call->count < 2) {
        server_say(server, "a HardFault %s\n", server->catch_hardfault ? "stops" : "does not stop");
        return true;
    }
    if (!parse_switch(call, &server->catch_hardfault))
        return false;
    machine_catch_hardfault(server->machine, server->catch_hardfault && server->stub &&
                                                 stub_attached(server->stub));
    return true;
}

const struct command commands_run_control[] = {
    {"reset", "[halt|run]", "resets the chip; halt is the default", true, run_reset},
    {"system_reset", "", NULL, true, run_reset_halt},
    {"jtag_reset", "", NULL, true, run_reset_halt},
    {"_reset", "", NULL, true, run_reset_halt},
    {"power-cycle", "", "resets everything, backup domain and cycle count too", true, run_power_cycle},
    {"halt", "", "halts", true, run_halt},
    {"stop", "", NULL, true, run_halt},
    {"continue", "", "runs", true, run_continue},
    {"cont", "", NULL, true, run_continue},
    {"go", "", NULL, true, run_continue},
    {"resume", "", NULL, true, run_continue},
    {"start", "", NULL, true, run_continue},
    {"speed", "[FACTOR|max]", "guest seconds per real second", true, run_speed},
    {"step-interrupts", "[on|off]", "whether steps go into interrupt handlers", true, run_step_interrupts},
    {"catch-hardfault", "[on|off]", "whether a HardFault stops before its handler", true,
     run_catch_hardfault},
    {"semihosting", "on|off", "whether BKPT 0xAB asks the host", true, run_semihosting},
    {"arm semihosting", "enable|disable", NULL, true, run_semihosting},
    {NULL, NULL, NULL, false, NULL},
};
