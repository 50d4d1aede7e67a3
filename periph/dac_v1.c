/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Digital-to-analog converter (RM0090 chapter 14, RM0033 chapter 11, RM0041 chapter 11).
 *
 * Time: DOR follows one cycle of PCLK1 after a write without trigger and after a software trigger, three
 * cycles after another trigger. The analog side settles at once; its level leaves as an IO_ANALOG record
 * (channel 1 or 2, microvolts at VREF+ = 3.3 V) whenever DOR of an enabled channel changes.
 *
 * Not modelled: the output buffer (BOFF has no effect).
 */
#include "periph/dac_v1.h"

#include <string.h>

#include "core/clock.h"
#include "core/device.h"
#include "core/io.h"
#include "core/irq.h"
#include "core/log.h"
#include "core/schedule.h"
#include "core/signal.h"
#include "periph/devices.h"
#include "periph/table.h"

enum { CR, SWTRIGR, DHR12R1, DHR12L1, DHR8R1, DHR12R2, DHR12L2, DHR8R2, DHR12RD, DHR12LD, DHR8RD, DOR1,
       DOR2, SR, REGS };

/* CR and SR have the second channel's bits 16 further up. */
enum {
    CR_EN = 1 << 0, CR_TEN = 1 << 2, CR_TSEL_LSB = 3, CR_WAVE_LSB = 6, CR_MAMP_LSB = 8, CR_DMAEN = 1 << 12,
    CR_DMAUDRIE = 1 << 13,
    SR_DMAUDR = 1 << 13,
    CR_MASK = 0x3FFF
};

enum { CHANNELS = DAC_V1_CHANNELS, TSEL_SOFTWARE = 7, LFSR_START = 0xAAA, FULL_SCALE = 0xFFF, VREF_UV = 3300000 };
enum { WAVE_NONE, WAVE_NOISE };     /* CR.WAVE; the others are triangles */
enum { EVENT_LOAD1, EVENT_LOAD2, EVENTS };
enum { SOFT_CYCLES = 1, TRIGGER_CYCLES = 3 };

struct dac_state {
    uint32_t reg[REGS];
    uint16_t dhr[CHANNELS];
    uint16_t loading[CHANNELS];     /* on its way to DOR, as DHR was when that began */
    uint16_t lfsr[CHANNELS];
    uint16_t triangle[CHANNELS];
    uint8_t falling[CHANNELS];      /* the triangle's direction */
    uint8_t request[CHANNELS];      /* a DMA request that is not served yet */
    uint8_t unnamed[4];             /* keeps the struct free of unnamed padding */
};

static uint32_t control(const struct dac_state *s, unsigned channel)
{
    return s->reg[CR] >> 16 * channel & CR_MASK;
}

static bool underrun(const struct dac_state *s, unsigned channel)
{
    return s->reg[SR] >> 16 * channel & SR_DMAUDR;
}

static void update_outputs(struct device *d)
{
    const struct dac_state *s = d->state;
    bool interrupt = false;

    for (unsigned i = 0; i < CHANNELS; i++) {
        interrupt = interrupt || (underrun(s, i) && control(s, i) & CR_DMAUDRIE);
        signal_set(d, DAC_V1_OUT_DMA1 + i, s->request[i]);
    }
    irq_set(d, 0, interrupt);
}

/* ---- waves (RM0090 14.3.7, 14.3.8) ---- */

static unsigned amplitude(const struct dac_state *s, unsigned channel)
{
    unsigned mamp = control(s, channel) >> CR_MAMP_LSB & 15;

    return (2u << (mamp > 11 ? 11 : mamp)) - 1;
}

static unsigned wave(const struct dac_state *s, unsigned channel)
{
    return control(s, channel) >> CR_WAVE_LSB & 3;
}

static unsigned wave_value(const struct dac_state *s, unsigned channel)
{
    if (wave(s, channel) == WAVE_NONE)
        return 0;
    if (wave(s, channel) == WAVE_NOISE)
        return s->lfsr[channel] & amplitude(s, channel);
    return s->triangle[channel];
}

static void step_noise(struct dac_state *s, unsigned channel)
{
    unsigned lfsr = s->lfsr[channel], in = lfsr ^ lfsr >> 1 ^ lfsr >> 4 ^ lfsr >> 6;

    s->lfsr[channel] = (uint16_t)(lfsr ? lfsr >> 1 | (in & 1) << 11 : 1u << 11);
}

static void step_triangle(struct dac_state *s, unsigned channel)
{
    if (s->triangle[channel] >= amplitude(s, channel))
        s->falling[channel] = true;
    else if (s->triangle[channel] == 0)
        s->falling[channel] = false;
    s->triangle[channel] = (uint16_t)(s->triangle[channel] + (s->falling[channel] ? -1 : 1));
}

static void step_wave(struct dac_state *s, unsigned channel)
{
    if (wave(s, channel) == WAVE_NOISE)
        step_noise(s, channel);
    else if (wave(s, channel) != WAVE_NONE)
        step_triangle(s, channel);
}

static void restart_wave(struct dac_state *s, unsigned channel)
{
    s->lfsr[channel] = LFSR_START;
    s->triangle[channel] = 0;
    s->falling[channel] = false;
}

