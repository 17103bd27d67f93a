"""README.md of an output folder: what its files are, for a reader, and their columns for `load_dataset` of Hugging Face."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import inspect

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


def text(form: FileFormat) -> str:
    """The file. It says nothing of the run, so that it is the same in every folder."""
    return "\n".join(["---", *_front(form), "---", "", *_body(form)]) + "\n"


def _files(name: str, form: FileFormat) -> str:
    return f"{name}.jsonl" if form == "jsonl" or name == "failures" else f"{name}-*.{form}"


def _front(form: FileFormat) -> Iterator[str]:
    names = [name for name in FILES if form == "jsonl" or name != "failures"]  # one format for all that is loaded
    yield "configs:"
    for name in names:
        yield f"- config_name: {name}"
        if name == "documents":
            yield "  default: true"
        yield f'  data_files: "{_files(name, form)}"'
    yield "dataset_info:"
    for name in names:
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
