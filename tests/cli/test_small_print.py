"""What the help of commands promises in a word: "each once", "again for more", "from 0", defaults, and what `--force` is for."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from pathlib import Path

import pytest

from pipeline import Config, clean, read_ledgers, read_records
from pipeline import learn as learning
from tests.cli.conftest import Said
from tests.judge.test_templates import story

STORY, OTHER = story(1, 3), story(2, 3)
PAGE = ["Share on Facebook", *STORY, "Skip to main content"]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output of a text with cruft, a copy of most of it, and two files of rows of which several fail."""
    desk = tmp_path_factory.mktemp("desk")
    (desk / "in").mkdir()
    (desk / "in" / "a.txt").write_text("\n\n".join(PAGE))
    (desk / "in" / "b.txt").write_text("\n\n".join([*STORY[:2], *OTHER, STORY[2][:120]]))
    rows = [json.dumps({"text": " ".join(OTHER)}), '{"text": ""}', "{broken", '{"text": ""}']
    (desk / "in" / "rows.jsonl").write_text("\n".join(rows) + "\n")
    (desk / "in" / "tide.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1")
    clean(desk / "in", desk / "out", Config(threshold=0.6))
    return desk / "out"


def test_failures_of_one_kind_and_the_names_of_inputs_each_once(said: Said, out: Path, tmp_path: Path) -> None:
    rows = list(read_records(out, "failures"))
    assert [row.error for row in rows if row.source.startswith("rows")] == ["empty", "invalid-json", "empty"]
    for name in ("manifest.json", "failures.jsonl"):  # as if one had failed in two ways
        (tmp_path / name).write_bytes((out / name).read_bytes() * (1 if name == "manifest.json" else 2))
    code, names, _ = said("failures", tmp_path, "--sources")
    assert (code, names.splitlines()) == (0, [row.source for row in rows])
    for error in ("empty", "invalid-json"):
        expected = [row.source for row in rows if row.error == error]
        assert said("failures", "list", out, "--reason", error, "--sources")[1].splitlines() == expected
        for part in (error[:-1], error[1:], error.upper(), ""):  # a kind is named whole
            assert said("failures", out, "--reason", part)[:2] == (0, "0 failures\n")
        told = [json.loads(line) for line in said("failures", out, "--reason", error, "--json")[1].splitlines()]
        assert [(row["source"], row["error"]) for row in told] == [(source, error) for source in expected]


def test_one_true_condition_is_enough(said: Said, out: Path) -> None:
    true, false = "failures>0", "documents>1000"
    for conditions, code in (
        ((), 0),
        ((false,), 0),
        ((true,), 1),
        ((true, false), 1),
        ((false, true), 1),
        ((false, false), 0),
    ):
        got, _, problems = said("stats", out, *(part for one in conditions for part in ("--fail-on", one)))
        assert (got, f"{true} is true of {out}" in problems, false in problems) == (code, code == 1, False)


@pytest.mark.parametrize(("sign", "is_true"), [("<", False), (">", False), ("<=", True), (">=", True)])
def test_a_condition_exactly_at_its_bound(said: Said, out: Path, sign: str, is_true: bool) -> None:
    figures = json.loads(said("stats", out, "--json")[1])
    of_all = figures["documents"] + figures["failures"]
    assert figures["failed"] == round(figures["failures"] / of_all, 4) == 0.5714  # four of seven
    for condition in (f"failures{sign}{figures['failures']}", f"failed {sign} 57.14%"):
        assert said("stats", out, "--fail-on", condition)[0] == is_true, condition


def test_offsets_count_from_0_and_lines_from_1(said: Said, out: Path) -> None:
    """The first and the last character of a line are the line's, the break behind it is nobody's."""

    def line(place: str) -> int:
        code, printed, _ = said("why", out, f"a.txt:{place}", "--json")
        return json.loads(printed)["line"] if code == 0 else -code

    source = "\n\n".join(PAGE)
    for number, text in enumerate(PAGE):
        start = source.index(text)
        expected = [2 * number + 1] * 3
        assert [line(f"@{at}") for at in (start, start + 1, start + len(text) - 1)] == expected
        assert line(str(2 * number + 1)) == 2 * number + 1
        assert line(f"@{start + len(text)}") == -2
    assert (line("0"), line("2"), line(f"@{len(source)}")) == (-2, -2, -2)
    _, _, problem = said("why", out, "a.txt:300")
    assert "has 9 lines; there is no line 300, and a character is :@300" in problem  # though it has so many characters
    assert line("9" * 5000) == -2


