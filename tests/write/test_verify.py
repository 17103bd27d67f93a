"""`pipeline verify` finds what is wrong with an output, also where every hash has been made to agree; in bounded memory."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from pipeline import document as cleaning
from pipeline import ledger, read_documents, read_records
from pipeline.model import Verdict
from pipeline.records import Document, EditRecord
from pipeline.run import clean
from pipeline.text.decode.sniff import control_kind
from pipeline.write import claims
from pipeline.write.keys import Keys
from pipeline.write.sources import Sources
from pipeline.write.verify import audit
from tests.conftest import ROOT, clean_text, pipeline
from tests.judge.test_templates import story, write

Edit = dict[str, Any]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    page = [
        "Navy  ships sail\tat dawn, say the people of the harbour town.",
        *story(1, 3),
        "* * *",
        "* * *",
        *story(2, 2),
        "Cafe\u0301s \u200d\x00",
    ]
    write(tmp_path / "in", {"a.txt": [*page[:2], page[1], *page[2:]], "b.txt": story(3, 3)})
    assert pipeline("clean", tmp_path / "in", tmp_path / "out", "--extractor", "none").returncode == 0
    return tmp_path / "out"


def test_records_inside_records_come_from_the_file_they_lie_in(tmp_path: Path) -> None:
    """Of a list inside an object, of a line with a list, and of a message inside a message."""
    texts = [" ".join(story(number, 2)) for number in range(5)]
    answer = {"articles": [{"title": "A", "content": texts[0]}, {"title": "B", "content": texts[1]}]}
    message = "From: jo@example.org\nSubject: %s\nContent-Type: %s\n\n%s\n"
    inner = message % ("Tides", "text/plain", texts[3])
    parts = f"--xx\nContent-Type: text/plain\n\n{texts[2]}\n--xx\nContent-Type: message/rfc822\n\n{inner}\n--xx--"
    inputs = tmp_path / "in"
    inputs.mkdir()
    (inputs / "answer.json").write_text(json.dumps(answer))
    (inputs / "answers.jsonl").write_text(json.dumps(answer) + "\n" + json.dumps({"articles": answer["articles"][:1]}))
    (inputs / "box.mbox").write_text(
        "From jo Thu Jan  1 00:00:00 2026\n" + message % ("Two", "multipart/mixed; boundary=xx", parts)
    )
    (inputs / "notes#00000001#00000002").write_text(texts[4])
    assert pipeline("clean", inputs, tmp_path / "out").returncode == 0
    sources = {one.source for one in read_documents(tmp_path / "out")}
    assert {
        "answer.json#0000000000#0000000001",
        "box.mbox#0000000000#0000000000",
        "notes%2300000001%2300000002",
    } <= sources
    verified = pipeline("verify", tmp_path / "out")
    assert verified.returncode == 0, verified.stdout


def forged(out: Path, name: str, change: Callable[[list[Edit]], None]) -> list[str]:
    """The problems found once the records of an output are changed, with size, hash and count in the manifest made to fit."""
    path = out / f"{name}.jsonl"
    records = [json.loads(line) for line in path.read_text().splitlines()]
    change(records)
    data = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode()
    path.write_bytes(data)
    manifest = json.loads((out / "manifest.json").read_text())
    for item in manifest["outputs"]:
        if item["path"] == path.name:
            item.update(bytes=len(data), sha256=hashlib.sha256(data).hexdigest(), records=len(records))
    (out / "manifest.json").write_text(json.dumps(manifest))
    return audit(out).problems


def rename(old: str, new: str) -> Callable[[list[Edit]], None]:
    """Give the edits of a rule the name of another."""

    def change(edits: list[Edit]) -> None:
        found = [edit for edit in edits if edit["rule"] == old]
        assert found
        for edit in found:
            edit["rule"] = new

    return change


def test_an_output_is_right(out: Path) -> None:
    found = audit(out)
    assert (found.problems, found.documents, found.unaccounted) == ([], 2, 0)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("ornament", "white-space", "holds more than white space"),
        ("ornament", "unwrap", "holds more than white space"),
        ("ornament", "control-character", "holds more than control characters"),
        ("unicode-nfc", "white-space", "holds more than white space"),
        ("white-space", "unicode-nfc", "is not the same text in Normalization Form C"),
        ("white-space", "undecodable", "changes the text"),
        ("ornament", "byte-order-mark", "is no byte-order mark"),
        ("unicode-nfc", "ornament", "holds letters or digits"),
        ("ornament", "repeat-in-document", "does not say where the text stands first"),
    ],
)
def test_an_edit_is_what_its_rule_says(out: Path, old: str, new: str, problem: str) -> None:
    found = forged(out, "removed", rename(old, new))
    assert any(problem in one and "documents, a.txt: " in one for one in found), found


@pytest.mark.parametrize("by", [-10, 10])
def test_a_repeated_line_is_said_before(out: Path, by: int) -> None:
    def elsewhere(edits: list[Edit]) -> None:
        (repeated,) = (edit for edit in edits if edit["rule"] == "repeat-in-document")
        repeated["evidence"]["place"]["end"] += by

    (problem,) = forged(out, "removed", elsewhere)
    assert "has other words than the text at" in problem


def test_a_repeated_line_of_which_a_part_has_gone_by_another_rule(tmp_path: Path) -> None:
    """What is left of it stands in the first one; a word that does not is told."""
    caption = "Ferries leave the old harbour on Friday. (Photo by Jane Roe/AP)"
    last = "It was raining in the town, Carter said on the pier, and nobody had brought a hat or a coat."
    write(
        tmp_path / "in", {"a.txt": ["Ferries leave the old port", "By Ann Lee", caption, *story(1, 4), caption, last]}
    )
    clean([tmp_path / "in"], tmp_path / "out", workers=0)
    gone = [edit.rule for edit in read_records(tmp_path / "out", "removed")]
    assert gone.count("photo-credit-tail") == 2
    assert "repeat-in-document" in gone
    assert audit(tmp_path / "out").problems == []

    def shorter(edits: list[Edit]) -> None:
        (repeated,) = (edit for edit in edits if edit["rule"] == "repeat-in-document")
        repeated["evidence"]["place"]["start"] += 10

    (problem,) = forged(tmp_path / "out", "removed", shorter)
    assert "has other words than the text at" in problem


@pytest.mark.parametrize(
    ("rule", "said", "problem"),
    [
        ("title", {}, "is not the document's title"),
        ("caption", {}, "stands in none of the document's captions"),
        ("byline", {"author": "Sam Poe"}, "says 'Sam Poe', and the document's author is None"),
        ("dateline", {"date": "2024-05-03"}, "says '2024-05-03', and the document's date is None"),
        ("section", {"section": "Sport"}, "says 'Sport', and the document's section is None"),
        ("post-author", {"author": "kestrel_9"}, "names the author of none of the document's posts"),
        ("post-date", {"date": "3 May"}, "is the date of none of the document's posts"),
    ],
)
def test_what_left_the_text_for_a_field_is_that_field(out: Path, rule: str, said: dict[str, str], problem: str) -> None:
    def claim(edits: list[Edit]) -> None:
        edit = next(edit for edit in edits if edit["rule"] == "ornament")
        edit.update(rule=rule, evidence=said)

    found = forged(out, "removed", claim)
    assert any(problem in one for one in found), found


def test_what_a_record_quotes_stands_there(tmp_path: Path) -> None:
    story_of = "The harbour authority closed two bridges on Friday after a storm, and ferries stayed in port until the evening."
    quote = "we will not open a bridge that we would not drive our own children over, said the mayor to the council"
    pages = {
        "a.txt": [
            story_of,
            "The old bridge on Friday evening. (Photo: Jane Roe)",
            f"In May, {quote}, and sat down again.",
        ],
        "b.txt": [f"Half a year went by. Once more, {quote}; then the lights went out.", *story(3, 3)],
    }
    write(tmp_path / "in", pages)
    clean([tmp_path / "in"], tmp_path / "out")

    def other_caption(records: list[Edit]) -> None:
        records[0]["captions"][0]["text"] = "The new bridge on Friday evening."

    def other_text(records: list[Edit]) -> None:
        records[0]["b"]["text"] = records[0]["b"]["text"].replace("council", "harbour")

    def caption_to_nowhere(records: list[Edit]) -> None:
        records[0]["captions"][0]["src_end"] += 10_000

    def other_document(records: list[Edit]) -> None:
        records[0]["a"]["source"] = "b.txt"

    def more_words(records: list[Edit]) -> None:
        records[0]["words"] += 50

    def longer_run(records: list[Edit]) -> None:
        records[0]["longest_run"] = records[0]["words"] + 1

    def more_origins(records: list[Edit]) -> None:
        records[0]["origins"] = 3

    def other_id(records: list[Edit]) -> None:
        records[1]["id"] = records[0]["id"][::-1]

    assert audit(tmp_path / "out").problems == []
    for name, change, problem in (
        ("documents", other_caption, "documents, a.txt: caption at 113 does not quote the source"),
        ("passages", other_text, "passages: the text at b.txt:"),
        ("documents", caption_to_nowhere, "documents, a.txt: caption at 113 ends beyond the source"),
        ("passages", other_document, "passages: b.txt is not the source of "),
        ("passages", more_words, "words are the same, and there are "),
        ("passages", longer_run, "words are the longest run"),
        ("passages", more_origins, "has 3 origins, of 2 documents"),
        ("documents", other_id, "id does not follow from source and sha256"),
    ):
        shutil.copytree(tmp_path / "out", tmp_path / change.__name__)
        found = forged(tmp_path / change.__name__, name, change)
        assert any(problem in one for one in found), (problem, found)


def test_edits_that_overlap(out: Path) -> None:
    def overlap(edits: list[Edit]) -> None:
        edits[1]["start"] = edits[0]["start"]

    assert forged(out, "removed", overlap)


def test_edits_of_no_document(out: Path) -> None:
    problems = forged(out, "removed", lambda edits: edits.append({**edits[-1], "document": 77}))
    assert any("stand behind their document's" in problem for problem in problems)


def test_a_document_that_stands_twice(out: Path) -> None:
    problems = forged(out, "documents", lambda records: records.insert(0, records[0]))
    assert any("a.txt: stands twice" in problem for problem in problems)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """An output of two documents that are copies, and of a third that has some of their paragraphs."""
    write(tmp_path / "in", {"a.txt": story(1, 4), "b.txt": story(1, 4), "c.txt": [*story(1, 2), *story(5, 9)]})
    clean([tmp_path / "in"], tmp_path / "out")
    return tmp_path / "out"


def of_blocks(change: Callable[[dict[str, Any]], None]) -> Callable[[list[Edit]], None]:
    """Change the first block that is in a cluster."""
    return lambda records: change(next(one for r in records for one in r["blocks"] if "cluster_id" in one))


@pytest.mark.parametrize(
    ("name", "change", "problem"),
    [
        (
            "documents",
            of_blocks(lambda block: block.update(canonical=not block.get("canonical", True))),
            "what it is there",
        ),
        ("documents", of_blocks(lambda block: block.update(cluster_id="0" * 32)), "what it is there"),
        ("documents", of_blocks(lambda block: block.update(cluster_id=None)), "what it is there"),
        (
            "documents",
            lambda records: records[0]["blocks"][1].update(id=records[0]["blocks"][0]["id"]),
            "is not called by a number above the last",
        ),
        ("documents", lambda records: records[2].update(duplicate_of=records[0]["id"]), "that say they are in one"),
        ("documents", lambda records: records[1].update(duplicate_of=None), "what it is there"),
        ("clusters", lambda records: records[0].update(cluster_id="0" * 32), "the id does not follow"),
        ("clusters", lambda records: records[0]["sources"].reverse(), "`sources` are not those of the members"),
    ],
)
def test_records_say_the_same_of_each_other(
    copied: Path, name: str, change: Callable[[list[Edit]], None], problem: str
) -> None:
    assert audit(copied).problems == []
    found = forged(copied, name, change)
    assert any(problem in one for one in found), found


def test_an_edit_is_of_its_document(out: Path) -> None:
    found = forged(out, "removed", lambda edits: edits[0].update(document=edits[-1]["document"] + 1))
    assert any("documents, a.txt: the restored bytes have another SHA-256 than the input" in one for one in found), (
        found
    )


def test_numbers_of_documents_rise(copied: Path) -> None:
    found = forged(copied, "documents", lambda records: records[1].update(number=0))
    assert any("b.txt: has the number 0, which is not above the last" in one for one in found), found


def test_a_place_lies_in_the_source(out: Path) -> None:
    def beyond(edits: list[Edit]) -> None:
        (repeated,) = (edit for edit in edits if edit["rule"] == "repeat-in-document")
        repeated["evidence"]["place"]["end"] += 10_000

    assert any("names a place beyond the source" in one for one in forged(out, "removed", beyond))


def restated(out: Path, change: Callable[[dict[str, Any]], None]) -> list[str]:
    """The problems found once the manifest of an output says something else."""
    manifest = json.loads((out / "manifest.json").read_text())
    change(manifest)
    (out / "manifest.json").write_text(json.dumps(manifest))
    return audit(out).problems


@pytest.mark.parametrize(
    "name", ["documents.jsonl", "removed.jsonl", "clusters.jsonl", "pairs.jsonl", "passages.jsonl", "failures.jsonl"]
)
def test_no_file_of_records_leaves_the_list(out: Path, name: str) -> None:
    def leave(manifest: dict[str, Any]) -> None:
        manifest["outputs"] = [one for one in manifest["outputs"] if one["path"] != name]

    (out / name).write_bytes(b"")
    assert f"manifest: does not list {name}" in restated(out, leave)


@pytest.mark.parametrize("name", ["report.html", "README.md"])
def test_no_page_leaves_the_list(out: Path, name: str) -> None:
    def leave(manifest: dict[str, Any]) -> None:
        manifest["outputs"] = [one for one in manifest["outputs"] if one["path"] != name]

    assert restated(out, leave) == [f"manifest: does not list {name}"]


def test_a_list_of_other_files(out: Path) -> None:
    def more(manifest: dict[str, Any]) -> None:
        (failures,) = (one for one in manifest["outputs"] if one["path"] == "failures.jsonl")
        manifest["outputs"] += [failures, {**failures, "path": "notes.txt"}]
        manifest["outputs"][0]["records"] = None

    (out / "notes.txt").write_bytes(b"")
    found = restated(out, more)
    assert "manifest: lists failures.jsonl 2 times" in found
    assert "manifest: lists notes.txt, which is no file of such an output" in found
    assert "manifest: says that documents.jsonl has no records" in found


def test_a_shard_leaves_the_list(out: Path) -> None:
    assert pipeline("clean", out.parent / "in", out, "--extractor", "none", "--format", "jsonl.zst").returncode == 0
    assert audit(out).problems == []

    def leave(manifest: dict[str, Any]) -> None:
        manifest["outputs"] = [one for one in manifest["outputs"] if not one["path"].startswith("passages")]

    assert "manifest: does not list passages-00000.jsonl.zst" in restated(out, leave)


@pytest.mark.parametrize(
    "name",
    [
        *("inputs", "documents", "chars_in", "chars_out", "edits", "paragraphs", "linked"),
        *("clusters", "pairs", "passages", "failures", "sources_struck"),
    ],
)
def test_the_counts_are_those_of_the_files(out: Path, name: str) -> None:
    def count(manifest: dict[str, Any]) -> None:
        manifest["counts"][name] += 1

    (problem,) = restated(out, count)
    assert problem.startswith("manifest: says ")
    assert f"`counts.{name}`" in problem


def test_no_count_is_missing_or_made_up(out: Path) -> None:
    def other(manifest: dict[str, Any]) -> None:
        del manifest["counts"]["edits"]
        manifest["counts"]["sentences"] = 7

    assert [problem.split("`")[1] for problem in restated(out, other)] == ["counts.edits", "counts.sentences"]


@pytest.mark.parametrize(
    ("key", "problem"),
    [("repairs", "`families.repairs`"), ("related", "`families of the rule book`"), ("weather", "no family of rules")],
)
def test_the_families_are_those_of_the_ledger(out: Path, key: str, problem: str) -> None:
    def shift(manifest: dict[str, Any]) -> None:
        manifest["families"][key] = manifest["families"].get(key, 0) + 3

    assert any(problem in one for one in restated(out, shift))


def test_the_configuration_has_its_fingerprint(out: Path) -> None:
    found = restated(out, lambda manifest: manifest["config"].update(threshold=0.1))
    assert found == ["manifest: `config_fingerprint` is not that of `config`"]


def test_every_input_has_come_to_something(out: Path) -> None:
    def other(manifest: dict[str, Any]) -> None:
        first, second = manifest["inputs"]
        manifest["inputs"] = [{**first, "status": "failed"}, {**second, "source": "c.txt"}]

    assert restated(out, other) == [
        "manifest: does not list the input b.txt",
        "manifest: says that a.txt is failed; failures has none of it",
        "manifest: the input c.txt has come to nothing, neither document nor failure",
    ]


@given(st.lists(st.text(), min_size=1), st.integers(-5, 9), st.integers(-5, 9))
def test_slices_of_sources(texts: list[str], start: int, end: int) -> None:
    sources = Sources()
    for number, text in enumerate(texts):
        sources.add(str(number), text)
        sources.add(f"{number} and more", text + "\U0001f600")
    for number, text in enumerate(texts):
        assert sources.slice(str(number), start, end) == text[start:end]
        assert sources.slice(f"{number} and more", start, end) == (text + "\U0001f600")[start:end]
    assert "0" in sources
    assert "none" not in sources
    assert sources.slice("none", 0, 9) == ""
    sources.close()


@given(st.sets(st.text(max_size=3), min_size=1), st.text(max_size=3))
def test_keys(names: set[str], other: str) -> None:
    keys = Keys()
    for name in names:
        keys.add(name, "x")
        assert (name, "x") in keys
    assert ((other, "x") in keys) == (other in names)
    assert (other, "y") not in keys


@pytest.mark.skipif(sys.platform != "linux", reason="measured by /proc")
def test_memory_does_not_grow_with_the_texts(tmp_path: Path) -> None:
    def peak(documents: int) -> int:
        """Bytes of memory that a check of so many documents takes at most."""
        corpus = write(tmp_path / f"in{documents}", {f"{i:03}.txt": story(i, 900) for i in range(documents)})
        assert pipeline("clean", corpus, tmp_path / f"out{documents}", "--extractor", "none").returncode == 0
        code = (
            "import sys; from pathlib import Path; from pipeline.write.verify import audit\n"
            "assert not audit(Path(sys.argv[1])).problems\n"
            "print(*(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
        )
        command = [sys.executable, "-c", code, str(tmp_path / f"out{documents}")]
        return int(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout) << 10

    few, many = peak(4), peak(40)
    text = sum(path.stat().st_size for path in (tmp_path / "in40").rglob("*.txt"))
    assert many - few < text / 2


PIECES = st.lists(
    st.sampled_from(
        [
            "The ferry leaves the small harbour at nine, and comes back before the evening tide.",
            "The keeper of the lighthouse wrote down every sail that passed the point.",
            "Leave a Reply",
            "The talks go on. Enditem",
            "========================================",
            "    A title between two bars",
            "- an item of a list",
            "exam-",
            "ple",
            "* * *",
            *(
                "\n",
                "\n\n",
                "\r\n",
                "\r",
                "\t",
                "  ",
                " ",
                "\u2028",
                "\u00a0",
                "\ufeff",
                "\x07",
                "\x1f",
                "\u2028> ",
                "\x0b> ",
                "\x85> ",
                "\u200d",
                "\u200b",
                "\u00ad",
            ),
            *(
                "e\u0301",
                "\u0301",
                "\u0327",
                "&amp;",
                "&amp;lt;",
                "&#x301;",
                "&nbsp;",
                "\u1100",
                "\u1161",
                "가",
                "\x00",
                "$\x1f\u1fef",
                "> It was said that the wall would be built,",
            ),
        ]
    ),
    max_size=30,
)


def untrue(document: Document) -> list[str]:
    """What rules say of the edits of a document that is not so."""
    ledgered = list(zip(document.edits, document.removed, strict=True))
    source = ledger.undo(document.text, ((e.start, e.end, text, e.replacement) for e, text in ledgered))
    found: list[str] = []
    for e, text in ledgered:
        record = EditRecord(
            document=document.number,
            start=e.start,
            end=e.end,
            text=text,
            replacement=e.replacement,
            rule=e.rule,
            evidence=e.evidence,
        )
        if problem := claims.problem(record, source):
            found.append(f"{e.rule} {text!r} {problem}")
    return found


@example(["\ufeff", "\n", "The ferry leaves at nine.", "\n\n", "The keeper wrote down every sail."], {0})
@given(PIECES, st.sets(st.integers(0, 9)))
def test_every_edit_is_what_its_rule_says(pieces: list[str], gone: set[int]) -> None:
    data = "".join(pieces).encode()
    assume(not control_kind(data))
    document = clean_text(data)
    assert untrue(document) == []
    copies = {block.id: Verdict("copy") for number, block in enumerate(document.blocks) if number in gone}
    assert untrue(cleaning.without(document, copies)) == []


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize(
    "title",
    [
        "L’été à Besançon : la forêt brûlée",
        "Η γέφυρα της Αθήνας",
        "Đường phố Hà Nội ngập nước",
        "Йошкар-Ола ждёт весну",
        "대통령 선거가 끝났다",
        "İstanbul'da köprü açıldı",
        "がんばれ、みなと",
    ],
)
@pytest.mark.parametrize("is_page", [False, True])
def test_letters_and_accents_apart_are_the_title_still(tmp_path: Path, form: str, title: str, *, is_page: bool) -> None:
    body = (
        "The council voted on Monday to close the old bridge for the whole of the summer, and nobody was asked to pay."
    )
    written = unicodedata.normalize(form, title)  # type: ignore[arg-type]
    author = unicodedata.normalize(form, "José Núñez")  # type: ignore[arg-type]
    paragraphs = [body, body.replace("Monday", "Tuesday"), body.replace("bridge", "harbour")]
    if is_page:
        inner = "".join(f"<p>{one}</p>" for one in paragraphs)
        text = f"<!doctype html><meta charset=utf-8><title>{written}</title><h1>{written}</h1><p>By {author}</p>{inner}"
    else:
        text = "\n\n".join([written, f"By {author}", *paragraphs])
    (tmp_path / ("a.html" if is_page else "a.txt")).write_text(text, "utf-8")
    clean([tmp_path], tmp_path / "out")
    (document,) = read_documents(tmp_path / "out")
    assert document.metadata.title == unicodedata.normalize("NFC", title)
    assert document.metadata.author == "José Núñez"
    assert audit(tmp_path / "out").problems == []


def test_a_title_with_references_twice_escaped_is_the_documents(tmp_path: Path) -> None:
    body = "The council voted on Monday to close the old bridge for the whole of the summer, and nobody was asked to pay for it."
    (tmp_path / "a.txt").write_text(f"The bridge &amp;amp; the wall\n\n{body}\n\n{body.replace('Monday', 'Tuesday')}\n")
    clean([tmp_path / "a.txt"], tmp_path / "out")
    (document,) = read_documents(tmp_path / "out")
    assert document.metadata.title == "The bridge &amp; the wall"
    assert audit(tmp_path / "out").problems == []


def test_an_output_is_held_against_its_inputs(out: Path) -> None:
    """One that has changed, one that is gone and one that is new are told each by its name; exit code 1."""
    inputs = out.parent / "in"
    assert audit(out, [str(inputs)]).problems == []
    before = (inputs / "a.txt").read_bytes()
    (inputs / "a.txt").write_bytes(before[:-1] + b"!")  # of the same size
    assert audit(out, [str(inputs)]).problems == ["a.txt: has changed since the run"]
    assert audit(out).problems == []
    (inputs / "a.txt").write_bytes(before)
    (inputs / "c.txt").write_text("A new page.")
    (inputs / "b.txt").unlink()
    expected = [
        "c.txt: is an input, but the manifest does not know it",
        "b.txt: the manifest lists it, but it is not among the inputs",
    ]
    assert audit(out, [str(inputs)]).problems == expected
    done = pipeline("verify", out, "--against", inputs)
    assert (done.returncode, [line in done.stderr.decode() for line in expected]) == (1, [True, True])
    assert pipeline("verify", out, "--against", inputs / "a.txt").returncode == 1  # a part of them is not all of them


def test_a_file_that_is_not_what_the_manifest_says(out: Path) -> None:
    """Each output, whatever it holds, changed at its end or gone: a problem that names it, and exit code 1."""
    for name in ("documents.jsonl", "removed.jsonl", "pairs.jsonl", "failures.jsonl", "report.html", "README.md"):
        data = (out / name).read_bytes()
        for damaged in (data[:-1] + b"x" if data else b"\n", data[: len(data) // 2] or b"{", None):
            (out / name).unlink() if damaged is None else (out / name).write_bytes(damaged)
            problems = audit(out).problems
            assert problems
            assert problems[0].startswith(f"{name}: "), problems
            assert len(set(problems)) == len(problems)
        (out / name).write_bytes(data)
        assert audit(out).problems == []
    (out / "documents.jsonl").write_bytes(b"{")
    done = pipeline("verify", out)
    assert (done.returncode, b"documents.jsonl: is not the file" in done.stderr) == (1, True)
