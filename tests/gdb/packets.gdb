# What gdb found out about the server: each of these saves round trips or makes something possible.

load
compare-sections
break main
continue
find &buffer[0], +sizeof(buffer), (char)0x77
watch total
rwatch counter
hbreak inner
stepi
next

# test: search_is_done_by_the_server
# expect: currently enabled
show remote search-memory-packet

# test: acknowledgements_are_off
# expect: currently enabled
show remote noack-packet

# test: vcont_is_used
# expect: currently enabled
show remote verbose-resume-packet

# test: breakpoints_of_every_kind_are_packets
# expect: currently enabled
# expect: currently enabled
# expect: currently enabled
show remote hardware-breakpoint-packet
show remote write-watchpoint-packet
show remote read-watchpoint-packet

# test: conditions_and_commands_are_the_servers
# expect: currently enabled
# expect: currently enabled
show remote conditional-breakpoints-packet
show remote breakpoint-commands-packet

# test: stops_name_their_breakpoint
# expect: currently enabled
# expect: currently enabled
show remote swbreak-feature-packet
show remote hwbreak-feature-packet

# test: target_and_memory_are_described
# expect: currently enabled
# expect: currently enabled
show remote target-features-packet
show remote memory-map-packet

# test: registers_come_one_by_one_too
# expect: ^r7: 0x1234$
set $r7 = 0x1234
printf "r7: %#x\n", $r7
