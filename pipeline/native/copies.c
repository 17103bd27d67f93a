/* How often documents say the same: the counterpart of `Places.copies` in pipeline/judge/places.py. */
#include "kernels.h"

/* Counts the copies of one document's lines, `lines` of them. `slots` has room for a power of two of line numbers, `size`, at least
 * twice as many; `count` and `earlier` are zeros. */
static void count_copies(const uint64_t *keys, const char *valid, Py_ssize_t lines, int64_t *slots, Py_ssize_t size, int64_t *count,
                         int64_t *earlier)
{
    memset(slots, 0, (size_t)size * sizeof *slots);
    /* So far, by the first line of a key */
    for (Py_ssize_t i = 0; i < lines; i++) {
        if (!valid[i])
            continue;
        uint64_t at = mix64(keys[i]) & (uint64_t)(size - 1);
        while (slots[at] && keys[slots[at] - 1] != keys[i])
            at = (at + 1) & (uint64_t)(size - 1);
        if (!slots[at])
            slots[at] = i + 1;
        earlier[i] = count[slots[at] - 1]++;
    }
    /* A later line has as many as the first one. */
    for (Py_ssize_t i = 0; i < lines; i++) {
        if (!valid[i] || earlier[i] == 0)
            continue;
        uint64_t at = mix64(keys[i]) & (uint64_t)(size - 1);
        while (keys[slots[at] - 1] != keys[i])
            at = (at + 1) & (uint64_t)(size - 1);
        count[i] = count[slots[at] - 1];
    }
}

const char copies_doc[] = "copies(keys, valid, offsets) -> (count, earlier)\n\n"
                          "Places.copies, int64 as bytearrays. `keys`: uint64, `valid`: bool, `offsets`: int64.";

PyObject *kernel_copies(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *of_keys, *of_valid, *of_offsets, *made = NULL;
    if (!PyArg_ParseTuple(args, "OOO", &of_keys, &of_valid, &of_offsets))
        return NULL;
    View keys = {0}, valid = {0}, offsets = {0};
    Column slots = {0}, count = {0}, earlier = {0};
    if (view_open(&keys, of_keys, 8) < 0 || view_open(&valid, of_valid, 1) < 0 || view_open(&offsets, of_offsets, 8) < 0)
        goto done;
    if (valid.count != keys.count || !are_offsets(&offsets, keys.count)) {
        PyErr_SetString(PyExc_ValueError, "the columns are not of one length, or the offsets not those of all lines");
        goto done;
    }
    if (column_open_whole(&count, keys.count * 8) < 0 || column_open_whole(&earlier, keys.count * 8) < 0 || column_open(&slots, 64) < 0)
        goto done;
    memset(count.data, 0, (size_t)count.used);
    memset(earlier.data, 0, (size_t)earlier.used);
    const int64_t *offset = offsets.buffer.buf;
    for (Py_ssize_t i = 0; i + 1 < offsets.count; i++) {
        const Py_ssize_t first = (Py_ssize_t)offset[i], lines = (Py_ssize_t)(offset[i + 1] - offset[i]);
        Py_ssize_t size = 1;
        while (size < 2 * lines)
            size *= 2;
        if (size * 8 > slots.room && column_grow(&slots, size * 8) < 0)
            goto done;
        count_copies((const uint64_t *)keys.buffer.buf + first, (const char *)valid.buffer.buf + first, lines, (int64_t *)slots.data,
                     size, (int64_t *)count.data + first, (int64_t *)earlier.data + first);
    }
    made = columns_close(2, &count, &earlier);
done:
    column_drop(&slots);
    column_drop(&count);
    column_drop(&earlier);
    view_close(&keys);
    view_close(&valid);
    view_close(&offsets);
    return made;
}
