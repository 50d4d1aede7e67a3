/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/debuggee.h"

#include <inttypes.h>

#include "tests/bench/symbols.h"

struct places debuggee_places(const char *elf)
{
    return (struct places){
        .rounds = symbol_address(elf, "rounds"),
        .stretch_done = symbol_address(elf, "stretch_done"),
        .check_in = symbol_address(elf, "check_in"),
        .beside = symbol_address(elf, "beside"),
        .bystander = symbol_address(elf, "bystander"),
        .noise = symbol_address(elf, "noise"),
    };
}

void debuggee_first_stretch(struct remote *r, const struct places *p)
{
    remote_order(r, "Z0,%" PRIx32 ",2", p->stretch_done);
    remote_ask(r, "vCont;c");
}

void debuggee_set_rounds(struct remote *r, const struct places *p, uint32_t rounds)
{
    remote_order(r, "M%" PRIx32 ",4:%02x%02x%02x%02x", p->rounds, rounds & 255, rounds >> 8 & 255, rounds >> 16 & 255,
                 rounds >> 24);
}

/* Off the breakpoint at the current pc as gdb does it: QEMU would meet it again. */
void debuggee_stretch(struct remote *r, const struct places *p)
{
    remote_order(r, "z0,%" PRIx32 ",2", p->stretch_done);
    remote_ask(r, "vCont;s:1");
    remote_order(r, "Z0,%" PRIx32 ",2", p->stretch_done);
    remote_ask(r, "vCont;c");
}
