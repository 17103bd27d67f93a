"""What is kept beside packs: words come back as they were, in little room, document by document."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pipeline.corpus import packs, table
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


def pack(path: Path, texts: list[str], keyed: bool = True) -> packs.Pack:
    keys = [text.encode()[:16].ljust(16, b".") if keyed else packs.NO_KEY for text in texts]
    packs.write(path, [packs.text_row("", text, key) for text, key in zip(texts, keys, strict=True)])
    return packs.Pack.open(path)


class Made:
    """Makes the words of a pack's documents, and notes of which."""

    def __init__(self, texts: list[str]) -> None:
        self._texts = texts
        self.documents: list[int] = []

    def __call__(self, documents: Array) -> kept.Rows:
        self.documents += documents.tolist()
        return words([self._texts[number] for number in documents])


def of(pack: packs.Pack, made: Made, run: str) -> kept.Rows:
    return kept.rows_of(pack, "words", run, made, kept_words.FORM)


def test_documents_are_taken_over_from_other_packs(tmp_path: Path) -> None:
    first = pack(tmp_path / "one.pack", TEXTS)
    made = Made(TEXTS)
    assert same(of(first, made, "1"), words(TEXTS))
    assert made.documents == [0, 1, 2, 3, 4]
    assert same(of(first, made, "2"), words(TEXTS))
    assert len(made.documents) == 5  # nothing was made again

    texts = [TEXTS[4], "Something new.", TEXTS[2], TEXTS[0]]
    made = Made(texts)
    assert same(of(pack(tmp_path / "two.pack", texts), made, "3"), words(texts))
    assert made.documents == [1]
    assert sorted(path.name for path in tmp_path.glob("*.kept")) == ["one-words.kept", "two-words.kept"]


def test_documents_without_a_key_are_nobody_elses(tmp_path: Path) -> None:
    of(pack(tmp_path / "one.pack", TEXTS, keyed=False), Made(TEXTS), "1")
    texts = ["Another text altogether.", *TEXTS[:2]]
    made = Made(texts)
    assert same(of(pack(tmp_path / "two.pack", texts, keyed=False), made, "2"), words(texts))
    assert made.documents == [0, 1, 2]


def test_a_document_without_a_key_may_have_become_another_thing(tmp_path: Path) -> None:
    """As one that took too long in one run and not in the next, which gives a pack of the same name."""
    first = pack(tmp_path / "one.pack", TEXTS, keyed=False)
    of(first, Made(TEXTS), "1")
    texts = [text + " And more." for text in TEXTS]
    made = Made(texts)
    assert same(of(pack(tmp_path / "one.pack", texts, keyed=False), made, "2"), words(texts))


def test_a_damaged_table_is_made_again(tmp_path: Path) -> None:
    first = pack(tmp_path / "one.pack", TEXTS)
    of(first, Made(TEXTS), "1")
    path = tmp_path / "one-words.kept"
    path.write_bytes(path.read_bytes()[:-1])
    made = Made(TEXTS)
    assert same(of(first, made, "2"), words(TEXTS))
    assert made.documents == [0, 1, 2, 3, 4]
    assert table.is_intact(path)
