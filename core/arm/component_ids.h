/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The twelve identification registers at the end of each CoreSight component's page. */
#ifndef CORE_ARM_COMPONENT_IDS_H
#define CORE_ARM_COMPONENT_IDS_H

#include "core/device.h"

enum { COMPONENT_ID_REGS = 12 };

/* Within the twelve, in address order: PID4 to PID7, PID0 to PID3, CID0 to CID3. */
enum { COMPONENT_PID4 = 0, COMPONENT_PID0 = 4 };

/* clang-format off */
#define COMPONENT_ID(reg_, name_, offset_, value_) \
    [reg_] = {.name = name_, .offset = offset_, .width = 32, .access = 4, \
              .readable = UINT32_MAX, .reset = value_}

/* Rows `first` and up of a register table, at `offset` and up. PID5 to PID7 and PID3 are 0. */
#define COMPONENT_IDS(first, offset, pid0, pid1, pid2, pid4, cid1) \
    COMPONENT_ID((first) + 0, "PID4", (offset) + 0x00, pid4), \
    COMPONENT_ID((first) + 1, "PID5", (offset) + 0x04, 0), \
    COMPONENT_ID((first) + 2, "PID6", (offset) + 0x08, 0), \
    COMPONENT_ID((first) + 3, "PID7", (offset) + 0x0C, 0), \
    COMPONENT_ID((first) + 4, "PID0", (offset) + 0x10, pid0), \
    COMPONENT_ID((first) + 5, "PID1", (offset) + 0x14, pid1), \
    COMPONENT_ID((first) + 6, "PID2", (offset) + 0x18, pid2), \
    COMPONENT_ID((first) + 7, "PID3", (offset) + 0x1C, 0), \
    COMPONENT_ID((first) + 8, "CID0", (offset) + 0x20, 0x0D), \
    COMPONENT_ID((first) + 9, "CID1", (offset) + 0x24, cid1), \
    COMPONENT_ID((first) + 10, "CID2", (offset) + 0x28, 0x05), \
    COMPONENT_ID((first) + 11, "CID3", (offset) + 0x2C, 0xB1)
/* clang-format on */

#endif
