/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Vectors, handlers and the head of a storm's program. See stage.h. */
#include "tests/diff/stage.h"

#include <string.h>

#define SCB_ICSR  0xE000ED04u
#define NVIC_STIR 0xE000EF00u

enum { IRQ0 = 16, SVCALL = 11, PENDSV = 14, LITERAL = STAGE_SLOT - 4, HALFWORDS = 14, HEAD_TABLE = 0x40 };

static void put_word(uint8_t *code, uint32_t address, uint32_t word)
{
    for (unsigned n = 0; n < 4; n++)
        code[address - DIFF_CODE + n] = (uint8_t)(word >> 8 * n);
}

static void put_code(uint8_t *code, uint32_t address, const uint16_t *halfwords, unsigned count)
{
    for (unsigned n = 0; n < count; n++) {
        code[address - DIFF_CODE + 2 * n] = (uint8_t)halfwords[n];
        code[address - DIFF_CODE + 2 * n + 1] = (uint8_t)(halfwords[n] >> 8);
    }
}

/* ---- handlers: each finds its literal at the end of its slot ---- */

struct handler {
    uint32_t literal;
    uint16_t code[HALFWORDS];
};

/* Back to the head from wherever the fault was. */
static const struct handler fault = {STAGE_HEAD, {
    0xF01E, 0x0F04, /* tst lr, #4 */
    0xBF0C,         /* ite eq */
    0xF3EF, 0x8008, /* mrseq r0, MSP */
    0xF3EF, 0x8009, /* mrsne r0, PSP */
    0x490B,         /* ldr r1, =STAGE_HEAD */
    0x6181,         /* str r1, [r0, #24] */
    0xF04F, 0x7180, /* mov r1, #1 << 24 */
    0x61C1,         /* str r1, [r0, #28] */
    0x4770,         /* bx lr */
}};

static const struct handler handlers[] = {
    {STAGE_COUNTERS, {          /* counts */
        0x480E,         /* ldr r0, =STAGE_COUNTERS */
        0xF3EF, 0x8105, /* mrs r1, IPSR */
        0xF850, 0x2021, /* ldr r2, [r0, r1, lsl #2] */
        0x3201,         /* adds r2, #1 */
        0xF840, 0x2021, /* str r2, [r0, r1, lsl #2] */
        0x4770,         /* bx lr */
    }},
    {SCB_ICSR, {                /* chains to PendSV */
        0x480E,         /* ldr r0, =SCB_ICSR */
        0xF04F, 0x5180, /* mov r1, #1 << 28 */
        0x6001,         /* str r1, [r0] */
        0x4770,         /* bx lr */
    }},
    {STAGE_COUNTERS + 0x800, {  /* pushes and pops */
        0xB5F0,         /* push {r4-r7, lr} */
        0x4C0E,         /* ldr r4, =STAGE_COUNTERS + 0x800 */
        0xCC0F,         /* ldmia r4!, {r0-r3} */
        0xFB00, 0x2501, /* mla r5, r0, r1, r2 */
        0xE924, 0x0027, /* stmdb r4!, {r0, r1, r2, r5} */
        0xBDF0,         /* pop {r4-r7, pc} */
    }},
    {0, {                       /* uses the FPU; where there is none, a fault */
        0xEEB7, 0x0A00, /* vmov.f32 s0, #1.0 */
        0xEE00, 0x0A90, /* vmov s1, r0 */
        0xEE00, 0x1A20, /* vmla.f32 s2, s0, s1 */
        0x4770,         /* bx lr */
    }},
    {NVIC_STIR, {               /* pends IRQ 0 */
        0x480E,         /* ldr r0, =NVIC_STIR */
        0x2100,         /* movs r1, #0 */
        0x6001,         /* str r1, [r0] */
        0x4770,         /* bx lr */
    }},
    {STAGE_COUNTERS, {          /* counts with interrupts masked */
        0xB672,         /* cpsid i */
        0x4B0E,         /* ldr r3, =STAGE_COUNTERS */
        0x681A,         /* ldr r2, [r3] */
        0x3201,         /* adds r2, #1 */
        0x601A,         /* str r2, [r3] */
        0xB662,         /* cpsie i */
        0x4770,         /* bx lr */
    }},
};

