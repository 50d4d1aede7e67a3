/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Connecting, agreeing on features, control between several clients, leaving.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gdbstub/packet.h"
#include "tests/unit/rsp_script.h"

/* ---- features ---- */

Test(gdbstub_session, handshake_of_gdb_13)
{
    rsp_play("> qSupported:multiprocess+;swbreak+;hwbreak+;qRelocInsn+;fork-events+;vContSupported+;"
             "xmlRegisters=i386\n"
             "<~ PacketSize=10000\n"
             "> vCont?\n"
             "< vCont;c;C;s;S;t;r\n"
             "> vMustReplyEmpty\n"
             "< \n"
             "> QStartNoAckMode\n"
             "< OK\n"
             "> !\n"
             "< OK\n"
             "> Hg0\n"
             "< OK\n"
             "> qTStatus\n"
             "< \n"
             "> ?\n"
             "= attached\n"
             "< T05thread:1;0d:00700020;0e:1e000000;0f:00010008;10:20000000;\n"
             "> qC\n"
             "< QC1\n"
             "> qAttached\n"
             "< 1\n"
             "> Hc-1\n"
             "< OK\n"
             "> qOffsets\n"
             "< Text=0;Data=0;Bss=0\n"
             "> qSymbol::\n"
             "< OK\n"
             "> qfThreadInfo\n"
             "< m1,2\n"
             "> qsThreadInfo\n"
             "< l\n");
}

Test(gdbstub_session, every_group_is_advertised_when_present)
{
    rsp_play("> qSupported\n"
             "< PacketSize=10000;QStartNoAckMode+;error-message+;binary-upload+;vContSupported+;"
             "swbreak+;hwbreak+;ConditionalBreakpoints+;BreakpointCommands+;qXfer:features:read+;"
             "qXfer:memory-map:read+;ReverseStep+;ReverseContinue+;qXfer:threads:read+\n");
}

Test(gdbstub_session, missing_groups_are_neither_advertised_nor_answered)
{
    struct fake_target *fake = malloc(sizeof *fake);
    fake_init(fake);
    fake->ops = (struct target_ops){0};
    rsp_play_on(fake, "> qSupported\n"
                      "< PacketSize=10000;QStartNoAckMode+;error-message+\n"
                      "> g\n< \n"
                      "> p0\n< \n"
                      "> m20000000,4\n< \n"
                      "> vCont;c\n< \n"
                      "> c\n< \n"
                      "> Z0,8000000,2\n< \n"
                      "> vFlashDone\n< \n"
                      "> qXfer:features:read:target.xml:0,100\n< \n"
                      "> qXfer:memory-map:read::0,100\n< \n"
                      "> qXfer:threads:read::0,100\n< \n"
                      "> bs\n< \n"
                      "> qRcmd,68656c70\n< \n"
                      "> !\n< \n"
                      "> vRun;\n< \n"
                      "> qThreadExtraInfo,1\n< \n"
                      "> qfThreadInfo\n< m1\n"
                      "> T1\n< OK\n"
                      "> D\n< OK\nover\n");
    free(fake);
}

Test(gdbstub_session, unknown_packets_get_an_empty_reply)
{
    rsp_play("> vMustReplyEmpty\n< \n"
             "> QThreadSuffixSupported\n< \n"
             "> QCatchSyscalls:1\n< \n"
             "> qTStatus\n< \n"
             "> jThreadsInfo\n< \n"
             "> qXfer:auxv:read::0,100\n< \n"
             "> \n< \n"
             "> \\x00\\x01\\xff\n< \n");
}

Test(gdbstub_session, non_stop_mode_is_refused)
{
    rsp_play("> QNonStop:0\n< OK\n"
             "> QNonStop:1\n< E5f\n");
}

Test(gdbstub_session, signal_lists_are_taken_and_ignored)
{
    rsp_play("> QPassSignals:e;10;14\n< OK\n"
             "> QProgramSignals:0;1\n< OK\n");
}

/* ---- errors ---- */

Test(gdbstub_session, errors_are_numbers_unless_gdb_takes_texts)
{
    rsp_play("> m40000000,4\n"
             "< E0e\n"
             "> qSupported:error-message+\n"
             "<~ error-message+\n"
             "> m40000000,4\n"
             "< E.no memory at this address\n"
             "> mxyz\n"
             "< E.malformed packet\n");
}

