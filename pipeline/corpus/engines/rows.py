"""Rows on their way through an exchange, the same on every engine."""

from __future__ import annotations

import numpy as np

from pipeline.corpus import table
from pipeline.corpus.table import Array, Table
from pipeline.match.core.packed import order_of


def parted(rows: Table, key: str, partitions: int) -> tuple[Table, list[int]]:
    """(rows by partition, bounds): partition `p` has the rows `bounds[p]:bounds[p + 1]`, in the order they came in."""
    where = partition_of(np.asarray(rows[key]), partitions)
    order = np.argsort(where, kind="stable")
    return table.take(rows, order), np.searchsorted(where[order], np.arange(partitions + 1)).tolist()


def partition_of(keys: Array, partitions: int) -> Array:
    """int64: the partition of each key (uint64), spread by its upper bits after mixing."""
    mixed = keys.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    return ((mixed >> np.uint64(33)) % np.uint64(partitions)).astype(np.int64)


def in_order(rows: Table, key: str) -> Table:
    """The rows by key, those of one key in the order they came in. `rows` is emptied, column by column."""
    order = order_of(np.asarray(rows[key]))
    ordered: Table = {}
    for name in list(rows):
        ordered |= table.take({name: rows.pop(name)}, order)
    return ordered
