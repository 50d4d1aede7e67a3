/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ADC: exact times, groups, flags, triggers, DMA, several converters (RM0090 chapter 13). */
#include <criterion/criterion.h>

#include "periph/adc_v2.h"
#include "periph/devices.h"
#include "periph/dma.h"
#include "tests/unit/board.h"

enum {
    ADC1 = 0x40012000, ADC2 = 0x40012100, ADC3 = 0x40012200, COMMON = 0x40012300, DAC = 0x40007400, DMA = 0x40026400,
    RAM = 0x20000000,
    SR = 0x00, CR1 = 0x04, CR2 = 0x08, SMPR1 = 0x0C, SMPR2 = 0x10, JOFR1 = 0x14, HTR = 0x24, LTR = 0x28,
    SQR1 = 0x2C, SQR2 = 0x30, SQR3 = 0x34, JSQR = 0x38, JDR1 = 0x3C, JDR2 = 0x40, DR = 0x4C,
    CSR = 0x00, CCR = 0x04, CDR = 0x08,

    AWD = 1, EOC = 2, JEOC = 4, JSTRT = 8, STRT = 16, OVR = 32,
    EOCIE = 1 << 5, SCAN = 1 << 8, AWDSGL = 1 << 9, JAUTO = 1 << 10, DISCEN = 1 << 11, AWDEN = 1 << 23,
    RES8 = 2 << 24,
    ADON = 1, CONT = 2, DMAEN = 1 << 8, DDS = 1 << 9, EOCS = 1 << 10, ALIGN = 1 << 11, RISING = 1 << 28,
    JRISING = 1 << 20, JSWSTART = 1 << 22, SWSTART = 1 << 30,

    ADCCLK = 4,             /* core cycles: PCLK2 is half of HCLK, ADCPRE divides by 2 */
    FASTEST = 15            /* ADCCLK cycles of a conversion with the shortest sampling time */
};

static const struct adc_v2_config first = {.number = 1, .sensors = true};
static const struct adc_v2_config second = {.number = 2};
static const struct adc_v2_config third = {.number = 3};
static const struct dma_v2_config any = {.port_last = 0xFFFFFFFF};

#define ADC(label, at, which)                                                                      \
    {.name = label, .ops = &adc_v2_ops, .base = at, .size = 0x100, .gate = GATE_NONE, .reset_line = 0, \
     .clock = CLOCK_PCLK2, .irq = {18}, .irq_count = 1, .config = &which}

static const struct chip_device devices[] = {
    ADC("ADC1", ADC1, first),
    ADC("ADC2", ADC2, second),
    ADC("ADC3", ADC3, third),
    {.name = "ADC_Common", .ops = &adc_v2_common_ops, .base = COMMON, .size = 0x100, .gate = GATE_NONE,
     .reset_line = 0, .clock = CLOCK_PCLK2},
    {.name = "DAC", .ops = &dac_v1_ops, .base = DAC, .size = 0x400, .gate = GATE_NONE, .reset_line = GATE_NONE,
     .clock = CLOCK_PCLK1, .irq = {54}, .irq_count = 1},
    {.name = "DMA", .ops = &dma_v2_ops, .base = DMA, .size = 0x400, .gate = GATE_NONE,
     .reset_line = GATE_NONE, .clock = CLOCK_CORE, .config = &any},
    {.name = NULL},
};

static const struct chip_route routes[] = {
    {"PROBE", 0, "ADC1", ADC_V2_IN_REGULAR + 6, 1},
    {"PROBE", 1, "ADC1", ADC_V2_IN_INJECTED + 3, 1},
    {"ADC1", ADC_V2_OUT_DMA, "DMA", DMA_V2_LINE(0, 0, 0), 1},
    {"ADC_Common", ADC_V2_OUT_DMA, "DMA", DMA_V2_LINE(0, 0, 1), 1},
    {"DMA", DMA_V2_LAST(0, 0, 0), "ADC1", ADC_V2_IN_DMA_LAST, 1},
    {"DMA", DMA_V2_LAST(0, 0, 1), "ADC_Common", ADC_V2_IN_DMA_LAST, 1},
    {.from = NULL},
};

static struct board *b;

static void volts(const char *adc, unsigned channel, unsigned microvolts)
{
    const uint8_t record[8] = {(uint8_t)channel, 0, 0, 0, (uint8_t)microvolts, (uint8_t)(microvolts >> 8),
                               (uint8_t)(microvolts >> 16), (uint8_t)(microvolts >> 24)};

    cr_assert(machine_input(b->m, adc, record, sizeof record));
}

