/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Words that launch files for OpenOCD, J-Link, pyOCD and STM32CubeIDE say to their probes: accepted, so
 * that such files work unchanged. Where they would mean something here, it is done.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/machine.h"
#include "server/commands.h"
#include "server/server.h"

static bool run_nothing(const struct command_call *call)
{
    (void)call;
    return true;
}

/* OpenOCD's word: the next step answers without stepping, so that gdb looks at everything anew. */
static bool run_gdb_sync(const struct command_call *call)
{
    call->server->runner.sync = true;
    return true;
}

static bool run_echo(const struct command_call *call)
{
    server_say(call->server, "%s\n", call->rest);
    return true;
}

static bool run_version(const struct command_call *call)
{
    server_say(call->server, "backstep %s\n", PACKAGE_VERSION);
    return true;
}

static bool run_targets(const struct command_call *call)
{
    server_say(call->server, "%s %s\n", machine_chip(call->server->machine)->name,
               call->server->runner.running ? "running" : "halted");
    return true;
}

/* STM32CubeIDE reads the debug port's registers before anything else. */
static bool run_read_port(const struct command_call *call)
{
    server_say(call->server, "O.K.:0x%08X\n", 0);
    return true;
}

/* ReadAPEx PORT ADDRESS: a word of memory. */
static bool run_read_memory(const struct command_call *call)
{
    uint32_t address = call->count > 2 ? (uint32_t)strtoul(call->words[2], NULL, 0) : 0, done;
    uint8_t b[4] = {0};

    machine_peek(call->server->machine, address, b, sizeof b, &done);
    server_say(call->server, "O.K.:0x%08" PRIX32 "\n",
               (uint32_t)(b[0] | b[1] << 8 | b[2] << 16 | (uint32_t)b[3] << 24));
    return true;
}

static bool run_write_port(const struct command_call *call)
{
    server_say(call->server, "O.K.\n");
    return true;
}

static bool run_shutdown(const struct command_call *call)
{
    server_quit(call->server);
    return true;
}

const struct command commands_compatible[] = {
    {"version", "", "of this program", false, run_version},
    {"echo", "TEXT", "says TEXT", false, run_echo},
    {"shutdown", "", "ends the server", true, run_shutdown},
    {"quit", "", NULL, true, run_shutdown},
    {"targets", "", NULL, false, run_targets},
    {"init", "", NULL, false, run_nothing},
    {"poll", "", NULL, false, run_nothing},
    {"flash breakpoints", "", NULL, false, run_nothing},
    {"clrbp", "", NULL, false, run_nothing},
    {"adapter speed", "", NULL, false, run_nothing},
    {"swdp_scan", "", NULL, false, run_nothing},
    {"auto_scan", "", NULL, false, run_nothing},
    {"tpwr", "", NULL, false, run_nothing},
    {"exit", "", NULL, false, run_nothing},
    {"sleep", "", NULL, false, run_nothing},
    {"gdb_sync", "", NULL, true, run_gdb_sync},
    {"exec", "", NULL, false, run_nothing},
    {"SWO", "", NULL, false, run_nothing},
    {"tpiu", "", NULL, false, run_nothing},
    {"itm", "", NULL, false, run_nothing},
    {"CDSWOConfigure", "", NULL, false, run_nothing},
    {"ReadDP", "", NULL, false, run_read_port},
    {"ReadAP", "", NULL, false, run_read_port},
    {"ReadAPEx", "", NULL, false, run_read_memory},
    {"WriteDP", "", NULL, false, run_write_port},
    {"WriteAP", "", NULL, false, run_write_port},
    {NULL, NULL, NULL, false, NULL},
};
