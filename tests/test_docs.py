"""The README's Python examples, run as a reader would run them, on the seeds."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import jsonlines
from pipeline.model import NO_EVIDENCE, Caption, Evidence, Span
from pipeline.records import EditRecord
from tests.conftest import ROOT, SEEDS, pipeline
from tests.documents import document
from tools import reference

EXAMPLES = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
LIBRARIES = ("pandas", "duckdb", "datasets", "polars")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `seeds` and `out` in it."""
    folder = tmp_path_factory.mktemp("docs")
    shutil.copytree(SEEDS, folder / "seeds")
    assert pipeline("clean", folder / "seeds", folder / "out").returncode == 0
    return folder


def test_the_reference_is_that_of_the_code() -> None:
    assert reference.PATH.read_text(encoding="utf-8") == reference.text(), "run `make reference`"


LINK = re.compile(r"\]\((?!https?:|mailto:)([^)\s]+)")


@pytest.mark.parametrize("path", [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")], ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for link in LINK.findall(re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)):
        target, _, anchor = link.partition("#")
        found = (path.parent / target).resolve() if target else path
        assert found.exists(), link
        if anchor:
            titles = re.findall(r"^#+ (.*)$", found.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", title).strip().lower().replace(" ", "-") for title in titles}, link


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 5


def run(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """What a reader's script does in `folder`; skipped where one of its libraries is not installed."""
    for library in LIBRARIES:
        if re.search(rf"(?:import|from) {library}\b", code):
            pytest.importorskip(library)
    if "read_table" in code:
        pytest.importorskip("pyarrow")
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "HF_HOME": str(folder / "hf"), "HF_HUB_OFFLINE": "1", "PATH": "/usr/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.split("\n", 1)[0])
def test_example_runs(example: str, folder: Path) -> None:
    done = run(example, folder)
    assert done.returncode == 0, done.stderr


READERS = {
    "pandas": (
        "documents['created'].iloc[-1]",
        "pd.read_json('out/removed.jsonl', lines=True)['evidence'].iloc[-1]['site']",
    ),
    "duckdb": (
        "documents.filter('created IS NOT NULL').project('created').fetchall()[0][0]",
        "duckdb.sql(\"SELECT max(evidence.site) FROM read_json('out/removed.jsonl', sample_size=-1,"
        ' field_appearance_threshold=0)").fetchall()[0][0]',
    ),
    "datasets": (
        "documents[-1]['created'][:10]",
        "load_dataset('json', data_files='out/removed.jsonl', split='train',"
        " features=Features.from_arrow_schema(arrow_schema('removed')))[-1]['evidence']['site']",
    ),
    "polars": (
        "documents['created'][-1]",
        "pl.read_ndjson('out/removed.jsonl', infer_schema_length=None)['evidence'][-1]['site']",
    ),
}
"""By reader: the date of the last document, as its example reads them, and the site of the last edit, read as
docs/formats.md says."""


@pytest.fixture(scope="module")
def late(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with documents and edits of which only the last, behind all that readers look at for types, has values
    where null may stand."""
    folder = tmp_path_factory.mktemp("late")
    (folder / "out").mkdir()
    plain = document("a.txt", ["One."]).record
    full = document("b.txt", ["Two."], "2024-05-31").record.replace(
        source_id="7",
        added="2024-06-01",
        duplicate_of=plain.id,
        extra={"tags": ["a", 5]},
        captions=(Caption("C", "P", "V", "2024-05-30", 0, 1),),
    )
    row = EditRecord(
        document=0,
        start=0,
        end=4,
        text="x" * 400,
        replacement="",
        rule="r",
        evidence=NO_EVIDENCE,
    )
    last = row.replace(evidence=Evidence(groups=3, of=4, site="site.example", place=Span(1, 2)))
    (folder / "out" / "documents.jsonl").write_bytes(jsonlines.lines([plain] * 30_000 + [full]))
    (folder / "out" / "removed.jsonl").write_bytes(jsonlines.lines([row] * 30_000 + [last]))
    return folder


@pytest.mark.parametrize("library", READERS)
def test_readers_see_what_is_null_at_first(library: str, late: Path) -> None:
    (example,) = (one for one in EXAMPLES if re.search(rf"(?:import|from) {library}\b", one))
    created, site = READERS[library]
    done = run(f"{example}\nprint('FOUND', {created}, {site})\n", late)
    assert done.returncode == 0, done.stderr
    assert "FOUND 2024-05-31 site.example" in done.stdout
