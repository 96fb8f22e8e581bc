/* gp_path_between and gp_touched_by.
 * SPDX-License-Identifier: Apache-2.0 */
#include "open_pack.h"
#include "oracle.h"

#define BIT(owner) (UINT64_C(1) << (owner))

/* Asks for a path between positions in grid units; the owners met, as bits, and those of them at no distance. */
static uint64_t bits_on_path(const gp_pack_t *pack, gp_point_t from, gp_point_t to, double accuracy_m,
                             uint64_t *borders)
{
    const double lat[2] = {from.y / 1e7, to.y / 1e7}, lon[2] = {from.x / 1e7, to.x / 1e7};
    uint32_t owners[MOST_OWNERS];
    double distance_sq[MOST_OWNERS];
    gp_found_t found = {.owners = owners, .distance_sq = distance_sq, .capacity = MOST_OWNERS};
    gp_path_t path;
    bool is_known = false;
    CHECK(gp_path_between(pack, GP_WGS84, lat, lon, accuracy_m, &path, &is_known) && is_known);
    CHECK_IS(gp_touched_by(pack, GP_WGS84, &path, &found), GP_OK, "gp_touched_by");
    *borders = 0;
    for (uint32_t i = 0; i < found.count; i++) {
        CHECK(distance_sq[i] == 0.0 || isinf(distance_sq[i]));
        *borders |= distance_sq[i] == 0.0 ? BIT(owners[i]) : 0;
    }
    return bits_of(&found);
}

static void test_tiny(const char *folder)
{
    file_t file;
    const gp_pack_t pack = open_pack(folder, "tiny", &file);
    static const struct {
        gp_point_t from, to;
        double accuracy_m;
        uint64_t owners;
    } known[] = {
        {{-1000, 2000}, {-1, 2000}, 0.0, 0},               /* ends one unit before the border */
        {{-1000, 2000}, {0, 2000}, 0.0, BIT(0)},           /* ends on it */
        {{-1000, 2000}, {-10, 2000}, 0.05, 0},             /* 0.11 m before it */
        {{-1000, 2000}, {-10, 2000}, 0.2, BIT(0)},
        {{-1000, -10}, {5000, -10}, 0.2, BIT(0)},          /* along it */
        {{1001, 1001}, {1999, 1999}, 0.0, 0},              /* in the hole */
        {{1001, 1001}, {1999, 1999}, 1.0, BIT(0)},
        {{2100, 100}, {2900, 900}, 0.0, 0},                /* whole inside: no edge is met */
        {{-1000, 3500}, {9500, 3500}, 0.0, BIT(0) | BIT(1)}, /* across both */
        {{-1, 4001}, {1, 4001}, 0.0, 0},
        {{-500, 500}, {500, -500}, 0.0, BIT(0)},           /* touches the corner (0, 0) */
        {{-501, 500}, {500, -501}, 0.0, 0},                /* passes it by */
        {{0, 0}, {4000, 0}, 0.0, BIT(0)},                  /* is an edge */
        {{4000, -100}, {4000, -100}, 0.0, 0},              /* is a position */
        {{4000, 0}, {4000, 0}, 0.0, BIT(0)},
        {{100000, 100000}, {200000, 100000}, 0.0, 0}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        uint64_t borders, back;
        const gp_point_t from = known[i].from, to = known[i].to;
        CHECK_IS(bits_on_path(&pack, from, to, known[i].accuracy_m, &borders), known[i].owners, "zones met");
        CHECK_IS(borders, known[i].owners, "borders met");
        CHECK_IS(bits_on_path(&pack, to, from, known[i].accuracy_m, &back), known[i].owners, "the path back");
    }
    free(file.bytes);
}

