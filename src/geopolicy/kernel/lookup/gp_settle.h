/* gp_settle: the grid units of a position in GCJ-02 and BD-09, by integers where they settle them; for gp_frames.c.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Where doubles are software, this takes a twentieth of the instructions that the formula takes in doubles. Integers
 * and doubles are less than DOUBT apart. So where the integers lie farther than that from the middle between two units,
 * both round to the same one. Nearer to it, for one position in 200, nothing is settled and the doubles are asked.
 *
 * Fixed point: q31 stands for a number in units of 2^-31. No negative number is shifted: what may be negative is kept
 * as magnitude and sign, or divided by a power of 2. Angles are in half turns; as q31 in 32 bits they wrap as sines do.
 *
 * How far off, in grid units, at 61 degrees north, where it is worst; tests/kernel/test_settle_bound.py adds it up:
 *     the sums of sines                 0.00033
 *     the rest of the polynomials       0.00017   places cut off, the root, the cut to 32 bits
 *     units per metre, to the east      0.00062   most of it the cosine: a unit of 2^-31 counts twice as much there
 *     the position, and the doubles     0.00001
 *     BD-09 beyond GCJ-02               0.00007 */
#ifndef GP_SETTLE_H
#define GP_SETTLE_H

#include "gp_layout.h"

#define DEGREE (INT64_C(1) << 40)  /* q40 */
#define SOUTH_UNITS 60000000       /* latitudes are counted from 6 degrees south: 50 turns of turns_of */
#define UNIT_BITS 20u              /* grid units are q20 */
#define DOUBT 1300u                /* q20: 0.00124 grid units; the sum above is 0.00120 */

/* A position, q20 grid units: x from the meridian of Greenwich, y from 6 degrees south. */
typedef struct {
    uint64_t x, y;
} fixed_t;

/* a * b / 2^shift, to nearest; the low 32 bits of it. */
static inline uint32_t scaled(uint32_t a, uint32_t b, uint32_t shift)
{
    return (uint32_t)(((uint64_t)a * b + (UINT64_C(1) << (shift - 1u))) >> shift);
}

/* sin(pi/2 t) as q31, for t q31 up to 1, by a polynomial in t^2 / 2: off by less than 2.1 of 2^-31, up to t = 1/2 by
 * less than 1.1 (tried for every t). */
static inline uint32_t quarter(uint32_t t)
{
    const uint32_t square = scaled(t, t, 31); /* q31, or half of it as q32 */
    uint32_t total = 5505026u - scaled(square, 234900u, 32);
    total = 80429627u - scaled(square, total, 32);
    total = 684554113u - scaled(square, total, 32);
    total = 2774394652u - scaled(square, total, 32);
    total = 3373259426u - scaled(square, total, 32);
    return scaled(t, total, 31);
}

/* sin(pi t) as q30, for t q31. */
static inline int32_t wave(uint32_t t)
{
    const uint32_t half = t & 0x7FFFFFFFu;
    const int32_t value = (int32_t)((quarter(2u * (half <= 0x40000000u ? half : 0x80000000u - half)) + 1u) >> 1);
    return t >> 31 != 0 ? -value : value;
}

/* 4 (sin(pi a) + 2 sin(pi a/3)) + weight (sin(pi a/12) + 2 sin(pi a/30)) as q30, for a q40, up to 36. A factor from q26
 * to q31 is 32 for a/1: 32/3 is 2863311531 / 2^28, 32/30 is 2290649225 / 2^31. */
static inline int64_t waves(uint64_t a, int32_t weight)
{
    const uint32_t a26 = (uint32_t)((a + 8192u) >> 14);
    const int64_t fast = wave((uint32_t)(a >> 9)) + 2 * (int64_t)wave(scaled(a26, 2863311531u, 28));
    const int64_t slow = wave(scaled(a26, 2863311531u, 30)) + 2 * (int64_t)wave(scaled(a26, 2290649225u, 31));
    return 4 * fast + weight * slow;
}

/* The square root of a number below 2^46, rounded down. */
static inline uint32_t root_of(uint64_t square)
{
    uint32_t root = 0, rest = 0;
    square <<= 18;
    for (uint32_t i = 0; i < 23u; i++) {
        rest = (rest << 2) | (uint32_t)(square >> 62);
        square <<= 2;
        root <<= 1;
        if (rest > 2u * root) {
            rest -= 2u * root + 1u;
            root++;
        }
    }
    return root;
}

