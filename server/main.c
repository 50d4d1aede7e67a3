/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * backstep: joins image, machine, stub and host back-ends, and alternates run slices with the event
 * loop, in one thread.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <uv.h>

#include "core/device.h"
#include "core/replay/timeline.h"
#include "gdbstub/gdbstub.h"
#include "server/attach.h"
#include "server/boot.h"
#include "server/explain.h"
#include "server/hosttime.h"
#include "server/listener.h"
#include "server/recording.h"
#include "server/semihosting.h"
#include "server/server.h"
#include "server/stats.h"
#include "server/symbols.h"
#include "server/target.h"
#include "server/uarts.h"

enum { SAY_TEXT = 2048, ERROR_TEXT = 512, NS_PER_MS = 1000000 };

/* Whoever has asked asks again, as a rule: waiting for that so long beats falling asleep and being woken. */
#define LINGER_NS 200000u

#define RECORD_NS 250000000u                    /* --record writes this often in real time, */
#define RECORD_GUEST_NS 500000000u              /* and after so much of the guest's */
#define RECORD_CHECKPOINT_NS 2000000000u        /* and a checkpoint this often */
#define UNROLL_SAY_NS 2000000000u               /* a long replay says how far it is */

/* The program: the server's parts and the event loop's handles around them. */
struct program {
    struct options options;
    struct server server;
    struct target *target;
    struct listener *listener;
    uv_loop_t loop;
    uv_idle_t busy;             /* active while the guest runs without pause, or a client may ask again at once */
    uint64_t woken_ns;          /* host time at which a client last asked */
    uv_timer_t timer;           /* wakes the runner after a pause */
    uv_signal_t signals[2];
    bool loop_open;
    bool signalled;             /* SIGINT or SIGTERM */
    struct recording recording;     /* with --replay */
    int image_fd;                   /* the recording's firmware; -1: none */
    char image_path[32];
    uint64_t recorded_ns, checkpoint_ns;    /* when the recorder, or a long replay, last gave a sign */
    uint64_t recorded_guest_ns;
    uint64_t began_ns;
};

/* ---- output ---- */

void server_say(struct server *server, const char *format, ...)
{
    char text[SAY_TEXT];
    va_list args;
    int size;

    va_start(args, format);
    size = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (size < 0)
        return;
    if ((size_t)size >= sizeof text)
        size = sizeof text - 1;
    if (!server->stub || !stub_console_output(server->stub, text, (size_t)size))
        fwrite(text, 1, (size_t)size, stderr);
}

void server_say_late(struct server *server)
{
    if (!server->forked)
        return;
    server->forked = false;
    server_say(server, "backstep: the past was changed at cycle %" PRIu64 ": what had been recorded after it "
               "is gone\n", server->forked_at);
}

static void history_forked(void *context, struct moment from)
{
    struct program *p = context;

    p->server.forked = true;
    p->server.forked_at = from.cycle;
    if (p->server.recorder)
        recorder_fork(p->server.recorder, from);
    semihosting_rewind(p->server.semihosting, from.cycle);
    if (!p->server.stub || stub_waiting(p->server.stub))
        server_say_late(&p->server);
}

static void machine_output(void *context, const struct device *d, enum io_kind kind, const void *bytes,
                           size_t size)
{
    struct program *p = context;

    if (kind == IO_UART && p->server.uarts)
        uarts_output(p->server.uarts, d->name, bytes, size);
    else if (kind == IO_LED && !p->options.quiet)
        board_say_led(&p->server, d, *(const uint8_t *)bytes);
    else if (kind == IO_I2C && !p->options.quiet)
        board_say_i2c(&p->server, d, bytes, size);
}

static void machine_diag(void *context, const struct diag *diag)
{
    struct program *p = context;

    if (!p->options.quiet)
        explain_diag(&p->server, diag);
}

static void semihosting_write(void *context, const char *text, size_t size)
{
    struct program *p = context;
    enum console_place place = p->options.semihosting_console;

    if (place != CONSOLE_STDIO && p->server.stub && stub_console_output(p->server.stub, text, size))
        return;
    if (place == CONSOLE_GDB)
        return;
    fwrite(text, 1, size, stdout);
    fflush(stdout);
}

