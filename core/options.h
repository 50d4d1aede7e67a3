/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the owner of a machine chooses when it is built; constant afterwards. */
#ifndef CORE_OPTIONS_H
#define CORE_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

struct machine_options {
    uint64_t seed;              /* of every pseudo-random source in the machine */
    uint32_t hse_hz;            /* crystal on OSC_IN; 0: none fitted */
    uint32_t lse_hz;            /* 0: none fitted */
    bool translator;            /* run on the translator where the host has one */
    uint32_t stop_on;           /* bit mask over enum diag_kind: reports that stop the machine */
};

#endif
