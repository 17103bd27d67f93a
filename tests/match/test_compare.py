"""What documents share: clusters, relations, the canonical member, and copies taken out on request."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import Config, clean, read_documents, read_records
from pipeline.records import MAX_PASSAGE_TEXT
from pipeline.write.verify import audit

STORM = (
    "The harbour authority closed two bridges on Friday after a storm tore loose a barge, "
    "and ferries stayed in port until the evening."
)
DIVERS = (
    "Nobody was hurt, but the main road along the coast stayed shut for nine hours while divers "
    "looked at the pillars of the older of the two bridges, and the buses that cross it each morning went "
    "the long way round by the mill and the quarry, as they had done in the winter of the great ice."
)
QUOTE = "we will not open a bridge that we would not drive our own children over"
MAYOR = f"“Until the tests are done,” the mayor told reporters on the pier, “{QUOTE}, and that is final.”"
REPORT = (
    f"At a council meeting that ran past midnight the mayor repeated that {QUOTE}, to applause from the benches "
    "and one whistle from the gallery, where the ferry company's owners sat in a row and took notes on their phones."
)


def run(tmp_path: Path, pages: dict[str, list[str]], config: Config | None = None) -> Path:
    folder = tmp_path / "in"
    folder.mkdir(exist_ok=True)
    for name, paragraphs in pages.items():
        (folder / name).write_text("\n\n".join(paragraphs), encoding="utf-8")
    clean([folder], tmp_path / "out", config or Config())
    return tmp_path / "out"


PAGES = {
    "a.txt": ["A storm at sea", STORM, "Only this page speaks of the lighthouse keeper, who has kept the lamp for forty years."],
    "b.txt": ["Bridges shut", "Only this page speaks of the market, which opened late and sold out of bread by ten.", STORM, DIVERS],
    "c.txt": ["In brief", DIVERS.replace("nine hours", "eleven hours"), MAYOR],
    "d.txt": ["Council", REPORT],
}  # fmt: skip


def test_copies_and_revisions_are_linked_and_stay(tmp_path: Path) -> None:
    out = run(tmp_path, PAGES)
    clusters = {cluster["relation"]: cluster for cluster in read_records(out, "clusters")}
    assert clusters["copy"]["sources"] == ["a.txt", "b.txt"]
    assert clusters["revision"]["sources"] == ["b.txt", "c.txt"]
    documents = {document["source"]: document for document in read_documents(out)}
    assert all(STORM in documents[name]["text"] for name in ("a.txt", "b.txt"))
    marked = [p for document in documents.values() for p in document["blocks"] if p["cluster_id"]]
    assert sorted((p["relation"], p["canonical"]) for p in marked) == [
        ("copy", False), ("copy", True), ("revision", False), ("revision", True),
    ]  # fmt: skip
    for pair in read_records(out, "pairs"):
        assert 0.7 <= pair["jaccard"] <= 1


def test_a_line_is_compared_whatever_its_kind(tmp_path: Path) -> None:
    line = "Ferry company fined after captain slept through two calls"
    pages = {name: [PAGES[name][0], PAGES[name][1], line, PAGES[name][-1]] for name in ("a.txt", "b.txt")}
    out = run(tmp_path, pages)
    assert [d["blocks"][1]["kind"] for d in read_documents(out)] == ["heading", "heading"]
    (pair,) = read_records(out, "pairs")
    assert (pair["jaccard"], pair["relation"]) == (1, "copy")


def test_invisible_characters_are_as_if_they_were_not_there(tmp_path: Path) -> None:
    torn = "\u200b".join(STORM[i : i + 3] for i in range(0, len(STORM), 3)).replace("harbour", "har\u00adbour")
    out = run(tmp_path, {"a.txt": PAGES["a.txt"], "b.txt": ["Bridges shut", torn]})
    assert STORM in list(read_documents(out))[1]["text"]
    (pair,) = read_records(out, "pairs")
    assert (pair["jaccard"], pair["relation"]) == (1, "copy")


@pytest.mark.parametrize(
    ("config", "unasked"),
    [
        (Config(), False),
        (Config(threshold=0.3), False),
        (Config(threshold=0.03), True),
        (Config(num_perm=8, bands=2), True),
    ],
)
def test_a_run_says_unasked_where_it_may_miss_pairs(tmp_path: Path, config: Config, unasked: bool) -> None:
    said: list[tuple[int, str]] = []
    (tmp_path / "a.txt").write_text(STORM)
    clean([tmp_path / "a.txt"], tmp_path / "out", config, say=lambda *line: said.append(line))
    (loudness,) = [level for level, line in said if line.startswith("of paragraphs with a similarity of")]
    assert (loudness == 0) == unasked


def test_a_quote_is_a_passage_and_no_duplicate(tmp_path: Path) -> None:
    out = run(tmp_path, {name: PAGES[name] for name in ("c.txt", "d.txt")})
    assert list(read_records(out, "clusters")) == []
    (passage,) = read_records(out, "passages")
    assert QUOTE in passage["a"]["text"]
    assert QUOTE in passage["b"]["text"]
    assert passage["longest_run"] >= len(QUOTE.split())
    assert passage["origins"] == 2


def test_a_record_quotes_the_beginning_of_a_passage_of_any_length(tmp_path: Path) -> None:
    shared = " ".join(f"{word} went by the harbour wall in silence." for word in map(_name, range(6000)))
    out = run(
        tmp_path, {"a.txt": ["Ann says this.", shared], "b.txt": [shared, "Bob says that."]}, Config(cleaning=False)
    )
    (passage,) = read_records(out, "passages")
    for side in ("a", "b"):
        assert passage[side]["text"] == shared[:MAX_PASSAGE_TEXT]
        assert passage[side]["end"] - passage[side]["start"] == len(shared) > 2 * MAX_PASSAGE_TEXT
    assert audit(out).problems == []


def _name(number: int) -> str:
    """A word of letters for a number."""
    return "Q" + "".join(chr(ord("a") + int(digit)) for digit in str(number))


def test_struck_copies_leave_the_canonical_one_and_are_in_the_ledger(tmp_path: Path) -> None:
    out = run(tmp_path, PAGES, Config(copy_action="strike"))
    texts = {document["source"]: document["text"] for document in read_documents(out)}
    assert sum(STORM in text for text in texts.values()) == 1
    struck = [record for record in read_records(out, "removed") if record["rule"] == "copy"]
    assert [record["text"] for record in struck] == [STORM]
    (cluster,) = [c for c in read_records(out, "clusters") if c["relation"] == "copy"]
    assert struck[0]["evidence"]["cluster_id"] == cluster["cluster_id"]


def test_a_whole_copied_document_names_its_original(tmp_path: Path) -> None:
    body = [STORM, DIVERS, MAYOR]
    pages = {
        "late.txt": ["Storm shuts bridges", "By Jane Roe, 5 May 2019", *body],
        "early.txt": ["Bridges shut by storm", "3 May 2019", *body],
        "other.txt": PAGES["a.txt"][:1] + PAGES["a.txt"][2:],
    }
    documents = {document["source"]: document for document in read_documents(run(tmp_path, pages))}
    assert documents["late.txt"]["duplicate_of"] == documents["early.txt"]["id"]
    assert documents["early.txt"]["duplicate_of"] is None
    assert documents["other.txt"]["duplicate_of"] is None


def test_chains_do_not_swallow_what_is_unlike(tmp_path: Path) -> None:
    words = [f"word{i}" for i in range(60)]
    a, b, c = words[:40], words[5:45], words[10:50]
    pages = {f"{name}.txt": [" ".join(part) + "."] for name, part in (("a", a), ("b", b), ("c", c))}
    out = run(tmp_path, pages, Config(copy_action="strike", revision_action="strike", threshold=0.75))
    kept = {document["source"] for document in read_documents(out) if document["text"]}
    assert {"a.txt", "c.txt"} <= kept or kept == {"a.txt", "b.txt", "c.txt"}


@pytest.mark.parametrize("seed", range(3))
def test_clusters_do_not_depend_on_source_order(tmp_path: Path, seed: int) -> None:
    import random

    names = list(PAGES)
    random.Random(seed).shuffle(names)
    folder = tmp_path / "in"
    folder.mkdir()
    for name in names:
        (folder / name).write_text("\n\n".join(PAGES[name]), encoding="utf-8")
    clean([folder / name for name in names], tmp_path / "one")
    clean([folder / name for name in sorted(names)], tmp_path / "two")
    for name in ("clusters", "pairs", "passages", "documents"):
        assert list(read_records(tmp_path / "one", name)) == list(read_records(tmp_path / "two", name))


def test_only_a_copy_of_another_source_is_struck(tmp_path: Path) -> None:
    """What a document says twice, word by word or nearly, stays twice: it is a repeat, and `--copies` is not about it."""
    (tmp_path / "in").mkdir()
    longer = f"{STORM} So much for the storm."
    (tmp_path / "in" / "a.txt").write_text("\n\n".join([STORM, longer, STORM]))
    config = Config(cleaning=False, copy_action="strike", revision_action="strike")
    clean([tmp_path / "in"], tmp_path / "out", config, workers=0)
    (document,) = read_documents(tmp_path / "out")
    assert document["text"] == "\n\n".join([STORM, longer, STORM])
    assert {pair["relation"] for pair in read_records(tmp_path / "out", "pairs")} == {"repeat"}
    assert not [edit for edit in read_records(tmp_path / "out", "removed") if edit["evidence"]["kept"]]
