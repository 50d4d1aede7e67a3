/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The diagnostics' collector as the machine sees it; devices use log.h. */
#ifndef CORE_LOGGER_H
#define CORE_LOGGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/log.h"

enum { LOG_SITES = 4096 };      /* sites remembered; a power of two */

struct log {
    void (*report)(void *context, const struct diag *diag);
    void *context;
    void (*stop)(void *owner);  /* a report of a kind in stop_on was made */
    void *owner;
    uint32_t stop_on;           /* bit mask over enum diag_kind */
    const uint32_t *pc;         /* of the instruction under way */
    const uint64_t *cycle;
    bool shut;                  /* while replaying (I3) */
    uint64_t sites[LOG_SITES];  /* hashes of sites already reported; 0: free */
    size_t site_count;
};

/* A report that is not about a device's register: faults, stack, lockup. `where` names the part of the
 * core. */
struct device_env;
void log_core(struct device_env *env, enum diag_kind kind, const char *where, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
