/* What a line looks like: the counterpart of pipeline/text/shape.py, which says what counts as a word. */
#include "kernels.h"

/* Signs that belong to the letter before (`MARKS`). */
static int is_mark(uint32_t code)
{
    if (code < 0x300)
        return 0;
    return code <= 0x36F || (code >= 0x591 && code <= 0x5C7) || (code >= 0x64B && code <= 0x65F) ||
           (code >= 0x900 && code <= 0x963) || (code >= 0x966 && code <= 0xDFF);
}

/* Scripts that write no space between words (`_UNSPACED`). */
static int is_unspaced(uint32_t code)
{
    if (code < 0xE00)
        return 0;
    return code <= 0xEFF || (code >= 0x1780 && code <= 0x17FF) || (code >= 0x3040 && code <= 0x30FF) ||
           (code >= 0x3400 && code <= 0x4DBF) || (code >= 0x4E00 && code <= 0x9FFF) || (code >= 0xF900 && code <= 0xFAFF);
}

/* What joins two runs of letters to one word. */
static int is_joiner(uint32_t code)
{
    return code == '\'' || code == '.' || code == '-' || code == 0x2019;
}

int is_letter(uint32_t code)
{
    if (code < ASCII)
        return is_ascii_letter(code);
    return Py_UNICODE_ISALNUM(code) && !Py_UNICODE_ISDECIMAL(code);
}

/* The words of a text, `most` at most where it is not negative. */
static Py_ssize_t words_of(const Text *text, Py_ssize_t most)
{
    enum { OUTSIDE, IN_WORD, BEHIND_JOINER } state = OUTSIDE;
    Py_ssize_t words = 0, unspaced = 0;
    for (Py_ssize_t at = 0; at < text->length; at++) {
        const uint32_t code = text_at(text, at);
        if (is_unspaced(code)) {
            unspaced++;
            state = OUTSIDE;
        } else if (is_alnum(code)) {
            if (state == OUTSIDE)
                words++;
            state = IN_WORD;
        } else if (state == IN_WORD && is_joiner(code)) {
            state = BEHIND_JOINER;
        } else if (!(state == IN_WORD && is_mark(code))) {
            state = OUTSIDE;
        }
        if (most >= 0 && words + unspaced / 2 >= most)
            return most;
    }
    return words + unspaced / 2;
}

const char words_doc[] = "words(text) -> int\n\nshape.words.";

PyObject *kernel_words(PyObject *Py_UNUSED(module), PyObject *object)
{
    Text text;
    if (text_open(&text, object) < 0)
        return NULL;
    return PyLong_FromSsize_t(words_of(&text, -1));
}

const char has_words_doc[] = "has_words(text, count) -> bool\n\nshape.has_words.";

PyObject *kernel_has_words(PyObject *Py_UNUSED(module), PyObject *const *args, Py_ssize_t count)
{
    Text text;
    if (count != 2) {
        PyErr_SetString(PyExc_TypeError, "has_words takes a text and a number");
        return NULL;
    }
    const Py_ssize_t least = PyLong_AsSsize_t(args[1]);
    if ((least == -1 && PyErr_Occurred()) || text_open(&text, args[0]) < 0)
        return NULL;
    /* A letter each, and what parts them. */
    return PyBool_FromLong(least <= 0 || ((text.length + 1) / 2 >= least && words_of(&text, least) >= least));
}

const char letter_runs_doc[] = "letter_runs(text) -> list[str]\n\nshape.letter_runs.";

PyObject *kernel_letter_runs(PyObject *Py_UNUSED(module), PyObject *object)
{
    Text text;
    if (text_open(&text, object) < 0)
        return NULL;
    PyObject *runs = PyList_New(0);
    for (Py_ssize_t at = 0; runs != NULL && at < text.length; at++) {
        const Py_ssize_t first = at;
        while (at < text.length && is_letter(text_at(&text, at)))
            at++;
        if (at > first && list_add(runs, PyUnicode_Substring(object, first, at)) < 0)
            Py_CLEAR(runs);
    }
    return runs;
}

/* A run of letters for comparing without case; NULL with an exception set. */
static PyObject *casefolded(PyObject *object, const Text *text, Py_ssize_t first, Py_ssize_t stop)
{
    if (!PyUnicode_IS_ASCII(object)) {
        PyObject *run = PyUnicode_Substring(object, first, stop);
        PyObject *folded = run == NULL ? NULL : PyObject_CallMethod(run, "casefold", NULL);
        Py_XDECREF(run);
        return folded;
    }
    PyObject *folded = PyUnicode_New(stop - first, 127);
    if (folded == NULL)
        return NULL;
    unsigned char *to = PyUnicode_DATA(folded);
    for (Py_ssize_t at = first; at < stop; at++)
        *to++ = (unsigned char)(text_at(text, at) | 0x20); /* of letters alone */
    return folded;
}

