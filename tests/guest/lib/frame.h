/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The exception frame (Arm ARM B1.5.6) and the entry of handlers written in C that want to see it. */
#ifndef FRAME_H
#define FRAME_H

#include <stdint.h>

struct frame {
    uint32_t r0, r1, r2, r3, r12, lr, pc, xpsr;
};

#define XPSR_T        (1u << 24)
#define XPSR_ALIGNED  (1u << 9)       /* a word of padding lies above the frame */
#define XPSR_IT(x)    ((((x) >> 25) & 3u) | (((x) >> 8) & 0xFCu))
#define XPSR_IT_MASK  0x0600FC00u

#define EXC_RETURN_HANDLER    0xFFFFFFF1u
#define EXC_RETURN_THREAD_MSP 0xFFFFFFF9u
#define EXC_RETURN_THREAD_PSP 0xFFFFFFFDu
#define EXC_RETURN_FP         (1u << 4)       /* clear: an extended frame */

/*
 * Defines the handler `name`, which calls `body(struct frame *frame, uint32_t exc_return)` with the frame on
 * whichever stack it was pushed to, and returns from the exception as `body` returns.
 */
#define FRAME_HANDLER(name, body)                               \
    static __attribute__((naked)) void name(void)               \
    {                                                           \
        __asm volatile("tst lr, #4\n"                           \
                       "ite eq\n"                               \
                       "mrseq r0, msp\n"                        \
                       "mrsne r0, psp\n"                        \
                       "mov r1, lr\n"                           \
                       "push {r4, lr}\n"                        \
                       "bl " #body "\n"                         \
                       "pop {r4, pc}");                         \
    }

#endif
