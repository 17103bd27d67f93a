/* What lines say of themselves, by their characters and words: the counterpart of `_found` in pipeline/judge/characters.py,
 * which says what each column means. */
#include "kernels.h"

#define YEAR 4       /* digits of a year */
#define SHORT 3      /* letters of a short word, at most */
#define LONG 8       /* of a long one, at least */
#define AT_AN_EDGE 3 /* quotes, brackets and spaces that are looked behind at either end */

/* The classes of characters, as in characters.py. */
enum {
    OTHER, SPACE, LOWER, UPPER, LETTER, IDEOGRAPH, MARK, DIGIT, NUMBER, STOP, ELLIPSIS, COMMA, COLON, QUOTE, APOSTROPHE,
    GUILLEMET, OPEN, CLOSE, DASH, BAR, SLASH, AT, CURRENCY, LEGAL, PUNCTUATION, SYMBOL, CLASSES
};

/* The columns behind those of the classes, as in characters.py. */
enum {
    STARTS = CLASSES, STARTS_INSIDE, ENDS, ENDS_INSIDE, ENDS_STOP, ENDS_DOTS, ENDS_COLON, SENTENCES, TIMES, DATES, DOMAINS,
    OF_LETTERS, OF_IDEOGRAPHS, OF_DIGITS, BEGIN_UPPER, OF_FOUR_DIGITS, ALL_UPPER, BEGIN_LOWER, SHORT_WORDS, LONG_WORDS,
    IN_WORDS, TURNS, COLUMNS
};
enum { HASH, FIRST, LAST, SHAPE, HASHES };

/* Kinds of words in the shape of a line. */
enum { NO_KIND, OF_NUMBER, OF_CAPITAL, OF_LOWER, OF_SINGLE, OF_NONE };

#define HAS(classes, kind) ((classes) >> (kind) & 1u)
static const uint32_t at_either_edge = 1u << QUOTE | 1u << APOSTROPHE | 1u << GUILLEMET | 1u << SPACE;
static const uint32_t patterned = 1u << STOP | 1u << ELLIPSIS | 1u << COLON | 1u << SLASH | 1u << DASH;
static const uint32_t cased = 1u << LOWER | 1u << UPPER;

typedef struct {
    View classes;           /* uint8, of every code point */
    View offsets;           /* int64 [lines + 1], of the words below */
    View start, end, hash;  /* int64, int64, uint64 */
    int64_t *table;         /* [COLUMNS, lines] */
    uint64_t *hashes;       /* [HASHES, lines] */
    Py_ssize_t lines;
} Lines;

/* The words of a line. */
typedef struct {
    const int64_t *start, *end;
    const uint64_t *hash;
    Py_ssize_t count;
} Words;

/* The class of a character of a line, behind which stands its line break. */
static inline unsigned class_at(const Text *text, const unsigned char *classes, Py_ssize_t at)
{
    return classes[at < text->length ? text_at(text, at) : '\n'];
}

/* Whether a line's stop at this place, of this class and behind one of that, ends a sentence: of several the first does. */
static inline int ends_sentence(unsigned before, unsigned kind, uint32_t code, unsigned after)
{
    if ((kind != STOP && kind != ELLIPSIS) || before == STOP || before == ELLIPSIS)
        return 0;
    const uint32_t closes = at_either_edge | 1u << CLOSE;
    return HAS(closes, after) || code == 0x3002 || code == 0xFF01 || code == 0xFF1F; /* the wide ones */
}

/* Characters by class, and `_patterns`. */
static inline void count_characters(const Text *text, const unsigned char *classes, int64_t *counts)
{
    unsigned before = classes['\n'];
    unsigned kind = class_at(text, classes, 0);
    for (Py_ssize_t at = 0; at < text->length; at++) {
        const unsigned after = class_at(text, classes, at + 1);
        counts[kind]++;
        if (HAS(patterned, kind)) {
            const uint32_t code = text_at(text, at);
            const int is_dot = code == '.';
            const int is_between_digits = before == DIGIT && after == DIGIT;
            counts[SENTENCES] += ends_sentence(before, kind, code, after);
            counts[TIMES] += kind == COLON && is_between_digits;
            counts[DATES] += (kind == SLASH || kind == DASH || is_dot) && is_between_digits;
            counts[DOMAINS] += is_dot && HAS(cased, before) && after == LOWER;
        }
        before = kind;
        kind = after;
    }
    counts[kind]++; /* the line break */
}

