"""Every field of what commands print with `--json`, counted again from what lies in the folders."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from pipeline import Config, clean
from pipeline.explain.undo import restored
from pipeline.write.output import Output
from tests.cli.conftest import Said, Told
from tests.judge.test_templates import story

ONE, TWO, THREE = story(1, 4), story(2, 4), story(3, 4)
QUOTE = "Nobody in the old town would ever pay for a wall that they could not see from their own front doors"
PAGE = ["Share on Facebook", *ONE[:3], "Skip to main content"]


def rows(out: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / f"{name}.jsonl").read_text().splitlines()]


def edits_of(out: Path, source: str) -> list[dict[str, Any]]:
    """The lines of the ledger of a source; none where the output has no such document."""
    numbers = [one["number"] for one in rows(out, "documents") if one["source"] == source]
    return [edit for edit in rows(out, "removed") if edit["document"] in numbers]


def shortened(edit: dict[str, Any]) -> int:
    """By how many characters; a replacement that is left out is empty."""
    return len(edit["text"]) - len(edit.get("replacement", ""))


def paragraph_ids(document: dict[str, Any]) -> list[str]:
    """What clusters, pairs and commands call its blocks."""
    return [f"{document['id']}-{block['id']}" for block in document["blocks"]]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`in` with a page with cruft, one that has two of its paragraphs (one with other words), one with a quote, a failure and
    a picture's line; `out` and `later` made of it, the latter of other texts and with other options."""
    desk = tmp_path_factory.mktemp("desk")
    (desk / "in").mkdir()
    changed = ONE[0].replace(ONE[0].split()[1], "warden")
    texts = {
        "a.txt": [*PAGE, f"{TWO[0]} {QUOTE}, said the warden. {TWO[1]}"],
        "b.txt": [changed, ONE[1], *THREE[:2], f"{THREE[2]} {QUOTE}, somebody wrote. {THREE[3]}"],
        "c.txt": ["Share on Facebook"],
        "d.txt": TWO,
        "e.txt": ["Share on Facebook", *THREE],
        "f.txt": THREE,
    }
    for name, paragraphs in texts.items():
        (desk / "in" / name).write_text("\n\n".join(paragraphs))
    (desk / "in" / "z.jsonl").write_text('{"text": ""}\n{broken\n' + json.dumps({"text": TWO[3], "n": 1}) + "\n")
    clean(desk / "in", desk / "out", workers=0)
    (desk / "new").mkdir()
    texts |= {"d.txt": [*TWO, "Share on Facebook", "Skip to main content"], "g.txt": ONE}
    del texts["f.txt"]
    for name, paragraphs in texts.items():
        (desk / "new" / name).write_text("\n\n".join(paragraphs))
    (desk / "new" / "z.jsonl").write_bytes((desk / "in" / "z.jsonl").read_bytes())
    rule = f'[[rule]]\nid = "warden"\ncategory = "promo"\nwhy = "w"\nphrases.any = """\n{THREE[1].lower()}"""\n'
    clean(desk / "new", desk / "later", Config(threshold=0.6, rules=(rule,)), workers=0)
    return desk


def test_a_run_tells_what_stands_in_its_files(told: Told, desk: Path, tmp_path: Path) -> None:
    (summary,) = told("clean", desk / "in", tmp_path / "out", "--workers", "0", code=3)
    out, manifest = tmp_path / "out", json.loads((tmp_path / "out" / "manifest.json").read_text())
    documents, removed = rows(out, "documents"), rows(out, "removed")
    blocks = [block for one in documents for block in one["blocks"]]
    lost: Counter[str] = Counter()
    for edit in removed:
        lost[edit["rule"]] += shortened(edit)
    assert summary == {
        "out": str(out),
        "inputs": 7,
        "documents": len(documents),
        "chars_in": sum(one["metadata"]["chars_in"] for one in documents),
        "chars_out": sum(len(one["text"]) for one in documents),
        "edits": len(removed),
        "paragraphs": len(blocks),
        "linked": sum("cluster_id" in block for block in blocks),
        "templates": 1,  # `Share on Facebook`
        "clusters": len(rows(out, "clusters")),
        "pairs": len(rows(out, "pairs")),
        "passages": len(rows(out, "passages")),
        "failures": len(rows(out, "failures")),
        "sources_struck": 0,
        "families": manifest["families"],
        "passed_over": {},
        "struck": [],
    }
    assert sum(summary["families"].values()) == sum(lost.values()) == summary["chars_in"] - summary["chars_out"]
    assert {name: summary[name] for name in manifest["counts"]} == manifest["counts"]
    (again,) = told("clean", desk / "in", tmp_path / "out", "--workers", "0", code=3)
    assert again == summary  # nothing was to be done, and the same is told


