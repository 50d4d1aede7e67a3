#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Recordings: what one run writes, another opens at its end with all of its past; damaged files give what is intact;
# a killed process leaves a file that can be used.
#
# usage: recordings.sh     with BACKSTEP, GDB, TESTS_DIR

set -u
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
        sed 's/^/# /' "$work/stderr"
    fi
}

# replay FILE COMMAND...: gdb's answers to the commands, in $work/out; the server's words in $work/stderr.
replay() {
    file=$1
    shift
    mkfifo "$work/ready"
    timeout --foreground -k 5 60 "$BACKSTEP" --gdb 0 --replay "$file" </dev/null >"$work/ready" 2>"$work/stderr" &
    server=$!
    exec 3<"$work/ready"
    rm "$work/ready"
    port=
    while [ -z "$port" ] && read -r line <&3; do
        port=$(echo "$line" | sed -n 's/^Listening on port \([0-9]*\)$/\1/p')
    done
    : >"$work/script"
    for command in "$@"; do
        echo "$command" >>"$work/script"
    done
    timeout -k 5 60 "$GDB" -nx -q -batch -ex "set style enabled off" -ex "set confirm off" -ex "file $demo" \
        -ex "target remote 127.0.0.1:$port" -x "$work/script" </dev/null >"$work/out" 2>&1
    kill "$server" 2>/dev/null
    wait "$server"
    exec 3<&-
}

timeout -k 5 60 "$BACKSTEP" --batch --max-cycles 40000000 --uart USART2=null --record "$work/demo.rec" "$demo" \
    </dev/null >"$work/out" 2>"$work/stderr"
[ $? -eq 124 ] && [ -s "$work/demo.rec" ]
report "a_batch_run_is_recorded" $?

if [ -n "${GDB:-}" ]; then
    replay "$work/demo.rec" "monitor timeline" "print report.lines" "break report_line" reverse-continue \
        "print report.lines" "monitor seek begin" "monitor gdb_sync" stepi 'print $pc == &reset_handler' \
        "delete" continue "print uwTick > 100"
    grep -q '^end    cycle 400000' "$work/out"
    report "a_recording_opens_at_its_end" $?
    [ "$(sed -n 's/^\$1 = //p' "$work/out")" -eq $(($(sed -n 's/^\$2 = //p' "$work/out") + 1)) ]
    report "its_past_can_be_gone_back_in" $?
    grep -q '^\$3 = 1$' "$work/out"
    report "back_to_the_begin" $?
    grep -q 'No more reverse-execution history' "$work/out" && grep -q '^\$4 = 1$' "$work/out"
    report "forwards_it_ends_where_the_recording_ends" $?
    [ "$(grep -c 'does not reach' "$work/stderr")" -eq 0 ]
    report "the_replay_reaches_the_recorded_state" $?

    size=$(wc -c <"$work/demo.rec")
    head -c $((size - 10)) "$work/demo.rec" >"$work/short.rec"
    replay "$work/short.rec" "monitor timeline"
    grep -q 'damaged at byte .* ends within a block; what comes before it, up to cycle' "$work/stderr" &&
        grep -q '^end    cycle' "$work/out"
    report "a_truncated_recording_gives_its_prefix" $?
fi

head -c 100 "$work/demo.rec" >"$work/tiny.rec"
"$BACKSTEP" --replay "$work/tiny.rec" </dev/null >"$work/out" 2>"$work/stderr"
[ $? -eq 125 ] && grep -q 'before anything of use' "$work/stderr"
report "a_recording_without_its_begin_is_refused" $?
"$BACKSTEP" --replay "$demo" </dev/null >"$work/out" 2>"$work/stderr"
[ $? -eq 125 ] && grep -q 'not a recording' "$work/stderr"
report "another_file_is_refused" $?
"$BACKSTEP" --replay "$work/demo.rec" "$TESTS_DIR/guest/chip.elf" </dev/null >"$work/out" 2>"$work/stderr"
[ $? -eq 125 ] && grep -q 'of another firmware' "$work/stderr"
report "a_recording_of_another_firmware_is_refused" $?
{ head -c 8 "$work/demo.rec"; printf '\143\0\0\0'; tail -c +13 "$work/demo.rec"; } >"$work/future.rec"
"$BACKSTEP" --replay "$work/future.rec" </dev/null >"$work/out" 2>"$work/stderr"
[ $? -eq 125 ] && grep -q 'format 99; this backstep reads format 2' "$work/stderr"
report "another_format_is_refused" $?

# A process that is killed: its file is complete but for the last moments.
if [ -n "${GDB:-}" ]; then
    "$BACKSTEP" --batch --uart USART2=null --record "$work/killed.rec" "$demo" </dev/null >"$work/out" 2>"$work/stderr" &
    victim=$!
    until [ -s "$work/killed.rec" ] && [ "$(wc -c <"$work/killed.rec")" -gt $((size / 3)) ]; do
        sleep 0.1
    done
    first=$(wc -c <"$work/killed.rec")
    while [ "$(wc -c <"$work/killed.rec")" -le $((first + 100)) ]; do
        sleep 0.1
    done
    kill -9 $victim
    wait $victim 2>/dev/null
    replay "$work/killed.rec" "monitor timeline" "print uwTick > 0"
    grep -q '^\$1 = 1$' "$work/out" && ! grep -q 'does not reach' "$work/stderr"
    report "a_killed_process_leaves_its_recording" $?
fi
echo "1..$number"
