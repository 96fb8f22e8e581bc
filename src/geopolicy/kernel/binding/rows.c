/* Implements rows.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "rows.h"

#include <string.h>

void rows_free(rows_t *rows)
{
    free(rows->rows);
    free(rows->words);
    free(rows->table.slots);
    memset(rows, 0, sizeof *rows);
}

static uint64_t hash_of_row(const void *rows, uint32_t row)
{
    return ((const rows_t *)rows)->rows[row].hash;
}

static bool is_row(const void *owner, uint32_t row, const void *wanted)
{
    const rows_t *rows = owner;
    const row_t *a = &rows->rows[row], *b = wanted;
    return a->hash == b->hash && a->head == b->head && a->count == b->count &&
           memcmp(rows->words + a->first, rows->words + b->first, 4u * (size_t)a->count) == 0;
}

uint32_t *rows_room(rows_t *rows, size_t word_count)
{
    if (rows->word_capacity - rows->word_count < word_count + 1u) {
        const size_t capacity = 2u * (rows->word_count + word_count) + 64u;
        uint32_t *words = realloc(rows->words, 4u * capacity);
        if (words == NULL) {
            return NULL;
        }
        rows->words = words;
        rows->word_capacity = capacity;
    }
    return rows->words + rows->word_count;
}

static bool reserve_row(rows_t *rows)
{
    if (rows->row_count == rows->row_capacity) {
        const size_t capacity = 2u * rows->row_capacity + 64u;
        row_t *grown = realloc(rows->rows, capacity * sizeof *grown);
        if (grown == NULL) {
            return false;
        }
        rows->rows = grown;
        rows->row_capacity = capacity;
    }
    return rows->row_count < UINT32_MAX && hash_table_reserve(&rows->table, rows->row_count, hash_of_row, rows);
}

bool rows_number(rows_t *rows, uint32_t head, uint32_t word_count, uint32_t *number)
{
    if (!reserve_row(rows)) {
        return false;
    }
    const uint32_t *words = rows->words + rows->word_count;
    uint64_t hash = mixed(rows->seed, head);
    for (uint32_t i = 0; i < word_count; i++) {
        hash = mixed(hash, words[i]);
    }
    const row_t row = {rows->word_count, word_count, head, (uint32_t)mixed(hash, word_count)};
    uint32_t *slot = hash_table_find(&rows->table, row.hash, is_row, rows, &row);
    if (*slot == 0) {
        rows->rows[rows->row_count++] = row;
        rows->word_count += word_count;
        *slot = (uint32_t)rows->row_count;
    }
    *number = *slot - 1u;
    return true;
}
