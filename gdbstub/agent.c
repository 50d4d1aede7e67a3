/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The evaluation of agent bytecode. A condition at a busy breakpoint is evaluated a million times a
 * second, so this is one loop over a program that agent_compile found to be sound.
 */
#include "gdbstub/agent.h"

#include <string.h>

/* A run under way. */
struct run {
    const struct agent_machine *machine;
    uint64_t stack[AGENT_STACK];
    uint64_t *top; /* one past the topmost value */
};

const char *agent_end_text(enum agent_end end)
{
    switch (end) {
    case AGENT_DONE:
        return "done";
    case AGENT_DIVIDED_BY_ZERO:
        return "division by zero";
    case AGENT_NO_MEMORY:
        return "memory that cannot be read";
    case AGENT_NO_REGISTER:
        return "a register that cannot be read";
    case AGENT_OUT_OF_STEPS:
        return "an endless loop";
    }
    return "";
}

/* The smallest number divided by -1 does not fit; it wraps to itself, as two's complement would. */
static uint64_t divide_signed(uint64_t a, uint64_t b)
{
    return b == UINT64_MAX ? 0 - a : (uint64_t)((int64_t)a / (int64_t)b);
}

static uint64_t remainder_signed(uint64_t a, uint64_t b)
{
    return b == UINT64_MAX ? 0 : (uint64_t)((int64_t)a % (int64_t)b);
}

static uint64_t shift_left(uint64_t a, uint64_t by)
{
    return by < 64 ? a << by : 0;
}

static uint64_t shift_right(uint64_t a, uint64_t by)
{
    return by < 64 ? a >> by : 0;
}

static uint64_t shift_right_signed(uint64_t a, uint64_t by)
{
    unsigned count = by < 63 ? (unsigned)by : 63;
    uint64_t sign = a >> 63 != 0 && count > 0 ? ~(UINT64_MAX >> count) : 0;
    return a >> count | sign;
}

static uint64_t extend(uint64_t a, unsigned bits)
{
    if (bits == 0 || bits >= 64)
        return a;
    uint64_t sign = (uint64_t)1 << (bits - 1);
    a &= (sign << 1) - 1;
    return (a ^ sign) - sign;
}

static uint64_t zero_extend(uint64_t a, unsigned bits)
{
    return bits < 64 ? a & (((uint64_t)1 << bits) - 1) : a;
}

static bool fetch(struct run *run, unsigned size)
{
    uint8_t bytes[8];
    if (!run->machine->read_memory(run->machine->context, (uint32_t)run->top[-1], bytes, size))
        return false;
    uint64_t value = 0;
    for (unsigned i = 0; i < size; i++)
        value |= (uint64_t)bytes[i] << 8 * i;
    run->top[-1] = value;
    return true;
}

/* The two operands of a binary operation are top[-2] and top[-1]; its result takes their place.
 * Returns false if there is none: a divisor is zero. */
static bool binary(struct run *run, enum agent_opcode op)
{
    uint64_t b = *--run->top;
    uint64_t a = run->top[-1];
    uint64_t *result = &run->top[-1];
    switch (op) {
    case AGENT_OP_ADD:
        *result = a + b;
        return true;
    case AGENT_OP_SUB:
        *result = a - b;
        return true;
    case AGENT_OP_MUL:
        *result = a * b;
        return true;
    case AGENT_OP_DIV_SIGNED:
        *result = b == 0 ? 0 : divide_signed(a, b);
        return b != 0;
    case AGENT_OP_DIV_UNSIGNED:
        *result = b == 0 ? 0 : a / b;
        return b != 0;
    case AGENT_OP_REM_SIGNED:
        *result = b == 0 ? 0 : remainder_signed(a, b);
        return b != 0;
    case AGENT_OP_REM_UNSIGNED:
        *result = b == 0 ? 0 : a % b;
        return b != 0;
    case AGENT_OP_LSH:
        *result = shift_left(a, b);
        return true;
    case AGENT_OP_RSH_SIGNED:
        *result = shift_right_signed(a, b);
        return true;
    case AGENT_OP_RSH_UNSIGNED:
        *result = shift_right(a, b);
        return true;
    case AGENT_OP_BIT_AND:
        *result = a & b;
        return true;
    case AGENT_OP_BIT_OR:
        *result = a | b;
        return true;
    case AGENT_OP_BIT_XOR:
        *result = a ^ b;
        return true;
    case AGENT_OP_EQUAL:
        *result = a == b;
        return true;
    case AGENT_OP_LESS_SIGNED:
        *result = (int64_t)a < (int64_t)b;
        return true;
    case AGENT_OP_LESS_UNSIGNED:
        *result = a < b;
        return true;
    default:
        return false;
    }
}

