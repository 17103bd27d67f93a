"""What a run compares by: a pair exactly at a threshold counts, one a hair below it does not, whatever the threshold is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline import Config, clean, read_records
from pipeline.config import Inputs
from pipeline.match.core.bands import choose_bands
from pipeline.match.settings import signings
from pipeline.records import PairRecord

WORDS = [f"word{number}" for number in range(90)]


def pairs(folder: Path, one: list[str], other: list[str], **options: float) -> list[PairRecord]:
    """The pairs of two texts of one paragraph each."""
    (folder / "in").mkdir(exist_ok=True)
    for name, words in (("a.txt", one), ("b.txt", other)):
        (folder / "in" / name).write_text(" ".join(words))
    clean(folder / "in", folder / "out", Config(cleaning=False, document_threshold=1, **options))
    return list(read_records(folder / "out", "pairs"))


def test_near_duplicates_exactly_at_the_threshold(tmp_path: Path) -> None:
    # 20 and 20 shingles of five words, of which 16 are shared: 16 of 24
    one, other = WORDS[:20] + WORDS[30:34], WORDS[:20] + WORDS[40:44]
    (found,) = pairs(tmp_path, one, other, threshold=16 / 24, containment=0.9)
    assert (found.jaccard, found.relation) == (16 / 24, "revision")
    assert pairs(tmp_path, one, other, threshold=16 / 24 + 1e-9, containment=0.9) == []


@pytest.mark.parametrize("share", [16 / 20, 12 / 20])
def test_a_quote_exactly_at_the_containment(tmp_path: Path, share: float) -> None:
    # The short text has 20 shingles; so many of them stand in the long one
    shared = round(share * 20) + 4
    short, long = WORDS[:24], WORDS[40:60] + WORDS[:shared] + WORDS[60:90]
    (found,) = pairs(tmp_path, short, long, containment=share)
    assert (found.containment_ab, found.relation) == (share, "quote")
    assert found.containment_ba == share * 20 / (len(long) - 4)
    assert pairs(tmp_path, short, long, containment=share + 1e-9) == []


def test_documents_exactly_at_their_threshold(tmp_path: Path) -> None:
    one, other = WORDS[:20] + WORDS[30:34], WORDS[:20] + WORDS[40:44]
    (tmp_path / "in").mkdir()
    for name, words in (("a.txt", one), ("b.txt", other)):
        (tmp_path / "in" / name).write_text(" ".join(words))
    for threshold, count in ((16 / 24, 1), (16 / 24 + 1e-9, 0)):
        clean(tmp_path / "in", tmp_path / "out", Config(cleaning=False, threshold=1, document_threshold=threshold))
        assert len(list(read_records(tmp_path / "out", "clusters"))) == count


@pytest.mark.parametrize(
    ("options", "documents", "paragraphs"),
    [
        ({}, (64, 3), (32, 4)),
        ({"threshold": 0.3}, (64, 3), (91, 2)),
        ({"threshold": 0.9}, (64, 3), choose_bands(0.9)),
        ({"document_threshold": 0.3}, (91, 2), (32, 4)),
        ({"num_perm": 128, "bands": 64}, (64, 3), (64, 2)),  # these are of paragraphs
        ({"threshold": 0.9, "inputs": (Inputs(files="*.txt", threshold=0.5),)}, (64, 3), (64, 3)),  # the least of all
    ],
)
def test_how_texts_are_signed_follows_from_their_threshold(
    options: dict[str, Any], documents: tuple[int, int], paragraphs: tuple[int, int]
) -> None:
    made = signings(Config(**options))
    assert {level: (one.bands, one.rows) for level, one in made.items()} == {
        "document": documents,
        "paragraph": paragraphs,
    }
    assert {(one.k, one.seed) for one in made.values()} == {(5, 1)}


@pytest.mark.parametrize("words", [4, 5, 6])
def test_a_paragraph_of_five_words_is_compared_and_a_shorter_one_is_not(tmp_path: Path, words: int) -> None:
    (tmp_path / "in").mkdir()
    for name, start in (("a.txt", 10), ("b.txt", 50)):
        own = " ".join(WORDS[start : start + 30])
        (tmp_path / "in" / name).write_text(f"{own}\n\n{' '.join(WORDS[:words])}")
    clean(tmp_path / "in", tmp_path / "out", Config(cleaning=False), workers=0)
    clusters = [one for one in read_records(tmp_path / "out", "clusters") if one.level == "paragraph"]
    assert len(clusters) == (words >= 5)
