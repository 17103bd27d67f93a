/* The list of the compiled kernels. */
#include "kernels.h"

#define TUPLE(name) {#name, kernel_##name, METH_VARARGS, name##_doc},
#define ONE(name) {#name, kernel_##name, METH_O, name##_doc},
#define SEVERAL(name) {#name, (PyCFunction)(void (*)(void))kernel_##name, METH_FASTCALL, name##_doc},

static PyMethodDef methods[] = {
    KERNELS(TUPLE, ONE, SEVERAL)
    {NULL, NULL, 0, NULL},
};

static int fill(PyObject *module)
{
    return PyModule_AddIntConstant(module, "VERSION", VERSION);
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, fill},
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
