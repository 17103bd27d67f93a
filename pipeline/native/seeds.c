/* Seeds of passages: the counterpart of `seeds_of` of match/core/seeds.py. */
#include "kernels.h"

#define QUOTED_PLACE (UINT64_C(1) << 31)

/* Words of documents, and which of their seeds are wanted. */
typedef struct {
    View offsets; /* int64 [documents + 1] */
    View words;   /* uint64 */
    View flags;   /* uint8 [words] */
    View places;  /* uint64 [documents] */
    View wanted;  /* bool [documents] */
    Py_ssize_t k, first, last;
    uint64_t number, rounds;
    unsigned char quoted, single; /* flags of words */
} Documents;

typedef struct {
    Column hash, place, beside;
} Seeds;

static int check(const Documents *documents)
{
    const Py_ssize_t count = documents->offsets.count - 1;
    if (documents->flags.count != documents->words.count || documents->places.count != count ||
        documents->wanted.count != count) {
        PyErr_SetString(PyExc_ValueError, "every word has its flags, and every document its place");
        return -1;
    }
    if (documents->k < 1 || documents->rounds < 1) {
        PyErr_SetString(PyExc_ValueError, "a seed has a word at least, and there is a round at least");
        return -1;
    }
    return 0;
}

/* The words before and after a seed, 16 bits of each; 0 where the document begins or ends. */
static uint32_t words_beside(const uint64_t *words, Py_ssize_t at, Py_ssize_t k, Py_ssize_t begin, Py_ssize_t end)
{
    const uint32_t before = at > begin ? (uint32_t)(words[at - 1] >> 48) : 0;
    const uint32_t after = at + k < end ? (uint32_t)(words[at + k] >> 48) : 0;
    return before << 16 | after;
}

/* The round that a seed falls into. Of the two rounds that there mostly are, a mask tells in a tenth of the time. */
static inline uint64_t round_of(uint64_t hash, uint64_t rounds)
{
    return (rounds & (rounds - 1)) == 0 ? hash & (rounds - 1) : hash % rounds;
}

static int is_inside(const Documents *documents, unsigned char flags)
{
    return (flags & documents->quoted) && !(flags & documents->single);
}

/* Appends the seeds of the document whose words begin and end there; 0, or -1 with an exception set. */
static int add_seeds(const Documents *documents, Py_ssize_t begin, Py_ssize_t end, uint64_t place, Seeds *seeds)
{
    const uint64_t *words = documents->words.buffer.buf;
    const unsigned char *flags = documents->flags.buffer.buf;
    const Py_ssize_t k = documents->k;
    const Py_ssize_t first = documents->first > begin ? documents->first : begin;
    for (Py_ssize_t at = first; at < documents->last && at <= end - k; at++) {
        uint64_t sum = 0;
        for (Py_ssize_t word = k; word-- > 0;)
            sum = sum * SEQUENCE + words[at + word];
        const uint64_t hash = mix64(sum);
        if (round_of(hash, documents->rounds) != documents->number)
            continue;
        uint64_t own = place + (uint64_t)(at - begin);
        if (is_inside(documents, flags[at]) && is_inside(documents, flags[at + k - 1]))
            own |= QUOTED_PLACE;
        if (COLUMN_ADD(&seeds->hash, uint64_t, hash) < 0 || COLUMN_ADD(&seeds->place, uint64_t, own) < 0 ||
            COLUMN_ADD(&seeds->beside, uint32_t, words_beside(words, at, k, begin, end)) < 0)
            return -1;
    }
    return 0;
}

static PyObject *seeds_of(const Documents *documents)
{
    const int64_t *offsets = documents->offsets.buffer.buf;
    const uint64_t *places = documents->places.buffer.buf;
    const unsigned char *wanted = documents->wanted.buffer.buf;
    const Py_ssize_t room = documents->words.count / (Py_ssize_t)(documents->rounds < 2 ? 1 : 2) + 64;
    Seeds seeds = {{0}, {0}, {0}};
    PyObject *made = NULL;
    int failed = column_open(&seeds.hash, room * 8) < 0 || column_open(&seeds.place, room * 8) < 0 ||
                 column_open(&seeds.beside, room * 4) < 0;
    for (Py_ssize_t i = 0; !failed && i < documents->offsets.count - 1; i++)
        if (wanted[i])
            failed = add_seeds(documents, (Py_ssize_t)offsets[i], (Py_ssize_t)offsets[i + 1], places[i], &seeds) < 0;
    if (!failed)
        made = columns_close(3, &seeds.hash, &seeds.place, &seeds.beside);
    column_drop(&seeds.hash);
    column_drop(&seeds.place);
    column_drop(&seeds.beside);
    return made;
}

const char seeds_doc[] =
    "seeds(offsets, words, flags, places, wanted, k, (first, last), (number, rounds), (quoted, single)) -> (hash, place, beside)\n\n"
    "The columns of match.core.seeds.seeds_of, as bytearrays. `quoted`, `single`: the flags of words.";

PyObject *kernel_seeds(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *offsets, *words, *flags, *places, *wanted, *made = NULL;
    Documents documents = {0};
    unsigned long long number, rounds;
    if (!PyArg_ParseTuple(args, "OOOOOn(nn)(KK)(bb)", &offsets, &words, &flags, &places, &wanted, &documents.k,
                          &documents.first, &documents.last, &number, &rounds, &documents.quoted, &documents.single))
        return NULL;
    documents.number = number;
    documents.rounds = rounds;
    if (view_open(&documents.words, words, 8) == 0 &&
        offsets_open(&documents.offsets, offsets, documents.words.count) == 0 &&
        view_open(&documents.flags, flags, 1) == 0 && view_open(&documents.places, places, 8) == 0 &&
        view_open(&documents.wanted, wanted, 1) == 0 && check(&documents) == 0)
        made = seeds_of(&documents);
    view_close(&documents.words);
    view_close(&documents.offsets);
    view_close(&documents.flags);
    view_close(&documents.places);
    view_close(&documents.wanted);
    return made;
}
