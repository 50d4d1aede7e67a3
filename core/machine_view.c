/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Looking at a machine, without side effects (I8): registers, memory, devices, interrupts, faults.
 */
#include "core/arm/nvic.h"
#include "core/arm/scb.h"
#include "core/machine_parts.h"

uint32_t machine_reg(const struct machine *m, enum cpu_register reg)
{
    const struct cpu *c = &m->cpu;

    if (reg <= REG_PC)
        return c->s->r[reg];
    if (reg >= REG_S0 && reg <= REG_S31)
        return c->s->s[reg - REG_S0];
    switch (reg) {
    case REG_XPSR:
        return cpu_xpsr(c);
    case REG_MSP:
        return cpu_msp(c);
    case REG_PSP:
        return cpu_psp(c);
    case REG_PRIMASK:
        return c->s->primask;
    case REG_BASEPRI:
        return c->s->basepri;
    case REG_FAULTMASK:
        return c->s->faultmask;
    case REG_CONTROL:
        return c->s->control;
    case REG_FPSCR:
        return c->s->fpscr;
    default:
        return 0;
    }
}

bool machine_peek(const struct machine *m, uint32_t address, void *bytes, uint32_t size, uint32_t *done)
{
    return bus_peek((struct bus *)&m->bus, address, bytes, size, done);
}

bool machine_peek_word(const struct machine *m, uint32_t address, uint32_t *word)
{
    uint8_t bytes[4];
    uint32_t done;

    *word = 0;
    if (!machine_peek(m, address, bytes, sizeof bytes, &done))
        return false;
    *word = bytes[0] | bytes[1] << 8 | bytes[2] << 16 | (uint32_t)bytes[3] << 24;
    return true;
}

const struct chip *machine_chip(const struct machine *m)
{
    return m->chip;
}

const char *machine_engine(const struct machine *m, const char **why)
{
    if (why)
        *why = m->no_translator;
    return m->jit ? "translator" : "interpreter";
}

const uint8_t *machine_host_code(const struct machine *m, uint32_t pc, size_t *size)
{
    return m->jit ? jit_code_at(m->jit, pc, size) : NULL;
}

const struct machine_options *machine_options(const struct machine *m)
{
    return &m->options;
}

unsigned machine_device_count(const struct machine *m)
{
    return m->device_count;
}

const struct device *machine_device(const struct machine *m, unsigned index)
{
    return index < m->device_count ? m->devices[index] : NULL;
}

const struct device *machine_device_named(const struct machine *m, const char *name)
{
    return machine_find_device(m, name);
}

uint32_t machine_device_peek(const struct machine *m, const struct device *d, unsigned reg)
{
    (void)m;
    return device_peek_reg(d, reg);
}

uint32_t machine_device_base(const struct machine *m, const struct device *d)
{
    (void)m;
    return d->row->base;
}

bool machine_device_drives_irq(const struct machine *m, const struct device *d, unsigned irq)
{
    (void)m;
    for (unsigned i = 0; i < d->row->irq_count; i++)
        if (d->row->irq[i] == (int)irq)
            return true;
    return false;
}

bool machine_device_on(const struct machine *m, const struct device *d)
{
    (void)m;
    return gate_on(d);
}

struct clock_rate machine_clock(const struct machine *m, unsigned clock)
{
    return clocks_rate(&m->clocks, clock);
}

unsigned machine_irq_count(const struct machine *m)
{
    return nvic_exceptions(&m->cpu);
}

struct irq_view machine_irq(const struct machine *m, unsigned exception)
{
    const struct cpu *c = &m->cpu;

    return (struct irq_view){
        .number = (int)exception,
        .enabled = nvic_enabled(c, exception),
        .pending = nvic_pending(c, exception),
        .active = nvic_active(c, exception),
        .level = nvic_level(c, exception),
        .priority = nvic_priority(c, exception),
    };
}

struct fault_view machine_fault(const struct machine *m)
{
    const struct scb *scb = scb_of(&m->cpu);
    struct fault_view view = {
        .any = scb->reg[SCB_CFSR] || scb->reg[SCB_HFSR],
        .cfsr = scb->reg[SCB_CFSR], .hfsr = scb->reg[SCB_HFSR],
        .mmfar = scb->reg[SCB_MMFAR], .bfar = scb->reg[SCB_BFAR],
        .exc_return = scb->fault_return, .frame = scb->fault_frame,
        .stacked_valid = scb->fault_return != 0,
    };

    for (unsigned i = 0; i < 8 && view.stacked_valid; i++)
        view.stacked_valid = machine_peek_word(m, view.frame + 4 * i, &view.stacked[i]);
    return view;
}
