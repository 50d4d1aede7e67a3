/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * USB On-The-Go, full and high speed, of STM32F2 and F4 (RM0090 34, 35) with nothing plugged in: a core that
 * a driver can identify, reset, set up and switch between roles, on a bus where nobody ever answers.
 *
 * Registers keep what is written. Core reset and FIFO flushes are done at once, the role follows GUSBCFG, an
 * endpoint or channel that is told to stop has stopped.
 *
 * Not modelled: the bus, FIFOs, DMA and interrupts. Said once when a driver connects, powers the port, starts
 * a transfer or touches a FIFO.
 */
#include "core/log.h"
#include "periph/devices.h"
#include "periph/table.h"
#include "periph/unmodelled.h"

/* Registers with rules of their own; the others follow in any order. */
enum { GUSBCFG, GRSTCTL, GINTSTS, DCTL, HPRT, SPECIAL };

#define GUSBCFG_FHMOD (1u << 29)
#define GUSBCFG_FDMOD (1u << 30)

#define GRSTCTL_CSRST  (1u << 0)
#define GRSTCTL_ACTION 0x00000037u      /* CSRST, HSRST, FCRST, RXFFLSH, TXFFLSH */
#define GRSTCTL_TXFNUM 0x000007C0u
#define GRSTCTL_AHBIDL (1u << 31)

#define GINTSTS_CMOD  (1u << 0)
#define GINTSTS_FLAGS 0xF030FC0Au

#define DCTL_SDIS   (1u << 1)
#define DCTL_STORED 0x00000073u
#define DCTL_ACTION 0x00000F80u         /* SGINAK, CGINAK, SGONAK, CGONAK, POPRGDNE */

#define HPRT_PPWR (1u << 12)

/* DIEPCTL, DOEPCTL and HCCHAR alike. */
#define CTL_STOP   (1u << 30)           /* EPDIS, CHDIS */
#define CTL_ENABLE (1u << 31)
#define INT_STOPPED (1u << 1)           /* EPDISD, CHH */

/* Stored, read-only, cleared by writing 1. */
#define S(label, at, initial)                                                                      \
    {.name = label, .offset = at, .width = 32, .reset = initial, .readable = UINT32_MAX,           \
     .writable = UINT32_MAX}
#define R(label, at, initial)                                                                      \
    {.name = label, .offset = at, .width = 32, .reset = initial, .readable = UINT32_MAX}
#define C(label, at, initial)                                                                      \
    {.name = label, .offset = at, .width = 32, .reset = initial, .readable = UINT32_MAX,           \
     .w1c = UINT32_MAX}

/* clang-format off */
#define OTG_SPECIAL                                                                                \
    [GUSBCFG] = S("GUSBCFG", 0x0C, 0x00000A00),                                                    \
    [GRSTCTL] = {.name = "GRSTCTL", .offset = 0x10, .width = 32, .reset = GRSTCTL_AHBIDL,          \
        .readable = UINT32_MAX, .writable = GRSTCTL_TXFNUM, .action = GRSTCTL_ACTION},             \
    [GINTSTS] = {.name = "GINTSTS", .offset = 0x14, .width = 32, .reset = 0x04000020,              \
        .readable = UINT32_MAX, .w1c = GINTSTS_FLAGS},                                             \
    [DCTL] = {.name = "DCTL", .offset = 0x804, .width = 32, .readable = UINT32_MAX,                \
        .writable = DCTL_STORED, .action = DCTL_ACTION},                                           \
    [HPRT] = {.name = "HPRT", .offset = 0x440, .width = 32, .readable = UINT32_MAX,                \
        .writable = 0x0001F1C0, .w1c = 0x0000002E}
#define OTG_GLOBAL                                                                                 \
    S("GOTGCTL", 0x00, 0x00000800), C("GOTGINT", 0x04, 0), S("GAHBCFG", 0x08, 0),                  \
    S("GINTMSK", 0x18, 0), R("GRXSTSR", 0x1C, 0), R("GRXSTSP", 0x20, 0),                           \
    S("GRXFSIZ", 0x24, 0x00000200), S("DIEPTXF0", 0x28, 0x00000200),                               \
    R("GNPTXSTS", 0x2C, 0x00080200), S("GCCFG", 0x38, 0), R("GSNPSID", 0x40, 0x4F54281A),          \
    R("GHWCFG1", 0x44, 0), S("HPTXFSIZ", 0x100, 0x02000600)
#define OTG_HOST                                                                                   \
    S("HCFG", 0x400, 0), S("HFIR", 0x404, 0x0000EA60), R("HFNUM", 0x408, 0x00003FFF),              \
    R("HPTXSTS", 0x410, 0x00080100), R("HAINT", 0x414, 0), S("HAINTMSK", 0x418, 0)
