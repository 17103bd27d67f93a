/* Whether a line may say when: the counterpart of `_DATE` in pipeline/text/plain/hints.py. */
#include "hints.h"

#define UNIT 3 /* letters of a unit of time behind its number, at most */

/* By its first letter, what a word of a date begins with (`_DATE_WORDS`): three letters each. */
static const char *const date_words[26] = {
    ['a' - 'a'] = "abragoapraugavraye", ['c' - 'a'] = "cze", ['d' - 'a'] = "decdezdic", ['e' - 'a'] = "ene", ['f'
    - 'a'] = "febfev", ['g' - 'a'] = "gelgengesgiugru", ['h' - 'a'] = "hacheuhie", ['i' - 'a'] = "ier", ['j' -
    'a'] = "janjuijuljun", ['k' - 'a'] = "kwi", ['l' - 'a'] = "liplisluglut", ['m' - 'a'] = "maamagmaimarmaymei",
    ['n' - 'a'] = "nov", ['o' - 'a'] = "octoktottout", ['s' - 'a'] = "sedsepsetsidsiesitsty", ['t' - 'a'] =
    "temtod", ['v' - 'a'] = "vor", ['w' - 'a'] = "wrz", ['y' - 'a'] = "yes",
};

/* A letter in lower case, if it is one of ASCII; 0 of any other character. */
static uint32_t lower_letter(uint32_t code)
{
    return is_ascii_letter(code) ? code | 0x20 : 0;
}

/* How many letters stand in a row from a place on, up to so many. */
static int letters_from(const Text *text, const Line *line, Py_ssize_t at, int most)
{
    int letters = 0;
    while (letters < most && is_letter(line_at(text, line, at + letters)))
        letters++;
    return letters;
}

/* Whether the word that begins at a place may be part of a date; any may whose first letters are beyond ASCII. */
static int begins_as_date(const Text *text, const Line *line, Py_ssize_t at)
{
    uint32_t letters[3] = {0, 0, 0};
    const int count = letters_from(text, line, at, 3);
    for (int i = 0; i < count; i++) {
        letters[i] = lower_letter(text_at(text, at + i));
        if (letters[i] == 0)
            return 1;
    }
    if (count == 2)
        return (letters[0] == 'f' && letters[1] == 'a') || (letters[0] == 'i' && letters[1] == 'l');
    if (count < 3)
        return 0;
    for (const char *word = date_words[letters[0] - 'a']; word != NULL && *word != 0; word += 3)
        if ((uint32_t)word[1] == letters[1] && (uint32_t)word[2] == letters[2])
            return 1;
    return 0;
}

/* Whether a digit is followed by a sign and another digit, as in a date or a time of day, or by a unit of time. */
static int counts_time(const Text *text, const Line *line, Py_ssize_t at)
{
    const uint32_t next = line_at(text, line, at + 1);
    const int parts = next == '-' || next == '/' || next == '.' || next == ':' || next == 'h' || next == 'H' || next == 0x5E74;
    if (parts && is_decimal(line_at(text, line, at + 2)))
        return 1;
    at += is_space(next) ? 2 : 1;
    const uint32_t unit = lower_letter(line_at(text, line, at));
    return (unit == 'h' || unit == 'd' || unit == 'w' || unit == 'y' || unit == 'm') &&
           letters_from(text, line, at, UNIT + 1) <= UNIT;
}

int may_say_when(const Text *text, const Line *line)
{
    int was_letter = 0;
    for (Py_ssize_t at = line->start; at < line->end; at++) {
        const uint32_t code = text_at(text, at);
        if (is_decimal(code) && counts_time(text, line, at))
            return 1;
        const int is_one = is_letter(code);
        if (is_one && !was_letter && begins_as_date(text, line, at))
            return 1;
        was_letter = is_one;
    }
    return 0;
}
