/* The functions examine_rings and examine_zones of the Python module, for module.c.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GEOPOLICY_EXAMINE_H
#define GEOPOLICY_EXAMINE_H

#include "core.h"

/* examine_rings(corners, ring_ends, polygon_ends): findings as (kind, ring, x, y), whether rings touch, and the numbers
 * of the rings that enclose nothing. */
PyObject *module_examine_rings(PyObject *module, PyObject *args);

/* examine_zones(corners, ring_ends, polygon_ends, zone_ends): bytes, 1 for each zone of which examine_rings says nothing:
 * no findings, no touches, no empty rings. */
PyObject *module_examine_zones(PyObject *module, PyObject *args);

#endif
