# From a fault handler back to the instruction that faulted, with the registers that it had.
# firmware: guest/ending_fault

# test: stops_in_the_handler
# expect: ^Program received signal SIG
# expect: ^exception: 3$
continue
printf "exception: %d\n", $xpsr & 0x1ff

# test: back_to_the_instruction_that_faulted
# expect: ^the next instruction is the one that faults$
# expect: ^cycle [0-9]+, .*<main\+?[0-9]*>
# expect: ^exception: 0$
monitor back-to-fault
stepi
printf "exception: %d\n", $xpsr & 0x1ff

# test: forwards_it_faults_again
# expect: ^Program received signal SIG
continue
