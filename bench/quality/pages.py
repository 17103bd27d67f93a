"""The labelled pages that the benchmark reads, and the third of the sites that nobody may look at while tuning."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

Row = Mapping[str, Any]

FILES = {"text": "pages_text_dev.jsonl.gz", "sparse": "pages_text_dev.jsonl.gz", "html": "pages_html_dev.jsonl.gz"}
"""Variants of the input: everything visible; blocks of links already gone; the page itself."""
FIELDS = {"text": "text", "sparse": "text_sparse", "html": "html"}


@dataclass(frozen=True, slots=True)
class Page:
    """One page in one variant."""

    id: str
    set: str
    """Name of the set; daniel's pages go by language."""
    language: str
    site: str
    content: str
    gold: str

    @property
    def held_out(self) -> bool:
        """Of a site in the third that is never trained nor tuned on."""
        return is_held_out(self.site)


def is_held_out(site: str) -> bool:
    """Whether a site is in the held-out third, by a hash of its name."""
    return bucket(site, 3) == 0


def bucket(text: str, count: int) -> int:
    """One of `count` buckets, the same on every machine."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) % count


def read_rows(path: Path) -> Iterator[Row]:
    """The pages of a gzipped JSONL file as they stand there."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def read_sites(folder: Path) -> dict[str, str]:
    """The site of each page that has one, by id."""
    return {row["id"]: row["site"] for row in read_rows(folder / FILES["text"]) if row["site"]}


def site_of(row: Row, sites: Mapping[str, str]) -> str:
    """The site a page is of, for the split: as it is stated, else the host of its address, else the page alone."""
    site = row.get("site") or sites.get(row["id"]) or urlsplit(row.get("url") or "").hostname or row["id"]
    return str(site).removeprefix("www.")


def read_pages(folder: Path, variant: str) -> list[Page]:
    """All pages that have this variant, by set."""
    sites = read_sites(folder) if variant == "html" else {}
    pages = []
    for row in read_rows(folder / FILES[variant]):
        name = f"daniel-{row['lang']}" if row["set"] == "daniel" else row["set"]
        content = row[FIELDS[variant]]
        if content:
            pages.append(Page(row["id"], name, row["lang"], site_of(row, sites), content, row["gold"]))
    return sorted(pages, key=lambda page: (page.set, page.id))
