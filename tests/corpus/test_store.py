"""What a run keeps for the next one: used where nothing has changed, never where anything has."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from pipeline import Config, clean, config, jsonlines, read_documents, read_ledgers
from pipeline.corpus import table
from pipeline.corpus.packs import Pack
from pipeline.corpus.stages import read_templates
from pipeline.read.outputs import PRIVATE
from pipeline.records import EditRecord
from pipeline.write.output import restored
from pipeline.write.report import page
from pipeline.write.report.facts import Facts
from tests.conftest import ROOT, outputs, pipeline
from tests.judge.test_templates import SLOGAN, story, write


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Thirty pages of two sites, in several shards, cut by names and not by size."""
    monkeypatch.setattr("pipeline.corpus.plan.SHARD_BYTES", 60_000)
    monkeypatch.setattr("pipeline.read.reading._CUT", 3)
    pages = {
        f"{site}/{i:02}.txt": [*story(i + 100 * n), SLOGAN] for n, site in enumerate(("a", "b")) for i in range(15)
    }
    pages["a/copy.txt"] = pages["b/03.txt"]
    return write(tmp_path / "in", pages)


def run(corpus: Path, out: Path, config: Config | None = None, **options: Any) -> list[str]:
    """Clean, and what was said."""
    said: list[str] = []
    clean([corpus], out, config or Config(), say=lambda level, message: said.append(message), **options)
    return said


def fresh(corpus: Path, tmp_path: Path, config: Config | None = None) -> dict[str, bytes]:
    run(corpus, tmp_path / "fresh", config, fresh=True)
    return outputs(tmp_path / "fresh")


