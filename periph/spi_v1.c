/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SPI and I2S (RM0090 chapter 28, RM0033 chapter 25, RM0041 chapter 22): registers, flags, requests. The frames are
 * in spi_frame.c, what is I2S's own in spi_i2s.c.
 *
 * Time: a bit lasts 2^(BR+1) cycles of the bus clock. A frame begins on the bus clock edge at or before the
 * write that starts it, and keeps the length that it had then; frames that follow each other have no gap. TXE rises
 * when a frame takes its word, RXNE at the frame's end: a master's ends with its last bit, a slave's with the last
 * sample of it. A word of I2S lasts what RM0090 28.4.4 computes from the PLLI2S.
 *
 * The lines show every bit to whoever is wired to them; a slave lives by them. A slave without new data sends its last
 * word again, and counts bits on while it is not selected (both from memory). Devices of the board that joined a
 * master (core/link.h) take and give whole bytes, at a frame's end.
 *
 * Not modelled: the framing of TI mode (FRF only stores), I2S_CKIN as the source of I2S (CFGR.I2SSRC).
 */
#include "periph/spi_v1.h"

#include <string.h>

#include "core/irq.h"
#include "core/log.h"
#include "core/schedule.h"
#include "periph/clocks.h"
#include "periph/devices.h"
#include "periph/spi_state.h"
#include "periph/table.h"

/* What may change only while SPE = 0. */
enum { CR1_FIXED = CR1_CPHA | CR1_CPOL | 0x38 | CR1_LSBFIRST | CR1_DFF | CR1_CRCEN };

/* ---- outputs and time ---- */

static bool drives_nss(const struct spi_state *s)
{
    return s->reg[CR2] & CR2_SSOE && (s->reg[CR1] & (CR1_SSM | CR1_MSTR)) == CR1_MSTR;
}

static enum signal_state nss(const struct device *d)
{
    const struct spi_state *s = d->state;

    if (i2s_mode(s))
        return spi_ws(d);
    return !drives_nss(s) ? SIGNAL_RELEASED : s->reg[CR1] & CR1_SPE ? SIGNAL_LOW : SIGNAL_HIGH;
}

/* CK of I2S for the other direction's block. */
static bool i2s_clock(const struct spi_state *s)
{
    return spi_master(s) ? s->shifting && s->watched && s->half & 1 : s->active;
}

/* In the order in which they change: what is told first may sample the others as they were. While nobody watches, a
 * master's lines seem to rest. */
static void update_lines(struct device *d)
{
    const struct spi_state *s = d->state;

    if (s->watched || !s->shifting) {
        signal_put(d, SPI_OUT_NSS, nss(d));
        signal_put(d, SPI_OUT_SCK, spi_sck(d));
        signal_put(d, SPI_OUT_MOSI, spi_mosi(d));
    }
    signal_put(d, SPI_OUT_MISO, spi_miso(d));
    if (i2s_mode(s))
        signal_set(d, SPI_OUT_I2S_CK, i2s_clock(s));
}

static void update_requests(struct device *d)
{
    const struct spi_state *s = d->state;
    uint32_t sr = s->reg[SR], cr2 = s->reg[CR2];

    irq_set(d, 0, (sr & SR_TXE && cr2 & CR2_TXEIE) || (sr & SR_RXNE && cr2 & CR2_RXNEIE) ||
                      (sr & SR_ERRORS && cr2 & CR2_ERRIE));
    signal_set(d, SPI_OUT_DMA_TX, sr & SR_TXE && cr2 & CR2_TXDMAEN);
    signal_set(d, SPI_OUT_DMA_RX, s->reg[SR] & SR_RXNE && cr2 & CR2_RXDMAEN);
}

/* The frames of a master that nobody watches leave its lines alone. */
void spi_update(struct device *d)
{
    const struct spi_state *s = d->state;

    if (s->watched || !spi_enabled(s) || !spi_master(s))
        update_lines(d);
    update_requests(d);
}

