/* test_answers: what test_answers.c and test_batch.c share.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_ANSWERS_H
#define TEST_ANSWERS_H

#include "binding/answer.h"
#include "open_pack.h"

typedef struct {
    double lat, lon;
} position_t;

/* Somewhere in the index of WGS 84, or a little outside. */
static inline position_t random_position(const gp_pack_t *pack, uint64_t *state)
{
    const gp_family_index_t *index = &pack->families[GP_WGS84];
    const int64_t x = index->min_x + (int64_t)(next_random(state) % (index->width + 40u)) - 20;
    const int64_t y = index->min_y + (int64_t)(next_random(state) % (index->height + 40u)) - 20;
    const position_t position = {(double)y / 1e7, (double)x / 1e7};
    return position;
}

/* An answer that lasts. */
typedef struct {
    uint32_t unknown, applies_count, met_count, applies[MOST_OWNERS], met[MOST_OWNERS];
} copied_answer_t;

static inline copied_answer_t copy_of(const answer_t *answer)
{
    copied_answer_t copy = {answer->unknown, answer->applies_count, answer->met_count, {0}, {0}};
    CHECK(answer->applies_count <= MOST_OWNERS && answer->met_count <= MOST_OWNERS);
    for (uint32_t i = 0; i < answer->applies_count; i++) {
        copy.applies[i] = answer->applies[i];
    }
    for (uint32_t i = 0; i < answer->met_count; i++) {
        copy.met[i] = answer->met[i];
    }
    return copy;
}

static inline bool is_same_answer(const copied_answer_t *a, const copied_answer_t *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

/* In test_batch.c. */
void test_batch(const gp_pack_t *pack);

#endif
