/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ADC of F1: calibration, exact times, groups, triggers, DMA (RM0041 chapter 10). */
#include <criterion/criterion.h>

#include "periph/adc_v1.h"
#include "periph/devices.h"
#include "periph/dma.h"
#include "tests/unit/board.h"

enum {
    ADC = 0x40012400, DMA = 0x40020000, RAM = 0x20000000,
    SR = 0x00, CR1 = 0x04, CR2 = 0x08, SMPR2 = 0x10, JOFR1 = 0x14, HTR = 0x24, SQR1 = 0x2C, SQR3 = 0x34,
    JSQR = 0x38, JDR1 = 0x3C, DR = 0x4C,
    AWD = 1, EOC = 2, JEOC = 4, STRT = 16,
    EOCIE = 1 << 5, SCAN = 1 << 8, DISCEN = 1 << 11, AWDEN = 1 << 23,
    ADON = 1, CONT = 2, CAL = 4, RSTCAL = 8, DMAEN = 1 << 8, ALIGN = 1 << 11, JEXTTRIG = 1 << 15,
    BY_SOFTWARE = 7 << 17 | 1 << 20, SWSTART = 1 << 22, TSVREFE = 1 << 23,
    HALF = 8,               /* core cycles of half an ADCCLK cycle */
    FASTEST = 28            /* halves of a conversion with the shortest sampling time */
};

static const struct chip_device devices[] = {
    {.name = "ADC1", .ops = &adc_v1_ops, .base = ADC, .size = 0x400, .gate = GATE_NONE, .reset_line = 0,
     .clock = CLOCK_ADC_HALVES, .irq = {18}, .irq_count = 1},
    {.name = "DMA1", .ops = &dma_v1_ops, .base = DMA, .size = 0x400, .gate = GATE_NONE,
     .reset_line = GATE_NONE, .clock = CLOCK_CORE, .irq = {11}, .irq_count = 1},
    {.name = NULL},
};

static const struct chip_route routes[] = {
    {"PROBE", 0, "ADC1", ADC_V1_IN_REGULAR + 4, 1},
    {"PROBE", 1, "ADC1", ADC_V1_IN_INJECTED + 2, 1},
    {"ADC1", ADC_V1_OUT_DMA, "DMA1", DMA_V1_LINE(1, 0), 1},
    {.from = NULL},
};

static struct board *b;

static void volts(unsigned channel, unsigned microvolts)
{
    const uint8_t record[8] = {(uint8_t)channel, 0, 0, 0, (uint8_t)microvolts, (uint8_t)(microvolts >> 8),
                               (uint8_t)(microvolts >> 16), 0};

    cr_assert(machine_input(b->m, "ADC1", record, sizeof record));
}

static void setup(void)
{
    b = board_create(devices, routes);
    volts(1, 1650000);
    volts(2, 825000);
    board_run(b, 4);
}

static void teardown(void)
{
    board_destroy(b);
}

static void put(uint32_t offset, uint32_t value)
{
    board_write(b, ADC + offset, value);
}

static uint32_t get(uint32_t offset)
{
    return board_read(b, ADC + offset);
}

static void conversions(unsigned count)
{
    board_run(b, (uint64_t)count * FASTEST * HALF);
}

TestSuite(adc_v1, .init = setup, .fini = teardown);

Test(adc_v1, calibration_ends_by_itself)
{
    put(CR2, ADON);
    put(CR2, ADON | RSTCAL);
    cr_assert(get(CR2) & RSTCAL);
    cr_assert_neq(board_when(b, ADC + CR2, RSTCAL, 0, 5 * 2 * HALF), UINT64_MAX);
    put(CR2, ADON | CAL);
    board_run(b, 82 * 2 * HALF);
    cr_assert(get(CR2) & CAL);
    board_run(b, 2 * HALF);
    cr_assert_not(get(CR2) & CAL);
    cr_assert_eq(get(SR), 0);
}

