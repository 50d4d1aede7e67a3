/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bit-band aliases of SRAM and peripherals, and unaligned accesses (Arm ARM B3.1, A3.2.1). */
#include "lib/check.h"
#include "lib/cortex_m4.h"

#define ALIAS_BASE(address) (((address) & 0xF0000000u) + 0x02000000u)
#define BIT(address, bit)   (ALIAS_BASE(address) + ((address) & 0xFFFFFu) * 32 + (bit) * 4)

static volatile uint32_t word;

static uint32_t bit_address(unsigned bit)
{
    return BIT((uint32_t)(uintptr_t)&word, bit);
}

static void test_sram(void)
{
    word = 0;
    REG32(bit_address(5)) = 1;
    check_eq("bit_write_sets_one_bit", word, 0x20);
    REG32(bit_address(31)) = 0xFFFFFFFF;
    check_eq("only_bit_0_of_the_value_counts", word, 0x80000020);
    REG32(bit_address(5)) = 0xFFFFFFFE;
    check_eq("even_value_clears", word, 0x80000000);
    check_eq("bit_read_gives_one", REG32(bit_address(31)), 1);
    check_eq("bit_read_gives_zero", REG32(bit_address(30)), 0);
    REG8(bit_address(9)) = 1;
    check_eq("byte_access_to_the_alias", word, 0x80000200);
    check_eq("byte_read_of_the_alias", REG8(bit_address(9)), 1);
    REG16(bit_address(16)) = 1;
    check_eq("halfword_access_to_the_alias", word, 0x80010200);
}

static void test_peripherals(void)
{
    const uint32_t ahb1enr = 0x40023830, moder = 0x40020C00, odr = 0x40020C14;
    REG32(BIT(ahb1enr, 3)) = 1;
    check_eq("clock_enable_by_bit_band", REG32(ahb1enr) >> 3 & 1, 1);
    REG32(moder) = 0x55555555;
    REG32(BIT(odr, 12)) = 1;
    check_eq("port_bit_by_bit_band", REG32(odr), 0x1000);
    check_eq("port_bit_reads_back", REG32(BIT(odr, 12)), 1);
    REG32(BIT(odr, 12)) = 0;
    check_eq("port_bit_clears", REG32(odr), 0);
}

static void test_unaligned(void)
{
    static uint8_t bytes[16] __attribute__((aligned(8))) = {0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17,
                                                            0x18, 0x19, 0x1A, 0x1B};
    uint32_t address = (uint32_t)(uintptr_t)bytes, value;

    __asm volatile("ldr %0, [%1, #1]" : "=r"(value) : "r"(address) : "memory");
    check_eq("unaligned_ldr", value, 0x14131211);
    __asm volatile("ldrh %0, [%1, #3]" : "=r"(value) : "r"(address) : "memory");
    check_eq("unaligned_ldrh", value, 0x1413);
    __asm volatile("ldrsh %0, [%1, #3]" : "=r"(value) : "r"(address) : "memory");
    check_eq("unaligned_ldrsh", value, 0x1413);
    __asm volatile("str %0, [%1, #5]" : : "r"(0xA4A3A2A1), "r"(address) : "memory");
    check_eq("unaligned_str_low_word", *(uint32_t *)(void *)(bytes + 4), 0xA3A2A114);
    check_eq("unaligned_str_high_word", *(uint32_t *)(void *)(bytes + 8), 0x1B1A19A4);
    __asm volatile("strh %0, [%1, #11]" : : "r"(0xC2C1), "r"(address) : "memory");
    check_eq("unaligned_strh", *(uint32_t *)(void *)(bytes + 8), 0xC11A19A4);
    check_eq("unaligned_strh_high", bytes[12], 0xC2);
}

int main(void)
{
    test_sram();
    test_peripherals();
    test_unaligned();
    check_end();
}
