"""What a record says of others, of its source and of its run is counted again from the records and inputs themselves."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from pipeline import Config, clean, read_documents, read_ledgers, read_records
from pipeline.config import DECIDING
from pipeline.model import Relation
from pipeline.tokens import tokenize
from pipeline.write.output import Output, restored
from tests.judge.test_templates import SLOGAN, story, write

A, B, C = story(1, 4), story(2, 4), story(3, 4)
QUOTE = "nobody in the old town would ever pay for a wall that they could not see from their own front doors"
MOST_DIFFERENT: tuple[Relation, ...] = ("revision", "noisy", "copy", "repeat")
Row = dict[str, Any]


def rows(out: Path, name: str) -> list[Row]:
    return [json.loads(line) for line in (out / f"{name}.jsonl").read_text().splitlines()]


def named(documents: Iterable[Row]) -> dict[str, tuple[Row, Row]]:
    """(document, block) by what clusters, pairs and the ledger call the block, in their order."""
    return {f"{one['id']}-{block['id']}": (one, block) for one in documents for block in one["blocks"]}


def of_cluster(block: Row) -> tuple[str | None, bool, Relation | None]:
    """The cluster of a block, whether it stands for it, its relation: what is left out is at its default."""
    return block.get("cluster_id"), block.get("canonical", True), block.get("relation")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Texts given in no order, with dates in another: copies, a revision, a longer version, quotes, and rows that fail."""
    place = tmp_path_factory.mktemp("place")
    revised = A[0].replace(A[0].split()[1], "warden")
    pages = {
        "b/z.txt": ["# The wall of the old town", "By Ann Lee, 3 May 2019", *A, *B[:2]],
        "a/y.txt": ["# A wall for the old town", "By Ann Lee, 1 May 2019", B[0], revised, *A[1:]],
        "c/x.txt": [*C[:2], B[0], f"“{QUOTE.capitalize()}”, Carter said on the pier. {C[2]}"],
        "a/w.txt": [f"{story(7, 1)[0]} And {QUOTE}, it went on.", *story(8, 3), f"{A[0]} {A[1]} {A[2]}"],
        "c.txt": A,
    }
    write(place / "in", pages)
    for seed, name in enumerate(("b/rows.jsonl", "a/rows.jsonl")):
        (place / "in" / name).write_text('{"text": ""}\n{x\n' + json.dumps({"text": story(90 + seed, 1)[0]}) + "\n")
    clean([place / "in"], place / "out", workers=0)
    return place


def shingles(text: str) -> set[tuple[str, ...]]:
    words = tokenize([text]).words(0)
    return {tuple(words[at : at + 5]) for at in range(len(words) - 4)}


def test_lines_stand_in_the_order_of_sources(place: Path) -> None:
    """Documents and failures by name, edits by document and place; pairs and passages by the places of their first side, then of
    their second; members as the documents stand; files of the manifest by name."""
    out = place / "out"
    documents = rows(out, "documents")
    names = [one["source"] for one in documents]
    assert names == sorted(names)
    assert [one["number"] for one in documents] == list(range(len(documents)))
    at = {one["id"]: number for number, one in enumerate(documents)}
    blocks = {name: one["blocks"].index(block) for name, (one, block) in named(documents).items()}

    def key(side: Row) -> tuple[int, ...]:
        document = at[side["document_id"]]
        if "text" in side:
            return document, side["start"], side["end"]
        return document, -1 if side["paragraph_id"] is None else blocks[side["paragraph_id"]]

    removed = [(one["document"], one["start"]) for one in rows(out, "removed")]
    assert removed == sorted(removed)
    assert {number for number, _ in removed} <= set(at.values())
    failures = [one["source"] for one in rows(out, "failures")]
    assert failures == sorted(failures)
    assert [name[-1] for name in failures] == ["0", "1", "0", "1"]
    for name in ("pairs", "passages"):
        places = [
            (key(one["a"]), key(one["b"])) for one in rows(out, name) if one["a"].get("paragraph_id", "") is not None
        ]
        assert places == sorted(places)
        assert all(first < second for first, second in places)
    for cluster in rows(out, "clusters"):
        assert list(map(key, cluster["members"])) == sorted(map(key, cluster["members"]))
    canonical = [key(one["canonical"]) for one in rows(out, "clusters") if one["level"] == "paragraph"]
    assert canonical == sorted(canonical)
    manifest = json.loads((out / "manifest.json").read_text())
    inputs = [one["source"] for one in manifest["inputs"]]
    assert inputs == sorted(inputs)
    assert [one["path"].partition(".")[0] for one in manifest["outputs"]] == [
        "documents", "removed", "clusters", "pairs", "passages", "failures", "report", "README",
    ]  # fmt: skip


