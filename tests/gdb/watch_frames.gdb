# A watched word that exception entries overwrite: the entry is the write, forwards and backwards.

break systick_handler
continue
continue
eval "watch *(unsigned *)0x%x", (unsigned)$psp + 24
delete 1

# test: reverse_continue_finds_the_entry_that_wrote_the_frame
# expect: ^Hardware watchpoint 2
# expect: ^Old value = [1-9]
# expect: ^New value = 
# expect: ^interrupted: 1$
set $now = *(unsigned *)($psp + 24)
reverse-continue
printf "interrupted: %d\n", ($xpsr & 0x1ff) == 0 && $pc == $now

# test: and_the_one_before_it
# expect: ^Old value = [1-9]
# expect: ^New value = 0$
# expect: ^interrupted: 1$
set $now = *(unsigned *)($psp - 8)
reverse-continue
printf "interrupted: %d\n", ($xpsr & 0x1ff) == 0 && $pc == $now

# test: continue_stops_at_the_entry
# expect: ^Old value = 0$
# expect: ^New value = [1-9]
# expect: ^stacked: 1$
continue
printf "stacked: %d\n", *(unsigned *)($psp - 8) == $now
