/* The frames in which zones are drawn: gp_forward, gp_sin_pi, gp_sqrt of gp_kernel.h, gp_forward_units of gp_layout.h.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The arithmetic is that of geopolicy.geometry.frames, the same operations in the same order. */
#include "gp_layout.h"
#if GP_INTEGER_FRAMES
#include "gp_settle.h"
#endif

#define PI 3.141592653589793
#define AXIS_M 6378245.0            /* of the ellipsoid of GCJ-02 */
#define EXCENTRICITY_SQ 0.00669342162296594323

double gp_sin_pi(double t)
{
    /* sin(pi r) / r in r^2, highest power first, for |r| <= 1/2: off by less than 1e-18. */
    static const double sine[] = {7.697826768224191e-07,  -2.1903497074626018e-05, 0.0004662998161898394,
                                  -0.007370430505916944,  0.0821458865731029,      -0.5992645293189447,
                                  2.5501640398773007,     -5.167712780049969,      3.141592653589793};
    const double n = (t + TO_INTEGER) - TO_INTEGER;
    const double half = n * 0.5;
    const double odd = half - ((half + TO_INTEGER) - TO_INTEGER); /* 0 for an even n, +-0.5 for an odd one */
    const double r = t - n, square = r * r;
    double total = sine[0];
    for (uint32_t i = 1; i < sizeof sine / sizeof sine[0]; i++) {
        total = total * square + sine[i];
    }
    return r * total * (1.0 - 8.0 * (odd * odd));
}

#if GP_HAS_SQRT
double gp_sqrt(double x)
{
    return machine_sqrt(x);
}
#else
/* Digit by digit: the root of the mantissa with one bit more than a double has, then to nearest. */
double gp_sqrt(double x)
{
    uint64_t bits;
    copy_bytes(&bits, &x, sizeof bits);
    if (x == 0.0 || bits >= UINT64_C(0x7FF0000000000000)) {
        return x > 0.0 || x == 0.0 ? x : INFINITE - INFINITE;
    }
    int32_t exponent = (int32_t)(bits >> 52) - 1023;
    uint64_t mantissa = bits & UINT64_C(0xFFFFFFFFFFFFF);
    if (exponent == -1023) { /* subnormal */
        exponent = -1022;
        while (mantissa >> 52 == 0) {
            mantissa <<= 1;
            exponent--;
        }
    } else {
        mantissa |= UINT64_C(1) << 52;
    }
    if (exponent % 2 != 0) {
        mantissa <<= 1;
        exponent--;
    }
    uint64_t root = 0, rest = 0;
    for (int32_t i = 0; i < 54; i++) { /* two bits of the mantissa, then of zeros, for one of the root */
        rest = (rest << 2) | ((mantissa >> 52) & 3u);
        mantissa = (mantissa << 2) & UINT64_C(0x3FFFFFFFFFFFFF);
        root <<= 1;
        if (rest > 2u * root) {
            rest -= 2u * root + 1u;
            root++;
        }
    }
    /* A root is never half way between two doubles: the bit beyond them says which is nearer. */
    root = (root >> 1) + (root & 1u);
    const uint64_t result = ((uint64_t)(exponent / 2 + 1022) << 52) + root;
    double value;
    copy_bytes(&value, &result, sizeof value);
    return value;
}
#endif

static void to_gcj02(double *lat, double *lon)
{
    const double x = *lon - 105.0, y = *lat - 35.0;
    const double root = gp_sqrt(x < 0.0 ? -x : x), xy = 0.1 * x * y;
    const double ripple = (20.0 * gp_sin_pi(6.0 * x) + 20.0 * gp_sin_pi(2.0 * x)) * 2.0 / 3.0;
    double north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + xy + 0.2 * root + ripple;
    north = north + (20.0 * gp_sin_pi(y) + 40.0 * gp_sin_pi(y / 3.0)) * 2.0 / 3.0;
    north = north + (160.0 * gp_sin_pi(y / 12.0) + 320.0 * gp_sin_pi(y / 30.0)) * 2.0 / 3.0;
    double east = 300.0 + x + 2.0 * y + 0.1 * x * x + xy + 0.1 * root + ripple;
    east = east + (20.0 * gp_sin_pi(x) + 40.0 * gp_sin_pi(x / 3.0)) * 2.0 / 3.0;
    east = east + (150.0 * gp_sin_pi(x / 12.0) + 300.0 * gp_sin_pi(x / 30.0)) * 2.0 / 3.0;
    const double sine = gp_sin_pi(*lat / 180.0);
    const double magic = 1.0 - EXCENTRICITY_SQ * sine * sine;
    const double root_magic = gp_sqrt(magic);
    const double cosine = gp_sin_pi(*lat / 180.0 + 0.5);
    *lat += north * 180.0 / ((AXIS_M * (1.0 - EXCENTRICITY_SQ)) / (magic * root_magic) * PI);
    *lon += east * 180.0 / (AXIS_M / root_magic * cosine * PI);
}

void gp_forward(uint32_t family, double *lat, double *lon)
{
    GP_ASSERT(lat != NULL && lon != NULL);
    if (family == GP_WGS84) {
        return;
    }
    if (family >= GP_FAMILIES) {
        *lat = *lon = INFINITE - INFINITE;
        return;
    }
    to_gcj02(lat, lon);
    if (family == GP_GCJ02) {
        return;
    }
    const double x = *lon, y = *lat, r = gp_sqrt(x * x + y * y);
    const double stretch = (r + 2e-5 * gp_sin_pi(y * 50.0 / 3.0)) / r;
    const double angle = 3e-6 * gp_sin_pi(x * 50.0 / 3.0 + 0.5);
    const double cosine = 1.0 - 0.5 * (angle * angle);
    *lat = stretch * (y * cosine + x * angle) + 0.006;
    *lon = stretch * (x * cosine - y * angle) + 0.0065;
}

void gp_forward_units(uint32_t family, double lat, double lon, int64_t *x, int64_t *y)
{
    GP_ASSERT(x != NULL && y != NULL);
#if GP_INTEGER_FRAMES
    if ((family == GP_GCJ02 || family == GP_BD09) && settle(family, lat, lon, x, y)) {
        return;
    }
#endif
    gp_forward(family, &lat, &lon);
    *x = (int64_t)grid_units(lon);
    *y = (int64_t)grid_units(lat);
}
