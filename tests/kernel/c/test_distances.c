/* gp_scales, gp_widen, gp_narrow, gp_near and gp_nearest.
 * SPDX-License-Identifier: Apache-2.0 */
#include "open_pack.h"
#include "oracle.h"

#define PER_LAT 0.011057427581933246 /* metres per unit at the equator */
#define PER_LON 0.011131949079133124

static bool is_close(double found, double wanted, double relative)
{
    return fabs(found - wanted) <= relative * fabs(wanted);
}

static void test_scales(void)
{
    /* Metres per degree on WGS 84, from the radii of curvature. */
    static const struct {
        double lat, per_lat, per_lon;
    } known[] = {{0, 110574.2758, 111319.4908}, {45, 111131.7779, 78846.8351}, {-45, 111131.7779, 78846.8351},
                 {60, 111412.2729, 55800.1725}, {85, 111685.0, 9735.0}};
    double per_lat, per_lon;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        gp_scales(known[i].lat * 1e7, &per_lat, &per_lon);
        CHECK(is_close(per_lat * 1e7, known[i].per_lat, 1e-4));
        CHECK(is_close(per_lon * 1e7, known[i].per_lon, 1e-3));
    }
    gp_scales(0.0, &per_lat, &per_lon);
    CHECK(per_lat == PER_LAT && per_lon == PER_LON);
    gp_scales(GP_POLE, &per_lat, &per_lon);
    CHECK(per_lat > 0.0 && per_lon == 0.0);
}

static void test_slack(void)
{
    const int32_t steep = 700000000, last = GP_MAX_LAT_E7;
    CHECK(gp_widen(0.0, last + 1, GP_WGS84) == 0.0);
    CHECK(gp_widen(100.0, 0, GP_WGS84) == 100.0 * 1.001 + 0.02);
    CHECK(gp_widen(100.0, steep, GP_WGS84) == 100.0 * 1.001 + 0.02);
    CHECK(gp_widen(100.0, -steep, GP_WGS84) == 100.0 * 1.001 + 0.02);
    CHECK(gp_widen(100.0, steep + 1, GP_WGS84) == 100.0 * 1.004 + 0.02);
    CHECK(gp_widen(100.0, -steep - 1, GP_WGS84) == 100.0 * 1.004 + 0.02);
    CHECK(gp_widen(100.0, 0, GP_GCJ02) == 100.0 * (1.0 + (0.001 + 0.03)) + 0.02);
    CHECK(isfinite(gp_widen(1.0, last, GP_WGS84)) && isfinite(gp_widen(1.0, -last, GP_WGS84)));
    CHECK(isinf(gp_widen(1.0, last + 1, GP_WGS84)) && isinf(gp_widen(1.0, -last - 1, GP_WGS84)));
    CHECK(isinf(gp_widen(-1.0, 0, GP_WGS84)) && isinf(gp_widen((double)NAN, 0, GP_WGS84)));
    CHECK(gp_narrow(100.0, 0, GP_WGS84) == (100.0 - 0.02) / 1.001);
    CHECK(gp_narrow(0.02, 0, GP_WGS84) == 0.0 && gp_narrow(0.0, 0, GP_WGS84) == 0.0);
    CHECK(gp_narrow(100.0, last + 1, GP_WGS84) == 0.0 && gp_narrow(100.0, -last - 1, GP_WGS84) == 0.0);
    CHECK(gp_narrow((double)NAN, 0, GP_WGS84) == 0.0);
    for (double distance_m = 0.5; distance_m < 20000.0; distance_m *= 1.7) {
        CHECK(gp_narrow(gp_widen(distance_m, 123456789, GP_BD09), 123456789, GP_BD09) <= distance_m * (1.0 + 1e-12));
    }
}

