# reverse-step, line by line: over code in RAM that was patched, a sleep that an interrupt ended, FP code with an
# interrupt in it, and, with steps into interrupts, through the handler's floating point.
# firmware: gdb/crossings

tbreak crossings.c:@LINE(crossings end)@
continue

# test: over_patched_code
# expect: ^patcher \(\)
# expect: mark: patched
# expect: mark: first answer|^call_code \(\)
# expect: ^answers 0 0$
reverse-step
tbreak crossings.c:@LINE(patched)@
reverse-continue
reverse-step
printf "answers %u %u\n", answers[0], answers[1]

# test: over_a_sleep
# expect: mark: awake
# expect: ^awake 0
# expect: mark: wfi
# expect: ^as many ticks as before: 1$
tbreak crossings.c:@LINE(awake)@
reverse-continue
printf "awake %u\n", awake
set $slept = ticks
reverse-step
printf "as many ticks as before: %d\n", ticks == $slept - 1

# test: through_interrupted_code_with_floating_point
# expect: mark: interrupted end
# expect: mark: interrupted loop|while
# expect: mark: blend|^blend
# expect: ^in the thread: 1$
tbreak crossings.c:@LINE(interrupted end)@
reverse-continue
reverse-step
reverse-step
reverse-step
printf "in the thread: %d\n", ($xpsr & 0x1ff) == 0

# test: into_the_handler_that_the_sleep_woke
# expect: mark: isr tick
# expect: ^handler: 15, ticks 2$
# expect: mark: isr body|^heavier \(
# expect: ^handler: 15, ticks 2$
monitor step-interrupts on
tbreak crossings.c:@LINE(awake)@
continue
tbreak crossings.c:@LINE(isr tick)@
reverse-continue
printf "handler: %d, ticks %u\n", $xpsr & 0x1ff, ticks
reverse-step
printf "handler: %d, ticks %u\n", $xpsr & 0x1ff, ticks
