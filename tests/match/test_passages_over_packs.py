"""The partitioned comparison finds what the one in memory finds, whatever the packs, partitions and workers."""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.config import Config
from pipeline.corpus import column, table
from pipeline.corpus.engines.interface import Engine
from pipeline.corpus.engines.local import InProcess, Processes
from pipeline.corpus.packs import MIN_WORDS
from pipeline.match import at_a_time, compare, hits, passages, settings, sorted_runs, words
from pipeline.match.core import long, memory, seeds, sketch, verify
from pipeline.match.core.families import origins
from pipeline.match.core.memory import DocumentsInMemory
from pipeline.match.digest import digest
from pipeline.match.items import Documents
from pipeline.match.shared import RecordFile, packed
from pipeline.records import Document, Member
from tests.corpus.test_engines import pid
from tests.documents import document, write_packs
from tests.match import twin
from tests.match.core.texts import EDITS, WORDS, prose

CONFIG = Config()


@pytest.fixture(scope="module")
def processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with Processes(2, tmp_path_factory.mktemp("engine")) as engine:
        yield engine


def test_where_compared_paragraphs_stand(tmp_path: Path) -> None:
    texts = [
        ["The ferry to the island was late again.", "Nobody on the pier was surprised by that."],
        ["Çok güzel bir gün, dedi balıkçı — ve güldü 😀.", "x", "港口 今天 关闭 了 因为 风暴 很 大"],
        [],
        ["A lone \ud800 surrogate stands in this line of text."],
    ]
    documents = [document(f"{i}.txt", text) for i, text in enumerate(texts)]
    space = compare._prepare(write_packs(tmp_path, documents, 2), tmp_path, 0)[0]
    space.save_paragraphs()
    every = [(i, p) for i, one in enumerate(documents) for p in one.blocks]
    compared = [documents[i].text[p.start : p.end] != "x" for i, p in every]
    places = [sum(compared[:n]) if is_one else -1 for n, is_one in enumerate(compared)]
    owner = np.array([i for i, _ in every])
    for at in range(3):
        position = np.array([(p.start, (p.start + p.end) // 2, p.end - 1)[at] for _, p in every])
        found, size = space.paragraphs_at(owner, position)
        assert found.tolist() == places
        assert size.tolist() == [p.end - p.start if n >= 0 else 0 for n, (_, p) in zip(places, every, strict=True)]
    between = np.array([every[0][1].end])
    assert space.paragraphs_at(np.array([0]), between)[0].tolist() == [-1]
    assert space.paragraphs_at(np.array([2]), np.array([0]))[0].tolist() == [-1]


def corpus(seed: int, count: int) -> list[Document]:
    """Documents with quotes of each other, stock phrases, copied paragraphs and copies of all, in shuffled sources."""
    rng = random.Random(seed)
    bodies = [[prose(rng, rng.randrange(6, 90)) for _ in range(rng.randrange(1, 6))] for _ in range(count)]
    stock = [prose(rng, 14) for _ in range(3)]
    edits = [edit for name, edit in EDITS.items() if name != "scan"]  # noise is a relation of its own
    for body in bodies:
        if rng.random() < 0.5:
            body[0] += f" {rng.choice(stock)}"
        if rng.random() < 0.3:
            words = rng.choice(rng.choice(bodies)).split()
            at = rng.randrange(len(words))
            body.append(f"“{' '.join(words[at : at + rng.randrange(5, 30)])},” {rng.choice(WORDS)} said, and left.")
        if rng.random() < 0.3:
            body.insert(rng.randrange(len(body)), rng.choice(edits)(rng, rng.choice(rng.choice(bodies))))
    for _ in range(count // 6):
        copy = list(rng.choice(bodies))
        if rng.random() < 0.5:
            copy[-1] = rng.choice(edits)(rng, copy[-1])
        bodies.append(copy)
    bodies += [[], ["港口 因为 风暴 关闭 了, 渡轮 停 在 岸边, 直到 晚上 才 开。"] * 2, ["Thank you."] * 2]
    names = [f"{number:03d}é.txt" for number in range(len(bodies))]
    rng.shuffle(names)
    dates = ["2019-05-03", "2020-01-01", None]
    return [document(name, body, rng.choice(dates)) for name, body in zip(names, bodies, strict=True)]


def in_memory(documents: list[Document]) -> dict[str, list[object]]:
    """What they have in common, by the functions of `pipeline.match.core` alone."""
    ranked = sorted(documents, key=lambda d: (d.metadata.date or "9999", -len(d.text), d.source))
    texts = [d.text for d in ranked]
    copied = twin.near_duplicates(texts, 0.5, settings.signing(CONFIG, "document"))
    pieces = [(d.paragraph_id(p), d.text[p.start : p.end]) for d in ranked for p in d.blocks]
    pieces = [(name, text) for name, text in pieces if len(text.split()) >= MIN_WORDS]
    alike = twin.near_duplicates([text for _, text in pieces], 0.7, settings.signing(CONFIG, "paragraph"))
    made = DocumentsInMemory(texts)
    rows = made.passages(settings.passage_rules(CONFIG)).passages
    before = made.offsets[rows.rank]
    family = twin.families(before + rows.first, before + rows.last)
    independent = origins(np.repeat(family, 2), copied.canonical[rows.rank.ravel()])
    named: list[object] = []
    for row in range(len(rows)):
        places = zip(rows.rank[row].tolist(), rows.start[row].tolist(), rows.end[row].tolist(), strict=True)
        sides = sorted((ranked[number].source, start, end) for number, start, end in places)
        named.append([*sides, int(rows.words[row]), int(rows.longest[row]), int(independent[family[row]])])
    groups: dict[int, set[str]] = {}
    for i, canonical in enumerate(alike.canonical.tolist()):
        groups.setdefault(canonical, set()).add(pieces[i][0])
    return {
        "copies": sorted((ranked[i].id, ranked[c].id) for i, c in enumerate(copied.canonical.tolist()) if i != c),
        "clusters": sorted((pieces[c][0], sorted(ids)) for c, ids in groups.items() if len(ids) > 1),
        "pairs": sorted((*sorted((pieces[a][0], pieces[b][0])), jaccard) for (a, b), jaccard in alike.pairs.items()),
        "passages": sorted(named, key=repr),
    }


def summed_up(shared: compare.Shared, packs: int) -> dict[str, list[object]]:
    """The same of a comparison's records."""

    def side(place: dict[str, object]) -> tuple[object, ...]:
        return place["source"], place["start"], place["end"]

    clusters = [cluster for cluster in shared.clusters if cluster["level"] == "paragraph"]
    return {
        "copies": sorted(item for number in range(packs) for item in shared.duplicate_of(number).items()),
        "clusters": sorted(
            (c["canonical"]["paragraph_id"], sorted(m["paragraph_id"] for m in c["members"])) for c in clusters
        ),
        "pairs": sorted(
            (*sorted((p["a"]["paragraph_id"], p["b"]["paragraph_id"])), p["jaccard"])
            for p in shared.pairs
            if p["jaccard"] >= 0.7 and p["relation"] != "contained"
        ),
        "passages": sorted(
            ([side(p["a"]), side(p["b"]), p["words"], p["longest_run"], p["origins"]] for p in shared.passages),
            key=repr,
        ),
    }


def files(shared: compare.Shared) -> list[bytes]:
    return [b"".join(lines.lines()) for lines in (shared.clusters, shared.pairs, shared.passages)]


@pytest.mark.parametrize("few", [3, 8])
@pytest.mark.parametrize("seed", range(3))
def test_the_same_as_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, few: int) -> None:
    monkeypatch.setattr(seeds, "FEW", few)
    documents = corpus(seed, 60)
    expected = in_memory(documents)
    assert min(map(len, expected.values())) > 5
    written = []
    for packs, partitions in ((1, 1), (2, 7), (7, 2)):
        monkeypatch.setattr(hits, "partitions", lambda size, count=partitions: count)
        monkeypatch.setattr(passages, "partitions", lambda size, count=partitions: count)
        if partitions > 1:
            monkeypatch.setattr(hits, "_BATCH", 2000)
            monkeypatch.setattr(seeds, "_PORTION", 100)
            monkeypatch.setattr(passages, "_HITS", 100)
        if packs > 2:  # documents are looked at in parts
            monkeypatch.setattr(hits, "_BATCH", 40)
            monkeypatch.setattr(hits, "_AT_ONCE", 100)
            monkeypatch.setattr(hits, "_TOGETHER", 50)
            monkeypatch.setattr(passages, "_MERGED", 60)
            monkeypatch.setattr(words, "_MOST_ROWS", 0)
            monkeypatch.setattr(words, "_BLOCK", 30)
            monkeypatch.setattr(column, "_BLOCK", 3)
            monkeypatch.setattr(sorted_runs, "VALUES", 30)
            monkeypatch.setattr(at_a_time, "ROWS", 11)
            for module in (long, memory, sketch, verify):
                monkeypatch.setattr(module, "LONG", 200)
        folder = tmp_path / str(packs)
        folder.mkdir()
        shared = compare.compare(write_packs(folder, documents, packs), InProcess(folder), CONFIG, folder)
        found = summed_up(shared, packs)
        assert set(expected["pairs"]) <= set(found["pairs"])  # those of equal texts and quotes come on top
        found["pairs"] = expected["pairs"]
        assert found == expected
        written.append(files(shared))
    assert written[0] == written[1] == written[2]


def test_the_same_bytes_with_workers(tmp_path: Path, processes: Engine) -> None:
    documents = corpus(9, 80)
    paths = write_packs(tmp_path, documents, 3)
    one = compare.compare(paths, InProcess(), CONFIG, tmp_path)
    two = compare.compare(paths, processes, CONFIG, tmp_path)
    assert files(one) == files(two)
    assert [one.memberships(i) for i in range(3)] == [two.memberships(i) for i in range(3)]
    groups = compare.copy_groups(paths, processes, CONFIG, tmp_path)
    assert groups.tolist() == compare.copy_groups(paths, InProcess(), CONFIG, tmp_path).tolist()
    assert sum(groups != np.arange(len(documents))) == sum(len(one.duplicate_of(i)) for i in range(3))


def test_the_same_bytes_with_a_worker_killed(tmp_path: Path) -> None:
    paths = write_packs(tmp_path, corpus(9, 80), 6)
    expected = files(compare.compare(paths, InProcess(), CONFIG, tmp_path))
    with Processes(2, tmp_path) as engine:
        pids = set(engine.map(pid, range(8)))

        def kill() -> None:
            time.sleep(0.1)
            os.kill(next(iter(pids)), signal.SIGKILL)

        killer = threading.Thread(target=kill)
        killer.start()
        assert files(compare.compare(paths, engine, CONFIG, tmp_path)) == expected
        killer.join()
        assert not pids & set(engine.map(pid, range(8)))


def test_records_say_the_same_as_memberships(tmp_path: Path) -> None:
    documents = corpus(4, 50)
    paragraphs = {
        one.paragraph_id(block): one.text[block.start : block.end] for one in documents for block in one.blocks
    }
    shared = compare.compare(write_packs(tmp_path, documents, 2), InProcess(), CONFIG, tmp_path)
    members = {**shared.memberships(0), **shared.memberships(1)}
    clusters = [cluster for cluster in shared.clusters if cluster["level"] == "paragraph"]
    assert len(shared.clusters) == len(list(shared.clusters))
    assert sum(cluster["size"] for cluster in clusters) == len(members)
    for cluster in clusters:
        assert len(cluster["members"]) == cluster["size"]
        for member in cluster["members"]:
            name, canonical, _ = members[member["paragraph_id"]]
            assert name == cluster["cluster_id"]
            assert canonical == (member == cluster["canonical"])
        assert len(paragraphs[cluster["canonical"]["paragraph_id"]].split()) >= MIN_WORDS
    places = [[(p[s]["source"], p[s]["start"], p[s]["end"]) for s in ("a", "b")] for p in shared.passages]
    assert places == sorted(places)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_next_to_nothing(tmp_path: Path, count: int) -> None:
    paths = write_packs(tmp_path, [document(f"{i}.txt", []) for i in range(count)], count)
    shared = compare.compare(paths, InProcess(), CONFIG, tmp_path)
    assert files(shared) == [b"", b"", b""]
    assert compare.copy_groups(paths, InProcess(), CONFIG, tmp_path).tolist() == list(range(count))


def test_hits_do_not_depend_on_where_words_are_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seeds, "FEW", 3)
    documents = corpus(0, 60)
    found = []
    for batch in (1 << 20, 40):
        monkeypatch.setattr(hits, "_BATCH", batch)
        folder = tmp_path / str(batch)
        folder.mkdir()
        space, _ = compare._prepare(write_packs(folder, documents, 2), folder, 0)
        whole = Documents(space)
        digest(InProcess(), space, settings.signings(CONFIG), words=True)
        space.save_copies(np.arange(len(whole)))
        rows = hits.read(hits.find_hits(InProcess(), space, settings.passage_rules(CONFIG)))
        found.append(sorted(zip(*(column.tolist() for column in table.arrays(rows).values()), strict=True)))
    assert len(found[0]) > 1000
    assert found[0] == found[1]


def test_every_worker_has_some_of_the_words_and_of_the_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the records are the same."""
    monkeypatch.setattr(hits, "_LEAST", 100)
    monkeypatch.setattr(compare, "_LEAST_ROWS", 5)

    class Four(InProcess):
        workers = 4

    items: dict[str, int] = {}
    run = InProcess.map

    def counted(self: InProcess, function: Callable[[Any], Any], given: Sequence[Any]) -> Iterator[Any]:
        inner = getattr(function, "args", ())[:1]
        name = getattr(inner[0], "func", inner[0]).__name__ if inner and callable(inner[0]) else ""
        items[name] = max(items.get(name, 0), len(given))
        return run(self, function, given)

    monkeypatch.setattr(Four, "map", counted)
    documents = corpus(3, 60)
    written = []
    for engine, name in ((InProcess(tmp_path), "one"), (Four(tmp_path), "four")):
        (tmp_path / name).mkdir()
        shared = compare.compare(write_packs(tmp_path / name, documents, 20), engine, CONFIG, tmp_path)
        written.append([list(file.lines()) for file in (shared.clusters, shared.pairs, shared.passages)])
    assert written[0] == written[1]
    assert items["_seeds"] >= 4
    assert min(items[f"{kind}_lines"] for kind in ("cluster", "pair", "passage")) >= 4


def test_of_lone_hits_only_long_and_quoted_ones_are_looked_at() -> None:
    rows: table.Table = {
        "pair": np.array([1, 2, 3, 3, 4, 5], dtype=np.uint64),
        "words": np.array([3, 8, 3, 3, 3, 3]),
        "quoted": np.array([False, False, False, False, True, False]),
    }
    left = passages._without_lone_hits(rows, 8)
    assert table.array(left, "pair").tolist() == [2, 3, 3, 4]


def test_small_tables_are_exchanged_as_one_item(tmp_path: Path) -> None:
    """Each partition opens a file for every item: were there one for every table, that would grow with the square."""
    tables = [hits.Spilled(tmp_path / f"{number}", rows) for number, rows in enumerate([3, 1 << 18, 7, 1 << 19, 5, 5])]
    assert hits.together(tables) == [tables[:3], tables[3:4], tables[4:]]
    assert hits.together([]) == []


def test_very_many_equal_paragraphs(tmp_path: Path) -> None:
    line = "Sign up for our newsletter to read this story and every other one that we print."
    documents = [document(f"{i:05d}.txt", [line] * 20) for i in range(1000)]
    shared = compare.compare(write_packs(tmp_path, documents, 4), InProcess(), CONFIG, tmp_path)
    (cluster,) = [c for c in shared.clusters if c["level"] == "paragraph"]
    assert cluster["size"] == 20_000
    assert len(cluster["sources"]) == 1000
    assert len(shared.pairs) == 19_999


def test_very_many_equal_documents(tmp_path: Path) -> None:
    """Each is a passage with the first, however many there are, and one family."""
    text = [prose(random.Random(1), 60), prose(random.Random(2), 40)]
    documents = [document(f"{i:05d}.txt", text) for i in range(300)]
    shared = compare.compare(write_packs(tmp_path, documents, 3), InProcess(), CONFIG, tmp_path)
    rows = list(shared.passages)
    with_first = {row["b"]["source"] for row in rows if row["a"]["source"] == "00000.txt"}
    assert with_first == {f"{i:05d}.txt" for i in range(1, 300)}
    assert len(rows) == 299
    assert len({(row["words"], row["longest_run"], row["similarity"], row["bits"]) for row in rows}) == 1
    assert {(row["family"], row["origins"]) for row in rows} == {(rows[0]["family"], 1)}
    for row in rows:
        assert row["a"]["text"] == row["b"]["text"] == "\n\n".join(text)


def test_an_older_run_is_the_original_and_not_reported_by_itself(tmp_path: Path) -> None:
    rng = random.Random(3)
    one, two, three, four = (prose(rng, 80) for _ in range(4))
    old = [document("old/a.txt", [one, two], "2020-01-01"), document("old/b.txt", [two, four], "2020-01-02")]
    new = [document("new/a.txt", [one, three], "2001-01-01"), document("new/b.txt", [three], "2001-01-01")]
    paths = [*write_packs(tmp_path, old, 2)]
    (tmp_path / "new").mkdir()
    paths += write_packs(tmp_path / "new", new, 1)
    shared = compare.compare(paths, InProcess(), CONFIG, tmp_path, older=2)
    clusters = [c for c in shared.clusters if c["level"] == "paragraph"]
    assert sorted(c["sources"] for c in clusters) == [["new/a.txt", "new/b.txt"], ["new/a.txt", "old/a.txt"]]
    canonical = {c["canonical"]["document_id"] for c in clusters}
    assert canonical == {old[0].id, new[0].id}
    assert all("new" in p["a"]["source"] + p["b"]["source"] for p in shared.passages)
    assert len(shared.passages) == 2
    assert len([pair for pair in shared.pairs if pair["relation"] == "copy"]) == 2
    assert shared.memberships(1) == {}
    assert shared.memberships(2)[new[0].paragraph_id(new[0].blocks[0])][1] is False


def test_lines_are_read_as_records(tmp_path: Path) -> None:
    lines = [json.dumps({"document_id": f"{i}", "paragraph_id": None}).encode() + b"\n" for i in range(3)]
    path = tmp_path / "some"
    path.write_bytes(packed(b"".join, lines[:2]) + packed(b"".join, []) + packed(b"".join, lines[2:]))
    written = RecordFile(path, 3, Member)
    assert [record.document_id for record in written] == ["0", "1", "2"]
    assert list(written.lines()) == lines


def test_records_wait_for_the_output_in_little_room(tmp_path: Path) -> None:
    shared = compare.compare(write_packs(tmp_path, corpus(5, 60), 20), InProcess(), CONFIG, tmp_path)
    for written in (shared.clusters, shared.pairs, shared.passages):
        size = sum(map(len, written.lines()))
        assert size > 4000
        assert 3 * written.path.stat().st_size < size
