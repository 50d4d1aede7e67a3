# A gdb that dies without a word: its breakpoints go, the target halts, and the next session works.
# twice

# test: first_session_reaches_main
# expect: ^Breakpoint 1, main
break main
tbreak inner
monitor reset halt
continue
shell test -e @DIR@/second || { touch @DIR@/second; kill -9 $PPID; }

# test: second_session_finds_the_target_halted_in_main
# expect: ^main \(\) at
# test: second_session_reaches_main_too
# expect: ^Breakpoint 1, main
# test: nothing_is_left_of_the_first_session
# expect: ^Breakpoint 3, outer \(value=5\)
# expect: ^Breakpoint 4, fill \(value=90 'Z'\)
delete
break outer
continue
delete
break fill
continue
