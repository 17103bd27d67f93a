"""Inputs behind URLs: in memory, by HTTP, and from an object server where one is installed."""

from __future__ import annotations

import gzip
import socket
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from pipeline.errors import UsageError
from pipeline.model import Failure
from pipeline.read import files, reading
from pipeline.read.entry import Entry
from tests.read.samples import read

fsspec = pytest.importorskip("fsspec")

FILES = {
    "a/one.txt": b"One page.",
    "a/two.jsonl": b'{"text": "Two"}\n{"text": "Three"}\n' * 500,
    "b/four.txt.gz": gzip.compress(b"Four."),
    "b/.hidden": b"no",
}


@pytest.fixture
def memory() -> Iterator[str]:
    system = fsspec.filesystem("memory")
    system.pipe({f"/crawl/{name}": data for name, data in FILES.items()})
    yield "memory://crawl"
    system.rm("/crawl", recursive=True)


def check(url: str) -> None:
    """That the files below `url` are found and read like local ones."""
    entries = {entry.source: entry for entry in files.find([url])}
    assert list(entries) == ["a/one.txt", "a/two.jsonl", "b/four.txt.gz"]
    assert entries["a/one.txt"].size == 9
    assert read(entries["a/one.txt"].path).texts == ["One page."]
    assert read(entries["b/four.txt.gz"].path).texts == ["Four."]
    parts = reading.split(entries["a/two.jsonl"], 4000, reading.read_options())
    assert len(parts) > 3
    items = [item for part in parts for item in reading.read(part, reading.read_options())]
    assert sum(isinstance(item, reading.RawDocument) for item in items) == 1000
    assert [entry.source for entry in files.find([f"{url}/**/*.txt"])] == ["a/one.txt"]
    assert [entry.source for entry in files.find([f"{url}/a/one.txt"])] == ["one.txt"]
    with pytest.raises(UsageError, match="no such file or folder"):
        files.find([f"{url}/none.txt"])


def closed_port() -> int:
    """A port where nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def test_a_server_that_does_not_answer_is_no_file_that_is_not_there() -> None:
    pytest.importorskip("aiohttp")
    address = f"http://127.0.0.1:{closed_port()}/page.html"
    with pytest.raises(UsageError, match=r"page\.html: cannot be reached: Connection refused"):
        files.find([address])
    failure, _ = reading.read(reading.Part(Entry("page.html", address, 9)), reading.read_options())
    assert isinstance(failure, Failure)
    assert "cannot be reached: Connection refused" in failure.message


def test_a_folder_in_memory(memory: str) -> None:
    check(memory)


def test_a_local_folder_by_url(tmp_path: Path) -> None:
    for name, data in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    check(f"file://{tmp_path}")


def test_a_file_that_is_gone_is_a_failure(memory: str) -> None:
    (entry, *_) = files.find([memory])
    fsspec.filesystem("memory").rm("/crawl/a/one.txt")
    assert read(entry.path).errors == ["unreadable"]


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        pass


def test_a_web_page(tmp_path: Path) -> None:
    pytest.importorskip("aiohttp")
    (tmp_path / "page.html").write_text("<p>A page.</p>")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(tmp_path))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/page.html"
        (entry,) = files.find([url])
        assert (entry.source, read(entry.path).texts) == ("page.html", ["<p>A page.</p>"])
        server.shutdown()


def test_an_object_server(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("s3fs")
    server = pytest.importorskip("moto.server").ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "none")
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        system = fsspec.filesystem("s3", skip_instance_cache=True)
        system.mkdir("bucket")
        system.pipe({f"bucket/crawl/{name}": data for name, data in FILES.items()})
        fsspec.filesystem("s3").invalidate_cache()
        check("s3://bucket/crawl")
    finally:
        server.stop()


@pytest.mark.parametrize("url", ["nonsense://a/b", "http://127.0.0.1:1/page.html", "ftp://127.0.0.1:1/a.txt"])
def test_what_cannot_be_reached_is_a_usage_error(url: str) -> None:
    with pytest.raises(UsageError, match=url.partition(":")[0]):
        files.find([url])


def test_without_the_library_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(UsageError, match=r"pip install 'pagerinse\[remote\]'"):
        files.find(["s3://bucket/crawl"])