/* Zones 1 beyond, 2 end, 3 north and 5 wedge; paths go the short way round. */
static void test_seam(const char *folder)
{
    file_t file;
    const gp_pack_t pack = open_pack(folder, "seam", &file);
    static const struct {
        gp_point_t from, to;
        double accuracy_m;
        uint64_t owners, borders;
        const char *what;
    } known[] = {
        {{1799980000, 505000}, {-1799980000, 505000}, 0.0, BIT(1), BIT(1), "across"},
        {{-1799980000, 505000}, {1799980000, 505000}, 0.0, BIT(1), BIT(1), "back"},
        {{1799995000, 505000}, {-1799995000, 505000}, 0.0, 0, 0, "inside"},
        {{-1799980000, -25000}, {GP_HALF_TURN, -25000}, 0.0, BIT(2), BIT(2), "the antimeridian is a border"},
        {{1799990000, 849500000}, {-1799990000, 849500000}, 0.0, BIT(3), 0, "a seam within a zone is none"},
        {{1790000000, 849500000}, {-1790000000, 849500000}, 10000.0, BIT(3), BIT(3), "a border within reach"},
        {{0, 880000000}, {0, GP_POLE}, 100.0, BIT(3) | BIT(5), BIT(5), "to a pole"}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        uint64_t borders;
        const uint64_t owners = bits_on_path(&pack, known[i].from, known[i].to, known[i].accuracy_m, &borders);
        CHECK_IS(owners, known[i].owners, known[i].what);
        CHECK_IS(borders, known[i].borders, known[i].what);
    }
    free(file.bytes);
}

static void test_paths_of_frames(const char *folder)
{
    file_t file;
    const gp_pack_t pack = open_pack(folder, "framed", &file);
    gp_path_t path;
    bool is_known = false;
    const double lon[2] = {105.0, 105.01}, china[2] = {30.0, 30.01};
    const double beyond[2] = {86.0, 30.0}, below[2] = {30.0, -86.0};
    CHECK(gp_path_between(&pack, GP_GCJ02, china, lon, 0.0, &path, &is_known) && is_known);
    CHECK(path.radius_m > 0.0); /* it is bent */
    const double bend_m = path.radius_m;
    CHECK(gp_path_between(&pack, GP_BD09, china, lon, 0.0, &path, &is_known) && path.radius_m > bend_m);
    const double wide[2] = {69.0, 140.0};
    CHECK(gp_path_between(&pack, GP_BD09, china, wide, 10000.0, &path, &is_known));
    CHECK(path.radius_m < 20000.0 && path.radius_m > 12000.0);
    CHECK(gp_path_between(&pack, GP_WGS84, china, lon, 0.0, &path, &is_known) && is_known && path.radius_m == 0.0);
    CHECK(!gp_path_between(&pack, GP_GCJ02, beyond, lon, 0.0, &path, &is_known) && !is_known);
    CHECK(!gp_path_between(&pack, GP_GCJ02, below, lon, 0.0, &path, &is_known) && !is_known);
    CHECK(gp_path_between(&pack, GP_WGS84, beyond, lon, 5.0, &path, &is_known) && is_known);
    CHECK(path.radius_m == 0.0); /* beyond 85 degrees */
    const double outside[][4] = {
        {62, 80, 105, 105}, {-20, -2, 105, 105}, {30, 30, 10, 60}, {30, 30, 150, -170}, {30, 30, -100, -90}};
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++) {
        CHECK(!gp_path_between(&pack, GP_BD09, outside[i], outside[i] + 2, 0.0, &path, &is_known) && is_known);
    }
    const double falling[2] = {70.0, 30.0}, back[2] = {150.0, 100.0};
    CHECK(gp_path_between(&pack, GP_GCJ02, falling, back, 0.0, &path, &is_known) && is_known);
    const double far[][4] = {{30, 30, -170, 100}, /* by way of the antimeridian: 90 degrees */
                             {30, 30, 100, 151.001},
                             {30, 30, 58.999, 100},
                             {-11.001, 30, 100, 100},
                             {30, 71.001, 100, 100}};
    for (size_t i = 0; i < sizeof far / sizeof far[0]; i++) {
        CHECK(!gp_path_between(&pack, GP_GCJ02, far[i], far[i] + 2, 0.0, &path, &is_known) && !is_known);
        CHECK(gp_path_between(&pack, GP_WGS84, far[i], far[i] + 2, 0.0, &path, &is_known) && is_known);
    }
    free(file.bytes);
    const gp_pack_t plain = open_pack(folder, "tiny", &file);
    is_known = false;
    CHECK(!gp_path_between(&plain, GP_GCJ02, china, lon, 0.0, &path, &is_known) && is_known);
    const double south[2] = {-10.0, -20.0}, equator[2] = {-10.0, 20.0};
    double per_lat, per_lon;
    CHECK(gp_path_between(&plain, GP_WGS84, south, lon, 0.0, &path, &is_known));
    gp_scales(200000000.0, &per_lat, &per_lon);
    CHECK(path.per_lon == per_lon); /* the least is at the end nearer to a pole, */
    gp_scales(100000000.0, &per_lat, &per_lon);
    CHECK(path.per_lat == per_lat); /* of latitude at the other */
    CHECK(gp_path_between(&plain, GP_WGS84, equator, lon, 0.0, &path, &is_known));
    gp_scales(0.0, &per_lat, &per_lon);
    CHECK(path.per_lat == per_lat);
    free(file.bytes);
}

