"""The values of an Arrow column as Python has them: one that Python has not, or that is damaged, costs no other."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pipeline.errors import InputError
from pipeline.model import Json
from pipeline.read.encodings import decoded
from pipeline.read.names import distinct
from pipeline.wording import installing

if TYPE_CHECKING:
    import pyarrow as pa

Odd = dict[int, InputError]
"""What is wrong with values of a column, by their rows."""


def library() -> Any:
    """pyarrow.

    Raises:
        InputError: it is not installed.
    """
    try:
        import pyarrow
    except ImportError:
        message = f"Parquet and Arrow files need a library: {installing('parquet')}"
        raise InputError("missing-library", message) from None
    return pyarrow


def errors() -> tuple[type[Exception], ...]:
    """What pyarrow raises on a damaged file, and on a value that Python has not."""
    return (library().ArrowException, OSError, ValueError, KeyError, MemoryError, OverflowError)


def is_text(kind: pa.DataType) -> bool:
    """Whether a column of this type holds strings."""
    types = library().types
    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind))


def check(column: pa.Array) -> None:
    """Check that the offsets of a column lead nowhere else: pyarrow would crash the process. What the values say is not
    looked at.

    Raises:
        ArrowException: they do.
    """
    if library().types.is_dictionary(column.type):
        check(column.dictionary)  # numbers beyond it are found one by one
    else:
        column.view(_bare(column.type)).validate(full=True)


def readable(column: pa.Array) -> pa.Array:
    """The same column in a type that Python can have."""
    kind = readable_type(column.type)
    return column if kind == column.type else column.view(kind)


def values(column: pa.Array, odd: Odd) -> list[Json]:
    """The values of a column that was checked. Where one cannot be had, it is given as text or left out, and is told in
    `odd`."""
    types = library().types
    if types.is_dictionary(column.type):
        return _looked_up(column, odd)
    if not is_text(column.type):
        try:
            column.validate(full=True)
            plain: list[Json] = column.to_pylist()
        except errors():
            return [_one(column.slice(row, 1), row, odd) for row in range(len(column))]
        return plain
    raw = column.view(_bare(column.type)).to_pylist()
    return [None if data is None else _decoded(data, row, odd) for row, data in enumerate(raw)]


def _looked_up(column: pa.Array, odd: Odd) -> list[Json]:
    inside: Odd = {}
    words = values(column.dictionary, inside)  # looked up here: for some types of text, pyarrow has no way to
    found: list[Json] = []
    for row, number in enumerate(column.indices.to_pylist()):
        if number is not None and not 0 <= number < len(words):
            odd[row] = _odd("holds a number beyond its dictionary; it is left out")
            number = None
        elif number in inside:
            odd[row] = inside[number]
        found.append(None if number is None else words[number])
    return found


def _one(column: pa.Array, row: int, odd: Odd) -> Json:
    """The value of a column of one row."""
    kind = column.type
    if not (library().types.is_nested(kind) or isinstance(kind, library().BaseExtensionType)):
        try:
            column.validate(full=True)
        except errors():
            return _as_text(column[0], row, odd)
    return _salvaged(column[0], row, odd)


def _salvaged(scalar: Any, row: int, odd: Odd) -> Json:
    """A value, as far as it can be had."""
    try:
        value: Json = scalar.as_py()
    except errors():
        pass
    else:
        return value
    pyarrow, kind = library(), scalar.type
    if isinstance(kind, pyarrow.BaseExtensionType) or pyarrow.types.is_dictionary(kind):
        return _salvaged(scalar.value, row, odd)
    if is_text(kind):
        return _decoded(scalar.as_buffer().to_pybytes(), row, odd)
    if pyarrow.types.is_struct(kind):
        return {field.name: _salvaged(scalar[place], row, odd) for place, field in enumerate(kind)}
    if pyarrow.types.is_map(kind):
        return [tuple(_salvaged(pair[place], row, odd) for place in (0, 1)) for pair in scalar.values]
    if pyarrow.types.is_nested(kind) and not pyarrow.types.is_union(kind):
        return [_salvaged(inner, row, odd) for inner in scalar.values]
    return _as_text(scalar, row, odd)


def _as_text(scalar: Any, row: int, odd: Odd) -> str | None:
    """A value that Python has not, as text: a day of the year 10000, a fraction of a microsecond."""
    pyarrow, kind = library(), scalar.type
    try:
        if pyarrow.types.is_time(kind) or pyarrow.types.is_duration(kind):
            text = f"{scalar.value} {kind.unit}"
        else:
            text = scalar.cast(pyarrow.string()).as_py().replace(" ", "T", 1)
    except errors():
        odd[row] = _odd(f"holds {kind} that cannot be read; it is left out")
        return None
    if not (pyarrow.types.is_timestamp(kind) and kind.unit == "ns"):
        odd[row] = _odd(f"holds {kind} beyond what there is; it is kept as text: {text}")
    return text


def _decoded(data: bytes, row: int, odd: Odd) -> str:
    found = decoded(data, None)
    if found.encoding != "utf-8":
        odd[row] = InputError("not-utf-8", f"is not UTF-8, as it must be; it was read as {found.encoding}")
    if found.problem is not None:
        odd[row] = found.problem
    return found.text


def _odd(message: str) -> InputError:
    return InputError("odd-value", message)


@lru_cache(maxsize=1024)
def readable_type(kind: pa.DataType) -> pa.DataType:
    """A type of the same layout that Python can have: no two fields of one name, no time zone that this machine does not know.
    Times are kept in UTC, whatever their zone."""
    pyarrow = library()
    if pyarrow.types.is_timestamp(kind) and kind.tz is not None:
        try:
            pyarrow.scalar(0, kind).as_py()
        except errors():
            return pyarrow.timestamp(kind.unit, "UTC")
        return kind
    if pyarrow.types.is_struct(kind):
        names = distinct([field.name for field in kind])
        fields = [
            field.with_type(readable_type(field.type)).with_name(name) for field, name in zip(kind, names, strict=True)
        ]
        return pyarrow.struct(fields)
    if isinstance(kind, pyarrow.BaseExtensionType):
        storage = readable_type(kind.storage_type)
        return kind if storage == kind.storage_type else storage
    return _rebuilt(kind, readable_type)


@lru_cache(maxsize=1024)
def _bare(kind: pa.DataType) -> pa.DataType:
    """A type of the same layout whose values may say anything."""
    pyarrow = library()
    types = pyarrow.types
    if isinstance(kind, pyarrow.BaseExtensionType):
        return _bare(kind.storage_type)
    if types.is_string(kind):
        return pyarrow.binary()
    if types.is_large_string(kind):
        return pyarrow.large_binary()
    if types.is_string_view(kind):
        return pyarrow.binary_view()
    if types.is_time32(kind):
        return pyarrow.int32()
    if types.is_time64(kind) or types.is_date64(kind):
        return pyarrow.int64()
    if types.is_decimal(kind):
        return pyarrow.binary(kind.byte_width)
    if types.is_struct(kind):
        return pyarrow.struct([field.with_type(_bare(field.type)) for field in kind])
    return _rebuilt(kind, _bare)


def _rebuilt(kind: pa.DataType, changed: Any) -> pa.DataType:
    """A list, map or dictionary with other types inside; any other type as it is."""
    pyarrow = library()
    types = pyarrow.types
    if types.is_map(kind):
        return pyarrow.map_(changed(kind.key_type), changed(kind.item_type), keys_sorted=kind.keys_sorted)
    if types.is_dictionary(kind):
        return pyarrow.dictionary(kind.index_type, changed(kind.value_type), kind.ordered)
    if types.is_fixed_size_list(kind):
        return pyarrow.list_(kind.value_field.with_type(changed(kind.value_type)), kind.list_size)
    makers = (
        (types.is_list, pyarrow.list_),
        (types.is_large_list, pyarrow.large_list),
        (types.is_list_view, pyarrow.list_view),
        (types.is_large_list_view, pyarrow.large_list_view),
    )
    for test, make in makers:
        if test(kind):
            return make(kind.value_field.with_type(changed(kind.value_type)))
    return kind
