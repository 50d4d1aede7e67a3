/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Run control, stop replies, going back, extended mode.
 */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "tests/unit/rsp_script.h"

/* ---- resuming ---- */

Test(gdbstub_run, step_and_continue)
{
    rsp_play("> s\n= attached\n= step thread 1\n! stepped\n<~ T05thread:1;\n"
             "> c\n= continue thread 1\n! stepped\n<~ T05\n"
             "> vCont;s:1\n= step thread 1\n! stepped\n<~ T05\n"
             "> vCont;c\n= continue thread 1\n! stepped\n<~ T05\n"
             "> S05\n= step thread 1\n! stepped\n<~ T05\n"
             "> C02\n= continue thread 1\n! stepped\n<~ T05\n"
             "> vCont;S05:1;C05\n= step thread 1\n! stepped\n<~ T05\n");
}

Test(gdbstub_run, range_step)
{
    rsp_play("> vCont;r8000100,8000110:1;c\n= attached\n= range 8000100 8000110 thread 1\n"
             "! stepped\n<~ T05\n");
}

Test(gdbstub_run, resuming_elsewhere_sets_the_pc_first)
{
    rsp_play("> c8000200\n= attached\n= register 15=8000200 thread 1\n= continue thread 1\n! stepped\n<~ T05\n"
             "> s8000300\n= register 15=8000300 thread 1\n= step thread 1\n! stepped\n<~ T05\n"
             "> C05;8000400\n= register 15=8000400 thread 1\n= continue thread 1\n! stepped\n<~ T05\n"
             "> S05;8000500\n= register 15=8000500 thread 1\n= step thread 1\n! stepped\n<~ T05\n");
}

Test(gdbstub_run, stop_may_be_reported_before_resume_returns)
{
    struct fake_target *fake = malloc(sizeof *fake);
    fake_init(fake);
    fake->stops_at_once = true;
    rsp_play_on(fake, "> vCont;s:1\n= attached\n= step thread 1\n<~ T05thread:1;\n"
                      "> bs\n= step back thread 1\n<~ T05thread:1;\n"
                      "> m20000000,1\n< 00\n");
    free(fake);
}

Test(gdbstub_run, target_that_cannot_start_is_an_error)
{
    rsp_play("! refuse 1\n"
             "> vCont;c\n= attached\n= continue thread 1\n< E01\n"
             "> vCont;c\n= continue thread 1\n! stepped\n<~ T05\n");
}

Test(gdbstub_run, resuming_a_running_target_is_an_error)
{
    rsp_play("> vCont;c\n= attached\n= continue thread 1\n"
             "> vCont;c\n< E10\n"
             "> s\n< E10\n"
             "> c8000000\n< E10\n"
             "> bs\n< E10\n"
             "! stepped\n<~ T05\n");
}

Test(gdbstub_run, continue_joins_a_target_that_a_monitor_command_started)
{
    rsp_play("> ?\n= attached\n<~ T05\n"
             "! running\n"
             "> vCont;c\n"
             "! software\n<~ T05\n");
}

Test(gdbstub_run, step_halts_a_target_that_a_monitor_command_started)
{
    rsp_play("> ?\n= attached\n<~ T05\n"
             "! running\n"
             "> vCont;s:1\n= interrupt\n"
             "! interrupted\n<~ T02\n");
}

Test(gdbstub_run, stop_that_nobody_waits_for_is_remembered)
{
    rsp_play("> ?\n= attached\n<~ T05\n"
             "! running\n"
             "! signal b\n"
             "> ?\n<~ T0bthread:1;\n");
}

Test(gdbstub_run, stop_action_has_nothing_to_stop_in_all_stop_mode)
{
    rsp_play("> vCont;t\n= attached\n<~ T05thread:1;\n");
}

Test(gdbstub_run, memory_is_readable_while_running)
{
    rsp_play("> vCont;c\n= attached\n= continue thread 1\n"
             "> m20000000,4\n< 00010203\n"
             "! stepped\n<~ T05\n");
}

/* ---- which thread ---- */

Test(gdbstub_run, action_of_the_current_thread_counts)
{
    rsp_play("! switch 2\n"
             "> vCont;s:1;c:2\n= attached\n= continue thread 2\n! stepped\n<~ T05thread:2;\n"
             "> vCont;s:2;c\n= step thread 2\n! stepped\n<~ T05\n"
             "> vCont;s:1;c\n= continue thread 2\n! stepped\n<~ T05\n"
             "> vCont;s:1\n= step thread 1\n! stepped\n<~ T05\n"
             "> vCont;s:7\n< E03\n"
             "> vCont;s:7;c:-1\n= continue thread 2\n! stepped\n<~ T05\n"
             "> vCont;s:0\n= step thread 2\n! stepped\n<~ T05\n");
}

Test(gdbstub_run, hc_names_the_thread_of_old_packets)
{
    rsp_play("> Hc2\n< OK\n"
             "> c\n= attached\n= continue thread 2\n! stepped\n<~ T05\n"
             "> Hc0\n< OK\n"
             "> s\n= step thread 1\n! stepped\n<~ T05\n");
}

/* ---- stop replies ---- */

