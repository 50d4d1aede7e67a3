#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The demo firmware: what it prints is right to the clock, the same on every run, and the guided gdb session runs through.
#
# usage: check.sh     with BACKSTEP, GDB, TESTS_DIR, srcdir

set -u
: "${srcdir:=.}"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
demo=$TESTS_DIR/guest/demo/demo.elf
number=0

# report NAME STATUS: one line of TAP; status 0 passes.
report() {
    number=$((number + 1))
    if [ "$2" -eq 0 ]; then
        echo "ok $number - $1"
    else
        echo "not ok $number - $1"
    fi
}

# Runs for a little more than a second of guest time.
run_to() {
    timeout -k 5 60 "$BACKSTEP" --batch --max-cycles 180000000 --uart "USART2=file:$1" "$demo" \
        </dev/null >"$work/stdout" 2>"$work/stderr"
    status=$?
    tr -d '\r' <"$1" >"$1.txt"
}

run_to "$work/first"
[ "$status" -eq 124 ]
report "demo_runs_until_the_limit" $?
grep -qx 'backstep demo: core 168000000 Hz, APB1 42000000 Hz' "$work/first.txt"
report "demo_finds_its_clocks" $?
[ "$(grep -c '^tick' "$work/first.txt")" -eq 10 ]
report "demo_prints_ten_lines_a_second" $?
[ "$(sed -n 's/^tick *\([0-9]*\) ms.*/\1/p' "$work/first.txt" | tr '\n' ' ')" = \
    "100 200 300 400 500 600 700 800 900 1000 " ]
report "demo_counts_milliseconds" $?
[ "$(grep -c '^tick .* ms, 16800000 clocks since the last line' "$work/first.txt")" -ge 9 ]
report "demo_lines_are_exactly_100_ms_apart" $?
sed 's/^/# /' "$work/first.txt"

run_to "$work/second"
cmp -s "$work/first" "$work/second"
report "demo_prints_the_same_on_every_run" $?

if [ -n "${GDB:-}" ]; then
    sh "$srcdir/tests/guest/demo/run.sh" "$BACKSTEP" "$demo" >"$work/session" 2>&1
    report "demo_session_runs_through" $?
    grep -q '^Breakpoint .*report_line' "$work/session"
    report "demo_session_stops_at_breakpoints" $?
    grep -q 'lines = 9' "$work/session"
    report "demo_session_evaluates_conditions" $?
    grep -q 'BRR' "$work/session"
    report "demo_session_shows_a_peripheral" $?
    grep -q 'signal handler called' "$work/session"
    report "demo_session_sees_who_was_interrupted" $?
    grep -q '^Old value = [0-9]*$' "$work/session" && grep -q '^New value = 1611526157$' "$work/session"
    report "demo_session_goes_back_to_who_broke_it" $?
    grep -q '^#0 .*journal_add' "$work/session"
    report "demo_session_stands_in_the_function_that_did" $?
    sed 's/^/# /' "$work/session"
fi
sed 's/^/# stderr: /' "$work/stderr"
echo "1..$number"
