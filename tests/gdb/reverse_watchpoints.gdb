# Watchpoints backwards: a store shows the value it is about to be undone to; reads and accesses too.

break spin
continue
delete

# test: reverse_watch_shows_new_then_old_value
# expect: ^Hardware watchpoint 2: total$
# expect: ^Old value = 7$
# expect: ^New value = 0$
# expect: inner \(value=7\)
# expect: ^total is 0$
watch total
reverse-continue
printf "total is %d\n", total

# test: watch_forwards_from_there
# expect: ^Old value = 0$
# expect: ^New value = 7$
continue
delete

# test: reverse_watch_to_the_begin
# expect: ^No more reverse-execution history|^Reached end of recorded history
watch isr_total
reverse-continue
delete

# test: reverse_rwatch
# expect: ^Hardware read watchpoint 5: origin.x$
# expect: ^Value = 3$
break spin
continue
delete
rwatch origin.x
reverse-continue
delete

# test: reverse_awatch
# expect: ^Hardware access \(read/write\) watchpoint 6: counter$
# expect: ^Old value = 1$
# expect: ^New value = 0$
awatch counter
reverse-continue
reverse-continue
delete

# test: reverse_stepi_over_a_watched_store
# expect: ^Hardware watchpoint [0-9]+: total$
# expect: ^Old value = 7$
# expect: ^New value = 0$
watch total
continue
stepi
reverse-stepi 4
delete

# test: condition_of_a_watchpoint_in_reverse
# expect: ^New value = 12$
break spin
continue
delete
watch counter if counter == 12
reverse-continue
delete

# test: software_watchpoint_in_reverse
# expect: ^Watchpoint [0-9]+: total$
# expect: ^Old value = 7$
# expect: ^New value = 0$
tbreak @LINE(inner body)@
reverse-continue
next
set can-use-hw-watchpoints 0
watch total
reverse-continue