/* Within so many metres a path may be of where it is drawn; gp_path_between written once more. */
static double radius_by_definition(uint32_t family, const gp_path_t *path, double accuracy_m)
{
    const double north = fabs((double)path->y[0]), other = fabs((double)path->y[1]);
    const double steep = north > other ? north : other, low = north > other ? other : north;
    const double flat = (path->y[0] > 0) == (path->y[1] > 0) ? low : 0.0;
    double per_lat, per_lon, unused;
    gp_scales(flat, &per_lat, &unused);
    gp_scales(steep, &unused, &per_lon);
    CHECK(path->per_lat == per_lat && path->per_lon == per_lon);
    const double width = fabs((double)(path->x[1] - path->x[0])) * per_lon;
    const double height = fabs((double)(path->y[1] - path->y[0])) * per_lat;
    const double length_sq = width * width + height * height, length = sqrt(length_sq);
    double bend = 0.0;
    if (family != GP_WGS84) {
        bend = fmin(2.5e-7 * length * length, 2000.0);
        bend += family == GP_BD09 ? fmin(6.5e-6 * length * length, 150.0) : 0.0;
    }
    const double reach = accuracy_m + bend;
    return reach > 0.0 && steep <= GP_MAX_LAT_E7 ? gp_widen(reach, (int32_t)steep, family) : 0.0;
}

static void test_measures(const char *folder)
{
    file_t file;
    const gp_pack_t pack = open_pack(folder, "framed", &file);
    uint64_t state = 17;
    for (uint32_t i = 0; i < 20000; i++) {
        const double size = i % 4u == 0 ? 20.0 : i % 4u == 1u ? 0.5 : 0.005;
        double lat[2], lon[2];
        for (uint32_t end = 0; end < 2; end++) {
            lat[end] = 30.0 + size * ((double)(next_random(&state) % 2001u) / 1000.0 - 1.0);
            lon[end] = 105.0 + size * ((double)(next_random(&state) % 2001u) / 1000.0 - 1.0);
        }
        lat[0] = i % 8u == 0 ? -lat[0] / 60.0 : lat[0];
        const double accuracy_m = i % 3u == 0 ? 0.0 : (double)(next_random(&state) % 10000u);
        for (uint32_t family = 0; family < GP_FAMILIES; family++) {
            gp_path_t path;
            bool is_known = false;
            CHECK(gp_path_between(&pack, family, lat, lon, accuracy_m, &path, &is_known) && is_known);
            const double wanted = radius_by_definition(family, &path, accuracy_m);
            CHECK(fabs(path.radius_m - wanted) <= 1e-12 * wanted);
        }
    }
    /* At the ends of what is measured, and of the domain and ten degrees round it. */
    gp_path_t path;
    bool is_known = false;
    const double last[2] = {85.0, 84.0}, lon[2] = {105.0, 105.1};
    CHECK(gp_path_between(&pack, GP_WGS84, last, lon, 5.0, &path, &is_known) && path.radius_m > 5.0);
    static const double ends[][4] = {{30, 30, 141, 142}, {30, 30, 60, 69}, {61, 65, 105, 105}, {-5, -1, 105, 105},
                                     {71, 30, 105, 105}, {-11, 30, 105, 105}, {30, 30, 59, 105}, {30, 30, 105, 151},
                                     {5, 6, 105, 105}};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        CHECK(gp_path_between(&pack, GP_BD09, ends[i], ends[i] + 2, 0.0, &path, &is_known) && is_known);
    }
    free(file.bytes);
}