def test_clusters_pairs_and_blocks_say_the_same(place: Path) -> None:
    out = place / "out"
    blocks = named(rows(out, "documents"))
    pairs = {frozenset((one["a"]["paragraph_id"], one["b"]["paragraph_id"])): one for one in rows(out, "pairs")}
    linked: set[str] = set()
    found = [one for one in rows(out, "clusters") if one["level"] == "paragraph"]
    assert {one["relation"] for one in found} == {"copy", "revision"}
    for cluster in found:
        names = [one["paragraph_id"] for one in cluster["members"]]
        best = cluster["canonical"]["paragraph_id"]
        assert cluster["size"] == len(names) == len(set(names))
        assert cluster["sources"] == sorted({blocks[name][0]["source"] for name in names})
        relations: list[Relation] = []
        for name in names:
            block = blocks[name][1]
            cluster_id, is_canonical, relation = of_cluster(block)
            assert (cluster_id, is_canonical) == (cluster["cluster_id"], name == best)
            if name != best:
                assert relation is not None
                relations.append(relation)
                if pair := pairs.get(frozenset((name, best))):  # else it has the words of one that is in such a pair
                    assert pair["relation"] == relation
        assert cluster["relation"] == blocks[best][1]["relation"] == min(relations, key=MOST_DIFFERENT.index)
        ranks = {
            name: (blocks[name][0]["created"] or "9999", -len(blocks[name][0]["text"]), blocks[name][0]["source"])
            for name in names
        }
        assert best == min(ranks, key=ranks.__getitem__)
        linked.update(names)
    alone = [block for name, (_, block) in blocks.items() if name not in linked]
    assert alone
    assert all(of_cluster(one) == (None, True, None) for one in alone)


def test_figures_of_pairs_are_those_of_their_texts(place: Path) -> None:
    blocks = {
        name: one["text"][block["start"] : block["end"]]
        for name, (one, block) in named(rows(place / "out", "documents")).items()
    }
    found = [one for one in rows(place / "out", "pairs") if one["a"]["paragraph_id"]]
    assert {one["relation"] for one in found} == {"copy", "revision", "quote"}
    for pair in found:
        a, b = (shingles(blocks[pair[side]["paragraph_id"]]) for side in ("a", "b"))
        assert pair["jaccard"] == len(a & b) / len(a | b)
        assert (pair["containment_ab"], pair["containment_ba"]) == (len(a & b) / len(a), len(a & b) / len(b))
        assert (pair["a"]["start"], pair["a"]["end"], pair["b"]["start"], pair["b"]["end"]) == (None,) * 4
        if pair["jaccard"] < 0.7:
            assert pair["relation"] == "quote"
            assert max(pair["containment_ab"], pair["containment_ba"]) >= 0.8


def test_whole_documents_name_the_one_that_stands_for_them(place: Path) -> None:
    """The earliest by date, though another is longer and comes first by name."""
    documents = {one["id"]: one for one in rows(place / "out", "documents")}
    (cluster,) = (one for one in rows(place / "out", "clusters") if one["level"] == "document")
    members = [documents[one["document_id"]] for one in cluster["members"]]
    assert [one["source"] for one in members] == cluster["sources"] == ["a/y.txt", "b/z.txt", "c.txt"]
    assert all(one["paragraph_id"] is None for one in (*cluster["members"], cluster["canonical"]))
    best = documents[cluster["canonical"]["document_id"]]
    assert (best["source"], best["created"]) == ("a/y.txt", "2019-05-01")
    assert {one["source"]: one["duplicate_of"] for one in documents.values() if one["duplicate_of"]} == {
        "b/z.txt": best["id"], "c.txt": best["id"],
    }  # fmt: skip


