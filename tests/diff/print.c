/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See print.h. */
#include "tests/diff/print.h"

#include <stdio.h>

#include "core/arm/decode.h"
#include "core/arm/disasm.h"
#include "core/machine_parts.h"

enum { FAR = 256 };     /* guest bytes: longer than most translations */

void print_machines(const struct machine *interpreter, const struct machine *translator)
{
    const struct machine *a = interpreter, *b = translator;

    printf("#   cycles %llu %llu, instructions %llu %llu\n", (unsigned long long)machine_now(a).cycles,
           (unsigned long long)machine_now(b).cycles, (unsigned long long)machine_instructions(a),
           (unsigned long long)machine_instructions(b));
    for (unsigned n = 0; n < REG_COUNT; n++) {
        uint32_t x = machine_reg(a, (enum cpu_register)n), y = machine_reg(b, (enum cpu_register)n);
        if (x != y || n <= REG_CONTROL)
            printf("#   register %-2u %08x %08x%s\n", n, x, y, x == y ? "" : "  differs");
    }
}

void print_code(const struct machine *m, uint32_t from, uint32_t to, uint32_t pc)
{
    struct decoder *decoder = decoder_create(m->chip->core.kind);

    while (decoder && from < to) {
        uint8_t p[4] = {0};
        uint32_t done, first;
        struct insn i;
        char text[DISASM_MAX];
        machine_peek(m, from, p, sizeof p, &done);
        first = p[0] | (uint32_t)p[1] << 8;
        decode(decoder, insn_size(first) == 4 ? first << 16 | p[2] | (uint32_t)p[3] << 8 : first, insn_size(first),
               &i);
        disasm(&i, from, 0, text, sizeof text);
        printf("# %s %08x  %0*x%*s  %s\n", from == pc ? "=>" : "  ", from, i.size * 2, i.raw, i.size == 2 ? 4 : 0,
               "", text);
        from += i.size;
    }
    decoder_destroy(decoder);
}

void print_host_code(const struct machine *m, uint32_t pc)
{
    const uint8_t *code = NULL;
    size_t size = 0;
    uint32_t start = pc;

    for (; m->jit && !code && pc - start < FAR; start -= 2)
        code = jit_code_at(m->jit, start, &size);
    if (!code) {
        printf("#   no translation near %08x\n", pc);
        return;
    }
    printf("#   host code for %08x and what follows (objdump -D -b binary -m i386:x86-64):", start + 2);
    for (size_t n = 0; n < size; n++)
        printf("%s%02x", n % 32 ? " " : "\n#     ", code[n]);
    printf("\n");
}