/* A border is met up to the radius, whichever side it lies on and however the cells of the index lie. */
static void test_reach(const char *folder)
{
    file_t file;
    const gp_pack_t pack = open_pack(folder, "tiny", &file);
    double per_lat, per_lon;
    gp_scales(2000.0, &per_lat, &per_lon);
    for (int32_t away = 1; away < 4000; away += 13) {
        const int32_t sides[][4] = {{-away, 1000, -away, 2000}, {1000, -away, 2000, -away}}; /* west and south of it */
        for (uint32_t side = 0; side < 2; side++) {
            const double metres = away * (side == 0 ? per_lon : per_lat);
            for (uint32_t is_in = 0; is_in < 2; is_in++) {
                gp_path_t path = {.per_lat = per_lat, .per_lon = per_lon};
                path.x[0] = sides[side][0];
                path.y[0] = sides[side][1];
                path.x[1] = sides[side][2];
                path.y[1] = sides[side][3];
                path.radius_m = metres * (is_in ? 1.0 + 1e-9 : 1.0 - 1e-9);
                uint32_t owners[MOST_OWNERS];
                gp_found_t found = {.owners = owners, .capacity = MOST_OWNERS};
                CHECK_IS(gp_touched_by(&pack, GP_WGS84, &path, &found), GP_OK, "gp_touched_by");
                CHECK_IS(bits_of(&found), is_in ? BIT(0) : 0, "within reach");
            }
        }
    }
    free(file.bytes);
}

/* The antimeridian is one line, on whichever side the path and the zone are. */
static void test_ends_at_the_seam(const char *folder)
{
    file_t file;
    const gp_pack_t pack = open_pack(folder, "ends", &file);
    uint64_t borders;
    static const int32_t sides[] = {-GP_HALF_TURN, GP_HALF_TURN};
    for (size_t i = 0; i < 2; i++) {
        const int32_t x = sides[i];
        const gp_point_t east[] = {{x, 400}, {x, 500}}, west[] = {{x, 2400}, {x, 2500}};
        const gp_point_t none[] = {{x, 1001}, {x, 1999}};
        CHECK_IS(bits_on_path(&pack, east[0], east[1], 0.0, &borders), BIT(0), "a zone that ends in the east");
        CHECK_IS(bits_on_path(&pack, west[0], west[1], 0.0, &borders), BIT(1), "a zone that begins in the west");
        CHECK_IS(bits_on_path(&pack, none[0], none[1], 0.0, &borders), 0, "none of them");
    }
    free(file.bytes);
}

/* Paths where cells of the index meet, along borders and between them. */
static void test_along_cells(const char *folder)
{
    file_t file;
    const gp_pack_t pack = open_pack(folder, "grid", &file);
    for (int32_t line = -256; line <= 4352; line += 128) {
        for (int32_t from = -256; from <= 4352; from += 128) {
            for (int32_t length = 0; length <= 2048; length = 2 * length + 64) {
                const gp_point_t ends[][2] = {{{line, from}, {line, from + length}},
                                              {{from, line}, {from + length, line}}};
                for (size_t i = 0; i < 2; i++) {
                    uint64_t owners = 0, borders;
                    for (uint32_t owner = 0; owner < pack.zone_count; owner++) {
                        owners |= oracle_meets(&pack, owner, ends[i][0], ends[i][1]) ? BIT(owner) : 0;
                    }
                    CHECK_IS(bits_on_path(&pack, ends[i][0], ends[i][1], 0.0, &borders), owners, "along cells");
                    CHECK_IS(bits_on_path(&pack, ends[i][1], ends[i][0], 0.0, &borders), owners, "and back");
                }
            }
        }
    }
    free(file.bytes);
}