static int semihosting_read(void *context, char *text, size_t size)
{
    struct program *p = context;

    return uarts_console_read(p->server.uarts, text, size);
}

/* ---- the loop ---- */

static void on_busy(uv_idle_t *handle);
static void on_timer(uv_timer_t *handle);

/* --record: history is in the file but for its last moments. */
static void write_history(struct program *p)
{
    uint64_t now = host_now_ns(), guest = machine_nanoseconds(p->server.machine);
    bool written = true;

    if (!p->server.recorder ||
        (now - p->recorded_ns < RECORD_NS && guest < p->recorded_guest_ns + RECORD_GUEST_NS))
        return;
    p->recorded_ns = now;
    p->recorded_guest_ns = guest;
    if (now - p->checkpoint_ns >= RECORD_CHECKPOINT_NS) {
        p->checkpoint_ns = now;
        written = recorder_add_checkpoint(p->server.recorder);
    } else {
        written = recorder_add(p->server.recorder);
    }
    if (written)
        return;
    fprintf(stderr, "backstep: --record %s: cannot be written any more\n", p->options.record);
    recorder_close(p->server.recorder);
    p->server.recorder = NULL;
}

/* Runs a slice and arranges the next one. */
static void turn(struct program *p)
{
    uint64_t pause = runner_slice(&p->server.runner);

    write_history(p);
    if (p->options.batch && p->server.runner.finished)
        uv_stop(&p->loop);
    if (pause == RUNNER_NOW || (pause == RUNNER_IDLE && host_now_ns() - p->woken_ns < LINGER_NS)) {
        uv_idle_start(&p->busy, on_busy);
        return;
    }
    uv_idle_stop(&p->busy);
    if (pause == RUNNER_IDLE)
        uv_timer_stop(&p->timer);
    else
        uv_timer_start(&p->timer, on_timer, (pause + NS_PER_MS - 1) / NS_PER_MS, 0);
}

static void on_busy(uv_idle_t *handle)
{
    turn(handle->data);
}

static void on_timer(uv_timer_t *handle)
{
    turn(handle->data);
}

static void wake(void *context)
{
    struct program *p = context;

    p->woken_ns = host_now_ns();
    uv_timer_stop(&p->timer);
    uv_idle_start(&p->busy, on_busy);
}

void server_wake(struct server *server)
{
    wake(server->program);
}

void server_quit(struct server *server)
{
    uv_stop(&server->program->loop);
}

void server_restart(struct server *server, enum reset_kind kind)
{
    if (server->timeline)       /* a reset goes on from the end: it costs no history */
        timeline_seek(server->timeline, timeline_end(server->timeline));
    machine_reset(server->machine, kind);
    boot_start(server->machine, &server->image);
    semihosting_reset(server->semihosting, machine_now(server->machine).cycles);
    runner_restarted(&server->runner);
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct program *p = handle->data;

    (void)number;
    p->signalled = true;
    uv_stop(&p->loop);
}

static bool open_loop(struct program *p)
{
    static const int numbers[] = {SIGINT, SIGTERM};

    if (uv_loop_init(&p->loop) < 0)
        return false;
    p->loop_open = true;
    uv_idle_init(&p->loop, &p->busy);
    uv_timer_init(&p->loop, &p->timer);
    p->busy.data = p->timer.data = p;
    for (unsigned i = 0; i < 2; i++) {
        uv_signal_init(&p->loop, &p->signals[i]);
        p->signals[i].data = p;
        uv_signal_start(&p->signals[i], on_signal, numbers[i]);
    }
    signal(SIGPIPE, SIG_IGN);
    return true;
}

static void close_loop(struct program *p)
{
    if (!p->loop_open)
        return;
    uv_close((uv_handle_t *)&p->busy, NULL);
    uv_close((uv_handle_t *)&p->timer, NULL);
    for (unsigned i = 0; i < 2; i++)
        uv_close((uv_handle_t *)&p->signals[i], NULL);
    uv_run(&p->loop, UV_RUN_DEFAULT);
    uv_loop_close(&p->loop);
}

