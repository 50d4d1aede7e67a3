# A paced guest wakes from a sleep that is longer than the host's lag may be. The script writes it: WFI with PRIMASK set,
# until SysTick is pending after a second of the guest's.
# firmware: guest/ending_sleep
# server: --speed 5

break main
continue
set {unsigned short}0x20001000 = 0xbf30
set {unsigned short}0x20001002 = 0xe7fe
set {unsigned}0xe000e014 = 15999999
set {unsigned}0xe000e018 = 0
set {unsigned}0xe000e010 = 7
set $primask = 1
set $pc = 0x20001000
break *0x20001002

# test: a_long_sleep_ends
# expect: ^Breakpoint 2, 0x20001002 in
# expect: ^time +1\.00
continue
monitor info