def test_nothing_is_written_over_the_records_of_an_output_nor_over_a_file_unasked(
    said: Said, out: Path, tmp_path: Path
) -> None:
    for target in (out / "documents.jsonl", out / "manifest.json", out / ".pipeline" / "report.html"):
        code, _, problem = said("report", out, "-o", target)
        assert (code, f"{target}: lies in the output folder" in problem) == (4, True)
    assert said("verify", out)[0] == 0
    assert said("report", out, "-o", out / "report.html")[0] == 0
    mine = tmp_path / "mine.toml"
    mine.write_text("# by hand\n")
    code, _, problem = said("learn", tmp_path, "-o", mine)
    assert (code, "--force writes over it" in problem, mine.read_text()) == (4, True, "# by hand\n")
    code, _, told = said("learn", tmp_path, "-o", mine, "--force")
    assert (code, told, mine.read_text()) == (0, "no line stands on enough pages to be a template\n", "")


def test_an_output_of_which_a_file_was_changed_is_not_taken_for_whole(said: Said, out: Path, tmp_path: Path) -> None:
    changed = tmp_path / "out"
    shutil.copytree(out, changed)
    documents = changed / "documents.jsonl"
    documents.write_bytes(documents.read_bytes()[:-1])
    query = tmp_path / "query.txt"
    query.write_text(OTHER[0])
    for command in (
        ("export", changed, tmp_path / "chunks", "--to", "chunks"),
        ("export", changed, tmp_path / "pages", "--to", "markdown"),
        ("export", changed, "-", "--to", "datatrove"),
        ("stats", changed),
        ("match", query, "--against", changed),
    ):
        code, _, problem = said(*command)
        assert (code, f"{documents}: is not the file that the manifest lists" in problem) == (2, True), command
    documents.unlink()
    assert "documents.jsonl: cannot be read" in said("stats", changed)[2]


def test_a_ledger_of_another_text_is_told_by_restore_and_why(said: Said, out: Path, tmp_path: Path) -> None:
    changed = tmp_path / "out"
    shutil.copytree(out, changed)
    ledger = changed / "removed.jsonl"
    whole = ledger.read_bytes()
    ledger.write_bytes(re.sub(rb'"end":[0-9]+', b'"end":1000000000000000', whole))
    for command in ("restore", "why"):
        code, _, problem = said(command, changed, "a.txt")
        assert (code, "the ledger of a.txt does not belong to its text" in problem) == (2, True)
    ledger.write_bytes(whole)
    documents = changed / "documents.jsonl"
    documents.write_bytes(documents.read_bytes().replace(b'"encoding":"utf-8"', b'"encoding":"rot13"'))
    code, _, problem = said("restore", changed, "a.txt")
    assert (code, "cannot be written as 'rot13', which its record says" in problem) == (2, True)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="there is no endless device")
