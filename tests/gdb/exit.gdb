# A program that ends through semihosting ends in gdb too, with its status.
# firmware: guest/ending_exit

# test: exit_status_reaches_gdb
# expect: ^\[Inferior 1 \(.*\) exited with code 07\]$
# expect: ^code: 7$
continue
printf "code: %d\n", $_exitcode
