/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line, through getopt_long. Every option is checked before anything is done. */
#include "server/options.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "periph/chips/chips.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unknown"
#endif

enum option_key {
    KEY_CHIP = 1000, KEY_ADDRESS, KEY_GDB, KEY_RUN, KEY_BATCH, KEY_MAX_CYCLES, KEY_TIMEOUT, KEY_UART, KEY_ATTACH,
    KEY_SEMIHOSTING, KEY_SEMIHOSTING_CONSOLE, KEY_SEMIHOSTING_ARGS, KEY_ENGINE, KEY_SPEED, KEY_STATS,
    KEY_HISTORY_MEMORY, KEY_NO_HISTORY, KEY_RECORD, KEY_REPLAY,
    KEY_STRICT_MONITOR, KEY_SEED, KEY_HSE, KEY_LSE, KEY_STOP_ON, KEY_CHECK, KEY_QUIET, KEY_LIST_CHIPS,
    KEY_VERSION, KEY_HELP
};

static const struct option long_options[] = {
    {"chip", required_argument, NULL, KEY_CHIP},
    {"address", required_argument, NULL, KEY_ADDRESS},
    {"gdb", required_argument, NULL, KEY_GDB},
    {"run", no_argument, NULL, KEY_RUN},
    {"batch", no_argument, NULL, KEY_BATCH},
    {"max-cycles", required_argument, NULL, KEY_MAX_CYCLES},
    {"timeout", required_argument, NULL, KEY_TIMEOUT},
    {"uart", required_argument, NULL, KEY_UART},
    {"attach", required_argument, NULL, KEY_ATTACH},
    {"semihosting", optional_argument, NULL, KEY_SEMIHOSTING},
    {"semihosting-console", required_argument, NULL, KEY_SEMIHOSTING_CONSOLE},
    {"semihosting-args", required_argument, NULL, KEY_SEMIHOSTING_ARGS},
    {"engine", required_argument, NULL, KEY_ENGINE},
    {"speed", required_argument, NULL, KEY_SPEED},
    {"history-memory", required_argument, NULL, KEY_HISTORY_MEMORY},
    {"no-history", no_argument, NULL, KEY_NO_HISTORY},
    {"record", required_argument, NULL, KEY_RECORD},
    {"replay", required_argument, NULL, KEY_REPLAY},
    {"stats", no_argument, NULL, KEY_STATS},
    {"strict-monitor", no_argument, NULL, KEY_STRICT_MONITOR},
    {"seed", required_argument, NULL, KEY_SEED},
    {"hse", required_argument, NULL, KEY_HSE},
    {"lse", required_argument, NULL, KEY_LSE},
    {"stop-on", required_argument, NULL, KEY_STOP_ON},
    {"check", required_argument, NULL, KEY_CHECK},
    {"quiet", no_argument, NULL, KEY_QUIET},
    {"list-chips", no_argument, NULL, KEY_LIST_CHIPS},
    {"version", no_argument, NULL, KEY_VERSION},
    {"help", no_argument, NULL, KEY_HELP},
    {NULL, 0, NULL, 0},
};

