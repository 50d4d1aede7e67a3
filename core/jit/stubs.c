/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The code that every translation shares: entry from C, the way back, and the call of the slow path.
 * Flags are bytes in cpu_state and LAHF's bits in translated code; here they change form.
 */
#include <stddef.h>

#include "core/jit/translator.h"

/* The stack frame of translated code; rsp is a multiple of 16. */
enum {
    FRAME_FP = JIT_FRAME_FP, FRAME_JIT = 8, FRAME_CODE = 16, FRAME_SITE = JIT_FRAME_SITE, FRAME_FLAGS = 36,
    FRAME_HOW = 40, FRAME_LINE = 44, FRAME_TARGET = 48, FRAME_SIZE = 56
};

/* What a call leaves on the stack between rsp and the frame, with padding for the calls that it makes. */
enum { RETURN = 8, ALIGN = 8 };

/* LAHF's bits, as they stand in eax. */
enum { EAX_Z = 14, EAX_N = 15 };

const uint8_t jit_home[16] = {
    RSI, RDI, RBP, R8, R9, R10, R11, R12, NO_REG, NO_REG, NO_REG, NO_REG, NO_REG, R13, R14, NO_REG,
};

static const enum host_reg saved[] = {RBX, RBP, R12, R13, R14, R15};

enum { SAVED = sizeof saved / sizeof saved[0] };

static struct x86_rm state(size_t offset)
{
    return rm_mem(RBX, (int32_t)offset);
}

static void emit_spill(struct x86 *b)
{
    for (unsigned r = 0; r < 16; r++)
        if (jit_home[r] != NO_REG)
            x86_store(b, state(offsetof(struct cpu_state, r) + 4 * r), (enum host_reg)jit_home[r]);
    x86_store_sized(b, 1, state(offsetof(struct cpu_state, c)), RAX);
    x86_mov(b, RDX, rm_reg(RAX));
    x86_shift_imm(b, SH_SHR, rm_reg(RAX), EAX_N);
    x86_alu_imm(b, ALU_AND, rm_reg(RAX), 1);
    x86_store_sized(b, 1, state(offsetof(struct cpu_state, n)), RAX);
    x86_shift_imm(b, SH_SHR, rm_reg(RDX), EAX_Z);
    x86_alu_imm(b, ALU_AND, rm_reg(RDX), 1);
    x86_store_sized(b, 1, state(offsetof(struct cpu_state, z)), RDX);
}

static void emit_reload(struct x86 *b)
{
    x86_extend(b, 1, false, RAX, state(offsetof(struct cpu_state, n)));
    x86_shift_imm(b, SH_SHL, rm_reg(RAX), EAX_N);
    x86_extend(b, 1, false, RDX, state(offsetof(struct cpu_state, z)));
    x86_shift_imm(b, SH_SHL, rm_reg(RDX), EAX_Z);
    x86_alu(b, ALU_OR, RAX, rm_reg(RDX));
    x86_extend(b, 1, false, RDX, state(offsetof(struct cpu_state, c)));
    x86_alu(b, ALU_OR, RAX, rm_reg(RDX));
    for (unsigned r = 0; r < 16; r++)
        if (jit_home[r] != NO_REG)
            x86_mov(b, (enum host_reg)jit_home[r], state(offsetof(struct cpu_state, r) + 4 * r));
}

/* struct jit_exit enter(state, code, budget, jit, fp) */
static void emit_enter(struct x86 *b)
{
    for (unsigned i = 0; i < SAVED; i++)
        x86_push(b, saved[i]);
    x86_alu64_imm(b, ALU_SUB, RSP, FRAME_SIZE);
    x86_store(b, rm_mem(RSP, FRAME_FP), R8);
    x86_store64(b, rm_mem(RSP, FRAME_JIT), RCX);
    x86_store64(b, rm_mem(RSP, FRAME_CODE), RSI);
    x86_alu64(b, ALU_XOR, RBX, rm_reg(RBX));
    x86_alu64(b, ALU_ADD, RBX, rm_reg(RDI));
    x86_alu64(b, ALU_XOR, R15, rm_reg(R15));
    x86_alu64(b, ALU_ADD, R15, rm_reg(RDX));
    emit_reload(b);
    x86_mov64(b, RCX, rm_mem(RSP, FRAME_CODE));
    x86_jmp_reg(b, RCX);
}

static void emit_return(struct x86 *b)
{
    x86_alu64_imm(b, ALU_ADD, RSP, FRAME_SIZE);
    for (unsigned i = SAVED; i-- > 0;)
        x86_pop(b, saved[i]);
    x86_ret(b);
}

/* Jumped to with the reason in ecx. */
static void emit_leave(struct x86 *b)
{
    emit_spill(b);
    x86_mov64(b, RAX, rm_reg(R15));
    x86_mov(b, RDX, rm_reg(RCX));
    emit_return(b);
}

/* Everything into the arena, helper(j, site, budget, fp, line) with the site in ecx and the line in edx, and
 * everything back. Its answer: rax budget, rdx whether to go on; if not, translated execution ends here. */
