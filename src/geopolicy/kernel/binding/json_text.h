/* json_text: a JSON text on its way to Python objects, for json_text.c and json_coordinates.c.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What is not plain is given up: a function returns NULL, with a Python exception only if one stood in its way. The
 * reader in Python (zonefile/strict_json.py) then says what is wrong, or reads it. */
#ifndef GEOPOLICY_JSON_TEXT_H
#define GEOPOLICY_JSON_TEXT_H

#include "core.h"

#include <stdbool.h>
#include <stddef.h>

#define KEPT_TEXTS 256u
#define VALUES_BETWEEN_CHECKS (UINT32_C(1) << 16)

/* A text that was met before, and where. */
typedef struct {
    const char *start;
    size_t length;
    PyObject *object;
} kept_text_t;

typedef struct {
    const char *at, *end, *start;
    PyObject *bytes;       /* the text */
    PyObject *coordinates; /* what is called with the coordinates of features; NULL: they are lists */
    double *numbers;       /* of the ring that is read */
    size_t capacity;
    uint32_t value_count; /* of values and positions; it may begin anew */
    kept_text_t kept[KEPT_TEXTS];
} json_text_t;

static inline void skip_blanks(json_text_t *text)
{
    while (text->at < text->end && (*text->at == ' ' || *text->at == '\n' || *text->at == '\r' || *text->at == '\t')) {
        text->at++;
    }
}

/* Takes a sign, and blanks before it. */
static inline bool take(json_text_t *text, char sign)
{
    skip_blanks(text);
    const bool is_there = text->at < text->end && *text->at == sign;
    text->at += is_there;
    return is_there;
}

/* Counts a value or a position. false: a signal came, and its handler raised the Python exception that is set. */
static inline bool may_go_on(json_text_t *text)
{
    text->value_count++;
    if (text->value_count % VALUES_BETWEEN_CHECKS != 0) {
        return true;
    }
    Py_BEGIN_ALLOW_THREADS /* others may run */
    Py_END_ALLOW_THREADS
    return PyErr_CheckSignals() == 0;
}

/* What stands for coordinates: nested lists of pairs of numbers, none of them empty, all of one depth. */
PyObject *json_coordinates(json_text_t *text);

/* read_json(text, coordinates): a tuple with the value of bytes, or None. */
PyObject *module_read_json(PyObject *module, PyObject *args);

#endif
