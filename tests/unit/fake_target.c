/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/fake_target.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A log that is full drops what comes: scripts are short, and fuzzing does not read it. */
static void record(struct fake_target *f, const char *format, ...)
{
    char line[300];
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(line, sizeof line - 1, format, arguments);
    va_end(arguments);
    if (size < 0)
        return;
    if ((size_t)size > sizeof line - 2)
        size = sizeof line - 2;
    line[size++] = '\n';
    if (f->log_size + (size_t)size > sizeof f->log)
        return;
    memcpy(f->log + f->log_size, line, (size_t)size);
    f->log_size += (size_t)size;
}

static enum target_status outcome(struct fake_target *f)
{
    enum target_status status = f->refusal;
    f->refusal = TARGET_OK;
    return status;
}

/* ---- registers and memory ---- */

static unsigned size_of(unsigned reg)
{
    return reg >= ARM_REG_D0 && reg < ARM_REG_FPSCR ? 8 : 4;
}

static enum target_status read_register(void *target, uint32_t thread, unsigned reg, uint8_t *bytes)
{
    struct fake_target *f = target;
    if (thread != f->thread && reg != ARM_REG_SP)
        return TARGET_NO_REGISTER;
    for (unsigned i = 0; i < size_of(reg); i++)
        bytes[i] = (uint8_t)(f->registers[reg] >> 8 * i);
    return TARGET_OK;
}

static enum target_status write_register(void *target, uint32_t thread, unsigned reg,
                                         const uint8_t *bytes)
{
    struct fake_target *f = target;
    uint64_t value = 0;
    for (unsigned i = 0; i < size_of(reg); i++)
        value |= (uint64_t)bytes[i] << 8 * i;
    record(f, "register %u=%" PRIx64 " thread %" PRIu32, reg, value, thread);
    if (f->refusal == TARGET_OK)
        f->registers[reg] = value;
    return outcome(f);
}

/* Where `address` lies, and how many bytes there are from it on. */
static uint8_t *locate(struct fake_target *f, uint32_t address, uint32_t *left)
{
    const struct {
        uint32_t base, size;
        uint8_t *bytes;
    } memories[] = {{FAKE_RAM, FAKE_RAM_SIZE, f->ram},
                    {FAKE_FLASH, FAKE_FLASH_SIZE, f->flash},
                    {(uint32_t)FAKE_TOP, FAKE_TOP_SIZE, f->top}};
    for (size_t i = 0; i < sizeof memories / sizeof *memories; i++) {
        uint32_t offset = address - memories[i].base;
        if (offset < memories[i].size) {
            *left = memories[i].size - offset;
            return memories[i].bytes + offset;
        }
    }
    *left = 0;
    return NULL;
}

static uint32_t read_memory(void *target, uint32_t address, void *bytes, uint32_t size)
{
    uint32_t left;
    const uint8_t *from = locate(target, address, &left);
    uint32_t done = size < left ? size : left;
    if (from != NULL)
        memcpy(bytes, from, done);
    return done;
}

static enum target_status write_memory(void *target, uint32_t address, const void *bytes, uint32_t size)
{
    struct fake_target *f = target;
    uint32_t left;
    uint8_t *to = locate(f, address, &left);
    record(f, "write %08" PRIx32 " %" PRIu32, address, size);
    if (size > left)
        return TARGET_NO_MEMORY;
    if (address - FAKE_FLASH < FAKE_FLASH_SIZE)
        return TARGET_READ_ONLY;
    if (f->refusal == TARGET_OK)
        memcpy(to, bytes, size);
    return outcome(f);
}

/* ---- run control ---- */

static enum target_status start(struct fake_target *f)
{
    enum target_status status = outcome(f);
    f->running = status == TARGET_OK;
    if (f->running && f->stops_at_once)
        fake_stop(f, &(struct target_stop){.kind = TARGET_STOP_STEP});
    return status;
}

static enum target_status resume(void *target, const struct target_resume *how)
{
    struct fake_target *f = target;
    if (how->action == TARGET_RANGE_STEP)
        record(f, "range %" PRIx32 " %" PRIx32 " thread %" PRIu32, how->start, how->end, how->thread);
    else
        record(f, "%s thread %" PRIu32, how->action == TARGET_STEP ? "step" : "continue", how->thread);
    return start(f);
}

static void interrupt(void *target)
{
    record(target, "interrupt");
}

static bool running(void *target)
{
    return ((struct fake_target *)target)->running;
}

static void attached(void *target, bool yes)
{
    record(target, yes ? "attached" : "detached");
}

static enum target_status step_back(void *target, uint32_t thread)
{
    record(target, "step back thread %" PRIu32, thread);
    return start(target);
}

static enum target_status resume_back(void *target, uint32_t thread)
{
    record(target, "continue back thread %" PRIu32, thread);
    return start(target);
}

void fake_stop(struct fake_target *f, const struct target_stop *stop)
{
    f->running = false;
    stub_report_stop(f->stub, stop);
}

/* ---- breakpoints, flash, map ---- */

static enum target_status insert(void *target, enum target_point kind, uint32_t address, uint32_t size)
{
    record(target, "insert %d %" PRIx32 " %" PRIu32, (int)kind, address, size);
    return outcome(target);
}

