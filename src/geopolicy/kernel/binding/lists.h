/* Lists by number: those of many fixes, out of those of their few answers.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GEOPOLICY_LISTS_H
#define GEOPOLICY_LISTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Lists that lie one behind the other: list i is values[begins[i]] to values[begins[i + 1]], that one not included. */
typedef struct {
    const uint64_t *begins; /* one more than there are lists */
    size_t count;
    const uint32_t *values;
    size_t value_count;
} lists_t;

/* For each of count numbers of lists, where its list ends if they lie one behind the other; false for a number that is
 * none, or lists that are none. ends begins with a 0: it has room for one more. */
bool lists_ends(const lists_t *lists, const uint32_t *numbers, size_t count, uint64_t *ends);

/* The values of these lists; false if they are not as many as there is room for, or a number is none. */
bool lists_values(const lists_t *lists, const uint32_t *numbers, size_t count, uint32_t *values, size_t room);

#endif
