# The board's buttons and LEDs, and a UART's errors, by monitor commands. The script plays the driver (PD12 is the LED,
# PA0 the button, PA9 and PA10 are USART1).
# server: --attach button@PA0=USER --attach led@PD12=GREEN:low --attach loop@USART1 --attach led@PB0=L0 --attach led@PB1=L1
# server: --attach lm75@I2C1 --attach wire@I2C1:I2C2 --attach led@PB2=L2 --attach led@PB3=L3 --attach led@PB4=L4 --attach led@PB5=L5 --attach led@PB6=L6

break spin
continue
set {unsigned}0x40023830 = 0x00100009
set {unsigned}0x40023844 = 0x10

# test: a_button_is_pressed_and_listed
# expect: ^USER +released \(PA0\)$
# expect: ^pad: 1$
# expect: ^USER +pressed \(PA0\)$
monitor button
monitor button user press
printf "pad: %d\n", *(unsigned *)0x40020010 & 1
monitor button

# test: an_led_is_listed_and_said
# expect: ^GREEN +off \(PD12\)$
# expect: ^GREEN +on \(PD12\)$
# expect: ^backstep: LED GREEN on at 0\.[0-9]+ s$
monitor led
set {unsigned}0x40020c00 = 0x01000000
monitor led
shell grep LED @DIR@/server.err

# test: a_board_has_many_parts
# expect: ^L6 +off \(PB6\)$
monitor led

# test: a_pin_tells_whose_it_is
# expect: ^GPIOA pin 10 is 0$
# expect: ^GPIOA pin 10 is 0 \(USART1\)$
monitor pin PA10
set {unsigned}0x40020000 = 0xa8280000
set {unsigned}0x40020024 = 0x00000770
monitor pin PA10

# test: the_host_is_a_master_on_a_bus
# expect: ^backstep: I2C I2C1:I2C2, address 0x48: done at 0\.[0-9]+ s; 1 written, read 19 00$
# expect: ^backstep: I2C I2C1:I2C2, address 0x22: not acknowledged at 0\.[0-9]+ s; 0 written$
set counter = 0
monitor i2c I2C1 write 0x48 0 read 2
tbreak @LINE(spin loop)@ if counter == 2000
continue
monitor i2c i2c2 write 0x22 1 2
tbreak @LINE(spin loop)@ if counter == 3000
continue
shell grep 'I2C I2C1' @DIR@/server.err

# test: a_word_of_nine_bits_arrives
# expect: ^DR: 0x1a5$
set {unsigned}0x40011008 = 0x8b
set {unsigned}0x4001100c = 0x3004
monitor uart USART1 word 0x1A5
tbreak @LINE(spin loop)@ if (*(unsigned *)0x40011000 & 0x20) != 0
continue
printf "DR: 0x%x\n", *(unsigned *)0x40011004
set {unsigned}0x40011000 = 0
set {unsigned}0x4001100c = 0

# test: a_framing_error_arrives
# expect: ^SR: 0x22$
set {unsigned}0x40011008 = 0x8b
set {unsigned}0x4001100c = 0x2004
monitor uart USART1 error framing 0x41
tbreak @LINE(spin loop)@ if (*(unsigned *)0x40011000 & 0x20) != 0
continue
printf "SR: 0x%x\n", *(unsigned *)0x40011000 & 0x3f
