/* The answers over all families: answer.c against the definition (oracle.h) and the kernel asked directly.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Usage: test_answers FOLDER, with packs of make_corpus.py in it. See failing_memory.h for how to link it. */
#include "test_answers.h"

#include "failing_memory.h"
#include "oracle.h"

unsigned long checks_made, checks_failed;

/* Whether lists of zones are what bits say. */
static void check_zones(const uint32_t *zones, uint32_t count, uint64_t wanted, const char *what)
{
    uint64_t bits = 0;
    for (uint32_t i = 0; i < count; i++) {
        CHECK(zones[i] < MOST_OWNERS && (i == 0 || zones[i] > zones[i - 1u]));
        bits |= UINT64_C(1) << zones[i];
    }
    CHECK_IS(bits, wanted, what);
}

/* What is true of a disc, from the words of docs/semantics.md, for packs of WGS 84 alone. */
typedef struct {
    uint64_t applies, met;
    bool is_close; /* rounding could decide otherwise */
} truth_t;

static truth_t truth_of(const gp_pack_t *pack, gp_point_t at, double radius_m)
{
    truth_t truth = {0, 0, false};
    for (uint32_t owner = 0; owner < pack->zone_count; owner++) {
        const oracle_t own = oracle(pack, owner, at);
        const double distance_m = sqrt(own.distance_sq);
        const bool is_met = radius_m > 0.0 && distance_m <= radius_m;
        truth.is_close = truth.is_close || (radius_m > 0.0 && fabs(distance_m - radius_m) < 1e-6);
        truth.applies |= own.is_covered || is_met ? UINT64_C(1) << owner : 0;
        truth.met |= is_met ? UINT64_C(1) << owner : 0;
    }
    return truth;
}

static void test_discs(const gp_pack_t *pack, double accuracy_m, const char *name)
{
    answer_t answer = {.capacity = 0};
    uint64_t state = 0x9E3779B97F4A7C15u, met = 0;
    for (uint32_t i = 0; i < 1500; i++) {
        const position_t here = random_position(pack, &state);
        const gp_point_t at = {(int32_t)nearbyint(here.lon * 1e7), (int32_t)nearbyint(here.lat * 1e7)};
        const truth_t truth = truth_of(pack, at, gp_widen(accuracy_m, at.y, GP_WGS84));
        gp_answer_id_t id;
        const answer_kind_t kind = answer_position(pack, here.lat, here.lon, accuracy_m, &id, &answer);
        CHECK(kind != ANSWER_FAILED && (kind == ANSWER_BY_ID) == (id != GP_ANSWER_UNNAMED));
        CHECK(kind == ANSWER_IN_FULL || truth.met == 0 || truth.is_close); /* an id names no border */
        CHECK(answer_fully(pack, here.lat, here.lon, accuracy_m, &answer) && answer.unknown == 0);
        if (!truth.is_close) {
            check_zones(answer.applies, answer.applies_count, truth.applies, name);
            check_zones(answer.met, answer.met_count, truth.met, name);
        }
        met += truth.met != 0;
    }
    CHECK(accuracy_m == 0.0 ? met == 0 : met > 0);
    answer_free(&answer);
}

/* Equal ids mean equal answers, whatever the position. */
static void test_ids(const gp_pack_t *pack)
{
    enum { IDS = 64 };
    gp_answer_id_t ids[IDS];
    copied_answer_t answers[IDS];
    answer_t answer = {.capacity = 0};
    uint64_t state = 0xD1B54A32D192ED03u;
    uint32_t count = 0, repeated = 0;
    for (uint32_t i = 0; i < 5000; i++) {
        const position_t here = random_position(pack, &state);
        const gp_answer_id_t id = answer_id_of(pack, here.lat, here.lon);
        CHECK(answer_fully(pack, here.lat, here.lon, 0.0, &answer));
        uint32_t known = 0;
        while (known < count && ids[known] != id) {
            known++;
        }
        if (id == GP_ANSWER_UNNAMED || known == IDS) {
            continue;
        }
        if (known == count) {
            ids[count] = id;
            answers[count++] = copy_of(&answer);
        } else {
            const copied_answer_t copy = copy_of(&answer);
            CHECK(is_same_answer(&copy, &answers[known]));
            repeated++;
        }
    }
    CHECK(count > 1 && repeated > 100);
    answer_free(&answer);
}

