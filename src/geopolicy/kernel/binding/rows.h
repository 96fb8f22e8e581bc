/* rows: lists of numbers, each distinct one once and with a number of its own; hosted C, knows nothing of Python.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GEOPOLICY_ROWS_H
#define GEOPOLICY_ROWS_H

#include "builder/hash_table.h"

/* A head, and words from first on. */
typedef struct {
    size_t first;
    uint32_t count, head, hash;
} row_t;

/* All zeros at first, but the seed, without which nobody can tell which rows share a hash: it is the caller's to keep
 * from whoever makes packs. */
typedef struct {
    row_t *rows;
    uint32_t *words;
    size_t row_count, row_capacity, word_count, word_capacity;
    hash_table_t table; /* of the rows */
    uint64_t seed;
} rows_t;

/* A hash of what was hashed so far and one number more. */
static inline uint64_t mixed(uint64_t hash, uint64_t number)
{
    hash = (hash ^ number) * UINT64_C(0x9E3779B97F4A7C15);
    return hash ^ (hash >> 32);
}

/* Room for the words of one more row, to be filled in; NULL: out of memory. */
uint32_t *rows_room(rows_t *rows, size_t word_count);

/* The number of the row of a head and the words that the room was filled with. false: out of memory. */
bool rows_number(rows_t *rows, uint32_t head, uint32_t word_count, uint32_t *number);

void rows_free(rows_t *rows);

#endif
