/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Work led by tables: a CRC by table, a substitution, an automaton, and a byte code whose dispatch is a jump table.
 */
#include "program.h"

#define ROUNDS 80000

static uint32_t crc_table[256];
static uint8_t substitute[256], data[256];

static void build_tables(void)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t crc = i;
        for (unsigned bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
        crc_table[i] = crc;
        substitute[i] = (uint8_t)(i * 167 + 13);
        data[i] = (uint8_t)(i * i);
    }
}

static NOINLINE uint32_t crc32(const uint8_t *p, unsigned count)
{
    uint32_t crc = ~0u;

    while (count--)
        crc = crc_table[(crc ^ *p++) & 255] ^ crc >> 8;
    return ~crc;
}

static NOINLINE void substitute_all(uint8_t *p, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        p[i] = substitute[p[i] ^ (uint8_t)i];
}

/* Divisibility by five of a stream of bits: five states, two ways out of each. */
static const uint8_t modulo_five[5][2] = {{0, 1}, {2, 3}, {4, 0}, {1, 2}, {3, 4}};

static NOINLINE uint32_t automaton(const uint8_t *p, unsigned count)
{
    unsigned state = 0, visits = 0;

    while (count--)
        for (unsigned bits = *p++, left = 8; left--; bits <<= 1) {
            state = modulo_five[state][bits >> 7 & 1];
            visits += state == 0;
        }
    return visits;
}

/* ---- a byte code: sums 1..n*n the slow way ---- */

enum { PUSH, ADD, LOAD, STORE, DECREMENT, MULTIPLY, JUMP_IF_LEFT, SWAP, STOP };

static const uint8_t code[] = {
    PUSH, 0, STORE, 1,
    LOAD, 0, LOAD, 0, MULTIPLY, LOAD, 1, SWAP, ADD, STORE, 1,
    DECREMENT, 0, JUMP_IF_LEFT, 0, 4,
    STOP,
};

static NOINLINE int32_t interpret(int32_t n)
{
    int32_t variables[2] = {n, 0}, stack[8], *top = stack, swap;

    for (const uint8_t *pc = code;;)
        switch (*pc++) {
        case PUSH:
            *top++ = *pc++;
            break;
        case ADD:
            top--;
            top[-1] += top[0];
            break;
        case LOAD:
            *top++ = variables[*pc++];
            break;
        case STORE:
            variables[*pc++] = *--top;
            break;
        case DECREMENT:
            variables[*pc++]--;
            break;
        case MULTIPLY:
            top--;
            top[-1] *= top[0];
            break;
        case JUMP_IF_LEFT:
            pc = variables[pc[0]] > 0 ? code + pc[1] : pc + 2;
            break;
        case SWAP:
            swap = top[-1];
            top[-1] = top[-2];
            top[-2] = swap;
            break;
        case STOP:
            return variables[1];
        }
}

int main(void)
{
    uint32_t sum = 0;

    build_tables();
    for (unsigned round = 0; round < ROUNDS; round++) {
        substitute_all(data, sizeof data);
        sum = sum * 31 + crc32(data, sizeof data);
        sum += automaton(data, 64);
        sum += (uint32_t)interpret(20 + (int32_t)(round & 31));
    }
    return sum != 4177646983;
}