static void reclock(struct device *d)
{
    struct spi_state *s = d->state;
    unsigned source = i2s_mode(s) && spi_master(s) ? CLOCK_PLLI2S : device_clock(d);

    if (s->stopped)
        ticker_stop(&s->clock, d);
    else
        ticker_rate(&s->clock, d, source, 1);
    spi_schedule(d);
    i2s_drive_mck(d);
}

static void gated(struct device *d, bool on)
{
    struct spi_state *s = d->state;

    s->stopped = !on;
    reclock(d);
}

static void event(struct device *d, unsigned number)
{
    switch (number) {
    case EVENT_FRAME:
        spi_frame_done(d);
        break;
    case EVENT_EDGE:
        spi_edge(d);
        break;
    default:
        i2s_drive_mck(d);
        break;
    }
}

/* ---- words received ---- */

static bool someone_listens(const struct spi_state *s)
{
    return s->reg[CR2] & (CR2_RXNEIE | CR2_RXDMAEN) || !spi_sends(s);
}

/* On overrun the older word stays. Transmit-only drivers overrun on purpose: no report for those. */
void spi_receive(struct device *d, uint16_t word)
{
    struct spi_state *s = d->state;

    if (!(s->reg[SR] & SR_RXNE)) {
        s->reg[DR] = word;
        s->reg[SR] |= SR_RXNE;
        return;
    }
    s->reg[SR] |= SR_OVR;
    if (someone_listens(s))
        diag_guest(d, DIAG_OVERRUN, SR, "OVR: 0x%02X arrived before 0x%02X had been read, and is lost", word,
                   s->reg[DR]);
}

/* ---- NSS ---- */

/* SSI in its place; the pin while it is no output. */
static bool nss_low(const struct device *d)
{
    const struct spi_state *s = d->state;

    if (s->reg[CR1] & CR1_SSM)
        return !(s->reg[CR1] & CR1_SSI);
    return !drives_nss(s) && signal_state(d, SPI_IN_NSS) == SIGNAL_LOW;
}

bool spi_selected(const struct device *d)
{
    return i2s_mode(d->state) || nss_low(d);
}

/* A master whose NSS is low believes that another master has the bus (RM0090 28.3.10). */
static void check_mode_fault(struct device *d)
{
    struct spi_state *s = d->state;
    uint32_t on = CR1_SPE | CR1_MSTR;

    if (i2s_mode(s) || (s->reg[CR1] & on) != on || !nss_low(d))
        return;
    s->reg[SR] |= SR_MODF;
    s->reg[CR1] &= ~on;
    spi_abort(d);
    diag_guest(d, DIAG_SEQUENCE, CR1, "MODF: NSS is low in master mode (%s): SPE and MSTR are cleared",
               s->reg[CR1] & CR1_SSM ? "SSM = 1, SSI = 0" : "the pin, and SSOE = 0");
}

/* ---- pins ---- */

static unsigned output(const struct device *d, unsigned number)
{
    switch (number) {
    case SPI_OUT_NSS:
        return nss(d);
    case SPI_OUT_SCK:
        return spi_sck(d);
    case SPI_OUT_MOSI:
        return spi_mosi(d);
    case SPI_OUT_MCK:
        return i2s_mck(d);
    default:
        return signal_output(d, number);
    }
}

/* I2S: somebody may send on SD, or waits for what this block sends there. */
static bool sd_matters(const struct device *d)
{
    return spi_sends(d->state) ? signal_use(d, SPI_OUT_MOSI) == SIGNAL_WATCHED : signal_arrives(d, SPI_IN_MOSI);
}

/* A slave waits for its clock, NSS or WS for whoever asks it, and data only counts when something is sampled. */
static bool waits_for(const struct device *d, unsigned input)
{
    const struct spi_state *s = d->state;
    bool slave = spi_enabled(s) && !spi_master(s);

    switch (input) {
    case SPI_IN_SCK:
        return slave;
    case SPI_IN_NSS:
        return i2s_mode(s) ? slave : spi_enabled(s) && !(s->reg[CR1] & CR1_SSM) && !drives_nss(s);
    case SPI_IN_I2S_CK:
        return slave && i2s_mode(s) && sd_matters(d);
    default:
        return true;
    }
}

