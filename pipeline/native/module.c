/* The list of the compiled kernels. */
#include "kernels.h"

static PyMethodDef methods[] = {
    {"known_words", kernel_known_words, METH_VARARGS, known_words_doc},
    {"line_columns", kernel_line_columns, METH_VARARGS, line_columns_doc},
    {"mark_columns", kernel_mark_columns, METH_VARARGS, mark_columns_doc},
    {"tokenize", kernel_tokenize, METH_VARARGS, tokenize_doc},
    {"token_hashes", kernel_token_hashes, METH_VARARGS, token_hashes_doc},
    {"tree_scores", kernel_tree_scores, METH_VARARGS, tree_scores_doc},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {
    {0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_kernels",
    .m_doc = "Compiled counterparts of functions in Python; each says which it is.",
    .m_size = 0,
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit__kernels(void)
{
    return PyModuleDef_Init(&definition);
}
