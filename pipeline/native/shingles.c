/* Runs of words, and what sets of them share: the counterparts of match/core/shingle.py and match/core/verify.py. */
#include "kernels.h"

#define LOPSIDED 64 /* where one set has so many times the elements of the other, the smaller is looked up in the larger */

/* MULTIPLIER to the power of `power`. */
static uint64_t weight_of(uint64_t power)
{
    uint64_t weight = 1;
    for (uint64_t factor = SEQUENCE; power > 0; power >>= 1, factor *= factor)
        if (power & 1)
            weight *= factor;
    return weight;
}

/* Writes the hashes of all runs of `k` words, or of all words where they are fewer; `beyond` weighs the word behind a run. */
static void hash_runs(const uint64_t *words, Py_ssize_t count, Py_ssize_t k, uint64_t beyond, uint64_t *runs)
{
    /* From the last word to the first: a run is that behind it, moved by one, with a word before and without the last. */
    uint64_t sum = 0;
    for (Py_ssize_t at = count - 1; at >= 0; at--) {
        sum = sum * SEQUENCE + words[at];
        if (count - at > k)
            sum -= words[at + k] * beyond;
        if (count - at >= k || at == 0)
            runs[at] = mix64(sum);
    }
}

/* The hash of all words in order. */
static uint64_t hash_all(const uint64_t *words, Py_ssize_t count)
{
    uint64_t total = 0, place = 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        place += SEQUENCE;
        total += mix64(words[i] ^ place);
    }
    return total;
}

static PyObject *shingles_of(const View *offsets, const View *words, Py_ssize_t k)
{
    const int64_t *edges = offsets->buffer.buf;
    const Py_ssize_t texts = offsets->count - 1;
    Column bounds = {0}, hashes = {0}, fingerprints = {0};
    PyObject *made = NULL;
    Py_ssize_t total = 0;
    for (Py_ssize_t i = 0; i < texts; i++) {
        const Py_ssize_t count = (Py_ssize_t)(edges[i + 1] - edges[i]);
        total += count >= k ? count - k + 1 : count > 0;
    }
    if (column_open_whole(&bounds, (texts + 1) * 8) == 0 && column_open_whole(&hashes, total * 8) == 0 &&
        column_open_whole(&fingerprints, texts * 8) == 0) {
        int64_t *bound = (int64_t *)bounds.data;
        uint64_t *hash = (uint64_t *)hashes.data, *fingerprint = (uint64_t *)fingerprints.data;
        const uint64_t beyond = weight_of((uint64_t)k);
        bound[0] = 0;
        for (Py_ssize_t i = 0; i < texts; i++) {
            const uint64_t *own = (const uint64_t *)words->buffer.buf + edges[i];
            const Py_ssize_t count = (Py_ssize_t)(edges[i + 1] - edges[i]);
            hash_runs(own, count, k, beyond, hash + bound[i]);
            fingerprint[i] = hash_all(own, count);
            bound[i + 1] = bound[i] + (count >= k ? count - k + 1 : count > 0);
        }
        made = columns_close(3, &bounds, &hashes, &fingerprints);
    }
    column_drop(&bounds);
    column_drop(&hashes);
    column_drop(&fingerprints);
    return made;
}

const char shingles_doc[] = "shingles(offsets, words, k) -> (offsets, hash, fingerprint)\n\n"
                            "The columns of match.core.shingle.shingles_of_words, as bytearrays.";

PyObject *kernel_shingles(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *offsets, *words, *made = NULL;
    Py_ssize_t k;
    if (!PyArg_ParseTuple(args, "OOn", &offsets, &words, &k))
        return NULL;
    if (k < 1) {
        PyErr_SetString(PyExc_ValueError, "a shingle has at least one word");
        return NULL;
    }
    View offsets_view = {0}, words_view = {0};
    if (view_open(&words_view, words, 8) == 0 && offsets_open(&offsets_view, offsets, words_view.count) == 0)
        made = shingles_of(&offsets_view, &words_view, k);
    view_close(&offsets_view);
    view_close(&words_view);
    return made;
}

