/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Register tables of the STM32F405's blocks that are not modelled: names, widths and reset values
 * (RM0090). Registers that share an address carry one name.
 */
#include "periph/chips/unmodelled_f4.h"

#include "periph/unmodelled.h"

#define W(name, at, initial) UNMODELLED_32(name, at, initial)
#define H(name, at, initial) UNMODELLED_16(name, at, initial)

/* clang-format off */

/* ---- serial buses (RM0090 27, 28, 31, 32) ---- */

static const struct reg spi[] = {
    H("CR1", 0x00, 0), H("CR2", 0x04, 0), H("SR", 0x08, 0x0002), H("DR", 0x0C, 0),
    H("CRCPR", 0x10, 0x0007), H("RXCRCR", 0x14, 0), H("TXCRCR", 0x18, 0), H("I2SCFGR", 0x1C, 0),
    H("I2SPR", 0x20, 0x0002),
};

static const struct reg i2c[] = {
    H("CR1", 0x00, 0), H("CR2", 0x04, 0), H("OAR1", 0x08, 0), H("OAR2", 0x0C, 0), H("DR", 0x10, 0),
    H("SR1", 0x14, 0), H("SR2", 0x18, 0), H("CCR", 0x1C, 0), H("TRISE", 0x20, 0x0002),
};

static const struct reg sdio[] = {
    W("POWER", 0x00, 0), W("CLKCR", 0x04, 0), W("ARG", 0x08, 0), W("CMD", 0x0C, 0),
    W("RESPCMD", 0x10, 0), W("RESP1", 0x14, 0), W("RESP2", 0x18, 0), W("RESP3", 0x1C, 0),
    W("RESP4", 0x20, 0), W("DTIMER", 0x24, 0), W("DLEN", 0x28, 0), W("DCTRL", 0x2C, 0),
    W("DCOUNT", 0x30, 0), W("STA", 0x34, 0), W("ICR", 0x38, 0), W("MASK", 0x3C, 0),
    W("FIFOCNT", 0x48, 0), W("FIFO", 0x80, 0),
};

#define MAILBOX(n, at)                                                                             \
    W("TI" n "R", at, 0), W("TDT" n "R", at + 0x4, 0), W("TDL" n "R", at + 0x8, 0),                \
    W("TDH" n "R", at + 0xC, 0)
#define CAN_FIFO(n, at)                                                                            \
    W("RI" n "R", at, 0), W("RDT" n "R", at + 0x4, 0), W("RDL" n "R", at + 0x8, 0),                \
    W("RDH" n "R", at + 0xC, 0)
#define FILTER(n, at) W("F" n "R1", at, 0), W("F" n "R2", at + 4, 0)

static const struct reg can[] = {
    W("MCR", 0x00, 0x00010002), W("MSR", 0x04, 0x00000C02), W("TSR", 0x08, 0x1C000000),
    W("RF0R", 0x0C, 0), W("RF1R", 0x10, 0), W("IER", 0x14, 0), W("ESR", 0x18, 0),
    W("BTR", 0x1C, 0x01230000),
    MAILBOX("0", 0x180), MAILBOX("1", 0x190), MAILBOX("2", 0x1A0),
    CAN_FIFO("0", 0x1B0), CAN_FIFO("1", 0x1C0),
    W("FMR", 0x200, 0x2A1C0E01), W("FM1R", 0x204, 0), W("FS1R", 0x20C, 0), W("FFA1R", 0x214, 0),
    W("FA1R", 0x21C, 0),
    FILTER("0", 0x240), FILTER("1", 0x248), FILTER("2", 0x250), FILTER("3", 0x258),
    FILTER("4", 0x260), FILTER("5", 0x268), FILTER("6", 0x270), FILTER("7", 0x278),
    FILTER("8", 0x280), FILTER("9", 0x288), FILTER("10", 0x290), FILTER("11", 0x298),
    FILTER("12", 0x2A0), FILTER("13", 0x2A8), FILTER("14", 0x2B0), FILTER("15", 0x2B8),
    FILTER("16", 0x2C0), FILTER("17", 0x2C8), FILTER("18", 0x2D0), FILTER("19", 0x2D8),
    FILTER("20", 0x2E0), FILTER("21", 0x2E8), FILTER("22", 0x2F0), FILTER("23", 0x2F8),
    FILTER("24", 0x300), FILTER("25", 0x308), FILTER("26", 0x310), FILTER("27", 0x318),
};

