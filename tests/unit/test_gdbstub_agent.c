/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Agent expressions: each opcode, what the check refuses, printf.
 */
#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "gdbstub/agent.h"

/* ---- a machine with four registers and 16 bytes of memory at 0x100, and at the end of all addresses ---- */

static const uint64_t registers[] = {0, 11, 0xfffffff0, UINT64_MAX};
static uint8_t memory[16] = {0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 'h', 'e', 'y', 0, 'e', 'n', 'd', '!'};
static char printed[20000];

static bool read_register(void *context, unsigned reg, uint64_t *value)
{
    (void)context;
    *value = reg < 4 ? registers[reg] : 0;
    return reg != 3;
}

static bool read_memory(void *context, uint32_t address, void *bytes, uint32_t size)
{
    (void)context;
    if (address - 0x100 >= sizeof memory || size > sizeof memory - (address - 0x100))
        return false;
    memcpy(bytes, memory + (address - 0x100), size);
    return true;
}

static void print(void *context, const char *text, size_t size)
{
    (void)context;
    strncat(printed, text, size);
}

static const struct agent_machine machine = {NULL, read_register, read_memory, print};

/* ---- helpers ---- */

/* Compiles a command (which may leave anything); fails the test if it is refused. */
static struct agent_program *compile(const uint8_t *code, size_t size, enum agent_use use)
{
    const char *why;
    struct agent_program *program = agent_compile(code, size, use, 4, &why);
    cr_assert_not_null(program, "%s", why);
    return program;
}

static enum agent_end run(const uint8_t *code, size_t size, uint64_t *value)
{
    struct agent_program *program = compile(code, size, AGENT_CONDITION);
    enum agent_end end = agent_run(program, &machine, value);
    free(program);
    return end;
}

#define CODE(...) ((const uint8_t[]){__VA_ARGS__}), sizeof((const uint8_t[]){__VA_ARGS__})

static void gives(const uint8_t *code, size_t size, uint64_t wanted)
{
    uint64_t value;
    enum agent_end end = run(code, size, &value);
    cr_assert(end == AGENT_DONE && value == wanted, "end %d value %" PRIx64, (int)end, value);
}

static void fails(const uint8_t *code, size_t size, enum agent_end wanted)
{
    uint64_t value;
    enum agent_end end = run(code, size, &value);
    cr_assert_eq(end, wanted, "end %d", (int)end);
}

static void refused(const uint8_t *code, size_t size, enum agent_use use, const char *words)
{
    const char *why = "";
    cr_assert_null(agent_compile(code, size, use, 4, &why));
    cr_assert(strstr(why, words) != NULL, "%s", why);
}

/* op applied to two 64-bit numbers */
static void binary(uint8_t op, uint64_t a, uint64_t b, uint64_t wanted)
{
    uint8_t code[20] = {0x25, [9] = 0x25, [18] = op, [19] = 0x27};
    for (int i = 0; i < 8; i++) {
        code[1 + i] = (uint8_t)(a >> 8 * (7 - i));
        code[10 + i] = (uint8_t)(b >> 8 * (7 - i));
    }
    gives(code, sizeof code, wanted);
}

#define MINUS(n) ((uint64_t)-(n))

/* ---- values ---- */

Test(gdbstub_agent, constants_are_big_endian_and_unsigned)
{
    gives(CODE(0x22, 0xfe, 0x27), 0xfe);
    gives(CODE(0x23, 0xfe, 0xdc, 0x27), 0xfedc);
    gives(CODE(0x24, 0xfe, 0xdc, 0xba, 0x98, 0x27), 0xfedcba98);
    gives(CODE(0x25, 0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10, 0x27), 0xfedcba9876543210);
}

Test(gdbstub_agent, registers)
{
    gives(CODE(0x26, 0, 1, 0x27), 11);
    gives(CODE(0x26, 0, 2, 0x27), 0xfffffff0);
    fails(CODE(0x26, 0, 3, 0x27), AGENT_NO_REGISTER);
}

Test(gdbstub_agent, memory_is_little_endian_and_needs_no_alignment)
{
    gives(CODE(0x23, 1, 0, 0x17, 0x27), 0xf0);
    gives(CODE(0x23, 1, 1, 0x18, 0x27), 0xf2f1);
    gives(CODE(0x23, 1, 1, 0x19, 0x27), 0xf4f3f2f1);
    gives(CODE(0x23, 1, 0, 0x1a, 0x27), 0xf7f6f5f4f3f2f1f0);
}

