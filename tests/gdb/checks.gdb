# Reports that have to be asked for stop the machine, forwards and backwards.
# server: --stop-on uninitialised

break main
continue
# A load from RAM that nobody has written, a NOP, another such load, and an endless loop.
set *(short *)0x20010000 = 0x6801
set *(short *)0x20010002 = 0xBF00
set *(short *)0x20010004 = 0x6842
set *(short *)0x20010006 = 0xE7FE
set $r0 = 0x20018000
set $pc = 0x20010000

# test: a_read_of_unwritten_ram_stops_behind_it
# expect: ^Program received signal SIGTRAP
# expect: ^at 20010002$
continue
printf "at %x\n", $pc

# test: the_next_one_too
# expect: ^Program received signal SIGTRAP
# expect: ^at 20010006$
continue
printf "at %x\n", $pc

# test: reverse_continue_stops_behind_the_first
# expect: ^Program received signal SIGTRAP
# expect: ^at 20010002$
reverse-continue
printf "at %x\n", $pc

# test: forwards_again_the_second_stops
# expect: ^Program received signal SIGTRAP
# expect: ^at 20010006$
continue
printf "at %x\n", $pc
