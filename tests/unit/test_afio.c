/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What AFIO's remaps do on the STM32F100: the debug port's field, pins that do not exist, TIM1's DMA requests. */
#include <criterion/criterion.h>
#include <string.h>

#include "periph/chips/chips.h"
#include "tests/unit/board.h"

enum {
    RCC = 0x40021000, AHBENR = RCC + 0x14, APB2ENR = RCC + 0x18, AFIO = 0x40010000, MAPR = AFIO + 4, MAPR2 = AFIO + 0x1C,
    NOJTAG = 2 << 24, EFFECTLESS = 7 << 24, TIM1_DMA_REMAP = 1 << 4,
    TIM1 = 0x40012C00, DIER = TIM1 + 0xC, EGR = TIM1 + 0x14, CC1DE = 1 << 9, CC2DE = 1 << 10, CC1G = 2, CC2G = 4,
    DMA1 = 0x40020000, CCR = DMA1 + 8, CNDTR = DMA1 + 0xC, CPAR = DMA1 + 0x10, CMAR = DMA1 + 0x14, CHANNEL = 20,
    SRAM = 0x20001000
};

static struct board *b;

static void start(void)
{
    const struct machine_options options = {.seed = 1};

    b = board_create_chip(&stm32f100rb, &options);
    board_write(b, AHBENR, 0x15);
    board_write(b, APB2ENR, 1u << 11 | 1);
}

static void stop(void)
{
    board_destroy(b);
}

TestSuite(afio, .init = start, .fini = stop);

Test(afio, swj_cfg_reads_what_was_written)
{
    board_write(b, MAPR, NOJTAG | 4);
    cr_assert_eq(board_read(b, MAPR), NOJTAG | 4);
    board_write(b, MAPR, 4u << 24);
    cr_assert_eq(board_read(b, MAPR), 4u << 24);
}

Test(afio, values_of_swj_cfg_without_effect_leave_it_alone)
{
    board_write(b, MAPR, NOJTAG);
    board_write(b, MAPR, EFFECTLESS | 1);
    cr_assert_eq(board_read(b, MAPR), NOJTAG | 1);
}

Test(afio, remaps_to_pins_that_the_package_lacks_are_reported)
{
    board_write(b, MAPR, 1u << 2 | 3u << 8 | 3u << 10);     /* USART1, TIM2 and TIM3 have such pins */
    cr_assert_eq(b->diags[DIAG_RESERVED], 0);
    board_write(b, MAPR, 1u << 3);
    cr_assert_eq(b->diags[DIAG_RESERVED], 1);
    cr_assert(strstr(b->last_diag, "USART2_REMAP"), "%s", b->last_diag);
}

static void prepare_channel(unsigned channel)
{
    uint32_t at = CHANNEL * (channel - 1);

    board_write(b, CPAR + at, SRAM);
    board_write(b, CMAR + at, SRAM + 4);
    board_write(b, CNDTR + at, 8);
    board_write(b, CCR + at, 1);
}

static unsigned served(unsigned channel)
{
    return 8 - board_peek(b, CNDTR + CHANNEL * (channel - 1));
}

/* One request each of TIM1's channels 1 and 2, one after the other: a DMA channel's requests are one. */
static void request(void)
{
    for (unsigned channel = 2; channel <= 6; channel++)
        prepare_channel(channel);
    board_write(b, DIER, CC1DE | CC2DE);
    board_write(b, EGR, CC1G);
    board_run(b, 200);
    board_write(b, EGR, CC2G);
    board_run(b, 200);
}

Test(afio, requests_of_tim1_go_to_channels_2_and_3)
{
    request();
    cr_assert_eq(served(2), 1);
    cr_assert_eq(served(3), 1);
    cr_assert_eq(served(6), 0);
}

Test(afio, tim1_dma_remap_moves_them_to_channel_6)
{
    board_write(b, MAPR2, TIM1_DMA_REMAP);
    request();
    cr_assert_eq(served(2), 0);
    cr_assert_eq(served(3), 0);
    cr_assert_eq(served(6), 2);
}

Test(afio, a_request_that_waits_moves_with_the_remap)
{
    prepare_channel(6);
    board_write(b, DIER, CC1DE);
    board_write(b, EGR, CC1G);
    board_run(b, 200);
    cr_assert_eq(served(6), 0);
    board_write(b, MAPR2, TIM1_DMA_REMAP);
    board_run(b, 200);
    cr_assert_eq(served(6), 1);
}

Test(afio, survives_save_and_restore_at_every_event)
{
    board_write(b, MAPR2, TIM1_DMA_REMAP);
    prepare_channel(6);
    board_write(b, DIER, CC1DE | CC2DE);
    board_write(b, EGR, CC1G | CC2G);
    board_check_replay(b, 200);
}

/* ---- pins that others hold ---- */

enum { GPIOA = 0x40010800, GPIOB = 0x40010C00, GPIOD = 0x40011400, CRL = 0, CRH = 4, IDR = 8, BSRR = 0x10 };

static uint32_t pads(uint32_t port)
{
    return board_read(b, port + IDR);
}

Test(afio, swj_cfg_decides_whose_the_debug_ports_pins_are)
{
    board_write(b, APB2ENR, 0x7D);
    cr_assert_eq(pads(GPIOA), 0xA000, "pulled up");
    cr_assert_eq(pads(GPIOB), 0x10);
    board_write(b, GPIOA + CRH, 0x33344444);    /* PA13 to PA15, PB3 and PB4: outputs */
    board_write(b, GPIOB + CRL, 0x44433444);
    cr_assert(strstr(b->last_diag, "made an output"), "%s", b->last_diag);
    board_write(b, GPIOA + BSRR, 0xA0004000);   /* the opposite of the pulls */
    board_write(b, GPIOB + BSRR, 0x8);
    cr_assert_eq(pads(GPIOA), 0xA000);
    cr_assert_eq(pads(GPIOB), 0x10);
    board_write(b, MAPR, 1u << 24);
    cr_assert_eq(pads(GPIOB), 0x00, "PB4 is an output of 0 now");
    board_write(b, MAPR, NOJTAG);
    cr_assert_eq(pads(GPIOA), 0x2000, "PA15 is one, too");
    cr_assert_eq(pads(GPIOB), 0x08);
    board_write(b, MAPR, 4u << 24);
    cr_assert_eq(pads(GPIOA), 0x4000);
}

Test(afio, pd0_and_pd1_are_the_crystals_until_they_are_remapped)
{
    board_write(b, APB2ENR, 0x7D);
    board_write(b, GPIOD + CRL, 0x44444433);
    board_write(b, GPIOD + BSRR, 3);
    cr_assert_eq(pads(GPIOD), 0);
    board_write(b, MAPR, 1 << 15);
    cr_assert_eq(pads(GPIOD), 3);
}
