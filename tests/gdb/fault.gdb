# A HardFault that nobody handles stops, with the reason in words.
# firmware: guest/ending_fault

# test: hardfault_stops_with_a_reason
# expect: 0x30000000
# expect: ^Program received signal SIG
continue

# test: the_handler_is_where_it_stands
# expect: ^exception: 3$
# expect: <signal handler called>
# expect: in main \(\)
printf "exception: %d\n", $xpsr & 0x1ff
backtrace

# test: monitor_fault_explains_again
# expect: PRECISERR|precise
monitor fault
