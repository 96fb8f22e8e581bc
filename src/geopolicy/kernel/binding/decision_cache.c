/* Implements decision_cache.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "decision_cache.h"

#include <stdlib.h>

#define SLOTS_FIRST 256u
#define SLOTS_MOST (1u << 17) /* half of them hold decisions at most */

static size_t slot_of(const memo_t *memo, uint64_t key)
{
    const uint64_t mixed = key * UINT64_C(0x9E3779B97F4A7C15);
    return (size_t)(mixed >> 32) & (memo->slot_count - 1u);
}

PyObject *recall(const memo_t *memo, uint64_t key)
{
    if (memo->slot_count == 0) {
        return NULL;
    }
    size_t slot = slot_of(memo, key);
    while (memo->keys[slot] != 0) {
        if (memo->keys[slot] == key + 1u) {
            return memo->decisions[slot];
        }
        slot = (slot + 1u) & (memo->slot_count - 1u);
    }
    return NULL;
}

void forget(memo_t *memo)
{
    uint64_t *keys = memo->keys;
    PyObject **decisions = memo->decisions;
    const size_t slot_count = memo->slot_count;
    memo->keys = NULL;
    memo->decisions = NULL;
    memo->slot_count = memo->decision_count = 0;
    for (size_t i = 0; i < slot_count; i++) {
        if (keys[i] != 0) {
            Py_DECREF(decisions[i]);
        }
    }
    free(keys);
    free(decisions);
}

void place(memo_t *memo, uint64_t key, PyObject *decision)
{
    size_t slot = slot_of(memo, key);
    while (memo->keys[slot] != 0) {
        slot = (slot + 1u) & (memo->slot_count - 1u);
    }
    memo->keys[slot] = key + 1u;
    memo->decisions[slot] = decision;
    memo->decision_count++;
}

bool make_room(memo_t *memo)
{
    if (2u * memo->decision_count < memo->slot_count) {
        return true;
    }
    if (memo->slot_count == SLOTS_MOST) {
        forget(memo);
    }
    const size_t slot_count = memo->slot_count == 0 ? SLOTS_FIRST : 4u * memo->slot_count;
    memo_t wider = *memo;
    wider.slot_count = slot_count > SLOTS_MOST ? SLOTS_MOST : slot_count;
    wider.decision_count = 0;
    wider.keys = calloc(wider.slot_count, sizeof(uint64_t));
    wider.decisions = calloc(wider.slot_count, sizeof(PyObject *));
    if (wider.keys == NULL || wider.decisions == NULL) {
        free(wider.keys);
        free(wider.decisions);
        return false;
    }
    for (size_t i = 0; i < memo->slot_count; i++) {
        if (memo->keys[i] != 0) {
            place(&wider, memo->keys[i] - 1u, memo->decisions[i]);
        }
    }
    free(memo->keys);
    free(memo->decisions);
    memo->keys = wider.keys;
    memo->decisions = wider.decisions;
    memo->slot_count = wider.slot_count;
    memo->decision_count = wider.decision_count;
    return true;
}
