/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * I2C as a master (RM0090 chapter 27, RM0033 chapter 23, RM0041 chapter 24).
 *
 * Time: an SCL period is 2, 3 or 25 times CCR cycles of the bus clock (standard mode, fast mode, fast mode
 * with DUTY); the lines rise at once, so TRISE only stores. A start or stop condition takes one period, a
 * byte with its acknowledge nine. The controller stretches SCL wherever the firmware has to act first: SB,
 * ADDR, BTF.
 *
 * Not modelled: being addressed as a slave, and other masters (so there is no arbitration to lose and no
 * bus error); SMBus and PEC, which are reported.
 */
#include "periph/i2c_v1.h"

#include <string.h>

#include "core/clock.h"
#include "core/device.h"
#include "core/irq.h"
#include "core/link.h"
#include "core/log.h"
#include "core/schedule.h"
#include "core/signal.h"
#include "periph/devices.h"
#include "periph/report.h"
#include "periph/table.h"

enum { CR1, CR2, OAR1, OAR2, DR, SR1, SR2, CCR, TRISE, REGS };

enum {
    CR1_PE = 1 << 0, CR1_SMBUS = 1 << 1, CR1_ENARP = 1 << 4, CR1_ENPEC = 1 << 5, CR1_START = 1 << 8,
    CR1_STOP = 1 << 9, CR1_ACK = 1 << 10, CR1_POS = 1 << 11, CR1_PEC = 1 << 12, CR1_ALERT = 1 << 13,
    CR1_SWRST = 1 << 15,
    CR1_UNMODELLED = CR1_SMBUS | CR1_ENARP | CR1_ENPEC | CR1_PEC | CR1_ALERT,

    CR2_FREQ = 0x3F, CR2_ITERREN = 1 << 8, CR2_ITEVTEN = 1 << 9, CR2_ITBUFEN = 1 << 10, CR2_DMAEN = 1 << 11,
    CR2_LAST = 1 << 12,

    SR1_SB = 1 << 0, SR1_ADDR = 1 << 1, SR1_BTF = 1 << 2, SR1_ADD10 = 1 << 3, SR1_STOPF = 1 << 4,
    SR1_RXNE = 1 << 6, SR1_TXE = 1 << 7, SR1_AF = 1 << 10,
    SR1_EVENTS = SR1_SB | SR1_ADDR | SR1_BTF | SR1_ADD10 | SR1_STOPF,
    SR1_ERRORS = 0xDF00,

    SR2_MSL = 1 << 0, SR2_BUSY = 1 << 1, SR2_TRA = 1 << 2,

    CCR_CCR = 0xFFF, CCR_DUTY = 1 << 14, CCR_FS = 1 << 15
};

/* What the master is doing. In the timed phases EVENT_STEP is pending; in the others it waits. */
enum {
    PHASE_IDLE,
    PHASE_START,            /* timed: the start condition */
    PHASE_SB,               /* for the address byte in DR */
    PHASE_ADDRESS,          /* timed: the address byte */
    PHASE_ADD10,            /* for the second address byte in DR */
    PHASE_ADDR,             /* for ADDR to be cleared */
    PHASE_TX,               /* timed: a byte goes out */
    PHASE_TX_WAIT,          /* for data, or the end */
    PHASE_RX,               /* timed: a byte comes in */
    PHASE_RX_WAIT,          /* for DR to be read, or the end */
    PHASE_HELD,             /* not acknowledged: for STOP or START */
    PHASE_STOP              /* timed: the stop condition */
};

enum { EVENT_STEP, EVENTS };

enum { BYTE_BITS = 9, READ_BIT = 1, HEADER_10 = 0xF0, HEADER_10_MASK = 0xF8 };

struct i2c_state {
    uint32_t reg[REGS];     /* DR: the receive data register */
    uint32_t reserved;      /* keeps the struct free of unnamed padding */
    struct ticker clock;    /* bus clock cycles */
    uint64_t end;           /* tick at which the timed phase ends */
    uint16_t seen;          /* SR1 as the last read of it showed it */
    uint8_t phase;
    uint8_t tdr;            /* full while tx_full */
    uint8_t tx_full;
    uint8_t shift;          /* the byte under way, or received while DR was full */
    uint8_t shift_full;     /* a received byte waits in `shift` */
    uint8_t first;          /* the next byte received is the first after the address */
    uint8_t ten_bit;        /* the byte under way is the second one of an address */
    uint8_t last;           /* the DMA has asked for the end */
    uint8_t stopped;        /* the clock gate is closed */
    uint8_t unused[5];
};

