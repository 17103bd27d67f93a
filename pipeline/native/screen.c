/* Which sets of patterns may match a line, by strings that lines have to have: pipeline/judge/rules/line_sets.py. */
#include "openings.h"

enum { SETS = 64, SLOTS = 256, BITS = 1 << 16, SHORTER = 3, GRAM = 4, OF_CODE = 10, ROWS = LONGEST_INSIDE + 1 };
/* Where the lengths of longer strings inside stand, and of those that lines begin with. */
enum { BEYOND = SLOTS, AT_START, LENGTHS };

/* Hashes of strings, open addressing; 0 is free. The rest says which lookups are worth it. */
typedef struct {
    uint64_t *keys, *sets;
    uint64_t last; /* number of slots, less one */
    uint16_t *lengths; /* of strings inside that are shorter than any gram by their first character, a bit each, [SLOTS]; and, behind
                          these, of all others inside, and of those at the start */
    uint8_t *bits; /* of the grams that the others inside begin with, and of these by their length, a row of `BITS` each */
    const uint64_t *free; /* sets that are asked about a line whatever it begins with, and those whatever it has inside */
} Screen;

static uint64_t add_code(uint64_t hash, uint32_t code)
{
    return (hash + code + 1) * SEQUENCE;
}

/* With what the hash of a string begins that stands anywhere inside, and of one that stands at the start: no code point takes one
 * to the other. */
#define OF_INSIDE UINT64_C(0)
#define OF_START (UINT64_C(1) << 32)

static uint64_t key_of(uint64_t hash)
{
    return mix64(hash) | 1;
}

static int slot_of(uint32_t code)
{
    return code < ASCII ? (int)code : ASCII + (int)(code % (SLOTS - ASCII));
}

/* The first so many characters of a window of `LONGEST_INSIDE`, of `OF_CODE` bits each. */
static uint64_t first_of(uint64_t window, int count)
{
    return (window & ((UINT64_C(1) << OF_CODE * LONGEST_INSIDE) - 1)) >> OF_CODE * (LONGEST_INSIDE - count);
}

/* The place of the bit of some characters, among those of grams (row 0), or of strings of their length. */
static uint32_t bit_of(uint64_t characters, int row)
{
    return (uint32_t)row * BITS + (uint32_t)(characters * MULTIPLIER >> 48);
}

static int has_bit(const uint8_t *bits, uint32_t place)
{
    return bits[place >> 3] >> (place & 7) & 1;
}

static void set_bit(uint8_t *bits, uint32_t place)
{
    bits[place >> 3] |= (uint8_t)(1 << (place & 7));
}

static uint64_t sets_of(const Screen *screen, uint64_t key)
{
    for (uint64_t at = key & screen->last; screen->keys[at]; at = (at + 1) & screen->last)
        if (screen->keys[at] == key)
            return screen->sets[at];
    return 0;
}

static void add_opening(Screen *screen, const Opening *opening, int is_start, uint64_t set)
{
    uint64_t hash = is_start ? OF_START : OF_INSIDE;
    for (int i = 0; i < opening->length; i++)
        hash = add_code(hash, opening->codes[i]);
    const uint64_t key = key_of(hash);
    uint64_t at = key & screen->last;
    while (screen->keys[at] && screen->keys[at] != key)
        at = (at + 1) & screen->last;
    screen->keys[at] = key;
    screen->sets[at] |= set;
    const int is_short = !is_start && opening->length < SHORTER;
    const int slot = is_start ? AT_START : is_short ? slot_of(opening->codes[0]) : BEYOND;
    screen->lengths[slot] |= (uint16_t)(1 << opening->length);
    if (is_start || is_short)
        return;
    uint64_t window = 0;
    for (int i = 0; i < LONGEST_INSIDE; i++)
        window = window << OF_CODE | (i < opening->length ? opening->codes[i] & ((1 << OF_CODE) - 1) : 0);
    set_bit(screen->bits, bit_of(first_of(window, opening->length), opening->length));
    if (opening->length >= GRAM)
        set_bit(screen->bits, bit_of(first_of(window, GRAM), 0));
}

/* Adds the sets that have a string that begins at a place of a text. */
static uint64_t look_at(const Screen *screen, const Text *text, Py_ssize_t at, int lengths, uint64_t hash)
{
    uint64_t found = 0;
    for (int length = 1; lengths >> length && at < text->length; length++, at++) {
        hash = add_code(hash, text_at(text, at));
        if (lengths >> length & 1)
            found |= sets_of(screen, key_of(hash));
    }
    return found;
}

