/* Who near a block says the same: the counterpart of `_echoes` in pipeline/judge/beside.py. */
#include "kernels.h"

enum { SAME, HELD_ABOVE, HELD_BELOW, HELD, HOLDS_ABOVE, HOLDS_BELOW, HOLDS, COLUMNS };

/* Of the pairs of characters of a text, a bit each: a text that is held by another one has no other bits. */
static uint64_t pairs_of(PyObject *object)
{
    Text text;
    uint64_t pairs = 0;
    if (text_open(&text, object) < 0)
        return 0;
    for (Py_ssize_t at = 0; at + 1 < text.length; at++) {
        const uint32_t pair = text_at(&text, at) * UINT32_C(31) + text_at(&text, at + 1);
        pairs |= UINT64_C(1) << (pair * UINT32_C(0x9E3779B1) >> 26);
    }
    return pairs;
}

/* Whether one text is in another one; -1 with an exception set. */
static int is_in(PyObject *const *texts, const uint64_t *pairs, Py_ssize_t small, Py_ssize_t large)
{
    if (pairs[small] & ~pairs[large])
        return 0;
    return PyUnicode_Contains(texts[large], texts[small]);
}

/* Fills the row of one block, which is zeros; 0, or -1 with an exception set. */
static int fill(PyObject *const *texts, const uint64_t *pairs, Py_ssize_t own, Py_ssize_t low, Py_ssize_t high, Py_ssize_t least,
                int64_t *row)
{
    const Py_ssize_t size = PyUnicode_GET_LENGTH(texts[own]);
    if (size < least)
        return 0;
    for (Py_ssize_t other = low; other < high; other++) {
        const Py_ssize_t length = PyUnicode_GET_LENGTH(texts[other]);
        const int side = other > own;
        if (other == own || length < least)
            continue;
        const int is_held = length < size;
        const int found = is_held ? is_in(texts, pairs, other, own) : is_in(texts, pairs, own, other);
        if (found < 0)
            return -1;
        if (!found)
            continue;
        if (length == size) {
            row[SAME]++;
        } else if (length > size) {
            row[HELD]++;
            row[HELD_ABOVE + side] = 1;
        } else {
            const Py_ssize_t ends = PyUnicode_Tailmatch(texts[own], texts[other], 0, size, 1);
            if (ends < 0)
                return -1;
            row[HOLDS]++;
            if (row[HOLDS_ABOVE + side] < 1 + ends)
                row[HOLDS_ABOVE + side] = 1 + ends;
        }
    }
    return 0;
}

static PyObject *echoes(PyObject *texts, const View *where, const View *low, const View *high, Py_ssize_t least)
{
    const Py_ssize_t blocks = PyTuple_GET_SIZE(texts);
    PyObject *const *text = ((PyTupleObject *)texts)->ob_item;
    for (Py_ssize_t i = 0; i < blocks; i++)
        if (!PyUnicode_Check(text[i])) {
            PyErr_SetString(PyExc_TypeError, "a text is a str");
            return NULL;
        }
    Column made = {0}, pairs = {0};
    if (column_open_whole(&made, where->count * COLUMNS * 8) < 0 || column_open_whole(&pairs, blocks * 8) < 0)
        goto failed;
    memset(made.data, 0, (size_t)made.used);
    for (Py_ssize_t i = 0; i < blocks; i++)
        ((uint64_t *)pairs.data)[i] = pairs_of(text[i]);
    for (Py_ssize_t i = 0; i < where->count; i++) {
        const int64_t own = ((const int64_t *)where->buffer.buf)[i];
        const int64_t from = ((const int64_t *)low->buffer.buf)[i], to = ((const int64_t *)high->buffer.buf)[i];
        if (from < 0 || own < from || to <= own || to > blocks) {
            PyErr_SetString(PyExc_ValueError, "a block is not among those near it");
            goto failed;
        }
        int64_t *row = (int64_t *)made.data + i * COLUMNS;
        if (fill(text, (const uint64_t *)pairs.data, (Py_ssize_t)own, (Py_ssize_t)from, (Py_ssize_t)to, least, row) < 0)
            goto failed;
    }
    column_drop(&pairs);
    return column_close(&made);
failed:
    column_drop(&pairs);
    column_drop(&made);
    return NULL;
}

const char echoes_doc[] = "echoes(texts, where, low, high, least) -> rows\n\n"
                          "beside.echoes: int64 [candidates, 7] as a bytearray; `where`, `low`, `high`: int64.";

PyObject *kernel_echoes(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *of_texts, *of_where, *of_low, *of_high, *made = NULL;
    Py_ssize_t least;
    if (!PyArg_ParseTuple(args, "OOOOn", &of_texts, &of_where, &of_low, &of_high, &least))
        return NULL;
    View where = {0}, low = {0}, high = {0};
    PyObject *texts = PySequence_Tuple(of_texts);
    if (texts != NULL && view_open(&where, of_where, 8) == 0 && view_open(&low, of_low, 8) == 0 && view_open(&high, of_high, 8) == 0) {
        if (low.count == where.count && high.count == where.count && least > 0)
            made = echoes(texts, &where, &low, &high, least);
        else
            PyErr_SetString(PyExc_ValueError, "the columns are not of one length, or the least is not above zero");
    }
    view_close(&where);
    view_close(&low);
    view_close(&high);
    Py_XDECREF(texts);
    return made;
}
