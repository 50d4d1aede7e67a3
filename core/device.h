/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Devices: one struct of arena state, one constant description, one set of operations. The register
 * table is the single source for reset values, masks, names, the debugger's view and the diagnostics;
 * the core applies it, so a device only implements what its registers do beyond storing bits.
 */
#ifndef CORE_DEVICE_H
#define CORE_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/vtime.h"

struct device;
struct chip_device;
struct nvm;

struct reg_field {
    const char *name;       /* "UE"; NULL ends a list */
    uint8_t lsb;
    uint8_t width;
};

enum reg_flags {
    REG_READ_EFFECT = 1,    /* reading changes state: `read` runs for guests, `peek` for debuggers */
    REG_BACKUP = 2,         /* kept over a system reset */
    REG_UNMODELLED = 4,     /* has a reset value only: reads give it, writes are reported and dropped */
    REG_PAD = 8             /* no register: keeps the numbering of a block's variants alike, the offset
                             * is reserved */
};

/* One register. Masks are within its width; a bit in none of writable, w1c, w0c, w1s and action is
 * read-only or reserved: writing it changes nothing, and writing a 1 to a bit that no field names is
 * reported. */
struct reg {
    const char *name;       /* "CR1" */
    uint16_t offset;        /* bytes from the device's base; a multiple of 4 unless width says otherwise */
    uint8_t width;          /* bits that exist: 8, 16 or 32 */
    uint8_t access;         /* access sizes the hardware accepts: OR of 1, 2, 4 (bytes); 0 means any */
    uint8_t flags;          /* enum reg_flags */
    uint32_t reset;
    uint32_t readable;      /* bits that read back what is stored; the others read 0 */
    uint32_t writable;      /* plain read-write bits */
    uint32_t w1c;           /* cleared by writing 1 */
    uint32_t w0c;           /* cleared by writing 0 (rc_w0) */
    uint32_t w1s;           /* set by writing 1, not cleared by writing 0 */
    uint32_t action;        /* accepted and acted on by the device, not stored (keys, SWTRIG) */
    const struct reg_field *fields;
};

enum reset_kind {
    RESET_POWER_ON,         /* everything */
    RESET_SYSTEM,           /* everything but the backup domain and debug */
    RESET_LINE              /* this device's bit in the clock controller's reset register */
};

struct device_ops {
    const char *name;               /* IP version: "usart_v2" */
    const struct reg *regs;         /* in any order; the index is the register's number */
    uint16_t reg_count;
    size_t state_size;              /* struct of arena state, which begins with uint32_t reg[reg_count] */
    uint8_t events;                 /* scheduler events, numbered 0.. */
    uint16_t outputs;               /* signal outputs, numbered 0.. */
    uint16_t inputs;                /* signal inputs, numbered 0.. */
    bool keeps_over_reset;          /* a system reset leaves its events and state alone (backup domain) */

    /* After the core has put the registers to their reset values, dropped events, interrupts and
     * signals: the rest of the state. NULL: zero is right. */
    void (*reset)(struct device *d, enum reset_kind kind);

    /* Value of register `reg` for a guest's read; may change state. Only called for registers with
     * REG_READ_EFFECT; NULL if there is none. */
    uint32_t (*read)(struct device *d, unsigned reg);

    /* The value a read would give, without side effects. NULL: the stored bits. Called for guest reads
     * of registers without REG_READ_EFFECT too, so a computed value (a counter) lives here once. */
    uint32_t (*peek)(const struct device *d, unsigned reg);

    /* A guest's write. `value` has the written bytes in place, `lanes` has 1s where they are. NULL or a
     * call of reg_store: the table's meaning. */
    void (*write)(struct device *d, unsigned reg, uint32_t value, uint32_t lanes);

