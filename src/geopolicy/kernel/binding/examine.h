/* The function examine_rings of the Python module, for module.c.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GEOPOLICY_EXAMINE_H
#define GEOPOLICY_EXAMINE_H

#include "core.h"

/* examine_rings(corners, ring_ends, polygon_ends): findings as (kind, ring, x, y), whether rings touch, and the numbers
 * of the rings that enclose nothing. */
PyObject *module_examine_rings(PyObject *module, PyObject *args);

#endif
