/* What a line has to hold for a pattern of a rule to match it, as strings that some match or other begins with or goes on with:
 * part of the screen of pipeline/judge/rules/line_sets.py.
 *
 * A pattern is read once, into operations that only go forwards: what is repeated is known up to its first time, and then
 * nothing is. So the strings that a match may go on with, from some operation on, are found by following all ways for a few
 * characters. What is not understood has no strings, and then the pattern is asked about every line. */
#include "openings.h"

enum kind {
    NOTHING, /* goes on */
    CHAR,    /* `value` */
    SET,     /* one of `value` characters that stand at `target` of the list of characters */
    UNKNOWN, /* anything may follow */
    FORK,    /* goes on, and at `target` */
    JUMP,    /* goes on at `target` */
    END,
};

enum { MOST_IN_SET = 12, DEEPEST = 32, MOST_STEPS = 3000, MOST_WAYS = 400, ENOUGH = 8, MOST_DIGITS = 9 };
/* Of one pattern; then no more of its elements are looked at. */
enum { ENOUGH_STEPS = 1 << 18 };

typedef struct {
    int kind;
    uint32_t value;
    Py_ssize_t target;
} Op;

/* A group that is open: where its alternative begins, the jumps out of those before it, as a chain, and how many elements stand
 * before what is in it. */
typedef struct {
    Py_ssize_t atom, alternative, jumps, elements;
} Group;

typedef struct {
    Text text;
    Py_ssize_t at;
    Op *ops;
    Py_ssize_t used;
    uint32_t *chars;
    Py_ssize_t chars_used;
    Py_ssize_t *elements; /* where the parts of the pattern begin that are in every match */
    Py_ssize_t elements_used;
    Py_ssize_t steps; /* that were gone so far */
} Reader;

static int is_ascii_alnum(uint32_t code)
{
    return code < ASCII && is_alnum(code);
}

static int is_surrogate(uint32_t code)
{
    return code >= 0xD800 && code <= 0xDFFF;
}

static uint32_t peek(const Reader *reader, Py_ssize_t on)
{
    const Py_ssize_t at = reader->at + on;
    return at < reader->text.length ? text_at(&reader->text, at) : 0;
}

static void put(Reader *reader, int kind, uint32_t value, Py_ssize_t target)
{
    reader->ops[reader->used++] = (Op){kind, value, target};
}

static void put_digits(Reader *reader)
{
    for (uint32_t digit = '0'; digit <= '9'; digit++)
        reader->chars[reader->chars_used++] = digit;
}

/* Reads what stands behind a backslash in a set: a character, -1 for many, -2 where it is not understood. */
static int64_t escaped(Reader *reader)
{
    const uint32_t code = peek(reader, 1);
    reader->at += 2;
    if (reader->at > reader->text.length || code >= ASCII)
        return -2;
    if (code == 'w' || code == 'W' || code == 's' || code == 'S' || code == 'd' || code == 'D')
        return -1;
    return is_ascii_alnum(code) ? -2 : (int64_t)code;
}

/* Reads a set from its opening bracket on; 0, or -1 where it is not understood. */
static int read_set(Reader *reader)
{
    const Py_ssize_t first = reader->chars_used;
    int is_large = 0;
    reader->at++;
    if (peek(reader, 0) == '^') {
        is_large = 1;
        reader->at++;
    }
    for (int is_first = 1;; is_first = 0) {
        if (reader->at >= reader->text.length)
            return -1;
        int64_t low = peek(reader, 0);
        if (low == ']' && !is_first)
            break;
        if (low == '[')
            return -1; /* may be a class by its name */
        if (low == '\\')
            low = escaped(reader);
        else
            reader->at++;
        if (low == -2)
            return -1;
        int64_t high = low;
        if (peek(reader, 0) == '-' && peek(reader, 1) != ']') {
            reader->at++;
            high = peek(reader, 0);
            if (high == '[')
                return -1;
            if (high == '\\')
                high = escaped(reader);
            else
                reader->at++;
            if (high < low || low < 0)
                return -1;
        }
        if (low < 0 || high - low >= MOST_IN_SET || reader->chars_used - first + high - low >= MOST_IN_SET)
            is_large = 1;
        for (int64_t code = low; !is_large && code <= high; code++)
            reader->chars[reader->chars_used++] = (uint32_t)code;
    }
    reader->at++;
    if (is_large) {
        reader->chars_used = first;
        put(reader, UNKNOWN, 0, 0);
    } else {
        put(reader, SET, (uint32_t)(reader->chars_used - first), first);
    }
    return 0;
}

