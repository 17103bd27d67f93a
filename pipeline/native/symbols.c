/* Symbols at numbers: the counterpart of `symbol_fingerprints` of match/core/difference.py, whose patterns say what they are. */
#include "kernels.h"

/* Where a character is a symbol; one may be so in several places. */
enum {
    SIGN = 1,       /* before a number, and behind no word */
    BEFORE = 2,     /* before a number */
    BEHIND = 4,     /* behind a number */
    POWER = 8,      /* right behind a digit */
    BRACKET = 16,   /* opens a number in brackets */
    MARK = 32,      /* anywhere */
    POINT = 64,     /* between two digits */
    RELATION = 128, /* between two digits, and white space */
};

/* The plain form of a character of full width, as Chinese and Japanese print has them, or the character itself. */
static inline uint32_t narrow(uint32_t code)
{
    static const uint32_t signs[] = {0xA2, 0xA3, 0xAC, 0xAF, 0xA6, 0xA5, 0x20A9};
    if (code >= 0xFF01 && code <= 0xFF5E)
        return code - 0xFEE0;
    if (code >= 0xFFE0 && code <= 0xFFE6)
        return signs[code - 0xFFE0];
    return code;
}

/* Where a character, in its plain form, is a symbol. */
static int roles_of(uint32_t code)
{
    switch (code) {
    case '-': case 0x2212: case 0x2013: /* minus, en dash */
    case 0xB1: case '~': case 0x2264: case 0x2265: /* plus-minus, at most, at least */
        return SIGN;
    case '+': case '<': case '>':
        return SIGN | RELATION;
    case '=': case 0xD7: case 0xF7: case '*': case '^': /* times, divided by */
        return RELATION;
    case '.': case ',': case ':': case '/':
        return POINT;
    case '$': case 0x20AC: case 0xA3: case 0xA5: case 0x20B9: /* euro, pound, yen, rupee */
        return BEFORE | BEHIND;
    case '%': case 0x2030: case 0xB0: /* per mille, degrees */
    case 0xBC: case 0xBD: case 0xBE: case 0x2153: case 0x2154: case 0x2155: case 0x2156: /* fractions, up to the last */
    case 0x2157: case 0x2158: case 0x2159: case 0x215A: case 0x215B: case 0x215C: case 0x215D: case 0x215E:
        return BEHIND;
    case 0x2032: case 0x2033: /* minutes, seconds; powers from here on */
    case 0xB2: case 0xB3: case 0xB9: case 0x2070:
    case 0x2074: case 0x2075: case 0x2076: case 0x2077: case 0x2078: case 0x2079:
        return POWER;
    case '(':
        return BRACKET;
    case 0x2260: case 0x2248: /* unequal, about */
    case 0x2705: case 0x2611: case 0x2713: case 0x2714: /* true */
    case 0x274C: case 0x2612: case 0x2717: case 0x2718: /* false */
        return MARK;
    default:
        return 0;
    }
}

/* The one of those that say the same which stands for them. */
static uint32_t alike(uint32_t code)
{
    switch (code) {
    case 0x2212: case 0x2013:
        return '-';
    case 0x2611: case 0x2713: case 0x2714:
        return 0x2705;
    case 0x2612: case 0x2717: case 0x2718:
        return 0x274C;
    default:
        return code;
    }
}

/* The character at a place, in its plain form; 0 before the text and behind it. */
static inline uint32_t code_at(const Text *text, Py_ssize_t at)
{
    return at >= 0 && at < text->length ? narrow(text_at(text, at)) : 0;
}

static inline int is_digit(const Text *text, Py_ssize_t at)
{
    return Py_UNICODE_ISDECIMAL(code_at(text, at));
}

static inline int is_white(const Text *text, Py_ssize_t at)
{
    return Py_UNICODE_ISSPACE(code_at(text, at));
}

/* Whether a number ends before a place, or begins there, maybe with one character of white space between. */
static int ends_number(const Text *text, Py_ssize_t at)
{
    return is_digit(text, at - 1) || (is_white(text, at - 1) && is_digit(text, at - 2));
}

static int begins_number(const Text *text, Py_ssize_t at)
{
    return is_digit(text, at) || (is_white(text, at) && is_digit(text, at + 1));
}

