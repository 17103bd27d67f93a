"""The same documents give the same records in every format, but for the names of their sources."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from pipeline import clean, read_documents, read_records
from pipeline.zstandard import zstandard
from tests.read.samples import http, members, warc

TEXTS = [
    "Harbour reopens after the storm\n\nBy Jo Writer\n\nThe harbour of the small town reopened on Monday, two days after "
    "the storm had closed it.\n\nShare this article\n\nFishermen said that they would go out again as soon as the sea "
    "allows it.\n",
    "Zürich – die Stadt baut\n\nDie Stadt baut am Ufer des Sees ein neues Haus, das im nächsten Jahr öffnen soll.\n\n"
    "Die Bauleute sind zuversichtlich, daß sie rechtzeitig fertig werden.\n",
    "A line alone, with a tab\there and a  double space, that goes on until it ends.\n",
]
PAGES = [
    f"<!DOCTYPE html><html><head><title>Page {i}</title></head><body><nav><a href='/'>Home</a></nav><h1>Page {i}</h1>"
    f"<p>{text.splitlines()[-1]}</p></body></html>"
    for i, text in enumerate(TEXTS)
]


def lines(texts: Sequence[str]) -> bytes:
    return b"".join(json.dumps({"text": text}).encode() + b"\n" for text in texts)


def rows(texts: Sequence[str], delimiter: str = ",") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([["n", "text"], *enumerate(texts)])
    return out.getvalue().encode()


def arrow(texts: Sequence[str], kind: str) -> bytes:
    pa = pytest.importorskip("pyarrow")
    from pyarrow import feather, parquet

    out = io.BytesIO()
    table = pa.table({"text": texts})
    if kind == "parquet":
        parquet.write_table(table, out)
    else:
        feather.write_feather(table, out, compression="uncompressed")
    return out.getvalue()


def crawl(texts: Sequence[str]) -> bytes:
    media_type = "text/html; charset=utf-8" if "<p>" in texts[0] else "text/plain; charset=utf-8"
    return members([warc(http(text.encode(), media_type=media_type)) for text in texts])


def arc(texts: Sequence[str]) -> bytes:
    blocks = [http(text.encode(), media_type="text/html" if "<p>" in text else "text/plain") for text in texts]
    return b"".join(
        b"http://site.example/ 192.0.2.1 20010203040506 text/html %d\n%s\n" % (len(block), block) for block in blocks
    )


FORMATS: dict[str, Callable[[Sequence[str]], bytes]] = {
    "news.jsonl": lines,
    "news.json": lambda texts: json.dumps([{"text": text} for text in texts], indent=1).encode(),
    "news.csv": rows,
    "news.tsv": lambda texts: rows(texts, "\t"),
    "news.parquet": lambda texts: arrow(texts, "parquet"),
    "news.arrow": lambda texts: arrow(texts, "arrow"),
    "news.warc.gz": crawl,
    "news.warc": lambda texts: gzip.decompress(crawl(texts)),
    "news.arc": arc,
    "news.jsonl.gz": lambda texts: gzip.compress(lines(texts)),
    "news.jsonl.bz2": lambda texts: bz2.compress(lines(texts)),
    "news.jsonl.xz": lambda texts: lzma.compress(lines(texts)),
    "news.jsonl.zst": lambda texts: bytes(zstandard().compress(lines(texts))),
}


def cleaned(path: Path, out: Path) -> list[Any]:
    """What the records say, without names, addresses and the ids that come of them."""
    clean([path], out, workers=1)
    assert not list(read_records(out, "failures"))
    found: list[Any] = []
    edits: dict[int, list[Any]] = {}
    for edit in (row.to_dict() for row in read_records(out, "removed")):
        edits.setdefault(edit.pop("document"), []).append(edit)
        edit["evidence"].pop("site", None)  # of a template: an address tells it, a file name does not
    for record in (row.to_dict() for row in read_documents(out)):
        for block in record["blocks"]:
            del block["id"]
        del record["id"], record["metadata"]["url"], record["extra"]  # what else a row has is no part of a file's text
        found.append((record.pop("source"), record | {"edits": edits.get(record.pop("number"), [])}))
    return [record for _, record in sorted(found, key=lambda item: item[0])]


@pytest.fixture(scope="module", params=["text", "html"])
def files(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], list[Any]]:
    texts = TEXTS if request.param == "text" else PAGES
    folder = tmp_path_factory.mktemp("files")
    for i, text in enumerate(texts):
        (folder / f"{i}.{'txt' if request.param == 'text' else 'html'}").write_bytes(text.encode())
    expected = cleaned(folder, tmp_path_factory.mktemp("out"))
    assert len(expected) == len(texts)
    return texts, expected


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_the_records_of_files(files: tuple[list[str], list[Any]], name: str, tmp_path: Path) -> None:
    texts, expected = files
    path = tmp_path / name
    path.write_bytes(FORMATS[name](texts))
    assert cleaned(path, tmp_path / "out") == expected


def test_the_text_of_a_wet_file_gives_the_records_of_text_files(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    for i, text in enumerate(TEXTS):
        (tmp_path / "files" / f"{i}.txt").write_bytes(text.encode())
    wet = tmp_path / "crawl.warc.wet.gz"
    wet.write_bytes(members([warc(text.encode(), kind="conversion") for text in TEXTS]))
    assert cleaned(wet, tmp_path / "out") == cleaned(tmp_path / "files", tmp_path / "expected")
