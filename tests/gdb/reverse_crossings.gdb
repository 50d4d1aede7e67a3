# reverse-continue meets breakpoints and watchpoints on both sides of interrupts, a sleep, a patch and a reset.
# firmware: gdb/crossings

break second_run
continue
delete

# test: a_watchpoint_on_both_sides_of_the_reset
# expect: ^Old value = 0
# expect: ^New value = 9
# expect: reset_handler \(\)
# expect: ^Old value = 9
# expect: ^New value = 0
# expect: mark: second answer
watch answers[1]
reverse-continue
reverse-continue

# test: the_write_of_code_that_runs_later
# expect: ^Old value = 8201
# expect: ^New value = 8199
# expect: ^runs again as it was: 7
delete
watch code[0]
reverse-continue
delete
tbreak @LINE(patched)@
reverse-continue
printf "runs again as it was: %u\n", answers[0]

# test: a_float_that_the_handler_wrote
# expect: ^Old value = 
# expect: ^handler: 15$
watch weight
reverse-continue
printf "handler: %d\n", $xpsr & 0x1ff
delete

# test: breakpoints_in_turn
# expect: sleeper \(\)
# expect: ^ticks [1-9]
# expect: systick_handler \(\)
# expect: blend \(
# expect: interrupted \(\)
# expect: ^ticks 0$
tbreak sleeper
reverse-continue
printf "ticks %u\n", ticks
tbreak systick_handler
reverse-continue
tbreak blend
reverse-continue
tbreak interrupted
reverse-continue
printf "ticks %u\n", ticks

# test: and_forwards_again_to_the_same_end
# expect: ^9 7, awake 1$
tbreak second_run
tbreak @LINE(reset)@
continue
printf "%u %u, awake %u\n", answers[1], answers[0], awake
