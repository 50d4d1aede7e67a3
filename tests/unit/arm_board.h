/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A chip that is little more than a core, for tests of exceptions and of the core's own blocks.
 * Guests are assembled by hand (ops below) and run on the whole machine. Flash is at 0x08000000 and
 * shown at 0, SRAM at 0x20000000. A line generator drives interrupt lines and the CPU's signals, at
 * once or at a given cycle; a system reset leaves it alone.
 *
 * The vector table is at 0 with a handler for each exception: `bx lr` at ARM_HANDLER(exception),
 * which a test may replace. The main stack begins at ARM_STACK; after arm_create the core stands at
 * ARM_MAIN in privileged Thread mode, where `b .` waits to be replaced.
 */
#ifndef TESTS_UNIT_ARM_BOARD_H
#define TESTS_UNIT_ARM_BOARD_H

#include <stdbool.h>
#include <stdint.h>

#include "core/log.h"
#include "core/machine.h"
#include "core/signal.h"

enum {
    ARM_IRQS = 40,
    ARM_FLASH = 0x08000000,
    ARM_MAIN = 0x1000,
    ARM_RAM = 0x20000000, ARM_RAM_SIZE = 0x10000,
    ARM_STACK = 0x20001000,
    ARM_PROCESS_STACK = 0x20002000,
    ARM_DATA = 0x20003000,
    ARM_HOLE = 0x30000000,          /* nothing answers there */
    ARM_LINES = 0x40000000,         /* the line generator */
    ARM_SYSTICK_HZ = 0x40001000     /* SysTick's reference clock; a write sets it */
};

/* Registers of the line generator: bit n of LEVELS is interrupt line n (0..15), bits of SIGNALS are
 * enum cpu_signal. A write of n to DELAY sets LEVELS to NEXT n cycles later. */
enum {
    LINES_LEVELS = ARM_LINES, LINES_SIGNALS = ARM_LINES + 4, LINES_NEXT = ARM_LINES + 8,
    LINES_DELAY = ARM_LINES + 12
};

static inline uint32_t arm_handler(unsigned exception)
{
    return 0x400 + 0x20 * exception;
}

/* 16-bit instructions; 32-bit ones are two halfwords. */
enum {
    OP_NOP_T1 = 0xBF00, OP_WFE_T1 = 0xBF20, OP_WFI_T1 = 0xBF30, OP_SEV_T1 = 0xBF40,
    OP_BX_LR = 0x4770, OP_B_SELF = 0xE7FE, OP_CPSID_I = 0xB672, OP_CPSID_F = 0xB671,
    OP_SVC_T1 = 0xDF00, OP_BKPT_T1 = 0xBE00, OP_UDF_T1 = 0xDE00,
    OP_LDR_R0_R1 = 0x6808, OP_STR_R0_R1 = 0x6008, OP_STR_R2_R3 = 0x601A,
    OP_MOVS_R0 = 0x2000, OP_ADDS_R4 = 0x3400            /* + imm8 */
};
#define OP_VMOV_S0_R0 0xEE00, 0x0A10
#define OP_VADD_S1_S0_S0 0xEE70, 0x0A00
#define OP_UDIV_R0_R0_R2 0xFBB0, 0xF0F2
#define OP_MRS_R0(sysm) 0xF3EF, 0x8000 | (sysm)
#define OP_MSR_R0(sysm) 0xF380, 0x8800 | (sysm)

struct arm_board {
    struct machine *m;
    unsigned diags[DIAG_COUNT];
    char last_diag[256];            /* "where: text" */
    uint8_t output[256];            /* what left through io_output */
    unsigned output_size;
};

struct arm_board *arm_create(enum cpu_kind kind);
void arm_destroy(struct arm_board *b);

/* Puts halfwords at an address of the flash alias at 0 or of RAM. */
void arm_code(struct arm_board *b, uint32_t address, const uint16_t *halfwords, unsigned count);
#define CODE(b, address, ...)                                                                     \
    arm_code(b, address, (const uint16_t[]){__VA_ARGS__},                                         \
             sizeof((const uint16_t[]){__VA_ARGS__}) / sizeof(uint16_t))

/* Guest accesses outside any instruction, with side effects, and a debugger's look without. */
void arm_write(struct arm_board *b, uint32_t address, uint32_t value);
void arm_write8(struct arm_board *b, uint32_t address, uint8_t value);
uint32_t arm_read(struct arm_board *b, uint32_t address);
uint32_t arm_peek(const struct arm_board *b, uint32_t address);

/* Raises and lowers one of the CPU's signals. */
void arm_pulse(struct arm_board *b, enum cpu_signal signal);

uint32_t arm_reg(const struct arm_board *b, enum cpu_register reg);
void arm_set(struct arm_board *b, enum cpu_register reg, uint32_t value);
unsigned arm_ipsr(const struct arm_board *b);
uint64_t arm_now(const struct arm_board *b);

/* One instruction or exception entry; how it ended. */
enum stop_kind arm_step(struct arm_board *b);

/* Steps until the core is in exception `exception` (0: Thread mode) with its first instruction
 * next; fails the test after 100 steps. */
void arm_until(struct arm_board *b, unsigned exception);

/* Runs for so many cycles. */
enum stop_kind arm_run(struct arm_board *b, uint64_t cycles);

/* Saves now and at each of `steps` boundaries that follow; restores each and goes on: every end
 * must have the hash of the run in one piece. */
void arm_check_replay(struct arm_board *b, unsigned steps);

/* Registers of the core that tests use. */
enum {
    R_ACTLR = 0xE000E008, R_SYST_CTRL = 0xE000E010, R_SYST_LOAD = 0xE000E014,
    R_SYST_VAL = 0xE000E018, R_ISER = 0xE000E100, R_ICER = 0xE000E180, R_ISPR = 0xE000E200,
    R_ICPR = 0xE000E280, R_IABR = 0xE000E300, R_IPR = 0xE000E400, R_CPUID = 0xE000ED00,
    R_ICSR = 0xE000ED04, R_VTOR = 0xE000ED08, R_AIRCR = 0xE000ED0C, R_SCR = 0xE000ED10,
    R_CCR = 0xE000ED14, R_SHPR1 = 0xE000ED18, R_SHPR2 = 0xE000ED1C, R_SHPR3 = 0xE000ED20,
    R_SHCSR = 0xE000ED24, R_CFSR = 0xE000ED28, R_HFSR = 0xE000ED2C, R_DFSR = 0xE000ED30,
    R_MMFAR = 0xE000ED34, R_BFAR = 0xE000ED38, R_CPACR = 0xE000ED88, R_MPU_TYPE = 0xE000ED90,
    R_MPU_CTRL = 0xE000ED94, R_MPU_RNR = 0xE000ED98, R_MPU_RBAR = 0xE000ED9C,
    R_MPU_RASR = 0xE000EDA0, R_MPU_RBAR_A1 = 0xE000EDA4, R_MPU_RASR_A1 = 0xE000EDA8,
    R_DHCSR = 0xE000EDF0, R_DCRSR = 0xE000EDF4, R_DCRDR = 0xE000EDF8, R_DEMCR = 0xE000EDFC,
    R_STIR = 0xE000EF00, R_FPCCR = 0xE000EF34, R_FPCAR = 0xE000EF38, R_FPDSCR = 0xE000EF3C
};

enum { SHCSR_ALL_FAULTS = 7 << 16, DEMCR_TRACE = 1 << 24, DEMCR_MONITOR = 1 << 16 };

#endif
