/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The system registers of the Cortex-M4 that the guest programs use (Arm ARM B3, C1), and the few
 * instructions that C has no name for.
 */
#ifndef CORTEX_M4_H
#define CORTEX_M4_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REG32(address) (*(volatile uint32_t *)(uintptr_t)(address))
#define REG16(address) (*(volatile uint16_t *)(uintptr_t)(address))
#define REG8(address)  (*(volatile uint8_t *)(uintptr_t)(address))

/* Exception numbers; external interrupt n is EXC_IRQ(n). */
#define EXC_NMI        2
#define EXC_HARDFAULT  3
#define EXC_MEMMANAGE  4
#define EXC_BUSFAULT   5
#define EXC_USAGEFAULT 6
#define EXC_SVCALL     11
#define EXC_DEBUGMON   12
#define EXC_PENDSV     14
#define EXC_SYSTICK    15
#define EXC_IRQ(n)     (16 + (n))

/* System control block. */
#define ACTLR            REG32(0xE000E008)
#define ACTLR_DISMCYCINT (1u << 0)
#define ACTLR_DISDEFWBUF (1u << 1)

#define SCB_CPUID        REG32(0xE000ED00)
#define SCB_ICSR         REG32(0xE000ED04)
#define ICSR_NMIPENDSET  (1u << 31)
#define ICSR_PENDSVSET   (1u << 28)
#define ICSR_PENDSVCLR   (1u << 27)
#define ICSR_PENDSTSET   (1u << 26)
#define ICSR_PENDSTCLR   (1u << 25)
#define ICSR_ISRPENDING  (1u << 22)
#define ICSR_VECTPENDING(v) (((v) >> 12) & 0x1FFu)
#define ICSR_RETTOBASE   (1u << 11)
#define ICSR_VECTACTIVE(v)  ((v) & 0x1FFu)

#define SCB_VTOR         REG32(0xE000ED08)
#define SCB_AIRCR        REG32(0xE000ED0C)
#define AIRCR_KEY        0x05FA0000u
#define AIRCR_PRIGROUP(n) ((uint32_t)(n) << 8)
#define AIRCR_SYSRESETREQ (1u << 2)

#define SCB_SCR          REG32(0xE000ED10)
#define SCR_SLEEPONEXIT  (1u << 1)
#define SCR_SEVONPEND    (1u << 4)

#define SCB_CCR          REG32(0xE000ED14)
#define CCR_NONBASETHRDENA (1u << 0)
#define CCR_USERSETMPEND (1u << 1)
#define CCR_UNALIGN_TRP  (1u << 3)
#define CCR_DIV_0_TRP    (1u << 4)
#define CCR_BFHFNMIGN    (1u << 8)
#define CCR_STKALIGN     (1u << 9)

/* Priority byte of a system exception (4..15). */
#define SCB_SHPR(exception) REG8(0xE000ED14 + (exception))

#define SCB_SHCSR        REG32(0xE000ED24)
#define SHCSR_MEMFAULTACT  (1u << 0)
#define SHCSR_BUSFAULTACT  (1u << 1)
#define SHCSR_USGFAULTACT  (1u << 3)
#define SHCSR_SVCALLACT    (1u << 7)
#define SHCSR_MONITORACT   (1u << 8)
#define SHCSR_PENDSVACT    (1u << 10)
#define SHCSR_SYSTICKACT   (1u << 11)
#define SHCSR_USGFAULTPENDED (1u << 12)
#define SHCSR_SVCALLPENDED (1u << 15)
#define SHCSR_MEMFAULTENA  (1u << 16)
#define SHCSR_BUSFAULTENA  (1u << 17)
#define SHCSR_USGFAULTENA  (1u << 18)
#define SHCSR_FAULTS_ENABLED (SHCSR_MEMFAULTENA | SHCSR_BUSFAULTENA | SHCSR_USGFAULTENA)

