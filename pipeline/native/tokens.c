/* The words of texts: the counterpart of pipeline/tokens.py, which says what a word is. */
#include "kernels.h"

/* What a code point does, as in tokens.py. */
enum { SEPARATOR, WORD, SINGLE, ATTACH, DROP, APOSTROPHE, MANY };

#define CHAINED 64                              /* pieces of eight bytes that are hashed one after another */
#define TOGETHER 64                             /* letters of ASCII that are read at once, at most */
#define VALUE 0xFFFFFF                          /* the bits of an entry below its kind */
#define CODE ((Py_ssize_t)sizeof(uint32_t))
#define MOST_BYTES 4                            /* of a code point in UTF-8 */
#define PADDING 8                               /* zeros behind a word, so that eight bytes can be read from anywhere in it */

/* The Unicode tables, as tokens.py loads them. */
typedef struct {
    View entry;        /* uint32 [0x110000]: kind << 24 | folded code point, or for MANY the row in `many_offsets` */
    View many_offsets; /* int64 */
    View many;         /* uint32 */
    unsigned char plain[128]; /* folded letters and digits of ASCII; 0 for all else */
} Tables;

/* What is made of the texts. The columns below `hashes` are left out where only hashes are asked for. */
typedef struct {
    int with_spans;
    Column offsets, hashes, start, end, folded_offsets, folded;
} Words;

/* The word that is being read. */
typedef struct {
    char *utf8; /* folded */
    Py_ssize_t size, room;
    Py_ssize_t start, last; /* code points of the text: its first, and the last so far that is part of it */
    int is_open;
} Word;

static uint32_t kind_of(uint32_t entry)
{
    return entry >> 24;
}

/* `token_hash` of tokens.py; eight zeros follow the word. */
static uint64_t hash_of(const char *utf8, Py_ssize_t size)
{
    uint64_t hash = (uint64_t)size * MULTIPLIER;
    int pieces = 0;
    while (size > 8 && pieces < CHAINED) {
        hash = mix64(hash ^ eight_bytes(utf8));
        utf8 += 8;
        size -= 8;
        pieces++;
    }
    if (size <= 8)
        return mix64(hash ^ eight_bytes(utf8));
    uint64_t total = 0; /* of what follows, all at once */
    for (uint64_t place = 1; size > 0; place++, utf8 += 8, size -= 8)
        total += mix64(eight_bytes(utf8) ^ (place * MULTIPLIER));
    return mix64(hash ^ total);
}

static int open_words(Words *words, int with_spans, Py_ssize_t texts)
{
    memset(words, 0, sizeof *words);
    words->with_spans = with_spans;
    if (column_open(&words->offsets, (texts + 1) * 8) < 0 || column_open(&words->hashes, texts * 64) < 0)
        return -1;
    if (with_spans && (column_open(&words->start, texts * 64) < 0 || column_open(&words->end, texts * 64) < 0 ||
                       column_open(&words->folded_offsets, texts * 64) < 0 || column_open(&words->folded, texts * 256) < 0))
        return -1;
    if (COLUMN_ADD(&words->offsets, int64_t, 0) < 0)
        return -1;
    return with_spans ? COLUMN_ADD(&words->folded_offsets, int64_t, 0) : 0;
}

static void drop_words(Words *words)
{
    column_drop(&words->offsets);
    column_drop(&words->hashes);
    column_drop(&words->start);
    column_drop(&words->end);
    column_drop(&words->folded_offsets);
    column_drop(&words->folded);
}

/* Makes room for so many more folded code points, in the open word and in the column of all. */
static int make_room(Word *word, Words *words, Py_ssize_t codes)
{
    const Py_ssize_t size = word->size + MOST_BYTES * codes + PADDING;
    if (size > word->room) {
        char *larger = PyMem_Realloc(word->utf8, (size_t)(2 * size));
        if (larger == NULL) {
            PyErr_NoMemory();
            return -1;
        }
        word->utf8 = larger;
        word->room = 2 * size;
    }
    if (words->with_spans && words->folded.used + CODE * codes > words->folded.room)
        return column_grow(&words->folded, CODE * codes);
    return 0;
}

