"""Publishing is one step: wherever it stops, OUT shows the old run or the new one, and the next run goes on from there."""

from __future__ import annotations

import hashlib
import json
import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import OutputError
from pipeline.write import commit, folder
from tests.faults import Faults, child, copy

pytestmark = pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs fork and /proc")

OLD = {"documents.jsonl": b"old documents", "removed.jsonl": b"old edits", "report.html": b"old report"}
NEW = {"documents-00000.parquet": b"new documents", "removed.jsonl": b"new edits", "report.html": b"new report"}


def publish(out: Path, files: Mapping[str, bytes]) -> None:
    with folder.hold(out, force=False) as output:
        for name, data in files.items():
            output.write(name, data)
        listed = [{"path": one.path, "sha256": one.sha256, "bytes": one.bytes} for one in output.outputs]
        output.publish({"pipeline_version": "1", "outputs": listed})


def shown(out: Path) -> Mapping[str, bytes]:
    """The files that the manifest lists, as they can be read at this moment; each must be what it says."""
    try:
        manifest = json.loads((out / "manifest.json").read_bytes())
    except FileNotFoundError:
        return {}
    files = {item["path"]: (out / item["path"]).read_bytes() for item in manifest["outputs"]}
    for item in manifest["outputs"]:
        assert hashlib.sha256(files[item["path"]]).hexdigest() == item["sha256"]
    return files


def readable(out: Path) -> set[str]:
    return {path.name for path in out.iterdir() if path.is_file()} - {"manifest.json"}


@pytest.fixture(params=[OLD, {}], ids=["second run", "first run"])
def out(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param:
        publish(tmp_path / "out", request.param)
    return tmp_path / "out"


def steps(out: Path, tmp_path: Path) -> int:
    """How many operations it takes to publish NEW."""
    copied = copy(out, tmp_path / "counted") if out.exists() else tmp_path / "counted"
    copied.mkdir(exist_ok=True)
    with Faults(copied) as faults:
        publish(copied, NEW)
    return len(faults.done)


def stopped(deed: str, out: Path, tmp_path: Path, at: int) -> tuple[int, Path]:
    """What publishing NEW came to when it was stopped at an operation, and the folder that was left."""
    tried = copy(out, tmp_path / f"{at}") if out.exists() else tmp_path / f"{at}"
    tried.mkdir(exist_ok=True)
    lost = tmp_path / f"{at}-lost" if deed in ("synced", "all") else None

    def action() -> int:
        with Faults(tried, at, deed, lost):
            try:
                publish(tried, NEW)
            except OutputError:
                return 4
        return 0

    return child(action), lost or tried


@pytest.mark.parametrize("deed", ["killed", "full", "damaged", "synced", "all"])
def test_stopped_anywhere(out: Path, tmp_path: Path, deed: str) -> None:
    before = dict(shown(out)) if out.exists() else {}
    codes, seen = set(), set()
    for at in range(steps(out, tmp_path)):
        code, left = stopped(deed, out, tmp_path, at)
        codes.add(code)
        now = shown(left)
        assert now in (before, NEW), at
        seen.add(now == NEW)
        if deed in ("full", "damaged"):
            assert now == (NEW if code == 0 else before)
        publish(left, NEW)
        assert shown(left) == NEW
        assert readable(left) == set(NEW)
        assert not any(path.is_symlink() for path in left.iterdir())
        assert {path.name for path in (left / ".pipeline").iterdir()} == {"lock"}
    assert seen == {True, False}
    assert codes <= ({0, 4} if deed in ("full", "damaged") else {-9})


@pytest.mark.parametrize("at", range(0, 60, 4))
def test_the_next_run_settles_what_was_stopped_though_it_fails_itself(tmp_path: Path, at: int) -> None:
    publish(tmp_path / "out", OLD)
    _, left = stopped("killed", tmp_path / "out", tmp_path, at)
    now = shown(left)
    with pytest.raises(RuntimeError), folder.hold(left, force=False):
        raise RuntimeError
    assert shown(left) == now
    assert readable(left) == set(now)


def test_a_file_system_without_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(tmp_path / "out", OLD)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    for at in range(steps(tmp_path / "out", tmp_path)):
        _, left = stopped("killed", tmp_path / "out", tmp_path, at)
        with folder.hold(left, force=False):
            pass
        assert shown(left) in (OLD, NEW)
        assert readable(left) == set(shown(left))


def test_files_of_others_are_left_alone(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "thesis.txt").write_text("mine")
    (out / "link").symlink_to("thesis.txt")
    (out / "report.html").write_text("mine, too")
    with pytest.raises(OutputError, match="--force"):
        publish(out, NEW)
    (out / ".pipeline").mkdir()
    publish(out, NEW)
    assert (out / "link").read_text() == "mine"
    assert shown(out) == NEW


def test_settle_has_nothing_to_do_after_a_whole_run(tmp_path: Path) -> None:
    publish(tmp_path, OLD)
    assert not commit.settle(tmp_path, tmp_path / ".pipeline")
    assert shown(tmp_path) == OLD


def test_an_interrupt_that_waited_for_the_step_finds_it_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[bool] = []
    before = signal.signal(signal.SIGINT, lambda *_: told.append(folder.HELD[-1].is_published))
    real = commit._publish

    def interrupted(*arguments: Any) -> None:
        real(*arguments)
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(commit, "_publish", interrupted)
    try:
        publish(tmp_path / "out", NEW)
    finally:
        signal.signal(signal.SIGINT, before)
    assert told == [True]
