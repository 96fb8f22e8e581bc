/* Implements decision_cache.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "decision_cache.h"

#include <stdlib.h>
#include <string.h>

#define MOST_DECISIONS 65536u

static uint64_t hash_of(gp_answer_id_t id)
{
    return id * UINT64_C(0x9E3779B97F4A7C15) >> 32;
}

static uint64_t hash_of_entry(const void *entries, uint32_t entry)
{
    return hash_of(((const cached_decision_t *)entries)[entry].id);
}

static bool has_id(const void *entries, uint32_t entry, const void *id)
{
    return ((const cached_decision_t *)entries)[entry].id == *(const gp_answer_id_t *)id;
}

PyObject *decision_cache_get(const decision_cache_t *cache, gp_answer_id_t id)
{
    if (cache->count == 0) {
        return NULL;
    }
    const uint32_t *slot = hash_table_find(&cache->table, hash_of(id), has_id, cache->entries, &id);
    return *slot == 0 ? NULL : cache->entries[*slot - 1u].decision;
}

void decision_cache_clear(decision_cache_t *cache)
{
    const decision_cache_t cleared = *cache;
    memset(cache, 0, sizeof *cache); /* first: releasing a decision may run code that asks for another */
    for (size_t i = 0; i < cleared.count; i++) {
        Py_DECREF(cleared.entries[i].decision);
    }
    free(cleared.entries);
    free(cleared.table.slots);
}

bool decision_cache_reserve(decision_cache_t *cache)
{
    if (cache->count == MOST_DECISIONS) {
        decision_cache_clear(cache);
    }
    if (cache->count == cache->capacity) {
        const size_t capacity = 2u * cache->capacity + 64u;
        cached_decision_t *entries = realloc(cache->entries, capacity * sizeof *entries);
        if (entries == NULL) {
            return false;
        }
        cache->entries = entries;
        cache->capacity = capacity;
    }
    return hash_table_reserve(&cache->table, cache->count, hash_of_entry, cache->entries);
}

void decision_cache_insert(decision_cache_t *cache, gp_answer_id_t id, PyObject *decision)
{
    uint32_t *slot = hash_table_find(&cache->table, hash_of(id), has_id, cache->entries, &id);
    cache->entries[cache->count] = (cached_decision_t){id, decision};
    *slot = (uint32_t)++cache->count;
}
