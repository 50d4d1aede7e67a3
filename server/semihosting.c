/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Arm semihosting, after "Semihosting for AArch32 and AArch64" 2.0. Operation in r0, parameter or
 * parameter block in r1, result in r0. See semihosting.h.
 *
 * Clocks are guest time, so that a run repeats; SYS_TIME is the host's calendar. SYS_HEAPINFO answers
 * zeros ("no information"), as probes do: the firmware's linker script knows better. SYS_SYSTEM is
 * refused.
 *
 * A new future that begins in the past has the handles of that moment, at their positions, and what was
 * appended later is cut off. What was overwritten, removed or renamed stays so.
 */
#include "server/semihosting.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/machine.h"
#include "server/filepast.h"
#include "server/hostdir.h"
#include "server/options.h"

enum {
    HANDLES = 64,
    PATH_BYTES = 1024,
    CHUNK = 4096,
    BLOCK_WORDS = 4,
    NS_PER_TICK = 1000,             /* SYS_ELAPSED counts guest microseconds */
    NS_PER_CENTISECOND = 10000000,
    EXIT_APPLICATION = 0x20026,     /* ADP_Stopped_ApplicationExit */
    RESULT_ERROR = -1
};

enum operation {
    SYS_OPEN = 0x01, SYS_CLOSE = 0x02, SYS_WRITEC = 0x03, SYS_WRITE0 = 0x04, SYS_WRITE = 0x05,
    SYS_READ = 0x06, SYS_READC = 0x07, SYS_ISERROR = 0x08, SYS_ISTTY = 0x09, SYS_SEEK = 0x0A,
    SYS_FLEN = 0x0C, SYS_TMPNAM = 0x0D, SYS_REMOVE = 0x0E, SYS_RENAME = 0x0F, SYS_CLOCK = 0x10,
    SYS_TIME = 0x11, SYS_SYSTEM = 0x12, SYS_ERRNO = 0x13, SYS_GET_CMDLINE = 0x15, SYS_HEAPINFO = 0x16,
    SYS_EXIT = 0x18, SYS_EXIT_EXTENDED = 0x20, SYS_ELAPSED = 0x30, SYS_TICKFREQ = 0x31
};

enum handle_kind { HANDLE_FREE, HANDLE_CONSOLE, HANDLE_FEATURES, HANDLE_FILE };

struct handle {
    enum handle_kind kind;
    int fd;
    uint32_t position;              /* HANDLE_FEATURES */
    uint8_t mode;                   /* HANDLE_FILE, from here on */
    uint32_t path;                  /* filepast_path */
};

struct semihosting {
    struct semihosting_config config;
    char *command_line;             /* in place of the configured one, or NULL */
    int directory;                  /* -1: none */
    struct handle handles[HANDLES]; /* number n is handles[n - 1] */
    struct filepast *past;
    int last_errno;
};

/* A call being served. */
struct call {
    struct semihosting *s;
    struct machine *m;
    uint32_t parameter;             /* r1 */
    uint32_t block[BLOCK_WORDS];
    int *status;
    bool wait, exit;
    struct handle *changed;         /* by the call, or NULL */
};

static const char features[] = {'S', 'H', 'F', 'B', 3};    /* SYS_EXIT_EXTENDED, stdout and stderr apart */

/* ---- guest memory ---- */

static bool read_guest(struct machine *m, uint32_t address, void *bytes, uint32_t size)
{
    uint32_t done;

    return machine_peek(m, address, bytes, size, &done);
}

static bool read_block(struct call *c, unsigned words)
{
    uint8_t bytes[4 * BLOCK_WORDS];

    if (!read_guest(c->m, c->parameter, bytes, 4 * words)) {
        c->s->last_errno = EFAULT;
        return false;
    }
    for (unsigned i = 0; i < words; i++)
        c->block[i] = bytes[4 * i] | bytes[4 * i + 1] << 8 | bytes[4 * i + 2] << 16 |
                      (uint32_t)bytes[4 * i + 3] << 24;
    return true;
}

/* A string of known length; false (errno set) when it is too long or not in memory. */
static bool read_string(struct call *c, uint32_t address, uint32_t length, char text[PATH_BYTES])
{
    if (length >= PATH_BYTES) {
        c->s->last_errno = ENAMETOOLONG;
        return false;
    }
    if (!read_guest(c->m, address, text, length)) {
        c->s->last_errno = EFAULT;
        return false;
    }
    text[length] = 0;
    return true;
}

