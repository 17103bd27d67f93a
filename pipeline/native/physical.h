/* What is known of each line of a plain text, as in pipeline/text/plain/physical.py. */
#ifndef PIPELINE_PHYSICAL_H
#define PIPELINE_PHYSICAL_H

#include "kernels.h"

/* The columns of its table: `Columns`. */
enum { START, END, GAP, INDENT, WORD, COLON, DIGIT, HINT, COLUMNS };

/* What a line may be, as bits: pipeline/text/plain/hints.py says what each means. */
enum {
    HINT_ITEM = 1 << 0,
    HINT_HEADING = 1 << 1,
    HINT_QUOTE = 1 << 2,
    HINT_SEPARATOR = 1 << 3,
    HINT_LOWER = 1 << 4,
    HINT_DIGIT = 1 << 5,
    HINT_FENCE = 1 << 6,
    HINT_COMMENT = 1 << 7,
    HINT_INDENTED = 1 << 8,
    HINT_STOPPED = 1 << 9,
    HINT_HYPHEN = 1 << 10,
    HINT_SYMBOL = 1 << 11,
    HINT_TAB = 1 << 12,
    HINT_WIDE = 1 << 13,
    HINT_CHAT = 1 << 14,
    HINT_CAPTION = 1 << 15,
    HINT_CODE = 1 << 16,
    HINT_ROW = 1 << 17,
    HINT_TURN = 1 << 18,
    HINT_TIME = 1 << 19,
    HINT_DATE = 1 << 20,
    HINT_SENTENCE = 1 << 21,
    HINT_MARKED = HINT_ITEM | HINT_HEADING | HINT_QUOTE | HINT_SEPARATOR,
};

#endif
