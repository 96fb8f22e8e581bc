/* decision_cache: the decisions for the answers met so far, by answer id, 65,536 at most. Used under the interpreter's
 * lock only.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GEOPOLICY_DECISION_CACHE_H
#define GEOPOLICY_DECISION_CACHE_H

#include "core.h"

#include <stdbool.h>
#include <stddef.h>

#include "lookup/gp_kernel.h"

/* A hash table from ids + 1 to decisions. All zeros at first. */
typedef struct {
    uint64_t *keys;
    PyObject **decisions;
    size_t slot_count, decision_count;
} decision_cache_t;

/* The decision for an id, borrowed; NULL if there is none. */
PyObject *decision_cache_get(const decision_cache_t *cache, gp_answer_id_t id);

/* Makes room for one more decision; clears the cache where it is full. false: no memory; then nothing is kept, which
 * only costs time. */
bool decision_cache_reserve(decision_cache_t *cache);

/* Keeps a decision, whose reference it takes. There must be room, and none for the id. */
void decision_cache_insert(decision_cache_t *cache, gp_answer_id_t id, PyObject *decision);

/* Releases all decisions. */
void decision_cache_clear(decision_cache_t *cache);

#endif
