/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * USB On-The-Go, full and high speed, of STM32F2 and F4 (RM0090 34, 35) with nothing plugged in: a core that
 * a driver can identify, reset, set up and switch between roles, on a bus where nobody ever answers.
 *
 * Registers keep what is written to the bits that they have. Core reset and FIFO flushes are done at once, the role
 * follows GUSBCFG, an endpoint or channel that is told to stop has stopped.
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

#define GUSBCFG_PHYSEL (1u << 6)        /* the transceiver on the chip: reads 0 */
#define GUSBCFG_FHMOD (1u << 29)
#define GUSBCFG_FDMOD (1u << 30)

#define GRSTCTL_CSRST  (1u << 0)
#define GRSTCTL_ACTION 0x00000037u      /* CSRST, HSRST, FCRST, RXFFLSH, TXFFLSH */
#define GRSTCTL_TXFNUM 0x000007C0u
#define GRSTCTL_AHBIDL (1u << 31)

#define GINTSTS_CMOD  (1u << 0)
#define GINTSTS_FLAGS 0xF030FC0Au

#define DCTL_SDIS   (1u << 1)
#define DCTL_STORED 0x00000873u
#define DCTL_ACTION 0x00000780u         /* SGINAK, CGINAK, SGONAK, CGONAK */

#define HPRT_PPWR (1u << 12)

/* DIEPCTL, DOEPCTL and HCCHAR alike. */
#define CTL_STOP   (1u << 30)           /* EPDIS, CHDIS */
#define CTL_ENABLE (1u << 31)
#define INT_STOPPED (1u << 1)           /* EPDISD, CHH */

/* DIEPCTL and DOEPCTL. */
#define EPCTL_NAKSTS (1u << 17)
#define EPCTL_CNAK   (1u << 26)
#define EPCTL_SNAK   (1u << 27)
#define EPCTL_PID    (3u << 28)         /* SD0PID, SODDFRM */
#define INT_INEPNE   (1u << 6)

/* Bits of `mask` that are stored; all read-only; bits of `mask` that are cleared by writing 1. */
#define S(label, at, initial, mask)                                                                \
    {.name = label, .offset = at, .width = 32, .reset = initial, .readable = UINT32_MAX,           \
     .writable = mask}
#define R(label, at, initial)                                                                      \
    {.name = label, .offset = at, .width = 32, .reset = initial, .readable = UINT32_MAX}
#define C(label, at, initial, mask)                                                                \
    {.name = label, .offset = at, .width = 32, .reset = initial, .readable = UINT32_MAX,           \
     .w1c = mask}
#define ALL UINT32_MAX

/* clang-format off */
#define OTG_SPECIAL(gusbcfg, flags)                                                                \
    [GUSBCFG] = {.name = "GUSBCFG", .offset = 0x0C, .width = 32, .reset = 0x00000A00,              \
        .readable = UINT32_MAX, .writable = gusbcfg, .action = GUSBCFG_PHYSEL},                    \
    [GRSTCTL] = {.name = "GRSTCTL", .offset = 0x10, .width = 32, .reset = GRSTCTL_AHBIDL,          \
        .readable = UINT32_MAX, .writable = GRSTCTL_TXFNUM, .action = GRSTCTL_ACTION},             \
    [GINTSTS] = C("GINTSTS", 0x14, 0x04000020, flags),                                             \
    [DCTL] = {.name = "DCTL", .offset = 0x804, .width = 32, .readable = UINT32_MAX,                \
        .writable = DCTL_STORED, .action = DCTL_ACTION},                                           \
    [HPRT] = {.name = "HPRT", .offset = 0x440, .width = 32, .readable = UINT32_MAX,                \
        .writable = 0x0001F1C0, .w1c = 0x0000002E}
#define OTG_GLOBAL                                                                                 \
    S("GOTGCTL", 0x00, 0x00000800, 0x00000E02), C("GOTGINT", 0x04, 0, 0x000E0304),                 \
    R("GRXSTSR", 0x1C, 0), R("GRXSTSP", 0x20, 0), S("GRXFSIZ", 0x24, 0x00000200, 0x0000FFFF),      \
    S("DIEPTXF0", 0x28, 0x00000200, ALL), R("GNPTXSTS", 0x2C, 0x00080200),                         \
    R("GSNPSID", 0x40, 0x4F54281A), R("GHWCFG1", 0x44, 0),                                         \
    S("HPTXFSIZ", 0x100, 0x02000600, ALL), S("DIEPTXF1", 0x104, 0x02000400, ALL),                  \
    S("DIEPTXF2", 0x108, 0x02000400, ALL), S("DIEPTXF3", 0x10C, 0x02000400, ALL)
#define OTG_HOST                                                                                   \
    R("HFNUM", 0x408, 0x00003FFF), R("HPTXSTS", 0x410, 0x00080100), R("HAINT", 0x414, 0),          \
    S("HAINTMSK", 0x418, 0, 0x0000FFFF)
