/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * I2C1 on PB6 and PB7 as a slave with interrupts (RM0090 27.3.2), while the program is the master that calls it: bit by
 * bit on PB8 and PB9, the controller's other two pins, which the board has joined.
 */
#include "lib/check.h"
#include "lib/cortex_m4.h"
#include "lib/stm32f405.h"

/* RM0090 27.6 */
struct i2c {
    reg32 CR1, CR2, OAR1, OAR2, DR, SR1, SR2, CCR, TRISE;
};

#define I2C1     ((struct i2c *)0x40005400)
#define I2C1_EV  31u
#define I2C1_ER  32u
#define SCL      (1u << 8)
#define SDA      (1u << 9)
#define CR1_PE   (1u << 0)
#define CR1_STOP (1u << 9)
#define CR1_ACK  (1u << 10)
#define SR1_SB   (1u << 0)
#define SR1_ADDR (1u << 1)
#define SR1_STOPF (1u << 4)
#define SR1_RXNE (1u << 6)
#define SR1_TXE  (1u << 7)
#define SR1_AF   (1u << 10)
#define SR2_BUSY (1u << 1)
#define SR2_TRA  (1u << 2)
#define OWN      0x30u

/* ---- the slave: a memory of 16 bytes; the first byte written is the place ---- */

static volatile uint8_t memory[16];
static volatile unsigned place, taken, stops, refusals;

static void event_handler(void)
{
    uint32_t sr1 = I2C1->SR1;

    if (sr1 & SR1_ADDR) {
        taken = 0;
        (void)I2C1->SR2;
    } else if (sr1 & SR1_STOPF) {
        stops++;
        I2C1->CR1 |= CR1_PE;
    } else if (sr1 & SR1_RXNE) {
        uint8_t byte = (uint8_t)I2C1->DR;
        if (taken++)
            memory[place++ % 16] = byte;
        else
            place = byte;
    } else if (sr1 & SR1_TXE) {
        I2C1->DR = memory[place++ % 16];
    }
}

static void error_handler(void)
{
    I2C1->SR1 = ~SR1_AF;
    refusals++;
}

static void slave_start(void)
{
    vector_set(EXC_IRQ(I2C1_EV), event_handler);
    vector_set(EXC_IRQ(I2C1_ER), error_handler);
    nvic_enable(I2C1_EV);
    nvic_enable(I2C1_ER);
    I2C1->OAR1 = 1u << 14 | OWN << 1;
    I2C1->CR2 = 7u << 8 | 16;
    I2C1->CR1 = CR1_PE | CR1_ACK;
}

/* ---- the master ---- */

static void wait(uint32_t cycles)
{
    for (uint32_t start = DWT_CYCCNT; DWT_CYCCNT - start < cycles;) {
    }
}

static void drive(uint32_t line, bool high)
{
    GPIOB->BSRR = high ? line : line << 16;
    wait(40);
    while (high && line == SCL && !(GPIOB->IDR & SCL)) {    /* stretched */
    }
}

static bool bit(bool out)
{
    bool in;

    drive(SDA, out);
    drive(SCL, true);
    in = GPIOB->IDR & SDA;
    drive(SCL, false);
    return in;
}

static bool send(uint32_t byte)
{
    for (unsigned i = 0; i < 8; i++)
        bit(byte >> (7 - i) & 1);
    return !bit(true);
}

static uint32_t receive(bool more)
{
    uint32_t byte = 0;

    for (unsigned i = 0; i < 8; i++)
        byte = byte << 1 | bit(true);
    bit(!more);
    return byte;
}

static void begin(void)
{
    drive(SDA, true);
    drive(SCL, true);
    drive(SDA, false);
    drive(SCL, false);
}

static void end(void)
{
    drive(SDA, false);
    drive(SCL, true);
    drive(SDA, true);
    wait(100);
}

static void test_slave(void)
{
    begin();
    check("the_slave_sees_the_bus_busy", I2C1->SR2 & SR2_BUSY);
    check("another_address_is_not_acknowledged", !send(0x22 << 1));
    end();
    check("a_stop_condition_frees_it", !(I2C1->SR2 & SR2_BUSY));
    check_eq("which_is_not_the_slaves", stops, 0);

    begin();
    check("its_address_is_acknowledged", send(OWN << 1));
    check("and_bytes_are", send(3) && send(0x5A) && send(0xA5));
    end();
    check_eq("the_slave_has_them", memory[3] << 8 | memory[4], 0x5AA5);
    check_eq("and_has_seen_one_stop_condition", stops, 1);

    begin();
    send(OWN << 1);
    send(3);
    begin();
    check("a_repeated_start_is_acknowledged", send(OWN << 1 | 1));
    check_eq("the_first_byte_comes_back", receive(true), 0x5A);
    check_eq("the_second_too", receive(false), 0xA5);
    end();
    check_eq("the_end_is_one_error", refusals, 1);
    check_eq("and_no_stop_condition", stops, 1);
}

/* ---- the controller as a master ---- */

static void test_rate(void)
{
    uint32_t begun;

    I2C1->CR1 = 0;
    I2C1->CR2 = 16;
    I2C1->CCR = 80;
    I2C1->CR1 = CR1_PE;
    I2C1->CR1 |= 1u << 8;
    while (!(I2C1->SR1 & SR1_SB)) {
    }
    begun = DWT_CYCCNT;
    I2C1->DR = 0x22 << 1;
    while (!(I2C1->SR1 & SR1_AF)) {
    }
    check_range("a_byte_takes_nine_periods", DWT_CYCCNT - begun, 9 * 160, 9 * 160 + 30);
    check("scl_is_held_low_on_the_pins", !(GPIOB->IDR & (SCL | 1u << 6)));
    I2C1->CR1 |= CR1_STOP;
    while (I2C1->SR2 & SR2_BUSY) {
    }
    check("both_lines_rest_high", (GPIOB->IDR & 0x3C0) == 0x3C0);
}

int main(void)
{
    RCC->AHB1ENR |= RCC_AHB1ENR_GPIOB;
    RCC->APB1ENR |= 1u << 21;
    (void)RCC->APB1ENR;
    cycle_counter_start();
    GPIOB->BSRR = SCL | SDA;
    GPIOB->OTYPER |= 0x3C0;
    GPIOB->AFR[0] |= 0x44000000;
    GPIOB->MODER |= 2u << 12 | 2u << 14 | 1u << 16 | 1u << 18;
    slave_start();
    test_slave();
    test_rate();
    check_end();
}
