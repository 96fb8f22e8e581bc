/* products: differences of two products of 54 bits each, exact in their sign.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PRODUCTS_H
#define PRODUCTS_H

#include <stdint.h>

#if defined(__SIZEOF_INT128__) && !defined(GP_PORTABLE)

__extension__ typedef __int128 gp_int128_t;

/* The sign of a * b - c * d. */
static inline int products_sign(int64_t a, int64_t b, int64_t c, int64_t d)
{
    const gp_int128_t left = (gp_int128_t)a * b, right = (gp_int128_t)c * d;
    return (left > right) - (left < right);
}

/* a * b - c * d, rounded once. */
static inline double products_difference(int64_t a, int64_t b, int64_t c, int64_t d)
{
    return (double)((gp_int128_t)a * b - (gp_int128_t)c * d);
}

#else

/* A number of 128 bits in two's complement. */
typedef struct {
    uint64_t high, low;
} product_t;

static inline product_t negated(product_t number)
{
    return (product_t){~number.high + (number.low == 0), ~number.low + 1u};
}

static inline product_t product(int64_t a, int64_t b)
{
    const uint64_t m = a < 0 ? 0u - (uint64_t)a : (uint64_t)a, n = b < 0 ? 0u - (uint64_t)b : (uint64_t)b;
    const uint64_t m0 = m & 0xFFFFFFFFu, m1 = m >> 32, n0 = n & 0xFFFFFFFFu, n1 = n >> 32;
    const uint64_t middle = (m0 * n0 >> 32) + (m0 * n1 & 0xFFFFFFFFu) + m1 * n0; /* < 2^64 as m, n < 2^63 */
    const product_t magnitude = {m1 * n1 + (m0 * n1 >> 32) + (middle >> 32), m * n};
    return (a < 0) == (b < 0) ? magnitude : negated(magnitude);
}

static inline product_t difference(product_t left, product_t right)
{
    return (product_t){left.high - right.high - (left.low < right.low), left.low - right.low};
}

static inline int products_sign(int64_t a, int64_t b, int64_t c, int64_t d)
{
    const product_t result = difference(product(a, b), product(c, d));
    return result.high >> 63 != 0 ? -1 : (result.high | result.low) != 0;
}

static inline double products_difference(int64_t a, int64_t b, int64_t c, int64_t d)
{
    const product_t result = difference(product(a, b), product(c, d));
    const product_t magnitude = result.high >> 63 != 0 ? negated(result) : result;
    const double size = (double)magnitude.high * 18446744073709551616.0 + (double)magnitude.low;
    return result.high >> 63 != 0 ? -size : size;
}

#endif

#endif
