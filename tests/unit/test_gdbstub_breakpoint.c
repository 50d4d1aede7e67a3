/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Breakpoints and watchpoints, conditions and commands at them.
 *
 * Bytecode in the packets: 22nn const8, 2601nn reg, 13 equal, 27 end, 34 printf, 19 ref32, 24 const32.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/rsp_script.h"

Test(gdbstub_breakpoint, all_kinds_are_inserted_and_removed)
{
    rsp_play("> Z0,8000100,2\n= attached\n= insert 0 8000100 2\n< OK\n"
             "> Z1,8000100,2\n= insert 1 8000100 2\n< OK\n"
             "> Z2,20000000,4\n= insert 2 20000000 4\n< OK\n"
             "> Z3,20000000,4\n= insert 3 20000000 4\n< OK\n"
             "> Z4,20000000,4\n= insert 4 20000000 4\n< OK\n"
             "> z1,8000100,2\n= remove 1 8000100 2\n< OK\n"
             "> z0,8000100,2\n= remove 0 8000100 2\n< OK\n"
             "> z4,20000000,4\n= remove 4 20000000 4\n< OK\n"
             "> z3,20000000,4\n= remove 3 20000000 4\n< OK\n"
             "> z2,20000000,4\n= remove 2 20000000 4\n< OK\n");
}

Test(gdbstub_breakpoint, inserting_and_removing_are_idempotent)
{
    rsp_play("> Z0,8000100,2\n= attached\n= insert 0 8000100 2\n< OK\n"
             "> Z0,8000100,2\n< OK\n"
             "> z0,8000100,2\n= remove 0 8000100 2\n< OK\n"
             "> z0,8000100,2\n< OK\n");
}

Test(gdbstub_breakpoint, gdb_13_finishes_the_outermost_frame)
{
    rsp_play("> Z0,ffffffff,2\n= attached\n= insert 0 fffffffe 2\n< OK\n"
             "> z0,fffffffe,2\n= remove 0 fffffffe 2\n< OK\n");
}

Test(gdbstub_breakpoint, kind_of_instruction_does_not_tell_breakpoints_apart)
{
    rsp_play("> Z0,8000100,2\n= attached\n= insert 0 8000100 2\n< OK\n"
             "> z0,8000100,3\n= remove 0 8000100 2\n< OK\n");
}

Test(gdbstub_breakpoint, length_tells_watchpoints_apart)
{
    rsp_play("> Z2,20000000,4\n= attached\n= insert 2 20000000 4\n< OK\n"
             "> Z2,20000000,1\n= insert 2 20000000 1\n< OK\n"
             "> z2,20000000,4\n= remove 2 20000000 4\n< OK\n"
             "> z2,20000000,1\n= remove 2 20000000 1\n< OK\n");
}

Test(gdbstub_breakpoint, watchpoint_addresses_may_be_odd)
{
    rsp_play("> Z2,20000001,1\n= attached\n= insert 2 20000001 1\n< OK\n"
             "> z2,20000001,1\n= remove 2 20000001 1\n< OK\n");
}

Test(gdbstub_breakpoint, refusal_of_the_target_is_an_error_or_not_supported)
{
    rsp_play("! refuse 7\n> Z2,20000000,4\n= attached\n= insert 2 20000000 4\n< E0c\n"
             "! refuse 8\n> Z2,20000000,4\n= insert 2 20000000 4\n< \n"
             "> z2,20000000,4\n< OK\n"
             "> Z2,20000000,4\n= insert 2 20000000 4\n< OK\n"
             "! refuse 1\n> z2,20000000,4\n= remove 2 20000000 4\n< E01\n"
             "> z2,20000000,4\n< OK\n");
}

