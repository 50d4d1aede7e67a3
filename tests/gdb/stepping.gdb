# Stepping by lines and by instructions, into, over and out of functions.

break main
continue
advance @LINE(call outer)@

# test: next_goes_over_calls
# expect: ^@LINE(printf)@	
next

# test: next_over_printf_prints
# expect: ^outer gave 15$
next

# test: step_goes_from_line_to_line
# expect: ^@LINE(count)@	
step

# test: step_goes_into_a_function
# expect: ^count_to \(limit=10\) at
step

# test: finish_comes_back_out
# expect: main \(\) at .*session.c
finish

# test: until_leaves_a_loop
# expect: ^count_to \(limit=15\)
# expect: ^the loop is over: 1$
advance count_to
next
next
until
printf "the loop is over: %d\n", counter == 26

# test: stepi_moves_one_instruction
# expect: ^moved: 1$
tbreak inner
jump @LINE(call outer)@
set $before = $pc
stepi
printf "moved: %d\n", $pc > $before && $pc <= $before + 4

# test: x_i_shows_the_instruction_at_pc
# expect: ^=> 0x8[0-9a-f]+ <inner
x/i $pc

# test: nexti_goes_over_a_call
# expect: ^over the call: 1$
tbreak middle
jump @LINE(call outer)@
advance @LINE(call inner)@
set $line = $pc
nexti
nexti
nexti
printf "over the call: %d\n", $pc > $line && $pc <= $line + 12
