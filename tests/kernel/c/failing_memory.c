/* Implements failing_memory.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "failing_memory.h"

#include <stddef.h>

#define NEVER UINT64_MAX

static uint64_t allocations, first_failure = NEVER;
static bool fails_on;

void *__real_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__real_realloc(void *old, size_t bytes);
void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);
void *__wrap_realloc(void *old, size_t bytes);

void fail_allocation(uint64_t number, bool is_lasting)
{
    allocations = 0;
    first_failure = number;
    fails_on = is_lasting;
}

bool end_failures(void)
{
    const bool has_failed = allocations > first_failure;
    first_failure = NEVER;
    fails_on = false;
    return has_failed;
}

static bool is_failure(void)
{
    const uint64_t number = allocations++;
    return number == first_failure || (fails_on && number > first_failure);
}

void *__wrap_malloc(size_t bytes)
{
    return is_failure() ? NULL : __real_malloc(bytes);
}

void *__wrap_calloc(size_t count, size_t bytes)
{
    return is_failure() ? NULL : __real_calloc(count, bytes);
}

void *__wrap_realloc(void *old, size_t bytes)
{
    return is_failure() ? NULL : __real_realloc(old, bytes);
}
