/* Runs of the same words: the counterpart of `same_words` of match/core/stretches.py. */
#include "kernels.h"

/* Whether so many words from a place on, itself counted, are there. */
static int is_inside(int64_t place, int64_t room, int direction, Py_ssize_t words)
{
    return place >= 0 && place < words && room <= (direction > 0 ? words - place : place + 1);
}

static PyObject *count_same(const View *words, const View *a, const View *b, const View *room, int direction)
{
    const uint64_t *word = words->buffer.buf;
    const int64_t *one = a->buffer.buf, *other = b->buffer.buf, *most = room->buffer.buf;
    Column made;
    if (column_open(&made, a->count * 8) < 0)
        return NULL;
    made.used = made.room;
    for (Py_ssize_t i = 0; i < a->count; i++) {
        int64_t count = 0;
        if (most[i] > 0 &&
            !(is_inside(one[i], most[i], direction, words->count) && is_inside(other[i], most[i], direction, words->count))) {
            PyErr_SetString(PyExc_IndexError, "a run goes on beyond the ends of the words");
            column_drop(&made);
            return NULL;
        }
        while (count < most[i] && word[one[i] + direction * count] == word[other[i] + direction * count])
            count++;
        ((int64_t *)made.data)[i] = count;
    }
    return made.bytes;
}

const char same_words_doc[] = "same_words(words, a, b, room, direction) -> counts\n\n"
                              "match.core.stretches.same_words, int64 as a bytearray.";

PyObject *kernel_same_words(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *of_words, *of_a, *of_b, *of_room, *made = NULL;
    int direction;
    if (!PyArg_ParseTuple(args, "OOOOi", &of_words, &of_a, &of_b, &of_room, &direction))
        return NULL;
    if (direction != 1 && direction != -1) {
        PyErr_SetString(PyExc_ValueError, "a direction is 1 or -1");
        return NULL;
    }
    View words = {0}, a = {0}, b = {0}, room = {0};
    if (view_open(&words, of_words, 8) == 0 && view_open(&a, of_a, 8) == 0 && view_open(&b, of_b, 8) == 0 &&
        view_open(&room, of_room, 8) == 0) {
        if (a.count != b.count || a.count != room.count)
            PyErr_SetString(PyExc_ValueError, "runs have two places and room");
        else
            made = count_same(&words, &a, &b, &room, direction);
    }
    view_close(&words);
    view_close(&a);
    view_close(&b);
    view_close(&room);
    return made;
}
