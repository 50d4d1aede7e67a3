/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * I2C as a master and as a slave (RM0090 chapter 27, RM0033 chapter 23, RM0041 chapter 24): registers, interrupts and
 * time. The bits are in i2c_port.c, what the bytes mean in i2c_bytes.c.
 *
 * Time: SCL is low and high for CCR cycles of the bus clock each (standard mode), 2 and 1 times CCR (fast mode) or 16
 * and 9 times (with DUTY), as far as no other side stretches it; the lines rise at once, so TRISE only stores. A start
 * condition from idle and a stop condition take one period, a repeated start one and a half, a byte with its
 * acknowledge nine. The controller holds SCL wherever the firmware has to act first: SB, ADDR, BTF.
 *
 * BUSY follows start and stop conditions while PE is set; lines that were low before are noticed by START.
 *
 * Not modelled: the cumulative time-outs of SMBus (only SCL low for 25 ms), the PEC that the DMA asks for by itself,
 * and the digital and analog filters.
 */
#include "periph/i2c_state.h"

#include <string.h>

#include "core/clock.h"
#include "core/device.h"
#include "core/irq.h"
#include "core/log.h"
#include "core/schedule.h"
#include "core/signal.h"
#include "periph/devices.h"
#include "periph/table.h"

enum { TIMEOUT_NS = 25000000 };

/* ---- outputs ---- */

/* The alert line is only there for SMBus; a device that wants attention pulls it. */
static enum signal_state alert_output(uint32_t cr1)
{
    if ((cr1 & (CR1_PE | CR1_SMBUS)) != (CR1_PE | CR1_SMBUS))
        return SIGNAL_RELEASED;
    return cr1 & CR1_ALERT && !(cr1 & CR1_SMBTYPE) ? SIGNAL_LOW : SIGNAL_PULLED;
}

static void update_outputs(struct device *d)
{
    const struct i2c_state *s = d->state;
    uint32_t sr = s->reg[SR1], cr2 = s->reg[CR2];
    uint32_t events = SR1_EVENTS | (cr2 & CR2_ITBUFEN ? SR1_TXE | SR1_RXNE : 0);

    irq_set(d, I2C_IRQ_EVENT, cr2 & CR2_ITEVTEN && sr & events);
    irq_set(d, I2C_IRQ_ERROR, cr2 & CR2_ITERREN && sr & SR1_ERRORS);
    signal_set(d, I2C_OUT_DMA_TX, cr2 & CR2_DMAEN && sr & SR1_TXE);
    signal_set(d, I2C_OUT_DMA_RX, cr2 & CR2_DMAEN && sr & SR1_RXNE);
    signal_put(d, I2C_OUT_SMBA, alert_output(s->reg[CR1]));
}

/* ---- the lines ---- */

static bool hears(const struct device *d, bool sda)
{
    return signal_state(d, sda ? I2C_IN_SDA : I2C_IN_SCL) != SIGNAL_LOW;
}

static void drive(struct device *d, bool sda, bool low)
{
    const struct i2c_state *s = d->state;
    enum signal_state idle = s->reg[CR1] & CR1_PE ? SIGNAL_PULLED : SIGNAL_RELEASED;

    signal_put(d, sda ? I2C_OUT_SDA : I2C_OUT_SCL, low ? SIGNAL_LOW : idle);
}

const struct i2c_user i2c_v1_user = {
    .event_timed = EVENT_TIMED,
    .event_lines = EVENT_LINES,
    .hears = hears,
    .drive = drive,
    .started = i2c_started,
    .called = i2c_called,
    .stopped = i2c_stop_seen,
    .misplaced = i2c_misplaced,
    .lost = i2c_lost,
    .acknowledges = i2c_acknowledges,
    .acknowledging = i2c_acknowledging,
    .byte = i2c_byte,
};

