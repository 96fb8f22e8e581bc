/* Implements many.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "many.h"

#include <stdlib.h>
#include <string.h>

#include "batch.h"
#include "lists.h"
#include "seed.h"

#define CAPSULE "geopolicy._kernel.batch"

typedef struct {
    batch_t batch;
    bool is_busy; /* in another thread; under the interpreter's lock only */
} held_t;

static void free_batch(PyObject *capsule)
{
    held_t *held = PyCapsule_GetPointer(capsule, CAPSULE);
    batch_free(&held->batch);
    free(held);
}

PyObject *module_batch(PyObject *module, PyObject *unused)
{
    uint64_t seed;
    (void)module;
    (void)unused;
    if (!read_seed(&seed)) {
        return NULL;
    }
    held_t *held = calloc(1, sizeof *held);
    if (held == NULL) {
        return PyErr_NoMemory();
    }
    held->batch.answers.seed = held->batch.outcomes.seed = seed;
    PyObject *capsule = PyCapsule_New(held, CAPSULE, free_batch);
    if (capsule == NULL) {
        free(held);
    }
    return capsule;
}

/* A batch that no other thread has; NULL with an error set. */
static held_t *take(PyObject *capsule)
{
    held_t *held = PyCapsule_GetPointer(capsule, CAPSULE);
    if (held != NULL && held->is_busy) {
        PyErr_SetString(PyExc_RuntimeError, "the batch is in use");
        return NULL;
    }
    if (held != NULL) {
        held->is_busy = true;
    }
    return held;
}

static PyObject *result_of(batch_status_t status)
{
    if (status == BATCH_MEMORY) {
        return PyErr_NoMemory();
    }
    if (status == BATCH_FOREIGN) {
        PyErr_SetString(PyExc_ValueError, "codes must be numbers of answers in the other batch");
        return NULL;
    }
    return PyBool_FromLong(status == BATCH_DONE);
}

typedef enum { FLOAT64, UINT32, INT64, BYTE } item_t;

/* Whether a buffer is one row of such items, as they lie in memory here. */
static bool has_items(const Py_buffer *buffer, item_t item)
{
    static const Py_ssize_t bytes[] = {[FLOAT64] = 8, [UINT32] = 4, [INT64] = 8, [BYTE] = 1};
    static const char *const formats[] = {[FLOAT64] = "d", [UINT32] = "IL", [INT64] = "lq", [BYTE] = "B"};
    const char *format = buffer->format == NULL ? "B" : buffer->format;
    return buffer->ndim == 1 && buffer->itemsize == bytes[item] && format[0] != '\0' && format[1] == '\0' &&
           strchr(formats[item], format[0]) != NULL;
}

/* A buffer of items; their number where count is negative, else it must have that. */
static bool read_buffer(PyObject *object, Py_buffer *buffer, item_t item, bool is_writable, Py_ssize_t *count)
{
    memset(buffer, 0, sizeof *buffer);
    if (PyObject_GetBuffer(object, buffer, (is_writable ? PyBUF_CONTIG : PyBUF_CONTIG_RO) | PyBUF_FORMAT) < 0) {
        return false;
    }
    const Py_ssize_t item_count = buffer->itemsize > 0 ? buffer->len / buffer->itemsize : 0;
    if (!has_items(buffer, item) || (*count >= 0 && item_count != *count)) {
        PyBuffer_Release(buffer);
        PyErr_SetString(PyExc_ValueError, "arrays must have one length, and items float64; of codes, effects, "
                                          "demands and values uint32; of begins and ends int64; of what is in force "
                                          "bytes");
        return false;
    }
    *count = item_count;
    return true;
}

enum { LAT, LON, ACCURACY, CODES, EFFECTS, DEMANDS, IN_FORCE, BUFFERS };

static PyObject *run(held_t *held, const gp_pack_t *pack, PyObject *const *objects)
{
    static const item_t items[BUFFERS] = {[LAT] = FLOAT64,  [LON] = FLOAT64,    [ACCURACY] = FLOAT64, [CODES] = UINT32,
                                          [EFFECTS] = UINT32, [DEMANDS] = UINT32, [IN_FORCE] = BYTE};
    Py_buffer buffers[BUFFERS] = {0};
    Py_ssize_t fix_count = -1, rule_sets = (Py_ssize_t)pack->term_count;
    PyObject *result = NULL;
    bool is_read = true;
    for (int i = 0; i < BUFFERS && is_read; i++) {
        Py_ssize_t *count = i < EFFECTS ? &fix_count : &rule_sets;
        is_read = (i == ACCURACY && objects[i] == Py_None) || /* exact positions: its buffer stays NULL */
                  read_buffer(objects[i], &buffers[i], items[i], i == CODES, count);
    }
    if (is_read) {
        const standing_t standing = {buffers[EFFECTS].buf, buffers[DEMANDS].buf, buffers[IN_FORCE].buf};
        batch_status_t status;
        Py_BEGIN_ALLOW_THREADS
        status = batch_run(&held->batch, pack, &standing, buffers[LAT].buf, buffers[LON].buf, buffers[ACCURACY].buf,
                           (size_t)fix_count, buffers[CODES].buf);
        Py_END_ALLOW_THREADS
        result = result_of(status);
    }
    for (int i = 0; i < BUFFERS; i++) {
        PyBuffer_Release(&buffers[i]);
    }
    return result;
}