static unsigned listens(const struct device *d, unsigned input)
{
    const struct spi_state *s = d->state;
    bool data = input == SPI_IN_MOSI || input == SPI_IN_MISO;

    if (data)
        return spi_enabled(s) && (!spi_master(s) || i2s_mode(s)) ? SIGNAL_WATCHED : SIGNAL_CONNECTED;
    return waits_for(d, input) ? SIGNAL_WATCHED : SIGNAL_UNUSED;
}

/* What `listens` answers, as one number. */
static unsigned waiting(const struct device *d)
{
    unsigned all = 0;

    for (unsigned input = 0; input < SPI_INPUTS; input++)
        all |= listens(d, input) << 2 * input;
    return all;
}

static bool somebody_watches(const struct device *d)
{
    const struct spi_state *s = d->state;
    static const uint8_t lines[] = {SPI_OUT_SCK, SPI_OUT_MOSI, SPI_OUT_I2S_CK};

    for (unsigned i = 0; i < COUNT(lines); i++)
        if (signal_use(d, lines[i]) == SIGNAL_WATCHED)
            return true;
    return i2s_mode(s) && (sd_matters(d) || signal_use(d, SPI_OUT_NSS) == SIGNAL_WATCHED);
}

static void rewired(struct device *d)
{
    struct spi_state *s = d->state;
    bool watched = somebody_watches(d);

    if (watched && !s->watched)
        spi_catch_up(d);
    s->watched = watched;
    s->sck_leaves = signal_leaves(d, SPI_OUT_SCK);
    s->mosi_leaves = signal_leaves(d, SPI_OUT_MOSI);
    spi_schedule(d);
    i2s_drive_mck(d);
    update_lines(d);
    update_requests(d);
}

static void input_changed(struct device *d, unsigned input, bool level)
{
    switch (input) {
    case SPI_IN_SCK:
        spi_clock_changed(d, level);
        break;
    case SPI_IN_NSS:
        i2s_ws_changed(d, level);
        check_mode_fault(d);
        spi_show(d);
        spi_update(d);
        break;
    case SPI_IN_I2S_FRAME:
        spi_ext_frame(d, level);
        break;
    case SPI_IN_I2S_CK:
        spi_ext_clock(d, level);
        break;
    case SPI_IN_DMA_TX_LAST:
    case SPI_IN_DMA_RX_LAST:
        if (level)
            spi_dma_ended(d, input == SPI_IN_DMA_TX_LAST);
        break;
    default:
        break;
    }
}

/* ---- registers ---- */

/* It begins anew when it is switched on, a slave with its first bit. */
static void switch_over(struct spi_state *s)
{
    s->sampled = s->active = s->dma_ended = 0;
    s->reg[SR] &= ~(uint32_t)SR_BSY;
}

static void write_cr1(struct device *d, uint32_t value, uint32_t lanes)
{
    struct spi_state *s = d->state;
    uint32_t old = s->reg[CR1], now = reg_store(d, CR1, value, lanes);

    if (s->modf_seen) {
        s->reg[SR] &= ~(uint32_t)SR_MODF;
        s->modf_seen = false;
    }
    if (s->reg[SR] & SR_MODF)
        s->reg[CR1] &= ~(uint32_t)(CR1_SPE | CR1_MSTR);
    if (old & now & CR1_SPE && (old ^ now) & CR1_FIXED)
        diag_guest(d, DIAG_SEQUENCE, CR1, "bits 0x%X changed while SPE = 1", (old ^ now) & CR1_FIXED);
    if (now & ~old & CR1_CRCEN)
        s->reg[RXCRCR] = s->reg[TXCRCR] = 0;
    if ((old ^ now) & CR1_SPE && !s->shifting)
        switch_over(s);
    check_mode_fault(d);
    spi_show(d);
    update_lines(d);            /* at rest before they move */
    spi_next_frame(d);
}