static void test_known_distances(const char *folder)
{
    file_t file;
    const gp_pack_t pack = open_pack(folder, "tiny", &file);
    const gp_point_t west = {-1000, 2000};
    const double distance_m = 1000.0 * PER_LON;
    uint32_t owners[2];
    double distance_sq[2];
    gp_found_t found = {.owners = owners, .distance_sq = distance_sq, .capacity = 2};
    CHECK_IS(gp_near(&pack, GP_WGS84, west, distance_m * 0.999, &found), GP_OK, "nothing is near");
    CHECK_IS(found.count, 0, "nothing is near");
    CHECK_IS(gp_near(&pack, GP_WGS84, west, distance_m * 1.001, &found), GP_OK, "a zone is near");
    CHECK(found.count == 1 && owners[0] == 0 && is_close(distance_sq[0], distance_m * distance_m, 1e-9));
    CHECK(is_close(gp_nearest(&pack, GP_WGS84, west, 20000.0), distance_m * distance_m, 1e-9));
    CHECK(isinf(gp_nearest(&pack, GP_WGS84, west, distance_m * 0.999)));
    found.count = 0;
    const gp_point_t on = {500, 0};
    CHECK(gp_near(&pack, GP_WGS84, on, 0.0, &found) == GP_OK && found.count == 1 && distance_sq[0] == 0.0);
    CHECK(gp_nearest(&pack, GP_WGS84, on, 0.0) == 0.0); /* the limit itself is within */
    found = (gp_found_t){.owners = owners, .capacity = 1};
    CHECK_IS(gp_near(&pack, GP_WGS84, (gp_point_t){3000, 3000}, 100.0, &found), GP_ERR_CAPACITY, "two are near");
    CHECK_IS(found.count, 1, "one fits"); /* and its distance is not asked for */
    CHECK(isinf(gp_nearest(&pack, GP_WGS84, (gp_point_t){100000000, 0}, 20000.0)));
    CHECK(isinf(gp_nearest(&pack, GP_WGS84, (gp_point_t){-100000000, 0}, 20000.0)));
    CHECK(isinf(gp_nearest(&pack, GP_WGS84, (gp_point_t){0, 100000000}, 20000.0)));
    CHECK(isinf(gp_nearest(&pack, GP_WGS84, (gp_point_t){0, -100000000}, 20000.0)));
    free(file.bytes);
}

/* Limits of which the square is the distance's or its neighbour's: the limit itself is within, more is not. */
static void test_limits(const char *folder)
{
    file_t file;
    const gp_pack_t pack = open_pack(folder, "tiny", &file);
    uint32_t within = 0, beyond = 0;
    for (int32_t x = -4000; x < 0; x++) {
        const gp_point_t at = {x, 2000};
        const double own_sq = gp_nearest(&pack, GP_WGS84, at, 20000.0), root = sqrt(own_sq);
        const double limits[] = {nextafter(root, 0.0), root, nextafter(root, 20000.0)};
        for (size_t i = 0; i < 3; i++) {
            const bool is_within = limits[i] * limits[i] >= own_sq;
            const double found = gp_nearest(&pack, GP_WGS84, at, limits[i]);
            CHECK(is_within ? found == own_sq : isinf(found));
            uint32_t owners[2];
            double distance_sq[2];
            gp_found_t near = {.owners = owners, .distance_sq = distance_sq, .capacity = 2};
            CHECK(gp_near(&pack, GP_WGS84, at, limits[i], &near) == GP_OK && near.count == (is_within ? 1u : 0u));
            CHECK(near.count == 0 || distance_sq[0] == own_sq);
            within += is_within;
            beyond += !is_within;
        }
    }
    CHECK(within > 1000 && beyond > 1000);
    free(file.bytes);
}

/* Straight beside an end of an edge the distance is that of the end, to the last bit: no root of it is taken. */
static void test_beside_an_end(const char *folder)
{
    file_t file;
    const gp_pack_t pack = open_pack(folder, "tiny", &file);
    for (int32_t away = 1; away < 3000; away++) {
        const gp_point_t points[] = {{-away, 0}, {-away, 4000}, {0, -away}, {4000, -away}}; /* of the corners of a */
        for (size_t i = 0; i < 4; i++) {
            double per_lat, per_lon;
            gp_scales((double)points[i].y, &per_lat, &per_lon);
            const double distance_m = away * (i < 2 ? per_lon : per_lat);
            CHECK(gp_nearest(&pack, GP_WGS84, points[i], 100.0) == distance_m * distance_m);
        }
    }
    free(file.bytes);
}

