/* Many answers at once: the codes of batch.c against single answers.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "binding/batch.h"
#include "failing_memory.h"
#include "test_answers.h"

#define FIXES 1500u /* some blocks, and a part of one */

static double lats[FIXES], lons[FIXES], accuracies_m[FIXES];
static uint32_t codes[FIXES];

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

/* What stands behind a code. */
static copied_answer_t coded(const gp_pack_t *pack, const batch_t *batch, uint32_t code, answer_t *answer)
{
    const batch_entry_t *entry = &batch->entries[code];
    if (entry->id != GP_ANSWER_UNNAMED) {
        CHECK(entry->id == answer_id_of(pack, entry->lat, entry->lon));
        CHECK(answer_fully(pack, entry->lat, entry->lon, 0.0, answer));
        return copy_of(answer);
    }
    const uint32_t *words = batch->words + entry->first_word;
    copied_answer_t copy = {words[0], words[1], words[2], {0}, {0}};
    memcpy(copy.applies, words + 3, 4u * (size_t)words[1]);
    memcpy(copy.met, words + 3 + words[1], 4u * (size_t)words[2]);
    return copy;
}

static void check_codes(const gp_pack_t *pack, const batch_t *batch, bool has_accuracies, size_t count)
{
    answer_t answer = {.capacity = 0};
    for (size_t i = 0; i < count; i++) {
        CHECK(codes[i] < batch->entry_count);
        const double accuracy_m = has_accuracies ? accuracies_m[i] : 0.0;
        const copied_answer_t wanted = wanted_of(pack, lats[i], lons[i], accuracy_m, &answer);
        const copied_answer_t found = coded(pack, batch, codes[i], &answer);
        CHECK(is_same_answer(&found, &wanted));
    }
    CHECK(count == FIXES || codes[count] == 77);
    for (size_t a = 0; a < batch->entry_count; a++) { /* each distinct one once; an id and words may say the same */
        for (size_t b = 0; b < a; b++) {
            const batch_entry_t *left = &batch->entries[a], *right = &batch->entries[b];
            CHECK(left->id != right->id || left->id == GP_ANSWER_UNNAMED);
        }
    }
    answer_free(&answer);
}

static void test_run(const gp_pack_t *pack, bool has_accuracies, size_t count)
{
    batch_t batch = {.entries = NULL};
    for (size_t i = 0; i < FIXES; i++) {
        codes[i] = 77;
    }
    CHECK(batch_run(&batch, pack, lats, lons, has_accuracies ? accuracies_m : NULL, count, codes));
    check_codes(pack, &batch, has_accuracies, count);
    batch_free(&batch);
    CHECK(batch.entries == NULL && batch.entry_count == 0);
}

/* Each allocation fails in turn, until none is left to fail; what is there then is freed. */
static void test_memory(const gp_pack_t *pack)
{
    bool is_done = false;
    for (uint64_t failure = 0; !is_done; failure++) {
        batch_t batch = {.entries = NULL};
        fail_allocation(failure, failure % 2u != 0);
        is_done = batch_run(&batch, pack, lats, lons, accuracies_m, FIXES, codes);
        CHECK(end_failures() != is_done);
        CHECK(is_done || failure < 100);
        batch_free(&batch);
    }
}

void test_batch(const gp_pack_t *pack)
{
    static const size_t counts[] = {0, 1, 255, 256, 257, FIXES};
    make_fixes(pack);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        test_run(pack, false, counts[i]);
        test_run(pack, true, counts[i]);
    }
    test_memory(pack);
}