static const char help_text[] =
    "Usage: backstep [options] FIRMWARE\n"
    "Boots FIRMWARE (ELF, Intel HEX, or raw binary with --address) on an emulated STM32, halted at\n"
    "reset, and waits for gdb.\n"
    "\n"
    "  --chip NAME             chip (default: read from the image, and said); see --list-chips\n"
    "  --address ADDRESS       FIRMWARE is a raw binary to be loaded there\n"
    "  --gdb [HOST:]PORT       where to wait for gdb (default 127.0.0.1:3333; PORT 0: any, printed);\n"
    "                          'stdio': speak with gdb on stdin and stdout\n"
    "  --run                   start at once instead of waiting for gdb\n"
    "  --batch                 no gdb: run until the firmware exits, a limit or a fatal condition\n"
    "  --max-cycles N          stop after N core clock cycles (--batch)\n"
    "  --timeout SECONDS       stop after so much real time (--batch)\n"
    "  --uart NAME=WHERE       connect a UART: stdio | pty | tcp:PORT | file:PATH | null (repeatable;\n"
    "                          default: the first UART that is used goes to stdio)\n"
    "  --attach DEVICE         put a device around the chip (repeatable): 24cXX@I2C1[:0x50][=FILE],\n"
    "                          lm75@I2C1[:0x48] (both also @PB6/PB7: pins SCL/SDA), wire@I2C1:I2C2\n"
    "                          (one bus for both), 25qXX@SPI1:PA4[=FILE] (PA4: chip select),\n"
    "                          25qXX@PA5/PA6/PA7:PA4[=FILE] (SCK/MISO/MOSI bit by bit), loop@SPI1\n"
    "                          (MOSI to MISO), loop@USART1 (TX to RX), wire@PA0:PB1 (joins two pins),\n"
    "                          wire@SPI1:SPI2 (all of their lines),\n"
    "                          irda@PA2:PB11 (infrared light from PA2 to PB11),\n"
    "                          button@PA0=NAME[:low|high], led@PD12=NAME[:low|high] (the level that means\n"
    "                          pressed or lit; default high)\n"
    "  --semihosting[=DIR]     serve Arm semihosting; host files only below DIR, without DIR only\n"
    "                          console, time and exit\n"
    "  --semihosting-console WHERE  auto | gdb | stdio (default auto: gdb's console while one is\n"
    "                          attached, else the terminal)\n"
    "  --semihosting-args TEXT the firmware's command line (default: FIRMWARE)\n"
    "  --engine NAME           translator | interpreter (default translator)\n"
    "  --speed FACTOR|max      guest seconds per real second (default 1.0; max in --batch)\n"
    "  --history-memory SIZE   memory for the past, in bytes or with K, M, G (default 256M); what is old is\n"
    "                          kept more sparsely, never forgotten\n"
    "  --no-history            do not record: no going back\n"
    "  --record FILE           write the history to FILE as it grows\n"
    "  --replay FILE           open a recording at its end, with all of its past; needs no FIRMWARE\n"
    "  --hse HZ, --lse HZ      crystals fitted (default 8000000 and 32768; 0: none)\n"
    "  --seed N                seed of the random number generator's noise (default 1)\n"
    "  --stop-on KINDS         stop at reports of these kinds, separated by commas: unclocked, reserved,\n"
    "                          readonly, width, unmodelled, overrun, sequence, dma, stack, clock, pin,\n"
    "                          uninitialised, fault\n"
    "  --check KINDS           look for more, which costs speed: uninitialised (reads of RAM that nobody has\n"
    "                          written), stack (at the instruction, not only at the next interrupt)\n"
    "  --strict-monitor        unknown monitor commands are errors\n"
    "  --quiet                 no reports about the guest on stderr\n"
    "  --stats                 one JSON object on stderr at the end\n"
    "  --list-chips, --version, --help\n"
    "\n"
    "Exit status in --batch: 0..123 the firmware's own, 124 a limit was reached, 125 usage or host\n"
    "error, 126 lockup or unhandled fault.\n";

static bool bad(const char *format, ...) __attribute__((format(printf, 1, 2)));

