"""The command line on odd and hostile inputs: clear sentences, exit codes, nothing lost, no traceback."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.write.output import read_documents, read_records
from tests.conftest import ROOT, SEEDS, outputs, pipeline

STORY = (
    "The harbour authority closed two bridges on Friday after a storm tore loose a barge, "
    "and ferries stayed in port until the evening."
)


def sources(out: Path) -> dict[str, str]:
    return {record["source"]: record["text"] for record in read_documents(out)}


def test_help_needs_nothing_heavy() -> None:
    code = (
        "import sys; from pipeline.cli import group; "
        "group.main(['--help'], standalone_mode=False); "
        "heavy = {'numpy', 'lxml', 'trafilatura', 'datasketch', 'scipy', 're2', 'orjson'} & set(sys.modules); "
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    for command in ("clean", "restore", "rules", "schema", "verify", "why"):
        assert command in done.stdout


def test_cleaning_text_imports_nothing_that_it_does_not_need(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from pipeline import run, config; "
        f"run.clean([{str(SEEDS)!r}], Path({str(tmp_path / 'out')!r}), config.Config(), workers=0); "
        "heavy = {'lxml', 'trafilatura', 'datasketch', 'scipy', 'charset_normalizer', 'numpy.ma'} & set(sys.modules); "
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr


def test_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    done = pipeline("clean", tmp_path / "in", tmp_path / "out")
    assert done.returncode == 0
    assert (tmp_path / "out" / "documents.jsonl").read_bytes() == b""
    assert pipeline("verify", tmp_path / "out").returncode == 0


def test_a_page_without_text_is_a_failure_by_name(tmp_path: Path) -> None:
    head = "<!doctype html><html><head><title>App</title></head><body>"
    noscript = "<noscript>You need to enable JavaScript to run this app.</noscript>"
    pages = {
        "nothing.html": "",
        "script.html": "<div id=root></div><script src=/main.js></script>",
        "told.html": f"{noscript}<div id=root></div><script>start('root')</script>",
    }
    (tmp_path / "in").mkdir()
    for name, body in pages.items():
        (tmp_path / "in" / name).write_text(f"{head}{body}</body></html>")
    assert pipeline("clean", tmp_path / "in", tmp_path / "out").returncode == 3
    assert sources(tmp_path / "out") == dict.fromkeys(pages, "")
    failures = {failure["source"]: failure["error"] for failure in read_records(tmp_path / "out", "failures")}
    assert failures == dict.fromkeys(pages, "empty") | {"told.html": "nothing-kept"}


def test_empty_and_blank_files_are_documents_without_text_and_say_so(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "empty.txt").write_bytes(b"")
    (tmp_path / "in" / "blank.txt").write_bytes(b" \n\t\r\n \n")
    done = pipeline("clean", tmp_path / "in", tmp_path / "out")
    assert done.returncode == 3, done.stderr.decode()
    assert sources(tmp_path / "out") == {"empty.txt": "", "blank.txt": ""}
    assert [failure["error"] for failure in read_records(tmp_path / "out", "failures")] == ["empty", "empty"]
    assert list(read_records(tmp_path / "out", "pairs")) == []
    assert pipeline("verify", tmp_path / "out", "--against", tmp_path / "in").returncode == 0
    assert pipeline("restore", tmp_path / "out", "blank.txt").stdout == b" \n\t\r\n \n"


def test_standard_input(tmp_path: Path) -> None:
    done = pipeline("clean", "-", tmp_path / "out", stdin=STORY.encode())
    assert done.returncode == 0, done.stderr.decode()
    assert sources(tmp_path / "out") == {"stdin": STORY}


@pytest.mark.parametrize(
    ("name", "pack"), [("a.txt.gz", gzip.compress), ("a.txt.bz2", bz2.compress), ("a.txt.xz", lzma.compress)]
)
def test_compressed_inputs(tmp_path: Path, name: str, pack: object) -> None:
    (tmp_path / name).write_bytes(pack(STORY.encode()) + pack(b"\n"))  # type: ignore[operator]
    assert pipeline("clean", tmp_path / name, tmp_path / "out").returncode == 0
    assert sources(tmp_path / "out") == {name: STORY}


def test_a_cut_gzip_file_gives_its_part_and_says_so(tmp_path: Path) -> None:
    whole = gzip.compress("\n\n".join(f"{STORY} {i}" for i in range(999)).encode())
    (tmp_path / "cut.txt.gz").write_bytes(whole[: len(whole) // 2])
    done = pipeline("clean", tmp_path / "cut.txt.gz", tmp_path / "out")
    assert done.returncode == 3
    assert sources(tmp_path / "out")["cut.txt.gz"].startswith(STORY)
    (failure,) = read_records(tmp_path / "out", "failures")
    assert (failure["stage"], failure["error"]) == ("read", "truncated")


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(200), "binary"),
        ("a.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 9, "damaged"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(999), "unsupported"),
        ("a.bin", bytes(999), "binary"),
    ],
)
def test_binary_files_are_refused_by_name_and_reason(tmp_path: Path, name: str, data: bytes, error: str) -> None:
    if name == "a.pdf":
        pytest.importorskip("pypdfium2")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / name).write_bytes(data)
    (tmp_path / "in" / "story.txt").write_text(STORY)
    done = pipeline("clean", tmp_path / "in", tmp_path / "out")
    assert done.returncode == 3
    assert sources(tmp_path / "out") == {"story.txt": STORY}
    (failure,) = read_records(tmp_path / "out", "failures")
    assert (failure["source"], failure["error"]) == (name, error)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert {item["source"]: item["status"] for item in manifest["inputs"]} == {name: "failed", "story.txt": "ok"}


def test_inputs_named_in_a_file_or_by_nobody(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "one.txt").write_text(STORY)
    (tmp_path / "list").write_bytes(f"{tmp_path}/a/one.txt\0".encode())
    assert pipeline("clean", "--files-from", tmp_path / "list", tmp_path / "out").returncode == 0
    assert sources(tmp_path / "out") == {"one.txt": STORY}
    done = pipeline("clean", tmp_path / "out2")
    assert (done.returncode, b"or --files-from FILE" in done.stderr) == (2, True)


def test_what_is_no_document_is_counted_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "letter.eml").write_bytes(
        b"From: a@b\nSubject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=B\n\n--B\n\nA letter that says something.\n"
        b"--B\nContent-Type: image/png; name=a.png\n\nx\n--B--\n"
    )
    done = pipeline("clean", tmp_path / "letter.eml", tmp_path / "out")
    assert done.returncode == 0
    assert "1 part of an input is no document: 1 part image/png" in done.stdout.decode()
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["inputs"][0]["passed_over"] == {"part image/png": 1}
    assert b"1 part image/png" in pipeline("clean", tmp_path / "letter.eml", tmp_path / "out").stdout


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["clean", "no-such-folder", "{tmp}/out"], 2, "no such file or folder"),
        (["clean", str(SEEDS), "{tmp}/out", "--threshold", "2"], 2, "threshold"),
        (["clean", str(SEEDS), "{tmp}/out", "--config", "no-such.toml"], 2, "cannot be read"),
        (["clean", str(SEEDS), "{tmp}/out", "--rules", "no-such.toml"], 2, "cannot be read"),
        (["clean", str(SEEDS), "{tmp}/file"], 4, "is a file"),
        (["clean", str(SEEDS), "{tmp}/foreign"], 4, "--force"),
        (["verify", "{tmp}/foreign"], 2, "manifest.json"),
        (["why", "{tmp}/foreign", "a.txt"], 2, "manifest.json"),
        (["clean", str(SEEDS), str(SEEDS), "{tmp}/out", str(SEEDS / "no-such-file")], 2, ""),
        (["no-such-command"], 2, "there is no command"),
    ],
)
def test_wrong_use_is_one_clear_sentence(tmp_path: Path, arguments: list[str], code: int, says: str) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "thesis.txt").write_text("mine")
    done = pipeline(*(argument.format(tmp=tmp_path) for argument in arguments))
    assert done.returncode == code, done.stderr.decode()
    assert says in done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert (tmp_path / "foreign" / "thesis.txt").read_text() == "mine"


def test_force_writes_beside_foreign_files_and_leaves_them(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    assert pipeline("clean", SEEDS, tmp_path, "--force").returncode == 0
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_a_second_run_replaces_the_first(tmp_path: Path) -> None:
    story = tmp_path / "story.txt"
    story.write_text(STORY)
    assert pipeline("clean", SEEDS, tmp_path / "out").returncode == 0
    assert pipeline("clean", story, tmp_path / "out").returncode == 2
    assert pipeline("clean", story, tmp_path / "out", "--force").returncode == 0
    assert sources(tmp_path / "out") == {"story.txt": STORY}
    assert pipeline("verify", tmp_path / "out", "--against", story).returncode == 0


def test_an_output_folder_inside_the_input_is_no_input(tmp_path: Path) -> None:
    (tmp_path / "story.txt").write_text(STORY)
    assert pipeline("clean", tmp_path, tmp_path / "out").returncode == 0
    first = outputs(tmp_path / "out")
    assert pipeline("clean", tmp_path, tmp_path / "out").returncode == 0
    assert outputs(tmp_path / "out") == first


def test_two_inputs_of_one_name(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "story.txt").write_text(STORY)
    assert pipeline("clean", tmp_path / "b", tmp_path / "a", tmp_path / "out").returncode == 0
    assert list(sources(tmp_path / "out")) == ["a/story.txt", "b/story.txt"]
    done = pipeline("clean", tmp_path / "a" / "story.txt", tmp_path / "b" / "story.txt", tmp_path / "out")
    assert done.returncode == 2
    assert b"would both be called" in done.stderr


def test_summary_as_json_and_quiet(tmp_path: Path) -> None:
    told = pipeline("clean", SEEDS, tmp_path / "out", "--json")
    assert json.loads(told.stdout)["documents"] == 5
    assert pipeline("clean", SEEDS, tmp_path / "out", "-q").stdout == b""
    assert b"000_9ffb2ff20e9edaf1.txt: ok" in pipeline("clean", SEEDS, tmp_path / "other", "-vv").stderr


def test_a_busy_output_folder(tmp_path: Path) -> None:
    holder = (
        "import sys; from pathlib import Path; from pipeline.write import folder\n"
        f"with folder.hold(Path({str(tmp_path / 'out')!r}), force=False):\n"
        "    print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        done = pipeline("clean", SEEDS, tmp_path / "out")
        assert process.stdin is not None
        process.stdin.close()
    assert done.returncode == 5
    assert b"another run is writing here (process %d on " % process.pid in done.stderr
    assert pipeline("clean", SEEDS, tmp_path / "out").returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL on Windows")
def test_a_killed_run_leaves_no_half_output(tmp_path: Path) -> None:
    inputs = tmp_path / "in"
    inputs.mkdir()
    for i in range(400):
        (inputs / f"{i:03}.txt").write_text("\n\n".join(f"{STORY} {i} {j}" for j in range(30)))
    command = [sys.executable, "-m", "pipeline", "clean", str(inputs), str(tmp_path / "out"), "--workers", "1"]
    process = subprocess.Popen(command, cwd=ROOT)
    deadline = time.monotonic() + 60
    while not (tmp_path / "out" / ".pipeline" / "lock").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    process.kill()
    process.wait()
    assert not (tmp_path / "out" / "documents.jsonl").exists()
    assert not (tmp_path / "out" / "manifest.json").exists()
    assert pipeline("clean", inputs, tmp_path / "out").returncode == 0
    assert pipeline("verify", tmp_path / "out", "--against", inputs).returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_standard_output_that_takes_no_more(tmp_path: Path) -> None:
    assert pipeline("clean", SEEDS, tmp_path / "out").returncode == 0
    command = [sys.executable, "-m", "pipeline", "rules", "list"]
    with Path("/dev/full").open("wb") as full:
        for arguments in (command, [*command[:3], "clean", str(SEEDS), str(tmp_path / "out")]):
            done = subprocess.run(arguments, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, check=False)
            assert (done.returncode, done.stderr) == (4, b"pipeline: standard output: No space left on device\n")
    piped = f"'{sys.executable}' -m pipeline rules list | head -1"
    done = subprocess.run(piped, shell=True, cwd=ROOT, capture_output=True, check=False)
    assert (done.stdout.count(b"\n"), done.stderr) == (1, b"")
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" 2>/dev/full', "sh", *arguments, "-vv", "--fresh"], cwd=ROOT, check=False
    )
    assert done.returncode == 0


def test_rules_commands(tmp_path: Path) -> None:
    assert b"gov-banner" in pipeline("rules", "list").stdout
    assert pipeline("rules", "test").returncode == 0
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    rule = '[[rule]]\nid = "{id}"\ncategory = "navigation"\nwhy = "a test"\nphrases.en = ["harbour home"]\nmatches = ["{example}"]\n'
    good.write_text(rule.format(id="harbour-home", example="Harbour home"))
    bad.write_text(rule.format(id="harbour-home", example="Harbour house"))
    assert pipeline("rules", "test", good).returncode == 0
    failed = pipeline("rules", "test", bad)
    assert failed.returncode == 1
    assert b"harbour-home: does not match 'Harbour house'" in failed.stderr
    (tmp_path / "story.txt").write_text(f"Harbour home\n\n{STORY}")
    assert pipeline("clean", tmp_path / "story.txt", tmp_path / "out", "--rules", good).returncode == 0
    rules = {record["text"]: record["rule"] for record in read_records(tmp_path / "out", "removed")}
    assert rules["Harbour home"] == "harbour-home"
