/* Which blocks are the text, given by how much each gains: the counterpart of `_chain` in pipeline/judge/choose.py. */
#include "kernels.h"

/* By how much the best choice up to each block of one document wins if that block is chosen. */
static void lead(const int64_t *gain, int64_t *leads, int64_t first, int64_t stop, int64_t change)
{
    int64_t carried = 0;
    for (int64_t i = first; i < stop; i++) {
        const int64_t total = (int64_t)((uint64_t)carried + (uint64_t)gain[i]);
        leads[i] = total;
        carried = total < -change ? -change : total > change ? change : total;
    }
}

/* A lead of less than a change either way is not worth one: such a block does as the next one does. */
static void choose(const int64_t *leads, char *chosen, int64_t first, int64_t stop, int64_t change)
{
    for (int64_t i = stop - 1; i >= first; i--) {
        const int is_clear = i == stop - 1 || leads[i] >= change || leads[i] <= -change;
        chosen[i] = is_clear ? leads[i] > 0 : chosen[i + 1];
    }
}

const char chain_doc[] = "chain(gain, offsets, change) -> chosen\n\n"
                         "choose._chain, bool as a bytearray. `gain`, `offsets`: int64; `change`: what one costs, above zero.";

PyObject *kernel_chain(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *of_gain, *of_offsets, *made = NULL;
    long long change;
    if (!PyArg_ParseTuple(args, "OOL", &of_gain, &of_offsets, &change))
        return NULL;
    View gain = {0}, offsets = {0};
    Column leads = {0}, chosen = {0};
    if (view_open(&gain, of_gain, 8) < 0 || view_open(&offsets, of_offsets, 8) < 0)
        goto done;
    if (!are_offsets(&offsets, gain.count) || change <= 0) {
        PyErr_SetString(PyExc_ValueError, "the offsets are not those of all blocks, or a change costs nothing");
        goto done;
    }
    if (column_open_whole(&leads, gain.count * 8) < 0 || column_open_whole(&chosen, gain.count) < 0)
        goto done;
    const int64_t *offset = offsets.buffer.buf;
    for (Py_ssize_t i = 0; i + 1 < offsets.count; i++) {
        lead(gain.buffer.buf, (int64_t *)leads.data, offset[i], offset[i + 1], change);
        choose((const int64_t *)leads.data, chosen.data, offset[i], offset[i + 1], change);
    }
    made = column_close(&chosen);
done:
    column_drop(&leads);
    column_drop(&chosen);
    view_close(&gain);
    view_close(&offsets);
    return made;
}
