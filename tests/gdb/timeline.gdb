# The words about the past: where it is recorded from, going to any moment of it, and who did what last.

break spin
continue
delete

# test: timeline_shows_the_extent
# expect: ^begin  cycle 0$
# expect: ^now    cycle [0-9]+, .*<spin\+?[0-9]*>.* the end of history
# expect: checkpoints, .*inputs
monitor mark here
monitor timeline

# test: last_write_goes_to_the_store
# expect: ^0x[0-9A-F]+: from 0x0 to 0x7 by the instruction at the pc$
# expect: ^cycle [0-9]+, .*<inner\+[0-9]+>
# expect: inner body
monitor last-write total
stepi

# test: a_step_later_it_is_written
# expect: ^total is 0, then 7$
set $first = total
stepi
printf "total is %d, then %d\n", $first, total
reverse-stepi

# test: last_irq_goes_to_the_handlers_start
# expect: ^cycle [0-9]+, .*pc 0x[0-9A-F]+ <systick_handler>
# expect: ^in systick_handler: 1$
monitor seek here
monitor last-irq SysTick
stepi
printf "in systick_handler: %d\n", $pc == &systick_handler

# test: last_write_of_a_peripheral_register
# expect: ^0xE000E010: from 0x[0-9A-F]+ to 0x10000 by the instruction at the pc$
# expect: <thread_main
monitor seek here
monitor last-write SYSTICK.CTRL

# test: seek_begin_and_end_and_cycle_and_time
# expect: ^cycle 0, 0.000000000 s
# expect: ^cycle [0-9]+, .* the end of history$
# expect: ^cycle 100[0-9], 
# expect: ^cycle 160[0-9], 0.0001000
monitor seek begin
monitor seek end
monitor seek 1000
monitor seek 100us

# test: what_was_never_written
# expect: ^nobody wrote there in recorded history
monitor last-write needle
monitor seek end
monitor gdb_sync
stepi

# test: a_change_of_the_past_is_said_once
# expect: ^backstep: the past was changed at cycle [0-9]+
# expect: ^counter is 1000$
tbreak inner
reverse-continue
set var counter = 1000
set var total = 1000
stepi
printf "counter is %d\n", counter

# test: seek_says_what_it_expects
# expect: ^seek: expected a cycle
monitor seek nowhere
