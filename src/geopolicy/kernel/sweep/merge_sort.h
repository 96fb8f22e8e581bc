/* merge_sort: sorts records in place with room for as many; stable, n log n whatever they are. Hosted C11.
 * SPDX-License-Identifier: Apache-2.0
 *
 * MERGE_SORT(name, type, context_type, comes_after) defines name(records, room, count, context); comes_after(context,
 * a, b) says whether *a must stand behind *b, which is behind it now. */
#ifndef MERGE_SORT_H
#define MERGE_SORT_H

#include <stddef.h>
#include <string.h>

#define MERGE_SORT_RUN 8u /* runs of this length are sorted by insertion */

#define MERGE_SORT(name, type, context_type, comes_after)                                      \
    static void name##_runs(type *records, size_t count, context_type context)                 \
    {                                                                                          \
        for (size_t i = 1; i < count; i++) {                                                   \
            const type record = records[i];                                                    \
            size_t at = i;                                                                     \
            while (at % MERGE_SORT_RUN != 0 && comes_after(context, &records[at - 1u], &record)) { \
                records[at] = records[at - 1u];                                                \
                at--;                                                                          \
            }                                                                                  \
            records[at] = record;                                                              \
        }                                                                                      \
    }                                                                                          \
    static void name##_merge(const type *from, type *to, size_t middle, size_t end, context_type context) \
    {                                                                                          \
        size_t left = 0, right = middle, at = 0;                                               \
        while (left < middle && right < end) {                                                 \
            to[at++] = comes_after(context, &from[left], &from[right]) ? from[right++] : from[left++]; \
        }                                                                                      \
        memcpy(to + at, from + left, (middle - left) * sizeof *to);                            \
        memcpy(to + at + (middle - left), from + right, (end - right) * sizeof *to);           \
    }                                                                                          \
    static void name(type *records, type *room, size_t count, context_type context)            \
    {                                                                                          \
        type *from = records, *to = room;                                                      \
        name##_runs(records, count, context);                                                  \
        for (size_t width = MERGE_SORT_RUN; width < count; width *= 2u) {                      \
            for (size_t at = 0; at < count; at += 2u * width) {                                \
                const size_t end = count - at < 2u * width ? count - at : 2u * width;          \
                name##_merge(from + at, to + at, end < width ? end : width, end, context);     \
            }                                                                                  \
            type *const other = from;                                                          \
            from = to;                                                                         \
            to = other;                                                                        \
        }                                                                                      \
        if (from != records) {                                                                 \
            memcpy(records, from, count * sizeof *records);                                    \
        }                                                                                      \
    }

#endif