static void write_words(struct machine *m, uint32_t address, const uint32_t *words, unsigned count)
{
    uint8_t bytes[4 * BLOCK_WORDS];

    for (unsigned i = 0; i < 4 * count; i++)
        bytes[i] = (uint8_t)(words[i / 4] >> 8 * (i % 4));
    machine_semihosting_write(m, address, bytes, 4 * count);
}

/* ---- handles ---- */

static int32_t fail(struct call *c, int error)
{
    c->s->last_errno = error;
    return RESULT_ERROR;
}

static struct handle *handle_of(struct call *c, uint32_t number)
{
    if (number - 1 < HANDLES && c->s->handles[number - 1].kind != HANDLE_FREE)
        return c->changed = &c->s->handles[number - 1];
    c->s->last_errno = EBADF;
    return NULL;
}

static void close_handle(struct handle *h)
{
    if (h->kind == HANDLE_FILE)
        close(h->fd);
    *h = (struct handle){.kind = HANDLE_FREE};
}

static int32_t new_handle(struct call *c, struct handle handle)
{
    for (unsigned i = 0; i < HANDLES; i++)
        if (c->s->handles[i].kind == HANDLE_FREE) {
            c->s->handles[i] = handle;
            c->changed = &c->s->handles[i];
            return (int32_t)i + 1;
        }
    close_handle(&handle);
    return fail(c, EMFILE);
}

/* By SYS_OPEN's mode, in pairs: text and binary. */
static const int open_flags[] = {
    O_RDONLY, O_RDWR, O_WRONLY | O_CREAT | O_TRUNC, O_RDWR | O_CREAT | O_TRUNC,
    O_WRONLY | O_CREAT | O_APPEND, O_RDWR | O_CREAT | O_APPEND,
};

/* ---- handles of the past ---- */

/* What a handle is now holds from `cycle` on. */
static void note_handle(struct semihosting *s, const struct handle *h, uint64_t cycle)
{
    struct file_state state = {.kind = (uint8_t)h->kind, .mode = h->mode, .path = h->path, .size = -1};
    struct stat status;

    if (!s->config.history)
        return;
    if (h->kind == HANDLE_FEATURES)
        state.position = h->position;
    if (h->kind == HANDLE_FILE) {
        state.position = lseek(h->fd, 0, SEEK_CUR);
        state.size = fstat(h->fd, &status) < 0 ? -1 : status.st_size;
    }
    filepast_note(s->past, cycle, (unsigned)(h - s->handles), &state);
}

/* False: it keeps what is behind `size`. */
static bool cut_off(int fd, int64_t size)
{
    struct stat status;

    return size >= 0 && fstat(fd, &status) == 0 && status.st_size > size && ftruncate(fd, size) == 0;
}

static struct handle reopened(const struct semihosting *s, const struct file_state *state)
{
    const char *path = filepast_text(s->past, state->path);
    int flags = open_flags[state->mode / 2];
    struct handle h = {.kind = HANDLE_FILE, .mode = state->mode, .path = state->path};

    h.fd = path ? hostdir_open(s->directory, path, flags & ~(O_TRUNC | O_CREAT), 0) : -1;
    if (h.fd < 0)
        return (struct handle){.kind = HANDLE_FREE};    /* removed since: a bad handle for the guest */
    if ((flags & O_ACCMODE) != O_RDONLY)
        cut_off(h.fd, filepast_size(s->past, state->path));
    lseek(h.fd, state->position, SEEK_SET);
    return h;
}

void semihosting_rewind(struct semihosting *s, uint64_t cycle)
{
    filepast_rewind(s->past, cycle);
    for (unsigned i = 0; i < HANDLES; i++) {
        struct file_state state = filepast_last(s->past, i);
        close_handle(&s->handles[i]);
        if (state.kind == HANDLE_FILE)
            s->handles[i] = reopened(s, &state);
        else
            s->handles[i] = (struct handle){.kind = state.kind, .position = (uint32_t)state.position};
    }
}

/* ---- operations: each returns what goes to r0 ---- */

static int32_t open_file(struct call *c, const char *path, uint32_t mode)
{
    struct stat status;
    int fd;

    if (c->s->directory < 0)
        return fail(c, EACCES);
    fd = hostdir_open(c->s->directory, path, open_flags[mode / 2], 0666);
    if (fd < 0)
        return fail(c, errno);
    if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode)) {
        close(fd);
        return fail(c, EACCES);
    }
    return new_handle(c, (struct handle){
        .kind = HANDLE_FILE, .fd = fd, .mode = (uint8_t)mode, .path = filepast_path(c->s->past, path),
    });
}

