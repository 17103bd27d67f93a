/* Which stretches of a text may need a repair: the counterpart of `may_need` in pipeline/text/normalise.py. */
#include "kernels.h"

enum { TOGETHER = 64 }; /* code points looked at before it is asked what was found */

/* Looks at a stretch of code points of one width, two and more, whether one of them, or two beside each other, may need a repair.
 * What is beyond ASCII may, but for letters of Latin scripts that are printed, and the quotes and dashes of text: no composition can
 * be of these, whatever stands beside them. Most stretches are ASCII, so the loop has no branch, and the compiler makes it look at
 * many at once. */
#define MAY_NEED(type)                                                                                       \
    for (Py_ssize_t low = 1; low < size; low += TOGETHER) {                                                  \
        const type *codes = (const type *)data + low;                                                        \
        const Py_ssize_t count = size - low < TOGETHER ? size - low : TOGETHER;                              \
        type may = 0, beyond = 0;                                                                            \
        for (Py_ssize_t at = 0; at < count; at++) {                                                          \
            const type code = codes[at], before = codes[at - 1];                                             \
            may |= (type)((code < ' ') | (code == '&') | (code == 0x7F) | ((code == ' ') & (before == ' ')));  \
            beyond |= (type)(code & (type)~(ASCII - 1));                                                     \
        }                                                                                                    \
        if (may)                                                                                             \
            return 1;                                                                                        \
        for (Py_ssize_t at = 0; beyond && at < count; at++)                                                  \
            if (may_need_alone(codes[at]))                                                                   \
                return 1;                                                                                    \
    }                                                                                                        \
    return 0;

/* Whether a code point may need one, whatever stands beside it. */
static int may_need_alone(uint32_t code)
{
    if (code < ASCII)
        return code < ' ' || code == '&' || code == 0x7F;
    if (code >= 0x2010 && code <= 0x2027)
        return 0;
    return code >= 0x300 || !Py_UNICODE_ISPRINTABLE(code);
}

static int may_need(const Text *text, Py_ssize_t start, Py_ssize_t end)
{
    const Py_ssize_t size = end - start;
    const void *data = (const char *)text->data + start * text->width;
    if (size == 0)
        return 0;
    if (may_need_alone(text_at(text, start)))
        return 1;
    switch (text->width) {
    case PyUnicode_1BYTE_KIND:
        MAY_NEED(Py_UCS1)
    case PyUnicode_2BYTE_KIND:
        MAY_NEED(Py_UCS2)
    default:
        MAY_NEED(Py_UCS4)
    }
}

const char may_need_doc[] = "may_need(text, starts, ends) -> bytearray\n\n"
                            "normalise.may_need. `starts`, `ends`: int64, of one length, places in the text.";

PyObject *kernel_may_need(PyObject *Py_UNUSED(module), PyObject *const *args, Py_ssize_t count)
{
    Text text;
    if (count != 3) {
        PyErr_SetString(PyExc_TypeError, "may_need takes a text and two columns");
        return NULL;
    }
    if (text_open(&text, args[0]) < 0)
        return NULL;
    View starts = {0}, ends = {0};
    Column found = {0};
    PyObject *made = NULL;
    if (view_open(&starts, args[1], 8) < 0 || view_open(&ends, args[2], 8) < 0)
        goto done;
    if (starts.count != ends.count) {
        PyErr_SetString(PyExc_ValueError, "the columns are not of one length");
        goto done;
    }
    if (column_open_whole(&found, starts.count) < 0)
        goto done;
    for (Py_ssize_t i = 0; i < starts.count; i++) {
        const int64_t start = ((const int64_t *)starts.buffer.buf)[i], end = ((const int64_t *)ends.buffer.buf)[i];
        if (start < 0 || end < start || end > text.length) {
            PyErr_SetString(PyExc_ValueError, "a stretch is none of the text");
            goto done;
        }
        found.data[i] = (char)may_need(&text, (Py_ssize_t)start, (Py_ssize_t)end);
    }
    made = column_close(&found);
done:
    column_drop(&found);
    view_close(&starts);
    view_close(&ends);
    return made;
}
