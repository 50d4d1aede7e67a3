/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The translator's own structures. How translated code uses the host:
 *
 *     rsi rdi rbp r8 r9 r10 r11 r12    guest r0 to r7
 *     r13 r14                          guest sp and lr; r8 to r12 stay in cpu_state
 *     rbx                              struct cpu_state
 *     r15                              budget: cycles left << 32 | BUDGET_LOW - instructions charged
 *     ah                               N and Z as LAHF has them; al: C, 0 or 1; V stays in cpu_state
 *     rcx rdx xmm0 xmm1                scratch
 *     gs                               guest address 0 (window.h)
 *
 * A block charges all of its instructions on entry and gives back what a side exit leaves undone. It is
 * entered only if its whole charge fits before the limit, so that every event lands on its instruction
 * (I5). In translated code cpu_state's it and mem_pipelined are 0, and pc, cycle and instructions are
 * stale; a slow path puts exact values there, lets the interpreter execute its one instruction, and goes
 * on only if nothing but registers and memory changed (I6).
 */
#ifndef CORE_JIT_TRANSLATOR_H
#define CORE_JIT_TRANSLATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arm/cpu.h"
#include "core/arm/insn.h"
#include "core/device_access.h"
#include "core/jit/code_cache.h"
#include "core/jit/encode.h"
#include "core/jit/guard.h"
#include "core/jit/jit.h"
#include "core/jit/window.h"
#include "core/memory.h"

struct bus_region;
struct decoder;

enum {
    BLOCK_ENOUGH = 32,          /* instructions: a longer block would interpret more before each event */
    BLOCK_INSNS = 96,           /* the most, where loads and stores that overlap do not end */
    BLOCK_BYTES = 4 * BLOCK_INSNS,
    SITES_MOST = 2 * BLOCK_INSNS + 1,   /* of a block: with and without a way back, and its head's */
    LITERAL_REACH = 4096 + 8 + BLOCK_BYTES,     /* how far from a block's bytes constants that it folds may lie */
    REGIONS = 32,               /* of the code cache (chain.c) */
    REGION_BLOCKS = 1 << 11, REGION_SITES = 1 << 13, REGION_ACCESSES = 1 << 14, REGION_EDGES = 1 << 13,
    REGION_OPERATIONS = 1 << 11,
    REGION_LEAST = 64 << 10,    /* bytes of code */
    CODE_SIZE = 32 << 20,
    HIDDEN_BUCKETS = 1 << 12, MISALIGNED_BITS = 1 << 14, PAGE_LISTS = 1 << 10, PATIENCE = 1 << 19,
    BLOCK_ROOM = 32 << 10,      /* more host code than a block can need */
    BUDGET_CYCLES = 1 << 24     /* the most that a run is given at once */
};

#define BUDGET_LOW 0x7FFFFFFFu

/* What translations are made for: each has its view of the window, its entries and its guard (guard.h). */
enum jit_mode {
    MODE_PLAIN,                 /* accesses ask nobody */
    MODE_WATCH_STORES,          /* stores ask the guard map: writes are watched, by word */
    MODE_WATCH,                 /* loads and stores ask it: both are watched */
    MODE_MPU,                   /* the same, by the MPU's grain: it is on, whatever else is */
    MODE_MPU_USER               /* without privilege */
};

/* Why translated code came back: an edge's number, with EXIT_CHANGED if the bytes of its block have changed since
 * it was translated; or one of the others. */
enum { EXIT_DONE = 0x7FFFFFFF, EXIT_INDIRECT = 0x7FFFFFFE, EXIT_CHANGED = 1 << 30 };

/* cpu_state.r[15] and the flags below are all that an indirect exit leaves. */

struct block {
    uint32_t pc, size;          /* guest bytes [pc, pc + size) */
    uint32_t reach;             /* it depends on what may be done with [pc, pc + reach) */
    uint16_t cycles, insns;     /* charged on entry */
    uint8_t *entry, *body, *end;    /* as written: with and without the charge, and behind it all */
    uint8_t mode;               /* enum jit_mode */
    bool valid;
    bool hidden;                /* until it is entered again (stretch.c) */
    struct heat heat;
    uint32_t hidden_entry, hidden_next;
    uint32_t incoming;          /* edges linked to it, NO_EDGE if none */
    uint32_t page_next, page_previous;
};

/* A way out of a block to a known address. */
struct edge {
    uint32_t target;
    int32_t cycles, insns;      /* charged on the way, without the target's own */
    uint32_t block;             /* linked to, NO_BLOCK if not */
    uint8_t *constant, *jump;   /* as written: the charge, and the jump's rel32 */
    uint8_t *stub;
    uint8_t *loop;              /* as written: where its own block begins another round; NULL: it leads elsewhere */
    bool linkable;
    uint32_t next, previous;    /* among those that lead to the same block */
};

