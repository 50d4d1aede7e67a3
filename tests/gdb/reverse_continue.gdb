# reverse-continue: breakpoints, conditions, the begin of history, and how to go on from there.

break main
continue
delete

# test: runs_back_to_the_last_breakpoint
# expect: ^Breakpoint 2, .*inner
# expect: ^Breakpoint 3, .*count_to
# expect: ^\$1 = 1$
# expect: ^Breakpoint 2, .*inner
# expect: ^\$2 = 0$
break inner
break count_to
continue
continue
print counter
reverse-continue
print total

# test: begin_of_history
# expect: ^No more reverse-execution history|^Reached end of recorded history
# expect: ^\$3 = 0$
reverse-continue
print counter

# test: condition_in_reverse
# expect: ^\$4 = 17$
# expect: ^\$5 = 5$
delete
break spin
continue
delete
break @LINE(loop body)@ if counter == 17
reverse-continue
print counter
delete
break @LINE(loop body)@ if counter == 5
reverse-continue
print counter

# test: continues_to_the_end_and_lives_on
# expect: ^Breakpoint .*spin
# expect: ^lives on: 1$
delete
break spin
continue
delete
set $was = counter
watch counter if counter > $was + 1000
continue
printf "lives on: %d\n", counter > $was

# test: host_output_is_not_repeated
# reject: outer gave 15.*outer gave 15
