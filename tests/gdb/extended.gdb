# Extended-remote: kill and run again.
# connect: extended-remote

# test: program_can_be_debugged
# expect: ^Breakpoint 1, main
break main
continue

# test: kill_ends_it
# expect: ^\[Inferior 1 \(.*\) killed\]$
kill

# test: run_starts_it_again
# expect: ^Breakpoint 1, main
run

# test: run_again_starts_from_the_beginning
# expect: ^Breakpoint 2, inner \(value=7\)
# expect: ^Breakpoint 1, main
break inner
continue
run
