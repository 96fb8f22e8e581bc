/* Paths: gp_path_between and gp_touched_by of gp_kernel.h.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The arithmetic is that of geopolicy.geometry.tangent_plane and geopolicy.engines.reference_index, the same operations
 * in the same order. */
#include "gp_walk.h"

/* A path that is straight in WGS 84 is bent in GCJ-02 and BD-09 (ADR 0009): metres per square metre of its
 * length, and at most. */
static double bend_m(uint32_t family, double length_m)
{
    const double slow = 2.5e-7 * length_m * length_m, ripple = 6.5e-6 * length_m * length_m;
    if (family == GP_WGS84) {
        return 0.0;
    }
    const double offset = slow < 2000.0 ? slow : 2000.0;
    return family == GP_GCJ02 ? offset : offset + (ripple < 150.0 ? ripple : 150.0);
}

static bool crosses_domain(const double lat[2], const double lon[2])
{
    const double south = lat[0] < lat[1] ? lat[0] : lat[1], north = lat[0] < lat[1] ? lat[1] : lat[0];
    const double west = lon[0] < lon[1] ? lon[0] : lon[1], east = lon[0] < lon[1] ? lon[1] : lon[0];
    bool is_met = false;
    for (int32_t shift = -360; shift <= 360; shift += 360) {
        is_met = is_met || (west + shift <= DOMAIN_EAST && east + shift >= DOMAIN_WEST);
    }
    return south <= DOMAIN_NORTH && north >= DOMAIN_SOUTH && is_met;
}

/* Whether the frames bend a way from here through their domain by no more than is allowed for it: within 10 degrees of
 * the domain it is 1,100 m, 20 degrees away 2,500 m, and up to 20 km where the formulas are followed round the Earth. */
static bool is_near_domain(double lat, double lon)
{
    return lat >= DOMAIN_SOUTH - 10.0 && lat <= DOMAIN_NORTH + 10.0 && lon >= DOMAIN_WEST - 10.0 &&
           lon <= DOMAIN_EAST + 10.0;
}

bool gp_path_between(const gp_pack_t *pack, uint32_t family, const double lat[2], const double lon[2],
                     double accuracy_m, gp_path_t *path, bool *is_known)
{
    GP_ASSERT(pack != NULL && path != NULL && is_known != NULL && accuracy_m >= 0.0 && accuracy_m <= GP_LIMIT_M);
    GP_ASSERT(gp_is_position(lat[0], lon[0]) && gp_is_position(lat[1], lon[1]));
    const double wraps = ((lon[1] - lon[0]) / 360.0 + TO_INTEGER) - TO_INTEGER;
    const double ends_lon[2] = {lon[0], lon[1] - 360.0 * wraps};
    *is_known = family < GP_FAMILIES;
    if (!*is_known) {
        return false;
    }
    if (pack->families[family].cols == 0 || (family != GP_WGS84 && !crosses_domain(lat, ends_lon))) {
        return false;
    }
    for (uint32_t end = 0; end < 2; end++) {
        if (family != GP_WGS84 && !is_near_domain(lat[end], lon[end])) {
            *is_known = false;
            return false;
        }
        gp_forward_units(family, lat[end], ends_lon[end], &path->x[end], &path->y[end]);
    }
    const int64_t steep = max64(abs64(path->y[0]), abs64(path->y[1]));
    const bool is_one_side = (path->y[0] > 0 && path->y[1] > 0) || (path->y[0] < 0 && path->y[1] < 0);
    const int64_t flat = is_one_side ? min64(abs64(path->y[0]), abs64(path->y[1])) : 0;
    double unused;
    gp_scales((double)flat, &path->per_lat, &unused);
    gp_scales((double)steep, &unused, &path->per_lon);
    const double width = (double)abs64(path->x[1] - path->x[0]) * path->per_lon;
    const double height = (double)abs64(path->y[1] - path->y[0]) * path->per_lat;
    const double reach = accuracy_m + bend_m(family, gp_sqrt(width * width + height * height));
    path->radius_m = 0.0;
    if (reach > 0.0 && steep <= GP_MAX_LAT_E7) {
        path->radius_m = gp_widen(reach < 2.0 * GP_LIMIT_M ? reach : 2.0 * GP_LIMIT_M, (int32_t)steep, family);
    }
    return true;
}

