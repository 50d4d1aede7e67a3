/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Never ends. */
int main(void)
{
    for (;;) {
    }
}
