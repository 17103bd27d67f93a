/* The source cut into physical lines: the counterpart of pipeline/text/lines.py. */
#include "kernels.h"

/* White space, line breaks, invisible format characters and controls (`_BLANK`). */
static inline int is_blank(uint32_t code)
{
    if (code < 0x7F)
        return code <= 0x20;
    if (code < 0x1680)
        return code == 0x7F || code == 0x85 || code == 0xA0 || code == 0xAD;
    return code == 0x1680 || (code >= 0x2000 && code <= 0x200F) || code == 0x2028 || code == 0x2029 || code == 0x202F ||
           (code >= 0x205F && code <= 0x2064) || code == 0x3000 || code == 0xFEFF;
}

/* What `str.splitlines` takes for line breaks (`_BREAK`). */
static inline int is_break(uint32_t code)
{
    if (code >= 0x7F)
        return code == 0x85 || code == 0x2028 || code == 0x2029;
    return code <= 0x1E && (code >= 0x1C || (code >= '\n' && code <= '\r'));
}

static inline int next_line_of_width(const Text *text, Line *line)
{
    Py_ssize_t at = line->next;
    while (at < text->length) {
        Py_ssize_t start = at, end = at;
        while (end < text->length && !is_break(text_at(text, end)))
            end++;
        line->begin = at;
        at = end + 1;
        if (at < text->length && text_at(text, end) == '\r' && text_at(text, at) == '\n')
            at++;
        while (start < end && is_blank(text_at(text, start)))
            start++;
        while (end > start && is_blank(text_at(text, end - 1)))
            end--;
        const Py_ssize_t breaks = line->breaks++;
        if (start == end)
            continue;
        line->start = start;
        line->end = end;
        line->gap = line->is_later ? breaks : 0;
        line->next = at;
        line->breaks = 1;
        line->is_later = 1;
        return 1;
    }
    line->next = at;
    return 0;
}

int next_line(const Text *text, Line *line)
{
    Text own = *text;
    RETURN_BY_WIDTH(own, next_line_of_width(&own, line))
}

/* Appends a line to the four lists; 0, or -1 with an exception set. */
static int add_line(PyObject *const *lists, PyObject *source, const Line *line)
{
    if (list_add(lists[0], PyLong_FromSsize_t(line->start)) < 0 || list_add(lists[1], PyLong_FromSsize_t(line->end)) < 0 ||
        list_add(lists[2], PyLong_FromSsize_t(line->gap)) < 0)
        return -1;
    return list_add(lists[3], PyUnicode_Substring(source, line->start, line->end));
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
    Line line = {0};
    while (next_line(&text, &line))
        if (add_line(lists, object, &line) < 0)
            goto done;
    made = PyTuple_Pack(4, lists[0], lists[1], lists[2], lists[3]);
done:
    for (int i = 0; i < 4; i++)
        Py_XDECREF(lists[i]);
    return made;
}
