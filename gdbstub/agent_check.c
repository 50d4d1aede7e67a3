/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The check of agent bytecode: follows every path from the first opcode with the height of the
 * stack. Each opcode must always be reached with the same height (gdb's compiler keeps to that),
 * every jump must stay inside, and every path must reach `end`.
 */
#include <stdlib.h>
#include <string.h>

#include "gdbstub/agent.h"

enum refusal { ACCEPTED, UNKNOWN, FLOATING, TRACING };

struct opcode {
    uint8_t operand;      /* bytes after the opcode */
    uint8_t pops, pushes; /* pick and printf take more, see check_opcode */
    uint8_t accepted;     /* enum refusal */
};

/* clang-format off */
static const struct opcode opcodes[] = {
    [0x00] = { 0, 0, 0, UNKNOWN },
    [0x01] = { 0, 0, 0, FLOATING },             /* float: prefix */
    [AGENT_OP_ADD] = { 0, 2, 1, ACCEPTED },
    [AGENT_OP_SUB] = { 0, 2, 1, ACCEPTED },
    [AGENT_OP_MUL] = { 0, 2, 1, ACCEPTED },
    [AGENT_OP_DIV_SIGNED] = { 0, 2, 1, ACCEPTED },
    [AGENT_OP_DIV_UNSIGNED] = { 0, 2, 1, ACCEPTED },
    [AGENT_OP_REM_SIGNED] = { 0, 2, 1, ACCEPTED },
    [AGENT_OP_REM_UNSIGNED] = { 0, 2, 1, ACCEPTED },
    [AGENT_OP_LSH] = { 0, 2, 1, ACCEPTED },
    [AGENT_OP_RSH_SIGNED] = { 0, 2, 1, ACCEPTED },
    [AGENT_OP_RSH_UNSIGNED] = { 0, 2, 1, ACCEPTED },
    [0x0c] = { 0, 2, 0, TRACING },              /* trace */
    [0x0d] = { 1, 1, 1, TRACING },              /* trace_quick */
    [AGENT_OP_LOG_NOT] = { 0, 1, 1, ACCEPTED },
    [AGENT_OP_BIT_AND] = { 0, 2, 1, ACCEPTED },
    [AGENT_OP_BIT_OR] = { 0, 2, 1, ACCEPTED },
    [AGENT_OP_BIT_XOR] = { 0, 2, 1, ACCEPTED },
    [AGENT_OP_BIT_NOT] = { 0, 1, 1, ACCEPTED },
    [AGENT_OP_EQUAL] = { 0, 2, 1, ACCEPTED },
    [AGENT_OP_LESS_SIGNED] = { 0, 2, 1, ACCEPTED },
    [AGENT_OP_LESS_UNSIGNED] = { 0, 2, 1, ACCEPTED },
    [AGENT_OP_EXT] = { 1, 1, 1, ACCEPTED },
    [AGENT_OP_REF8] = { 0, 1, 1, ACCEPTED },
    [AGENT_OP_REF16] = { 0, 1, 1, ACCEPTED },
    [AGENT_OP_REF32] = { 0, 1, 1, ACCEPTED },
    [AGENT_OP_REF64] = { 0, 1, 1, ACCEPTED },
    [0x1b] = { 0, 1, 1, FLOATING },             /* ref_float */
    [0x1c] = { 0, 1, 1, FLOATING },             /* ref_double */
    [0x1d] = { 0, 1, 1, FLOATING },             /* ref_long_double */
    [0x1e] = { 0, 1, 1, FLOATING },             /* l_to_d */
    [0x1f] = { 0, 1, 1, FLOATING },             /* d_to_l */
    [AGENT_OP_IF_GOTO] = { 2, 1, 0, ACCEPTED },
    [AGENT_OP_GOTO] = { 2, 0, 0, ACCEPTED },
    [AGENT_OP_CONST8] = { 1, 0, 1, ACCEPTED },
    [AGENT_OP_CONST16] = { 2, 0, 1, ACCEPTED },
    [AGENT_OP_CONST32] = { 4, 0, 1, ACCEPTED },
    [AGENT_OP_CONST64] = { 8, 0, 1, ACCEPTED },
    [AGENT_OP_REG] = { 2, 0, 1, ACCEPTED },
    [AGENT_OP_END] = { 0, 0, 0, ACCEPTED },
    [AGENT_OP_DUP] = { 0, 1, 2, ACCEPTED },
    [AGENT_OP_POP] = { 0, 1, 0, ACCEPTED },
    [AGENT_OP_ZERO_EXT] = { 1, 1, 1, ACCEPTED },
    [AGENT_OP_SWAP] = { 0, 2, 2, ACCEPTED },
    [0x2c] = { 2, 0, 1, TRACING },              /* getv */
    [0x2d] = { 2, 1, 1, TRACING },              /* setv */
    [0x2e] = { 2, 0, 1, TRACING },              /* tracev */
    [0x2f] = { 0, 2, 0, TRACING },              /* tracenz */
    [0x30] = { 2, 1, 1, TRACING },              /* trace16 */
    [0x31] = { 0, 0, 0, UNKNOWN },
    [AGENT_OP_PICK] = { 1, 0, 1, ACCEPTED },
    [AGENT_OP_ROT] = { 0, 3, 3, ACCEPTED },
    [AGENT_OP_PRINTF] = { AGENT_PRINTF_HEAD, 2, 0, ACCEPTED },
};
/* clang-format on */

enum { NOT_REACHED = -1 };

struct check {
    const uint8_t *code;
    size_t size;
    enum agent_use use;
    unsigned registers;
    const char *why;   /* set at the first mistake */
    int8_t *height;    /* per byte of code, before the opcode there; NOT_REACHED */
    uint16_t *pending; /* opcodes that were reached and are still to be followed */
    size_t pending_count;
};

static bool refuse(struct check *c, const char *why)
{
    c->why = why;
    return false;
}

/* The opcode at `at` can be reached with `height` values on the stack. */
static bool reach(struct check *c, size_t at, int height)
{
    if (at >= c->size)
        return refuse(c, "agent expression: runs past its end");
    if (c->height[at] == height)
        return true;
    if (c->height[at] != NOT_REACHED)
        return refuse(c, "agent expression: stack height depends on the path taken");
    c->height[at] = (int8_t)height;
    c->pending[c->pending_count++] = (uint16_t)at;
    return true;
}

static bool check_known(struct check *c, uint8_t code)
{
    if (code >= sizeof opcodes / sizeof *opcodes)
        return refuse(c, "agent expression: unknown opcode");
    switch ((enum refusal)opcodes[code].accepted) {
    case ACCEPTED:
        return true;
    case FLOATING:
        return refuse(c, "agent expression: floating point cannot be evaluated");
    case TRACING:
        return refuse(c, "agent expression: there are no tracepoints or trace variables here");
    case UNKNOWN:
        break;
    }
    return refuse(c, "agent expression: unknown opcode");
}

/* printf's format and its number of arguments; *length becomes the length of all its operands. */
static bool check_printf(struct check *c, size_t at, size_t *length)
{
    size_t size = (size_t)agent_operand(c->code + at + 2, 2);
    const char *format = (const char *)c->code + at + 1 + AGENT_PRINTF_HEAD;
    if (c->use == AGENT_CONDITION)
        return refuse(c, "agent expression: a condition cannot print");
    if (size == 0 || size > c->size - (at + 1 + AGENT_PRINTF_HEAD))
        return refuse(c, "agent expression: printf format is cut off");
    if (memchr(format, '\0', size) != format + size - 1)
        return refuse(c, "agent expression: printf format is not one string");
    const char *why = agent_format_check(format, c->code[at + 1]);
    if (why != NULL)
        return refuse(c, why);
    *length = AGENT_PRINTF_HEAD + size;
    return true;
}

/* Follows the opcode at `at` to those that can come after it. */
static bool check_opcode(struct check *c, size_t at)
{
    uint8_t code = c->code[at];
    if (!check_known(c, code))
        return false;
    const struct opcode *op = &opcodes[code];
    size_t length = op->operand;
    if (length > c->size - at - 1)
        return refuse(c, "agent expression: operand is cut off");
    uint64_t operand = agent_operand(c->code + at + 1, op->operand);
    int needs = op->pops;
    int pops = op->pops;
    if (code == AGENT_OP_PICK) {
        needs = (int)operand + 1;
    } else if (code == AGENT_OP_PRINTF) {
        if (!check_printf(c, at, &length))
            return false;
        needs = pops = op->pops + c->code[at + 1];
    } else if (code == AGENT_OP_REG && operand >= c->registers) {
        return refuse(c, "agent expression: no such register");
    } else if (code == AGENT_OP_END) {
        needs = c->use == AGENT_CONDITION ? 1 : 0;
    }
    int height = c->height[at];
    if (height < needs)
        return refuse(c, "agent expression: stack underflow");
    height += op->pushes - pops;
    if (height > AGENT_STACK)
        return refuse(c, "agent expression: stack overflow");
    if (code == AGENT_OP_END)
        return true;
    if ((code == AGENT_OP_GOTO || code == AGENT_OP_IF_GOTO) && !reach(c, (size_t)operand, height))
        return false;
    return code == AGENT_OP_GOTO || reach(c, at + 1 + length, height);
}

static bool check_all(struct check *c)
{
    if (!reach(c, 0, 0))
        return false;
    while (c->pending_count > 0)
        if (!check_opcode(c, c->pending[--c->pending_count]))
            return false;
    return true;
}

struct agent_program *agent_compile(const uint8_t *code, size_t size, enum agent_use use,
                                    unsigned registers, const char **why)
{
    struct check c = {.code = code, .size = size, .use = use, .registers = registers};
    struct agent_program *program = NULL;
    *why = "agent expression: longer than its jumps can reach";
    if (size > UINT16_MAX)
        return NULL;
    /* One byte more than needed: an empty expression is a mistake that the check finds. */
    c.height = malloc(size + 1);
    c.pending = malloc((size + 1) * sizeof *c.pending);
    *why = "out of memory";
    if (c.height != NULL && c.pending != NULL) {
        memset(c.height, NOT_REACHED, size + 1);
        if (!check_all(&c))
            *why = c.why;
        else if ((program = malloc(sizeof *program + size)) != NULL)
            *program = (struct agent_program){.size = size};
    }
    if (program != NULL && size > 0)
        memcpy(program->code, code, size);
    free(c.height);
    free(c.pending);
    return program;
}
