/* Distances: gp_scales, gp_widen, gp_narrow, gp_near and gp_nearest of gp_kernel.h.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The arithmetic is that of geopolicy.geometry.tangent_plane, the same operations in the same order. */
#include "gp_walk.h"

#define STEEP_LAT_E7 700000000
#define SLACK_M 0.02

void gp_scales(double y_e7, double *per_lat, double *per_lon)
{
    static const double lat_scale[] = {-7.435026185119023e-08, 5.588312790092618e-07,  -1.2843141103098509e-06,
                                       -6.462449552040029e-06, 6.493876545917007e-05,  -0.00021967138625802224,
                                       0.00027396527717454106, 0.011057427581933246};
    static const double lon_scale[] = {-1.900425789157548e-08, 1.0553846888976388e-08, 1.1789434016974493e-06,
                                       -9.726434187243296e-06, 3.230615211523e-05,     0.00012633073759496023,
                                       -0.0025096053869874666, 0.011131949079133124};
    GP_ASSERT(y_e7 >= -GP_POLE && y_e7 <= GP_POLE && per_lat != NULL && per_lon != NULL);
    const double t = y_e7 / 900000000.0, u = t * t;
    double lat = lat_scale[0], lon = lon_scale[0];
    for (uint32_t i = 1; i < sizeof lat_scale / sizeof lat_scale[0]; i++) {
        lat = lat * u + lat_scale[i];
        lon = lon * u + lon_scale[i];
    }
    *per_lat = lat;
    *per_lon = lon * (1.0 - u);
}

static double slack(int64_t y_e7, uint32_t family)
{
    const double steep = y_e7 > STEEP_LAT_E7 || y_e7 < -STEEP_LAT_E7 ? 1.0 : 0.0;
    return 0.001 + 0.003 * steep + (family == GP_WGS84 ? 0.0 : 0.03);
}

static bool is_judged(int64_t y_e7, uint32_t family)
{
    return y_e7 >= -GP_MAX_LAT_E7 && y_e7 <= GP_MAX_LAT_E7 && family < GP_FAMILIES;
}

double gp_widen(double distance_m, int32_t y_e7, uint32_t family)
{
    if (distance_m == 0.0) {
        return 0.0;
    }
    return distance_m > 0.0 && is_judged(y_e7, family) ? distance_m * (1.0 + slack(y_e7, family)) + SLACK_M : INFINITE;
}

double gp_narrow(double distance_m, int32_t y_e7, uint32_t family)
{
    const double tight = (distance_m - SLACK_M) / (1.0 + slack(y_e7, family));
    return tight > 0.0 && is_judged(y_e7, family) ? tight : 0.0;
}

/* Which sides of the box a position lies beyond, as bits; dx, dy from the middle of the box. */
static inline uint32_t sides_beyond(int64_t dx, int64_t dy, int64_t reach_x, int64_t reach_y)
{
    return (uint32_t)(dx > reach_x) | (uint32_t)(dx < -reach_x) << 1 | (uint32_t)(dy > reach_y) << 2 |
           (uint32_t)(dy < -reach_y) << 3;
}

/* Squared metres to the nearest edge of a run, infinite if all lie beyond the radius.
 *
 * An edge whose ends both lie beyond one side of the box is not measured: it would come out beyond the radius r. Each
 * of its positions is at least 2 units further than r reaches (see reach), so that its true distance D is at least
 * r + 2 m, with m >= 9.7e-4 metres to a unit up to 85 degrees, and r at most 20,680 m. What rounding takes off:
 *   - of the distance to an end: a few parts in 1e16 of D;
 *   - of the height, which is the difference of two products: e = 2 (D + L)^2 2^-53 / L for an edge of L metres.
 *     L >= D: e <= 8 L 2^-53 < 1e-7 m. Else e <= 8 D^2 2^-53 / m: below 5e-4 m up to D = 21,000 m, and below
 *     2e-5 D as far as the Earth goes. */