const struct device_ops unmodelled_spi_ops = UNMODELLED_OPS("spi_v1", spi);
const struct device_ops unmodelled_i2c_ops = UNMODELLED_OPS("i2c_v1", i2c);
const struct device_ops unmodelled_sdio_ops = UNMODELLED_OPS("sdio_v1", sdio);
const struct device_ops unmodelled_can_ops = UNMODELLED_OPS("bxcan", can);

/* ---- static memory controller (RM0090 36) ---- */

#define BANK(n, at, bcr) W("BCR" n, at, bcr), W("BTR" n, at + 4, 0x0FFFFFFF)
#define NAND(n, at)                                                                                \
    W("PCR" n, at, 0x18), W("SR" n, at + 0x4, 0x40), W("PMEM" n, at + 0x8, 0xFCFCFCFC),            \
    W("PATT" n, at + 0xC, 0xFCFCFCFC)

static const struct reg fsmc[] = {
    BANK("1", 0x00, 0x30DB), BANK("2", 0x08, 0x30D2), BANK("3", 0x10, 0x30D2),
    BANK("4", 0x18, 0x30D2),
    NAND("2", 0x60), W("ECCR2", 0x74, 0), NAND("3", 0x80), W("ECCR3", 0x94, 0),
    NAND("4", 0xA0), W("PIO4", 0xB0, 0xFCFCFCFC),
    W("BWTR1", 0x104, 0x0FFFFFFF), W("BWTR2", 0x10C, 0x0FFFFFFF), W("BWTR3", 0x114, 0x0FFFFFFF),
    W("BWTR4", 0x11C, 0x0FFFFFFF),
};

const struct device_ops unmodelled_fsmc_ops = UNMODELLED_OPS("fsmc", fsmc);

/* ---- USB On-The-Go (RM0090 34, 35): the two cores differ in endpoints, channels and DMA ---- */

#define OTG_GLOBAL                                                                                 \
    W("GOTGCTL", 0x00, 0x00000800), W("GOTGINT", 0x04, 0), W("GAHBCFG", 0x08, 0),                  \
    W("GUSBCFG", 0x0C, 0x00000A00), W("GRSTCTL", 0x10, 0x80000000),                                \
    W("GINTSTS", 0x14, 0x04000020), W("GINTMSK", 0x18, 0), W("GRXSTSR", 0x1C, 0),                  \
    W("GRXSTSP", 0x20, 0), W("GRXFSIZ", 0x24, 0x00000200), W("DIEPTXF0", 0x28, 0x00000200),        \
    W("GNPTXSTS", 0x2C, 0x00080200), W("GCCFG", 0x38, 0), W("GSNPSID", 0x40, 0x4F54281A),          \
    W("GHWCFG1", 0x44, 0), W("HPTXFSIZ", 0x100, 0x02000600)
#define OTG_HOST                                                                                   \
    W("HCFG", 0x400, 0), W("HFIR", 0x404, 0x0000EA60), W("HFNUM", 0x408, 0x00003FFF),              \
    W("HPTXSTS", 0x410, 0x00080100), W("HAINT", 0x414, 0), W("HAINTMSK", 0x418, 0),                \
    W("HPRT", 0x440, 0)
#define OTG_DEVICE                                                                                 \
    W("DCFG", 0x800, 0x02200000), W("DCTL", 0x804, 0), W("DSTS", 0x808, 0x00000010),               \
    W("DIEPMSK", 0x810, 0), W("DOEPMSK", 0x814, 0), W("DAINT", 0x818, 0),                          \
    W("DAINTMSK", 0x81C, 0), W("DVBUSDIS", 0x828, 0x000017D7), W("DVBUSPULSE", 0x82C, 0x000005B8), \
    W("DIEPEMPMSK", 0x834, 0), W("PCGCCTL", 0xE00, 0)
#define CHANNEL(n, at)                                                                             \
    W("HCCHAR" n, at, 0), W("HCINT" n, at + 0x8, 0), W("HCINTMSK" n, at + 0xC, 0),                 \
    W("HCTSIZ" n, at + 0x10, 0)
#define CHANNEL_HS(n, at) CHANNEL(n, at), W("HCSPLT" n, at + 0x4, 0), W("HCDMA" n, at + 0x14, 0)
#define ENDPOINT_IN(n, at, interrupt)                                                              \
    W("DIEPCTL" n, at, 0), W("DIEPINT" n, at + 0x8, interrupt), W("DIEPTSIZ" n, at + 0x10, 0),     \
    W("DTXFSTS" n, at + 0x18, 0)
