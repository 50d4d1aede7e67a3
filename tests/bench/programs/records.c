/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What business programs do all day: records are copied, linked and compared, strings too, through short functions
 * that take pointers to locals.
 */
#include <string.h>

#include "program.h"

#define ROUNDS 3000000

enum kind { ORDER, INVOICE, REFUND };

struct record {
    struct record *related;
    enum kind kind;
    int amount, balance;
    char name[28];
};

static struct record current, previous;
static int ledger[32][8];
static char name_a[28] = "goods delivered in October", name_b[28];

static NOINLINE enum kind kind_after(enum kind kind, int *fee)
{
    switch (kind) {
    case ORDER:
        *fee += 3;
        return INVOICE;
    case INVOICE:
        *fee += *fee > 50 ? -20 : 5;
        return REFUND;
    case REFUND:
        break;
    }
    return ORDER;
}

static NOINLINE void post(int account[8], int amount)
{
    unsigned slot = (unsigned)amount % 3;

    account[slot] = amount;
    account[slot + 1] = account[slot];
    account[slot + 4] += 1;
}

static NOINLINE int names_differ(const char *a, const char *b)
{
    int at = 2;

    while (at < 20 && a[at] == b[at])
        at++;
    return at < 20 || strcmp(a, b) > 0;
}

static NOINLINE void settle(struct record *r, int *fee)
{
    *r->related = *r;
    r->amount = 5 + *fee;
    r->related->amount = r->amount;
    r->related->related = r->related;
    r->related->kind = kind_after(r->kind, fee);
    if (r->related->kind == INVOICE)
        r->balance += r->related->amount / 3;
    else
        r->balance -= r->amount % 7;
}

int main(void)
{
    int fee = 0, differing = 0;

    current.related = &previous;
    strcpy(current.name, name_a);
    for (int round = 0; round < ROUNDS; round++) {
        strcpy(name_b, "goods delivered in Octobre");
        current.kind = (enum kind)(round % 3);
        settle(&current, &fee);
        post(ledger[round & 31], previous.amount);
        name_b[20] = (char)('a' + (round & 15));
        differing += names_differ(previous.name, name_b);
    }
    return differing != ROUNDS / 8 || ledger[31][4] + ledger[31][5] + ledger[31][6] + ledger[31][7] != ROUNDS / 32;
}
