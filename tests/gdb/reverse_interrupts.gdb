# Back through an interrupt handler's return and entry, and through a sleep and a reset.

monitor step-interrupts on
break isr_work
continue

# test: from_the_handler_back_to_the_interrupted_thread
# expect: ^entry: ipsr 15 then 0$
# expect: ^forwards again: 1 1$
delete
tbreak systick_handler
reverse-continue
set $isr_pc = $pc
set $isr_sp = $sp
while ($xpsr & 0x1ff) == 15
  set $last = $xpsr & 0x1ff
  reverse-stepi
end
printf "entry: ipsr %d then %d\n", $last, $xpsr & 0x1ff
stepi
set $steps = 0
while $pc != $isr_pc && $steps < 20
  stepi
  set $steps++
end
printf "forwards again: %d %d\n", $pc == $isr_pc, $sp == $isr_sp

# test: back_over_an_exception_return
# expect: ^ticks 1, and back: 1$
tbreak isr_work
continue
finish
set $seen = ticks
while ($xpsr & 0x1ff) == 15 && $steps < 40
  stepi
  set $steps++
end
set $thread_pc = $pc
reverse-stepi
set $in_handler = ($xpsr & 0x1ff) == 15
stepi
printf "ticks %d, and back: %d\n", $seen, $in_handler && $pc == $thread_pc

# test: steps_back_pass_over_handlers_as_steps_forwards_do
# expect: ^passed over: 1 1$
monitor step-interrupts off
set $in_thread = ($xpsr & 0x1ff) == 0
set $was_ticks = ticks
reverse-stepi
set $before_pc = $pc
printf "passed over: %d %d\n", $in_thread && ($xpsr & 0x1ff) == 0 && ticks == $was_ticks - 1, $pc != $thread_pc
monitor step-interrupts on

# test: reverse_continue_into_earlier_handlers
# expect: ^ticks 1$
break systick_handler
continue
continue
reverse-continue
reverse-continue
reverse-continue
printf "ticks %d\n", ticks + 1
delete

# test: history_survives_a_reset
# expect: ^after the reset: 1$
# expect: ^before the reset: 1$
tbreak spin
continue
set $before = counter
monitor reset halt
monitor gdb_sync
stepi
printf "after the reset: %d\n", $pc == &reset_handler
stepi
stepi
reverse-stepi 3
printf "before the reset: %d\n", $pc == &spin || counter == $before
