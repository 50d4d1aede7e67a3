/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Short forms for register tables. A table names every field, so that reports and views can. */
#ifndef PERIPH_TABLE_H
#define PERIPH_TABLE_H

#include "core/device.h"

#define BIT(name, lsb)         {name, lsb, 1}
#define BITS(name, lsb, width) {name, lsb, width}
#define FIELDS(...)            ((const struct reg_field[]){__VA_ARGS__, {NULL, 0, 0}})

/* Fields of `width` bits side by side from bit `lsb`, numbered from 0 (16 of them, 8) or from 8. */
#define FIELDS_0_7(name, lsb, width)                                                               \
    {name "0", lsb, width}, {name "1", lsb + width, width}, {name "2", lsb + 2 * (width), width},  \
        {name "3", lsb + 3 * (width), width}, {name "4", lsb + 4 * (width), width},                \
        {name "5", lsb + 5 * (width), width}, {name "6", lsb + 6 * (width), width},                \
        {name "7", lsb + 7 * (width), width}
#define FIELDS_8_15(name, lsb, width)                                                              \
    {name "8", lsb, width}, {name "9", lsb + width, width}, {name "10", lsb + 2 * (width), width}, \
        {name "11", lsb + 3 * (width), width}, {name "12", lsb + 4 * (width), width},              \
        {name "13", lsb + 5 * (width), width}, {name "14", lsb + 6 * (width), width},              \
        {name "15", lsb + 7 * (width), width}
#define FIELDS_0_15(name, lsb, width)                                                              \
    FIELDS_0_7(name, lsb, width), FIELDS_8_15(name, lsb + 8 * (width), width)

/* A register of 32 bits whose bits in `mask` are all plain, or all read-only. */
#define REG_PLAIN(label, at, initial, mask, ...)                                                   \
    {.name = label, .offset = at, .width = 32, .reset = initial, .readable = mask,                 \
     .writable = mask, .fields = FIELDS(__VA_ARGS__)}
#define REG_CONST(label, at, initial, mask, ...)                                                   \
    {.name = label, .offset = at, .width = 32, .reset = initial, .readable = mask,                 \
     .fields = FIELDS(__VA_ARGS__)}

/* Number of elements of an array. */
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
