"""The partitioned comparison finds what the one in memory finds, whatever the packs, partitions and workers."""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from pipeline.config import Config
from pipeline.corpus.engines.interface import Engine
from pipeline.corpus.engines.local import InProcess, Processes
from pipeline.corpus.packs import MIN_WORDS
from pipeline.match import compare, excerpt, hits, quotes
from pipeline.match.core import match, seeds
from pipeline.match.core.bands import choose_bands
from pipeline.match.core.corpus import Corpus
from pipeline.match.core.families import origins
from pipeline.match.core.passages import PassageRules, passages, word_bits, word_counts
from pipeline.match.core.sign import Signing
from pipeline.match.core.spans import line_numbers
from pipeline.match.words import Words, write_counts, write_words
from pipeline.model import Document
from pipeline.tokens import tokenize
from tests.corpus.test_engines import pid
from tests.documents import document, write_packs
from tests.match.core.texts import EDITS, WORDS, prose

CONFIG = Config()


@pytest.fixture(scope="module")
def processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with Processes(2, tmp_path_factory.mktemp("engine")) as engine:
        yield engine


def corpus(seed: int, count: int) -> list[Document]:
    """Documents with quotes of each other, stock phrases, copied paragraphs and copies of all, in shuffled sources."""
    rng = random.Random(seed)
    bodies = [[prose(rng, rng.randrange(6, 90)) for _ in range(rng.randrange(1, 6))] for _ in range(count)]
    stock = [prose(rng, 14) for _ in range(3)]
    edits = list(EDITS.values())
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
    key = sorted(
        range(len(documents)),
        key=lambda i: (documents[i].metadata.date or "9999", -len(documents[i].text), documents[i].source),
    )
    rank = np.empty(len(documents), dtype=np.int64)
    rank[key] = np.arange(len(documents))
    rows, bands = choose_bands(CONFIG.document_threshold)[::-1]
    copied = match.near_duplicates([d.text for d in documents], 0.5, Signing(5, bands, rows), rank)
    pieces = [
        (number, p.id, d.text[p.start : p.end])
        for number, d in enumerate(documents)
        for p in d.paragraphs
        if len(d.text[p.start : p.end].split()) >= MIN_WORDS
    ]
    own = np.lexsort((np.arange(len(pieces)), rank[[number for number, _, _ in pieces]]))
    own_rank = np.empty_like(own)
    own_rank[own] = np.arange(len(own))
    alike = match.near_duplicates([text for _, _, text in pieces], 0.7, Signing(), own_rank)
    found = passages([d.text for d in documents], PassageRules(), rank)
    independent = origins(found.family, found.documents, copied.canonical)
    named: list[object] = []
    for row in range(len(found)):
        places = zip(found.documents[row].tolist(), found.start[row].tolist(), found.end[row].tolist(), strict=True)
        sides = sorted((documents[number].source, start, end) for number, start, end in places)
        named.append([*sides, int(found.words[row]), int(found.longest[row]), int(independent[found.family[row]])])
    groups: dict[int, set[str]] = {}
    for i, canonical in enumerate(alike.canonical.tolist()):
        groups.setdefault(canonical, set()).add(pieces[i][1])
    return {
        "copies": sorted((documents[i].id, documents[c].id) for i, c in enumerate(copied.canonical.tolist()) if i != c),
        "clusters": sorted((pieces[c][1], sorted(ids)) for c, ids in groups.items() if len(ids) > 1),
        "pairs": sorted(
            (*sorted((pieces[a][1], pieces[b][1])), jaccard)
            for a, b, jaccard in zip(
                alike.pairs.a.tolist(), alike.pairs.b.tolist(), alike.pairs.overlap.jaccard.tolist(), strict=True
            )
        ),
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
            if p["jaccard"] >= 0.7
        ),
        "passages": sorted(
            ([side(p["a"]), side(p["b"]), p["words"], p["longest_run"], p["origins"]] for p in shared.passages),
            key=repr,
        ),
    }


def files(shared: compare.Shared) -> list[bytes]:
    return [lines.path.read_bytes() for lines in (shared.clusters, shared.pairs, shared.passages)]


