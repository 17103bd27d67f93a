/* How many words of texts a longer one has: the counterpart of `held` in pipeline/judge/wording.py. */
#include "kernels.h"

/* A word: letters of a text, or of a copy of them without case. */
typedef struct {
    uint64_t hash;
    Text text;
    Py_ssize_t first, length;
    Py_ssize_t last;          /* the last text that has it: 0 the longer one, then one by one */
    int is_held;              /* the longer one has it */
} Word;

/* Different words, in the order they come, and where each stands by its hash: open addressing. */
typedef struct {
    Word *all;
    Py_ssize_t size;
    Py_ssize_t *slots; /* one more than the place of a word, 0 of a free slot */
    size_t mask;       /* number of slots, less one */
    PyObject *folded;  /* a list of the copies */
    Py_ssize_t least;  /* letters of a word */
    Py_ssize_t number; /* of the text that is read */
    int64_t words, held; /* different ones of that text, and those that the longer one has as well */
} Words;

/* A letter as words are compared: others than those of ASCII are in copies without case. */
static inline uint32_t small(uint32_t code)
{
    return code >= 'A' && code <= 'Z' ? code + ('a' - 'A') : code;
}

static int is_same(const Word *one, const Word *other)
{
    if (one->hash != other->hash || one->length != other->length)
        return 0;
    for (Py_ssize_t i = 0; i < one->length; i++)
        if (small(text_at(&one->text, one->first + i)) != small(text_at(&other->text, other->first + i)))
            return 0;
    return 1;
}

static void count(Words *words, Word *word)
{
    word->hash = mix64(word->hash);
    word->last = words->number;
    word->is_held = words->number == 0;
    size_t at = (size_t)word->hash & words->mask;
    while (words->slots[at] && !is_same(&words->all[words->slots[at] - 1], word))
        at = (at + 1) & words->mask;
    if (!words->slots[at]) {
        words->all[words->size] = *word;
        words->slots[at] = ++words->size;
    } else {
        word = &words->all[words->slots[at] - 1];
        if (word->last == words->number)
            return;
        word->last = words->number;
    }
    words->words++;
    words->held += word->is_held;
}

static inline uint64_t add_letter(uint64_t hash, uint32_t code)
{
    return (hash + code + 1) * SEQUENCE;
}

/* Counts a word that has letters beyond ASCII; 0, or -1 with an exception set. */
static int count_folded(Words *words, PyObject *object, Py_ssize_t first, Py_ssize_t stop)
{
    PyObject *run = PyUnicode_Substring(object, first, stop);
    PyObject *folded = run == NULL ? NULL : PyObject_CallMethod(run, "casefold", NULL);
    Py_XDECREF(run);
    Word word = {0};
    if (folded == NULL || text_open(&word.text, folded) < 0 || PyList_Append(words->folded, folded) < 0) {
        Py_XDECREF(folded);
        return -1;
    }
    Py_DECREF(folded); /* the list has it */
    word.length = word.text.length;
    for (Py_ssize_t i = 0; i < word.length; i++)
        word.hash = add_letter(word.hash, text_at(&word.text, i));
    count(words, &word);
    return 0;
}

/* Ideographs and kana, of which pairs are words, too (`_HAN`). */
static int is_han(uint32_t code)
{
    return (code >= 0x3040 && code <= 0x30FF) || (code >= 0x4E00 && code <= 0x9FFF);
}

/* Counts the words of a text; 1 if it has ideographs or kana, else 0, or -1 with an exception set. */
static inline int count_words(Words *words, PyObject *object, Text text)
{
    for (Py_ssize_t at = 0; at < text.length; at++) {
        Word word = {0};
        uint32_t code = 0, all = 0;
        const Py_ssize_t first = at;
        for (; at < text.length && is_letter(code = text_at(&text, at)); at++) {
            if (is_han(code))
                return 1;
            all |= code;
            word.hash = add_letter(word.hash, small(code));
        }
        if (at < text.length && is_han(code))
            return 1;
        if (at - first < words->least)
            continue;
        word.text = text;
        word.first = first;
        word.length = at - first;
        if (all < ASCII)
            count(words, &word);
        else if (count_folded(words, object, first, at) < 0)
            return -1;
    }
    return 0;
}