/* Zones and coverages in three frames: the answer is what the kernel says of each family, and together unnamed. */
static void test_frames_together(const gp_pack_t *pack)
{
    static const struct {
        double lat, lon, accuracy_m;
        uint64_t applies, met;
        uint32_t unknown;
    } known[] = {
        {30.0133, 105.0233, 0.0, 7, 0, 0},
        {30.0133, 105.0233, 10.0, 7, 0, 0},
        {30.0133, 105.0233, 10000.0, 7, 7, 0},
        {45.0, 10.0, 0.0, 0, 0, UNKNOWN_COVERAGE},
        {45.0, 10.0, 50.0, 0, 0, UNKNOWN_COVERAGE},
        {86.0, 10.0, 0.0, 0, 0, UNKNOWN_COVERAGE},
        {86.0, 10.0, 1.0, 0, 0, UNKNOWN_COVERAGE | UNKNOWN_POLE},
        {-86.0, 10.0, 1.0, 0, 0, UNKNOWN_COVERAGE | UNKNOWN_POLE},
        {31.0, 105.0, 0.0, 0, 0, 0},                 /* on the edge of the coverage in WGS 84, inside the other */
        {31.0, 105.0, 1.0, 0, 0, UNKNOWN_COVERAGE}}; /* but its border is met */
    answer_t answer = {.capacity = 0};
    gp_answer_id_t id;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        CHECK(answer_fully(pack, known[i].lat, known[i].lon, known[i].accuracy_m, &answer));
        check_zones(answer.applies, answer.applies_count, known[i].applies, "zones that apply");
        check_zones(answer.met, answer.met_count, known[i].met, "borders met");
        CHECK_IS(answer.unknown, known[i].unknown, "why unknown");
    }
    CHECK(answer_position(pack, 30.0133, 105.0233, 0.0, &id, &answer) == ANSWER_IN_FULL && id == GP_ANSWER_UNNAMED);
    CHECK(answer_position(pack, 45.0, 10.0, 0.0, &id, &answer) == ANSWER_BY_ID && id == 0);
    CHECK(answer_position(pack, 86.0, 10.0, 1.0, &id, &answer) == ANSWER_IN_FULL);
    const gp_answer_id_t alone[] = {0, 5, 0}, two[] = {3, 5, 0}, none[] = {0, 0, 0}, many[] = {GP_ANSWER_UNNAMED, 0, 0};
    CHECK(answer_id_of_families(alone) == (5 | UINT64_C(1) << 48) && answer_id_of_families(none) == 0);
    CHECK(answer_id_of_families(two) == GP_ANSWER_UNNAMED && answer_id_of_families(many) == GP_ANSWER_UNNAMED);
    answer_free(&answer);
}

/* Owners that cover a position or have a border within a distance of it, as the kernel says. */
static uint64_t bits_within(const gp_pack_t *pack, gp_point_t at, double distance_m)
{
    uint32_t owners[MOST_OWNERS];
    double distance_sq[MOST_OWNERS];
    gp_found_t found = {.owners = owners, .distance_sq = distance_sq, .capacity = MOST_OWNERS};
    if (distance_m > 0.0) {
        CHECK_IS(gp_near(pack, GP_WGS84, at, gp_widen(distance_m, at.y, GP_WGS84), &found), GP_OK, "gp_near");
    }
    return bits_of(&found) | bits_covering(pack, GP_WGS84, at);
}

