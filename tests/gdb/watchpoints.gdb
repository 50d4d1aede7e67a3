# Write, read and access watchpoints, with old and new values, and more of them than any chip has.

break main
continue
delete

# test: watch_shows_old_and_new_value
# expect: ^Hardware watchpoint 2: total$
# expect: ^Old value = 0$
# expect: ^New value = 7$
watch total
continue
delete

# test: rwatch_stops_at_a_read
# expect: ^Hardware read watchpoint 3: counter$
# expect: ^Value = 1$
# expect: ^count_to \(|in count_to \(
rwatch counter
continue
delete

# test: awatch_stops_at_reads_and_writes
# expect: ^Hardware access \(read/write\) watchpoint 4: counter$
# expect: ^Old value = |^Value = 
# expect: ^New value = 2$|^Value = 2$
awatch counter
continue
continue
delete

# test: watch_on_one_byte_of_an_array
# expect: ^Hardware watchpoint 5: buffer\[200\]$
# expect: ^New value = 90
watch buffer[200]
continue
delete

# test: condition_of_a_watchpoint
# expect: ^New value = 20$
watch counter if counter == 20
continue
delete

# test: many_watchpoints
# expect: ^Hardware watchpoint 16: isr_total$
# expect: ^New value = 1$
watch buffer[0]
watch buffer[10]
watch buffer[20]
watch buffer[30]
watch buffer[40]
watch buffer[50]
watch buffer[60]
watch buffer[70]
watch origin.x
watch isr_total
continue