static int is_sign(const Text *text, Py_ssize_t at)
{
    const uint32_t before = code_at(text, at - 1), next = code_at(text, at + 1);
    if (Py_UNICODE_ISALNUM(before) || before == '_' || before == '.' || before == ',' || before == ')' || before == ']')
        return 0;
    return is_digit(text, at + 1) || (next == '.' && is_digit(text, at + 2));
}

static int opens_number(const Text *text, Py_ssize_t at)
{
    const uint32_t currency = code_at(text, ++at);
    if (currency == '$' || currency == 0x20AC || currency == 0xA3 || currency == 0xA5)
        at++;
    if (!is_digit(text, at))
        return 0;
    uint32_t code;
    do
        code = code_at(text, ++at);
    while (code == '.' || code == ',' || Py_UNICODE_ISDECIMAL(code));
    return code == ')';
}

static int is_at_number(const Text *text, Py_ssize_t at, int roles)
{
    return (roles & MARK) || ((roles & SIGN) && is_sign(text, at)) || ((roles & BEFORE) && begins_number(text, at + 1)) ||
           ((roles & BEHIND) && ends_number(text, at)) || ((roles & POWER) && is_digit(text, at - 1)) ||
           ((roles & BRACKET) && opens_number(text, at));
}

static int is_between(const Text *text, Py_ssize_t at, int roles)
{
    return ((roles & POINT) && is_digit(text, at - 1) && is_digit(text, at + 1)) ||
           ((roles & RELATION) && ends_number(text, at) && begins_number(text, at + 1));
}

/* `token_hash` of a symbol's number in hexadecimal digits. */
static uint64_t hash_symbol(uint32_t code)
{
    uint64_t digits = 0, size = 0;
    for (; code > 0; code >>= 4, size++)
        digits = digits << 8 | (unsigned char)"0123456789abcdef"[code & 0xF];
    return mix64(size * MULTIPLIER ^ digits);
}

/* What a symbol adds to the fingerprint of its text, in which so many stand before it. */
static uint64_t part_of(uint32_t code, uint64_t before)
{
    return hash_symbol(alike(code)) * (2 * before + 1);
}

static inline int fingerprint_of_width(const Text *text, const unsigned char *of_ascii, Column *between, uint64_t *fingerprint)
{
    uint64_t count = 0, found = 0;
    between->used = 0;
    for (Py_ssize_t at = 0; at < text->length; at++) {
        uint32_t code = text_at(text, at);
        if (code < ASCII && of_ascii[code] == 0)
            continue;
        code = narrow(code);
        const int roles = roles_of(code);
        if (roles == 0)
            continue;
        if (is_at_number(text, at, roles))
            found ^= part_of(code, count++);
        if (is_between(text, at, roles) && COLUMN_ADD(between, uint32_t, code) < 0)
            return -1;
    }
    /* What stands between numbers comes behind all others. */
    for (Py_ssize_t i = 0; i < between->used / (Py_ssize_t)sizeof(uint32_t); i++)
        found ^= part_of(((const uint32_t *)between->data)[i], count++);
    *fingerprint = found;
    return 0;
}

static int fingerprint_of(Text text, const unsigned char *of_ascii, Column *between, uint64_t *fingerprint)
{
    RETURN_BY_WIDTH(text, fingerprint_of_width(&text, of_ascii, between, fingerprint))
}

const char symbol_fingerprints_doc[] = "symbol_fingerprints(texts) -> fingerprints\n\n"
                                       "match.core.difference.symbol_fingerprints, uint64 as a bytearray.";

PyObject *kernel_symbol_fingerprints(PyObject *Py_UNUSED(module), PyObject *texts)
{
    PyObject *list = PySequence_Fast(texts, "texts are a sequence");
    if (list == NULL)
        return NULL;
    const Py_ssize_t count = PySequence_Fast_GET_SIZE(list);
    unsigned char of_ascii[ASCII];
    for (uint32_t code = 0; code < ASCII; code++)
        of_ascii[code] = (unsigned char)roles_of(code);
    Column made = {0}, between = {0};
    if (column_open(&between, 0) == 0 && column_open_whole(&made, count * 8) == 0) {
        for (Py_ssize_t i = 0; i < count; i++) {
            Text text;
            if (text_open(&text, PySequence_Fast_GET_ITEM(list, i)) < 0 ||
                fingerprint_of(text, of_ascii, &between, (uint64_t *)made.data + i) < 0) {
                column_drop(&made);
                break;
            }
        }
    }
    column_drop(&between);
    Py_DECREF(list);
    return made.bytes;
}