def test_where_nothing_is_kept_what_was_judged_goes_before_the_output_is_written(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The output needs the room. The report, which is made last, needs the packs."""
    there: set[str] = set()
    render = page.render

    def looking(facts: Facts) -> bytes:
        there.update(path.suffix for path in (tmp_path / "out" / PRIVATE).rglob("*"))
        return render(facts)

    monkeypatch.setattr(page, "render", looking)
    run(corpus, tmp_path / "out", fresh=True)
    assert ".pack" in there
    assert not there & {".documents", ".lines"}
    run(corpus, tmp_path / "kept")
    assert list((tmp_path / "kept" / PRIVATE).rglob("*.documents"))
    assert outputs(tmp_path / "out") == outputs(tmp_path / "kept")


def test_no_text_is_kept_twice(corpus: Path, tmp_path: Path) -> None:
    """What follows from the source is put together when it is asked for, and is what the record and the ledger have."""
    run(corpus, tmp_path / "out")
    ledgers = {record.id: (record, edits) for record, edits in read_ledgers(tmp_path / "out")}
    (found,) = (tmp_path / "out" / PRIVATE).rglob("*.templates")
    counts = read_templates(found)
    met = 0
    for path in (tmp_path / "out" / PRIVATE).rglob("*.pack"):
        pack = Pack.open(path)
        assert not any(table.decompress(one) for one in table.blobs(pack.documents, "origin"))
        for number in range(len(pack)):
            record, edits = ledgers[pack.record(number).id]
            assert pack.origin(number) == restored(record, edits)
            places = [(edit.start, edit.end) for edit in edits]
            lines = pack.lines_of(number, pack.edits(), record.number, counts)
            told = jsonlines.decode_lines(lines, EditRecord)
            assert [(one.document, one.text, one.rule) for one in told] == [(e.document, e.text, e.rule) for e in edits]
            assert [(one.start, one.end) for one in told] == places
            met += 1
    assert met == len(ledgers) == 31
    for path in (tmp_path / "out" / PRIVATE).rglob("*.texts"):
        assert "text" not in table.read(path)
        texts = Pack.open(path)
        for number in range(len(texts)):
            assert 100 < len(texts.text(number)) == int(texts.documents["chars"][number])


def test_nothing_to_do_where_nothing_has_changed(corpus: Path, tmp_path: Path) -> None:
    run(corpus, tmp_path / "out")
    before = outputs(tmp_path / "out")
    assert any("nothing to do" in message for message in run(corpus, tmp_path / "out"))
    assert outputs(tmp_path / "out") == before == fresh(corpus, tmp_path)


def test_another_version_of_a_library_is_another_run(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(corpus, tmp_path / "out")
    monkeypatch.setattr(config, "libraries", lambda: {"lxml": "0.0"})
    config.code_fingerprint.cache_clear()
    try:
        said = run(corpus, tmp_path / "out")
    finally:
        config.code_fingerprint.cache_clear()
    assert not any("nothing to do" in message for message in said)


@pytest.mark.parametrize("damage", ["remove", "alter", "manifest"])
def test_a_damaged_output_is_written_again(corpus: Path, tmp_path: Path, damage: str) -> None:
    run(corpus, tmp_path / "out")
    before = outputs(tmp_path / "out")
    path = tmp_path / "out" / ("manifest.json" if damage == "manifest" else "documents.jsonl")
    if damage == "remove":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-20])
    run(corpus, tmp_path / "out")
    assert outputs(tmp_path / "out") == before


def change(corpus: Path, how: str) -> None:
    if how == "add":
        write(corpus, {"a/07b.txt": [*story(500), SLOGAN]})
    elif how == "edit":
        write(corpus, {"a/07.txt": [*story(501), SLOGAN]})
    elif how == "rename":
        (corpus / "a/07.txt").rename(corpus / "b/99.txt")
    elif how == "delete":
        (corpus / "a/07.txt").unlink()
    elif how == "swap":
        one, other = corpus / "a/07.txt", corpus / "a/08.txt"
        texts = one.read_bytes(), other.read_bytes()
        one.write_bytes(texts[1])
        other.write_bytes(texts[0])


@pytest.mark.parametrize("how", ["add", "edit", "rename", "delete", "swap"])
def test_changed_inputs_give_what_a_fresh_run_would(corpus: Path, tmp_path: Path, how: str) -> None:
    run(corpus, tmp_path / "out")
    change(corpus, how)
    run(corpus, tmp_path / "out")
    assert outputs(tmp_path / "out") == fresh(corpus, tmp_path)


@pytest.mark.parametrize("config", [Config(threshold=0.5), Config(favor="recall"), Config(copy_action="strike")])
def test_changed_options_give_what_a_fresh_run_would(corpus: Path, tmp_path: Path, config: Config) -> None:
    run(corpus, tmp_path / "out")
    run(corpus, tmp_path / "out", config)
    assert outputs(tmp_path / "out") == fresh(corpus, tmp_path, config)


def test_documents_are_cleaned_once(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(corpus, tmp_path / "out")
    change(corpus, "add")
    from pipeline.corpus import shards

    prepared: list[str] = []
    real = shards.prepare
    monkeypatch.setattr(
        shards, "prepare", lambda raw, **options: (prepared.append(raw.source), real(raw, **options))[1]
    )
    run(corpus, tmp_path / "out", workers=0)
    assert prepared == ["a/07b.txt"]


def test_what_comes_out_the_same_is_not_cleaned_again(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One more page of a site changes in how many of them its slogan stands, and nothing else of the others."""
    run(corpus, tmp_path / "out")
    change(corpus, "add")
    from pipeline.corpus import stages

    cleaned: list[str] = []
    real = stages.cleaning.clean
    monkeypatch.setattr(
        stages.cleaning,
        "clean",
        lambda prepared, *others: (cleaned.append(prepared.source), real(prepared, *others))[1],
    )
    run(corpus, tmp_path / "out", workers=0)
    assert cleaned == ["a/07b.txt"]
    assert outputs(tmp_path / "out") == fresh(corpus, tmp_path)


HEADLINES = (
    "Ferry Returns to Lowmere After Storm",
    "Council Sells the Old Lighthouse",
    "School Choir Sings for the Mayor",
    "Museum of Nets Opens on Sunday",
    "Bridge Closed Until the Spring",
    "Herring Fleet Sails Early This Year",
)


def test_where_the_reasons_alone_change_the_content_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the line model struck of two pages is a template of their site when there are six of them. Nothing else of the two
    changes, so what they say is not written again, and nothing that follows from that is made anew."""
    monkeypatch.setattr("pipeline.corpus.plan.SHARD_BYTES", 1_000)
    monkeypatch.setattr("pipeline.read.reading._CUT", 3)
    menu = [SLOGAN, "Menu", "Home", "Sport | Weather | Boats"]
    corpus = write(tmp_path / "in", {f"c/{i}.txt": [*menu, HEADLINES[i], *story(i)] for i in range(2)})
    store = tmp_path / "out" / PRIVATE / "store"

    def stored(pattern: str) -> dict[str, int]:
        return {path.name: path.stat().st_mtime_ns for path in store.rglob(pattern)}

    def rules() -> set[str]:
        return {edit.rule for _, edits in read_ledgers(tmp_path / "out") for edit in edits if edit.text.strip() in menu}

    run(corpus, tmp_path / "out")
    before, texts = stored("content-*"), {one.source: one.text for one in read_documents(tmp_path / "out")}
    packs = stored("*.pack")
    assert rules() == {"line-model"}
    write(corpus, {f"c/{i}.txt": [*menu, HEADLINES[i], *story(i)] for i in range(2, 6)})
    run(corpus, tmp_path / "out")
    assert rules() == {"template"}
    assert texts.items() <= {one.source: one.text for one in read_documents(tmp_path / "out")}.items()
    assert not packs.items() & stored("*.pack").items()
    assert {name.rpartition(".")[2] for name in before} == {"content", "paragraphs", "edits", "kept"}
    assert before.items() <= stored("content-*").items()
    assert outputs(tmp_path / "out") == fresh(corpus, tmp_path)


def test_what_is_kept_of_texts_is_made_once(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One more page is sketched and cut into words, and no other: whatever packs the others are in by then."""
    run(corpus, tmp_path / "out")
    change(corpus, "add")
    from pipeline.match import digest

    looked_at: dict[str, int] = {"sketch": 0, "sketch_words": 0, "columns_in_parts": 0}

    def counting(name: str) -> None:
        real = getattr(digest, name)

        def count(texts: Sequence[str], *others: Any) -> Any:
            looked_at[name] += len(texts) - (name == "sketch_words")  # which takes offsets, one more
            return real(texts, *others)

        monkeypatch.setattr(digest, name, count)

    for name in looked_at:
        counting(name)
    run(corpus, tmp_path / "out", workers=0)
    paragraphs = len(next(one for one in read_documents(tmp_path / "out") if one.source == "a/07b.txt").blocks)
    # As what may be main text; and as it is cleaned, with its paragraphs.
    assert looked_at == {"sketch": 1, "sketch_words": 1 + paragraphs, "columns_in_parts": 1}
    assert outputs(tmp_path / "out") == fresh(corpus, tmp_path)


def test_another_threshold_makes_anew_what_depends_on_it(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kept() -> dict[str, bytes]:
        paths = (tmp_path / "out" / PRIVATE / "store").rglob("*.kept")
        return {path.name: path.read_bytes() for path in paths}

    run(corpus, tmp_path / "out")
    before = kept()
    from pipeline.match import compare

    with monkeypatch.context() as patched:
        patched.setattr(compare, "find_passages", lambda *_: pytest.fail("passages were sought again"))
        run(corpus, tmp_path / "out", Config(threshold=0.5), workers=0)
    assert outputs(tmp_path / "out") == fresh(corpus, tmp_path, Config(threshold=0.5))
    after = kept()
    gone = before.keys() - after.keys()
    assert gone
    assert all("-paragraph-" in name or "-near-paragraphs-" in name for name in gone)
    assert len(after) == len(before)
    assert all(after[name] == before[name] for name in before.keys() - gone)


CACHED = (".documents", ".lines", ".texts", ".pack", ".content", ".paragraphs", ".edits", ".failures", ".kept")


@pytest.mark.parametrize("damage", ["empty", "zeros", "flipped", "removed"])
@pytest.mark.parametrize("suffix", CACHED)
@pytest.mark.parametrize("changed", [False, True])
def test_a_damaged_cache_file_is_a_miss(corpus: Path, tmp_path: Path, suffix: str, damage: str, changed: bool) -> None:
    run(corpus, tmp_path / "out")
    paths = sorted((tmp_path / "out" / PRIVATE / "store").rglob(f"*{suffix}"))
    assert paths
    for path in paths:
        data = path.read_bytes()
        if damage == "removed":
            path.unlink()
        else:
            at = len(data) * 3 // 4 // 64 * 64
            flipped = data[:at] + bytes(byte ^ 1 for byte in data[at:])
            path.write_bytes({"empty": b"", "zeros": bytes(len(data)), "flipped": flipped}[damage])
    if changed:
        change(corpus, "edit")
    (tmp_path / "out" / "manifest.json").unlink()
    run(corpus, tmp_path / "out")
    assert outputs(tmp_path / "out") == fresh(corpus, tmp_path)


def test_a_run_has_few_files_open(corpus: Path, tmp_path: Path) -> None:
    """Of more shards than a process may have files, in a first run and in a later one."""
    write(corpus, {f"c/{i:03}.txt": [*story(900 + i, 2), SLOGAN] for i in range(150)})
    driver = "from pipeline.cli import main; from pipeline.corpus import plan; plan.SHARD_BYTES = 5_000; main()"
    limited = ["sh", "-c", 'ulimit -n 64; exec "$@"', "sh", sys.executable, "-c", driver]
    command = [*limited, "clean", str(corpus), str(tmp_path / "out")]
    for _ in range(2):
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, b"")
        change(corpus, "edit")
    assert len(list((tmp_path / "out" / PRIVATE / "store").rglob("*.documents"))) > 128
    change(corpus, "swap")
    subprocess.run([*command, "--workers", "1"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    assert outputs(tmp_path / "out") == fresh(corpus, tmp_path)


def test_the_store_does_not_grow(corpus: Path, tmp_path: Path) -> None:
    def kept() -> int:
        return len(list((tmp_path / "out" / PRIVATE / "store").rglob("*")))

    run(corpus, tmp_path / "out")
    before = kept()
    change(corpus, "edit")
    run(corpus, tmp_path / "out")
    run(corpus, tmp_path / "out", Config(favor="recall"))
    assert kept() <= before + 4
    assert not list((tmp_path / "out" / PRIVATE / "scratch").glob("*"))


def test_a_killed_run_goes_on_where_it_was(tmp_path: Path) -> None:
    corpus = write(tmp_path / "in", {f"a/{i:03}.txt": story(i, 3) * 8 for i in range(1200)})
    command = [sys.executable, "-m", "pipeline", "clean", "--workers", "1", str(corpus), str(tmp_path / "out")]
    store = tmp_path / "out" / PRIVATE / "store"
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        for _ in range(600):
            if list(store.rglob("*.documents")):
                break
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
    assert not (tmp_path / "out" / "manifest.json").exists()
    done = {path.name: path.stat().st_mtime_ns for path in store.rglob("*.documents")}
    assert done
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    again = {path.name: path.stat().st_mtime_ns for path in store.rglob("*.documents")}
    assert done.items() <= again.items()
    subprocess.run([*command[:-1], str(tmp_path / "other"), "--fresh"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    assert outputs(tmp_path / "other") == outputs(tmp_path / "out")


def test_why_tells_what_each_witness_said(corpus: Path, tmp_path: Path) -> None:
    run(corpus, tmp_path / "out")
    told = pipeline("why", tmp_path / "out", "a/03.txt:1").stdout.decode()
    assert "rules: none matches" in told
    assert "line model: text, score +" in told
    run(corpus, tmp_path / "fresh", fresh=True)
    assert "was not kept" in pipeline("why", tmp_path / "fresh", "a/03.txt:1").stdout.decode()


def test_the_store_can_be_looked_at_and_emptied(corpus: Path, tmp_path: Path) -> None:
    run(corpus, tmp_path / "out")
    before = outputs(tmp_path / "out")
    assert b"files" in pipeline("store", "info", tmp_path / "out").stdout
    assert pipeline("store", "gc", tmp_path / "out").returncode == 0
    assert pipeline("store", "info", tmp_path / "out").stdout == b"0 bytes\n"
    assert outputs(tmp_path / "out") == before
    (tmp_path / "out" / "manifest.json").write_bytes(b"{}")
    run(corpus, tmp_path / "out")
    assert outputs(tmp_path / "out") == before
    assert b"not an output folder" in pipeline("store", "gc", corpus).stderr
