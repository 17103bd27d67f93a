/* What lines have near their end: the counterpart of `near_end` in pipeline/text/shape.py. */
#include "kernels.h"

#define WORDS 64 /* at most, a bit each */

/* Words in ASCII that are looked for together. */
typedef struct {
    const char *words[WORDS];
    Py_ssize_t lengths[WORDS];
    Py_ssize_t count;
    uint64_t first[ASCII], second[ASCII]; /* which of them have a character there */
    uint64_t alone;                       /* which have no second one */
} Words;

static uint32_t lower(uint32_t code)
{
    return code >= 'A' && code <= 'Z' ? code + ('a' - 'A') : code;
}

/* 0, or -1 with an exception set. */
static int open_words(Words *all, PyObject *words)
{
    if (!PyTuple_Check(words) || PyTuple_GET_SIZE(words) > WORDS) {
        PyErr_Format(PyExc_TypeError, "the words are a tuple of %d at most", WORDS);
        return -1;
    }
    memset(all, 0, sizeof *all);
    all->count = PyTuple_GET_SIZE(words);
    for (Py_ssize_t i = 0; i < all->count; i++) {
        PyObject *word = PyTuple_GET_ITEM(words, i);
        if (!PyUnicode_Check(word) || !PyUnicode_IS_ASCII(word) || PyUnicode_GET_LENGTH(word) == 0) {
            PyErr_SetString(PyExc_ValueError, "a word has characters, all of them ASCII");
            return -1;
        }
        all->words[i] = PyUnicode_DATA(word);
        all->lengths[i] = PyUnicode_GET_LENGTH(word);
        const uint64_t bit = UINT64_C(1) << i;
        all->first[(unsigned char)all->words[i][0]] |= bit;
        if (all->lengths[i] > 1)
            all->second[(unsigned char)all->words[i][1]] |= bit;
        else
            all->alone |= bit;
    }
    return 0;
}

/* Whether a word, of which two characters are known to stand there, stands at a place. */
static inline int stands_at(const Text *text, Py_ssize_t at, const char *word, Py_ssize_t length)
{
    if (length > text->length - at)
        return 0;
    for (Py_ssize_t i = 2; i < length; i++)
        if (lower(text_at(text, at + i)) != (unsigned char)word[i])
            return 0;
    return 1;
}

static inline int has_word_from(const Words *all, const Text *text, Py_ssize_t at)
{
    uint64_t begun = 0; /* the words whose first character is the one before */
    for (; at < text->length; at++) {
        const uint32_t code = lower(text_at(text, at));
        const uint64_t first = code < ASCII ? all->first[code] : 0;
        if (first & all->alone)
            return 1;
        begun &= code < ASCII ? all->second[code] : 0;
        for (Py_ssize_t i = 0; begun != 0; i++, begun >>= 1)
            if ((begun & 1) && stands_at(text, at - 1, all->words[i], all->lengths[i]))
                return 1;
        begun = first;
    }
    return 0;
}

static int has_word(const Words *all, Text text, Py_ssize_t last)
{
    const Py_ssize_t from = text.length > last ? text.length - last : 0;
    RETURN_BY_WIDTH(text, has_word_from(all, &text, from))
}

const char near_end_doc[] = "near_end(texts, words, last) -> bytearray\n\nshape.near_end; `texts` is a list, `words` a tuple.";

PyObject *kernel_near_end(PyObject *Py_UNUSED(module), PyObject *const *args, Py_ssize_t count)
{
    Words words;
    if (count != 3 || !PyList_Check(args[0])) {
        PyErr_SetString(PyExc_TypeError, "near_end takes a list of texts, words and a number");
        return NULL;
    }
    const Py_ssize_t last = PyLong_AsSsize_t(args[2]);
    if ((last == -1 && PyErr_Occurred()) || open_words(&words, args[1]) < 0)
        return NULL;
    if (last <= 0) {
        PyErr_SetString(PyExc_ValueError, "an end has a code point at least");
        return NULL;
    }
    PyObject *found = PyByteArray_FromStringAndSize(NULL, PyList_GET_SIZE(args[0]));
    for (Py_ssize_t i = 0; found != NULL && i < PyList_GET_SIZE(args[0]); i++) {
        Text text;
        if (text_open(&text, PyList_GET_ITEM(args[0], i)) < 0)
            Py_CLEAR(found);
        else
            PyByteArray_AS_STRING(found)[i] = (char)has_word(&words, text, last);
    }
    return found;
}