static double run_distance_sq(const search_t *search, const run_t *run)
{
    const int64_t x = search->at.x - run->origin_x, y = search->at.y;
    const int64_t reach_x = search->east - search->x, reach_y = search->north - search->y;
    const uint8_t *vertex = search->pack->vertices + 8u * (uint64_t)run->first;
    int64_t x0 = i32_at(vertex, 0) - x, y0 = i32_at(vertex, 1) - y;
    uint32_t beyond = sides_beyond(x0, y0, reach_x, reach_y);
    double least = INFINITE;
    for (uint32_t edge = 0; edge < run->edge_count; edge++) {
        vertex += 8;
        const int64_t x1 = i32_at(vertex, 0) - x, y1 = i32_at(vertex, 1) - y;
        const uint32_t next_beyond = sides_beyond(x1, y1, reach_x, reach_y);
        if ((beyond & next_beyond) == 0) {
            const double distance_sq = segment_distance_sq((double)x0, (double)y0, (double)x1, (double)y1,
                                                           search->per_lon, search->per_lat);
            least = distance_sq < least ? distance_sq : least;
        }
        beyond = next_beyond;
        x0 = x1;
        y0 = y1;
    }
    return least;
}

static void see_near(search_t *search, const chunk_t *chunk)
{
    for (uint32_t r = 0; r < chunk->run_count; r++) {
        const run_t run = run_at(chunk, r);
        const double distance_sq = (run.flags & RUN_BORDERS) != 0 ? run_distance_sq(search, &run) : INFINITE;
        if (distance_sq <= search->radius_sq) {
            for (uint32_t i = 0; i < chunk->owner_count; i++) {
                if ((run.mask >> i & 1u) != 0) {
                    find(search, u32_at(chunk->owners, i), distance_sq);
                }
            }
        }
    }
}

/* Units that a planar radius reaches, and two more than what rounding can hide; all the way round where a unit of
 * longitude has no length, at a pole. */
static int64_t reach(double radius_m, double per_unit)
{
    const double units = radius_m / per_unit;
    return units < (double)GP_FULL_TURN ? (int64_t)units + 2 : GP_FULL_TURN;
}

/* Sets the box to what may lie within a planar radius. */
static void set_box(search_t *search, double radius_m)
{
    const int64_t reach_x = reach(radius_m, search->per_lon), reach_y = reach(radius_m, search->per_lat);
    search->west = search->x - reach_x;
    search->east = search->x + reach_x;
    search->south = search->y - reach_y;
    search->north = search->y + reach_y;
}

static void see_nearest(search_t *search, const chunk_t *chunk)
{
    for (uint32_t r = 0; r < chunk->run_count; r++) {
        const run_t run = run_at(chunk, r);
        const double distance_sq = (run.flags & RUN_BORDERS) != 0 ? run_distance_sq(search, &run) : INFINITE;
        if (distance_sq < search->radius_sq) {
            search->radius_sq = distance_sq;
            set_box(search, gp_sqrt(distance_sq));
        }
    }
}

/* Looks for borders within a planar radius of a position. */
static search_t around(const gp_pack_t *pack, uint32_t family, gp_point_t at, double radius_m)
{
    const gp_family_index_t *index = &pack->families[family];
    search_t search = {.pack = pack, .status = GP_OK, .at = at, .radius_sq = radius_m * radius_m};
    search.x = (int64_t)at.x - index->min_x;
    search.y = (int64_t)at.y - index->min_y;
    gp_scales((double)at.y, &search.per_lat, &search.per_lon);
    set_box(&search, radius_m);
    return search;
}

gp_status_t gp_near(const gp_pack_t *pack, uint32_t family, gp_point_t at, double radius_m, gp_found_t *found)
{
    GP_ASSERT(pack != NULL && found != NULL && found->count <= found->capacity && is_on_grid(at));
    GP_ASSERT(radius_m >= 0.0 && radius_m <= 2.0 * GP_LIMIT_M);
    if (family >= GP_FAMILIES) {
        return GP_ERR_RECORD;
    }
    search_t search = around(pack, family, at, radius_m);
    search.found = found;
    search.see = see_near;
    return walk(&search, &pack->families[family]);
}

double gp_nearest(const gp_pack_t *pack, uint32_t family, gp_point_t at, double limit_m)
{
    GP_ASSERT(pack != NULL && is_on_grid(at) && limit_m >= 0.0 && limit_m <= 2.0 * GP_LIMIT_M);
    if (family >= GP_FAMILIES) {
        return 0.0;
    }
    search_t search = around(pack, family, at, limit_m);
    const double limit_sq = search.radius_sq;
    search.see = see_nearest;
    /* The limit is inclusive: search strictly below the next larger double. */
    search.radius_sq = limit_sq * (1.0 + 4e-16) + 1e-300;
    const double beyond = search.radius_sq;
    walk(&search, &pack->families[family]);
    return search.radius_sq < beyond && search.radius_sq <= limit_sq ? search.radius_sq : INFINITE;
}