Test(gdbstub_session, explanation_of_the_target_reaches_gdb_without_breaking_the_frame)
{
    rsp_play("> qSupported:error-message+\n"
             "<~ PacketSize\n"
             "> qRcmd,626164\n"
             "= monitor bad\n"
             "< E.no such word: bad \n"
             "> m40000000,4\n"
             "< E.no memory at this address\n");
}

Test(gdbstub_session, malformed_packets_change_nothing_and_the_session_goes_on)
{
    static const char *const packets[] = {
        "m", "m20000000", "m20000000,", "m20000000,4x", "m123456789,4", "M20000000,2:00", "M20000000,2:0000ff",
        "M20000000,2:0g00", "X20000000,3:ab", "X20000000,1:ab", "p", "pq", "P1", "P1=00", "P1=0000000000", "G00",
        "Hx1", "Hgp1.1", "Hg", "T", "T-", "qCRC:", "qSearch:memory:20000000;4", "qSearch:memory:20000000;4;",
        "Z", "Z9,0,2", "Z0,8000000", "Z0,8000000,2;", "Z0,8000000,2;Y", "Z0,8000000,2;X", "Z0,8000000,2;X2,22",
        "Z0,8000000,2;cmds:2,X1,27", "Z0,8000000,2;cmds:0X1,27", "Z2,20000000,4;X3,220127", "z0", "z0,8000000,2;",
        "c8000000x", "C", "Cg0", "C05;", "s ", "S5", "vCont;", "vCont;x", "vCont;c:", "vCont;c;", "vCont;C",
        "vCont;r8000000", "vCont;r8000000,", "vCont;c:p1.1", "vFlashErase:", "vFlashErase:8000000", "vFlashWrite:8000000",
        "vAttach;", "vAttach;x", "vKill;", "vRun;;f", "vRun;;00", "D;", "D;x", "Dx", "qRcmd,1", "qRcmd,zz", "qRcmd,6100",
        "qThreadExtraInfo,", "qThreadExtraInfo,-1", "qXfer:features:read:target.xml", "qXfer:features:read:target.xml:0",
        "qXfer:features:read:target.xml:0,x",
    };
    char script[16384] = "> ?\n= attached\n<~ T05\n";
    for (size_t i = 0; i < sizeof packets / sizeof *packets; i++) {
        strcat(script, "> ");
        strcat(script, packets[i]);
        strcat(script, "\n< E16\n");
    }
    strcat(script, "> m20000000,4\n< 00010203\n");
    rsp_play(script);
}

Test(gdbstub_session, packet_longer_than_agreed_is_refused)
{
    char *script = malloc(PACKET_SIZE + 100);
    size_t size = (size_t)sprintf(script, "> X20000000,%x:", (unsigned)PACKET_SIZE);
    memset(script + size, 'a', PACKET_SIZE);
    strcpy(script + size + PACKET_SIZE, "\n< E07\n> m20000000,4\n< 00010203\n");
    rsp_play(script);
    free(script);
}

/* ---- control ---- */

Test(gdbstub_session, connecting_alone_has_no_effect)
{
    struct fake_target *fake = malloc(sizeof *fake);
    fake_init(fake);
    fake->running = true;
    rsp_play_on(fake, "x\n+\n"
                      "> qSupported\n"
                      "<~ PacketSize\n"
                      "x\n");
    free(fake);
}

Test(gdbstub_session, first_question_halts_a_running_target)
{
    rsp_play("! running\n"
             "> ?\n"
             "= attached\n"
             "= interrupt\n"
             "! interrupted\n"
             "<~ T02thread:1;\n");
}

Test(gdbstub_session, second_client_reads_while_the_target_runs)
{
    rsp_play("> ?\n= attached\n<~ T05\n"
             "> vCont;c\n= continue thread 1\n"
             "2+\n"
             "2> qSupported:swbreak+\n"
             "2<~ PacketSize\n"
             "2> ?\n"
             "2<~ T00thread:1;\n"
             "2> m20000000,4\n"
             "2< 00010203\n"
             "2> m0,4\n"
             "2< E0e\n"
             "2> mfffffffc,4\n"
             "2< 11111111\n"
             "2> pf\n"
             "2< 00010008\n"
             "2> g\n"
             "2<~ 10000000\n"
             "! stepped\n"
             "<~ T05\n");
}

