/* json_number: decimals to doubles, rounded once.
 * SPDX-License-Identifier: Apache-2.0 */
#include "json_number.h"

#include <float.h>
#include <string.h>

#define MOST_EXACT (UINT64_C(1) << 53)
#define MOST_DIGITS 19 /* of which every number fits 64 bits */
#define MOST_SHORT 18  /* of which every number fits a long long with either sign */
#define MOST_LENGTH 299 /* longer ones but 0 are left to Python, with its rule for integers (strict_json.py) */
#define MOST_EXPONENT INT64_C(100000000000000000) /* no text has as many digits that could make up for it */

static const double powers_of_ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                       1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
#define MOST_POWER 22 /* the last that a double has exactly */

static bool is_digit(const char *at, const char *end)
{
    return at < end && *at >= '0' && *at <= '9';
}

/* Takes digits; those behind the point count down the exponent. */
static const char *read_digits(const char *at, const char *end, json_number_t *number, int step)
{
    for (; is_digit(at, end); at++) {
        if (number->count > 0 || *at != '0') {
            number->digits = number->digits * 10u + (uint64_t)(*at - '0');
            number->count++;
        }
        number->exponent -= step;
    }
    return at;
}

static const char *read_exponent(const char *at, const char *end, int64_t *exponent)
{
    const bool is_negative = at < end && *at == '-';
    int64_t size = 0;
    at += at < end && (*at == '-' || *at == '+');
    if (!is_digit(at, end)) {
        return NULL;
    }
    for (; is_digit(at, end); at++) {
        size = size < MOST_EXPONENT ? size * 10 + (*at - '0') : size;
    }
    *exponent = is_negative ? -size : size;
    return at;
}

bool json_number_read(const char *start, const char *end, json_number_t *number)
{
    const char *at = start;
    int64_t exponent = 0;
    *number = (json_number_t){.start = start, .is_whole = true};
    number->is_negative = at < end && *at == '-';
    at += number->is_negative;
    if (!is_digit(at, end) || (*at == '0' && is_digit(at + 1, end))) {
        return false;
    }
    at = read_digits(at, end, number, 0);
    if (at < end && *at == '.') {
        number->is_whole = false;
        if (!is_digit(at + 1, end)) {
            return false;
        }
        at = read_digits(at + 1, end, number, 1);
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        number->is_whole = false;
        at = read_exponent(at + 1, end, &exponent);
        if (at == NULL) {
            return false;
        }
    }
    number->exponent += exponent;
    number->end = at;
    return number->count == 0 || at - start <= MOST_LENGTH;
}

#if defined(__SIZEOF_INT128__) && !defined(GP_PORTABLE)

__extension__ typedef unsigned __int128 uint128_t;

/* Two to an exponent within the range of normal doubles. */
static double power_of_two(int exponent)
{
    const uint64_t bits = (uint64_t)(exponent + 1023) << 52;
    double power;
    memcpy(&power, &bits, sizeof power);
    return power;
}

/* digits / ten to the power of places, both above 0 and places at most 19: a quotient of 63 or 64 bits and a remainder
 * say how it is rounded to 53. */
static double quotient(uint64_t digits, int places)
{
    uint64_t divisor = 1;
    for (int i = 0; i < places; i++) {
        divisor *= 10u;
    }
    const int up = __builtin_clzll(digits), divisor_up = __builtin_clzll(divisor);
    const uint128_t dividend = (uint128_t)(digits << up) << 63;
    divisor <<= divisor_up;
    const uint64_t whole = (uint64_t)(dividend / divisor);
    const bool is_exact = (uint128_t)whole * divisor == dividend;
    const int surplus = whole >> 63 ? 11 : 10;
    const uint64_t half = UINT64_C(1) << (surplus - 1), rest = whole & (2u * half - 1u);
    uint64_t kept = whole >> surplus;
    kept += rest > half || (rest == half && (!is_exact || (kept & 1u)));
    return (double)kept * power_of_two(surplus - 63 + divisor_up - up);
}

static bool has_quotient(const json_number_t *number)
{
    return number->count <= MOST_DIGITS && number->exponent < 0 && number->exponent >= -MOST_DIGITS;
}

#else

static double quotient(uint64_t digits, int places)
{
    return (double)digits / powers_of_ten[places];
}

static bool has_quotient(const json_number_t *number)
{
    (void)number;
    return false;
}

#endif

/* Whether one multiplication or division of doubles has the value, rounded once. */
static bool is_one_step(const json_number_t *number)
{
#if FLT_EVAL_METHOD == 0
    return number->count <= MOST_DIGITS && number->digits <= MOST_EXACT && number->exponent >= -MOST_POWER &&
           number->exponent <= MOST_POWER;
#else
    return number->digits == 0 && number->count == 0;
#endif
}

/* Room for a number with the 0 that ends it. */
typedef struct {
    char text[MOST_LENGTH + 1];
} number_text_t;

/* Of a number that is not 0, which is no longer than MOST_LENGTH. */
static number_text_t copy_of(const json_number_t *number)
{
    number_text_t copy = {{0}};
    memcpy(copy.text, number->start, (size_t)(number->end - number->start));
    return copy;
}

bool json_number_double(const json_number_t *number, double *value)
{
    double size;
    if (number->count == 0) {
        size = 0.0;
    } else if (is_one_step(number)) {
        const double digits = (double)number->digits;
        size = number->exponent < 0 ? digits / powers_of_ten[-number->exponent]
                                    : digits * powers_of_ten[number->exponent];
    } else if (has_quotient(number)) {
        size = quotient(number->digits, (int)-number->exponent);
    } else {
        const number_text_t copy = copy_of(number);
        *value = PyOS_string_to_double(copy.text, NULL, NULL);
        return *value <= DBL_MAX && *value >= -DBL_MAX && !PyErr_Occurred();
    }
    /* The integer -0 is 0, the decimal -0.0 is not. */
    *value = number->is_negative && !(number->is_whole && size == 0.0) ? -size : size;
    return true;
}

PyObject *json_number_object(const json_number_t *number)
{
    double value;
    if (!number->is_whole) {
        return json_number_double(number, &value) ? PyFloat_FromDouble(value) : NULL;
    }
    if (number->count <= MOST_SHORT) {
        const long long size = (long long)number->digits;
        return PyLong_FromLongLong(number->is_negative ? -size : size);
    }
    const number_text_t copy = copy_of(number);
    return PyLong_FromString(copy.text, NULL, 10);
}
