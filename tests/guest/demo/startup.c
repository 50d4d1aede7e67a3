/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Vector table and start of the demo: copy .data, clear .bss, SystemInit, main. */
#include <stdint.h>

#include "board.h"

extern uint32_t _stack_top, _data_start, _data_end, _data_load, _bss_start, _bss_end;
extern int main(void);

void reset_handler(void);
void Default_Handler(void);
void SysTick_Handler(void);
void USART2_IRQHandler(void);

__attribute__((section(".vectors"), used)) static void (*const vectors[16 + 82])(void) = {
    (void (*)(void))(uintptr_t)&_stack_top,
    [1] = reset_handler,
    [2] = Default_Handler,              /* NMI */
    [3] = Default_Handler,              /* HardFault */
    [4] = Default_Handler,
    [5] = Default_Handler,
    [6] = Default_Handler,
    [11] = Default_Handler,
    [12] = Default_Handler,
    [14] = Default_Handler,
    [15] = SysTick_Handler,
    [16 + 38] = USART2_IRQHandler,
};

void Default_Handler(void)
{
    for (;;) {
    }
}

void reset_handler(void)
{
    uint32_t *from = &_data_load;
    for (uint32_t *to = &_data_start; to < &_data_end;)
        *to++ = *from++;
    for (uint32_t *to = &_bss_start; to < &_bss_end;)
        *to++ = 0;
    SystemInit();
    main();
    Default_Handler();
}