/* Sign of a * b - c * d, for |a|, |c| < 2^33 and |b|, |d| < 2^31: compared as magnitudes, which fit 64 bits. */
static int32_t compare_products(int64_t a, int64_t b, int64_t c, int64_t d)
{
    GP_ASSERT(abs64(a) < INT64_C(1) << 33 && abs64(c) < INT64_C(1) << 33);
    GP_ASSERT(abs64(b) < INT64_C(1) << 31 && abs64(d) < INT64_C(1) << 31);
    const uint64_t left = (uint64_t)abs64(a) * (uint64_t)abs64(b), right = (uint64_t)abs64(c) * (uint64_t)abs64(d);
    const bool is_left_negative = (a < 0) != (b < 0) && left != 0, is_right_negative = (c < 0) != (d < 0) && right != 0;
    if (is_left_negative != is_right_negative) {
        return is_left_negative ? -1 : 1;
    }
    if (left == right) {
        return 0;
    }
    return (left < right) != is_left_negative ? -1 : 1;
}

typedef struct {
    int64_t x, y;
} point_t;

/* Which side of the line a -> b is c on: 1 left, 0 on it, -1 right. */
static int32_t side_of(point_t a, point_t b, point_t c)
{
    return compare_products(b.x - a.x, c.y - a.y, c.x - a.x, b.y - a.y);
}

static bool is_between(point_t a, point_t b, point_t c)
{
    return c.x >= min64(a.x, b.x) && c.x <= max64(a.x, b.x) && c.y >= min64(a.y, b.y) && c.y <= max64(a.y, b.y);
}

/* Whether two closed segments have a point in common. */
static bool segments_meet(point_t a, point_t b, point_t c, point_t d)
{
    if (max64(a.x, b.x) < min64(c.x, d.x) || max64(c.x, d.x) < min64(a.x, b.x) || max64(a.y, b.y) < min64(c.y, d.y) ||
        max64(c.y, d.y) < min64(a.y, b.y)) {
        return false;
    }
    /* The boxes meet, so no difference is longer than both together: see compare_products. */
    const int32_t of_a = side_of(c, d, a), of_b = side_of(c, d, b), of_c = side_of(a, b, c), of_d = side_of(a, b, d);
    if ((of_a == 0 && is_between(c, d, a)) || (of_b == 0 && is_between(c, d, b)) ||
        (of_c == 0 && is_between(a, b, c)) || (of_d == 0 && is_between(a, b, d))) {
        return true;
    }
    return of_a * of_b < 0 && of_c * of_d < 0;
}

/* The same from the path (0, 0) - (qx, qy): 0 if they cross, else the least from an end of one to the other. */
static double segment_to_segment_distance_sq(double qx, double qy, double x0, double y0, double x1, double y1,
                                             double mx, double my)
{
    const double ux = x0 - qx, uy = y0 - qy, vx = x1 - qx, vy = y1 - qy;
    const bool is_parted =
        (qx * y0 > qy * x0 && qx * y1 < qy * x1) || (qx * y0 < qy * x0 && qx * y1 > qy * x1);
    const bool is_crossed = (x0 * y1 > y0 * x1 && ux * vy < uy * vx) || (x0 * y1 < y0 * x1 && ux * vy > uy * vx);
    if (is_parted && is_crossed) {
        return 0.0;
    }
    double least = segment_distance_sq(x0, y0, x1, y1, mx, my);
    const double others[] = {segment_distance_sq(ux, uy, vx, vy, mx, my),
                             segment_distance_sq(-x0, -y0, -ux, -uy, mx, my),
                             segment_distance_sq(-x1, -y1, -vx, -vy, mx, my)};
    for (uint32_t i = 0; i < 3; i++) {
        least = others[i] < least ? others[i] : least;
    }
    return least;
}

