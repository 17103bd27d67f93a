"""A second run into the same folder gives what a first one would, whatever has changed in between: inputs, what they say of
their documents, options, other runs; and it sees that something has."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline import Config, clean
from pipeline.config import COMPARING, Inputs
from pipeline.read.chosen import Chosen
from tests.conftest import outputs
from tests.judge.test_templates import SLOGAN, story, write

A, B = story(1, 4), story(2, 4)
ALMOST = A[0].replace(A[0].split()[1], "warden")
CUT = A[3].rsplit(" ", 3)[0]
Options = dict[str, Any]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Pages of two sites that share paragraphs and lines, rows, and a run to be held against."""
    pages = {f"gazette/{number}.txt": [*story(10 + number), SLOGAN] for number in range(4)}
    pages |= {
        "a.txt": [*A, B[0]],
        "b.txt": [ALMOST, *A[1:3], *B],
        "c.txt": [f"{story(5, 1)[0]} {CUT} {story(6, 1)[0]}"],
    }
    write(tmp_path / "in", pages)
    (tmp_path / "in" / ".draft.txt").write_text("\n\n".join(story(98)))
    rows = [
        {"text": "\n\n".join(story(20 + number)), "n": number, "body": "\n\n".join(story(30))} for number in range(3)
    ]
    (tmp_path / "in" / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    clean([write(tmp_path / "older", {"x.txt": [*B, *story(99)]})], tmp_path / "older-out", workers=0)
    return tmp_path


def same_as_fresh(
    folder: Path, change: Callable[[], None] = lambda: None, **options: Any
) -> dict[str, tuple[bytes, bytes]]:
    """A run, a change, and another run: what that gives is what a fresh one does. Return the files that are others now."""
    clean([folder / "in"], folder / "out", workers=0)
    before = outputs(folder / "out")
    change()
    clean([folder / "in"], folder / "out", workers=0, **options)
    clean([folder / "in"], folder / "fresh", workers=0, fresh=True, **options)
    after = outputs(folder / "out")
    assert after == outputs(folder / "fresh")
    return {name: (before.get(name, b""), data) for name, data in after.items() if before.get(name) != data}


OF_COMPARING: dict[str, Options] = {
    "matching": {"matching": False},
    "shingle_words": {"shingle_words": 3},
    "num_perm": {"num_perm": 64, "bands": 32},
    "bands": {"num_perm": 128, "bands": 64},
    "seed": {"seed": 2},
    "threshold": {"threshold": 0.95},
    "document_threshold": {"document_threshold": 0.2},
    "containment": {"containment": 0.95},
    "passage_words": {"passage_words": 100},
    "copy_action": {"copy_action": "strike"},
    "revision_action": {"revision_action": "strike"},
}
UNSEEN = {"num_perm", "bands", "seed", "passage_words", "revision_action"}
"""Options that are for pairs which only large folders have; they stand in the manifest all the same"""


@pytest.mark.parametrize("name", OF_COMPARING)
def test_an_option_of_comparing(folder: Path, name: str) -> None:
    assert set(OF_COMPARING) == set(COMPARING)
    changed = same_as_fresh(folder, config=Config(**OF_COMPARING[name]))
    assert "manifest.json" in changed
    assert name in UNSEEN or changed.keys() & {"pairs.jsonl", "clusters.jsonl", "documents.jsonl"}


OF_INPUTS: dict[str, Options] = {
    "another field": {"config": Config(fields=("text=body",))},
    "another field for some files": {"config": Config(inputs=(Inputs(files="*.jsonl", fields=("title=body",)),))},
    "a format": {"config": Config(inputs=(Inputs(files="*.jsonl", input_format="document"),))},
    "a favour for some files": {"config": Config(inputs=(Inputs(files="gazette/*", favor="recall"),))},
    "a threshold for some files": {"config": Config(inputs=(Inputs(files="b.txt", threshold=0.99),))},
    "some files": {"wanted": Chosen(include=("*.txt",))},
    "not all files": {"wanted": Chosen(exclude=("gazette/",))},
    "a run that has some of it": {"against": "older-out"},
}


@pytest.mark.parametrize("name", OF_INPUTS)
def test_what_is_asked_of_the_inputs(folder: Path, name: str) -> None:
    options = dict(OF_INPUTS[name])
    if "against" in options:
        options["against"] = folder / options["against"]
    assert same_as_fresh(folder, **options)


def rewritten(path: str, old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        text = (folder / path).read_text()
        assert old in text
        (folder / path).write_text(text.replace(old, new, 1))

    return change


def stated(**fields: Any) -> Callable[[Path], None]:
    """Say something of the first row."""

    def change(folder: Path) -> None:
        first, *others = (folder / "in" / "rows.jsonl").read_text().splitlines()
        lines = [json.dumps(json.loads(first) | fields), *others]
        (folder / "in" / "rows.jsonl").write_text("\n".join(lines) + "\n")

    return change


def exchanged(folder: Path) -> None:
    lines = (folder / "in" / "rows.jsonl").read_text().splitlines()
    (folder / "in" / "rows.jsonl").write_text("\n".join(reversed(lines)) + "\n")


def touched_back(folder: Path) -> None:
    """Another text of as many bytes, with the time of the last."""
    path = folder / "in" / "a.txt"
    times = path.stat()
    path.write_text(path.read_text().replace(A[0], A[0].swapcase()))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


CHANGES: dict[str, Callable[[Path], None]] = {
    "a word": rewritten("in/a.txt", A[1], A[1].replace("The", "That")),
    "a word, with the size and time of before": touched_back,
    "an address": stated(url="https://example.org/"),
    "a title": stated(title="The harbour opens"),
    "a date, by which another copy is the first": stated(date="1999-01-01", text="\n\n".join(A)),
    "an author": stated(author="Ann Lee"),
    "a language": stated(language="de"),
    "an outlet": stated(outlet="The Gazette"),
    "a section": stated(section="Tides"),
    "an id": stated(id="seven"),
    "what nobody reads": stated(n=7),
    "the order of rows": exchanged,
    "a row less": rewritten("in/rows.jsonl", '{"text"', '{"texts"'),
    "a page that a site has more": lambda folder: (folder / "in/gazette/9.txt").write_text(
        "\n\n".join([*story(77), SLOGAN])
    ),
    "a page that a site has less": lambda folder: (folder / "in/gazette/0.txt").unlink(),
    "a page of another site": lambda folder: (folder / "in/gazette/0.txt").rename(folder / "in/0.txt"),
    "a copy that is gone": lambda folder: (folder / "in/a.txt").unlink(),
    "what a folder says itself": lambda folder: (folder / "in/.pipelineignore").write_text("gazette/\n"),
    "a hidden file that is shown": lambda folder: (folder / "in/.draft.txt").rename(folder / "in/draft.txt"),
    "a file that is compressed": lambda folder: (folder / "in/a.txt").write_bytes(
        gzip.compress((folder / "in/a.txt").read_bytes())
    ),
    "an encoding": lambda folder: (folder / "in/a.txt").write_bytes((folder / "in/a.txt").read_text().encode("utf-16")),
    "bytes that mean nothing": lambda folder: (folder / "in/a.txt").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
    "an empty file": lambda folder: (folder / "in/a.txt").write_bytes(b""),
    "a page instead of a text": lambda folder: (folder / "in/a.txt").write_text(
        f"<html><body><p>{A[0]}</p></body></html>"
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_the_inputs(folder: Path, name: str) -> None:
    assert "manifest.json" in same_as_fresh(folder, lambda: CHANGES[name](folder))


def test_the_other_run_has_changed(folder: Path) -> None:
    older = {"against": folder / "older-out"}
    clean([folder / "in"], folder / "out", workers=0, **older)
    before = (folder / "out" / "documents.jsonl").read_text()
    assert B[1] not in before
    write(folder / "older", {"x.txt": story(99)})
    clean([folder / "older"], folder / "older-out", workers=0)
    clean([folder / "in"], folder / "out", workers=0, **older)
    assert B[1] in (folder / "out" / "documents.jsonl").read_text()
    clean([folder / "in"], folder / "fresh", workers=0, fresh=True, **older)
    assert outputs(folder / "out") == outputs(folder / "fresh")


def test_a_rule_file_has_changed(folder: Path) -> None:
    """By its text, whatever its name."""
    rule = '[[rule]]\nid = "own"\ncategory = "promo"\nwhy = "w"\nphrases.any = """\n{}"""\n'
    first, second = (Config(rules=(rule.format(line.lower()),)) for line in (A[0], A[1]))
    clean([folder / "in"], folder / "out", first, workers=0)
    changed = same_as_fresh(folder, config=second)
    assert "documents.jsonl" in changed
    assert A[0] in changed["documents.jsonl"][1].decode()


def test_limits_of_a_document_stand_in_the_manifest_and_change_nothing_else(folder: Path) -> None:
    changed = same_as_fresh(folder, config=Config(document_cpu=11, document_wall=22, document_memory=3 << 30))
    assert set(changed) <= {"manifest.json", "report.html"}
    assert "manifest.json" in changed
