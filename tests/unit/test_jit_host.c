/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hosts that restrict executable memory: what the translator needs of them, and what a machine does without. */
#include <criterion/criterion.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "tests/unit/engine_pair.h"

/* counts up r0 */
static const uint16_t loop[] = {0x3001, 0xE7FD};

enum { SET_MDWE = 65, REFUSE_EXEC_GAIN = 1 };       /* since Linux 6.3 */

/* From now on this process is refused the system call when its third argument has one of these bits (0: always). */
static void refuse(unsigned call, uint32_t bits)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 4),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, bits),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, bits, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EACCES),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog program = {sizeof filter / sizeof filter[0], filter};

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
        cr_skip_test("this host filters no system calls");
}

static void expect_interpreter(void)
{
    const char *why = NULL;

    pair_create(0);
    cr_assert_str_eq(machine_engine(pair[1], &why), "interpreter");
    cr_assert(why);
    cr_expect(strstr(why, "executed"), "%s", why);
    pair_begin(CODE, loop, sizeof loop);
    pair_run(1000);
    expect_same("interpreted");
    cr_expect_gt(machine_reg(pair[1], REG_R0), 100);
    pair_teardown();
}

Test(jit_host, without_executable_memory_the_interpreter_runs)
{
    refuse(SYS_mmap, PROT_EXEC);
    refuse(SYS_mprotect, PROT_EXEC);
    expect_interpreter();
}

Test(jit_host, without_memory_files_the_interpreter_runs)
{
    refuse(SYS_memfd_create, 0);
    expect_interpreter();
}

/* Of all the process has mapped, as the kernel tells it. */
static bool some_page_is_both(void)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[512], access[5];
    bool both = false;

    cr_assert(maps);
    while (fgets(line, sizeof line, maps))
        both |= sscanf(line, "%*s %4s", access) == 1 && access[1] == 'w' && access[2] == 'x';
    fclose(maps);
    return both;
}

/* As service managers and hardened kernels do it: no page is writable and executable, none becomes executable. */
Test(jit_host, no_page_is_ever_writable_and_executable)
{
    refuse(SYS_mmap, PROT_WRITE | PROT_EXEC);
    refuse(SYS_mprotect, PROT_EXEC);
    prctl(SET_MDWE, REFUSE_EXEC_GAIN, 0, 0, 0);     /* an older kernel knows it not */
    pair_create(0);
    cr_assert_str_eq(machine_engine(pair[1], NULL), "translator");
    pair_begin(CODE, loop, sizeof loop);
    for (unsigned n = 0; n < 20; n++) {
        pair_run(100 + n);
        expect_same("restricted");
    }
    cr_expect_not(some_page_is_both());
    pair_teardown();
}
