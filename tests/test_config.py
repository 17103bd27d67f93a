"""Configuration files and options: what they may say, and the sentence that a wrong one gets. Grows with the struct."""

from __future__ import annotations

import json
import math
from datetime import date
from pathlib import Path
from typing import Any, get_args

import click
import jsonschema
import msgspec
import pytest

from pipeline import config, validate
from pipeline.cli import options
from pipeline.cli.clean import command as clean_command
from pipeline.config import Config
from pipeline.describe import field_docs
from pipeline.errors import UsageError
from tests.conftest import SEEDS, pipeline

FIELDS = validate.field_types(Config)
VALUES: list[Any] = [
    *(5, -1, 0, 1, 10**12, 2.5, -0.5, float("nan"), float("inf"), True, False, "", "nonsense", "0.7", "2024-05-31"),
    *([], ["text"], [5], [["text"]], {}, {"text": "body"}, {"text": 5}, date(2024, 5, 31)),
]
"""A value of each kind that TOML has, and of each some that are out of bounds."""
FROM_FILES = ("rules", "fields", "added")
"""Fields that a file may give in another form than the struct has them."""


def toml(value: Any) -> str:
    """`value` as TOML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, float):
        return str(value)
    return value.isoformat() if isinstance(value, date) else json.dumps(value)


def load(folder: Path, text: str) -> Config:
    (folder / "run.toml").write_text(text)
    return options.load([str(folder / "run.toml")], True, {}).config


def outcome(folder: Path, name: str, value: Any) -> str | None:
    """What is said of this value of an option; None where it is taken."""
    try:
        load(folder, f"{name} = {toml(value)}")
    except UsageError as error:
        return str(error)
    return None


@pytest.mark.parametrize("name", [name for name in FIELDS if name not in FROM_FILES])
@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_file_may_say_what_the_type_of_an_option_allows_and_nothing_else(
    tmp_path: Path, name: str, value: Any
) -> None:
    is_number = not (isinstance(value, float) and math.isnan(value))
    if name == "input_format" and isinstance(value, str):
        pytest.skip("which formats there are is told by another test")
    allowed = is_number and jsonschema.Draft202012Validator(msgspec.json.schema(FIELDS[name])).is_valid(value)
    refusal = outcome(tmp_path, name, value)
    if refusal is None or "give both, or neither" in refusal:
        assert allowed
    else:
        assert not allowed
        assert refusal.startswith(f"{tmp_path / 'run.toml'}: `{name}` is ")
        assert "; it must be " in refusal


@pytest.mark.parametrize("name", FIELDS)
def test_every_option_refuses_most_kinds_of_values(tmp_path: Path, name: str) -> None:
    refusals = [refusal for value in VALUES if (refusal := outcome(tmp_path, name, value))]
    assert len(refusals) > len(VALUES) / 2
    assert all(f"`{name}" in refusal or "cannot be read" in refusal for refusal in refusals)


@pytest.mark.parametrize("name", FIELDS)
def test_every_option_is_described(name: str) -> None:
    assert field_docs(Config)[name].endswith(".")


@pytest.mark.parametrize("name", FIELDS)
def test_a_key_with_a_slip_of_the_pen_gets_the_one_that_was_meant(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match=rf"run\.toml: unknown key `{name}s`; did you mean `{name}`\?"):
        load(tmp_path, f"{name}s = 1")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "added = 5",
            "`added` is 5; it must be a date, or a date and time, such as 2024-05-31 or 2024-05-31T09:30:00Z",
        ),
        ('added = "soon"', '`added` is "soon"; it must be a date'),
        ('added = "2024-02-30"', '`added` is "2024-02-30"; there is no such date or time'),
        ('rules = "site.toml"', '`rules` is "site.toml"; it must be a list of texts'),
        ("rules = [5]", "`rules[0]` is 5; it must be a text"),
        ('rules = ["lost.toml"]', "lost.toml: cannot be read"),
        ('fields = "text=body"', '`fields` is "text=body"; it must be a list of texts'),
        ("fields = {text = 5}", "`fields.text` is 5; it must be a text"),
        ("num_perm = 100\nbands = 32", "`num_perm` is 100; it must be a multiple of `bands`, which is 32"),
        ("bands = 32", "`num_perm` and `bands`: give both, or neither"),
        ('input_format = "word"', "`input_format` is 'word'; it must be one of "),
        ('fields = {colour = "red"}', "`fields` has 'colour=red'; write KEY=NAME, where KEY is one of text, "),
        ("threshold = 2", "`threshold` is 2; it must be a number above 0 and up to 1"),
        ('favor = "best"', '`favor` is "best"; it must be "auto", "precision", "balanced" or "recall"'),
        ("threshold = ", "not valid TOML"),
    ],
)
def test_what_is_wrong_is_one_sentence(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        load(tmp_path, text)
    assert message in str(caught.value)
    assert str(tmp_path) in str(caught.value)


def test_a_file_may_have_dates_tables_and_rule_files(tmp_path: Path) -> None:
    rule = '[[rule]]\nid = "a"\ncategory = "share"\nwhy = "w"\nphrases.en = ["share this"]\n'
    (tmp_path / "site.toml").write_text(rule)
    loaded = load(tmp_path, 'added = 2024-05-31\nrules = ["site.toml"]\n[fields]\ntext = "body"\nurl = "link"\n')
    assert (loaded.added, loaded.rules, loaded.fields) == ("2024-05-31", (rule,), ("text=body", "url=link"))
    assert load(tmp_path, 'added = "2024-05-31T09:30:00Z"').added == "2024-05-31T09:30:00Z"
    patterns = load(tmp_path, '[fields]\ntext = "body"\n[fields."old/*.csv"]\ntext = "article"\nurl = "link"\n')
    assert patterns.fields == ("text=body", "old/*.csv:text=article", "old/*.csv:url=link")


def test_a_bad_rule_of_a_file_that_the_configuration_names_is_told_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text('[[rule]]\nid = "a"\n')
    with pytest.raises(UsageError, match=r"site\.toml, line 1, rule 1"):
        load(tmp_path, 'rules = ["site.toml"]')


def test_the_command_line_goes_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "run.toml").write_text('threshold = 0.9\nfavor = "recall"\n')
    loaded = options.load([str(tmp_path / "run.toml")], True, {"favor": "precision", "threshold": None}).config
    assert (loaded.favor, loaded.threshold) == ("precision", 0.9)


def test_from_python_values_are_held_to_the_same_types() -> None:
    assert Config(fields=["text=body"], threshold=1).fields == ("text=body",)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="`fields` is"):
        Config(fields="text=body")  # type: ignore[arg-type]


def test_options_have_the_choices_and_defaults_of_the_struct() -> None:
    by_name = {parameter.name: parameter for parameter in clean_command.params}
    for name in ("favor", "extractor", "copy_action"):
        kind = by_name[name].type
        if isinstance(kind, options.Patterned):
            kind = kind.inner
        assert isinstance(kind, click.Choice)
        assert tuple(kind.choices) == get_args(FIELDS[name])
        help_text = getattr(by_name[name], "help", "")
        assert help_text.startswith(field_docs(Config)[name])
        assert help_text.endswith(f"  [default: {getattr(Config(), name)}]")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--threshold", "2"], "threshold"),
        (["--threshold", "nan"], "`threshold` is NaN"),
        (["--added", "5"], '`added` is "5"'),
        (["--favor", "best"], "'precision', 'balanced', 'recall'"),
        (["--input-format", "word"], "`input_format` is 'word'; it must be one of"),
        (["--field", "text"], "`fields` has 'text'; write KEY=NAME"),
    ],
)
def test_a_wrong_option_ends_the_run_with_a_sentence(tmp_path: Path, arguments: list[str], message: str) -> None:
    done = pipeline("clean", SEEDS, tmp_path / "out", *arguments)
    assert done.returncode == 2
    assert message in done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_the_fingerprint_of_cleaning_sees_every_option_but_those_of_comparing() -> None:
    other: dict[str, Any] = {
        "favor": "recall", "extractor": "trafilatura", "input_format": "csv", "fields": ("text=a",), "inputs": (config.Inputs(files="*.csv", favor="recall"),), "rules": ("x",),
        "added": "2024-05-31", "cleaning": False, "matching": False,
        "shingle_words": 4, "num_perm": 256, "bands": 64, "seed": 2, "threshold": 0.6,
        "document_threshold": 0.6, "containment": 0.9, "passage_words": 9, "copy_action": "strike",
        "revision_action": "strike", "document_cpu": 5.0, "document_wall": 10.0, "document_memory": 1 << 30,
    }  # fmt: skip
    assert other.keys() == FIELDS.keys()
    plain = Config(num_perm=128, bands=32)
    for name, value in other.items():
        changed = msgspec.structs.replace(plain, **{name: value})
        assert changed.fingerprint != plain.fingerprint
        assert (changed.cleaning_fingerprint == plain.cleaning_fingerprint) == (
            name in (*config.COMPARING, *config.LIMITS)
        )


def test_each_bound_of_a_document_is_an_option_of_its_own() -> None:
    limits = Config(document_cpu=3, document_wall=7, document_memory=1 << 30).limits
    assert (limits.cpu_seconds, limits.wall_seconds, limits.memory_bytes) == (3, 7, 1 << 30)


def test_the_nearest_file_counts_whatever_it_is_called(tmp_path: Path) -> None:
    """Of one folder, `pipeline.toml` goes before `pyproject.toml`, which counts only if it speaks of this program."""
    inner = tmp_path / "project" / "data"
    inner.mkdir(parents=True)
    (tmp_path / "pipeline.toml").write_text("threshold = 0.6\n")
    assert config.find(inner) == tmp_path / "pipeline.toml"
    project = tmp_path / "project" / "pyproject.toml"
    project.write_text('[project]\nname = "tides"\n')
    assert config.find(inner) == tmp_path / "pipeline.toml"
    project.write_text("[tool.pipeline]\nthreshold = 0.8\n")
    assert config.find(inner) == project
    (project.parent / "pipeline.toml").write_text("threshold = 0.9\n")
    assert config.find(inner) == project.parent / "pipeline.toml"


def test_the_fingerprint_of_the_program_sees_every_kind_of_file_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Code, rules, data, models and the page of the report; and the version of a library."""
    package = Path(config.__file__).parent
    kinds = {path.suffix: path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert {".py", ".c", ".h", ".toml", ".npz", ".html", ".css", ".js"} <= kinds.keys()
    kinds.pop(".typed")  # which is empty
    kinds.pop(".so", None)  # compiled kernels give what those in Python give: a worker may be without
    kinds.pop(".pyd", None)
    before = config.code_fingerprint.__wrapped__()
    assert config.code_fingerprint.__wrapped__() == before
    read = Path.read_bytes
    for suffix, changed in kinds.items():
        monkeypatch.setattr(Path, "read_bytes", lambda path, one=changed: read(path) + b" " * (path == one))
        assert config.code_fingerprint.__wrapped__() != before, suffix
    monkeypatch.setattr(Path, "read_bytes", read)
    monkeypatch.setattr(config, "libraries", lambda: {"lxml": "1"})
    assert config.code_fingerprint.__wrapped__() != before
