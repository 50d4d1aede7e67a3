# Detaching, and coming back in the same and in another session. Run twice against one server.
# twice
# connect: none

eval "target remote 127.0.0.1:%d", $port
break main
monitor reset halt
continue

# test: break_in_the_first_session
# expect: ^Breakpoint 1, main

# test: detach_leaves_and_reattach_works
# expect: ^\[Inferior 1 \(.*\) detached\]$
# expect: ^reattached: 1$
delete
detach
eval "target remote 127.0.0.1:%d", $port
printf "reattached: %d\n", $pc != 0

# test: disconnect_and_connect
# expect: ^connected: 1$
disconnect
eval "target remote 127.0.0.1:%d", $port
printf "connected: %d\n", $pc != 0

# test: second_gdb_session_works
# expect: ^Breakpoint 1, main
# expect: ^\[Inferior 1 \(.*\) detached\]$
# expect: ^connected: 1$
