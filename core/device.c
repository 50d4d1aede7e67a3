/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rules that every register follows, from the tables. See device.h and device_access.h. */
#include "core/device.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/chip.h"
#include "core/clock.h"
#include "core/clocks.h"
#include "core/device_access.h"
#include "core/env.h"
#include "core/lines.h"
#include "core/log.h"
#include "core/scheduler.h"

/* ---- stored bits ---- */

static uint32_t *bank(const struct device *d)
{
    return d->state;        /* every state struct begins with its registers */
}

uint32_t reg_get(const struct device *d, unsigned reg)
{
    return bank(d)[reg];
}

void reg_put(struct device *d, unsigned reg, uint32_t value)
{
    bank(d)[reg] = value;
}

void reg_set_bits(struct device *d, unsigned reg, uint32_t bits)
{
    bank(d)[reg] |= bits;
}

void reg_clear_bits(struct device *d, unsigned reg, uint32_t bits)
{
    bank(d)[reg] &= ~bits;
}

uint32_t reg_store(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    const struct reg *r = &d->ops->regs[reg];
    uint32_t plain = r->writable & lanes;
    uint32_t stored = (bank(d)[reg] & ~plain) | (value & plain);

    stored &= ~(value & r->w1c & lanes);
    stored &= ~(~value & r->w0c & lanes);
    stored |= value & r->w1s & lanes;
    bank(d)[reg] = stored;
    return stored;
}

const void *device_config(const struct device *d)
{
    return d->row->config;
}

unsigned device_clock(const struct device *d)
{
    return d->row->clock;
}

/* ---- which register ---- */

bool reg_map_init(struct reg_map *map, const struct device_ops *ops)
{
    map->words = 0;
    for (unsigned i = 0; i < ops->reg_count; i++)
        if (ops->regs[i].offset / 4u >= map->words)
            map->words = ops->regs[i].offset / 4u + 1;
    map->reg = malloc((map->words + 1) * sizeof *map->reg);
    if (!map->reg)
        return false;
    for (uint32_t word = 0; word < map->words; word++)
        map->reg[word] = DIAG_NO_REG;
    for (unsigned i = 0; i < ops->reg_count; i++)
        if (!(ops->regs[i].flags & REG_PAD))
            map->reg[ops->regs[i].offset / 4u] = (uint16_t)i;
    return true;
}

void reg_map_free(struct reg_map *map)
{
    free(map->reg);
    map->reg = NULL;
}

static unsigned reg_at(const struct reg_map *map, uint32_t offset)
{
    return offset / 4 < map->words ? map->reg[offset / 4] : DIAG_NO_REG;
}

/* ---- reads ---- */

uint32_t device_peek_reg(const struct device *d, unsigned reg)
{
    const struct reg *r = &d->ops->regs[reg];

    if (d->ops->peek && !(r->flags & REG_UNMODELLED))
        return d->ops->peek(d, reg);
    return bank(d)[reg] & r->readable;
}

static uint32_t read_reg(struct device *d, unsigned reg)
{
    if (d->ops->regs[reg].flags & REG_READ_EFFECT)
        return d->ops->read(d, reg);
    return device_peek_reg(d, reg);
}

static uint32_t size_mask(unsigned size)
{
    return size == 4 ? UINT32_MAX : (1u << 8 * size) - 1;
}

static void check_width(struct device *d, unsigned reg, unsigned size)
{
    unsigned access = d->ops->regs[reg].access;

    if (access && !(access & size))
        diag_guest(d, DIAG_WIDTH, reg, "%u-bit access, which the register does not support", 8 * size);
}

static void report_unmodelled(struct device *d, unsigned reg)
{
    if (d->ops->regs[reg].flags & REG_UNMODELLED)
        diag_unmodelled(d, reg, "not modelled: reads give the reset value, writes are dropped");
}

/* Off or held in reset: the access does nothing. */
static bool unreachable(struct device *d, unsigned reg, bool write)
{
    if (gate_on(d))
        return false;
    diag_guest(d, DIAG_UNCLOCKED, reg, "%s while the block's clock is off or its reset is held: %s",
               write ? "written" : "read", write ? "dropped" : "reads 0");
    return true;
}

bool device_read(struct device *d, const struct reg_map *map, uint32_t offset, unsigned size,
                 uint32_t *value)
{
    unsigned reg = reg_at(map, offset);

    *value = 0;
    if (unreachable(d, reg, false))
        return true;
    if (reg == DIAG_NO_REG) {
        if (d->ops->mem_read)
            return d->ops->mem_read(d, offset, size, value);
        diag_guest(d, DIAG_RESERVED, reg, "read of the reserved offset 0x%X gives 0", offset);
        return true;
    }
    check_width(d, reg, size);
    report_unmodelled(d, reg);
    *value = read_reg(d, reg) >> 8 * (offset & 3) & size_mask(size);
    return true;
}

