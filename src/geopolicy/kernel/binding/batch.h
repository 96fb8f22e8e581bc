/* batch: the answers for many fixes as numbers, each distinct answer once; hosted C, knows nothing of Python.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GEOPOLICY_BATCH_H
#define GEOPOLICY_BATCH_H

#include <stddef.h>

#include "answer.h"

/* A distinct answer: named by a key, with a position that has it, or spelt out. The position is kept because
 * the caller's arrays may change while this runs, and then must not be read again. */
typedef struct {
    uint64_t key; /* KEY_NONE: spelt out in words from outcome on: unknown, number of applies and met, these */
    double lat, lon;
    size_t outcome;
} answer_t;

/* All zeros at first. */
typedef struct {
    answer_t *answers;
    uint32_t *slots; /* a hash table of answers + 1 */
    uint32_t *words;
    size_t answer_count, answer_capacity, slot_count, word_count, word_capacity;
    judgement_t judgement;
} batch_t;

/* Numbers the answers for count fixes; what is no position or no accuracy gets an answer that says so.
 * accuracy_m may be NULL: exact positions. false: out of memory. */
bool batch_run(batch_t *batch, const gp_pack_t *pack, const double *lat, const double *lon, const double *accuracy_m,
               size_t count, uint32_t *codes);
void batch_free(batch_t *batch);

#endif
