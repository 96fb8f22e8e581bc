/* decision_cache: the decisions for the answers met so far, 65,536 at most, by what names an answer. Used under the
 * interpreter's lock only.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GEOPOLICY_DECISION_CACHE_H
#define GEOPOLICY_DECISION_CACHE_H

#include "core.h"

#include "answer.h"
#include "builder/hash_table.h"

#define KEY_WORDS 13u              /* at most: with them an entry takes 64 bytes where pointers have 8 */
#define KEPT_ZONES (KEY_WORDS - 3u) /* an answer that names more zones, or borders of zones, has no key */

/* What names an answer: its id, which is two words, or all that it says, which is at least three. */
typedef struct {
    uint32_t count; /* 0: none, the answer says too much; its decision is not kept */
    uint32_t words[KEY_WORDS];
} answer_key_t;

typedef struct {
    PyObject *decision;
    answer_key_t key;
} cached_decision_t;

/* All zeros at first, but the seed, as in rows.h. */
typedef struct {
    cached_decision_t *entries;
    size_t count, capacity;
    hash_table_t table; /* of the entries */
    uint64_t seed;
} decision_cache_t;

static inline void name_by_id(answer_key_t *key, gp_answer_id_t id)
{
    key->count = 2;
    key->words[0] = (uint32_t)id;
    key->words[1] = (uint32_t)(id >> 32);
}

void name_in_full(answer_key_t *key, const answer_t *answer);

/* The decision for a key, borrowed; NULL if there is none. */
PyObject *decision_cache_get(const decision_cache_t *cache, const answer_key_t *key);

/* Keeps a decision, with a reference of its own, unless there is one for the key, the key is none, or there is no
 * memory, which only costs time. Where the cache is full it is cleared first. */
void decision_cache_keep(decision_cache_t *cache, const answer_key_t *key, PyObject *decision);

/* Releases all decisions. */
void decision_cache_clear(decision_cache_t *cache);

#endif