/* Reads a backslash and what it stands before; 0, or -1. */
static int read_escape(Reader *reader)
{
    const uint32_t code = peek(reader, 1);
    if (reader->at + 1 >= reader->text.length || code >= ASCII)
        return -1;
    reader->at += 2;
    if (code == 'd') {
        put(reader, SET, 10, reader->chars_used);
        put_digits(reader);
    } else if (code == 'w' || code == 'W' || code == 's' || code == 'S' || code == 'D')
        put(reader, UNKNOWN, 0, 0);
    else if (code == 'b' || code == 'B')
        put(reader, NOTHING, 0, 0);
    else if (is_ascii_alnum(code))
        return -1;
    else
        put(reader, CHAR, code, 0);
    return 0;
}

/* Reads a number in braces, from a place on: 0, 1, or some greater one for all that are. Whether RE2 reads it as a number, too:
 * without leading zeros, and with so few digits. */
static int read_number(const Text *text, Py_ssize_t *at, Py_ssize_t *number)
{
    const Py_ssize_t first = *at;
    *number = 0;
    for (; *at < text->length && text_at(text, *at) >= '0' && text_at(text, *at) <= '9'; ++*at)
        *number = *number < 2 ? *number * 10 + text_at(text, *at) - '0' : 2;
    const Py_ssize_t digits = *at - first;
    return digits == 1 || (digits > 1 && digits <= MOST_DIGITS && text_at(text, first) != '0');
}

/* Reads how often an atom stands in braces, from the opening one on: the least number, and whether it is the most; 0 where
 * these are no such braces, and stand for themselves. */
static int read_braces(Reader *reader, Py_ssize_t *least, int *is_exact)
{
    Py_ssize_t at = reader->at + 1;
    const Text *text = &reader->text;
    *least = 0;
    if (!read_number(text, &at, least))
        return 0;
    *is_exact = 1;
    if (at < text->length && text_at(text, at) == ',') {
        *is_exact = 0;
        at++;
        Py_ssize_t most;
        if (at < text->length && text_at(text, at) != '}' && !read_number(text, &at, &most))
            return 0;
    }
    if (at >= text->length || text_at(text, at) != '}')
        return 0;
    reader->at = at + 1;
    return 1;
}

/* Reads how often the atom stands that begins at an operation, which is kept free for it; whether it may be missing. */
static int read_repeats(Reader *reader, Py_ssize_t atom)
{
    for (int is_optional = 0;;) {
        const uint32_t code = peek(reader, 0);
        Py_ssize_t least = 1;
        int is_once = 0, is_exact = 0;
        if (code == '*' || code == '+' || code == '?') {
            least = code == '+';
            is_once = code == '?';
            reader->at++;
        } else if (code == '{' && read_braces(reader, &least, &is_exact)) {
            is_once = is_exact && least == 1;
        } else {
            return is_optional;
        }
        if (peek(reader, 0) == '?')
            reader->at++;
        if (!is_once)
            put(reader, UNKNOWN, 0, 0);
        if (least > 0)
            continue;
        is_optional = 1;
        reader->ops[atom] = (Op){FORK, 0, reader->used};
    }
}

/* Where the alternatives of a group come together: what stands in one of them is not in every match. */
static void close_alternatives(Reader *reader, const Group *group)
{
    if (group->jumps >= 0)
        reader->elements_used = group->elements;
    for (Py_ssize_t jump = group->jumps; jump >= 0;) {
        const Py_ssize_t next = reader->ops[jump].target;
        reader->ops[jump].target = reader->used;
        jump = next;
    }
}

