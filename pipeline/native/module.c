/* The list of the compiled kernels. */
#include "kernels.h"

static PyMethodDef methods[] = {
    {"band_keys", kernel_band_keys, METH_VARARGS, band_keys_doc},
    {"look_up", kernel_look_up, METH_VARARGS, look_up_doc},
    {"marks", kernel_marks, METH_VARARGS, marks_doc},
    {"owner_at", kernel_owner_at, METH_VARARGS, owner_at_doc},
    {"places_near", kernel_places_near, METH_VARARGS, places_near_doc},
    {"same", kernel_same, METH_VARARGS, same_doc},
    {"same_words", kernel_same_words, METH_VARARGS, same_words_doc},
    {"shared", kernel_shared, METH_VARARGS, shared_doc},
    {"shingles", kernel_shingles, METH_VARARGS, shingles_doc},
    {"signatures", kernel_signatures, METH_VARARGS, signatures_doc},
    {"symbol_fingerprints", kernel_symbol_fingerprints, METH_O, symbol_fingerprints_doc},
    {"tokenize", kernel_tokenize, METH_VARARGS, tokenize_doc},
    {"token_hashes", kernel_token_hashes, METH_VARARGS, token_hashes_doc},
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
