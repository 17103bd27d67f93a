"""A Markdown file for each document of an output, with what is known of it above."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from pipeline import jsonlines
from pipeline.errors import OutputError
from pipeline.records import DocumentRecord
from pipeline.write import whole
from pipeline.write.output import finished

_SAFE = " !#$&'()+,;=@[]{}~"
"""Characters of a source's name that every file system takes, beside letters, digits, and `_.-`."""
MAX_NAME = 200
"""Bytes of a file's name"""


def write(out: Path, folder: Path) -> int:
    """Write `SOURCE.md` for each document of an output folder, in the folders of the sources; return how many.

    Raises:
        UsageError: `out` is not the output of a finished run.
        OutputError: a file cannot be written.
    """
    count = 0
    folder.mkdir(parents=True, exist_ok=True)
    for record in finished(out).records("documents"):
        path = folder.joinpath(*path_of(record))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"{path}: cannot be written: {error.strerror or error}") from None
        whole.write(path, page(record))
        count += 1
    return count


def path_of(record: DocumentRecord) -> tuple[str, ...]:
    """The parts of a document's file name: those of its source, quoted where a file system would object.

    Different sources have different names: what is quoted is quoted as in an address, and of a name that is too long the
    document's id takes the end.
    """
    *folders, name = (_quoted(part) for part in record.source.split("/"))
    if max(map(len, (*folders, name))) > MAX_NAME:
        name = f"{name[: MAX_NAME - len(record.id)]}-{record.id}"
    return (*(part[:MAX_NAME] for part in folders), f"{name}.md")


def _quoted(part: str) -> str:
    quoted = quote(part, safe=_SAFE, errors="surrogatepass")
    if not quoted.strip("."):  # `.`, `..` and nothing at all are no names
        return quoted.replace(".", "%2E") or "%"
    return quoted


def page(record: DocumentRecord) -> str:
    """The document as Markdown, below a YAML front matter with its title, author, date, address and the like."""
    known = "\n".join(f"{name}: {jsonlines.encode(value).decode()}" for name, value in _known(record))
    return f"---\n{known}\n---\n\n{record.markdown}"


def _known(record: DocumentRecord) -> Iterator[tuple[str, object]]:
    """The fields of the front matter. JSON is YAML."""
    meta = record.metadata
    for name, value in (
        ("title", meta.title),
        ("author", meta.author),
        ("date", record.created),
        ("url", meta.url),
        ("language", meta.language),
        ("license", [right.value for right in meta.rights if right.kind == "license"] or None),
        ("source", record.source),
        ("id", record.id),
    ):
        if value is not None:
            yield name, value
