#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The manual page and --help name the same options.
#
# usage: manual.sh    with BACKSTEP and srcdir

set -u
: "${srcdir:=.}"

options_of() {
    sed 's/\\-/-/g' | grep -o -- '--[a-z][a-z-]*' | LC_ALL=C sort -u
}

helped=$("$BACKSTEP" --help | options_of)
documented=$(options_of <"$srcdir/server/backstep.1")
if [ -n "$helped" ] && [ "$helped" = "$documented" ]; then
    echo "ok 1 - manual_page_names_the_options_that_help_names"
else
    echo "not ok 1 - manual_page_names_the_options_that_help_names"
    printf '# help: %s\n# manual: %s\n' "$(echo "$helped" | tr "\n" " ")" "$(echo "$documented" | tr "\n" " ")"
fi
echo "1..1"
