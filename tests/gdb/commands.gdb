# Commands attached to a breakpoint, tbreak with a condition, and until a caller.

# test: commands_run_at_the_stop
# expect: ^inner got 7$
# expect: ^total is 7$
break inner
commands
silent
printf "inner got %d\n", value
end
continue
finish
printf "total is %d\n", total
delete

# test: up_and_down
# expect: ^#1 .* outer \(value=5\)|^#[0-9]+ .* outer
# expect: ^value of the caller: 5$
break middle
jump @LINE(call outer)@
up
printf "value of the caller: %d\n", value

# test: disable_and_enable
# expect: ^Breakpoint [0-9]+, fill
disable
break fill
continue