/* Appends a folded code point, for which there is room, to the open word. */
static inline void add_letter(Word *word, Words *words, uint32_t code)
{
    if (words->with_spans) {
        memcpy(words->folded.data + words->folded.used, &code, CODE);
        words->folded.used += CODE;
    }
    word->size += utf8_put(word->utf8 + word->size, code);
}

/* Ends the open word, if one is. */
static int end_word(Word *word, Words *words, const Text *text, const uint32_t *entries)
{
    if (!word->is_open)
        return 0;
    word->is_open = 0;
    memset(word->utf8 + word->size, 0, PADDING);
    if (COLUMN_ADD(&words->hashes, uint64_t, hash_of(word->utf8, word->size)) < 0)
        return -1;
    word->size = 0;
    if (!words->with_spans)
        return 0;
    Py_ssize_t end = word->last + 1;
    /* Diacritics that follow belong to it. */
    while (end < text->length && kind_of(entries[text_at(text, end)]) == DROP)
        end++;
    if (COLUMN_ADD(&words->start, int64_t, word->start) < 0 || COLUMN_ADD(&words->end, int64_t, end) < 0)
        return -1;
    return COLUMN_ADD(&words->folded_offsets, int64_t, words->folded.used / CODE);
}

/* Appends the letters of plain ASCII from `at` on to the open word, or to a new one; returns how many they are, -1 with an
 * exception set. Most letters are read here: the rest of this file is for all others. */
static inline Py_ssize_t plain_letters(const Text *text, Py_ssize_t at, const unsigned char *plain, Word *word, Words *words)
{
    const Py_ssize_t most = text->length - at < TOGETHER ? text->length - at : TOGETHER;
    if (make_room(word, words, most) < 0)
        return -1;
    char *to = word->utf8 + word->size;
    Py_ssize_t count = 0;
    for (; count < most; count++) {
        const uint32_t code = text_at(text, at + count);
        if (code >= ASCII || plain[code] == 0)
            break;
        to[count] = (char)plain[code];
    }
    if (count == 0)
        return 0;
    if (words->with_spans) {
        uint32_t *folded = (uint32_t *)(words->folded.data + words->folded.used);
        for (Py_ssize_t i = 0; i < count; i++)
            folded[i] = (unsigned char)to[i];
        words->folded.used += CODE * count;
    }
    word->size += count;
    if (!word->is_open) {
        word->is_open = 1;
        word->start = at;
    }
    word->last = at + count - 1;
    return count;
}

/* Whether there is such a row of `many`; all rows are too many to be looked at in every call. */
static int is_row(const Tables *tables, Py_ssize_t row)
{
    const int64_t *offsets = tables->many_offsets.buffer.buf;
    return row + 1 < tables->many_offsets.count && offsets[row] >= 0 && offsets[row] <= offsets[row + 1] &&
           offsets[row + 1] <= tables->many.count;
}

/* Appends the words of one text. */
static inline int words_of_width(const Text *text, const Tables *tables, Word *word, Words *words)
{
    const uint32_t *entries = tables->entry.buffer.buf;
    const int64_t *many_offsets = tables->many_offsets.buffer.buf;
    const uint32_t *many = tables->many.buffer.buf;
    uint32_t before = SEPARATOR; /* the kind of the last code point that did not disappear */

    for (Py_ssize_t at = 0; at < text->length; at++) {
        if (before <= WORD) {
            const Py_ssize_t count = plain_letters(text, at, tables->plain, word, words);
            if (count < 0)
                return -1;
            if (count > 0)
                before = WORD;
            at += count;
            if (at == text->length)
                break;
        }
        const uint32_t own = entries[text_at(text, at)];
        const uint32_t *folded = &own;
        Py_ssize_t count = 1;
        if (kind_of(own) == MANY) {
            const Py_ssize_t row = own & VALUE;
            if (!is_row(tables, row)) {
                PyErr_SetString(PyExc_ValueError, "an entry has a row that is not there");
                return -1;
            }
            folded = many + many_offsets[row];
            count = (Py_ssize_t)(many_offsets[row + 1] - many_offsets[row]);
        }
        if (make_room(word, words, count) < 0)
            return -1;
        for (; count > 0; count--, folded++) {
            const uint32_t kind = kind_of(*folded);
            if (kind == DROP || kind == APOSTROPHE)
                continue;
            /* A letter behind a word of one character starts a word of its own. */
            const int ends = kind == SEPARATOR || kind == SINGLE || (kind == WORD && (before == SINGLE || before == ATTACH));
            before = kind;
            if (ends && end_word(word, words, text, entries) < 0)
                return -1;
            if (kind == SEPARATOR)
                continue;
            if (!word->is_open) {
                word->is_open = 1;
                word->start = at;
            }
            word->last = at;
            add_letter(word, words, *folded & VALUE);
        }
    }
    if (end_word(word, words, text, entries) < 0)
        return -1;
    return COLUMN_ADD(&words->offsets, int64_t, words->hashes.used / (Py_ssize_t)sizeof(uint64_t));
}

