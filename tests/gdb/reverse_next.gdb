# reverse-next over calls that hold interrupts with FP state, a sleep, code that is patched, and back over a reset.
# firmware: gdb/crossings

break second_run
continue

# test: back_over_the_reset
# expect: ^main \(\) at .*crossings\.c:@LINE(second call)@$
# expect: ^boots 2$
reverse-finish
printf "boots %u\n", *(unsigned *)0x10000000
# test: into_the_run_before
# expect: @LINE(reset)@.*mark: reset
# expect: ^boots 1$
tbreak @LINE(reset)@
reverse-continue
printf "boots %u\n", *(unsigned *)0x10000000

# test: each_call_is_one_reverse_next
# expect: ^@LINE(call crossings)@
# expect: ^answers 0 0, awake 0, ticks 0, 0$
reverse-next
printf "answers %u %u, awake %u, ticks %u, %d\n", answers[0], answers[1], awake, ticks, (int)weight
# test: from_within_too
# expect: @LINE(call patcher)@.*mark: call patcher
# expect: ^answers 0 0, awake 1, ticks [2-9]
# expect: ^@LINE(call sleeper)@
# expect: ^awake 0, ticks [2-9]
# expect: ^@LINE(call interrupted)@
# expect: ^ticks 0, 0$
tbreak @LINE(crossings end)@
continue
reverse-next
printf "answers %u %u, awake %u, ticks %u\n", answers[0], answers[1], awake, ticks
reverse-next
printf "awake %u, ticks %u\n", awake, ticks
reverse-next
printf "ticks %u, %d\n", ticks, (int)weight
