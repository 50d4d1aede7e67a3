#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Runs one guest program in the emulator and passes its TAP on. What the program may reach through semihosting is an
# empty folder that goes away with the test; bytes of its UART would only get between the lines. The exit status of the run must be the number of checks that failed.
#
# usage: run.sh GUEST.elf     BACKSTEP names the emulator, TEST_TIMEOUT the limit in seconds (default 60)

set -u
elf=$1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
mkdir "$work/files"

timeout -k 5 "${TEST_TIMEOUT:-60}" "${BACKSTEP:-./backstep}" --batch --semihosting="$work/files" --uart USART2=null \
    "$elf" </dev/null >"$work/out" 2>"$work/err"
status=$?

cat "$work/out"
sed 's/^/# stderr: /' "$work/err"
failed=$(grep -c '^not ok' "$work/out")
if [ "$status" -ne "$failed" ]; then
    echo "# $failed checks failed, but the run ended with status $status"
    exit 1
fi
