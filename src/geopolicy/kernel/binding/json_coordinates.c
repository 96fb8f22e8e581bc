/* json_coordinates: the coordinates of lines and polygons, as the doubles of each ring.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "json_number.h"
#include "json_text.h"

#define MOST_DEPTH 3            /* lists around the positions of a MultiPolygon */
#define LEAST_HUGE 1e300        /* no coordinate is as large */
#define FIRST_CAPACITY 1024u

static bool has_room(json_text_t *text, size_t count)
{
    if (count <= text->capacity) {
        return true;
    }
    const size_t capacity = text->capacity == 0 ? FIRST_CAPACITY : 2u * text->capacity;
    double *numbers = realloc(text->numbers, capacity * sizeof *numbers);
    if (numbers == NULL) {
        PyErr_NoMemory();
        return false;
    }
    text->numbers = numbers;
    text->capacity = capacity;
    return true;
}

static bool take_number(json_text_t *text, double *value)
{
    json_number_t number;
    skip_blanks(text);
    if (!json_number_read(text->at, text->end, &number) || !json_number_double(&number, value)) {
        return false;
    }
    text->at = number.end;
    return *value < LEAST_HUGE && *value > -LEAST_HUGE;
}

/* The positions of one list, behind its bracket. */
static PyObject *ring(json_text_t *text)
{
    size_t count = 0;
    do {
        if (!may_go_on(text) || !has_room(text, count + 2u) || !take(text, '[') ||
            !take_number(text, &text->numbers[count]) || !take(text, ',') ||
            !take_number(text, &text->numbers[count + 1u]) || !take(text, ']')) {
            return NULL;
        }
        count += 2u;
    } while (take(text, ','));
    return take(text, ']') ? PyBytes_FromStringAndSize((const char *)text->numbers,
                                                       (Py_ssize_t)(count * sizeof *text->numbers))
                           : NULL;
}

/* A tuple of a list's entries, behind its bracket: of rings where depth is 2, of polygons where it is 3. */
static PyObject *entries(json_text_t *text, int depth)
{
    PyObject *list = PyList_New(0), *tuple = NULL;
    bool is_good = list != NULL;
    do {
        PyObject *entry = is_good && take(text, '[') ? (depth == 2 ? ring(text) : entries(text, depth - 1)) : NULL;
        is_good = entry != NULL && PyList_Append(list, entry) == 0;
        Py_XDECREF(entry);
    } while (is_good && take(text, ','));
    if (is_good && take(text, ']')) {
        tuple = PyList_AsTuple(list);
    }
    Py_XDECREF(list);
    return tuple;
}

/* How many brackets stand at the beginning. */
static int brackets(json_text_t *text)
{
    const char *start = text->at;
    int count = 0;
    while (count <= MOST_DEPTH + 1 && take(text, '[')) {
        count++;
    }
    text->at = start;
    return count;
}

/* A line as a polygon of one ring, a polygon as one of several. */
static PyObject *parts(json_text_t *text, int depth)
{
    PyObject *own = depth == 1 ? ring(text) : entries(text, depth);
    for (int i = depth; own != NULL && i < MOST_DEPTH; i++) {
        PyObject *outer = PyTuple_New(1);
        if (outer == NULL) {
            Py_CLEAR(own);
        } else {
            PyTuple_SetItem(outer, 0, own);
            own = outer;
        }
    }
    return own;
}

PyObject *json_coordinates(json_text_t *text)
{
    const char *start = text->at;
    const int depth = brackets(text) - 1;
    if (depth < 1 || depth > MOST_DEPTH) {
        return NULL;
    }
    (void)take(text, '[');
    PyObject *read = parts(text, depth);
    if (read == NULL) {
        return NULL;
    }
    return PyObject_CallFunction(text->coordinates, "iNOnn", depth, read, text->bytes,
                                 (Py_ssize_t)(start - text->start), (Py_ssize_t)(text->at - text->start));
}