#define SCB_CFSR         REG32(0xE000ED28)
#define CFSR_IACCVIOL    (1u << 0)
#define CFSR_DACCVIOL    (1u << 1)
#define CFSR_MUNSTKERR   (1u << 3)
#define CFSR_MSTKERR     (1u << 4)
#define CFSR_MLSPERR     (1u << 5)
#define CFSR_MMARVALID   (1u << 7)
#define CFSR_IBUSERR     (1u << 8)
#define CFSR_PRECISERR   (1u << 9)
#define CFSR_IMPRECISERR (1u << 10)
#define CFSR_UNSTKERR    (1u << 11)
#define CFSR_STKERR      (1u << 12)
#define CFSR_LSPERR      (1u << 13)
#define CFSR_BFARVALID   (1u << 15)
#define CFSR_UNDEFINSTR  (1u << 16)
#define CFSR_INVSTATE    (1u << 17)
#define CFSR_INVPC       (1u << 18)
#define CFSR_NOCP        (1u << 19)
#define CFSR_UNALIGNED   (1u << 24)
#define CFSR_DIVBYZERO   (1u << 25)
#define SCB_HFSR         REG32(0xE000ED2C)
#define HFSR_VECTTBL     (1u << 1)
#define HFSR_FORCED      (1u << 30)
#define HFSR_DEBUGEVT    (1u << 31)
#define SCB_DFSR         REG32(0xE000ED30)
#define DFSR_BKPT        (1u << 1)
#define DFSR_DWTTRAP     (1u << 2)
#define SCB_MMFAR        REG32(0xE000ED34)
#define SCB_BFAR         REG32(0xE000ED38)
#define SCB_CPACR        REG32(0xE000ED88)
#define CPACR_FPU_FULL   (0xFu << 20)
#define CPACR_FPU_PRIVILEGED (0x5u << 20)
#define NVIC_STIR        REG32(0xE000EF00)

/* Floating point context. */
#define FPU_FPCCR        REG32(0xE000EF34)
#define FPCCR_LSPACT     (1u << 0)
#define FPCCR_USER       (1u << 1)
#define FPCCR_THREAD     (1u << 3)
#define FPCCR_HFRDY      (1u << 4)
#define FPCCR_LSPEN      (1u << 30)
#define FPCCR_ASPEN      (1u << 31)
#define FPU_FPCAR        REG32(0xE000EF38)
#define FPU_FPDSCR       REG32(0xE000EF3C)
#define FPU_MVFR0        REG32(0xE000EF40)
#define FPU_MVFR1        REG32(0xE000EF44)

/* SysTick. */
#define SYST_CSR         REG32(0xE000E010)
#define SYST_ENABLE      (1u << 0)
#define SYST_TICKINT     (1u << 1)
#define SYST_CLKSOURCE   (1u << 2)
#define SYST_COUNTFLAG   (1u << 16)
#define SYST_RVR         REG32(0xE000E014)
#define SYST_CVR         REG32(0xE000E018)
#define SYST_CALIB       REG32(0xE000E01C)

/* Interrupt controller. */
#define NVIC_ISER(i)     REG32(0xE000E100 + 4 * (i))
#define NVIC_ICER(i)     REG32(0xE000E180 + 4 * (i))
#define NVIC_ISPR(i)     REG32(0xE000E200 + 4 * (i))
#define NVIC_ICPR(i)     REG32(0xE000E280 + 4 * (i))
#define NVIC_IABR(i)     REG32(0xE000E300 + 4 * (i))
#define NVIC_IPR(n)      REG8(0xE000E400 + (n))
#define NVIC_ICTR        REG32(0xE000E004)