static int32_t op_open(struct call *c)
{
    char path[PATH_BYTES];

    if (!read_block(c, 3) || !read_string(c, c->block[0], c->block[2], path))
        return RESULT_ERROR;
    if (c->block[1] > 11)
        return fail(c, EINVAL);
    if (!strcmp(path, ":tt"))
        return new_handle(c, (struct handle){.kind = HANDLE_CONSOLE});
    if (!strcmp(path, ":semihosting-features"))
        return new_handle(c, (struct handle){.kind = HANDLE_FEATURES});
    return open_file(c, path, c->block[1]);
}

static int32_t op_close(struct call *c)
{
    struct handle *h;

    if (!read_block(c, 1) || !(h = handle_of(c, c->block[0])))
        return RESULT_ERROR;
    close_handle(h);
    return 0;
}

static void console_write(struct call *c, const char *text, size_t size)
{
    c->s->config.write(c->s->config.context, text, size);
}

static int32_t op_writec(struct call *c)
{
    char character;

    if (read_guest(c->m, c->parameter, &character, 1))
        console_write(c, &character, 1);
    return 0;
}

static int32_t op_write0(struct call *c)
{
    char text[CHUNK];
    uint32_t address = c->parameter, done;
    size_t size;

    do {
        machine_peek(c->m, address, text, sizeof text, &done);
        size = strnlen(text, done);
        if (size)
            console_write(c, text, size);
        address += (uint32_t)size;
    } while (done && size == done);
    return 0;
}

/* Bytes written of one chunk. */
static size_t write_chunk(struct call *c, const struct handle *h, const char *bytes, size_t size)
{
    ssize_t count;

    if (h->kind == HANDLE_CONSOLE) {
        console_write(c, bytes, size);
        return size;
    }
    count = h->kind == HANDLE_FILE ? write(h->fd, bytes, size) : -1;
    if (count < 0)
        c->s->last_errno = h->kind == HANDLE_FILE ? errno : EBADF;
    return count < 0 ? 0 : (size_t)count;
}

/* Result: bytes not written. */
static int32_t op_write(struct call *c)
{
    struct handle *h;
    char bytes[CHUNK];
    uint32_t address, left;

    if (!read_block(c, 3) || !(h = handle_of(c, c->block[0])))
        return RESULT_ERROR;
    address = c->block[1];
    for (left = c->block[2]; left;) {
        uint32_t size = left < CHUNK ? left : CHUNK;
        size_t done;
        if (!read_guest(c->m, address, bytes, size)) {
            c->s->last_errno = EFAULT;
            break;
        }
        done = write_chunk(c, h, bytes, size);
        address += (uint32_t)done;
        left -= (uint32_t)done;
        if (done < size)
            break;
    }
    return (int32_t)left;
}

static int console_read(struct call *c, char *bytes, size_t size)
{
    int count = c->s->config.read(c->s->config.context, bytes, size);

    c->wait = count == 0;
    return count < 0 ? 0 : count;       /* no more will come: end of file */
}

static int read_chunk(struct call *c, struct handle *h, char *bytes, size_t size)
{
    ssize_t count;

    if (h->kind == HANDLE_CONSOLE)
        return console_read(c, bytes, size);
    if (h->kind == HANDLE_FEATURES) {
        size_t left = sizeof features - h->position;
        size = size < left ? size : left;
        memcpy(bytes, features + h->position, size);
        h->position += (uint32_t)size;
        return (int)size;
    }
    count = read(h->fd, bytes, size);
    if (count < 0)
        c->s->last_errno = errno;
    return count < 0 ? 0 : (int)count;
}

/* Result: bytes of the buffer that were not filled. The console gives what is there, at least one byte. */
static int32_t op_read(struct call *c)
{
    struct handle *h;
    char bytes[CHUNK];
    uint32_t address, left;

    if (!read_block(c, 3) || !(h = handle_of(c, c->block[0])))
        return RESULT_ERROR;
    address = c->block[1];
    for (left = c->block[2]; left;) {
        int count = read_chunk(c, h, bytes, left < CHUNK ? left : CHUNK);
        if (count <= 0)
            break;
        machine_semihosting_write(c->m, address, bytes, (uint32_t)count);
        address += (uint32_t)count;
        left -= (uint32_t)count;
        if (h->kind == HANDLE_CONSOLE)
            break;
    }
    return (int32_t)left;
}

