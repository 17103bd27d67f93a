/* Runs of the same words, and places near them: the counterpart of match/core/stretches.py and of `_places_near` of
 * match/core/align.py. A position counts words through all stretches, one after another. */
#include "kernels.h"

/* Words, and where stretches of them begin. */
typedef struct {
    View words;   /* uint64 */
    View offsets; /* int64 [stretches + 1] */
    Py_ssize_t last; /* the stretch that was found last */
} Stretches;

/* Where a stretch begins, and where it ends. */
typedef struct {
    int64_t begin, end;
} Span;

static int open_stretches(Stretches *stretches, PyObject *words, PyObject *offsets)
{
    if (view_open(&stretches->words, words, 8) < 0 ||
        offsets_open(&stretches->offsets, offsets, stretches->words.count) < 0)
        return -1;
    stretches->last = 0;
    return 0;
}

static void close_stretches(Stretches *stretches)
{
    view_close(&stretches->words);
    view_close(&stretches->offsets);
}

/* Finds the stretch that a position is in; 0, or -1 with an exception set where it is in none. */
static int find_stretch(Stretches *stretches, int64_t position, Span *span)
{
    const int64_t *offsets = stretches->offsets.buffer.buf;
    const Py_ssize_t count = stretches->offsets.count - 1;
    if (position < offsets[0] || position >= offsets[count]) {
        PyErr_SetString(PyExc_IndexError, "a position is in no stretch");
        return -1;
    }
    const Py_ssize_t stretch = count_up_to(offsets, count, position, stretches->last) - 1;
    stretches->last = stretch;
    span->begin = offsets[stretch];
    span->end = offsets[stretch + 1];
    return 0;
}

/* How many words are alike from two places on, itself counted, at most `room`. */
static inline int64_t count_same(const uint64_t *words, int64_t a, int64_t b, int64_t room, int direction)
{
    int64_t count = 0;
    while (count < room && words[a + direction * count] == words[b + direction * count])
        count++;
    return count;
}

static int check_direction(int direction)
{
    if (direction == 1 || direction == -1)
        return 0;
    PyErr_SetString(PyExc_ValueError, "a direction is 1 or -1");
    return -1;
}

/* Whether so many words from a place on, itself counted, are there. */
static int is_inside(int64_t place, int64_t room, int direction, Py_ssize_t words)
{
    return place >= 0 && place < words && room <= (direction > 0 ? words - place : place + 1);
}

static PyObject *same_words(const View *words, const View *a, const View *b, const View *room, int direction)
{
    const int64_t *one = a->buffer.buf, *other = b->buffer.buf, *most = room->buffer.buf;
    Column made;
    if (a->count != b->count || a->count != room->count) {
        PyErr_SetString(PyExc_ValueError, "runs have two places and room");
        return NULL;
    }
    if (column_open_whole(&made, a->count * 8) < 0)
        return NULL;
    for (Py_ssize_t i = 0; i < a->count; i++) {
        if (most[i] > 0 &&
            !(is_inside(one[i], most[i], direction, words->count) && is_inside(other[i], most[i], direction, words->count))) {
            PyErr_SetString(PyExc_IndexError, "a run goes on beyond the ends of the words");
            column_drop(&made);
            return NULL;
        }
        ((int64_t *)made.data)[i] = count_same(words->buffer.buf, one[i], other[i], most[i], direction);
    }
    return made.bytes;
}

const char same_words_doc[] = "same_words(words, a, b, room, direction) -> counts\n\n"
                              "match.core.stretches.same_words, int64 as a bytearray.";

PyObject *kernel_same_words(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *of_words, *of_a, *of_b, *of_room, *made = NULL;
    int direction;
    if (!PyArg_ParseTuple(args, "OOOOi", &of_words, &of_a, &of_b, &of_room, &direction) || check_direction(direction) < 0)
        return NULL;
    View words = {0}, a = {0}, b = {0}, room = {0};
    if (view_open(&words, of_words, 8) == 0 && view_open(&a, of_a, 8) == 0 && view_open(&b, of_b, 8) == 0 &&
        view_open(&room, of_room, 8) == 0)
        made = same_words(&words, &a, &b, &room, direction);
    view_close(&words);
    view_close(&a);
    view_close(&b);
    view_close(&room);
    return made;
}

static PyObject *same(Stretches *stretches, const View *a, const View *b, int direction)
{
    const int64_t *one = a->buffer.buf, *other = b->buffer.buf;
    Column made;
    if (a->count != b->count) {
        PyErr_SetString(PyExc_ValueError, "runs have two places");
        return NULL;
    }
    if (column_open_whole(&made, a->count * 8) < 0)
        return NULL;
    for (Py_ssize_t i = 0; i < a->count; i++) {
        Span of_one, of_other;
        if (find_stretch(stretches, one[i], &of_one) < 0 || find_stretch(stretches, other[i], &of_other) < 0) {
            column_drop(&made);
            return NULL;
        }
        const int64_t room_a = direction > 0 ? of_one.end - one[i] : one[i] - of_one.begin + 1;
        const int64_t room_b = direction > 0 ? of_other.end - other[i] : other[i] - of_other.begin + 1;
        const int64_t room = room_a < room_b ? room_a : room_b;
        ((int64_t *)made.data)[i] = count_same(stretches->words.buffer.buf, one[i], other[i], room, direction);
    }
    return made.bytes;
}

