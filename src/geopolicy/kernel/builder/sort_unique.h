/* sort_unique: words in ascending order, each once. Hosted C11.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SORT_UNIQUE_H
#define SORT_UNIQUE_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

static inline int compare_words(const void *a, const void *b)
{
    const uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

#define SORT_FEW 16u /* so many are sorted here: a call for each comparison would take longer */

static inline void sort_few(uint32_t *words, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const uint32_t word = words[i];
        size_t place = i;
        for (; place > 0 && words[place - 1u] > word; place--) {
            words[place] = words[place - 1u];
        }
        words[place] = word;
    }
}

/* Sorts words in place; how many different ones there are, which then stand first. */
static inline size_t sort_unique(uint32_t *words, size_t count)
{
    size_t kept = 0;
    if (count <= SORT_FEW) {
        sort_few(words, count);
    } else {
        qsort(words, count, sizeof *words, compare_words);
    }
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || words[i] != words[kept - 1u]) {
            words[kept++] = words[i];
        }
    }
    return kept;
}

#endif