def test_passages_count_what_they_quote(place: Path) -> None:
    documents = {one["id"]: one for one in rows(place / "out", "documents")}
    found = rows(place / "out", "passages")
    for one in found:
        for side in (one["a"], one["b"]):
            source = (place / "in" / side["source"]).read_text()
            assert source[side["start"] : side["end"]] == side["text"]
            assert documents[side["document_id"]]["source"] == side["source"]
        ours, theirs = (tokenize([one[side]["text"]]).words(0) for side in ("a", "b"))
        assert one["longest_run"] <= one["words"] <= min(len(ours), len(theirs))
        assert 0.75 <= one["similarity"] <= 1
        family = [other for other in found if other["family"] == one["family"]]
        assert {(other["origins"], json.dumps(other["earliest"])) for other in family} == {
            (one["origins"], json.dumps(one["earliest"]))
        }
    (quote,) = (one for one in found if QUOTE in one["a"]["text"])
    assert (quote["a"]["source"], quote["b"]["source"], quote["origins"]) == ("a/w.txt", "c/x.txt", 2)
    assert (quote["a"]["speaker"], quote["b"]["speaker"]) == (None, "Carter")
    assert quote["words"] >= quote["longest_run"] >= len(QUOTE.split())
    assert quote["earliest"] is None
    dated = [one["earliest"] for one in found if {one["a"]["source"], one["b"]["source"]} == {"a/y.txt", "b/z.txt"}]
    first = next(one for one in documents.values() if one["source"] == "a/y.txt")
    expected = {"document_id": first["id"], "source": "a/y.txt", "date": "2019-05-01", "agency": None}
    assert dated
    assert all(one == expected for one in dated)


def test_a_document_says_what_it_was(place: Path) -> None:
    """Its id follows from name and content alone."""
    for one in rows(place / "out", "documents"):
        if "#" in one["source"]:
            continue
        data = (place / "in" / one["source"]).read_bytes()
        meta = one["metadata"]
        assert meta["sha256"] == hashlib.sha256(data).hexdigest()
        assert one["id"] == hashlib.sha256(f"{one['source']}\0{meta['sha256']}".encode()).hexdigest()[:32]
        assert (meta["chars_in"], meta["chars_out"]) == (len(data.decode()), len(one["text"]))
        assert (meta["media_type"], meta["encoding"]) == ("text/plain", "utf-8")
        assert [block["id"] for block in one["blocks"]] == sorted(block["id"] for block in one["blocks"])
        source = data.decode()
        for block in one["blocks"]:
            shown = one["text"][block["start"] : block["end"]]
            assert source[block["src_start"] : block["src_end"]] == shown


def test_the_manifest_says_what_went_in_and_what_came_out(place: Path) -> None:
    out = place / "out"
    manifest = json.loads((out / "manifest.json").read_text())
    for one in manifest["inputs"]:
        data = (place / "in" / one["source"]).read_bytes()
        assert (one["sha256"], one["bytes"]) == (hashlib.sha256(data).hexdigest(), len(data))
        assert (one["status"], one["passed_over"]) == ("partial" if "rows" in one["source"] else "ok", {})
    for one in manifest["outputs"]:
        data = (out / one["path"]).read_bytes()
        assert (one["sha256"], one["bytes"]) == (hashlib.sha256(data).hexdigest(), len(data))
        assert one["records"] == (data.count(b"\n") if one["path"].endswith(".jsonl") else None)
    assert {path.name for path in out.iterdir() if path.is_file()} == {
        "manifest.json", *(one["path"] for one in manifest["outputs"]),
    }  # fmt: skip
    assert (manifest["schema_version"], manifest["format"], manifest["against"]) == (3, "jsonl", [])
    assert manifest["config"] == Config().as_dict()
    assert manifest["config_fingerprint"] == Config().fingerprint
    assert set(manifest["libraries"]) == {"unicodedata", *DECIDING}
    assert list(manifest["counts"]) == [
        "inputs", "documents", "chars_in", "chars_out", "edits", "paragraphs", "linked", "templates", "clusters", "pairs",
        "passages", "failures", "sources_struck",
    ]  # fmt: skip


