# Code in RAM that is written, run and rewritten: what ran then is what is there then, and a debugger's writes come
# back from the log.

break main
continue
delete

# test: rewritten_code_is_undone
# expect: ^first 42, then 7$
# expect: ^back: 42 and 0x202a$
# expect: ^and again 7$
set {unsigned int}0x20010000 = 0xe7fe202a
set $pc = 0x20010000
stepi
stepi
set $first = $r0
set {unsigned short}0x20010000 = 0x2007
set $pc = 0x20010000
stepi
stepi
printf "first %d, then %d\n", $first, $r0
reverse-stepi 3
printf "back: %d and 0x%x\n", $r0, {unsigned short}0x20010000
stepi 3
printf "and again %d\n", $r0

# test: nothing_was_lost_by_looking
# reject: the past was changed
print $r0