#define OTG_DEVICE                                                                                 \
    R("DSTS", 0x808, 0x00000010), R("DAINT", 0x818, 0), S("DAINTMSK", 0x81C, 0, ALL),              \
    S("DVBUSDIS", 0x828, 0x000017D7, 0x0000FFFF), S("DVBUSPULSE", 0x82C, 0x000005B8, 0x00000FFF),  \
    S("DIEPEMPMSK", 0x834, 0, 0x0000FFFF), S("PCGCCTL", 0xE00, 0, 0x00000013)
#define CHANNEL(n, at, flags, enables)                                                             \
    S("HCCHAR" n, at, 0, 0xFFFEFFFF), C("HCINT" n, at + 0x8, 0, flags),                            \
    S("HCINTMSK" n, at + 0xC, 0, enables), S("HCTSIZ" n, at + 0x10, 0, 0x7FFFFFFF)
#define CHANNEL_FS(n, at) CHANNEL(n, at, 0x000007BB, 0x000007FB)
#define CHANNEL_HS(n, at)                                                                          \
    CHANNEL(n, at, 0x000007FF, 0x000007FF), S("HCSPLT" n, at + 0x4, 0, 0x8001FFFF),                \
    S("HCDMA" n, at + 0x14, 0, ALL)
#define CONTROL(label, at, initial, mask)                                                          \
    {.name = label, .offset = at, .width = 32, .reset = initial, .readable = UINT32_MAX,           \
     .writable = mask, .action = EPCTL_CNAK | EPCTL_SNAK | EPCTL_PID}
#define ENDPOINT_IN(n, at, control, interrupt, flags, size)                                        \
    CONTROL("DIEPCTL" n, at, 0, control), C("DIEPINT" n, at + 0x8, interrupt, flags),              \
    S("DIEPTSIZ" n, at + 0x10, 0, size), R("DTXFSTS" n, at + 0x18, 0)
#define ENDPOINT_OUT(n, at, initial, control, interrupt, flags, size)                              \
    CONTROL("DOEPCTL" n, at, initial, control), C("DOEPINT" n, at + 0x8, interrupt, flags),        \
    S("DOEPTSIZ" n, at + 0x10, 0, size)
#define IN_FS(n, at) ENDPOINT_IN(n, at, 0xC3EC87FF, 0x80, 0x0000005B, 0x7FFFFFFF)
#define OUT_FS(n, at) ENDPOINT_OUT(n, at, 0, 0xC03C87FF, 0x80, 0x0000005B, 0x7FFFFFFF)
#define IN_HS(n, at, interrupt, size)                                                              \
    ENDPOINT_IN(n, at, 0xC3EC87FF, interrupt, 0x00003B5B, size), S("DIEPDMA" n, at + 0x14, 0, ALL)
#define OUT_HS(n, at, initial, control, interrupt, size)                                           \
    ENDPOINT_OUT(n, at, initial, control, interrupt, 0x0000405B, size),                            \
    S("DOEPDMA" n, at + 0x14, 0, ALL)
#define IN_HS_DATA(n, at) IN_HS(n, at, 0, 0x7FFFFFFF)
#define OUT_HS_DATA(n, at) OUT_HS(n, at, 0, 0xC03C87FF, 0, 0x7FFFFFFF)

static const struct reg fs_regs[] = {
    OTG_SPECIAL(0xE0003F07, 0xF030FC0A),
    OTG_GLOBAL, S("GAHBCFG", 0x08, 0, 0x00000181), S("GINTMSK", 0x18, 0, 0xF73EFCFE),
    S("GCCFG", 0x38, 0, 0x003D0000), S("CID", 0x3C, 0x00001200, ALL),
    R("GHWCFG2", 0x48, 0x229DCD20), R("GHWCFG3", 0x4C, 0x020001E8), R("GHWCFG4", 0x50, 0x0FF08030),
    OTG_HOST, S("HCFG", 0x400, 0, 0x00000007), S("HFIR", 0x404, 0x0000EA60, 0x0000FFFF),
    CHANNEL_FS("0", 0x500), CHANNEL_FS("1", 0x520), CHANNEL_FS("2", 0x540), CHANNEL_FS("3", 0x560),
    CHANNEL_FS("4", 0x580), CHANNEL_FS("5", 0x5A0), CHANNEL_FS("6", 0x5C0), CHANNEL_FS("7", 0x5E0),
    OTG_DEVICE, S("DCFG", 0x800, 0x02200000, 0x00001FF7), S("DIEPMSK", 0x810, 0, 0x0000007B),
    S("DOEPMSK", 0x814, 0, 0x0000001B),
    ENDPOINT_IN("0", 0x900, 0xC3E00003, 0x80, 0x0000005B, 0x0018007F),
    IN_FS("1", 0x920), IN_FS("2", 0x940), IN_FS("3", 0x960),
    ENDPOINT_OUT("0", 0xB00, 0x8000, 0x80300000, 0x80, 0x0000005B, 0x6008007F),
    OUT_FS("1", 0xB20), OUT_FS("2", 0xB40), OUT_FS("3", 0xB60),
};

