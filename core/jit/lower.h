/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lowering: from steps to host code. One translation under way, and what the lower_*.c files share.
 *
 * A lowering function emits one instruction's semantics, given that its condition holds. What it knows of
 * registers (aligned, known) and of the host's own flags is dropped as they are written.
 */
#ifndef CORE_JIT_LOWER_H
#define CORE_JIT_LOWER_H

#include "core/jit/block.h"
#include "core/jit/translator.h"

enum carry_form { CARRY_LOST, CARRY_SAME, CARRY_INVERTED };

/* What the host's flags register says about the guest's flags. */
struct host_flags {
    bool nz, v;
    uint8_t c;                  /* enum carry_form */
    bool compared;              /* nothing of the above: two singles were compared, which are no NaNs */
};

/* Which S register each of the host's xmm registers holds (lower_single.c). */
enum { SINGLES_HELD = 12, NO_SINGLE = 0xFF };
struct singles {
    uint8_t held[SINGLES_HELD];
    uint8_t kept[SINGLES_HELD]; /* the only one that may be held there: a loop carries it round */
    uint8_t turn;
    uint16_t used;              /* slots that the step under way uses */
};

enum cold_kind {
    COLD_SITE,                  /* to the slow path of `number` */
    COLD_OPERATION,             /* the interpreter carries out operation `number` */
    COLD_RESULT,                /* the same, but where the result was a zero: back to `zero` */
    COLD_EDGE,                  /* out by edge `number` */
    COLD_TAKEN,                 /* keeps `flags` of the host's, then leaves by edge `number` */
    COLD_DEVICE,                /* on to a device, with the address at `place`; `number` is the site */
    COLD_MISALIGNED,            /* the access at `place` in parts; `number` is the site */
    COLD_CHANGED,               /* out of a checked block whose bytes changed; `number` is its own edge */
    COLD_REFUND,                /* `number` cycles back, then on at `resume` */
    COLD_MISS                   /* an indirect jump to untranslated code */
};

/* Code that is rarely executed, emitted behind the block; `hole` is the jump that leads there. */
struct cold {
    uint8_t kind;
    uint8_t flags;
    uint8_t reg;                /* COLD_DEVICE, COLD_MISALIGNED: where to load to; what to store */
    struct host_flags host;
    struct x86_rm place;
    uint32_t number;
    uint8_t *hole, *resume, *zero;
    struct singles singles;     /* at `resume` */
};

enum { COLD_MAX = 8 * BLOCK_INSNS, NO_SITE = 0xFFFFFFFF, NO_OPERATION = 0xFFFFFFFF };

/* Twice the magnitude of the second smallest exponent of a single: lower_operation_unless_zero. */
enum { RESULT_LOWEST = 0x02000000 };

struct lower {
    struct jit *j;
    struct x86 *b;
    const struct source *source;
    const struct step *t;       /* the instruction being lowered */
    unsigned cold_count, cold_landed;   /* refunds and sites below `landed` know where to resume */
    uint32_t site, leaving_site;        /* of the step: with and without a way back */
    uint8_t *changed;           /* as written: out of a checked block; NULL: not yet */
    uint32_t operation;         /* of the step */
    struct host_flags host, host_before;
    uint16_t aligned;           /* registers that hold multiples of 4 */
    uint16_t known;             /* registers that hold a constant */
    bool predicated;            /* results are moved to their register if the condition holds */
    bool guards_loads, guards_stores;
    uint32_t reach;             /* struct block */
    bool fp_ready;              /* the FPU was found ready */
    struct singles singles;
    uint8_t *loop;              /* as written: behind singles_keep */
    uint16_t written;           /* registers that the step wrote */
    uint32_t constant[16];
    bool failed;
    struct cold cold[COLD_MAX];
};

/* ---- registers ---- */

static inline bool in_host(unsigned r)
{
    return jit_home[r] != NO_REG;
}

struct x86_rm state_field(size_t offset);
struct x86_rm guest(unsigned r);                        /* where r0..r14 is */

/* The register itself, or `scratch` holding its value. */
enum host_reg lower_get(struct lower *l, unsigned r, enum host_reg scratch);

/* Where to compute a result for r: its home or rdx. lower_put finishes. */
enum host_reg lower_target(const struct lower *l, unsigned r);
void lower_put(struct lower *l, unsigned r, enum host_reg from);
void lower_wrote(struct lower *l, unsigned r);

/* ---- flags and conditions ---- */

/* After a host instruction that set the flags: keeps what is needed of the guest's. */
void lower_keep_flags(struct lower *l, enum carry_form c, bool v);

/* N and Z of a constant, where the host's flags stay as they are. */
void lower_keep_nz_of(struct lower *l, uint32_t value);

/* The same where they are those of two singles compared. */
void lower_keep_comparison(struct lower *l);

/* The host's condition that is true when the guest's is; may emit a test, may use rcx. */
enum x86_cc lower_condition(struct lower *l, unsigned cond);

/* ---- slow paths and ways out ---- */

