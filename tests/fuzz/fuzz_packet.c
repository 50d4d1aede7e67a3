/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzes the stub: any bytes from two clients, with a target that stops, speaks and fails in between.
 * Nothing may crash, every write must be one well-formed packet or acknowledgement, and a client may
 * wait for a stop only while the target runs.
 *
 * The input is what the clients send, except that 0xfe and the byte after it make something happen (see
 * play_event). The sessions begin in no-ack mode, where a checksum need not fit.
 */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "gdbstub/packet.h"
#include "tests/unit/fake_target.h"

enum { EVENT = 0xfe };

struct fuzz {
    struct fake_target target;
    struct session *sessions[2];
    unsigned speaking;
};

/* ---- what is written ---- */

static void check_frame(const uint8_t *frame, size_t size)
{
    if (size < PACKET_FRAME || size > PACKET_SIZE + PACKET_FRAME || frame[0] != '$' || frame[size - 3] != '#')
        abort();
    uint8_t sum = 0;
    for (size_t i = 1; i < size - 3; i++) {
        if (frame[i] == '$' || frame[i] == '#')
            abort();
        sum += frame[i];
    }
    static const char digits[] = "0123456789abcdef";
    if (frame[size - 2] != digits[sum >> 4] || frame[size - 1] != digits[sum & 15])
        abort();
}

static void check_write(void *context, const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    (void)context;
    if (size == 1 && (*at == '+' || *at == '-'))
        return;
    check_frame(at, size);
}

/* ---- what happens in between ---- */

static void open_session(struct fuzz *f, unsigned number)
{
    f->sessions[number] = session_open(f->target.stub, check_write, NULL);
    if (f->sessions[number] == NULL)
        abort();
    session_receive(f->sessions[number], "$QStartNoAckMode#b0", 19);
}

static void reopen(struct fuzz *f)
{
    session_close(f->sessions[f->speaking]);
    open_session(f, f->speaking);
}

static void report_stop(struct fuzz *f, uint8_t kind)
{
    struct target_stop stop = {
        .kind = (enum target_stop_kind)(kind % (TARGET_STOP_KILLED + 1)),
        .address = 0x20000000U + kind,
        .signal = TARGET_SIGSEGV,
        .status = kind,
    };
    fake_stop(&f->target, &stop);
}

static void hit(struct fuzz *f)
{
    /* Where the seeds put breakpoints, and at the address that gdb uses for the outermost frame. */
    static const uint32_t addresses[] = {0x8000100, 0xfffffffe, 0};
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++)
        if (stub_breakpoint_hit(f->target.stub, addresses[i]) != STUB_HIT_NONE)
            stub_breakpoint_commands(f->target.stub, addresses[i]);
}

static void play_event(struct fuzz *f, uint8_t event)
{
    switch (event % 16) {
    case 0:
        f->speaking ^= 1;
        break;
    case 1:
        reopen(f);
        break;
    case 2:
        stub_console_output(f->target.stub, "text }#$*\003", 10);
        break;
    case 3:
        hit(f);
        break;
    case 4:
        f->target.running = true;
        break;
    case 5:
        f->target.refusal = (enum target_status)(event / 16 % TARGET_STATUS_COUNT);
        break;
    case 6:
        f->target.thread = 1 + event / 16 % 2;
        break;
    case 7:
        f->target.stops_at_once = !f->target.stops_at_once;
        break;
    default:
        report_stop(f, event / 16);
    }
}

static void check_waiting(const struct fuzz *f)
{
    if (stub_waiting(f->target.stub) && !f->target.running)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct fuzz *f = malloc(sizeof *f);
    if (f == NULL)
        abort();
    fake_init(&f->target);
    f->target.stub = stub_create(&f->target.ops, &f->target);
    f->speaking = 0;
    open_session(f, 0);
    open_session(f, 1);
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] == EVENT && i + 1 < size)
            play_event(f, bytes[++i]);
        else if (!session_receive(f->sessions[f->speaking], &bytes[i], 1))
            reopen(f);
        check_waiting(f);
    }
    stub_destroy(f->target.stub);
    free(f);
    return 0;
}

/* ---- seeds: every packet there is ---- */

#define SEED(text) {text, sizeof(text) - 1}

