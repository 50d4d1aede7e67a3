# Ctrl-C ends a long reverse-continue, which says how far it has come.
# server: --engine interpreter
# interrupt: searched back to cycle

break spin
continue
delete
monitor speed max
set {int} 0xE000E014 = 0xFFFFFF
set {int} 0xE000E010 = 7
break systick_handler
ignore $bpnum 30
continue
delete
set $here = $pc
set $was = ticks

# test: says_how_far_it_is_and_stops_where_it_is_told
# expect: searched back to cycle [0-9]+, [0-9]+ % of the past$
# expect: ^Program received signal SIGINT
# expect: ^within the past: 1$
watch total
reverse-continue
printf "within the past: %d\n", ticks <= $was

# test: goes_on_both_ways
# expect: ^Breakpoint .*systick_handler
# expect: ^Breakpoint .*systick_handler
delete
break systick_handler
reverse-continue
continue
