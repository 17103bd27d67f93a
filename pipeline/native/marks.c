/* What stands between words: the counterpart of match/core/marks.py, which says what each mark is. */
#include "kernels.h"

/* As in marks.py. */
enum { EDGE = 1, QUOTED = 2, OPENS = 4, CAPITAL = 8, SINGLE = 16, ELLIPSIS = 32, BREAK = 64 };

#define MOST_CLOSING 255
#define CASED 0x2000    /* code points from here on are not asked whether they are letters, nor whether capital ones */
#define UNSPACED 0x0E00 /* the first code point of a script written without spaces */
#define DOTS 0x2026     /* an ellipsis */

/* The words of the texts, as tokens.py has them, and what is made of them. */
typedef struct {
    View offsets, start, end, folded_offsets, folded;
    Column flags, closing;
} Marked;

static int is_word(uint32_t code)
{
    return code < CASED ? Py_UNICODE_ISALNUM(code) : code >= 0x3040 && code < 0xE000;
}

static int is_final(uint32_t code)
{
    return code == '.' || code == '!' || code == '?' || code == DOTS || code == 0x3002 || code == 0xFF01 || code == 0xFF1F;
}

/* A line break follows each text. */
static inline uint32_t code_at(const Text *text, Py_ssize_t at)
{
    return at < text->length ? text_at(text, at) : '\n';
}

/* The flags that a character gives to the next word. */
static inline int flags_behind(const Text *text, Py_ssize_t at)
{
    const uint32_t code = text_at(text, at);
    int flags = 0;
    switch (code) {
    case '.': case ';': case ':': case '!': case '?': case DOTS:
        if (!is_word(code_at(text, at + 1)))
            flags = EDGE;
        if (code == DOTS || (code == '.' && code_at(text, at + 1) == '.' && code_at(text, at + 2) == '.'))
            flags |= ELLIPSIS;
        return flags;
    case '\n':
        return EDGE | BREAK;
    case '"': case 0xAB: case 0xBB: case 0x201C: case 0x201D: case 0x201E: /* quotation marks */
    case 0x3002: case 0xFF1B: case 0xFF1A: case 0xFF01: case 0xFF1F:       /* . ; : ! ? of full width */
        return EDGE;
    default:
        return 0;
    }
}

static int is_single(const uint32_t *folded, Py_ssize_t letters)
{
    const uint32_t first = *folded;
    const int is_hangul = (first >= 0x1100 && first < 0x1200) || (first >= 0xAC00 && first < 0xD7B0);
    return letters <= 3 && first >= UNSPACED && !is_hangul;
}

/* How many characters of final punctuation follow a word that ends there. */
static int closing_at(const Text *text, Py_ssize_t end)
{
    int count = 0;
    while (count < MOST_CLOSING && is_final(code_at(text, end + count)))
        count++;
    return count > 0 && is_word(code_at(text, end + count)) ? count - 1 : count;
}

/* Marks the words of a text by what stands beside them; `flags` are those of the next word, before and after. */
static inline int mark_words(const Text *text, Marked *marked, Py_ssize_t first, Py_ssize_t last, int *flags)
{
    const int64_t *start = marked->start.buffer.buf, *end = marked->end.buffer.buf;
    const int64_t *edges = marked->folded_offsets.buffer.buf;
    const uint32_t *folded = marked->folded.buffer.buf;
    Py_ssize_t at = 0;
    for (Py_ssize_t word = first; word < last; word++) {
        if (start[word] < 0 || start[word] >= text->length || end[word] < start[word] || end[word] > text->length) {
            PyErr_SetString(PyExc_IndexError, "a word is outside of its text");
            return -1;
        }
        for (; at < start[word]; at++)
            *flags |= flags_behind(text, at);
        at = (Py_ssize_t)end[word];
        const uint32_t letter = text_at(text, (Py_ssize_t)start[word]);
        if (letter < CASED && Py_UNICODE_ISUPPER(letter))
            *flags |= CAPITAL;
        if (edges[word] < edges[word + 1] && is_single(folded + edges[word], (Py_ssize_t)(edges[word + 1] - edges[word])))
            *flags |= SINGLE;
        ((unsigned char *)marked->flags.data)[word] = (unsigned char)*flags;
        ((unsigned char *)marked->closing.data)[word] = (unsigned char)closing_at(text, at);
        *flags = 0;
    }
    for (; at < text->length; at++)
        *flags |= flags_behind(text, at);
    *flags |= EDGE | BREAK;
    return 0;
}

/* Whether a quotation that `opens` has opened ends before this character, which may be what closes it. */
static int ends_quotation(uint32_t opens, uint32_t code)
{
    switch (opens) {
    case '"':
        return code == '"' || code == '\n';
    case 0x201C: case 0x201E:
        return code == '"' || (code >= 0x201C && code <= 0x201E) || code == '\n';
    case 0xAB: case 0xBB:
        return code == 0xAB || code == 0xBB || code == '\n';
    default:
        return (code >= 0x300C && code <= 0x300F) || code == '\n';
    }
}