enum { NO_BLOCK = 0xFFFFFFFF, NO_EDGE = 0xFFFFFFFF };

/* An instruction of a block that can take the slow path. */
struct site {
    uint32_t pc, next;
    uint16_t cycles_from, cycles_after;     /* charges of the block from here on, and behind */
    uint8_t insns_from, insns_after;
    uint8_t it, it_after;
    bool pairs, pairs_after;    /* the instruction before, and this one, is a load or store that overlaps */
    bool leave;                 /* always ends translated execution */
    bool alignment;             /* it is where an address was taken to be aligned, and is not */
    bool fp;                    /* a floating-point instruction */
    uint8_t *stub, *resume;     /* as written: the slow path, and where translated code goes on behind it */

    /* A load or store of one register (devices.c). */
    uint8_t *device;            /* as written: the way to a device, NULL if it has none */
    const struct bus_region *region;    /* that it led to the last time, */
    struct reg_tap tap;                 /* and the register there that it read, */
    uint32_t tapped;                    /* at this address; 0: none */
    uint32_t base_offset;       /* added to rn in the end */
    uint8_t rd, rn, width;
    bool load, sign;
};

/* A host instruction that may fault, in address order. */
struct access {
    const uint8_t *at;          /* as written */
    uint32_t site;
    bool patchable;             /* the site's first access: nothing has happened before it */
};

/* How far the tables are in use by a region, as numbers of what would be next. */
struct region {
    uint32_t blocks, edges, accesses;
};

struct jit {
    struct cpu *c;
    struct window window;
    struct code_cache cache;
    struct decoder *decoder;
    struct x86 code;            /* cursor of the cache */
    uint8_t *enter, *leave, *slow, *light, *device_load, *device_store, *after_stubs;
    struct block *blocks;
    struct edge *edges;
    struct site *sites;
    struct access *accesses;
    struct insn *operations;    /* that the interpreter carries out within a block */
    unsigned block_count, edge_count, site_count, access_count, operation_count;
    struct region regions[REGIONS];     /* but the present one's, which the counts above are */
    unsigned region, region_count;
    size_t region_size;         /* bytes of code */
    unsigned evictions;
    uint8_t patience[PATIENCE]; /* by halfword of code (chain.c): whether it is worth a translation */
    uint32_t pages[PAGE_LISTS]; /* blocks by page; NO_BLOCK ends a list */
    uint32_t hidden[HIDDEN_BUCKETS];    /* hidden blocks by pc; NO_BLOCK ends a chain */

    /* What the core must ask now (guard.c), and the state of things by which that was found. */
    enum jit_mode mode;
    uint32_t view_drops, comparators;
    uint8_t guarded_checks;
    uint64_t watches;           /* hash of the debugger's watchpoints */
    struct guard guards[WINDOW_VIEWS];
    bool has_bmi2, has_lzcnt, has_fma;
    bool asks_fp_mode;          /* FPSCR has asked for an uncommon mode: translations must ask each time */

    uint32_t misaligned[MISALIGNED_BITS / 32];  /* loads and stores by pc that have met such addresses */

    /* While translated code runs. */
    uint64_t limit;             /* cycle at which the budget is used up */
    uint64_t instructions;      /* retired when BUDGET_LOW was untouched */
    uint8_t checks;             /* cpu.checks it was entered with */
    uint32_t loaded;            /* what a device gave to an instruction that jit_device_finish completes */

    /* What translations depend on besides their bytes. */
    struct cpu_fetch_timing timing;
    uint32_t epoch, code_comparators;
    bool unaligned_trap;
    uint64_t generation;        /* of all images, and of each */
    uint64_t generations[WINDOW_MEMORIES];
};

/* Where a guest register lives; NO_REG: in cpu_state. */
extern const uint8_t jit_home[16];

/* Stubs (stubs.c): written once at the start of the cache. */
void jit_emit_stubs(struct jit *j);

struct jit_exit {
    uint64_t budget, why;
};

/* Enters translated code at `code` (as the CPU sees it). */
struct jit_exit jit_enter(struct jit *j, const uint8_t *code, uint64_t budget, unsigned fp);

/* Called by translated code: executes the site's instruction. `why` is 1 if translated code goes on. If a guard
 * sent it here, `line` says for which line of addresses. */
struct jit_exit jit_slow_path(struct jit *j, uint32_t site, uint64_t budget, uint32_t *fp, uint32_t line);

/* The end of a slow path whose instruction is done: whether translated code goes on, and with what budget. */
struct jit_exit jit_go_on(struct jit *j, const struct site *site, uint32_t *fp);

/* Puts the exact state at the boundary before the site's instruction into the arena (I6). */
void jit_synchronise(struct jit *j, const struct site *site, uint64_t budget);

/* Whether something changed that translations depend on. */
bool jit_stale(const struct jit *j);

