/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Walks over the registers of a chip. See chip_walk.h. */
#include "tests/unit/chip_walk.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"

static bool is_in(walk_names names, const struct chip_device *row, const struct reg *r)
{
    for (; names && *names; names++) {
        const char *dot = strchr(*names, '.');
        size_t length = (size_t)(dot - *names);
        bool device = **names == '*' || (strlen(row->name) == length && !strncmp(row->name, *names, length));
        if (device && (!strcmp(dot + 1, "*") || !strcmp(dot + 1, r->name)))
            return true;
    }
    return false;
}

static uint32_t width_bits(const struct reg *r)
{
    return r->width == 32 ? UINT32_MAX : (1u << r->width) - 1;
}

static uint32_t field_bits(const struct reg *r)
{
    uint32_t bits = 0;

    for (const struct reg_field *f = r->fields; f && f->name; f++)
        bits |= (f->width == 32 ? UINT32_MAX : (1u << f->width) - 1) << f->lsb;
    return bits;
}

static void check_register(const struct chip_device *row, const struct reg *r)
{
    uint32_t written = r->writable | r->w1c | r->w0c | r->w1s | r->action;
    uint32_t fields = r->fields ? field_bits(r) : width_bits(r);

    cr_assert_eq(written & ~fields, 0, "%s.%s: 0x%X is written, no field", row->name, r->name,
                 written & ~fields);
    cr_assert_eq(fields & ~(r->readable | written), 0, "%s.%s: 0x%X is a field, not read or written",
                 row->name, r->name, fields & ~(r->readable | written));
    cr_assert_eq((r->readable | fields) & ~width_bits(r) & ~(r->flags & REG_UNMODELLED ? UINT32_MAX : 0),
                 0, "%s.%s is wider than it says", row->name, r->name);
    cr_assert_eq(r->reset & ~r->readable, 0, "%s.%s: reset value in bits that read 0", row->name, r->name);
    cr_assert_eq(r->writable & (r->w1c | r->w0c | r->w1s), 0, "%s.%s: two meanings", row->name, r->name);
    cr_assert_lt(r->offset, row->size, "%s.%s", row->name, r->name);
}

void walk_tables(const struct chip *chip)
{
    for (const struct chip_device *row = chip->devices; row->name; row++)
        for (unsigned i = 0; i < row->ops->reg_count; i++) {
            const struct reg *r = &row->ops->regs[i];
            if (!(r->flags & REG_PAD))
                check_register(row, r);
            for (unsigned j = 0; j < i; j++)
                cr_assert_neq(r->offset / 4, row->ops->regs[j].offset / 4, "%s.%s and %s", row->name,
                              r->name, row->ops->regs[j].name);
        }
}

unsigned walk_resets(struct board *b, walk_names others)
{
    unsigned count = 0;

    for (const struct chip_device *row = machine_chip(b->m)->devices; row->name; row++)
        for (unsigned i = 0; i < row->ops->reg_count; i++) {
            const struct reg *r = &row->ops->regs[i];
            if (is_in(others, row, r))
                continue;
            cr_assert_eq(board_peek(b, row->base + r->offset), r->reset, "%s.%s", row->name, r->name);
            cr_assert_eq(board_read(b, row->base + r->offset), r->reset, "%s.%s", row->name, r->name);
            count++;
        }
    return count;
}

/* A write of `size` bytes at byte `at` of the register: what it changes are the plain bits of these bytes. */
static void check_mask(struct board *b, const struct chip_device *row, const struct reg *r, uint32_t value,
                       unsigned at, unsigned size)
{
    uint32_t address = row->base + r->offset, before = board_peek(b, address), expected, now;
    uint32_t lanes = (size == 4 ? UINT32_MAX : (1u << 8 * size) - 1) << 8 * at, plain = r->writable & lanes;

    if (size == 4)
        board_write(b, address, value);
    else if (size == 2)
        board_write16(b, address + at, (uint16_t)(value >> 8 * at));
    else
        board_write8(b, address + at, (uint8_t)(value >> 8 * at));
    expected = ((before & ~plain) | (value & plain)) & r->readable;
    now = board_peek(b, address);
    cr_assert_eq(now, expected, "%s.%s: 0x%X written to %u bytes at %u reads 0x%X, not 0x%X", row->name, r->name,
                 value, size, at, now, expected);
}

/* Takes writes of some bits only once. */
static bool locks(const struct reg *r)
{
    for (const struct reg_field *f = r->fields; f && f->name; f++)
        if (!strcmp(f->name, "LOCK"))
            return true;
    return false;
}

/* The register as it was: by writing that, or else by going back to `start`. */
static void undo(struct board *b, const struct chip_device *row, const struct reg *r, uint32_t before,
                 const void *start)
{
    board_write(b, row->base + r->offset, before & ~r->action);
    if (locks(r) || board_peek(b, row->base + r->offset) != before)
        machine_restore(b->m, start);
}

/* All bits, none, every second, each alone; in halves and bytes, too, where the register takes them. */
static void check_masks(struct board *b, const struct chip_device *row, const struct reg *r, const void *start)
{
    static const uint32_t patterns[] = {0xFFFFFFFF, 0, 0x55555555, 0xAAAAAAAA};
    uint32_t keep = ~r->action & width_bits(r), before = board_peek(b, row->base + r->offset);

    for (unsigned i = 0; i < 4; i++)
        for (unsigned size = 4; size; size /= 2)
            for (unsigned at = 0; at < r->width / 8u && (size == 4 || !r->access || r->access & size); at += size) {
                check_mask(b, row, r, patterns[i] & keep, at, size);
                undo(b, row, r, before, start);
            }
    for (unsigned bit = 0; bit < r->width; bit++) {
        check_mask(b, row, r, 1u << bit & keep, 0, 4);
        undo(b, row, r, before, start);
    }
    machine_restore(b->m, start);
}

