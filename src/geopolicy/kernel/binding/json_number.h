/* json_number: the numbers of a JSON text, for json_text.c and json_coordinates.c.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GEOPOLICY_JSON_NUMBER_H
#define GEOPOLICY_JSON_NUMBER_H

#include "core.h"

#include <stdbool.h>

/* A number of RFC 8259 as it stands there. */
typedef struct {
    const char *start, *end;
    uint64_t digits;  /* those behind leading zeros, as a whole number; not meant where there are too many */
    int64_t count;    /* of them */
    int64_t exponent; /* of ten: the value is digits times ten to the exponent */
    bool is_negative, is_whole;
} json_number_t;

/* Reads a number that begins at start. false: there is none, or one that is too long. */
bool json_number_read(const char *start, const char *end, json_number_t *number);

/* The double nearest to it, of two the even one, as Python's float() and int() have it. false: it is beyond
 * the range of a double; a Python exception is set or not. */
bool json_number_double(const json_number_t *number, double *value);

/* It as a Python int or float; NULL as false above. */
PyObject *json_number_object(const json_number_t *number);

#endif
