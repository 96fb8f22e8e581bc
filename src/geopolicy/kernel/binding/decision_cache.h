/* decision_cache: the decisions for the answers met so far, by key, 65,536 at most. Used under the interpreter's lock only.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GEOPOLICY_MEMO_H
#define GEOPOLICY_MEMO_H

#include "core.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A hash table from keys + 1 to decisions. All zeros at first. */
typedef struct {
    uint64_t *keys;
    PyObject **decisions;
    size_t slot_count, decision_count;
} memo_t;

/* The decision for a key, borrowed; NULL if there is none. */
PyObject *recall(const memo_t *memo, uint64_t key);

/* Room for one more decision, by forgetting all where there are too many. false: no memory; then nothing is
 * remembered, which only costs time. */
bool make_room(memo_t *memo);

/* Keeps a decision, whose reference it takes. There must be room, and none for the key. */
void place(memo_t *memo, uint64_t key, PyObject *decision);

/* Gives all decisions up. */
void forget(memo_t *memo);

#endif