def test_figures_of_an_output(told: Told, desk: Path) -> None:
    (figures,) = told("stats", desk / "out")
    documents, failures = rows(desk / "out", "documents"), rows(desk / "out", "failures")
    inputs = json.loads((desk / "out" / "manifest.json").read_text())["inputs"]
    quality = [one["quality"]["f1"] for one in documents if one["quality"]]
    read, kept = (sum(one["metadata"][name] for one in documents) for name in ("chars_in", "chars_out"))
    assert {one["source"]: one["status"] for one in inputs}["z.jsonl"] == "partial"
    shares = {
        "removed": 1 - kept / read,
        "failed": len(failures) / (len(documents) + len(failures)),
        "empty": sum(not one["text"] for one in documents) / len(documents),
        "copies": sum(one["duplicate_of"] is not None for one in documents) / len(documents),
        "quality": sum(quality) / len(quality),
        "worst": min(quality),
    }
    assert {name: figures.pop(name) for name in shares} == {
        name: pytest.approx(one, abs=1e-4) for name, one in shares.items()
    }
    assert 0 < shares["copies"] < 1
    assert 0 < shares["failed"] < 1
    assert figures == json.loads((desk / "out" / "manifest.json").read_text())["counts"]


def test_what_differs_and_by_which_rules(told: Told, desk: Path) -> None:
    """Of documents of either, in their order: lengths before and after, and what each rule takes out more (less: below 0)."""
    before, after = ({one["source"]: one for one in rows(desk / name, "documents")} for name in ("out", "later"))

    def lost(name: str, source: str) -> Counter[str]:
        found: Counter[str] = Counter()
        for edit in edits_of(desk / name, source):
            found[edit["rule"]] += shortened(edit)
        return found

    def kinds(one: dict[str, dict[str, Any]], source: str) -> Counter[str]:
        return Counter(block["kind"] for block in one[source]["blocks"])

    expected: list[dict[str, Any]] = []
    for source in sorted(before.keys() | after.keys()):
        sizes = [len(one[source]["text"]) if source in one else 0 for one in (before, after)]
        more = lost("later", source)
        more.subtract(lost("out", source))
        is_in_both = source in before and source in after
        rules = {rule: count for rule, count in more.items() if count and is_in_both}
        what = {"d.txt": "input", "f.txt": "gone", "g.txt": "added"}.get(source, "text" if rules else "same")
        other: list[str] = []
        blocks: Counter[str] = Counter()
        if is_in_both:
            old, new = before[source], after[source]
            told_already = ("sha256", "chars_out")
            other = [n for n, value in old["metadata"].items() if new["metadata"][n] != value and n not in told_already]
            other += [
                n
                for n in ("source_id", "added", "created", "quality", "captions", "posts", "extra")
                if old[n] != new[n]
            ]
            blocks.update(kinds(after, source))
            blocks.subtract(kinds(before, source))
        if what != "same":
            row = {"source": source, "what": what, "before": sizes[0], "after": sizes[1], "rules": rules}
            expected.append({**row, "fields": other, "kinds": {kind: n for kind, n in blocks.items() if n}})
    assert [one["source"] for one in expected] == ["b.txt", "d.txt", "e.txt", "f.txt", "g.txt"]
    assert expected[0]["rules"]["warden"] > 0
    assert told("diff", desk / "out", desk / "later", code=1) == expected
    swapped = {"added": "gone", "gone": "added"}
    assert told("diff", desk / "later", desk / "out", code=1) == [
        {
            "source": one["source"],
            "what": swapped.get(one["what"], one["what"]),
            "before": one["after"],
            "after": one["before"],
            "rules": {rule: -count for rule, count in one["rules"].items()},
            "fields": one["fields"],
            "kinds": {kind: -count for kind, count in one["kinds"].items()},
        }
        for one in expected
    ]