/* Long flat paths that come from outside of the index. */
static void test_from_outside(const char *folder, const char *name)
{
    file_t file;
    const gp_pack_t pack = open_pack(folder, name, &file);
    const gp_family_index_t *index = &pack.families[0];
    const int64_t width = (int64_t)index->width, height = (int64_t)index->height;
    uint64_t state = 21, met = 0;
    for (uint32_t i = 0; i < 20000; i++) {
        const bool is_across = i % 2u == 0;
        const int64_t length = is_across ? width : height, breadth = is_across ? height : width;
        const int64_t from = -(int64_t)(next_random(&state) % (uint64_t)(2 * length));
        const int64_t to = (int64_t)(next_random(&state) % (uint64_t)length);
        const int64_t side = (int64_t)(next_random(&state) % (uint64_t)breadth);
        const int64_t tilt = (int64_t)(next_random(&state) % 401u) - 200;
        const int64_t a[] = {is_across ? from : side, is_across ? side : from};
        const int64_t b[] = {is_across ? to : side + tilt, is_across ? side + tilt : to};
        const gp_point_t ends[] = {{(int32_t)(index->min_x + a[0]), (int32_t)(index->min_y + a[1])},
                                   {(int32_t)(index->min_x + b[0]), (int32_t)(index->min_y + b[1])}};
        uint64_t owners = 0, borders;
        for (uint32_t owner = 0; owner < pack.zone_count; owner++) {
            owners |= oracle_meets(&pack, owner, ends[0], ends[1]) ? BIT(owner) : 0;
        }
        CHECK_IS(bits_on_path(&pack, ends[0], ends[1], 0.0, &borders), owners, name);
        met += owners != 0;
    }
    CHECK(met > 1000);
    free(file.bytes);
}

/* What the definition says of a path, to and fro. */
static bool check_path(const gp_pack_t *pack, gp_point_t from, gp_point_t to, const char *name)
{
    uint64_t owners = 0, borders;
    for (uint32_t owner = 0; owner < pack->zone_count; owner++) {
        owners |= oracle_meets(pack, owner, from, to) ? BIT(owner) : 0;
    }
    CHECK_IS(bits_on_path(pack, from, to, 0.0, &borders), owners, name);
    CHECK_IS(bits_on_path(pack, to, from, 0.0, &borders), owners, name);
    return owners != 0;
}

/* Paths into the parts of a cell in the second row and column, from beyond the corner of the index. */
static void test_into_parts(const char *folder)
{
    file_t file;
    const gp_pack_t pack = open_pack(folder, "cluster", &file);
    const int32_t side = INT32_C(1) << pack.families[0].shift;
    uint64_t state = 41, met = 0;
    CHECK(side == 8192 && pack.families[0].depth > 1);
    for (uint32_t i = 0; i < 10000; i++) {
        const int32_t from = -(int32_t)(next_random(&state) % (uint32_t)side);
        const int32_t to = side + (int32_t)(next_random(&state) % (uint32_t)side);
        const int32_t beside = side + (int32_t)(next_random(&state) % (uint32_t)side);
        const int32_t tilt = (int32_t)(next_random(&state) % 41u) - 20;
        met += check_path(&pack, (gp_point_t){from, beside}, (gp_point_t){to, beside + tilt}, "from the west");
        met += check_path(&pack, (gp_point_t){beside, from}, (gp_point_t){beside + tilt, to}, "from the south");
    }
    CHECK(met > 1000);
    free(file.bytes);
}