/* Near all of a family's zones they are found, and none of another's, wherever the box ends. */
static void test_families_apart(const char *folder)
{
    file_t file;
    const gp_pack_t pack = open_pack(folder, "layers", &file);
    uint64_t state = 31;
    for (uint32_t i = 0; i < 3000; i++) {
        const uint32_t family = i % GP_FAMILIES;
        const gp_family_index_t *index = &pack.families[family];
        const gp_point_t at = {index->min_x + (int32_t)(next_random(&state) % index->width),
                               index->min_y + (int32_t)(next_random(&state) % index->height)};
        uint32_t owners[3];
        gp_found_t found = {.owners = owners, .capacity = 3};
        CHECK_IS(gp_near(&pack, family, at, 20000.0, &found), GP_OK, "near a family");
        CHECK_IS(found.count, 1, "its zone alone");
        CHECK_IS(pack.zones[32u * owners[0] + 28u], family, "is of it");
    }
    free(file.bytes);
}

/* Within a zone round a pole the antimeridian is an edge, but no border. */
static void test_seam(const char *folder)
{
    file_t file;
    const gp_pack_t pack = open_pack(folder, "seam", &file);
    uint32_t owners[MOST_OWNERS];
    gp_found_t found = {.owners = owners, .capacity = MOST_OWNERS};
    const gp_point_t inside = {GP_HALF_TURN, 849500000};
    CHECK(gp_near(&pack, GP_WGS84, inside, 1000.0, &found) == GP_OK && found.count == 0);
    CHECK(isinf(gp_nearest(&pack, GP_WGS84, inside, 1000.0)));
    const double south_m = 500000.0 * 0.0111685;
    CHECK(is_close(sqrt(gp_nearest(&pack, GP_WGS84, inside, 20000.0)), south_m, 1e-3));
    CHECK(gp_near(&pack, GP_WGS84, inside, 10000.0, &found) == GP_OK && found.count == 1 && owners[0] == 3);
    const gp_point_t turned = {-GP_HALF_TURN, 849500000};
    CHECK(gp_nearest(&pack, GP_WGS84, turned, 20000.0) == gp_nearest(&pack, GP_WGS84, inside, 20000.0));
    free(file.bytes);
}

/* All owners within a radius of a position, and the nearest, against a look at every edge; whether there is one. */
static bool check_near(const gp_pack_t *pack, gp_point_t at, double radius_m, const char *name)
{
    uint32_t owners[MOST_OWNERS];
    double distance_sq[MOST_OWNERS], nearest_sq = HUGE_VAL;
    gp_found_t found = {.owners = owners, .distance_sq = distance_sq, .capacity = MOST_OWNERS};
    CHECK_IS(gp_near(pack, GP_WGS84, at, radius_m, &found), GP_OK, name);
    const uint64_t bits = bits_of(&found);
    for (uint32_t owner = 0; owner < pack->zone_count; owner++) {
        const double wanted = oracle(pack, owner, at).distance_sq;
        CHECK((bits >> owner & 1u) == (wanted <= radius_m * radius_m));
        nearest_sq = wanted < nearest_sq ? wanted : nearest_sq;
    }
    for (uint32_t n = 0; n < found.count; n++) {
        CHECK(fabs(sqrt(distance_sq[n]) - sqrt(oracle(pack, owners[n], at).distance_sq)) < 1e-6);
    }
    const double nearest = gp_nearest(pack, GP_WGS84, at, radius_m);
    CHECK(nearest_sq > radius_m * radius_m ? isinf(nearest) : fabs(sqrt(nearest) - sqrt(nearest_sq)) < 1e-6);
    return bits != 0;
}

/* The same within the index, and for all radii up to most_m also as far around it. */
static void test_against_definition(const char *folder, const char *name, double most_m, bool is_any)
{
    file_t file;
    const gp_pack_t pack = open_pack(folder, name, &file);
    const gp_family_index_t *index = &pack.families[0];
    const uint64_t width = index->width * (is_any ? 3u : 1u), height = index->height * (is_any ? 3u : 1u);
    const int64_t west = index->min_x - (is_any ? (int64_t)index->width : 0);
    const int64_t south = index->min_y - (is_any ? (int64_t)index->height : 0);
    uint64_t state = 0x2545F4914F6CDD1Du, met = 0;
    for (uint32_t i = 0; i < 3000; i++) {
        const gp_point_t at = {(int32_t)(west + (int64_t)(next_random(&state) % width)),
                               (int32_t)(south + (int64_t)(next_random(&state) % height))};
        const double radius_m = is_any ? most_m * (double)(next_random(&state) % 1000u + 1u) / 1000.0 : most_m;
        met += check_near(&pack, at, radius_m, name);
    }
    CHECK(met > 300 && met < 2900); /* the radius is one that tells positions apart */
    free(file.bytes);
}

