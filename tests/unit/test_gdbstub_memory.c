/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Memory, registers, flash, threads and the documents that describe them.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/rsp_script.h"

/* ---- memory ---- */

Test(gdbstub_memory, reads_bytes)
{
    rsp_play("> m20000010,4\n< 10111213\n"
             "> m20000001,1\n< 01\n"
             "> m8000000,3\n< ffffff\n");
}

Test(gdbstub_memory, reads_what_there_is_up_to_a_gap)
{
    rsp_play("> m20007ffe,8\n< feff\n"
             "> m20008000,1\n< E0e\n"
             "> m0,4\n< E0e\n");
}

Test(gdbstub_memory, does_not_wrap_round_the_end_of_the_address_space)
{
    rsp_play("> mfffffffc,4\n< 11111111\n"
             "> mfffffffc,8\n< 11111111\n"
             "> mffffffff,ffffffff\n< 11\n"
             "> xfffffffe,10\n< b\\x11\\x11\n"
             "> Mfffffffe,4:00000000\n= attached\n< E0e\n"
             "> qCRC:fffffffe,4\n< E0e\n"
             "> qSearch:memory:fffffff0;20;ab\n< E0e\n");
}

Test(gdbstub_memory, reads_no_more_than_a_reply_holds)
{
    char *script = malloc(40000);
    strcpy(script, "> m8000000,ffffffff\n< ");
    memset(script + strlen(script), 'f', 2 * FAKE_FLASH_SIZE);
    strcpy(script + 22 + 2 * FAKE_FLASH_SIZE, "\n> m20000000,0\n< \n");
    rsp_play(script);
    free(script);
}

Test(gdbstub_memory, writes_bytes_and_reads_them_back)
{
    rsp_play("> M20000010,3:abcdef\n= attached\n= write 20000010 3\n< OK\n"
             "> m20000010,4\n< abcdef13\n");
}

Test(gdbstub_memory, writes_binary_and_reads_it_back)
{
    rsp_play("> X20000010,6:#$}*\\x00\\xff\n= attached\n= write 20000010 6\n< OK\n"
             "> m20000010,6\n< 23247d2a00ff\n"
             "> x20000010,6\n< b}\\x03}\\x04}]}\\x0a\\x00\\xff\n");
}

Test(gdbstub_memory, empty_writes_and_reads_are_probes)
{
    rsp_play("> X20000010,0:\n= attached\n< OK\n"
             "> x20000010,0\n< b\n");
}

Test(gdbstub_memory, failed_write_is_an_error)
{
    rsp_play("> M8000000,1:00\n= attached\n= write 08000000 1\n< E1e\n"
             "> M40000000,1:00\n= write 40000000 1\n< E0e\n"
             "! refuse 6\n"
             "> X20000000,1:a\n= write 20000000 1\n< E10\n");
}

Test(gdbstub_memory, crc_is_that_of_compare_sections)
{
    /* CRC-32/MPEG-2 of "123456789" is 0x0376e6e7. */
    rsp_play("> M20000000,9:313233343536373839\n= attached\n= write 20000000 9\n< OK\n"
             "> qCRC:20000000,9\n< C0376e6e7\n"
             "> qCRC:20000000,0\n< Cffffffff\n"
             "> qCRC:20007fff,2\n< E0e\n"
             "> qCRC:0,80000000\n< E0c\n");
}

Test(gdbstub_memory, crc_goes_over_pieces)
{
    /* The whole of RAM, 0x8000 bytes of 0..255 over and over. */
    rsp_play("> qCRC:20000000,8000\n< C25fdcc28\n");
}

Test(gdbstub_memory, finds_a_pattern)
{
    rsp_play("> qSearch:memory:20000000;1000;\\x10\\x11\\x12\n< 1,20000010\n"
             "> qSearch:memory:20000011;1000;\\x10\\x11\\x12\n< 1,20000110\n"
             "> qSearch:memory:20000000;12;\\x10\\x11\\x12\n< 0\n"
             "> qSearch:memory:20000000;13;\\x10\\x11\\x12\n< 1,20000010\n"
             "> qSearch:memory:20000000;8000;\\x10\\x10\n< 0\n"
             "> qSearch:memory:20000000;1;ab\n< 0\n"
             "> qSearch:memory:20000000;0;ab\n< 0\n");
}

Test(gdbstub_memory, finds_a_pattern_across_the_pieces_it_reads)
{
    rsp_play("> M20000ffe,4:aabbccdd\n= attached\n= write 20000ffe 4\n< OK\n"
             "> qSearch:memory:20000000;8000;\\xaa\\xbb\\xcc\\xdd\n< 1,20000ffe\n"
             "> M20007ffd,3:aabbcc\n= write 20007ffd 3\n< OK\n"
             "> qSearch:memory:20000fff;7001;\\xaa\\xbb\\xcc\n< 1,20007ffd\n");
}

Test(gdbstub_memory, search_into_a_gap_finds_what_lies_before_it)
{
    rsp_play("> qSearch:memory:20007ff0;100;\\xfe\\xff\n< 1,20007ffe\n"
             "> qSearch:memory:20007ff0;100;nowhere\n< E0e\n"
             "> qSearch:memory:20000000;ffffffff;x\n< E0c\n");
}

/* ---- registers ---- */

Test(gdbstub_registers, all_are_read_in_the_order_of_the_description)
{
    char script[1000] = "> g\n< ";
    for (unsigned i = 0; i < ARM_REG_COUNT; i++) {
        char text[20] = "00700020";
        if (i == ARM_REG_PC)
            strcpy(text, "00010008");
        else if (i != ARM_REG_SP)
            sprintf(text, i >= ARM_REG_D0 && i < ARM_REG_FPSCR ? "%02x00000000000000" : "%02x000000", 0x10 + i);
        strcat(script, text);
    }
    strcat(script, "\n");
    rsp_play(script);
}