Test(gdbstub_agent, memory_that_is_not_there_ends_the_run)
{
    fails(CODE(0x22, 0, 0x17, 0x27), AGENT_NO_MEMORY);
    fails(CODE(0x23, 1, 0xf, 0x18, 0x27), AGENT_NO_MEMORY);
}

Test(gdbstub_agent, addresses_wrap_to_32_bits)
{
    gives(CODE(0x25, 0xff, 0xff, 0xff, 0xff, 0, 0, 1, 0, 0x17, 0x27), 0xf0);
}

/* ---- arithmetic ---- */

Test(gdbstub_agent, sums_and_products)
{
    binary(0x02, 2, 3, 5);
    binary(0x02, UINT64_MAX, 1, 0);
    binary(0x03, 2, 3, MINUS(1));
    binary(0x04, MINUS(2), 3, MINUS(6));
}

Test(gdbstub_agent, division)
{
    binary(0x05, MINUS(7), 2, MINUS(3));
    binary(0x06, MINUS(7), 2, 0x7ffffffffffffffc);
    binary(0x07, MINUS(7), 2, MINUS(1));
    binary(0x08, MINUS(7), 2, 1);
}

Test(gdbstub_agent, smallest_number_divided_by_minus_one)
{
    binary(0x05, (uint64_t)1 << 63, UINT64_MAX, (uint64_t)1 << 63);
    binary(0x07, (uint64_t)1 << 63, UINT64_MAX, 0);
}

Test(gdbstub_agent, division_by_zero_ends_the_run)
{
    fails(CODE(0x22, 1, 0x22, 0, 0x05, 0x27), AGENT_DIVIDED_BY_ZERO);
    fails(CODE(0x22, 1, 0x22, 0, 0x06, 0x27), AGENT_DIVIDED_BY_ZERO);
    fails(CODE(0x22, 1, 0x22, 0, 0x07, 0x27), AGENT_DIVIDED_BY_ZERO);
    fails(CODE(0x22, 1, 0x22, 0, 0x08, 0x27), AGENT_DIVIDED_BY_ZERO);
}

Test(gdbstub_agent, shifts_by_any_count)
{
    binary(0x09, 1, 63, (uint64_t)1 << 63);
    binary(0x09, 1, 64, 0);
    binary(0x0a, MINUS(8), 1, MINUS(4));
    binary(0x0a, MINUS(8), 0, MINUS(8));
    binary(0x0a, MINUS(8), 200, MINUS(1));
    binary(0x0a, 8, 200, 0);
    binary(0x0b, MINUS(8), 60, 15);
    binary(0x0b, MINUS(8), 64, 0);
}

Test(gdbstub_agent, logic_and_bits)
{
    binary(0x0f, 0xc, 0xa, 0x8);
    binary(0x10, 0xc, 0xa, 0xe);
    binary(0x11, 0xc, 0xa, 0x6);
    gives(CODE(0x22, 0, 0x12, 0x27), UINT64_MAX);
    gives(CODE(0x22, 0, 0x0e, 0x27), 1);
    gives(CODE(0x22, 9, 0x0e, 0x27), 0);
}

Test(gdbstub_agent, comparisons)
{
    binary(0x13, 5, 5, 1);
    binary(0x13, 5, 6, 0);
    binary(0x14, MINUS(1), 1, 1);
    binary(0x14, 1, MINUS(1), 0);
    binary(0x14, 1, 1, 0);
    binary(0x15, MINUS(1), 1, 0);
    binary(0x15, 1, MINUS(1), 1);
}

Test(gdbstub_agent, extension)
{
    gives(CODE(0x22, 0x80, 0x16, 8, 0x27), MINUS(0x80));
    gives(CODE(0x22, 0x7f, 0x16, 8, 0x27), 0x7f);
    gives(CODE(0x23, 0xff, 0x80, 0x16, 9, 0x27), MINUS(0x80));
    gives(CODE(0x22, 0x80, 0x16, 64, 0x27), 0x80);
    gives(CODE(0x22, 0x80, 0x16, 255, 0x27), 0x80);
    gives(CODE(0x23, 0xff, 0x80, 0x2a, 8, 0x27), 0x80);
    gives(CODE(0x22, 0x80, 0x2a, 64, 0x27), 0x80);
    gives(CODE(0x22, 0x80, 0x2a, 0, 0x27), 0);
}

/* ---- stack and jumps ---- */

