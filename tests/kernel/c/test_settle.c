/* Frames by integers (gp_settle.h) against the doubles of gp_forward: the same grid units, or none.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "check.h"
#include "gp_kernel.h"
#include "gp_settle.h"
#include "open_pack.h"

#define HALF_PI_L 1.57079632679489661923132169163975144L
#define PLACES 200000u

/* What a run saw of one family. */
typedef struct {
    double most;      /* error, grid units */
    uint32_t settled; /* positions */
    uint32_t doubtful;
} seen_t;

static double between(uint64_t *state, double low, double high)
{
    return low + (double)(next_random(state) >> 11) / 9007199254740992.0 * (high - low);
}

/* Units that a fixed number is off from a coordinate in degrees, which the doubles gave. */
static double off(uint64_t fixed, int64_t bias, double degrees)
{
    const long double units = (long double)fixed / 1048576.0L - (long double)bias;
    return (double)fabsl(units - (long double)degrees * 1e7L);
}

static void compare(uint32_t family, double lat, double lon, seen_t *seen)
{
    double there_lat = lat, there_lon = lon;
    fixed_t at;
    int64_t x = 0, y = 0;
    gp_forward(family, &there_lat, &there_lon);
    CHECK(forward_fixed(family, lat, lon, &at));
    const double error = fmax(off(at.x, 0, there_lon), off(at.y, SOUTH_UNITS, there_lat));
    seen->most = error > seen->most ? error : seen->most;
    const int64_t wanted_x = (int64_t)grid_units(there_lon), wanted_y = (int64_t)grid_units(there_lat);
    if (!settle(family, lat, lon, &x, &y)) {
        seen->doubtful++;
    } else if (x == wanted_x && y == wanted_y) {
        seen->settled++;
    } else {
        printf("settle(%u, %a, %a)\n", family, lat, lon);
        CHECK(false);
    }
    gp_forward_units(family, lat, lon, &x, &y);
    CHECK(x == wanted_x && y == wanted_y);
}

/* Moves a position until one coordinate in the frame lies within some 1e-8 units of the middle between two units. */
static void aim(uint32_t family, double *lat, double *lon, bool is_lat)
{
    for (uint32_t i = 0; i < 4u; i++) {
        double there_lat = *lat, there_lon = *lon;
        gp_forward(family, &there_lat, &there_lon);
        const double units = (is_lat ? there_lat : there_lon) * 1e7, miss = (floor(units) + 0.5 - units) * 1e-7;
        *lat += is_lat ? miss : 0.0;
        *lon += is_lat ? 0.0 : miss;
    }
}

/* A product divided by a power of 2 comes out as the nearest number, as tests/kernel/test_settle_bound.py takes it. */
static void test_scaled(void)
{
    uint64_t state = 19u;
    for (uint32_t i = 0; i < PLACES; i++) {
        const uint32_t a = (uint32_t)(next_random(&state) >> 32), b = (uint32_t)(next_random(&state) >> 32);
        const uint64_t product = (uint64_t)a * b;
        for (uint32_t shift = 28; shift <= 33u; shift++) {
            CHECK(scaled(a, b, shift) == (uint32_t)((product >> shift) + (product >> (shift - 1u) & 1u)));
        }
    }
}

/* The errors that tests/kernel/test_settle_bound.py begins with. */
static void test_quarter(void)
{
    long double most[2] = {0.0L, 0.0L};
    for (uint32_t t = 0; t <= 0x80000000u; t += t < 0x7FFFF000u ? 997u : 1u) {
        const long double error = fabsl(quarter(t) - 2147483648.0L * sinl(HALF_PI_L * t / 2147483648.0L));
        most[t > 0x40000000u] = fmaxl(most[t > 0x40000000u], error);
    }
    CHECK(most[0] < 1.1L && most[1] < 2.1L);
}

static bool is_inside(double lat, double lon)
{
    return lat >= DOMAIN_SOUTH && lat <= DOMAIN_NORTH && lon >= DOMAIN_WEST && lon <= DOMAIN_EAST;
}

static void test_everywhere(uint32_t family)
{
    uint64_t state = 7u + family;
    seen_t seen = {0.0, 0, 0};
    for (uint32_t i = 0; i < PLACES; i++) {
        compare(family, between(&state, DOMAIN_SOUTH, DOMAIN_NORTH), between(&state, DOMAIN_WEST, DOMAIN_EAST), &seen);
        /* Whole grid units, as fixes and corners of zones often are. */
        compare(family, floor(between(&state, 0.0, 6e8)) / 1e7, floor(between(&state, 7e8, 14e8)) / 1e7, &seen);
    }
    CHECK(seen.most < DOUBT / 1048576.0);
    CHECK(seen.doubtful < 2u * PLACES / 100u && seen.doubtful > 0);
}

