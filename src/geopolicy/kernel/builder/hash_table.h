/* hash_table: finds entries that are kept elsewhere, by their number; open addressing, at most half full. Hosted C11.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef HASH_TABLE_H
#define HASH_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#define HASH_TABLE_FIRST 256u

/* All zeros at first; free(slots) in the end. */
typedef struct {
    uint32_t *slots;   /* an entry's number + 1; 0: free */
    size_t slot_count; /* 0, or a power of two */
} hash_table_t;

/* Of an entry that is kept in owner. */
typedef uint64_t (*hash_of_entry_t)(const void *owner, uint32_t entry);
typedef bool (*is_entry_t)(const void *owner, uint32_t entry, const void *wanted);

/* Makes room for one entry more than the entries 0 to entry_count - 1, which are in the table. false: out of memory,
 * and nothing has changed. */
static inline bool hash_table_reserve(hash_table_t *table, size_t entry_count, hash_of_entry_t hash_of,
                                      const void *owner)
{
    if (2u * entry_count < table->slot_count) {
        return true;
    }
    const size_t slot_count = table->slot_count == 0 ? HASH_TABLE_FIRST : 2u * table->slot_count;
    uint32_t *slots = (uint32_t *)calloc(slot_count, sizeof *slots);
    if (slots == NULL) {
        return false;
    }
    for (size_t entry = 0; entry < entry_count; entry++) {
        size_t slot = (size_t)hash_of(owner, (uint32_t)entry) & (slot_count - 1u);
        while (slots[slot] != 0) {
            slot = (slot + 1u) & (slot_count - 1u);
        }
        slots[slot] = (uint32_t)entry + 1u;
    }
    free(table->slots);
    table->slots = slots;
    table->slot_count = slot_count;
    return true;
}

/* The slot of the entry that is wanted; where there is none, a free one, for it. The table must have been reserved. */
static inline uint32_t *hash_table_find(const hash_table_t *table, uint64_t hash, is_entry_t is_entry,
                                        const void *owner, const void *wanted)
{
    size_t slot = (size_t)hash & (table->slot_count - 1u);
    while (table->slots[slot] != 0 && !is_entry(owner, table->slots[slot] - 1u, wanted)) {
        slot = (slot + 1u) & (table->slot_count - 1u);
    }
    return &table->slots[slot];
}

#endif
