/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes letters into a serial NOR flash on SPI1 with its chip select on PA4, for recordings.sh. */
#include "lib/stm32f405.h"

/* RM0090 28.5 */
struct spi {
    reg32 CR1, CR2, SR, DR;
};

#define SPI1 ((struct spi *)0x40013000)

enum {
    SPI_MASTER = 0x0344,        /* MSTR, SSM, SSI, SPE */
    SPI_RXNE = 1,
    CS = 4,
    WRITE_ENABLE = 0x06, PROGRAM = 0x02, READ_STATUS = 0x05, BUSY = 1,
    LETTERS = 26
};

volatile unsigned written;

static unsigned transfer(unsigned byte)
{
    SPI1->DR = byte;
    while (!(SPI1->SR & SPI_RXNE))
        ;
    return SPI1->DR;
}

static void select(int on)
{
    GPIOA->BSRR = 1u << (on ? CS + 16 : CS);
}

static void command(unsigned byte)
{
    select(1);
    transfer(byte);
    select(0);
}

static unsigned status(void)
{
    unsigned value;

    select(1);
    transfer(READ_STATUS);
    value = transfer(0);
    select(0);
    return value;
}

static void program(unsigned address, unsigned byte)
{
    command(WRITE_ENABLE);
    select(1);
    transfer(PROGRAM);
    transfer(address >> 16);
    transfer(address >> 8 & 0xFF);
    transfer(address & 0xFF);
    transfer(byte);
    select(0);
    while (status() & BUSY)
        ;
}

__attribute__((noinline, used)) void all_written(void)
{
    __asm volatile("nop");
}

int main(void)
{
    RCC->AHB1ENR |= 1;
    RCC->APB2ENR |= 1 << 12;
    GPIOA->BSRR = 1 << CS;
    GPIOA->AFR[0] |= 0x55500000;        /* SPI1 on PA5, PA6 and PA7 */
    GPIOA->MODER |= 1 << 2 * CS | 0xA800;
    SPI1->CR1 = SPI_MASTER;
    for (written = 0; written < LETTERS; written++)
        program(written, 'A' + written);
    all_written();
    for (;;)
        ;
}
