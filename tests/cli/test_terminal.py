"""Nothing that a file, a name or an argument holds reaches the terminal as a control or as a mark of direction."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cli import terminal
from tests.conftest import ROOT, pipeline

HOSTILE = "\x1b]0;owned\x07\x1b[31m\u202egnp.exe\u2066\u200f\x9b2J\u2028\U000e0041"
STORY = f"The {HOSTILE} harbour authority closed two bridges on Friday, after a storm tore loose a barge, until the evening."
RAW = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""The line ends of a terminal are carriage return and line feed."""
OWN = re.compile("\x1b\\[(?:[0-9]{1,2}m|K)")
"""What the program itself sends: colours, and the end of a line erased"""


@given(st.text())
def test_what_is_printed_steers_nothing(text: str) -> None:
    shown = terminal.safe(text)
    assert not RAW.search(shown.replace("\t", ""))
    assert all(unicodedata.category(char) not in ("Cc", "Cs") or char in "\n\t" for char in shown)
    if all(unicodedata.category(char) not in ("Cc", "Cs", "Cf", "Zl", "Zp") for char in text):
        assert shown == text


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_json_stays_the_same(
    text: str,
) -> None:
    shown = terminal._STEERING.sub(terminal._as_json, json.dumps({"text": text}, ensure_ascii=False))
    assert json.loads(shown) == {"text": text}
    assert not RAW.search(shown)


def on_terminal(*arguments: str | Path) -> str:
    """What `pipeline ARGUMENTS` prints when standard output and standard error are a terminal."""
    import pty

    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "pipeline", *map(str, arguments)]
    process = subprocess.Popen(command, cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    printed = b""
    try:
        while piece := os.read(ours, 1 << 16):
            printed += piece
    except OSError:  # what Linux says at the end
        pass
    os.close(ours)
    process.wait()
    return OWN.sub("", printed.decode())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals of this kind")
def test_hostile_names_and_texts_on_a_terminal(tmp_path: Path) -> None:
    corpus, out = tmp_path / f"in{HOSTILE}", tmp_path / f"out{HOSTILE}"
    corpus.mkdir()
    for number in range(2):
        (corpus / f"{number}{HOSTILE}.txt").write_text(STORY)
    (corpus / f"{HOSTILE}.bin").write_bytes(bytes(99))
    (corpus / "bad.json").write_text('{"text": ' + HOSTILE)
    rules = tmp_path / "rules.toml"
    escaped = json.dumps(HOSTILE)
    rules.write_text(f'[[rule]]\nid = {escaped}\ncategory = "navigation"\nwhy = {escaped}\nphrases.any = ["x"]\n')
    shown = [
        on_terminal("clean", "-vv", corpus, out),
        on_terminal("clean", corpus / "nothing", out),
        on_terminal("clean", "-v", "--rules", rules, corpus, out),
        on_terminal("clean", corpus, out, f"--{HOSTILE}"),
        on_terminal("rules", "test", rules),
        on_terminal("why", out, f"0{HOSTILE}.txt"),
        on_terminal("why", out, f"0{HOSTILE}.txt:1"),
        on_terminal("why", out, HOSTILE),
        on_terminal("match", corpus / f"0{HOSTILE}.txt", "--against", out),
        on_terminal("match", corpus / f"0{HOSTILE}.txt", "--against", out, "--json"),
        on_terminal("restore", out, f"0{HOSTILE}.txt"),
        on_terminal("verify", out, "--against", corpus),
        on_terminal("store", "info", out),
        on_terminal("learn", corpus),
    ]
    assert sum("owned" in one for one in shown) >= 9
    for one in shown:
        assert not RAW.search(one)
        assert "Traceback" not in one
    assert pipeline("restore", out, f"0{HOSTILE}.txt").stdout == STORY.encode()


def test_only_one_module_prints() -> None:
    for path in (ROOT / "pipeline").rglob("*.py"):
        if path.name != "terminal.py":
            assert not re.search(r"click\.s?echo|\bprint\(", path.read_text(encoding="utf-8")), path
