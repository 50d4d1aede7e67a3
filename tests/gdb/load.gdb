# Writing the program to flash, comparing it, and running it from its start.

# test: load_programs_the_sections
# expect: ^Loading section \.text, size 0x
# expect: ^Start address 0x0?8
# expect: ^Transfer rate:
load

# test: compare_sections_match
# expect: ^Section \.text, range 0x.*matched\.$
# reject: MIS-MATCHED
compare-sections

# test: memory_map_has_flash_sectors
# expect: 0x08000000[ \t]+0x08010000[ \t]+flash blocksize 0x4000
# expect: 0x08010000[ \t]+0x08020000[ \t]+flash blocksize 0x10000
# expect: 0x08020000[ \t]+0x08100000[ \t]+flash blocksize 0x20000
info mem

# test: loaded_program_runs
# expect: ^Breakpoint 1, main
break main
continue

# test: load_again_after_running
# expect: ^Transfer rate:
# expect: ^Breakpoint 1, main
load
monitor reset halt
continue

# test: breakpoints_in_flash_leave_no_trace
# expect: ^Breakpoint 2, inner
# expect: ^Section \.text, range 0x.*matched\.$
break inner
continue
compare-sections .text
