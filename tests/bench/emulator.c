/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/emulator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARGUMENTS = 20 };

static const char *from_environment(const char *name, const char *otherwise)
{
    const char *value = getenv(name);

    return value && *value ? value : otherwise;
}

static const char *program_of(enum emulator e)
{
    return e == QEMU ? from_environment("QEMU", "qemu-system-arm") : from_environment("BACKSTEP", "./backstep");
}

bool emulator_installed(enum emulator e)
{
    char command[512];

    snprintf(command, sizeof command, "command -v '%s' >/dev/null 2>&1", program_of(e));
    return system(command) == 0;
}

void emulator_print_version(enum emulator e)
{
    char command[512], line[256];
    FILE *f;

    snprintf(command, sizeof command, "'%s' --version", program_of(e));
    f = popen(command, "r");
    if (f && fgets(line, sizeof line, f))
        fputs(line, stdout);
    if (f)
        pclose(f);
}

/* Fills argv with what every start has in common; returns where further arguments go. */
static const char **common_arguments(enum emulator e, const char *argv[ARGUMENTS])
{
    static const char *const ours[] = {"--quiet", "--semihosting", "--speed", "max", NULL};
    static const char *const theirs[] = {
        "-M", "netduinoplus2", "-display", "none", "-serial", "null", "-monitor", "none",
        "-semihosting-config", "enable=on,target=native", NULL};

    *argv++ = program_of(e);
    for (const char *const *word = e == QEMU ? theirs : ours; *word; word++)
        *argv++ = *word;
    if (e == BACKSTEP_NO_HISTORY)
        *argv++ = "--no-history";
    if (e == QEMU)
        *argv++ = "-kernel";
    return argv;
}

bool emulator_run(enum emulator e, const char *elf, struct usage *usage)
{
    const char *argv[ARGUMENTS] = {NULL}, **at = common_arguments(e, argv);

    *at++ = elf;
    if (e != QEMU) {
        *at++ = "--batch";
        *at++ = "--stats";
    }
    return process_run(argv, usage);
}

void emulator_debug(enum emulator e, const char *elf, struct debugged *d)
{
    const char *argv[ARGUMENTS] = {NULL}, **at = common_arguments(e, argv);
    uint16_t port = remote_free_port();
    char where[32];

    snprintf(where, sizeof where, e == QEMU ? "tcp:127.0.0.1:%u" : "%u", port);
    *at++ = elf;
    *at++ = e == QEMU ? "-gdb" : "--gdb";
    *at++ = where;
    if (e == QEMU)
        *at++ = "-S";
    d->pid = process_start(argv);
    remote_open(&d->remote, port);
}

void emulator_quit(struct debugged *d)
{
    remote_close(&d->remote);
    process_stop(d->pid);
}