static int words_of(Text text, const Tables *tables, Word *word, Words *words)
{
    RETURN_BY_WIDTH(text, words_of_width(&text, tables, word, words))
}

static int open_tables(Tables *tables, PyObject *entry, PyObject *many_offsets, PyObject *many)
{
    if (view_open(&tables->entry, entry, 4) < 0 || view_open(&tables->many_offsets, many_offsets, 8) < 0 ||
        view_open(&tables->many, many, 4) < 0)
        return -1;
    if (tables->entry.count != CODE_POINTS) {
        PyErr_SetString(PyExc_ValueError, "the table of entries has not one for each code point");
        return -1;
    }
    const uint32_t *entries = tables->entry.buffer.buf;
    for (int code = 0; code < ASCII; code++)
        tables->plain[code] = kind_of(entries[code]) == WORD ? (unsigned char)entries[code] : 0;
    return 0;
}

static void close_tables(Tables *tables)
{
    view_close(&tables->entry);
    view_close(&tables->many_offsets);
    view_close(&tables->many);
}

/* A tuple of the columns; NULL with an exception set. */
static PyObject *close_words(Words *words)
{
    if (!words->with_spans)
        return columns_close(2, &words->offsets, &words->hashes);
    return columns_close(6, &words->offsets, &words->hashes, &words->start, &words->end, &words->folded_offsets,
                         &words->folded);
}

static PyObject *read_words(PyObject *args, int with_spans)
{
    PyObject *texts, *entry, *many_offsets, *many, *made = NULL;
    if (!PyArg_ParseTuple(args, "OOOO", &texts, &entry, &many_offsets, &many))
        return NULL;
    PyObject *list = PySequence_Fast(texts, "texts are a sequence");
    if (list == NULL)
        return NULL;
    Tables tables;
    memset(&tables, 0, sizeof tables);
    Words words;
    memset(&words, 0, sizeof words);
    Word word;
    memset(&word, 0, sizeof word);
    const Py_ssize_t count = PySequence_Fast_GET_SIZE(list);
    if (open_tables(&tables, entry, many_offsets, many) == 0 && open_words(&words, with_spans, count) == 0) {
        Py_ssize_t i = 0;
        for (; i < count; i++) {
            Text text;
            if (text_open(&text, PySequence_Fast_GET_ITEM(list, i)) < 0 || words_of(text, &tables, &word, &words) < 0)
                break;
        }
        if (i == count)
            made = close_words(&words);
    }
    PyMem_Free(word.utf8);
    drop_words(&words);
    close_tables(&tables);
    Py_DECREF(list);
    return made;
}

const char tokenize_doc[] = "tokenize(texts, entry, many_offsets, many) -> (offsets, hash, start, end, folded_offsets, folded)\n\n"
                            "The columns of tokens.Tokens, as bytearrays.";

PyObject *kernel_tokenize(PyObject *Py_UNUSED(module), PyObject *args)
{
    return read_words(args, 1);
}

const char token_hashes_doc[] = "token_hashes(texts, entry, many_offsets, many) -> (offsets, hash)\n\n"
                                "The first two columns of tokenize.";

PyObject *kernel_token_hashes(PyObject *Py_UNUSED(module), PyObject *args)
{
    return read_words(args, 0);
}
