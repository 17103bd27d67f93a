"""Nothing is removed that is not said elsewhere: what `--copies strike` takes out, what the ledger tells of it, and how
`verify` proves it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline import Config, clean, read_documents, read_ledgers, read_records
from pipeline.match.shared import differences
from pipeline.tokens import tokenize
from pipeline.write.links import Links
from pipeline.write.output import Output
from pipeline.write.receipts import Receipts
from pipeline.write.verify import audit
from tests.match.test_relations import FILLER, TEXTS

STRIKE = Config(copy_action="strike", revision_action="strike")
PORT, ORCHARD, MUSEUM = TEXTS["port"], TEXTS["orchard"], TEXTS["museum"]
OTHERS = (
    "The lamp in the tower burns from dusk to dawn, and its keeper writes down every sail that passes the point.",
    "A new bakery has opened beside the mill, and people stand in line for its rye bread before the sun is up.",
    "Children of the upper school have painted the wall of the gymnasium with the animals of the northern forest.",
)


def run(tmp_path: Path, pages: dict[str, list[str]], config: Config = STRIKE) -> Path:
    (tmp_path / "in").mkdir()
    for number, (name, paragraphs) in enumerate(pages.items()):
        text = "\n\n".join([OTHERS[number], *paragraphs])
        (tmp_path / "in" / name).write_text(text, encoding="utf-8")
    clean([tmp_path / "in"], tmp_path / "out", config)
    return tmp_path / "out"


def removed(out: Path) -> list[dict[str, Any]]:
    return [edit for edit in read_records(out, "removed") if edit["evidence"]["paragraph_id"]]


def runs_of_three(text: str) -> set[tuple[str, ...]]:
    words = tokenize([text]).words(0)
    return {tuple(words[at : at + 3]) for at in range(len(words) - 2)}


def test_a_copy_is_removed_with_a_receipt(tmp_path: Path) -> None:
    out = run(tmp_path, {"a.txt": [PORT], "b.txt": [PORT.replace(" – ", " - ").upper()]})
    (edit,) = removed(out)
    assert edit["document"] == 1
    kept = edit["evidence"]["kept"]
    assert kept["source"] == "a.txt"
    source = (tmp_path / "in" / "a.txt").read_text()
    assert source[kept["start"] : kept["end"]] == PORT
    assert runs_of_three(edit["text"]) <= runs_of_three(PORT)
    (difference,) = kept["differs"]
    assert (difference["removed"], difference["kept"]) == (PORT.upper(), PORT)
    assert audit(out).problems == []


def test_what_differs_is_told(tmp_path: Path) -> None:
    out = run(tmp_path, {"a.txt": [PORT], "b.txt": [PORT[: PORT.index(" Fishermen")]]})
    (edit,) = removed(out)
    (difference,) = edit["evidence"]["kept"]["differs"]
    assert difference["removed"] == ""
    assert difference["kept"].startswith("Fishermen may use the outer mole")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("will not be opened", "will be opened"),
        ("4.5 million", "6.5 million"),
        ("great ice", "thick ice"),
        ("Martha", "Mary"),
    ],
)
def test_what_has_other_words_stays_whatever_it_is_called(tmp_path: Path, old: str, new: str) -> None:
    """The earlier text is kept, and so is one that says something else, even by one word."""
    out = run(tmp_path, {"a.txt": [PORT], "b.txt": [PORT.replace(old, new)]})
    assert removed(out) == []
    texts = [document["text"] for document in read_documents(out)]
    assert PORT in texts[0]
    assert PORT.replace(old, new) in texts[1]
    (cluster,) = (c for c in read_records(out, "clusters") if c["level"] == "paragraph")
    assert cluster["size"] == 2


def test_a_longer_version_stays(tmp_path: Path) -> None:
    longer = PORT + " The board meets again in the first week of autumn, and anybody may come and speak."
    out = run(tmp_path, {"a.txt": ["By Jane Roe, 3 May 2019", PORT], "b.txt": ["By Jane Roe, 5 May 2019", longer]})
    assert removed(out) == []


def test_the_same_words_with_another_currency_are_a_revision(tmp_path: Path) -> None:
    out = run(tmp_path, {"a.txt": [ORCHARD], "b.txt": [ORCHARD.replace("$9", "€9")]}, Config(copy_action="strike"))
    (pair,) = (pair for pair in read_records(out, "pairs") if pair["a"]["paragraph_id"])
    assert (pair["jaccard"], pair["relation"]) == (1, "revision")
    assert removed(out) == []


def test_a_receipt_is_true_of_what_would_have_been_mended(tmp_path: Path) -> None:
    """What is removed stands in the ledger as it was in its source; the text that is kept has been repaired."""
    broken = PORT.replace(" may use", "\t may &lt;br&gt; use")
    whole = PORT.replace(" may use", " may <br> use")
    out = run(tmp_path, {"a.txt": [whole], "b.txt": [broken]})
    (edit,) = removed(out)
    assert edit["text"] == broken
    assert audit(out).problems == []


def test_what_a_rule_cut_out_of_a_copy_keeps_its_rule(tmp_path: Path) -> None:
    rule = """
