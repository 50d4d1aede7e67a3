#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# How a run in --batch ends: exit statuses, limits, and what is said about wrong command lines and images.
#
# usage: endings.sh     with BACKSTEP and TESTS_DIR (where the guest programs were built)

set -u
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
guests=$TESTS_DIR/guest
number=0

# ends NAME STATUS PATTERN ARGUMENT...: runs the emulator, expects this status and a line of stderr like PATTERN.
ends() {
    name=$1 expected=$2 pattern=$3
    shift 3
    number=$((number + 1))
    timeout -k 5 60 "$BACKSTEP" "$@" </dev/null >"$work/out" 2>"$work/err"
    status=$?
    if [ "$status" -eq "$expected" ] && grep -Eq -- "$pattern" "$work/err"; then
        echo "ok $number - $name"
    else
        echo "not ok $number - $name"
        echo "#   status $status, expected $expected; stderr should match: $pattern"
        sed 's/^/#   /' "$work/err"
    fi
}

# prints NAME PATTERN ARGUMENT...: runs the emulator, expects status 0 and a line of stdout like PATTERN.
prints() {
    name=$1 pattern=$2
    shift 2
    number=$((number + 1))
    if timeout -k 5 60 "$BACKSTEP" "$@" </dev/null 2>"$work/err" | grep -Eq -- "$pattern"; then
        echo "ok $number - $name"
    else
        echo "not ok $number - $name"
        sed 's/^/#   /' "$work/err"
    fi
}

ends "exit_status_of_the_firmware" 7 "" --batch --semihosting "$guests/ending_exit.elf"
ends "lockup_is_126_and_explained" 126 "[Ll]ockup|locked up" --batch --semihosting "$guests/ending_lockup.elf"
ends "unhandled_fault_is_126_and_explained" 126 "0x30000000" --batch --semihosting "$guests/ending_fault.elf"
ends "no_symbol_names_what_lies_outside_its_section" 126 "instruction 0x1FFF0008$" --batch "$guests/ending_boot_loader.elf"
ends "a_jump_to_the_boot_loader_says_that_there_is_none" 126 "boot loader" --batch "$guests/ending_boot_loader.elf"
ends "a_stack_without_memory_is_said_at_once" 126 "stack begins at 0x200[0-9A-F]*, where the stm32f100rb has no memory" \
    --batch --chip stm32f100rb "$guests/ending_fault.elf"
ends "semihosting_call_without_the_option_is_named" 126 "--semihosting" --batch "$guests/ending_exit.elf"
ends "cycle_limit_is_124" 124 "cycle" --batch --max-cycles 100000 "$guests/ending_spin.elf"
ends "time_limit_is_124" 124 "timeout|seconds|time" --batch --timeout 1 "$guests/ending_spin.elf"
ends "endless_sleep_is_124" 124 "sleep|cycle" --batch --semihosting --max-cycles 1000000000 "$guests/ending_sleep.elf"

ends "missing_image_is_125_and_named" 125 "no-such.elf" --batch "$work/no-such.elf"
ends "no_image_is_125" 125 "backstep: " --batch
ends "two_images_are_125" 125 "backstep: " --batch "$guests/ending_exit.elf" "$guests/ending_spin.elf"
ends "unknown_option_is_125" 125 "frobnicate" --frobnicate "$guests/ending_exit.elf"
ends "unknown_chip_is_125_and_named" 125 "stm32z999" --batch --chip stm32z999 "$guests/ending_exit.elf"
ends "bad_number_is_125" 125 "max-cycles" --batch --max-cycles 12x "$guests/ending_exit.elf"
ends "negative_number_is_125" 125 "max-cycles" --batch --max-cycles -5 "$guests/ending_exit.elf"
ends "a_recording_has_its_own_crystals_and_noise" 125 "--replay excludes .*--hse.*--seed" --replay "$work/none" --seed 1
ends "bad_uart_is_125" 125 "USART9" --batch --uart USART9=stdio "$guests/ending_exit.elf"
ends "every_uart_can_be_connected" 7 "" --batch --semihosting --uart UART4=null --uart USART6=null \
    "$guests/ending_exit.elf"
ends "folder_as_image_is_125" 125 "backstep: " --batch "$work"

: >"$work/empty.elf"
ends "empty_image_is_125" 125 "empty.elf" --batch "$work/empty.elf"
head -c 60 "$guests/ending_exit.elf" >"$work/short.elf"
ends "truncated_image_is_125" 125 "short.elf" --batch "$work/short.elf"
ends "image_of_another_machine_is_125" 125 "backstep: " --batch "$BACKSTEP"
echo "this is no firmware" >"$work/text.elf"
ends "text_as_image_is_125" 125 "text.elf" --batch "$work/text.elf"
printf ':0400000000000000FC\n:04000000000000FFFC\n' >"$work/bad.hex"
ends "hex_with_a_wrong_checksum_is_125" 125 "bad.hex" --batch "$work/bad.hex"

prints "help_names_the_options" "--semihosting" --help
prints "version_is_printed" "^backstep [0-9]" --version
prints "chips_are_listed" "stm32f405rg" --list-chips

echo "1..$number"
