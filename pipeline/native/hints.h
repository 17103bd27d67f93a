/* What the looks at a line share (hints.c, and a file for what takes longer to tell). */
#ifndef PIPELINE_HINTS_H
#define PIPELINE_HINTS_H

#include "kernels.h"

/* What characters of ASCII may say wherever they stand in a line. */
enum { IS_SYMBOL = 1, IS_BAR = 2, IS_TAB = 4, IS_SIGN = 8, IS_BRACE = 16, IS_DIGIT = 32, IS_COLON = 64, IS_SPACE = 128, IS_SLASH = 256 };

/* The characters of a line, as far as they are looked at one by one. */
typedef struct {
    unsigned says;  /* of all of them */
    unsigned pairs; /* what two in a row say both: two spaces, two slashes */
    Py_ssize_t colon, digit; /* the first of each; -1 where there is none */
} Inside;

/* The character at a place of a line, or a line break behind it. */
static inline uint32_t line_at(const Text *text, const Line *line, Py_ssize_t at)
{
    return at < line->end ? text_at(text, at) : '\n';
}

/* Whether a line may be code (`_may_be_code`), `indent` columns further in than others (hints_code.c). */
int may_be_code(const Text *text, const Line *line, const Inside *inside, Py_ssize_t indent);

/* Whether a line may say when (`_DATE`), which has a digit (hints_date.c). */
int may_say_when(const Text *text, const Line *line);

#endif
