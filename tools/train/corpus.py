"""The labelled pages: read, cut into lines as the pipeline cuts them, and split by site."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.quality.pages import FILES, Row, bucket, is_held_out, read_rows, read_sites, site_of
from pipeline.model import Line
from pipeline.text import lines as segment
from pipeline.text.html import page as html
from tools.train.label import label

PERMITTED = ("MIT", "Apache-2.0", "CC-BY-4.0")
"""Licences of sets that a model may be trained on. All others only measure."""
NEWS = ("scrapinghub", "fundus_parsers")
VARIANTS = {"text": ("text", "keep"), "sparse": ("text_sparse", "keep_sparse")}
FOLDS = 3


@dataclass(frozen=True, slots=True)
class Page:
    """One page in one variant, with its gold."""

    set: str
    variant: str
    """`text` holds everything visible; in `sparse`, blocks of links are already gone; `html` is the page rendered."""
    language: str
    site: str
    lines: tuple[Line, ...]
    keep: NDArray[np.bool_]
    gold: str
    licensed: bool
    """Whether a model may be trained on it."""
    facts: NDArray[np.int32] | None = None
    """For `html` what the tree says of each line, a column for each of `html.FACTS`."""

    @property
    def held_out(self) -> bool:
        """In the third of the sites that is never trained nor tuned on."""
        return is_held_out(self.site)

    @property
    def fold(self) -> int:
        """For cross-validation by site."""
        return bucket(f"fold{self.site}", FOLDS)


def read_text(folder: Path) -> Iterator[Page]:
    """Every page of the collection in each of its plain-text variants."""
    for row in read_rows(folder / FILES["text"]):
        for variant, (text_key, keep_key) in VARIANTS.items():
            text = row[text_key]
            if text and (lines := segment.lines(text)):
                yield _page(row, variant, site_of(row, {}), lines, _labels(text, lines, row[keep_key]))


def read_html(folder: Path) -> Iterator[Page]:
    """Every HTML page of the collection, rendered. Those whose site is not stated are never trained on."""
    sites = read_sites(folder)
    for row in read_rows(folder / FILES["html"]):
        rendered = html.render(row["html"])
        if lines := segment.lines(rendered.text, unwrap=False):
            keep = label([line.text for line in lines], row["gold"])
            yield _page(row, "html", site_of(row, sites), lines, keep, rendered.facts, row["id"] in sites)


def _page(
    row: Row,
    variant: str,
    site: str,
    lines: tuple[Line, ...],
    keep: NDArray[np.bool_],
    facts: NDArray[np.int32] | None = None,
    stated: bool = True,
) -> Page:
    licensed = stated and row["licence"] in PERMITTED
    return Page(row["set"], variant, row["lang"], site, lines, keep, row["gold"], licensed, facts)


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