def test_two_texts_of_one_document_side_by_side(said: Said, desk: Path) -> None:
    code, printed, _ = said("diff", desk / "out", desk / "later", "b.txt")
    assert code == 1
    assert printed.splitlines()[:2] == [f"--- {desk / 'out'}", f"+++ {desk / 'later'}"]
    assert [line for line in printed.splitlines()[2:] if line[:1] in "+-" and len(line) > 1] == [f"-{THREE[1]}"]
    assert said("diff", desk / "out", desk / "later", "a.txt")[:2] == (0, "")
    assert said("diff", desk / "out", desk / "later", "b.txt", "--json")[0] == 2


def test_two_paragraphs_word_by_word(told: Told, said: Said, desk: Path) -> None:
    """`a` is the first that was named, and what is said of its share is of it, whichever way round the pair is."""
    documents = {one["source"]: one for one in rows(desk / "out", "documents")}
    (pair,) = (one for one in rows(desk / "out", "pairs") if 0.7 < one["jaccard"] < 1 and one["a"]["paragraph_id"])
    by_id = {
        name: one["text"][block["start"] : block["end"]]
        for one in documents.values()
        for name, block in zip(paragraph_ids(one), one["blocks"], strict=True)
    }
    for a, b, turned in ((pair["a"], pair["b"], False), (pair["b"], pair["a"], True)):
        (found,) = told("explain-dup", desk / "out", a["paragraph_id"], b["paragraph_id"])
        assert (found["a"], found["b"]) == (by_id[a["paragraph_id"]], by_id[b["paragraph_id"]])
        for name in ("a", "b"):
            assert " ".join(one["text"] for one in found["pieces"] if one["side"] in ("both", name)) == found[name]
        assert {one["side"] for one in found["pieces"]} == {"both", "a", "b"}
        ours, theirs = ("containment_ba", "containment_ab") if turned else ("containment_ab", "containment_ba")
        for name, other in (("jaccard", "jaccard"), ("containment_ab", ours), ("containment_ba", theirs)):
            assert found[name] == pytest.approx(pair[other], abs=1e-4)
        assert (found["threshold"], found["found"]) == (0.7, pair)
        text = said("explain-dup", desk / "out", a["paragraph_id"], b["paragraph_id"])[1]
        marked = {side: [one["text"] for one in found["pieces"] if one["side"] == side] for side in "ab"}
        assert all(f"[-{one}-]" in text for one in marked["a"])
        assert all(f"{{+{one}+}}" in text for one in marked["b"])
        assert f"linked as `{pair['relation']}`" in text
    apart = paragraph_ids(documents["a.txt"])[0], paragraph_ids(documents["f.txt"])[0]
    (found,) = told("explain-dup", desk / "out", *apart)
    assert (found["jaccard"], found["found"]) == (0, None)
    assert "not linked by this run" in said("explain-dup", desk / "out", *apart)[1]


