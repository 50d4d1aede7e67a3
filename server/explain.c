/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Faults and stops in words. The bits are those of Arm ARM B3.2.15 (CFSR) and B3.2.16 (HFSR). */
#include "server/explain.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "server/server.h"
#include "server/symbols.h"

enum { ADDRESS_TEXT = 160 };

enum fault_address { ADDRESS_NONE, ADDRESS_MMFAR, ADDRESS_BFAR };

enum {
    CFSR_MMARVALID = 1u << 7,
    CFSR_BFARVALID = 1u << 15,
    FIRST_FAULT = 3,            /* HardFault */
    LAST_FAULT = 6              /* UsageFault */
};

static const struct fault_text {
    uint32_t bit;
    enum fault_address address;
    const char *name, *words;
} cfsr_texts[] = {
    {1u << 0, ADDRESS_NONE, "IACCVIOL", "instruction fetch from a region that must not be executed"},
    {1u << 1, ADDRESS_MMFAR, "DACCVIOL", "data access that the MPU forbids"},
    {1u << 3, ADDRESS_NONE, "MUNSTKERR", "the MPU forbids the unstacking of an exception return"},
    {1u << 4, ADDRESS_NONE, "MSTKERR", "the MPU forbids the stacking of an exception entry"},
    {1u << 5, ADDRESS_NONE, "MLSPERR", "the MPU forbids the lazy saving of floating-point state"},
    {1u << 8, ADDRESS_NONE, "IBUSERR", "instruction fetch from an address where nothing answers"},
    {1u << 9, ADDRESS_BFAR, "PRECISERR", "data access to an address where nothing answers"},
    {1u << 10, ADDRESS_NONE, "IMPRECISERR", "buffered write to an address where nothing answers (the pc is "
                                            "a little behind it)"},
    {1u << 11, ADDRESS_NONE, "UNSTKERR", "bus error while unstacking on exception return"},
    {1u << 12, ADDRESS_NONE, "STKERR", "bus error while stacking on exception entry: a bad stack pointer"},
    {1u << 13, ADDRESS_NONE, "LSPERR", "bus error while saving floating-point state lazily"},
    {1u << 16, ADDRESS_NONE, "UNDEFINSTR", "undefined instruction"},
    {1u << 17, ADDRESS_NONE, "INVSTATE", "Thumb state left: a jump to an address with bit 0 clear"},
    {1u << 18, ADDRESS_NONE, "INVPC", "bad exception return (EXC_RETURN or stacked xPSR)"},
    {1u << 19, ADDRESS_NONE, "NOCP", "floating-point or coprocessor instruction while it is off (CPACR) or "
                                     "absent"},
    {1u << 24, ADDRESS_NONE, "UNALIGNED", "unaligned access"},
    {1u << 25, ADDRESS_NONE, "DIVBYZERO", "division by zero"},
};

static const struct fault_text hfsr_texts[] = {
    {1u << 1, ADDRESS_NONE, "VECTTBL", "bus error while reading the vector table"},
    {1u << 30, ADDRESS_NONE, "FORCED", "escalated, because its own handler is disabled or could not preempt"},
    {1u << 31, ADDRESS_NONE, "DEBUGEVT", "BKPT without a debugger"},
};

void explain_address(const struct server *server, uint32_t address, char *text, size_t size)
{
    const struct symbol *symbol = symbols_at(server->symbols, address);

    if (!symbol)
        snprintf(text, size, "0x%08" PRIX32, address);
    else if (symbol->address == address)
        snprintf(text, size, "0x%08" PRIX32 " <%s>", address, symbol->name);
    else
        snprintf(text, size, "0x%08" PRIX32 " <%s+%" PRIu32 ">", address, symbol->name,
                 address - symbol->address);
}

void explain_diag(struct server *server, const struct diag *diag)
{
    char pc[ADDRESS_TEXT];

    explain_address(server, diag->pc, pc, sizeof pc);
    server_say(server, "backstep: %s: %s: %s (%s %s, cycle %" PRIu64 ")\n", diag_kind_name(diag->kind),
               diag->where, diag->text, diag->by_itself ? "meanwhile at" : "pc", pc, diag->cycle);
}

static void say_bit(struct server *server, const struct fault_text *t, const struct fault_view *fault)
{
    bool mmfar = t->address == ADDRESS_MMFAR && fault->cfsr & CFSR_MMARVALID;
    bool bfar = t->address == ADDRESS_BFAR && fault->cfsr & CFSR_BFARVALID;

    server_say(server, "  %s: %s", t->name, t->words);
    if (mmfar || bfar)
        server_say(server, ", at 0x%08" PRIX32, mmfar ? fault->mmfar : fault->bfar);
    server_say(server, "\n");
}

