"""What is kept beside packs: words come back as they were, in little room, document by document."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from pipeline.corpus import packs, table
from pipeline.corpus.cache import CachedDocuments
from pipeline.corpus.table import Array
from pipeline.match import kept, kept_words
from pipeline.match.core.memory import columns_in_parts
from pipeline.tokens import offsets_of

TEXTS = [
    "“The tide,” she said, “was late – by an hour.”\n\nNobody on the pier was surprised… Or was he?",
    "",
    "Çok güzel bir gün, dedi balıkçı.\n\n港口今天关闭了。",
    "a" * 70_000 + " " * 70_000 + "b",
    "\n" * 300 + "The last word stands far down.",
]


def words(texts: list[str]) -> kept.Rows:
    parts = list(columns_in_parts(texts))
    sizes = sum((np.bincount(text, minlength=len(texts)) for _, text in parts), np.zeros(len(texts), dtype=np.int64))
    return kept.Rows(offsets_of(sizes), kept_words.columns_of([part for part, _ in parts]))


def same(one: kept.Rows, two: kept.Rows) -> bool:
    assert list(one.columns) == list(two.columns)
    pairs = [(one.columns[name], two.columns[name]) for name in one.columns]
    assert all(np.asarray(a).dtype == np.asarray(b).dtype for a, b in pairs)
    return np.array_equal(one.first, two.first) and all(np.array_equal(a, b) for a, b in pairs)


def test_words_come_back_as_they_were() -> None:
    rows = words(TEXTS)
    packed = kept_words.FORM.pack(rows)
    assert same(rows, kept.Rows(rows.first, kept_words.FORM.unpack(rows.first, packed)))
    none = words([])
    assert same(none, kept.Rows(none.first, kept_words.FORM.unpack(none.first, kept_words.FORM.pack(none))))


@pytest.mark.parametrize("before", ["", "\n" * 300, " " * 70_000])
def test_words_that_one_character_is_folded_to_stand_at_one_place(before: str) -> None:
    rows = words([before + "Add ½ cup of flour and 1½ of milk, then ¾ more.", "Nobody was surprised."])
    start, end = rows.columns["start"], rows.columns["end"]
    assert (np.asarray(start)[1:] < np.asarray(end)[:-1]).any()
    packed = kept_words.FORM.pack(rows)
    assert same(rows, kept.Rows(rows.first, kept_words.FORM.unpack(rows.first, packed)))
    halves = [kept_words.FORM.cut(packed, int(low), int(high)) for low, high in pairwise(rows.first)]
    assert same(rows, kept.Rows(rows.first, kept_words.FORM.unpack(rows.first, kept_words.FORM.join(halves))))


def pack(path: Path, texts: list[str]) -> packs.Pack:
    packs.write(path, [packs.text_row("", text) for text in texts])
    return packs.Pack.open(path)


class Made:
    """Makes the words of a pack's documents, and notes of which."""

    def __init__(self, texts: list[str]) -> None:
        self._texts = texts
        self.documents: list[int] = []

    def __call__(self, documents: Array) -> kept.Rows:
        self.documents += documents.tolist()
        return words([self._texts[number] for number in documents])


def of(pack: packs.Pack, made: Made) -> kept.Rows:
    earlier = sorted(path for path in pack.path.parent.glob("*.pack") if path != pack.path)
    return kept.rows_of(pack, "words", lambda: CachedDocuments(earlier, by="content"), made, kept_words.FORM)


def test_documents_are_taken_over_from_other_packs(tmp_path: Path) -> None:
    first = pack(tmp_path / "one.pack", TEXTS)
    made = Made(TEXTS)
    assert same(of(first, made), words(TEXTS))
    assert made.documents == [0, 1, 2, 3, 4]
    assert same(of(first, made), words(TEXTS))
    assert len(made.documents) == 5  # nothing was made again

    texts = [TEXTS[4], "Something new.", TEXTS[2], TEXTS[0]]
    made = Made(texts)
    assert same(of(pack(tmp_path / "two.pack", texts), made), words(texts))
    assert made.documents == [1]
    assert sorted(path.name for path in tmp_path.glob("*.kept")) == ["one-words.kept", "two-words.kept"]


def test_a_pack_of_the_same_name_may_have_become_another_thing(tmp_path: Path) -> None:
    """As where a document took too long in one run and not in the next."""
    first = pack(tmp_path / "one.pack", TEXTS)
    of(first, Made(TEXTS))
    texts = [text + " And more." for text in TEXTS]
    made = Made(texts)
    assert same(of(pack(tmp_path / "one.pack", texts), made), words(texts))
    assert made.documents == [0, 1, 2, 3, 4]


def test_a_damaged_table_is_made_again(tmp_path: Path) -> None:
    first = pack(tmp_path / "one.pack", TEXTS)
    of(first, Made(TEXTS))
    path = tmp_path / "one-words.kept"
    path.write_bytes(path.read_bytes()[:-1])
    made = Made(TEXTS)
    assert same(of(first, made), words(TEXTS))
    assert made.documents == [0, 1, 2, 3, 4]
    assert table.is_intact(path)


def test_documents_of_several_packs_come_together(tmp_path: Path) -> None:
    """In stretches, those of one pack between those of another, and some made in between."""
    many = [
        f"Boat {number} left the harbour at {number} o'clock, with {number * number} crates." for number in range(40)
    ]
    for name, own in (("one", many[:20]), ("two", many[20:])):
        of(pack(tmp_path / f"{name}.pack", own), Made(own))
    texts = [*many[3:9], "Something new.", *many[25:40], *many[10:12], "Something else.", many[1], many[21]]
    made = Made(texts)
    found = of(pack(tmp_path / "three.pack", texts), made)
    assert same(found, words(texts))
    assert made.documents == [6, 24]
    again = Made(texts)
    assert same(of(packs.Pack.open(tmp_path / "three.pack"), again), words(texts))
    assert again.documents == []
    few = table.read(tmp_path / "three-words.kept")
    alone = kept_words.FORM.pack(words(texts))
    assert all(np.array_equal(table.array(few, name), table.array(alone, name)) for name in alone)


def test_earlier_packs_are_not_looked_for_where_all_is_kept(tmp_path: Path) -> None:
    first = pack(tmp_path / "one.pack", TEXTS)
    of(first, Made(TEXTS))

    def never() -> CachedDocuments:
        raise AssertionError

    made = Made(TEXTS)
    assert same(kept.rows_of(first, "words", never, made, kept_words.FORM), words(TEXTS))
    assert made.documents == []


def test_packs_with_the_same_content_have_in_common_what_is_kept(tmp_path: Path) -> None:
    rows = [packs.text_row("", text) for text in TEXTS]
    made = Made(TEXTS)
    for name in ("one", "two"):
        path = tmp_path / f"{name}.pack"
        packs.write_divided(path, [packs.part([replace(one, key=name.encode().ljust(16)) for one in rows])])
        assert same(of(packs.Pack.open(path), made), words(TEXTS))
    assert made.documents == [0, 1, 2, 3, 4]
    assert len(list(tmp_path.glob("*.kept"))) == 1


def test_a_table_of_other_documents_is_not_taken_for_that_of_a_pack(tmp_path: Path) -> None:
    """As where a document was refused in one run, and not in the next."""
    of(pack(tmp_path / "one.pack", TEXTS[:3]), Made(TEXTS[:3]))
    made = Made(TEXTS)
    assert same(of(pack(tmp_path / "one.pack", TEXTS), made), words(TEXTS))
    assert made.documents == [3, 4]
