/* The source cut into physical lines: the counterpart of pipeline/text/lines.py. */
#include "kernels.h"

/* White space, line breaks, invisible format characters and controls (`_BLANK`). */
static int is_blank(uint32_t code)
{
    if (code < 0x7F)
        return code <= 0x20;
    if (code < 0x1680)
        return code == 0x7F || code == 0x85 || code == 0xA0 || code == 0xAD;
    return code == 0x1680 || (code >= 0x2000 && code <= 0x200F) || code == 0x2028 || code == 0x2029 || code == 0x202F ||
           (code >= 0x205F && code <= 0x2064) || code == 0x3000 || code == 0xFEFF;
}

/* Where the line ends that begins at `at`, without its line break. */
static Py_ssize_t line_end(const Text *text, Py_ssize_t at)
{
    while (at < text->length && !Py_UNICODE_ISLINEBREAK(text_at(text, at)))
        at++;
    return at;
}

/* Appends a line to the four lists; 0, or -1 with an exception set. */
static int add_line(PyObject *const *lists, PyObject *source, Py_ssize_t start, Py_ssize_t end, Py_ssize_t gap)
{
    if (list_add(lists[0], PyLong_FromSsize_t(start)) < 0 || list_add(lists[1], PyLong_FromSsize_t(end)) < 0 ||
        list_add(lists[2], PyLong_FromSsize_t(gap)) < 0)
        return -1;
    return list_add(lists[3], PyUnicode_Substring(source, start, end));
}

const char spans_doc[] = "spans(source) -> (starts, ends, gaps, texts)\n\nlines.spans.";

PyObject *kernel_spans(PyObject *Py_UNUSED(module), PyObject *object)
{
    Text text;
    if (text_open(&text, object) < 0)
        return NULL;
    PyObject *lists[4] = {PyList_New(0), PyList_New(0), PyList_New(0), PyList_New(0)};
    PyObject *made = NULL;
    if (lists[0] == NULL || lists[1] == NULL || lists[2] == NULL || lists[3] == NULL)
        goto done;
    Py_ssize_t before = -1; /* the number of the last line that is not blank */
    Py_ssize_t number = 0;
    for (Py_ssize_t at = 0; at < text.length; number++) {
        Py_ssize_t start = at, end = line_end(&text, at);
        at = end + 1;
        if (at < text.length && text_at(&text, end) == '\r' && text_at(&text, at) == '\n')
            at++;
        while (start < end && is_blank(text_at(&text, start)))
            start++;
        while (end > start && is_blank(text_at(&text, end - 1)))
            end--;
        if (start == end)
            continue;
        if (add_line(lists, object, start, end, before < 0 ? 0 : number - before) < 0)
            goto done;
        before = number;
    }
    made = PyTuple_Pack(4, lists[0], lists[1], lists[2], lists[3]);
done:
    for (int i = 0; i < 4; i++)
        Py_XDECREF(lists[i]);
    return made;
}
