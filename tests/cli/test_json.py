"""What commands print with `--json` is what `pipeline schema NAME` says, for every command."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path

import click
import jsonschema
import pytest

from pipeline.answers import ANSWERS
from pipeline.cli import COMMANDS, group
from pipeline.write.json_schema import schema_of
from tests.conftest import pipeline

WORDS = "harbour bridge storm barge ferry council wall rebuild winter crew tide town repair mayor budget".split()


def words(seed: int, count: int) -> str:
    chosen = random.Random(seed)
    return " ".join(chosen.choice(WORDS) + str(chosen.randrange(90)) for _ in range(count)).capitalize() + "."


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with inputs that share a paragraph and a passage, one that fails, and two outputs of them."""
    desk = tmp_path_factory.mktemp("desk")
    (desk / "in").mkdir()
    shared, quote = (
        words(1, 60),
        "The mayor said that nobody in the old town would ever pay for a wall they could not see from home.",
    )
    for number in range(4):
        body = "\n\n".join(
            [words(10 + number, 50), f"{words(20 + number, 12)} {quote} {words(30 + number, 12)}", shared]
        )
        (desk / "in" / f"{number}.txt").write_text(f"Share on Facebook\n\n{body}")
    (desk / "in" / "broken.txt").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1")
    (desk / "rules.toml").write_text('[[rule]]\nid = "x"\ncategory = "navigation"\nwhy = "y"\nphrases.any = ["back"]\n')
    assert pipeline("clean", "in", "out", cwd=desk).returncode == 3
    assert pipeline("clean", "in", "struck", "--copies", "strike", cwd=desk).returncode == 3
    return desk


CALLS: dict[str, Sequence[str]] = {
    "clean": ("clean", "in", "again"),
    "completion": ("completion", "bash"),
    "diff": ("diff", "out", "struck"),
    "doctor": ("doctor",),
    "explain-dup": ("explain-dup", "out", "{a}", "{b}"),
    "export": ("export", "out", "chunks", "--to", "chunks"),
    "failures list": ("failures", "list", "out"),
    "failures retry": ("failures", "retry", "struck", "--document-cpu", "60"),
    "help": ("help",),
    "index": ("index", "out"),
    "init": ("init", "in"),
    "learn": ("learn", "in", "in2"),
    "match": ("match", "in/0.txt", "--against", "out"),
    "report": ("report", "out"),
    "restore": ("restore", "out", "0.txt"),
    "rules list": ("rules", "list"),
    "rules show": ("rules", "show", "page-feedback"),
    "rules test": ("rules", "test", "rules.toml"),
    "settings": ("clean", "in", "again", "--show-settings"),
    "sniff": ("clean", "in", "again", "--dry-run"),
    "stats": ("stats", "out"),
    "store gc": ("store", "gc", "struck"),
    "store info": ("store", "info", "out"),
    "verify": ("verify", "out"),
    "why": ("why", "out", "0.txt:1"),
}


def test_every_command_has_json_and_a_schema() -> None:
    with click.Context(group, info_name="pipeline") as context:
        for name in COMMANDS:
            command = group.get_command(context, name)
            assert command is not None
            parts = command.commands if isinstance(command, click.Group) else {"": command}
            for part, one in parts.items():
                if name == "schema":  # prints JSON as it is
                    continue
                assert f"{name} {part}".strip() in ANSWERS
                assert any("--json" in parameter.opts for parameter in one.params), (name, part)
    assert CALLS.keys() == ANSWERS.keys()


@pytest.mark.parametrize("name", CALLS)
def test_what_is_printed_is_what_the_schema_says(name: str, desk: Path) -> None:
    arguments = list(CALLS[name])
    if name == "explain-dup":
        (pair,) = [json.loads(line) for line in (desk / "out" / "pairs.jsonl").open()][:1]
        arguments[2:] = [pair["a"]["paragraph_id"], pair["b"]["paragraph_id"]]
    if name == "learn":  # lines that many pages have
        (desk / "in2").mkdir()
        for number in range(30):
            text = f"{words(100 + number, 60)}\n\n{words(200 + number, 60)}\n\nOldport Mill | Paper for all who print"
            (desk / "in2" / f"{number}.txt").write_text(text)
        arguments = ["learn", "in2"]
    done = pipeline(*arguments, "--json", cwd=desk)
    assert done.returncode in (0, 1, 3), done.stderr.decode()
    rows = [json.loads(line) for line in done.stdout.decode().split("\n") if line]
    assert rows, done.stderr.decode()
    schema = json.loads(pipeline("schema", *name.split(" ")).stdout)
    for row in rows:
        jsonschema.validate(row, schema)
        assert row.keys() == schema["properties"].keys()


@pytest.mark.parametrize("name", ANSWERS)
def test_schemas_are_schemas(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schema_of(name))


def test_answers_are_not_empty_where_there_is_something_to_say(desk: Path) -> None:
    (first, *_) = [
        json.loads(line)
        for line in pipeline("match", "in/0.txt", "--against", "out", "--json", cwd=desk).stdout.splitlines()
    ]
    assert first["duplicates"] or first["passages"]
    why = json.loads(pipeline("why", "out", "0.txt:1", "--json", cwd=desk).stdout)
    assert (why["kept"], why["edits"][0]["rule"], bool(why["signals"])) == (False, "share-prompt", True)