#define ENDPOINT_OUT(n, at, control, interrupt)                                                    \
    W("DOEPCTL" n, at, control), W("DOEPINT" n, at + 0x8, interrupt),                              \
    W("DOEPTSIZ" n, at + 0x10, 0)
#define ENDPOINT_IN_HS(n, at, interrupt) ENDPOINT_IN(n, at, interrupt), W("DIEPDMA" n, at + 0x14, 0)
#define ENDPOINT_OUT_HS(n, at, control, interrupt)                                                 \
    ENDPOINT_OUT(n, at, control, interrupt), W("DOEPDMA" n, at + 0x14, 0)

static const struct reg otg_fs[] = {
    OTG_GLOBAL, W("CID", 0x3C, 0x00001200), W("GHWCFG2", 0x48, 0x229DCD20),
    W("GHWCFG3", 0x4C, 0x020001E8), W("GHWCFG4", 0x50, 0x0FF08030),
    W("DIEPTXF1", 0x104, 0x02000400), W("DIEPTXF2", 0x108, 0x02000400),
    W("DIEPTXF3", 0x10C, 0x02000400),
    OTG_HOST,
    CHANNEL("0", 0x500), CHANNEL("1", 0x520), CHANNEL("2", 0x540), CHANNEL("3", 0x560),
    CHANNEL("4", 0x580), CHANNEL("5", 0x5A0), CHANNEL("6", 0x5C0), CHANNEL("7", 0x5E0),
    OTG_DEVICE,
    ENDPOINT_IN("0", 0x900, 0x80), ENDPOINT_IN("1", 0x920, 0x80), ENDPOINT_IN("2", 0x940, 0x80),
    ENDPOINT_IN("3", 0x960, 0x80),
    ENDPOINT_OUT("0", 0xB00, 0x8000, 0x80), ENDPOINT_OUT("1", 0xB20, 0, 0x80),
    ENDPOINT_OUT("2", 0xB40, 0, 0x80), ENDPOINT_OUT("3", 0xB60, 0, 0x80),
};

static const struct reg otg_hs[] = {
    OTG_GLOBAL, W("CID", 0x3C, 0x00001100), W("GHWCFG2", 0x48, 0x229ED590),
    W("GHWCFG3", 0x4C, 0x03F403E8), W("GHWCFG4", 0x50, 0x17F00030),
    W("DIEPTXF1", 0x104, 0x02000400), W("DIEPTXF2", 0x108, 0x02000400),
    W("DIEPTXF3", 0x10C, 0x02000400), W("DIEPTXF4", 0x110, 0x02000400),
    W("DIEPTXF5", 0x114, 0x02000400),
    OTG_HOST,
    CHANNEL_HS("0", 0x500), CHANNEL_HS("1", 0x520), CHANNEL_HS("2", 0x540), CHANNEL_HS("3", 0x560),
    CHANNEL_HS("4", 0x580), CHANNEL_HS("5", 0x5A0), CHANNEL_HS("6", 0x5C0), CHANNEL_HS("7", 0x5E0),
    CHANNEL_HS("8", 0x600), CHANNEL_HS("9", 0x620), CHANNEL_HS("10", 0x640),
    CHANNEL_HS("11", 0x660),
    OTG_DEVICE, W("DTHRCTL", 0x830, 0), W("DEACHINT", 0x838, 0), W("DEACHINTMSK", 0x83C, 0),
    W("DIEPEACHMSK1", 0x844, 0), W("DOEPEACHMSK1", 0x884, 0),
    ENDPOINT_IN_HS("0", 0x900, 0x80), ENDPOINT_IN_HS("1", 0x920, 0), ENDPOINT_IN_HS("2", 0x940, 0),
    ENDPOINT_IN_HS("3", 0x960, 0), ENDPOINT_IN_HS("4", 0x980, 0), ENDPOINT_IN_HS("5", 0x9A0, 0),
    ENDPOINT_OUT_HS("0", 0xB00, 0x8000, 0x80), ENDPOINT_OUT_HS("1", 0xB20, 0, 0),
    ENDPOINT_OUT_HS("2", 0xB40, 0, 0), ENDPOINT_OUT_HS("3", 0xB60, 0, 0),
    ENDPOINT_OUT_HS("4", 0xB80, 0, 0), ENDPOINT_OUT_HS("5", 0xBA0, 0, 0),
};

const struct device_ops unmodelled_otg_fs_ops = UNMODELLED_OPS_WINDOWS("otg_fs", otg_fs);
const struct device_ops unmodelled_otg_hs_ops = UNMODELLED_OPS_WINDOWS("otg_hs", otg_hs);
/* clang-format on */
