/* gp_forward, gp_sin_pi and gp_sqrt. Compile gp_frames.c with -DGP_SOFT_SQRT too.
 * SPDX-License-Identifier: Apache-2.0 */
#include <float.h>
#include <math.h>

#include "check.h"
#include "gp_kernel.h"
#include "open_pack.h"

#define PI_L 3.14159265358979323846264338327950288L
#define ROOTS 3000000u

static uint64_t bits_of_double(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, 8);
    return bits;
}

static void check_root(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, 8);
    const double found = gp_sqrt(x), wanted = sqrt(x);
    if (isnan(wanted) ? !isnan(found) : bits_of_double(found) != bits_of_double(wanted)) {
        printf("gp_sqrt(%a) is %a, not %a\n", x, found, wanted);
        CHECK(false);
    }
}

static void test_sqrt(void)
{
    static const uint64_t known[] = {
        0, UINT64_C(1) << 63, 1, 2, 3, UINT64_C(0x8000000000000001),       /* zeros and subnormals */
        UINT64_C(0x000FFFFFFFFFFFFF), UINT64_C(0x0010000000000000),         /* the last of them and the first normal */
        UINT64_C(0x3FEFFFFFFFFFFFFF), UINT64_C(0x3FF0000000000001),         /* beside 1 */
        UINT64_C(0x7FEFFFFFFFFFFFFF), UINT64_C(0x7FF0000000000000),         /* the largest, infinity */
        UINT64_C(0x7FF8000000000000), UINT64_C(0x7FF0000000000001),         /* NaN */
        UINT64_C(0xFFF0000000000000), UINT64_C(0xBFF0000000000000)};        /* negative */
    uint64_t state = 0x9E3779B97F4A7C15u;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        check_root(known[i]);
    }
    for (uint32_t i = 0; i < ROOTS; i++) {
        const uint64_t bits = next_random(&state) >> 1;
        check_root(bits);                               /* any positive number, infinities and NaN among them */
        check_root(bits >> 11 >> next_random(&state) % 52u); /* subnormals of every size */
        const double whole = (double)(bits >> 38), square = whole * whole; /* exact roots and their neighbours */
        check_root(bits_of_double(square));
        check_root(bits_of_double(square) + 1u);
    }
    CHECK(gp_sqrt(4.0) == 2.0);
}

static void test_sin_pi(void)
{
    uint64_t state = 42;
    CHECK(gp_sin_pi(0.0) == 0.0 && gp_sin_pi(7.0) == 0.0 && gp_sin_pi(-1e9) == 0.0);
    for (uint32_t i = 0; i < 200000; i++) {
        const double t = ((double)(next_random(&state) >> 11) / 9007199254740992.0 - 0.5) * (i % 2u ? 4.0 : 1000.0);
        const long double wanted = sinl(PI_L * (long double)t);
        if (fabsl((long double)gp_sin_pi(t) - wanted) >= 1e-15L) {
            printf("gp_sin_pi(%a)\n", t);
            CHECK(false);
        }
    }
}

static void test_forward(void)
{
    double lat = 39.915, lon = 116.404;
    gp_forward(GP_WGS84, &lat, &lon);
    CHECK(lat == 39.915 && lon == 116.404);
    gp_forward(GP_GCJ02, &lat, &lon);
    CHECK(fabs(lat - 39.91640428150164) < 1e-12 && fabs(lon - 116.41024449916938) < 1e-12);
    /* BD-09 as it is published, with an angle. */
    const double turn = (double)PI_L * 3000.0 / 180.0;
    const double length = sqrt(lon * lon + lat * lat) + 0.00002 * sin(lat * turn);
    const double angle = atan2(lat, lon) + 0.000003 * cos(lon * turn);
    const double wanted_lon = length * cos(angle) + 0.0065, wanted_lat = length * sin(angle) + 0.006;
    lat = 39.915;
    lon = 116.404;
    gp_forward(GP_BD09, &lat, &lon);
    CHECK(fabs(lat - wanted_lat) < 1e-12 && fabs(lon - wanted_lon) < 1e-12);
    lat = 20.0;
    lon = 100.0; /* west of the formula's middle */
    gp_forward(GP_GCJ02, &lat, &lon);
    CHECK(fabs(lat - 20.0) < 0.01 && fabs(lon - 100.0) < 0.01 && lat != 20.0 && lon != 100.0);
}

void test_frames(void)
{
    test_sqrt();
    test_sin_pi();
    test_forward();
}
