# reverse-finish: out of a function that a handler calls, out of the handler to what it interrupted, and over everything
# that a call held.
# firmware: gdb/crossings

tbreak heavier
continue

# test: to_the_call_in_the_handler
# expect: mark: isr body
# expect: ^in the handler: 15, weight 0$
reverse-finish
printf "in the handler: %d, weight %d\n", $xpsr & 0x1ff, (int)weight

# test: from_the_handler_to_what_it_interrupted
# expect: ^thread: 0, ticks 0$
reverse-finish
printf "thread: %d, ticks %u\n", $xpsr & 0x1ff, ticks

# test: from_fp_code_to_its_call
# expect: mark: call interrupted
# expect: ^ticks 0, running 0$
tbreak @LINE(interrupted end)@
continue
reverse-finish
printf "ticks %u, running %u\n", ticks, *(unsigned *)0xE000E010 & 1

# test: from_after_the_patch_to_its_call
# expect: mark: call patcher
# expect: ^answers 0 0, awake 1$
tbreak @LINE(second answer)@
continue
reverse-finish
printf "answers %u %u, awake %u\n", answers[0], answers[1], awake

# test: from_after_the_sleep_to_its_call
# expect: mark: call sleeper
# expect: ^awake 0$
tbreak @LINE(awake)@
reverse-continue
reverse-finish
printf "awake %u\n", awake
