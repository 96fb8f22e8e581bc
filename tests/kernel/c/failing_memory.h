/* failing_memory: allocation that fails on request. Link with -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef FAILING_MEMORY_H
#define FAILING_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

/* From now on the allocation of that number fails, counted from here; with all that follow if is_lasting. */
void fail_allocation(uint64_t number, bool is_lasting);

/* Whether the failure asked for has happened; none does from now on. */
bool end_failures(void);

#endif
