#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Prints how many million guest instructions a second the emulator executes, per kernel of kernels.c. A benchmark,
# not a test: figures depend on the host and on what else it does.
#
# usage: run.sh [KERNEL...]    BACKSTEP names the emulator (default ./backstep), ENGINE the engine (default
#                              interpreter), ARM_CC the compiler

set -u
here=$(cd "$(dirname "$0")" && pwd)
lib=$here/../guest/lib
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
[ $# -gt 0 ] || set -- crc sort matrix calls states copy fp interrupts mpu

printf '%-12s %14s %9s %9s\n' kernel instructions seconds 'M/s'
for kernel in "$@"; do
    "${ARM_CC:-arm-none-eabi-gcc}" -mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16 -std=gnu11 -O2 -Wall \
        -DKERNEL="$kernel" -I"$here/../guest" -o "$work/$kernel.elf" "$here/kernels.c" "$lib"/*.c \
        --specs=nano.specs -nostartfiles -Wl,--gc-sections -Wl,--no-warn-rwx-segments -L "$lib" -T "$lib/stm32f405.ld" || exit 1
    "${BACKSTEP:-./backstep}" --batch --stats --engine "${ENGINE:-interpreter}" --semihosting \
        "$work/$kernel.elf" </dev/null >"$work/out" 2>&1
    status=$?
    [ "$status" -eq 0 ] || { echo "$kernel: status $status"; cat "$work/out"; continue; }
    sed -n 's/.*"instructions": \([0-9]*\),.*"run_seconds": \([0-9.]*\), "mips": \([0-9.]*\).*/\1 \2 \3/p' "$work/out" |
        while read -r instructions seconds mips; do
            printf '%-12s %14s %9.3f %9.1f\n' "$kernel" "$instructions" "$seconds" "$mips"
        done
done
