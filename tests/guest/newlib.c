/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A program of the C library as toolchains ship it: newlib's own start code, printf, malloc and files, all through
 * semihosting. The files lie in the folder that the emulator was given; nothing outside it may be reached.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/semihosting.h"

static int tests, failures;

static void check(const char *name, int condition)
{
    printf("%s %d - %s\n", condition ? "ok" : "not ok", ++tests, name);
    failures += !condition;
}

static void test_printf(void)
{
    char text[80];

    snprintf(text, sizeof text, "%d %5u|%-6x|%s %c", -42, 7u, 0xBEEFu, "str", 'z');
    check("integers_print", !strcmp(text, "-42     7|beef  |str z"));
    snprintf(text, sizeof text, "%.3f %e %g", 3.14159, 12345.678, 0.0001);
    check("floats_print", !strcmp(text, "3.142 1.234568e+04 0.0001"));
    snprintf(text, sizeof text, "%lld %llx", -1234567890123LL, 0xFEDCBA9876543210ULL);
    check("long_long_prints", !strcmp(text, "-1234567890123 fedcba9876543210"));
    check("strtod_reads", strtod("2.5e3", NULL) == 2500.0);
    check("sqrt_and_sin", fabs(sin(1.0) - 0.8414709848) < 1e-9 && sqrtf(2.0f) == 1.41421356f);
}

static void test_heap(void)
{
    char *blocks[20];
    int right = 1;
    for (int i = 0; i < 20; i++) {
        blocks[i] = malloc((size_t)(i + 1) * 100);
        right = right && blocks[i];
        if (blocks[i])
            memset(blocks[i], i, (size_t)(i + 1) * 100);
    }
    for (int i = 0; i < 20; i++) {
        right = right && blocks[i] && blocks[i][(i + 1) * 100 - 1] == i;
        free(blocks[i]);
    }
    check("malloc_gives_memory_that_holds", right);
    void *big = malloc(64 * 1024);
    check("64k_of_heap", big != NULL);
    free(big);
    check("more_than_the_ram_is_refused", malloc(256 * 1024) == NULL);
}

static void test_files(void)
{
    char text[32] = "";
    FILE *f = fopen("file.txt", "w");
    check("file_opens_for_writing", f != NULL);
    check("file_takes_text", f && fprintf(f, "line %d\nline %d\n", 1, 2) == 14);
    check("file_closes", f && !fclose(f));
    f = fopen("file.txt", "r");
    check("file_opens_for_reading", f != NULL);
    check("first_line_reads", f && fgets(text, sizeof text, f) && !strcmp(text, "line 1\n"));
    check("seek_and_tell", f && !fseek(f, 0, SEEK_END) && ftell(f) == 14);
    check("end_of_file", f && fgetc(f) == EOF && feof(f));
    if (f)
        fclose(f);
    /* newlib's rename links and unlinks, which semihosting does not know. */
    uintptr_t names[4] = {(uintptr_t)"file.txt", 8, (uintptr_t)"other.txt", 9};
    check("file_is_renamed", semihosting(SYS_RENAME, (uintptr_t)names) == 0);
    f = fopen("file.txt", "r");
    check("old_name_is_gone", f == NULL && errno == ENOENT);
    f = fopen("other.txt", "a+");
    check("file_opens_for_appending", f && fputs("three\n", f) >= 0 && !fclose(f));
    f = fopen("other.txt", "rb");
    check("appended_size", f && !fseek(f, 0, SEEK_END) && ftell(f) == 20);
    if (f)
        fclose(f);
    check("file_is_removed", !remove("other.txt"));
    check("removed_file_cannot_be_removed", remove("other.txt") != 0);
}

static void test_confinement(void)
{
    check("parent_folder_is_out_of_reach", fopen("../escape.txt", "w") == NULL);
    check("absolute_path_is_out_of_reach", fopen("/tmp/escape.txt", "w") == NULL);
    check("hidden_climb_is_out_of_reach", fopen("x/../../escape.txt", "w") == NULL);
    check("no_shell", system("true") != 0);
}

static void test_console(void)
{
    check("stdin_is_at_its_end", getchar() == EOF);
    check("stdout_is_a_console", isatty(1));
    fputs("# stderr works\n", stderr);
}

static void test_time(void)
{
    clock_t before = clock();
    for (volatile int i = 0; i < 400000; i++) {
    }
    check("clock_runs_with_guest_time", clock() > before && clock() - before < 100 * CLOCKS_PER_SEC);
}

static int early;

__attribute__((constructor)) static void construct(void)
{
    early = 7;
}

static void at_exit(void)
{
    printf("1..%d\n", tests);
}

int main(int argc, char **argv)
{
    atexit(at_exit);
    check("constructors_ran", early == 7);
    check("there_is_a_program_name", argc >= 1 && argv[0] && argv[0][0]);
    test_printf();
    test_heap();
    test_files();
    test_confinement();
    test_console();
    test_time();
    return failures;
}
