/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Start of every guest program: vector table, copying of .data, clearing of .bss, the FPU (if any) switched on, and a
 * default handler that ends the run. Handlers are put in place with vector_set, which moves the table to RAM.
 */
#include "check.h"
#include "cortex_m4.h"

#define VECTORS (16 + 82)       /* the F405 has 82 interrupts */

extern uint32_t _stack_top, _data_start, _data_end, _data_load, _bss_start, _bss_end;
extern int main(void);

void reset_handler(void);
void default_handler(void);

typedef void (*vector)(void);

__attribute__((section(".vectors"), used)) static const vector vectors[VECTORS] = {
    [0] = (vector)(uintptr_t)&_stack_top,
    [1] = reset_handler,
    [2 ... VECTORS - 1] = default_handler,
};

/* Aligned to the next power of two of its size (Arm ARM B3.2.5). */
static __attribute__((aligned(512))) vector ram_vectors[VECTORS];

void vector_set(unsigned exception, void (*handler)(void))
{
    if (SCB_VTOR != (uint32_t)(uintptr_t)ram_vectors) {
        for (unsigned i = 0; i < VECTORS; i++)
            ram_vectors[i] = vectors[i];
        SCB_VTOR = (uint32_t)(uintptr_t)ram_vectors;
    }
    ram_vectors[exception] = handler;
    barrier();
}

void default_handler(void)
{
    check_bail_out("unexpected exception", READ_SPECIAL("ipsr"));
}

#ifdef GUEST_NEWLIB
extern void _start(void);       /* the C library's own start code calls main and exit */
#else
static void _start(void)
{
    exit_status((unsigned)main());
}
#endif

void reset_handler(void)
{
    uint32_t *from = &_data_load;
    for (uint32_t *to = &_data_start; to < &_data_end;)
        *to++ = *from++;
    for (uint32_t *to = &_bss_start; to < &_bss_end;)
        *to++ = 0;
#ifdef __ARM_FP
    SCB_CPACR |= CPACR_FPU_FULL;
#endif
    barrier();
    _start();
    for (;;) {
    }
}