static bool bad(const char *format, ...)
{
    va_list args;

    fputs("backstep: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputs("\n", stderr);
    return false;
}

static bool parse_u64(const char *option, const char *text, uint64_t max, uint64_t *value)
{
    char *end;

    errno = 0;
    *value = strtoull(text, &end, 0);
    if (end == text || *end || errno || *text == '-' || *value > max)
        return bad("--%s %s: expected a number from 0 to %llu", option, text, (unsigned long long)max);
    return true;
}

static bool parse_u32(const char *option, const char *text, uint32_t *value)
{
    uint64_t wide;

    if (!parse_u64(option, text, UINT32_MAX, &wide))
        return false;
    *value = (uint32_t)wide;
    return true;
}

static bool parse_positive(const char *option, const char *text, double *value)
{
    char *end;

    *value = strtod(text, &end);
    if (end == text || *end || !isfinite(*value) || *value <= 0)
        return bad("--%s %s: expected a positive number", option, text);
    return true;
}

/* A number of bytes, with K, M or G for the powers of 1024. */
static bool parse_size(const char *option, const char *text, size_t *size)
{
    static const char units[] = "KMG";
    unsigned long long number;
    const char *unit;
    char *end;

    errno = 0;
    number = strtoull(text, &end, 10);
    unit = *end ? strchr(units, *end) : NULL;
    if (end == text || errno || *text == '-' || (*end && (!unit || end[1])) ||
        number > (UINT64_MAX >> 30))
        return bad("--%s %s: expected a size, for instance 64M", option, text);
    *size = (size_t)number << (unit ? 10 * (unit - units + 1) : 0);
    return true;
}

static bool parse_gdb(struct options *o, const char *text)
{
    const char *port = strrchr(text, ':');
    size_t host = port ? (size_t)(port - text) : 0;
    uint64_t number;

    o->gdb = true;
    if (!strcmp(text, "stdio")) {
        o->gdb_stdio = true;
        return true;
    }
    if (host >= sizeof o->gdb_host)
        return bad("--gdb %s: the host name is too long", text);
    if (host) {
        memcpy(o->gdb_host, text, host);
        o->gdb_host[host] = 0;
    }
    if (!parse_u64("gdb", port ? port + 1 : text, UINT16_MAX, &number))
        return false;
    o->gdb_port = (uint16_t)number;
    return true;
}

static bool parse_uart(struct options *o, char *text)
{
    char *equals = strchr(text, '=');

    if (!equals || equals == text || !equals[1])
        return bad("--uart %s: expected NAME=WHERE, for instance USART2=stdio", text);
    if (o->uart_count == OPTIONS_UARTS)
        return bad("--uart: at most %d", OPTIONS_UARTS);
    *equals = 0;
    o->uarts[o->uart_count++] = (struct uart_option){text, equals + 1};
    return true;
}

static bool add_attachment(struct options *o, const char *text)
{
    if (o->attach_count == OPTIONS_ATTACH)
        return bad("--attach: at most %d", OPTIONS_ATTACH);
    o->attach[o->attach_count++] = (struct attach_option){.text = text};
    return true;
}

static bool parse_console(struct options *o, const char *text)
{
    static const char *const names[] = {"auto", "gdb", "stdio"};

    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(text, names[i])) {
            o->semihosting_console = (enum console_place)i;
            return true;
        }
    return bad("--semihosting-console %s: expected auto, gdb or stdio", text);
}

static bool parse_engine(struct options *o, const char *text)
{
    o->translator = !strcmp(text, "translator");
    if (!o->translator && strcmp(text, "interpreter"))
        return bad("--engine %s: expected translator or interpreter", text);
    return true;
}

static bool parse_speed(struct options *o, const char *text)
{
    if (!strcmp(text, "max")) {
        o->speed = 0;
        return true;
    }
    return parse_positive("speed", text, &o->speed);
}

static bool add_kind(const char *option, uint32_t *kinds, const char *name, size_t size)
{
    for (unsigned kind = 0; kind < DIAG_COUNT; kind++) {
        const char *known = diag_kind_name((enum diag_kind)kind);
        if (strlen(known) == size && !memcmp(known, name, size)) {
            *kinds |= 1u << kind;
            return true;
        }
    }
    return bad("--%s: no kind of report is called '%.*s'; see --help", option, (int)size, name);
}

static bool parse_kinds(const char *option, uint32_t *kinds, const char *text)
{
    while (*text) {
        size_t size = strcspn(text, ",");
        if (!add_kind(option, kinds, text, size))
            return false;
        text += size + (text[size] == ',');
    }
    return true;
}

/* What the machine is to stop at, it must look for. */
static bool parse_stop_on(struct options *o, const char *text)
{
    if (!parse_kinds("stop-on", &o->stop_on, text))
        return false;
    o->check |= o->stop_on & DIAG_COSTLY;
    return true;
}

static bool parse_check(struct options *o, const char *text)
{
    return parse_kinds("check", &o->check, text) &&
           (!(o->check & ~(uint32_t)DIAG_COSTLY) || bad("--check: only stack and uninitialised have to be asked for"));
}

static void list_chips(void)
{
    for (unsigned i = 0; chips[i]; i++)
        printf("%-14s %s\n", chips[i]->name, chips[i]->description);
}

