/* gp_is_position, gp_to_grid, gp_locate, gp_locate_many, gp_covering and gp_zone_id.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gp_layout.h"
#include "open_pack.h"
#include "oracle.h"

#define BIT(owner) (UINT64_C(1) << (owner))
#define MANY 1000u

static void test_is_position(void)
{
    CHECK(gp_is_position(90.0, 180.0) && gp_is_position(-90.0, -180.0));
    CHECK(!gp_is_position(nextafter(90.0, 91.0), 0.0) && !gp_is_position(nextafter(-90.0, -91.0), 0.0));
    CHECK(!gp_is_position(0.0, nextafter(180.0, 181.0)) && !gp_is_position(0.0, nextafter(-180.0, -181.0)));
    CHECK(!gp_is_position((double)NAN, 0.0) && !gp_is_position(0.0, (double)NAN));
}

static void test_place(const char *folder)
{
    file_t file;
    const gp_pack_t pack = open_pack(folder, "framed", &file);
    gp_point_t at = {0, 0};
    CHECK(gp_to_grid(&pack, GP_WGS84, 90.0, -180.0, &at) && at.x == -GP_HALF_TURN && at.y == GP_POLE);
    CHECK(gp_to_grid(&pack, GP_WGS84, -0.00000005, 0.00000015, &at) && at.x == 2 && at.y == 0); /* half to even */
    static const double beyond[][2] = {
        {-1.0000001, 100.0}, {61.0000001, 100.0}, {30.0, 68.9999999}, {30.0, 141.0000001}};
    for (size_t i = 0; i < 4; i++) {
        CHECK(!gp_to_grid(&pack, GP_GCJ02, beyond[i][0], beyond[i][1], &at));
    }
    static const double corners[][2] = {{-1.0, 69.0}, {61.0, 141.0}};
    gp_pack_t wide = pack;
    wide.families[GP_BD09].min_x = 690000000;
    wide.families[GP_BD09].min_y = -10000000;
    wide.families[GP_BD09].width = 720000000;
    wide.families[GP_BD09].height = 620000000;
    for (size_t i = 0; i < 4; i++) {
        CHECK(!gp_to_grid(&wide, GP_BD09, beyond[i][0], beyond[i][1], &at));
    }
    for (size_t i = 0; i < 2; i++) {
        CHECK(gp_to_grid(&wide, GP_BD09, corners[i][0], corners[i][1], &at));
        CHECK(at.x != (int32_t)(corners[i][1] * 1e7) && at.y != (int32_t)(corners[i][0] * 1e7)); /* moved */
        CHECK(!gp_to_grid(&pack, GP_BD09, corners[i][0], corners[i][1], &at)); /* far from its zones */
    }
    free(file.bytes);
    const gp_pack_t plain = open_pack(folder, "tiny", &file);
    CHECK(!gp_to_grid(&plain, GP_GCJ02, 30.0, 105.0, &at)); /* no zone of this family */
    free(file.bytes);
}

/* gp_to_grid passes over what is half a degree from all zones of a family, and nothing there is within 20,000 m. */
static void test_far(const char *folder, const char *name, uint32_t family)
{
    file_t file;
    const gp_pack_t pack = open_pack(folder, name, &file);
    const gp_family_index_t *index = &pack.families[family];
    const double west = index->min_x / 1e7, south = index->min_y / 1e7;
    const double east = west + (double)index->width / 1e7, north = south + (double)index->height / 1e7;
    const double lat = (south + north) / 2.0, lon = (west + east) / 2.0;
    const double near[][2] = {{lat, west - 0.5}, {lat, east + 0.5}, {south - 0.5, lon}, {north + 0.5, lon}};
    gp_point_t at;
    uint64_t state = 5;
    uint32_t passed = 0;
    for (uint32_t i = 0; i < 4u; i++) {
        const double away_lat = near[i][0] + (i == 2u ? -2e-7 : i == 3u ? 2e-7 : 0.0);
        const double away_lon = near[i][1] + (i == 0u ? -2e-7 : i == 1u ? 2e-7 : 0.0);
        CHECK(gp_to_grid(&pack, family, near[i][0], near[i][1], &at));
        CHECK(!gp_to_grid(&pack, family, away_lat, away_lon, &at));
    }
    for (uint32_t i = 0; i < 20000u; i++) {
        const double place_lat = south - 1.0 + (double)(next_random(&state) % 100000u) / 1e5 * (north - south + 2.0);
        const double place_lon = west - 1.0 + (double)(next_random(&state) % 100000u) / 1e5 * (east - west + 2.0);
        int64_t x, y;
        gp_forward_units(family, place_lat, place_lon, &x, &y);
        const gp_point_t there = {(int32_t)x, (int32_t)y};
        if (gp_to_grid(&pack, family, place_lat, place_lon, &at)) {
            CHECK(at.x == there.x && at.y == there.y);
        } else {
            passed++;
            CHECK(gp_nearest(&pack, family, there, 20000.0) > 1e30 && bits_covering(&pack, family, there) == 0);
        }
    }
    CHECK(passed > 100u && passed < 19900u);
    free(file.bytes);
}

