"""Archives of files."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from pathlib import Path

from pipeline.zstandard import zstandard
from tests.read.kinds.kind import STORIES, kind
from tests.read.kinds.web import warc

TOLD = "url date title author"
PAGES = {f"pages/{story.id}.html": story.page.encode() for story in STORIES}


def zipped(path: Path, files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> None:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)


def tarred(path: Path, mode: str, form: int = tarfile.PAX_FORMAT) -> None:
    with tarfile.open(path, mode, format=form) as archive:  # type: ignore[call-overload]
        for name, data in PAGES.items():
            entry = tarfile.TarInfo("./" + name + "x" * 120)  # longer than an old header has room for
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))


kind("zip archive", "pages.zip", told=TOLD, exact=False)(lambda path: zipped(path, PAGES))
kind("zip archive, stored", "pages.zip", told=TOLD, exact=False)(lambda path: zipped(path, PAGES, zipfile.ZIP_STORED))
kind("zip archive, bzip2", "pages.zip", told=TOLD, exact=False)(lambda path: zipped(path, PAGES, zipfile.ZIP_BZIP2))
kind("tar archive", "pages.tar", told=TOLD, exact=False)(lambda path: tarred(path, "w"))
kind("tar archive of GNU", "pages.tar", told=TOLD, exact=False)(lambda path: tarred(path, "w", tarfile.GNU_FORMAT))
kind("tar archive, gzip", "pages.tar.gz", told=TOLD, exact=False)(lambda path: tarred(path, "w:gz"))
kind("tar archive, bzip2", "pages.tar.bz2", told=TOLD, exact=False)(lambda path: tarred(path, "w:bz2"))
kind("tar archive, xz", "pages.tar.xz", told=TOLD, exact=False)(lambda path: tarred(path, "w:xz"))


@kind("tar archive, Zstandard", "pages.tar.zst", told=TOLD, exact=False)
def _zstandard(path: Path) -> None:
    tarred(path, "w")
    path.write_bytes(bytes(zstandard().compress(path.read_bytes())))


@kind("zip archive of JSON Lines", "news.zip", told=TOLD + " id")
def _lines(path: Path) -> None:
    zipped(path, {"news.jsonl": b"".join(json.dumps(story.record).encode() + b"\n" for story in STORIES)})


@kind("zip archive in a tar archive", "all.tar", told=TOLD, exact=False)
def _nested(path: Path) -> None:
    inner = path.with_suffix(".zip")
    zipped(inner, PAGES)
    with tarfile.open(path, "w") as archive:
        archive.add(inner, "pages.zip")
    inner.unlink()


@kind("WACZ", "crawl.wacz", "warcio", TOLD, exact=False)
def _wacz(path: Path) -> None:
    inner = path.with_suffix(".warc.gz")
    warc(inner)
    files = {
        "datapackage.json": json.dumps({"profile": "data-package", "wacz_version": "1.1.1"}).encode(),
        "archive/data.warc.gz": inner.read_bytes(),
        "pages/pages.jsonl": b'{"format": "json-pages-1.0"}\n',
        "indexes/index.cdx.gz": b"",
    }
    inner.unlink()
    zipped(path, files, zipfile.ZIP_STORED)