static enum target_status delete(void *target, enum target_point kind, uint32_t address, uint32_t size)
{
    record(target, "remove %d %" PRIx32 " %" PRIu32, (int)kind, address, size);
    return outcome(target);
}

static enum target_status erase_flash(void *target, uint32_t address, uint32_t size)
{
    struct fake_target *f = target;
    uint32_t left;
    uint8_t *to = locate(f, address, &left);
    record(f, "erase %08" PRIx32 " %" PRIx32, address, size);
    if (address - FAKE_FLASH >= FAKE_FLASH_SIZE || size > left)
        return TARGET_NO_MEMORY;
    memset(to, 0xff, size);
    return outcome(f);
}

static enum target_status write_flash(void *target, uint32_t address, const void *bytes, uint32_t size)
{
    struct fake_target *f = target;
    uint32_t left;
    uint8_t *to = locate(f, address, &left);
    record(f, "flash %08" PRIx32 " %" PRIu32, address, size);
    if (address - FAKE_FLASH >= FAKE_FLASH_SIZE || size > left)
        return TARGET_NO_MEMORY;
    memcpy(to, bytes, size);
    return outcome(f);
}

static enum target_status finish_flash(void *target)
{
    record(target, "flash done");
    return outcome(target);
}

static const struct target_region *regions(void *target, size_t *count)
{
    static const struct target_region list[] = {
        {TARGET_REGION_FLASH, FAKE_FLASH, FAKE_FLASH_SIZE, 0x400},
        {TARGET_REGION_ROM, 0x1fff0000, 0x7800, 0},
        {TARGET_REGION_RAM, FAKE_RAM, FAKE_RAM_SIZE, 0},
        {TARGET_REGION_RAM, 0xe0000000, 0, 0},
    };
    (void)target;
    *count = sizeof list / sizeof *list;
    return list;
}

/* ---- threads: 1 and 2 ---- */

static size_t list_threads(void *target, uint32_t *threads, size_t max)
{
    (void)target;
    (void)max;
    threads[0] = 1;
    threads[1] = 2;
    return 2;
}

static uint32_t current_thread(void *target)
{
    return ((struct fake_target *)target)->thread;
}

static bool describe_thread(void *target, uint32_t thread, char *text, size_t size)
{
    (void)target;
    snprintf(text, size, thread == 1 ? "idle <0>" : "main & co");
    return true;
}

/* ---- monitor, process, console ---- */

static enum target_status monitor(void *target, const char *line, bool in_control)
{
    struct fake_target *f = target;
    record(f, "monitor %s", line);
    f->in_control = in_control;
    if (strcmp(line, "bad") == 0) {
        stub_explain(f->stub, "no such word: %s*", line);
        return TARGET_FAILED;
    }
    stub_console_output(f->stub, "said ", 5);
    stub_console_output(f->stub, line, strlen(line));
    return outcome(f);
}

static enum target_status restart(void *target, const char *arguments)
{
    struct fake_target *f = target;
    record(f, "restart %s", arguments == NULL ? "as before" : arguments);
    f->running = false;
    return outcome(f);
}

static void kill_process(void *target)
{
    struct fake_target *f = target;
    record(f, "kill");
    f->running = false;
}

static void write_console(void *target, const char *text, size_t size)
{
    record(target, "console %.*s", (int)size, text);
}

/* ---- */

static const struct target_feature *const features[] = {&arm_feature_m_profile, &arm_feature_m_system,
                                                        &arm_feature_vfp, NULL};
static const struct target_description description = {"arm", features, ARM_REG_PC, 2};
static const struct target_register_ops register_ops = {read_register, write_register};
static const struct target_memory_ops memory_ops = {read_memory, write_memory};
static const struct target_run_ops run_ops = {resume, interrupt, running, attached};
static const struct target_breakpoint_ops breakpoint_ops = {insert, delete};
static const struct target_flash_ops flash_ops = {erase_flash, write_flash, finish_flash};
static const struct target_map_ops map_ops = {regions};
static const struct target_thread_ops thread_ops = {list_threads, current_thread, describe_thread};
static const struct target_reverse_ops reverse_ops = {step_back, resume_back};
static const struct target_monitor_ops monitor_ops = {monitor};
static const struct target_process_ops process_ops = {restart, kill_process};
static const struct target_console_ops console_ops = {write_console};

void fake_init(struct fake_target *f)
{
    memset(f, 0, sizeof *f);
    f->ops = (struct target_ops){&description, &register_ops, &memory_ops,  &run_ops,
                                 &breakpoint_ops, &flash_ops, &map_ops,     &thread_ops,
                                 &reverse_ops, &monitor_ops,  &process_ops, &console_ops};
    f->thread = 1;
    for (size_t i = 0; i < sizeof f->ram; i++)
        f->ram[i] = (uint8_t)i;
    memset(f->flash, 0xff, sizeof f->flash);
    memset(f->top, 0x11, sizeof f->top);
    for (unsigned i = 0; i < ARM_REG_COUNT; i++)
        f->registers[i] = 0x10 + i;
    f->registers[ARM_REG_SP] = FAKE_RAM + 0x7000;
    f->registers[ARM_REG_PC] = FAKE_FLASH + 0x100;
}
