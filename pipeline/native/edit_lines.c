/* The records of a document's edits as lines of JSON: the counterpart of pipeline/corpus/packs/edit_lines.py. */
#include "kernels.h"

#define NUMBER 21 /* characters of an int64, at most */
#define ESCAPE 6  /* bytes of a character as JSON has it, at most */

static const char GROUPS[] = "\"groups\":", NOT_COUNTED[] = ",\"of\":0", OF[] = ",\"of\":";
#define LENGTH(literal) ((Py_ssize_t)sizeof(literal) - 1)

/* Templates by key, which ascends, and what was counted of them. */
typedef struct {
    View key, groups, of;
} Counts;

static int make_room(Column *column, Py_ssize_t more)
{
    return column->room - column->used >= more ? 0 : column_grow(column, more);
}

/* Appends bytes for which there is room. */
static void put(Column *column, const char *from, Py_ssize_t size)
{
    memcpy(column->data + column->used, from, (size_t)size);
    column->used += size;
}

/* Appends a number for which there is room. */
static void put_number(Column *column, int64_t number)
{
    char digits[NUMBER];
    char *first = digits + NUMBER;
    uint64_t left = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    do
        *--first = (char)('0' + left % 10);
    while ((left /= 10) != 0);
    if (number < 0)
        *--first = '-';
    put(column, first, digits + NUMBER - first);
}

/* What follows a backslash for a character that has a short escape; 0 for any other. */
static char short_escape(uint32_t code)
{
    switch (code) {
    case '"':
    case '\\':
        return (char)code;
    case '\b':
        return 'b';
    case '\t':
        return 't';
    case '\n':
        return 'n';
    case '\f':
        return 'f';
    case '\r':
        return 'r';
    default:
        return 0;
    }
}

/* Appends the inside of a text in JSON, as `jsonlines.encode` has it; 0, or -1 with an exception set. */
static int put_text(Column *column, const Text *source, Py_ssize_t start, Py_ssize_t end)
{
    static const char digits[] = "0123456789abcdef";
    if (end - start > (PY_SSIZE_T_MAX - 64) / ESCAPE) {
        PyErr_NoMemory();
        return -1;
    }
    if (make_room(column, ESCAPE * (end - start)) < 0)
        return -1;
    char *to = column->data + column->used;
    for (Py_ssize_t at = start; at < end; at++) {
        const uint32_t code = text_at(source, at);
        if (code >= ' ' && code < ASCII && code != '"' && code != '\\') {
            *to++ = (char)code; /* nearly all */
            continue;
        }
        if (code >= 0xD800 && code < 0xE000) {
            PyErr_SetString(PyExc_ValueError, "half a character cannot be written");
            return -1;
        }
        if (code >= ASCII) {
            to += utf8_put(to, code);
            continue;
        }
        const char escape = short_escape(code);
        *to++ = '\\';
        if (escape) {
            *to++ = escape;
            continue;
        }
        memcpy(to, "u00", 3);
        to[3] = digits[code >> 4];
        to[4] = digits[code & 0xF];
        to += 5;
    }
    column->used = to - column->data;
    return 0;
}

static int is_word(char byte)
{
    return is_ascii_letter((unsigned char)byte) || (byte >= '0' && byte <= '9') || byte == '_';
}

static int begins_with(const char *from, const char *end, const char *literal, Py_ssize_t size)
{
    return end - from >= size && memcmp(from, literal, (size_t)size) == 0;
}

/* Looks for the key of a template in the rest of a line: where its first digit stands, and behind `"of":0`. NULL where there is
 * none. -1 in `*failed` where it is no number of 64 bits, with an exception set. */
static const char *find_key(const char *from, const char *end, uint64_t *key, const char **behind, int *failed)
{
    while ((from = memchr(from, '"', (size_t)(end - from))) != NULL) {
        if (!begins_with(from, end, GROUPS, LENGTH(GROUPS))) {
            from++;
            continue;
        }
        const char *first = from += LENGTH(GROUPS);
        int is_too_large = 0;
        for (*key = 0; from < end && *from >= '0' && *from <= '9'; from++) {
            const uint64_t digit = (uint64_t)(*from - '0');
            is_too_large |= *key > (UINT64_MAX - digit) / 10;
            *key = *key * 10 + digit;
        }
        if (from == first || !begins_with(from, end, NOT_COUNTED, LENGTH(NOT_COUNTED)))
            continue;
        *behind = from + LENGTH(NOT_COUNTED);
        if (*behind < end && is_word(**behind))
            continue;
        if (is_too_large) {
            PyErr_SetString(PyExc_OverflowError, "the key of a template has 64 bits");
            *failed = -1;
        }
        return first;
    }
    return NULL;
}