/* Paths that begin one unit before the cells where they end, on flat borders that cross that unit. */
static void test_into_the_next_cell(const char *folder)
{
    file_t file;
    const gp_pack_t pack = open_pack(folder, "cluster", &file);
    uint64_t met = 0;
    for (int32_t start = 8192; start <= 16384; start += 512) {
        for (int32_t beside = 8192; beside <= 16384; beside += 31) {
            const int32_t from = start - 1, to = start + 100;
            met += check_path(&pack, (gp_point_t){beside, from}, (gp_point_t){beside, to}, "to the north");
            met += check_path(&pack, (gp_point_t){from, beside}, (gp_point_t){to, beside}, "to the east");
        }
    }
    CHECK(met > 500);
    free(file.bytes);
}

static void test_capacity(const char *folder)
{
    file_t file;
    const gp_pack_t pack = open_pack(folder, "tiny", &file);
    const double lat[2] = {0.00035, 0.00035}, lon[2] = {-0.0001, 0.00095};
    uint32_t owners[1];
    gp_found_t found = {.owners = owners, .capacity = 1};
    gp_path_t path;
    bool is_known;
    CHECK(gp_path_between(&pack, GP_WGS84, lat, lon, 0.0, &path, &is_known));
    CHECK_IS(gp_touched_by(&pack, GP_WGS84, &path, &found), GP_ERR_CAPACITY, "two zones, one place");
    CHECK_IS(found.count, 1, "one fits");
    free(file.bytes);
}

/* Exact paths between random positions on a lattice, so that ends, vertices and lines often fall together. */
static void test_against_definition(const char *folder, const char *name, int32_t lattice)
{
    file_t file;
    const gp_pack_t pack = open_pack(folder, name, &file);
    const gp_family_index_t *index = &pack.families[0];
    uint64_t state = 0x853C49E6748FEA9Bu, met = 0;
    for (uint32_t i = 0; i < 20000; i++) {
        gp_point_t ends[2];
        for (uint32_t end = 0; end < 2; end++) {
            const uint64_t columns = index->width / (uint32_t)lattice + 5u;
            const uint64_t rows = index->height / (uint32_t)lattice + 5u;
            ends[end].x = index->min_x + ((int32_t)(next_random(&state) % columns) - 2) * lattice;
            ends[end].y = index->min_y + ((int32_t)(next_random(&state) % rows) - 2) * lattice;
        }
        ends[1].x = i % 5u == 0 ? ends[0].x : ends[1].x;
        ends[1].y = i % 7u == 0 ? ends[0].y : ends[1].y;
        uint64_t owners = 0, borders, wide;
        for (uint32_t owner = 0; owner < pack.zone_count; owner++) {
            owners |= oracle_meets(&pack, owner, ends[0], ends[1]) ? BIT(owner) : 0;
        }
        CHECK_IS(bits_on_path(&pack, ends[0], ends[1], 0.0, &borders), owners, name);
        CHECK_IS(borders, owners, "all edges are borders");
        CHECK((bits_on_path(&pack, ends[0], ends[1], 1.0, &wide) & owners) == owners); /* an accuracy finds no less */
        met += owners != 0;
    }
    CHECK(met > 1000 && met < 19900);
    free(file.bytes);
}

void test_paths(const char *folder)
{
    test_measures(folder);
    test_reach(folder);
    test_along_cells(folder);
    test_from_outside(folder, "grid");
    test_from_outside(folder, "tiles");
    test_into_parts(folder);
    test_into_the_next_cell(folder);
    test_ends_at_the_seam(folder);
    test_tiny(folder);
    test_against_definition(folder, "tiny", 500);
    test_against_definition(folder, "tiny", 1);
    test_against_definition(folder, "crowded", 1);
    test_against_definition(folder, "tiles", 250);
    test_seam(folder);
    test_paths_of_frames(folder);
    test_capacity(folder);
}
