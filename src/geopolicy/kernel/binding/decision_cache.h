/* decision_cache: the decisions for the answers met so far, by answer id, 65,536 at most. Used under the interpreter's
 * lock only.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GEOPOLICY_DECISION_CACHE_H
#define GEOPOLICY_DECISION_CACHE_H

#include "core.h"

#include "builder/hash_table.h"
#include "lookup/gp_kernel.h"

typedef struct {
    gp_answer_id_t id;
    PyObject *decision;
} cached_decision_t;

/* All zeros at first. */
typedef struct {
    cached_decision_t *entries;
    size_t count, capacity;
    hash_table_t table; /* of the entries */
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