Test(adc_v1, a_conversion_takes_sampling_plus_12_and_a_half)
{
    static const uint16_t halves[] = {3, 15, 27, 57, 83, 111, 143, 479};

    put(SQR3, 1);
    put(CR2, ADON | BY_SOFTWARE);
    for (unsigned i = 0; i < 8; i++) {
        uint64_t begin = board_now(b), end;
        put(SMPR2, i << 3);
        put(CR2, ADON | BY_SOFTWARE | SWSTART);
        end = board_when(b, ADC + SR, EOC, EOC, 10000);
        cr_assert_leq(end - begin, (halves[i] + 25u) * HALF);
        cr_assert_gt(end - begin, (halves[i] + 24u) * HALF);
        cr_assert_eq(get(DR), 2048);
        cr_assert_eq(get(SR), STRT);
    }
}

Test(adc_v1, adon_written_again_starts)
{
    put(SQR3, 1);
    put(CR2, ADON);
    conversions(2);
    cr_assert_eq(get(SR), 0, "the first one wakes");
    put(CR2, ADON);
    conversions(1);
    cr_assert_eq(get(DR), 2048);
    put(CR2, ADON | CONT);
    conversions(2);
    cr_assert_not(get(SR) & EOC, "another bit has changed");
}

Test(adc_v1, eoc_ends_the_group)
{
    put(CR1, SCAN | EOCIE);
    put(SQR1, 1 << 20);
    put(SQR3, 1 | 2 << 5);
    put(CR2, ADON | BY_SOFTWARE);
    put(CR2, ADON | BY_SOFTWARE | SWSTART);
    conversions(1);
    cr_assert_not(get(SR) & EOC);
    conversions(1);
    cr_assert(board_irq(b, "ADC1", 0));
    cr_assert_eq(get(DR), 1024);
    cr_assert_not(board_irq(b, "ADC1", 0));
}

Test(adc_v1, triggers_start_both_groups)
{
    put(SQR3, 1);
    put(JSQR, 2 << 15);
    put(JOFR1, 24);
    put(CR2, ADON | 4 << 17 | 1 << 20 | 2 << 12 | JEXTTRIG | ALIGN);
    board_write(b, BOARD_PROBE, 1);
    board_run(b, 20);
    board_write(b, BOARD_PROBE, 3);
    conversions(1);
    cr_assert(get(SR) & JEOC);
    cr_assert_eq(get(JDR1), 1000 << 3);
    conversions(1);
    cr_assert_eq(get(DR), 2048 << 4);
}

Test(adc_v1, sensors_need_tsvrefe)
{
    put(SQR3, 17);
    put(CR2, ADON | TSVREFE | BY_SOFTWARE);
    put(CR2, ADON | TSVREFE | BY_SOFTWARE | SWSTART);
    conversions(1);
    cr_assert_eq(get(DR), 1489);
    put(CR2, ADON | BY_SOFTWARE | SWSTART);
    conversions(1);
    cr_assert_eq(get(DR), 0);
    cr_assert_eq(b->diags[DIAG_SEQUENCE], 1);
}

Test(adc_v1, watchdog_sees_values_outside)
{
    put(SQR3, 1);
    put(CR1, AWDEN);
    put(HTR, 2047);
    put(CR2, ADON | BY_SOFTWARE);
    put(CR2, ADON | BY_SOFTWARE | SWSTART);
    conversions(1);
    cr_assert(get(SR) & AWD);
}

static void begin_scan_by_dma(void)
{
    put(CR1, SCAN);
    put(SQR1, 1 << 20);
    put(SQR3, 1 | 2 << 5);
    board_write(b, DMA + 0x0C, 4);
    board_write(b, DMA + 0x10, ADC + DR);
    board_write(b, DMA + 0x14, RAM);
    board_write(b, DMA + 0x08, 1 << 5 | 1 << 7 | 1 << 8 | 1 << 10 | 1);
    put(CR2, ADON | CONT | DMAEN | BY_SOFTWARE);
    put(CR2, ADON | CONT | DMAEN | BY_SOFTWARE | SWSTART);
}

Test(adc_v1, dma_takes_every_result_in_order)
{
    begin_scan_by_dma();
    conversions(4);
    board_run(b, 20);
    cr_assert_eq(board_read(b, RAM), 1024 << 16 | 2048);
    cr_assert_eq(board_read(b, RAM + 4), 1024 << 16 | 2048);
}

Test(adc_v1, the_past_repeats_itself)
{
    begin_scan_by_dma();
    board_check_replay(b, 2000);
}