static void setup(void)
{
    b = board_create(devices, routes);
    volts("ADC1", 1, 1650000);
    volts("ADC1", 2, 825000);
    volts("ADC2", 1, 2475000);
    volts("ADC3", 1, 412500);
    board_run(b, 4);
}

static void teardown(void)
{
    board_destroy(b);
}

static void put(uint32_t offset, uint32_t value)
{
    board_write(b, ADC1 + offset, value);
}

static uint32_t get(uint32_t offset)
{
    return board_read(b, ADC1 + offset);
}

static void conversions(unsigned count)
{
    board_run(b, (uint64_t)count * FASTEST * ADCCLK);
}

TestSuite(adc_v2, .init = setup, .fini = teardown);

Test(adc_v2, a_conversion_takes_sampling_plus_resolution)
{
    static const uint16_t sampling[] = {3, 15, 28, 56, 84, 112, 144, 480};

    put(SQR3, 1);
    put(CR2, ADON);
    for (unsigned i = 0; i < 8; i++) {
        uint64_t begin = board_now(b), end;
        put(SMPR2, i << 3);
        put(CR2, ADON | SWSTART);
        cr_assert_eq(get(CR2), ADON, "SWSTART reads 0");
        end = board_when(b, ADC1 + SR, EOC, EOC, 10000);
        cr_assert_leq(end - begin, (sampling[i] + 12u) * ADCCLK);
        cr_assert_gt(end - begin, (sampling[i] + 11u) * ADCCLK);
        cr_assert_eq(get(DR), 2048);
        cr_assert_eq(get(SR), STRT, "reading DR clears EOC");
    }
}

Test(adc_v2, prescaler_slows_conversions)
{
    uint64_t begin;

    board_write(b, COMMON + CCR, 3 << 16);
    put(CR2, ADON);
    begin = board_now(b);
    put(CR2, ADON | SWSTART);
    cr_assert_eq(board_when(b, ADC1 + SR, EOC, EOC, 10000), begin + FASTEST * 16);
}

static uint32_t convert(uint32_t adc, uint32_t channel)
{
    board_write(b, adc + SQR3, channel);
    board_write(b, adc + CR2, ADON);
    board_write(b, adc + CR2, ADON | SWSTART);
    conversions(1);
    return board_read(b, adc + DR);
}

Test(adc_v2, the_dacs_outputs_are_inputs_4_and_5)
{
    volts("ADC1", 4, 825000);
    volts("ADC3", 4, 825000);
    board_write(b, DAC + 0x08, 3000);           /* DHR12R1 */
    board_write(b, DAC + 0x14, 2000);           /* DHR12R2 */
    board_run(b, 100);
    cr_assert_eq(convert(ADC1, 4), 1024, "not enabled");
    board_write(b, DAC + 0x00, 1u << 16 | 1);   /* EN2, EN1 */
    cr_assert_eq(convert(ADC1, 4), 3000);
    cr_assert_eq(convert(ADC2, 5), 2000);
    cr_assert_eq(convert(ADC3, 4), 1024, "another pin");
}

Test(adc_v2, sensors_give_their_factory_values)
{
    static const uint16_t codes[] = {943, 1501, 2048};

    board_write(b, COMMON + CCR, 0xC00000);
    put(CR2, ADON);
    for (unsigned i = 0; i < 3; i++) {
        put(SQR3, 16 + i);
        put(CR2, ADON | SWSTART);
        conversions(1);
        cr_assert_eq(get(DR), codes[i]);
    }
    cr_assert_eq(b->diags[DIAG_SEQUENCE], 0);
    board_write(b, COMMON + CCR, 0);
    put(CR2, ADON | SWSTART);
    conversions(1);
    cr_assert_eq(get(DR), 0);
    cr_assert_eq(b->diags[DIAG_SEQUENCE], 1);
}

Test(adc_v2, resolution_and_alignment)
{
    put(SQR3, 1);
    put(CR1, RES8);
    put(CR2, ADON | SWSTART);
    conversions(1);
    cr_assert_eq(get(DR), 128);
    put(CR2, ADON | ALIGN | SWSTART);
    conversions(1);
    cr_assert_eq(get(DR), 128 << 8);
    put(CR1, 0);
    put(CR2, ADON | ALIGN | SWSTART);
    conversions(1);
    cr_assert_eq(get(DR), 2048 << 4);
}

