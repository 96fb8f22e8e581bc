/* examine_rings: the sweep for Python.
 * SPDX-License-Identifier: Apache-2.0 */
#include "examine.h"

#include <stdlib.h>
#include <string.h>

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

static const char NO_FIT[] = "arrays of rings must fit together";

/* The bytes of a buffer. They are copied, for others may write into it while the interpreter's lock is given up. */
typedef struct {
    void *bytes;
    size_t length;
} own_array_t;

static bool take_array(PyObject *object, own_array_t *array)
{
    Py_buffer buffer;
    if (PyObject_GetBuffer(object, &buffer, PyBUF_CONTIG_RO) != 0) {
        return false;
    }
    array->length = (size_t)buffer.len;
    array->bytes = malloc(array->length + 1u);
    if (array->bytes == NULL) {
        PyErr_NoMemory();
    } else if (array->length > 0) {
        memcpy(array->bytes, buffer.buf, array->length);
    }
    PyBuffer_Release(&buffer);
    return array->bytes != NULL;
}

/* Of the first three arrays. */
static gp_rings_t rings_in(const own_array_t *arrays)
{
    return (gp_rings_t){.corners = arrays[0].bytes, .ring_ends = arrays[1].bytes, .polygon_ends = arrays[2].bytes,
                        .ring_count = (uint32_t)(arrays[1].length / 4),
                        .polygon_count = (uint32_t)(arrays[2].length / 4)};
}

static bool fit_together(const own_array_t *arrays)
{
    const gp_rings_t rings = rings_in(arrays);
    return arrays[0].length % 16 == 0 && arrays[1].length % 4 == 0 && arrays[2].length % 4 == 0 &&
           are_ends_of(rings.ring_ends, rings.ring_count, arrays[0].length / 16) &&
           are_ends_of(rings.polygon_ends, rings.polygon_count, rings.ring_count);
}

static void raise_by_status(gp_sweep_status_t status)
{
    if (status == GP_SWEEP_MEMORY) {
        PyErr_NoMemory();
    } else {
        PyErr_SetString(PyExc_ValueError, "coordinates must be within 2**52, corners at most 2**28");
    }
}

static PyObject *run_sweep(const own_array_t *arrays)
{
    const gp_rings_t rings = rings_in(arrays);
    if (!fit_together(arrays)) {
        PyErr_SetString(PyExc_ValueError, NO_FIT);
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
    } else {
        raise_by_status(status);
    }
    gp_swept_free(&swept);
    return result;
}

/* The rings of all zones, and room for the ends of one zone's rings and polygons, counted from its first. */
typedef struct {
    gp_rings_t all;
    const uint32_t *zone_ends;
    uint32_t zone_count;
    uint32_t *ring_ends, *polygon_ends;
} gp_zone_rings_t;

static void count_from(uint32_t *to, const uint32_t *from, uint32_t count, uint32_t first)
{
    for (uint32_t i = 0; i < count; i++) {
        to[i] = from[i] - first;
    }
}

/* Whether there is nothing to say about each zone. */
static gp_sweep_status_t sweep_zones(const gp_zone_rings_t *zones, char *are_plain)
{
    const gp_rings_t *all = &zones->all;
    uint32_t polygon = 0, ring = 0, corner = 0;
    for (uint32_t zone = 0; zone < zones->zone_count; zone++) {
        const uint32_t polygon_end = zones->zone_ends[zone];
        const uint32_t ring_end = polygon_end == 0 ? 0 : all->polygon_ends[polygon_end - 1u];
        const gp_rings_t own = {.corners = all->corners + 2u * (size_t)corner, .ring_ends = zones->ring_ends,
                                .polygon_ends = zones->polygon_ends, .ring_count = ring_end - ring,
                                .polygon_count = polygon_end - polygon};
        gp_swept_t swept = {0};
        count_from(zones->ring_ends, all->ring_ends + ring, own.ring_count, corner);
        count_from(zones->polygon_ends, all->polygon_ends + polygon, own.polygon_count, ring);
        const gp_sweep_status_t status = gp_sweep(&own, &swept);
        if (status == GP_SWEEP_OK) {
            are_plain[zone] = swept.count == 0 && !swept.touches;
            for (uint32_t i = 0; i < own.ring_count; i++) {
                are_plain[zone] = are_plain[zone] && !swept.is_empty[i];
            }
        }
        gp_swept_free(&swept);
        if (status != GP_SWEEP_OK) {
            return status;
        }
        polygon = polygon_end;
        ring = ring_end;
        corner = ring_end == 0 ? 0 : all->ring_ends[ring_end - 1u];
    }
    return GP_SWEEP_OK;
}

static PyObject *run_zones(const own_array_t *arrays)
{
    gp_zone_rings_t zones = {.all = rings_in(arrays), .zone_ends = arrays[3].bytes,
                             .zone_count = (uint32_t)(arrays[3].length / 4)};
    if (!fit_together(arrays) || arrays[3].length % 4 != 0 ||
        !are_ends_of(zones.zone_ends, zones.zone_count, zones.all.polygon_count)) {
        PyErr_SetString(PyExc_ValueError, NO_FIT);
        return NULL;
    }
    PyObject *result = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)zones.zone_count);
    gp_sweep_status_t status = GP_SWEEP_MEMORY;
    if (result == NULL) {
        return NULL;
    }
    char *are_plain = PyBytes_AsString(result);
    zones.ring_ends = malloc(4u * ((size_t)zones.all.ring_count + 1u));
    zones.polygon_ends = malloc(4u * ((size_t)zones.all.polygon_count + 1u));
    if (zones.ring_ends != NULL && zones.polygon_ends != NULL) {
        Py_BEGIN_ALLOW_THREADS
        status = sweep_zones(&zones, are_plain);
        Py_END_ALLOW_THREADS
    }
    free(zones.ring_ends);
    free(zones.polygon_ends);
    if (status != GP_SWEEP_OK) {
        Py_CLEAR(result);
        raise_by_status(status);
    }
    return result;
}

/* The result of a function of so many arrays. */
static PyObject *of_arrays(PyObject *args, int count, PyObject *(*run)(const own_array_t *))
{
    PyObject *objects[4], *result = NULL;
    own_array_t arrays[4];
    int taken = 0;
    if (!PyArg_ParseTuple(args, count == 3 ? "OOO" : "OOOO", &objects[0], &objects[1], &objects[2], &objects[3])) {
        return NULL;
    }
    while (taken < count && take_array(objects[taken], &arrays[taken])) {
        taken++;
    }
    if (taken == count) {
        result = run(arrays);
    }
    while (taken > 0) {
        free(arrays[--taken].bytes);
    }
    return result;
}

PyObject *module_examine_rings(PyObject *module, PyObject *args)
{
    (void)module;
    return of_arrays(args, 3, run_sweep);
}

PyObject *module_examine_zones(PyObject *module, PyObject *args)
{
    (void)module;
    return of_arrays(args, 4, run_zones);
}
