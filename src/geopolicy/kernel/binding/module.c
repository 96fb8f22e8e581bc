/* The Python module geopolicy._kernel: the type Core, and functions to build and verify packs.
 * SPDX-License-Identifier: Apache-2.0 */
#include "core.h"
#include "decision_cache.h"

#include <string.h>

#include "batch.h"
#include "builder/build.h"
#include "examine.h"
#include "json_text.h"
#include "lookup/gp_layout.h"
#include "many.h"

static PyObject *module_verify(PyObject *module, PyObject *data)
{
    Py_buffer buffer;
    gp_pack_t pack;
    gp_status_t status;
    (void)module;
    if (PyObject_GetBuffer(data, &buffer, PyBUF_SIMPLE) < 0) {
        return NULL;
    }
    Py_BEGIN_ALLOW_THREADS
    status = gp_open(&pack, buffer.buf, (uint64_t)buffer.len);
    status = status == GP_ERR_FORMAT ? gp_open_overlay(&pack, buffer.buf, (uint64_t)buffer.len) : status;
    status = status == GP_OK ? gp_verify(&pack) : status;
    Py_END_ALLOW_THREADS
    PyBuffer_Release(&buffer);
    return PyLong_FromLong(status);
}

/* Words as little-endian bytes. */
static PyObject *bytes_of(const gp_words_t *words)
{
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)(4u * words->count));
    if (bytes == NULL) {
        return NULL;
    }
    unsigned char *at = (unsigned char *)PyBytes_AsString(bytes);
    if (words->count > 0) {
        memcpy(at, words->words, 4u * words->count);
    }
#if PY_BIG_ENDIAN
    for (size_t i = 0; i < words->count; i++, at += 4) {
        const uint32_t word = u32_at((const uint8_t *)&words->words[i], 0); /* swaps its bytes */
        memcpy(at, &word, 4);
    }
#endif
    return bytes;
}

static PyObject *index_tuple(const gp_index_t *index)
{
    PyObject *families = PyTuple_New(GP_FAMILIES);
    for (Py_ssize_t i = 0; families != NULL && i < (Py_ssize_t)GP_FAMILIES; i++) {
        const gp_built_family_t *built = &index->families[i];
        PyObject *family = Py_BuildValue("(iiIIIIIII)", built->min_x, built->min_y, built->shift, built->cols,
                                         built->rows, built->first_root, built->north, built->south, built->depth);
        if (family == NULL || PyTuple_SetItem(families, i, family) < 0) {
            Py_CLEAR(families);
        }
    }
    if (families == NULL) {
        return NULL;
    }
    return Py_BuildValue("(iNNNNNNI)", GP_BUILD_OK, bytes_of(&index->roots), bytes_of(&index->nodes),
                         bytes_of(&index->leaves), bytes_of(&index->set_ends), bytes_of(&index->set_members), families,
                         index->max_leaf_edges);
}

/* Whether a buffer has count items of item_bytes. */
static bool has_length(const Py_buffer *buffer, size_t count, size_t item_bytes)
{
    return buffer->len >= 0 && (size_t)buffer->len == count * item_bytes;
}

static PyObject *run_build(const Py_buffer *buffers, unsigned int leaf_edges)
{
    const gp_zones_t zones = {.vertices = buffers[0].buf, .flags = buffers[1].buf, .ends = buffers[2].buf,
                              .families = buffers[3].buf, .origins = buffers[4].buf,
                              .owner_count = (uint32_t)(buffers[2].len / 4), .leaf_edges = leaf_edges};
    const size_t vertex_count = (size_t)buffers[1].len;
    bool are_apart = true;
    for (uint32_t i = 0; are_apart && i < zones.owner_count; i++) {
        are_apart = zones.ends[i] > (i == 0 ? 0 : zones.ends[i - 1u]) && zones.ends[i] <= vertex_count &&
                    zones.flags[zones.ends[i] - 1u] == 0;
    }
    if (!are_apart || !has_length(&buffers[0], vertex_count, 8) || !has_length(&buffers[3], zones.owner_count, 1) ||
        !has_length(&buffers[4], zones.owner_count, 1) ||
        (zones.owner_count > 0 && zones.ends[zones.owner_count - 1u] != vertex_count)) {
        PyErr_SetString(PyExc_ValueError, "arrays of zones must fit together");
        return NULL;
    }
    gp_index_t index = {0};
    gp_build_status_t status;
    Py_BEGIN_ALLOW_THREADS
    status = gp_build(&zones, &index);
    Py_END_ALLOW_THREADS
    PyObject *result = status == GP_BUILD_OK ? index_tuple(&index) : Py_BuildValue("(iI)", status, index.owner);
    gp_index_free(&index);
    return result;
}

static PyObject *module_build(PyObject *module, PyObject *args)
{
    PyObject *objects[5], *result = NULL;
    Py_buffer buffers[5];
    unsigned int leaf_edges;
    int taken = 0;
    (void)module;
    if (!PyArg_ParseTuple(args, "OOOOOI", &objects[0], &objects[1], &objects[2], &objects[3], &objects[4],
                          &leaf_edges)) {
        return NULL;
    }
    while (taken < 5 && PyObject_GetBuffer(objects[taken], &buffers[taken], PyBUF_CONTIG_RO) == 0) {
        taken++;
    }
    if (taken == 5) {
        result = run_build(buffers, leaf_edges);
    }
    while (taken > 0) {
        PyBuffer_Release(&buffers[--taken]);
    }
    return result;
}

