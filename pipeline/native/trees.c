/* The scores of lines by symmetric decision trees: the counterpart of Trees.score in pipeline/judge/trees.py. */
#include "kernels.h"

#define TOGETHER 64   /* lines that are scored at once: their values stay in the processor's nearest cache */
#define DEEPEST 8     /* questions of a tree, at most */
#define LEAST INT16_MIN
#define MOST INT16_MAX

/* A question, as it is asked of the rows of a block: whether the value is greater. */
typedef struct {
    Py_ssize_t row;
    int16_t threshold;
} Question;

/* Whether a feature exceeds a threshold that 16 bits do not hold: the answers have a row of their own. */
typedef struct {
    Py_ssize_t feature;
    int64_t threshold;
} Wide;

/* What is scored, and by what. */
typedef struct {
    View *columns; /* int64 each: the features of all lines */
    Py_ssize_t features, lines;
    View feature, threshold, asked, leaves; /* int16, int32, int16 [depth, trees], int16 [trees, 2 ** depth] */
    Py_ssize_t trees;
    int depth;
    Question *questions;
    Wide *wide;
    Py_ssize_t wides;
    int16_t *rows; /* [features + wides, TOGETHER]: the values of a block */
} Forest;

static int no_forest(const char *why)
{
    PyErr_SetString(PyExc_ValueError, why);
    return -1;
}