/* ---- building ---- */

/* The firmware inside a recording becomes a file without a name. */
static bool unpack_image(struct program *p)
{
    const struct recording *r = &p->recording;

    p->image_fd = memfd_create("firmware", MFD_CLOEXEC);
    if (p->image_fd < 0 || write(p->image_fd, r->image, r->image_size) != (ssize_t)r->image_size) {
        fprintf(stderr, "backstep: no memory for the recording's firmware\n");
        return false;
    }
    snprintf(p->image_path, sizeof p->image_path, "/proc/self/fd/%d", p->image_fd);
    return true;
}

static bool same_image(const struct program *p)
{
    FILE *file = fopen(p->options.image, "rb");
    size_t size = p->recording.image_size;
    uint8_t *bytes = malloc(size + 1);
    bool same = file && bytes && fread(bytes, 1, size + 1, file) == size &&
                !memcmp(bytes, p->recording.image, size);

    if (file)
        fclose(file);
    free(bytes);
    return same;
}

static void say_damage(struct program *p)
{
    if (*p->recording.damage)
        fprintf(stderr, "backstep: --replay %s: %s\n", p->options.replay, p->recording.damage);
    *p->recording.damage = 0;
}

/* --replay: chip, board, firmware and options are those of the recording. */
static bool load_recording(struct program *p)
{
    struct options *o = &p->options;
    struct recording *r = &p->recording;
    char error[RECORDING_TEXT];

    if (!o->replay)
        return true;
    if (!recording_load(r, o->replay, error)) {
        fprintf(stderr, "backstep: --replay %s: %s\n", o->replay, error);
        return false;
    }
    say_damage(p);
    if (o->image && !same_image(p)) {
        fprintf(stderr, "backstep: --replay %s: the recording is of another firmware than %s (%s)\n",
                o->replay, o->image, r->image_name);
        return false;
    }
    if (!unpack_image(p))
        return false;
    if (o->check & ~r->options.check)
        fprintf(stderr, "backstep: --replay %s: recorded without --check: not all that --stop-on names is looked for\n",
                o->replay);
    recording_options(r, o);
    o->image_path = p->image_path;
    return true;
}

static bool load_image(struct program *p)
{
    const struct options *o = &p->options;
    struct image_error error;

    if (image_load_file(&p->server.image, o->image_path, o->raw ? IMAGE_RAW : IMAGE_AUTO, o->address, &error))
        return true;
    fprintf(stderr, "backstep: %s\n", error.text);
    return false;
}

static bool build_machine(struct program *p)
{
    const struct options *o = &p->options;
    const struct chip *chip = boot_chip(o, &p->server.image);
    struct machine_options options = {
        .seed = o->seed, .hse_hz = o->hse_hz, .lse_hz = o->lse_hz, .stop_on = o->stop_on,
        .check = o->check,
        .translator = o->translator,
    };
    struct machine_host host = {.context = p, .output = machine_output, .diag = machine_diag};
    char error[ERROR_TEXT];
    const char *lacking;

    if (!chip)
        return false;
    p->server.attachments = attachments_create(o, chip);
    if (!p->server.attachments)
        return false;
    options.board = attachments_board(p->server.attachments);
    p->server.machine = machine_create(chip, &options, &host, error, sizeof error);
    if (!p->server.machine) {
        fprintf(stderr, "backstep: %s: %s\n", chip->name, error);
        return false;
    }
    if (!attachments_fit(p->server.attachments, p->server.machine))
        return false;
    machine_engine(p->server.machine, &lacking);
    if (lacking)
        fprintf(stderr, "backstep: no translator: %s; the interpreter runs instead\n", lacking);
    return boot_load(p->server.machine, &p->server.image, o->image);
}