    void (*event)(struct device *d, unsigned event);
    void (*signal)(struct device *d, unsigned input, bool level);
    /* Pins and what is on them (signal.h): `signal` also runs when only the state changes; what an output does now,
     * an enum signal_state, for a device that lets it grow old while nobody watches; what the device makes of an
     * input, an enum signal_use (NULL: it watches); some device's answer to that has changed. */
    bool hears_states;
    unsigned (*output)(const struct device *d, unsigned output);
    unsigned (*listens)(const struct device *d, unsigned input);
    void (*rewired)(struct device *d);
    void (*clock)(struct device *d);            /* some clock rate changed */
    void (*gated)(struct device *d, bool on);   /* its clock gate changed */

    /* The input door: bytes from the host (I2); the meaning of the bytes is the port's (io.h). */
    void (*input)(struct device *d, const void *bytes, size_t size);
    /* The same for what is no plain byte (io.h): NULL if the port knows no such things. */
    void (*input_word)(struct device *d, uint32_t word);
    /* How many more bytes `input` can take now without loss. NULL: any number. */
    size_t (*input_room)(const struct device *d);

    /* A serial bus that the device takes part in: see link.h, whose link_action `action` is. NULL: it has no
     * say. */
    uint8_t (*link)(struct device *d, unsigned action, uint8_t value);

    /* For a device that is a memory (backup SRAM): accesses that the register table does not cover.
     * False: bus error. */
    bool (*mem_read)(struct device *d, uint32_t offset, unsigned size, uint32_t *value);
    /* The same, and for a flash controller the guest's writes to the memories that name it as writer:
     * `nvm` then says which (offset from its start); NULL: the device's own region. */
    bool (*mem_write)(struct device *d, struct nvm *nvm, uint32_t offset, unsigned size,
                      uint32_t value);
    /* One byte of it for a debugger, without side effects (I8). */
    bool (*mem_peek)(const struct device *d, uint32_t offset, uint8_t *value);

    /* Whether the state is one that the operations above can work on: what they index, divide by or loop to is in
     * range. Always so, unless the state came from elsewhere (machine_sane). NULL: any bytes will do. */
    bool (*sane)(const struct device *d);

    /* The arena was replaced: rebuild what was derived from it outside (bus_remap_zero). */
    void (*restored)(struct device *d);
};

struct device_env;              /* the machine's services; only the core looks inside */

/* An instance. Constant after the machine is built, except what `state` points to. */
struct device {
    const struct device_ops *ops;
    const struct chip_device *row;  /* its row in the chip table: base, gate, irq, clock, config */
    const char *name;               /* "USART1" */
    void *state;                    /* in the arena */
    struct device_env *env;
    uint16_t index;                 /* position in the chip's table */
};

/* The stored bits of register `reg`. */
uint32_t reg_get(const struct device *d, unsigned reg);

/* Sets the stored bits without any of the table's rules (flags set by hardware). */
void reg_put(struct device *d, unsigned reg, uint32_t value);

/* Sets or clears bits of the stored value. */
void reg_set_bits(struct device *d, unsigned reg, uint32_t bits);
void reg_clear_bits(struct device *d, unsigned reg, uint32_t bits);

/* A guest's write by the table's rules: plain, w1c, w0c, w1s bits in the written lanes. Returns the
 * new stored value. */
uint32_t reg_store(struct device *d, unsigned reg, uint32_t value, uint32_t lanes);

/* The chip row's device-specific constant. */
const void *device_config(const struct device *d);

/* The clock id that the chip row names for this device. */
unsigned device_clock(const struct device *d);

/* The machine's options: crystals fitted, seed of the random sources. */
const struct machine_options *device_options(const struct device *d);

/* Another device of the machine by its chip name; NULL if the chip has none. For wiring at reset time,
 * not for hot paths. */
struct device *device_find(const struct device *d, const char *name);

/* A flash-like memory of the machine by its chip name (flash controllers); NULL if there is none. */
struct nvm *device_nvm(const struct device *d, const char *name);

#endif