/* Zone 0 is the square of 4000 units with a hole from 1000 to 2000, zone 1 a triangle from (3000, 3000). */
static void test_tiny(const char *folder)
{
    file_t file;
    const gp_pack_t pack = open_pack(folder, "tiny", &file);
    static const struct {
        gp_point_t at;
        uint64_t owners;
    } known[] = {{{0, 0}, BIT(0)},       {{-1, 0}, 0},      {{0, -1}, 0},      {{4000, 0}, BIT(0)},
                 {{4001, 0}, 0},         {{500, 0}, BIT(0)}, {{500, -1}, 0},    {{1000, 1500}, BIT(0)},
                 {{1001, 1500}, 0},      {{1999, 1999}, 0}, {{2000, 1999}, BIT(0)}, {{1500, 2000}, BIT(0)},
                 {{3000, 3000}, BIT(0) | BIT(1)}, {{4000, 4000}, BIT(0) | BIT(1)}, {{4001, 4000}, BIT(1)},
                 {{9000, 3500}, BIT(1)}, {{9001, 3500}, 0}, {{100000000, 0}, 0}, {{0, GP_POLE}, 0}, {{0, -GP_POLE}, 0}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        CHECK_IS(bits_covering(&pack, GP_WGS84, known[i].at), known[i].owners, "zones of tiny");
        const gp_answer_id_t id = gp_locate(&pack, GP_WGS84, known[i].at, NULL);
        CHECK((id == 0) == (known[i].owners == 0));
    }
    gp_cell_t cell;
    CHECK_IS(gp_locate(&pack, GP_WGS84, (gp_point_t){-1, 0}, &cell), 0, "outside");
    CHECK(cell.x == -1 && cell.y == 0 && cell.side == 0);
    CHECK_IS(gp_locate(&pack, GP_WGS84, (gp_point_t){5, GP_POLE}, &cell), 0, "the north pole");
    CHECK(cell.x == 5 && cell.y == GP_POLE && cell.side == 1);
    gp_locate(&pack, GP_WGS84, (gp_point_t){1, 1}, &cell);
    CHECK(cell.side == 0); /* borders cross this cell */
    const gp_answer_id_t inside = gp_locate(&pack, GP_WGS84, (gp_point_t){2100, 1100}, &cell);
    CHECK(inside != 0 && cell.side == 1024 && cell.x == 2048 && cell.y == 1024); /* it is whole in zone 0 */
    CHECK(inside == gp_locate(&pack, GP_WGS84, (gp_point_t){3071, 2047}, NULL));
    CHECK_IS(gp_locate(&pack, GP_WGS84, (gp_point_t){10000, 10000}, &cell), 0, "an empty root cell");
    CHECK(cell.x == 8192 && cell.y == 8192 && cell.side == 4096);
    free(file.bytes);
}

