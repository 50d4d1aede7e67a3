# A debugger's look at a UART's data register leaves the received byte there. The script plays the driver
# (PA10 is USART1_RX).
# server: --uart USART1=pty

break spin
continue
set {unsigned}0x40023844 = 0x10
set {unsigned}0x40023830 = 0x00100001
set {unsigned}0x40020000 = 0xa8200000
set {unsigned}0x40020024 = 0x00000700
set {unsigned}0x40011008 = 0x8b
set {unsigned}0x4001100c = 0x2004
shell printf A >"$(sed -n 's/^backstep: USART1 is at //p' @DIR@/server.out)"
tbreak @LINE(spin loop)@ if (*(unsigned *)0x40011000 & 0x20) != 0
continue

# test: reads_do_not_take_the_byte
# expect: ^0x40011004:.*0x00000041
# expect: ^0x40011004:.*0x00000041
# expect: ^received: 1$
x/xw 0x40011004
x/xw 0x40011004
printf "received: %d\n", (*(unsigned *)0x40011000 & 0x20) != 0

# test: monitor_view_does_not_take_it_either
# expect: ^ *DR .*0041$
# expect: ^received: 1$
monitor periph USART1
printf "received: %d\n", (*(unsigned *)0x40011000 & 0x20) != 0
