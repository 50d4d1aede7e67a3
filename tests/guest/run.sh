#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Runs one guest program in the emulator and passes its TAP on. The exit status of the run must be the number of checks
# that failed. Then the same with the other engine, which must print the same and take the same instructions and cycles
# (invariant I7).
#
# What the program may reach through semihosting is an empty folder that goes away with the test; bytes of its UART
# would only get between the lines.
#
# The folder of the program names its chip.
#
# usage: run.sh GUEST.elf     BACKSTEP names the emulator, TEST_TIMEOUT the limit in seconds for a run (default 60)

set -u
elf=$1
case $elf in
*/f100/*) chip=stm32f100rb ;;
*/f205/*) chip=stm32f205rf ;;
*) chip=stm32f405rg ;;
esac
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# run_with ENGINE: leaves ENGINE.out, ENGINE.err and ENGINE.counts; its status is the program's.
run_with() {
    mkdir "$work/files"
    timeout -k 5 "${TEST_TIMEOUT:-60}" "${BACKSTEP:-./backstep}" --batch --chip $chip --engine "$1" --stats \
        --semihosting="$work/files" --uart USART2=null "$elf" </dev/null >"$work/$1.out" 2>"$work/$1.err"
    ran=$?
    rm -rf "$work/files"
    grep -Eo '"(instructions|cycles)": [0-9]+' "$work/$1.err" >"$work/$1.counts"
    return $ran
}

run_with interpreter
status=$?
cat "$work/interpreter.out"
sed 's/^/# stderr: /' "$work/interpreter.err"
failed=$(grep -c '^not ok' "$work/interpreter.out")
if [ "$status" -ne "$failed" ]; then
    echo "# $failed checks failed, but the run ended with status $status"
    exit 1
fi

run_with translator
for part in out counts; do
    if [ ! -s "$work/translator.$part" ] || ! cmp -s "$work/interpreter.$part" "$work/translator.$part"; then
        echo "# the engines differ:"
        diff "$work/interpreter.$part" "$work/translator.$part" | sed 's/^/# /'
        sed 's/^/# stderr: /' "$work/translator.err"
        exit 1
    fi
done