/* Called by translated code (devices.c): a load or store that is not memory's. DEVICE_DONE: `value` is what
 * was read. DEVICE_EVENT: it is done and has consequences; jit_device_finish completes the instruction, and
 * `value` is where to go on in translated code. DEVICE_REFUSED: it is none, or nothing answers; nothing
 * happened, and `value` is the slow path. */
enum { DEVICE_DONE, DEVICE_EVENT, DEVICE_REFUSED };
struct jit_answer {
    uint64_t value, how;
};
struct jit_answer jit_device_load(struct jit *j, uint32_t site, uint64_t budget, uint32_t address);
struct jit_answer jit_device_store(struct jit *j, uint32_t site, uint64_t budget, uint32_t address,
                                   uint32_t value);
struct jit_exit jit_device_finish(struct jit *j, uint32_t site, uint64_t budget, uint32_t *fp, uint32_t unused);

/* Called by translated code: carries out an operation that only touches registers. */
void jit_light_path(struct jit *j, uint32_t operation);

/* Chains (chain.c). jit_find: the translation at `pc`, made if there is none, NULL if that cannot be; when
 * `evictions` has changed, edges and blocks of before may be others. jit_link: from now on the edge leads to
 * `block`, or nowhere (NULL). jit_unlink: nothing leads to the block any more but its entry. */
struct block *jit_find(struct jit *j, uint32_t pc);
void jit_link(struct jit *j, struct edge *e, struct block *block);
void jit_unlink(struct jit *j, const struct block *block);

/* A checked block's bytes are no longer those that it was made from. */
void jit_changed(struct jit *j, struct block *block);

/* Drops a block; all that cover some of these guest bytes; all that changed images have made stale; all. */
void jit_drop(struct jit *j, struct block *block);
void jit_drop_range(struct jit *j, uint32_t address, uint32_t size);
void jit_drop_changed_images(struct jit *j);
void jit_flush(struct jit *j);

/* Divides the cache; nothing has been translated. */
void jit_set_regions(struct jit *j);

/* What a charge takes from the budget. */
uint64_t jit_charge(int64_t cycles, int64_t insns);

/* The access whose host instruction stands there, or NULL; the valid block behind this one (NULL: the first). */
const struct access *jit_access_at(const struct jit *j, const uint8_t *written);
struct block *jit_next_block(const struct jit *j, const struct block *block);

/* No block of the present mode that depends on [first, last] is entered before it is looked at (stretch.c). */
void jit_hide(struct jit *j, uint32_t first, uint32_t last);

/* Stretches (stretch.c). A translation is about to be entered; the hidden one at `pc`, revealed and noted, or
 * NULL; a hidden one is dropped; there are none. */
void jit_note_block(struct jit *j, struct block *block);
struct block *jit_reveal(struct jit *j, uint32_t pc);
void jit_forget_hidden(struct jit *j, struct block *block);
void jit_forget_all_hidden(struct jit *j);

static inline bool jit_misaligned_at(const struct jit *j, uint32_t pc)
{
    unsigned bit = pc / 2 % MISALIGNED_BITS;

    return j->misaligned[bit / 32] >> bit % 32 & 1;
}

/* Translates (lower.c). False: no room, or nothing there can be translated. */
bool jit_translate(struct jit *j, struct block *block);

/* The frame of translated code, at [rsp]: FP state, scratch room, and the number of the site that calls a
 * device. FP state: byte 0 is 1 while the FPU may be used as it is; byte 1 while FPSCR asks for no other
 * mode than rounding to nearest. */
enum { JIT_FRAME_FP = 0, JIT_FRAME_SCRATCH = 24, JIT_FRAME_SITE = 32, FP_READY = 1, FP_COMMON = 0x100 };
unsigned jit_fp_state(const struct jit *j);

/* The host's exception flags that guest arithmetic has raised: collects them into FPSCR, before anybody reads
 * it; clears what our own code may have raised, before translated code goes on. */
void jit_collect_flags(const struct jit *j);
void jit_clear_flags(void);

/* The fault handler (fault.c). */
bool fault_register(struct jit *j);
void fault_unregister(struct jit *j);

/* The sum of all images' generations. */
static inline uint64_t jit_generation(const struct jit *j)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < j->window.image_count; i++)
        sum += j->window.images[i]->generation;
    return sum;
}

/* Whether guard_refresh has to be called. */
static inline bool guard_stale(const struct jit *j)
{
    const struct cpu *c = j->c;

    return j->view_drops != c->view_drops || j->guarded_checks != c->checks ||
           j->comparators != c->data_comparators;
}

/* Whether an address is in a bit-band alias (Arm ARM B3.1). */
static inline bool jit_is_bitband(uint32_t address)
{
    return (address & 0xFE000000u) == 0x22000000u || (address & 0xFE000000u) == 0x42000000u;
}

static inline const uint8_t *jit_runs_at(const struct jit *j, const uint8_t *written)
{
    return written + j->code.shift;
}

#endif