Test(gdbstub_breakpoint, hundreds_are_no_limit)
{
    enum { COUNT = 500 };
    struct fake_target *fake = malloc(sizeof *fake);
    char *script = malloc(COUNT * 200);
    char *to = script;
    fake_init(fake);
    fake->log_size = FAKE_LOG;  /* full: calls are not recorded */
    for (unsigned i = 0; i < COUNT; i++)
        to += sprintf(to, "> Z0,%x,2\n< OK\n", 0x8000000 + 2 * (i * 7919 % COUNT));
    for (unsigned i = 0; i < COUNT; i++)
        to += sprintf(to, "! hit %x software\n", 0x8000000 + 2 * i);
    for (unsigned i = 0; i < COUNT; i += 2)
        to += sprintf(to, "> z0,%x,2\n< OK\n", 0x8000000 + 2 * i);
    for (unsigned i = 0; i < COUNT; i++)
        to += sprintf(to, "! hit %x %s\n", 0x8000000 + 2 * i, i % 2 == 0 ? "none" : "software");
    rsp_play_on(fake, script);
    free(script);
    free(fake);
}

/* ---- hits ---- */

Test(gdbstub_hit, plain_breakpoints_stop)
{
    rsp_play("! hit 8000100 none\n"
             "> Z0,8000100,2\n= attached\n= insert 0 8000100 2\n< OK\n"
             "> Z1,8000200,2\n= insert 1 8000200 2\n< OK\n"
             "! hit 8000100 software\n"
             "! hit 8000200 hardware\n"
             "! hit 8000102 none\n");
}

Test(gdbstub_hit, watchpoints_are_no_breakpoints)
{
    rsp_play("> Z2,8000100,4\n= attached\n= insert 2 8000100 4\n< OK\n"
             "! hit 8000100 none\n");
}

Test(gdbstub_hit, condition_is_evaluated_at_every_hit)
{
    /* r13 == 0x20001234, through reg 13, const32 */
    rsp_play("> Z0,8000100,2;Xa,26000d24200012341327\n= attached\n= insert 0 8000100 2\n< OK\n"
             "! hit 8000100 none\n"
             "! sp 20001234\n"
             "! hit 8000100 software\n"
             "! sp 20001238\n"
             "! hit 8000100 none\n");
}

Test(gdbstub_hit, any_of_several_conditions_is_enough)
{
    rsp_play("> Z0,8000100,2;X3,220027X3,220127\n= attached\n= insert 0 8000100 2\n< OK\n"
             "! hit 8000100 software\n"
             "> Z0,8000100,2;X3,220027;X3,220027\n< OK\n"
             "! hit 8000100 none\n");
}

Test(gdbstub_hit, conditions_are_replaced_by_the_next_insertion)
{
    rsp_play("> Z0,8000100,2;X3,220027\n= attached\n= insert 0 8000100 2\n< OK\n"
             "! hit 8000100 none\n"
             "> Z0,8000100,2\n< OK\n"
             "! hit 8000100 software\n"
             "> Z0,8000100,2;X3,220027\n< OK\n"
             "! hit 8000100 none\n");
}

Test(gdbstub_hit, condition_that_fails_to_evaluate_stops)
{
    /* *(int *)0 == 0 ; 1 / 0 */
    rsp_play("> Z0,8000100,2;X4,22001927\n= attached\n= insert 0 8000100 2\n< OK\n"
             "! hit 8000100 software\n"
             "> Z0,8000100,2;X6,220122000527\n< OK\n"
             "! hit 8000100 software\n");
}

Test(gdbstub_hit, endless_condition_stops_instead_of_hanging)
{
    rsp_play("> Z0,8000100,2;X3,210000\n= attached\n= insert 0 8000100 2\n< OK\n"
             "! hit 8000100 software\n");
}

Test(gdbstub_hit, bad_condition_is_an_error_and_leaves_the_old_one)
{
    rsp_play("> qSupported:error-message+\n<~ Conditional\n"
             "> Z0,8000100,2;X3,220127\n= attached\n= insert 0 8000100 2\n< OK\n"
             "> Z0,8000100,2;X3,220027X1,ff\n< E.agent expression: unknown opcode\n"
             "> Z0,8000100,2;X0,\n< E.agent expression: runs past its end\n"
             "! hit 8000100 software\n"
             "> Z0,8000200,2;X1,27\n< E.agent expression: stack underflow\n"
             "! hit 8000200 none\n");
}

