/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/process.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* In the child: nothing on stdin and stdout, stderr into `errors`; not to outlive a benchmark that is interrupted. */
static void become(const char *const argv[], int errors)
{
    int null = open("/dev/null", O_RDWR);

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    dup2(errors >= 0 ? errors : null, STDERR_FILENO);
    execvp(argv[0], (char *const *)(uintptr_t)argv);
    _exit(127);
}

static pid_t start(const char *const argv[], int errors)
{
    pid_t pid = fork();

    if (pid == 0)
        become(argv, errors);
    if (pid < 0) {
        perror("fork");
        exit(1);
    }
    return pid;
}

static uint64_t find_instructions(FILE *errors)
{
    static const char key[] = "\"instructions\": ";
    char line[1024];
    uint64_t count = 0;

    rewind(errors);
    while (fgets(line, sizeof line, errors)) {
        const char *at = strstr(line, key);
        if (at)
            count = strtoull(at + sizeof key - 1, NULL, 10);
    }
    return count;
}

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec * 1e-6;
}

bool process_run(const char *const argv[], struct usage *usage)
{
    FILE *errors = tmpfile();
    struct rusage r;
    int status = -1;

    if (!errors) {
        perror("tmpfile");
        exit(1);
    }
    wait4(start(argv, fileno(errors)), &status, 0, &r);
    usage->cpu = seconds(r.ru_utime) + seconds(r.ru_stime);
    usage->peak_kib = r.ru_maxrss;
    usage->instructions = find_instructions(errors);
    fclose(errors);
    if (status != 0)
        fprintf(stderr, "bench: %s ended with wait status 0x%x\n", argv[0], (unsigned)status);
    return status == 0;
}

pid_t process_start(const char *const argv[])
{
    return start(argv, -1);
}

void process_stop(pid_t pid)
{
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

static double read_clock(clockid_t clock)
{
    struct timespec t = {0, 0};

    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

double process_cpu(pid_t pid)
{
    clockid_t clock;

    return clock_getcpuclockid(pid, &clock) == 0 ? read_clock(clock) : 0;
}

long process_peak_kib(pid_t pid)
{
    char path[64], line[256];
    long kib = 0;
    FILE *f;

    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f))
        sscanf(line, "VmHWM: %ld", &kib);
    if (f)
        fclose(f);
    return kib;
}

double now(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

double median(double samples[], unsigned count)
{
    qsort(samples, count, sizeof samples[0], compare);
    return count % 2 ? samples[count / 2] : (samples[count / 2 - 1] + samples[count / 2]) / 2;
}