#define OTG_DEVICE                                                                                 \
    S("DCFG", 0x800, 0x02200000), R("DSTS", 0x808, 0x00000010),                                    \
    S("DIEPMSK", 0x810, 0), S("DOEPMSK", 0x814, 0), R("DAINT", 0x818, 0),                          \
    S("DAINTMSK", 0x81C, 0), S("DVBUSDIS", 0x828, 0x000017D7), S("DVBUSPULSE", 0x82C, 0x000005B8), \
    S("DIEPEMPMSK", 0x834, 0), S("PCGCCTL", 0xE00, 0)
#define CHANNEL(n, at)                                                                             \
    S("HCCHAR" n, at, 0), C("HCINT" n, at + 0x8, 0), S("HCINTMSK" n, at + 0xC, 0),                 \
    S("HCTSIZ" n, at + 0x10, 0)
#define CHANNEL_HS(n, at) CHANNEL(n, at), S("HCSPLT" n, at + 0x4, 0), S("HCDMA" n, at + 0x14, 0)
#define ENDPOINT_IN(n, at, interrupt)                                                              \
    S("DIEPCTL" n, at, 0), C("DIEPINT" n, at + 0x8, interrupt), S("DIEPTSIZ" n, at + 0x10, 0),     \
    R("DTXFSTS" n, at + 0x18, 0)
#define ENDPOINT_OUT(n, at, control, interrupt)                                                    \
    S("DOEPCTL" n, at, control), C("DOEPINT" n, at + 0x8, interrupt),                              \
    S("DOEPTSIZ" n, at + 0x10, 0)
#define ENDPOINT_IN_HS(n, at, interrupt) ENDPOINT_IN(n, at, interrupt), S("DIEPDMA" n, at + 0x14, 0)
#define ENDPOINT_OUT_HS(n, at, control, interrupt)                                                 \
    ENDPOINT_OUT(n, at, control, interrupt), S("DOEPDMA" n, at + 0x14, 0)

static const struct reg fs_regs[] = {
    OTG_SPECIAL,
    OTG_GLOBAL, S("CID", 0x3C, 0x00001200), R("GHWCFG2", 0x48, 0x229DCD20),
    R("GHWCFG3", 0x4C, 0x020001E8), R("GHWCFG4", 0x50, 0x0FF08030),
    S("DIEPTXF1", 0x104, 0x02000400), S("DIEPTXF2", 0x108, 0x02000400),
    S("DIEPTXF3", 0x10C, 0x02000400),
    OTG_HOST,
    CHANNEL("0", 0x500), CHANNEL("1", 0x520), CHANNEL("2", 0x540), CHANNEL("3", 0x560),
    CHANNEL("4", 0x580), CHANNEL("5", 0x5A0), CHANNEL("6", 0x5C0), CHANNEL("7", 0x5E0),
    OTG_DEVICE,
    ENDPOINT_IN("0", 0x900, 0x80), ENDPOINT_IN("1", 0x920, 0x80), ENDPOINT_IN("2", 0x940, 0x80),
    ENDPOINT_IN("3", 0x960, 0x80),
    ENDPOINT_OUT("0", 0xB00, 0x8000, 0x80), ENDPOINT_OUT("1", 0xB20, 0, 0x80),
    ENDPOINT_OUT("2", 0xB40, 0, 0x80), ENDPOINT_OUT("3", 0xB60, 0, 0x80),
};

static const struct reg hs_regs[] = {
    OTG_SPECIAL,
    OTG_GLOBAL, S("CID", 0x3C, 0x00001100), R("GHWCFG2", 0x48, 0x229ED590),
    R("GHWCFG3", 0x4C, 0x03F403E8), R("GHWCFG4", 0x50, 0x17F00030),
    S("DIEPTXF1", 0x104, 0x02000400), S("DIEPTXF2", 0x108, 0x02000400),
    S("DIEPTXF3", 0x10C, 0x02000400), S("DIEPTXF4", 0x110, 0x02000400),
    S("DIEPTXF5", 0x114, 0x02000400),
    OTG_HOST,
    CHANNEL_HS("0", 0x500), CHANNEL_HS("1", 0x520), CHANNEL_HS("2", 0x540), CHANNEL_HS("3", 0x560),
    CHANNEL_HS("4", 0x580), CHANNEL_HS("5", 0x5A0), CHANNEL_HS("6", 0x5C0), CHANNEL_HS("7", 0x5E0),
    CHANNEL_HS("8", 0x600), CHANNEL_HS("9", 0x620), CHANNEL_HS("10", 0x640),
    CHANNEL_HS("11", 0x660),
    OTG_DEVICE, S("DTHRCTL", 0x830, 0), S("DEACHINT", 0x838, 0), S("DEACHINTMSK", 0x83C, 0),
    S("DIEPEACHMSK1", 0x844, 0), S("DOEPEACHMSK1", 0x884, 0),
    ENDPOINT_IN_HS("0", 0x900, 0x80), ENDPOINT_IN_HS("1", 0x920, 0), ENDPOINT_IN_HS("2", 0x940, 0),
    ENDPOINT_IN_HS("3", 0x960, 0), ENDPOINT_IN_HS("4", 0x980, 0), ENDPOINT_IN_HS("5", 0x9A0, 0),
    ENDPOINT_OUT_HS("0", 0xB00, 0x8000, 0x80), ENDPOINT_OUT_HS("1", 0xB20, 0, 0),
    ENDPOINT_OUT_HS("2", 0xB40, 0, 0), ENDPOINT_OUT_HS("3", 0xB60, 0, 0),
    ENDPOINT_OUT_HS("4", 0xB80, 0, 0), ENDPOINT_OUT_HS("5", 0xBA0, 0, 0),
};

