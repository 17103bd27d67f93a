/* What the files of the compiled kernels share: columns that grow, and views of columns that NumPy made.
 *
 * Every kernel gives the same bits as its counterpart in Python, which is used where nothing was compiled;
 * tests/native holds them to it. A kernel keeps nothing between two calls. */
#ifndef PIPELINE_KERNELS_H
#define PIPELINE_KERNELS_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

/* Goes up with every change of what a kernel takes or gives, and so does VERSION of __init__.py. */
#define VERSION 11

/* A column of numbers of one size that grows: a bytearray, which NumPy takes as it is. */
typedef struct {
    PyObject *bytes;
    char *data;
    Py_ssize_t used; /* bytes */
    Py_ssize_t room;
} Column;

/* 0, or -1 with an exception set. `room` is a guess, in bytes. */
int column_open(Column *column, Py_ssize_t room);
/* The same with room for all there will be, `size` bytes, which are then written where they belong. */
int column_open_whole(Column *column, Py_ssize_t size);
int column_grow(Column *column, Py_ssize_t more);
/* The bytearray, which is the caller's from now on; NULL with an exception set. */
PyObject *column_close(Column *column);
/* Drops what was not closed; a column of zeros is fine, too. */
void column_drop(Column *column);
/* A tuple of so many bytearrays, given as pointers to columns; NULL with an exception set. */
PyObject *columns_close(int count, ...);

/* Appends one number. */
#define COLUMN_ADD(column, type, value)                                                         \
    (((column)->used + (Py_ssize_t)sizeof(type) <= (column)->room || !column_grow((column), sizeof(type))) \
         ? ((*(type *)((column)->data + (column)->used) = (type)(value)), (column)->used += sizeof(type), 0) \
         : -1)

/* A column of another, for reading: how many numbers it has. */
typedef struct {
    Py_buffer buffer;
    Py_ssize_t count;
} View;

/* Opens a contiguous view of numbers of `size` bytes; 0, or -1 with an exception set. */
int view_open(View *view, PyObject *object, Py_ssize_t size);
/* The same of offsets, int64: at least one, none below 0 or below the one before it, and none above `most`. */
int offsets_open(View *view, PyObject *object, Py_ssize_t most);
/* Whether the numbers of a view, int64, begin with 0, go up, and end with `last`: offsets of all of so many. */
int are_offsets(const View *view, Py_ssize_t last);
/* Closes it; one of zeros is fine, too. */
void view_close(View *view);

/* How many of `count` ascending numbers are less than a value (search.c). */
Py_ssize_t count_less(const uint64_t *members, Py_ssize_t count, uint64_t value);
/* How many of `count` ascending offsets are a position or less; `near` is where to look first (search.c). */
Py_ssize_t count_up_to(const int64_t *offsets, Py_ssize_t count, int64_t position, Py_ssize_t near);

#define CODE_POINTS 0x110000
#define ASCII 128 /* code points */

/* The code points of a str, which has to outlive it. */
typedef struct {
    const void *data;
    Py_ssize_t length;
    int width; /* bytes a code point: 1, 2 or 4 */
} Text;

/* 0, or -1 with an exception set where the object is no str. */
static inline int text_open(Text *text, PyObject *object)
{
    if (!PyUnicode_Check(object)) {
        PyErr_SetString(PyExc_TypeError, "a text is a str");
        return -1;
    }
    text->data = PyUnicode_DATA(object);
    text->length = PyUnicode_GET_LENGTH(object);
    text->width = PyUnicode_KIND(object);
    return 0;
}

static inline uint32_t text_at(const Text *text, Py_ssize_t at)
{
    return PyUnicode_READ(text->width, text->data, at);
}

/* What a character is, as `str.isspace`, `str.isdecimal` and `str.isalnum` say. */
static inline int is_ascii_letter(uint32_t code)
{
    return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z');
}