bool reg_tap_find(struct reg_tap *tap, struct device *d, const struct reg_map *map, uint32_t offset,
                  unsigned size)
{
    unsigned reg = reg_at(map, offset);
    const struct reg *r = reg == DIAG_NO_REG ? NULL : &d->ops->regs[reg];

    if (!r || r->flags & REG_UNMODELLED || (r->access && !(r->access & size)))
        return false;
    *tap = (struct reg_tap){
        .device = d, .gate = &d->env->clocks->gates[d->index], .mask = size_mask(size),
        .reg = (uint16_t)reg, .shift = (uint8_t)(8 * (offset & 3)), .effect = r->flags & REG_READ_EFFECT,
    };
    return true;
}

bool reg_tap_read(const struct reg_tap *tap, uint32_t *value)
{
    struct device *d = tap->device;

    if (*tap->gate != GATE_CLOCKED)
        return false;
    if (tap->effect)
        *value = d->ops->read(d, tap->reg);
    else
        *value = d->ops->peek ? d->ops->peek(d, tap->reg) : bank(d)[tap->reg] & d->ops->regs[tap->reg].readable;
    *value = *value >> tap->shift & tap->mask;
    return true;
}

bool device_peek_byte(const struct device *d, const struct reg_map *map, uint32_t offset, uint8_t *value)
{
    unsigned reg = reg_at(map, offset);
    uint32_t word = 0;

    *value = 0;
    if (!gate_on(d))
        return true;
    if (reg == DIAG_NO_REG) {
        if (!d->ops->mem_peek)
            return true;
        return d->ops->mem_peek(d, offset, value);
    }
    word = device_peek_reg(d, reg);
    *value = (uint8_t)(word >> 8 * (offset & 3));
    return true;
}

/* ---- writes ---- */

static uint32_t known_bits(const struct reg *r)
{
    uint32_t known = r->writable | r->w1c | r->w0c | r->w1s | r->action;

    if (!r->fields || r->w0c)   /* drivers clear an rc_w0 flag by writing 1 to everything else */
        return UINT32_MAX;
    for (const struct reg_field *f = r->fields; f->name; f++)
        known |= (f->width == 32 ? UINT32_MAX : (1u << f->width) - 1) << f->lsb;
    return known;
}

static void check_written_bits(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    const struct reg *r = &d->ops->regs[reg];
    uint32_t reserved = value & lanes & ~known_bits(r) & ~r->reset;

    if (!(r->writable | r->w1c | r->w0c | r->w1s | r->action))
        diag_guest(d, DIAG_READONLY, reg, "write of 0x%X to a read-only register", value);
    else if (reserved)
        diag_guest(d, DIAG_RESERVED, reg, "1 written to reserved bits 0x%X", reserved);
}

bool device_write(struct device *d, const struct reg_map *map, uint32_t offset, unsigned size,
                  uint32_t value)
{
    unsigned reg = reg_at(map, offset), shift = 8 * (offset & 3);
    uint32_t lanes = size_mask(size) << shift;

    if (unreachable(d, reg, true))
        return true;
    if (reg == DIAG_NO_REG) {
        if (d->ops->mem_write)
            return d->ops->mem_write(d, NULL, offset, size, value);
        diag_guest(d, DIAG_RESERVED, reg, "write of 0x%X to the reserved offset 0x%X", value, offset);
        return true;
    }
    value = value << shift & lanes;
    check_width(d, reg, size);
    if (d->ops->regs[reg].flags & REG_UNMODELLED) {
        report_unmodelled(d, reg);
        return true;
    }
    check_written_bits(d, reg, value, lanes);
    if (d->ops->write)
        d->ops->write(d, reg, value, lanes);
    else
        reg_store(d, reg, value, lanes);
    return true;
}

/* ---- reset ---- */

void device_reset(struct device *d, enum reset_kind kind)
{
    if (kind == RESET_SYSTEM && d->ops->keeps_over_reset)
        return;
    scheduler_drop(d->env->sched, d);
    irq_lines_drop(d);
    signals_drop(d);
    for (unsigned reg = 0; reg < d->ops->reg_count; reg++)
        if (kind == RESET_POWER_ON || !(d->ops->regs[reg].flags & REG_BACKUP))
            bank(d)[reg] = d->ops->regs[reg].reset;
    if (d->ops->reset)
        d->ops->reset(d, kind);
}