const char long_runs_doc[] = "long_runs(text, least) -> frozenset[str]\n\nshape.long_runs.";

PyObject *kernel_long_runs(PyObject *Py_UNUSED(module), PyObject *const *args, Py_ssize_t count)
{
    Text text;
    if (count != 2) {
        PyErr_SetString(PyExc_TypeError, "long_runs takes a text and a number");
        return NULL;
    }
    const Py_ssize_t least = PyLong_AsSsize_t(args[1]);
    if ((least == -1 && PyErr_Occurred()) || text_open(&text, args[0]) < 0)
        return NULL;
    PyObject *runs = PyFrozenSet_New(NULL);
    for (Py_ssize_t at = 0; runs != NULL && at < text.length; at++) {
        const Py_ssize_t first = at;
        while (at < text.length && is_letter(text_at(&text, at)))
            at++;
        if (at == first || at - first < least)
            continue;
        PyObject *run = casefolded(args[0], &text, first, at);
        if (run == NULL || PySet_Add(runs, run) < 0)
            Py_CLEAR(runs);
        Py_XDECREF(run);
    }
    return runs;
}

const char known_runs_doc[] = "known_runs(text, known, bits) -> (dict[str, int], int)\n\nshape.known_runs; `known` is a dict.";

#define SLOTS 512      /* a power of two */
#define KINDS (1 << 16) /* of runs, each of which has a bit */

/* A run of letters that was looked up, and how often it has come since: a text has few that come often. */
typedef struct {
    Py_ssize_t first, length;
    PyObject *known; /* the run where it is known */
    Py_ssize_t count;
} Seen;

/* Counts what stands in a slot, and empties it; 0, or -1 with an exception set. */
static int count_seen(PyObject *counts, Seen *seen)
{
    int failed = 0;
    if (seen->known != NULL) {
        PyObject *before = PyDict_GetItemWithError(counts, seen->known);
        const Py_ssize_t so_far = before == NULL ? 0 : PyLong_AsSsize_t(before);
        PyObject *count = PyErr_Occurred() ? NULL : PyLong_FromSsize_t(so_far + seen->count);
        failed = count == NULL || PyDict_SetItem(counts, seen->known, count) < 0;
        Py_XDECREF(count);
        Py_DECREF(seen->known);
    }
    memset(seen, 0, sizeof *seen);
    return failed ? -1 : 0;
}

/* Looks a run up; 0, or -1 with an exception set. */
static int see(Seen *seen, PyObject *text, Py_ssize_t first, Py_ssize_t length, PyObject *known)
{
    PyObject *run = PyUnicode_Substring(text, first, first + length);
    const int is_known = run == NULL ? -1 : PyDict_Contains(known, run);
    if (is_known <= 0)
        Py_CLEAR(run);
    *seen = (Seen){first, length, run, 1};
    return is_known < 0 ? -1 : 0;
}

/* Whether a run is the one in a slot. */
static int is_seen(const Seen *seen, const Text *text, Py_ssize_t first, Py_ssize_t length)
{
    const char *data = text->data;
    return seen->length == length &&
           memcmp(data + seen->first * text->width, data + first * text->width, (size_t)length * (size_t)text->width) == 0;
}

/* Whether a run may be known, by a bit for each of so many kinds (`run_bits`). */
static int may_be_known(const uint8_t *bits, uint32_t hash)
{
    const uint32_t place = hash * UINT32_C(0x9E3779B1) >> 16;
    return bits[place >> 3] >> (place & 7) & 1;
}

/* How many runs there are, after counting the known ones; -1 with an exception set. */
static inline Py_ssize_t count_runs(PyObject *object, Text text, const uint8_t *bits, PyObject *known, PyObject *counts, Seen *slots)
{
    Py_ssize_t all = 0;
    for (Py_ssize_t at = 0; at < text.length; at++) {
        const Py_ssize_t first = at;
        uint32_t hash = 0;
        for (uint32_t code; at < text.length && is_letter(code = text_at(&text, at)); at++)
            hash = hash * 31 + code;
        if (at == first)
            continue;
        all++;
        if (!may_be_known(bits, hash))
            continue;
        Seen *seen = &slots[(hash ^ hash >> 9) & (SLOTS - 1)];
        if (is_seen(seen, &text, first, at - first))
            seen->count++;
        else if (count_seen(counts, seen) < 0 || see(seen, object, first, at - first, known) < 0)
            return -1;
    }
    return all;
}