static inline uint64_t sets_of_text(const Screen *screen, Text text)
{
    const uint64_t by_start = screen->free[0] | look_at(screen, &text, 0, screen->lengths[AT_START], OF_START);
    uint64_t found = screen->free[1];
    if ((by_start & ~found) == 0)
        return by_start;
    uint64_t window = 0;
    for (Py_ssize_t end = 0; end < text.length + LONGEST_INSIDE - 1; end++) {
        const uint32_t code = end < text.length ? text_at(&text, end) : 0;
        if (end < text.length && screen->lengths[slot_of(code)])
            found |= look_at(screen, &text, end, screen->lengths[slot_of(code)], OF_INSIDE);
        window = window << OF_CODE | (code & ((1 << OF_CODE) - 1));
        const Py_ssize_t at = end - (LONGEST_INSIDE - 1);
        if (at < 0)
            continue;
        int lengths = 0;
        if (has_bit(screen->bits, bit_of(first_of(window, SHORTER), SHORTER)))
            lengths |= 1 << SHORTER;
        if (has_bit(screen->bits, bit_of(first_of(window, GRAM), 0)))
            for (int length = GRAM; length <= LONGEST_INSIDE; length++)
                lengths |= has_bit(screen->bits, bit_of(first_of(window, length), length)) << length;
        if (lengths)
            found |= look_at(screen, &text, at, lengths, OF_INSIDE);
    }
    return by_start & found;
}

static uint64_t sets_of_any(const Screen *screen, Text text)
{
    RETURN_BY_WIDTH(text, sets_of_text(screen, text));
}

/* The parts of a screen in a buffer of 64-bit numbers, of which `slots` are for keys; how many it takes. */
static Py_ssize_t lay_out(Screen *screen, uint64_t *buffer, Py_ssize_t slots)
{
    enum { OF_LENGTHS = (LENGTHS + 3) / 4, OF_BITS = ROWS * BITS / 64 };
    if (buffer != NULL) {
        screen->free = buffer;
        screen->last = (uint64_t)slots - 1;
        screen->bits = (uint8_t *)(buffer + 2);
        screen->lengths = (uint16_t *)(buffer + 2 + OF_BITS);
        screen->keys = buffer + 2 + OF_BITS + OF_LENGTHS;
        screen->sets = screen->keys + slots;
    }
    return 2 + OF_BITS + OF_LENGTHS + 2 * slots;
}

const char screen_doc[] = "screen(patterns, sets) -> bytearray\n\nWhat `screened` takes. `patterns`: str, `sets`: the number of the set of each, 0 to 63.";

PyObject *kernel_screen(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *of_patterns, *of_sets;
    if (!PyArg_ParseTuple(args, "OO", &of_patterns, &of_sets))
        return NULL;
    PyObject *patterns = PySequence_Tuple(of_patterns);
    PyObject *sets = patterns == NULL ? NULL : PySequence_Tuple(of_sets);
    Column found = {0}, made = {0};
    PyObject *result = NULL;
    uint64_t free[2] = {0, 0};
    Openings *own = PyMem_Malloc(2 * sizeof *own); /* at the start, and inside */
    if (own == NULL)
        PyErr_NoMemory();
    if (sets == NULL || own == NULL)
        goto done;
    const Py_ssize_t count = PyTuple_GET_SIZE(patterns);
    if (PyTuple_GET_SIZE(sets) != count) {
        PyErr_SetString(PyExc_ValueError, "the sequences are not of one length");
        goto done;
    }
    /* All strings first, since they say how many slots there are. */
    typedef struct {
        Opening opening;
        int is_start, set;
    } Found;
    if (column_open(&found, 1 << 16) < 0)
        goto done;
    for (Py_ssize_t i = 0; i < count; i++) {
        const long set = PyLong_AsLong(PyTuple_GET_ITEM(sets, i));
        if (set < 0 || set >= SETS) {
            if (!PyErr_Occurred())
                PyErr_SetString(PyExc_ValueError, "a set is a number from 0 to 63");
            goto done;
        }
        if (openings_of(PyTuple_GET_ITEM(patterns, i), &own[0], &own[1]) < 0)
            goto done;
        for (int where = 0; where < 2; where++) {
            if (own[where].count < 0)
                free[where] |= UINT64_C(1) << set;
            for (int j = 0; j < own[where].count; j++) {
                const Found one = {own[where].openings[j], where == 0, (int)set};
                if (COLUMN_ADD(&found, Found, one) < 0)
                    goto done;
            }
        }
    }
    const Py_ssize_t strings = found.used / (Py_ssize_t)sizeof(Found);
    Py_ssize_t slots = 64;
    while (slots < 2 * strings + 1)
        slots *= 2;
    Screen screen = {0};
    if (column_open_whole(&made, lay_out(&screen, NULL, slots) * 8) < 0)
        goto done;
    memset(made.data, 0, (size_t)made.used);
    lay_out(&screen, (uint64_t *)made.data, slots);
    memcpy(made.data, free, sizeof free);
    for (Py_ssize_t i = 0; i < strings; i++) {
        const Found *one = (const Found *)found.data + i;
        add_opening(&screen, &one->opening, one->is_start, UINT64_C(1) << one->set);
    }
    result = column_close(&made);
done:
    column_drop(&found);
    column_drop(&made);
    PyMem_Free(own);
    Py_XDECREF(patterns);
    Py_XDECREF(sets);
    return result;
}

