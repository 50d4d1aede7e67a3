/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Short forms of what the rows of every chip's tables say. Included by the chip files only. */
#ifndef PERIPH_CHIPS_ROWS_H
#define PERIPH_CHIPS_ROWS_H

/* Initial bytes of a memory: from offset `at`; a halfword among them. */
#define BYTES(at, ...) {at, sizeof((uint8_t[]){__VA_ARGS__}), (const uint8_t[]){__VA_ARGS__}}
#define HALF(value)    (value) & 0xFF, (value) >> 8

/* In place of the factory's boot loader: a vector table whose start is an undefined instruction, so that who jumps
 * there stands still where a debugger sees it. */
#define BOOT_LOADER(base) \
    BYTES(0, 0x00, 0x10, 0x00, 0x20, HALF(((base) + 9) & 0xFFFF), HALF((base) >> 16), HALF(0xDE00))

/* A device's place, rate and interrupts; one that is always clocked and never reset by itself. */
#define AT(address) .base = address, .size = 0x400
#define ON(rate)    .clock = CLOCK_##rate
#define IRQS(...)                                                                                  \
    .irq = {__VA_ARGS__}, .irq_count = sizeof((int16_t[]){__VA_ARGS__}) / sizeof(int16_t)
#define ALWAYS      .gate = GATE_NONE, .reset_line = GATE_NONE

#endif
