# Ctrl-C ends a monitor word's long search, where it began.
# server: --engine interpreter
# interrupt: ^the search goes on from

break spin
continue
delete
monitor speed max
set {int} 0xE000E014 = 0xFFFFFF
set {int} 0xE000E010 = 7
break systick_handler
ignore $bpnum 20
continue
delete
set $here = $pc

monitor last-write total

# test: interrupted_it_stands_where_it_stood
# expect: ^Program received signal SIGINT
# expect: ^back again: 1$
stepi
printf "back again: %d\n", $pc == $here

# test: a_step_steps_again
# expect: ^stepped: 1$
stepi
printf "stepped: %d\n", $pc != $here

# test: who_runs_on_forgets_the_search
# expect: ^nothing yet, back to
# expect: ^Temporary breakpoint
# expect: ^still running forwards: 1$
monitor last-write total
tbreak isr_work
continue
stepi
printf "still running forwards: %d\n", ticks > 15
