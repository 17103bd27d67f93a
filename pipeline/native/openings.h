/* What openings.c finds in a pattern, for screen.c. */
#ifndef PIPELINE_OPENINGS_H
#define PIPELINE_OPENINGS_H

#include "kernels.h"
#include <limits.h>

enum { LONGEST_OPENING = 8, LONGEST_INSIDE = 6, MOST_OPENINGS = 100, LONGEST_PATTERN = 20000 };

/* Some characters. */
typedef struct {
    uint32_t codes[LONGEST_OPENING];
    int length;
} Opening;

/* Strings one of which every line has that a pattern matches. */
typedef struct {
    Opening openings[MOST_OPENINGS];
    int count; /* -1 where nothing is known */
} Openings;

/* Those that such a line begins with, and those that it has anywhere; 0, or -1 with an exception set. */
int openings_of(PyObject *pattern, Openings *start, Openings *inside);

#endif