Test(gdbstub_stop, reasons_are_given_to_a_client_that_knows_them)
{
    rsp_play("> qSupported:swbreak+;hwbreak+\n<~ swbreak+;hwbreak+\n"
             "> c\n= attached\n= continue thread 1\n! software\n<~ T05swbreak:;thread:1;\n"
             "> c\n= continue thread 1\n! hardware\n<~ T05hwbreak:;thread:1;\n");
}

Test(gdbstub_stop, reasons_are_kept_from_a_client_that_does_not_know_them)
{
    rsp_play("> c\n= attached\n= continue thread 1\n! software\n<~ T05thread:1;\n"
             "> c\n= continue thread 1\n! hardware\n<~ T05thread:1;\n");
}

Test(gdbstub_stop, watchpoints_name_their_address)
{
    rsp_play("> c\n= attached\n= continue thread 1\n! watch 20000010\n<~ T05watch:20000010;thread:1;\n"
             "> c\n= continue thread 1\n! rwatch 20000010\n<~ T05rwatch:20000010;thread:1;\n"
             "> c\n= continue thread 1\n! awatch 20000010\n<~ T05awatch:20000010;thread:1;\n"
             "> ?\n<~ T05awatch:20000010;\n");
}

Test(gdbstub_stop, signals_have_gdbs_numbers)
{
    rsp_play("> c\n= attached\n= continue thread 1\n! signal b\n<~ T0bthread:1;\n"
             "> c\n= continue thread 1\n! signal 4\n<~ T04thread:1;\n"
             "> c\n= continue thread 1\n! signal a\n<~ T0athread:1;\n"
             "> c\n= continue thread 1\n! interrupted\n<~ T02thread:1;\n");
}

Test(gdbstub_stop, registers_that_gdb_always_needs_come_along)
{
    rsp_play("> s\n= attached\n= step thread 1\n! sp 20001234\n! stepped\n"
             "< T05thread:1;0d:34120020;0e:1e000000;0f:00010008;10:20000000;\n");
}

Test(gdbstub_stop, end_of_the_firmware_is_told_once)
{
    rsp_play("> c\n= attached\n= continue thread 1\n! exited 2a\n< W2a\n"
             "> ?\n<~ T05thread:1;\n"
             "> c\n= continue thread 1\n! killed 6\n< X06\n");
}

/* ---- backwards ---- */

Test(gdbstub_reverse, step_and_continue_back)
{
    rsp_play("> Hc0\n< OK\n"
             "> bs\n= attached\n= step back thread 1\n! stepped\n<~ T05thread:1;\n"
             "> bc\n= continue back thread 1\n! watch 20000010\n<~ T05watch:20000010;\n");
}

Test(gdbstub_reverse, ends_of_history_are_stops)
{
    rsp_play("> bs\n= attached\n= step back thread 1\n! begin\n<~ T05replaylog:begin;thread:1;\n"
             "> vCont;c\n= continue thread 1\n! end\n<~ T05replaylog:end;thread:1;\n");
}

Test(gdbstub_reverse, ctrl_c_and_console_text_work_during_a_long_scan)
{
    rsp_play("> bc\n= attached\n= continue back thread 1\n"
             "! say 10%\n< O313025\n"
             "^C\n= interrupt\n! interrupted\n<~ T02\n");
}

/* ---- monitor ---- */

Test(gdbstub_monitor, output_is_streamed_before_the_reply)
{
    rsp_play("> qRcmd,7265736574\n= monitor reset\n"
             "< O7361696420\n< O7265736574\n< OK\n"
             "> qRcmd,\n= monitor \n< O7361696420\n< OK\n");
}

Test(gdbstub_monitor, failure_is_an_error)
{
    rsp_play("> qRcmd,626164\n= monitor bad\n< E01\n");
}

Test(gdbstub_monitor, output_goes_to_who_asked_while_another_waits)
{
    rsp_play("> c\n= attached\n= continue thread 1\n"
             "2+\n2> qRcmd,78\n= monitor x\n2< O7361696420\n2< O78\n2< OK\n"
             "! stepped\n<~ T05\n");
}

/* ---- extended mode ---- */

Test(gdbstub_process, run_restarts_with_arguments)
{
    rsp_play("> !\n< OK\n"
             "> vRun;66;2d76;78\n= attached\n= restart -v x\n<~ T05thread:1;\n"
             "> vRun;\n= restart \n<~ T05thread:1;\n");
}

Test(gdbstub_process, failed_run_is_an_error)
{
    rsp_play("! refuse 1\n> vRun;\n= attached\n= restart \n< E01\n");
}

Test(gdbstub_process, restart_packet_has_no_reply)
{
    rsp_play("> R00\n= attached\n= restart as before\n"
             "> ?\n<~ T05\n");
}

Test(gdbstub_process, kill_ends_the_session_outside_extended_mode)
{
    rsp_play("> k\n= attached\n= kill\nover\n");
}

Test(gdbstub_process, kill_in_extended_mode_leaves_the_client_connected)
{
    rsp_play("> !\n< OK\n"
             "> vKill;a410\n= attached\n= kill\n< OK\n"
             "> k\n= kill\n"
             "> vRun;\n= restart \n<~ T05\n");
}

Test(gdbstub_process, attach_halts_a_running_target)
{
    rsp_play("! running\n"
             "> vAttach;1\n= attached\n= interrupt\n! interrupted\n<~ T02\n"
             "> vAttach;1\n<~ T02\n");
}
