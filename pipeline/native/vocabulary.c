/* Which words of lines stand in other lines that are surely text: the counterpart of `_known_words` in pipeline/judge/agreement.py,
 * which says what a word is and when it is known. */
#include "kernels.h"

#define SLOTS_A_WORD 4
#define FEWEST_SLOTS 64
#define SEVERAL 2 /* words of a slot, as far as they are counted */

/* The lines of documents, and their words. */
typedef struct {
    View scores;           /* int64 [lines] */
    View documents;        /* int64 [documents + 1], the lines of each */
    View offsets;          /* int64 [lines + 1], the words of each line */
    View start, end, hash; /* int64, int64, uint64 [words] */
    int64_t sure, letters; /* the score above which a line is surely text; letters of a word that says something, at least */
    Py_ssize_t lines;
    unsigned char *slots; /* how many words that are surely text fall into each slot of a document's table */
    size_t room, mask;
} Vocabulary;

/* A word as it is looked up. */
typedef struct {
    uint64_t value; /* of one that touches the next one that of both */
    int is_telling;
} Said;

static Said said_by(const Vocabulary *all, int64_t word, int64_t stop)
{
    const int64_t *start = all->start.buffer.buf, *end = all->end.buffer.buf;
    const uint64_t *hash = all->hash.buffer.buf;
    const int touches = word + 1 < stop && start[word + 1] == end[word];
    const uint64_t length = (uint64_t)end[word] - (uint64_t)start[word];
    const Said said = {
        touches ? mix64(hash[word] * MULTIPLIER + hash[word + 1]) : hash[word],
        touches || (int64_t)length >= all->letters,
    };
    return said;
}

/* Makes the table of a document of so many words, as wide as `_slots` has it, and empty. */
static int open_slots(Vocabulary *all, int64_t words)
{
    size_t size = FEWEST_SLOTS;
    while (size < SLOTS_A_WORD * (uint64_t)words)
        size *= 2;
    if (size > all->room) {
        PyMem_Free(all->slots);
        all->slots = PyMem_Malloc(size);
        all->room = all->slots == NULL ? 0 : size;
    }
    if (all->slots == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    memset(all->slots, 0, size);
    all->mask = size - 1;
    return 0;
}

/* Counts for the lines from `first` to `stop`, those of a document, the words that say something, and those that are known. */
static int look_up(Vocabulary *all, Py_ssize_t first, Py_ssize_t stop, int64_t *telling, int64_t *known)
{
    const int64_t *scores = all->scores.buffer.buf, *offsets = all->offsets.buffer.buf;
    if (open_slots(all, offsets[stop] - offsets[first]) < 0)
        return -1;
    for (Py_ssize_t line = first; line < stop; line++) {
        if (scores[line] <= all->sure)
            continue;
        for (int64_t word = offsets[line]; word < offsets[line + 1]; word++) {
            const Said said = said_by(all, word, offsets[line + 1]);
            unsigned char *count = &all->slots[said.value & all->mask];
            *count += said.is_telling && *count < SEVERAL;
        }
    }
    for (Py_ssize_t line = first; line < stop; line++) {
        /* A word of a sure line is counted there itself: it has to stand in another one, too. */
        const unsigned char own = scores[line] > all->sure;
        int64_t count = 0, found = 0;
        for (int64_t word = offsets[line]; word < offsets[line + 1]; word++) {
            const Said said = said_by(all, word, offsets[line + 1]);
            count += said.is_telling;
            found += said.is_telling && all->slots[said.value & all->mask] > own;
        }
        telling[line] = count;
        known[line] = found;
    }
    return 0;
}

static int open_views(Vocabulary *all, PyObject *const *given)
{
    View *views[] = {&all->scores, &all->documents, &all->offsets, &all->start, &all->end, &all->hash};
    for (int i = 0; i < 6; i++)
        if (view_open(views[i], given[i], 8) < 0)
            return -1;
    all->lines = all->scores.count;
    const Py_ssize_t words = all->hash.count;
    if (!are_offsets(&all->documents, all->lines))
        PyErr_SetString(PyExc_ValueError, "documents have all lines, one after another");
    else if (all->offsets.count != all->lines + 1 || !are_offsets(&all->offsets, words))
        PyErr_SetString(PyExc_ValueError, "lines have all words, one after another");
    else if (all->start.count != words || all->end.count != words)
        PyErr_SetString(PyExc_ValueError, "words have not a start, an end and a hash each");
    else if (words > PY_SSIZE_T_MAX / (4 * SLOTS_A_WORD))
        PyErr_NoMemory();
    else
        return 0;
    return -1;
}

static void close_views(Vocabulary *all)
{
    view_close(&all->scores);
    view_close(&all->documents);
    view_close(&all->offsets);
    view_close(&all->start);
    view_close(&all->end);
    view_close(&all->hash);
    PyMem_Free(all->slots);
}

const char known_words_doc[] =
    "known_words(scores, documents, offsets, start, end, hash, sure, letters) -> int64 [2, lines]\n\n"
    "What `_known_words` of judge/agreement.py gives, as a bytearray. `documents` are int64 [documents + 1], the lines of\n"
    "each; `offsets` to `hash` are columns of tokens.Tokens.";

PyObject *kernel_known_words(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *given[6], *made = NULL;
    long long sure, letters;
    if (!PyArg_ParseTuple(args, "OOOOOOLL", &given[0], &given[1], &given[2], &given[3], &given[4], &given[5], &sure, &letters))
        return NULL;
    Vocabulary all;
    memset(&all, 0, sizeof all);
    all.sure = sure;
    all.letters = letters;
    if (open_views(&all, given) == 0)
        made = PyByteArray_FromStringAndSize(NULL, 2 * all.lines * (Py_ssize_t)sizeof(int64_t));
    if (made != NULL) {
        int64_t *telling = (int64_t *)PyByteArray_AS_STRING(made), *known = telling + all.lines;
        const int64_t *edges = all.documents.buffer.buf;
        for (Py_ssize_t document = 0; document + 1 < all.documents.count; document++) {
            if (look_up(&all, (Py_ssize_t)edges[document], (Py_ssize_t)edges[document + 1], telling, known) < 0) {
                Py_CLEAR(made);
                break;
            }
        }
    }
    close_views(&all);
    return made;
}
