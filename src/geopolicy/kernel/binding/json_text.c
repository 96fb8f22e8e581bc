/* json_text: JSON without its traps to Python objects; what a trap may be is given up (json_text.h).
 * SPDX-License-Identifier: Apache-2.0 */
#include "json_text.h"

#include <stdlib.h>
#include <string.h>

#include "json_number.h"

#define MOST_NESTING 64
#define MOST_KEPT_LENGTH 32u

/* What an object or a list is. Coordinates are kept as doubles only in the geometry of a feature. */
typedef enum { ANYTHING, COLLECTION, FEATURES, FEATURE, GEOMETRY, COORDINATES } role_t;

static PyObject *value_of(json_text_t *text, role_t role, int nesting);

/* Strings --------------------------------------------------------------- */

/* Four hexadecimal digits; -1 for anything else. */
static int32_t hex4(const char *at, const char *end)
{
    int32_t value = 0;
    if (end - at < 4) {
        return -1;
    }
    for (int i = 0; i < 4; i++) {
        const char sign = at[i];
        const int digit = sign >= '0' && sign <= '9'   ? sign - '0'
                          : sign >= 'a' && sign <= 'f' ? sign - 'a' + 10
                          : sign >= 'A' && sign <= 'F' ? sign - 'A' + 10
                                                       : -1;
        if (digit < 0) {
            return -1;
        }
        value = value * 16 + digit;
    }
    return value;
}

static char *put_utf8(char *to, int32_t point)
{
    if (point < 0x80) {
        *to++ = (char)point;
        return to;
    }
    const int following = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    *to++ = (char)((following == 1 ? 0xC0 : following == 2 ? 0xE0 : 0xF0) | (point >> (6 * following)));
    for (int i = following - 1; i >= 0; i--) {
        *to++ = (char)(0x80 | ((point >> (6 * i)) & 0x3F));
    }
    return to;
}

/* One escape behind its backslash, as UTF-8; NULL for none, and for half of a surrogate pair. */
static const char *unescape(const char *at, const char *end, char **to)
{
    static const char signs[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    const char *known = at < end && *at != '\0' ? strchr(signs, *at) : NULL;
    if (known != NULL) {
        *(*to)++ = meant[known - signs];
        return at + 1;
    }
    const int32_t unit = at < end && *at == 'u' ? hex4(at + 1, end) : -1;
    if (unit < 0 || (unit >= 0xDC00 && unit <= 0xDFFF)) {
        return NULL;
    }
    if (unit < 0xD800 || unit > 0xDFFF) {
        *to = put_utf8(*to, unit);
        return at + 5;
    }
    const int32_t low = end - at >= 11 && at[5] == '\\' && at[6] == 'u' ? hex4(at + 7, end) : -1;
    if (low < 0xDC00 || low > 0xDFFF) {
        return NULL;
    }
    *to = put_utf8(*to, 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00));
    return at + 11;
}

/* A text of UTF-8; NULL for other bytes. */
static PyObject *decoded(const char *utf8, size_t length)
{
    PyObject *object = PyUnicode_DecodeUTF8(utf8, (Py_ssize_t)length, "strict");
    if (object == NULL && PyErr_ExceptionMatches(PyExc_UnicodeDecodeError)) {
        PyErr_Clear();
    }
    return object;
}

/* A text with escapes: as UTF-8 it is no longer than as it stands there. */
static PyObject *unescaped(const char *at, const char *end)
{
    PyObject *result = NULL;
    char *utf8 = malloc((size_t)(end - at) + 1u), *to = utf8;
    if (utf8 == NULL) {
        return PyErr_NoMemory();
    }
    while (at != NULL && at < end) {
        if (*at == '\\') {
            at = unescape(at + 1, end, &to);
        } else {
            *to++ = *at++;
        }
    }
    if (at != NULL) {
        result = decoded(utf8, (size_t)(to - utf8));
    }
    free(utf8);
    return result;
}

/* A text without escapes; a short one that stood there before is the same object. */
static PyObject *plain_text(json_text_t *text, const char *start, size_t length)
{
    uint32_t hash = 2166136261u;
    if (length > MOST_KEPT_LENGTH) {
        return decoded(start, length);
    }
    for (size_t i = 0; i < length; i++) {
        hash = (hash ^ (unsigned char)start[i]) * 16777619u;
    }
    kept_text_t *kept = &text->kept[(hash ^ (hash >> 15)) % KEPT_TEXTS];
    if (kept->object == NULL || kept->length != length || memcmp(kept->start, start, length) != 0) {
        PyObject *object = decoded(start, length);
        if (object == NULL) {
            return NULL;
        }
        Py_XDECREF(kept->object);
        *kept = (kept_text_t){start, length, object};
    }
    Py_INCREF(kept->object);
    return kept->object;
}

/* A text behind its quotation mark. */
static PyObject *string_of(json_text_t *text)
{
    const char *start = text->at, *at = start;
    bool has_escapes = false;
    while (at < text->end && *at != '"') {
        if ((unsigned char)*at < 0x20) {
            return NULL;
        }
        if (*at == '\\') {
            has_escapes = true;
            at++;
        }
        at++;
    }
    if (at >= text->end) {
        return NULL;
    }
    text->at = at + 1;
    return has_escapes ? unescaped(start, at) : plain_text(text, start, (size_t)(at - start));
}

/* Objects and lists ----------------------------------------------------- */

