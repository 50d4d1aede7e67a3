/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A chip is a constant table: core options, memories, devices, and the wires between them.
 */
#ifndef CORE_CHIP_H
#define CORE_CHIP_H

#include <stdbool.h>
#include <stdint.h>

#include "core/device.h"
#include "core/pins.h"

enum { CHIP_IRQS = 16, CHIP_NO_IRQ = -1 };

enum cpu_kind { CPU_CORTEX_M3, CPU_CORTEX_M4F };

/* SysTick CALIB.SKEW. */
#define SYSTICK_SKEW (1u << 30)

struct chip_core {
    enum cpu_kind kind;
    uint32_t cpuid;             /* SCB.CPUID */
    uint8_t irq_count;          /* external interrupts, numbered 0.. */
    uint8_t priority_bits;      /* implemented bits at the top of a priority byte */
    uint8_t mpu_regions;        /* 0: no MPU */
    uint32_t systick_calib;     /* SysTick CALIB: TENMS, and SYSTICK_SKEW where that is not 10 ms */
    uint32_t ccr_reset;         /* SCB.CCR at reset (STKALIGN differs by revision) */
    uint32_t rom_id;            /* the ROM table's PID2:PID1:PID0: the chip maker's JEP106 code and part
                                 * number, 0xA0413; 0: the core's own */
};

enum chip_memory_flags {
    MEMORY_NVM = 1,           /* flash-like: outside the arena, changed only by its writer */
    MEMORY_EXECUTE = 2,         /* instruction fetch reaches it */
    MEMORY_DMA = 4,             /* DMA reaches it */
    MEMORY_BITBAND = 8,         /* lies in the SRAM bit-band region */
    MEMORY_BOOT = 16,           /* shown at address 0 after reset */
    MEMORY_OFF_BUS = 32         /* flash-like, but behind a device (device_nvm): no address reaches it */
};

struct chip_memory {
    const char *name;           /* "flash", "sram", "ccm", "system", "otp", "options" */
    uint32_t base;
    uint32_t size;
    uint8_t flags;              /* enum chip_memory_flags */
    uint8_t fill;               /* images: the erased byte */
    const char *writer;         /* images: device whose mem_write gets the guest's writes; NULL: bus error */
    const struct chip_bytes *init; /* images: factory contents, ended by size 0 */
};

struct chip_bytes {
    uint32_t offset;
    uint32_t size;
    const uint8_t *bytes;
};

/* A flash sector run for the memory map XML: `count` sectors of `size` bytes. */
struct chip_sectors {
    uint32_t base;
    uint32_t size;
    uint16_t count;
};

struct chip_device {
    const char *name;
    const struct device_ops *ops;
    uint32_t base;
    uint32_t size;              /* of the decoded region */
    uint16_t gate;              /* clock enable: number given to gate_set; GATE_NONE: always on */
    uint16_t more_gates;        /* what several blocks share: so many following gates clock it as well */
    uint16_t reset_line;        /* number given to gate_reset; GATE_NONE: none */
    uint8_t clock;              /* its bus or kernel clock */
    int16_t irq[CHIP_IRQS];     /* NVIC number per interrupt output, CHIP_NO_IRQ if none; the list may
                                 * be shorter: see irq_count */
    uint8_t irq_count;
    const void *config;         /* device-specific constants */
    const char *joins;          /* a device of the board: the controller whose bus it is on; NULL: none */
};

/* `count` wires from outputs out.. of `from` to inputs in.. of `to` (a device name or CPU_SIGNALS). */
struct chip_route {
    const char *from;
    uint16_t out;
    const char *to;
    uint16_t in;
    uint16_t count;
};

struct chip {
    const char *name;           /* "stm32f405rg" */
    const char *description;    /* "STM32F405RG, Cortex-M4F, 1 MiB flash, 128+64 KiB RAM" */
    struct chip_core core;
    const struct chip_memory *memories;     /* ended by NULL name */
    const struct chip_sectors *sectors;     /* ended by count 0 */
    const struct chip_device *devices;      /* ended by NULL name */
    const struct chip_route *routes;        /* ended by NULL from */
    const struct chip_pin *pins;            /* ended by NULL port; NULL: none */
    const char *const *clock_names;         /* CLOCK_MAX entries; NULL: unused */
    uint64_t reset_hz;          /* core clock out of reset */
};

#endif
