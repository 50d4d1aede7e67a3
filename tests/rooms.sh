#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Who may include whom. Reads every #include line of the rooms and compares it with the table below; prints TAP, one
# test per room, with the offending lines. Then it checks itself on a tree of wrong includes, each of which it must find.
#
# usage: rooms.sh    (srcdir names the top of the source tree; default: the folder above this file)

set -eu
top=${srcdir:-$(dirname "$0")/..}

# check_room ROOM FILE...: prints FILE:LINE: INCLUDE for each include that the room may not use.
check_room() {
    room=$1
    shift
    [ $# -gt 0 ] || return 0
    awk -v room="$room" '
        # The C library, as far as a room without host I/O needs it.
        BEGIN {
            n = split("assert complex ctype errno fenv float inttypes limits math stdalign stdarg stdatomic " \
                      "stdbool stddef stdint stdio stdlib stdnoreturn string strings", names, " ")
            for (i = 1; i <= n; i++) libc["<" names[i] ".h>"] = 1
            # What a device may know of the machine around it.
            n = split("bus clock device io irq link log memory options pins schedule signal state vtime", names, " ")
            for (i = 1; i <= n; i++) facing["core/" names[i] ".h"] = 1
            # What the translator may know of the core that it translates for.
            n = split("coredebug cost cpu decode dwt exec insn mpu ops state", names, " ")
            for (i = 1; i <= n; i++) translated["core/arm/" names[i] ".h"] = 1
        }
        function in_core_root(h) { return h ~ /^core\/[^\/]+\.h$/ }
        function own(h) { return h ~ "^" room "/" }
        function system_header_allowed(h) {
            if (room == "server") return 1
            if (room == "core") return (h in libc) || h ~ /^<(sys\/mman|unistd)\.h>$/    # memories are mapped
            if (room == "core/jit") return (h in libc) || h ~ /^<(immintrin|sys\/auxv|sys\/mman|signal|ucontext|unistd)\.h>$/
            return h in libc
        }
        function header_allowed(h) {
            if (h !~ /\//) return 0
            if (room == "server") return h ~ /^(core|periph|gdbstub|server)\//
            if (room == "core") return in_core_root(h) || (FILENAME ~ /core\/machine(_[a-z]+\.c|_parts\.h|\.c)$/ && h ~ /^core\/(arm|jit|replay)\//)
            if (room == "core/arm") return in_core_root(h) || own(h)
            if (room == "core") return (h in libc) || h ~ /^<(sys\/mman|unistd)\.h>$/    # memories are mapped
            if (room == "core/jit") return in_core_root(h) || own(h) || (h in translated)
            if (room == "core/replay") return in_core_root(h) || own(h)
            if (room == "periph") return (h in facing) || h ~ /^periph\/[^\/]+\.h$/
            if (room == "periph/chips") return in_core_root(h) || h ~ /^periph\//
            if (room == "gdbstub") return own(h)
            return 0
        }
        /^[ \t]*#[ \t]*include/ {
            line = $0
            sub(/^[ \t]*#[ \t]*include[ \t]*/, "", line)
            sub(/[ \t]*(\/[*\/].*)?$/, "", line)
            if (line ~ /^</) ok = system_header_allowed(line)
            else { gsub(/"/, "", line); ok = header_allowed(line) }
            if (!ok) print FILENAME ":" FNR ": " room " may not include " line
        }' "$@"
}

# files_of TREE ROOM: the C files of a room, without those of the rooms inside it.
files_of() {
    find "$1/$2" -maxdepth 1 -name '*.[ch]' 2>/dev/null | LC_ALL=C sort
}

rooms="core core/arm core/jit core/replay periph periph/chips gdbstub server"
number=0

# report NAME PROBLEMS: one line of TAP, with the problems below it.
report() {
    number=$((number + 1))
    if [ -z "$2" ]; then
        echo "ok $number - $1"
    else
        echo "not ok $number - $1"
        printf '%s\n' "$2" | sed 's/^/# /'
    fi
}

for room in $rooms; do
    # shellcheck disable=SC2046 # no file of ours has a blank in its name
    report "includes of $room" "$(check_room "$room" $(files_of "$top" "$room"))"
done

# The check of the check: one wrong include per row (file, include), and a right one beside it.
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
while read -r file include; do
    mkdir -p "$tree/$(dirname "$file")"
    printf '#include <stdint.h>\n  # include %s /* wrong */\n' "$include" >"$tree/$file"
    found=$(check_room "$(dirname "$file")" "$tree/$file")
    case $found in
    "$tree/$file:2: "*) report "finds $include in $file" "" ;;
    *) report "finds $include in $file" "not found: '$found'" ;;
    esac
done <<'END'
core/bus.c "core/arm/cpu.h"
core/machine.h "core/arm/cpu.h"
core/bus.c "bus.h"
core/bus.c <sys/socket.h>
core/machine.c "periph/usart_v2.h"
core/arm/exec.c "core/jit/jit.h"
core/arm/exec.c "periph/usart_v2.h"
core/jit/lower.c "core/arm/nvic.h"
core/replay/log.c "core/arm/cpu.h"
periph/usart_v2.c "core/machine.h"
periph/usart_v2.c "core/arm/cpu.h"
periph/usart_v2.c "periph/chips/stm32f405rg.h"
periph/usart_v2.c "gdbstub/stub.h"
periph/chips/stm32f405rg.c "core/arm/cpu.h"
gdbstub/packet.c "core/bus.h"
gdbstub/packet.c "server/options.h"
gdbstub/packet.c <uv.h>
server/main.c "tests/unit/fixture.h"
END

tree_ok=$(
    mkdir -p "$tree/right/core" "$tree/right/periph/chips"
    printf '#include "core/arm/cpu.h"\n' >"$tree/right/core/machine.c"
    printf '#include "core/machine.h"\n#include "periph/rcc_f4.h"\n' >"$tree/right/periph/chips/x.c"
    check_room core "$tree/right/core/machine.c"
    check_room periph/chips "$tree/right/periph/chips/x.c"
)
report "accepts right includes" "$tree_ok"
echo "1..$number"