Test(gdbstub_agent, stack_operations)
{
    gives(CODE(0x22, 3, 0x28, 0x04, 0x27), 9);                          /* dup */
    gives(CODE(0x22, 3, 0x22, 4, 0x29, 0x27), 3);                       /* pop */
    gives(CODE(0x22, 3, 0x22, 4, 0x2b, 0x03, 0x27), 1);                 /* swap: 4 - 3 */
    gives(CODE(0x22, 3, 0x22, 4, 0x32, 0, 0x27), 4);                    /* pick 0: the top */
    gives(CODE(0x22, 3, 0x22, 4, 0x32, 1, 0x27), 3);
    gives(CODE(0x22, 1, 0x22, 2, 0x22, 3, 0x33, 0x27), 2);              /* rot: 3 1 2 */
    gives(CODE(0x22, 1, 0x22, 2, 0x22, 3, 0x33, 0x29, 0x27), 1);
    gives(CODE(0x22, 1, 0x22, 2, 0x22, 3, 0x33, 0x29, 0x29, 0x27), 3);
}

Test(gdbstub_agent, jumps)
{
    gives(CODE(0x21, 0, 4, 0xff, 0x22, 7, 0x27), 7);                    /* over a byte that is no opcode */
    gives(CODE(0x22, 1, 0x20, 0, 8, 0x22, 5, 0x27, 0x22, 6, 0x27), 6);
    gives(CODE(0x22, 0, 0x20, 0, 8, 0x22, 5, 0x27, 0x22, 6, 0x27), 5);
}

Test(gdbstub_agent, loops_that_end)
{
    /* counts 5 down to 0: 0: const8 5; 2: dup; 3: if_goto 7; 6: end; 7: const8 1; sub; goto 2 */
    gives(CODE(0x22, 5, 0x28, 0x20, 0, 7, 0x27, 0x22, 1, 0x03, 0x21, 0, 2), 0);
}

Test(gdbstub_agent, loops_that_do_not_end)
{
    fails(CODE(0x21, 0, 0), AGENT_OUT_OF_STEPS);
}

Test(gdbstub_agent, stack_may_be_filled_to_its_limit)
{
    uint8_t code[AGENT_STACK + 2] = {0x22, 1};
    memset(code + 2, 0x28, AGENT_STACK - 1);
    code[AGENT_STACK + 1] = 0x27;
    gives(code, sizeof code, 1);
}

/* ---- the check ---- */

Test(gdbstub_agent_check, unknown_opcodes)
{
    static const uint8_t unknown[] = {0x00, 0x31, 0x35, 0x80, 0xff};
    for (size_t i = 0; i < sizeof unknown; i++)
        refused(CODE(unknown[i], 0x27), AGENT_COMMAND, "unknown opcode");
}

Test(gdbstub_agent_check, floating_point)
{
    static const uint8_t opcodes[] = {0x01, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f};
    for (size_t i = 0; i < sizeof opcodes; i++)
        refused(CODE(0x22, 0, opcodes[i], 0x27), AGENT_CONDITION, "floating point");
}

Test(gdbstub_agent_check, tracepoints)
{
    static const uint8_t opcodes[] = {0x0c, 0x0d, 0x2c, 0x2d, 0x2e, 0x2f, 0x30};
    for (size_t i = 0; i < sizeof opcodes; i++)
        refused(CODE(0x22, 0, 0x22, 0, opcodes[i], 0, 0, 0x27), AGENT_CONDITION, "tracepoints");
}

Test(gdbstub_agent_check, end_is_missing)
{
    refused(NULL, 0, AGENT_COMMAND, "past its end");
    refused(CODE(0x22, 1), AGENT_CONDITION, "past its end");
    refused(CODE(0x21, 0, 3), AGENT_COMMAND, "past its end");
    refused(CODE(0x22, 1, 0x20, 0xff, 0xff, 0x27), AGENT_COMMAND, "past its end");
}

Test(gdbstub_agent_check, operand_is_cut_off)
{
    refused(CODE(0x22), AGENT_CONDITION, "cut off");
    refused(CODE(0x25, 0, 0, 0, 0, 0, 0, 0), AGENT_CONDITION, "cut off");
    refused(CODE(0x26, 0), AGENT_CONDITION, "cut off");
    refused(CODE(0x34, 0, 0), AGENT_COMMAND, "cut off");
}

Test(gdbstub_agent_check, no_such_register)
{
    refused(CODE(0x26, 0, 4, 0x27), AGENT_CONDITION, "register");
    refused(CODE(0x26, 0xff, 0xff, 0x27), AGENT_CONDITION, "register");
}

