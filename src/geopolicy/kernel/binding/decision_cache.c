/* Implements decision_cache.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "decision_cache.h"

#include "rows.h"

#include <stdlib.h>
#include <string.h>

#define MOST_DECISIONS 65536u

void name_in_full(answer_key_t *key, const answer_t *answer)
{
    const size_t applies = answer->applies_count, met = answer->met_count;
    key->count = 3u + applies + met <= KEY_WORDS ? 3u + (uint32_t)(applies + met) : 0;
    if (key->count > 0) {
        key->words[0] = answer->unknown;
        key->words[1] = answer->applies_count;
        key->words[2] = answer->met_count;
        memcpy(key->words + 3, answer->applies, 4u * applies);
        memcpy(key->words + 3 + applies, answer->met, 4u * met);
    }
}

static uint64_t hash_of(const decision_cache_t *cache, const answer_key_t *key)
{
    uint64_t hash = mixed(cache->seed, key->count);
    for (uint32_t i = 0; i < key->count; i++) {
        hash = mixed(hash, key->words[i]);
    }
    return hash;
}

static uint64_t hash_of_entry(const void *cache, uint32_t entry)
{
    return hash_of(cache, &((const decision_cache_t *)cache)->entries[entry].key);
}

static bool has_key(const void *cache, uint32_t entry, const void *wanted)
{
    const answer_key_t *key = &((const decision_cache_t *)cache)->entries[entry].key, *other = wanted;
    return key->count == other->count && memcmp(key->words, other->words, 4u * (size_t)key->count) == 0;
}

PyObject *decision_cache_get(const decision_cache_t *cache, const answer_key_t *key)
{
    if (cache->count == 0 || key->count == 0) {
        return NULL;
    }
    const uint32_t *slot = hash_table_find(&cache->table, hash_of(cache, key), has_key, cache, key);
    return *slot == 0 ? NULL : cache->entries[*slot - 1u].decision;
}

void decision_cache_clear(decision_cache_t *cache)
{
    const decision_cache_t cleared = *cache;
    *cache = (decision_cache_t){.seed = cleared.seed}; /* first: releasing a decision may run code that asks for another */
    for (size_t i = 0; i < cleared.count; i++) {
        Py_DECREF(cleared.entries[i].decision);
    }
    free(cleared.entries);
    free(cleared.table.slots);
}

/* Makes room for one more decision; clears the cache where it is full. false: no memory. */
static bool reserve(decision_cache_t *cache)
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
    return hash_table_reserve(&cache->table, cache->count, hash_of_entry, cache);
}

void decision_cache_keep(decision_cache_t *cache, const answer_key_t *key, PyObject *decision)
{
    if (key->count == 0 || !reserve(cache)) {
        return;
    }
    uint32_t *slot = hash_table_find(&cache->table, hash_of(cache, key), has_key, cache, key);
    if (*slot == 0) {
        cache->entries[cache->count] = (cached_decision_t){Py_NewRef(decision), *key};
        *slot = (uint32_t)++cache->count;
    }
}
