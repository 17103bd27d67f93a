/* Looking up in what is sorted: the counterpart of match/core/packed.py. */
#include "kernels.h"

Py_ssize_t count_less(const uint64_t *members, Py_ssize_t count, uint64_t value)
{
    const uint64_t *from = members;
    while (count > 0) {
        const Py_ssize_t half = count / 2;
        /* Without a branch on what cannot be foreseen. */
        const int is_less = from[half] < value;
        from += is_less ? half + 1 : 0;
        count = is_less ? count - half - 1 : half;
    }
    return from - members;
}

#define MOST_BUCKETS (1 << 16)
#define WORTH 64 /* members and values, from which on buckets pay */

/* Where ascending numbers begin that fall into each of some equal parts of their range: hashes fall some into each, and so one is
 * found at once. */
typedef struct {
    const uint64_t *members;
    Py_ssize_t count;
    Py_ssize_t buckets; /* 0 where there are none, and all is searched */
    Py_ssize_t *first;  /* [buckets + 1] */
    int shift;
} Buckets;

static Py_ssize_t bucket_of(const Buckets *buckets, uint64_t value)
{
    const uint64_t bucket = (value - buckets->members[0]) >> buckets->shift;
    return bucket < (uint64_t)buckets->buckets ? (Py_ssize_t)bucket : buckets->buckets - 1;
}

/* 0, or -1 with an exception set. `values`: how many numbers will be looked for. */
static int buckets_open(Buckets *buckets, const View *members, Py_ssize_t values)
{
    buckets->members = members->buffer.buf;
    buckets->count = members->count;
    buckets->buckets = 0;
    buckets->first = NULL;
    buckets->shift = 0;
    if (members->count < WORTH || values < WORTH)
        return 0;
    Py_ssize_t most = WORTH;
    while (most < MOST_BUCKETS && most < members->count && most < values)
        most *= 2;
    buckets->first = PyMem_Malloc((size_t)(most + 1) * sizeof(Py_ssize_t));
    if (buckets->first == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    buckets->buckets = most;
    const uint64_t range = buckets->members[members->count - 1] - buckets->members[0];
    while (range >> buckets->shift >= (uint64_t)most)
        buckets->shift++;
    Py_ssize_t open = 0; /* buckets that have begun */
    for (Py_ssize_t i = 0; i < members->count; i++)
        for (const Py_ssize_t own = bucket_of(buckets, buckets->members[i]); open <= own; open++)
            buckets->first[open] = i;
    while (open <= most)
        buckets->first[open++] = members->count;
    return 0;
}

/* The same as `count_less`. */
static inline Py_ssize_t count_less_in(const Buckets *buckets, uint64_t value)
{
    if (buckets->buckets == 0)
        return count_less(buckets->members, buckets->count, value);
    if (value <= buckets->members[0])
        return 0;
    if (value > buckets->members[buckets->count - 1])
        return buckets->count;
    const Py_ssize_t *first = buckets->first + bucket_of(buckets, value);
    return first[0] + count_less(buckets->members + first[0], first[1] - first[0], value);
}

static PyObject *look_up(const View *members, const View *values)
{
    const uint64_t *member = members->buffer.buf, *value = values->buffer.buf;
    Column places = {0}, found = {0};
    Buckets buckets;
    PyObject *made = NULL;
    if (buckets_open(&buckets, members, values->count) < 0)
        return NULL;
    if (column_open_whole(&places, values->count * 8) == 0 && column_open_whole(&found, values->count) == 0) {
        for (Py_ssize_t i = 0; i < values->count; i++) {
            Py_ssize_t place = count_less_in(&buckets, value[i]);
            if (place == members->count)
                place = 0;
            ((int64_t *)places.data)[i] = place;
            found.data[i] = members->count > 0 && member[place] == value[i];
        }
        made = columns_close(2, &places, &found);
    }
    column_drop(&places);
    column_drop(&found);
    PyMem_Free(buckets.first);
    return made;
}

const char look_up_doc[] = "look_up(members, values) -> (places, found)\n\n"
                           "match.core.packed.look_up of numbers of 64 bits without a sign: int64 and bool, as bytearrays.";

PyObject *kernel_look_up(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *of_members, *of_values, *made = NULL;
    if (!PyArg_ParseTuple(args, "OO", &of_members, &of_values))
        return NULL;
    View members = {0}, values = {0};
    if (view_open(&members, of_members, 8) == 0 && view_open(&values, of_values, 8) == 0)
        made = look_up(&members, &values);
    view_close(&members);
    view_close(&values);
    return made;
}

Py_ssize_t count_up_to(const int64_t *offsets, Py_ssize_t count, int64_t position, Py_ssize_t near)
{
    /* So many are, and no more than so many. */
    Py_ssize_t low = 0, high = near;
    if (near < count && offsets[near] <= position) {
        /* Positions mostly grow: steps grow, too, until one goes too far. */
        Py_ssize_t step = 1;
        low = near + 1;
        while (step < count - near && offsets[near + step] <= position) {
            low = near + step + 1;
            step *= 2;
        }
        high = step < count - near ? near + step : count;
    }
    while (low < high) {
        const Py_ssize_t middle = low + (high - low) / 2;
        if (offsets[middle] <= position)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static PyObject *owner_at(const View *offsets, const View *positions)
{
    const int64_t *position = positions->buffer.buf;
    Column made;
    if (column_open_whole(&made, positions->count * 8) < 0)
        return NULL;
    Py_ssize_t owner = -1;
    for (Py_ssize_t i = 0; i < positions->count; i++) {
        owner = count_up_to(offsets->buffer.buf, offsets->count, position[i], owner < 0 ? 0 : owner) - 1;
        ((int64_t *)made.data)[i] = owner;
    }
    return made.bytes;
}

const char owner_at_doc[] = "owner_at(offsets, positions) -> owners\n\n"
                            "match.core.packed.owner_at, int64 as a bytearray.";

PyObject *kernel_owner_at(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *of_offsets, *of_positions, *made = NULL;
    if (!PyArg_ParseTuple(args, "OO", &of_offsets, &of_positions))
        return NULL;
    View offsets = {0}, positions = {0};
    if (view_open(&offsets, of_offsets, 8) == 0 && view_open(&positions, of_positions, 8) == 0)
        made = owner_at(&offsets, &positions);
    view_close(&offsets);
    view_close(&positions);
    return made;
}
