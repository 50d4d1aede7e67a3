# Going back in small steps: by instruction, by line, over calls, out of functions; no recording step before.

# test: history_begins_at_the_reset
# expect: ^No more reverse-execution history|^Reached end of recorded history
# expect: ^\$1 = 0$
reverse-stepi
print counter

break main
continue
delete

# test: stepi_and_reverse_stepi_agree
# expect: ^back where it was: 1 1 1$
stepi
stepi
set $pc_there = $pc
set $sp_there = $sp
set $r3_there = $r3
stepi
stepi
stepi
reverse-stepi 3
printf "back where it was: %d %d %d\n", $pc == $pc_there, $sp == $sp_there, $r3 == $r3_there

# test: reverse_step_goes_into_a_call
# expect: ^in count_to
tbreak @LINE(count)@
continue
next
reverse-step
printf "in "
info symbol $pc

# test: reverse_finish_stops_at_the_call
# expect: ^at the call: 1$
tbreak @LINE(loop body)@
reverse-continue
reverse-finish
set $at = $pc
stepi
printf "at the call: %d\n", $pc == &count_to && $at != $pc
reverse-stepi

# test: reverse_next_passes_over_a_call
# expect: mark: call outer
# expect: ^\$2 = 0$
tbreak @LINE(printf)@
reverse-continue
reverse-next
print total

# test: forwards_again_the_same_happens
# expect: mark: printf
# expect: ^\$3 = 7$
next
print total

# test: reverse_step_undoes_memory_and_registers
# expect: ^\$4 = 7$
# expect: mark: inner body
# expect: ^\$5 = 0$
tbreak @LINE(inner body)@
reverse-continue
stepi 20
print total
tbreak @LINE(inner body)@
reverse-continue
print total