static const struct reg hs_regs[] = {
    OTG_SPECIAL(0xE3FEBF07, 0xF070FC0A),
    OTG_GLOBAL, S("GAHBCFG", 0x08, 0, 0x000001BF), S("GINTMSK", 0x18, 0, 0xF67EFCFE),
    S("GCCFG", 0x38, 0, 0x003F0000), S("CID", 0x3C, 0x00001100, ALL),
    R("GHWCFG2", 0x48, 0x229ED590), R("GHWCFG3", 0x4C, 0x03F403E8), R("GHWCFG4", 0x50, 0x17F00030),
    S("DIEPTXF4", 0x110, 0x02000400, ALL), S("DIEPTXF5", 0x114, 0x02000400, ALL),
    OTG_HOST, S("HCFG", 0x400, 0, 0x00000003), S("HFIR", 0x404, 0x0000EA60, 0x0001FFFF),
    CHANNEL_HS("0", 0x500), CHANNEL_HS("1", 0x520), CHANNEL_HS("2", 0x540), CHANNEL_HS("3", 0x560),
    CHANNEL_HS("4", 0x580), CHANNEL_HS("5", 0x5A0), CHANNEL_HS("6", 0x5C0), CHANNEL_HS("7", 0x5E0),
    CHANNEL_HS("8", 0x600), CHANNEL_HS("9", 0x620), CHANNEL_HS("10", 0x640),
    CHANNEL_HS("11", 0x660),
    OTG_DEVICE, S("DCFG", 0x800, 0x02200000, 0x03001FF7), S("DIEPMSK", 0x810, 0, 0x0000037B),
    S("DOEPMSK", 0x814, 0, 0x0000035B), S("DTHRCTL", 0x830, 0, 0x0BFF07FF),
    S("DEACHINT", 0x838, 0, 0x00020002), S("DEACHINTMSK", 0x83C, 0, 0x00020002),
    S("DIEPEACHMSK1", 0x844, 0, 0x0000237B), S("DOEPEACHMSK1", 0x884, 0, 0x0000737B),
    IN_HS("0", 0x900, 0x80, 0x0018007F), IN_HS_DATA("1", 0x920), IN_HS_DATA("2", 0x940),
    IN_HS_DATA("3", 0x960), IN_HS_DATA("4", 0x980), IN_HS_DATA("5", 0x9A0),
    OUT_HS("0", 0xB00, 0x8000, 0x80300000, 0x80, 0x6008007F), OUT_HS_DATA("1", 0xB20),
    OUT_HS_DATA("2", 0xB40), OUT_HS_DATA("3", 0xB60), OUT_HS_DATA("4", 0xB80),
    OUT_HS_DATA("5", 0xBA0),
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

static bool is_endpoint(uint16_t offset)
{
    return offset >= 0x900 && offset < 0xE00 && !(offset & 0x1F);
}

static bool is_channel(uint16_t offset)
{
    return offset >= 0x500 && offset < 0x800 && !(offset & 0x1F);
}

/* The flags of an endpoint or channel are two words behind its control register. */
static unsigned flags_of(const struct device *d, unsigned reg)
{
    unsigned i = SPECIAL;

    while (d->ops->regs[i].offset != d->ops->regs[reg].offset + 8)
        i++;
    return i;
}

/* SNAK and CNAK are in effect at once; an IN endpoint says so in INEPNE. */
static void write_naks(struct device *d, unsigned reg, uint32_t bits)
{
    uint32_t effective = d->ops->regs[reg].offset < 0xB00 ? INT_INEPNE : 0;

    if (bits & EPCTL_SNAK) {
        reg_set_bits(d, reg, EPCTL_NAKSTS);
        reg_set_bits(d, flags_of(d, reg), effective);
    } else if (bits & EPCTL_CNAK) {
        reg_clear_bits(d, reg, EPCTL_NAKSTS);
        reg_clear_bits(d, flags_of(d, reg), effective);
    }
}

/* An endpoint or channel: a stop is done at once, a start waits for ever. */
static void write_control(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    uint32_t old = reg_get(d, reg), control = reg_store(d, reg, value, lanes);

    if (control & CTL_STOP) {
        reg_clear_bits(d, reg, CTL_STOP | CTL_ENABLE);
        if (old & CTL_ENABLE)
            reg_set_bits(d, flags_of(d, reg), INT_STOPPED);
    } else if (control & ~old & CTL_ENABLE) {
        diag_unmodelled(d, reg, "a transfer begins: nobody is on the bus");
    }
    if (is_endpoint(d->ops->regs[reg].offset))
        write_naks(d, reg, value & lanes);
}

static void write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    if (reg == GRSTCTL)
        write_grstctl(d, value, lanes);
    else if (reg == DCTL)
        write_dctl(d, value, lanes);
    else if (is_endpoint(d->ops->regs[reg].offset) || is_channel(d->ops->regs[reg].offset))
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