/* Zones 0 band, 1 beyond, 2 end, 3 north, 4 south, 5 wedge, 6 west. */
static void test_seam(const char *folder)
{
    file_t file;
    const gp_pack_t pack = open_pack(folder, "seam", &file);
    static const struct {
        gp_point_t at;
        uint64_t owners;
    } known[] = {{{GP_HALF_TURN, 500000}, BIT(1)},      {{-GP_HALF_TURN, 510000}, BIT(1)},
                 {{-1799990000, 505000}, BIT(1)},       {{-1799989999, 505000}, 0},
                 {{1799989999, 505000}, 0},             {{1799990000, 505000}, BIT(1)},
                 {{GP_HALF_TURN, -25000}, BIT(2)},      {{-GP_HALF_TURN, -25000}, BIT(2)},
                 {{-1799999999, -25000}, 0},            {{1799990000, 0}, BIT(6)},
                 {{-1799999999, 0}, BIT(6)},            {{-1799999998, 0}, 0},
                 {{123456789, GP_POLE}, BIT(3) | BIT(5)}, {{-5, -GP_POLE}, BIT(4)},
                 {{1, GP_POLE - 1}, BIT(3) | BIT(5)},   {{GP_HALF_TURN, 849000000}, BIT(3)},
                 {{7, 848999999}, BIT(5)},              {{0, 10005000}, BIT(0)},
                 {{-GP_HALF_TURN, 10010000}, BIT(0)},   {{-1, 10010001}, 0}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        CHECK_IS(bits_covering(&pack, GP_WGS84, known[i].at), known[i].owners, "zones of seam");
    }
    free(file.bytes);
}

/* Zones 0 BD-09, 1 GCJ-02, 2 WGS84; coverages 3 WGS84, 4 GCJ-02. */
static void test_each_family(const char *folder)
{
    file_t file;
    const gp_pack_t pack = open_pack(folder, "framed", &file);
    static const uint64_t wanted[] = {BIT(2) | BIT(3), BIT(1) | BIT(4), BIT(0)};
    for (uint32_t family = 0; family < GP_FAMILIES; family++) {
        gp_point_t at;
        CHECK(gp_to_grid(&pack, family, 30.0133, 105.0233, &at));
        CHECK_IS(bits_covering(&pack, family, at), wanted[family], "owners of a family");
    }
    CHECK(pack.zone_count == 3 && pack.coverage_count == 2);
    free(file.bytes);
}

/* An id, and the zones of the position that has it. */
typedef struct {
    gp_answer_id_t id;
    uint64_t owners;
} named_t;

static int compare_named(const void *left, const void *right)
{
    const gp_answer_id_t a = ((const named_t *)left)->id, b = ((const named_t *)right)->id;
    return a < b ? -1 : a > b;
}

/* Whoever keeps the answer of an id gets what applies wherever the id comes again. */
static void check_ids(named_t *named, size_t count, const char *name)
{
    qsort(named, count, sizeof *named, compare_named);
    for (size_t i = 1; i < count; i++) {
        const bool is_same = named[i].id == named[i - 1u].id && named[i].id != GP_ANSWER_UNNAMED;
        CHECK_IS(!is_same || named[i].owners == named[i - 1u].owners, 1, name);
    }
}

/* One place too few is said, and the others are filled with owners that cover. */
static void check_capacity(const gp_pack_t *pack, gp_point_t at, uint64_t owners)
{
    uint32_t places[MOST_OWNERS], count = 0;
    for (uint32_t owner = 0; owner < MOST_OWNERS; owner++) {
        count += (uint32_t)(owners >> owner & 1u);
    }
    if (count > 0) {
        gp_found_t found = {.owners = places, .capacity = count - 1u};
        CHECK_IS(gp_covering(pack, GP_WGS84, at, &found), GP_ERR_CAPACITY, "one place too few");
        CHECK(found.count == count - 1u && (bits_of(&found) & ~owners) == 0);
    }
}

static void test_against_definition(const char *folder, const char *name, int32_t from, int32_t to, int32_t step)
{
    file_t file;
    const gp_pack_t pack = open_pack(folder, name, &file);
    const int32_t x0 = pack.families[0].min_x, y0 = pack.families[0].min_y;
    const size_t side = (size_t)((to - from) / step) + 1u;
    named_t *named = calloc(side * side, sizeof *named);
    size_t count = 0;
    if (named == NULL) {
        exit(2);
    }
    for (int32_t x = from; x <= to; x += step) {
        for (int32_t y = from; y <= to; y += step) {
            const gp_point_t at = {x0 + x, y0 + y};
            uint64_t owners = 0;
            for (uint32_t owner = 0; owner < pack.zone_count; owner++) {
                owners |= oracle(&pack, owner, at).is_covered ? BIT(owner) : 0;
            }
            CHECK_IS(bits_covering(&pack, GP_WGS84, at), owners, name);
            check_capacity(&pack, at, owners);
            const gp_answer_id_t id = gp_locate(&pack, GP_WGS84, at, NULL);
            CHECK(id != 0 || owners == 0);
            named[count++] = (named_t){id, owners};
        }
    }
    check_ids(named, count, name);
    free(named);
    free(file.bytes);
}