static void next_alternative(Reader *reader, Group *group)
{
    put(reader, JUMP, 0, group->jumps);
    group->jumps = reader->used - 1;
    reader->ops[group->alternative] = (Op){FORK, 0, reader->used};
    group->alternative = reader->used;
    put(reader, NOTHING, 0, 0);
}

/* Reads the whole pattern; 0, or -1 where it is not understood. */
static int read_pattern(Reader *reader)
{
    Group groups[DEEPEST];
    int depth = 0;
    groups[0] = (Group){0, 0, -1, 0};
    put(reader, NOTHING, 0, 0);
    while (reader->at < reader->text.length) {
        const uint32_t code = peek(reader, 0);
        if (code == '|') {
            next_alternative(reader, &groups[depth]);
            reader->at++;
            continue;
        }
        if (code == ')') {
            if (depth == 0)
                return -1;
            close_alternatives(reader, &groups[depth]);
            reader->at++;
            if (read_repeats(reader, groups[depth].atom))
                reader->elements_used = groups[depth].elements;
            depth--;
            continue;
        }
        const Py_ssize_t atom = reader->used;
        reader->elements[reader->elements_used++] = atom;
        put(reader, NOTHING, 0, 0);
        if (code == '(') {
            reader->at++;
            if (peek(reader, 0) == '?') {
                if (peek(reader, 1) != ':')
                    return -1;
                reader->at += 2;
            }
            if (++depth == DEEPEST)
                return -1;
            groups[depth] = (Group){atom, reader->used, -1, reader->elements_used};
            put(reader, NOTHING, 0, 0);
            continue;
        }
        if (code == '[' ? read_set(reader) < 0 : code == '\\' && read_escape(reader) < 0)
            return -1;
        if (code != '[' && code != '\\') {
            if (is_surrogate(code) || code == '*' || code == '+' || code == '?')
                return -1;
            if (code == '.')
                put(reader, UNKNOWN, 0, 0);
            else if (code != '^' && code != '$')
                put(reader, CHAR, code, 0);
            reader->at++;
        }
        read_repeats(reader, atom);
    }
    if (depth > 0)
        return -1;
    close_alternatives(reader, &groups[0]);
    put(reader, END, 0, 0);
    return 0;
}

/* A way that is not yet followed: from an operation on, behind so many characters, the last of which is `code`. */
typedef struct {
    Py_ssize_t op;
    int depth;
    uint32_t code;
} Way;

/* The strings of up to `depth` characters that what is matched from an operation on may begin with; how many, -1 where there are
 * too many, or one of them is empty. */
static int follow(Reader *reader, Py_ssize_t from, int depth, Opening *found)
{
    Way ways[MOST_WAYS];
    uint32_t own[LONGEST_OPENING] = {0};
    int count = 0, waiting = 0, steps = 0;
    ways[waiting++] = (Way){from, 0, 0};
    while (waiting > 0) {
        const Way way = ways[--waiting];
        int length = way.depth;
        Py_ssize_t op = way.op;
        if (length > 0)
            own[length - 1] = way.code;
        while (length < depth) {
            const Op *next = &reader->ops[op];
            reader->steps++;
            if (++steps > MOST_STEPS)
                return -1;
            if (next->kind == UNKNOWN || next->kind == END)
                break;
            op = next->kind == JUMP ? next->target : op + 1;
            if (next->kind == CHAR)
                own[length++] = next->value;
            if (next->kind == FORK) {
                if (waiting == MOST_WAYS)
                    return -1;
                ways[waiting++] = (Way){next->target, length, length > 0 ? own[length - 1] : 0};
            }
            if (next->kind == SET) {
                const uint32_t *chars = reader->chars + next->target;
                if (next->value == 0 || waiting + (int)next->value > MOST_WAYS)
                    return -1;
                for (uint32_t i = 1; i < next->value; i++)
                    ways[waiting++] = (Way){op, length + 1, chars[i]};
                own[length++] = chars[0];
            }
        }
        if (length == 0 || count == MOST_OPENINGS)
            return -1;
        memcpy(found[count].codes, own, sizeof own);
        found[count++].length = length;
    }
    return count;
}

