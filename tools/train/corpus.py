"""The labelled pages: read, cut into lines as the pipeline cuts them, and split by site."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.quality.pages import bucket, is_held_out, read_rows
from pipeline.model import Line
from pipeline.text import segment

LICENSED = ("scrapinghub", "fundus_parsers", "wcxb_dev")
"""MIT, MIT, CC-BY-4.0: the sets that the licence lets us train on. All others only measure."""
NEWS = ("scrapinghub", "fundus_parsers")
VARIANTS = {"text": ("text", "keep"), "sparse": ("text_sparse", "keep_sparse")}
FOLDS = 3


@dataclass(frozen=True, slots=True)
class Page:
    """One page in one variant, with its gold."""

    set: str
    variant: str
    """`text` holds everything visible; in `sparse`, blocks of links are already gone."""
    language: str
    site: str
    lines: tuple[Line, ...]
    keep: NDArray[np.bool_]
    gold: str

    @property
    def licensed(self) -> bool:
        """Whether a model may be trained on it."""
        return self.set in LICENSED

    @property
    def held_out(self) -> bool:
        """In the third of the sites that is never trained nor tuned on."""
        return is_held_out(self.site)

    @property
    def fold(self) -> int:
        """For cross-validation by site."""
        return bucket(f"fold{self.site}", FOLDS)


def read_pages(path: Path) -> Iterator[Page]:
    """Every page of the collection in each of its variants."""
    for row in read_rows(path):
        yield from _variants(row)


def _variants(row: dict[str, Any]) -> Iterator[Page]:
    for variant, (text_key, keep_key) in VARIANTS.items():
        text = row[text_key]
        lines = segment.lines(text) if text else ()
        if lines:
            site = row["site"] or row["id"]
            yield Page(row["set"], variant, row["lang"], site, lines, _labels(text, lines, row[keep_key]), row["gold"])


def _labels(text: str, lines: tuple[Line, ...], keep: str) -> NDArray[np.bool_]:
    """Whether most of each line is to be kept; `keep` has one digit for each physical line that is not blank."""
    kept = np.zeros(len(text) + 1, dtype=np.int64)
    start = number = 0
    for physical in text.split("\n"):
        if physical.strip():
            if keep[number] == "1":
                kept[start + 1 : start + len(physical) + 1] = 1
            number += 1
        start += len(physical) + 1
    total = np.cumsum(kept)
    return np.array([2 * (total[line.end] - total[line.start]) > line.end - line.start for line in lines], dtype=bool)