[[rule]]
id = "advertisement-mark"
category = "promo"
scope = "inline"
why = "Marks of advertisements stand between sentences."
patterns.en = '(\\[advert [0-9]+\\])'
matches = "One. [advert 12] Two."
misses = "One advert."
"""
    pages = {"a.txt": [PORT], "b.txt": [PORT.replace(" Fishermen", " [advert 12] Fishermen")]}
    out = run(tmp_path, pages, Config(copy_action="strike", rules=(rule,)))
    _, (_, ledger) = read_ledgers(out)
    texts = {edit["rule"]: edit["text"] for edit in ledger}
    assert texts["advertisement-mark"].strip() == "[advert 12]"
    assert "advert" not in texts["copy"]
    assert audit(out).problems == []


def test_links_below_a_copy_that_is_removed_stand_where_they_did(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(f"{OTHERS[0]}\n\n{PORT}\n\n{FILLER}\n\n{MUSEUM}\n")
    (tmp_path / "in" / "b.html").write_text(
        f'<main><p>{OTHERS[1]}</p><p>{PORT}</p><p>{OTHERS[2]} It was <a href="/wall">painted in May</a>, by hand.</p></main>'
    )
    clean([tmp_path / "in"], tmp_path / "out", STRIKE)
    assert [edit["document"] for edit in removed(tmp_path / "out")] == [1]
    page = list(read_documents(tmp_path / "out"))[1]
    marks = [mark for block in page.blocks for mark in block.marks]
    assert [(page.text[mark.start : mark.end], mark.href) for mark in marks] == [("painted in May", "/wall")]
    assert "[painted in May](/wall)" in page.markdown


def test_verify_finds_a_paragraph_whose_words_are_not_kept(tmp_path: Path) -> None:
    out = run(tmp_path, {"a.txt": [PORT, MUSEUM], "b.txt": [PORT]})
    assert audit(out).problems == []
    lines = (out / "removed.jsonl").read_text().splitlines()
    changed = []
    for line in lines:
        edit = json.loads(line)
        if "kept" in edit["evidence"]:
            edit["evidence"]["kept"]["start"] += 40
        changed.append(json.dumps(edit, ensure_ascii=False))
    (out / "removed.jsonl").write_text("\n".join(changed) + "\n")
    problems = audit(out).problems
    assert any("has words that are not kept at a.txt:" in problem for problem in problems)


@pytest.mark.parametrize("words", [1, 2, 3, 4])
def test_verify_wants_every_run_of_three_words(tmp_path: Path, words: int) -> None:
    """The text that is said to be kept has all words of what was removed, in runs of so many and no more."""
    out = run(tmp_path, {"a.txt": [PORT], "b.txt": [PORT]})
    parts = PORT.split()
    pieces = [" ".join(parts[at : at + words]) for at in range(len(parts) - words + 1)]
    text = " zzz ".join(pieces)
    record = next(one for one in read_documents(out) if one.source == "a.txt")
    block = next(one for one in record.blocks if record.text[one.start : one.end] == PORT)
    receipts = Receipts(Output(out))
    receipts.add(record.replace(text=text, blocks=(block.replace(start=0, end=len(text)),)))
    links = Links()
    links.add(record, ())
    assert bool(list(receipts.problems(links))) == (words < 3)


def test_the_receipt_says_whether_what_is_kept_is_older(tmp_path: Path) -> None:
    out = run(tmp_path, {"a.txt": [PORT], "b.txt": [PORT]})
    (edit,) = removed(out)
    assert edit["evidence"]["kept"]["older"] is False
    # The first paragraph of the new run stands right behind the last of the older one.
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "c.txt").write_text(f"{MUSEUM}\n\n{PORT}")
    (tmp_path / "new" / "d.txt").write_text(f"{ORCHARD}\n\n{MUSEUM}")
    clean(tmp_path / "new", tmp_path / "out2", STRIKE, against=out)
    kept = [edit["evidence"]["kept"] for edit in removed(tmp_path / "out2")]
    assert [(one["source"], one["older"]) for one in kept] == [("a.txt", True), ("c.txt", False)]


def test_verify_finds_a_cluster_of_which_nothing_stands(tmp_path: Path) -> None:
    out = run(tmp_path, {"a.txt": [PORT], "b.txt": [PORT]})
    (edit,) = removed(out)
    lines = (out / "clusters.jsonl").read_text().splitlines()
    cluster = next(c for c in map(json.loads, lines) if c["level"] == "paragraph")
    gone = {"document_id": edit["evidence"]["paragraph_id"][:32], "paragraph_id": edit["evidence"]["paragraph_id"]}
    cluster |= {"canonical": gone, "members": [gone, gone]}
    (out / "clusters.jsonl").write_text(json.dumps(cluster) + "\n")
    assert any("no member stands in a text any more" in problem for problem in audit(out).problems)


def test_a_source_that_loses_more_than_half_is_told_of(tmp_path: Path) -> None:
    rows = {
        "first.jsonl": [f"{OTHERS[2]} {OTHERS[1]}\n\n{PORT}", f"{OTHERS[1]}\n\n{ORCHARD}"],
        "second.jsonl": [f"{OTHERS[0]}\n\n{PORT}", ORCHARD],
    }
    (tmp_path / "in").mkdir()
    for name, texts in rows.items():
        lines = "".join(json.dumps({"text": text}) + "\n" for text in texts)
        (tmp_path / "in" / name).write_text(lines, encoding="utf-8")
    summary = clean([tmp_path / "in"], tmp_path / "out", STRIKE)
    (alarm,) = summary.struck
    assert (alarm.source, summary.counts["sources_struck"]) == ("second.jsonl", 1)
    assert alarm.struck == pytest.approx(len(PORT) + len(ORCHARD), abs=4)
    assert alarm.chars == pytest.approx(len(PORT) + len(ORCHARD) + len(OTHERS[0]), abs=6)
    assert "more than half of the text was struck as copies from second.jsonl (93% of " in summary.as_text()
    report = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "second.jsonl" in report[report.index("Struck as copies, by source") :].split("</section>")[0]
    again = clean([tmp_path / "in"], tmp_path / "out", STRIKE)
    assert again.as_text() == summary.as_text()
    assert audit(tmp_path / "out").problems == []
    kept = clean([tmp_path / "in"], tmp_path / "kept", Config())
    assert (kept.struck, kept.counts["sources_struck"]) == ([], 0)


def test_all_that_differs_is_told_up_to_ten() -> None:
    one, other = "a b c d e f g h", "a x c d y f g z"
    assert [(found.removed, found.kept) for found in differences(one, other)] == [("b", "x"), ("e", "y"), ("h", "z")]
    many = " ".join(f"same w{place}" for place in range(30))
    assert len(differences(many, many.replace("w", "v"))) == 10


@pytest.mark.parametrize(("more", "is_told"), [(0, False), (-1, True)])
def test_half_of_a_source_is_not_more_than_half(tmp_path: Path, more: int, is_told: bool) -> None:
    own = (MUSEUM * 9)[: len(PORT) + more]
    (tmp_path / "in").mkdir()
    for name, texts in (("a.jsonl", [PORT]), ("b.jsonl", [PORT, own])):
        (tmp_path / "in" / name).write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    summary = clean(tmp_path / "in", tmp_path / "out", Config(copy_action="strike", cleaning=False))
    assert [one.source for one in summary.struck] == ["b.jsonl"] * is_told


def test_a_site_is_one_source(tmp_path: Path) -> None:
    pages = {"a.example": PORT, "b.example": PORT, "c.example": MUSEUM}
    lines = [
        {"text": f"{OTHERS[number]}\n\n{text}", "url": f"https://www.{site}/{number}"}
        for number, (site, text) in enumerate(pages.items())
    ]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    summary = clean([tmp_path / "in.jsonl"], tmp_path / "out", STRIKE)
    assert [alarm.source for alarm in summary.struck] == ["b.example"]


def test_verify_finds_a_receipt_for_words_that_were_cut_off(tmp_path: Path) -> None:
    """The source of what is kept has the words, but its clean text has not."""
    out = run(tmp_path, {"a.txt": [PORT], "b.txt": [PORT]})
    documents = [json.loads(line) for line in (out / "documents.jsonl").read_text().splitlines()]
    first = documents[0]
    paragraph = first["blocks"][-1]
    paragraph["src_start"] += 1
    (out / "documents.jsonl").write_text("".join(json.dumps(one) + "\n" for one in documents))
    assert any("has words that are not kept at a.txt:" in problem for problem in audit(out).problems)


def test_what_an_older_run_has_is_removed_with_a_receipt(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    older = run(tmp_path / "old", {"a.txt": [PORT, ORCHARD]}, Config())
    (tmp_path / "new").mkdir()
    changed = ORCHARD.replace("one tree in five", "one tree in nine")
    (tmp_path / "new" / "b.txt").write_text(f"{FILLER}\n\n{PORT}\n\n{changed}\n", encoding="utf-8")
    clean([tmp_path / "new"], tmp_path / "out", Config(), against=older)
    (edit,) = removed(tmp_path / "out")
    assert edit["text"] == PORT
    assert edit["evidence"]["kept"]["source"] == "a.txt"
    (document,) = read_documents(tmp_path / "out")
    assert changed in document["text"]
