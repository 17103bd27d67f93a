/* The lines of a plain text and what each may be: the counterpart of `_lines` in pipeline/text/plain/physical.py. */
#include "physical.h"

/* Appends what is known of a line, a row of numbers; 0, or -1 with an exception set. */
static int add_row(Column *rows, const Line *line, const Looks *looks)
{
    if (rows->used + COLUMNS * (Py_ssize_t)sizeof(int64_t) > rows->room &&
        column_grow(rows, COLUMNS * (Py_ssize_t)sizeof(int64_t)) < 0)
        return -1;
    int64_t *row = (int64_t *)(rows->data + rows->used);
    row[START] = line->start;
    row[END] = line->end;
    row[GAP] = line->gap;
    row[INDENT] = looks->indent;
    row[WORD] = looks->word;
    row[COLON] = looks->colon;
    row[DIGIT] = looks->digit;
    row[HINT] = looks->hints;
    rows->used += COLUMNS * (Py_ssize_t)sizeof(int64_t);
    return 0;
}

/* A table of the rows, column by column, in which a line without a colon or a digit has that of the lines below it. */
static PyObject *turned(const Column *rows, Py_ssize_t length)
{
    const Py_ssize_t lines = rows->used / (COLUMNS * (Py_ssize_t)sizeof(int64_t));
    const int64_t *row = (const int64_t *)rows->data;
    Column table = {0};
    if (column_open_whole(&table, rows->used) < 0)
        return NULL;
    int64_t *to = (int64_t *)table.data;
    int64_t colon = length, digit = length;
    for (Py_ssize_t line = lines - 1; line >= 0; line--) {
        for (int column = 0; column < COLUMNS; column++)
            to[column * lines + line] = row[line * COLUMNS + column];
        if (row[line * COLUMNS + COLON] >= 0)
            colon = row[line * COLUMNS + COLON];
        if (row[line * COLUMNS + DIGIT] >= 0)
            digit = row[line * COLUMNS + DIGIT];
        to[COLON * lines + line] = colon;
        to[DIGIT * lines + line] = digit;
    }
    return table.bytes;
}

const char physical_lines_doc[] =
    "physical_lines(source, start) -> (texts, int64 [columns, lines])\n\n"
    "`_lines` of text/plain/physical.py: a list, and a bytearray.";

PyObject *kernel_physical_lines(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *source, *made = NULL, *table;
    Py_ssize_t first;
    Text text;
    if (!PyArg_ParseTuple(args, "On", &source, &first) || text_open(&text, source) < 0)
        return NULL;
    Column rows = {0};
    PyObject *texts = PyList_New(0);
    if (texts == NULL || column_open(&rows, text.length) < 0)
        goto done;
    Line line = {0};
    while (next_line(&text, &line)) {
        if (line.start < first)
            continue;
        const Looks looks = look_at_line(&text, &line);
        if (add_row(&rows, &line, &looks) < 0 || list_add(texts, PyUnicode_Substring(source, line.start, line.end)) < 0)
            goto done;
    }
    table = turned(&rows, text.length);
    if (table != NULL)
        made = Py_BuildValue("ON", texts, table);
done:
    column_drop(&rows);
    Py_XDECREF(texts);
    return made;
}