static void swap(uint64_t *a, uint64_t *b)
{
    uint64_t kept = *a;
    *a = *b;
    *b = kept;
}

/* a b c becomes c a b (the top one goes to the bottom of the three). */
static void rotate(uint64_t *top)
{
    uint64_t c = top[-1];
    top[-1] = top[-2];
    top[-2] = top[-3];
    top[-3] = c;
}

/* Pops function, channel and arguments; `at` are the operands. The function and the channel are for
 * agents that can call the program's own printf, which this one cannot. */
static enum agent_end print(struct run *run, const uint8_t *at)
{
    uint64_t arguments[AGENT_STACK];
    unsigned count = at[0];
    run->top -= 2;
    for (unsigned i = 0; i < count; i++)
        arguments[i] = *--run->top;
    return agent_print(run->machine, (const char *)at + AGENT_PRINTF_HEAD, arguments);
}

enum agent_end agent_run(const struct agent_program *program, const struct agent_machine *machine,
                         uint64_t *value)
{
    struct run run = {.machine = machine, .top = run.stack};
    const uint8_t *at = program->code;
    enum agent_end end;
    *value = 0;
    for (unsigned steps = 0; steps < AGENT_STEPS; steps++) {
        enum agent_opcode op = *at++;
        switch (op) {
        case AGENT_OP_END:
            if (run.top > run.stack)
                *value = run.top[-1];
            return AGENT_DONE;
        case AGENT_OP_CONST8:
            *run.top++ = *at++;
            break;
        case AGENT_OP_CONST16:
            *run.top++ = agent_operand(at, 2);
            at += 2;
            break;
        case AGENT_OP_CONST32:
            *run.top++ = agent_operand(at, 4);
            at += 4;
            break;
        case AGENT_OP_CONST64:
            *run.top++ = agent_operand(at, 8);
            at += 8;
            break;
        case AGENT_OP_REG:
            if (!machine->read_register(machine->context, (unsigned)agent_operand(at, 2),
                                        run.top++))
                return AGENT_NO_REGISTER;
            at += 2;
            break;
        case AGENT_OP_REF8:
        case AGENT_OP_REF16:
        case AGENT_OP_REF32:
        case AGENT_OP_REF64:
            if (!fetch(&run, 1U << (op - AGENT_OP_REF8)))
                return AGENT_NO_MEMORY;
            break;
        case AGENT_OP_EXT:
            run.top[-1] = extend(run.top[-1], *at++);
            break;
        case AGENT_OP_ZERO_EXT:
            run.top[-1] = zero_extend(run.top[-1], *at++);
            break;
        case AGENT_OP_LOG_NOT:
            run.top[-1] = run.top[-1] == 0;
            break;
        case AGENT_OP_BIT_NOT:
            run.top[-1] = ~run.top[-1];
            break;
        case AGENT_OP_IF_GOTO:
            at = *--run.top != 0 ? program->code + agent_operand(at, 2) : at + 2;
            break;
        case AGENT_OP_GOTO:
            at = program->code + agent_operand(at, 2);
            break;
        case AGENT_OP_DUP:
            run.top[0] = run.top[-1];
            run.top++;
            break;
        case AGENT_OP_POP:
            run.top--;
            break;
        case AGENT_OP_SWAP:
            swap(&run.top[-1], &run.top[-2]);
            break;
        case AGENT_OP_PICK:
            run.top[0] = run.top[-1 - *at++];
            run.top++;
            break;
        case AGENT_OP_ROT:
            rotate(run.top);
            break;
        case AGENT_OP_PRINTF:
            end = print(&run, at);
            if (end != AGENT_DONE)
                return end;
            at += AGENT_PRINTF_HEAD + agent_operand(at + 1, 2);
            break;
        default:
            if (!binary(&run, op))
                return AGENT_DIVIDED_BY_ZERO;
        }
    }
    return AGENT_OUT_OF_STEPS;
}