static int opens_quotation(uint32_t code)
{
    return code == '"' || code == 0xAB || code == 0xBB || code == 0x201C || code == 0x201E || code == 0x300C || code == 0x300E;
}

/* Marks the words of a text that stand inside quotation marks. */
static inline void mark_quoted(const Text *text, Marked *marked, Py_ssize_t first, Py_ssize_t last)
{
    const int64_t *start = marked->start.buffer.buf, *end = marked->end.buffer.buf;
    unsigned char *flags = (unsigned char *)marked->flags.data;
    for (Py_ssize_t at = 0; at < text->length;) {
        const Py_ssize_t begin = at;
        const uint32_t opens = text_at(text, at++);
        if (!opens_quotation(opens))
            continue;
        while (at < text->length && !ends_quotation(opens, text_at(text, at)))
            at++;
        const uint32_t closes = code_at(text, at);
        if (opens == 0xBB && closes != 0xAB) {
            at = begin + 1;
            continue;
        }
        if (opens == '"' && closes == '"')
            at++;
        while (first < last && start[first] < begin)
            first++;
        if (first < last && end[first] <= at)
            flags[first] |= OPENS;
        for (; first < last && end[first] <= at; first++)
            flags[first] |= QUOTED;
    }
}

static inline int mark_width(const Text *text, Marked *marked, Py_ssize_t first, Py_ssize_t last, int *flags)
{
    if (mark_words(text, marked, first, last, flags) < 0)
        return -1;
    mark_quoted(text, marked, first, last);
    return 0;
}

static int mark(Text text, Marked *marked, Py_ssize_t first, Py_ssize_t last, int *flags)
{
    RETURN_BY_WIDTH(text, mark_width(&text, marked, first, last, flags))
}

static int open_marked(Marked *marked, PyObject *const *columns)
{
    if (view_open(&marked->start, columns[1], 8) < 0 || view_open(&marked->end, columns[2], 8) < 0 ||
        view_open(&marked->folded, columns[4], 4) < 0 ||
        offsets_open(&marked->offsets, columns[0], marked->start.count) < 0 ||
        offsets_open(&marked->folded_offsets, columns[3], marked->folded.count) < 0)
        return -1;
    const Py_ssize_t words = marked->start.count;
    const int64_t *offsets = marked->offsets.buffer.buf;
    if (marked->end.count != words || marked->folded_offsets.count != words + 1 || offsets[0] != 0 ||
        offsets[marked->offsets.count - 1] != words) {
        PyErr_SetString(PyExc_ValueError, "columns of words have a row a word");
        return -1;
    }
    return column_open_whole(&marked->flags, words) < 0 ? -1 : column_open_whole(&marked->closing, words);
}

static void close_marked(Marked *marked)
{
    view_close(&marked->offsets);
    view_close(&marked->start);
    view_close(&marked->end);
    view_close(&marked->folded_offsets);
    view_close(&marked->folded);
    column_drop(&marked->flags);
    column_drop(&marked->closing);
}

static PyObject *mark_texts(PyObject *list, Marked *marked)
{
    const Py_ssize_t texts = PySequence_Fast_GET_SIZE(list);
    if (marked->offsets.count != texts + 1) {
        PyErr_SetString(PyExc_ValueError, "a text has its words between two offsets");
        return NULL;
    }
    const int64_t *offsets = marked->offsets.buffer.buf;
    int flags = EDGE | BREAK; /* of the next word */
    for (Py_ssize_t i = 0; i < texts; i++) {
        Text text;
        if (text_open(&text, PySequence_Fast_GET_ITEM(list, i)) < 0 ||
            mark(text, marked, (Py_ssize_t)offsets[i], (Py_ssize_t)offsets[i + 1], &flags) < 0)
            return NULL;
    }
    return columns_close(2, &marked->flags, &marked->closing);
}

const char marks_doc[] = "marks(texts, offsets, start, end, folded_offsets, folded) -> (flags, closing)\n\n"
                         "The columns of match.core.marks.marks, as bytearrays.";

PyObject *kernel_marks(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *texts, *columns[5], *made = NULL;
    if (!PyArg_ParseTuple(args, "OOOOOO", &texts, &columns[0], &columns[1], &columns[2], &columns[3], &columns[4]))
        return NULL;
    PyObject *list = PySequence_Fast(texts, "texts are a sequence");
    if (list == NULL)
        return NULL;
    Marked marked;
    memset(&marked, 0, sizeof marked);
    if (open_marked(&marked, columns) == 0)
        made = mark_texts(list, &marked);
    close_marked(&marked);
    Py_DECREF(list);
    return made;
}
