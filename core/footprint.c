/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a stretch of execution has touched. See footprint.h. */
#include "core/footprint.h"

#include <string.h>

static void set_bit(uint64_t *bits, uint32_t n)
{
    bits[n / 64] |= (uint64_t)1 << n % 64;
}

static bool has_bit(const uint64_t *bits, uint32_t n)
{
    return bits[n / 64] >> n % 64 & 1;
}

/* How many lines of `line` bytes a range has part in, but not more than `most`. */
static uint32_t lines_of(uint32_t address, uint32_t size, uint32_t line, uint32_t most)
{
    uint32_t lines = (uint32_t)(((uint64_t)address % line + size + line - 1) / line);

    return lines < most ? lines : most;
}

void footprint_wrote_range(struct footprint_marks *marks, uint32_t address, uint32_t size)
{
    uint32_t lines = lines_of(address, size, FOOTPRINT_DATA_LINE, FOOTPRINT_DATA_LINES);

    for (uint32_t i = 0; i < lines; i++)
        footprint_wrote(marks, address + i * FOOTPRINT_DATA_LINE);
}

void footprint_executed_range(struct footprint_marks *marks, uint32_t address, uint32_t size)
{
    uint32_t lines = lines_of(address, size, FOOTPRINT_CODE_LINE, FOOTPRINT_CODE_LINES);

    for (uint32_t i = 0; i < lines; i++)
        set_bit(marks->code, footprint_code_line(address + i * FOOTPRINT_CODE_LINE));
}

void footprint_collect(struct footprint_marks *marks, struct footprint *footprint)
{
    for (uint32_t i = 0; footprint && i < FOOTPRINT_CODE_LINES / 64; i++)
        footprint->code[i] |= marks->code[i];
    for (uint32_t i = 0; footprint && i < FOOTPRINT_DATA_LINES; i++)
        footprint->data[i / 64] |= (uint64_t)marks->data[i] << i % 64;
    memset(marks, 0, sizeof *marks);
}

void footprint_add(struct footprint *footprint, const struct footprint *other)
{
    for (uint32_t i = 0; i < FOOTPRINT_CODE_LINES / 64; i++)
        footprint->code[i] |= other->code[i];
    for (uint32_t i = 0; i < FOOTPRINT_DATA_LINES / 64; i++)
        footprint->data[i] |= other->data[i];
}

bool footprint_has_executed(const struct footprint *footprint, uint32_t address)
{
    return has_bit(footprint->code, footprint_code_line(address));
}

bool footprint_has_written(const struct footprint *footprint, uint32_t address, uint32_t size)
{
    uint32_t lines = lines_of(address, size, FOOTPRINT_DATA_LINE, FOOTPRINT_DATA_LINES);

    for (uint32_t i = 0; i < lines; i++)
        if (has_bit(footprint->data, footprint_data_line(address + i * FOOTPRINT_DATA_LINE)))
            return true;
    return false;
}