static bool build_semihosting(struct program *p)
{
    const struct options *o = &p->options;
    struct semihosting_config config = {
        .directory = o->semihosting_dir,
        .history = !o->no_history,
        .program = o->image,
        .command_line = o->semihosting_args ? o->semihosting_args : o->image,
        .write = semihosting_write,
        .read = semihosting_read,
        .context = p,
    };
    char error[ERROR_TEXT];

    p->server.semihosting = semihosting_create(&config, error, sizeof error);
    if (!p->server.semihosting) {
        fprintf(stderr, "backstep: --semihosting: %s\n", error);
        return false;
    }
    server_set_semihosting(&p->server, o->semihosting);
    return true;
}

static void set_modes(struct server *server, struct machine_modes modes)
{
    if (server->timeline) {
        timeline_set_modes(server->timeline, modes);
        return;
    }
    machine_attach_debugger(server->machine, modes.debugger);
    machine_set_semihosting(server->machine, modes.semihosting);
}

void server_set_semihosting(struct server *server, bool on)
{
    server->modes.semihosting = on;
    set_modes(server, server->modes);
}

void server_attach_debugger(struct server *server, bool attached)
{
    server->modes.debugger = attached;
    set_modes(server, server->modes);
}

static bool build_timeline(struct program *p)
{
    struct timeline_options options = {
        .memory = p->options.history_memory, .context = p, .forked = history_forked,
    };

    if (p->options.no_history)
        return true;
    if (p->options.replay && !recording_begin(&p->recording, p->server.machine)) {
        fprintf(stderr, "backstep: --replay %s: made by a backstep whose machine begins otherwise\n",
                p->options.replay);
        return false;
    }
    p->server.timeline = timeline_create(p->server.machine, &options);
    return p->server.timeline;
}

/* While a recording is brought to its end: says how far it is, and looks for Ctrl-C. */
static bool unroll_goes_on(void *context, struct moment at)
{
    struct program *p = context;
    uint64_t now = host_now_ns(), end = timeline_end(p->server.timeline).cycle;

    if (now - p->recorded_ns >= UNROLL_SAY_NS) {
        p->recorded_ns = now;
        fprintf(stderr, "backstep: %s: replayed to cycle %" PRIu64 " of %" PRIu64 "\n", p->options.replay,
                at.cycle, end);
    }
    uv_run(&p->loop, UV_RUN_NOWAIT);
    return !p->signalled;
}

/* The recording of a crash opens where it ends. */
static bool unroll_recording(struct program *p)
{
    if (!p->options.replay)
        return true;
    p->recorded_ns = host_now_ns();
    switch (recording_unroll(&p->recording, p->server.machine, p->server.timeline, unroll_goes_on, p)) {
    case RECORDING_AT_END:
        break;
    case RECORDING_ASTRAY:
        fprintf(stderr, "backstep: --replay %s: the replay does not reach the recorded state\n",
                p->options.replay);
        break;
    case RECORDING_ABANDONED:
        return false;
    }
    say_damage(p);
    server_set_semihosting(&p->server, p->options.semihosting);
    fprintf(stderr, "backstep: %s: %s, %" PRIu64 " cycles\n", p->options.replay, p->options.image,
            timeline_end(p->server.timeline).cycle);
    runner_moved(&p->server.runner);
    return true;
}

static bool open_recorder(struct program *p)
{
    char error[RECORDING_TEXT];

    if (!p->options.record)
        return true;
    p->server.recorder = recorder_open(p->options.record, &p->options, p->server.attachments,
                                       p->server.machine, p->server.timeline, error);
    if (!p->server.recorder)
        fprintf(stderr, "backstep: --record: %s\n", error);
    p->recorded_ns = p->checkpoint_ns = host_now_ns();
    return p->server.recorder;
}

static bool build_stub(struct program *p)
{
    const struct options *o = &p->options;

    if (!o->gdb)
        return true;
    p->target = target_create(&p->server);
    if (!p->target)
        return false;
    p->server.stub = stub_create(target_operations(p->target), p->target);
    if (!p->server.stub)
        return false;
    p->listener = listener_open(&p->loop, p->server.stub, o->gdb_host, o->gdb_port, o->gdb_stdio, wake, p);
    return p->listener;
}

