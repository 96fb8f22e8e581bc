/* batch: the answers for many fixes as numbers, each distinct answer once; hosted C, knows nothing of Python.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GEOPOLICY_BATCH_H
#define GEOPOLICY_BATCH_H

#include <stddef.h>

#include "answer.h"
#include "builder/hash_table.h"

/* A distinct answer: named by an id, with a position that has it, or in full. The position is kept because the
 * caller's arrays may change while this runs, and must not be read a second time. An answer in full stands in words,
 * from first_word on: unknown, the number of zones that apply and of those whose border is met, then these zones. */
typedef struct {
    gp_answer_id_t id; /* GP_ANSWER_UNNAMED: in full */
    double lat, lon;
    size_t first_word;
} batch_entry_t;

/* All zeros at first. */
typedef struct {
    batch_entry_t *entries;
    hash_table_t table; /* of the entries */
    uint32_t *words;
    size_t entry_count, entry_capacity, word_count, word_capacity;
    answer_t answer;
} batch_t;

/* Numbers the answers for count fixes; what is no position or no accuracy gets an answer that says so.
 * accuracy_m may be NULL: exact positions. false: out of memory. */
bool batch_run(batch_t *batch, const gp_pack_t *pack, const double *lat, const double *lon, const double *accuracy_m,
               size_t count, uint32_t *codes);
void batch_free(batch_t *batch);

#endif