/* ---- commands ---- */

/* What gdb compiles from dprintf "x=%d\n",7: the argument, channel, function, printf, end. */
#define PRINT_7 "X12,22072200220034010007783d25645c6e0027"

Test(gdbstub_commands, take_the_place_of_a_stop)
{
    rsp_play("> Z0,8000100,2;cmds:0," PRINT_7 "\n= attached\n= insert 0 8000100 2\n< OK\n"
             "> vCont;c\n= continue thread 1\n"
             "! hit 8000100 commands\n"
             "! commands 8000100\n"
             "< O783d370a\n"
             "! stepped\n<~ T05\n");
}

Test(gdbstub_commands, run_only_where_the_condition_holds)
{
    rsp_play("> Z0,8000100,2;X3,220027;cmds:0," PRINT_7 "\n= attached\n= insert 0 8000100 2\n< OK\n"
             "> vCont;c\n= continue thread 1\n"
             "! hit 8000100 none\n"
             "! commands 8000100\n"
             "! stepped\n<~ T05\n");
}

Test(gdbstub_commands, do_not_hide_a_breakpoint_at_the_same_place)
{
    rsp_play("> Z0,8000100,2;cmds:0," PRINT_7 "\n= attached\n= insert 0 8000100 2\n< OK\n"
             "> Z1,8000100,2\n= insert 1 8000100 2\n< OK\n"
             "! hit 8000100 hardware\n");
}

Test(gdbstub_commands, several_run_in_order)
{
    rsp_play("> Z0,8000100,2;cmds:0," PRINT_7 "X12,22082200220034010007783d25645c6e0027\n"
             "= attached\n= insert 0 8000100 2\n< OK\n"
             "> vCont;c\n= continue thread 1\n"
             "! commands 8000100\n"
             "< O783d370a\n"
             "< O783d380a\n"
             "! stepped\n<~ T05\n");
}

Test(gdbstub_commands, strings_come_from_the_targets_memory)
{
    rsp_play("> M20000061,3:686900\n= attached\n= write 20000061 3\n< OK\n"
             "> Z0,8000100,2;cmds:0,X12,2420000061220022003401000425737c0027\n= insert 0 8000100 2\n< OK\n"
             "> vCont;c\n= continue thread 1\n"
             "! commands 8000100\n"
             "< O68697c\n"
             "! stepped\n<~ T05\n");
}

Test(gdbstub_commands, failure_is_said_on_the_console)
{
    /* breakpoint commands at 0x08000100 met memory that cannot be read */
    rsp_play("> Z0,8000100,2;cmds:0,Xf,2200220022003401000425737c0027\n= attached\n= insert 0 8000100 2\n< OK\n"
             "> vCont;c\n= continue thread 1\n"
             "! commands 8000100\n"
             "<~ O627265616b706f696e7420636f6d6d616e647320617420307830383030303130302\n"
             "! stepped\n<~ T05\n");
}

Test(gdbstub_commands, bad_commands_are_an_error)
{
    rsp_play("> Z0,8000100,2;cmds:0,X1,ff\n= attached\n< E01\n"
             "> Z0,8000100,2;cmds:0," PRINT_7 "X1,ff\n< E01\n"
             "! hit 8000100 none\n");
}

Test(gdbstub_commands, persistent_ones_outlive_a_detach_but_not_the_next_client)
{
    rsp_play("> Z0,8000100,2;cmds:1," PRINT_7 "\n= attached\n= insert 0 8000100 2\n< OK\n"
             "> Z0,8000200,2;cmds:0," PRINT_7 "\n= insert 0 8000200 2\n< OK\n"
             "> D\n= remove 0 8000200 2\n= detached\n= continue thread 1\n< OK\nover\nx\n"
             "! hit 8000100 commands\n"
             "! commands 8000100\n"
             "= console x=7\n= \n"
             "+\n> ?\n= remove 0 8000100 2\n= attached\n= interrupt\n"
             "! interrupted\n<~ T02\n"
             "! hit 8000100 none\n");
}
