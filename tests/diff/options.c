/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See options.h. */
#include "tests/diff/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *diff_core_name(enum cpu_kind kind)
{
    return kind == CPU_CORTEX_M3 ? "Cortex-M3" : "Cortex-M4F";
}

static bool parse(int argc, char **argv, struct diff_options *o)
{
    static const struct option names[] = {
        {"core", required_argument, NULL, 'k'}, {"seed", required_argument, NULL, 's'},
        {"count", required_argument, NULL, 'n'}, {"length", required_argument, NULL, 'l'},
        {"case", required_argument, NULL, 'c'}, {"verbose", no_argument, NULL, 'v'}, {0},
    };
    int option;

    while ((option = getopt_long(argc, argv, "", names, NULL)) != -1)
        switch (option) {
        case 'k':
            o->m3 = strcmp(optarg, "m3") == 0;
            o->m4 = strcmp(optarg, "m4") == 0;
            break;
        case 's': o->seed = strtoull(optarg, NULL, 0); break;
        case 'n': o->count = strtoul(optarg, NULL, 0); break;
        case 'l': o->length = (unsigned)strtoul(optarg, NULL, 0); break;
        case 'c': o->only = strtoull(optarg, NULL, 0); break;
        case 'v': o->verbose = true; break;
        default: return false;
        }
    return optind == argc && (o->m3 || o->m4) && o->seed;
}

int diff_main(int argc, char **argv, struct diff_options defaults, unsigned tests,
              bool (*run)(const struct diff_options *options, enum cpu_kind kind, unsigned first_test))
{
    struct diff_options o = defaults;
    bool passed = true;

    o.m3 = o.m4 = true;
    o.seed = 1;
    if (!parse(argc, argv, &o)) {
        fprintf(stderr, "usage: %s [--core m3|m4] [--seed N] [--count CASES] [--length INSTRUCTIONS] "
                        "[--case SEED] [--verbose]\n", argv[0]);
        return 2;
    }
    printf("1..%u\n", tests * ((unsigned)o.m3 + o.m4));
    if (o.m4)
        passed &= run(&o, CPU_CORTEX_M4F, 1);
    if (o.m3)
        passed &= run(&o, CPU_CORTEX_M3, o.m4 ? tests + 1 : 1);
    return !passed;
}
