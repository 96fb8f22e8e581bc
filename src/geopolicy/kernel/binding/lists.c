/* Implements lists.h. Numbers are read once: another thread may write them meanwhile.
 * SPDX-License-Identifier: Apache-2.0 */
#include "lists.h"

/* Where a list begins and how long it is; false if there is none. */
static inline bool find(const lists_t *lists, uint32_t number, uint64_t *begin, uint64_t *length)
{
    if (number >= lists->count) {
        return false;
    }
    const uint64_t end = lists->begins[number + (size_t)1];
    *begin = lists->begins[number];
    *length = end - *begin;
    return *begin <= end && end <= lists->value_count;
}

bool lists_ends(const lists_t *lists, const uint32_t *numbers, size_t count, uint64_t *ends)
{
    uint64_t end = 0;
    ends[0] = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t begin, length;
        if (!find(lists, numbers[i], &begin, &length)) {
            return false;
        }
        end += length;
        ends[i + 1u] = end;
    }
    return true;
}

bool lists_values(const lists_t *lists, const uint32_t *numbers, size_t count, uint32_t *values, size_t room)
{
    size_t placed = 0;
    if (room > 0 && lists->value_count == 0) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        uint64_t begin, length;
        if (!find(lists, numbers[i], &begin, &length) || length > room - placed) {
            return false;
        }
        if (placed < room) { /* the first value at once: whether there is one, nobody can guess near borders */
            values[placed] = lists->values[begin < lists->value_count ? begin : 0];
        }
        for (uint64_t at = 1; at < length; at++) {
            values[placed + at] = lists->values[begin + at];
        }
        placed += length;
    }
    return placed == room;
}