void lower_cold(struct lower *l, enum cold_kind kind, uint32_t number, uint8_t *hole);
void lower_slow_if(struct lower *l, enum x86_cc cc);            /* takes the slow path, comes back */
void lower_leave_if(struct lower *l, enum x86_cc cc);           /* takes the slow path, leaves */
void lower_slowly(struct lower *l, bool leave);                 /* the whole instruction */

/* Before a host instruction that may fault: its address belongs to the step. `first`: nothing has happened
 * yet, and so many bytes must follow that the site can become a jump: lower_accessed pads. */
void lower_access(struct lower *l, bool first);
void lower_accessed(struct lower *l);

/* The same for a load or store of one register, `reg`, behind its access at `place`. */
void lower_device_behind(struct lower *l, struct x86_rm place, enum host_reg reg);

/* A load or store of `reg` at a known address that is no memory's. */
void lower_device(struct lower *l, struct x86_rm place, enum host_reg reg);

/* Leaves for `target`, which costs `extra` cycles more than was charged. */
void lower_edge(struct lower *l, uint32_t target, unsigned extra);
void lower_edge_if(struct lower *l, enum x86_cc cc, uint32_t target, unsigned extra);

/* The target of an indirect jump is in `reg`, with bit 0 set: jumps there. */
void lower_indirect(struct lower *l, enum host_reg reg);

/* What cannot be jumped to directly takes the slow path: bit 0 clear, EXC_RETURN and other far addresses. */
void lower_check_target(struct lower *l, enum host_reg reg);

unsigned lower_landing(const struct lower *l, uint32_t target);

/* ---- S registers (lower_single.c): numbers of S registers in, numbers of xmm registers out. None of those that
 * a step asks for is taken from it by another. ---- */

struct x86_rm single_place(unsigned n);                 /* in cpu_state */
unsigned single_get(struct lower *l, unsigned n);       /* its value */
unsigned single_new(struct lower *l, unsigned n);       /* where its new value goes; then single_store */
void single_store(struct lower *l, unsigned n);
bool single_is_held(const struct lower *l, unsigned n);
void single_forget(struct lower *l, unsigned n);        /* cpu_state got a new value */
void singles_begin(struct singles *s);
void singles_drop(struct singles *s);                   /* nothing is held any more */
void singles_meet(struct singles *s, const struct singles *other);      /* keeps what both hold */
void singles_reload(struct lower *l, const struct singles *s);          /* after a call */

/* At the head of a block that jumps to itself and carries S registers: what need not be done in each round, and
 * loads of what a round reads first. singles_refill: before such a
 * jump, those of them that are not held. */
void singles_keep(struct lower *l);
void singles_refill(struct lower *l);

/* ---- lower_dp.c, lower_mem.c, lower_branch.c: false if the operation is not theirs ---- */
bool lower_dp(struct lower *l);
bool lower_mem(struct lower *l);
bool lower_branch(struct lower *l);
bool lower_dsp(struct lower *l);
bool lower_fp(struct lower *l);

/* Leaves, unless the FPU may be used as it is. */
void lower_check_fp(struct lower *l);

/* A move of an S register under the step's condition, without a branch; leaves the host's flags alone. False if the
 * step is no such move. */
bool lower_conditional_single(struct lower *l);

/* The interpreter's operation, for one that only touches registers: always, or on a condition that has come
 * to light before anything was written. */
void lower_by_operation(struct lower *l);
void lower_operation_if(struct lower *l, enum x86_cc cc);

/* The same on CC_AE behind a comparison of a result less its lower bound, both doubled, in edx: but a zero is
 * no such thing. */
void lower_operation_unless_zero(struct lower *l);

/* rm_guest operands for `r + displacement`, aligned to `size` and checked. `slow`: the interpreter's;
 * `device`: known not to be in the window. `misaligned`: the jump away where it is not aligned, if the access is
 * made all the same, and the place as it was there. */
struct place {
    struct x86_rm rm, tested;
    bool slow, device;
    uint8_t *misaligned;
};
struct place lower_place(struct lower *l, unsigned r, uint32_t displacement, unsigned size, bool write);

/* The cold part of an access that is not aligned. */
void lower_cold_misaligned(struct lower *l, const struct cold *cold);

/* In a mode that guards such accesses: asks the map about `words` words (or a smaller access) at the place. To
 * come before anything else uses rdx. */
void lower_guard(struct lower *l, struct place *place, unsigned words, bool write);
void lower_write_back(struct lower *l, unsigned rn, uint32_t offset);

/* ---- checked blocks (checked.c); in others all of them do nothing ---- */

/* Where the window shows what is fetched from [pc, pc + size), as source.reads has it; false: nowhere. */
bool checked_reads(const struct jit *j, uint32_t pc, uint32_t size, uint32_t *address);

/* The bytes of the block, to stand in front of it, and the comparison on entry, which leaves by the block's own
 * edge. */
uint8_t *checked_constants(struct lower *l);
void checked_compare(struct lower *l, uint8_t *constants, uint32_t self);

/* Before a store of the step to `rm` or to a known address: whether it hits what is still to come of its own
 * block. Then it takes the slow path and leaves. May use the scratch registers that `rm` does not, and change it. */
void checked_store(struct lower *l, struct x86_rm *rm);
bool checked_hits(const struct lower *l, uint32_t address);

#endif
