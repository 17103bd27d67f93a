/* What a line may be, by one look at its characters: the counterpart of pipeline/text/plain/hints.py, which says what each hint
 * means. A line ends and begins with no white space, so there is something behind any that is in it. */
#include "hints.h"
#include "physical.h"

#define TAB_WIDTH 4       /* of physical.py */
#define CLOCK_CHARS 20    /* of markers.py */
#define SPEAKER_CHARS 120
#define MAX_DATE 110      /* of hints.py */

static const uint16_t says[ASCII] = {
    ['\t'] = IS_TAB, [' '] = IS_SPACE, [':'] = IS_COLON,
    ['0'] = IS_DIGIT, ['1'] = IS_DIGIT, ['2'] = IS_DIGIT, ['3'] = IS_DIGIT, ['4'] = IS_DIGIT,
    ['5'] = IS_DIGIT, ['6'] = IS_DIGIT, ['7'] = IS_DIGIT, ['8'] = IS_DIGIT, ['9'] = IS_DIGIT,
    ['{'] = IS_SYMBOL | IS_BRACE, ['}'] = IS_SYMBOL | IS_BRACE, [';'] = IS_SYMBOL | IS_BRACE,
    ['('] = IS_SYMBOL, [')'] = IS_SYMBOL, ['['] = IS_SYMBOL, [']'] = IS_SYMBOL, ['>'] = IS_SYMBOL, ['#'] = IS_SYMBOL,
    ['@'] = IS_SYMBOL, ['$'] = IS_SYMBOL, ['\\'] = IS_SYMBOL, ['*'] = IS_SYMBOL, ['&'] = IS_SYMBOL, ['^'] = IS_SYMBOL,
    ['~'] = IS_SYMBOL, ['_'] = IS_SYMBOL, ['%'] = IS_SYMBOL, ['`'] = IS_SYMBOL, ['"'] = IS_SYMBOL, ['\''] = IS_SYMBOL,
    ['|'] = IS_SYMBOL | IS_BAR, ['+'] = IS_SYMBOL | IS_BAR, ['='] = IS_SYMBOL | IS_SIGN, ['<'] = IS_SYMBOL | IS_SIGN,
    ['/'] = IS_SYMBOL | IS_SLASH,
};

static inline unsigned said_by(uint32_t code)
{
    return code < ASCII ? says[code] : code == 0xFF1A ? IS_COLON : 0;
}

/* Where the first character stands that says something; -1 where none does. */
static inline Py_ssize_t first_of(const Text *text, const Line *line, unsigned what)
{
    for (Py_ssize_t at = line->start; at < line->end; at++)
        if (said_by(text_at(text, at)) & what)
            return at;
    return -1;
}

static inline Inside look_inside(const Text *text, const Line *line)
{
    Inside inside = {0, 0, -1, -1};
    unsigned before = 0;
    for (Py_ssize_t at = line->start; at < line->end; at++) {
        const unsigned own = said_by(text_at(text, at));
        inside.says |= own;
        inside.pairs |= own & before;
        before = own;
    }
    if (inside.says & IS_COLON)
        inside.colon = first_of(text, line, IS_COLON);
    if (inside.says & IS_DIGIT)
        inside.digit = first_of(text, line, IS_DIGIT);
    return inside;
}

/* Whether two spaces stand behind neither a space nor what ends a sentence or a clause (`_WIDE`). */
static int has_wide_gap(const Text *text, const Line *line)
{
    for (Py_ssize_t at = line->start + 1; at + 1 < line->end; at++) {
        if (text_at(text, at) != ' ' || text_at(text, at + 1) != ' ')
            continue;
        switch (text_at(text, at - 1)) {
        case ' ': case '.': case '!': case '?': case ':': case ',': case ';':
            continue;
        default:
            return 1;
        }
    }
    return 0;
}

/* Bullets (`BULLETS` of markers.py). */
static int is_bullet(uint32_t code)
{
    switch (code) {
    case '-': case '*': case '+': case 0x2022: case 0xB7: case 0x25AA: case 0x2023: case 0x25E6: case 0x25CF: case 0x25CB:
    case 0x25A0: case 0x25A1: case 0x2013: case 0x2014: case 0x203A: case 0xBB: case 0x2713: case 0x2714: case 0x27A4:
    case 0x279C: case 0x2794: case 0x2192:
        return 1;
    default:
        return 0;
    }
}

