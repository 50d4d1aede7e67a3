/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The order in which handlers ran, as a string of one letter each. */
#ifndef ORDER_H
#define ORDER_H

void mark(char c);

/* Passes if the letters marked since the last call are `expected`; forgets them. */
void check_order(const char *name, const char *expected);

#endif