static Py_ssize_t count_runs_of(PyObject *object, Text text, const uint8_t *bits, PyObject *known, PyObject *counts, Seen *slots)
{
    RETURN_BY_WIDTH(text, count_runs(object, text, bits, known, counts, slots));
}

PyObject *kernel_known_runs(PyObject *Py_UNUSED(module), PyObject *const *args, Py_ssize_t count)
{
    Text text;
    if (count != 3 || !PyDict_Check(args[1])) {
        PyErr_SetString(PyExc_TypeError, "known_runs takes a text, a dict and bits");
        return NULL;
    }
    View bits = {0};
    if (text_open(&text, args[0]) < 0 || view_open(&bits, args[2], 1) < 0)
        return NULL;
    PyObject *counts = NULL;
    if (bits.count == KINDS / 8)
        counts = PyDict_New();
    else
        PyErr_SetString(PyExc_ValueError, "the bits are not those of run_bits");
    if (counts == NULL) {
        view_close(&bits);
        return NULL;
    }
    Seen slots[SLOTS];
    memset(slots, 0, sizeof slots);
    Py_ssize_t all = count_runs_of(args[0], text, bits.buffer.buf, args[1], counts, slots);
    view_close(&bits);
    for (int i = 0; i < SLOTS; i++) {
        if (all >= 0)
            all = count_seen(counts, &slots[i]) < 0 ? -1 : all;
        else
            Py_CLEAR(slots[i].known);
    }
    if (all < 0)
        Py_CLEAR(counts);
    return counts == NULL ? NULL : Py_BuildValue("Nn", counts, all);
}

/* Full stops of all scripts (`_STOPS`). */
static int is_stop(uint32_t code)
{
    switch (code) {
    case '.': case '!': case '?': case ';': case 0x2026: case 0x3002: case 0xFF01: case 0xFF1F: case 0xFF0E: case 0x61F:
    case 0x6D4: case 0x964: case 0xFF1B:
        return 1;
    default:
        return 0;
    }
}

/* What may stand behind a stop (`_CLOSING`). */
static int is_closing(uint32_t code)
{
    switch (code) {
    case '"': case '\'': case ')': case ']': case '*': case 0x201D: case 0x2019: case 0xBB: case 0x203A: case 0xFF09:
    case 0x3011: case 0x300D: case 0x300F:
        return 1;
    default:
        return 0;
    }
}

static int opens_bracket(uint32_t code)
{
    return code == '(' || code == '[' || code == 0xFF08;
}

static int closes_bracket(uint32_t code)
{
    return code == ')' || code == ']' || code == 0xFF09;
}

#define SOURCE 30 /* code points that a source in brackets has, at most */

/* Where a stretch of a text ends without the source in brackets at its end, and the white space before that; `end` if it has none. */
static Py_ssize_t before_source(const Text *text, Py_ssize_t start, Py_ssize_t end)
{
    Py_ssize_t at = end - 1;
    if (at < start || !closes_bracket(text_at(text, at)))
        return end;
    for (int inside = 0; at > start && inside <= SOURCE; inside++) {
        const uint32_t code = text_at(text, --at);
        if (closes_bracket(code))
            return end;
        if (!opens_bracket(code))
            continue;
        if (inside == 0)
            return end;
        while (at > start && Py_UNICODE_ISSPACE(text_at(text, at - 1)))
            at--;
        return at;
    }
    return end;
}

/* Whether there is a stop before `end`, or before what closes there. */
static int stops_before(const Text *text, Py_ssize_t start, Py_ssize_t end)
{
    if (end > start && is_stop(text_at(text, end - 1)))
        return 1;
    while (end > start && is_closing(text_at(text, end - 1)))
        end--;
    return end > start && is_stop(text_at(text, end - 1));
}

int text_ends_sentence(const Text *text, Py_ssize_t start, Py_ssize_t end)
{
    if (stops_before(text, start, end))
        return 1;
    const Py_ssize_t before = before_source(text, start, end);
    return before < end && stops_before(text, start, before);
}

const char ends_sentence_doc[] = "ends_sentence(text) -> bool\n\nshape.ends_sentence.";

PyObject *kernel_ends_sentence(PyObject *Py_UNUSED(module), PyObject *object)
{
    Text text;
    if (text_open(&text, object) < 0)
        return NULL;
    return PyBool_FromLong(text_ends_sentence(&text, 0, text.length));
}