static int count_words_of(Words *words, PyObject *object)
{
    Text text;
    if (text_open(&text, object) < 0)
        return -1;
    words->words = words->held = 0;
    RETURN_BY_WIDTH(text, count_words(words, object, text));
}

/* How many of some texts are looked at, and how many words they have at most, which is added; -1 with an exception set. */
static Py_ssize_t looked_at(PyObject *texts, Py_ssize_t most, Py_ssize_t least, Py_ssize_t *words)
{
    Py_ssize_t size = 0, number = 0;
    while (number < PyTuple_GET_SIZE(texts) && size <= most) {
        Text text;
        if (text_open(&text, PyTuple_GET_ITEM(texts, number)) < 0)
            return -1;
        if (text.length > PY_SSIZE_T_MAX / 4 - size) {
            PyErr_NoMemory();
            return -1;
        }
        size += text.length;
        *words += (text.length + 1) / (least + 1);
        number++;
    }
    return number;
}

const char held_words_doc[] = "held_words(body, texts, most, least) -> (held, words), or None\n\n"
                              "wording.held, int64 as bytearrays; None where a text has ideographs or kana. `most`: code points of `body`, "
                              "`least`: letters of a word, 1 or more.";

PyObject *kernel_held_words(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *of_body, *of_texts, *made = NULL;
    Py_ssize_t most, least;
    if (!PyArg_ParseTuple(args, "OOnn", &of_body, &of_texts, &most, &least))
        return NULL;
    if (least < 1) {
        PyErr_SetString(PyExc_ValueError, "a word has a letter");
        return NULL;
    }
    Words words = {.least = least};
    Column held = {0}, counts = {0};
    int found = 0;
    PyObject *body = PySequence_Tuple(of_body);
    PyObject *texts = body == NULL ? NULL : PySequence_Tuple(of_texts);
    if (texts == NULL || (words.folded = PyList_New(0)) == NULL)
        goto done;
    Py_ssize_t all = 0;
    const Py_ssize_t first = looked_at(body, most, least, &all);
    const Py_ssize_t count = first < 0 ? -1 : looked_at(texts, PY_SSIZE_T_MAX, least, &all);
    if (count < 0)
        goto done;
    size_t slots = 64;
    while (slots < 2 * (size_t)all)
        slots *= 2;
    words.mask = slots - 1;
    words.slots = PyMem_Calloc(slots, sizeof *words.slots);
    words.all = all < PY_SSIZE_T_MAX / (Py_ssize_t)sizeof *words.all ? PyMem_Malloc((size_t)all * sizeof *words.all + 1) : NULL;
    if (words.slots == NULL || words.all == NULL) {
        PyErr_NoMemory();
        goto done;
    }
    if (column_open_whole(&held, count * 8) < 0 || column_open_whole(&counts, count * 8) < 0)
        goto done;
    for (Py_ssize_t i = 0; found == 0 && i < first; i++)
        found = count_words_of(&words, PyTuple_GET_ITEM(body, i));
    for (Py_ssize_t i = 0; found == 0 && i < count; i++) {
        words.number = i + 1;
        found = count_words_of(&words, PyTuple_GET_ITEM(texts, i));
        ((int64_t *)held.data)[i] = words.held;
        ((int64_t *)counts.data)[i] = words.words;
    }
    if (found == 0)
        made = columns_close(2, &held, &counts);
    else if (found > 0)
        made = Py_NewRef(Py_None);
done:
    column_drop(&held);
    column_drop(&counts);
    PyMem_Free(words.slots);
    PyMem_Free(words.all);
    Py_XDECREF(words.folded);
    Py_XDECREF(texts);
    Py_XDECREF(body);
    return made;
}