/* ---- output ---- */

bool dac_v1_drives(const struct device *d, unsigned channel, uint32_t *microvolts)
{
    *microvolts = (uint32_t)((uint64_t)reg_get(d, DOR1 + channel) * VREF_UV / FULL_SCALE);
    return control(d->state, channel) & CR_EN;
}

static void show(struct device *d, unsigned channel)
{
    uint32_t microvolts;
    bool driven = dac_v1_drives(d, channel, &microvolts);
    uint8_t record[8] = {(uint8_t)(channel + 1), 0, 0, 0, (uint8_t)microvolts, (uint8_t)(microvolts >> 8),
                         (uint8_t)(microvolts >> 16), (uint8_t)(microvolts >> 24)};

    if (driven)
        io_output(d, IO_ANALOG, record, sizeof record);
}

static void dac_event(struct device *d, unsigned channel)
{
    struct dac_state *s = d->state;
    uint32_t value = s->loading[channel], old = s->reg[DOR1 + channel];

    if (control(s, channel) & CR_TEN) {
        value += wave_value(s, channel);
        step_wave(s, channel);
    }
    s->reg[DOR1 + channel] = value > FULL_SCALE ? FULL_SCALE : value;
    if (s->reg[DOR1 + channel] != old)
        show(d, channel);
}

static void load_in(struct device *d, unsigned channel, unsigned cycles)
{
    struct dac_state *s = d->state;

    s->loading[channel] = s->dhr[channel];
    sched_in(d, EVENT_LOAD1 + channel, clock_cycles(d, device_clock(d), cycles));
}

/* ---- triggers ---- */

static bool triggered_by(const struct dac_state *s, unsigned channel, unsigned source)
{
    uint32_t cr = control(s, channel);

    return (cr & (CR_EN | CR_TEN)) == (CR_EN | CR_TEN) && (cr >> CR_TSEL_LSB & 7) == source;
}

/* A request that still waits at the next trigger is an underrun: none follows until DMAUDR is cleared
 * (RM0090 14.3.6). */
static void ask_dma(struct device *d, unsigned channel)
{
    struct dac_state *s = d->state;

    if (!(control(s, channel) & CR_DMAEN) || underrun(s, channel))
        return;
    if (s->request[channel]) {
        s->reg[SR] |= (uint32_t)SR_DMAUDR << 16 * channel;
        s->request[channel] = false;
        diag_guest(d, DIAG_OVERRUN, SR, "channel %u: triggered before DMA had brought the next value",
                   channel + 1);
    } else {
        s->request[channel] = true;
    }
}

static void dac_signal(struct device *d, unsigned input, bool level)
{
    struct dac_state *s = d->state;

    if (!level || !gate_on(d))
        return;
    if (input >= DAC_V1_IN_ACK1) {
        s->request[input - DAC_V1_IN_ACK1] = false;
        update_outputs(d);
        return;
    }
    for (unsigned i = 0; i < CHANNELS; i++)
        if (triggered_by(s, i, input - DAC_V1_IN_TRIGGER)) {
            load_in(d, i, TRIGGER_CYCLES);
            ask_dma(d, i);
        }
    update_outputs(d);
}

/* ---- registers ---- */

/* The channels' data as the holding register `reg` shows them. */
static uint32_t holding(const struct dac_state *s, unsigned reg)
{
    uint32_t a = s->dhr[0], b = s->dhr[1];

    switch (reg) {
    case DHR12R1:
        return a;
    case DHR12L1:
        return a << 4;
    case DHR8R1:
        return a >> 4;
    case DHR12R2:
        return b;
    case DHR12L2:
        return b << 4;
    case DHR8R2:
        return b >> 4;
    case DHR12RD:
        return b << 16 | a;
    case DHR12LD:
        return b << 20 | a << 4;
    default:
        return b >> 4 << 8 | a >> 4;
    }
}

static void hold(struct device *d, unsigned channel, uint32_t value)
{
    struct dac_state *s = d->state;

    s->dhr[channel] = (uint16_t)(value & FULL_SCALE);
    if (!(control(s, channel) & CR_TEN))
        load_in(d, channel, SOFT_CYCLES);
}

static void write_holding(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    value = (holding(d->state, reg) & ~lanes) | (value & lanes);
    switch (reg) {
    case DHR12R1:
    case DHR12R2:
        hold(d, reg == DHR12R2, value);
        break;
    case DHR12L1:
    case DHR12L2:
        hold(d, reg == DHR12L2, value >> 4);
        break;
    case DHR8R1:
    case DHR8R2:
        hold(d, reg == DHR8R2, (value & 0xFF) << 4);
        break;
    case DHR12RD:
        hold(d, 0, value);
        hold(d, 1, value >> 16);
        break;
    case DHR12LD:
        hold(d, 0, value >> 4);
        hold(d, 1, value >> 20);
        break;
    default:
        hold(d, 0, (value & 0xFF) << 4);
        hold(d, 1, (value >> 8 & 0xFF) << 4);
        break;
    }
}