/* clang-format on */

/* The role: forced, or by the ID pin, which floats: a peripheral. */
static void follow_role(struct device *d)
{
    if ((reg_get(d, GUSBCFG) & (GUSBCFG_FHMOD | GUSBCFG_FDMOD)) == GUSBCFG_FHMOD)
        reg_set_bits(d, GINTSTS, GINTSTS_CMOD);
    else
        reg_clear_bits(d, GINTSTS, GINTSTS_CMOD);
}

/* A core reset leaves the role and FIFO sizes; the interrupt flags go back. */
static void write_grstctl(struct device *d, uint32_t value, uint32_t lanes)
{
    reg_store(d, GRSTCTL, value, lanes);
    if (!(value & lanes & GRSTCTL_CSRST))
        return;
    reg_put(d, GINTSTS, d->ops->regs[GINTSTS].reset);
    follow_role(d);
}

/* SGINAK to CGONAK: GINTSTS and DCTL show the global NAKs at once. */
static void write_dctl(struct device *d, uint32_t value, uint32_t lanes)
{
    uint32_t old = reg_get(d, DCTL), bits = value & lanes, next = reg_store(d, DCTL, value, lanes);

    for (unsigned out = 0; out < 2; out++) {
        if (bits >> (7 + 2 * out) & 1) {
            reg_set_bits(d, DCTL, 4u << out);
            reg_set_bits(d, GINTSTS, 0x40u << out);
        }
        if (bits >> (8 + 2 * out) & 1) {
            reg_clear_bits(d, DCTL, 4u << out);
            reg_clear_bits(d, GINTSTS, 0x40u << out);
        }
    }
    if (old & ~next & DCTL_SDIS)
        diag_unmodelled(d, DCTL, "connected: there is no host");
}

static bool is_control(uint16_t offset)
{
    bool channel = offset >= 0x500 && offset < 0x800, endpoint = offset >= 0x900 && offset < 0xE00;

    return (channel || endpoint) && !(offset & 0x1F);
}

/* An endpoint or channel: a stop is done at once, a start waits for ever. Its flags are two words on. */
static void write_control(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    uint16_t flags = (uint16_t)(d->ops->regs[reg].offset + 8);
    uint32_t old = reg_get(d, reg), control = reg_store(d, reg, value, lanes);

    if (control & CTL_STOP) {
        reg_clear_bits(d, reg, CTL_STOP | CTL_ENABLE);
        for (unsigned i = SPECIAL; i < d->ops->reg_count && old & CTL_ENABLE; i++)
            if (d->ops->regs[i].offset == flags)
                reg_set_bits(d, i, INT_STOPPED);
    } else if (control & ~old & CTL_ENABLE) {
        diag_unmodelled(d, reg, "a transfer begins: nobody is on the bus");
    }
}

static void write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    if (reg == GRSTCTL)
        write_grstctl(d, value, lanes);
    else if (reg == DCTL)
        write_dctl(d, value, lanes);
    else if (is_control(d->ops->regs[reg].offset))
        write_control(d, reg, value, lanes);
    else if (reg == HPRT && reg_store(d, reg, value, lanes) & HPRT_PPWR)
        diag_unmodelled(d, reg, "the port is powered: nothing is plugged in");
    else if (reg != HPRT)
        reg_store(d, reg, value, lanes);
    if (reg == GUSBCFG)
        follow_role(d);
}

#define OTG_OPS(label, table)                                                                      \
    {.name = label, .regs = table, .reg_count = COUNT(table),                                      \
     .state_size = COUNT(table) * sizeof(uint32_t), .write = write,                                \
     .mem_read = unmodelled_window_read, .mem_write = unmodelled_window_write,                     \
     .mem_peek = unmodelled_window_peek}

const struct device_ops otg_fs_ops = OTG_OPS("otg_fs", fs_regs);
const struct device_ops otg_hs_ops = OTG_OPS("otg_hs", hs_regs);
