"""Every kind of file arrives whole: all text, and what the format says of url, date, title, author and id."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from pipeline.meta.settle import settle
from pipeline.model import RawDocument
from pipeline.prepare import Prepared, prepare
from tests.read.kinds import KINDS, Kind, Story
from tests.read.samples import read

MODULES = {"EbookLib": "ebooklib", "python-docx": "docx", "odfpy": "odf", "fpdf2": "fpdf"}
NEEDED = {"docx": "mammoth", "pdf": "pypdfium2", "rtf": "striprtf"}


def words(text: str) -> list[str]:
    return re.sub(r"<[^<>]*>", " ", text.removeprefix("\ufeff")).split()


def missing(kind: Kind) -> str | None:
    """The library without which a kind cannot be written or read."""
    writer = None if kind.by in ("Python", "hand") else MODULES.get(kind.by, kind.by)
    reader = NEEDED.get(kind.file.rpartition(".")[2])
    return next((name for name in (writer, reader) if name and find_spec(name) is None), None)


def faults(kind: Kind, raw: list[RawDocument], failures: list[object]) -> list[str]:
    """What is wrong with what came of a file of this kind."""
    found = [f"failure: {failure}" for failure in failures]
    if len(raw) < len(kind.stories):
        return [*found, f"{len(raw)} documents of {len(kind.stories)} stories"]
    for story, document in zip(kind.stories, raw, strict=False):
        prepared, lost = prepare(document, extractor=False)
        found += [f"lost: {failure}" for failure in lost]
        found += _text_faults(kind, story, prepared)
        known = settle(prepared.stated, prepared.page, ()).metadata
        told = {"url": known.url, "date": known.date, "title": known.title, "author": known.author}
        told["id"] = document.fields.get("id", "").strip("<>")
        wanted = {"url": story.url, "date": story.day, "title": story.title, "author": story.author, "id": story.id}
        found += [f"{key}: {told[key]!r} for {wanted[key]!r}" for key in sorted(kind.told) if told[key] != wanted[key]]
    return found


def _text_faults(kind: Kind, story: Story, prepared: Prepared) -> list[str]:
    text = words(prepared.text)
    if kind.is_exact:
        return [] if text == words(story.text) else [f"text: {prepared.text[:300]!r}"]
    joined = " ".join(text)
    return [f"paragraph lost: {part!r}" for part in story.paragraphs if " ".join(words(part)) not in joined]


@pytest.mark.parametrize("name", KINDS)
def test_arrives_whole(tmp_path: Path, name: str) -> None:
    kind = KINDS[name]
    if library := missing(kind):
        pytest.skip(f"{library} is not installed")
    path = tmp_path / kind.file
    kind.write(path)
    got = read(path)
    assert faults(kind, got.documents, list(got.failures)) == []


def test_there_are_as_many_kinds_as_the_page_says() -> None:
    assert len(KINDS) >= 116