static void write_cr(struct device *d, uint32_t value, uint32_t lanes)
{
    struct dac_state *s = d->state;
    uint32_t old = s->reg[CR], cr = reg_store(d, CR, value, lanes);

    for (unsigned i = 0; i < CHANNELS; i++) {
        if (wave(s, i) == WAVE_NONE)
            restart_wave(s, i);
        if (!(control(s, i) & CR_DMAEN))
            s->request[i] = false;
        if (cr & ~old & (uint32_t)CR_EN << 16 * i)
            show(d, i);
    }
}

static void dac_write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    struct dac_state *s = d->state;

    if (reg == CR) {
        write_cr(d, value, lanes);
    } else if (reg == SWTRIGR) {
        for (unsigned i = 0; i < CHANNELS; i++)
            if (value & lanes & 1u << i && triggered_by(s, i, TSEL_SOFTWARE))
                load_in(d, i, SOFT_CYCLES);
    } else if (reg >= DHR12R1 && reg <= DHR8RD) {
        write_holding(d, reg, value, lanes);
    } else {
        reg_store(d, reg, value, lanes);
    }
    update_outputs(d);
}

static uint32_t dac_peek(const struct device *d, unsigned reg)
{
    if (reg >= DHR12R1 && reg <= DHR8RD)
        return holding(d->state, reg);
    return reg_get(d, reg) & d->ops->regs[reg].readable;
}

static void dac_reset(struct device *d, enum reset_kind kind)
{
    struct dac_state *s = d->state;

    (void)kind;
    memset(s->dhr, 0, sizeof s->dhr);
    memset(s->loading, 0, sizeof s->loading);
    memset(s->request, 0, sizeof s->request);
    for (unsigned i = 0; i < CHANNELS; i++)
        restart_wave(s, i);
}

#define CHANNEL_FIELDS(n, lsb)                                                                     \
    BIT("EN" n, lsb), BIT("BOFF" n, lsb + 1), BIT("TEN" n, lsb + 2), BITS("TSEL" n, lsb + 3, 3),   \
        BITS("WAVE" n, lsb + 6, 2), BITS("MAMP" n, lsb + 8, 4), BIT("DMAEN" n, lsb + 12),          \
        BIT("DMAUDRIE" n, lsb + 13)
#define ONE(label, at, mask, n, lsb, width)                                                        \
    REG_PLAIN(label, at, 0, mask, BITS("DACC" n "DHR", lsb, width))
#define BOTH(label, at, mask, lsb1, lsb2, width)                                                   \
    REG_PLAIN(label, at, 0, mask, BITS("DACC1DHR", lsb1, width), BITS("DACC2DHR", lsb2, width))

static const struct reg dac_regs[REGS] = {
    [CR] = REG_PLAIN("CR", 0x00, 0, 0x3FFF3FFF, CHANNEL_FIELDS("1", 0), CHANNEL_FIELDS("2", 16)),
    [SWTRIGR] = {.name = "SWTRIGR", .offset = 0x04, .width = 32, .action = 3,
                 .fields = FIELDS(BIT("SWTRIG1", 0), BIT("SWTRIG2", 1))},
    [DHR12R1] = ONE("DHR12R1", 0x08, 0x00000FFF, "1", 0, 12),
    [DHR12L1] = ONE("DHR12L1", 0x0C, 0x0000FFF0, "1", 4, 12),
    [DHR8R1] = ONE("DHR8R1", 0x10, 0x000000FF, "1", 0, 8),
    [DHR12R2] = ONE("DHR12R2", 0x14, 0x00000FFF, "2", 0, 12),
    [DHR12L2] = ONE("DHR12L2", 0x18, 0x0000FFF0, "2", 4, 12),
    [DHR8R2] = ONE("DHR8R2", 0x1C, 0x000000FF, "2", 0, 8),
    [DHR12RD] = BOTH("DHR12RD", 0x20, 0x0FFF0FFF, 0, 16, 12),
    [DHR12LD] = BOTH("DHR12LD", 0x24, 0xFFF0FFF0, 4, 20, 12),
    [DHR8RD] = BOTH("DHR8RD", 0x28, 0x0000FFFF, 0, 8, 8),
    [DOR1] = REG_CONST("DOR1", 0x2C, 0, 0xFFF, BITS("DACC1DOR", 0, 12)),
    [DOR2] = REG_CONST("DOR2", 0x30, 0, 0xFFF, BITS("DACC2DOR", 0, 12)),
    [SR] = {.name = "SR", .offset = 0x34, .width = 32, .readable = 0x20002000, .w1c = 0x20002000,
            .fields = FIELDS(BIT("DMAUDR1", 13), BIT("DMAUDR2", 29))},
};

const struct device_ops dac_v1_ops = {
    .name = "dac_v1",
    .regs = dac_regs,
    .reg_count = REGS,
    .state_size = sizeof(struct dac_state),
    .events = EVENTS,
    .outputs = DAC_V1_OUTPUTS,
    .inputs = DAC_V1_INPUTS,
    .reset = dac_reset,
    .peek = dac_peek,
    .write = dac_write,
    .event = dac_event,
    .signal = dac_signal,
};