/* ---- outputs and time ---- */

static void update_outputs(struct device *d)
{
    const struct i2c_state *s = d->state;
    uint32_t sr = s->reg[SR1], cr2 = s->reg[CR2];
    uint32_t events = SR1_EVENTS | (cr2 & CR2_ITBUFEN ? SR1_TXE | SR1_RXNE : 0);

    irq_set(d, I2C_IRQ_EVENT, cr2 & CR2_ITEVTEN && sr & events);
    irq_set(d, I2C_IRQ_ERROR, cr2 & CR2_ITERREN && sr & SR1_ERRORS);
    signal_set(d, I2C_OUT_DMA_TX, cr2 & CR2_DMAEN && sr & SR1_TXE);
    signal_set(d, I2C_OUT_DMA_RX, cr2 & CR2_DMAEN && sr & SR1_RXNE);
    for (unsigned line = I2C_OUT_SCL; line <= I2C_OUT_SDA; line++)
        signal_put(d, line, s->reg[CR1] & CR1_PE ? SIGNAL_PULLED : SIGNAL_RELEASED);
}

/* Bus clock cycles per SCL period (RM0090 27.6.8); 0: it does not run. */
static uint32_t scl_ticks(const struct i2c_state *s)
{
    uint32_t ccr = s->reg[CCR], count = ccr & CCR_CCR;

    if (!(s->reg[CR2] & CR2_FREQ))
        return 0;
    if (!(ccr & CCR_FS))
        return 2 * count;
    return (ccr & CCR_DUTY ? 25 : 3) * count;
}

static bool timed(const struct i2c_state *s)
{
    return s->phase == PHASE_START || s->phase == PHASE_ADDRESS || s->phase == PHASE_TX ||
           s->phase == PHASE_RX || s->phase == PHASE_STOP;
}

static void reclock(struct device *d)
{
    struct i2c_state *s = d->state;

    if (s->stopped)
        ticker_stop(&s->clock, d);
    else
        ticker_rate(&s->clock, d, device_clock(d), 1);
    sched_at(d, EVENT_STEP, timed(s) ? ticker_when(&s->clock, s->end) : VTIME_NEVER);
}

static void gated(struct device *d, bool on)
{
    struct i2c_state *s = d->state;

    s->stopped = !on;
    reclock(d);
}

static void enter(struct device *d, unsigned phase, unsigned periods)
{
    struct i2c_state *s = d->state;
    uint32_t period = scl_ticks(s);

    s->phase = (uint8_t)phase;
    s->end = ticker_read(&s->clock, d) + (uint64_t)periods * (period ? period : 1);
    sched_at(d, EVENT_STEP, ticker_when(&s->clock, s->end));
}

/* ---- conditions ---- */

static void begin_start(struct device *d)
{
    struct i2c_state *s = d->state;

    if (!signal_leaves(d, I2C_OUT_SCL) || !signal_leaves(d, I2C_OUT_SDA)) {
        diag_guest(d, DIAG_PIN, CR1, "START, but no pin has %s_%s: the line stays low and the bus looks busy", d->name,
                   signal_leaves(d, I2C_OUT_SCL) ? "SDA" : "SCL");
        s->reg[SR2] |= SR2_BUSY;
        return;
    }
    if (!scl_ticks(s)) {
        diag_guest(d, DIAG_SEQUENCE, CCR, "START, but CCR or CR2.FREQ is 0: SCL does not run");
        return;
    }
    s->reg[SR1] &= ~(uint32_t)(SR1_TXE | SR1_BTF);
    s->tx_full = false;
    enter(d, PHASE_START, 1);
}

static void begin_stop(struct device *d)
{
    struct i2c_state *s = d->state;

    s->reg[SR1] &= ~(uint32_t)(SR1_SB | SR1_ADD10 | SR1_TXE);
    if (s->reg[SR2] & SR2_TRA)
        s->reg[SR1] &= ~(uint32_t)SR1_BTF;
    s->tx_full = false;
    enter(d, PHASE_STOP, 1);
}

static void send_next(struct device *d)
{
    struct i2c_state *s = d->state;

    s->shift = s->tdr;
    s->tx_full = false;
    s->reg[SR1] = (s->reg[SR1] | SR1_TXE) & ~(uint32_t)SR1_BTF;
    enter(d, PHASE_TX, BYTE_BITS);
}

/* STOP without a transfer of one's own has nothing to end. */
static void drop_stop(struct i2c_state *s)
{
    if (s->phase == PHASE_IDLE)
        s->reg[CR1] &= ~(uint32_t)CR1_STOP;
}

