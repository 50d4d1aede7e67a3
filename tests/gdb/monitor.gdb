# The monitor words, known and unknown, and what a reset does.

# test: monitor_help_lists_words
# expect: reset
# expect: regs
monitor help

# test: reset_halt_stands_at_the_first_instruction
# expect: ^Breakpoint 1, inner
# expect: ^at reset: 1$
break inner
continue
monitor reset halt
maintenance flush register-cache
printf "at reset: %d\n", ((unsigned)$pc | 1) == ((unsigned)reset_handler | 1)

# test: program_runs_again_after_reset
# expect: ^Breakpoint 1, inner
continue

# test: monitor_regs
# expect: pc
monitor regs

# test: monitor_periph_shows_fields
# expect: AHB1ENR
monitor periph RCC

# test: monitor_clocks
# expect: [Hh][Cc][Ll][Kk]|16
monitor clocks

# test: monitor_irq
# expect: SysTick|SYSTICK|PendSV
monitor irq

# test: unknown_word_is_a_note_and_the_session_goes_on
# expect: frobnicate
# expect: ^still here$
monitor frobnicate
echo still here\n
