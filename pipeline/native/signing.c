/* MinHash: the counterpart of match/core/sign.py. */
#include "kernels.h"

/* Instructions for eight numbers at once are used where the processor has them. */
#if (defined(__GNUC__) || defined(__clang__)) && defined(__x86_64__)
#include <immintrin.h>
#define HAS_WIDE() __builtin_cpu_supports("avx2")
#define WIDE __attribute__((target("avx2")))
#endif

#define EMPTY UINT32_C(0xFFFFFFFF) /* the least of no hashes */
#define TOGETHER 4                 /* hashes that are permuted in one pass over the permutations */
#define EIGHT 8

/* What one text is signed with. */
typedef struct {
    Py_ssize_t count;   /* permutations */
    Py_ssize_t rounded; /* the same rounded up, for which the columns have room */
    uint32_t *factors, *terms;
    uint32_t *least; /* the signature */
    uint32_t *mixed; /* hashes of the text */
    Py_ssize_t room; /* hashes that `mixed` has room for */
    int is_wide;
} Signer;

static int open_signer(Signer *signer, const View *factors, const View *terms, int is_plain)
{
    memset(signer, 0, sizeof *signer);
    if (factors->count != terms->count) {
        PyErr_SetString(PyExc_ValueError, "a permutation has a factor and a term");
        return -1;
    }
    signer->count = factors->count;
    signer->rounded = (factors->count + EIGHT - 1) / EIGHT * EIGHT;
    signer->factors = PyMem_Calloc(3 * (size_t)signer->rounded + 1, sizeof(uint32_t));
    if (signer->factors == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    signer->terms = signer->factors + signer->rounded;
    signer->least = signer->terms + signer->rounded;
    memcpy(signer->factors, factors->buffer.buf, (size_t)factors->buffer.len);
    memcpy(signer->terms, terms->buffer.buf, (size_t)terms->buffer.len);
#ifdef WIDE
    signer->is_wide = !is_plain && HAS_WIDE();
#else
    (void)is_plain;
#endif
    return 0;
}

static void close_signer(Signer *signer)
{
    PyMem_Free(signer->factors);
    PyMem_Free(signer->mixed);
}

/* MurmurHash3's 32-bit finaliser. */
static uint32_t mix32(uint32_t value)
{
    value ^= value >> 16;
    value *= UINT32_C(0x85EBCA6B);
    value ^= value >> 13;
    value *= UINT32_C(0xC2B2AE35);
    return value ^ (value >> 16);
}

/* Mixes the hashes of a text, and fills them up by the last one to a multiple of TOGETHER. */
static int mix_hashes(Signer *signer, const uint32_t *hashes, Py_ssize_t count)
{
    const Py_ssize_t room = count + TOGETHER - 1;
    if (room > signer->room) {
        uint32_t *larger = PyMem_Realloc(signer->mixed, 2 * (size_t)room * sizeof(uint32_t));
        if (larger == NULL) {
            PyErr_NoMemory();
            return -1;
        }
        signer->mixed = larger;
        signer->room = 2 * room;
    }
    for (Py_ssize_t i = 0; i < count; i++)
        signer->mixed[i] = mix32(hashes[i]);
    for (Py_ssize_t i = count; i < room; i++)
        signer->mixed[i] = signer->mixed[count - 1];
    return 0;
}

static inline uint32_t lesser(uint32_t one, uint32_t other)
{
    return one < other ? one : other;
}

/* Lowers the signature by so many hashes of the text. */
static void permute(const Signer *signer, Py_ssize_t count)
{
    const uint32_t *factors = signer->factors, *terms = signer->terms;
    uint32_t *least = signer->least;
    for (Py_ssize_t at = 0; at < count; at += TOGETHER) {
        const uint32_t a = signer->mixed[at], b = signer->mixed[at + 1], c = signer->mixed[at + 2], d = signer->mixed[at + 3];
        for (Py_ssize_t i = 0; i < signer->rounded; i++) {
            const uint32_t factor = factors[i], term = terms[i];
            const uint32_t one = lesser(a * factor + term, b * factor + term);
            const uint32_t other = lesser(c * factor + term, d * factor + term);
            least[i] = lesser(least[i], lesser(one, other));
        }
    }
}

#ifdef WIDE
WIDE static inline __m256i load(const uint32_t *from)
{
    return _mm256_loadu_si256((const __m256i *)from);
}

WIDE static inline __m256i permuted(__m256i hash, __m256i factor, __m256i term)
{
    return _mm256_add_epi32(_mm256_mullo_epi32(hash, factor), term);
}

/* The same, eight permutations at once. */
WIDE static void permute_wide(const Signer *signer, Py_ssize_t count)
{
    for (Py_ssize_t at = 0; at < count; at += TOGETHER) {
        const __m256i a = _mm256_set1_epi32((int)signer->mixed[at]);
        const __m256i b = _mm256_set1_epi32((int)signer->mixed[at + 1]);
        const __m256i c = _mm256_set1_epi32((int)signer->mixed[at + 2]);
        const __m256i d = _mm256_set1_epi32((int)signer->mixed[at + 3]);
        for (Py_ssize_t i = 0; i < signer->rounded; i += EIGHT) {
            const __m256i factor = load(signer->factors + i), term = load(signer->terms + i);
            const __m256i one = _mm256_min_epu32(permuted(a, factor, term), permuted(b, factor, term));
            const __m256i other = _mm256_min_epu32(permuted(c, factor, term), permuted(d, factor, term));
            const __m256i found = _mm256_min_epu32(load(signer->least + i), _mm256_min_epu32(one, other));
            _mm256_storeu_si256((__m256i *)(signer->least + i), found);
        }
    }
}
#endif

/* Makes the signature of a text. */
static int sign(Signer *signer, const uint32_t *hashes, Py_ssize_t count)
{
    for (Py_ssize_t i = 0; i < signer->rounded; i++)
        signer->least[i] = EMPTY;
    if (count == 0)
        return 0;
    if (mix_hashes(signer, hashes, count) < 0)
        return -1;
#ifdef WIDE
    if (signer->is_wide) {
        permute_wide(signer, count);
        return 0;
    }
#endif
    permute(signer, count);
    return 0;
}

/* Writes the keys of all bands of `rows` permutations, `step` numbers from one to the next. */
static void write_keys(const Signer *signer, Py_ssize_t rows, uint32_t *keys, Py_ssize_t step)
{
    for (Py_ssize_t first = 0; first < signer->count; first += rows, keys += step) {
        uint64_t sum = 0, weight = 1;
        for (Py_ssize_t row = 0; row < rows; row++, weight *= SEQUENCE)
            sum += signer->least[first + row] * weight;
        *keys = (uint32_t)(mix64(sum) >> 32);
    }
}

/* Keys of bands of `rows` permutations, or with 0 signatures. */
static PyObject *sign_texts(Signer *signer, const View *offsets, const View *hashes, Py_ssize_t rows)
{
    const int64_t *edges = offsets->buffer.buf;
    const uint32_t *hash = hashes->buffer.buf;
    const Py_ssize_t texts = offsets->count - 1;
    const Py_ssize_t of_text = rows > 0 ? signer->count / rows : signer->count;
    if (of_text > 0 && texts > PY_SSIZE_T_MAX / 4 / of_text)
        return PyErr_NoMemory();
    Column made;
    if (column_open_whole(&made, texts * of_text * 4) < 0)
        return NULL;
    uint32_t *to = (uint32_t *)made.data;
    for (Py_ssize_t text = 0; text < texts; text++) {
        if (sign(signer, hash + edges[text], (Py_ssize_t)(edges[text + 1] - edges[text])) < 0) {
            column_drop(&made);
            return NULL;
        }
        if (rows > 0)
            write_keys(signer, rows, to + text, texts);
        else
            memcpy(to + text * of_text, signer->least, (size_t)of_text * sizeof(uint32_t));
    }
    return made.bytes;
}

static PyObject *open_and_sign(PyObject *const *columns, Py_ssize_t rows, int is_plain)
{
    View offsets = {0}, hashes = {0}, factors = {0}, terms = {0};
    PyObject *made = NULL;
    if (view_open(&hashes, columns[1], 4) == 0 && offsets_open(&offsets, columns[0], hashes.count) == 0 &&
        view_open(&factors, columns[2], 4) == 0 && view_open(&terms, columns[3], 4) == 0) {
        Signer signer;
        if (rows > 0 && factors.count % rows != 0)
            PyErr_SetString(PyExc_ValueError, "bands are of so many permutations each");
        else if (open_signer(&signer, &factors, &terms, is_plain) == 0) {
            made = sign_texts(&signer, &offsets, &hashes, rows);
            close_signer(&signer);
        }
    }
    view_close(&offsets);
    view_close(&hashes);
    view_close(&factors);
    view_close(&terms);
    return made;
}

const char signatures_doc[] = "signatures(offsets, hash32, factors, terms, plain=False) -> signatures\n\n"
                              "match.core.sign.signatures, uint32 [texts, permutations] as a bytearray. With `plain` no\n"
                              "instructions are used that not every processor has: for tests.";

PyObject *kernel_signatures(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *columns[4];
    int is_plain = 0;
    if (!PyArg_ParseTuple(args, "OOOO|p", &columns[0], &columns[1], &columns[2], &columns[3], &is_plain))
        return NULL;
    return open_and_sign(columns, 0, is_plain);
}

const char band_keys_doc[] = "band_keys(offsets, hash32, factors, terms, rows, plain=False) -> keys\n\n"
                             "match.core.sign.band_keys, uint32 [bands, texts] as a bytearray; `plain` as in signatures.";

PyObject *kernel_band_keys(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *columns[4];
    Py_ssize_t rows;
    int is_plain = 0;
    if (!PyArg_ParseTuple(args, "OOOOn|p", &columns[0], &columns[1], &columns[2], &columns[3], &rows, &is_plain))
        return NULL;
    if (rows < 1) {
        PyErr_SetString(PyExc_ValueError, "a band has at least one permutation");
        return NULL;
    }
    return open_and_sign(columns, rows, is_plain);
}