static void test_paths_directly(const gp_pack_t *pack, double accuracy_m)
{
    answer_t answer = {.capacity = 0};
    uint64_t state = 0x94D049BB133111EBu;
    uint32_t by_id = 0, in_full = 0;
    for (uint32_t i = 0; i < 3000; i++) {
        const position_t a = random_position(pack, &state), b = random_position(pack, &state);
        const double share = i % 3u == 0 ? 1.0 : 0.02;
        const double lat[2] = {a.lat, a.lat + share * (b.lat - a.lat)};
        const double lon[2] = {a.lon, a.lon + share * (b.lon - a.lon)};
        uint32_t owners[MOST_OWNERS];
        double distance_sq[MOST_OWNERS];
        gp_found_t found = {.owners = owners, .distance_sq = distance_sq, .capacity = MOST_OWNERS};
        gp_path_t path;
        bool is_known;
        CHECK(gp_path_between(pack, GP_WGS84, lat, lon, accuracy_m, &path, &is_known) && is_known);
        CHECK_IS(gp_touched_by(pack, GP_WGS84, &path, &found), GP_OK, "gp_touched_by");
        uint64_t wanted = bits_of(&found);
        gp_answer_id_t id;
        const answer_kind_t kind = answer_path(pack, lat, lon, accuracy_m, &id, &answer);
        CHECK(kind != ANSWER_FAILED && (kind == ANSWER_BY_ID) == (id != GP_ANSWER_UNNAMED));
        if (kind == ANSWER_BY_ID) {
            CHECK(wanted == 0 && id == answer_id_of(pack, lat[0], lon[0]));
            by_id++;
        }
        gp_point_t ends[2];
        CHECK(gp_to_grid(pack, GP_WGS84, lat[0], lon[0], &ends[0]));
        CHECK(gp_to_grid(pack, GP_WGS84, lat[1], lon[1], &ends[1]));
        if (kind == ANSWER_BY_ID) { /* no border parts the ends */
            CHECK(bits_covering(pack, GP_WGS84, ends[0]) == bits_covering(pack, GP_WGS84, ends[1]));
            continue;
        }
        wanted |= bits_within(pack, ends[0], accuracy_m) | bits_within(pack, ends[1], accuracy_m);
        check_zones(answer.applies, answer.applies_count, wanted, "zones along the path");
        in_full++;
    }
    CHECK(by_id > 100 && in_full > 100);
    answer_free(&answer);
}

static void test_paths_of_frames(const gp_pack_t *pack)
{
    answer_t answer = {.capacity = 0};
    gp_answer_id_t id;
    const double polar_lat[2] = {86.0, 30.0}, out_lat[2] = {30.0, 28.0}, in_lat[2] = {30.5, 30.6};
    const double lon[2] = {105.0, 105.0};
    CHECK(answer_path(pack, polar_lat, lon, 0.0, &id, &answer) == ANSWER_IN_FULL);
    CHECK((answer.unknown & UNKNOWN_POLE) != 0);
    CHECK(answer_path(pack, out_lat, lon, 0.0, &id, &answer) == ANSWER_IN_FULL);
    CHECK_IS(answer.unknown, UNKNOWN_COVERAGE, "it leaves the coverage");
    CHECK(answer_path(pack, in_lat, lon, 1.0, &id, &answer) == ANSWER_IN_FULL && answer.unknown == 0);
    CHECK(answer.applies_count == 0 && answer.met_count == 0);
    answer_free(&answer);
}

