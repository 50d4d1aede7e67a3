# One core is one thread.

break inner
continue

# test: there_is_one_thread
# expect: ^\* 1 +(Thread|Remote)
info threads

# test: selecting_it_works
# expect: ^\[Switching to thread 1 
# expect: inner \(value=7\)
thread 1

# test: backtrace_of_all_threads
# expect: ^#0  inner
thread apply all backtrace
