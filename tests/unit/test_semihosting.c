/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The guest's files, and what becomes of them when history begins anew in the past. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/replay/timeline.h"
#include "server/semihosting.h"
#include "tests/unit/arm_board.h"

enum {
    CALL = ARM_MAIN, BLOCK = ARM_DATA, TEXT = ARM_DATA + 64, BKPT_AB = 0xBEAB,
    SYS_OPEN = 1, SYS_CLOSE = 2, SYS_WRITE = 5, SYS_READ = 6, MODE_READ = 0, MODE_WRITE = 4, MODE_APPEND = 8
};

static struct arm_board *b;
static struct timeline *t;
static struct semihosting *s;
static char folder[] = "/tmp/semihosting-XXXXXX";
static char path[64];

static void on_fork(void *context, struct moment from)
{
    (void)context;
    semihosting_rewind(s, from.cycle);
}

static void setup(void)
{
    char error[256];

    cr_assert(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/log", folder);
    s = semihosting_create(&(struct semihosting_config){.directory = folder, .program = "test", .command_line = "test",
                                                        .history = true}, error, sizeof error);
    cr_assert(s, "%s", error);
    b = arm_create(CPU_CORTEX_M4F);
    CODE(b, CALL, OP_NOP_T1, BKPT_AB, 0xE7FC);      /* b to the begin */
    machine_set_semihosting(b->m, true);
    t = timeline_create(b->m, &(struct timeline_options){.memory = TIMELINE_MEMORY, .forked = on_fork});
    cr_assert(t);
}

static void teardown(void)
{
    timeline_destroy(t);
    arm_destroy(b);
    semihosting_destroy(s);
    unlink(path);
    rmdir(folder);
}

TestSuite(semihosting, .init = setup, .fini = teardown);

/* The guest makes the call; its result. */
static uint32_t call(uint32_t operation, uint32_t a, uint32_t second, uint32_t third)
{
    uint32_t block[3] = {a, second, third}, done;
    int status;

    machine_poke(b->m, BLOCK, block, sizeof block, &done);
    arm_set(b, REG_R0, operation);
    arm_set(b, REG_R0 + 1, BLOCK);
    while (timeline_run(t, vtime_at(arm_now(b) + 100)).kind != STOP_SEMIHOSTING)
        continue;
    cr_assert_eq(semihosting_serve(s, b->m, &status), SEMIHOSTING_DONE);
    timeline_step(t);
    return arm_reg(b, REG_R0);
}

static uint32_t put_text(const char *text)
{
    uint32_t done;

    machine_poke(b->m, TEXT, text, (uint32_t)strlen(text) + 1, &done);
    return (uint32_t)strlen(text);
}

static uint32_t open_log(uint32_t mode)
{
    return call(SYS_OPEN, TEXT, mode, put_text("log"));
}

static void write_text(uint32_t handle, const char *text)
{
    cr_assert_eq(call(SYS_WRITE, handle, TEXT, put_text(text)), 0);
}

static void expect_log(const char *want)
{
    char got[256] = "";
    FILE *f = fopen(path, "r");

    cr_assert(f);
    got[fread(got, 1, sizeof got - 1, f)] = 0;
    fclose(f);
    cr_assert_str_eq(got, want);
}

Test(semihosting, a_new_future_writes_on_where_the_file_was_then)
{
    uint32_t handle = open_log(MODE_WRITE);
    struct moment then;

    write_text(handle, "one ");
    then = timeline_now(t);
    write_text(handle, "two ");
    write_text(handle, "three ");
    cr_assert_eq(call(SYS_CLOSE, handle, 0, 0), 0);
    cr_assert(timeline_seek(t, then));
    expect_log("one two three ");
    write_text(handle, "other ");
    expect_log("one other ");
}

Test(semihosting, going_back_and_forth_leaves_files_alone)
{
    uint32_t handle = open_log(MODE_APPEND);
    struct moment then = timeline_now(t);

    write_text(handle, "one ");
    cr_assert(timeline_seek(t, then));
    cr_assert(timeline_seek(t, timeline_end(t)));
    write_text(handle, "two ");
    expect_log("one two ");
}

Test(semihosting, handles_opened_later_are_closed)
{
    struct moment then = timeline_now(t);
    uint32_t first = open_log(MODE_WRITE);

    cr_assert(timeline_seek(t, then));
    cr_assert_eq(open_log(MODE_WRITE), first, "its number is free again");
}

Test(semihosting, a_file_that_is_read_goes_back_to_its_position)
{
    uint32_t handle = open_log(MODE_WRITE), done;
    struct moment then;
    char got[4];

    write_text(handle, "abcdefgh");
    call(SYS_CLOSE, handle, 0, 0);
    handle = open_log(MODE_READ);
    cr_assert_eq(call(SYS_READ, handle, TEXT, 2), 0);
    then = timeline_now(t);
    cr_assert_eq(call(SYS_READ, handle, TEXT, 4), 0);
    cr_assert(timeline_seek(t, then));
    cr_assert_eq(call(SYS_READ, handle, TEXT, 4), 0);
    machine_peek(b->m, TEXT, got, 4, &done);
    cr_assert(!memcmp(got, "cdef", 4));
    expect_log("abcdefgh");
}

Test(semihosting, a_reset_closes_files_in_the_past_too)
{
    uint32_t handle = open_log(MODE_WRITE);
    struct moment then;

    machine_reset(b->m, RESET_SYSTEM);
    semihosting_reset(s, arm_now(b));
    CODE(b, CALL, OP_NOP_T1, BKPT_AB, 0xE7FC);
    arm_set(b, REG_PC, CALL);
    timeline_step(t);
    then = timeline_now(t);
    timeline_step(t);
    cr_assert(timeline_seek(t, then));
    cr_assert_eq(call(SYS_CLOSE, handle, 0, 0), UINT32_MAX, "it is closed");
}
