/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * States of unknown origin: what would lead the machine out of its arrays is refused, and the machine is as it
 * was; what is taken can be run. tests/fuzz/fuzz_recording tries many more.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "core/machine.h"
#include "core/state.h"
#include "periph/chips/chips.h"

static struct machine *m;
static uint8_t *state;
static vtime at;         /* its moment */

static void setup(void)
{
    const struct machine_options options = {.seed = 7, .hse_hz = 8000000, .lse_hz = 32768};
    const struct machine_host host = {0};
    char error[200];

    m = machine_create(&stm32f405rg, &options, &host, error, sizeof error);
    cr_assert(m, "%s", error);
    machine_run(m, vtime_at(1000));
    state = malloc(machine_state_size(m));
    machine_save(m, state);
    at = machine_now(m);
}

static void teardown(void)
{
    machine_destroy(m);
    free(state);
}

TestSuite(foreign_state, .init = setup, .fini = teardown);

static const struct arena_part *part(const char *name)
{
    size_t count;
    const struct arena_part *all = arena_parts(machine_arena(m), &count);

    for (size_t i = 0; i < count; i++)
        if (!strcmp(all[i].name, name))
            return &all[i];
    cr_assert_fail("no part %s", name);
    return NULL;
}

static bool take(void)
{
    return machine_restore_foreign(m, state, machine_now(m), machine_modes(m));
}

Test(foreign_state, the_machines_own_is_taken)
{
    uint64_t hash = machine_hash(m);

    machine_run(m, vtime_at(5000));
    cr_assert(machine_restore_foreign(m, state, at, machine_modes(m)));
    cr_assert_eq(machine_hash(m), hash);
}

Test(foreign_state, that_of_another_moment_is_refused)
{
    cr_assert_not(machine_restore_foreign(m, state, vtime_add(at, 1), machine_modes(m)));
}

/* All ones make an index of everything that is one. */
Test(foreign_state, indices_out_of_range_are_refused_and_nothing_changes)
{
    static const char *const names[] = {"scheduler", "clocks", "USART2", "TIM2", "DMA2", "ADC1", "ADC_Common",
                                        "FLASH", "IWDG", "LSE_edges", "RTC", "I2C1", "SPI2",
                                        "WWDG"};
    uint64_t hash = machine_hash(m);

    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        const struct arena_part *p = part(names[i]);
        machine_save(m, state);
        memset(state + p->offset, 0xFF, p->size);
        cr_assert_not(take(), "%s", names[i]);
        cr_assert_eq(machine_hash(m), hash, "%s", names[i]);
    }
}

Test(foreign_state, an_odd_pc_is_refused)
{
    state[part("cpu")->offset + 4 * 15] |= 1;
    cr_assert_not(take());
}

/* Ordinary memory may hold anything. */
Test(foreign_state, other_contents_of_ram_are_taken)
{
    const struct arena_part *p = part("sram");

    memset(state + p->offset, 0xA5, p->size);
    cr_assert(take());
    machine_run(m, vtime_at(20000));
}