static void write_data(struct device *d, uint32_t value)
{
    struct spi_state *s = d->state;

    if (!(s->reg[SR] & SR_TXE))
        diag_guest(d, DIAG_SEQUENCE, DR, "written while TXE = 0: 0x%02X, which waited there, is lost", s->tdr);
    if (!i2s_mode(s) && spi_enabled(s) && spi_master(s) && !s->sck_leaves)
        diag_guest(d, DIAG_PIN, DR, "sent, but no pin has %s_SCK: no device is clocked", d->name);
    s->tdr = (uint16_t)value;
    s->reg[SR] &= ~(uint32_t)SR_TXE;
    spi_show(d);
    spi_next_frame(d);
}

static void write_i2scfgr(struct device *d, uint32_t value, uint32_t lanes)
{
    struct spi_state *s = d->state;
    uint32_t old = s->reg[I2SCFGR], now = reg_store(d, I2SCFGR, value, lanes);

    if (now & ~old & I2S_I2SE)
        i2s_enable(d);
    if ((old ^ now) & I2S_I2SMOD || (!s->shifting && old & ~now & I2S_I2SE))
        spi_abort(d);
    reclock(d);
    spi_show(d);
    update_lines(d);
    spi_next_frame(d);
}

static void store(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    switch (reg) {
    case CR1:
        write_cr1(d, value, lanes);
        break;
    case DR:
        write_data(d, value);
        break;
    case I2SCFGR:
        write_i2scfgr(d, value, lanes);
        break;
    default:
        reg_store(d, reg, value, lanes);
        check_mode_fault(d);
        break;
    }
}

static void write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    bool modes = reg == CR1 || reg == CR2 || reg == I2SCFGR || reg == I2SPR;
    unsigned waited = modes ? waiting(d) : 0;

    store(d, reg, value, lanes);
    if (modes && waiting(d) != waited)
        signals_rewired(d);
    if (modes)
        update_lines(d);
    spi_update(d);
}

/* OVR goes with a read of DR and then of SR; MODF with a read of SR and then a write of CR1; UDR and FRE with a read
 * of SR. */
static uint32_t read(struct device *d, unsigned reg)
{
    struct spi_state *s = d->state;
    uint32_t value = s->reg[reg];

    if (reg == DR) {
        s->reg[SR] &= ~(uint32_t)SR_RXNE;
        s->ovr_dr_read = !!(s->reg[SR] & SR_OVR);
    } else {
        s->modf_seen = !!(value & SR_MODF);
        s->reg[SR] &= ~(uint32_t)(SR_UDR | SR_FRE | (s->ovr_dr_read ? SR_OVR : 0));
        s->ovr_dr_read = false;
    }
    update_requests(d);
    return value;
}

static void reset(struct device *d, enum reset_kind kind)
{
    struct spi_state *s = d->state;

    (void)kind;
    memset(&s->out, 0, sizeof *s - offsetof(struct spi_state, out));
    ticker_start(&s->clock, d, device_clock(d), 1);
    if (kind == RESET_LINE)     /* else the whole machine is reset, and that asks */
        rewired(d);
    else
        spi_update(d);
}

/* Bits are counted within the patterns, and a frame takes time. */
static bool sane(const struct device *d)
{
    const struct spi_state *s = d->state;

    bool timed = s->stopped || !gate_on(d) || ticker_sane(&s->clock, d, device_clock(d), 1) ||
                 ticker_sane(&s->clock, d, CLOCK_PLLI2S, 1);

    return timed && s->bits <= SPI_BITS_MAX && s->sampled <= s->bits && s->half <= 2 * SPI_BITS_MAX &&
           (!s->shifting || (s->bits && s->bit && s->half < 2 * s->bits));
}

/* ---- description ---- */

#define PLAIN_16(label, at, initial, mask, ...)                                                    \
    {.name = label, .offset = at, .width = 16, .reset = initial, .readable = mask,                 \
     .writable = mask, .fields = FIELDS(__VA_ARGS__)}
#define CONST_16(label, at, field)                                                                 \
    {.name = label, .offset = at, .width = 16, .readable = 0xFFFF, .fields = FIELDS(BITS(field, 0, 16))}