bool i2c_set_rate(struct device *d)
{
    struct i2c_state *s = d->state;
    uint32_t ccr = s->reg[CCR], count = ccr & CCR_CCR;
    bool fast = ccr & CCR_FS, duty = fast && ccr & CCR_DUTY;

    s->port.low = count * (duty ? 16 : fast ? 2 : 1);
    s->port.high = count * (duty ? 9 : 1);
    return count && s->reg[CR2] & CR2_FREQ;
}

/* SMBus measures how long SCL is low, whoever holds it. */
static void watch_low(struct device *d)
{
    struct i2c_state *s = d->state;
    bool pending = sched_when(d, EVENT_TIMEOUT).cycles != VTIME_NEVER.cycles;
    bool low = s->reg[CR1] & CR1_PE && s->reg[CR1] & CR1_SMBUS && !s->port.scl;

    if (low && !pending)
        delay_start(&s->low, d, EVENT_TIMEOUT, TIMEOUT_NS);
    else if (!low && pending)
        sched_cancel(d, EVENT_TIMEOUT);
}

static void event(struct device *d, unsigned event)
{
    struct i2c_state *s = d->state;
    uint32_t flags = s->reg[SR1];

    if (event == EVENT_TIMED)
        i2c_port_timed(i2c_node(d));
    else if (event == EVENT_TIMEOUT)
        i2c_timeout(d);
    else if (s->reg[CR1] & CR1_PE && !s->stopped)
        i2c_port_look(i2c_node(d));
    if (s->port.scl)
        i2c_clocked(s);
    watch_low(d);
    if (s->reg[SR1] != flags)
        update_outputs(d);
}

/* The host of an SMBus is told by the line that a device wants attention. */
static void alerted(struct device *d, bool level)
{
    struct i2c_state *s = d->state;
    uint32_t host = CR1_PE | CR1_SMBUS | CR1_SMBTYPE;

    if (level || signal_state(d, I2C_IN_SMBA) == SIGNAL_RELEASED || (s->reg[CR1] & host) != host)
        return;
    s->reg[SR1] |= SR1_SMBALERT;
    update_outputs(d);
}

static void signal(struct device *d, unsigned input, bool level)
{
    struct i2c_state *s = d->state;

    if (input == I2C_IN_SMBA)
        alerted(d, level);
    else if (input != I2C_IN_DMA_LAST && s->reg[CR1] & CR1_PE)
        i2c_port_changed(i2c_node(d));
    else if (input == I2C_IN_DMA_LAST && level && s->reg[CR2] & CR2_DMAEN)
        s->last = true;
}

static void reclock(struct device *d)
{
    struct i2c_state *s = d->state;

    i2c_port_reclock(i2c_node(d), device_clock(d), s->stopped);
    delay_clock(&s->low, d, EVENT_TIMEOUT);
}

static void gated(struct device *d, bool on)
{
    struct i2c_state *s = d->state;

    s->stopped = !on;
    reclock(d);
    i2c_port_changed(i2c_node(d));
}

/* ---- registers ---- */

static void write_data(struct device *d, uint8_t byte)
{
    struct i2c_state *s = d->state;
    bool second = s->reg[SR1] & SR1_ADD10;
    bool idle = s->transfer == TRANSFER_NONE && !i2c_port_is_master(&s->port);

    if (s->reg[SR1] & (SR1_SB | SR1_ADD10)) {
        if (s->seen & (SR1_SB | SR1_ADD10))
            i2c_call(d, byte, second);
        else
            diag_guest(d, DIAG_SEQUENCE, DR, "an address is written before SR1 has shown %s", second ? "ADD10" : "SB");
        return;
    }
    if (!(s->reg[CR1] & CR1_PE) || (idle && !(s->reg[CR1] & CR1_NOSTRETCH))) {
        diag_guest(d, DIAG_SEQUENCE, DR, "written without a transfer under way: 0x%02X is lost", byte);
        return;
    }
    s->tdr = byte;
    s->tx_full = true;
    s->reg[SR1] &= ~(uint32_t)(SR1_TXE | SR1_BTF);
    i2c_go_on(d);
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
    i2c_go_on(d);
    return value;
}

