/* Where marked lines stand around each line: the counterpart of `_around_marks` in pipeline/judge/features.py. */
#include "kernels.h"

enum { BEFORE, AFTER, SINCE, UNTIL, PROSE_SINCE_FIRST, PROSE_UNTIL_FIRST, TABLES };

/* What is looked at. */
typedef struct {
    View marked;   /* bool [marks, lines] */
    View of_prose; /* int64 [lines + 1]: letters of prose before each line, and of all */
    View offsets;  /* int64 [documents + 1], the lines of each document */
    Py_ssize_t marks, lines, documents;
    int64_t opening, far, many;
} Marks;

/* The columns of one mark. */
typedef struct {
    int64_t *of[TABLES];
} Tables;

static void fill(int64_t *column, Py_ssize_t first, Py_ssize_t stop, int64_t value)
{
    for (Py_ssize_t line = first; line < stop; line++)
        column[line] = value;
}

/* Letters of prose between two lines. */
static int64_t prose_between(const Marks *marks, Py_ssize_t from, Py_ssize_t to)
{
    const int64_t *prose = marks->of_prose.buffer.buf;
    return (int64_t)((uint64_t)prose[to] - (uint64_t)prose[from]);
}

/* The first marked line that has so much prose above it; `stop` where there is none. */
static Py_ssize_t first_opening(const Marks *marks, const char *is_marked, Py_ssize_t first, Py_ssize_t stop)
{
    Py_ssize_t line = first;
    while (line < stop && !(is_marked[line] && prose_between(marks, first, line) >= marks->opening))
        line++;
    return line;
}

/* Fills in one mark for the lines of one document. */
static void look_around(const Marks *marks, const char *is_marked, Py_ssize_t first, Py_ssize_t stop, const Tables *to)
{
    if (first == stop)
        return;
    if (memchr(is_marked + first, 1, (size_t)(stop - first)) == NULL) { /* as most often */
        fill(to->of[BEFORE], first, stop, 0);
        fill(to->of[AFTER], first, stop, 0);
        fill(to->of[SINCE], first, stop, marks->far);
        fill(to->of[UNTIL], first, stop, marks->far);
        fill(to->of[PROSE_SINCE_FIRST], first, stop, -1);
        fill(to->of[PROSE_UNTIL_FIRST], first, stop, -1);
        return;
    }
    int64_t count = 0, distance = marks->far;
    for (Py_ssize_t line = first; line < stop; line++) {
        to->of[BEFORE][line] = count;
        to->of[SINCE][line] = distance;
        count += is_marked[line];
        distance = is_marked[line] ? 1 : distance + (distance < marks->far);
    }
    count = 0;
    distance = marks->far;
    for (Py_ssize_t line = stop; line-- > first;) {
        to->of[AFTER][line] = count;
        to->of[UNTIL][line] = distance;
        count += is_marked[line];
        distance = is_marked[line] ? 1 : distance + (distance < marks->far);
    }
    const Py_ssize_t opens = first_opening(marks, is_marked, first, stop);
    const int64_t until = prose_between(marks, first, opens);
    fill(to->of[PROSE_UNTIL_FIRST], first, stop, opens == stop ? -1 : until < marks->many ? until : marks->many);
    fill(to->of[PROSE_SINCE_FIRST], first, opens, -1);
    for (Py_ssize_t line = opens; line < stop; line++) {
        const int64_t since = prose_between(marks, opens, line);
        to->of[PROSE_SINCE_FIRST][line] = line == opens ? -1 : since < marks->many ? since : marks->many;
    }
}

static int no_marks(const char *why)
{
    PyErr_SetString(PyExc_ValueError, why);
    return -1;
}

/* Opens the columns and looks whether they fit together. */
static int open_marks(Marks *marks, PyObject *marked, PyObject *of_prose, PyObject *offsets)
{
    if (view_open(&marks->marked, marked, 1) < 0 || view_open(&marks->of_prose, of_prose, 8) < 0 ||
        view_open(&marks->offsets, offsets, 8) < 0)
        return -1;
    if (marks->far < 1)
        return no_marks("what is far is one line away at least");
    marks->lines = marks->of_prose.count - 1;
    marks->documents = marks->offsets.count - 1;
    if (marks->lines < 0 || marks->documents < 0)
        return no_marks("sums and offsets have one item more than there are");
    if (!are_offsets(&marks->offsets, marks->lines))
        return no_marks("documents have all lines, one after another");
    if (marks->lines == 0 ? marks->marked.count != 0 : marks->marked.count % marks->lines != 0)
        return no_marks("a mark says something of each line");
    marks->marks = marks->lines ? marks->marked.count / marks->lines : 0;
    if (marks->marked.count > PY_SSIZE_T_MAX / (TABLES * (Py_ssize_t)sizeof(int64_t)))
        return no_marks("there are too many marks");
    const char *flags = marks->marked.buffer.buf;
    int is_good = 1;
    for (Py_ssize_t i = 0; i < marks->marked.count; i++)
        is_good &= (flags[i] & ~1) == 0;
    return is_good ? 0 : no_marks("marks are 0 or 1");
}

const char mark_columns_doc[] = "mark_columns(is_marked, of_prose, offsets, opening, far, many) -> int64 [6, marks, lines]\n\n"
                                "What `_around_marks` of judge/features.py gives, as a bytearray. `is_marked` is bool [marks, lines].";

PyObject *kernel_mark_columns(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *marked, *of_prose, *offsets, *made = NULL;
    long long opening, far, many;
    if (!PyArg_ParseTuple(args, "OOOLLL", &marked, &of_prose, &offsets, &opening, &far, &many))
        return NULL;
    Marks marks;
    memset(&marks, 0, sizeof marks);
    marks.opening = opening;
    marks.far = far;
    marks.many = many;
    if (open_marks(&marks, marked, of_prose, offsets) == 0)
        made = PyByteArray_FromStringAndSize(NULL, marks.marked.count * TABLES * (Py_ssize_t)sizeof(int64_t));
    if (made != NULL) {
        const int64_t *edges = marks.offsets.buffer.buf;
        int64_t *found = (int64_t *)PyByteArray_AS_STRING(made);
        for (Py_ssize_t mark = 0; mark < marks.marks; mark++) {
            const char *is_marked = (const char *)marks.marked.buffer.buf + mark * marks.lines;
            Tables tables;
            for (int i = 0; i < TABLES; i++)
                tables.of[i] = found + (i * marks.marks + mark) * marks.lines;
            for (Py_ssize_t document = 0; document < marks.documents; document++)
                look_around(&marks, is_marked, (Py_ssize_t)edges[document], (Py_ssize_t)edges[document + 1], &tables);
        }
    }
    view_close(&marks.marked);
    view_close(&marks.of_prose);
    view_close(&marks.offsets);
    return made;
}
