"""Nothing is fetched, whatever the inputs ask for: no connection, no external entity, no file beside the inputs."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, SHARED, TORTURE
from tests.judge.test_templates import story

BADINPUT = [SHARED / "badinput"] if TORTURE and SHARED.is_dir() else []


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_no_connection_and_no_foreign_file(tmp_path: Path) -> None:
    (secret := tmp_path / "secret.txt").write_text("The secret of the lighthouse keeper")
    text = "".join(f"<p>{line}</p>" for line in story(1, 3))
    entity = f'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY x SYSTEM "file://{secret}"> <!ENTITY y SYSTEM "http://127.0.0.1/y">]>'
    dtd = '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://127.0.0.1/xhtml1-strict.dtd">'
    pages = {
        "entity.html": f"{entity}<html><body><p>&x; &y;</p>{text}</body></html>",
        "doctype.html": f"{dtd}<html><head><base href='http://127.0.0.1/'></head><body>{text}</body></html>",
        "xinclude.html": f'<html xmlns:xi="http://www.w3.org/2001/XInclude"><body><xi:include href="{secret}"/>{text}</body></html>',
        "loads.html": f"<html><head><link rel=stylesheet href='http://127.0.0.1/a.css'></head><body><img src='http://127.0.0.1/a.png'>"
        f"<iframe src='file://{secret}'></iframe><script src='http://127.0.0.1/a.js'></script>{text}</body></html>",
        "record.jsonl": '{"text": "'
        + " ".join(story(2, 2))
        + '", "url": "http://127.0.0.1/page", "$ref": "http://127.0.0.1/x"}',
    }
    (corpus := tmp_path / "in").mkdir()
    for name, content in pages.items():
        (corpus / name).write_text(content)
    trace = tmp_path / "trace"
    command = [sys.executable, "-m", "pipeline", "clean", *map(str, [corpus, *BADINPUT]), str(tmp_path / "out"), "-q"]
    watched = ["strace", "-f", "-qq", "-e", "trace=network,openat,open", "-o", str(trace), *command, "--workers", "2"]
    assert subprocess.run(watched, cwd=ROOT, check=False, capture_output=True).returncode in (0, 3)
    calls = trace.read_text(errors="replace")
    assert "openat(" in calls
    # When it is imported, urllib3 (of trafilatura) binds a socket of its own, to learn whether there is IPv6
    assert re.findall(r"connect\(.*|sendm?\w*\(.*AF_INET.*", calls) == []
    assert secret.name not in calls
    assert b"lighthouse keeper" not in (tmp_path / "out" / "documents.jsonl").read_bytes()