def test_a_share_of_one_paragraph_that_another_has(told: Told, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("\n\n".join([f"{ONE[0]} {ONE[1]} {ONE[2]}", TWO[0]]))
    (tmp_path / "in" / "b.txt").write_text("\n\n".join([ONE[1], THREE[0]]))
    clean(tmp_path / "in", tmp_path / "out", workers=0)
    long, short = (paragraph_ids(one)[0] for one in rows(tmp_path / "out", "documents"))
    (found,) = told("explain-dup", tmp_path / "out", long, short)
    assert found["containment_ba"] == 1 > found["containment_ab"]
    assert found["found"]["relation"] == "quote"
    (found,) = told("explain-dup", tmp_path / "out", short, long)
    assert found["containment_ab"] == 1 > found["containment_ba"]


def test_every_line_and_what_became_of_it(told: Told, desk: Path) -> None:
    """The whole source, line by line; of the lines that are kept the block that holds them, of all the edits that touch them;
    what signals said where one line was asked for."""
    record = next(one for one in rows(desk / "out", "documents") if one["source"] == "a.txt")
    edits = edits_of(desk / "out", "a.txt")
    source = (desk / "in" / "a.txt").read_text()
    lines = told("why", desk / "out", "a.txt")
    assert [(one["line"], one["text"]) for one in lines] == [
        (number, text) for number, text in enumerate(source.split("\n"), 1) if text
    ]
    for one in lines:
        assert one["source"] == "a.txt"
        assert source[one["start"] : one["end"]] == one["text"]
        assert one["kept"] == (one["text"] in record["text"])
        holding = [
            (block, name)
            for block, name in zip(record["blocks"], paragraph_ids(record), strict=True)
            if block["src_start"] <= one["start"] < block["src_end"]
        ]
        assert (one["paragraph"], one["paragraph_id"]) == (holding[0] if one["kept"] else (None, None))
        assert one["edits"] == [edit for edit in edits if edit["start"] < one["end"] and edit["end"] > one["start"]]
        assert one["signals"] == []
        (alone,) = told("why", desk / "out", f"a.txt:{one['line']}")
        assert {**alone, "signals": []} == one
        assert any("line model: " in sentence for sentence in alone["signals"])
    assert [one["kept"] for one in lines] == [False, True, True, True, False, True]


def test_a_source_as_it_was(told: Told, desk: Path) -> None:
    (whole,) = told("restore", desk / "out", "a.txt")
    assert whole == {"source": "a.txt", "rules": [], "text": (desk / "in" / "a.txt").read_text()}
    (part,) = told("restore", desk / "out", "a.txt", "--rule", "skip-link")
    text = "\n\n".join((desk / "in" / "a.txt").read_text().split("\n\n")[1:])
    assert part == {"source": "a.txt", "rules": ["skip-link"], "text": text}
    (both,) = told("restore", desk / "out", "a.txt", "--rule", "skip-link", "--rule", "share-prompt")
    assert (both["rules"], both["text"]) == (["skip-link", "share-prompt"], whole["text"])


def test_an_output_that_holds_and_one_that_does_not(told: Told, desk: Path, tmp_path: Path) -> None:
    documents, removed = rows(desk / "out", "documents"), rows(desk / "out", "removed")
    (found,) = told("verify", desk / "out")
    right = {
        "out": str(desk / "out"),
        "documents": len(documents),
        "chars": sum(one["metadata"]["chars_in"] for one in documents),
        "edits": len(removed),
        "unaccounted": 0,
        "problems": [],
    }
    assert found == right
    for path in (desk / "out").iterdir():
        if path.is_file():
            (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "removed.jsonl").write_text("".join((desk / "out" / "removed.jsonl").open().readlines()[1:]))
    (found,) = told("verify", tmp_path, code=1)
    assert found["edits"] == len(removed) - 1
    assert found["unaccounted"] == shortened(removed[0])
    assert any(one.startswith("removed.jsonl: ") for one in found["problems"])
    (tmp_path / "other").mkdir()
    (found,) = told("verify", desk / "out", "--against", tmp_path / "other", code=1)
    assert found["problems"] == [
        f"{name}: the manifest lists it, but it is not among the inputs"
        for name in ("a.txt", "b.txt", "c.txt", "d.txt", "e.txt", "f.txt", "z.jsonl")
    ]
    assert told("verify", desk / "out", "--against", desk / "in") == [right]


def test_what_of_a_text_stands_elsewhere(told: Told, desk: Path, tmp_path: Path) -> None:
    """Places are those of the source there, spans those of the text that was asked about."""
    asked = tmp_path / "asked.txt"
    unlike = "Nothing like this line stands anywhere else, or so we hope."
    asked.write_text("\n\n".join([TWO[2], unlike, f"{story(10, 1)[0]} {QUOTE}! {story(11, 1)[0]}"]))
    text = asked.read_text()
    found = told("match", asked, "--against", desk / "out")
    assert [one["line"] for one in found] == [1, 5]
    for one in found:
        assert text[one["start"] : one["end"]] == one["text"]
        for other in (*one["duplicates"], *one["passages"]):
            source = (desk / "in" / other["source"]).read_text()
            there = source[other["source_start"] : other["source_end"]]
            assert there == other["text" if other in one["duplicates"] else "source_text"]
            record = next(row for row in rows(desk / "out", "documents") if row["source"] == other["source"])
            assert (other["out"], other["document_id"]) == (str(desk / "out"), record["id"])
            block = record["blocks"][paragraph_ids(record).index(other["paragraph_id"])]
            assert block["src_start"] <= other["source_start"] < other["source_end"] <= block["src_end"]
    (same,) = found[0]["duplicates"]
    assert (same["source"], same["relation"], same["jaccard"], same["containment_ab"], same["containment_ba"]) == (
        "d.txt",
        "copy",
        1,
        1,
        1,
    )
    assert found[0]["passages"] == found[1]["duplicates"] == []
    assert sorted(one["source"] for one in found[1]["passages"]) == ["a.txt", "b.txt"]
    for one in found[1]["passages"]:
        assert text[one["start"] : one["end"]] == one["text"]
        assert QUOTE in one["text"]
        assert one["words"] >= len(QUOTE.split())
        assert 0.75 <= one["similarity"] <= 1


def test_what_is_contained_either_way(told: Told, desk: Path, tmp_path: Path) -> None:
    asked = tmp_path / "asked.txt"
    asked.write_text(f"{TWO[3]} {story(21, 1)[0]} {story(22, 1)[0]} {story(23, 1)[0]}")
    (one,) = told("match", asked, "--against", desk / "out")
    assert {(other["source"], other["relation"]) for other in one["duplicates"]} == {
        ("d.txt", "quote"),
        ("z.jsonl#0000000002", "quote"),
    }
    for other in one["duplicates"]:
        assert other["containment_ba"] == 1 > other["containment_ab"]


def test_how_files_would_be_read(told: Told, tmp_path: Path) -> None:
    body = "<html><head><title>Tides</title></head><body><p>A tide.</p></body></html>"
    files: dict[str, bytes] = {
        "a.html": body.encode(),
        "b.txt": "Größe der Flut".encode("windows-1252"),
        "c.jsonl.gz": gzip.compress(b'{"text": "A tide.", "title": "Tides", "date": "2024-05-31", "n": 1, "m": 2}\n'),
        "d.csv": b"id,text\n7,A tide.\n",
        "e.png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        "f.txt": ("word  \n" * 100).encode(),
        "g.jsonl": b'{"n": 1}\n',
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    found = {one.pop("source"): one for one in told("sniff", tmp_path)}
    assert {name: one.pop("bytes") for name, one in found.items()} == {name: len(data) for name, data in files.items()}
    problems = {name: one.pop("problem") for name, one in found.items()}
    assert [name for name, problem in problems.items() if problem] == ["e.png", "g.jsonl"]
    assert "no field with text" in str(problems["g.jsonl"])
    nothing = {"compression": None, "encoding": None, "media_type": None, "fields": {}, "extra": [], "begins": None}
    plain = {**nothing, "encoding": "utf-8", "media_type": "text/plain"}
    known = {"title": "Tides", "date": "2024-05-31"}
    rows_of = {
        **plain,
        "format": "jsonl",
        "compression": "gzip",
        "fields": known,
        "extra": ["n", "m"],
        "begins": "A tide.",
    }
    assert found.pop("e.png")["format"] == "document"
    assert found == {
        "a.html": {**plain, "format": "document", "media_type": "text/html", "begins": body},
        "b.txt": {**plain, "format": "document", "encoding": "windows-1252", "begins": "Größe der Flut"},
        "c.jsonl.gz": rows_of,
        "d.csv": {**plain, "format": "csv", "fields": {"id": "7"}, "begins": "A tide."},
        "f.txt": {**plain, "format": "document", "begins": ("word " * 20)},
        "g.jsonl": {**nothing, "format": "jsonl"},
    }
    planned = told("clean", tmp_path, tmp_path / "out", "--dry-run")
    assert planned == told("clean", tmp_path, tmp_path / "out", "--show-files") == told("sniff", tmp_path)


def test_a_field_and_a_format_that_are_asked_for(told: Told, tmp_path: Path) -> None:
    (tmp_path / "a.dat").write_text('{"story": "A tide.", "text": "No."}\n')
    (one,) = told(
        "sniff", tmp_path / "a.dat", "--input-format", "jsonl", "--field", "text=story", "--field", "title=text"
    )
    assert (one["format"], one["begins"], one["fields"]) == ("jsonl", "A tide.", {"title": "No."})


def test_failures_as_they_stand_in_the_file(told: Told, desk: Path) -> None:
    assert told("failures", desk / "out") == told("failures", "list", desk / "out") == rows(desk / "out", "failures")
    assert [(one["source"], one["stage"], one["error"]) for one in rows(desk / "out", "failures")] == [
        ("c.txt", "clean", "nothing-kept"),
        ("z.jsonl#0000000000", "read", "empty"),
        ("z.jsonl#0000000001", "read", "invalid-json"),
    ]


def test_what_is_kept_and_what_is_emptied(told: Told, desk: Path, tmp_path: Path) -> None:
    """A line for each version, by name, and one without a name for all."""
    clean(desk / "in", tmp_path / "out", workers=0)
    store = tmp_path / "out" / ".pipeline" / "store"
    (store / "0-older").mkdir()
    (store / "0-older" / "a.pack").write_bytes(b"12345")
    expected: list[dict[str, Any]] = []
    for folder in sorted(store.iterdir()):
        files = [path for path in folder.rglob("*") if path.is_file()]
        sizes = sum(path.stat().st_size for path in files)
        expected.append({"name": folder.name, "files": len(files), "bytes": sizes})
    total = {"name": "", **{key: sum(one[key] for one in expected) for key in ("files", "bytes")}}
    assert expected[0] == {"name": "0-older", "files": 1, "bytes": 5}
    assert told("store", "info", tmp_path / "out") == [*expected, total]
    assert told("store", "gc", tmp_path / "out") == [total]
    assert told("store", "info", tmp_path / "out") == [{"name": "", "files": 0, "bytes": 0}]
    assert told("store", "gc", tmp_path / "out") == [{"name": "", "files": 0, "bytes": 0}]


def test_indexes_count_documents(told: Told, desk: Path) -> None:
    outs = [desk / "out", desk / "later"]
    assert told("index", *outs) == [{"out": str(out), "documents": len(rows(out, "documents"))} for out in outs]


@pytest.mark.parametrize(
    ("form", "counted"),
    [
        ("markdown", "documents"),
        ("dolma", "documents"),
        ("datatrove", "documents"),
        ("parquet", "*"),
        ("datasets", "*"),
    ],
)
def test_what_an_export_wrote(told: Told, desk: Path, tmp_path: Path, form: str, counted: str) -> None:
    """Documents, or rows of all outputs."""
    names = ["documents", "removed", "clusters", "pairs", "passages", "failures"] if counted == "*" else [counted]
    count = sum(len(rows(desk / "out", name)) for name in names)
    assert told("export", desk / "out", tmp_path / "o", "--to", form) == [
        {"path": str(tmp_path / "o"), "records": count}
    ]


def test_chunks_and_paragraphs_are_counted(told: Told, desk: Path, tmp_path: Path) -> None:
    (made,) = told("export", desk / "out", tmp_path / "o", "--to", "chunks", "--max-chars", "300")
    assert made == {
        "path": str(tmp_path / "o"),
        "records": len((tmp_path / "o" / "chunks.jsonl").read_text().splitlines()),
    }
    pytest.importorskip("datasketch")
    (made,) = told("export", desk / "out", tmp_path / "index.pickle", "--to", "datasketch")
    compared = {
        name
        for one in rows(desk / "out", "documents")
        for name, block in zip(paragraph_ids(one), one["blocks"], strict=True)
        if len(one["text"][block["start"] : block["end"]].split()) >= 5
    }
    assert made == {"path": str(tmp_path / "index.pickle"), "records": len(compared)}


def test_where_a_report_was_written(told: Told, desk: Path, tmp_path: Path) -> None:
    assert told("report", desk / "out") == [{"path": str(desk / "out" / "report.html"), "records": None}]
    path = tmp_path / "own.html"
    assert told("report", desk / "out", "-o", path) == [{"path": str(path), "records": None}]
    assert path.read_bytes() == (desk / "out" / "report.html").read_bytes()


def test_rules_with_all_they_have(told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As their files have them; `learn` prints the rules that it writes."""
    listed = told("rules", "list")
    by_id = {one["id"]: one for one in listed}
    assert len(by_id) == len(listed) > 50
    for name in ("share-prompt", "media-control", "gov-banner"):
        assert told("rules", "show", name) == [by_id[name]]
    near = by_id["media-control"]
    assert (near["category"], near["verdict"], near["scope"], near["where"]) == ("media", "strike", "line", "any")
    assert "media" in near["near"]
    assert all(one["matches"] and one["misses"] and one["why"] for one in listed)
    assert {one["verdict"] for one in listed} == {"strike", "hint", "keep"}
    for number in range(6):
        (tmp_path / "in" / "gazette").mkdir(parents=True, exist_ok=True)
        text = "\n\n".join([*story(40 + number), "The Gazette of the Harbour, since 1871"])
        (tmp_path / "in" / "gazette" / f"{number}.txt").write_text(text)
    (learned,) = told("learn", tmp_path / "in", "-o", tmp_path / "site.toml", "--workers", "1")
    assert (learned["category"], learned["sites"]) == ("template", ["gazette"])
    assert list(learned["phrases"].values()) == [["the gazette of the harbour, since 0"]]
    assert told("rules", "test", tmp_path / "site.toml") == [{"rules": 1, "problems": []}]
    monkeypatch.chdir(tmp_path)
    assert told("init", tmp_path / "in") == [
        {"path": "pipeline.toml", "records": None},
        {"path": "site-rules.toml", "records": None},
    ]
    assert (tmp_path / "site-rules.toml").read_text() == (tmp_path / "site.toml").read_text()
    assert 'rules = ["site-rules.toml"]' in (tmp_path / "pipeline.toml").read_text()


def test_examples_that_do_not_hold_are_told(told: Told, tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    rule = '[[rule]]\nid = "{}"\ncategory = "promo"\nwhy = "w"\nphrases.any = "lamp"\nmatches = "{}"\nmisses = "{}"\n'
    path.write_text(rule.format("one", "lamp", "bell") + rule.format("two", "bell", "lamp"))
    (found,) = told("rules", "test", path, code=1)
    assert (found["rules"], len(found["problems"])) == (2, 2)
    assert all("two" in problem for problem in found["problems"])
    (found,) = told("rules", "test")
    assert found == {"rules": len(told("rules", "list")), "problems": []}


def test_an_installation_in_findings(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline import doctor

    findings = [doctor.Finding("Python", "3.1 is too old", is_bad=True), doctor.Finding("lxml", "6.0")]
    monkeypatch.setattr(doctor, "examine", lambda: iter(findings))
    assert told("doctor", code=1) == [
        {"what": "Python", "state": "3.1 is too old", "ok": False},
        {"what": "lxml", "state": "6.0", "ok": True},
    ]
    monkeypatch.setattr(doctor, "examine", lambda: iter(findings[1:]))
    assert [one["ok"] for one in told("doctor")] == [True]


def test_commands_and_their_options(told: Told, said: Said) -> None:
    every = {one["command"]: one for one in told("help")}
    assert {
        "pipeline",
        "pipeline clean",
        "pipeline rules",
        "pipeline rules test",
        "pipeline failures retry",
    } <= every.keys()
    assert told("help", "rules", "test") == [every["pipeline rules test"]]
    assert [one["command"] for one in told("help", "store")] == [
        "pipeline store",
        "pipeline store gc",
        "pipeline store info",
    ]
    for name, one in every.items():
        shown = said("help", *name.split()[1:])[1]
        below = [other.removeprefix(f"{name} ") for other in every if other.rpartition(" ")[0] == name]
        assert all(any(line.startswith(f"  {other} ") for line in shown.splitlines()) for other in below), name
        assert " ".join(one["usage"].split()) in " ".join(shown.split())
        for option in one["options"]:
            assert all(flag in shown for flag in option["names"])
    options = {one["names"][0]: one for one in every["pipeline clean"]["options"]}
    assert options["--cleaning"]["names"] == ["--cleaning", "--no-cleaning"]
    assert options["-q"]["names"] == ["-q", "--quiet"]
    assert [options[name]["value"] for name in ("--force", "--exclude", "--field")] == [None, "PATTERN", "KEY=NAME"]
    again = {name for name, one in options.items() if one["multiple"]}
    assert again == {
        "--files-from",
        "--include",
        "--exclude",
        "--config",
        "--favor",
        "--input-format",
        "--field",
        "--rules",
        "--threshold",
        "--against",
    }
    (script,) = told("completion", "zsh")
    assert (script["shell"], script["script"]) == ("zsh", said("completion", "zsh")[1].removesuffix("\n"))


def test_bytes_that_mean_nothing_come_back_as_they_were(tmp_path: Path) -> None:
    data = "\n\n".join(["É" * 200, *ONE]).encode().replace(b" of the", b" caf\xff\xfe is open, of the", 1)
    (tmp_path / "a.txt").write_bytes(data)
    clean(tmp_path / "a.txt", tmp_path / "out", workers=0)
    assert restored(Output(tmp_path / "out").document("a.txt")) == data


def test_a_target_that_holds_folders_alone_is_not_written_over(said: Said, desk: Path, tmp_path: Path) -> None:
    (tmp_path / "o" / "documents").mkdir(parents=True)
    code, _, problem = said("export", desk / "out", tmp_path / "o", "--to", "dolma")
    assert (code, "is there already: --force writes over it" in problem) == (4, True)
