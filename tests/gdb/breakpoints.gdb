# Software, hardware and temporary breakpoints, conditions and ignore counts.

# test: break_main_stops_there
# expect: ^Breakpoint 1, main \(\) at .*session.c:
break main
continue
delete

# test: tbreak_stops_once
# expect: ^Temporary breakpoint 2, inner \(value=7\)
# expect: ^No breakpoints or watchpoints\.$
tbreak inner
continue
info breakpoints

# test: hbreak_stops
# expect: ^Breakpoint 3, count_to \(limit=10\)
hbreak count_to
continue
delete

# test: condition_holds_at_the_stop
# expect: ^Breakpoint 4, count_to .*session.c:@LINE(loop body)@$
# expect: ^\$1 = 7$
break @LINE(loop body)@ if i == 7
continue
print i
delete

# test: ignore_count_skips_hits
# expect: ^Breakpoint 5, fill \(value=90 'Z'\)
# expect: ^Breakpoint 6, count_to .*session.c:@LINE(loop body)@$
# expect: ^\$2 = 3$
break fill
continue
break @LINE(loop body)@
ignore 6 3
continue
print i
delete

# test: many_breakpoints_cost_no_slots
# expect: ^Breakpoint 22, isr_work \(now=1\)
break *&inner+2
break *&inner+4
break *&middle
break *&middle+2
break *&middle+4
break *&outer
break *&outer+2
break *&outer+4
break main
break *&main+4
break *&main+8
break *&fill
break *&fill+2
break *&spin
break *&spin+2
break isr_work
continue

# test: jump_to_a_breakpoint_stops_there
# expect: ^Breakpoint 23, middle
delete
break *&middle
jump *&middle
