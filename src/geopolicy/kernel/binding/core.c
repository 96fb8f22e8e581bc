/* The Python type geopolicy._kernel.Core: parses, asks, and remembers decisions. No geometry here.
 * SPDX-License-Identifier: Apache-2.0 */
#include "core.h"

#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "decision_cache.h"
#include "many.h"
#include "request.h"
#include "seed.h"

typedef struct {
    PyObject_HEAD
    Py_buffer buffer;
    gp_pack_t pack;
    PyObject *make_decision; /* (zones that apply, zones whose border is met, why unknown) -> Decision */
    PyObject *raise_invalid; /* (lat, lon, name, length): raises what is wrong with them */
    decision_cache_t cache;
    answer_t *spare; /* no query's: kept for the next one, for its memory; may be NULL */
} core_t;

/* An answer for one query; NULL with an error set. Wherever a Python object is made or called, other queries of the core
 * may run: in finalizers, or in other threads. So each has an answer of its own. */
static answer_t *take_answer(core_t *core)
{
    answer_t *answer = core->spare != NULL ? core->spare : calloc(1, sizeof *answer);
    core->spare = NULL;
    if (answer == NULL) {
        PyErr_NoMemory();
    }
    return answer;
}

static void discard(answer_t *answer)
{
    if (answer != NULL) {
        answer_free(answer);
        free(answer);
    }
}

static void give_back(core_t *core, answer_t *answer)
{
    discard(core->spare);
    core->spare = answer;
}

/* ---- Decisions ---------------------------------------------------------------------------------------- */

static PyObject *tuple_of(const uint32_t *owners, uint32_t count)
{
    PyObject *tuple = PyTuple_New((Py_ssize_t)count);
    for (uint32_t i = 0; tuple != NULL && i < count; i++) {
        PyObject *owner = PyLong_FromUnsignedLong(owners[i]);
        if (owner == NULL || PyTuple_SetItem(tuple, (Py_ssize_t)i, owner) < 0) {
            Py_CLEAR(tuple);
        }
    }
    return tuple;
}

/* The arguments of make_decision. */
static PyObject *arguments_of(const uint32_t *applies, uint32_t applies_count, const uint32_t *met, uint32_t met_count,
                              uint32_t unknown)
{
    PyObject *first = tuple_of(applies, applies_count), *second = tuple_of(met, met_count), *arguments = NULL;
    if (first != NULL && second != NULL) {
        arguments = Py_BuildValue("(OOk)", first, second, (unsigned long)unknown);
    }
    Py_XDECREF(first);
    Py_XDECREF(second);
    return arguments;
}

/* A decision from arguments, whose reference it takes; NULL is passed on. */
static PyObject *decision_for(core_t *core, PyObject *arguments)
{
    PyObject *decision = arguments == NULL ? NULL : PyObject_CallObject(core->make_decision, arguments);
    Py_XDECREF(arguments);
    return decision;
}

static PyObject *arguments_of_answer(const answer_t *answer)
{
    return arguments_of(answer->applies, answer->applies_count, answer->met, answer->met_count, answer->unknown);
}

/* The arguments for an answer known by its id, found again at a position that has it. */
static PyObject *arguments_of_id(core_t *core, double lat, double lon, answer_t *answer)
{
    return answer_fully(&core->pack, lat, lon, 0.0, answer) ? arguments_of_answer(answer) : PyErr_NoMemory();
}

/* A decision that was just made, kept for the next time; NULL is passed on. */
static PyObject *kept(core_t *core, const answer_key_t *key, PyObject *decision)
{
    if (decision != NULL) {
        decision_cache_keep(&core->cache, key, decision);
    }
    return decision;
}

static PyObject *decide_id(core_t *core, gp_answer_id_t id, double lat, double lon, answer_t *answer)
{
    answer_key_t key;
    name_by_id(&key, id);
    PyObject *decision = decision_cache_get(&core->cache, &key);
    return decision != NULL ? Py_NewRef(decision)
                            : kept(core, &key, decision_for(core, arguments_of_id(core, lat, lon, answer)));
}

/* The same for an answer in full. */
static PyObject *decide_in_full(core_t *core, const answer_t *answer)
{
    answer_key_t key;
    name_in_full(&key, answer);
    PyObject *decision = decision_cache_get(&core->cache, &key);
    return decision != NULL ? Py_NewRef(decision)
                            : kept(core, &key, decision_for(core, arguments_of_answer(answer)));
}

