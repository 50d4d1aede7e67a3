# What IDEs send: the connection over MI, their monitor words, reads at odd places, a second client that looks while the
# target runs.
# connect: none
# interrupt: ^second: .*e000ed00

# test: target_select_extended_remote
# expect: ^.connected$
eval "interpreter-exec mi \"-target-select extended-remote 127.0.0.1:%d\"", $port

# test: launch_sequence
# expect: ^Transfer rate:
# expect: ^at reset: 1$
# expect: ^Breakpoint 1, main
# reject: Protocol error|Remote failure|Target does not support
monitor reset halt
monitor arm semihosting enable
load
monitor reset halt
maintenance flush register-cache
printf "at reset: %d\n", ((unsigned)$pc | 1) == ((unsigned)reset_handler | 1)
break main
continue

# test: attach_and_reset_sequences
# expect: ^Breakpoint 1, main
# expect: ^Breakpoint 1, main
monitor halt
monitor reset init
continue
monitor gdb_sync
stepi
monitor system_reset
continue

# test: gdb_sync_makes_a_step_stand_still
# expect: ^stood still: 1$
set $before = $pc
monitor gdb_sync
stepi
printf "stood still: %d\n", $pc == $before

# test: odd_reads_are_answered
# expect: ^received: "E0e"$
# expect: ^received: "[0-9a-f]+20"$
# expect: ^received: "E0e"$
# expect: ^received: "E
maint packet mfffffffc,4
maint packet m0,4
maint packet m30000001,3
maint packet mffffffff,2

# test: second_client_looks_while_the_target_runs
# expect: ^second: 0xe000ed00:.*0x410fc241
# expect: received signal SIGINT
delete
eval "shell (until grep -q '^spinning' @DIR@/gdb.out; do :; done; \"$GDB\" -nx -batch -ex 'target remote 127.0.0.1:%d' -ex 'maint packet mfffffffc,4' -ex 'x/xw 0xe000ed00' 2>&1 | sed 's/^/second: /') </dev/null &", $port
continue

# test: first_client_goes_on
# expect: ^\$[0-9]+ = 1$
stepi
print counter > 0
