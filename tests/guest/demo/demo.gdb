# A first session with backstep: breakpoints, source lines, variables, and what the chip's peripherals are doing.
# Started by `bootstrap demo`, which has loaded the symbols and connected to the server.
set pagination off
set print pretty on
set print entry-values no
set style enabled off

echo \n--- Stop in main.\n
break main
continue

echo \n--- Run over the clock set-up: HSE, PLL to 168 MHz, five wait states.\n
next
next
print SystemCoreClock
monitor clocks

echo \n--- The board is set up; stop where a line is about to be printed.\n
next
break report_line
continue
backtrace
info args
print *r
print runner

echo \n--- The USART as the firmware left it. Looking does not disturb it.\n
monitor periph USART2
monitor periph USART2.SR

echo \n--- Stop when the next LED is lit.\n
delete
watch runner.led
continue
next
print/x ((struct gpio *)0x40020C00)->ODR

echo \n--- In an interrupt handler, and who was interrupted.\n
delete
break USART2_IRQHandler
continue
backtrace
delete
finish

echo \n--- Conditions are evaluated in the server: the tenth line.\n
break report_line if r->lines == 9
continue
print *r
delete

echo \n--- Two seconds later the firmware notices that its journal is broken.\n
break journal_is_broken
continue
print/x journal

echo \n--- Who did that, and when? Go back to the last write to the guard; nothing had to be recorded for it.\n
delete
watch journal.guard
reverse-continue
backtrace
print journal.next

echo \n--- The index was one too large. Its past is there too; and how long ago it was.\n
delete
reverse-step
monitor timeline

echo \n--- Forwards again, to where we came from and beyond.\n
break journal_is_broken
continue
delete
set pagination on