/* How many elements are in both of two sets, each ascending. */
static int64_t merge(const uint64_t *one, Py_ssize_t ones, const uint64_t *two, Py_ssize_t twos)
{
    int64_t shared = 0;
    Py_ssize_t i = 0, j = 0;
    while (i < ones && j < twos) {
        const uint64_t left = one[i], right = two[j];
        shared += left == right;
        i += left <= right;
        j += right <= left;
    }
    return shared;
}

/* The same, of a small set and a large one. */
static int64_t look_up(const uint64_t *small, Py_ssize_t smalls, const uint64_t *large, Py_ssize_t larges)
{
    int64_t shared = 0;
    for (Py_ssize_t i = 0; i < smalls; i++) {
        const Py_ssize_t place = count_less(large, larges, small[i]);
        shared += place < larges && large[place] == small[i];
    }
    return shared;
}

/* The sets of one side of the pairs. */
typedef struct {
    View offsets;  /* int64 [sets + 1] */
    View elements; /* uint64 */
    View numbers;  /* int64 [pairs]: the set that a pair has on this side */
} Side;

static int open_side(Side *side, PyObject *offsets, PyObject *elements, PyObject *numbers)
{
    if (view_open(&side->elements, elements, 8) < 0 || view_open(&side->numbers, numbers, 8) < 0 ||
        offsets_open(&side->offsets, offsets, side->elements.count) < 0)
        return -1;
    const int64_t *number = side->numbers.buffer.buf;
    for (Py_ssize_t i = 0; i < side->numbers.count; i++)
        if (number[i] < 0 || number[i] >= side->offsets.count - 1) {
            PyErr_SetString(PyExc_IndexError, "a pair has a set that is not there");
            return -1;
        }
    return 0;
}

static void close_side(Side *side)
{
    view_close(&side->offsets);
    view_close(&side->elements);
    view_close(&side->numbers);
}

/* Where the set of a pair begins; `count` becomes how many elements it has. */
static const uint64_t *set_of(const Side *side, Py_ssize_t pair, Py_ssize_t *count)
{
    const int64_t *edges = (const int64_t *)side->offsets.buffer.buf + ((const int64_t *)side->numbers.buffer.buf)[pair];
    *count = (Py_ssize_t)(edges[1] - edges[0]);
    return (const uint64_t *)side->elements.buffer.buf + edges[0];
}

static PyObject *shared_of(const Side *first, const Side *second)
{
    const Py_ssize_t pairs = first->numbers.count;
    if (second->numbers.count != pairs) {
        PyErr_SetString(PyExc_ValueError, "pairs have two sides");
        return NULL;
    }
    Column shared;
    if (column_open_whole(&shared, pairs * 8) < 0)
        return NULL;
    for (Py_ssize_t pair = 0; pair < pairs; pair++) {
        Py_ssize_t ones, twos;
        const uint64_t *one = set_of(first, pair, &ones), *two = set_of(second, pair, &twos);
        int64_t count;
        if (twos / LOPSIDED > ones)
            count = look_up(one, ones, two, twos);
        else if (ones / LOPSIDED > twos)
            count = look_up(two, twos, one, ones);
        else
            count = merge(one, ones, two, twos);
        ((int64_t *)shared.data)[pair] = count;
    }
    return shared.bytes;
}

const char shared_doc[] = "shared(offsets, elements, numbers, offsets, elements, numbers) -> shared\n\n"
                          "How many elements the sets of each pair share, int64 as a bytearray: match.core.verify.overlap\n"
                          "has it. Of the first sides come the sets, as match.core.verify.Sets has them, and which of\n"
                          "them the pairs have; then of the second.";

PyObject *kernel_shared(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *of_first[3], *of_second[3], *made = NULL;
    if (!PyArg_ParseTuple(args, "OOOOOO", &of_first[0], &of_first[1], &of_first[2], &of_second[0], &of_second[1],
                          &of_second[2]))
        return NULL;
    Side first, second;
    memset(&first, 0, sizeof first);
    memset(&second, 0, sizeof second);
    if (open_side(&first, of_first[0], of_first[1], of_first[2]) == 0 &&
        open_side(&second, of_second[0], of_second[1], of_second[2]) == 0)
        made = shared_of(&first, &second);
    close_side(&first);
    close_side(&second);
    return made;
}
