/* Which lines of a plain text go on with the paragraph above: the counterpart of `_line_breaks` in pipeline/text/plain/wrapping.py,
 * where each number is explained. */
#include "physical.h"

#define MIN_WIDTH 40
#define MAX_WIDTH 120
#define NARROW 24
#define NARROW_PAIRS 6
#define NARROW_FULL 0.9
#define NARROW_LOWER 0.6
#define SURE_PAIRS 4
#define WIDE_LINES 0.9
#define SHARE 0.7
#define SLACK 0.85
#define LINES 3
#define LOWER_SHARE 0.3
#define OVERFLOW_SHARE 0.8

/* What is said of a line, as in wrapping.py: FOLLOWS and what is behind it is found here, the others are given. */
enum { FREE = 1, CHAT = 2, CAPTION = 4, PARTED = 8, FOLLOWS = 16, PLAIN = 32, GOES_ON = 64 };

typedef struct {
    const int64_t *start, *end, *gap, *word, *hint;
    unsigned char *said;
    Py_ssize_t count;
} Lines;

static int64_t size_of(const Lines *lines, Py_ssize_t line)
{
    return lines->end[line] - lines->start[line];
}

/* Code points that the line above would have with the first word of a line at its end. */
static int64_t size_above_with_word(const Lines *lines, Py_ssize_t line)
{
    return size_of(lines, line - 1) + 1 + lines->word[line];
}

static int begins_lower(const Lines *lines, Py_ssize_t line)
{
    return (lines->hint[line] & HINT_LOWER) != 0;
}

static int is_marked(const Lines *lines, Py_ssize_t line)
{
    return (lines->hint[line] & HINT_MARKED) != 0 || (lines->said[line] & CHAT) != 0;
}

/* Says of each line whether it follows another one of its stretch, and whether it begins with no mark. */
static void find_stretches(const Lines *lines)
{
    for (Py_ssize_t line = 1; line < lines->count; line++)
        if ((lines->said[line] & FREE) && (lines->said[line - 1] & FREE) && lines->gap[line] == 1)
            lines->said[line] |= is_marked(lines, line) ? FOLLOWS : FOLLOWS | PLAIN;
}

/* One past the last line of the stretch that begins at a line. */
static Py_ssize_t stop_of(const Lines *lines, Py_ssize_t first)
{
    Py_ssize_t stop = first + 1;
    while (stop < lines->count && (lines->said[stop] & FOLLOWS))
        stop++;
    return stop;
}

/* Whether all lines of a stretch but the first are plain. */
static int is_plain(const Lines *lines, Py_ssize_t first, Py_ssize_t stop)
{
    for (Py_ssize_t line = first + 1; line < stop; line++)
        if (!(lines->said[line] & PLAIN))
            return 0;
    return 1;
}

/* How many pairs of lines there are behind whose first an editor may have broken a paragraph, and of these: */
typedef struct {
    int64_t pairs;
    int64_t full;  /* those whose first would be longer than a bound with the first word of the second */
    int64_t lower; /* those whose second begins in lower case */
    int64_t of_size[MAX_WIDTH + 1]; /* those whose first has so many code points */
} Pairs;

static Pairs count_pairs(const Lines *lines, double bound)
{
    Pairs found;
    memset(&found, 0, sizeof found);
    for (Py_ssize_t first = 0, stop; first < lines->count; first = stop) {
        stop = stop_of(lines, first);
        if (!is_plain(lines, first, stop))
            continue;
        for (Py_ssize_t line = first + 1; line < stop; line++) {
            const int64_t size = size_of(lines, line - 1);
            found.pairs++;
            found.full += (double)size_above_with_word(lines, line) > bound;
            found.lower += begins_lower(lines, line);
            if (size <= MAX_WIDTH) /* none is negative */
                found.of_size[size]++;
        }
    }
    return found;
}

/* `_width`; 0 where the paragraphs are not broken. */
static int64_t width_of(const Lines *lines)
{
    const Pairs pairs = count_pairs(lines, 0);
    if (pairs.pairs < SURE_PAIRS)
        return 0;
    const int64_t place = (int64_t)(WIDE_LINES * (double)(pairs.pairs - 1));
    int64_t width = 0, up_to = 0;
    for (; width <= MAX_WIDTH; width++) {
        up_to += pairs.of_size[width];
        if (up_to > place)
            break;
    }
    if (width < NARROW || width > MAX_WIDTH)
        return 0;
    const double all = (double)pairs.pairs;
    if (width >= MIN_WIDTH)
        return (double)count_pairs(lines, SLACK * (double)width).full >= SHARE * all ? width : 0;
    const int64_t full = count_pairs(lines, (double)width).full;
    const int is_column = pairs.pairs >= NARROW_PAIRS && (double)full >= NARROW_FULL * all &&
                          (double)pairs.lower >= NARROW_LOWER * all;
    return is_column ? width : 0;
}

