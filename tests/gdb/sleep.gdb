# Ctrl-C stops a core that sleeps with nothing to wake it, and it sleeps on.
# firmware: guest/ending_sleep
# interrupt: ^sleeping$

# test: ctrl_c_stops_a_sleeping_core
# expect: ^sleeping$
# expect: ^Program received signal SIGINT, Interrupt\.$
# expect: wait_for_interrupt \(\)
continue

# test: stepping_a_sleeping_core_comes_back
# expect: ^stepped$
stepi
echo stepped\n