Test(gdbstub_session, second_client_can_neither_halt_nor_resume_nor_write)
{
    rsp_play("> ?\n= attached\n<~ T05\n"
             "2+\n"
             "2> vCont;c\n2< E0d\n"
             "2> c\n2< E0d\n"
             "2> s\n2< E0d\n"
             "2> bs\n2< E0d\n"
             "2> bc\n2< E0d\n"
             "2> M20000000,1:ff\n2< E0d\n"
             "2> X20000000,1:a\n2< E0d\n"
             "2> P0=00000000\n2< E0d\n"
             "2> Z0,8000000,2\n2< E0d\n"
             "2> z0,8000000,2\n2< E0d\n"
             "2> vFlashErase:8000000,400\n2< E0d\n"
             "2> vRun;\n2< E0d\n"
             "2> vKill;1\n2< E0d\n"
             "2> vAttach;1\n2< E0d\n"
             "2> vCtrlC\n2< E0d\n"
             "2> R00\n"
             "> vCont;c\n= continue thread 1\n"
             "2^C\n"
             "2<~ T00\n"
             "2> k\n"
             "2over\n"
             "2x\n"
             "! stepped\n"
             "<~ T05\n");
}

Test(gdbstub_session, second_client_leaves_without_effect)
{
    rsp_play("> ?\n= attached\n<~ T05\n"
             "> vCont;c\n= continue thread 1\n"
             "2+\n2> D\n2< OK\n2over\n2x\n"
             "3+\n3> m20000000,1\n3< 00\n3x\n"
             "! stepped\n"
             "<~ T05\n");
}

Test(gdbstub_session, control_is_free_when_its_client_is_gone)
{
    rsp_play("> ?\n= attached\n<~ T05\n"
             "2+\n2> M20000000,1:ff\n2< E0d\n"
             "x\n= detached\n"
             "2> M20000000,1:ff\n= attached\n= write 20000000 1\n2< OK\n");
}

Test(gdbstub_session, monitor_commands_know_who_is_in_control)
{
    struct fake_target *fake = malloc(sizeof *fake);
    fake_init(fake);
    rsp_play_on(fake, "> ?\n= attached\n<~ T05\n"
                      "2+\n"
                      "2> qRcmd,6869\n= monitor hi\n2< O7361696420\n2< O6869\n2< OK\n");
    cr_assert_not(fake->in_control);
    free(fake);
}

Test(gdbstub_session, monitor_commands_may_change_what_nobody_controls)
{
    struct fake_target *fake = malloc(sizeof *fake);
    fake_init(fake);
    rsp_play_on(fake, "> qRcmd,6869\n= monitor hi\n< O7361696420\n< O6869\n< OK\n");
    cr_assert(fake->in_control);
    free(fake);
}

/* ---- leaving ---- */

Test(gdbstub_session, vanishing_halts_the_target_and_removes_breakpoints)
{
    rsp_play("> Z0,8000010,2\n= attached\n= insert 0 8000010 2\n< OK\n"
             "> Z2,20000000,4\n= insert 2 20000000 4\n< OK\n"
             "> vCont;c\n= continue thread 1\n"
             "x\n"
             "= remove 2 20000000 4\n= remove 0 8000010 2\n= detached\n= interrupt\n"
             "! interrupted\n"
             "+\n"
             "> ?\n= attached\n<~ T02thread:1;\n");
}

Test(gdbstub_session, vanishing_in_the_middle_of_a_packet_is_forgotten)
{
    struct fake_target *fake = malloc(sizeof *fake);
    fake_init(fake);
    struct stub *stub = fake->stub = stub_create(&fake->ops, fake);
    struct session *s = session_open(stub, (session_write *)abort, NULL);
    cr_assert(session_receive(s, "$m2000", 6));
    session_close(s);
    stub_destroy(stub);
    free(fake);
    rsp_play("> m20000000,1\n< 00\n");
}