/* Seventeen zones with the same border: no id can name them. */
static void test_crowded(const char *folder)
{
    file_t file;
    const gp_pack_t pack = open_pack(folder, "crowded", &file);
    uint32_t owners[MOST_OWNERS] = {7};
    gp_cell_t cell;
    CHECK(gp_locate(&pack, GP_WGS84, (gp_point_t){0, 0}, &cell) == GP_ANSWER_UNNAMED && cell.side == 0);
    CHECK_IS(bits_covering(&pack, GP_WGS84, (gp_point_t){0, 0}), (BIT(20) - 1u), "all zones");
    for (uint32_t capacity = 0; capacity < 20; capacity++) {
        gp_found_t found = {.owners = owners, .capacity = capacity};
        CHECK_IS(gp_covering(&pack, GP_WGS84, (gp_point_t){0, 0}, &found), GP_ERR_CAPACITY, "too few places");
        CHECK_IS(found.count, capacity, "as many as fit");
    }
    for (uint32_t known = 1; known < 4; known++) {
        for (uint32_t i = 0; i < known; i++) {
            owners[i] = 19u - 2u * i;
        }
        gp_found_t found = {.owners = owners, .capacity = 20, .count = known};
        CHECK_IS(gp_covering(&pack, GP_WGS84, (gp_point_t){0, 0}, &found), GP_OK, "some are known already");
        CHECK_IS(bits_of(&found), BIT(20) - 1u, "each once");
    }
    free(file.bytes);
    const gp_pack_t tiny = open_pack(folder, "tiny", &file);
    gp_found_t none = {.owners = owners, .capacity = 0};
    CHECK_IS(gp_covering(&tiny, GP_WGS84, (gp_point_t){2100, 1100}, &none), GP_ERR_CAPACITY, "a set does not fit");
    free(file.bytes);
}

/* Drives, jumps and poles, in blocks of every length up to a few groups. */
static void test_locate_many(const char *folder, const char *name)
{
    file_t file;
    const gp_pack_t pack = open_pack(folder, name, &file);
    const gp_family_index_t *index = &pack.families[0];
    gp_point_t points[MANY];
    gp_answer_id_t ids[MANY];
    uint64_t state = 88172645463325252u;
    for (uint32_t i = 0; i < MANY; i++) {
        const uint64_t kind = next_random(&state) % 16u;
        const int64_t x = index->min_x + (int64_t)(next_random(&state) % (index->width + 10u)) - 5;
        const int64_t y = index->min_y + (int64_t)(next_random(&state) % (index->height + 10u)) - 5;
        points[i] = on_grid(x, y);
        if (i > 0 && i % 100u > 30u) { /* along a drive, in steps from one unit to many cells */
            const int64_t reach = INT64_C(1) << (i / 100u * 2u);
            const int64_t step_x = (int64_t)(next_random(&state) % (2u * (uint64_t)reach + 1u)) - reach;
            const int64_t step_y = (int64_t)(next_random(&state) % (2u * (uint64_t)reach + 1u)) - reach;
            points[i] = on_grid(points[i - 1u].x + step_x, points[i - 1u].y + step_y);
        }
        points[i].y = kind == 0 ? GP_POLE : kind == 1 ? -GP_POLE : points[i].y;
    }
    for (uint32_t count = 0; count <= MANY; count += count < 40u ? 1u : 480u) {
        memset(ids, 0xAA, sizeof ids);
        gp_fetch(&pack, GP_WGS84, points, count);
        gp_locate_many(&pack, GP_WGS84, points, count, ids);
        for (uint32_t i = 0; i < count; i++) {
            CHECK(ids[i] == gp_locate(&pack, GP_WGS84, points[i], NULL));
        }
        CHECK(count == MANY || ids[count] == UINT64_C(0xAAAAAAAAAAAAAAAA));
    }
    free(file.bytes);
}