/* The sides and corners of the domain, the meridian where the root is steep, the equator, the middle. */
static void test_seams(uint32_t family)
{
    static const double lats[] = {-1.0, -1e-9, -0.0, 0.0, 5e-324, 1e-300, 1e-13, 1e-9, 17.5, 35.0, 60.0, 61.0};
    static const double lons[] = {69.0, 70.0, 75.0, 104.999, 105.0, 105.0000001, 105.00000001, 128.0, 140.0, 141.0};
    uint64_t state = 21u + family;
    seen_t seen = {0.0, 0, 0};
    for (size_t i = 0; i < sizeof lats / sizeof lats[0]; i++) {
        for (size_t k = 0; k < sizeof lons / sizeof lons[0]; k++) {
            compare(family, lats[i], lons[k], &seen);
            const double lat = nextafter(lats[i], 35.0), lon = nextafter(lons[k], 105.0);
            compare(family, lat, lon, &seen);
        }
    }
    for (uint32_t i = 0; i < PLACES / 10u; i++) {
        const double steep = exp(between(&state, -37.0, 0.0)), lat = between(&state, DOMAIN_SOUTH, DOMAIN_NORTH);
        const double lon = between(&state, DOMAIN_WEST, DOMAIN_EAST);
        compare(family, lat, 105.0 + steep, &seen);
        compare(family, lat, 105.0 - steep, &seen);
        compare(family, 61.0 - steep, lon, &seen);
        compare(family, i % 2u != 0 ? steep : -steep, lon, &seen);
        compare(family, lat, 141.0 - steep, &seen);
    }
    CHECK(seen.most < DOUBT / 1048576.0 && seen.settled > seen.doubtful);
}

/* Positions on the middle between two units, and a bit beside: near it all are doubtful, further off none need be. */
static void test_middles(uint32_t family)
{
    uint64_t state = 42u + family;
    seen_t near = {0.0, 0, 0}, around = {0.0, 0, 0};
    for (uint32_t i = 0; i < PLACES / 20u; i++) {
        double lat = between(&state, 0.0, 60.0), lon = between(&state, 70.0, 140.0);
        const bool is_lat = i % 2u != 0;
        aim(family, &lat, &lon, is_lat);
        compare(family, lat, lon, &near);
        for (int32_t step = -20; step <= 20; step++) { /* 1.3e-4 units each: across all that is doubtful */
            const double beside = step * 1.3e-11;
            compare(family, lat + (is_lat ? beside : 0.0), lon + (is_lat ? 0.0 : beside), &around);
        }
    }
    CHECK(near.settled == 0 && near.doubtful > 0);
    CHECK(around.settled > 0 && around.doubtful > 0);
    CHECK(near.most < DOUBT / 1048576.0 && around.most < DOUBT / 1048576.0);
}

/* Where no fix is transformed the doubles answer, for ends of paths. */
static void test_outside(uint32_t family)
{
    uint64_t state = 3u + family;
    for (uint32_t i = 0; i < PLACES / 10u; i++) {
        const double lat = between(&state, -85.0, 85.0), lon = between(&state, -360.0, 540.0);
        double there_lat = lat, there_lon = lon;
        int64_t x = 0, y = 0;
        fixed_t at = {0, 0};
        CHECK(forward_fixed(family, lat, lon, &at) == is_inside(lat, lon));
        gp_forward(family, &there_lat, &there_lon);
        gp_forward_units(family, lat, lon, &x, &y);
        CHECK(x == (int64_t)grid_units(there_lon) && y == (int64_t)grid_units(there_lat));
    }
}

/* No position moves by 0.02 degrees: gp_to_grid passes over what is farther from all zones than that and 20,000 m. */
static void test_moves(uint32_t family)
{
    double most = 0.0;
    for (double lat = -1.0; lat <= 61.0; lat += 0.03125) {
        for (double lon = 69.0; lon <= 141.0; lon += 0.03125) {
            double there_lat = lat, there_lon = lon;
            gp_forward(family, &there_lat, &there_lon);
            most = fmax(most, fmax(fabs(there_lat - lat), fabs(there_lon - lon)));
        }
    }
    CHECK(most > 0.005 && most < 0.01955); /* a step apart they differ by less than 0.0004 */
}

void test_settle(void)
{
    test_scaled();
    test_quarter();
    for (uint32_t family = GP_GCJ02; family <= GP_BD09; family++) {
        test_everywhere(family);
        test_seams(family);
        test_middles(family);
        test_outside(family);
        test_moves(family);
    }
    int64_t x = 0, y = 0;
    gp_forward_units(GP_WGS84, -12.5, 370.25, &x, &y);
    CHECK(x == INT64_C(3702500000) && y == -125000000);
}