/* Grid units to a thirtieth of a metre, to the north as q30 and to the east as q29, for a latitude q40, up to 61:
 * 6e7 / (A (1 - E) pi) (1 - E s^2)^1.5 and 6e7 / (A pi) (1 - E s^2)^0.5 / cosine, with the axis A and excentricity E of
 * gp_frames.c and the sine s. The powers are polynomials of s^2 up to 0.765, the best ones: off by less than 3e-10. */
static inline void units_per_metre(int64_t lat, uint32_t *north, uint32_t *east)
{
    const uint32_t t = scaled((uint32_t)(((uint64_t)abs64(lat) + 8192u) >> 14), 3054198966u, 33); /* of 90 degrees */
    const uint32_t sine = quarter(t), cosine = quarter(0x80000000u - t), square = scaled(sine, sine, 30);
    *north = 3236806509u - scaled(square, 32497986u - scaled(square, 54450u, 32), 32);
    const uint32_t along = 3215141197u - scaled(square, 10760128u + scaled(square, 18075u, 32), 32);
    /* The inverse of the cosine, which is 0.48 to 1, q30: off by 1/12, then by the square of that, and so on. */
    uint32_t inverse = 3127990390u - scaled(cosine, 2106674562u, 31);
    for (uint32_t i = 0; i < 4u; i++) {
        inverse = scaled(inverse, 0x80000000u - scaled(cosine, inverse, 31), 30);
    }
    *east = scaled(along, inverse, 31);
}

/* to_gcj02 in gp_frames.c. Its metres times 30, which has whole factors only, are at most 31,700: 62 bits as q47, 32 as
 * q17. */
static inline fixed_t to_gcj02_fixed(int64_t lat, int64_t lon)
{
    const int64_t x = lon - 105 * DEGREE, y = lat - 35 * DEGREE;
    const uint64_t a = (uint64_t)abs64(x), b = (uint64_t)abs64(y);
    const int64_t x25 = x / 32768, y25 = y / 32768, root = root_of(a);
    const int64_t ripples = 4 * ((int64_t)wave((uint32_t)(3u * a >> 8)) + wave((uint32_t)(a >> 8)));
    const int64_t ripple = x < 0 ? -ripples : ripples, of_x = waves(a, 30), of_y = waves(b, 32);
    const int32_t by_y = (int32_t)((90 * DEGREE + 6 * y + 3 * x) / 262144); /* q22 */
    const int32_t by_x = (int32_t)((30 * DEGREE + 3 * x + 3 * y) / 262144);
    int64_t north = 128 * (60 * x - 3000 * DEGREE) + (int64_t)(int32_t)y25 * by_y + root * (6 << 27);
    north += 100 * 131072 * (ripple + (y < 0 ? -of_y : of_y));
    int64_t east = 128 * (60 * y + 9000 * DEGREE) + (int64_t)(int32_t)x25 * by_x + root * (3 << 27);
    east += 100 * 131072 * (ripple + (x < 0 ? -of_x : of_x));
    uint32_t per_north, per_east;
    units_per_metre(lat, &per_north, &per_east);
    const uint64_t up = (uint64_t)(uint32_t)((uint64_t)abs64(north) >> 30) * per_north >> 27;
    const uint64_t right = (uint64_t)(uint32_t)((uint64_t)abs64(east) >> 30) * per_east >> 26;
    fixed_t at = {(uint64_t)lon * 78125u >> 13, (uint64_t)(lat + 6 * DEGREE) * 78125u >> 13};
    at.x = east < 0 ? at.x - right : at.x + right;
    at.y = north < 0 ? at.y - up : at.y + up;
    return at;
}

/* 50/3 of a coordinate q20, in half turns q31: 0.12 degrees are a whole turn. */
static inline uint32_t turns_of(uint64_t units)
{
    const uint32_t whole = (uint32_t)(units >> UNIT_BITS) % 1200000u;
    return scaled(whole << 11 | ((uint32_t)(units >> 9) & 0x7FFu), 3752999689u, 31);
}