/* 0 if the path meets an edge of the run, else the squared metres to it (infinite if those are not asked for). */
static double run_path_sq(const search_t *search, const run_t *run)
{
    const gp_path_t *path = search->path;
    const int64_t shift = search->shift - run->origin_x;
    const point_t start = {path->x[0] + shift, path->y[0]}, end = {path->x[1] + shift, path->y[1]};
    const uint8_t *vertex = search->pack->vertices + 8u * (uint64_t)run->first;
    point_t a = {i32_at(vertex, 0), i32_at(vertex, 1)};
    double least = INFINITE;
    for (uint32_t edge = 0; edge < run->edge_count; edge++) {
        vertex += 8;
        const point_t b = {i32_at(vertex, 0), i32_at(vertex, 1)};
        if (segments_meet(start, end, a, b)) {
            return 0.0;
        }
        if (path->radius_m > 0.0 && (run->flags & RUN_BORDERS) != 0) {
            const double distance_sq = segment_to_segment_distance_sq(
                (double)(end.x - start.x), (double)(end.y - start.y), (double)(a.x - start.x), (double)(a.y - start.y),
                (double)(b.x - start.x), (double)(b.y - start.y), path->per_lon, path->per_lat);
            least = distance_sq < least ? distance_sq : least;
        }
        a = b;
    }
    return least;
}

static void see_path(search_t *search, const chunk_t *chunk)
{
    for (uint32_t r = 0; r < chunk->run_count; r++) {
        const run_t run = run_at(chunk, r);
        const double distance_sq = run_path_sq(search, &run);
        const bool is_met = (run.flags & RUN_BORDERS) != 0 && distance_sq <= search->radius_sq;
        if (!is_met && distance_sq > 0.0) {
            continue;
        }
        for (uint32_t i = 0; i < chunk->owner_count; i++) {
            if ((run.mask >> i & 1u) != 0) {
                find(search, u32_at(chunk->owners, i), is_met ? 0.0 : INFINITE);
            }
        }
    }
}

gp_status_t gp_touched_by(const gp_pack_t *pack, uint32_t family, const gp_path_t *path, gp_found_t *found)
{
    GP_ASSERT(pack != NULL && path != NULL && found != NULL && found->count <= found->capacity);
    GP_ASSERT(abs64(path->x[0]) <= 2 * GP_FULL_TURN && abs64(path->x[1]) <= 2 * GP_FULL_TURN);
    GP_ASSERT(abs64(path->y[0]) <= GP_POLE && abs64(path->y[1]) <= GP_POLE && path->radius_m >= 0.0);
    if (family >= GP_FAMILIES) {
        return GP_ERR_RECORD;
    }
    const gp_family_index_t *index = &pack->families[family];
    search_t search = {.pack = pack, .found = found, .status = GP_OK, .see = see_path, .path = path};
    search.radius_sq = path->radius_m * path->radius_m;
    const int64_t reach_x = path->radius_m > 0.0 ? (int64_t)(path->radius_m / path->per_lon) + 2 : 0;
    const int64_t reach_y = path->radius_m > 0.0 ? (int64_t)(path->radius_m / path->per_lat) + 2 : 0;
    const int64_t west = min64(path->x[0], path->x[1]), east = max64(path->x[0], path->x[1]);
    for (search.shift = -GP_FULL_TURN; search.shift <= GP_FULL_TURN; search.shift += GP_FULL_TURN) {
        if (west + search.shift > GP_HALF_TURN || east + search.shift < -(int64_t)GP_HALF_TURN) {
            continue;
        }
        search.west = west + search.shift - index->min_x - reach_x;
        search.east = east + search.shift - index->min_x + reach_x;
        search.south = min64(path->y[0], path->y[1]) - index->min_y - reach_y;
        search.north = max64(path->y[0], path->y[1]) - index->min_y + reach_y;
        search.x = path->x[0] + search.shift - index->min_x;
        search.y = path->y[0] - index->min_y;
        walk(&search, index);
    }
    return search.status;
}
