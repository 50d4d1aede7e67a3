# Memory: search, dump and restore, flash contents, addresses with nothing behind them, device registers.

break fill
continue
finish

# test: find_searches_in_the_target
# expect: <needle
# expect: ^1 pattern found\.$
find /b 0x08000000, 0x08010000, 'n', 'e', 'e', 'd', 'l', 'e', ' ', 'i', 'n'

# test: find_that_finds_nothing
# expect: ^Pattern not found\.$
find &buffer[0], +sizeof(buffer), (char)0x77, (char)0x78

# test: dump_and_restore
# expect: ^changed: 0$
# expect: ^Restoring binary file
# expect: ^restored: 90$
dump binary value @DIR@/buffer.bin buffer
set var buffer[17] = 0
printf "changed: %d\n", buffer[17]
restore @DIR@/buffer.bin binary &buffer[0]
printf "restored: %d\n", buffer[17]

# test: odd_sizes_and_addresses
# expect: 0x5a5a5a5a[ \t]+0x5a5a5a5a[ \t]+0x5a5a5a5a
x/3xw &buffer[1]

# test: string_in_flash
# expect: "needle in flash"
x/s needle

# test: unmapped_memory_is_an_error_and_the_session_goes_on
# expect: Cannot access memory at address 0x30000000
# expect: ^alive$
python
try:
    gdb.execute("x/xw 0x30000000")
except gdb.MemoryError as e:
    print(e)
end
echo alive\n

# test: private_peripherals_are_readable
# expect: ^0xe000ed00:.*0x410fc241
# expect: ^0xe000ef34:.*0xc0000000
x/xw 0xe000ed00
x/xw 0xe000ef34

# test: device_registers_are_readable
# expect: ^0x40023800:.*0x0000..83
x/xw 0x40023800

# test: a_device_register_can_be_written
# expect: ^0x40023830:.*0x00100008
set {unsigned}0x40023830 = 0x00100008
x/xw 0x40023830

# test: refused_writes_say_what_stands_there
# expect: ^received: "E1e"$
# expect: ^received: "E0e"$
maint packet M1fff0100,1:00
maint packet M30000000,1:00
