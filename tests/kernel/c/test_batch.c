/* Many answers at once: the codes of batch.c against single answers.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "binding/batch.h"
#include "failing_memory.h"
#include "test_answers.h"

#define FIXES 1500u /* some blocks, and a part of one */

static double lats[FIXES], lons[FIXES], accuracies_m[FIXES];
static uint32_t codes[FIXES];

#define MOST_RULE_SETS 4096u

static uint32_t effects[MOST_RULE_SETS], demands[MOST_RULE_SETS];
static uint8_t is_in_force[MOST_RULE_SETS];
static const standing_t standing = {effects, demands, is_in_force};

/* Rule sets that share effects, some of them in force. */
static void make_standing(const gp_pack_t *pack, uint32_t turn)
{
    CHECK(pack->term_count <= MOST_RULE_SETS);
    for (uint32_t i = 0; i < pack->term_count; i++) {
        effects[i] = 1000u - (i + turn) % 3u;
        demands[i] = 70u - (i + turn) % 3u % 2u;
        is_in_force[i] = (uint8_t)((i + turn) % 2u);
    }
}

/* Drives, jumps, and what is no position or no accuracy. */
static void make_fixes(const gp_pack_t *pack)
{
    static const double strange[][2] = {{91.0, 0.0}, {-90.5, 0.0}, {0.0, 181.0}, {0.0, -180.5}};
    static const double lengths_m[] = {0.0, 0.0, 0.0, 3.0, 250.0, 10000.0, -1.0, 10000.5};
    uint64_t state = 0x2545F4914F6CDD1Du;
    for (uint32_t i = 0; i < FIXES; i++) {
        const position_t here = random_position(pack, &state);
        const bool is_drive = i > 0 && i % 100u > 30u;
        lats[i] = is_drive ? lats[i - 1u] : here.lat;
        lons[i] = is_drive ? lons[i - 1u] + 2e-7 : here.lon;
        accuracies_m[i] = lengths_m[next_random(&state) % 8u];
        if (i % 83u == 7u) {
            accuracies_m[i] = (double)NAN;
        }
        if (i > 700 && i % 37u == 5u) { /* the blocks before hold positions only */
            lats[i] = strange[i % 4u][0];
            lons[i] = strange[i % 4u][1];
        }
        if (i > 700 && i % 91u == 3u) {
            lats[i] = (double)NAN;
        }
    }
}

/* What answer.h says of one fix, as batch.h words it. */
static copied_answer_t wanted_of(const gp_pack_t *pack, double lat, double lon, double accuracy_m, answer_t *answer)
{
    const bool is_length = accuracy_m >= 0.0 && accuracy_m <= GP_LIMIT_M;
    copied_answer_t wanted = {0};
    if (gp_is_position(lat, lon)) {
        CHECK(answer_fully(pack, lat, lon, is_length ? accuracy_m : 0.0, answer));
        wanted = copy_of(answer);
    } else {
        wanted.unknown = UNKNOWN_POSITION;
    }
    wanted.unknown |= is_length ? 0u : UNKNOWN_ACCURACY;
    return wanted;
}

static uint32_t rule_set_of(const gp_pack_t *pack, uint32_t zone)
{
    uint32_t words[8];
    memcpy(words, pack->zones + 32u * (uint64_t)zone, sizeof words);
    return words[4];
}

/* Whether a row of outcomes is what zones demand, ascending and each once. */
static bool has_demands(const gp_pack_t *pack, const uint32_t *held, uint32_t count, const copied_answer_t *wanted)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < count; i++) {
        bool is_there = false;
        CHECK(i == 0 || held[i - 1u] < held[i]);
        for (uint32_t k = 0; k < wanted->applies_count; k++) {
            is_there = is_there || demands[rule_set_of(pack, wanted->applies[k])] == held[i];
        }
        found += is_there;
    }
    for (uint32_t k = 0; k < wanted->applies_count; k++) {
        bool is_held = false;
        for (uint32_t i = 0; i < count; i++) {
            is_held = is_held || demands[rule_set_of(pack, wanted->applies[k])] == held[i];
        }
        CHECK(is_held);
    }
    return found == count;
}

/* That a code stands for an answer. */
static void check_code(const gp_pack_t *pack, const batch_t *batch, uint32_t code, const copied_answer_t *wanted)
{
    CHECK(code < batch->answers.row_count);
    const row_t *answer = &batch->answers.rows[code], *outcome = &batch->outcomes.rows[answer->head];
    CHECK(answer->head < batch->outcomes.row_count && answer->count == 2u * wanted->applies_count);
    const uint32_t *words = batch->answers.words + answer->first;
    bool is_possible = false;
    for (uint32_t i = 0; i < wanted->applies_count; i++) {
        CHECK(words[2u * i] == wanted->applies[i]);
        CHECK(words[2u * i + 1u] == effects[rule_set_of(pack, wanted->applies[i])]);
    }
    for (uint32_t i = 0; i < wanted->met_count; i++) {
        is_possible = is_possible || is_in_force[rule_set_of(pack, wanted->met[i])] != 0;
    }
    CHECK(outcome->head == (wanted->unknown | (wanted->unknown == 0 && is_possible ? BATCH_POSSIBLE : 0u)));
    CHECK(has_demands(pack, batch->outcomes.words + outcome->first, outcome->count, wanted));
}