static int is_roman(uint32_t code)
{
    return code == 'i' || code == 'v' || code == 'x' || code == 'I' || code == 'V' || code == 'X';
}

/* `markers.item`: a bullet, or a number of three digits at most, a letter, or a small Roman number, with a stop or a bracket. */
static int is_item(const Text *text, const Line *line)
{
    Py_ssize_t at = line->start;
    if (is_bullet(text_at(text, at)))
        return at + 1 < line->end && is_space(text_at(text, at + 1));
    at += text_at(text, at) == '(';
    Py_ssize_t digits = 0, romans = 0;
    while (digits < 4 && is_decimal(line_at(text, line, at + digits)))
        digits++;
    while (romans < 6 && is_roman(line_at(text, line, at + romans)))
        romans++;
    if (digits == 0 && romans == 0 && !is_ascii_letter(line_at(text, line, at)))
        return 0;
    at += digits > 0 ? digits : romans > 0 ? romans : 1;
    if (digits > 3 || romans > 5 || at + 1 >= line->end)
        return 0;
    const uint32_t stop = text_at(text, at);
    return (stop == '.' || stop == ')') && is_space(text_at(text, at + 1));
}

/* `markers.heading`: at most six signs, and white space. */
static int is_heading(const Text *text, const Line *line)
{
    Py_ssize_t signs = 0;
    while (signs < 7 && line_at(text, line, line->start + signs) == '#')
        signs++;
    return signs > 0 && signs < 7 && line->start + signs < line->end && is_space(text_at(text, line->start + signs));
}

/* `markers.is_separator`: nothing in it is a letter or a digit. */
static inline int is_separator(const Text *text, const Line *line)
{
    for (Py_ssize_t at = line->start; at < line->end; at++)
        if (is_alnum(text_at(text, at)))
            return 0;
    return 1;
}

static int is_closing(uint32_t code)
{
    return code == '\'' || code == '"' || code == ')' || code == ']' || code == 0x201D || code == 0x2019 || code == 0xBB;
}

/* Whether a stop (`_STOPS`) ends a line, before what closes there (`_CLOSING`). */
static int is_stopped(const Text *text, const Line *line)
{
    Py_ssize_t end = line->end;
    while (end > line->start && is_closing(text_at(text, end - 1)))
        end--;
    if (end == line->start)
        return 0;
    const uint32_t last = text_at(text, end - 1);
    return last == '.' || last == '!' || last == '?' || last == ':' || last == 0x3002 || last == 0xFF01 || last == 0xFF1F;
}

/* `_CAPTION` */
static int may_be_caption(const Text *text, const Line *line)
{
    const uint32_t first = text_at(text, line->start);
    if (first == 0x56FE || first == 0x8868)
        return 1;
    const uint32_t second = line_at(text, line, line->start + 1), lower = second | 0x20;
    return (first == 'F' || first == 'f' || first == 'T' || first == 't' || first == 'A' || first == 'a') &&
           (second >= ASCII || lower == 'i' || lower == 'a' || lower == 'b');
}

/* `markers.may_be_chat` */
static int may_be_chat(const Text *text, const Line *line)
{
    const uint32_t first = text_at(text, line->start);
    if (first != '[' && first != '(' && !Py_UNICODE_ISDIGIT(first))
        return 0;
    for (Py_ssize_t at = line->start; at < line->end && at < line->start + CLOCK_CHARS; at++)
        if (text_at(text, at) == ':')
            return 1;
    return 0;
}

/* `_QUESTION` */
static int is_question(const Text *text, const Line *line)
{
    Py_ssize_t at = line->start;
    if (text_at(text, at) != 'Q' && text_at(text, at) != 'A')
        return 0;
    at++;
    for (int digits = 0; digits < 3 && is_decimal(line_at(text, line, at)); digits++)
        at++;
    at += at < line->end && is_space(text_at(text, at));
    const uint32_t stop = line_at(text, line, at);
    return (stop == '.' || stop == ':' || stop == ')') && at + 1 < line->end && is_space(text_at(text, at + 1));
}

