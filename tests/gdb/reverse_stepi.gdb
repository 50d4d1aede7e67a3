# reverse-stepi: every instruction forwards from before the first interrupt to after the reset, then back over each of
# them to the same registers: through entries and returns, FP stacking, a sleep, code that was patched, and the reset.
# firmware: gdb/crossings

monitor step-interrupts on
break interrupted
continue
delete

# test: every_instruction_is_undone
# expect: ^undone: [1-9][0-9][0-9]+, wrong: 0$
# expect: ^in the handler: [1-9][0-9]+, with FP state on the stack: [1-9][0-9]*$
# expect: ^sums before: 0 0 0$
set $steps = 0
set $handler = 0
set $stacked = 0
while (unsigned)$pc != ((unsigned)&second_run & ~1) && $steps < 20000
  eval "set $at%d = (unsigned)$pc ^ (unsigned)$sp << 3 ^ $xpsr ^ $r0 << 1 ^ $r3 << 2 ^ (unsigned)$lr << 4 ^ (int)$s0 ^ (unsigned)$msp", $steps
  set $handler = $handler + (($xpsr & 0x1ff) == 15)
  set $stacked = $stacked + (($xpsr & 0x1ff) == 15 && ($lr & 0xfffffff0) == 0xffffffe0)
  set $steps = $steps + 1
  stepi
end
set $wrong = 0
set $left = $steps
while $left > 0
  set $left = $left - 1
  reverse-stepi
  eval "set $wrong = $wrong + ($at%d != ((unsigned)$pc ^ (unsigned)$sp << 3 ^ $xpsr ^ $r0 << 1 ^ $r3 << 2 ^ (unsigned)$lr << 4 ^ (int)$s0 ^ (unsigned)$msp))", $left
end
printf "undone: %d, wrong: %d\n", $steps, $wrong
printf "in the handler: %d, with FP state on the stack: %d\n", $handler, $stacked
printf "sums before: %d %d %d\n", ticks, awake, answers[1]