static void check_distinct(const rows_t *rows)
{
    for (size_t a = 0; a < rows->row_count; a++) {
        for (size_t b = 0; b < a; b++) {
            const row_t *left = &rows->rows[a], *right = &rows->rows[b];
            CHECK(left->head != right->head || left->count != right->count ||
                  memcmp(rows->words + left->first, rows->words + right->first, 4u * (size_t)left->count) != 0);
        }
    }
}

static void check_codes(const gp_pack_t *pack, const batch_t *batch, bool has_accuracies, size_t first, size_t count)
{
    answer_t answer = {.capacity = 0};
    for (size_t i = first; i < first + count; i++) {
        const double accuracy_m = has_accuracies ? accuracies_m[i] : 0.0;
        const copied_answer_t wanted = wanted_of(pack, lats[i], lons[i], accuracy_m, &answer);
        check_code(pack, batch, codes[i], &wanted);
    }
    CHECK(first + count == FIXES || codes[first + count] == 77);
    check_distinct(&batch->answers);
    check_distinct(&batch->outcomes);
    answer_free(&answer);
}

static batch_status_t run_from(batch_t *batch, const gp_pack_t *pack, bool has_accuracies, size_t first, size_t count)
{
    return batch_run(batch, pack, &standing, lats + first, lons + first, has_accuracies ? accuracies_m + first : NULL,
                     count, codes + first);
}

static void test_run(const gp_pack_t *pack, bool has_accuracies, size_t count)
{
    batch_t batch = {.answers = {.seed = count}, .outcomes = {.seed = 3}};
    for (size_t i = 0; i < FIXES; i++) {
        codes[i] = 77;
    }
    CHECK(run_from(&batch, pack, has_accuracies, 0, count) == BATCH_DONE);
    check_codes(pack, &batch, has_accuracies, 0, count);
    batch_free(&batch);
    CHECK(batch.answers.rows == NULL && batch.answers.row_count == 0);
}

/* Another standing in the same batch: effects that are numbered anew give new answers, and old ones stay. */
static void test_standings(const gp_pack_t *pack)
{
    batch_t batch = {.met_ids = NULL};
    for (uint32_t turn = 0; turn < 3; turn++) {
        make_standing(pack, turn);
        CHECK(run_from(&batch, pack, true, 500u * turn, 500) == BATCH_DONE);
    }
    for (uint32_t turn = 0; turn < 3; turn++) {
        make_standing(pack, turn);
        answer_t answer = {.capacity = 0};
        for (size_t i = 500u * turn; i < 500u * turn + 500u; i++) {
            const copied_answer_t wanted = wanted_of(pack, lats[i], lons[i], accuracies_m[i], &answer);
            check_code(pack, &batch, codes[i], &wanted);
        }
        answer_free(&answer);
    }
    check_distinct(&batch.answers);
    batch_free(&batch);
    make_standing(pack, 0);
}

/* Two parts in batches of their own, then in one. */
static void test_join(const gp_pack_t *pack)
{
    batch_t batch = {.met_ids = NULL}, other = {.met_ids = NULL};
    CHECK(run_from(&batch, pack, true, 0, 800) == BATCH_DONE);
    CHECK(run_from(&other, pack, true, 800, FIXES - 800u) == BATCH_DONE);
    CHECK(batch_join(&batch, &other, codes + 800, FIXES - 800u) == BATCH_DONE);
    uint32_t foreign[2] = {0, (uint32_t)other.answers.row_count};
    CHECK(batch_join(&batch, &other, foreign, 2) == BATCH_FOREIGN);
    batch_free(&other);
    check_codes(pack, &batch, true, 0, FIXES);
    batch_free(&batch);
}

/* A pack that was not verified, whose zones have rule sets that are not there. */
static void test_damaged(const gp_pack_t *pack)
{
    gp_pack_t damaged = *pack;
    batch_t batch = {.met_ids = NULL};
    damaged.term_count = 0;
    CHECK(run_from(&batch, &damaged, false, 0, FIXES) == BATCH_DAMAGED);
    batch_free(&batch);
}

/* Each allocation fails in turn, until none is left to fail; what is there then is freed. */
static void test_memory(const gp_pack_t *pack)
{
    bool is_done = false;
    for (uint64_t failure = 0; !is_done; failure++) {
        batch_t batch = {.met_ids = NULL}, other = {.met_ids = NULL};
        fail_allocation(failure, failure % 2u != 0);
        is_done = run_from(&batch, pack, true, 0, 800) == BATCH_DONE &&
                  run_from(&other, pack, true, 800, FIXES - 800u) == BATCH_DONE &&
                  batch_join(&batch, &other, codes + 800, FIXES - 800u) == BATCH_DONE;
        CHECK(end_failures() != is_done);
        CHECK(is_done || failure < 200);
        batch_free(&batch);
        batch_free(&other);
    }
}

void test_batch(const gp_pack_t *pack)
{
    static const size_t counts[] = {0, 1, 255, 256, 257, FIXES};
    make_fixes(pack);
    make_standing(pack, 0);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        test_run(pack, false, counts[i]);
        test_run(pack, true, counts[i]);
    }
    test_standings(pack);
    test_join(pack);
    test_damaged(pack);
    test_memory(pack);
}