def test_an_input_of_which_nothing_could_be_read_has_failed(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jsonl").write_text("{x\n")
    (tmp_path / "in" / "b.txt").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    (tmp_path / "in" / "c.txt").symlink_to(tmp_path / "nowhere.txt")
    (tmp_path / "in" / "d.jsonl").write_text('{"text": "A tide."}\n{"n": 1}\n')
    clean([tmp_path / "in"], tmp_path / "out", workers=0, follow=True)
    inputs = json.loads((tmp_path / "out" / "manifest.json").read_text())["inputs"]
    assert [(one["source"], one["status"], one["sha256"] is None) for one in inputs] == [
        ("a.jsonl", "failed", False), ("b.txt", "failed", False), ("c.txt", "failed", True), ("d.jsonl", "partial", False),
    ]  # fmt: skip


def test_the_manifests_of_other_runs_are_named_by_their_hash(tmp_path: Path) -> None:
    for name, seed in (("one", 1), ("two", 2)):
        clean([write(tmp_path / name, {f"{name}.txt": story(seed)})], tmp_path / f"{name}-out", workers=0)
    older = [tmp_path / "two-out", tmp_path / "one-out"]
    clean([write(tmp_path / "new", {"a.txt": [*story(1), *story(3)]})], tmp_path / "out", against=older, workers=0)
    expected = [hashlib.sha256((one / "manifest.json").read_bytes()).hexdigest() for one in older]
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["against"] == expected
    receipts = [one.evidence.kept for one in read_records(tmp_path / "out", "removed") if one.evidence.kept]
    assert receipts
    assert all(one.older and one.source == "one.txt" and one.differs == () for one in receipts)


def test_sources_that_lost_most_are_told_first(tmp_path: Path) -> None:
    """Those of which more than half went as copies; equals by name."""
    pages = {
        f"0first/{name}.txt": [*story(seed, 4), *story(70 + seed, 1)]
        for name, seed in (("a", 1), ("b", 2), ("c", 3), ("d", 4))
    }
    pages |= {
        "most/a.txt": [*story(1, 4), "The lamp of the tower is out tonight, and nobody knows why."],
        "twin-b/a.txt": [*story(2, 4)[:3], "The bell of the tower is cracked, and nobody knows why."],
        "twin-a/a.txt": [*story(2, 4)[:3], "The door of the tower is open, and nobody knows why."],
        "little/a.txt": [story(4, 4)[0], *story(9, 4)],
    }
    clean([write(tmp_path / "in", pages)], tmp_path / "out", Config(copy_action="strike"), workers=0)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert [one["source"] for one in manifest["struck"]] == ["most", "twin-a", "twin-b"]
    lost: Counter[str] = Counter()
    for document, edits in read_ledgers(tmp_path / "out"):
        lost[document.source.partition("/")[0]] += sum(len(edit.text.strip()) for edit in edits)
    kept = {one.source.partition("/")[0]: len(one.text) for one in read_documents(tmp_path / "out")}
    for one in manifest["struck"]:
        breaks = 2 * edits_of(tmp_path / "out", one["source"])
        assert one["struck"] == pytest.approx(lost[one["source"]], abs=breaks)
        assert one["chars"] == pytest.approx(lost[one["source"]] + kept[one["source"]], abs=breaks)
    assert manifest["counts"]["sources_struck"] == 3


def edits_of(out: Path, source: str) -> int:
    return sum(len(edits) for document, edits in read_ledgers(out) if document.source.startswith(source))


BAR = "Share on Facebook"
CAPTION = "Ferries leave the old harbour on Friday. (Photo by Jane Roe/AP)"


def evidence(out: Path) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for edit in rows(out, "removed"):
        found.setdefault(edit["rule"], []).append(edit)
    return found


def test_what_is_told_of_lines_that_many_pages_of_a_site_have(tmp_path: Path) -> None:
    """The groups of copies that have it, of so many, and the site; of the whole corpus none is named."""
    everywhere = "Printed on paper from Oldport mill, every night"
    pages = {f"gazette/{number}.txt": [*story(number), SLOGAN] for number in range(5)}
    pages["gazette/5.txt"] = story(5)
    pages["gazette/copy.txt"] = pages["gazette/0.txt"]
    pages |= {f"{number}.txt": [*story(20 + number), everywhere] for number in range(4)}
    clean([write(tmp_path / "in", pages)], tmp_path / "out", workers=0)
    told = [(one["text"].strip(), one["evidence"]) for one in evidence(tmp_path / "out")["template"]]
    assert [said for text, said in told if text == SLOGAN] == [{"groups": 5, "of": 6, "site": "gazette"}] * 6
    assert [said for text, said in told if text == everywhere] == [{"groups": 4, "of": 10}] * 4


def test_what_is_told_of_rules_repeats_and_fields(tmp_path: Path) -> None:
    page = [
        "Harbour bridge closed after the storm",
        "By Ann Lee",
        "May 31, 2024",
        BAR,
        CAPTION,
        *story(1),
        CAPTION,
        CAPTION,
        "Related coverage",
        *story(2),
    ]
    (tmp_path / "a.txt").write_text(text := "\n\n".join(page))
    clean([tmp_path / "a.txt"], tmp_path / "out", workers=0)
    found = evidence(tmp_path / "out")
    (share,) = found["share-prompt"]
    rule, language, number = share["evidence"]["pattern"].split("/")
    assert (rule, language, number.removeprefix("r").isdecimal()) == ("share-prompt", "en", True)
    (caption,) = found["caption"]
    assert caption["evidence"] == {"credit": "Jane Roe/AP"}
    first = text.index(CAPTION)
    assert [one["evidence"] for one in found["repeat-in-document"]] == [
        {"place": {"start": first, "end": first + len(CAPTION)}, "copies": 3}
    ] * 2
    (document,) = rows(tmp_path / "out", "documents")
    assert document["captions"] == [
        {
            "text": CAPTION, "credit": "Jane Roe/AP", "identifier": None, "date": None, "src_start": first,
            "src_end": first + len(CAPTION),
        }
    ]  # fmt: skip
    assert found["byline"][0]["evidence"]["author"] == document["metadata"]["author"] == "Ann Lee"
    assert found["dateline"][0]["evidence"]["date"] == document["created"] == "2024-05-31"
    assert found["title"][0]["evidence"] == {}
    assert document["metadata"]["title"] == "Harbour bridge closed after the storm"


def test_what_is_told_of_bytes_that_mean_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(
        "\n\n".join(["É" * 200, *story(1, 3)]).encode().replace(b" of the", b" caf\xff\xfe is open, of the", 1)
    )
    clean([tmp_path / "a.txt"], tmp_path / "out", workers=0)
    (document,) = rows(tmp_path / "out", "documents")
    assert " caf\ufffd\ufffd is open" in document["text"]
    (edit,) = evidence(tmp_path / "out")["undecodable"]
    place = edit["evidence"].pop("place")
    assert (edit["evidence"], edit["text"], edit.get("replacement", "")) == ({"bytes": "fffe"}, "", "")
    _, whole = next(iter(Output(tmp_path / "out").ledgers()))
    source = restored(next(read_documents(tmp_path / "out")), whole)
    assert source[place["start"] : place["end"]] == "\ufffd\ufffd"


def test_a_struck_copy_names_its_paragraph_cluster_and_receipt(tmp_path: Path) -> None:
    write(tmp_path / "in", {"a.txt": [*A, *story(5, 2)], "b.txt": [*story(6, 2), A[1]]})
    clean([tmp_path / "in"], tmp_path / "out", Config(copy_action="strike"), workers=0)
    documents = {one["source"]: one for one in rows(tmp_path / "out", "documents")}
    (edit,) = evidence(tmp_path / "out")["copy"]
    said = edit["evidence"]
    (cluster,) = (one for one in rows(tmp_path / "out", "clusters") if one["cluster_id"] == said["cluster_id"])
    assert cluster["members"] == [
        {"document_id": documents["a.txt"]["id"], "paragraph_id": cluster["canonical"]["paragraph_id"]},
        {"document_id": documents["b.txt"]["id"], "paragraph_id": said["paragraph_id"]},
    ]
    start = (tmp_path / "in" / "a.txt").read_text().index(A[1])
    assert said["kept"] == {
        "document_id": documents["a.txt"]["id"], "source": "a.txt", "start": start, "end": start + len(A[1]), "differs": [],
        "older": False,
    }  # fmt: skip
    assert edit["document"] == documents["b.txt"]["number"]
    assert said["paragraph_id"].rpartition("-")[0] == documents["b.txt"]["id"]
    assert said["paragraph_id"] not in named(documents.values())
