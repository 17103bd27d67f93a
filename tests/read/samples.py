"""Shared helpers: files read whole or in parts, and small archives written by hand."""

from __future__ import annotations

import base64
import gzip
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.model import Failure, RawDocument
from pipeline.read import reading
from pipeline.read.entry import Entry


@dataclass
class Got:
    """What reading gave, sorted by kind."""

    documents: list[RawDocument] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    facts: list[reading.Facts] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        return [document.data.decode() for document in self.documents]

    @property
    def numbers(self) -> list[int]:
        """Ordinals of the documents."""
        return [int(document.source.rpartition("#")[2]) for document in self.documents]

    @property
    def errors(self) -> list[str]:
        return [failure.error for failure in self.failures]

    @property
    def skipped(self) -> dict[str, int]:
        return dict(self.facts[-1].skipped)


def read(path: Path | str, *pairs: str, file_format: str | None = None, target: int | None = None) -> Got:
    """The file at `path` read whole; with `target`, in parts of about so many bytes."""
    options = reading.read_options(file_format, pairs)
    is_local = isinstance(path, Path)
    entry = Entry(path.name if is_local else path.rpartition("/")[2], str(path), path.stat().st_size if is_local else 0)
    got = Got()
    for part in [reading.Part(entry)] if target is None else reading.split(entry, target, options):
        items = list(reading.read(part, options))
        assert isinstance(items[-1], reading.Facts), "the facts come last"
        for item in items:
            kind = {RawDocument: got.documents, Failure: got.failures, reading.Facts: got.facts}[type(item)]
            kind.append(item)  # type: ignore[arg-type]
    return got


def saved(folder: Path, name: str, data: bytes | str) -> Path:
    """A file with this content."""
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def http(body: bytes, *headers: str, status: str = "200 OK", media_type: str = "text/html; charset=utf-8") -> bytes:
    """An HTTP response."""
    head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Type: {media_type}", *headers])
    return head.encode() + b"\r\n\r\n" + body


def sha1(data: bytes) -> str:
    """A digest as crawlers label it."""
    return "sha1:" + base64.b32encode(hashlib.sha1(data).digest()).decode()


def warc(block: bytes, url: str = "http://site.example/", kind: str = "response", **headers: str) -> bytes:
    """One WARC record; `headers` with `_` for `-` replace those that are right or add to them."""
    told = {
        "WARC-Type": kind,
        "WARC-Target-URI": url,
        "WARC-Date": "2024-05-06T07:08:09Z",
        "WARC-Block-Digest": sha1(block),
        "Content-Type": "application/http; msgtype=response" if kind == "response" else "text/plain",
        "Content-Length": str(len(block)),
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"WARC/1.0\r\n{head}\r\n".encode() + block + b"\r\n\r\n"


def members(records: Sequence[bytes]) -> bytes:
    """A gzip file with a member for each record."""
    return b"".join(gzip.compress(record, mtime=0) for record in records)
