# Conditions, commands and dprintf that the server evaluates itself.

set breakpoint condition-evaluation target
break main
continue
delete

# test: target_side_condition
# expect: stop only if i == 6 .*\(target evals\)
# expect: ^i is 6$
break @LINE(loop body)@ if i == 6 && counter > 2
continue
info breakpoints
printf "i is %d\n", i
delete

# test: dprintf_prints_from_the_server
# expect: ^agent says i=7 limit=10$
# expect: ^agent says i=8 limit=10$
# expect: ^agent says i=9 limit=10$
# expect: ^Breakpoint [0-9]+, fill
# reject: falling back to GDB printf
set dprintf-style agent
set disconnected-dprintf off
dprintf @LINE(loop body)@,"agent says i=%d limit=%d\n", i, limit
break fill
continue
delete

# test: false_condition_never_stops
# expect: ^Breakpoint [0-9]+, isr_work
break @LINE(loop body)@ if limit == 99
break isr_work
continue
