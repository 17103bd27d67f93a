/* Lines as rules are asked about them: the counterpart of pipeline/judge/rules/folding.py. */
#include "kernels.h"

#define SIGMA 0x3A3 /* its small letter depends on what stands around it */
#define BELOW 0x10000 /* code points that the table has an entry for */

/* An entry of the table: how many code points stand for this one, 0 to 3, and which: one of them, or some of ASCII, the first
 * one highest. */
#define MANY_OF(entry) ((entry) >> 24 & 3)
#define VALUE_OF(entry) ((entry) & 0xFFFFFF)
#define DECORATION UINT32_C(0x80000000) /* may be taken from the edges */

/* Code points that grow; small ones stay on the stack. */
typedef struct {
    uint32_t own[512];
    uint32_t *codes;
    Py_ssize_t used, room;
} Codes;

static void open_codes(Codes *codes)
{
    codes->codes = codes->own;
    codes->used = 0;
    codes->room = sizeof codes->own / sizeof codes->own[0];
}

static void close_codes(Codes *codes)
{
    if (codes->codes != codes->own)
        PyMem_Free(codes->codes);
}

static int reserve(Codes *codes, Py_ssize_t room)
{
    if (room <= codes->room)
        return 0;
    uint32_t *larger = room > PY_SSIZE_T_MAX / 4 ? NULL : PyMem_Malloc((size_t)room * sizeof(uint32_t));
    if (larger == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    memcpy(larger, codes->codes, (size_t)codes->used * sizeof(uint32_t));
    close_codes(codes);
    codes->codes = larger;
    codes->room = room;
    return 0;
}

static int is_decoration(uint32_t code, const uint32_t *table, const Text *beyond)
{
    if (code < BELOW)
        return (table[code] & DECORATION) != 0;
    for (Py_ssize_t i = 0; i < beyond->length; i++)
        if (text_at(beyond, i) == code)
            return 1;
    return 0;
}

/* What stands for the code points of a text. */
static int put_plain(const Text *text, const uint32_t *table, Codes *codes)
{
    for (Py_ssize_t at = 0; at < text->length; at++) {
        const uint32_t code = text_at(text, at);
        const uint32_t entry = code < BELOW ? table[code] : UINT32_C(1) << 24 | code;
        const int many = MANY_OF(entry);
        if (codes->used + 3 > codes->room && reserve(codes, 2 * codes->room + text->length) < 0)
            return -1;
        if (many == 1)
            codes->codes[codes->used++] = VALUE_OF(entry);
        else
            for (int i = many - 1; i >= 0; i--)
                codes->codes[codes->used++] = VALUE_OF(entry) >> (8 * i) & 0xFF;
    }
    return 0;
}

/* Small letters for capital ones, in place; by Python where one of them depends on what stands around it. */
static int put_lower(Codes *codes)
{
    int has_sigma = 0;
    for (Py_ssize_t i = 0; i < codes->used; i++) {
        const uint32_t code = codes->codes[i];
        has_sigma |= code == SIGMA;
        if (code < 128)
            codes->codes[i] = code >= 'A' && code <= 'Z' ? code + 32 : code;
        else if (code != SIGMA)
            codes->codes[i] = Py_UNICODE_TOLOWER(code);
    }
    if (!has_sigma)
        return 0;
    PyObject *text = PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, codes->codes, codes->used);
    PyObject *lower = text == NULL ? NULL : PyObject_CallMethod(text, "lower", NULL);
    Py_XDECREF(text);
    Text made;
    if (lower == NULL || text_open(&made, lower) < 0) {
        Py_XDECREF(lower);
        return -1;
    }
    codes->used = 0;
    if (reserve(codes, made.length) < 0) {
        Py_DECREF(lower);
        return -1;
    }
    for (; codes->used < made.length; codes->used++)
        codes->codes[codes->used] = text_at(&made, codes->used);
    Py_DECREF(lower);
    return 0;
}

/* One space for white space, and none at the edges; in place. */
static void put_single_spaces(Codes *codes)
{
    Py_ssize_t used = 0;
    int is_parted = 0;
    for (Py_ssize_t i = 0; i < codes->used; i++) {
        const uint32_t code = codes->codes[i];
        if (Py_UNICODE_ISSPACE(code)) {
            is_parted = 1;
            continue;
        }
        if (is_parted && used > 0)
            codes->codes[used++] = ' ';
        is_parted = 0;
        codes->codes[used++] = code;
    }
    codes->used = used;
}

static int is_edge(unsigned char code, const uint32_t *table)
{
    return Py_UNICODE_ISSPACE(code) || (table[(unsigned char)table[code]] & DECORATION) != 0;
}