/* True: go on. */
static bool apply(struct options *o, int key, char *argument)
{
    switch (key) {
    case KEY_CHIP:
        o->chip = argument;
        return true;
    case KEY_ADDRESS:
        o->raw = true;
        return parse_u32("address", argument, &o->address);
    case KEY_GDB:
        return parse_gdb(o, argument);
    case KEY_RUN:
        o->run = true;
        return true;
    case KEY_BATCH:
        o->batch = true;
        return true;
    case KEY_MAX_CYCLES:
        return parse_u64("max-cycles", argument, UINT64_MAX, &o->max_cycles);
    case KEY_TIMEOUT:
        return parse_positive("timeout", argument, &o->timeout);
    case KEY_UART:
        return parse_uart(o, argument);
    case KEY_ATTACH:
        return add_attachment(o, argument);
    case KEY_SEMIHOSTING:
        o->semihosting = true;
        o->semihosting_dir = argument;
        return true;
    case KEY_SEMIHOSTING_CONSOLE:
        return parse_console(o, argument);
    case KEY_SEMIHOSTING_ARGS:
        o->semihosting_args = argument;
        return true;
    case KEY_ENGINE:
        return parse_engine(o, argument);
    case KEY_SPEED:
        return parse_speed(o, argument);
    case KEY_HISTORY_MEMORY:
        return parse_size("history-memory", argument, &o->history_memory);
    case KEY_NO_HISTORY:
        o->no_history = true;
        return true;
    case KEY_RECORD:
        o->record = argument;
        return true;
    case KEY_REPLAY:
        o->replay = argument;
        return true;
    case KEY_STATS:
        o->stats = true;
        return true;
    case KEY_STRICT_MONITOR:
        o->strict_monitor = true;
        return true;
    case KEY_SEED:
        o->conditions = true;
        return parse_u64("seed", argument, UINT64_MAX, &o->seed);
    case KEY_HSE:
        o->conditions = true;
        return parse_u32("hse", argument, &o->hse_hz);
    case KEY_LSE:
        o->conditions = true;
        return parse_u32("lse", argument, &o->lse_hz);
    case KEY_STOP_ON:
        return parse_stop_on(o, argument);
    case KEY_CHECK:
        return parse_check(o, argument);
    case KEY_QUIET:
        o->quiet = true;
        return true;
    default:
        return bad("see --help");
    }
}

/* What only the whole command line shows. */
static bool consistent(struct options *o, int argc, char **argv)
{
    if (optind >= argc && !o->replay)
        return bad("no firmware named; see --help");
    if (o->replay && (o->batch || o->run))
        return bad("--replay excludes --batch and --run");
    if (o->replay && (o->chip || o->raw || o->attach_count || o->conditions))
        return bad("--replay excludes --chip, --address, --attach, --hse, --lse and --seed: the recording has its own");
    if (o->replay && o->check & ~o->stop_on)
        return bad("--replay excludes --check: what was looked for is in the recording");
    if (o->no_history && (o->replay || o->record))
        return bad("--no-history excludes --record and --replay");
    if (optind + 1 < argc)
        return bad("more than one firmware: %s and %s", argv[optind], argv[optind + 1]);
    o->image = o->image_path = optind < argc ? argv[optind] : NULL;
    if (o->batch && o->gdb)
        return bad("--batch and --gdb exclude each other");
    if (!o->batch && (o->max_cycles || o->timeout > 0))
        return bad("--max-cycles and --timeout need --batch");
    if (!o->batch)
        o->gdb = true;
    if (o->speed < 0)
        o->speed = o->batch || o->replay ? 0 : 1;
    return true;
}

enum options_result options_parse(struct options *o, int argc, char **argv)
{
    int key;

    *o = (struct options){
        .gdb_host = "127.0.0.1", .gdb_port = 3333, .seed = 1, .speed = -1,
        .translator = true,
        .hse_hz = 8000000, .lse_hz = 32768,
        .history_memory = (size_t)256 << 20,
    };
    optind = 1;
    while ((key = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        if (key == KEY_HELP) {
            fputs(help_text, stdout);
            return OPTIONS_DONE;
        }
        if (key == KEY_VERSION) {
            puts("backstep " PACKAGE_VERSION);
            return OPTIONS_DONE;
        }
        if (key == KEY_LIST_CHIPS) {
            list_chips();
            return OPTIONS_DONE;
        }
        if (!apply(o, key, optarg))
            return OPTIONS_BAD;
    }
    return consistent(o, argc, argv) ? OPTIONS_RUN : OPTIONS_BAD;
}
