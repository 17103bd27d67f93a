/* Looking lines up among phrases: the counterpart of `known_phrases` in pipeline/judge/rules/folding.py. */
#include "kernels.h"

/* Appends a line's number and how it is looked up, if it is known; 0, or -1 with an exception set. */
static int add_known(PyObject *found, Py_ssize_t number, PyObject *line, PyObject *known, Py_ssize_t most)
{
    Text text;
    if (text_open(&text, line) < 0)
        return -1;
    if (text.length == 0 || text.length > most)
        return 0;
    PyObject *phrase = without_numbers(line);
    if (phrase == NULL)
        return -1;
    int failed = 0;
    if (PyDict_GetItemWithError(known, phrase) != NULL)
        failed = list_add(found, Py_BuildValue("nO", number, phrase));
    else if (PyErr_Occurred())
        failed = -1;
    Py_DECREF(phrase);
    return failed;
}

const char known_phrases_doc[] = "known_phrases(lines, known, most) -> list of (int, str)\n\nfolding.known_phrases.";

PyObject *kernel_known_phrases(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *of_lines, *known;
    Py_ssize_t most;
    if (!PyArg_ParseTuple(args, "OO!n", &of_lines, &PyDict_Type, &known, &most))
        return NULL;
    PyObject *lines = PySequence_Tuple(of_lines);
    PyObject *found = lines == NULL ? NULL : PyList_New(0);
    if (found != NULL)
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(lines); i++)
            if (add_known(found, i, PyTuple_GET_ITEM(lines, i), known, most) < 0) {
                Py_CLEAR(found);
                break;
            }
    Py_XDECREF(lines);
    return found;
}
