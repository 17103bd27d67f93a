"""README.md of an output folder: what its files are, for a reader, and their columns for `load_dataset` of Hugging Face."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import inspect

from pipeline import jsonlines
from pipeline.config import FileFormat
from pipeline.records import FILES
from pipeline.write.arrow_schema import bare, fields_of

NAME = "README.md"
_TITLE = "# Output of pipeline"
MARK = f"\n{_TITLE}\n".encode()
"""By which a file of ours is known"""
_WHAT = {
    "documents": "each document: clean text, metadata, blocks",
    "removed": "each edit: the exact slice of the source, what became of it, the rule and its evidence",
    "clusters": "near-duplicates of one paragraph or document",
    "pairs": "two paragraphs or documents that are near-duplicates, or of which one has the other",
    "passages": "text that two documents share inside longer, different text",
    "failures": "each input that gave no record or only part of one, and why",
}


_SIZES = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
)
"""What Hugging Face calls the number of a data set's rows."""


def text(form: FileFormat) -> str:
    """The file. It says nothing of the run, so that it is the same in every folder."""
    names = [name for name in FILES if form == "jsonl" or name != "failures"]  # one format for all that is loaded
    front = _front({name: _files(name, form) for name in names}, form)
    return "\n".join(["---", *front, "---", "", *_body(form)]) + "\n"


def dataset(rows: Mapping[str, int], languages: Sequence[str]) -> str:
    """The card of a data set of Parquet files, one part for each output that has rows.

    languages: ISO 639-1, those of the documents
    """
    files = {name: f"{name}/train-*.parquet" for name in rows}
    size = next((name for most, name in _SIZES if rows.get("documents", 0) < most), "n>10M")
    known = [
        f"language: {jsonlines.encode(languages).decode()}",
        f"size_categories: {size}",
    ]  # JSON is YAML, and `no` no text
    table = [f"| `{name}` | {count:,} | {_WHAT[name]} |" for name, count in rows.items()]
    load = [f'{name} = load_dataset("FOLDER", "{name}", split="train")' for name in rows]
    code = ["```python", "from datasets import load_dataset", "", *load, "```"]
    body = [f"{_TITLE}\n", "| part | rows | a row for |", "| --- | --- | --- |", *table, "", *code]
    return "\n".join(["---", *known, *_front(files, "parquet"), "---", "", *body]) + "\n"


def _files(name: str, form: FileFormat) -> str:
    return f"{name}.jsonl" if form == "jsonl" or name == "failures" else f"{name}-*.{form}"


def _front(files: Mapping[str, str], form: FileFormat) -> Iterator[str]:
    """The parts, with their files and columns."""
    if not files:
        return
    yield "configs:"
    for name, path in files.items():
        yield f"- config_name: {name}"
        if name == "documents":
            yield "  default: true"
        yield f'  data_files: "{path}"'
    yield "dataset_info:"
    for name in files:
        yield f"- config_name: {name}"
        yield "  features:"
        for field in fields_of(FILES[name]):
            yield from _column(field, "  ", form)


def _column(field: inspect.Field, indent: str, form: FileFormat) -> Iterator[str]:
    yield f"{indent}- name: {field.name}"
    yield from _kind(bare(field.type)[0], f"{indent}  ", form)


def _kind(kind: inspect.Type, indent: str, form: FileFormat) -> Iterator[str]:
    match kind:
        case inspect.VarTupleType(item_type=item) | inspect.ListType(item_type=item):
            inner = bare(item)[0]
            if isinstance(inner, inspect.StructType | inspect.DataclassType):
                yield f"{indent}list:"
                for field in inner.fields:
                    yield from _column(field, indent, form)
            else:
                yield f"{indent}list: {_plain(inner, form)}"
        case inspect.StructType(fields=fields) | inspect.DataclassType(fields=fields):
            yield f"{indent}struct:"
            for field in fields:
                yield from _column(field, indent, form)
        case plain:
            yield f"{indent}dtype: {_plain(plain, form)}"


def _plain(kind: inspect.Type, form: FileFormat) -> str:
    match kind:
        case inspect.IntType():
            return "int64"
        case inspect.FloatType():
            return "float64"
        case inspect.BoolType():
            return "bool"
        case inspect.LiteralType(values=values) if isinstance(values[0], int):
            return "int64"
        case inspect.DictType() if form != "parquet":
            return "json"
        case _:
            return "string"


def _body(form: FileFormat) -> Iterator[str]:
    yield f"{_TITLE}\n"
    yield "| files | a line for |" if form != "parquet" else "| files | a row for |"
    yield "| --- | --- |"
    for name, what in _WHAT.items():
        yield f"| `{_files(name, form)}` | {what} |"
    yield "| `manifest.json` | inputs, outputs, checksums, configuration |"
    yield "| `report.html` | a page to look at |\n"
    yield "`pipeline why FOLDER SOURCE` explains every line, `pipeline schema` prints what the fields are. In Python:\n"
    yield "```python"
    yield "from pipeline import read_documents"
    yield "from datasets import load_dataset\n"
    yield 'documents = list(read_documents("FOLDER"))'
    yield 'removed = load_dataset("FOLDER", "removed", split="train")'
    yield "```"
