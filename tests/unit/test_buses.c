/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which pins are on which I2C bus of the board, and what devices join. */
#include <criterion/criterion.h>
#include <string.h>

#include "periph/chips/chips.h"
#include "periph/gpio.h"
#include "server/buses.h"

static struct buses b;
static struct chip_device rows[BUSES + 1];
static struct chip_route routes[BUSES_ROUTES + 1];

static void start(void)
{
    buses_create(&b, chip_find("stm32f405rg"));
}

TestSuite(buses, .init = start);

static bool has_route(const char *from, const char *to)
{
    for (const struct chip_route *r = routes; r->from; r++)
        if (!strcmp(r->from, from) && !strcmp(r->to, to))
            return true;
    return false;
}

Test(buses, each_controller_has_one_with_its_pins)
{
    cr_assert_str_eq(buses_join(&b, "I2C1"), "bus@I2C1");
    cr_assert_str_eq(buses_join(&b, "i2c2"), "bus@I2C2");
    cr_assert_null(buses_join(&b, "I2C4"));
    buses_finish(&b, rows, routes);
    cr_assert_str_eq(rows[2].name, "bus@I2C3");
    cr_assert_null(rows[3].name);
    cr_assert(has_route("GPIOB", "bus@I2C1"));
    cr_assert(has_route("bus@I2C1", "GPIOB"));
    cr_assert_not(has_route("GPIOA", "bus@I2C1"));
}

Test(buses, wired_ones_are_one_by_either_name)
{
    const char *joined = buses_join(&b, "I2C3");

    cr_assert(buses_wire(&b, "I2C1", "I2C2"));
    cr_assert(buses_wire(&b, "I2C3", "I2C2"));
    cr_assert(buses_wire(&b, "I2C1", "I2C3"), "they are joined already");
    cr_assert_not(buses_wire(&b, "I2C1", "PA0"));
    buses_finish(&b, rows, routes);
    cr_assert_null(rows[1].name);
    cr_assert_str_eq(joined, rows[0].name, "also for who had joined before");
    cr_assert(has_route("GPIOA", rows[0].name));
    cr_assert(buses_is_at(rows[0].name, "I2C1"));
    cr_assert(buses_is_at(rows[0].name, "I2C2"));
    cr_assert_not(buses_is_at(rows[0].name, "I2C"));
}

Test(buses, pins_of_a_controller_are_on_its_bus)
{
    cr_assert_str_eq(buses_join(&b, "PB8/PB9"), "bus@I2C1");
    cr_assert_str_eq(buses_join(&b, "PB9/PB8"), "bus@PB9/PB8", "not as SCL and SDA");
    cr_assert_str_eq(buses_join(&b, "PA0/PA1"), "bus@PA0/PA1");
    cr_assert_str_eq(buses_join(&b, "PA0/PA1"), "bus@PA0/PA1");
    cr_assert_null(buses_join(&b, "PA0"));
    cr_assert_null(buses_join(&b, "PA0/PX1"));
    buses_finish(&b, rows, routes);
    cr_assert_str_eq(rows[4].name, "bus@PA0/PA1");
    cr_assert_null(rows[5].name);
}
