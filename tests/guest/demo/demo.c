/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The demo: boots like a vendor's example (HSE, PLL to 168 MHz, five wait states, a tick of 1 ms), runs a light along
 * four LEDs and prints a line every 100 ms through the USART's transmit interrupt. Each line carries the tick and
 * the number of core clocks since the line before, which is 16800000 when all clocks are right.
 *
 * It has a bug, for the debugger to find: something is overwritten, and that is noticed two seconds later.
 */
#include <stdint.h>

#include "board.h"

#define REPORT_MS 100u
#define STEP_MS   250u
#define CHECK_MS  3000u

/* Something to look at in the debugger. */
struct runner {
    unsigned led;           /* which LED is on */
    unsigned steps;         /* steps since start */
    uint32_t next_ms;       /* when it moves on */
};

struct report {
    uint32_t next_ms;
    uint32_t last_cycle;    /* cycle counter at the last report's tick */
    unsigned lines;
};

/* The ticks of the first lines, and a guard behind them. */
enum { JOURNAL_LINES = 8 };
#define JOURNAL_GUARD 0x600DF00Du

struct journal {
    uint32_t tick[JOURNAL_LINES];
    uint32_t guard;
    unsigned next;
};

struct runner runner;
struct journal journal = {.guard = JOURNAL_GUARD};
struct report report = {.next_ms = REPORT_MS};

/* Right-aligned in `width` columns at least. */
static void write_number(uint32_t value, unsigned width)
{
    char text[12];
    char *p = text + sizeof text - 1;
    *p = 0;
    do {
        *--p = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    while (p > text && (unsigned)(text + sizeof text - 1 - p) < width)
        *--p = ' ';
    console_write(p);
}

static void greet(void)
{
    console_write("backstep demo: core ");
    write_number(SystemCoreClock, 0);
    console_write(" Hz, APB1 ");
    write_number(apb1_clock(), 0);
    console_write(" Hz\r\n");
}

static void runner_step(struct runner *r)
{
    led_set(r->led, 0);
    r->led = (r->led + 1) % LEDS;
    led_set(r->led, 1);
    heartbeat_toggle();
    r->steps++;
    r->next_ms += STEP_MS;
}

__attribute__((noinline)) static void journal_add(struct journal *j, uint32_t ms)
{
    if (j->next <= JOURNAL_LINES)       /* the bug: there is no such entry */
        j->tick[j->next++] = ms;
}

/* A breakpoint for whoever wants to know. */
__attribute__((noinline, used)) static void journal_is_broken(void)
{
    __asm volatile("nop");
}

static void report_line(struct report *r, uint32_t ms, uint32_t cycle)
{
    console_write("tick ");
    write_number(ms, 6);
    console_write(" ms, ");
    write_number(cycle - r->last_cycle, 8);
    console_write(" clocks since the last line, LED ");
    write_number(runner.led, 0);
    console_write("\r\n");
    r->last_cycle = cycle;
    r->next_ms += REPORT_MS;
    r->lines++;
    journal_add(&journal, ms);
}

/* What is due at this tick. */
static void poll(uint32_t ms, uint32_t cycle)
{
    if (ms == runner.next_ms)
        runner_step(&runner);
    if (ms == report.next_ms)
        report_line(&report, ms, cycle);
    if (ms == CHECK_MS && journal.guard != JOURNAL_GUARD)
        journal_is_broken();
}

int main(void)
{
    uint32_t seen = 0;

    SystemClock_Config();
    board_init();
    greet();
    runner.next_ms = STEP_MS;
    led_set(0, 1);
    for (;;) {
        uint32_t now = uwTick;
        if (now == seen) {
            __asm volatile("wfi");
            continue;
        }
        seen = now;
        poll(now, tick_cycle);
    }
}