Test(adc_v2, eoc_ends_the_sequence_or_each_conversion)
{
    put(CR1, SCAN | EOCIE);
    put(SQR1, 1 << 20);
    put(SQR3, 1 | 2 << 5);
    put(CR2, ADON | SWSTART);
    conversions(1);
    cr_assert_not(get(SR) & EOC);
    cr_assert_not(board_irq(b, "ADC1", 0));
    conversions(1);
    cr_assert(get(SR) & EOC);
    cr_assert(board_irq(b, "ADC1", 0));
    cr_assert_eq(get(DR), 1024, "the last one");
    cr_assert_not(board_irq(b, "ADC1", 0));
    put(CR2, ADON | EOCS | SWSTART);
    conversions(1);
    cr_assert(get(SR) & EOC);
    cr_assert_eq(get(DR), 2048);
}

Test(adc_v2, overrun_keeps_the_old_value_and_stops)
{
    put(CR1, SCAN);
    put(SQR1, 1 << 20);
    put(SQR3, 1 | 2 << 5);
    put(CR2, ADON | EOCS | CONT | SWSTART);
    conversions(3);
    cr_assert(get(SR) & OVR);
    cr_assert_eq(b->diags[DIAG_OVERRUN], 1);
    cr_assert_eq(get(DR), 2048);
    conversions(3);
    cr_assert_not(get(SR) & EOC);
    put(SR, ~(uint32_t)OVR);
    put(CR2, ADON | EOCS | SWSTART);
    conversions(1);
    cr_assert_eq(get(DR), 2048);
}

Test(adc_v2, discontinuous_takes_a_trigger_for_each_part)
{
    put(CR1, SCAN | DISCEN | 1 << 13);          /* two at a time */
    put(SQR1, 2 << 20);
    put(SQR3, 1 | 2 << 5 | 3 << 10);
    put(CR2, ADON | SWSTART);
    conversions(5);
    cr_assert_not(get(SR) & EOC);
    cr_assert_eq(board_peek(b, ADC1 + DR), 1024);
    put(CR2, ADON | SWSTART);
    conversions(1);
    cr_assert(get(SR) & EOC);
    cr_assert_eq(get(DR), 0);
}

Test(adc_v2, a_trigger_edge_starts_the_group)
{
    put(SQR3, 1);
    put(CR2, ADON | 6 << 24 | RISING);
    conversions(2);
    cr_assert_eq(get(SR), 0);
    board_write(b, BOARD_PROBE, 1);
    conversions(1);
    cr_assert_eq(get(DR), 2048);
    board_write(b, BOARD_PROBE, 0);
    conversions(1);
    cr_assert_not(get(SR) & EOC);
}

Test(adc_v2, injected_interrupts_regular_and_subtracts_its_offset)
{
    put(SQR3, 1);
    put(JSQR, 2 << 15);
    put(JOFR1, 1500);
    put(CR2, ADON | 3 << 16 | JRISING | SWSTART);
    board_run(b, 20);
    board_write(b, BOARD_PROBE, 2);
    conversions(1);
    cr_assert_eq(get(SR) & (JEOC | EOC | JSTRT), JEOC | JSTRT);
    cr_assert_eq(get(JDR1), 0x10000 + 1024 - 1500);
    conversions(1);
    cr_assert(get(SR) & EOC, "the regular one was begun anew");
}

Test(adc_v2, automatic_injection_follows_the_regular_group)
{
    put(CR1, SCAN | JAUTO);
    put(SQR3, 1);
    put(JSQR, 1 << 20 | 2 << 10 | 1 << 15);     /* JSQ3, then JSQ4 */
    put(CR2, ADON | SWSTART);
    conversions(3);
    cr_assert(get(SR) & JEOC);
    cr_assert_eq(get(JDR1), 1024);
    cr_assert_eq(get(JDR2), 2048);
}

Test(adc_v2, watchdog_sees_values_outside)
{
    put(SQR3, 1);
    put(CR1, AWDEN | AWDSGL | 1);
    put(LTR, 2048);
    put(HTR, 2048);
    put(CR2, ADON | SWSTART);
    conversions(1);
    cr_assert_not(get(SR) & AWD);
    put(HTR, 2047);
    put(CR2, ADON | SWSTART);
    conversions(1);
    cr_assert(get(SR) & AWD);
    put(SR, 0);
    put(CR1, AWDEN | AWDSGL | 2);
    put(CR2, ADON | SWSTART);
    conversions(1);
    cr_assert_not(get(SR) & AWD, "another channel");
}

static void stream(uint32_t from, unsigned items, uint32_t cr)
{
    board_write(b, DMA + 0x14, items);
    board_write(b, DMA + 0x18, from);
    board_write(b, DMA + 0x1C, RAM);
    board_write(b, DMA + 0x10, cr | 1 << 10 | 1);
}

