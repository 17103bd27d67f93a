"""Every command of the tutorial and of the how-to pages, run as a reader would run them, in their order."""

from __future__ import annotations

import gzip
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, SEEDS
from tests.judge.test_templates import story

arrow = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")
pytest.importorskip("datasets")
COMMAND = re.compile(r"^    pipeline (.+)$", re.M)
PYTHON = re.compile(r"```python\n(.*?)```", re.DOTALL)
DIFFERS = re.compile(r"^(?:diff|stats)\b")
"""Commands that may end with 1: something differs, or a condition is true"""


def page(title: str, paragraphs: list[str]) -> str:
    body = "".join(f"<p>{one}</p>" for one in paragraphs)
    menu = "".join(f"<li><a href=/{name}>{name.title()}</a></li>" for name in ("home", "news", "sport", "weather"))
    return f"<html><head><title>{title}</title></head><body><ul>{menu}</ul><main><h1>{title}</h1>{body}</main></body></html>"


def warc(title: str, html: str) -> bytes:
    message = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Robots-Tag: noai\r\n\r\n" + html.encode()
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:1>\r\nWARC-Date: 2024-05-03T10:00:00Z\r\n"
        f"WARC-Target-URI: https://example.org/{title}\r\nContent-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(message)}\r\n\r\n"
    )
    return gzip.compress(head.encode() + message + b"\r\n\r\n")


NEXIS = """1 of 1 DOCUMENTS


The Oldport Gazette

May 3, 2019 Friday

Harbour wall to be rebuilt

BYLINE: Jane Roe

SECTION: NEWS; Pg. 4

LENGTH: 60 words


{body}


LOAD-DATE: May 4, 2019

LANGUAGE: ENGLISH

Copyright 2019 The Oldport Gazette
All Rights Reserved
"""


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with an input of each kind that the pages name, and nothing else: each page is read by itself."""
    desk = tmp_path
    shutil.copytree(SEEDS, desk / "seeds")
    for name in ("pages", "today", "texts"):
        (desk / name).mkdir()
    for number in range(4):
        (desk / "pages" / f"page{number}.html").write_text(page(f"Story number {number} of the town", story(number, 4)))
    (desk / "pages" / "harbour.html").write_text(page("Harbour wall to be rebuilt", story(7, 4)))
    (desk / "today" / "new.html").write_text(page("Nothing else has happened today", [*story(7, 2), *story(8, 3)]))
    (desk / "texts" / "a.txt").write_text("\n\n".join(story(1, 3)))
    (desk / "texts" / "b.txt").write_text("\n\n".join([*story(1, 2), *story(2, 2)]))
    (desk / "crawl.warc.gz").write_bytes(warc("harbour", page("Harbour wall to be rebuilt", story(3, 4))))
    paragraphs = {"body": ["\n\n".join(story(number, 3)) for number in (11, 12)], "desk": ["city", None]}
    parquet.write_table(arrow.table(paragraphs), desk / "crawl.parquet")
    row = {"body": "\n\n".join(story(4, 3)), "headline": "A row of boats", "desk": "city"}
    (desk / "news.jsonl").write_text(json.dumps(row) + "\n")
    (desk / "table.csv").write_text(f'id,story\n1,"{story(5, 1)[0]}"\n')
    (desk / "export.txt").write_text(NEXIS.format(body="\n\n".join(story(6, 3))))
    return desk


@pytest.mark.parametrize("name", ["tutorial", "howto"])
def test_the_commands_of_a_page_run(desk: Path, name: str) -> None:
    text = (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
    commands = COMMAND.findall(text)
    assert len(commands) >= 8
    for command in commands:
        command, _, given = command.partition(" < ")
        done = subprocess.run(
            [sys.executable, "-m", "pipeline", *shlex.split(command)],
            cwd=desk,
            input=(desk / given).read_bytes() if given else None,
            capture_output=True,
            check=False,
        )
        assert done.returncode in ((0, 1) if DIFFERS.match(command) else (0,)), (command, done.stderr.decode())
    for code in PYTHON.findall(text):
        libraries = {"HF_HOME": str(desk / "hf"), "HF_HUB_OFFLINE": "1"}
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=desk, capture_output=True, check=False, env={**os.environ, **libraries}
        )
        assert done.returncode == 0, done.stderr.decode()


def test_what_the_how_to_says_of_an_export(desk: Path) -> None:
    command = [sys.executable, "-m", "pipeline", "clean", "export.txt", "out-export"]
    assert subprocess.run(command, cwd=desk, check=False, capture_output=True).returncode == 0
    (row,) = map(json.loads, (desk / "out-export" / "documents.jsonl").open())
    meta = row["metadata"]
    assert (meta["outlet"], meta["author"], meta["date"], meta["title"]) == (
        "The Oldport Gazette",
        "Jane Roe",
        "2019-05-03",
        "Harbour wall to be rebuilt",
    )