const uint64_t fuzz_runs = 20000;

const struct fuzz_seed fuzz_seeds[] = {
    SEED("$qSupported:multiprocess+;swbreak+;hwbreak+;error-message+#00$vCont?#00$!#00$Hg0#00$?#00$qC#00"),
    SEED("$g#00$p0#00$P0=00000000#00$pf#00$p17#00$P17=0000000000000000#00"),
    SEED("$m20000000,10#00$M20000000,4:01020304#00$x20000000,20#00$X20000000,4:ab}\003#00$m0,4#00"),
    SEED("$mfffffffc,8#00$Mffffffff,2:0000#00$xffffffff,ffffffff#00"),
    SEED("$qCRC:20000000,1000#00$qSearch:memory:20000000;8000;\020\021\022#00"),
    SEED("$qSearch:memory:20007000;2000;nowhere#00"),
    SEED("$vCont;c#00\xfe\x38$vCont;s:1;c#00\xfe\x08$vCont;r8000100,8000110:1;c#00\003\xfe\x68"),
    SEED("$c#00\xfe\x08$s8000200#00\xfe\x08$C05;8000200#00\xfe\x08$S02#00\xfe\x08$vCont;t#00$vCtrlC#00"),
    SEED("$bs#00\xfe\x08$bc#00\xfe\x98$bc#00\003\xfe\xa8"),
    SEED("$Z0,8000100,2#00$Z1,8000100,2#00\xfe\x03$z0,8000100,2#00$z1,8000100,2#00"),
    SEED("$Z2,20000000,4#00$Z3,20000000,4#00$Z4,20000001,1#00$z2,20000000,4#00$Z0,ffffffff,2#00$z0,fffffffe,2#00"),
    SEED("$Z0,8000100,2;Xa,26000d24200070001327#00\xfe\x03$Z0,8000100,2;X3,220027X3,220127#00\xfe\x03"),
    SEED("$Z0,8000100,2;Xd,22052820000727220103210002#00\xfe\x03$Z0,8000100,2;X3,210000#00\xfe\x03"),
    SEED("$Z0,8000100,2;Xe,2201220222033332012b16082a08#00$Z0,8000100,2;X6,220122000527#00\xfe\x03"),
    SEED("$Z0,8000100,2;cmds:0,X12,22072200220034010007783d25645c6e0027#00\xfe\x03$vCont;c#00\xfe\x03\xfe\x08"),
    SEED("$Z0,8000100,2;cmds:1,X12,2420000061220022003401000425737c0027#00$D#00\xfe\x03"),
    SEED("$vCont;c#00\xfe\x02\xfe\x08$Z0,8000100,2;cmds:0,Xf,2200220022003401000425737c0027#00\xfe\x03"),
    SEED("$vFlashErase:8000000,800#00$vFlashWrite:8000010:ab}\003#00$vFlashDone#00"),
    SEED("$qXfer:features:read:target.xml:0,3ff0#00$qXfer:features:read:target.xml:20,7#00"),
    SEED("$qXfer:memory-map:read::0,1000#00$qXfer:threads:read::0,1000#00$qXfer:features:read:x:0,1#00"),
    SEED("$qfThreadInfo#00$qsThreadInfo#00$qThreadExtraInfo,1#00$T1#00$Hg2#00$Hc-1#00$T3#00\xfe\x16"),
    SEED("$qRcmd,7265736574#00$qRcmd,626164#00$qRcmd,#00"),
    SEED("$!#00$vRun;66;2d76;78#00$vAttach;1#00$vKill;a410#00$R00#00$D;1#00$k#00"),
    SEED("$QNonStop:0#00$QPassSignals:e;10#00$qSymbol::#00$qOffsets#00$qAttached#00$qTStatus#00$vMustReplyEmpty#00"),
    SEED("$?#00\xfe\x10$?#00$m20000000,4#00$vCont;c#00$M20000000,1:00#00\xfe\x10$vCont;c#00\xfe\x10\003\xfe\x68"),
    SEED("$vCont;c#00\xfe\x01$?#00\xfe\x68\xfe\x15$vCont;c#00\xfe\x25$Z2,20000000,4#00"),
    SEED("$m20$g#67+-+\003noise$#00$}#00$a}"),
    {NULL, 0},
};