static void test_distances_to_borders(const gp_pack_t *pack)
{
    answer_t answer = {.capacity = 0};
    uint64_t state = 0xBF58476D1CE4E5B9u;
    uint32_t listed = 0;
    for (uint32_t i = 0; i < 1000; i++) {
        const position_t here = random_position(pack, &state);
        const gp_point_t at = {(int32_t)nearbyint(here.lon * 1e7), (int32_t)nearbyint(here.lat * 1e7)};
        const double radius_m = i % 2u == 0 ? 5.0 : 400.0;
        double *clearance_m = NULL, nearest_m = HUGE_VAL;
        CHECK(answer_near(pack, here.lat, here.lon, radius_m, &answer, &clearance_m));
        CHECK((clearance_m == NULL) == (answer.applies_count == 0));
        uint32_t next = 0;
        for (uint32_t owner = 0; owner < pack->zone_count; owner++) {
            const oracle_t own = oracle(pack, owner, at);
            const double distance_m = sqrt(own.distance_sq);
            nearest_m = distance_m < nearest_m ? distance_m : nearest_m;
            if (fabs(distance_m - radius_m) < 1e-6) {
                next += next < answer.applies_count && answer.applies[next] == owner;
            } else if (own.is_covered || distance_m < radius_m) {
                const double bound_m = distance_m < radius_m ? distance_m : radius_m;
                CHECK(next < answer.applies_count && answer.applies[next] == owner);
                CHECK(fabs(clearance_m[next] - (own.is_covered ? -bound_m : bound_m)) < 1e-6);
                CHECK(own.is_covered || clearance_m[next] > 0.0);
                next++;
                listed++;
            }
        }
        CHECK(next == answer.applies_count);
        free(clearance_m);
        const double safe_m = answer_safe_radius(pack, here.lat, here.lon, 500.0);
        const double wanted_m = gp_narrow(nearest_m, at.y, GP_WGS84);
        CHECK(fabs(safe_m - (wanted_m < 500.0 ? wanted_m : 500.0)) < 1e-6);
    }
    CHECK(listed > 50 && answer_safe_radius(pack, 85.0000001, 0.0, 100.0) == 0.0);
    CHECK(answer_safe_radius(pack, 85.0, 0.0, 100.0) == 0.0 && answer_safe_radius(pack, -84.9999, 0.0, 100.0) < 100.0);
    answer_free(&answer);
}

/* Each allocation fails in turn: the answer says so, and the next one is right again. */
static void test_memory(const gp_pack_t *pack)
{
    const double lat[2] = {0.00003, 0.0004}, lon[2] = {0.00003, 0.0004};
    for (uint64_t failure = 0; failure < 5; failure++) {
        answer_t answer = {.capacity = 0};
        gp_answer_id_t id;
        double *clearance_m = NULL;
        fail_allocation(failure, false);
        const bool is_answered = answer_fully(pack, lat[0], lon[0], 5.0, &answer);
        CHECK(end_failures() && !is_answered);
        fail_allocation(failure, true);
        const answer_kind_t kind = answer_position(pack, lat[0], lon[0], 5.0, &id, &answer);
        CHECK(end_failures() && kind == ANSWER_FAILED);
        fail_allocation(failure, false);
        const answer_kind_t path_kind = answer_path(pack, lat, lon, 5.0, &id, &answer);
        CHECK(end_failures() && path_kind == ANSWER_FAILED);
        fail_allocation(failure, false);
        const bool is_near = answer_near(pack, lat[0], lon[0], 5.0, &answer, &clearance_m);
        CHECK(end_failures() && !is_near);
        CHECK(answer_near(pack, lat[0], lon[0], 5.0, &answer, &clearance_m) && clearance_m != NULL);
        free(clearance_m);
        fail_allocation(0, false); /* lists are there already: only that of the clearances is left to fail */
        const bool has_room = answer_near(pack, lat[0], lon[0], 5.0, &answer, &clearance_m);
        CHECK(end_failures() && !has_room && clearance_m == NULL);
        CHECK(answer_fully(pack, lat[0], lon[0], 5.0, &answer) && answer.met_count == 1);
        answer_free(&answer);
    }
}

int main(int argc, char **argv)
{
    static const char *const names[] = {"tiny", "crowded", "stars", "tiles"};
    if (argc != 2) {
        fprintf(stderr, "usage: test_answers FOLDER\n");
        return 2;
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        file_t file;
        const gp_pack_t pack = open_pack(argv[1], names[i], &file);
        test_discs(&pack, 0.0, names[i]);
        test_discs(&pack, 12.5, names[i]);
        test_ids(&pack);
        if (i > 1) {
            test_paths_directly(&pack, 0.0);
            test_paths_directly(&pack, 4.0);
        }
        test_distances_to_borders(&pack);
        if (i == 0) {
            test_memory(&pack);
        }
        test_batch(&pack);
        free(file.bytes);
    }
    file_t file;
    const gp_pack_t framed = open_pack(argv[1], "framed", &file);
    test_frames_together(&framed);
    test_paths_of_frames(&framed);
    test_batch(&framed);
    free(file.bytes);
    printf("%lu checks, %lu failed\n", checks_made, checks_failed);
    return checks_failed == 0 && checks_made > 0 ? 0 : 1;
}
