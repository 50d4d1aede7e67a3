# until and advance with the direction reversed: to a line of the same function, over interrupts, sleep, patch and reset.
# firmware: gdb/crossings

break second_run
continue
delete
set exec-direction reverse

# test: advance_over_the_reset
# expect: mark: reset
# expect: ^boots 1$
advance @LINE(reset)@
printf "boots %u\n", *(unsigned *)0x10000000

# test: advance_into_patched_code
# expect: mark: second answer
# expect: mark: patched
# expect: ^answers 7 0$
advance @LINE(second answer)@
advance @LINE(patched)@
printf "answers %u %u\n", answers[0], answers[1]

# test: until_over_the_first_call_of_it
# expect: mark: first answer
# expect: ^answers 0 0$
until @LINE(first answer)@
printf "answers %u %u\n", answers[0], answers[1]

# test: advance_over_a_sleep
# expect: mark: awake
# expect: mark: wfi
# expect: ^awake 0$
advance @LINE(awake)@
until @LINE(wfi)@
printf "awake %u\n", awake

# test: advance_to_the_handler_and_out_of_it
# expect: mark: isr body
# expect: ^handler 15$
# expect: mark: interrupted loop|while
# expect: ^handler 0$
advance @LINE(isr body)@
printf "handler %d\n", $xpsr & 0x1ff
advance @LINE(interrupted loop)@
printf "handler %d\n", $xpsr & 0x1ff

# test: advance_to_the_function_that_called
# expect: mark: call interrupted
# expect: ^ticks 0$
advance @LINE(call interrupted)@
printf "ticks %u\n", ticks