/* What the blocks with and without I2S have in common. */
#define COMMON_ROWS                                                                                \
    [CR1] = PLAIN_16("CR1", 0x00, 0, 0xFFFF, BIT("CPHA", 0), BIT("CPOL", 1), BIT("MSTR", 2),       \
                     BITS("BR", 3, 3), BIT("SPE", 6), BIT("LSBFIRST", 7), BIT("SSI", 8),           \
                     BIT("SSM", 9), BIT("RXONLY", 10), BIT("DFF", 11), BIT("CRCNEXT", 12),         \
                     BIT("CRCEN", 13), BIT("BIDIOE", 14), BIT("BIDIMODE", 15)),                    \
    [DR] = {.name = "DR", .offset = 0x0C, .width = 16, .flags = REG_READ_EFFECT,                   \
            .readable = 0xFFFF, .action = 0xFFFF, .fields = FIELDS(BITS("DR", 0, 16))},            \
    [CRCPR] = PLAIN_16("CRCPR", 0x10, 7, 0xFFFF, BITS("CRCPOLY", 0, 16)),                          \
    [RXCRCR] = CONST_16("RXCRCR", 0x14, "RxCRC"), [TXCRCR] = CONST_16("TXCRCR", 0x18, "TxCRC")

#define CR2_FIELDS BIT("RXDMAEN", 0), BIT("TXDMAEN", 1), BIT("SSOE", 2), BIT("ERRIE", 5),          \
    BIT("RXNEIE", 6), BIT("TXEIE", 7)
#define SR_FIELDS BIT("RXNE", 0), BIT("TXE", 1), BIT("CRCERR", 4), BIT("MODF", 5), BIT("OVR", 6), BIT("BSY", 7)
#define SR_ROW(mask, ...)                                                                          \
    {.name = "SR", .offset = 0x08, .width = 16, .flags = REG_READ_EFFECT, .reset = SR_TXE,         \
     .readable = mask, .w0c = SR_CRCERR, .fields = FIELDS(__VA_ARGS__)}

static const struct reg regs[SPI_REGS] = {
    COMMON_ROWS,
    [CR2] = PLAIN_16("CR2", 0x04, 0, 0xF7, CR2_FIELDS, BIT("FRF", 4)),
    [SR] = SR_ROW(0x1FF, SR_FIELDS, BIT("CHSIDE", 2), BIT("UDR", 3), BIT("FRE", 8)),
    [I2SCFGR] = PLAIN_16("I2SCFGR", 0x1C, 0, 0xFBF, BIT("CHLEN", 0), BITS("DATLEN", 1, 2),
                         BIT("CKPOL", 3), BITS("I2SSTD", 4, 2), BIT("PCMSYNC", 7),
                         BITS("I2SCFG", 8, 2), BIT("I2SE", 10), BIT("I2SMOD", 11)),
    [I2SPR] = PLAIN_16("I2SPR", 0x20, 2, 0x3FF, BITS("I2SDIV", 0, 8), BIT("ODD", 8), BIT("MCKOE", 9)),
};

static const struct reg plain_regs[SPI_REGS] = {
    COMMON_ROWS,
    [CR2] = PLAIN_16("CR2", 0x04, 0, 0xE7, CR2_FIELDS),
    [SR] = SR_ROW(0xF3, SR_FIELDS),
    [I2SCFGR] = {.name = "I2SCFGR", .offset = 0x1C, .width = 16, .flags = REG_PAD},
    [I2SPR] = {.name = "I2SPR", .offset = 0x20, .width = 16, .flags = REG_PAD},
};

#define SPI_OPS(label, table)                                                                      \
    {                                                                                              \
        .name = (label), .regs = (table), .reg_count = SPI_REGS, .state_size = sizeof(struct spi_state), \
        .events = SPI_EVENTS, .outputs = SPI_OUTPUTS, .inputs = SPI_INPUTS, .reset = reset,        \
        .read = read, .write = write, .event = event, .signal = input_changed, .hears_states = true, \
        .output = output, .listens = listens, .rewired = rewired, .clock = reclock,                \
        .gated = gated, .sane = sane,                                                              \
    }

const struct device_ops spi_v1_ops = SPI_OPS("spi_v1", regs);
const struct device_ops spi_v1_plain_ops = SPI_OPS("spi_v1_plain", plain_regs);