/* `_edges`: how a line begins and ends, within quotes and brackets. */
static inline void look_at_edges(const Text *text, const unsigned char *classes, int64_t *counts)
{
    const uint32_t closes = at_either_edge | 1u << CLOSE;
    const uint32_t opens = at_either_edge | 1u << OPEN | 1u << DASH;
    const Py_ssize_t last = text->length > 0 ? text->length - 1 : 0; /* of an empty line the break itself */
    Py_ssize_t start = 0, end = last;
    for (int i = 0; i < AT_AN_EDGE; i++) {
        if (start < last && HAS(opens, class_at(text, classes, start)))
            start++;
        if (end > 0 && HAS(closes, class_at(text, classes, end)))
            end--;
    }
    const unsigned closing = class_at(text, classes, end);
    /* Two stops and more are dots, if the last of them is one: not `?!`. */
    const int follows_stop = end > 0 && class_at(text, classes, end - 1) == STOP;
    const int is_dots = closing == ELLIPSIS || (closing == STOP && follows_stop && text_at(text, end) == '.');
    counts[STARTS] = class_at(text, classes, 0);
    counts[STARTS_INSIDE] = class_at(text, classes, start);
    counts[ENDS] = class_at(text, classes, last);
    counts[ENDS_INSIDE] = closing;
    counts[ENDS_STOP] = closing == STOP && !is_dots;
    counts[ENDS_DOTS] = is_dots;
    counts[ENDS_COLON] = closing == COLON;
}

static inline int is_upper(const Text *text, const unsigned char *classes, Py_ssize_t start, Py_ssize_t end)
{
    while (start < end && class_at(text, classes, start) == UPPER)
        start++;
    return start == end;
}

/* `_word_counts`: words by kind, and hashes of them. -1 with an exception set where a word lies outside of its line. */
static inline int count_words(const Text *text, const unsigned char *classes, const Words *words, int64_t *counts,
                              uint64_t *hashes)
{
    int kind_before = NO_KIND;
    for (Py_ssize_t i = 0; i < words->count; i++) {
        const int64_t start = words->start[i], end = words->end[i];
        if (start < 0 || start >= end || end > text->length) {
            PyErr_SetString(PyExc_ValueError, "a word lies outside of its line");
            return -1;
        }
        const int64_t length = end - start;
        const unsigned first = class_at(text, classes, (Py_ssize_t)start);
        const int is_spaced = first != DIGIT && first != IDEOGRAPH;
        const int kind = first == DIGIT       ? OF_NUMBER
                         : first == UPPER     ? OF_CAPITAL
                         : first == LOWER     ? OF_LOWER
                         : first == IDEOGRAPH ? OF_SINGLE
                                              : OF_NONE;
        counts[OF_LETTERS] += is_spaced;
        counts[OF_IDEOGRAPHS] += first == IDEOGRAPH;
        counts[OF_DIGITS] += first == DIGIT;
        counts[OF_FOUR_DIGITS] += first == DIGIT && length == YEAR;
        counts[BEGIN_UPPER] += first == UPPER;
        counts[BEGIN_LOWER] += first == LOWER;
        counts[SHORT_WORDS] += first == LOWER && length <= SHORT;
        counts[LONG_WORDS] += is_spaced && length >= LONG;
        counts[IN_WORDS] += length;
        if (first == UPPER && length > 1)
            counts[ALL_UPPER] += is_upper(text, classes, (Py_ssize_t)start, (Py_ssize_t)end);
        if (kind != kind_before) {
            counts[TURNS]++;
            hashes[SHAPE] += mix64((uint64_t)kind ^ (uint64_t)counts[TURNS] * MULTIPLIER);
            kind_before = kind;
        }
        /* A number is known by its length. */
        const uint64_t said = first == DIGIT ? (uint64_t)length + 1 : words->hash[i];
        hashes[HASH] += mix64(said ^ ((uint64_t)i + 1) * MULTIPLIER);
        if (i == 0)
            hashes[FIRST] = said;
        hashes[LAST] = said;
    }
    return 0;
}

static inline int read_width(const Text *text, const unsigned char *classes, const Words *words, int64_t *counts,
                             uint64_t *hashes)
{
    count_characters(text, classes, counts);
    look_at_edges(text, classes, counts);
    return count_words(text, classes, words, counts, hashes);
}

static int read_line(Text text, const unsigned char *classes, const Words *words, int64_t *counts, uint64_t *hashes)
{
    RETURN_BY_WIDTH(text, read_width(&text, classes, words, counts, hashes))
}

