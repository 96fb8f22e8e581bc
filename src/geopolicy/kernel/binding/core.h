/* The Python type Core, for module.c.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GEOPOLICY_CORE_H
#define GEOPOLICY_CORE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <stdint.h>

/* A function as a slot holds it, and back: ISO C has the conversion by way of an integer only. */
#define AS_SLOT(function) ((void *)(uintptr_t)(function))
#define FROM_SLOT(type, slot) ((type)(uintptr_t)(slot))

extern PyType_Spec core_spec;

#endif
