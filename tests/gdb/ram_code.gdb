# Breakpoints and stepping in code that was copied to RAM, and rewritten by hand.

break main
continue
delete

# test: code_in_ram_runs_and_stops
# expect: ^in RAM: 1$
# expect: ^after: 42$
# 0x20010000: movs r0, #42; nop; bkpt would follow, so a breakpoint ends it
set {unsigned short}0x20010000 = 0x202a
set {unsigned short}0x20010002 = 0xbf00
set {unsigned short}0x20010004 = 0xe7fe
break *0x20010004
set $pc = 0x20010000
continue
printf "in RAM: %d\n", $pc == 0x20010004
printf "after: %d\n", $r0

# test: rewritten_code_is_what_runs
# expect: ^rewritten: 17$
set {unsigned short}0x20010000 = 0x2011
set $pc = 0x20010000
continue
printf "rewritten: %d\n", $r0

# test: a_breakpoint_does_not_show_in_memory
# expect: 0x20010004:.*0xe7fe
x/xh 0x20010004
