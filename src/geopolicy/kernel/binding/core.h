/* The Python type Core, for module.c.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GEOPOLICY_CORE_H
#define GEOPOLICY_CORE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

extern PyType_Spec core_spec;

#endif