/* What the value of a member is, by the name as it stands there. */
static role_t role_of(role_t owner, const char *name, size_t length)
{
    static const struct {
        role_t owner, role;
        const char *name;
    } members[] = {{COLLECTION, FEATURES, "features"}, {FEATURE, GEOMETRY, "geometry"},
                   {GEOMETRY, COORDINATES, "coordinates"}};
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        if (members[i].owner == owner && strlen(members[i].name) == length &&
            memcmp(members[i].name, name, length) == 0) {
            return members[i].role;
        }
    }
    return ANYTHING;
}

static bool add_member(json_text_t *text, PyObject *members, role_t role, int nesting)
{
    if (!take(text, '"')) {
        return false;
    }
    const char *start = text->at;
    PyObject *name = string_of(text), *value = NULL;
    const size_t length = (size_t)(text->at - start) - 1u;
    if (name != NULL && take(text, ':')) {
        value = value_of(text, role_of(role, start, length), nesting);
    }
    const bool is_added = value != NULL && PyDict_SetItem(members, name, value) == 0;
    Py_XDECREF(name);
    Py_XDECREF(value);
    return is_added;
}

/* An object behind its brace; one that names a member twice is given up. */
static PyObject *object_of(json_text_t *text, role_t role, int nesting)
{
    PyObject *members = PyDict_New();
    Py_ssize_t count = 0;
    bool is_good = members != NULL;
    if (!is_good || take(text, '}')) {
        return members;
    }
    do {
        is_good = add_member(text, members, role, nesting);
        count++;
    } while (is_good && take(text, ','));
    if (!is_good || !take(text, '}') || PyDict_Size(members) != count) {
        Py_CLEAR(members);
    }
    return members;
}

/* A list behind its bracket. */
static PyObject *list_of(json_text_t *text, role_t role, int nesting)
{
    const role_t of_entries = role == FEATURES ? FEATURE : ANYTHING;
    PyObject *entries = PyList_New(0);
    bool is_good = entries != NULL;
    if (!is_good || take(text, ']')) {
        return entries;
    }
    do {
        PyObject *entry = value_of(text, of_entries, nesting);
        is_good = entry != NULL && PyList_Append(entries, entry) == 0;
        Py_XDECREF(entry);
    } while (is_good && take(text, ','));
    if (!is_good || !take(text, ']')) {
        Py_CLEAR(entries);
    }
    return entries;
}

/* Values ---------------------------------------------------------------- */

static PyObject *word_of(json_text_t *text)
{
    static const struct {
        const char *word;
        size_t length;
    } words[] = {{"true", 4}, {"false", 5}, {"null", 4}};
    PyObject *const values[] = {Py_True, Py_False, Py_None};
    for (size_t i = 0; i < 3; i++) {
        if ((size_t)(text->end - text->at) >= words[i].length &&
            memcmp(text->at, words[i].word, words[i].length) == 0) {
            text->at += words[i].length;
            Py_INCREF(values[i]);
            return values[i];
        }
    }
    return NULL;
}

static PyObject *number_of(json_text_t *text)
{
    json_number_t number;
    if (!json_number_read(text->at, text->end, &number)) {
        return NULL;
    }
    text->at = number.end;
    return json_number_object(&number);
}

static PyObject *value_of(json_text_t *text, role_t role, int nesting)
{
    skip_blanks(text);
    if (!may_go_on(text) || text->at >= text->end || nesting >= MOST_NESTING) {
        return NULL;
    }
    const char *start = text->at;
    if (role == COORDINATES && text->coordinates != NULL) {
        PyObject *coordinates = json_coordinates(text);
        if (coordinates != NULL || PyErr_Occurred()) {
            return coordinates;
        }
        text->at = start;
    }
    switch (*start) {
    case '{':
        text->at++;
        return object_of(text, role, nesting + 1);
    case '[':
        text->at++;
        return list_of(text, role, nesting + 1);
    case '"':
        text->at++;
        return string_of(text);
    case 't':
    case 'f':
    case 'n':
        return word_of(text);
    default:
        return number_of(text);
    }
}

/* The only value of a text, in a tuple. */
static PyObject *only_value(json_text_t *text)
{
    PyObject *value = value_of(text, COLLECTION, 0);
    if (value != NULL) {
        skip_blanks(text);
        if (text->at == text->end) {
            return Py_BuildValue("(N)", value);
        }
        Py_DECREF(value);
    }
    return NULL;
}

PyObject *module_read_json(PyObject *module, PyObject *args)
{
    PyObject *bytes, *coordinates;
    char *start;
    Py_ssize_t length;
    json_text_t *text;
    (void)module;
    if (!PyArg_ParseTuple(args, "OO", &bytes, &coordinates) ||
        PyBytes_AsStringAndSize(bytes, &start, &length) < 0) {
        return NULL;
    }
    text = calloc(1, sizeof *text);
    if (text == NULL) {
        return PyErr_NoMemory();
    }
    text->at = text->start = start;
    text->end = start + length;
    text->bytes = bytes;
    text->coordinates = coordinates == Py_None ? NULL : coordinates;
    PyObject *result = only_value(text);
    for (size_t i = 0; i < KEPT_TEXTS; i++) {
        Py_XDECREF(text->kept[i].object);
    }
    free(text->numbers);
    free(text);
    if (result == NULL && !PyErr_Occurred()) {
        Py_RETURN_NONE;
    }
    return result;
}
