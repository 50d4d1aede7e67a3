/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A bit of everything that integer firmware does, in turn: a linked list is sorted and searched, small matrices are
 * multiplied, a text is scanned by a state machine, and a CRC without a table goes over the results.
 */
#include <stddef.h>

#include "program.h"

#define ROUNDS 50000
#define NODES  64
#define SIDE   10

/* ---- a list, merge-sorted by key and searched ---- */

struct node {
    struct node *next;
    int16_t key, value;
};

static struct node nodes[NODES];

static struct node *list_build(uint32_t seed)
{
    for (unsigned i = 0; i < NODES; i++) {
        nodes[i].next = i + 1 < NODES ? &nodes[i + 1] : NULL;
        nodes[i].key = (int16_t)next_random(&seed);
        nodes[i].value = (int16_t)i;
    }
    return nodes;
}

static struct node *list_merge(struct node *a, struct node *b)
{
    struct node *head = NULL, **tail = &head;

    while (a && b) {
        struct node **smaller = a->key <= b->key ? &a : &b;
        *tail = *smaller;
        tail = &(*tail)->next;
        *smaller = *tail;
    }
    *tail = a ? a : b;
    return head;
}

static struct node *list_sort(struct node *list)
{
    struct node *slow = list, *fast, *rest;

    if (!list || !list->next)
        return list;
    for (fast = list->next; fast && fast->next; fast = fast->next->next)
        slow = slow->next;
    rest = slow->next;
    slow->next = NULL;
    return list_merge(list_sort(list), list_sort(rest));
}

static NOINLINE unsigned list_rank(const struct node *list, int value)
{
    unsigned rank = 0;

    for (; list && list->value != value; list = list->next)
        rank++;
    return rank;
}

/* ---- matrices of 16-bit numbers ---- */

static int16_t left[SIDE][SIDE], right[SIDE][SIDE];
static int32_t product[SIDE][SIDE];

static NOINLINE int32_t matrix_round(int16_t bias)
{
    int32_t trace = 0;

    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++) {
            left[i][j] = (int16_t)(i * bias + j);
            right[i][j] = (int16_t)(i - j);
        }
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++) {
            product[i][j] = 0;
            for (int k = 0; k < SIDE; k++)
                product[i][j] += left[i][k] * right[k][j];
        }
    for (int i = 0; i < SIDE; i++)
        trace += product[i][i];
    return trace;
}

/* ---- numbers in a text ---- */

static const char text[] = "12 -7 0x1F 3.25 +88 4e2 ok -0.5 99 2x 0 17.125e-3 7 ";

static NOINLINE uint32_t count_numbers(const char *s)
{
    enum { BLANK, SIGN, INTEGER, FRACTION, EXPONENT, WORD } state = BLANK;
    uint32_t numbers = 0;

    for (; *s; s++) {
        int digit = *s >= '0' && *s <= '9';
        if (*s == ' ') {
            numbers += state == INTEGER || state == FRACTION || state == EXPONENT;
            state = BLANK;
            continue;
        }
        switch (state) {
        case BLANK:
            state = digit ? INTEGER : *s == '-' || *s == '+' ? SIGN : WORD;
            break;
        case SIGN:
            state = digit ? INTEGER : WORD;
            break;
        case INTEGER:
            state = digit ? INTEGER : *s == '.' ? FRACTION : *s == 'e' ? EXPONENT : WORD;
            break;
        case FRACTION:
            state = digit ? FRACTION : *s == 'e' ? EXPONENT : WORD;
            break;
        case EXPONENT:
            state = digit || *s == '-' ? EXPONENT : WORD;
            break;
        case WORD:
            break;
        }
    }
    return numbers;
}

/* ---- CRC-16, bit by bit ---- */

static NOINLINE uint16_t crc16(uint32_t word, uint16_t crc)
{
    for (unsigned bit = 0; bit < 32; bit++, word >>= 1) {
        unsigned carry = (crc ^ word) & 1;
        crc >>= 1;
        if (carry)
            crc ^= 0xA001;
    }
    return crc;
}

int main(void)
{
    uint16_t crc = 0;

    for (unsigned round = 0; round < ROUNDS; round++) {
        struct node *list = list_sort(list_build(round));
        for (int value = 0; value < NODES; value += 7)
            crc = crc16(list_rank(list, value), crc);
        crc = crc16((uint32_t)matrix_round((int16_t)(round & 63)), crc);
        crc = crc16(count_numbers(text), crc);
    }
    return crc != 55589;
}
