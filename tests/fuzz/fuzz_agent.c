/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzes agent bytecode: what the check accepts must run to an end without touching anything but its
 * stack. The first byte of the input says whether the rest is a condition or a command.
 */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "gdbstub/agent.h"

enum { REGISTERS = 17, LONGEST = 4096 };

static bool read_register(void *context, unsigned reg, uint64_t *value)
{
    (void)context;
    if (reg >= REGISTERS)
        abort();
    *value = 0x20000000 + reg;
    return reg != 16;
}

/* The lower half of the address space holds its own addresses' low bytes; strings end now and then. */
static bool read_memory(void *context, uint32_t address, void *bytes, uint32_t size)
{
    uint8_t *to = bytes;
    (void)context;
    if (address >= 0x80000000)
        return false;
    for (uint32_t i = 0; i < size; i++)
        to[i] = (uint8_t)(address + i);
    return true;
}

static void print(void *context, const char *text, size_t size)
{
    size_t *printed = context;
    if (size == 0)
        abort();
    for (size_t i = 0; i < size; i++)
        *printed += (unsigned char)text[i] != 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    size_t printed = 0;
    uint64_t value;
    const char *why = NULL;
    const struct agent_machine machine = {&printed, read_register, read_memory, print};
    if (size == 0 || size > LONGEST)
        return 0;
    enum agent_use use = bytes[0] & 1 ? AGENT_COMMAND : AGENT_CONDITION;
    struct agent_program *program = agent_compile(bytes + 1, size - 1, use, REGISTERS, &why);
    if (program == NULL) {
        if (why == NULL || why[0] == '\0')
            abort();
        return 0;
    }
    agent_run(program, &machine, &value);
    if (use == AGENT_CONDITION && printed != 0)
        abort();
    free(program);
    return 0;
}

/* ---- seeds: every opcode ---- */

#define SEED(...) {(const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})}

const uint64_t fuzz_runs = 20000;

const struct fuzz_seed fuzz_seeds[] = {
    SEED(0, 0x22, 7, 0x23, 0, 3, 0x02, 0x24, 0, 0, 0, 9, 0x03, 0x25, 0, 0, 0, 0, 0, 0, 0, 2, 0x04, 0x27),
    SEED(0, 0x22, 7, 0x22, 3, 0x05, 0x22, 3, 0x06, 0x22, 5, 0x07, 0x22, 5, 0x08, 0x27),
    SEED(0, 0x22, 7, 0x22, 3, 0x09, 0x22, 1, 0x0a, 0x22, 1, 0x0b, 0x27),
    SEED(0, 0x22, 7, 0x0e, 0x22, 3, 0x0f, 0x22, 1, 0x10, 0x22, 1, 0x11, 0x12, 0x27),
    SEED(0, 0x22, 7, 0x22, 3, 0x13, 0x22, 1, 0x14, 0x22, 1, 0x15, 0x16, 8, 0x2a, 8, 0x27),
    SEED(0, 0x26, 0, 1, 0x28, 0x17, 0x29, 0x28, 0x18, 0x29, 0x28, 0x19, 0x29, 0x1a, 0x27),
    SEED(0, 0x26, 0, 13, 0x26, 0, 16, 0x27),
    SEED(0, 0x22, 1, 0x22, 2, 0x22, 3, 0x33, 0x2b, 0x32, 2, 0x29, 0x27),
    SEED(0, 0x22, 5, 0x28, 0x20, 0, 7, 0x27, 0x22, 1, 0x03, 0x21, 0, 2),
    SEED(0, 0x21, 0, 0),
    SEED(1, 0x22, 7, 0x22, 0, 0x22, 0, 0x34, 1, 0, 7, 'x', '=', '%', '0', '9', 'd', 0, 0x27),
    SEED(1, 0x22, 65, 0x22, 0, 0x22, 0, 0x34, 1, 0, 7, '%', '-', '9', '.', '3', 's', 0, 0x27),
    SEED(1, 0x22, 65, 0x22, 66, 0x28, 0x28, 0x22, 0, 0x22, 0, 0x34, 4, 0, 19, '%', '#', 'l', 'l', 'o', '%', '+',
         'h', 'h', 'd', '\\', 'n', '\\', '1', '2', '%', 'c', '%', 'p', 0, 0x27),
    {NULL, 0},
};