/* `fold` of a text in ASCII, in one pass; NULL with an exception set. */
static PyObject *fold_ascii(const Text *text, const uint32_t *table)
{
    const unsigned char *from = text->data;
    const unsigned char *end = from + text->length;
    while (from < end && is_edge(*from, table))
        from++;
    while (end > from && is_edge(end[-1], table))
        end--;
    /* What is made is never longer. */
    PyObject *made = PyUnicode_New(end - from, 127);
    if (made == NULL || from == end)
        return made;
    unsigned char *const first = PyUnicode_DATA(made);
    unsigned char *to = first;
    for (; from < end; from++) {
        if (Py_UNICODE_ISSPACE(*from)) {
            if (to[-1] != ' ') /* the first one is no space */
                *to++ = ' ';
            continue;
        }
        const unsigned char code = (unsigned char)table[*from];
        *to++ = code >= 'A' && code <= 'Z' ? code + 32 : code;
    }
    if (to - first == PyUnicode_GET_LENGTH(made))
        return made;
    PyObject *shorter = PyUnicode_Substring(made, 0, to - first);
    Py_DECREF(made);
    return shorter;
}

const char fold_doc[] = "fold(text, table, beyond) -> str\n\n"
                        "folding.fold. `table`: uint32 [0x10000], see folding.py; `beyond`: ornaments above these code points.";

PyObject *fold_text(PyObject *object, const uint32_t *table, const Text *beyond)
{
    Text text;
    if (text_open(&text, object) < 0)
        return NULL;
    if (PyUnicode_IS_ASCII(object))
        return fold_ascii(&text, table);
    PyObject *folded = NULL;
    Codes codes;
    open_codes(&codes);
    if (put_plain(&text, table, &codes) == 0 && put_lower(&codes) == 0) {
        put_single_spaces(&codes);
        Py_ssize_t first = 0, last = codes.used;
        while (first < last && is_decoration(codes.codes[first], table, beyond))
            first++;
        while (last > first && is_decoration(codes.codes[last - 1], table, beyond))
            last--;
        folded = PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, codes.codes + first, last - first);
    }
    close_codes(&codes);
    return folded;
}

int view_open_folds(View *view, PyObject *object)
{
    if (view_open(view, object, sizeof(uint32_t)) < 0)
        return -1;
    if (view->count == BELOW)
        return 0;
    PyErr_SetString(PyExc_ValueError, "the table has not an entry for each code point below 0x10000");
    return -1;
}

PyObject *kernel_fold(PyObject *Py_UNUSED(module), PyObject *const *args, Py_ssize_t count)
{
    Text beyond;
    View view;
    memset(&view, 0, sizeof view);
    if (count != 3) {
        PyErr_SetString(PyExc_TypeError, "fold takes a text, a table and a text");
        return NULL;
    }
    if (text_open(&beyond, args[2]) < 0)
        return NULL;
    PyObject *folded = view_open_folds(&view, args[1]) < 0 ? NULL : fold_text(args[0], view.buffer.buf, &beyond);
    view_close(&view);
    return folded;
}

static int is_digit_at(const Text *text, Py_ssize_t at)
{
    if (at >= text->length)
        return 0;
    const uint32_t code = text_at(text, at);
    return code < ASCII ? code >= '0' && code <= '9' : Py_UNICODE_ISDECIMAL(code);
}

static Py_ssize_t behind_digits(const Text *text, Py_ssize_t at)
{
    while (is_digit_at(text, at))
        at++;
    return at;
}

/* Where the number ends whose first digit is at `at`, with whatever parts its thousands. */
static Py_ssize_t number_end(const Text *text, Py_ssize_t at)
{
    at = behind_digits(text, at);
    while (at < text->length) {
        const uint32_t code = text_at(text, at);
        const int parts = code == '.' || code == ',' || code == ':' || code == '\'';
        const Py_ssize_t end = parts || code == ' ' ? behind_digits(text, at + 1) : at;
        const Py_ssize_t digits = end - at - 1;
        if (parts ? digits < 1 : code != ' ' || digits != 3)
            break;
        at = end;
    }
    return at;
}

const char numberless_doc[] = "numberless(text) -> str\n\nfolding.numberless.";

PyObject *without_numbers(PyObject *object)
{
    Text text;
    if (text_open(&text, object) < 0)
        return NULL;
    Py_ssize_t at = 0;
    while (at < text.length && !is_digit_at(&text, at))
        at++;
    if (at == text.length)
        return Py_NewRef(object);
    Codes codes;
    open_codes(&codes);
    PyObject *made = NULL;
    if (reserve(&codes, text.length) == 0) {
        for (at = 0; at < text.length;) {
            const int is_digit = is_digit_at(&text, at);
            codes.codes[codes.used++] = is_digit ? '0' : text_at(&text, at);
            at = is_digit ? number_end(&text, at) : at + 1;
        }
        made = PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, codes.codes, codes.used);
    }
    close_codes(&codes);
    return made;
}

PyObject *kernel_numberless(PyObject *Py_UNUSED(module), PyObject *object)
{
    return without_numbers(object);
}

int has_letter(const Text *text)
{
    for (Py_ssize_t at = 0; at < text->length; at++)
        if (is_letter(text_at(text, at)))
            return 1;
    return 0;
}

const char has_letter_doc[] = "has_letter(text) -> bool\n\nWhether `folding._LETTER` is found.";

PyObject *kernel_has_letter(PyObject *Py_UNUSED(module), PyObject *object)
{
    Text text;
    if (text_open(&text, object) < 0)
        return NULL;
    return PyBool_FromLong(has_letter(&text));
}