@pytest.mark.parametrize("few", [3, 24])
@pytest.mark.parametrize("seed", range(3))
def test_the_same_as_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, few: int) -> None:
    monkeypatch.setattr(seeds, "FEW", few)
    documents = corpus(seed, 60)
    expected = in_memory(documents)
    assert min(map(len, expected.values())) > 5
    written = []
    for packs, partitions in ((1, 1), (2, 7), (7, 2)):
        monkeypatch.setattr(hits, "partitions", lambda size, count=partitions: count)
        monkeypatch.setattr(quotes, "partitions", lambda size, count=partitions: count)
        if partitions > 1:
            monkeypatch.setattr(hits, "_BATCH", 2000)
            monkeypatch.setattr(hits, "_PORTION", 100)
            monkeypatch.setattr(quotes, "_WORDS", 3000)
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
    shared = compare.compare(write_packs(tmp_path, corpus(4, 50), 2), InProcess(), CONFIG, tmp_path)
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
        text = shared.text_of(cluster["canonical"])
        assert len(text.split()) >= MIN_WORDS
    places = [[(p[s]["source"], p[s]["start"], p[s]["end"]) for s in ("a", "b")] for p in shared.passages]
    assert places == sorted(places)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_next_to_nothing(tmp_path: Path, count: int) -> None:
    paths = write_packs(tmp_path, [document(f"{i}.txt", []) for i in range(count)], count)
    shared = compare.compare(paths, InProcess(), CONFIG, tmp_path)
    assert files(shared) == [b"", b"", b""]
    assert compare.copy_groups(paths, InProcess(), CONFIG, tmp_path).tolist() == list(range(count))


def test_very_many_equal_paragraphs(tmp_path: Path) -> None:
    line = "Sign up for our newsletter to read this story and every other one that we print."
    documents = [document(f"{i:05d}.txt", [line] * 20) for i in range(1000)]
    shared = compare.compare(write_packs(tmp_path, documents, 4), InProcess(), CONFIG, tmp_path)
    (cluster,) = [c for c in shared.clusters if c["level"] == "paragraph"]
    assert cluster["size"] == 20_000
    assert len(cluster["sources"]) == 1000
    assert len(shared.pairs) == 19_999


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
    assert len(shared.pairs) == 2
    assert shared.memberships(1) == {}
    assert shared.memberships(2)[new[0].paragraphs[0].id][1] is False


def test_an_excerpt_is_a_corpus(tmp_path: Path) -> None:
    rng = random.Random(0)
    phrase = " ".join(rng.choices("ab", k=400))
    texts = [f"{prose(rng, 30)}\n{phrase}\n{prose(rng, rng.randrange(50))}" for _ in range(8)]
    tokens = tokenize(texts)
    counts = word_counts(tokens.hash)
    sizes = []
    for number, part in enumerate((texts[:5], [], texts[5:])):
        own = tokenize(part)
        write_words(tmp_path, number, own, line_numbers(part, own))
        sizes.append(np.diff(own.offsets))
    write_counts(tmp_path, sizes, np.flatnonzero(counts), counts[counts > 0])
    some = np.array([6, 1, 3])
    made = excerpt.Excerpt(Words(tmp_path), tokens.offsets[some], tokens.offsets[some + 1])
    chosen = tokenize([texts[i] for i in some])
    expected = Corpus(
        chosen.offsets, chosen.hash, word_bits(chosen.hash, counts), np.zeros(len(chosen.hash)), len(tokens.hash)
    )
    assert np.array_equal(made.words, expected.words)
    edges = tokens.offsets[some], tokens.offsets[some + 1]
    assert np.array_equal(Words(tmp_path).pick(*edges, ["start", "end"]), [chosen.start, chosen.end])
    a, b = (np.random.default_rng(i).integers(0, len(chosen.hash), 3000) for i in range(2))
    b[:1000] = np.minimum(a[:1000] - chosen.offsets[made.document(a[:1000])] + chosen.offsets[1], len(chosen.hash) - 1)
    alike = made.words[a] == made.words[b]
    for direction in (1, -1):
        same = made.same(a[alike], b[alike], direction)
        assert np.array_equal(same, expected.same(a[alike], b[alike], direction))
        assert same.max() > 100
    low, high = np.minimum(a, b), np.maximum(a, b)
    assert np.array_equal(made.bits(low, high), expected.bits(low, high))
    document_of = made.document(a)
    lines = line_numbers([texts[i] for i in some], chosen)
    for own_number in range(3):
        mine = document_of == own_number
        assert len(np.unique(made.lines[a[mine]] - lines[a[mine]])) == 1


def test_lines_are_read_as_records(tmp_path: Path) -> None:
    path = tmp_path / "some.jsonl"
    path.write_text("".join(json.dumps({"number": i}) + "\n" for i in range(3)))
    assert [record["number"] for record in compare.Lines(path, 3)] == [0, 1, 2]