static void emit_look_up(struct x86 *b, uintptr_t helper)
{
    uint8_t *going_on;

    x86_store(b, rm_mem(RSP, RETURN + FRAME_LINE), RDX);
    emit_spill(b);
    x86_alu64_imm(b, ALU_SUB, RSP, ALIGN);
    x86_mov64(b, RDI, rm_mem(RSP, ALIGN + RETURN + FRAME_JIT));
    x86_mov(b, RSI, rm_reg(RCX));
    x86_mov64(b, RDX, rm_reg(R15));
    x86_mov(b, R8, rm_mem(RSP, ALIGN + RETURN + FRAME_LINE));
    x86_mov64(b, RCX, rm_reg(RSP));
    x86_alu64_imm(b, ALU_ADD, RCX, ALIGN + RETURN + FRAME_FP);
    x86_mov_imm64(b, RAX, helper);
    x86_call_reg(b, RAX);
    x86_alu64_imm(b, ALU_ADD, RSP, ALIGN);
    x86_mov64(b, R15, rm_reg(RAX));
    x86_test(b, rm_reg(RDX), RDX);
    going_on = x86_jcc(b, CC_NE);
    x86_alu64_imm(b, ALU_ADD, RSP, RETURN);
    x86_mov64(b, RAX, rm_reg(R15));
    x86_mov_imm(b, rm_reg(RDX), EXIT_DONE);
    emit_return(b);
    x86_land(b, going_on);
    emit_reload(b);
}

/* Called with the site in ecx and perhaps a line in edx. */
static void emit_slow(struct x86 *b)
{
    emit_look_up(b, (uintptr_t)jit_slow_path);
    x86_ret(b);
}

/* Called with the operation's number in ecx. */
static void emit_light(struct x86 *b)
{
    emit_spill(b);
    x86_alu64_imm(b, ALU_SUB, RSP, ALIGN);
    x86_mov64(b, RDI, rm_mem(RSP, ALIGN + RETURN + FRAME_JIT));
    x86_mov(b, RSI, rm_reg(RCX));
    x86_mov_imm64(b, RAX, (uint64_t)(uintptr_t)jit_light_path);
    x86_call_reg(b, RAX);
    x86_alu64_imm(b, ALU_ADD, RSP, ALIGN);
    emit_reload(b);
    x86_ret(b);
}

/* Guest registers whose homes a call of C may overwrite. */
static bool is_volatile(unsigned r)
{
    switch (jit_home[r]) {
    case RSI: case RDI: case R8: case R9: case R10: case R11: return true;
    default: return false;
    }
}

static void emit_call_device(struct x86 *b, uintptr_t helper)
{
    for (unsigned r = 0; r < 16; r++)
        if (is_volatile(r))
            x86_store(b, state(offsetof(struct cpu_state, r) + 4 * r), (enum host_reg)jit_home[r]);
    x86_store(b, rm_mem(RSP, RETURN + FRAME_FLAGS), RAX);
    x86_mov(b, R8, rm_reg(RDX));
    x86_mov64(b, RDI, rm_mem(RSP, RETURN + FRAME_JIT));
    x86_mov(b, RSI, rm_mem(RSP, RETURN + FRAME_SITE));
    x86_mov64(b, RDX, rm_reg(R15));
    x86_alu64_imm(b, ALU_SUB, RSP, ALIGN);
    x86_mov_imm64(b, RAX, helper);
    x86_call_reg(b, RAX);
    x86_alu64_imm(b, ALU_ADD, RSP, ALIGN);
    x86_test(b, rm_reg(RDX), RDX);
}

static void emit_after_device(struct x86 *b)
{
    for (unsigned r = 0; r < 16; r++)
        if (is_volatile(r))
            x86_mov(b, (enum host_reg)jit_home[r], state(offsetof(struct cpu_state, r) + 4 * r));
    x86_mov(b, RAX, rm_mem(RSP, RETURN + FRAME_FLAGS));
}

/* Jumps where the helper said, as if the call had not been. */
static void emit_to_target(struct x86 *b)
{
    x86_mov64(b, RCX, rm_mem(RSP, RETURN + FRAME_TARGET));
    x86_alu64_imm(b, ALU_ADD, RSP, RETURN);
    x86_jmp_reg(b, RCX);
}

/* Called with the address in ecx, a store's value in edx, and the site in the frame; returns with a load's value
 * in edx. */
static void emit_device(struct x86 *b, uintptr_t helper)
{
    uint8_t *odd, *finish;

    emit_call_device(b, helper);
    odd = x86_jcc(b, CC_NE);
    x86_mov(b, RDX, rm_reg(RAX));
    emit_after_device(b);
    x86_ret(b);
    x86_land(b, odd);
    x86_store64(b, rm_mem(RSP, RETURN + FRAME_TARGET), RAX);
    x86_store(b, rm_mem(RSP, RETURN + FRAME_HOW), RDX);
    emit_after_device(b);
    x86_alu_imm(b, ALU_CMP, rm_mem(RSP, RETURN + FRAME_HOW), DEVICE_EVENT);
    finish = x86_jcc(b, CC_E);
    emit_to_target(b);
    x86_land(b, finish);
    x86_mov(b, RCX, rm_mem(RSP, RETURN + FRAME_SITE));
    emit_look_up(b, (uintptr_t)jit_device_finish);
    emit_to_target(b);
}

void jit_emit_stubs(struct jit *j)
{
    struct x86 *b = &j->code;

    j->enter = b->p;
    emit_enter(b);
    j->leave = b->p;
    emit_leave(b);
    j->slow = b->p;
    emit_slow(b);
    j->light = b->p;
    emit_light(b);
    j->device_load = b->p;
    emit_device(b, (uintptr_t)jit_device_load);
    j->device_store = b->p;
    emit_device(b, (uintptr_t)jit_device_store);
    j->after_stubs = b->p;
}

typedef struct jit_exit enter_fn(struct cpu_state *s, const uint8_t *code, uint64_t budget, struct jit *j,
                                 unsigned fp);

struct jit_exit jit_enter(struct jit *j, const uint8_t *code, uint64_t budget, unsigned fp)
{
    enter_fn *enter = (enter_fn *)(uintptr_t)jit_runs_at(j, j->enter);

    return enter(j->c->s, code, budget, j, fp);
}
