#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Boots the demo in the emulator and attaches gdb with demo.gdb. On a terminal the user is left at gdb's prompt; without
# one it runs through, shows what the firmware printed, and exits 0.
#
# usage: run.sh BACKSTEP DEMO.elf     GDB names the debugger (default gdb-multiarch)

set -eu
backstep=$1
elf=$2
script=$(dirname "$0")/demo.gdb
work=$(mktemp -d)
server=

cleanup() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    rm -rf "$work"
}
trap cleanup EXIT

# In a session of its own, so that a Ctrl-C for gdb does not reach it. The fifo gives us its first lines.
mkfifo "$work/ready"
setsid "$backstep" --gdb 0 --speed max --uart "USART2=file:$work/uart.txt" "$elf" \
    </dev/null >"$work/ready" 2>"$work/stderr" &
server=$!
exec 3<"$work/ready"
port=
while [ -z "$port" ] && read -r line <&3; do
    echo "backstep: $line"
    port=$(echo "$line" | sed -n 's/^Listening on port \([0-9]*\)$/\1/p')
done
if [ -z "$port" ]; then
    cat "$work/stderr" >&2
    exit 1
fi

set -- -nx -q -ex "set confirm off" -ex "target remote 127.0.0.1:$port" -x "$script"
if [ -t 0 ] && [ -t 1 ]; then
    "${GDB:-gdb-multiarch}" "$@" -ex "echo \n--- You are at gdb's prompt. Try: next, continue (Ctrl-C stops), monitor help, quit\n" "$elf"
else
    timeout -k 5 120 "${GDB:-gdb-multiarch}" -batch "$@" -ex disconnect "$elf" </dev/null
    echo
    echo "--- What the firmware printed on USART2:"
    cat "$work/uart.txt"
fi
