# A long line is stepped over in one go, by a range.

break main
continue
tbreak count_to
continue
next

# test: next_uses_a_range
# expect: vCont;r
# expect: ^@LINE(loop body)@
set debug remote 1
next
next
set debug remote 0
