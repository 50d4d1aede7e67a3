# Ctrl-C stops a program that runs for ever; the program itself says when it is running.
# interrupt: ^spinning$

# test: ctrl_c_stops_the_program
# expect: ^spinning$
# expect: ^Program received signal SIGINT, Interrupt\.$
# expect: ^spin \(\) at|in spin \(\)
continue

# test: backtrace_after_ctrl_c
# expect: ^#0  .*spin \(\)
# expect: ^#1  .*thread_main \(\)
backtrace

# test: stepping_after_ctrl_c
# expect: ^moved: 1$
set $old = counter
stepi 50
printf "moved: %d\n", counter > $old