Test(gdbstub_agent_check, stack_underflow)
{
    refused(CODE(0x02, 0x27), AGENT_CONDITION, "underflow");
    refused(CODE(0x22, 1, 0x02, 0x27), AGENT_CONDITION, "underflow");
    refused(CODE(0x22, 1, 0x22, 1, 0x33, 0x27), AGENT_CONDITION, "underflow");
    refused(CODE(0x22, 1, 0x32, 1, 0x27), AGENT_CONDITION, "underflow");
    refused(CODE(0x20, 0, 0, 0x27), AGENT_COMMAND, "underflow");
    refused(CODE(0x27), AGENT_CONDITION, "underflow");
}

Test(gdbstub_agent_check, command_may_leave_nothing)
{
    free(compile(CODE(0x27), AGENT_COMMAND));
}

Test(gdbstub_agent_check, stack_overflow)
{
    uint8_t code[AGENT_STACK + 3] = {0x22, 1};
    memset(code + 2, 0x28, AGENT_STACK);
    code[AGENT_STACK + 2] = 0x27;
    refused(code, sizeof code, AGENT_CONDITION, "overflow");
    refused(CODE(0x22, 1, 0x21, 0, 0), AGENT_CONDITION, "depends on the path");
}

Test(gdbstub_agent_check, height_may_not_depend_on_the_path)
{
    /* if (r1) push one more; end */
    refused(CODE(0x22, 1, 0x26, 0, 1, 0x20, 0, 10, 0x22, 2, 0x27), AGENT_CONDITION, "depends on the path");
}

Test(gdbstub_agent_check, jump_into_an_operand_is_checked_as_code)
{
    refused(CODE(0x21, 0, 4, 0x22, 0xff, 0x27), AGENT_COMMAND, "unknown opcode");
    gives(CODE(0x21, 0, 4, 0x22, 0x22, 0x27, 0x27), 0x27);
}

Test(gdbstub_agent_check, longer_than_jumps_reach)
{
    uint8_t *code = malloc(0x10000);
    memset(code, 0x27, 0x10000);
    refused(code, 0x10000, AGENT_COMMAND, "longer");
    free(code);
}

Test(gdbstub_agent_check, conditions_do_not_print)
{
    refused(CODE(0x22, 1, 0x22, 0, 0x22, 0, 0x34, 0, 0, 1, 0, 0x27), AGENT_CONDITION, "cannot print");
}

Test(gdbstub_agent_check, printf_format_must_be_one_string)
{
    refused(CODE(0x22, 0, 0x22, 0, 0x34, 0, 0, 0, 0x27), AGENT_COMMAND, "cut off");
    refused(CODE(0x22, 0, 0x22, 0, 0x34, 0, 0, 9, 'a', 0, 0x27), AGENT_COMMAND, "cut off");
    refused(CODE(0x22, 0, 0x22, 0, 0x34, 0, 0, 2, 'a', 'b', 0x27), AGENT_COMMAND, "not one string");
    refused(CODE(0x22, 0, 0x22, 0, 0x34, 0, 0, 3, 'a', 0, 0, 0x27), AGENT_COMMAND, "not one string");
    refused(CODE(0x22, 0, 0x34, 0, 0, 2, 'a', 0, 0x27), AGENT_COMMAND, "underflow");
}