Test(gdbstub_registers, one_is_read_and_written)
{
    rsp_play("> p0\n< 10000000\n"
             "> p17\n< 2700000000000000\n"
             "> P0=78563412\n= attached\n= register 0=12345678 thread 1\n< OK\n"
             "> p0\n< 78563412\n"
             "> P17=0102030405060708\n= register 23=807060504030201 thread 1\n< OK\n"
             "> p28\n< E02\n"
             "> P28=00000000\n< E02\n");
}

Test(gdbstub_registers, wrong_size_writes_nothing)
{
    rsp_play("> P0=7856341200\n= attached\n< E16\n"
             "> G1000000011000000\n< E16\n"
             "> p0\n< 10000000\n");
}

Test(gdbstub_registers, all_are_written_at_once)
{
    char script[4000] = "> G";
    for (unsigned i = 0; i < ARM_REG_COUNT; i++)
        strcat(script, i >= ARM_REG_D0 && i < ARM_REG_FPSCR ? "0100000000000000" : "01000000");
    strcat(script, "\n= attached\n");
    for (unsigned i = 0; i < ARM_REG_COUNT; i++)
        sprintf(script + strlen(script), "= register %u=1 thread 1\n", i);
    strcat(script, "< OK\n> pf\n< 01000000\n");
    rsp_play(script);
}

Test(gdbstub_registers, those_of_another_thread_may_be_partly_unknown)
{
    rsp_play("> Hg2\n< OK\n"
             "> g\n<~ xxxxxxxx00700020xxxxxxxx\n"
             "> p0\n< E02\n"
             "> pd\n< 00700020\n"
             "> Hg0\n< OK\n"
             "> p0\n< 10000000\n");
}

/* ---- threads ---- */

Test(gdbstub_threads, are_listed_and_described)
{
    rsp_play("> qfThreadInfo\n< m1,2\n"
             "> qThreadExtraInfo,2\n< 6d61696e202620636f\n"
             "> T2\n< OK\n"
             "> T3\n< E03\n"
             "> Hg3\n< E03\n"
             "> Hc-1\n< OK\n"
             "! switch 2\n"
             "> qC\n< QC2\n"
             "> qXfer:threads:read::0,1000\n"
             "<~ <thread id=\"1\" core=\"0\">idle &lt;0&gt;</thread>\\x0a<thread id=\"2\" core=\"0\">main &amp; co</thread>\n");
}

/* ---- documents ---- */

Test(gdbstub_documents, target_description_names_every_feature)
{
    rsp_play("> qXfer:features:read:target.xml:0,3ff0\n"
             "<~ <architecture>arm</architecture>\\x0a  <feature name=\"org.gnu.gdb.arm.m-profile\">\\x0a"
             "    <reg name=\"r0\" bitsize=\"32\" type=\"int\" group=\"general\"/>\n"
             "> qXfer:features:read:target.xml:0,3ff0\n"
             "<~ <feature name=\"org.gnu.gdb.arm.m-system\">\\x0a    <reg name=\"msp\" bitsize=\"32\" type=\"data_ptr\"\n"
             "> qXfer:features:read:target.xml:0,3ff0\n"
             "<~ <reg name=\"d15\" bitsize=\"64\" type=\"ieee_double\" group=\"float\"/>\n"
             "> qXfer:features:read:other.xml:0,3ff0\n"
             "< E01\n");
}

Test(gdbstub_documents, are_read_in_pieces)
{
    rsp_play("> qXfer:features:read:target.xml:0,10\n< m<?xml version=\"1\n"
             "> qXfer:features:read:target.xml:10,5\n< m.0\"?>\n"
             "> qXfer:features:read:target.xml:0,0\n< m\n"
             "> qXfer:features:read:target.xml:ffffff,10\n< l\n");
}

Test(gdbstub_documents, memory_map_has_sectors_and_reaches_the_end_of_the_address_space)
{
    rsp_play("> qXfer:memory-map:read::0,1000\n"
             "<~ <memory type=\"flash\" start=\"0x8000000\" length=\"0x1000\">"
             "<property name=\"blocksize\">0x400</property></memory>\\x0a"
             "  <memory type=\"rom\" start=\"0x1fff0000\" length=\"0x7800\"/>\\x0a"
             "  <memory type=\"ram\" start=\"0x20000000\" length=\"0x8000\"/>\\x0a"
             "  <memory type=\"ram\" start=\"0xe0000000\" length=\"0x20000000\"/>\\x0a"
             "</memory-map>\n"
             "> qXfer:memory-map:read:x:0,1000\n< E01\n");
}

/* ---- flash ---- */

Test(gdbstub_flash, load_erases_writes_and_finishes)
{
    rsp_play("> vFlashErase:8000000,800\n= attached\n= erase 08000000 800\n< OK\n"
             "> vFlashWrite:8000010:ab}#c\n= flash 08000010 5\n< OK\n"
             "> vFlashWrite:8000010:\n< OK\n"
             "> vFlashDone\n= flash done\n< OK\n"
             "> m8000010,6\n< 61627d2363ff\n");
}

Test(gdbstub_flash, failure_is_an_error)
{
    rsp_play("> vFlashErase:20000000,800\n= attached\n= erase 20000000 800\n< E0e\n"
             "> vFlashErase:8000000,0\n< E0e\n"
             "> vFlashErase:ffffff00,200\n< E0e\n"
             "> vFlashWrite:ffffffff:ab\n< E0e\n"
             "! refuse 1\n"
             "> vFlashDone\n= flash done\n< E01\n");
}
