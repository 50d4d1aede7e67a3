# A second gdb may look while the first is in control, and leaves it undisturbed.

break main
continue

# test: second_client_reads_memory
# expect: ^second: 0xe000ed00:.*0x410fc241
eval "shell \"$GDB\" -nx -batch -ex 'target remote 127.0.0.1:%d' -ex 'x/xw 0xe000ed00' 2>&1 | sed 's/^/second: /'", $port

# test: first_client_goes_on
# expect: ^Breakpoint 2, inner \(value=7\)
break inner
continue
