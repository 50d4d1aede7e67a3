# Floating-point state comes back with the rest.
# firmware: guest/fpu

break main
continue
delete

# test: fpu_registers_are_undone
# expect: ^s0 then 1, now 1$
stepi 200
set $there = $s0
set $there_fpscr = $fpscr
set $there_lr = $lr
stepi 500
reverse-stepi 500
printf "s0 then 1, now %d\n", $there == $s0 && $there_fpscr == $fpscr && $there_lr == $lr

# test: and_back_to_the_reset
# expect: ^No more reverse-execution history|reset_handler
reverse-continue
