"""The labelled pages: read, laid out as the pipeline lays them out, and split by site."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.quality.pages import FILES, Row, bucket, is_held_out, read_rows, read_sites, site_of
from pipeline.meta.page import page_metadata
from pipeline.text import plain
from pipeline.text.blocks import Blocks
from pipeline.text.html import page as html
from pipeline.views.markdown import letters
from tools.train.label import label

PERMITTED = ("MIT", "Apache-2.0", "CC-BY-4.0")
"""Licences of sets that a model may be trained on. All others only measure."""
NEWS = ("scrapinghub", "fundus_parsers")
VARIANTS = {"text": ("text", "keep"), "sparse": ("text_sparse", "keep_sparse")}
FOLDS = 3
TYPES_FILE = "pages_html_types_dev.jsonl.gz"
"""Pages of all types."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page in one variant, with its gold."""

    id: str
    set: str
    variant: str
    """`text` holds everything visible; in `sparse`, blocks of links are already gone; `html` is the page rendered."""
    language: str
    site: str
    blocks: Blocks
    keep: NDArray[np.bool_]
    gold: str
    licensed: bool
    """Whether a model may be trained on it."""
    page_type: str | None = None
    """`article`, `forum` and the like, where the set says it"""
    facts: NDArray[np.int32] | None = None
    """For `html` what the tree says of each block, a column for each of `html.FACTS`."""
    known_titles: tuple[str, ...] = ()
    """What the page is surely called"""
    titles: NDArray[np.bool_] | None = None
    """Which blocks are the title, where a title is known"""
    about: tuple[int, ...] = ()
    """For `html` what head and address hint at, the values of `about.ABOUT`"""

    @property
    def held_out(self) -> bool:
        """In the third of the sites that is never trained nor tuned on."""
        return is_held_out(self.site)

    @property
    def is_article(self) -> bool:
        """A piece of news or another article; all sets that do not say the type are of news."""
        return self.page_type in (None, "article")

    @property
    def fold(self) -> int:
        """For cross-validation by site."""
        return bucket(f"fold{self.site}", FOLDS)


def read_text(folder: Path, titles: Mapping[str, Sequence[str]]) -> Iterator[Page]:
    """Every page of the collection in each of its plain-text variants; `titles` are those that are known, by id."""
    for row in read_rows(folder / FILES["text"]):
        for variant, (text_key, keep_key) in VARIANTS.items():
            text = row[text_key]
            if text and len(blocks := plain.lay_out(text)):
                page = _page(row, variant, site_of(row, {}), blocks, _labels(text, blocks, row[keep_key]))
                yield replace(page, titles=_titles(blocks, titles.get(row["id"], ())))


def read_html(folder: Path) -> Iterator[Page]:
    """Every HTML page of the collections, laid out. Those whose site is not stated are never trained on.

    Every other page is laid out without its address, which many inputs do not state.
    """
    sites = read_sites(folder)
    for name in (FILES["html"], TYPES_FILE):
        for row in read_rows(folder / name):
            rendered = html.render(row["html"], url=row.get("url") if bucket(row["id"], 2) else None, extractor=True)
            if len(rendered.blocks):
                stated = "page_type" in row or row["id"] in sites
                page = _page(
                    row, "html", site_of(row, sites), rendered.blocks, label(rendered.blocks.texts, row["gold"])
                )
                known = _known_titles(row, rendered.head)
                yield replace(
                    page,
                    licensed=page.licensed and stated,
                    facts=rendered.facts,
                    about=rendered.about,
                    known_titles=tuple(known),
                    titles=_titles(rendered.blocks, known),
                )


def _known_titles(row: Row, head: Sequence[tuple[str, str]]) -> list[str]:
    """The titles of a page that are surely its own: not the site's name, and not those of pages that list others."""
    said, _ = page_metadata(head)
    own = row.get("title") or (said["title"].value if "title" in said else "")
    site = said["site"].value if "site" in said else ""
    is_listing = row.get("page_type") in ("listing", "collection", "service", "product")
    is_long = len(own.split()) >= 3 or (not own.isascii() and len(own) >= 6)
    if is_listing or not is_long or letters(own) == letters(site):
        return []
    return [own, *([said["title"].value] if "title" in said else [])]


def _titles(blocks: Blocks, known: Sequence[str]) -> NDArray[np.bool_] | None:
    """Which blocks are a title; None where none is known, or the page does not show it."""
    keys = {letters(title) for title in known}
    found = np.array([letters(text) in keys for text in blocks.texts], dtype=bool)
    return found if found.any() else None


def _page(row: Row, variant: str, site: str, blocks: Blocks, keep: NDArray[np.bool_]) -> Page:
    return Page(
        row["id"],
        row["set"],
        variant,
        row["lang"],
        site,
        blocks,
        keep,
        row["gold"],
        licensed=row["licence"] in PERMITTED,
        page_type=row.get("page_type"),
    )


def _labels(text: str, blocks: Blocks, keep: str) -> NDArray[np.bool_]:
    """Whether most of each block is to be kept; `keep` has one digit for each physical line that is not blank."""
    kept = np.zeros(len(text) + 1, dtype=np.int64)
    start = number = 0
    for physical in text.split("\n"):
        if physical.strip():
            if keep[number] == "1":
                kept[start + 1 : start + len(physical) + 1] = 1
            number += 1
        start += len(physical) + 1
    total = np.cumsum(kept)
    return np.asarray(2 * (total[blocks.end] - total[blocks.start]) > blocks.end - blocks.start, dtype=bool)
