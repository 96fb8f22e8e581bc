/* examine_rings: the sweep for Python.
 * SPDX-License-Identifier: Apache-2.0 */
#include "examine.h"

#include "sweep/sweep.h"

/* Whether ends do not fall, and the last of them is count. */
static bool are_ends_of(const uint32_t *ends, uint32_t end_count, size_t count)
{
    uint32_t before = 0;
    for (uint32_t i = 0; i < end_count; i++) {
        if (ends[i] < before) {
            return false;
        }
        before = ends[i];
    }
    return before == count;
}

static PyObject *finding_list(const gp_swept_t *swept)
{
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list != NULL && i < swept->count; i++) {
        const gp_finding_t *finding = &swept->findings[i];
        PyObject *item = Py_BuildValue("(iIdd)", finding->kind, finding->ring, finding->x, finding->y);
        if (item == NULL || PyList_Append(list, item) < 0) {
            Py_CLEAR(list);
        }
        Py_XDECREF(item);
    }
    return list;
}

static PyObject *empty_ring_list(const gp_swept_t *swept, uint32_t ring_count)
{
    PyObject *list = PyList_New(0);
    for (uint32_t ring = 0; list != NULL && ring < ring_count; ring++) {
        PyObject *number = swept->is_empty[ring] ? PyLong_FromUnsignedLong(ring) : NULL;
        if (swept->is_empty[ring] && (number == NULL || PyList_Append(list, number) < 0)) {
            Py_CLEAR(list);
        }
        Py_XDECREF(number);
    }
    return list;
}

static PyObject *run_sweep(const Py_buffer *buffers)
{
    const gp_rings_t rings = {.corners = buffers[0].buf, .ring_ends = buffers[1].buf, .polygon_ends = buffers[2].buf,
                              .ring_count = (uint32_t)(buffers[1].len / 4),
                              .polygon_count = (uint32_t)(buffers[2].len / 4)};
    if (buffers[0].len % 16 != 0 || buffers[1].len % 4 != 0 || buffers[2].len % 4 != 0 ||
        !are_ends_of(rings.ring_ends, rings.ring_count, (size_t)(buffers[0].len / 16)) ||
        !are_ends_of(rings.polygon_ends, rings.polygon_count, rings.ring_count)) {
        PyErr_SetString(PyExc_ValueError, "arrays of rings must fit together");
        return NULL;
    }
    gp_swept_t swept = {0};
    gp_sweep_status_t status;
    PyObject *result = NULL;
    Py_BEGIN_ALLOW_THREADS
    status = gp_sweep(&rings, &swept);
    Py_END_ALLOW_THREADS
    if (status == GP_SWEEP_OK) {
        result = Py_BuildValue("(NNN)", finding_list(&swept), PyBool_FromLong(swept.touches),
                               empty_ring_list(&swept, rings.ring_count));
    } else if (status == GP_SWEEP_MEMORY) {
        PyErr_NoMemory();
    } else {
        PyErr_SetString(PyExc_ValueError, "coordinates must be within 2**52, corners at most 2**28");
    }
    gp_swept_free(&swept);
    return result;
}

PyObject *module_examine_rings(PyObject *module, PyObject *args)
{
    PyObject *objects[3], *result = NULL;
    Py_buffer buffers[3];
    int taken = 0;
    (void)module;
    if (!PyArg_ParseTuple(args, "OOO", &objects[0], &objects[1], &objects[2])) {
        return NULL;
    }
    while (taken < 3 && PyObject_GetBuffer(objects[taken], &buffers[taken], PyBUF_CONTIG_RO) == 0) {
        taken++;
    }
    if (taken == 3) {
        result = run_sweep(buffers);
    }
    while (taken > 0) {
        PyBuffer_Release(&buffers[--taken]);
    }
    return result;
}
