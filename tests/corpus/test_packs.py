"""Packs: what goes in comes out, whatever the text, and a run may have more packs than a process may have files."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline import ledger
from pipeline.corpus import packs, table
from pipeline.corpus.packs import Pack, Packs
from pipeline.corpus.packs import one as one_pack
from pipeline.corpus.table import Blobs, Column
from pipeline.model import Edit, Evidence
from pipeline.records import Document
from tests.documents import document, row, write_packs

TEXTS = [
    ["The ferry to the island was late again.", "Nobody on the pier was surprised by that."],
    ["Çok güzel bir gün, dedi balıkçı — ve güldü 😀.", "港口 今天 关闭 了 因为 风暴 很 大", "x"],
    [],
    ["A lone \ud800 surrogate stands in this line of text."],
]


def test_texts_come_back_by_number(tmp_path: Path) -> None:
    documents = [document(f"{i}.txt", TEXTS[i % 4]) for i in range(10)]
    found = Packs(write_packs(tmp_path, documents, 4))
    numbers = np.array([9, 0, 5, 5, 2])
    assert list(found.document_texts(numbers)) == [documents[i].text for i in numbers]
    every = [d.text[p.start : p.end] for d in documents for p in d.blocks]
    numbers = np.random.default_rng(0).permutation(len(every))
    assert list(found.paragraph_texts(numbers)) == [every[i] for i in numbers]
    assert found.column("chars").tolist() == [len(d.text) for d in documents]
    assert found.paragraph_column("document").tolist() == [i for i, d in enumerate(documents) for _ in d.blocks]
    pack, own = found.find(5)
    assert pack.record(own)["text"] == documents[5].text


def test_of_many_packs_some_are_open_still(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.corpus.packs.many._OPEN", 3)
    documents = [document(f"{i}.txt", TEXTS[i % 4]) for i in range(8)]
    found = Packs(write_packs(tmp_path, documents, 8))
    opened: list[str] = []
    real = Pack.open
    monkeypatch.setattr(Pack, "open", lambda path: opened.append(path.stem) or real(path))  # type: ignore[func-returns-value]
    for _ in range(3):
        every = np.arange(8)
        assert list(found.document_texts(every)) == [one.text for one in documents]
    assert "".join(opened[-10:]) == "4321034567"


def _edited(source: str, text: str, edits: list[Edit]) -> Document:
    own = document(source, [ledger.apply(text, edits)])
    return own.replace(edits=tuple(edits), removed=tuple(text[edit.start : edit.end] for edit in edits))


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.text("aé😀\n", max_size=4), st.text("xé\n", max_size=3), st.text("yß", max_size=2)), max_size=9
    )
)
def test_a_stretch_of_the_source(pieces: list[tuple[str, str, str]]) -> None:
    text, edits = "", []
    for kept, removed, replacement in pieces:
        text += kept
        edits.append(
            Edit(len(text), len(text) + len(removed), replacement if removed else "", "rule", Evidence(pattern="p"))
        )
        text += removed
    documents = [
        document("before.txt", TEXTS[0]),
        _edited("it.txt", text + ".", edits),
        document("after.txt", TEXTS[1]),
    ]
    clean, offsets = documents[1].text, ledger.OffsetMap(edits)
    spans = np.array([(i, j) for i in range(len(clean)) for j in range(i + 1, len(clean) + 1)])
    with TemporaryDirectory() as folder:
        found = Packs(write_packs(Path(folder), documents, 2)).in_source(np.ones(len(spans), np.int64), *spans.T)
    expected = [(offsets.start(start), offsets.end(end)) for start, end in spans.tolist()]
    assert found == [(start, end, (text + ".")[start:end]) for start, end in expected]


def test_packs_are_found_again_by_their_list(tmp_path: Path) -> None:
    paths = write_packs(tmp_path, [document(f"{i}.txt", TEXTS[0]) for i in range(5)], 3)
    Packs(paths).save(tmp_path / "list")
    found = Packs.load(tmp_path / "list")
    assert found.paths == paths
    assert len(found) == 5
    assert found.first_paragraph.tolist() == Packs(paths).first_paragraph.tolist()


@pytest.mark.parametrize("count", [0, 1, 3, 200])
@pytest.mark.parametrize("shuffled", [False, True])
def test_order_is_by_source(tmp_path: Path, count: int, shuffled: bool) -> None:
    names = sorted(f"folder/{i * 7919 % 1000:03d}é.txt" for i in range(500))
    if shuffled:
        random.Random(1).shuffle(names)
    documents = [document(name, TEXTS[0]) for name in (names if count else [])]
    found = Packs(write_packs(tmp_path, documents, count))
    expected = sorted(range(len(documents)), key=lambda i: (documents[i].source, documents[i].id))
    assert found.order().tolist() == expected


def test_few_packs_are_open_at_a_time(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    paths = write_packs(tmp_path, [document(f"{i:04d}.txt", TEXTS[0]) for i in range(400)], 400)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(300, soft), hard))
    try:
        found = Packs(paths)
        assert len(list(found.document_texts(np.arange(400)))) == 400
        assert found.order().tolist() == list(range(400))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_damaged_pack_is_told(tmp_path: Path) -> None:
    (path,) = write_packs(tmp_path, [document("a.txt", TEXTS[0])], 1)
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(ValueError, match=r"0\.pack"):
        packs.Pack.open(path)


@pytest.mark.parametrize("seed", range(6))
def test_a_pack_of_stretches_of_others_is_the_pack_of_their_documents(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    documents: list[Document] = []
    for i in range(24):
        paragraphs = [rng.choice(TEXTS[rng.randrange(4)] or ["alone"]) for _ in range(rng.randrange(4))]
        text = "\n\n".join(paragraphs)
        cuts = sorted(rng.sample(range(len(text) + 1), min(4, len(text)) // 2 * 2))
        spans = zip(cuts[::2], cuts[1::2], strict=True)
        edits = [Edit(low, high, rng.choice(["", "é "]), "rule", Evidence()) for low, high in spans]
        documents.append(_edited(f"{i:02}.txt", text, edits))
    earlier = Packs(write_packs(tmp_path, documents[:20], 3))
    parts: list[packs.Part] = []
    numbers: list[int] = []
    for _ in range(5):
        number = rng.randrange(3)
        pack, before = earlier.pack(number), int(earlier.first_document[number])
        first, last = sorted(rng.sample(range(len(pack) + 1), 2))
        parts += pack.parts([(first, last)])
        numbers += range(before + first, before + last)
        if rng.random() < 0.5:
            new = rng.randrange(20, 24)
            parts.append(packs.part([row(documents[new])]))
            numbers.append(new)
    spliced, written = tmp_path / "spliced.pack", tmp_path / "written.pack"
    packs.write_parts(spliced, parts)
    packs.write(written, [row(documents[number]) for number in numbers])
    for suffix in (".pack", ".paragraphs", ".edits", ".failures"):
        assert spliced.with_suffix(suffix).read_bytes() == written.with_suffix(suffix).read_bytes(), suffix


def test_a_divided_pack_is_the_pack_that_is_not(tmp_path: Path) -> None:
    documents = [
        _edited(f"{i}.txt", f"{TEXTS[0][0]} {i}", [Edit(4, 9 + i, "é" * i, "rule", Evidence())]) for i in range(6)
    ]
    rows = [replace(row(one), key=bytes([i]) * 16) for i, one in enumerate(documents)]
    packs.write(tmp_path / "whole.pack", rows)
    packs.write_divided(tmp_path / "a.pack", [packs.part(rows[:4]), packs.part(rows[4:])])
    whole, divided = Pack.open(tmp_path / "whole.pack"), Pack.open(tmp_path / "a.pack")
    assert packs.is_intact(divided.path)
    assert len(divided) == len(whole) == 6
    assert divided.path != divided.place
    assert whole.path == whole.place
    assert set(divided.documents) - {"place"} == set(whole.documents)
    _same(divided.documents, whole.documents)
    _same(divided.paragraphs, whole.paragraphs)
    _same(divided.edits(), whole.edits())
    assert table.sizes(divided.documents, "text").tolist() == table.sizes(whole.documents, "text").tolist()

    # Taken over into another one, in another order and with others between them
    last, first = divided.taken([(0, 3, 3), (4, 1, 2)])
    pieces = [last, packs.part(rows[:1]), first]
    packs.write_divided(tmp_path / "b.pack", pieces)
    numbers = [3, 4, 5, 0, 1, 2]
    judged = [0, 1, 2, packs.NOT_JUDGED, 4, 5]
    expected = [replace(rows[number], judged=own) for number, own in zip(numbers, judged, strict=True)]
    packs.write(tmp_path / "expected.pack", expected)
    taken, written = Pack.open(tmp_path / "b.pack"), Pack.open(tmp_path / "expected.pack")
    _same(taken.documents, written.documents)
    _same(taken.paragraphs, written.paragraphs)
    _same(taken.edits(), written.edits())


def test_of_packs_that_documents_are_taken_over_from_one_is_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    descriptors = Path("/proc/self/fd")
    if not descriptors.is_dir():
        pytest.skip("there is no /proc that says which files are open")
    rows = [replace(row(_edited(f"{i}.txt", f"{TEXTS[0][0]} {i}", [])), key=i.to_bytes(16, "big")) for i in range(60)]
    at_first = len(list(descriptors.iterdir()))
    is_open: list[int] = []

    def opened(path: Path) -> Pack:
        is_open.append(len(list(descriptors.iterdir())) - at_first)
        return Pack.open(path)

    taken: list[packs.Part | packs.Taken] = []
    for number, one in enumerate(rows):
        path = tmp_path / f"{number}.pack"
        packs.write_divided(path, [packs.part([one])])
        taken += opened(path).taken([(number, 0, 1)])
    monkeypatch.setattr(one_pack, "Pack", SimpleNamespace(open=opened))
    packs.write_divided(tmp_path / "all.pack", taken)
    assert len(is_open) == 2 * len(rows)
    assert max(is_open) < 10
    every = Pack.open(tmp_path / "all.pack")
    assert list(table.blobs(every.documents, "source")) == [f"{i}.txt".encode() for i in range(60)]
    assert table.array(every.documents, "judged").tolist() == list(range(60))


def _same(one: Mapping[str, Column], two: Mapping[str, Column]) -> None:
    """The columns of `two` are in `one`."""
    for name in two:
        if isinstance(two[name], Blobs):
            assert list(table.blobs(one, name)) == list(table.blobs(two, name)), name
        else:
            assert table.array(one, name).tolist() == table.array(two, name).tolist(), name


def test_packs_that_differ_in_why_something_was_struck_have_their_content_in_common(tmp_path: Path) -> None:
    text = TEXTS[0][0]
    made: dict[str, Pack] = {}
    for name, edit in (
        ("one", Edit(4, 10, "", "template", Evidence())),
        ("two", Edit(4, 10, "", "model", Evidence(score=0.5))),
        ("three", Edit(4, 11, "", "model", Evidence(score=0.5))),
    ):
        path = tmp_path / f"{name}.pack"
        packs.write_divided(
            path, [packs.part([replace(row(_edited("it.txt", text, [edit])), key=name.encode().ljust(16))])]
        )
        made[name] = Pack.open(path)
    assert made["one"].place == made["two"].place != made["three"].place
    ledgers = {name: pack.ledger(0) for name, pack in made.items()}
    assert b"template" in ledgers["one"]
    assert ledgers["one"] != ledgers["two"]
    assert made["one"].record(0).text == made["two"].record(0).text == text[:4] + text[10:]
    assert made["three"].record(0).text == text[:4] + text[11:]


@pytest.mark.parametrize(
    "damaged", ["content-*.content", "content-*.paragraphs", "content-*.edits", "a.failures", "a.pack"]
)
def test_a_divided_pack_is_intact_with_all_its_files(tmp_path: Path, damaged: str) -> None:
    rows = [row(document("a.txt", TEXTS[0]))]
    path = tmp_path / "a.pack"
    for spoil in (lambda file: file.unlink(), lambda file: file.write_bytes(file.read_bytes()[:-1])):
        packs.write_divided(path, [packs.part(rows)])
        assert packs.is_intact(path)
        (file,) = tmp_path.glob(damaged)
        spoil(file)
        assert not packs.is_intact(path)
    packs.write_divided(path, [packs.part(rows)])
    assert packs.is_intact(path)
    assert Pack.open(path).record(0).text == Pack.open(path).text(0) == "\n\n".join(TEXTS[0])


def test_a_pack_without_documents_can_be_divided(tmp_path: Path) -> None:
    packs.write_divided(tmp_path / "a.pack", [])
    assert len(Pack.open(tmp_path / "a.pack")) == 0
    assert packs.is_intact(tmp_path / "a.pack")