/* Reads a screen from the numbers that hold it; 0, or -1 with an exception set. Lookups end, since some slot is free. */
static int screen_open(Screen *screen, const View *view)
{
    const Py_ssize_t least = lay_out(screen, NULL, 0);
    const Py_ssize_t slots = (view->count - least) / 2;
    int is_free = 0;
    if (slots > 0 && (slots & (slots - 1)) == 0 && lay_out(screen, NULL, slots) == view->count) {
        lay_out(screen, view->buffer.buf, slots);
        for (Py_ssize_t i = 0; i < slots && !is_free; i++)
            is_free = screen->keys[i] == 0;
    }
    if (is_free)
        return 0;
    PyErr_SetString(PyExc_ValueError, "this is no screen");
    return -1;
}

/* The lowest of some sets, of which there is one. */
static int lowest(uint64_t sets)
{
    int set = 0;
    for (int width = SETS / 2; width > 0; width /= 2)
        if (!(sets >> set & ((UINT64_C(1) << width) - 1))) /* none of the next ones */
            set += width;
    return set;
}

/* The numbers of the lines of each set, one set after another, and where each begins, from the sets of each line; a tuple. */
static PyObject *by_set(const uint64_t *sets, Py_ssize_t lines)
{
    Py_ssize_t counts[SETS] = {0}, total = 0;
    for (Py_ssize_t i = 0; i < lines; i++)
        for (uint64_t rest = sets[i]; rest; rest &= rest - 1)
            counts[lowest(rest)]++;
    for (int set = 0; set < SETS; set++)
        total += counts[set];
    Column edges = {0}, numbers = {0};
    PyObject *made = NULL;
    if (column_open_whole(&edges, (SETS + 1) * 8) == 0 && column_open_whole(&numbers, total * 8) == 0) {
        int64_t *edge = (int64_t *)edges.data;
        edge[0] = 0;
        for (int set = 0; set < SETS; set++)
            edge[set + 1] = edge[set] + counts[set];
        int64_t next[SETS];
        memcpy(next, edge, sizeof next);
        for (Py_ssize_t i = 0; i < lines; i++)
            for (uint64_t rest = sets[i]; rest; rest &= rest - 1)
                ((int64_t *)numbers.data)[next[lowest(rest)]++] = i;
        made = columns_close(2, &edges, &numbers);
    }
    column_drop(&edges);
    column_drop(&numbers);
    return made;
}

const char screened_doc[] = "screened(lines, screen) -> (edges, numbers)\n\n"
                            "Which lines each set of patterns may match: their numbers, set by set, and where each of the 64 sets "
                            "begins and the last one ends, int64 as bytearrays.";

PyObject *kernel_screened(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *of_lines, *of_screen;
    if (!PyArg_ParseTuple(args, "OO", &of_lines, &of_screen))
        return NULL;
    View view = {0};
    Column sets = {0};
    Screen screen = {0};
    PyObject *made = NULL;
    PyObject *lines = PySequence_Tuple(of_lines);
    if (lines == NULL || view_open(&view, of_screen, 8) < 0 || screen_open(&screen, &view) < 0)
        goto done;
    const Py_ssize_t count = PyTuple_GET_SIZE(lines);
    if (column_open_whole(&sets, count * 8) < 0)
        goto done;
    for (Py_ssize_t i = 0; i < count; i++) {
        Text text;
        if (text_open(&text, PyTuple_GET_ITEM(lines, i)) < 0)
            goto done;
        /* Of several lines a pattern may match one. */
        const Py_ssize_t line_break = PyUnicode_FindChar(PyTuple_GET_ITEM(lines, i), '\n', 0, text.length, 1);
        if (line_break == -2)
            goto done;
        ((uint64_t *)sets.data)[i] = line_break >= 0 ? UINT64_MAX : sets_of_any(&screen, text);
    }
    made = by_set((const uint64_t *)sets.data, count);
done:
    column_drop(&sets);
    view_close(&view);
    Py_XDECREF(lines);
    return made;
}
