#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Recordings: what one run writes, another opens at its end with all of its past, whatever engine and without any of
# its options; damaged files give what is intact; a process that is killed leaves a file that ends within a second of
# guest time of its own end. Files of the devices around the chip hold the present.
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

# serve OPTIONS COMMAND...: gdb's answers to the commands, in $work/out; the server's words in $work/stderr.
serve() {
    options=$1
    shift
    mkfifo "$work/ready"
    # shellcheck disable=SC2086 # options are words
    timeout --foreground -k 5 60 "$BACKSTEP" --gdb 0 $options </dev/null >"$work/ready" 2>"$work/stderr" &
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
    timeout -k 5 60 "$GDB" -nx -q -batch -ex "set style enabled off" -ex "set confirm off" -ex "file ${elf:-$demo}" \
        -ex "target remote 127.0.0.1:$port" -x "$work/script" </dev/null >"$work/out" 2>&1
    kill "$server" 2>/dev/null
    wait "$server"
    exec 3<&-
}

replay() {
    file=$1
    shift
    serve "--replay $file" "$@"
}

# end_of FILE OPTION...: the cycle at which the recording ends, when it opens and its replay reaches that; else -1.
end_of() {
    recording=$1
    shift
    : | timeout -k 5 60 "$BACKSTEP" --gdb stdio --replay "$recording" "$@" 2>"$work/stderr" | cat >"$work/out"
    if ! grep -q 'does not reach' "$work/stderr" && grep -q ' cycles$' "$work/stderr"; then
        sed -n 's/^backstep: .*, \([0-9]*\) cycles$/\1/p' "$work/stderr"
    else
        echo -1
    fi
}

timeout -k 5 60 "$BACKSTEP" --batch --max-cycles 40000000 --uart USART2=null --record "$work/demo.rec" "$demo" \
    </dev/null >"$work/out" 2>"$work/stderr"
[ $? -eq 124 ] && [ -s "$work/demo.rec" ]
report "a_batch_run_is_recorded" $?
cp "$work/stderr" "$work/stopped"

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
[ $? -eq 125 ] && grep -q 'format 99; this backstep reads format 3' "$work/stderr"
report "another_format_is_refused" $?

[ "$(end_of "$work/demo.rec")" -eq "$(sed -n 's/.*stopped after \([0-9]*\) cycles.*/\1/p' "$work/stopped")" ]
report "the_end_is_where_the_run_stopped" $?

# Either engine's recording with the other one.
for engine in interpreter translator; do
    "$BACKSTEP" --batch --max-cycles 30000000 --engine $engine --uart USART2=null --record "$work/$engine.rec" "$demo" \
        </dev/null >"$work/out" 2>"$work/stderr"
done
ends="$(end_of "$work/interpreter.rec" --engine translator) $(end_of "$work/translator.rec" --engine interpreter)"
[ "$ends" = "$(end_of "$work/interpreter.rec") $(end_of "$work/translator.rec")" ] && [ "${ends#-}" = "$ends" ]
report "the_engine_of_a_recording_does_not_matter" $?

# Board, crystals and seed are in the file; a recording opens on a machine that has none of them.
logger=$TESTS_DIR/guest/logger.elf
printf 'zzzz' >"$work/nor"         # programming only clears bits: A becomes @
"$BACKSTEP" --batch --max-cycles 3000000 --hse 12000000 --lse 0 --seed 9 --attach "25q01@SPI1:PA4=$work/nor" \
    --attach lm75@I2C1 --attach button@PA0=USER:low --attach led@PD12=GREEN --attach loop@USART2 --record "$work/board.rec" "$logger" </dev/null >"$work/out" 2>"$work/stderr"
head -c 5 "$work/nor" | grep -q '@BB@E'
report "an_attached_memory_is_written_to_its_file" $?
rm "$work/nor"
[ "$(end_of "$work/board.rec")" -ge 3000000 ]
report "a_recording_needs_no_options" $?
[ ! -e "$work/nor" ]
report "a_replay_writes_no_files_of_the_board" $?

"$BACKSTEP" --replay "$work/board.rec" --attach lm75@I2C1 </dev/null >"$work/out" 2>"$work/stderr"
[ $? -eq 125 ] && grep -q 'the recording has its own' "$work/stderr"
report "and_takes_no_other_board" $?

if [ -n "${GDB:-}" ]; then
    elf=$logger
    serve "--speed max --attach 25q01@SPI1:PA4=$work/nor $logger" "break all_written" continue "monitor seek begin"
    grep -q '^Breakpoint 1, all_written' "$work/out" && head -c 26 "$work/nor" | grep -q 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
    report "who_quits_in_the_past_keeps_the_present" $?
    rm -f "$work/nor"
    serve "--speed max --attach 25q01@SPI1:PA4=$work/nor $logger" "break all_written" continue "delete" \
        "break program if address == 3" reverse-continue "set var written = 20" "delete" "break all_written" continue
    [ "$(head -c 26 "$work/nor" | tr -dc A-Z)" = ABCDVWXYZ ]
    report "a_new_future_is_the_present" $?
    elf=
fi

# Killed anywhere: the guest's last words are in the file of its UART, and the recording ends within a second of them.
# The moment is when so many bytes have come out, so that nobody waits for a clock.
late=0
opened=0
for bytes in 70 300 1000 5000 20000 60000 150000; do
    rm -f "$work/uart"
    "$BACKSTEP" --batch --uart USART2=file:"$work/uart" --record "$work/killed.rec" "$demo" </dev/null >"$work/out" \
        2>"$work/stderr" &
    victim=$!
    until [ -e "$work/uart" ] && [ "$(wc -c <"$work/uart")" -ge $bytes ]; do :; done
    kill -9 $victim
    wait $victim 2>/dev/null
    ms=$(sed -n 's/^tick *\([0-9]*\) ms, .*LED.*/\1/p' "$work/uart" | tail -n 1)
    end=$(end_of "$work/killed.rec")
    [ "$end" -ge 0 ] && opened=$((opened + 1))
    [ "$end" -ge $(((ms - 1000) * 168000)) ] || late=$((late + 1))
done
[ $opened -eq 7 ]
report "a_killed_process_leaves_a_recording_that_opens" $?
[ $late -eq 0 ]
report "and_ends_within_a_second_of_its_end" $?
echo "1..$number"