static int32_t op_readc(struct call *c)
{
    char character;

    return console_read(c, &character, 1) ? (unsigned char)character : RESULT_ERROR;
}

static int32_t op_iserror(struct call *c)
{
    return read_block(c, 1) && (int32_t)c->block[0] < 0;
}

static int32_t op_istty(struct call *c)
{
    struct handle *h;

    if (!read_block(c, 1) || !(h = handle_of(c, c->block[0])))
        return RESULT_ERROR;
    return h->kind == HANDLE_CONSOLE;
}

static int32_t op_seek(struct call *c)
{
    struct handle *h;

    if (!read_block(c, 2) || !(h = handle_of(c, c->block[0])))
        return RESULT_ERROR;
    if (h->kind == HANDLE_CONSOLE)
        return fail(c, ESPIPE);
    if (h->kind == HANDLE_FEATURES) {
        h->position = c->block[1] < sizeof features ? c->block[1] : sizeof features;
        return 0;
    }
    return lseek(h->fd, c->block[1], SEEK_SET) < 0 ? fail(c, errno) : 0;
}

static int32_t op_flen(struct call *c)
{
    struct handle *h;
    struct stat status;

    if (!read_block(c, 1) || !(h = handle_of(c, c->block[0])))
        return RESULT_ERROR;
    if (h->kind == HANDLE_CONSOLE)
        return 0;
    if (h->kind == HANDLE_FEATURES)
        return sizeof features;
    return fstat(h->fd, &status) < 0 ? fail(c, errno) : (int32_t)status.st_size;
}

static int32_t op_tmpnam(struct call *c)
{
    char name[32];
    int size;

    if (!read_block(c, 3))
        return RESULT_ERROR;
    size = snprintf(name, sizeof name, "tmp%03u", (unsigned)(c->block[1] & 0xFF)) + 1;
    if ((uint32_t)size > c->block[2])
        return fail(c, EINVAL);
    machine_semihosting_write(c->m, c->block[0], name, (uint32_t)size);
    return 0;
}

static int32_t op_remove(struct call *c)
{
    char path[PATH_BYTES];

    if (!read_block(c, 2) || !read_string(c, c->block[0], c->block[1], path))
        return RESULT_ERROR;
    if (c->s->directory < 0)
        return fail(c, EACCES);
    return hostdir_remove(c->s->directory, path) < 0 ? fail(c, errno) : 0;
}

static int32_t op_rename(struct call *c)
{
    char from[PATH_BYTES], to[PATH_BYTES];

    if (!read_block(c, 4) || !read_string(c, c->block[0], c->block[1], from) ||
        !read_string(c, c->block[2], c->block[3], to))
        return RESULT_ERROR;
    if (c->s->directory < 0)
        return fail(c, EACCES);
    return hostdir_rename(c->s->directory, from, to) < 0 ? fail(c, errno) : 0;
}

static int32_t op_clock(struct call *c)
{
    return (int32_t)(machine_nanoseconds(c->m) / NS_PER_CENTISECOND);
}

static int32_t op_time(struct call *c)
{
    (void)c;
    return (int32_t)time(NULL);
}

static int32_t op_system(struct call *c)
{
    return fail(c, ENOSYS);
}

static int32_t op_errno(struct call *c)
{
    return c->s->last_errno;
}

static int32_t op_get_cmdline(struct call *c)
{
    const char *text = c->s->command_line ? c->s->command_line : c->s->config.command_line;
    uint32_t size = (uint32_t)strlen(text);

    if (!read_block(c, 2))
        return RESULT_ERROR;
    if (size >= c->block[1])
        return fail(c, E2BIG);
    machine_semihosting_write(c->m, c->block[0], text, size + 1);
    write_words(c->m, c->parameter + 4, &size, 1);
    return 0;
}

static int32_t op_heapinfo(struct call *c)
{
    static const uint32_t unknown[4];

    if (!read_block(c, 1))
        return RESULT_ERROR;
    write_words(c->m, c->block[0], unknown, 4);
    return 0;
}

static int32_t leave(struct call *c, uint32_t reason, uint32_t code)
{
    c->exit = true;
    *c->status = reason != EXIT_APPLICATION ? 1 : code > EXIT_FIRMWARE_MAX ? EXIT_FIRMWARE_MAX : (int)code;
    return 0;
}

static int32_t op_exit(struct call *c)
{
    return leave(c, c->parameter, 0);
}