const char same_doc[] = "same(words, offsets, a, b, direction) -> counts\n\n"
                        "match.core.stretches.Stretches.same, int64 as a bytearray.";

PyObject *kernel_same(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *words, *offsets, *of_a, *of_b, *made = NULL;
    int direction;
    if (!PyArg_ParseTuple(args, "OOOOi", &words, &offsets, &of_a, &of_b, &direction) || check_direction(direction) < 0)
        return NULL;
    Stretches stretches;
    memset(&stretches, 0, sizeof stretches);
    View a = {0}, b = {0};
    if (open_stretches(&stretches, words, offsets) == 0 && view_open(&a, of_a, 8) == 0 && view_open(&b, of_b, 8) == 0)
        made = same(&stretches, &a, &b, direction);
    close_stretches(&stretches);
    view_close(&a);
    view_close(&b);
    return made;
}

/* Places that were found, a row each: the run, the place on either side, and the words between it and the run. */
typedef struct {
    Column index, a, b, steps;
} Places;

/* Adds the places near a run; it begins or ends beside `a` and `b`, which are the words next to it. */
static int add_places(Places *places, const uint64_t *words, Py_ssize_t index, int64_t a, int64_t b, Span of_a, Span of_b, int gap,
                      int direction)
{
    for (int64_t i = 0; i <= gap; i++, a += direction) {
        if (a < of_a.begin || a >= of_a.end)
            return 0;
        int64_t other = b;
        for (int64_t j = 0; j <= gap; j++, other += direction) {
            if (other < of_b.begin || other >= of_b.end)
                break;
            if (words[a] != words[other] || (i == 0 && j == 0))
                continue;
            if (COLUMN_ADD(&places->index, int64_t, index) < 0 || COLUMN_ADD(&places->a, int64_t, a) < 0 ||
                COLUMN_ADD(&places->b, int64_t, other) < 0 || COLUMN_ADD(&places->steps, int64_t, i) < 0 ||
                COLUMN_ADD(&places->steps, int64_t, j) < 0)
                return -1;
        }
    }
    return 0;
}

static PyObject *places_near(Stretches *stretches, const View *a, const View *b, const View *lengths, int gap, int direction)
{
    const int64_t *one = a->buffer.buf, *other = b->buffer.buf, *length = lengths->buffer.buf;
    Places places;
    memset(&places, 0, sizeof places);
    PyObject *made = NULL;
    if (a->count != b->count || a->count != lengths->count || gap < 0) {
        PyErr_SetString(PyExc_ValueError, "runs have two places and words, and a gap is not less than nothing");
        return NULL;
    }
    if (column_open(&places.index, a->count * 8) == 0 && column_open(&places.a, a->count * 8) == 0 &&
        column_open(&places.b, a->count * 8) == 0 && column_open(&places.steps, a->count * 16) == 0) {
        Py_ssize_t i = 0;
        for (; i < a->count; i++) {
            Span of_one, of_other;
            if (find_stretch(stretches, one[i], &of_one) < 0 || find_stretch(stretches, other[i], &of_other) < 0)
                break;
            if (length[i] < 0 || length[i] > stretches->words.count) {
                PyErr_SetString(PyExc_IndexError, "a run has more words than there are");
                break;
            }
            const int64_t step = direction > 0 ? length[i] : -1;
            if (add_places(&places, stretches->words.buffer.buf, i, one[i] + step, other[i] + step, of_one, of_other, gap,
                           direction) < 0)
                break;
        }
        if (i == a->count)
            made = columns_close(4, &places.index, &places.a, &places.b, &places.steps);
    }
    column_drop(&places.index);
    column_drop(&places.a);
    column_drop(&places.b);
    column_drop(&places.steps);
    return made;
}

const char places_near_doc[] = "places_near(words, offsets, a, b, lengths, gap, direction) -> (index, a, b, steps)\n\n"
                               "The columns of match.core.align._places_near, as bytearrays.";

PyObject *kernel_places_near(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *words, *offsets, *of_a, *of_b, *of_lengths, *made = NULL;
    int gap, direction;
    if (!PyArg_ParseTuple(args, "OOOOOii", &words, &offsets, &of_a, &of_b, &of_lengths, &gap, &direction) ||
        check_direction(direction) < 0)
        return NULL;
    Stretches stretches;
    memset(&stretches, 0, sizeof stretches);
    View a = {0}, b = {0}, lengths = {0};
    if (open_stretches(&stretches, words, offsets) == 0 && view_open(&a, of_a, 8) == 0 && view_open(&b, of_b, 8) == 0 &&
        view_open(&lengths, of_lengths, 8) == 0)
        made = places_near(&stretches, &a, &b, &lengths, gap, direction);
    close_stretches(&stretches);
    view_close(&a);
    view_close(&b);
    view_close(&lengths);
    return made;
}