/* The same for an answer of some kind, which goes back to the core. */
static PyObject *decide_answer(core_t *core, answer_kind_t kind, gp_answer_id_t id, double lat, double lon,
                               answer_t *answer)
{
    PyObject *decision = kind == ANSWER_FAILED  ? PyErr_NoMemory()
                         : kind == ANSWER_BY_ID ? decide_id(core, id, lat, lon, answer)
                                                : decide_in_full(core, answer);
    give_back(core, answer);
    return decision;
}

/* ---- Queries ----------------------------------------------------------------------------------------- */

static const request_form_t DECIDE = {{"lat", "lon", "accuracy_95_m"}, 1, 0.0};
static const request_form_t DECIDE_PATH = {{"lat0", "lon0", "lat1", "lon1", "accuracy_95_m"}, 2, 0.0};
static const request_form_t NEAR = {{"lat", "lon", "radius_m"}, 1, NO_DEFAULT};
static const request_form_t SAFE_RADIUS = {{"lat", "lon", "limit_m"}, 1, GP_LIMIT_M};

static bool read_arguments(core_t *core, const request_form_t *form, PyObject *const *args, Py_ssize_t count,
                           PyObject *named, request_t *request)
{
    if (core->pack.bytes == NULL) {
        PyErr_SetString(PyExc_RuntimeError, "no pack is open");
        return false;
    }
    return read_request(form, core->raise_invalid, args, count, named, request);
}

static PyObject *core_decide(core_t *core, PyObject *const *args, Py_ssize_t count, PyObject *named)
{
    request_t request;
    gp_answer_id_t id;
    if (!read_arguments(core, &DECIDE, args, count, named, &request)) {
        return NULL;
    }
    answer_t *answer = take_answer(core);
    if (answer == NULL) {
        return NULL;
    }
    const answer_kind_t kind =
        answer_position(&core->pack, request.lat[0], request.lon[0], request.length, &id, answer);
    return decide_answer(core, kind, id, request.lat[0], request.lon[0], answer);
}

static PyObject *core_decide_path(core_t *core, PyObject *const *args, Py_ssize_t count, PyObject *named)
{
    request_t request;
    gp_answer_id_t id;
    if (!read_arguments(core, &DECIDE_PATH, args, count, named, &request)) {
        return NULL;
    }
    const bool is_position = request.lat[0] == request.lat[1] && request.lon[0] == request.lon[1];
    answer_t *answer = take_answer(core);
    if (answer == NULL) {
        return NULL;
    }
    const answer_kind_t kind =
        is_position ? answer_position(&core->pack, request.lat[0], request.lon[0], request.length, &id, answer)
                    : answer_path(&core->pack, request.lat, request.lon, request.length, &id, answer);
    return decide_answer(core, kind, id, request.lat[0], request.lon[0], answer);
}

/* Pairs of a zone and its clearance. */
static PyObject *pairs_of(const answer_t *answer, const double *clearance_m)
{
    PyObject *pairs = PyList_New((Py_ssize_t)answer->applies_count);
    for (uint32_t i = 0; pairs != NULL && i < answer->applies_count; i++) {
        PyObject *pair = Py_BuildValue("(kd)", (unsigned long)answer->applies[i], clearance_m[i]);
        if (pair == NULL || PyList_SetItem(pairs, (Py_ssize_t)i, pair) < 0) {
            Py_CLEAR(pairs);
        }
    }
    return pairs;
}

static PyObject *core_near(core_t *core, PyObject *const *args, Py_ssize_t count, PyObject *named)
{
    request_t request;
    double *clearance_m = NULL;
    if (!read_arguments(core, &NEAR, args, count, named, &request)) {
        return NULL;
    }
    answer_t *answer = take_answer(core);
    if (answer == NULL) {
        return NULL;
    }
    const bool is_found =
        answer_near(&core->pack, request.lat[0], request.lon[0], request.length, answer, &clearance_m);
    PyObject *found = is_found ? pairs_of(answer, clearance_m) : PyErr_NoMemory();
    free(clearance_m);
    give_back(core, answer);
    return found;
}

static PyObject *core_safe_radius(core_t *core, PyObject *const *args, Py_ssize_t count, PyObject *named)
{
    request_t request;
    if (!read_arguments(core, &SAFE_RADIUS, args, count, named, &request)) {
        return NULL;
    }
    return PyFloat_FromDouble(answer_safe_radius(&core->pack, request.lat[0], request.lon[0], request.length));
}