static bool build(struct program *p)
{
    p->server.options = &p->options;
    p->server.program = p;
    p->server.catch_hardfault = true;
    p->image_fd = -1;
    if (!load_recording(p) || !load_image(p) || !build_machine(p) || !open_loop(p))
        return false;
    p->server.symbols = symbols_load(p->options.image_path);
    p->server.uarts = uarts_open(&p->loop, p->server.machine, &p->options);
    if (!p->server.symbols || !p->server.uarts || !build_semihosting(p))
        return false;
    uarts_on_input(p->server.uarts, wake, p);
    machine_set_variables(p->server.machine, symbols_variables(p->server.symbols));
    runner_init(&p->server.runner, &p->server);
    server_restart(&p->server, RESET_POWER_ON);
    return build_timeline(p) && open_recorder(p) && unroll_recording(p) && build_stub(p);
}

static void destroy(struct program *p)
{
    if (p->listener)
        listener_close(p->listener);
    if (p->server.uarts)
        uarts_close(p->server.uarts);
    close_loop(p);
    if (p->listener)
        listener_free(p->listener);
    if (p->server.stub)
        stub_destroy(p->server.stub);
    target_destroy(p->target);
    semihosting_destroy(p->server.semihosting);
    symbols_free(p->server.symbols);
    if (!recorder_close(p->server.recorder))
        fprintf(stderr, "backstep: --record %s: could not be written completely\n", p->options.record);
    timeline_destroy(p->server.timeline);
    recording_free(&p->recording);
    if (p->image_fd >= 0)
        close(p->image_fd);
    machine_destroy(p->server.machine);
    attachments_free(p->server.attachments);
    image_free(&p->server.image);
}

/* ---- running ---- */

/* These words are an interface: IDEs wait for them. One line holds what each client's pattern looks for;
 * the second has the newline right after the number. */
static void say_ready(const struct program *p)
{
    unsigned port = listener_port(p->listener);

    if (p->options.gdb_stdio)
        return;
    printf("Info : Listening on port %u for gdb connections. GDB server listening on port %u. "
           "Listening at *:%u. Waiting for GDB connection. All Servers Running\n",
           port, port, port);
    printf("Listening on port %u\n", port);
    fflush(stdout);
    if (strcmp(p->options.gdb_host, "127.0.0.1") && strcmp(p->options.gdb_host, "localhost"))
        fprintf(stderr, "backstep: listening on %s, not only on this machine\n", p->options.gdb_host);
}

/* The board's memories are written to their files as they are at present, wherever in the past the user stands;
 * those of a recording are somebody else's. */
static void save_attachments(struct program *p)
{
    struct server *s = &p->server;

    if (p->options.replay)
        return;
    if (s->timeline && !timeline_seek(s->timeline, timeline_end(s->timeline)))
        fprintf(stderr, "backstep: --attach: the present cannot be reached again, and no file is written\n");
    else
        attachments_save(s->attachments, s->machine);
}

static int run(struct program *p)
{
    if (p->listener)
        say_ready(p);
    if (p->options.batch || p->options.run) {
        runner_resume(&p->server.runner, &(struct target_resume){.action = TARGET_CONTINUE});
        wake(p);
    }
    uv_run(&p->loop, UV_RUN_DEFAULT);
    if (p->options.stats)
        stats_print(&p->server, host_now_ns() - p->began_ns);
    save_attachments(p);
    return p->options.batch ? p->server.runner.exit_status : 0;
}

int main(int argc, char **argv)
{
    struct program *p = calloc(1, sizeof *p);
    int status = EXIT_USAGE;

    if (!p)
        return EXIT_USAGE;
    p->began_ns = host_now_ns();
    switch (options_parse(&p->options, argc, argv)) {
    case OPTIONS_DONE:
        status = 0;
        break;
    case OPTIONS_BAD:
        break;
    case OPTIONS_RUN:
        if (build(p))
            status = run(p);
        destroy(p);
        break;
    }
    free(p);
    return status;
}