/* Memory protection unit. */
#define MPU_TYPE         REG32(0xE000ED90)
#define MPU_CTRL         REG32(0xE000ED94)
#define MPU_ENABLE       (1u << 0)
#define MPU_HFNMIENA     (1u << 1)
#define MPU_PRIVDEFENA   (1u << 2)
#define MPU_RNR          REG32(0xE000ED98)
#define MPU_RBAR         REG32(0xE000ED9C)
#define MPU_RASR         REG32(0xE000EDA0)
#define MPU_RBAR_VALID(region) ((1u << 4) | (region))
#define MPU_XN           (1u << 28)
#define MPU_AP(ap)       ((uint32_t)(ap) << 24)
#define MPU_SRD(mask)    ((uint32_t)(mask) << 8)
#define MPU_SIZE(log2)   ((uint32_t)((log2) - 1) << 1)  /* region of 2^log2 bytes */
#define MPU_REGION       (1u << 0)                      /* RASR.ENABLE */
#define MPU_NORMAL       ((1u << 19) | (1u << 17) | (1u << 16))

/* Debug and trace. */
#define DBG_DHCSR        REG32(0xE000EDF0)
#define DHCSR_C_DEBUGEN  (1u << 0)
#define DBG_DEMCR        REG32(0xE000EDFC)
#define DEMCR_MON_EN     (1u << 16)
#define DEMCR_MON_PEND   (1u << 17)
#define DEMCR_MON_STEP   (1u << 18)
#define DEMCR_TRCENA     (1u << 24)
#define DWT_CTRL         REG32(0xE0001000)
#define DWT_CYCCNTENA    (1u << 0)
#define DWT_CYCCNT       REG32(0xE0001004)
#define DWT_PCSR         REG32(0xE000101C)
#define DWT_COMP(n)      REG32(0xE0001020 + 16 * (n))
#define DWT_MASK(n)      REG32(0xE0001024 + 16 * (n))
#define DWT_FUNCTION(n)  REG32(0xE0001028 + 16 * (n))
#define DWT_PC_MATCH     4u
#define DWT_READ_MATCH   5u
#define DWT_WRITE_MATCH  6u
#define DWT_ACCESS_MATCH 7u
#define DWT_MATCHED      (1u << 24)

/* CONTROL. */
#define CONTROL_NPRIV    (1u << 0)
#define CONTROL_SPSEL    (1u << 1)
#define CONTROL_FPCA     (1u << 2)

#define READ_SPECIAL(name)                                              \
    ({                                                                  \
        uint32_t value_;                                                \
        __asm volatile("mrs %0, " name : "=r"(value_) : : "memory");    \
        value_;                                                         \
    })
#define WRITE_SPECIAL(name, value) \
    __asm volatile("msr " name ", %0\n isb" : : "r"(value) : "memory")

static inline void barrier(void)
{
    __asm volatile("dsb\n isb" : : : "memory");
}

static inline void irq_disable(void)
{
    __asm volatile("cpsid i\n isb" : : : "memory");
}

static inline void irq_enable(void)
{
    __asm volatile("cpsie i\n isb" : : : "memory");
}

static inline void wait_for_interrupt(void)
{
    __asm volatile("dsb\n wfi" : : : "memory");
}

/* External interrupts by number. */
static inline void nvic_enable(unsigned n)
{
    NVIC_ISER(n / 32) = 1u << (n % 32);
}

static inline void nvic_disable(unsigned n)
{
    NVIC_ICER(n / 32) = 1u << (n % 32);
    barrier();
}

static inline void nvic_pend(unsigned n)
{
    NVIC_ISPR(n / 32) = 1u << (n % 32);
    barrier();
}

static inline bool nvic_pending(unsigned n)
{
    return NVIC_ISPR(n / 32) >> (n % 32) & 1u;
}

static inline bool nvic_active(unsigned n)
{
    return NVIC_IABR(n / 32) >> (n % 32) & 1u;
}

static inline void cycle_counter_start(void)
{
    DBG_DEMCR |= DEMCR_TRCENA;
    DWT_CYCCNT = 0;
    DWT_CTRL |= DWT_CYCCNTENA;
}

/* Points an exception's vector at a function; the table is in RAM from the first call on (startup.c). */
void vector_set(unsigned exception, void (*handler)(void));

#endif
