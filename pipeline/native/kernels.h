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

/* A column of numbers of one size that grows: a bytearray, which NumPy takes as it is. */
typedef struct {
    PyObject *bytes;
    char *data;
    Py_ssize_t used; /* bytes */
    Py_ssize_t room;
} Column;

/* 0, or -1 with an exception set. `room` is a guess, in bytes. */
int column_open(Column *column, Py_ssize_t room);
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
/* The same for writing to. */
int view_open_writable(View *view, PyObject *object, Py_ssize_t size);
/* The same of offsets, int64: at least one, none below 0 or below the one before it, and none above `most`. */
int offsets_open(View *view, PyObject *object, Py_ssize_t most);
/* Closes it; one of zeros is fine, too. */
void view_close(View *view);

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

/* MurmurHash3's 64-bit finaliser. */
static inline uint64_t mix64(uint64_t value)
{
    value ^= value >> 33;
    value *= UINT64_C(0xFF51AFD7ED558CCD);
    value ^= value >> 33;
    value *= UINT64_C(0xC4CEB9FE1A85EC53);
    return value ^ (value >> 33);
}

/* MULTIPLIER of tokens.py: spreads a word's length over its hash. */
#define WORD_LENGTH UINT64_C(0x9E3779B97F4A7C15)
/* MULTIPLIER of match/core/shingle.py: its powers weigh what stands in a sequence. */
#define SEQUENCE UINT64_C(0xBB67AE8584CAA73B)

/* The kernels, each with its own docstring; module.c lists them. */
PyObject *kernel_band_keys(PyObject *module, PyObject *args);
PyObject *kernel_look_up(PyObject *module, PyObject *args);
PyObject *kernel_marks(PyObject *module, PyObject *args);
PyObject *kernel_owner_at(PyObject *module, PyObject *args);
PyObject *kernel_places_near(PyObject *module, PyObject *args);
PyObject *kernel_same(PyObject *module, PyObject *args);
PyObject *kernel_same_words(PyObject *module, PyObject *args);
PyObject *kernel_shared(PyObject *module, PyObject *args);
PyObject *kernel_shingles(PyObject *module, PyObject *args);
PyObject *kernel_signatures(PyObject *module, PyObject *args);
PyObject *kernel_symbol_fingerprints(PyObject *module, PyObject *texts);
PyObject *kernel_tokenize(PyObject *module, PyObject *args);
PyObject *kernel_token_hashes(PyObject *module, PyObject *args);

extern const char band_keys_doc[], look_up_doc[], marks_doc[], owner_at_doc[], places_near_doc[], same_doc[], same_words_doc[];
extern const char shared_doc[], shingles_doc[], signatures_doc[], symbol_fingerprints_doc[];
extern const char tokenize_doc[], token_hashes_doc[];

#endif