Test(adc_v2, dma_takes_every_result_in_order)
{
    put(CR1, SCAN);
    put(SQR1, 1 << 20);
    put(SQR3, 1 | 2 << 5);
    stream(ADC1 + DR, 4, 1 << 8 | 1 << 11 | 1 << 13);
    put(CR2, ADON | CONT | DMAEN | DDS | SWSTART);
    conversions(4);
    board_run(b, 20);
    cr_assert_eq(board_read(b, RAM), 1024 << 16 | 2048);
    cr_assert_eq(board_read(b, RAM + 4), 1024 << 16 | 2048);
    conversions(20);
    cr_assert_not(get(SR) & OVR);
}

Test(adc_v2, without_dds_the_requests_end_with_the_stream)
{
    put(SQR3, 1);
    stream(ADC1 + DR, 2, 1 << 8 | 1 << 11 | 1 << 13);
    put(CR2, ADON | CONT | DMAEN | SWSTART);
    conversions(6);
    cr_assert_eq(board_read(b, DMA + 0x14), 2, "reloaded, and left alone");
    cr_assert_not(get(SR) & OVR);
    put(CR2, ADON | CONT);
    put(CR2, ADON | CONT | DMAEN);
    conversions(1);
    board_run(b, 20);
    cr_assert_eq(board_read(b, DMA + 0x14), 1);
}

Test(adc_v2, with_dds_and_nobody_who_reads_it_overruns)
{
    put(SQR3, 1);
    put(CR2, ADON | CONT | DMAEN | DDS | SWSTART);
    conversions(3);
    cr_assert(get(SR) & OVR);
}

Test(adc_v2, dual_regular_conversions_come_together)
{
    put(SQR3, 1);
    board_write(b, ADC2 + SQR3, 1);
    board_write(b, ADC2 + CR2, ADON);
    board_write(b, COMMON + CCR, 6 | 2 << 14 | 1 << 13);
    stream(COMMON + CDR, 2, 2 << 11 | 2 << 13);
    put(CR2, ADON | CONT | SWSTART);
    board_write(b, ADC2 + CR2, ADON | CONT);
    conversions(2);
    board_run(b, 20);
    cr_assert_eq(board_read(b, RAM), 3072u << 16 | 2048);
    cr_assert_eq(board_read(b, RAM + 4), 3072u << 16 | 2048);
    cr_assert_eq(board_read(b, COMMON + CSR) & 0x0202, 0x0202);
}

Test(adc_v2, triple_results_come_in_turn)
{
    put(SQR3, 1);
    board_write(b, ADC2 + SQR3, 1);
    board_write(b, ADC3 + SQR3, 1);
    board_write(b, ADC2 + CR2, ADON);
    board_write(b, ADC3 + CR2, ADON);
    board_write(b, COMMON + CCR, 0x16 | 1 << 14);
    stream(COMMON + CDR, 3, 1 << 11 | 1 << 13);
    put(CR2, ADON | SWSTART);
    conversions(1);
    board_run(b, 40);
    cr_assert_eq(board_read(b, RAM), 3072u << 16 | 2048);
    cr_assert_eq(board_read(b, RAM + 4) & 0xFFFF, 512);
}

Test(adc_v2, interleaved_converters_start_one_after_the_other)
{
    uint64_t begin;

    put(SQR3, 1);
    board_write(b, ADC2 + SQR3, 1);
    board_write(b, ADC2 + CR2, ADON);
    board_write(b, COMMON + CCR, 7 | 3 << 8);
    put(CR2, ADON);
    put(CR2, ADON | SWSTART);
    begin = board_when(b, ADC1 + SR, EOC, EOC, 1000);
    cr_assert_eq(board_when(b, ADC2 + SR, EOC, EOC, 1000), begin + 8 * ADCCLK);
}

Test(adc_v2, starting_while_off_is_reported)
{
    put(CR2, SWSTART);
    conversions(2);
    cr_assert_eq(get(SR), 0);
    cr_assert_eq(b->diags[DIAG_SEQUENCE], 1);
}

Test(adc_v2, the_past_repeats_itself)
{
    put(CR1, SCAN);
    put(SQR1, 1 << 20);
    put(SQR3, 1 | 2 << 5);
    stream(ADC1 + DR, 3, 1 << 8 | 1 << 11 | 1 << 13);
    put(CR2, ADON | CONT | DMAEN | DDS | SWSTART);
    put(CR2, ADON | CONT | DMAEN | DDS | JSWSTART);
    board_check_replay(b, 1000);
}