/* The firmware did something, or a byte is through: what comes next? STOP and START act after the byte. */
static void go_on(struct device *d)
{
    struct i2c_state *s = d->state;
    bool waits_for_address = s->phase == PHASE_ADDR || s->phase == PHASE_ADD10;

    if (!(s->reg[CR1] & CR1_PE) || timed(s) || waits_for_address)
        return;
    drop_stop(s);
    if (s->reg[CR1] & CR1_STOP)
        begin_stop(d);
    else if (s->reg[CR1] & CR1_START && s->phase != PHASE_SB)
        begin_start(d);
    else if (s->phase == PHASE_TX_WAIT && s->tx_full)
        send_next(d);
    else if (s->phase == PHASE_RX_WAIT && !s->shift_full)
        enter(d, PHASE_RX, BYTE_BITS);
}

static void started(struct i2c_state *s)
{
    s->reg[CR1] &= ~(uint32_t)CR1_START;
    s->reg[SR1] |= SR1_SB;
    s->reg[SR2] = (s->reg[SR2] & ~(uint32_t)SR2_TRA) | SR2_MSL | SR2_BUSY;
    s->phase = PHASE_SB;
}

static void stopped(struct device *d)
{
    struct i2c_state *s = d->state;

    link_drive(d, LINK_I2C_STOP, 0);
    s->reg[CR1] &= ~(uint32_t)CR1_STOP;
    s->reg[SR2] &= ~(uint32_t)(SR2_MSL | SR2_BUSY | SR2_TRA);
    s->phase = PHASE_IDLE;
    s->last = false;
}

/* ---- bytes ---- */

static void not_acknowledged(struct i2c_state *s)
{
    s->reg[SR1] |= SR1_AF;
    s->phase = PHASE_HELD;
}

/* The first byte of a 10-bit write only announces the second one. */
static bool announces_10(const struct i2c_state *s)
{
    return !s->ten_bit && (s->shift & HEADER_10_MASK) == HEADER_10 && !(s->shift & READ_BIT);
}

static void address_sent(struct device *d)
{
    struct i2c_state *s = d->state;
    enum link_action action = s->ten_bit ? LINK_I2C_WRITE : LINK_I2C_ADDRESS;

    if (link_drive(d, action, s->shift) != LINK_ACK) {
        not_acknowledged(s);
    } else if (announces_10(s)) {
        s->reg[SR1] |= SR1_ADD10;
        s->phase = PHASE_ADD10;
        return;
    } else {
        s->reg[SR1] |= SR1_ADDR;
        if (s->ten_bit || !(s->shift & READ_BIT))
            s->reg[SR2] |= SR2_TRA;
        s->first = true;
        s->phase = PHASE_ADDR;
    }
    s->ten_bit = false;
}

static void data_sent(struct device *d)
{
    struct i2c_state *s = d->state;

    if (link_drive(d, LINK_I2C_WRITE, s->shift) != LINK_ACK) {
        not_acknowledged(s);
        return;
    }
    s->phase = PHASE_TX_WAIT;
    if (!s->tx_full)
        s->reg[SR1] |= SR1_BTF;
}

/* With POS the ACK bit means the byte after the one in the shift register: the first one after the address is
 * acknowledged in any case (RM0090 27.3.3, reception of two bytes). */
static bool acknowledges(const struct i2c_state *s)
{
    if (s->last && s->reg[CR2] & CR2_LAST)
        return false;
    return s->reg[CR1] & CR1_ACK || (s->reg[CR1] & CR1_POS && s->first);
}

static void byte_received(struct device *d)
{
    struct i2c_state *s = d->state;
    uint8_t byte = link_drive(d, LINK_I2C_READ, 0);

    s->phase = acknowledges(s) ? PHASE_RX_WAIT : PHASE_HELD;
    s->first = false;
    if (s->reg[SR1] & SR1_RXNE) {
        s->shift = byte;
        s->shift_full = true;
        s->reg[SR1] |= SR1_BTF;
    } else {
        s->reg[DR] = byte;
        s->reg[SR1] |= SR1_RXNE;
    }
}

static void step(struct device *d, unsigned event)
{
    struct i2c_state *s = d->state;

    (void)event;
    switch (s->phase) {
    case PHASE_START:
        started(s);
        break;
    case PHASE_ADDRESS:
        address_sent(d);
        break;
    case PHASE_TX:
        data_sent(d);
        break;
    case PHASE_RX:
        byte_received(d);
        break;
    case PHASE_STOP:
        stopped(d);
        break;
    default:
        break;
    }
    go_on(d);
    update_outputs(d);
}

