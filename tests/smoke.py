"""What must hold on every Python: the seeds' bytes, a Parquet and a WARC file. `make smoke PYTHON=python3.13` runs it.

It needs the package and pyarrow, and none of what the other tests need.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "tests" / "cases" / "seeds"
SENTENCE = "The harbour office said on Monday that the ferry would run again from the first week of the month."
PARAGRAPHS = [f"{SENTENCE} Notice number {number} was pinned to the door of the ticket hall." for number in range(3)]
MENU = "Skip to main content"


def clean(given: Path, out: Path) -> list[dict[str, object]]:
    """The records of `pipeline clean GIVEN OUT`, run as a user would."""
    subprocess.run([sys.executable, "-m", "pipeline", "clean", given, out, "--quiet"], check=True)
    return [json.loads(line) for line in (out / "documents.jsonl").read_text(encoding="utf-8").splitlines()]


def check_seeds(folder: Path) -> None:
    """The seeds give the golden files, byte for byte."""
    clean(ROOT / "seeds", folder / "seeds")
    for golden in sorted(GOLDEN.glob("*.jsonl")):
        assert (folder / "seeds" / golden.name).read_bytes() == golden.read_bytes(), golden.name


def check_parquet(folder: Path) -> None:
    """A column of a Parquet file comes out clean, with its metadata."""
    given = folder / "rows.parquet"
    text = "\n\n".join((MENU, *PARAGRAPHS))
    pq.write_table(pa.table({"text": [text], "url": ["https://example.org/ferry"]}), given)
    (record,) = clean(given, folder / "parquet")
    assert record["text"] == "\n\n".join(PARAGRAPHS), record["text"]
    assert record["metadata"]["url"] == "https://example.org/ferry"  # type: ignore[index]


def check_warc(folder: Path) -> None:
    """A page of a WARC file comes out clean: the way of HTML, lxml and trafilatura."""
    page = "".join((f"<div class=nav>{MENU}</div><article>", *(f"<p>{text}</p>" for text in PARAGRAPHS), "</article>"))
    body = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<!doctype html><body>{page}".encode()
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://example.org/ferry\r\n"
        "WARC-Date: 2021-03-04T05:06:07Z\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000000>\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    given = folder / "crawl.warc"
    given.write_bytes(head.encode() + body + b"\r\n\r\n")
    (record,) = clean(given, folder / "warc")
    assert record["text"] == "\n\n".join(PARAGRAPHS), record["text"]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        for check in (check_seeds, check_parquet, check_warc):
            check(Path(place))
            print(f"Python {sys.version.split()[0]}: {check.__name__} holds")
