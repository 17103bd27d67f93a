"""JSON: encodings, compressions, libraries, and the records of crawlers, corpora, APIs and data bases."""

from __future__ import annotations

import bz2
import codecs
import gzip
import json
import lzma
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pipeline.zstandard import zstandard
from tests.read.kinds.kind import STORIES, Story, kind
from tests.read.test_json_shapes import AUTHOR, DAY, PARAGRAPHS, RECORDS, TITLE, URL

RECORDS_ALL = [story.record for story in STORIES]


def dumped(records: Sequence[Any], **options: Any) -> bytes:
    return b"".join(json.dumps(record, **options).encode() + b"\n" for record in records)


LINES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "JSON Lines, escaped": ("news.jsonl", lambda: dumped(RECORDS_ALL)),
    "JSON Lines, UTF-8": ("news.jsonl", lambda: dumped(RECORDS_ALL, ensure_ascii=False)),
    "JSON Lines, carriage returns": ("news.ndjson", lambda: dumped(RECORDS_ALL).replace(b"\n", b"\r\n")),
    "JSON Lines, byte-order mark": ("news.jl", lambda: codecs.BOM_UTF8 + dumped(RECORDS_ALL, ensure_ascii=False)),
    "JSON Lines, UTF-16": ("news.jsonl", lambda: dumped(RECORDS_ALL, ensure_ascii=False).decode().encode("utf-16")),
    "JSON Lines, windows-1252": (
        "news.jsonl",
        lambda: dumped(RECORDS_ALL, ensure_ascii=False).decode().encode("cp1252"),
    ),
    "JSON Lines, gzip": ("news.jsonl.gz", lambda: gzip.compress(dumped(RECORDS_ALL))),
    "JSON Lines, bzip2": ("news.jsonl.bz2", lambda: bz2.compress(dumped(RECORDS_ALL))),
    "JSON Lines, xz": ("news.jsonl.xz", lambda: lzma.compress(dumped(RECORDS_ALL))),
    "JSON Lines, Zstandard": ("news.jsonl.zst", lambda: bytes(zstandard().compress(dumped(RECORDS_ALL)))),
    "JSON Lines called .txt": ("news.txt", lambda: dumped(RECORDS_ALL)),
    "JSON array": ("news.json", lambda: json.dumps(RECORDS_ALL).encode()),
    "JSON array, indented": ("news.json", lambda: json.dumps(RECORDS_ALL, indent=2, ensure_ascii=False).encode()),
    "JSON objects one after another": (
        "news.json",
        lambda: b"".join(json.dumps(r, indent=1).encode() for r in RECORDS_ALL),
    ),
}
for _name, (_file, _data) in LINES.items():
    kind(_name, _file)(lambda path, data=_data: path.write_bytes(data()))  # type: ignore[misc]


@kind("JSON Lines by orjson", "news.jsonl", "orjson")
def _orjson(path: Path) -> None:
    import orjson

    path.write_bytes(b"".join(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE) for record in RECORDS_ALL))


@kind("JSON Lines by pandas", "news.jsonl", "pandas")
def _pandas(path: Path) -> None:
    import pandas as pd

    pd.DataFrame(RECORDS_ALL).to_json(path, orient="records", lines=True)


for _orient in ("records", "columns", "index", "split", "table"):

    def _write_oriented(path: Path, orient: Any = _orient) -> None:
        import pandas as pd

        pd.DataFrame(RECORDS_ALL).to_json(path, orient=orient)

    kind(f"JSON by pandas, orient={_orient}", "news.json", "pandas")(_write_oriented)


@kind("JSON Lines by Polars", "news.jsonl", "polars")
def _polars(path: Path) -> None:
    import polars as pl

    pl.DataFrame(RECORDS_ALL).write_ndjson(path)


@kind("JSON by Polars", "news.json", "polars")
def _polars_array(path: Path) -> None:
    import polars as pl

    pl.DataFrame(RECORDS_ALL).write_json(path)


@kind("JSON Lines by DuckDB", "news.json", "duckdb")
def _duckdb(path: Path) -> None:
    import duckdb
    import pandas as pd

    frame = pd.DataFrame(RECORDS_ALL)  # noqa: F841  # DuckDB looks for it
    duckdb.sql(f"COPY (SELECT * FROM frame) TO '{path}' (FORMAT json)")


@kind("JSON Lines by datasets", "news.jsonl", "datasets")
def _datasets(path: Path) -> None:
    import datasets

    datasets.Dataset.from_list(RECORDS_ALL).to_json(path)


def _adapted(record: Any, story: Story) -> Any:
    """A record of the tests of shapes with another story in it."""
    import datetime

    seconds = str(int(datetime.datetime.fromisoformat(f"{story.day}T08:00:00+00:00").timestamp()))
    text = json.dumps(record, ensure_ascii=False)
    changes = {
        PARAGRAPHS[0]: story.paragraphs[0],
        PARAGRAPHS[1]: story.paragraphs[1],
        URL: story.url,
        TITLE: story.title,
        AUTHOR: story.author,
        DAY: story.day,
        "1614844800": seconds,
    }
    for old, new in changes.items():
        text = text.replace(old, new)
    return json.loads(text)