/* `_may_be_turn` */
static int may_be_turn(const Text *text, const Line *line, const Inside *inside, int is_chat)
{
    if (is_chat || is_question(text, line))
        return 1;
    const uint32_t first = text_at(text, line->start);
    if (!(first >= 'A' && first <= 'Z') && first < ASCII)
        return 0;
    if (inside->colon <= line->start || inside->colon >= line->start + SPEAKER_CHARS || inside->colon + 1 >= line->end)
        return 0;
    const uint32_t next = text_at(text, inside->colon + 1);
    return is_space(next) || (next >= 0x3040 && next <= 0x30FF) || (next >= 0x4E00 && next <= 0x9FFF);
}

/* `_TIME`: digits around the first colon, or a wide one. */
static int may_have_time(const Text *text, const Line *line, const Inside *inside)
{
    const Py_ssize_t at = inside->colon;
    if (at < 0)
        return 0;
    if (text_at(text, at) != ':')
        return 1;
    return at > line->start && is_decimal(text_at(text, at - 1)) && is_decimal(line_at(text, line, at + 1)) &&
           is_decimal(line_at(text, line, at + 2));
}

/* Columns of white space before a line. */
static inline Py_ssize_t indent_of(const Text *text, const Line *line)
{
    Py_ssize_t columns = 0;
    for (Py_ssize_t at = line->begin; at < line->start; at++)
        columns += text_at(text, at) == '\t' ? TAB_WIDTH - columns % TAB_WIDTH : 1;
    return columns;
}

static inline Looks look_at_width(const Text *text, const Line *line)
{
    const uint32_t first = text_at(text, line->start), last = text_at(text, line->end - 1);
    const uint32_t before = line->start > 0 ? text_at(text, line->start - 1) : '\n';
    const Inside inside = look_inside(text, line);
    Looks looks = {0, indent_of(text, line), 0, inside.colon, inside.digit};
    while (looks.word < line->end - line->start && !is_space(text_at(text, line->start + looks.word)))
        looks.word++;
    const int is_chat = may_be_chat(text, line);
    const int draws = first == '|' || first == '+' || first == ':' || first == '=' || first == '-' ||
                      (first >= 0x2500 && first <= 0x257F);
    if (is_item(text, line))
        looks.hints |= HINT_ITEM;
    if (is_heading(text, line))
        looks.hints |= HINT_HEADING;
    if (first == '>')
        looks.hints |= HINT_QUOTE;
    if (is_separator(text, line))
        looks.hints |= HINT_SEPARATOR;
    if (Py_UNICODE_ISLOWER(first))
        looks.hints |= HINT_LOWER;
    if (Py_UNICODE_ISDIGIT(first))
        looks.hints |= HINT_DIGIT;
    if (first == '`' || first == '~')
        looks.hints |= HINT_FENCE;
    if (first == '/' && line_at(text, line, line->start + 1) == '*')
        looks.hints |= HINT_COMMENT;
    if (before == ' ' || before == '\t' || before == 0x3000)
        looks.hints |= HINT_INDENTED;
    if (is_stopped(text, line))
        looks.hints |= HINT_STOPPED;
    if (last == '-' || last == 0xAD || last == 0x2010)
        looks.hints |= HINT_HYPHEN;
    if (inside.says & IS_SYMBOL)
        looks.hints |= HINT_SYMBOL;
    if (inside.says & IS_TAB)
        looks.hints |= HINT_TAB;
    if ((inside.pairs & IS_SPACE) && has_wide_gap(text, line))
        looks.hints |= HINT_WIDE;
    if (is_chat)
        looks.hints |= HINT_CHAT;
    if (may_be_caption(text, line))
        looks.hints |= HINT_CAPTION;
    if (may_be_code(text, line, &inside, looks.indent))
        looks.hints |= HINT_CODE;
    if (draws && (inside.says & IS_BAR))
        looks.hints |= HINT_ROW;
    if (may_be_turn(text, line, &inside, is_chat))
        looks.hints |= HINT_TURN;
    if (may_have_time(text, line, &inside))
        looks.hints |= HINT_TIME;
    if (inside.digit >= 0 && line->end - line->start <= MAX_DATE && may_say_when(text, line))
        looks.hints |= HINT_DATE;
    if (text_ends_sentence(text, line->start, line->end))
        looks.hints |= HINT_SENTENCE;
    return looks;
}

Looks look_at_line(const Text *text, const Line *line)
{
    Text own = *text;
    RETURN_BY_WIDTH(own, look_at_width(&own, line))
}