static void say_frame(struct server *server, const struct fault_view *fault)
{
    static const char *const names[] = {"r0", "r1", "r2", "r3", "r12"};
    char text[ADDRESS_TEXT];

    if (!fault->stacked_valid)
        return;
    explain_address(server, fault->stacked[6], text, sizeof text);
    server_say(server, "  instruction %s\n", text);
    explain_address(server, fault->stacked[5] & ~1u, text, sizeof text);
    server_say(server, "  lr          %s\n ", text);
    for (unsigned i = 0; i < 5; i++)
        server_say(server, " %s=0x%08" PRIX32, names[i], fault->stacked[i]);
    server_say(server, " xpsr=0x%08" PRIX32 " (frame at 0x%08" PRIX32 ", %s)\n", fault->stacked[7],
               fault->frame, fault->exc_return & 4 ? "process stack" : "main stack");
}

/* A BKPT 0xAB at `address`, where nobody serves it, is worth a hint. */
static void say_semihosting_hint(struct server *server, uint32_t address)
{
    uint8_t code[2];
    uint32_t done;

    if (server->options->semihosting ||
        !machine_peek(server->machine, address, code, sizeof code, &done))
        return;
    if (code[0] == 0xAB && code[1] == 0xBE)
        server_say(server, "  this BKPT 0xAB is a semihosting call: start with --semihosting, or say "
                           "'monitor semihosting on'\n");
}

/* The memory "system" of every chip has an undefined instruction to start with. */
static void say_boot_loader_hint(struct server *server, uint32_t address)
{
    const struct chip_memory *m = machine_chip(server->machine)->memories;

    while (m->name && strcmp(m->name, "system"))
        m++;
    if (m->name && address - m->base < m->size)
        server_say(server, "  this is system memory, where the chip has the factory's boot loader and backstep has none\n");
}

void explain_fault(struct server *server)
{
    struct fault_view fault = machine_fault(server->machine);
    char pc[ADDRESS_TEXT];

    if (!fault.any)
        return;
    explain_address(server, machine_reg(server->machine, REG_PC), pc, sizeof pc);
    server_say(server, "Fault (CFSR 0x%08" PRIX32 ", HFSR 0x%08" PRIX32 "), now at %s:\n", fault.cfsr,
               fault.hfsr, pc);
    for (unsigned i = 0; i < sizeof cfsr_texts / sizeof *cfsr_texts; i++)
        if (fault.cfsr & cfsr_texts[i].bit)
            say_bit(server, &cfsr_texts[i], &fault);
    for (unsigned i = 0; i < sizeof hfsr_texts / sizeof *hfsr_texts; i++)
        if (fault.hfsr & hfsr_texts[i].bit)
            say_bit(server, &hfsr_texts[i], &fault);
    say_frame(server, &fault);
    if (!fault.stacked_valid)
        return;
    say_semihosting_hint(server, fault.stacked[6]);
    say_boot_loader_hint(server, fault.stacked[6]);
}

void explain_stop(struct server *server, const struct stop *stop)
{
    char pc[ADDRESS_TEXT];

    explain_address(server, machine_reg(server->machine, REG_PC), pc, sizeof pc);
    if (stop->kind == STOP_VECTOR_CATCH) {
        server_say(server, "Vector catch (DEMCR) at %s\n", pc);
        explain_fault(server);
    } else {
        server_say(server, "BKPT instruction of the firmware at %s\n", pc);
        say_semihosting_hint(server, machine_reg(server->machine, REG_PC));
    }
}

void explain_writer(const struct stop *stop, char *text, size_t size)
{
    static const char *const by[] = {
        [BY_INSTRUCTION] = "the instruction at the pc", [BY_SEMIHOSTING] = "semihosting",
        [BY_DEBUGGER] = "the debugger",
    };

    if (stop->by == BY_DMA)
        snprintf(text, size, "%s %s %u", stop->device->name, stop->lane, stop->lane_number);
    else
        snprintf(text, size, "%s", by[stop->by]);
}

/* `b .` or a BKPT in a fault handler. */
bool explain_is_stuck_in_fault(const struct server *server)
{
    const struct machine *m = server->machine;
    uint32_t exception = machine_reg(m, REG_XPSR) & 0x1FF, done;
    uint8_t code[2];

    if (exception < FIRST_FAULT || exception > LAST_FAULT)
        return false;
    return machine_peek(m, machine_reg(m, REG_PC), code, sizeof code, &done) && code[0] == 0xFE &&
           code[1] == 0xE7;
}
