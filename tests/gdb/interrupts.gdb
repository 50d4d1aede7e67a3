# Handlers: stopping in one, the backtrace through the exception frame onto the process stack, stepping, and finishing.

break systick_handler
continue

# test: break_in_a_handler_stops
# expect: ^Breakpoint 1, systick_handler \(\)

# test: backtrace_crosses_to_the_process_stack
# expect: ^#0  systick_handler \(\)
# expect: ^#1  <signal handler called>$
# expect: ^#2  .*thread_main \(\)
backtrace

# test: registers_of_the_interrupted_frame
# expect: ^interrupted on the process stack: 1$
frame 2
printf "interrupted on the process stack: %d\n", (unsigned)$sp >= (unsigned)thread_stack && (unsigned)$sp <= (unsigned)thread_stack + sizeof(thread_stack)
frame 0

# test: stepping_stays_in_the_handler
# expect: isr_work \(now=1\)
next
step

# test: finish_goes_out_of_the_inner_function
# expect: systick_handler \(\)
finish

# test: finish_goes_out_of_the_handler
# expect: thread_main \(\)
delete
finish

# test: tick_counts_on
# expect: ^Breakpoint 2, isr_work \(now=2\)
# expect: ^Breakpoint 2, isr_work \(now=3\)
break isr_work
continue
continue

# test: step_in_the_thread_is_not_diverted
# expect: ^still in the thread: 1$
delete
tbreak @LINE(thread loop)@
continue
stepi 20
printf "still in the thread: %d\n", ($control & 2) == 2