for _name, (_record, _known) in RECORDS.items():
    if _name != "paragraphs of sentences" and "Jo Writer" not in _known.get("author", ""):

        def _write_shape(path: Path, record: Any = _record) -> None:
            path.write_bytes(dumped([_adapted(record, story) for story in STORIES], ensure_ascii=False))

        _told = " ".join(key for key in ("url", "date", "title", "author") if key in _known)
        kind(f"JSON Lines: {_name}", "news.jsonl", "hand", _told)(_write_shape)


def _api(name: str, wrap: Callable[[list[Any]], Any], item: Callable[[Story], Any], told: str) -> None:
    def write(path: Path) -> None:
        path.write_bytes(json.dumps(wrap([item(story) for story in STORIES]), ensure_ascii=False).encode())

    kind(f"JSON answer: {name}", "answer.json", "hand", told)(write)


_KNOWN = "url date title author"
_api(
    "NewsAPI",
    lambda items: {"status": "ok", "totalResults": 3, "articles": items},
    lambda s: {
        "source": {"id": None, "name": "Paper"}, "author": s.author, "title": s.title, "url": s.url,
        "publishedAt": f"{s.day}T08:00:00Z", "content": s.text,
    },
    _KNOWN,
)  # fmt: skip
_api(
    "GNews",
    lambda items: {"totalArticles": 3, "articles": items},
    lambda s: {
        "title": s.title,
        "description": "",
        "content": s.text,
        "url": s.url,
        "publishedAt": s.day,
        "source": {"name": "P"},
    },
    "url date title",
)
_api(
    "Event Registry",
    lambda items: {"articles": {"page": 1, "results": items, "totalResults": 3}},
    lambda s: {
        "uri": s.id, "lang": "eng", "date": s.day, "url": s.url, "title": s.title, "body": s.text,
        "source": {"uri": "paper.example", "title": "Paper"}, "authors": [{"uri": "x", "name": s.author, "isAgency": False}],
    },
    "url date title author id",
)  # fmt: skip
_api(
    "Guardian",
    lambda items: {"response": {"status": "ok", "total": 3, "results": items}},
    lambda s: {
        "id": s.id, "webPublicationDate": f"{s.day}T08:00:00Z", "webTitle": s.title, "webUrl": s.url,
        "fields": {"byline": s.author, "bodyText": s.text},
    },
    "url date title author id",
)  # fmt: skip
_api(
    "New York Times",
    lambda items: {"status": "OK", "response": {"docs": items, "meta": {"hits": 3}}},
    lambda s: {
        "web_url": s.url, "lead_paragraph": s.text, "headline": {"main": s.title}, "_id": s.id,
        "byline": {"original": f"By {s.author}"}, "pub_date": f"{s.day}T08:00:00+0000",
    },
    "url date title author id",
)  # fmt: skip
_api(
    "mediastack",
    lambda items: {"pagination": {"total": 3}, "data": items},
    lambda s: s.record,
    "url date title author id",
)
_api(
    "Elasticsearch",
    lambda items: {"took": 1, "hits": {"total": {"value": 3}, "hits": items}},
    lambda s: {"_index": "news", "_id": s.id, "_source": s.record},
    "url date title author id",
)
_api("Solr", lambda items: {"response": {"numFound": 3, "docs": items}}, lambda s: s.record, "url date title author id")
_api(
    "JSON Feed",
    lambda items: {"version": "https://jsonfeed.org/version/1.1", "title": "Paper", "items": items},
    lambda s: {"id": s.id, "url": s.url, "title": s.title, "content_text": s.text, "date_published": s.day, "authors": [{"name": s.author}]},
    "url date title author id",
)  # fmt: skip
_api(
    "linked data",
    lambda items: {"@context": "https://schema.org", "@graph": items},
    lambda s: {
        "@type": "NewsArticle", "headline": s.title, "articleBody": s.text, "datePublished": s.day, "url": s.url,
        "author": {"@type": "Person", "name": s.author},
    },
    _KNOWN,
)  # fmt: skip
_api(
    "datasets server",
    lambda items: {"features": [], "rows": items, "num_rows_total": 3},
    lambda s: {"row_idx": 0, "row": s.record, "truncated_cells": []},
    "url date title author id",
)
_api(
    "WordPress",
    lambda items: items,
    lambda s: {
        "id": s.id, "date": f"{s.day}T08:00:00", "link": s.url, "title": {"rendered": s.title},
        "content": {"rendered": "".join(f"<p>{p}</p>\n" for p in s.paragraphs), "protected": False},
    },
    "url date title id",
)  # fmt: skip