static uint32_t peek(const struct device *d, unsigned reg)
{
    const struct i2c_state *s = d->state;

    return reg == SR2 ? s->reg[SR2] | (uint32_t)s->pec << SR2_PEC_LSB : s->reg[reg];
}

static uint32_t read(struct device *d, unsigned reg)
{
    struct i2c_state *s = d->state;
    uint32_t value = peek(d, reg);

    if (reg == SR1) {
        s->seen = (uint16_t)value;
        return value;
    }
    if (reg == DR)
        value = read_data(d);
    else if (s->reg[SR1] & s->seen & SR1_ADDR)
        i2c_address_done(d);
    update_outputs(d);
    return value;
}

/* PE = 0: the bus is released, flags and requests go (RM0090 27.6.1). */
static void disable(struct device *d)
{
    struct i2c_state *s = d->state;

    s->reg[CR1] &= ~(uint32_t)(CR1_START | CR1_STOP | CR1_ACK | CR1_PEC);
    s->reg[SR1] = s->reg[SR2] = 0;
    memset(&s->seen, 0, offsetof(struct i2c_state, stopped) - offsetof(struct i2c_state, seen));
    i2c_port_reset(i2c_node(d));
}

static void software_reset(struct device *d)
{
    disable(d);
    for (unsigned reg = 0; reg < I2C_REGS; reg++)
        reg_put(d, reg, d->ops->regs[reg].reset);
    reg_put(d, CR1, CR1_SWRST);
}

static void clear_stopf(struct i2c_state *s)
{
    if (s->seen & SR1_STOPF)
        s->reg[SR1] &= ~(uint32_t)SR1_STOPF;
}

static void write_cr1(struct device *d, uint32_t value, uint32_t lanes)
{
    struct i2c_state *s = d->state;
    uint32_t old = s->reg[CR1], now = reg_store(d, CR1, value, lanes);

    clear_stopf(s);
    if (now & CR1_SWRST)
        software_reset(d);
    else if (!(now & CR1_PE))
        disable(d);
    else if (!(old & CR1_PE))
        i2c_port_reset(i2c_node(d));
    i2c_go_on(d);
    watch_low(d);
}

static bool dma_wants_pec(const struct i2c_state *s)
{
    return s->reg[CR1] & CR1_ENPEC && s->reg[CR2] & CR2_DMAEN;
}

static void write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    const struct i2c_state *s = d->state;
    bool wanted = dma_wants_pec(s);

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
    if (dma_wants_pec(s) && !wanted)
        diag_unmodelled(d, reg, "the PEC that follows a DMA transfer by itself; CR1.PEC asks for one");
    update_outputs(d);
}

static void reset(struct device *d, enum reset_kind kind)
{
    struct i2c_state *s = d->state;

    (void)kind;
    memset(&s->reserved, 0, sizeof *s - offsetof(struct i2c_state, reserved));
    ticker_start(&s->port.clock, d, device_clock(d), 1);
    i2c_port_reset(i2c_node(d));
}

static bool sane(const struct device *d)
{
    const struct i2c_state *s = d->state;

    return i2c_port_sane(&s->port) && ticker_sane(&s->port.clock, d, device_clock(d), 1);
}

/* ---- description ---- */

#define PLAIN_16(label, at, initial, mask, ...)                                                    \
    {.name = label, .offset = at, .width = 16, .reset = initial, .readable = mask,                 \
     .writable = mask, .fields = FIELDS(__VA_ARGS__)}

static const struct reg regs[I2C_REGS] = {
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
    .reg_count = I2C_REGS,
    .state_size = sizeof(struct i2c_state),
    .events = I2C_EVENTS,
    .outputs = I2C_OUTPUTS,
    .inputs = I2C_INPUTS,
    .reset = reset,
    .read = read,
    .write = write,
    .peek = peek,
    .event = event,
    .signal = signal,
    .hears_states = true,
    .clock = reclock,
    .gated = gated,
    .sane = sane,
};
