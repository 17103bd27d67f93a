/* What lines say: the counterpart of `_said` in pipeline/judge/said.py. */
#include "kernels.h"

/* UTF-8 of a text, lone surrogates as they are; `*made` is what the caller frees. NULL with an exception set. */
static const unsigned char *utf8_of(PyObject *object, const Text *text, size_t *size, unsigned char **made)
{
    *made = NULL;
    if (PyUnicode_IS_ASCII(object)) {
        *size = (size_t)text->length;
        return text->data;
    }
    unsigned char *to = *made = text->length > PY_SSIZE_T_MAX / 4 ? NULL : PyMem_Malloc(4 * (size_t)text->length + 1);
    if (to == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    for (Py_ssize_t at = 0; at < text->length; at++)
        to += utf8_put((char *)to, text_at(text, at));
    *size = (size_t)(to - *made);
    return *made;
}

/* `text_key` of templates.py; 0, or -1 with an exception set. */
static int key_of(PyObject *object, uint64_t *key)
{
    Text text;
    if (text_open(&text, object) < 0)
        return -1;
    *key = 0;
    if (text.length == 0)
        return 0;
    size_t size;
    unsigned char *made;
    const unsigned char *utf8 = utf8_of(object, &text, &size, &made);
    if (utf8 != NULL)
        *key = blake2b_8(utf8, size);
    PyMem_Free(made);
    return utf8 == NULL ? -1 : 0;
}

/* The key of what a folded line is looked up by; 0, or -1 with an exception set. */
static int form_key(PyObject *folded, uint64_t key, uint64_t *form)
{
    Text text;
    *form = 0;
    if (text_open(&text, folded) < 0)
        return -1;
    if (!has_letter(&text))
        return 0;
    PyObject *like = without_numbers(folded);
    if (like == NULL)
        return -1;
    int failed = 0;
    if (like == folded)
        *form = key;
    else
        failed = key_of(like, form);
    Py_DECREF(like);
    return failed;
}

/* Appends what a line says to the three lists; 0, or -1 with an exception set. */
static int add(PyObject *const *lists, PyObject *text, const uint32_t *table, const Text *beyond, PyObject *is_spoken)
{
    PyObject *folded = fold_text(text, table, beyond);
    uint64_t key, form;
    if (folded == NULL || key_of(folded, &key) < 0 || form_key(folded, key, &form) < 0) {
        Py_XDECREF(folded);
        return -1;
    }
    Text own;
    text_open(&own, text);
    const uint32_t first = own.length ? text_at(&own, 0) : 0;
    if (first == 0x2013 || first == 0x2014 || first == 0x2015) { /* hardly any line begins with a dash */
        PyObject *answer = PyObject_CallOneArg(is_spoken, text);
        const int spoken = answer == NULL ? -1 : PyObject_IsTrue(answer);
        Py_XDECREF(answer);
        if (spoken != 0)
            Py_SETREF(folded, spoken < 0 ? NULL : PyUnicode_FromString(""));
    }
    if (list_add(lists[0], folded) < 0 || list_add(lists[1], PyLong_FromUnsignedLongLong(key)) < 0)
        return -1;
    return list_add(lists[2], PyLong_FromUnsignedLongLong(form));
}

/* The same of a line that is code, a table or a formula: it says nothing. */
static int add_nothing(PyObject *const *lists)
{
    if (list_add(lists[0], PyUnicode_FromString("")) < 0 || list_add(lists[1], PyLong_FromLong(0)) < 0)
        return -1;
    return list_add(lists[2], PyLong_FromLong(0));
}

const char said_doc[] = "said(texts, verbatim, table, beyond, is_spoken) -> (asked, keys, forms)\n\n"
                        "said.said: three lists. `texts`, `verbatim`: sequences of one length; `table`, `beyond`: as fold takes them.";

PyObject *kernel_said(PyObject *Py_UNUSED(module), PyObject *const *args, Py_ssize_t count)
{
    Text beyond;
    if (count != 5) {
        PyErr_SetString(PyExc_TypeError, "said takes two sequences, a table, a text and a function");
        return NULL;
    }
    if (text_open(&beyond, args[3]) < 0)
        return NULL;
    View view;
    memset(&view, 0, sizeof view);
    PyObject *texts = PySequence_Tuple(args[0]);
    PyObject *verbatim = texts == NULL ? NULL : PySequence_Tuple(args[1]);
    PyObject *lists[3] = {NULL, NULL, NULL};
    PyObject *made = NULL;
    if (texts == NULL || verbatim == NULL)
        goto done;
    for (int i = 0; i < 3; i++)
        if ((lists[i] = PyList_New(0)) == NULL)
            goto done;
    if (view_open_folds(&view, args[2]) < 0)
        goto done;
    const Py_ssize_t lines = PyTuple_GET_SIZE(texts);
    if (PyTuple_GET_SIZE(verbatim) != lines) {
        PyErr_SetString(PyExc_ValueError, "the sequences are not of one length");
        goto done;
    }
    for (Py_ssize_t i = 0; i < lines; i++) {
        const int is_verbatim = PyObject_IsTrue(PyTuple_GET_ITEM(verbatim, i));
        if (is_verbatim < 0)
            goto done;
        PyObject *text = PyTuple_GET_ITEM(texts, i);
        if ((is_verbatim ? add_nothing(lists) : add(lists, text, view.buffer.buf, &beyond, args[4])) < 0)
            goto done;
    }
    made = PyTuple_Pack(3, lists[0], lists[1], lists[2]);
done:
    view_close(&view);
    Py_XDECREF(texts);
    Py_XDECREF(verbatim);
    for (int i = 0; i < 3; i++)
        Py_XDECREF(lists[i]);
    return made;
}
