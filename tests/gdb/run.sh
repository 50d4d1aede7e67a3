#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Drives the server with a real gdb and prints TAP. A script is a file of gdb commands; comments in it say what to
# run and what its output must show:
#
#   # firmware: NAME          program below the built tests (default: gdb/session)
#   # server: OPTION...       further options of the server, beside --semihosting
#   # connect: KIND           remote (default), extended-remote, or none: the script connects to port $port itself
#   # interrupt: REGEX        send gdb a Ctrl-C whenever a line of its output matches
#   # twice                   run the script in two sessions, one after the other, against one server
#   # test: NAME              a test; it passes if each of its patterns matches a line of gdb's output, in order
#   # expect: REGEX
#   # reject: REGEX           no line of the whole output may match
#
# In commands and patterns @LINE(mark)@ stands for the number of the firmware's source line with that mark, @DIR@ for a
# scratch folder. A last test says that the server survived and ended cleanly.
#
# usage: run.sh SCRIPT.gdb  with BACKSTEP, GDB, TESTS_DIR (where firmware is built), srcdir; TEST_TIMEOUT in seconds

set -u
script=$1
limit=${TEST_TIMEOUT:-60}
sources=${srcdir:-.}/tests
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# header WORD: the rest of the script's "# WORD:" line.
header() {
    sed -n "s/^# $1: *//p" "$work/script"
}

# Line numbers are looked up, so that the firmware can change without its tests.
expand() {
    firmware_source=$sources/$firmware.c
    sed -n 's/.*@LINE(\([^)]*\))@.*/\1/p' "$script" | sort -u | while read -r mark; do
        line=$(grep -n "mark: $mark \*/" "$firmware_source" | cut -d: -f1)
        echo "s|@LINE($mark)@|${line:-no-such-mark}|g"
    done >"$work/marks"
    echo "s|@DIR@|$work|g" >>"$work/marks"
    sed -f "$work/marks" "$script" >"$work/script"
}

# Starts the server and sets server_pid and port. Its stdout is a fifo until the port is known.
start_server() {
    mkfifo "$work/ready"
    # shellcheck disable=SC2046,SC2086 # options are words
    timeout --foreground -k 5 "$limit" "$BACKSTEP" --gdb 0 --semihosting $(header server) "$elf" \
        </dev/null >"$work/ready" 2>"$work/server.err" &
    server_pid=$!
    exec 3<"$work/ready"
    port=
    while [ -z "$port" ] && read -r line <&3; do
        echo "$line" >>"$work/server.out"
        port=$(echo "$line" | sed -n 's/^Listening on port \([0-9]*\)$/\1/p')
    done
    cat <&3 >>"$work/server.out" &
    drain_pid=$!
}

# Sets server_status.
stop_server() {
    kill -TERM "$server_pid" 2>/dev/null
    wait "$server_pid"
    server_status=$?
    wait "$drain_pid"
}

# One gdb from start to end; its output, stdout and stderr together, goes to gdb.out line by line, and Ctrl-C to gdb
# by its pid when the script asks for one.
run_gdb() {
    connect=$(header connect)
    case ${connect:-remote} in
    none) ;;
    *) set -- -ex "target ${connect:-remote} 127.0.0.1:$port" ;;
    esac
    interrupt=$(header interrupt)
    # shellcheck disable=SC2016 # expanded by the inner shell
    timeout -k 5 "$limit" sh -c 'echo $$ >"$0/gdb.pid"; exec "$@" 2>&1' "$work" \
        "$GDB" -nx -q -batch -ex "set width 0" -ex "set height 0" -ex "set style enabled off" \
        -ex "set confirm off" -ex "set print entry-values no" -ex "set tcp auto-retry off" -ex "file $elf" -ex "set \$port = $port" \
        "$@" -x "$work/script" </dev/null |
        while IFS= read -r line || [ -n "$line" ]; do
            printf '%s\n' "$line" >>"$work/gdb.out"
            if [ -n "$interrupt" ] && printf '%s\n' "$line" | grep -Eq "$interrupt"; then
                kill -INT "$(cat "$work/gdb.pid")"
            fi
        done
}

# Reads the script's tests and gdb's output, prints TAP.
judge() {
    awk '
        function finish() {
            if (test == "") return
            print (problem == "" ? "ok " : "not ok ") ++tests " - " test
            if (problem != "") { print problem; failed = 1 }
            test = problem = ""
        }
        function need(pattern,    i) {
            for (i = at; i <= lines; i++)
                if (out[i] ~ pattern) { at = i + 1; return }
            problem = problem (problem == "" ? "" : "\n") "#   nothing matches: " pattern
        }
        function forbid(pattern,    i) {
            for (i = 1; i <= lines; i++)
                if (out[i] ~ pattern) problem = problem (problem == "" ? "" : "\n") "#   not allowed: " out[i]
        }
        BEGIN { at = 1 }
        FILENAME == ARGV[1] { out[++lines] = $0; next }
        /^# test: / { finish(); test = substr($0, 9); next }
        /^# expect: / { need(substr($0, 11)); next }
        /^# reject: / { forbid(substr($0, 11)); next }
        END {
            finish()
            exit failed
        }' "$work/gdb.out" "$work/script"
}

firmware=$(sed -n 's/^# firmware: *//p' "$script")
firmware=${firmware:-gdb/session}
elf=$TESTS_DIR/$firmware.elf
expand
tests=$(grep -c '^# test: ' "$work/script")
: >"$work/gdb.out"

start_server
if [ -n "$port" ]; then
    run_gdb
    if grep -q '^# twice' "$work/script"; then
        run_gdb
    fi
fi
stop_server

judge
judged=$?
if [ "$server_status" -eq 0 ] && ! grep -Eq 'Sanitizer|runtime error:' "$work/server.err"; then
    echo "ok $((tests + 1)) - server_survives"
else
    echo "not ok $((tests + 1)) - server_survives"
    echo "#   exit status $server_status"
    judged=1
fi
echo "1..$((tests + 1))"
if [ "$judged" -ne 0 ]; then
    sed 's/^/# gdb: /' "$work/gdb.out"
    sed 's/^/# server: /' "$work/server.out" "$work/server.err"
fi
exit 0
