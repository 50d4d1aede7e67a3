#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Says which tests are left out because configure did not find their tool: one skipped test each.
#
# usage: tools.sh    with MISSING_TOOLS

set -u
number=0
for tool in ${MISSING_TOOLS:-}; do
    number=$((number + 1))
    echo "ok $number - tests_that_need_$tool # SKIP not installed"
done
if [ $number -eq 0 ]; then
    number=1
    echo "ok 1 - every_tool_of_the_tests_is_installed"
fi
echo "1..$number"