/* 1 / sqrt(x^2 + y^2) of grid units, q60, for 69 to 155 degrees. */
static inline int32_t inverse_length(int32_t x, int32_t y)
{
    const uint32_t square = (uint32_t)(((uint64_t)((int64_t)x * x) + (uint64_t)((int64_t)y * y)) >> 30);
    /* The square is 0.10 to 0.52 as q32, the inverse q29: off by 1/8, then by 3/2 of the square of that, and so on. */
    uint32_t inverse = 1687420270u - scaled(square, 1990579165u, 32);
    for (uint32_t i = 0; i < 4u; i++) {
        inverse = scaled(inverse, 0x30000000u - scaled(square, scaled(inverse, inverse, 30), 32), 29);
    }
    return (int32_t)inverse;
}

/* Units times 3e-6 and a cosine q30, as units q20. */
static inline int64_t turned(int32_t units, int32_t cosine)
{
    const int32_t most = (int32_t)((int64_t)units * 1688849860 / (INT64_C(1) << 31)); /* q18 */
    return (int64_t)most * cosine / (1 << 28);
}

/* Units q20 times 2e-5 degrees and a sine q30, divided by the length in degrees. */
static inline int64_t stretched(int64_t units, int32_t sine, int32_t inverse)
{
    const int32_t ratio = (int32_t)(units / (1 << UNIT_BITS) * inverse / (1 << 30)); /* q30 */
    return (int64_t)ratio * sine / (INT64_C(1) << 32) * 25 / 32;
}

/* gp_forward in gp_frames.c, from GCJ-02 to BD-09. */
static inline fixed_t to_bd09_fixed(fixed_t at)
{
    const int32_t x = (int32_t)(at.x >> UNIT_BITS), y = (int32_t)(at.y >> UNIT_BITS) - SOUTH_UNITS;
    const int32_t sine = wave(turns_of(at.y)), cosine = wave(turns_of(at.x) + 0x40000000u);
    const int32_t inverse = inverse_length(x, y);
    const int64_t by_x = turned(x, cosine), by_y = turned(y, cosine);
    int64_t to_x = (int64_t)at.x - by_y - turned((int32_t)(by_x / 1024), cosine) / 2048;
    int64_t to_y = (int64_t)at.y + by_x - turned((int32_t)(by_y / 1024), cosine) / 2048;
    const int64_t south = (int64_t)SOUTH_UNITS << UNIT_BITS;
    to_x += stretched(to_x, sine, inverse) + (INT64_C(65000) << UNIT_BITS);
    to_y += stretched(to_y - south, sine, inverse) + (INT64_C(60000) << UNIT_BITS);
    const fixed_t moved = {(uint64_t)to_x, (uint64_t)to_y};
    return moved;
}

/* A position in GCJ-02 or BD-09, if it lies where fixes are transformed. */
static inline bool forward_fixed(uint32_t family, double lat, double lon, fixed_t *at)
{
    /* What is cut off is less than 2^-40 degrees. */
    const int64_t y = (int64_t)(lat * (double)DEGREE), x = (int64_t)(lon * (double)DEGREE);
    if (y < (int64_t)DOMAIN_SOUTH * DEGREE || y > (int64_t)DOMAIN_NORTH * DEGREE ||
        x < (int64_t)DOMAIN_WEST * DEGREE || x > (int64_t)DOMAIN_EAST * DEGREE) {
        return false;
    }
    *at = to_gcj02_fixed(y, x);
    if (family == GP_BD09) {
        *at = to_bd09_fixed(*at);
    }
    return true;
}

/* The nearest unit; false in doubt. */
static inline bool nearest_unit(uint64_t units, int64_t *nearest)
{
    const uint64_t moved = units + (UINT64_C(1) << (UNIT_BITS - 1u));
    const uint32_t rest = (uint32_t)moved & ((1u << UNIT_BITS) - 1u);
    *nearest = (int64_t)(moved >> UNIT_BITS);
    return rest >= DOUBT && rest <= (1u << UNIT_BITS) - DOUBT;
}

/* gp_forward_units, or false where the doubles must be asked. */
static inline bool settle(uint32_t family, double lat, double lon, int64_t *x, int64_t *y)
{
    fixed_t at;
    if (!forward_fixed(family, lat, lon, &at)) {
        return false;
    }
    const bool is_x = nearest_unit(at.x, x), is_y = nearest_unit(at.y, y);
    *y -= SOUTH_UNITS;
    return is_x && is_y;
}

#endif
