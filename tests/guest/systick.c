/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SysTick, measured with the cycle counter: a period is LOAD + 1 clocks, exactly, for ever (Arm ARM B3.3). */
#include "lib/check.h"
#include "lib/cortex_m4.h"

#define PERIODS 50u

static volatile uint32_t stamp[PERIODS], stamps;

static void stamp_handler(void)
{
    uint32_t now = DWT_CYCCNT;
    if (stamps < PERIODS)
        stamp[stamps++] = now;
}

static void start(uint32_t reload, uint32_t bits)
{
    SYST_CSR = 0;
    SYST_RVR = reload;
    SYST_CVR = 0;
    SYST_CSR = SYST_ENABLE | bits;
}

/* Spins until all stamps are taken. Returns how far the worst one lies from an exact grid through the first;
 * interrupt latency varies by the few cycles of the instruction that is under way. */
static uint32_t worst_deviation(uint32_t period)
{
    stamps = 0;
    while (stamps < PERIODS)
        barrier();
    uint32_t worst = 0;
    for (unsigned i = 1; i < PERIODS; i++) {
        int32_t off = (int32_t)(stamp[i] - stamp[0] - i * period);
        uint32_t size = (uint32_t)(off < 0 ? -off : off);
        if (size > worst)
            worst = size;
    }
    return worst;
}

static void test_periods(void)
{
    vector_set(EXC_SYSTICK, stamp_handler);
    start(999, SYST_TICKINT | SYST_CLKSOURCE);
    check_range("period_of_1000_core_clocks_does_not_drift", worst_deviation(1000), 0, 12);
    start(12344, SYST_TICKINT | SYST_CLKSOURCE);
    check_range("period_of_12345_core_clocks_does_not_drift", worst_deviation(12345), 0, 12);
    start(249, SYST_TICKINT);
    check_range("external_reference_is_an_eighth", worst_deviation(2000), 0, 12);
    SYST_CSR = 0;
}

static void test_count(void)
{
    start(0xFFFFFF, SYST_CLKSOURCE);
    uint32_t before = SYST_CVR, cycles = DWT_CYCCNT;
    for (unsigned i = 0; i < 100; i++)
        barrier();
    uint32_t counted = before - SYST_CVR;
    cycles = DWT_CYCCNT - cycles;
    check_range("counts_down_once_per_clock", counted - cycles + 16, 0, 32);
    SYST_CVR = 0x1234;
    uint32_t value = SYST_CVR;
    check("any_write_clears_the_counter_and_it_reloads", value == 0 || value > 0xFFFF00);
    SYST_CSR = 0;
    check_eq("reload_has_24_bits", SYST_RVR, 0xFFFFFF);
}

static void test_countflag(void)
{
    start(99, SYST_CLKSOURCE);
    while (!(SYST_CSR & SYST_COUNTFLAG)) {
    }
    start(100000, SYST_CLKSOURCE);
    check_eq("countflag_is_clear_after_a_write_to_cvr", SYST_CSR & SYST_COUNTFLAG, 0);
    start(99, SYST_CLKSOURCE);
    for (unsigned i = 0; i < 200; i++)
        barrier();
    SYST_CSR = SYST_CLKSOURCE;      /* stopped: the flag stays until it is read */
    uint32_t first = SYST_CSR, second = SYST_CSR;
    check_eq("countflag_is_set_by_reaching_zero", first & SYST_COUNTFLAG, SYST_COUNTFLAG);
    check_eq("reading_clears_countflag", second & SYST_COUNTFLAG, 0);
}

static volatile uint32_t runs;

static void counting_handler(void)
{
    runs++;
}

static void test_pending(void)
{
    vector_set(EXC_SYSTICK, counting_handler);
    SYST_CSR = 0;
    SYST_CVR = 0;
    runs = 0;
    SCB_ICSR = ICSR_PENDSTSET;
    barrier();
    check_eq("pendstset_runs_the_handler", runs, 1);
    irq_disable();
    SCB_ICSR = ICSR_PENDSTSET;
    SCB_ICSR = ICSR_PENDSTCLR;
    irq_enable();
    barrier();
    check_eq("pendstclr_takes_it_back", runs, 1);

    start(0, SYST_TICKINT | SYST_CLKSOURCE);
    for (unsigned i = 0; i < 100; i++)
        barrier();
    SYST_CSR = 0;
    check_eq("reload_zero_never_fires", runs, 1);

    start(99, SYST_CLKSOURCE);
    for (unsigned i = 0; i < 200; i++)
        barrier();
    SYST_CSR = 0;
    barrier();
    check_eq("without_tickint_nothing_is_pended", runs, 1);
}

int main(void)
{
    cycle_counter_start();
    test_periods();
    test_count();
    test_countflag();
    test_pending();
    check_end();
}