/* A pole is one place, with an answer of its own: no cell that reaches it may be taken for all of one id. */
static void test_poles(const char *folder)
{
    file_t file;
    const gp_pack_t pack = open_pack(folder, "polar", &file);
    static const int32_t poles[] = {GP_POLE, -GP_POLE};
    for (uint32_t owner = 0; owner < 2; owner++) {
        const int32_t beside = poles[owner] > 0 ? poles[owner] - 1 : poles[owner] + 1;
        for (int32_t x = -GP_HALF_TURN; x < GP_HALF_TURN; x += 100000000) {
            const gp_point_t points[] = {{x, beside}, {x, poles[owner]}, {x + 1, beside}, {x, poles[owner]}};
            gp_answer_id_t ids[4];
            gp_cell_t cell;
            gp_locate_many(&pack, GP_WGS84, points, 4, ids);
            for (uint32_t i = 0; i < 4; i++) {
                const bool is_pole = i % 2u != 0;
                const uint64_t wanted = is_pole || points[i].x == 0 || points[i].x == 1 ? BIT(owner) : 0;
                CHECK(ids[i] == gp_locate(&pack, GP_WGS84, points[i], &cell));
                CHECK(is_pole || x == 0 || bits_covering(&pack, GP_WGS84, points[i]) == wanted);
                CHECK((ids[i] != 0) == (bits_covering(&pack, GP_WGS84, points[i]) != 0));
                CHECK(!is_pole || bits_covering(&pack, GP_WGS84, points[i]) == BIT(owner));
                CHECK(is_pole || (cell.y > -GP_POLE && (int64_t)cell.y + cell.side <= GP_POLE) || cell.side == 0);
            }
        }
    }
    free(file.bytes);
}

static void test_zone_id(const char *folder)
{
    file_t file;
    gp_pack_t pack = open_pack(folder, "framed", &file);
    static const char *const wanted[] = {"BD-09", "GCJ-02", "WGS84"};
    uint32_t length = 99;
    for (uint32_t owner = 0; owner < 3; owner++) {
        const char *id = gp_zone_id(&pack, owner, &length);
        CHECK(id != NULL && length == strlen(wanted[owner]) && memcmp(id, wanted[owner], length) == 0);
    }
    CHECK(gp_zone_id(&pack, 3, &length) == NULL && length == 0); /* a coverage */
    length = 99;
    CHECK(gp_zone_id(&pack, UINT32_MAX, &length) == NULL && length == 0);
    pack.text_bytes = 5;
    CHECK(gp_zone_id(&pack, 0, &length) != NULL && length == 5); /* it ends the text */
    pack.text_bytes = 4; /* as in a pack that was not verified */
    CHECK(gp_zone_id(&pack, 0, &length) == NULL && length == 0);
    free(file.bytes);
}

void test_positions(const char *folder)
{
    static const char *const names[] = {"tiny", "seam", "crowded", "stars", "oddities", "single",
                                        "tiles", "corner", "capped", "round"};
    test_is_position();
    test_place(folder);
    test_far(folder, "framed", GP_GCJ02);
    test_far(folder, "framed", GP_BD09);
    test_far(folder, "china", GP_GCJ02);
    test_tiny(folder);
    test_seam(folder);
    test_each_family(folder);
    test_against_definition(folder, "tiny", -3, 9100, 41);
    test_against_definition(folder, "tiny", 950, 1050, 1);
    test_against_definition(folder, "crowded", -2, 10, 1);
    test_against_definition(folder, "tiles", 0, 18000, 97);
    test_against_definition(folder, "stars", 0, 1180000, 9973);
    test_against_definition(folder, "corner", -2, 1000, 3);
    test_against_definition(folder, "fan", 1900, 2100, 3);
    test_against_definition(folder, "fan", 1990, 2010, 1);
    test_crowded(folder);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        test_locate_many(folder, names[i]);
    }
    test_poles(folder);
    test_zone_id(folder);
}
