# Reading and changing variables and registers, returning a value from finish, calling functions.

break inner
continue

# test: backtrace_shows_the_callers
# expect: ^#0  inner \(value=7\)
# expect: ^#1  .* middle \(value=6\)
# expect: ^#2  .* outer \(value=5\)
# expect: ^#3  .* main \(\)
backtrace

# test: arguments_and_struct_print
# expect: ^\$1 = 7$
# expect: ^\$2 = \{x = 3, y = 4, name = "origin
print value
print origin

# test: set_variable_changes_memory
# expect: ^\$3 = 100$
set var total = 100
print total

# test: finish_shows_the_value
# expect: ^Value returned is .* = 107$
finish

# test: core_registers_are_there
# expect: ^sp +0x200
# expect: ^pc +0x8
# expect: ^xpsr +0x
info registers

# test: system_registers_are_there
# expect: ^main stack: 1$
# expect: ^psp:
# expect: ^primask: 0 basepri: 0 faultmask: 0 control: [04]$
printf "main stack: %d\n", (unsigned)$msp == (unsigned)$sp
printf "psp: %x\n", (unsigned)$psp
printf "primask: %d basepri: %d faultmask: %d control: %d\n", $primask, $basepri, $faultmask, $control

# test: a_register_can_be_written
# expect: ^r5: 12345678$
set $r5 = 0x12345678
printf "r5: %x\n", $r5

# test: fpu_registers_are_there
# expect: ^s1: 2\.5$
# expect: ^fpscr: 0$
set $s1 = 2.5
printf "s1: %.1f\n", $s1
printf "fpscr: %x\n", $fpscr

# test: an_inferior_call_runs
# expect: ^called: 0$
# expect: ^after: 300$
delete
printf "called: %d\n", total = 0
call (void)count_to(0)
call (int)inner(300)
printf "after: %d\n", total

# test: return_leaves_the_function
# expect: ^#0  .* middle
break inner
jump @LINE(call outer)@
return 5
backtrace 1