/* The same within a box. */
static void test_in_box(const char *folder, const char *name, int32_t from, int32_t to, double most_m)
{
    file_t file;
    const gp_pack_t pack = open_pack(folder, name, &file);
    const uint64_t side = (uint64_t)(to - from) + 1u;
    uint64_t state = 71, met = 0;
    for (uint32_t i = 0; i < 3000; i++) {
        const int32_t x = from + (int32_t)(next_random(&state) % side);
        const int32_t y = from + (int32_t)(next_random(&state) % side);
        const double radius_m = most_m * (double)(next_random(&state) % 1000u + 1u) / 1000.0;
        met += check_near(&pack, (gp_point_t){x, y}, radius_m, name);
    }
    CHECK(met > 300 && met < 3000);
    free(file.bytes);
}

/* At 85 degrees, across the antimeridian, 20,000 m are more than two degrees. */
static void test_far_across_the_seam(const char *folder)
{
    file_t file;
    const gp_pack_t pack = open_pack(folder, "far", &file);
    uint32_t owners[1];
    gp_found_t found = {.owners = owners, .capacity = 1};
    const gp_point_t east = {GP_HALF_TURN, GP_MAX_LAT_E7}, west = {-GP_HALF_TURN, GP_MAX_LAT_E7};
    CHECK(gp_near(&pack, GP_WGS84, west, 20000.0, &found) == GP_OK && found.count == 1);
    found.count = 0;
    CHECK(gp_near(&pack, GP_WGS84, east, 20000.0, &found) == GP_OK && found.count == 1);
    CHECK(gp_nearest(&pack, GP_WGS84, east, 20000.0) == gp_nearest(&pack, GP_WGS84, west, 20000.0));
    free(file.bytes);
}

/* Beyond 85 degrees no distance means much, but asking is no error: what is found is nearer, never farther. */
static void test_poles(const char *folder)
{
    file_t file;
    const gp_pack_t pack = open_pack(folder, "polar", &file);
    static const int32_t heights[] = {GP_POLE, -GP_POLE, GP_POLE - 1, -GP_POLE + 1, 860000000};
    for (size_t i = 0; i < sizeof heights / sizeof heights[0]; i++) {
        uint32_t owners[4];
        gp_found_t found = {.owners = owners, .capacity = 4};
        const gp_point_t at = {1000000000, heights[i]};
        CHECK_IS(gp_near(&pack, GP_WGS84, at, 100.0, &found), GP_OK, "near a pole");
        const bool is_there = i < 4; /* a wedge ends at the pole */
        CHECK(found.count == (is_there ? 1u : 0u) && (!is_there || owners[0] == (heights[i] > 0 ? 0u : 1u)));
        const double nearest_sq = gp_nearest(&pack, GP_WGS84, at, 100.0);
        CHECK(is_there ? nearest_sq <= 1e-3 : isinf(nearest_sq));
        found.count = 0;
        CHECK_IS(gp_near(&pack, GP_WGS84, at, 0.0, &found), GP_OK, "at a pole");
    }
    free(file.bytes);
}

void test_distances(const char *folder)
{
    test_scales();
    test_slack();
    test_known_distances(folder);
    test_limits(folder);
    test_beside_an_end(folder);
    test_families_apart(folder);
    test_seam(folder);
    test_against_definition(folder, "tiny", 10.0, false);
    test_against_definition(folder, "tiles", 5.0, false);
    test_against_definition(folder, "stars", 1000.0, false);
    test_against_definition(folder, "tiny", 200.0, true);
    test_against_definition(folder, "grid", 100.0, true);
    test_against_definition(folder, "tiles", 400.0, true);
    test_against_definition(folder, "stars", 20000.0, true);
    test_in_box(folder, "fan", -100, 100, 1.0);
    test_in_box(folder, "fan", -10, 10, 0.1);
    test_in_box(folder, "cluster", 4000, 20000, 30.0);
    test_far_across_the_seam(folder);
    test_poles(folder);
}