/* How much a string says: a sign more than a letter or a digit, which stand in most lines. */
static int weight_of(const Opening *opening)
{
    int weight = 0;
    for (int i = 0; i < opening->length; i++)
        weight += is_ascii_alnum(opening->codes[i]) || opening->codes[i] == ' ' ? 2 : 4;
    return weight;
}

/* The least that one of some strings says. */
static int least_weight(const Opening *openings, int count)
{
    int least = INT_MAX;
    for (int i = 0; i < count; i++) {
        const int weight = weight_of(&openings[i]);
        least = weight < least ? weight : least;
    }
    return least;
}

/* The strings from an operation on, as long ones as are not too many. */
static int longest(Reader *reader, Py_ssize_t from, int most, Opening *found)
{
    int count = -1;
    for (int depth = most; depth > 0 && count <= 0; depth--)
        count = follow(reader, from, depth, found);
    return count > 0 ? count : -1;
}

/* The strings that matches begin with, and those inside that say most, the last ones of these: they say least of what the others
 * say. Where those at the beginning are known, they have to say enough. */
static void choose(Reader *reader, Openings *start, Openings *inside, Openings *buffer)
{
    start->count = longest(reader, 0, LONGEST_OPENING, start->openings);
    inside->count = -1;
    int weight = start->count < 0 ? 0 : ENOUGH;
    for (Py_ssize_t i = 0; i < reader->elements_used && reader->steps < ENOUGH_STEPS; i++) {
        buffer->count = longest(reader, reader->elements[i], LONGEST_INSIDE, buffer->openings);
        const int own = buffer->count < 0 ? 0 : least_weight(buffer->openings, buffer->count);
        if (own < weight || own == 0)
            continue;
        weight = own;
        *inside = *buffer;
    }
}

/* Reads a pattern; 0 where it is understood, 1 where it is not, -1 with an exception set. To be closed in any case. */
static int reader_open(Reader *reader, PyObject *pattern)
{
    memset(reader, 0, sizeof *reader);
    if (text_open(&reader->text, pattern) < 0)
        return -1;
    const Py_ssize_t length = reader->text.length;
    if (length > LONGEST_PATTERN)
        return 1;
    /* For each character of a pattern an atom, what it is, how often it stands and what parts alternatives. */
    reader->ops = PyMem_Malloc((size_t)(4 * length + 8) * sizeof(Op));
    reader->chars = PyMem_Malloc((size_t)(MOST_IN_SET * length + 8) * sizeof(uint32_t));
    reader->elements = PyMem_Malloc((size_t)(length + 1) * sizeof(Py_ssize_t));
    if (reader->ops == NULL || reader->chars == NULL || reader->elements == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    return read_pattern(reader) < 0;
}

static void reader_close(Reader *reader)
{
    PyMem_Free(reader->elements);
    PyMem_Free(reader->chars);
    PyMem_Free(reader->ops);
}

int openings_of(PyObject *pattern, Openings *start, Openings *inside)
{
    Reader reader;
    start->count = inside->count = -1;
    int failed = reader_open(&reader, pattern);
    Openings *buffer = failed ? NULL : PyMem_Malloc(sizeof *buffer);
    if (buffer != NULL) {
        choose(&reader, start, inside, buffer);
    } else if (failed == 0) {
        PyErr_NoMemory();
        failed = -1;
    }
    PyMem_Free(buffer);
    reader_close(&reader);
    return failed < 0 ? -1 : 0;
}

const char known_of_pattern_doc[] = "known_of_pattern(pattern) -> int\n\n"
                                    "Whether `screen` knows what lines have inside that a pattern matches, 1, and what they begin "
                                    "with, 2; 3 is both.";

PyObject *kernel_known_of_pattern(PyObject *Py_UNUSED(module), PyObject *object)
{
    Openings *own = PyMem_Malloc(2 * sizeof *own);
    if (own == NULL)
        return PyErr_NoMemory();
    const int failed = openings_of(object, &own[0], &own[1]);
    const int known = failed ? 0 : 2 * (own[0].count > 0) + (own[1].count > 0);
    PyMem_Free(own);
    return failed ? NULL : PyLong_FromLong(known);
}
