/* Batches as Python has them, in capsules, for core.c and module.c.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GEOPOLICY_MANY_H
#define GEOPOLICY_MANY_H

#include "core.h"

#include "lookup/gp_kernel.h"

/* Core._many(batch, lat, lon, accuracy_95_m, codes, effects, demands, is_in_force): numbers answers; false for a damaged
 * pack. */
PyObject *many_run(const gp_pack_t *pack, PyObject *args);

/* batch(): a batch with no answers. */
PyObject *module_batch(PyObject *module, PyObject *unused);

/* join_batch(batch, other, codes): numbers the answers of another batch, too, and brings its codes up to date. ValueError
 * for a code that is none of its. */
PyObject *module_join_batch(PyObject *module, PyObject *args);

/* batch_rows(batch): its answers, then its outcomes: of both the heads (uint32), where each row begins in the words and
 * where the last one ends (uint64), and the words (uint32); see batch.h. */
PyObject *module_batch_rows(PyObject *module, PyObject *batch);

/* list_ends(numbers, begins, values, ends) and list_values(numbers, begins, values, into): fill the last one, see lists.h.
 * ValueError where these are false. */
PyObject *module_list_ends(PyObject *module, PyObject *args);
PyObject *module_list_values(PyObject *module, PyObject *args);

#endif
