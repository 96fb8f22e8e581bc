/* seed: where the hashes of a process begin, for core.c and many.c.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GEOPOLICY_SEED_H
#define GEOPOLICY_SEED_H

#include "core.h"

#include <stdbool.h>

/* A number that changes from process to process, as the hashes of texts do: who makes packs cannot choose what shares a
 * hash. false: a Python exception is set. */
static inline bool read_seed(uint64_t *seed)
{
    PyObject *text = PyUnicode_FromString("the seed of hashes");
    const Py_hash_t hash = text == NULL ? -1 : PyObject_Hash(text);
    Py_XDECREF(text);
    *seed = (uint64_t)hash;
    return hash != -1;
}

#endif
