/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libunicorn (QEMU's Arm core as a library) as an engine. It starts with the FPU on and in Thread mode.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unicorn/unicorn.h>

#include "tests/diff/diff.h"

static const uint32_t apsr_mask = 0xF80F0000;

/* Of Armv8-M; this Cortex-M4 takes itself for secure, and looks at it before it believes FPCA. */
enum { CONTROL_SFPA = 8 };

struct unicorn {
    uc_engine *uc;
    uc_context *initial;        /* as after opening: no IT block, exclusive monitor open */
    bool fpu;
};

static int register_id(unsigned n)
{
    static const int ids[16] = {
        UC_ARM_REG_R0, UC_ARM_REG_R1, UC_ARM_REG_R2, UC_ARM_REG_R3, UC_ARM_REG_R4, UC_ARM_REG_R5,
        UC_ARM_REG_R6, UC_ARM_REG_R7, UC_ARM_REG_R8, UC_ARM_REG_R9, UC_ARM_REG_R10, UC_ARM_REG_R11,
        UC_ARM_REG_R12, UC_ARM_REG_SP, UC_ARM_REG_LR, UC_ARM_REG_PC,
    };

    return ids[n];
}

static void unicorn_load(void *context, const struct diff_case *c)
{
    struct unicorn *u = context;
    uint32_t at = DIFF_CODE + DIFF_START;

    uc_context_restore(u->uc, u->initial);
    uc_mem_write(u->uc, at + c->offset, c->program, c->size + DIFF_GUARD);
    uc_ctl_remove_cache(u->uc, at, at + DIFF_PROGRAM_MAX);
    uc_mem_write(u->uc, DIFF_RAM, c->start.ram, DIFF_RAM_SIZE);
    for (unsigned n = 0; n < 15; n++)
        uc_reg_write(u->uc, register_id(n), &c->start.r[n]);
    uc_reg_write(u->uc, UC_ARM_REG_PC, &(uint32_t){c->start.r[15] | 1});
    uc_reg_write(u->uc, UC_ARM_REG_APSR_NZCVQG, &c->start.apsr);   /* plain APSR leaves GE out */
    if (!u->fpu)
        return;
    uc_reg_write(u->uc, UC_ARM_REG_CONTROL, &(uint32_t){DIFF_CONTROL_FPCA | CONTROL_SFPA});
    uc_reg_write(u->uc, UC_ARM_REG_FPSCR, &c->start.fpscr);
    for (unsigned n = 0; n < 32; n++)
        uc_reg_write(u->uc, UC_ARM_REG_S0 + (int)n, &c->start.s[n]);
}

static enum diff_end unicorn_run(void *context, uint32_t address)
{
    struct unicorn *u = context;
    uint32_t pc;
    uc_err error;

    uc_reg_read(u->uc, UC_ARM_REG_PC, &pc);
    if (pc == address)
        return DIFF_REACHED;
    error = uc_emu_start(u->uc, pc | 1, address, 0, 0);
    uc_reg_read(u->uc, UC_ARM_REG_PC, &pc);
    if (error != UC_ERR_OK)
        return DIFF_FAULTED;
    return pc == address ? DIFF_REACHED : DIFF_LOST;
}

static void unicorn_state(void *context, struct diff_state *out)
{
    struct unicorn *u = context;

    for (unsigned n = 0; n < 16; n++)
        uc_reg_read(u->uc, register_id(n), &out->r[n]);
    uc_reg_read(u->uc, UC_ARM_REG_APSR, &out->apsr);
    out->apsr &= apsr_mask;
    uc_mem_read(u->uc, DIFF_RAM, out->ram, DIFF_RAM_SIZE);
    out->fpscr = 0;
    memset(out->s, 0, sizeof(out->s));
    if (!u->fpu)
        return;
    uc_reg_read(u->uc, UC_ARM_REG_FPSCR, &out->fpscr);
    for (unsigned n = 0; n < 32; n++)
        uc_reg_read(u->uc, UC_ARM_REG_S0 + (int)n, &out->s[n]);
}

static void unicorn_destroy(void *context)
{
    struct unicorn *u = context;

    uc_context_free(u->initial);
    uc_close(u->uc);
    free(u);
}

static bool open_core(struct unicorn *u, enum cpu_kind kind, const uint8_t *code)
{
    int model = kind == CPU_CORTEX_M3 ? UC_CPU_ARM_CORTEX_M3 : UC_CPU_ARM_CORTEX_M4;

    u->fpu = kind != CPU_CORTEX_M3;
    return uc_open(UC_ARCH_ARM, UC_MODE_THUMB | UC_MODE_MCLASS, &u->uc) == UC_ERR_OK &&
           uc_ctl_set_cpu_model(u->uc, model) == UC_ERR_OK &&
           uc_mem_map(u->uc, DIFF_CODE, DIFF_CODE_SIZE, UC_PROT_READ | UC_PROT_EXEC) == UC_ERR_OK &&
           uc_mem_map(u->uc, DIFF_RAM, DIFF_RAM_SIZE, UC_PROT_ALL) == UC_ERR_OK &&
           uc_mem_write(u->uc, DIFF_CODE, code, DIFF_CODE_SIZE) == UC_ERR_OK &&
           uc_context_alloc(u->uc, &u->initial) == UC_ERR_OK &&
           uc_context_save(u->uc, u->initial) == UC_ERR_OK;
}

bool diff_unicorn_create(struct diff_engine *e, enum cpu_kind kind, const uint8_t *code)
{
    struct unicorn *u = calloc(1, sizeof(*u));

    if (!u || !open_core(u, kind, code)) {
        fprintf(stderr, "unicorn does not open\n");
        free(u);
        return false;
    }
    *e = (struct diff_engine){
        .name = "unicorn",
        .context = u,
        .load = unicorn_load,
        .run = unicorn_run,
        .state = unicorn_state,
        .destroy = unicorn_destroy,
    };
    return true;
}
