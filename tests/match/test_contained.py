"""Documents that stand whole inside longer ones."""

from __future__ import annotations

from pathlib import Path

from pipeline.write.output import read_records
from tests.conftest import pipeline
from tests.judge.test_templates import write

SENTENCE = "The quick brown fox jumps over the lazy dog and then walks home along the river bank on 12 March. "


def test_texts_that_repeat_themselves_share_no_more_than_they_have(tmp_path: Path) -> None:
    pages = {}
    for number, (lines, times) in enumerate([(4, 3), (10, 6), (40, 2), (25, 9)]):
        said = [SENTENCE * times + f"Item {item}" for item in range(lines)]
        pages[f"{number}.txt"] = [f"Opening words of text number {number} stand here alone for a while.", *said]
    corpus = write(tmp_path / "in", pages)
    assert pipeline("clean", corpus, tmp_path / "out", "--extractor", "none").returncode == 0
    pairs = [pair for pair in read_records(tmp_path / "out", "pairs") if pair.relation == "contained"]
    assert pairs
    assert all(max(pair.jaccard, pair.containment_ab, pair.containment_ba) <= 1 for pair in pairs)
    assert pipeline("verify", tmp_path / "out").returncode == 0
