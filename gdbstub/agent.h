/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Agent expressions: the bytecode in which gdb sends the conditions and commands of breakpoints (gdb
 * manual, appendix "Agent Expressions"). A program is checked as a whole before it is accepted, so that
 * running it needs no check of opcodes, operands, jumps or stack heights.
 *
 * Refused when checked: floating point, which the manual leaves undefined; the trace opcodes and trace
 * state variables (trace*, tracenz, getv, setv, tracev), which belong to tracepoints, and whose state
 * would make a condition depend on how often a scan of the past evaluates it.
 */
#ifndef GDBSTUB_AGENT_H
#define GDBSTUB_AGENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    AGENT_STACK = 100,          /* values on the stack at most */
    AGENT_STEPS = 100000,       /* opcodes that one run may take: jumps may go backwards */
    AGENT_FIELD = 200,          /* widest field of a printf conversion */
    AGENT_STRING = 4096         /* longest string that %s fetches from the target; the rest is cut */
};

/* What a program sees of the machine it is about. Addresses wrap to 32 bits. */
struct agent_machine {
    void *context;
    bool (*read_register)(void *context, unsigned reg, uint64_t *value);
    /* All `size` bytes or false. */
    bool (*read_memory)(void *context, uint32_t address, void *bytes, uint32_t size);
    void (*print)(void *context, const char *text, size_t size);
};

enum agent_use {
    AGENT_CONDITION,            /* leaves a value, prints nothing */
    AGENT_COMMAND               /* prints; what it leaves is of no interest */
};

struct agent_program {
    struct agent_program *next; /* the list is its owner's */
    size_t size;
    uint8_t code[];
};

/* Checks `size` bytes of code for a machine with `registers` registers and returns a program that the
 * caller frees with free(); NULL with a constant text in *why if it could not always be evaluated or
 * memory is short. */
struct agent_program *agent_compile(const uint8_t *code, size_t size, enum agent_use use,
                                    unsigned registers, const char **why);

enum agent_end {
    AGENT_DONE,
    AGENT_DIVIDED_BY_ZERO,
    AGENT_NO_MEMORY,            /* a memory reference that nothing answers */
    AGENT_NO_REGISTER,          /* a register that cannot be read */
    AGENT_OUT_OF_STEPS
};

/* Runs a program; *value is the top of its stack at the end (0 if that is empty). */
enum agent_end agent_run(const struct agent_program *program, const struct agent_machine *machine,
                         uint64_t *value);

/* "division by zero", ... */
const char *agent_end_text(enum agent_end end);

/* ---- between the files of the agent ---- */

enum agent_opcode {
    AGENT_OP_ADD = 0x02,
    AGENT_OP_SUB,
    AGENT_OP_MUL,
    AGENT_OP_DIV_SIGNED,
    AGENT_OP_DIV_UNSIGNED,
    AGENT_OP_REM_SIGNED,
    AGENT_OP_REM_UNSIGNED,
    AGENT_OP_LSH,
    AGENT_OP_RSH_SIGNED,
    AGENT_OP_RSH_UNSIGNED,
    AGENT_OP_LOG_NOT = 0x0e,
    AGENT_OP_BIT_AND,
    AGENT_OP_BIT_OR,
    AGENT_OP_BIT_XOR,
    AGENT_OP_BIT_NOT,
    AGENT_OP_EQUAL,
    AGENT_OP_LESS_SIGNED,
    AGENT_OP_LESS_UNSIGNED,
    AGENT_OP_EXT,
    AGENT_OP_REF8,
    AGENT_OP_REF16,
    AGENT_OP_REF32,
    AGENT_OP_REF64,
    AGENT_OP_IF_GOTO = 0x20,
    AGENT_OP_GOTO,
    AGENT_OP_CONST8,
    AGENT_OP_CONST16,
    AGENT_OP_CONST32,
    AGENT_OP_CONST64,
    AGENT_OP_REG,
    AGENT_OP_END,
    AGENT_OP_DUP,
    AGENT_OP_POP,
    AGENT_OP_ZERO_EXT,
    AGENT_OP_SWAP,
    AGENT_OP_PICK = 0x32,
    AGENT_OP_ROT,
    AGENT_OP_PRINTF
};

/* An operand in the code: most significant byte first. */
static inline uint64_t agent_operand(const uint8_t *at, unsigned bytes)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < bytes; i++)
        value = value << 8 | at[i];
    return value;
}

/* Operands of printf: number of arguments (1 byte), length of the format with its NUL (2 bytes), format. */
enum { AGENT_PRINTF_HEAD = 3 };

/* Whether `format` (ended by NUL) is one that agent_print can print with `count` arguments; else NULL
 * becomes the reason. */
const char *agent_format_check(const char *format, unsigned count);

/* Prints a checked format. Fails with AGENT_NO_MEMORY at a string that cannot be read at all; what came
 * before it is printed. */
enum agent_end agent_print(const struct agent_machine *machine, const char *format,
                           const uint64_t *arguments);

#endif
