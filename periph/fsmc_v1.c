/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Flexible static memory controller of STM32F2 and F4 (RM0090 36, RM0033 31) in packages that have no pins for it:
 * registers keep what is written, the NAND FIFO is always empty.
 *
 * Not modelled: the memory banks, whose addresses give bus errors, ECC and interrupts. Reported when a bank
 * is enabled.
 */
#include "periph/devices.h"
#include "periph/report.h"
#include "periph/table.h"

#define BCR_MBKEN (1u << 0)
#define PCR_PBKEN (1u << 2)

/* clang-format off */
#define BCR(n, at, initial)                                                                        \
    {.name = "BCR" n, .offset = at, .width = 32, .reset = initial, .readable = 0x000FFFFF,         \
     .writable = 0x000FFF7F, .fields = FIELDS(                                                     \
         BIT("MBKEN", 0), BIT("MUXEN", 1), BITS("MTYP", 2, 2), BITS("MWID", 4, 2),                 \
         BIT("FACCEN", 6), BIT("BURSTEN", 8), BIT("WAITPOL", 9), BIT("WRAPMOD", 10),               \
         BIT("WAITCFG", 11), BIT("WREN", 12), BIT("WAITEN", 13), BIT("EXTMOD", 14),                \
         BIT("ASYNCWAIT", 15), BITS("CPSIZE", 16, 3), BIT("CBURSTRW", 19))}
#define TIMES BITS("ADDSET", 0, 4), BITS("ADDHLD", 4, 4), BITS("DATAST", 8, 8),                    \
    BITS("BUSTURN", 16, 4), BITS("ACCMOD", 28, 2)
#define BTR(n, at)                                                                                 \
    REG_PLAIN("BTR" n, at, 0x0FFFFFFF, 0x3FFFFFFF, TIMES, BITS("CLKDIV", 20, 4),                   \
        BITS("DATLAT", 24, 4))
#define BWTR(n, at)                                                                                \
    {.name = "BWTR" n, .offset = at, .width = 32, .reset = 0x0FFFFFFF, .readable = 0x3FFFFFFF,     \
     .writable = 0x300FFFFF, .fields = FIELDS(TIMES)}
#define SETUP(label, at, prefix)                                                                   \
    REG_PLAIN(label, at, 0xFCFCFCFC, UINT32_MAX, BITS(prefix "SET", 0, 8),                         \
        BITS(prefix "WAIT", 8, 8), BITS(prefix "HOLD", 16, 8), BITS(prefix "HIZ", 24, 8))
#define PCR(n, at)                                                                                 \
    REG_PLAIN("PCR" n, at, 0x00000018, 0x000FFE7E, BIT("PWAITEN", 1), BIT("PBKEN", 2),             \
        BIT("PTYP", 3), BITS("PWID", 4, 2), BIT("ECCEN", 6), BITS("TCLR", 9, 4),                   \
        BITS("TAR", 13, 4), BITS("ECCPS", 17, 3))
#define CARD(n, at)                                                                                \
    {.name = "SR" n, .offset = at + 0x4, .width = 32, .reset = 0x00000040, .readable = 0x0000007F, \
     .writable = 0x0000003F, .fields = FIELDS(BIT("IRS", 0), BIT("ILS", 1), BIT("IFS", 2),         \
         BIT("IREN", 3), BIT("ILEN", 4), BIT("IFEN", 5), BIT("FEMPT", 6))},                        \
    SETUP("PMEM" n, at + 0x8, "MEM"), SETUP("PATT" n, at + 0xC, "ATT")
#define ECCR(n, at) REG_CONST("ECCR" n, at, 0, UINT32_MAX, BITS("ECC", 0, 32))

/* The registers that enable a bank come first. */
enum { BCR1, PCR2 = BCR1 + 4, OTHERS = PCR2 + 3 };

static const struct reg regs[] = {
    BCR("1", 0x00, 0x30DB), BCR("2", 0x08, 0x30D2), BCR("3", 0x10, 0x30D2), BCR("4", 0x18, 0x30D2),
    PCR("2", 0x60), PCR("3", 0x80), PCR("4", 0xA0),
    BTR("1", 0x04), BTR("2", 0x0C), BTR("3", 0x14), BTR("4", 0x1C),
    CARD("2", 0x60), ECCR("2", 0x74),
    CARD("3", 0x80), ECCR("3", 0x94),
    CARD("4", 0xA0), SETUP("PIO4", 0xB0, "IO"),
    BWTR("1", 0x104), BWTR("2", 0x10C), BWTR("3", 0x114), BWTR("4", 0x11C),
};
/* clang-format on */

static void write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    uint32_t set = reg_store(d, reg, value, lanes) & value & lanes;

    if (reg < OTHERS)
        report_unmodelled_bits(d, reg, set & (reg < PCR2 ? BCR_MBKEN : PCR_PBKEN));
}

const struct device_ops fsmc_v1_ops = {
    .name = "fsmc_v1",
    .regs = regs,
    .reg_count = COUNT(regs),
    .state_size = COUNT(regs) * sizeof(uint32_t),
    .write = write,
};
