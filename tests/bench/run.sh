#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Prints how many million guest instructions a second each engine executes, per kernel of kernels.c, and
# qemu-system-arm on the same program where it is installed. A benchmark, not a test: figures depend on the host and
# on what else it does. Of several runs the fastest counts. QEMU's time is that of its process less that of a
# program that does nothing.
#
# usage: run.sh [KERNEL...]    BACKSTEP names the emulator (default ./backstep), ARM_CC the compiler, QEMU the other
#                              emulator, RUNS how often each is run (default 3)

set -u
here=$(cd "$(dirname "$0")" && pwd)
lib=$here/../guest/lib
qemu=${QEMU:-qemu-system-arm}
command -v "$qemu" >/dev/null || qemu=
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
[ $# -gt 0 ] || set -- crc sort matrix calls states copy fp poll interrupts mpu

build() {
    "${ARM_CC:-arm-none-eabi-gcc}" -mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16 -std=gnu11 -O2 -Wall \
        -DKERNEL="$1" -I"$here/../guest" -o "$work/$1.elf" "$here/kernels.c" "$lib"/*.c \
        --specs=nano.specs -nostartfiles -Wl,--gc-sections -Wl,--no-warn-rwx-segments -L "$lib" -T "$lib/stm32f405.ld"
}

# fastest COMMAND...: the least of what the command prints, over RUNS runs.
fastest() {
    for run in $(seq "${RUNS:-3}"); do
        "$@"
    done | sort -g | head -n 1
}

# ours KERNEL ENGINE: "seconds instructions".
ours() {
    "${BACKSTEP:-./backstep}" --batch --stats --engine "$2" --semihosting "$work/$1.elf" </dev/null 2>&1 |
        sed -n 's/.*"instructions": \([0-9]*\),.*"run_seconds": \([0-9.]*\).*/\2 \1/p'
}

# theirs KERNEL: seconds of the whole process.
theirs() {
    start=$(date +%s.%N)
    "$qemu" -M netduinoplus2 -nographic -semihosting-config enable=on,target=native -kernel "$work/$1.elf" \
        </dev/null >/dev/null 2>&1
    echo "$(date +%s.%N) $start" | awk '{ printf "%.4f\n", $1 - $2 }'
}

build nothing || exit 1
idle=$([ -n "$qemu" ] && fastest theirs nothing)
printf '%-12s %13s %11s %12s %9s %6s\n' kernel instructions translator interpreter qemu ratio
for kernel in "$@"; do
    build "$kernel" || exit 1
    echo "$kernel" "$(fastest ours "$kernel" translator)" "$(fastest ours "$kernel" interpreter)" \
        "$([ -n "$qemu" ] && fastest theirs "$kernel")" "$idle" |
        awk '{
            mips = $3 / $2 / 1e6
            printf "%-12s %13d %11.0f %12.0f", $1, $3, mips, $5 / $4 / 1e6
            if (NF >= 7 && $6 > $7) printf " %9.0f %6.1f", $3 / ($6 - $7) / 1e6, mips / ($3 / ($6 - $7) / 1e6)
            print ""
        }'
done