static int32_t op_exit_extended(struct call *c)
{
    if (!read_block(c, 2))
        return leave(c, 0, 0);
    return leave(c, c->block[0], c->block[1]);
}

static int32_t op_elapsed(struct call *c)
{
    uint64_t ticks = machine_nanoseconds(c->m) / NS_PER_TICK;
    uint32_t words[2] = {(uint32_t)ticks, (uint32_t)(ticks >> 32)};

    write_words(c->m, c->parameter, words, 2);
    return 0;
}

static int32_t op_tickfreq(struct call *c)
{
    (void)c;
    return 1000000000 / NS_PER_TICK;
}

static const struct {
    enum operation number;
    int32_t (*serve)(struct call *c);
} operations[] = {
    {SYS_OPEN, op_open},       {SYS_CLOSE, op_close},     {SYS_WRITEC, op_writec},
    {SYS_WRITE0, op_write0},   {SYS_WRITE, op_write},     {SYS_READ, op_read},
    {SYS_READC, op_readc},     {SYS_ISERROR, op_iserror}, {SYS_ISTTY, op_istty},
    {SYS_SEEK, op_seek},       {SYS_FLEN, op_flen},       {SYS_TMPNAM, op_tmpnam},
    {SYS_REMOVE, op_remove},   {SYS_RENAME, op_rename},   {SYS_CLOCK, op_clock},
    {SYS_TIME, op_time},       {SYS_SYSTEM, op_system},   {SYS_ERRNO, op_errno},
    {SYS_GET_CMDLINE, op_get_cmdline},                    {SYS_HEAPINFO, op_heapinfo},
    {SYS_EXIT, op_exit},       {SYS_EXIT_EXTENDED, op_exit_extended},
    {SYS_ELAPSED, op_elapsed}, {SYS_TICKFREQ, op_tickfreq},
};

static int32_t dispatch(struct call *c, uint32_t number)
{
    for (unsigned i = 0; i < sizeof operations / sizeof *operations; i++)
        if ((uint32_t)operations[i].number == number)
            return operations[i].serve(c);
    return fail(c, ENOSYS);
}

enum semihosting_outcome semihosting_serve(struct semihosting *s, struct machine *m, int *status)
{
    struct call c = {.s = s, .m = m, .parameter = machine_reg(m, REG_R0 + 1), .status = status};
    uint32_t operation = machine_reg(m, REG_R0);
    int32_t result = dispatch(&c, operation);

    if (c.wait)
        return SEMIHOSTING_WAIT;
    if (c.exit)
        return SEMIHOSTING_EXIT;
    if (c.changed && (c.changed->kind != HANDLE_CONSOLE || operation == SYS_OPEN))
        note_handle(s, c.changed, machine_now(m).cycles + 1);       /* the call takes a cycle */
    machine_semihosting_return(m, (uint32_t)result);
    return SEMIHOSTING_DONE;
}

/* ---- life ---- */

struct semihosting *semihosting_create(const struct semihosting_config *config, char *error, size_t size)
{
    struct semihosting *s = calloc(1, sizeof *s);

    snprintf(error, size, "out of memory");
    if (!s)
        return NULL;
    s->config = *config;
    s->directory = -1;
    s->past = filepast_create();
    if (s->past && config->directory) {
        s->directory = open(config->directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
        snprintf(error, size, "%s: %s", config->directory, strerror(errno));
    }
    if (s->past && (!config->directory || s->directory >= 0))
        return s;
    semihosting_destroy(s);
    return NULL;
}

bool semihosting_set_arguments(struct semihosting *s, const char *arguments)
{
    size_t size = strlen(s->config.program) + strlen(arguments) + 2;
    char *line = NULL;

    if (*arguments) {
        line = malloc(size);
        if (!line)
            return false;
        snprintf(line, size, "%s %s", s->config.program, arguments);
    }
    free(s->command_line);
    s->command_line = line;
    return true;
}

void semihosting_reset(struct semihosting *s, uint64_t cycle)
{
    for (unsigned i = 0; i < HANDLES; i++) {
        if (s->handles[i].kind == HANDLE_FREE)
            continue;
        close_handle(&s->handles[i]);
        note_handle(s, &s->handles[i], cycle);
    }
}

void semihosting_destroy(struct semihosting *s)
{
    if (!s)
        return;
    for (unsigned i = 0; i < HANDLES; i++)
        close_handle(&s->handles[i]);
    filepast_destroy(s->past);
    if (s->directory >= 0)
        close(s->directory);
    free(s->command_line);
    free(s);
}