unsigned walk_masks(struct board *b, walk_names others)
{
    void *start = malloc(machine_state_size(b->m));
    unsigned count = 0;

    machine_save(b->m, start);
    for (const struct chip_device *row = machine_chip(b->m)->devices; row->name; row++)
        for (unsigned i = 0; i < row->ops->reg_count; i++) {
            const struct reg *r = &row->ops->regs[i];
            if (r->flags & (REG_UNMODELLED | REG_PAD) || r->w1c | r->w0c | r->w1s || is_in(others, row, r) ||
                r->action == width_bits(r))
                continue;
            check_masks(b, row, r, start);
            count++;
        }
    free(start);
    return count;
}

/* The register reads 0, drops what is written, and says so. */
static void check_unreachable(struct board *b, const struct chip_device *row, const struct reg *r)
{
    unsigned reports = b->diags[DIAG_UNCLOCKED];

    board_write(b, row->base + r->offset, 0xFFFFFFFF);
    cr_assert_eq(b->diags[DIAG_UNCLOCKED], reports + 1, "%s.%s: silence", row->name, r->name);
    cr_assert_eq(board_read(b, row->base + r->offset), 0, "%s.%s", row->name, r->name);
    cr_assert_eq(board_peek(b, row->base + r->offset), 0, "%s.%s", row->name, r->name);
}

unsigned walk_unclocked(struct board *b)
{
    unsigned count = 0;

    for (const struct chip_device *row = machine_chip(b->m)->devices; row->name; row++)
        for (unsigned i = 0; i < row->ops->reg_count; i++)
            if (row->gate != GATE_NONE && !gate_on(machine_device_named(b->m, row->name)) &&
                !(row->ops->regs[i].flags & REG_PAD)) {
                check_unreachable(b, row, &row->ops->regs[i]);
                count++;
            }
    return count;
}

/* The register of the clock controller, the chip's first device, that has bit `line` of those from `first`. */
static const struct reg *line_register(const struct chip *chip, const char *first, uint16_t line)
{
    const struct reg *regs = chip->devices[0].ops->regs;
    unsigned reg = 0;

    while (strcmp(regs[reg].name, first))
        reg++;
    return &regs[reg + line / 32];
}

static void hold(struct board *b, const struct chip_device *row, const char *reset, bool held)
{
    const struct chip *chip = machine_chip(b->m);
    uint32_t at = chip->devices[0].base + line_register(chip, reset, row->reset_line)->offset;

    board_write(b, at, held ? 1u << row->reset_line % 32 : 0);
}

unsigned walk_held_in_reset(struct board *b, const char *reset, walk_names others)
{
    void *start = malloc(machine_state_size(b->m));
    unsigned count = 0;

    machine_save(b->m, start);
    for (const struct chip_device *row = machine_chip(b->m)->devices; row->name; row++) {
        for (unsigned i = 0; row->reset_line != GATE_NONE && i < row->ops->reg_count; i++) {
            const struct reg *r = &row->ops->regs[i];
            if (r->flags & (REG_PAD | REG_BACKUP) || is_in(others, row, r))
                continue;
            board_write(b, row->base + r->offset, ~r->action);
            hold(b, row, reset, true);
            check_unreachable(b, row, r);
            hold(b, row, reset, false);
            cr_assert_eq(board_read(b, row->base + r->offset), r->reset, "%s.%s", row->name, r->name);
            machine_restore(b->m, start);
            count++;
        }
    }
    free(start);
    return count;
}

void walk_peeks(struct board *b)
{
    const struct chip *chip = machine_chip(b->m);
    uint64_t hash;

    for (const struct chip_device *row = chip->devices; row->name; row++)
        for (unsigned i = 0; i < row->ops->reg_count; i++)
            if (row->ops->regs[i].action != width_bits(&row->ops->regs[i]))     /* a wrong key locks */
                board_write(b, row->base + row->ops->regs[i].offset, ~row->ops->regs[i].action);
    board_run(b, 10000);
    hash = machine_hash(b->m);
    for (const struct chip_device *row = chip->devices; row->name; row++)
        for (unsigned i = 0; i < row->ops->reg_count; i++) {
            board_peek(b, row->base + row->ops->regs[i].offset);
            cr_assert_eq(machine_hash(b->m), hash, "%s.%s", row->name, row->ops->regs[i].name);
        }
}

static const char *line_name(const struct chip *chip, const char *first, uint16_t line)
{
    for (const struct reg_field *f = line_register(chip, first, line)->fields; f->name; f++)
        if (f->lsb == line % 32)
            return f->name;
    return "no field";
}

static void check_line(const char *device, const char *field, const char *tail,
                       const char *const (*others)[2])
{
    const char *prefix = device;

    for (; (*others)[0]; others++)
        if (!strncmp(device, (*others)[0], strlen((*others)[0])))
            prefix = (*others)[1];
    cr_assert(!strncmp(field, prefix, strlen(prefix)) && strstr(field, tail), "%s has %s", device, field);
}

void walk_gates(const struct chip *chip, const char *enable, const char *reset,
                const char *const (*others)[2])
{
    for (const struct chip_device *row = chip->devices; row->name; row++) {
        if (row->gate != GATE_NONE)
            check_line(row->name, line_name(chip, enable, row->gate), "EN", others);
        if (row->reset_line != GATE_NONE)
            check_line(row->name, line_name(chip, reset, row->reset_line), "RST", others);
    }
}
