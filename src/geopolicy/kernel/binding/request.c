/* Implements request.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "request.h"

#include "lookup/gp_kernel.h"

/* Puts positional and named arguments in their places; what is not given stays NULL. */
static bool arrange(const request_form_t *form, PyObject *const *args, Py_ssize_t count, PyObject *named,
                    PyObject **objects)
{
    const Py_ssize_t most = 2 * form->pairs + 1, needed = form->default_length < 0.0 ? most : most - 1;
    const Py_ssize_t named_count = named == NULL ? 0 : PyTuple_Size(named);
    for (Py_ssize_t i = 0; i < most; i++) {
        objects[i] = i < count ? args[i] : NULL;
    }
    if (count > most) {
        PyErr_Format(PyExc_TypeError, "takes at most %zd arguments, got %zd", most, count);
        return false;
    }
    for (Py_ssize_t n = 0; n < named_count; n++) {
        PyObject *name = PyTuple_GetItem(named, n);
        Py_ssize_t i = 0;
        while (i < most && PyUnicode_CompareWithASCIIString(name, form->names[i]) != 0) {
            i++;
        }
        if (i == most || objects[i] != NULL) {
            PyErr_Format(PyExc_TypeError, i == most ? "got an unexpected argument %R" : "got %R twice", name);
            return false;
        }
        objects[i] = args[count + n];
    }
    for (Py_ssize_t i = 0; i < needed; i++) {
        if (objects[i] == NULL) {
            PyErr_Format(PyExc_TypeError, "needs the argument '%s'", form->names[i]);
            return false;
        }
    }
    return true;
}

/* The number that an argument is. false: an exception that names the argument is set. */
static bool as_double(const char *name, PyObject *object, double *value)
{
    if (PyBool_Check(object)) {
        PyErr_Format(PyExc_TypeError, "%s must be a real number, got bool", name);
        return false;
    }
    *value = PyFloat_AsDouble(object);
    if (*value != -1.0 || PyErr_Occurred() == NULL) {
        return true;
    }
    if (!PyErr_ExceptionMatches(PyExc_OverflowError)) {
        if (PyErr_ExceptionMatches(PyExc_TypeError)) {
            PyErr_Clear();
            PyObject *type = PyObject_GetAttrString((PyObject *)Py_TYPE(object), "__name__");
            if (type != NULL) {
                PyErr_Format(PyExc_TypeError, "%s must be a real number, got %U", name, type);
                Py_DECREF(type);
            }
        }
        return false;
    }
    PyErr_Clear(); /* a whole number beyond every double is out of every range */
    *value = Py_HUGE_VAL;
    return true;
}

static bool is_length(double length)
{
    return length >= 0.0 && length <= GP_LIMIT_M;
}

bool read_request(const request_form_t *form, PyObject *raise_invalid, PyObject *const *args, Py_ssize_t count,
                  PyObject *named, request_t *request)
{
    PyObject *objects[MOST_ARGUMENTS];
    if (!arrange(form, args, count, named, objects)) {
        return false;
    }
    request->length = form->default_length;
    for (int i = 0; i < form->pairs; i++) {
        if (!as_double(form->names[2 * i], objects[2 * i], &request->lat[i]) ||
            !as_double(form->names[2 * i + 1], objects[2 * i + 1], &request->lon[i])) {
            return false;
        }
    }
    PyObject *length = objects[2 * form->pairs];
    if (length != NULL && !as_double(form->names[2 * form->pairs], length, &request->length)) {
        return false;
    }
    for (int i = 0; i < form->pairs; i++) {
        if (!gp_is_position(request->lat[i], request->lon[i]) || !is_length(request->length)) {
            PyObject *raised = PyObject_CallFunction(raise_invalid, "OOsO", objects[2 * i], objects[2 * i + 1],
                                                     form->names[2 * form->pairs], length == NULL ? Py_None : length);
            if (raised != NULL) {
                Py_DECREF(raised);
                PyErr_SetString(PyExc_ValueError, "a position or length is out of range");
            }
            return false;
        }
    }
    return true;
}