/* Appends the part of a line that does not follow from its place, with counts in place of keys; 0, or -1 with an exception set. */
static int put_told(Column *column, const char *from, const char *end, const Counts *counts)
{
    uint64_t key;
    const char *first, *behind = from;
    int failed = 0;
    while ((first = find_key(from, end, &key, &behind, &failed)) != NULL) {
        if (failed < 0)
            return -1;
        const uint64_t *keys = counts->key.buffer.buf;
        const Py_ssize_t at = count_less(keys, counts->key.count, key);
        if (at == counts->key.count || keys[at] != key) {
            PyErr_Format(PyExc_KeyError, "no template has the key %llu", (unsigned long long)key);
            return -1;
        }
        if (make_room(column, (first - from) + LENGTH(OF) + 2 * NUMBER) < 0)
            return -1;
        put(column, from, first - from);
        put_number(column, ((const int64_t *)counts->groups.buffer.buf)[at]);
        put(column, OF, LENGTH(OF));
        put_number(column, ((const int64_t *)counts->of.buffer.buf)[at]);
        from = behind;
    }
    if (make_room(column, end - from) < 0)
        return -1;
    put(column, from, end - from);
    return 0;
}

/* Appends the lines of all edits; 0, or -1 with an exception set. */
static int put_lines(Column *column, const Py_buffer *told, const View *starts, const View *ends, const Text *source,
                     int64_t document, const Counts *counts)
{
    static const char head[] = "{\"document\":", start_is[] = ",\"start\":", end_is[] = ",\"end\":", text_is[] = ",\"text\":\"";
    const char *from = told->buf, *last = from + told->len;
    for (Py_ssize_t i = 0; i < starts->count; i++) {
        const Py_ssize_t start = ((const int32_t *)starts->buffer.buf)[i], end = ((const int32_t *)ends->buffer.buf)[i];
        const char *newline = from < last ? memchr(from, '\n', (size_t)(last - from)) : NULL;
        if (start < 0 || start > end || end > source->length || newline == NULL) {
            PyErr_SetString(PyExc_ValueError, "edits lie in their source, and each has a line");
            return -1;
        }
        if (make_room(column, LENGTH(head) + LENGTH(start_is) + LENGTH(end_is) + LENGTH(text_is) + 3 * NUMBER) < 0)
            return -1;
        put(column, head, LENGTH(head));
        put_number(column, document);
        put(column, start_is, LENGTH(start_is));
        put_number(column, start);
        put(column, end_is, LENGTH(end_is));
        put_number(column, end);
        put(column, text_is, LENGTH(text_is));
        if (put_text(column, source, start, end) < 0 || make_room(column, 2) < 0)
            return -1;
        put(column, "\",", 2);
        /* The object that was told begins with its brace. */
        if (put_told(column, from + 1, newline + 1, counts) < 0)
            return -1;
        from = newline + 1;
    }
    if (from != last) {
        PyErr_SetString(PyExc_ValueError, "there are more lines than edits");
        return -1;
    }
    return 0;
}

const char edit_lines_doc[] =
    "edit_lines(told, starts, ends, source, document, key, groups, of) -> bytes\n\n"
    "edit_lines.edit_lines. `told`: bytes, a line for each edit; `starts`, `ends`: int32 [edits]; `source`: a str; `document`: its\n"
    "number, int64; `key`: uint64 [templates], ascending; `groups`, `of`: int64 [templates].";

PyObject *kernel_edit_lines(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *told_object, *of_edits[2], *source_object, *of_templates[3], *made = NULL;
    long long document;
    if (!PyArg_ParseTuple(args, "OOOOLOOO", &told_object, &of_edits[0], &of_edits[1], &source_object, &document,
                          &of_templates[0], &of_templates[1], &of_templates[2]))
        return NULL;
    Text source;
    Py_buffer told;
    if (text_open(&source, source_object) < 0 || PyObject_GetBuffer(told_object, &told, PyBUF_SIMPLE) < 0)
        return NULL;
    View starts, ends;
    Counts counts;
    Column column;
    memset(&starts, 0, sizeof starts);
    memset(&ends, 0, sizeof ends);
    memset(&counts, 0, sizeof counts);
    memset(&column, 0, sizeof column);
    if (view_open(&starts, of_edits[0], 4) < 0 || view_open(&ends, of_edits[1], 4) < 0)
        goto done;
    if (view_open(&counts.key, of_templates[0], 8) < 0 || view_open(&counts.groups, of_templates[1], 8) < 0 ||
        view_open(&counts.of, of_templates[2], 8) < 0)
        goto done;
    if (starts.count != ends.count || counts.key.count != counts.groups.count || counts.key.count != counts.of.count) {
        PyErr_SetString(PyExc_ValueError, "the columns are not of one length");
        goto done;
    }
    if (told.len > PY_SSIZE_T_MAX / 4 || column_open(&column, 2 * told.len + 64) < 0)
        goto done;
    if (put_lines(&column, &told, &starts, &ends, &source, document, &counts) == 0)
        made = PyBytes_FromStringAndSize(column.data, column.used);
done:
    PyBuffer_Release(&told);
    view_close(&starts);
    view_close(&ends);
    view_close(&counts.key);
    view_close(&counts.groups);
    view_close(&counts.of);
    column_drop(&column);
    return made;
}
