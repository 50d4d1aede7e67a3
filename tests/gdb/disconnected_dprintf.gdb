# What a breakpoint prints after its session has gone reaches the server's terminal.

break count_to
continue
set disconnected-dprintf on
set dprintf-style agent
set breakpoint always-inserted on
dprintf @LINE(loop body)@,"left behind: %d\n", i

# test: output_after_detach_is_not_lost
# expect: ^\[Inferior 1 \(.*\) detached\]$
# expect: ^left behind: 3$
delete 1
detach
shell until grep -m1 "left behind: 3" @DIR@/server.err; do :; done
