/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sessions with the stub as text: what the client sends, what must come back, what the target must have
 * been told. One action per line; a digit in front names the session, 1 without.
 *
 *   > m20000000,4       sends this packet (\xNN stands for a byte)
 *   < 00010203          the next packet from the stub is this, runs expanded
 *   <~ swbreak+         ... contains this
 *   +                   opens the session (1 is open)
 *   x                   closes it
 *   ^C                  sends Ctrl-C
 *   over                the session took its leave: session_receive said so
 *   = step thread 1     the next call that the target recorded is this
 *   ! watch 20000010    the target stops, or does something of its own: see rsp_script.c
 *   # words             a comment
 *
 * At the end nothing that was sent or recorded may be left over.
 */
#ifndef TESTS_RSP_SCRIPT_H
#define TESTS_RSP_SCRIPT_H

#include "tests/unit/fake_target.h"

/* Plays a script against a fresh fake target. */
void rsp_play(const char *script);

/* The same against one that the test prepared: fake_init was called, and fields changed since. */
void rsp_play_on(struct fake_target *fake, const char *script);

#endif