/* Opens the columns, which have to be of one length. */
static int open_features(Forest *forest, PyObject *list)
{
    const Py_ssize_t features = PySequence_Fast_GET_SIZE(list);
    if (features == 0)
        return no_forest("trees have at least one feature");
    forest->columns = PyMem_Calloc((size_t)features, sizeof *forest->columns);
    if (forest->columns == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    forest->features = features;
    for (Py_ssize_t i = 0; i < features; i++)
        if (view_open(&forest->columns[i], PySequence_Fast_GET_ITEM(list, i), sizeof(int64_t)) < 0)
            return -1;
    forest->lines = forest->columns[0].count;
    for (Py_ssize_t i = 1; i < features; i++)
        if (forest->columns[i].count != forest->lines)
            return no_forest("the columns of features differ in length");
    return 0;
}

/* Looks whether all numbers of the trees are places of what there is, and finds how deep and how many they are. */
static int check_trees(Forest *forest, Py_ssize_t depth)
{
    const int16_t *feature = forest->feature.buffer.buf, *asked = forest->asked.buffer.buf;
    if (depth < 1 || depth > DEEPEST || forest->asked.count % depth != 0)
        return no_forest("trees ask one to eight questions each");
    forest->depth = (int)depth;
    forest->trees = forest->asked.count / depth;
    if (forest->leaves.count != forest->trees << depth)
        return no_forest("trees have a leaf for each way to answer");
    if (forest->feature.count != forest->threshold.count)
        return no_forest("questions have a feature and a threshold each");
    for (Py_ssize_t i = 0; i < forest->feature.count; i++)
        if (feature[i] < 0 || feature[i] >= forest->features)
            return no_forest("a question is about a feature that is none");
    for (Py_ssize_t i = 0; i < forest->asked.count; i++)
        if (asked[i] < 0 || asked[i] >= forest->feature.count)
            return no_forest("a tree asks a question that is none");
    return 0;
}

/* Makes the questions that are asked of 16 bits. */
static int open_questions(Forest *forest)
{
    const int16_t *feature = forest->feature.buffer.buf;
    const int32_t *threshold = forest->threshold.buffer.buf;
    const Py_ssize_t count = forest->feature.count;
    forest->questions = PyMem_Calloc((size_t)count + 1, sizeof *forest->questions);
    forest->wide = PyMem_Calloc((size_t)count + 1, sizeof *forest->wide);
    if (forest->questions == NULL || forest->wide == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        Question *question = &forest->questions[i];
        if (threshold[i] < LEAST || threshold[i] >= MOST) {
            const Wide wide = {feature[i], threshold[i]};
            question->row = forest->features + forest->wides;
            question->threshold = 0;
            forest->wide[forest->wides++] = wide;
        } else {
            question->row = feature[i];
            question->threshold = (int16_t)threshold[i];
        }
    }
    const size_t rows = (size_t)(forest->features + forest->wides);
    forest->rows = PyMem_Calloc(rows, TOGETHER * sizeof *forest->rows);
    if (forest->rows == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    return 0;
}

/* Fills the rows with the values of so many lines from `low` on. Beyond 16 bits, values compare as the last one that these hold. */
static void fill_rows(Forest *forest, Py_ssize_t low, Py_ssize_t count)
{
    for (Py_ssize_t i = 0; i < forest->features; i++) {
        const int64_t *values = (const int64_t *)forest->columns[i].buffer.buf + low;
        int16_t *row = forest->rows + i * TOGETHER;
        /* Nearly always 16 bits hold them all: then there is no more to do, and this loop takes several lines at once. */
        uint64_t above_least = 0;
        for (Py_ssize_t line = 0; line < count; line++) {
            above_least |= (uint64_t)values[line] - (uint64_t)LEAST;
            row[line] = (int16_t)values[line];
        }
        if (above_least <= MOST - LEAST)
            continue;
        for (Py_ssize_t line = 0; line < count; line++) {
            const int64_t at_most = values[line] < MOST ? values[line] : MOST;
            row[line] = (int16_t)(at_most > LEAST ? at_most : LEAST);
        }
    }
    for (Py_ssize_t i = 0; i < forest->wides; i++) {
        const Wide wide = forest->wide[i];
        const int64_t *values = (const int64_t *)forest->columns[wide.feature].buffer.buf + low;
        int16_t *row = forest->rows + (forest->features + i) * TOGETHER;
        for (Py_ssize_t line = 0; line < count; line++)
            row[line] = values[line] > wide.threshold;
    }
}

/* Whether the value of each line of the block is greater, 1 or 0. */
static inline void answer(const Forest *forest, Py_ssize_t number, int16_t *answers)
{
    const Question question = forest->questions[number];
    const int16_t *row = forest->rows + question.row * TOGETHER;
    for (int line = 0; line < TOGETHER; line++)
        answers[line] = row[line] > question.threshold;
}

/* Adds to the totals what the lines of the block reach: of each tree the leaf whose number are its answers, the first one lowest. */
static void add_leaves(const Forest *forest, uint32_t *totals)
{
    const int16_t *asked = forest->asked.buffer.buf, *leaves = forest->leaves.buffer.buf;
    for (Py_ssize_t tree = 0; tree < forest->trees; tree++, leaves += (Py_ssize_t)1 << forest->depth) {
        /* From the last answer, the highest bit, down. The compiler keeps the leaves of the block in registers. */
        int level = forest->depth - 1;
        int16_t leaf[TOGETHER], answers[TOGETHER];
        answer(forest, asked[level * forest->trees + tree], leaf);
        while (--level >= 0) {
            answer(forest, asked[level * forest->trees + tree], answers);
            for (int line = 0; line < TOGETHER; line++)
                leaf[line] = (int16_t)(leaf[line] + leaf[line] + answers[line]);
        }
        for (int line = 0; line < TOGETHER; line++)
            totals[line] += (uint32_t)leaves[leaf[line]];
    }
}

static PyObject *score_lines(Forest *forest, int start)
{
    PyObject *scores = PyByteArray_FromStringAndSize(NULL, forest->lines * (Py_ssize_t)sizeof(uint32_t));
    if (scores == NULL)
        return NULL;
    char *to = PyByteArray_AS_STRING(scores);
    for (Py_ssize_t low = 0; low < forest->lines; low += TOGETHER) {
        const Py_ssize_t count = forest->lines - low < TOGETHER ? forest->lines - low : TOGETHER;
        uint32_t totals[TOGETHER];
        for (int line = 0; line < TOGETHER; line++)
            totals[line] = (uint32_t)start;
        fill_rows(forest, low, count);
        add_leaves(forest, totals);
        memcpy(to + low * (Py_ssize_t)sizeof *totals, totals, (size_t)count * sizeof *totals);
    }
    return scores;
}

static void close_forest(Forest *forest)
{
    for (Py_ssize_t i = 0; i < forest->features; i++)
        view_close(&forest->columns[i]);
    view_close(&forest->feature);
    view_close(&forest->threshold);
    view_close(&forest->asked);
    view_close(&forest->leaves);
    PyMem_Free(forest->columns);
    PyMem_Free(forest->questions);
    PyMem_Free(forest->wide);
    PyMem_Free(forest->rows);
}

const char tree_scores_doc[] = "tree_scores(columns, feature, threshold, depth, questions, leaves, start) -> int32 [lines]\n\n"
                               "Trees.score, as a bytearray. `columns` are int64 [lines] each, in the order of the features.";

PyObject *kernel_tree_scores(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *columns, *feature, *threshold, *questions, *leaves, *scores = NULL;
    Py_ssize_t depth;
    int start;
    if (!PyArg_ParseTuple(args, "OOOnOOi", &columns, &feature, &threshold, &depth, &questions, &leaves, &start))
        return NULL;
    PyObject *list = PySequence_Fast(columns, "columns are a sequence");
    if (list == NULL)
        return NULL;
    Forest forest;
    memset(&forest, 0, sizeof forest);
    if (open_features(&forest, list) == 0 && view_open(&forest.feature, feature, sizeof(int16_t)) == 0 &&
        view_open(&forest.threshold, threshold, sizeof(int32_t)) == 0 &&
        view_open(&forest.asked, questions, sizeof(int16_t)) == 0 && view_open(&forest.leaves, leaves, sizeof(int16_t)) == 0 &&
        check_trees(&forest, depth) == 0 && open_questions(&forest) == 0)
        scores = score_lines(&forest, start);
    close_forest(&forest);
    Py_DECREF(list);
    return scores;
}