static void dma_last(struct device *d, unsigned input, bool level)
{
    struct i2c_state *s = d->state;

    (void)input;
    if (level && s->reg[CR2] & CR2_DMAEN)
        s->last = true;
}

/* ---- registers ---- */

/* ADDR was shown and SR2 read: SCL is released. */
static void address_done(struct device *d)
{
    struct i2c_state *s = d->state;

    s->reg[SR1] &= ~(uint32_t)SR1_ADDR;
    if (s->reg[SR2] & SR2_TRA) {
        s->phase = PHASE_TX_WAIT;
        s->reg[SR1] |= s->tx_full ? 0 : SR1_TXE;
        go_on(d);
    } else {
        enter(d, PHASE_RX, BYTE_BITS);
    }
}

static void write_address(struct device *d, uint8_t byte)
{
    struct i2c_state *s = d->state;
    uint32_t flag = s->phase == PHASE_SB ? SR1_SB : SR1_ADD10;

    if (!(s->seen & flag)) {
        diag_guest(d, DIAG_SEQUENCE, DR, "an address is written before SR1 has shown %s",
                   flag == SR1_SB ? "SB" : "ADD10");
        return;
    }
    s->ten_bit = s->phase == PHASE_ADD10;
    s->reg[SR1] &= ~flag;
    s->seen &= (uint16_t)~flag;
    s->shift = byte;
    enter(d, PHASE_ADDRESS, BYTE_BITS);
}

static void write_data(struct device *d, uint8_t byte)
{
    struct i2c_state *s = d->state;

    if (s->phase == PHASE_SB || s->phase == PHASE_ADD10) {
        write_address(d, byte);
        return;
    }
    if (!(s->reg[CR1] & CR1_PE) || s->phase == PHASE_IDLE) {
        diag_guest(d, DIAG_SEQUENCE, DR, "written without a transfer under way: 0x%02X is lost", byte);
        return;
    }
    s->tdr = byte;
    s->tx_full = true;
    s->reg[SR1] &= ~(uint32_t)(SR1_TXE | SR1_BTF);
    go_on(d);
}

static uint32_t read_data(struct device *d)
{
    struct i2c_state *s = d->state;
    uint32_t value = s->reg[DR];

    if (s->shift_full) {
        s->reg[DR] = s->shift;
        s->shift_full = false;
        s->reg[SR1] &= ~(uint32_t)SR1_BTF;
    } else {
        s->reg[SR1] &= ~(uint32_t)SR1_RXNE;
    }
    go_on(d);
    return value;
}

static uint32_t read(struct device *d, unsigned reg)
{
    struct i2c_state *s = d->state;
    uint32_t value = s->reg[reg];

    switch (reg) {
    case SR1:
        s->seen = (uint16_t)value;
        break;
    case SR2:
        if (s->reg[SR1] & s->seen & SR1_ADDR)
            address_done(d);
        break;
    default:
        value = read_data(d);
        break;
    }
    update_outputs(d);
    return value;
}

/* PE = 0: the bus is released, flags and requests go (RM0090 27.6.1). */
static void disable(struct device *d)
{
    struct i2c_state *s = d->state;

    if (s->phase != PHASE_IDLE)
        link_drive(d, LINK_I2C_STOP, 0);
    sched_cancel(d, EVENT_STEP);
    s->reg[CR1] &= ~(uint32_t)(CR1_START | CR1_STOP | CR1_ACK);
    s->reg[SR1] = s->reg[SR2] = 0;
    s->seen = 0;
    s->phase = PHASE_IDLE;
    s->tx_full = s->shift_full = s->first = s->ten_bit = s->last = 0;
}

static void software_reset(struct device *d)
{
    disable(d);
    for (unsigned reg = 0; reg < REGS; reg++)
        reg_put(d, reg, d->ops->regs[reg].reset);
    reg_put(d, CR1, CR1_SWRST);
}

static void write_cr1(struct device *d, uint32_t value, uint32_t lanes)
{
    struct i2c_state *s = d->state;
    uint32_t old = s->reg[CR1], now = reg_store(d, CR1, value, lanes);

    report_unmodelled_bits(d, CR1, now & ~old & CR1_UNMODELLED);
    if (now & CR1_SWRST)
        software_reset(d);
    else if (!(now & CR1_PE))
        disable(d);
    else
        go_on(d);
}