enum { COUNTS = 0, KINDS = sizeof handlers / sizeof handlers[0] };

static void put_handler(uint8_t *code, unsigned exception, const struct handler *handler)
{
    uint32_t slot = STAGE_HANDLERS + exception * STAGE_SLOT;

    put_code(code, slot, handler->code, HALFWORDS);
    put_word(code, slot + LITERAL, handler->literal);
    put_word(code, DIFF_CODE + 4 * exception, slot | 1);
}

/* Those that pend others must come to an end: PendSV and IRQ 0 just count. */
static const struct handler *choose(unsigned exception, uint64_t *random)
{
    if (exception < SVCALL || exception == SVCALL + 1)
        return &fault;
    if (exception == PENDSV || exception == IRQ0 || exception == SVCALL)
        return &handlers[COUNTS];
    return &handlers[diff_random(random) % KINDS];
}

/* ---- the head ---- */

static uint16_t between(uint64_t *random)
{
    static const uint16_t some[] = {
        0xBF00, 0xBF00, 0xBF00, 0xBF00, /* nop */
        0xDF00,                         /* svc #0 */
        0xB672, 0xB662,                 /* cpsid i, cpsie i */
        0xBF20, 0xBF40,                 /* wfe, sev */
    };

    return some[diff_random(random) % (sizeof some / sizeof some[0])];
}

static void put_head(uint8_t *code, const struct diff_case *c, uint64_t *random)
{
    const uint16_t head[] = {
        0x480F,         /* ldr r0, =table */
        0xF8D0, 0xD034, /* ldr sp, [r0, #52] */
        0xF8D0, 0xE038, /* ldr lr, [r0, #56] */
        between(random), between(random), 0xB662,
        0xE890, 0x1FFF, /* ldmia r0, {r0-r12} */
        0xF8DF, 0xF068, /* ldr pc, =program */
    };
    uint32_t table = STAGE_HEAD + HEAD_TABLE;

    put_code(code, STAGE_HEAD, head, sizeof head / sizeof head[0]);
    put_word(code, table, table + 4);
    put_word(code, table + 4 + 4 * 15, c->start.r[15] | 1);
    for (unsigned n = 0; n < 15; n++)
        put_word(code, table + 4 + 4 * n, c->start.r[n]);
}

/* movw r0, #low; movt r0, #high; bx r0 */
static void put_way_back(struct diff_case *c)
{
    const uint16_t back[] = {
        0xF240 | (STAGE_HEAD >> 12 & 15) | (STAGE_HEAD >> 11 & 1) << 10,
        (STAGE_HEAD >> 8 & 7) << 12 | ((STAGE_HEAD | 1) & 0xFF),
        0xF2C0 | STAGE_HEAD >> 28 | (STAGE_HEAD >> 27 & 1) << 10,
        (STAGE_HEAD >> 24 & 7) << 12 | (STAGE_HEAD >> 16 & 0xFF),
        0x4700,
    };

    for (unsigned n = 0; n < sizeof back / sizeof back[0]; n++) {
        c->program[c->size++] = (uint8_t)back[n];
        c->program[c->size++] = (uint8_t)(back[n] >> 8);
    }
}

void stage_set(uint8_t *code, struct diff_case *c, uint64_t *random)
{
    put_word(code, DIFF_CODE, c->start.r[13]);
    for (unsigned exception = 2; exception < STAGE_EXCEPTIONS; exception++)
        put_handler(code, exception, choose(exception, random));
    put_word(code, DIFF_CODE + 4, STAGE_HEAD | 1);
    put_head(code, c, random);
    put_way_back(c);
}
