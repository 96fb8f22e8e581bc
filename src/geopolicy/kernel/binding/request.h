/* request: the arguments of a query, from Python objects to checked numbers.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GEOPOLICY_REQUEST_H
#define GEOPOLICY_REQUEST_H

#include "core.h"

#include <stdbool.h>

#define MOST_ARGUMENTS 5
#define NO_DEFAULT (-1.0)

/* What a query takes: pairs of latitude and longitude, one or two, then a length in metres. */
typedef struct {
    const char *names[MOST_ARGUMENTS];
    int pairs;
    double default_length; /* NO_DEFAULT: it must be given */
} request_form_t;

typedef struct {
    double lat[2], lon[2], length;
} request_t;

/* Reads and checks the arguments of a METH_FASTCALL | METH_KEYWORDS call. false: a Python exception is set; for a value
 * out of range, that which raise_invalid (lat, lon, name of the length, length) raises. */
bool read_request(const request_form_t *form, PyObject *raise_invalid, PyObject *const *args, Py_ssize_t count,
                  PyObject *named, request_t *request);

#endif