def test_what_has_no_end_is_refused(said: Said, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.read.interface.MAX_DOCUMENT", 1 << 20)
    monkeypatch.setattr("pipeline.toml_file.MOST", 1 << 20)
    endless = tmp_path / "endless.toml"
    endless.write_bytes(bytes((1 << 20) + 1))
    for command, problem in (
        (("match", "/dev/zero", "--against", out), "/dev/zero: has more than 1 MiB"),
        (("rules", "test", "/dev/zero"), "/dev/zero: is a device, not a file"),
        (("rules", "test", endless), "endless.toml: has more than 1 MiB"),
        (("clean", "in", "out", "--show-settings", "--config", "/dev/zero"), "/dev/zero: is a device, not a file"),
        (("clean", "in", "out", "--show-settings", "--config", endless), "endless.toml: has more than 1 MiB"),
    ):
        code, _, told = said(*command)
        assert (code, problem in told) == (2, True), told


@pytest.mark.parametrize("text", ["x = " + "[" * 5000, "seed = " + "9" * 5000, "x = [1"])
def test_what_is_no_toml_is_told_by_its_name(said: Said, tmp_path: Path, text: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(text)
    for command in (("clean", "in", "out", "--show-settings", "--config", file), ("rules", "test", file)):
        code, _, problem = said(*command)
        assert (code, f"{file}: not valid TOML" in problem) == (2, True), problem


def test_a_value_behind_a_pattern_is_checked_like_any_other(said: Said, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The ferry stays in port.")
    for option, value, problem in (
        ("--threshold", "x:nan", "is no number"),
        ("--threshold", ":0.5", "no pattern of file names before its colon"),
        ("--favor", ":recall", "no pattern of file names before its colon"),
    ):
        code, _, told = said("clean", tmp_path, tmp_path / "o", option, value, "--dry-run")
        assert (code, problem in told) == (2, True), told


def test_a_query_goes_by_the_threshold_of_the_output_unless_told(said: Said, out: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A page that nobody has seen before stands here, and nothing else does.")
    assert "with jaccard 0.6, " in said("match", tmp_path / "a.txt", "--against", out)[1]
    assert "with jaccard 0.9, " in said("match", tmp_path / "a.txt", "--against", out, "--threshold", "0.9")[1]


def test_a_chunk_has_two_thousand_characters_at_most_and_no_file_is_replaced_unasked(
    said: Said, out: Path, tmp_path: Path
) -> None:
    assert said("export", out, tmp_path / "o", "--to", "chunks")[0] == 0
    before = [json.loads(line) for line in (tmp_path / "o" / "chunks.jsonl").open()]
    assert sorted(path.name for path in (tmp_path / "o").iterdir()) == ["chunks.jsonl"]
    code, _, problem = said("export", out, tmp_path / "o", "--to", "chunks", "--max-chars", "100")
    assert (code, "is there already: --force writes over it" in problem) == (4, True)
    assert [json.loads(line) for line in (tmp_path / "o" / "chunks.jsonl").open()] == before
    assert said("export", out, tmp_path / "o", "--to", "chunks", "--max-chars", "100", "--force")[0] == 0
    assert len(list((tmp_path / "o" / "chunks.jsonl").open())) > len(before)
    assert said("export", out, tmp_path / "p", "--to", "chunks", "--max-chars", "99")[0] == 2
    whole, part = (said("export", out, "-", "--to", "chunks", *more)[1] for more in ((), ("--max-chars", "2000")))
    assert whole == part


def test_a_document_that_is_the_same_is_no_difference(said: Said, out: Path) -> None:
    assert said("diff", out, out)[0] == 0
    assert said("diff", out, out, "a.txt")[0] == 0
    assert said("diff", out, out, "--json")[:2] == (0, "")


def test_rules_are_undone_alone_and_together(said: Said, out: Path) -> None:
    text = "\n\n".join(STORY)
    for rules, expected in (
        (("share-prompt",), f"{PAGE[0]}\n\n{text}"),
        (("skip-link",), f"{text}\n\n{PAGE[-1]}"),
        (("share-prompt", "skip-link"), f"{PAGE[0]}\n\n{text}\n\n{PAGE[-1]}"),
    ):
        code, printed, problem = said("restore", out, "a.txt", *(part for rule in rules for part in ("--rule", rule)))
        assert (code, printed.rstrip("\n")) == (0, expected), problem
    assert said("restore", out, "a.txt")[1] == "\n\n".join(PAGE)
    assert said("restore", out, "a.txt", "--rule", "share-prompt", "--rule", "title")[0] == 2


def test_rule_files_and_lists_of_files_are_given_again_for_more(said: Said, tmp_path: Path) -> None:
    rule = '[[rule]]\nid = "{0}"\ncategory = "promo"\nwhy = "w"\nphrases.any = "the {0} of the harbour"\n'
    for name in ("lamp", "bell"):
        (tmp_path / f"{name}.toml").write_text(rule.format(name))
        (tmp_path / f"{name}.txt").write_text(
            "\n\n".join([f"The {name} of the harbour", "The lamp of the harbour", *OTHER])
        )
        (tmp_path / f"{name}.list").write_text(f"{tmp_path / name}.txt\n")
    both = [part for name in ("lamp", "bell") for part in ("--rules", tmp_path / f"{name}.toml")]
    lists = [part for name in ("lamp", "bell") for part in ("--files-from", tmp_path / f"{name}.list")]
    assert said("clean", *lists, *both, "--no-matching", "--workers", "0", tmp_path / "out")[0] == 0
    struck = sorted(
        (record.source, edit.rule)
        for record, ledger in read_ledgers(tmp_path / "out")
        for edit in ledger
        if edit.rule in ("lamp", "bell")
    )
    assert struck == [("bell.txt", "bell"), ("bell.txt", "lamp"), ("lamp.txt", "lamp"), ("lamp.txt", "lamp")]


def settings(said: Said, *options: str) -> dict[str, tuple[object, str]]:
    """Value and origin of each option."""
    code, printed, problem = said("clean", "in", "out", "--show-settings", "--json", *options)
    assert code == 0, problem
    rows = [json.loads(line) for line in printed.splitlines()]
    return {row["name"]: (row["value"], row["origin"]) for row in rows}


def test_without_options_every_setting_is_its_default(said: Said) -> None:
    assert settings(said, "--isolated") == {name: (value, "default") for name, value in Config().as_dict().items()}


@pytest.mark.parametrize(
    ("options", "name", "value"),
    [
        (["--favor", "recall"], "favor", "recall"),
        (["--extractor", "trafilatura"], "extractor", "trafilatura"),
        (["--input-format", "csv"], "input_format", "csv"),
        (["--field", "text=a", "--field", "url=b"], "fields", ["text=a", "url=b"]),
        (["--added", "2024-05-31"], "added", "2024-05-31"),
        (["--no-cleaning"], "cleaning", False),
        (["--no-matching"], "matching", False),
        (["--matching"], "matching", True),
        (["--threshold", "0.8"], "threshold", 0.8),
        (["--threshold", "1"], "threshold", 1.0),
        (["--copies", "strike"], "copy_action", "strike"),
        (["--document-cpu", "5"], "document_cpu", 5.0),
        (["--document-wall", "6"], "document_wall", 6.0),
        (["--document-memory", "3G"], "document_memory", 3 << 30),
    ],
)
def test_an_option_sets_what_it_is_called_after_and_nothing_else(
    said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], name: str, value: object
) -> None:
    """Over the nearest file and `--config KEY=VALUE`, which is over that file."""
    before = settings(said, "--isolated")
    assert settings(said, "--isolated", *options) == {**before, name: (value, "command line")}
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pipeline.toml").write_text("passage_words = 12\nseed = 5\nfavor = 'balanced'\nthreshold = 0.5\n")
    own = ("--config", "seed=6", "--config", "favor=precision", "--config", "threshold=0.4")
    of_files = settings(said, "--config", "pipeline.toml", *own)
    assert of_files["passage_words"] == (12, "pipeline.toml")
    assert [of_files[key] for key in ("seed", "favor", "threshold")] == [
        (6, "--config"),
        ("precision", "--config"),
        (0.4, "--config"),
    ]
    assert settings(said, "--config", "pipeline.toml", *own, *options) == {**of_files, name: (value, "command line")}


def test_rules_are_learned_by_the_favor_that_is_asked_for(
    said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over a file of options, which is asked unless `--isolated`; to standard output unless a file is named."""
    monkeypatch.setattr(learning, "learn", lambda inputs, config, *_: f"# {list(inputs)} by {config.favor}\n")
    monkeypatch.chdir(tmp_path)
    assert said("learn", "in")[:2] == (0, "# ['in'] by auto\n")
    assert said("learn", "in", "--favor", "recall")[1] == "# ['in'] by recall\n"
    (tmp_path / "pipeline.toml").write_text("favor = 'precision'\n")
    assert said("learn", "in", "-o", "-")[1] == "# ['in'] by precision\n"
    assert said("learn", "in", "--favor", "recall")[1] == "# ['in'] by recall\n"
    assert said("learn", "in", "--isolated")[1] == "# ['in'] by auto\n"
    assert said("learn", "in", "--config", "favor=balanced")[1] == "# ['in'] by balanced\n"
    assert said("learn", "in", "-o", "site.toml")[:2] == (0, "")
    assert (tmp_path / "site.toml").read_text() == "# ['in'] by precision\n"


def test_the_nearest_file_of_options_is_asked_unless_isolated(
    said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "pipeline.toml").write_text("threshold = 0.5\n")
    monkeypatch.chdir(tmp_path / "deep")
    assert settings(said)["threshold"] == (0.5, str(tmp_path / "pipeline.toml"))
    assert settings(said, "--isolated")["threshold"] == (0.7, "default")
    (tmp_path / "own.toml").write_text("seed = 9\n")
    told = settings(said, "--config", str(tmp_path / "own.toml"))  # a file that is named takes the place of the nearest
    assert (told["threshold"], told["seed"]) == ((0.7, "default"), (9, str(tmp_path / "own.toml")))
    assert settings(said, "--config", "seed=9")["threshold"][0] == 0.5  # a value does not


def test_the_score_in_the_ledger_is_the_one_that_why_tells(said: Said, tmp_path: Path) -> None:
    """Log odds, with two digits behind the point there."""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in story(1, 5))
    links = "".join(f"<a href=/{number}>More on tides {number}</a><br>" for number in range(9))
    page = tmp_path / "tides.html"
    page.write_text(
        f"<html><body><main><h1>Tides of the town</h1>{body}</main><div class=sidebar>{links}</div></body></html>"
    )
    clean(page, tmp_path / "out", workers=0)
    edits = [one for one in read_records(tmp_path / "out", "removed") if one.rule == "line-model"]
    assert edits
    for edit in edits[:3]:
        told = json.loads(said("why", tmp_path / "out", f"{page.name}:@{edit.start}", "--json")[1])["signals"]
        assert f"line model: not text, score {edit.evidence.score:+.2f} (log odds that it is text)" in told


def test_a_file_in_which_there_is_nothing_is_counted_and_fails_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once, also where it is so large that it is read in parts."""
    monkeypatch.setattr("pipeline.corpus.plan.SHARD_BYTES", 2000)
    for name, content in {
        "a.jsonl": "\n",
        "b.json": "[]",
        "c.csv": "id,text\n",
        "d.mbox": "",
        "e.warc": "",
        "g.jsonl": "\n" * 20_000,
    }.items():
        (tmp_path / name).write_text(content)
    with zipfile.ZipFile(tmp_path / "f.zip", "w"):
        pass
    summary = clean(tmp_path, tmp_path / "out", workers=0)
    assert (summary.counts["documents"], summary.counts["failures"]) == (0, 0)
    inputs = json.loads((tmp_path / "out" / "manifest.json").read_text())["inputs"]
    assert [(one["source"][0], one["status"], one["passed_over"]) for one in inputs] == [
        (name, "ok", {"file without a document": 1}) for name in "abcdefg"
    ]
    assert "7 parts of inputs are no documents: 7 file without a document" in summary.as_text()


def test_who_asks_for_a_file_of_several_documents_is_told_their_names(said: Said, out: Path) -> None:
    first = next(row.source for row in read_records(out, "documents") if row.source.startswith("rows.jsonl"))
    code, _, problem = said("why", out, "rows.jsonl")
    assert (code, f"has no document 'rows.jsonl'; it has, for example: {first}\n" in problem) == (2, True)
    code, _, problem = said("restore", out, "nowhere.txt")
    assert (code, "it has, for example: a.txt, b.txt" in problem) == (2, True)