Test(gdbstub_session, detaching_removes_breakpoints_and_runs_on)
{
    rsp_play("> Z0,8000010,2\n= attached\n= insert 0 8000010 2\n< OK\n"
             "> D;1\n"
             "= remove 0 8000010 2\n= detached\n= continue thread 1\n"
             "< OK\nover\n"
             "x\n"
             "+\n"
             "> ?\n= attached\n= interrupt\n"
             "! interrupted\n<~ T02\n");
}

Test(gdbstub_session, detaching_in_extended_mode_keeps_the_connection)
{
    rsp_play("> !\n< OK\n"
             "> ?\n= attached\n<~ T05\n"
             "> D;1\n= detached\n= continue thread 1\n< OK\n"
             "> vAttach;1\n= attached\n= interrupt\n"
             "! interrupted\n<~ T02\n");
}

/* ---- Ctrl-C ---- */

Test(gdbstub_session, ctrl_c_stops_a_running_target)
{
    rsp_play("> vCont;c\n= attached\n= continue thread 1\n"
             "^C\n= interrupt\n"
             "! interrupted\n"
             "<~ T02thread:1;\n");
}

Test(gdbstub_session, stale_ctrl_c_gets_a_stop_reply)
{
    rsp_play("> ?\n= attached\n<~ T05thread:1;\n"
             "^C\n"
             "<~ T05thread:1;\n"
             "> vCont;c\n= continue thread 1\n"
             "! signal b\n"
             "<~ T0bthread:1;\n"
             "> m20000000,1\n"
             "< 00\n"
             "^C\n"
             "<~ T0bthread:1;\n"
             "> m20000000,1\n"
             "< 00\n");
}

/* A second stop reply would leave gdb one reply behind for the rest of the session. */
Test(gdbstub_session, ctrl_c_that_crossed_the_stop_reply_gets_no_second_one)
{
    rsp_play("> vCont;c\n= attached\n= continue thread 1\n"
             "! stepped\n"
             "<~ T05thread:1;\n"
             "^C\n"
             "> m20000000,1\n"
             "< 00\n"
             "> vCont;c\n= continue thread 1\n"
             "^C\n= interrupt\n"
             "! interrupted\n"
             "<~ T02\n");
}

Test(gdbstub_session, ctrl_c_twice_gets_one_reply)
{
    rsp_play("> vCont;c\n= attached\n= continue thread 1\n"
             "^C\n= interrupt\n"
             "^C\n= interrupt\n"
             "! interrupted\n"
             "<~ T02thread:1;\n");
}

Test(gdbstub_session, ctrl_c_packet_is_answered_at_once)
{
    rsp_play("> vCont;c\n= attached\n= continue thread 1\n"
             "> vCtrlC\n= interrupt\n< OK\n"
             "! interrupted\n"
             "<~ T02thread:1;\n");
}

/* ---- console ---- */

Test(gdbstub_session, console_text_is_sent_while_the_client_waits)
{
    rsp_play("> vCont;c\n= attached\n= continue thread 1\n"
             "! say hi\n"
             "< O6869\n"
             "! stepped\n"
             "<~ T05\n"
             "! unheard hi\n");
}

Test(gdbstub_session, console_text_has_nowhere_to_go_without_a_client)
{
    rsp_play("! running\n"
             "! unheard hi\n"
             "2+\n2> m20000000,1\n2< 00\n"
             "! unheard hi\n");
}

static size_t longest_write;

static void measure(void *context, const void *bytes, size_t size)
{
    (void)context;
    (void)bytes;
    if (size > longest_write)
        longest_write = size;
}

Test(gdbstub_session, long_console_text_is_cut_into_packets)
{
    static char text[100000];
    struct fake_target *fake = malloc(sizeof *fake);
    fake_init(fake);
    struct stub *stub = fake->stub = stub_create(&fake->ops, fake);
    struct session *s = session_open(stub, measure, NULL);
    session_receive(s, "$vCont;c#a8", 11);
    cr_assert(stub_waiting(stub));
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)(i % 2 == 0 ? 'a' : 'b');
    longest_write = 0;
    cr_assert(stub_console_output(stub, text, sizeof text));
    cr_assert(longest_write > 1000 && longest_write < 4096, "%zu", longest_write);
    stub_destroy(stub);
    free(fake);
}
