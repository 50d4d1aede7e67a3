# A monitor word whose search takes long answers that it does, and a step goes on with it.
# server: --engine interpreter

break spin
continue
delete
monitor speed max
set {int} 0xE000E014 = 0xFFFFFF
set {int} 0xE000E010 = 7
break systick_handler
ignore $bpnum 15
continue
delete
set $here = $pc

# test: says_that_it_takes_long
# expect: ^nothing yet, back to cycle [0-9]+, [0-9]+ % of the past$
# expect: ^'stepi' goes on with the search
# expect: ^still here: 1$
monitor last-write total
printf "still here: %d\n", $pc == $here

# test: a_step_finds_it
# expect: ^the search goes on from cycle [0-9]+
# expect: ^0x[0-9A-F]+: from 0x0 to 0x7 by the instruction at the pc$
# expect: inner body
stepi
stepi
stepi

# test: and_then_steps_are_steps
# expect: ^total is 7$
printf "total is %d\n", total