static inline int is_space(uint32_t code)
{
    return code < ASCII ? code == ' ' || (code >= '\t' && code <= '\r') || (code >= 0x1C && code <= 0x1F)
                        : Py_UNICODE_ISSPACE(code);
}

static inline int is_decimal(uint32_t code)
{
    return code < ASCII ? code >= '0' && code <= '9' : Py_UNICODE_ISDECIMAL(code);
}

static inline int is_alnum(uint32_t code)
{
    return code < ASCII ? is_ascii_letter(code) || is_decimal(code) : Py_UNICODE_ISALNUM(code);
}

/* Returns what a call gives that reads a text, with a copy of its code for each width of a code point, which the compiler knows in
 * it: for functions that are inline. `text` is a variable. */
#define RETURN_BY_WIDTH(text, call)          \
    switch ((text).width) {                  \
    case PyUnicode_1BYTE_KIND:               \
        (text).width = PyUnicode_1BYTE_KIND; \
        return call;                         \
    case PyUnicode_2BYTE_KIND:               \
        (text).width = PyUnicode_2BYTE_KIND; \
        return call;                         \
    default:                                 \
        (text).width = PyUnicode_4BYTE_KIND; \
        return call;                         \
    }

/* Writes a code point in UTF-8, a lone surrogate as any other; how many bytes, 4 at most. */
static inline int utf8_put(char *to, uint32_t code)
{
    if (code < 0x80) {
        to[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        to[0] = (char)(0xC0 | code >> 6);
        to[1] = (char)(0x80 | (code & 0x3F));
        return 2;
    }
    if (code < 0x10000) {
        to[0] = (char)(0xE0 | code >> 12);
        to[1] = (char)(0x80 | (code >> 6 & 0x3F));
        to[2] = (char)(0x80 | (code & 0x3F));
        return 3;
    }
    to[0] = (char)(0xF0 | code >> 18);
    to[1] = (char)(0x80 | (code >> 12 & 0x3F));
    to[2] = (char)(0x80 | (code >> 6 & 0x3F));
    to[3] = (char)(0x80 | (code & 0x3F));
    return 4;
}

/* Eight bytes as a number, the first one lowest. */
static inline uint64_t eight_bytes(const char *from)
{
    uint64_t value;
    memcpy(&value, from, sizeof value);
#if PY_BIG_ENDIAN
    uint64_t turned = 0;
    for (int i = 0; i < 8; i++, value >>= 8)
        turned = turned << 8 | (value & 0xFF);
    value = turned;
#endif
    return value;
}

/* MULTIPLIER of tokens.py: spreads a length or a place over a hash. */
#define MULTIPLIER UINT64_C(0x9E3779B97F4A7C15)

/* MurmurHash3's 64-bit finaliser. */
static inline uint64_t mix64(uint64_t value)
{
    value ^= value >> 33;
    value *= UINT64_C(0xFF51AFD7ED558CCD);
    value ^= value >> 33;
    value *= UINT64_C(0xC4CEB9FE1A85EC53);
    return value ^ (value >> 33);
}

/* MULTIPLIER of match/core/shingle.py: its powers weigh what stands in a sequence. */
#define SEQUENCE UINT64_C(0xBB67AE8584CAA73B)


/* A line that is not blank, and where to look for the next one; all zeros before the first (lines.c). */
typedef struct {
    Py_ssize_t begin;      /* behind the line break before it */
    Py_ssize_t start, end; /* without the white space around it */
    Py_ssize_t gap;        /* line breaks since the last one, 0 of the first */
    Py_ssize_t next;       /* behind its own line break */
    Py_ssize_t breaks;     /* since the last one, as far as the text was read */
    int is_later;          /* whether there was one before it */
} Line;

/* Goes on to the next line of a text; 0 where there is none. */
int next_line(const Text *text, Line *line);

/* What a line may be, and where its first colon and its first digit stand (hints.c). */
typedef struct {
    uint32_t hints;
    Py_ssize_t indent; /* columns */
    Py_ssize_t word;   /* code points of its first word */
    Py_ssize_t colon;  /* -1 where it has none */
    Py_ssize_t digit;
} Looks;

Looks look_at_line(const Text *text, const Line *line);

/* A letter of any script, as `[^\W\d_]` finds it (shape.c). */
int is_letter(uint32_t code);

/* Whether a stretch of a text ends as a sentence does (shape.c). */
int text_ends_sentence(const Text *text, Py_ssize_t start, Py_ssize_t end);

/* Whether a text has one (fold.c). */
int has_letter(const Text *text);

/* A line folded; what every text has in place of its numbers (fold.c). New references, or NULL with an exception set. */
PyObject *fold_text(PyObject *object, const uint32_t *table, const Text *beyond);
PyObject *without_numbers(PyObject *object);

/* Opens the table that `fold_text` takes; 0, or -1 with an exception set, the view to be closed in either case. */
int view_open_folds(View *view, PyObject *object);

/* BLAKE2b of some bytes with a digest of eight, as a number whose highest byte comes first (blake2b.c). */
uint64_t blake2b_8(const unsigned char *data, size_t size);

/* Appends a new object, which may be NULL with an exception set, to a list; 0, or -1. */
static inline int list_add(PyObject *list, PyObject *item)
{
    if (item == NULL)
        return -1;
    const int failed = PyList_Append(list, item);
    Py_DECREF(item);
    return failed;
}

/* The kernels, by how they take their arguments: a tuple, one object, or several as an array. `kernel_NAME` is the function,
 * `NAME_doc` its docstring. */
#define KERNELS(TUPLE, ONE, SEVERAL) \
    TUPLE(band_keys)                 \
    TUPLE(chain)                     \
    TUPLE(copies)                    \
    TUPLE(echoes)                    \
    TUPLE(edit_lines)                \
    TUPLE(held_words)                \
    TUPLE(known_phrases)             \
    TUPLE(known_words)               \
    TUPLE(line_breaks)               \
    TUPLE(line_columns)              \
    TUPLE(look_up)                   \
    TUPLE(mark_columns)              \
    TUPLE(marks)                     \
    TUPLE(owner_at)                  \
    TUPLE(physical_lines)            \
    TUPLE(places_near)               \
    TUPLE(same)                      \
    TUPLE(same_words)                \
    TUPLE(screen)                    \
    TUPLE(screened)                  \
    TUPLE(seeds)                     \
    TUPLE(shared)                    \
    TUPLE(shingles)                  \
    TUPLE(signatures)                \
    TUPLE(token_hashes)              \
    TUPLE(tokenize)                  \
    TUPLE(tree_scores)               \
    ONE(ends_sentence)               \
    ONE(has_letter)                  \
    ONE(known_of_pattern)            \
    ONE(letter_runs)                 \
    ONE(numberless)                  \
    ONE(spans)                       \
    ONE(symbol_fingerprints)         \
    ONE(words)                       \
    SEVERAL(fold)                    \
    SEVERAL(has_words)               \
    SEVERAL(known_runs)              \
    SEVERAL(long_runs)               \
    SEVERAL(may_need)                \
    SEVERAL(near_end)                \
    SEVERAL(said)

#define DECLARE_TUPLE(name)                                       \
    PyObject *kernel_##name(PyObject *module, PyObject *args);    \
    extern const char name##_doc[];
#define DECLARE_ONE(name)                                         \
    PyObject *kernel_##name(PyObject *module, PyObject *object);  \
    extern const char name##_doc[];
#define DECLARE_SEVERAL(name)                                                             \
    PyObject *kernel_##name(PyObject *module, PyObject *const *args, Py_ssize_t count);   \
    extern const char name##_doc[];

KERNELS(DECLARE_TUPLE, DECLARE_ONE, DECLARE_SEVERAL)

#endif
