# Watchpoints meet those who write beside the program: DMA both ways, the debugger going back.

break spin
continue
delete
set {int} 0x40023830 = {int} 0x40023830 | 0x400000
set {int} 0x4002645C = 1
set {int} 0x40026460 = &origin.y
set {int} 0x40026464 = buffer
set {int} 0x4002646C = 4
monitor mark before
set {int} 0x40026458 = 0x5681

# test: dma_stops_forwards
# expect: ^backstep: 0x[0-9A-F]+ was written by DMA2 stream 3$
# expect: ^Old value = 1515870810$
# expect: ^New value = 4$
watch *(int *) buffer
continue

# test: dma_stops_backwards
# expect: ^backstep: 0x[0-9A-F]+ was written by DMA2 stream 3$
# expect: ^Old value = 4$
# expect: ^New value = 1515870810$
stepi 20
reverse-continue
delete

# test: last_write_names_the_stream
# expect: ^0x[0-9A-F]+: from 0x5A5A5A5A to 0x4 by DMA2 stream 3$
# expect: ^before: 1515870810, behind: 4$
monitor seek end
monitor last-write buffer,4
stepi
set $before = *(int *) buffer
stepi
printf "before: %d, behind: %d\n", $before, *(int *) buffer

# test: the_debugger_is_met_going_back
# expect: ^backstep: 0x[0-9A-F]+ was written by the debugger$
# expect: ^Old value = 99$
# expect: ^New value = 4$
monitor seek end
stepi
set var origin.y = 99
stepi 10
watch origin.y
reverse-continue
delete

# test: last_write_tells_the_debugger_from_the_program
# expect: ^0x[0-9A-F]+: from 0x4 to 0x63 by the debugger$
monitor seek end
monitor last-write origin
