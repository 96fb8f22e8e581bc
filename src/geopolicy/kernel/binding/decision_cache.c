/* Implements decision_cache.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "decision_cache.h"

#include <stdlib.h>

#define SLOTS_FIRST 256u
#define SLOTS_MOST (1u << 17) /* half of them hold decisions at most */

static size_t slot_of(const decision_cache_t *cache, gp_answer_id_t id)
{
    const uint64_t mixed = id * UINT64_C(0x9E3779B97F4A7C15);
    return (size_t)(mixed >> 32) & (cache->slot_count - 1u);
}

PyObject *decision_cache_get(const decision_cache_t *cache, gp_answer_id_t id)
{
    if (cache->slot_count == 0) {
        return NULL;
    }
    size_t slot = slot_of(cache, id);
    while (cache->keys[slot] != 0) {
        if (cache->keys[slot] == id + 1u) {
            return cache->decisions[slot];
        }
        slot = (slot + 1u) & (cache->slot_count - 1u);
    }
    return NULL;
}

void decision_cache_clear(decision_cache_t *cache)
{
    uint64_t *keys = cache->keys;
    PyObject **decisions = cache->decisions;
    const size_t slot_count = cache->slot_count;
    cache->keys = NULL;
    cache->decisions = NULL;
    cache->slot_count = cache->decision_count = 0;
    for (size_t i = 0; i < slot_count; i++) {
        if (keys[i] != 0) {
            Py_DECREF(decisions[i]);
        }
    }
    free(keys);
    free(decisions);
}

void decision_cache_insert(decision_cache_t *cache, gp_answer_id_t id, PyObject *decision)
{
    size_t slot = slot_of(cache, id);
    while (cache->keys[slot] != 0) {
        slot = (slot + 1u) & (cache->slot_count - 1u);
    }
    cache->keys[slot] = id + 1u;
    cache->decisions[slot] = decision;
    cache->decision_count++;
}

bool decision_cache_reserve(decision_cache_t *cache)
{
    if (2u * cache->decision_count < cache->slot_count) {
        return true;
    }
    if (cache->slot_count == SLOTS_MOST) {
        decision_cache_clear(cache);
    }
    const size_t slot_count = cache->slot_count == 0 ? SLOTS_FIRST : 4u * cache->slot_count;
    decision_cache_t larger = *cache;
    larger.slot_count = slot_count > SLOTS_MOST ? SLOTS_MOST : slot_count;
    larger.decision_count = 0;
    larger.keys = calloc(larger.slot_count, sizeof(uint64_t));
    larger.decisions = calloc(larger.slot_count, sizeof(PyObject *));
    if (larger.keys == NULL || larger.decisions == NULL) {
        free(larger.keys);
        free(larger.decisions);
        return false;
    }
    for (size_t i = 0; i < cache->slot_count; i++) {
        if (cache->keys[i] != 0) {
            decision_cache_insert(&larger, cache->keys[i] - 1u, cache->decisions[i]);
        }
    }
    free(cache->keys);
    free(cache->decisions);
    cache->keys = larger.keys;
    cache->decisions = larger.decisions;
    cache->slot_count = larger.slot_count;
    cache->decision_count = larger.decision_count;
    return true;
}