Test(gdbstub_agent_check, formats)
{
    static const char *const bad[] = {
        "%", "%q", "%f", "%g", "%n", "%*d", "%.*d", "%ls", "%lc", "%hs", "%201d", "%.201d", "%99999999999d",
        "%-", "%l", "\\q", "\\", "%d%", "%5", "%lld%",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_assert_not_null(agent_format_check(bad[i], 1), "%s", bad[i]);
    cr_assert_null(agent_format_check("%d %i %u %o %x %X %c %s %p %%", 9));
    cr_assert_null(agent_format_check("%-+ 0#200.200lld%hhx%hx%lx%jx%zx%tx", 7));
    cr_assert_null(agent_format_check("\\a\\b\\e\\f\\n\\r\\t\\v\\\\\\\"\\'\\?\\0\\101\\1234", 0));
    cr_assert_not_null(agent_format_check("%d", 0));
    cr_assert_not_null(agent_format_check("%d", 2));
    cr_assert_not_null(agent_format_check("", 1));
}

/* ---- printf ---- */

static void prints(const char *wanted, const char *format, ...)
{
    uint64_t arguments[10] = {0};
    unsigned count = 0;
    for (const char *at = format; *at != '\0'; at++)
        count += *at == '%' && (at[1] == '%' ? (at++, false) : true);
    va_list list;
    va_start(list, format);
    for (unsigned i = 0; i < count; i++)
        arguments[i] = va_arg(list, uint64_t);
    va_end(list);
    cr_assert_null(agent_format_check(format, count), "%s", format);
    printed[0] = '\0';
    cr_assert_eq(agent_print(&machine, format, arguments), AGENT_DONE);
    cr_assert_str_eq(printed, wanted, "\"%s\" printed \"%s\"", format, printed);
}

Test(gdbstub_agent_printf, integers_have_the_sizes_of_the_target)
{
    prints("-1", "%d", UINT64_MAX);
    prints("-1", "%d", (uint64_t)0xffffffff);
    prints("-1", "%ld", (uint64_t)0xffffffff);
    prints("4294967295", "%lld", (uint64_t)0xffffffff);
    prints("ffffffff", "%x", UINT64_MAX);
    prints("ffffffffffffffff", "%llx", UINT64_MAX);
    prints("-128 128", "%hhd %hhu", (uint64_t)0x80, (uint64_t)0x80);
    prints("-32768", "%hd", (uint64_t)0x8000);
    prints("-9223372036854775808", "%lld", (uint64_t)1 << 63);
    prints("1777777777777777777777", "%llo", UINT64_MAX);
    prints("0", "%d", (uint64_t)0);
}

Test(gdbstub_agent_printf, fields_are_those_of_c)
{
    prints("[   42][42   ][00042][+42][ 42][  042]", "[%5d][%-5d][%05d][%+d][% d][%5.3d]", (uint64_t)42,
           (uint64_t)42, (uint64_t)42, (uint64_t)42, (uint64_t)42, (uint64_t)42);
    prints("[-0042][0x2a][0X2A][052][0x002a][]", "[%05d][%#x][%#X][%#o][%#06x][%.0d]", MINUS(42), (uint64_t)42,
           (uint64_t)42, (uint64_t)42, (uint64_t)42, (uint64_t)0);
    prints("[00042][   42]", "[%-0.5d][%05.2d]", (uint64_t)42, (uint64_t)42);
    prints("0 0x0 0x2a", "%#x %p %p", (uint64_t)0, (uint64_t)0, (uint64_t)42);
    prints("[    a][a    ]", "[%5c][%-5c]", (uint64_t)'a', (uint64_t)'a');
}

Test(gdbstub_agent_printf, strings_come_from_memory)
{
    prints("hey", "%s", (uint64_t)0x108);
    prints("[  hey][hey  ][he]", "[%5s][%-5s][%.2s]", (uint64_t)0x108, (uint64_t)0x108, (uint64_t)0x108);
    prints("[]", "[%.0s]", (uint64_t)0);
}

Test(gdbstub_agent_printf, string_is_cut_where_memory_ends)
{
    prints("end!", "%s", (uint64_t)0x10c);
}

Test(gdbstub_agent_printf, string_that_cannot_be_read_ends_the_run)
{
    uint64_t address = 0x110;
    printed[0] = '\0';
    cr_assert_eq(agent_print(&machine, "before %s after", &address), AGENT_NO_MEMORY);
    cr_assert_str_eq(printed, "before ");
}

Test(gdbstub_agent_printf, escapes)
{
    prints("a\tb\n\"\\A\033%", "a\\tb\\n\\\"\\\\\\101\\e%%");
}

Test(gdbstub_agent_printf, long_output_is_whole)
{
    char wanted[201 * 9];
    memset(wanted, ' ', sizeof wanted);
    for (int i = 1; i <= 8; i++)
        wanted[200 * i - 1] = '1';
    wanted[1600] = '\0';
    prints(wanted, "%200d%200d%200d%200d%200d%200d%200d%200d", (uint64_t)1, (uint64_t)1, (uint64_t)1, (uint64_t)1,
           (uint64_t)1, (uint64_t)1, (uint64_t)1, (uint64_t)1);
}

Test(gdbstub_agent_printf, bytecode_pops_function_channel_and_arguments_in_order)
{
    /* below: 5; arguments 2, 1 pushed last to first; channel; function; printf "%d%d"; then 5 is left */
    static const uint8_t code[] = {0x22, 5, 0x22, 2, 0x22, 1, 0x22, 0, 0x22, 0, 0x34, 2, 0, 5,
                                   '%', 'd', '%', 'd', 0, 0x27};
    uint64_t value;
    struct agent_program *program = compile(code, sizeof code, AGENT_COMMAND);
    printed[0] = '\0';
    cr_assert_eq(agent_run(program, &machine, &value), AGENT_DONE);
    cr_assert_str_eq(printed, "12");
    cr_assert_eq(value, 5);
    free(program);
}