/* `_goes_on` of a plain line; `width` is 0 where the document has none. */
static int goes_on(const Lines *lines, Py_ssize_t line, int64_t width)
{
    const int64_t above = size_of(lines, line - 1), hint = lines->hint[line];
    const int is_open = (lines->hint[line - 1] & HINT_STOPPED) == 0;
    if (begins_lower(lines, line) && (lines->said[line] & PARTED))
        return 1;
    if (width > 0)
        return (double)size_above_with_word(lines, line) > SLACK * (double)width ||
               (begins_lower(lines, line) && is_open && above > width / 2);
    const int begins_inside = (hint & HINT_LOWER) || ((hint & HINT_DIGIT) && (hint & HINT_SENTENCE));
    return begins_inside && is_open && above >= MIN_WIDTH && above <= MAX_WIDTH && size_of(lines, line) <= MAX_WIDTH &&
           (double)above >= (double)size_of(lines, line) * SLACK;
}

/* `_is_wrapped`: whether an editor has broken a stretch, by itself. */
static int is_wrapped(const Lines *lines, Py_ssize_t first, Py_ssize_t stop)
{
    if (stop - first < LINES)
        return 0;
    int64_t longest = size_of(lines, first), lower = 0, full = 0, overflow = 0;
    for (Py_ssize_t line = first + 1; line < stop; line++) {
        longest = size_of(lines, line) > longest ? size_of(lines, line) : longest;
        lower += begins_lower(lines, line);
    }
    const double below = (double)(stop - first - 1);
    if (longest < MIN_WIDTH || longest > MAX_WIDTH || (double)lower < LOWER_SHARE * below)
        return 0;
    for (Py_ssize_t line = first + 1; line < stop; line++) {
        full += (double)size_of(lines, line - 1) >= SHARE * (double)longest;
        overflow += size_above_with_word(lines, line) > longest;
    }
    return (double)full >= SLACK * below && (double)overflow >= OVERFLOW_SHARE * below;
}

/* Says of the lines of a stretch which go on; whether one of them does, or begins something of its own. */
static int look_at_stretch(const Lines *lines, Py_ssize_t first, Py_ssize_t stop, int64_t width)
{
    int is_special = is_marked(lines, first) || (lines->said[first] & CAPTION);
    const int all = width == 0 && is_wrapped(lines, first, stop);
    for (Py_ssize_t line = first + 1; line < stop; line++) {
        if ((lines->said[line] & PLAIN) && (all || goes_on(lines, line, width)))
            lines->said[line] |= GOES_ON;
        is_special |= !(lines->said[line] & PLAIN) || (lines->said[line] & (GOES_ON | CAPTION));
    }
    return is_special;
}

static PyObject *line_breaks(const Lines *lines)
{
    PyObject *found = PyList_New(0);
    if (found == NULL)
        return NULL;
    find_stretches(lines);
    const int64_t width = width_of(lines);
    for (Py_ssize_t first = 0, stop; first < lines->count; first = stop) {
        stop = stop_of(lines, first);
        if (!(lines->said[first] & FREE) || !look_at_stretch(lines, first, stop, width))
            continue;
        if (list_add(found, Py_BuildValue("nn", first, stop)) < 0) {
            Py_DECREF(found);
            return NULL;
        }
    }
    return found;
}

const char line_breaks_doc[] = "line_breaks(table, said) -> list of (first, stop)\n\n"
                               "`_line_breaks` of text/plain/wrapping.py: `table` as physical_lines gives it, int64 [columns, lines];\n"
                               "`said`, a bytearray with one of each line, is changed in place.";

/* Whether each line lies in a text, so that no size is negative and no sum overflows. */
static int are_lines(const Lines *lines)
{
    for (Py_ssize_t line = 0; line < lines->count; line++)
        if (lines->start[line] < 0 || lines->end[line] < lines->start[line] || lines->end[line] > INT64_MAX / 4 ||
            lines->word[line] < 0 || lines->word[line] > INT64_MAX / 4)
            return 0;
    return 1;
}

static PyObject *breaks_of(const View *table, const View *said)
{
    const int64_t *column = table->buffer.buf;
    const Py_ssize_t count = said->count;
    if (count > PY_SSIZE_T_MAX / COLUMNS || table->count != COLUMNS * count) {
        PyErr_SetString(PyExc_ValueError, "a table has a number for each column of each line");
        return NULL;
    }
    const Lines lines = {column + START * count, column + END * count,  column + GAP * count, column + WORD * count,
                         column + HINT * count,  said->buffer.buf, count};
    if (!are_lines(&lines)) {
        PyErr_SetString(PyExc_ValueError, "a line ends where it begins or behind that, and its first word in it");
        return NULL;
    }
    return line_breaks(&lines);
}

PyObject *kernel_line_breaks(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *of_table, *of_said, *made = NULL;
    if (!PyArg_ParseTuple(args, "OO!", &of_table, &PyByteArray_Type, &of_said))
        return NULL;
    View table = {0}, said = {0};
    if (view_open(&table, of_table, 8) == 0 && view_open(&said, of_said, 1) == 0)
        made = breaks_of(&table, &said);
    view_close(&table);
    view_close(&said);
    return made;
}
