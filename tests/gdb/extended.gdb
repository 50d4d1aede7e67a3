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

# test: arguments_of_run_reach_the_firmware
# expect: ^argc 3: one two$
# expect: ^argc 1$
delete
break main
set args one two
run
printf "argc %d: %s %s\n", $r0, ((char **)$r1)[1], ((char **)$r1)[2]
set args
run
printf "argc %d\n", $r0
