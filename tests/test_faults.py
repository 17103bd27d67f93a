"""A run that is stopped anywhere: killed, out of space, on a broken disk, without power. What was there before is still
there, one sentence says what is wrong, and the next run gives what an undisturbed one would."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest

from pipeline import cli, run
from pipeline.write.output import Output, read_documents
from tests.conftest import EVERY, ROOT, TORTURE, outputs
from tests.faults import Faults, child, copy
from tests.judge.test_templates import SLOGAN, story, write

END_AT_ONCE = cli.interrupt.end_at_once
pytestmark = pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs fork and /proc")


@pytest.fixture(autouse=True)
def no_real_sync(monkeypatch: pytest.MonkeyPatch) -> None:
    """`Faults` alone cuts the power, and it knows what was synced; a real disk would take most of the time."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)


def clean(corpus: Path, out: Path, *more: str) -> tuple[int, str]:
    """The exit code of `pipeline clean` in this process, and what it said on standard error."""
    said = io.StringIO()
    sys.argv = ["pipeline", "clean", "--workers", "0", *more, str(corpus), str(out)]
    cli.interrupt.end_at_once = cli.interrupt.no_more = lambda: None  # of this process, which is that of all tests
    with redirect_stderr(said), redirect_stdout(io.StringIO()), pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0), said.getvalue()


def interruptible(action: Callable[[], int], said: Path) -> int:
    """An action in a process that an interrupt ends, as it does that of a command, which says so in the file `said`."""
    END_AT_ONCE()
    os.dup2(os.open(said, os.O_WRONLY | os.O_CREAT), 2)
    return action()


class Stopped:
    """A first run over a corpus, and a second one over a changed corpus that is stopped at some operation."""

    def __init__(self, tmp_path: Path) -> None:
        pages = {f"a/{i}.txt": [*story(i, 3), SLOGAN] for i in range(4)}
        self.corpus = write(tmp_path / "in", pages)
        self.tmp_path = tmp_path
        assert clean(self.corpus, tmp_path / "first")[0] == 0
        self.before = outputs(tmp_path / "first")
        write(self.corpus, {"a/2.txt": [*story(50, 3), SLOGAN], "b/new.html": ["<html><body><p>" + story(60)[0]]})
        assert clean(self.corpus, tmp_path / "fresh")[0] == 0
        self.after = outputs(tmp_path / "fresh")
        assert self.after != self.before

    def operations(self) -> list[str]:
        """What the second run does, undisturbed."""
        with Faults(copied := copy(self.tmp_path / "first", self.tmp_path / "counted")) as faults:
            assert clean(self.corpus, copied)[0] == 0
        return faults.done

    def at(self, number: int, deed: str) -> tuple[int, str, Path]:
        """(exit code, what it said, the folder that is left) of a second run stopped at an operation."""
        out = copy(self.tmp_path / "first", self.tmp_path / f"{number}")
        said = self.tmp_path / f"{number}.said"
        lost = self.tmp_path / f"{number}-lost" if deed in ("synced", "all") else None

        def action() -> int:
            with Faults(out, number, deed, lost):
                code, message = clean(self.corpus, out)
            said.write_text(message)
            return code

        code = child(action if deed != "interrupted" else partial(interruptible, action, said))
        return code, said.read_text() if said.exists() else "", lost or out


@pytest.mark.parametrize("deed", ["killed", "full", "damaged", "synced", "all", "interrupted"])
def test_a_run_stopped_anywhere(tmp_path: Path, deed: str) -> None:
    stopped = Stopped(tmp_path)
    told: set[str] = set()
    for number in range(0, len(stopped.operations()), EVERY):
        code, said, left = stopped.at(number, deed)
        shown = {item["path"]: (left / item["path"]).read_bytes() for item in Output(left).manifest["outputs"]}
        shown["manifest.json"] = (left / "manifest.json").read_bytes()
        assert shown in (stopped.before, stopped.after), number
        if deed in ("full", "damaged"):
            assert shown == (stopped.after if code == 0 else stopped.before), number
            assert (code, said.count("\n")) in ((0, 0), (4, 1)), (number, said)
            assert said in ("", *(line + "\n" for line in said.splitlines() if line.startswith("pipeline: ")))
        elif deed == "interrupted":
            assert (code, said.count("\n")) == (130, 1), (number, said)
            if said != "pipeline: interrupted\n":  # as it does before the folder is held
                state = "has the output of this run\n" if shown == stopped.after else "is as it was; "
                assert said.startswith(f"pipeline: interrupted; {left} {state}"), number
                told.add(state)
        else:
            assert code == -9
        assert clean(stopped.corpus, left) == (0, ""), number
        assert outputs(left) == stopped.after, number
    assert not TORTURE or len(told) == 2 * (deed == "interrupted")


