# Supply and crystal, which the board can take away while the firmware runs.

# test: the_voltage_detector_follows_the_supply
# expect: ^before: 0$
# expect: ^after: 1$
set var *(unsigned *)0x40023840 = 1 << 28
set var *(unsigned *)0x40007000 = 7 << 5 | 1 << 4
printf "before: %d\n", *(unsigned *)0x40007004 >> 2 & 1
monitor supply 2.9
printf "after: %d\n", *(unsigned *)0x40007004 >> 2 & 1

# test: a_crystal_that_fails_stops_the_hse
# expect: ^HSERDY: 1$
# expect: ^HSERDY: 0$
set var *(unsigned *)0x40023800 = 0x10083
break inner
continue
printf "HSERDY: %d\n", *(unsigned *)0x40023800 >> 17 & 1
monitor crystal fail
printf "HSERDY: %d\n", *(unsigned *)0x40023800 >> 17 & 1
monitor crystal run

# test: without_power_the_chip_is_off_and_starts_again
# expect: ^PWR_CR 0$
# expect: ^BORRSTF and PORRSTF: 1 1$
monitor supply 0
monitor supply 3.3
stepi
printf "PWR_CR %x\n", *(unsigned *)0x40007000
printf "BORRSTF and PORRSTF: %d %d\n", *(unsigned *)0x40023874 >> 25 & 1, *(unsigned *)0x40023874 >> 27 & 1