static PyMethodDef module_methods[] = {
    {"verify", module_verify, METH_O,
     "verify(pack)\n--\n\nThe status of gp_open (of an overlay gp_open_overlay) and gp_verify, 0 if nothing is wrong."},
    {"build", module_build, METH_VARARGS,
     "build(vertices, flags, ends, families, origins, leaf_edges)\n--\n\nThe index: its status, then its sections."},
    {"examine_rings", module_examine_rings, METH_VARARGS,
     "examine_rings(corners, ring_ends, polygon_ends)\n--\n\n"
     "What rings contradict, whether they touch, and which enclose nothing."},
    {"examine_zones", module_examine_zones, METH_VARARGS,
     "examine_zones(corners, ring_ends, polygon_ends, zone_ends)\n--\n\n"
     "For each zone 1 if examine_rings would say nothing of it, else 0."},
    {"read_json", module_read_json, METH_VARARGS,
     "read_json(text, coordinates)\n--\n\n"
     "A tuple with the value of a JSON text, or None where it is not plain."},
    {"batch", module_batch, METH_NOARGS, "batch()\n--\n\nA batch with no answers."},
    {"join_batch", module_join_batch, METH_VARARGS,
     "join_batch(batch, other, codes)\n--\n\nNumbers the answers of another batch, too; its codes are brought up to date."},
    {"batch_rows", module_batch_rows, METH_O,
     "batch_rows(batch)\n--\n\nAnswers and outcomes: heads, begins and words of each."},
    {"list_ends", module_list_ends, METH_VARARGS,
     "list_ends(numbers, begins, values, ends)\n--\n\nWhere lists end that lie one behind the other."},
    {"list_values", module_list_values, METH_VARARGS,
     "list_values(numbers, begins, values, into)\n--\n\nThe values of lists, one behind the other."},
    {NULL, NULL, 0, NULL}};

/* The numbers of the C headers: Python has them from here. */
static const struct {
    const char *name;
    long value;
} constants[] = {
    {"KERNEL_VERSION", GP_KERNEL_VERSION},
    {"OK", GP_OK},
    {"ERR_SIZE", GP_ERR_SIZE},
    {"ERR_MAGIC", GP_ERR_MAGIC},
    {"ERR_FORMAT", GP_ERR_FORMAT},
    {"ERR_SECTION", GP_ERR_SECTION},
    {"ERR_INDEX", GP_ERR_INDEX},
    {"ERR_RECORD", GP_ERR_RECORD},
    {"ERR_CAPACITY", GP_ERR_CAPACITY},
    {"BUILD_OK", GP_BUILD_OK},
    {"BUILD_MEMORY", GP_BUILD_MEMORY},
    {"BUILD_CROWDED", GP_BUILD_CROWDED},
    {"BUILD_LARGE", GP_BUILD_LARGE},
    {"UNKNOWN_COVERAGE", UNKNOWN_COVERAGE},
    {"UNKNOWN_POLE", UNKNOWN_POLE},
    {"UNKNOWN_POSITION", UNKNOWN_POSITION},
    {"UNKNOWN_ACCURACY", UNKNOWN_ACCURACY},
    {"KEPT_ZONES", KEPT_ZONES},
    {"BATCH_POSSIBLE", BATCH_POSSIBLE},
    {"EDGE_COVERS", RUN_COVERS},
    {"EDGE_BORDERS", RUN_BORDERS},
    {"FAMILY_WGS84", GP_WGS84},
    {"FAMILY_GCJ02", GP_GCJ02},
    {"FAMILY_BD09", GP_BD09},
    {"FORMAT", GP_FORMAT},
    {"FORMAT_OVERLAY", GP_FORMAT_OVERLAY},
    {"HEADER_BYTES", GP_HEADER_BYTES},
    {"HALF_TURN", GP_HALF_TURN},
    {"POLE", GP_POLE},
    {"MAX_LAT_E7", GP_MAX_LAT_E7},
    {"LIMIT_M", (long)GP_LIMIT_M},
};

static int module_exec(PyObject *module)
{
    for (size_t i = 0; i < sizeof constants / sizeof constants[0]; i++) {
        if (PyModule_AddIntConstant(module, constants[i].name, constants[i].value) < 0) {
            return -1;
        }
    }
    PyObject *core = PyType_FromModuleAndSpec(module, &core_spec, NULL);
    if (core == NULL) {
        return -1;
    }
    const int status = PyModule_AddObjectRef(module, "Core", core);
    Py_DECREF(core);
    return status;
}

static PyModuleDef_Slot module_slots[] = {{Py_mod_exec, AS_SLOT(module_exec)}, {0, NULL}};

static PyModuleDef module_def = {
    PyModuleDef_HEAD_INIT, "_kernel", "The compiled half of geopolicy (docs/spec/pack-v1.md).", 0, module_methods,
    module_slots, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__kernel(void)
{
    return PyModuleDef_Init(&module_def);
}
