# A fault in the HardFault handler: the core locks up, gdb is told, and a reset brings it back.
# firmware: guest/ending_lockup

# test: hardfault_stops_at_its_handler
# expect: ^Program received signal SIGSEGV
# expect: faulting_handler \(\)
continue

# test: lockup_stops
# expect: [Ll]ockup|locked up
# expect: ^Program received signal SIG
continue

# test: reset_brings_it_back
# expect: ^Breakpoint 1, main
break main
monitor reset halt
continue
