/* Columns that grow, and views of columns of others. */
#include "kernels.h"

#include <stdarg.h>

int column_open(Column *column, Py_ssize_t room)
{
    /* Made empty: where memory is short, CPython 3.11 drops one that is made with a size before all of it is filled in. */
    column->bytes = PyByteArray_FromStringAndSize(NULL, 0);
    if (column->bytes == NULL)
        return -1;
    if (PyByteArray_Resize(column->bytes, room) < 0) {
        Py_CLEAR(column->bytes);
        return -1;
    }
    column->data = PyByteArray_AS_STRING(column->bytes);
    column->used = 0;
    column->room = room;
    return 0;
}

int column_open_whole(Column *column, Py_ssize_t size)
{
    if (column_open(column, size) < 0)
        return -1;
    column->used = size;
    return 0;
}

int column_grow(Column *column, Py_ssize_t more)
{
    if (column->used > PY_SSIZE_T_MAX / 2 - more - 64) {
        PyErr_NoMemory();
        return -1;
    }
    Py_ssize_t room = column->used + column->used / 2 + more + 64;
    if (PyByteArray_Resize(column->bytes, room) < 0)
        return -1;
    column->data = PyByteArray_AS_STRING(column->bytes);
    column->room = room;
    return 0;
}

PyObject *column_close(Column *column)
{
    PyObject *bytes = column->bytes;
    if (PyByteArray_Resize(bytes, column->used) < 0)
        return NULL;
    column->bytes = NULL;
    return bytes;
}

PyObject *columns_close(int count, ...)
{
    PyObject *made = PyTuple_New(count);
    va_list columns;
    va_start(columns, count);
    for (int i = 0; made != NULL && i < count; i++) {
        PyObject *bytes = column_close(va_arg(columns, Column *));
        if (bytes == NULL)
            Py_CLEAR(made);
        else
            PyTuple_SET_ITEM(made, i, bytes);
    }
    va_end(columns);
    return made;
}

void column_drop(Column *column)
{
    Py_CLEAR(column->bytes);
}

int view_open(View *view, PyObject *object, Py_ssize_t size)
{
    if (PyObject_GetBuffer(object, &view->buffer, PyBUF_C_CONTIGUOUS | PyBUF_FORMAT) < 0) {
        view->buffer.obj = NULL;
        return -1;
    }
    if (view->buffer.itemsize != size) {
        PyErr_Format(PyExc_TypeError, "a column of numbers of %zd bytes is wanted, not of %zd", size, view->buffer.itemsize);
        PyBuffer_Release(&view->buffer);
        return -1;
    }
    view->count = view->buffer.len / size;
    return 0;
}

int offsets_open(View *view, PyObject *object, Py_ssize_t most)
{
    if (view_open(view, object, 8) < 0)
        return -1;
    const int64_t *offsets = view->buffer.buf;
    int64_t before = 0;
    for (Py_ssize_t i = 0; i < view->count; before = offsets[i++])
        if (offsets[i] < before || offsets[i] > most) {
            PyErr_SetString(PyExc_ValueError, "offsets go up, and lie inside of what they divide");
            return -1;
        }
    if (view->count == 0) {
        PyErr_SetString(PyExc_ValueError, "offsets are one more than what they divide is divided into");
        return -1;
    }
    return 0;
}

int are_offsets(const View *view, Py_ssize_t last)
{
    const int64_t *offsets = view->buffer.buf;
    if (view->count < 1 || offsets[0] != 0 || offsets[view->count - 1] != last)
        return 0;
    for (Py_ssize_t i = 1; i < view->count; i++)
        if (offsets[i] < offsets[i - 1])
            return 0;
    return 1;
}

void view_close(View *view)
{
    if (view->buffer.obj != NULL)
        PyBuffer_Release(&view->buffer);
}
