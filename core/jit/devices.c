/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Devices from translated code: a load or store of one register that the window cannot answer is made by a
 * call of the device, with the exact pc and cycle in the arena (I6), and without the interpreter. Where that
 * is all that happened, translated code goes on with nothing but the value; where it had consequences - an
 * exception pends, an event moved, time passed - the instruction is completed here and looked after like one
 * of the slow path.
 *
 * Bit-band aliases are served as well. The interpreter keeps: images, what nothing answers for, accesses that
 * are not aligned, stores to the private peripheral bus (they change modes), what is refused there, and stores of
 * checked blocks to bit-band aliases (they may change the block).
 */
#include "core/address_map.h"
#include "core/arm/exec.h"
#include "core/jit/translator.h"

#define DEVICES_FROM 0x40000000u    /* the alias at 0 and its changes lie below */

static struct jit_answer refused(const struct jit *j, const struct site *site)
{
    jit_clear_flags();
    return (struct jit_answer){(uint64_t)(uintptr_t)jit_runs_at(j, site->stub), DEVICE_REFUSED};
}

static bool is_private(uint32_t address)
{
    return address >> 20 == 0xE00;
}

static bool covers(const struct bus_region *region, uint32_t address, unsigned size)
{
    return address - region->span.base <= region->span.size - size;
}

/* The device at `address`, NULL if the interpreter is to find out what is there. */
static const struct bus_region *device_at(const struct jit *j, struct site *site, uint32_t address)
{
    const struct bus_region *region = site->region;

    if (likely(region && covers(region, address, site->width)))
        return region;
    region = address >= DEVICES_FROM ? bus_device_at(j->c->bus, address) : NULL;
    if (region && !covers(region, address, site->width))
        return NULL;
    if (region)
        site->region = region;
    return region;
}

/* What devices and reports see of the core. */
static void show(struct jit *j, const struct site *site, uint64_t budget)
{
    struct cpu_state *s = j->c->s;

    s->cycle = j->limit - (uint64_t)((int64_t)budget >> 32) - site->cycles_from;
    s->r[15] = site->pc;
    j->c->interpreted++;        /* it is as much work */
}

/* Whether nothing has changed that ends, shortens or invalidates translated code. */
static bool quiet(const struct jit *j, uint64_t cycle)
{
    const struct cpu *c = j->c;

    return !c->attention && c->limit >= j->limit && c->s->cycle == cycle && c->checks == j->checks &&
           !jit_stale(j);
}

static struct jit_answer answer(struct jit *j, const struct site *site, uint64_t cycle, uint32_t value)
{
    jit_clear_flags();
    if (likely(quiet(j, cycle)))
        return (struct jit_answer){value, DEVICE_DONE};
    j->loaded = value;
    return (struct jit_answer){(uint64_t)(uintptr_t)jit_runs_at(j, site->resume), DEVICE_EVENT};
}

static bool read_device(struct site *site, const struct bus_region *region, uint32_t address,
                        uint32_t *value)
{
    uint32_t offset = address - region->span.base;

    if (reg_tap_find(&site->tap, region->device, region->map, offset, site->width))
        site->tapped = address;
    return device_read(region->device, region->map, offset, site->width, value);
}

static __attribute__((noinline)) struct jit_answer load_untapped(struct jit *j, struct site *site,
                                                                 uint32_t address)
{
    const struct bus_region *region = device_at(j, site, address);
    uint64_t cycle = j->c->s->cycle;
    uint32_t value;
    bool done;

    jit_collect_flags(j);
    if (address & (site->width - 1u) || (is_private(address) && !cpu_privileged(j->c)))
        return refused(j, site);
    if (region)
        done = read_device(site, region, address, &value);
    else
        done = jit_is_bitband(address) && bus_read(j->c->bus, BUS_CPU_DATA, address, site->width, &value) == BUS_OK;
    return done ? answer(j, site, cycle, extend(value, site->width, site->sign)) : refused(j, site);
}

struct jit_answer jit_device_load(struct jit *j, uint32_t number, uint64_t budget, uint32_t address)
{
    struct site *site = &j->sites[number];
    bool tapped = site->tapped == address && (!is_private(address) || cpu_privileged(j->c));
    uint64_t cycle;
    uint32_t value;

    show(j, site, budget);
    cycle = j->c->s->cycle;
    if (tapped && site->tap.effect)
        jit_collect_flags(j);
    if (!likely(tapped && reg_tap_read(&site->tap, &value)))
        return load_untapped(j, site, address);
    value = extend(value, site->width, site->sign);
    return site->tap.effect ? answer(j, site, cycle, value) : (struct jit_answer){value, DEVICE_DONE};
}

struct jit_answer jit_device_store(struct jit *j, uint32_t number, uint64_t budget, uint32_t address,
                                   uint32_t value)
{
    struct site *site = &j->sites[number];
    const struct bus_region *region = device_at(j, site, address);
    uint64_t cycle;

    jit_collect_flags(j);
    show(j, site, budget);
    cycle = j->c->s->cycle;
    if (address & (site->width - 1u) || is_private(address) || !(region || (jit_is_bitband(address) && !site->leave)))
        return refused(j, site);
    value = extend(value, site->width, false);
    if (bus_write(j->c->bus, BUS_CPU_DATA, address, site->width, value) != BUS_OK)
        return refused(j, site);
    return answer(j, site, cycle, 0);
}

/* What is left of the instruction: its registers, and its retirement as the interpreter's. */
struct jit_exit jit_device_finish(struct jit *j, uint32_t number, uint64_t budget, uint32_t *fp, uint32_t unused)
{
    const struct site *site = &j->sites[number];
    struct cpu *c = j->c;
    struct cpu_state *s = c->s;
    uint64_t stalled = s->cycle;

    (void)unused;
    jit_synchronise(j, site, budget);
    stalled -= s->cycle;
    if (site->base_offset)
        set_reg(c, site->rn, s->r[site->rn] + site->base_offset);
    if (site->load)
        set_reg(c, site->rd, j->loaded);
    s->r[15] = site->next;
    s->cycle += stalled + site->cycles_from - site->cycles_after;
    s->instructions++;
    s->it = site->it_after;
    s->mem_pipelined = site->pairs_after;
    if (c->view_epoch != bus_epoch(c->bus))
        cpu_views_drop(c);
    return jit_go_on(j, site, fp);
}
