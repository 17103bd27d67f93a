"""Of every field of every record `verify` notices another value, but for those that docs/guarantees.md says it does not look at.

A value is changed in the first record that has one, and size, hash and count in the manifest are made to fit."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import NODEFAULT
from msgspec.structs import fields

from pipeline import Config, clean
from pipeline.errors import UsageError
from pipeline.model import Block
from pipeline.records import FILES, EditRecord
from pipeline.write.verify import audit
from tests.judge.test_templates import SLOGAN, story, write

Place = tuple[str | int, ...]
NAMES = [*FILES, "manifest"]
A, B = story(1, 4), story(2, 4)
QUOTE = "nobody in the old town would ever pay for a wall that they could not see from their own front doors"


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output that has something in every field, with copies taken out."""
    place = tmp_path_factory.mktemp("place")
    head = ["Harbour bridge closed after the storm", "By Ann Lee", "May 31, 2024"]
    caption = "Ferries leave the old harbour on Friday. (Photo by Jane Roe/AP)"
    pages = {
        "a.txt": [
            *head,
            "Menu | Tides | Boats | Weather",  # which the line model alone takes out
            "Share on Facebook",
            caption,
            *A,
            caption,
            f"“{QUOTE.capitalize()}”, Carter said on the pier.",
        ],
        "b.txt": [
            A[0],
            A[1].replace(A[1].split()[1], "warden"),
            *B,
            f"{story(3, 1)[0]} And {QUOTE}, it went on. {A[2]}",
        ],
        "copy.txt": [*A, story(9, 1)[0]],
        "c.txt": [*A, story(9, 1)[0]],
        **{f"gazette/{number}.txt": [*story(20 + number), SLOGAN] for number in range(4)},
    }
    write(place / "in", pages)
    (place / "in" / "d.html").write_text(
        f'<html><head><meta name="robots" content="noai"></head><body><main><h1>Tides</h1><p>{B[0]} <a href="/x">More</a>.</p>'
        f"<ol><li>{story(30, 1)[0]}</li><li>{story(31, 1)[0]}</li></ol></main></body></html>"
    )
    (place / "in" / "rows.jsonl").write_text(json.dumps({"text": story(40, 1)[0], "id": "7", "n": 1}) + "\n{x\n")
    clean([place / "in"], place / "out", Config(copy_action="strike", added="2024-01-01"), workers=0)
    return place / "out"


def leaves(value: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Every value that is no object and no list, with its path; an empty list or object counts as one."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield from leaves(one, (*place, key))
    if not isinstance(value, dict | list):
        yield place, value


def name_of(place: Place) -> str:
    return ".".join("*" if isinstance(part, int) else part for part in place)


def other(value: Any) -> Any:
    """Another value of the same kind that the schema takes."""
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case float():
            return value / 2 if value else 0.5
        case str() if value[:4].isdecimal() and len(value) == 10:
            return f"{int(value[:4]) - 1}{value[4:]}"
        case str() if len(value) in (16, 32, 64) and set(value) <= set("0123456789abcdef"):
            return value.translate(str.maketrans("0123456789abcdef", "123456789abcdef0"))
        case str():
            return f"{value}x"
        case _:
            return None


def defaults(kind: type) -> dict[str, Any]:
    """What a record of the kind has in the fields that JSON leaves out."""
    found = {one.name: one.default for one in fields(kind) if one.default is not NODEFAULT}
    return dict(json.loads(json.dumps(found)))


def records(out: Path, name: str) -> list[Any]:
    """With what is left out since it is at its default, too, so that it can be changed."""
    if name == "manifest":
        return [json.loads((out / "manifest.json").read_text())]
    rows = [json.loads(line) for line in (out / f"{name}.jsonl").read_text().splitlines()]
    if name == "removed":
        rows = [{**defaults(EditRecord), **row} for row in rows]
    if name == "documents":
        for row in rows:
            row["blocks"] = [{**defaults(Block), **block} for block in row["blocks"]]
    return rows


def write_back(out: Path, name: str, rows: list[Any]) -> None:
    if name == "manifest":
        (out / "manifest.json").write_text(json.dumps(rows[0]))
        return
    data = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    (out / f"{name}.jsonl").write_bytes(data)
    manifest = json.loads((out / "manifest.json").read_text())
    for item in manifest["outputs"]:
        if item["path"] == f"{name}.jsonl":
            item.update(bytes=len(data), sha256=hashlib.sha256(data).hexdigest(), records=len(rows))
    (out / "manifest.json").write_text(json.dumps(manifest))


def unnoticed(out: Path, folder: Path, name: str) -> set[str]:
    """The fields of an output of which `verify` does not notice another value."""
    rows = records(out, name)
    write_back(folder, name, rows)
    assert audit(folder).problems == []  # as they are, there is nothing to notice
    first: dict[str, tuple[int, Place, Any]] = {}
    for number, row in enumerate(rows):
        for place, value in leaves(row):
            if value is not None and other(value) is not None:
                first.setdefault(name_of(place), (number, place, value))
    found: set[str] = set()
    for field, (number, place, value) in first.items():
        changed = json.loads(json.dumps(rows))
        inner = changed[number]
        for part in place[:-1]:
            inner = inner[part]
        inner[place[-1]] = other(value)
        for kept in ("manifest.json", f"{name}.jsonl"):
            if (out / kept).exists():
                shutil.copy(out / kept, folder / kept)
        write_back(folder, name, changed)
        try:
            is_noticed = bool(audit(folder).problems)
        except UsageError:  # it is no output of this version any more
            is_noticed = True
        if not is_noticed:
            found.add(field)
    for kept in ("manifest.json", f"{name}.jsonl"):
        if (out / kept).exists():
            shutil.copy(out / kept, folder / kept)
    return found


NOT_LOOKED_AT: dict[str, set[str]] = {
    "documents": {
        *("added", "source_id", "extra.n", "metadata.language", "metadata.media_type"),
        *("metadata.rights.*.kind", "metadata.rights.*.value", "metadata.rights.*.where", "captions.*.credit"),
        *("quality.f1", "quality.precision", "quality.recall"),
        *("blocks.*.level", "blocks.*.depth", "blocks.*.number", "blocks.*.quote", "blocks.*.continued"),
        *("blocks.*.marks.*.start", "blocks.*.marks.*.end", "blocks.*.marks.*.href"),
        "captions.*.src_end",  # white space more is none
    },
    "removed": {
        *("evidence.pattern", "evidence.copies", "evidence.groups", "evidence.of", "evidence.site", "evidence.credit"),
        "evidence.score",
        "evidence.place.end",  # the same
    },
    "clusters": set(),
    "pairs": {"jaccard", "containment_ab", "containment_ba"},
    "passages": {"words", "longest_run", "similarity", "bits", "family", "origins", "a.speaker"},
    "failures": {"stage", "error", "message"},
    "manifest": {"pipeline_version", "code_fingerprint", "counts.templates", "inputs.*.bytes", "inputs.*.sha256"},
}
"""What docs/guarantees.md names in row 1. Of inputs `--against` holds the hashes against the files."""


@pytest.mark.parametrize("name", NAMES)
def test_another_value_of_a_field_is_noticed(out: Path, tmp_path: Path, name: str) -> None:
    assert audit(out).problems == []
    shutil.copytree(out, tmp_path / "out", ignore=shutil.ignore_patterns(".pipeline"))
    found = {field for field in unnoticed(out, tmp_path / "out", name) if not field.startswith("libraries.")}
    assert found == NOT_LOOKED_AT[name]