PyObject *many_run(const gp_pack_t *pack, PyObject *args)
{
    PyObject *capsule, *objects[BUFFERS];
    if (!PyArg_ParseTuple(args, "OOOOOOOO", &capsule, &objects[LAT], &objects[LON], &objects[ACCURACY], &objects[CODES],
                          &objects[EFFECTS], &objects[DEMANDS], &objects[IN_FORCE])) {
        return NULL;
    }
    held_t *held = take(capsule);
    if (held == NULL) {
        return NULL;
    }
    PyObject *result = run(held, pack, objects);
    held->is_busy = false;
    return result;
}

PyObject *module_join_batch(PyObject *module, PyObject *args)
{
    PyObject *capsules[2], *object, *result = NULL;
    Py_buffer codes;
    Py_ssize_t count = -1;
    (void)module;
    if (!PyArg_ParseTuple(args, "OOO", &capsules[0], &capsules[1], &object)) {
        return NULL;
    }
    held_t *held = take(capsules[0]);
    held_t *other = held == NULL ? NULL : take(capsules[1]);
    if (other != NULL && read_buffer(object, &codes, UINT32, true, &count)) {
        batch_status_t status;
        Py_BEGIN_ALLOW_THREADS
        status = batch_join(&held->batch, &other->batch, codes.buf, (size_t)count);
        Py_END_ALLOW_THREADS
        result = result_of(status);
        PyBuffer_Release(&codes);
    }
    if (held != NULL) {
        held->is_busy = false;
    }
    if (other != NULL) {
        other->is_busy = false;
    }
    return result;
}

static PyObject *bytes_of_rows(const rows_t *rows)
{
    PyObject *heads = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)(4u * rows->row_count));
    PyObject *begins = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)(8u * (rows->row_count + 1u))), *result = NULL;
    if (heads != NULL && begins != NULL) {
        uint32_t *head = (void *)PyBytes_AsString(heads);
        uint64_t *begin = (void *)PyBytes_AsString(begins);
        for (size_t i = 0; i < rows->row_count; i++) {
            head[i] = rows->rows[i].head;
            begin[i] = rows->rows[i].first;
        }
        begin[rows->row_count] = rows->word_count;
        result = Py_BuildValue("(OOy#)", heads, begins, rows->words == NULL ? "" : (const char *)rows->words,
                               (Py_ssize_t)(4u * rows->word_count));
    }
    Py_XDECREF(heads);
    Py_XDECREF(begins);
    return result;
}

PyObject *module_batch_rows(PyObject *module, PyObject *batch)
{
    (void)module;
    held_t *held = take(batch);
    if (held == NULL) {
        return NULL;
    }
    PyObject *answers = bytes_of_rows(&held->batch.answers), *outcomes = bytes_of_rows(&held->batch.outcomes);
    PyObject *result = answers == NULL || outcomes == NULL ? NULL : PyTuple_Pack(2, answers, outcomes);
    Py_XDECREF(answers);
    Py_XDECREF(outcomes);
    held->is_busy = false;
    return result;
}

enum { NUMBERS, BEGINS, VALUES, INTO, LIST_BUFFERS };

static PyObject *fill_lists(PyObject *args, item_t of_into)
{
    PyObject *objects[LIST_BUFFERS], *result = NULL;
    const item_t items[LIST_BUFFERS] = {UINT32, INT64, UINT32, of_into};
    Py_ssize_t counts[LIST_BUFFERS] = {-1, -1, -1, -1};
    Py_buffer buffers[LIST_BUFFERS] = {0};
    bool is_read = PyArg_ParseTuple(args, "OOOO", &objects[0], &objects[1], &objects[2], &objects[3]) != 0;
    for (int i = 0; i < LIST_BUFFERS && is_read; i++) {
        counts[i] = i == INTO && of_into == INT64 ? counts[NUMBERS] + 1 : -1;
        is_read = read_buffer(objects[i], &buffers[i], items[i], i == INTO, &counts[i]);
    }
    if (is_read) {
        const size_t lists = counts[BEGINS] > 0 ? (size_t)counts[BEGINS] - 1u : 0u;
        const lists_t from = {buffers[BEGINS].buf, lists, buffers[VALUES].buf, (size_t)counts[VALUES]};
        const size_t count = (size_t)counts[NUMBERS];
        bool is_filled;
        Py_BEGIN_ALLOW_THREADS
        is_filled = of_into == INT64
                        ? lists_ends(&from, buffers[NUMBERS].buf, count, buffers[INTO].buf)
                        : lists_values(&from, buffers[NUMBERS].buf, count, buffers[INTO].buf, (size_t)counts[INTO]);
        Py_END_ALLOW_THREADS
        if (is_filled) {
            result = Py_NewRef(Py_None);
        } else {
            PyErr_SetString(PyExc_ValueError, "numbers must be those of lists, and their values fill what is given");
        }
    }
    for (int i = 0; i < LIST_BUFFERS; i++) {
        PyBuffer_Release(&buffers[i]);
    }
    return result;
}

PyObject *module_list_ends(PyObject *module, PyObject *args)
{
    (void)module;
    return fill_lists(args, INT64);
}

PyObject *module_list_values(PyObject *module, PyObject *args)
{
    (void)module;
    return fill_lists(args, UINT32);
}