def test_nothing_can_be_written_to_a_read_only_folder(tmp_path: Path) -> None:
    stopped = Stopped(tmp_path)
    if os.geteuid() == 0:
        pytest.skip("the superuser may write anywhere")
    out = tmp_path / "first"
    out.chmod(0o500)
    try:
        code, said = clean(stopped.corpus, out, "--fresh")
    finally:
        out.chmod(0o700)
    assert (code, said.count("\n")) == (4, 1)
    assert [document["source"] for document in read_documents(out)] == [f"a/{i}.txt" for i in range(4)]


def intact(stopped: Stopped, out: Path, *, done: subprocess.CompletedProcess[bytes]) -> None:
    """A run that the disk has stopped says so in one line, and what was there before is there; or it has come to its end."""
    assert (done.returncode, done.stderr.count(b"\n")) in ((4, 1), (0, 0)), done.stderr
    shown = {item["path"]: (out / item["path"]).read_bytes() for item in Output(out).manifest["outputs"]}
    shown["manifest.json"] = (out / "manifest.json").read_bytes()
    assert shown == (stopped.after if done.returncode == 0 else stopped.before)


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("size", [1, 1_000, 10_000, 50_000])
def test_files_may_not_grow(tmp_path: Path, size: int, workers: str) -> None:
    stopped = Stopped(tmp_path)
    out = tmp_path / "first"
    command = [
        sys.executable,
        "-m",
        "pipeline",
        "clean",
        str(stopped.corpus),
        str(out),
        "-q",
        "--fresh",
        "--workers",
        workers,
    ]
    limited = f"import os, resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size})); os.execv(sys.argv[1], sys.argv[1:])"
    done = subprocess.run([sys.executable, "-c", limited, *command], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 4 or size > 1_000
    intact(stopped, out, done=done)


@pytest.mark.skipif(not TORTURE, reason="make torture: needs to mount a file system")
@pytest.mark.parametrize("size", [64, 96, 128, 192, 256, 384, 512, 768, 1024])
def test_a_small_disk(tmp_path: Path, size: int) -> None:
    stopped = Stopped(tmp_path)
    (disk := tmp_path / "disk").mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}k", "tmpfs", disk], check=False).returncode:
        pytest.skip("may not mount")
    try:
        try:
            out = copy(tmp_path / "first", disk / "out")
        except shutil.Error:
            pytest.skip("the old output does not fit")
        command = ["clean", str(stopped.corpus), str(out), "-q", "--workers", "2"]
        done = subprocess.run([sys.executable, "-m", "pipeline", *command], cwd=ROOT, capture_output=True, check=False)
        intact(stopped, out, done=done)
    finally:
        subprocess.run(["umount", disk], check=True)


def test_little_space_is_said_beforehand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = write(tmp_path / "in", {"a.txt": story(1, 3)})
    size = (corpus / "a.txt").stat().st_size
    said: list[str] = []
    for free in (size * run.NEEDED_SPACE, size * run.NEEDED_SPACE - 1):
        monkeypatch.setattr(run.shutil, "disk_usage", lambda _, free=free: SimpleNamespace(free=free))
        run.clean(
            [corpus],
            tmp_path / "out",
            workers=0,
            fresh=True,
            say=lambda level, text: said.append(text) if level == 0 else None,
        )
        assert len(said) == (free < size * run.NEEDED_SPACE)
    assert "are free, a run over so much input may take" in said[0]