static void write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    const struct i2c_state *s = d->state;

    if (reg != CR1 && s->reg[CR1] & CR1_SWRST) {
        diag_guest(d, DIAG_SEQUENCE, reg, "written while CR1.SWRST holds the block in reset: dropped");
        return;
    }
    switch (reg) {
    case CR1:
        write_cr1(d, value, lanes);
        break;
    case DR:
        write_data(d, (uint8_t)value);
        break;
    default:
        reg_store(d, reg, value, lanes);
        break;
    }
    update_outputs(d);
}

static void reset(struct device *d, enum reset_kind kind)
{
    struct i2c_state *s = d->state;
    bool talking = s->phase != PHASE_IDLE;

    (void)kind;
    memset(&s->reserved, 0, sizeof *s - offsetof(struct i2c_state, reserved));
    ticker_start(&s->clock, d, device_clock(d), 1);
    if (talking)
        link_drive(d, LINK_I2C_STOP, 0);
}

/* ---- description ---- */

#define PLAIN_16(label, at, initial, mask, ...)                                                    \
    {.name = label, .offset = at, .width = 16, .reset = initial, .readable = mask,                 \
     .writable = mask, .fields = FIELDS(__VA_ARGS__)}

static const struct reg regs[REGS] = {
    [CR1] = PLAIN_16("CR1", 0x00, 0, 0xBFFB, BIT("PE", 0), BIT("SMBUS", 1), BIT("SMBTYPE", 3),
                     BIT("ENARP", 4), BIT("ENPEC", 5), BIT("ENGC", 6), BIT("NOSTRETCH", 7),
                     BIT("START", 8), BIT("STOP", 9), BIT("ACK", 10), BIT("POS", 11), BIT("PEC", 12),
                     BIT("ALERT", 13), BIT("SWRST", 15)),
    [CR2] = PLAIN_16("CR2", 0x04, 0, 0x1F3F, BITS("FREQ", 0, 6), BIT("ITERREN", 8), BIT("ITEVTEN", 9),
                     BIT("ITBUFEN", 10), BIT("DMAEN", 11), BIT("LAST", 12)),
    /* Bit 14 is to be written as 1, whatever it does. */
    [OAR1] = {.name = "OAR1", .offset = 0x08, .width = 16, .readable = 0x83FF, .writable = 0x83FF,
              .action = 0x4000, .fields = FIELDS(BITS("ADD", 0, 10), BIT("ONE", 14), BIT("ADDMODE", 15))},
    [OAR2] = PLAIN_16("OAR2", 0x0C, 0, 0xFF, BIT("ENDUAL", 0), BITS("ADD2", 1, 7)),
    [DR] = {.name = "DR", .offset = 0x10, .width = 16, .flags = REG_READ_EFFECT, .readable = 0xFF,
            .action = 0xFF, .fields = FIELDS(BITS("DR", 0, 8))},
    [SR1] = {.name = "SR1", .offset = 0x14, .width = 16, .flags = REG_READ_EFFECT, .readable = 0xDFDF,
             .w0c = SR1_ERRORS,
             .fields = FIELDS(BIT("SB", 0), BIT("ADDR", 1), BIT("BTF", 2), BIT("ADD10", 3),
                              BIT("STOPF", 4), BIT("RxNE", 6), BIT("TxE", 7), BIT("BERR", 8),
                              BIT("ARLO", 9), BIT("AF", 10), BIT("OVR", 11), BIT("PECERR", 12),
                              BIT("TIMEOUT", 14), BIT("SMBALERT", 15))},
    [SR2] = {.name = "SR2", .offset = 0x18, .width = 16, .flags = REG_READ_EFFECT, .readable = 0xFFF7,
             .fields = FIELDS(BIT("MSL", 0), BIT("BUSY", 1), BIT("TRA", 2), BIT("GENCALL", 4),
                              BIT("SMBDEFAULT", 5), BIT("SMBHOST", 6), BIT("DUALF", 7),
                              BITS("PEC", 8, 8))},
    [CCR] = PLAIN_16("CCR", 0x1C, 0, 0xCFFF, BITS("CCR", 0, 12), BIT("DUTY", 14), BIT("F_S", 15)),
    [TRISE] = PLAIN_16("TRISE", 0x20, 2, 0x3F, BITS("TRISE", 0, 6)),
};

const struct device_ops i2c_v1_ops = {
    .name = "i2c_v1",
    .regs = regs,
    .reg_count = REGS,
    .state_size = sizeof(struct i2c_state),
    .events = EVENTS,
    .outputs = I2C_OUTPUTS,
    .inputs = I2C_INPUTS,
    .reset = reset,
    .read = read,
    .write = write,
    .event = step,
    .signal = dma_last,
    .clock = reclock,
    .gated = gated,
};