static PyObject *core_many(core_t *core, PyObject *args)
{
    if (core->pack.bytes == NULL) {
        PyErr_SetString(PyExc_RuntimeError, "no pack is open");
        return NULL;
    }
    return many_run(&core->pack, args);
}

/* ---- The type ----------------------------------------------------------------------------------------- */

static PyObject *core_open(core_t *core, PyObject *args)
{
    PyObject *data, *make_decision, *raise_invalid;
    Py_buffer buffer;
    gp_pack_t pack;
    int is_overlay;
    if (!PyArg_ParseTuple(args, "OOOp", &data, &make_decision, &raise_invalid, &is_overlay)) {
        return NULL;
    }
    if (core->pack.bytes != NULL) {
        PyErr_SetString(PyExc_RuntimeError, "a pack is open already");
        return NULL;
    }
    if (!read_seed(&core->cache.seed) || PyObject_GetBuffer(data, &buffer, PyBUF_SIMPLE) < 0) {
        return NULL;
    }
    const gp_status_t status = (is_overlay ? gp_open_overlay : gp_open)(&pack, buffer.buf, (uint64_t)buffer.len);
    if (status == GP_OK) {
        core->buffer = buffer;
        core->pack = pack;
        core->make_decision = Py_NewRef(make_decision);
        core->raise_invalid = Py_NewRef(raise_invalid);
    } else {
        PyBuffer_Release(&buffer);
    }
    return PyLong_FromLong(status);
}

static int core_traverse(core_t *core, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE((PyObject *)core));
    Py_VISIT(core->make_decision);
    Py_VISIT(core->raise_invalid);
    for (size_t i = 0; i < core->cache.count; i++) {
        Py_VISIT(core->cache.entries[i].decision);
    }
    return 0;
}

static int core_clear(core_t *core)
{
    Py_CLEAR(core->make_decision);
    Py_CLEAR(core->raise_invalid);
    decision_cache_clear(&core->cache);
    return 0;
}

static void core_dealloc(PyObject *self)
{
    core_t *core = (core_t *)self;
    PyTypeObject *type = Py_TYPE(self);
    freefunc release = FROM_SLOT(freefunc, PyType_GetSlot(type, Py_tp_free));
    PyObject_GC_UnTrack(self);
    core_clear(core);
    discard(core->spare);
    if (core->pack.bytes != NULL) {
        PyBuffer_Release(&core->buffer);
    }
    release(self);
    Py_DECREF(type);
}

#define FAST(function) ((PyCFunction)(void (*)(void))(function)), METH_FASTCALL | METH_KEYWORDS

/* What has no text here is explained by geopolicy.Engine: help() finds it there. */
static PyMethodDef core_methods[] = {
    {"decide", FAST(core_decide), "decide($self, lat, lon, accuracy_95_m=0.0)\n--\n\n"},
    {"decide_path", FAST(core_decide_path), "decide_path($self, lat0, lon0, lat1, lon1, accuracy_95_m=0.0)\n--\n\n"},
    {"safe_radius", FAST(core_safe_radius), "safe_radius($self, lat, lon, limit_m=10000.0)\n--\n\n"},
    {"_near", FAST(core_near),
     "_near(lat, lon, radius_m)\n--\n\nPairs of an owner and its clearance, in order of owner."},
    {"_many", (PyCFunction)(void (*)(void))core_many, METH_VARARGS,
     "_many(batch, lat, lon, accuracy_95_m, codes, effects, demands, is_in_force)\n--\n\n"
     "Fills codes with numbers of answers in a batch; False if the pack is damaged."},
    {"_open", (PyCFunction)(void (*)(void))core_open, METH_VARARGS,
     "_open(pack, make_decision, raise_invalid, is_overlay)\n--\n\n"
     "Opens a pack, once; the status of gp_open or gp_open_overlay."},
    {NULL, NULL, 0, NULL}};

static PyType_Slot core_slots[] = {
    {Py_tp_doc, "Queries of one pack, with the decisions for its answers."},
    {Py_tp_methods, core_methods},
    {Py_tp_traverse, AS_SLOT(core_traverse)},
    {Py_tp_clear, AS_SLOT(core_clear)},
    {Py_tp_dealloc, AS_SLOT(core_dealloc)},
    {0, NULL}};

PyType_Spec core_spec = {
    .name = "geopolicy._kernel.Core",
    .basicsize = sizeof(core_t),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = core_slots,
};
