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
set pagination on
