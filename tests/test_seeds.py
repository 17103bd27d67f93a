"""The five seeds: the golden files, the people's labels where they lie beside the repository, and the same bytes always."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import jsonschema
import pytest

from pipeline.config import Config
from pipeline.run import clean
from pipeline.write.output import read_documents, read_records
from tests.conftest import ROOT, SEEDS, SHARED, needs_shared, outputs, pipeline
from tests.golden import GOLDEN, NAMES


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seeds cleaned by the command line."""
    folder = tmp_path_factory.mktemp("seeds") / "out"
    done = pipeline("clean", SEEDS, folder)
    assert done.returncode == 0, done.stderr.decode()
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_output_is_golden(out: Path, name: str) -> None:
    assert (out / f"{name}.jsonl").read_text() == (GOLDEN / f"{name}.jsonl").read_text(), (
        "the seeds' output has changed; if that is meant, run `make golden` and read the difference"
    )


@needs_shared
def test_seeds_are_exactly_as_people_labelled_them(out: Path) -> None:
    records = {record["source"]: record for record in read_documents(out)}
    gold = [json.loads(line) for line in (SHARED / "gold" / "seeds.jsonl").read_text().splitlines()]
    assert len(gold) == 5
    for seed in gold:
        record, meta = records[seed["file"]], seed["metadata"]
        assert record["text"] == seed["text"]
        assert record["metadata"]["title"] == meta["title"]
        assert record["created"] == meta["date"]
        assert record["metadata"]["agency"] == meta.get("publisher")
        assert [caption["text"] for caption in record["captions"]] == seed["captions"]
        assert [c["identifier"] for c in record["captions"] if c["identifier"]] == meta.get("virin", [])


@needs_shared
def test_passages_cover_those_that_people_found(out: Path) -> None:
    found = list(read_records(out, "passages"))
    gold = [json.loads(line) for line in (SHARED / "gold" / "passages.jsonl").read_text().splitlines()]
    covered = sum(
        any(
            p["a"]["source"] == g["a"]
            and p["b"]["source"] == g["b"]
            and p["a"]["start"] <= g["a_span"][0]
            and g["a_span"][1] <= p["a"]["end"]
            and p["b"]["start"] <= g["b_span"][0]
            and g["b_span"][1] <= p["b"]["end"]
            for p in found
        )
        for g in gold
    )
    assert (len(gold), covered) == (11, 11)
    assert len(found) <= 25


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        (["--workers", "2"], {}),
        (["--workers", "4"], {}),
        ([], {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C"}),
        ([], {"PYTHONHASHSEED": "2", "TZ": "America/Los_Angeles", "LANG": "tr_TR.UTF-8"}),
    ],
    ids=["two-workers", "four-workers", "hash-seed-1", "hash-seed-2"],
)
def test_same_bytes_whatever_the_surroundings(
    out: Path, tmp_path: Path, arguments: list[str], environment: dict[str, str]
) -> None:
    done = pipeline("clean", SEEDS, tmp_path / "out", *arguments, env=environment)
    assert done.returncode == 0, done.stderr.decode()
    assert outputs(tmp_path / "out") == outputs(out)


def test_same_bytes_with_worker_processes_at_work(out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.corpus.plan.ONE_WORKER_BYTES", 0)
    monkeypatch.setattr("pipeline.corpus.plan.SHARD_BYTES", 1)
    clean([str(SEEDS)], tmp_path / "out", Config(), workers=2)
    assert outputs(tmp_path / "out") == outputs(out)


def test_same_bytes_in_any_order_of_inputs(out: Path, tmp_path: Path) -> None:
    names = [str(path) for path in SEEDS.iterdir()]
    random.Random(7).shuffle(names)
    clean(names, tmp_path / "out", Config())
    assert outputs(tmp_path / "out") == outputs(out)


def test_cleaning_its_own_output_changes_nothing(out: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    again.mkdir()
    for record in read_documents(out):
        (again / record["source"]).write_text(record["text"], encoding="utf-8")
    clean([str(again)], tmp_path / "out", Config())
    before = {record["source"]: record["text"] for record in read_documents(out)}
    after = {record["source"]: record["text"] for record in read_documents(tmp_path / "out")}
    assert after == before
    assert {record["rule"] for record in read_records(tmp_path / "out", "removed")} <= {"white-space"}


def test_verify_restore_and_why(out: Path) -> None:
    audited = pipeline("verify", out, "--against", SEEDS)
    assert audited.returncode == 0, audited.stderr.decode()
    assert b"0 characters unaccounted for: all holds" in audited.stdout
    for path in sorted(SEEDS.iterdir()):
        assert pipeline("restore", out, path.name).stdout == path.read_bytes()
    told = pipeline("why", out, "002_d15f471d54905116.txt:20").stdout.decode()
    assert "struck by rule repeat-in-document" in told
    assert "place: 964 to 1292" in told


def test_records_follow_the_published_schema(out: Path) -> None:
    schema = json.loads(pipeline("schema").stdout)
    for name in NAMES:
        validator = jsonschema.Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": schema["$defs"]})
        assert (out / f"{name}.jsonl").exists()
        for line in (out / f"{name}.jsonl").read_text().splitlines():
            record = json.loads(line)
            validator.validate(record)
            assert list(record) == [field for field in schema["$defs"][name]["properties"] if field in record]
    manifest = json.loads((out / "manifest.json").read_text())
    jsonschema.validate(manifest, {"$ref": "#/$defs/manifest", "$defs": schema["$defs"]})


def test_no_path_of_this_machine_in_any_output(out: Path) -> None:
    for name, data in outputs(out).items():
        assert str(ROOT).encode() not in data, name


@pytest.mark.parametrize("damage", ["text", "ledger", "missing file", "input"])
def test_verify_finds_damage(out: Path, tmp_path: Path, damage: str) -> None:
    broken, inputs = tmp_path / "out", tmp_path / "seeds"
    shutil.copytree(out, broken)
    shutil.copytree(SEEDS, inputs)
    if damage == "text":
        path = broken / "documents.jsonl"
        path.write_text(path.read_text().replace("Carter", "Karter", 1))
    elif damage == "ledger":
        path = broken / "removed.jsonl"
        path.write_text("".join(path.read_text().splitlines(keepends=True)[1:]))
    elif damage == "missing file":
        (broken / "passages.jsonl").unlink()
    else:
        first = sorted(inputs.iterdir())[0]
        first.write_text(first.read_text() + "more")
    done = pipeline("verify", broken, "--against", inputs)
    assert done.returncode in (1, 2)
    assert done.stderr.strip()
    assert b"Traceback" not in done.stderr
