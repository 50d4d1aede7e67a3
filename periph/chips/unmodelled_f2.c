/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Register tables of the STM32F205's blocks that are not modelled and differ from the F4's: the RTC knows
 * neither subseconds nor smooth calibration (RM0033 22).
 */
#include "periph/chips/unmodelled_f2.h"

#include "periph/unmodelled.h"

#define W(name, at, initial) UNMODELLED_32(name, at, initial)
#define BACKUP(n, at)        W("BKP" n "R", at, 0)

/* clang-format off */
static const struct reg rtc[] = {
    W("TR", 0x00, 0), W("DR", 0x04, 0x00002101), W("CR", 0x08, 0), W("ISR", 0x0C, 0x00000007),
    W("PRER", 0x10, 0x007F00FF), W("WUTR", 0x14, 0x0000FFFF), W("CALIBR", 0x18, 0),
    W("ALRMAR", 0x1C, 0), W("ALRMBR", 0x20, 0), W("WPR", 0x24, 0), W("TSTR", 0x30, 0),
    W("TSDR", 0x34, 0), W("TAFCR", 0x40, 0),
    BACKUP("0", 0x50), BACKUP("1", 0x54), BACKUP("2", 0x58), BACKUP("3", 0x5C),
    BACKUP("4", 0x60), BACKUP("5", 0x64), BACKUP("6", 0x68), BACKUP("7", 0x6C),
    BACKUP("8", 0x70), BACKUP("9", 0x74), BACKUP("10", 0x78), BACKUP("11", 0x7C),
    BACKUP("12", 0x80), BACKUP("13", 0x84), BACKUP("14", 0x88), BACKUP("15", 0x8C),
    BACKUP("16", 0x90), BACKUP("17", 0x94), BACKUP("18", 0x98), BACKUP("19", 0x9C),
};
/* clang-format on */

const struct device_ops unmodelled_f2_rtc_ops = UNMODELLED_OPS("rtc_v2_f2", rtc);