/* The words of a line; -1 with an exception set where the offsets lie outside of all words. */
static int words_of_line(const Lines *lines, Py_ssize_t line, Words *words)
{
    const int64_t *offsets = lines->offsets.buffer.buf;
    const int64_t first = offsets[line], stop = offsets[line + 1];
    if (first < 0 || stop < first || stop > lines->hash.count) {
        PyErr_SetString(PyExc_ValueError, "the words of a line lie outside of all words");
        return -1;
    }
    words->start = (const int64_t *)lines->start.buffer.buf + first;
    words->end = (const int64_t *)lines->end.buffer.buf + first;
    words->hash = (const uint64_t *)lines->hash.buffer.buf + first;
    words->count = (Py_ssize_t)(stop - first);
    return 0;
}

static int read_lines(const Lines *lines, PyObject *list)
{
    const unsigned char *classes = lines->classes.buffer.buf;
    for (Py_ssize_t line = 0; line < lines->lines; line++) {
        int64_t counts[COLUMNS] = {0};
        uint64_t hashes[HASHES] = {0};
        Text text;
        Words words;
        if (text_open(&text, PySequence_Fast_GET_ITEM(list, line)) < 0 || words_of_line(lines, line, &words) < 0 ||
            read_line(text, classes, &words, counts, hashes) < 0)
            return -1;
        for (int i = 0; i < COLUMNS; i++)
            lines->table[i * lines->lines + line] = counts[i];
        for (int i = 0; i < HASHES; i++)
            lines->hashes[i * lines->lines + line] = hashes[i];
    }
    return 0;
}

static int open_views(Lines *lines, PyObject *classes, PyObject *offsets, PyObject *start, PyObject *end, PyObject *hash)
{
    if (view_open(&lines->classes, classes, 1) < 0 || view_open(&lines->offsets, offsets, 8) < 0 ||
        view_open(&lines->start, start, 8) < 0 || view_open(&lines->end, end, 8) < 0 || view_open(&lines->hash, hash, 8) < 0)
        return -1;
    const unsigned char *every_class = lines->classes.buffer.buf;
    unsigned char highest = 0;
    for (Py_ssize_t i = 0; i < lines->classes.count; i++)
        highest = every_class[i] > highest ? every_class[i] : highest;
    if (lines->classes.count != CODE_POINTS || highest >= CLASSES)
        PyErr_SetString(PyExc_ValueError, "the table has not a class for each code point");
    else if (lines->offsets.count != lines->lines + 1)
        PyErr_SetString(PyExc_ValueError, "words have not one offset a line, and one more");
    else if (lines->start.count != lines->hash.count || lines->end.count != lines->hash.count)
        PyErr_SetString(PyExc_ValueError, "words have not a start, an end and a hash each");
    else
        return 0;
    return -1;
}

static void close_views(Lines *lines)
{
    view_close(&lines->classes);
    view_close(&lines->offsets);
    view_close(&lines->start);
    view_close(&lines->end);
    view_close(&lines->hash);
}

const char line_columns_doc[] =
    "line_columns(texts, classes, offsets, start, end, hash) -> (int64 [columns, lines], uint64 [hashes, lines])\n\n"
    "What `_found` of judge/characters.py counts and hashes, as bytearrays: first the classes, then the rest. `classes` is\n"
    "uint8 [0x110000], the others are columns of tokens.Tokens.";

PyObject *kernel_line_columns(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *texts, *classes, *offsets, *start, *end, *hash, *table = NULL, *hashes = NULL, *made = NULL;
    if (!PyArg_ParseTuple(args, "OOOOOO", &texts, &classes, &offsets, &start, &end, &hash))
        return NULL;
    PyObject *list = PySequence_Fast(texts, "texts are a sequence");
    if (list == NULL)
        return NULL;
    Lines lines;
    memset(&lines, 0, sizeof lines);
    lines.lines = PySequence_Fast_GET_SIZE(list);
    if (lines.lines > PY_SSIZE_T_MAX / (COLUMNS * (Py_ssize_t)sizeof(int64_t)))
        PyErr_NoMemory();
    else if (open_views(&lines, classes, offsets, start, end, hash) == 0) {
        table = PyByteArray_FromStringAndSize(NULL, lines.lines * COLUMNS * (Py_ssize_t)sizeof(int64_t));
        hashes = PyByteArray_FromStringAndSize(NULL, lines.lines * HASHES * (Py_ssize_t)sizeof(uint64_t));
    }
    if (table != NULL && hashes != NULL) {
        lines.table = (int64_t *)PyByteArray_AS_STRING(table);
        lines.hashes = (uint64_t *)PyByteArray_AS_STRING(hashes);
        if (read_lines(&lines, list) == 0)
            made = PyTuple_Pack(2, table, hashes);
    }
    Py_XDECREF(table);
    Py_XDECREF(hashes);
    close_views(&lines);
    Py_DECREF(list);
    return made;
}
