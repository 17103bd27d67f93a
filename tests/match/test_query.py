"""`pipeline match FILE --against OUT`: what stands in OUT already, at once, until OUT changes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.config import Config
from pipeline.match import settings
from pipeline.match.query import index, matches
from pipeline.run import clean
from pipeline.write.output import Output
from tests.conftest import ROOT, pipeline
from tests.judge.test_templates import story, write

HARBOUR = (
    "The harbour authority closed two bridges on Friday after a storm tore loose a barge, "
    "and ferries stayed in port until the evening."
)
ORCHARD = (
    "Growers in the valley expect a poor cherry crop this summer, because frost came late "
    "and bees stayed in their hives through most of April."
)
QUOTE = "we have never seen water rise as fast as it did that night"
FLOOD = f"Asked about the flood, the mayor told a meeting of residents that “{QUOTE}”, and promised higher walls soon."


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "harbour.txt").write_text(f"{HARBOUR}\n\n{FLOOD}\n")
    (tmp_path / "in" / "orchard.txt").write_text(f"{ORCHARD}\n\n{HARBOUR}\n")
    assert pipeline("clean", tmp_path / "in", tmp_path / "out").returncode == 0
    return tmp_path / "out"


def asked(out: Path, text: str, *options: str) -> list[dict[str, object]]:
    done = pipeline("match", "-", "--against", out, "--json", *options, stdin=text.encode())
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_copies_with_where_they_stand(out: Path) -> None:
    text = f"A line that nobody else has ever printed anywhere.\n\n{HARBOUR}\n"
    (record,) = asked(out, text)
    assert (record["line"], record["text"]) == (3, HARBOUR)
    assert text[record["start"] : record["end"]] == HARBOUR  # type: ignore[misc]
    documents = {d["source"]: d for d in map(json.loads, (out / "documents.jsonl").read_text().splitlines())}
    for found, source in zip(record["duplicates"], ("harbour.txt", "orchard.txt"), strict=True):  # type: ignore[call-overload]
        assert found["source"] == source
        assert found["document_id"] == documents[source]["id"]
        name = found["paragraph_id"].removeprefix(f"{found['document_id']}-")
        paragraph = next(p for p in documents[source]["blocks"] if p["id"] == name)
        assert documents[source]["text"][paragraph["start"] : paragraph["end"]] == found["text"] == HARBOUR
        assert (found["jaccard"], found["containment_ab"], found["relation"]) == (1, 1, "copy")
    assert record["passages"] == []


def test_a_paragraph_inside_a_longer_one_is_a_quote(out: Path) -> None:
    text = f"Nobody knows who loosened the ropes, but this much is certain. {HARBOUR} Repairs will take all of spring."
    (record,) = asked(out, text)
    found = record["duplicates"][0]  # type: ignore[index]
    assert found["relation"] == "quote"
    assert found["containment_ba"] == 1
    assert found["jaccard"] < 0.7


def test_a_passage_in_other_text(out: Path) -> None:
    text = f"Insurers had warned the town for years; “{QUOTE}”, its engineer wrote in a letter to the paper."
    (record,) = asked(out, text)
    assert record["duplicates"] == []
    (found,) = record["passages"]  # type: ignore[misc]
    assert found["source"] == "harbour.txt"
    assert QUOTE in found["text"]
    assert QUOTE in found["source_text"]
    assert text[found["start"] : found["end"]] == found["text"]
    assert found["words"] >= 13


def test_a_web_page_is_asked_by_its_visible_text(out: Path) -> None:
    (record,) = asked(out, f"<!doctype html><title>Ports</title><body><p>Old news.</p><p>{HARBOUR}</p></body>")
    assert record["text"] == HARBOUR


def test_a_passage_over_lines_too_short_to_compare(out: Path) -> None:
    words = QUOTE.split()
    text = "\n".join(" ".join(words[at : at + 3]) for at in range(0, len(words), 3))
    (record,) = asked(out, text)
    assert (record["line"], record["duplicates"]) == (1, [])
    assert record["passages"][0]["text"] == text  # type: ignore[index]


def test_a_threshold_of_its_own(out: Path) -> None:
    text = " ".join(HARBOUR.split()[:20])
    assert asked(out, text)[0]["duplicates"][0]["relation"] == "copy"  # type: ignore[index]
    assert asked(out, text, "--threshold", "0.95")[0]["duplicates"][0]["relation"] == "quote"  # type: ignore[index]


def test_nothing_matches(out: Path) -> None:
    assert asked(out, "A line that nobody else has ever printed anywhere.\n\nThank you.\n") == []


def test_a_sheet_for_readers(out: Path) -> None:
    done = pipeline("match", "-", "--against", out, stdin=HARBOUR.encode())
    assert done.returncode == 0
    assert "line 1: The harbour authority closed two bridges" in done.stdout.decode()
    assert f"copy      jaccard 1.00 contained 1.00  harbour.txt:0-{len(HARBOUR)}  " in done.stdout.decode()
    assert "of near-duplicates with jaccard 0.7, 99.98% are found" in done.stdout.decode()


def test_a_question_is_asked_by_the_options_that_the_output_was_made_by(tmp_path: Path) -> None:
    options = {
        "shingle_words": 3, "num_perm": 96, "bands": 24, "seed": 9, "threshold": 0.6, "containment": 0.7, "passage_words": 12,
    }  # fmt: skip
    (tmp_path / "in.txt").write_text(
        "A tide came in the night, and nobody in the town had thought to take in the nets."
    )
    clean(tmp_path / "in.txt", tmp_path / "out", Config(**options, favor="recall"))  # type: ignore[arg-type]
    found = settings.of_output(Output(tmp_path / "out"))
    assert {name: getattr(found, name) for name in options} == options
    assert settings.of_output(Output(tmp_path / "out"), 0.9).threshold == 0.9


def test_the_example_of_the_docs(out: Path) -> None:
    page = (ROOT / "docs" / "matching.md").read_text(encoding="utf-8")
    (example,) = (block for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if "matches" in block)
    (out.parent / "page.txt").write_text(HARBOUR)
    done = subprocess.run(
        [sys.executable, "-c", example],
        cwd=out.parent,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout == "1 [('harbour.txt', 1.0), ('orchard.txt', 1.0)]\n"


@pytest.mark.parametrize(("copies", "last"), [(10, "9.txt"), (11, "and 1 more"), (13, "and 3 more")])
def test_ten_matches_of_a_paragraph_are_shown_and_the_others_counted(tmp_path: Path, copies: int, last: str) -> None:
    write(tmp_path / "in", {f"{number}.txt": [story(number, 1)[0], HARBOUR] for number in range(copies)})
    clean([tmp_path / "in"], tmp_path / "out", Config(cleaning=False))
    (tmp_path / "new.txt").write_text(HARBOUR)
    done = pipeline("match", tmp_path / "new.txt", "--against", tmp_path / "out").stdout.decode().splitlines()
    assert sum("jaccard 1.00" in line for line in done) == 10
    assert last in done[-2]
    assert done[-1].startswith("1 paragraph with near-duplicates, 0 more with shared passages")


def parts(out: Path) -> list[str]:
    """The parts of the one index of a folder."""
    (folder,) = (out / ".pipeline").glob("index-*")
    return sorted(path.name for path in folder.iterdir() if path.is_dir())


def test_what_an_output_has_more_is_added_to_its_index(out: Path, tmp_path: Path) -> None:
    assert pipeline("index", out).stdout.decode() == f"{out}: 2 documents are indexed\n"
    first = parts(out)
    assert len(first) == 1
    assert asked(out, HARBOUR, "--threshold", "0.9")
    assert parts(out) == first
    later = ORCHARD.replace("cherry", "apple").replace("crop", "harvest")
    (tmp_path / "in" / "apples.txt").write_text(later)
    assert pipeline("clean", tmp_path / "in", out).returncode == 0
    sources = [found["source"] for found in asked(out, later)[0]["duplicates"]]  # type: ignore[attr-defined]
    assert sources[0] == "apples.txt"
    assert len(parts(out)) == 2
    assert set(first) < set(parts(out))


def test_what_an_output_has_no_more_is_not_found(out: Path, tmp_path: Path) -> None:
    write(tmp_path / "in", {f"{number}.txt": story(number) for number in range(4)})
    assert pipeline("clean", tmp_path / "in", out).returncode == 0
    assert asked(out, ORCHARD)
    first = parts(out)
    (tmp_path / "in" / "orchard.txt").unlink()
    assert pipeline("clean", tmp_path / "in", out).returncode == 0
    assert asked(out, ORCHARD) == []
    assert [found["source"] for found in asked(out, HARBOUR)[0]["duplicates"]] == ["harbour.txt"]  # type: ignore[attr-defined]
    assert set(first) < set(parts(out))


def test_an_output_of_which_little_is_left_is_indexed_anew(out: Path, tmp_path: Path) -> None:
    assert asked(out, ORCHARD)
    first = parts(out)
    for name in ("orchard.txt", "harbour.txt"):
        (tmp_path / "in" / name).unlink()
    (tmp_path / "in" / "flood.txt").write_text(FLOOD)
    assert pipeline("clean", tmp_path / "in", out, "--force").returncode == 0
    assert asked(out, ORCHARD) == []
    assert len(parts(out)) == 1
    assert parts(out) != first


def test_an_index_has_eight_parts_at_most(tmp_path: Path) -> None:
    """Each time that the output has more, a part is added; where there would be a ninth, all are made anew as one."""
    (tmp_path / "in").mkdir()
    counts = []
    for number in range(10):
        (tmp_path / "in" / f"{number}.txt").write_text("\n\n".join(story(number, 2)))
        clean([tmp_path / "in"], tmp_path / "out")
        assert index([tmp_path / "out"]) == [number + 1]
        counts.append(len(parts(tmp_path / "out")))
    assert counts == [1, 2, 3, 4, 5, 6, 7, 8, 1, 2]
    (found,) = matches("new.txt", story(0, 2)[0].encode(), [tmp_path / "out"]).records
    assert [one["source"] for one in found["duplicates"]] == ["0.txt"]


def test_of_several_folders_the_least_threshold_and_the_worst_recall_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"{HARBOUR}\n")
    outs = [tmp_path / "far", tmp_path / "near"]
    for out, threshold in zip(outs, (0.9, 0.6), strict=True):
        clean([tmp_path / "a.txt"], out, Config(threshold=threshold))
    answers = [matches("a.txt", HARBOUR.encode(), [out]) for out in outs]
    together = matches("a.txt", HARBOUR.encode(), outs)
    assert [answer.threshold for answer in answers] == [0.9, 0.6]
    assert together.threshold == 0.6
    assert together.expected_recall == min(answer.expected_recall for answer in answers)


def test_several_output_folders_are_asked_at_once(out: Path, tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    banner = "Subscribe to our newsletter for daily updates\n\n"
    (tmp_path / "more" / "second.txt").write_text(
        f"{banner}The tide was out.\n\n{HARBOUR}\n\nThey said “{QUOTE}”, all of them.\n"
    )
    second = tmp_path / "second"
    assert pipeline("clean", tmp_path / "more", second).returncode == 0
    done = pipeline(
        "match", "-", "--against", out, "--against", second, "--json", stdin=f"{HARBOUR}\n\n{FLOOD}".encode()
    )
    harbour, flood = map(json.loads, done.stdout.splitlines())
    assert [(found["out"], found["source"]) for found in harbour["duplicates"]] == [
        (str(out), "harbour.txt"),
        (str(out), "orchard.txt"),
        (str(second), "second.txt"),
    ]
    assert [found["out"] for found in flood["duplicates"]] == [str(out)]
    (passage,) = flood["passages"]
    assert passage["out"] == str(second)
    source = (tmp_path / "more" / "second.txt").read_text()
    for found in (harbour["duplicates"][2], passage):
        there = source[found["source_start"] : found["source_end"]]
        assert there == found.get("source_text", found["text"])


@pytest.mark.parametrize(
    ("name", "options", "says"),
    [
        ("missing.txt", (), "missing.txt: cannot be read: No such file"),
        ("binary.bin", (), "binary.bin: "),
        ("page.txt", ("--threshold", "7"), "7.0 is not in the range 0<x<=1"),
    ],
)
def test_what_cannot_be_asked(out: Path, tmp_path: Path, name: str, options: tuple[str, ...], says: str) -> None:
    (tmp_path / "binary.bin").write_bytes(b"\x7fELF" + bytes(range(256)) * 8)
    (tmp_path / "page.txt").write_text(HARBOUR)
    done = pipeline("match", tmp_path / name, "--against", out, *options)
    assert done.returncode == 2
    assert says in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


def test_an_output_folder_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text(HARBOUR)
    done = pipeline("match", tmp_path / "page.txt", "--against", tmp_path)
    assert done.returncode == 2
    assert "not the output of a finished run" in done.stderr.decode()


@pytest.mark.parametrize("name", ["seeds.table", "paragraphs.table", "texts", "parts.json"])
@pytest.mark.parametrize("left", [None, b"", b"nothing of ours"])
def test_a_damaged_index_is_made_anew(out: Path, name: str, left: bytes | None) -> None:
    """All that is in it follows from the output."""
    answer = asked(out, HARBOUR)
    (folder,) = (out / ".pipeline").glob("index-*")
    path = folder / name if name == "parts.json" else folder / parts(out)[0] / name
    if left is None:
        path.unlink()
    else:
        path.write_bytes(left)
    assert asked(out, HARBOUR) == answer
    assert len(parts(out)) == 1
