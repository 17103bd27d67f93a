"""One run: inputs, plan, engine and output put together."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from operator import eq
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from pipeline import __version__, jsonlines
from pipeline.answers import CleanAnswer
from pipeline.config import Config, EngineName, FileFormat, check_type, code_fingerprint, libraries
from pipeline.corpus.engines.interface import Engine, Executor
from pipeline.corpus.progress import Progress, Say, silent
from pipeline.errors import UsageError
from pipeline.model import Failure
from pipeline.read import files, outputs, reading
from pipeline.read.chosen import ALL, Chosen
from pipeline.read.entry import Entry
from pipeline.records import SCHEMA_VERSION, InputFile, Manifest, StruckShare
from pipeline.wording import plural
from pipeline.write import asked, card, folder, struck
from pipeline.write.formats import RecordFiles
from pipeline.write.output import Output
from pipeline.write.report.families import BY_KEY, FAMILIES
from pipeline.write.report.figures import percent

if TYPE_CHECKING:
    from pipeline.corpus.plan import Done
    from pipeline.match.compare import RecordFile
    from pipeline.write.report.facts import Facts
    from pipeline.write.report.sharing import Sharing

DEFAULT = Config()
HASHED_TOGETHER = 500
NEEDED_SPACE = 10
"""Bytes on the disk, while a run lasts, for each byte of input: measured on pages of 5 kB."""
_READ_OF_OLDER = ("documents", "removed")
"""What is read of the outputs that a run is held against."""
SHOWN_REASONS = 6
SHOWN_FAMILIES = 5
SHOWN_FAILURES = 3


class Summary(Struct, frozen=True):
    """What a run did."""

    out: Path
    counts: Mapping[str, int]
    families: Mapping[str, int]
    """By family of rules, by how many code points they shortened the texts"""
    passed_over: Mapping[str, int]
    """Records and parts of inputs that were never meant to be documents, counted by why they are none."""
    struck: Sequence[StruckShare] = ()
    """Sources of which more than half was struck as copies, those that lost most first; 100 at most."""
    failures: Sequence[Failure] = ()
    """The first few"""

    def answer(self) -> CleanAnswer:
        """The counts as `pipeline clean --json` says them."""
        return CleanAnswer(
            out=str(self.out),
            **self.counts,
            families=dict(self.families),
            passed_over=dict(self.passed_over),
            struck=tuple(self.struck),
        )

    def as_text(self) -> str:
        """The counts for a reader: what was read and failed, what was struck by whom and what is kept, what is linked, each
        a line; and one more each for what was passed over and for an alarm."""
        c = self.counts
        lines = [
            f"read    {plural(c['inputs'], 'file')}, {plural(c['documents'], 'document')}, "
            f"{plural(c['chars_in'], 'character')}; {plural(c['failures'], 'failure')}",
            f"struck  {self._struck()}",
            f"kept    {percent(c['chars_out'], c['chars_in'])}, {plural(c['chars_out'], 'character')} in "
            f"{plural(c['paragraphs'], 'paragraph')}",
            f"linked  {plural(c['linked'], 'paragraph')} in {plural(c['clusters'], 'cluster')} of near-duplicates, "
            f"{plural(c['passages'], 'shared passage')}" + (f" -> {self.out}" if str(self.out) != "-" else ""),
        ]
        if self.passed_over:
            most = sorted(self.passed_over.items(), key=lambda item: (-item[1], item[0]))
            reasons = ", ".join(f"{count:,} {reason}" for reason, count in most[:SHOWN_REASONS])
            more = ", ..." if len(most) > SHOWN_REASONS else ""
            count = sum(self.passed_over.values())
            are = "part of an input is no document" if count == 1 else "parts of inputs are no documents"
            lines.append(f"{count:,} {are}: {reasons}{more}")
        if self.struck:
            lines.append(struck.told(self.struck, c["sources_struck"]))
        return "\n".join(lines)

    def _struck(self) -> str:
        """What share of the characters was struck, and by which families of rules."""
        total = self.counts["chars_in"]
        found = sorted(((count, key) for key, count in self.families.items() if count > 0), reverse=True)
        by = ", ".join(f"{BY_KEY[key].name} {percent(count, total)}" for count, key in found[:SHOWN_FAMILIES])
        by += ", ..." if len(found) > SHOWN_FAMILIES else ""
        taken = total - self.counts["chars_out"]
        return f"{percent(taken, total)}: {by}" if taken > 0 and by else "nothing"

    def of(self, out: Path) -> Summary:
        """The same, with the output folder called so."""
        return replace(self, out=out)

    def problems(self, alone: bool = False) -> str:
        """What failed, for a reader: the first few failures, and where all of them stand unless these are shown `alone`; empty
        where nothing did."""
        count = self.counts["failures"]
        lines = [f"{one.source}: {one.message}" for one in self.failures]
        if count > len(lines):
            lines.append(f"... and {count - len(lines):,} more")
        if count and not alone:
            lines.append(f"all failures: {self.out / 'failures.jsonl'}")
        return "\n".join(lines)


def clean(
    inputs: str | Path | Sequence[str | Path],
    out: str | Path,
    config: Config = DEFAULT,
    *,
    workers: int | None = None,
    memory: int | None = None,
    engine: EngineName = "local",
    master: str | None = None,
    executor: Executor | None = None,
    force: bool = False,
    form: FileFormat = "jsonl",
    fresh: bool = False,
    against: str | Path | Sequence[str | Path] = (),
    lists: Sequence[str | Path] = (),
    follow: bool = False,
    wanted: Chosen = ALL,
    say: Say = silent,
    progress: Progress | None = None,
) -> Summary:
    """Clean `inputs` (files, folders, or `-` for standard input) into the folder `out`, records in files of `form`.

    What is worth keeping lies in `out/.pipeline`: a second run does only what has changed. With `fresh`, nothing of an
    earlier run is used and nothing is kept. `against`: output folders of other runs; paragraphs that they have are struck
    from this one's texts. `lists`: files that name more inputs. `follow`: read links to files that lie outside the input
    folders, too. `wanted`: which files below folders are inputs. `memory`: bytes, for all processes together.
    `master`: the address of the cluster for the engine `spark`, `ray` or `dask`. `executor`: what runs the work in place of
    an engine, such as a `concurrent.futures.Executor` of other machines, which stays open; `workers` is then how many tasks
    it runs at a time, if it does not say so. `say` is told what a reader may want to know, `progress` how far the run is.

    Raises:
        TypeError: `config` is no `Config`.
        UsageError: an input does not exist, the engine cannot be started, the configuration is wrong, or `out` is the
            output of other inputs.
        OutputError: `out` cannot be written or belongs to somebody else.
    """
    check_type(config)
    _check_workers(workers)
    out = Path(out)
    progress = progress or Progress(say)
    say = progress.say
    given = [inputs] if isinstance(inputs, str | Path) else inputs
    folders = [against] if isinstance(against, str | Path) else against
    older = [Output(Path(path)) for path in dict.fromkeys(folders)]
    if any(one.path.resolve() == out.resolve() for one in older):
        raise UsageError(
            f"{out}: is OUT and --against as well, so what is removed would stand nowhere; write to another folder"
        )
    for one in older:
        if missing := [name for name in _READ_OF_OLDER if not one.has(name)]:
            raise UsageError(f"{one.path}: its manifest does not list {missing[0]}; clean its inputs again")
        if problem := next(one.differing(_READ_OF_OLDER), None):
            raise UsageError(
                f"{one.path}: cannot be held against, its files have changed; clean its inputs again: {problem}"
            )
    if older and not config.matching:
        raise UsageError("what another run has already is found by comparing: leave out --no-matching or --against")
    if executor is not None and (engine != "local" or master):
        raise UsageError("an executor takes the place of an engine and its master: leave out the one or the other")
    if master and engine == "local":
        raise UsageError(f"{master}: is the master of which engine? Say --engine spark, ray or dask as well")
    options = reading.options_of(config)

    def pass_over(folder: str) -> None:
        say(int(os.path.realpath(folder) == os.path.realpath(out)), outputs.passed_over(folder))

    entries = files.find(
        [str(item) for item in given], out, [str(path) for path in lists], follow=follow, wanted=wanted, told=pass_over
    )
    _check_stays(out, entries)
    if not entries:
        say(0, "no files found to clean")
    for pattern in options.unused((entry.source for entry in entries), (one.files for one in config.inputs)):
        say(0, f"options are given for {pattern!r}, but no input is called so")
    if not force:
        _check_same_inputs(out, entries)
    told = asked.Asked(
        folder=os.getcwd(),
        inputs=tuple(str(item) for item in given),
        lists=tuple(str(path) for path in lists),
        include=wanted.include,
        exclude=wanted.exclude,
        follow=follow,
        against=tuple(str(one.path) for one in older),
        format=form,
        config=config,
    )
    # NumPy and the rules take most of a short run's time: imported only when there is work to do.
    from pipeline.corpus import plan
    from pipeline.corpus.engines.resources import Resources

    resources = Resources(workers, memory, engine, master, executor)
    with folder.hold(out, force=force) as output:
        output.is_fresh = fresh
        entries = files.stored(entries, output.scratch)
        with plan.engine(entries, resources, config, output.scratch) as runs:
            if not fresh and (manifest := _unchanged(out, runs, entries, config, form, older)) is not None:
                say(1, "inputs, options and program are those of the last run: nothing to do")
                return _summary(out, manifest, Output(out).records("failures"))
            _say_space(out, entries, say)
            kept = f"{code_fingerprint()}-{config.cleaning_fingerprint}-{config.limits_fingerprint}"
            place = plan.Folders(output.scratch if fresh else output.keep(kept), output.scratch)
            done = plan.run(runs, entries, options, config, place, progress, older)
            manifest = _write(output, done, config, form, older)
        with suppress(OSError):  # a disk that is full by now costs the run nothing
            asked.keep(out, told)
        if not fresh:
            output.prune(kept, done.used)
    return _summary(out, manifest, (one for outcome in done.outcomes for one in outcome.failures))


def _check_workers(workers: int | None) -> None:
    """Check what a caller in Python may get wrong, and the command line cannot.

    Raises:
        UsageError: the number of workers is none.
    """
    if workers is not None and (not isinstance(workers, int) or workers < 0):
        raise UsageError(f"workers={workers!r}: give a number of processes, or 0 for this process alone")


def _summary(out: Path, manifest: Manifest, failures: Iterable[Failure]) -> Summary:
    """What a run did, by the manifest that it wrote."""
    return Summary(
        out,
        manifest.counts,
        manifest.families,
        passed_over(one.passed_over for one in manifest.inputs),
        manifest.struck,
        list(islice(failures, SHOWN_FAILURES)),
    )


def _check_stays(out: Path, entries: Sequence[Entry]) -> None:
    """Check that no input is a file that the run would replace.

    Raises:
        UsageError: one is.
    """
    place = os.path.realpath(out)
    for entry in entries:
        if not folder.is_written(os.path.basename(entry.path)) and not os.path.islink(entry.path):
            continue  # most files, of which nothing need be asked
        above, name = os.path.split(os.path.realpath(entry.path))
        if above == place and folder.is_written(name):
            raise UsageError(
                f"{entry.path}: is an input that this run would replace; write into another folder than {out}"
            )


def _check_same_inputs(out: Path, entries: Sequence[Entry]) -> None:
    """Check that `out` is not the output of a run over altogether other inputs, which this one would replace.

    Raises:
        UsageError: it is.
    """
    earlier = {item["source"] for item in folder.read_manifest(out).get("inputs", ())}
    if earlier and earlier.isdisjoint(entry.source for entry in entries):
        raise UsageError(
            f"{out}: has the output of other inputs, such as {min(earlier)!r}, none of which is given; write into another "
            "folder, or replace it with --force"
        )


def _say_space(out: Path, entries: Sequence[Entry], say: Say) -> None:
    """Say beforehand where the disk may be too small."""
    needed, free = NEEDED_SPACE * reading.expected_bytes(entries), shutil.disk_usage(out).free
    if free < needed:
        say(
            0,
            f"{out}: {free >> 20:,} MiB are free, a run over so much input may take {needed >> 20:,} MiB; where that is "
            "too little, it ends with exit code 4 and changes nothing",
        )


def passed_over(inputs: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """What was passed over in all inputs, by reason."""
    total: Counter[str] = Counter()
    for reasons in inputs:
        total.update(reasons)
    return dict(sorted(total.items()))


def _unchanged(
    out: Path, engine: Engine, entries: Sequence[Entry], config: Config, form: FileFormat, older: Sequence[Output]
) -> Manifest | None:
    """The manifest of the last run, if this one would write the same: nothing that it depends on has changed."""
    manifest = folder.read_manifest(out)
    told = {
        "code_fingerprint": code_fingerprint(),
        "format": form,
        "against": [one.sha256 for one in older],
        "config_fingerprint": config.fingerprint,
    }
    if any(manifest.get(name) != value for name, value in told.items()):
        return None
    known = [(item["source"], item["bytes"]) for item in manifest["inputs"]]
    if known != [(entry.source, entry.size) for entry in entries]:
        return None
    outputs = [Entry(item["path"], str(out / item["path"]), item["bytes"]) for item in manifest["outputs"]]
    expected = [item["sha256"] for item in (*manifest["inputs"], *manifest["outputs"])]
    work = [[*entries, *outputs][low : low + HASHED_TOGETHER] for low in range(0, len(expected), HASHED_TOGETHER)]
    found = (sha256 for part in engine.map(reading.digests, work) for sha256 in part)
    return jsonlines.convert(manifest, Manifest) if all(map(eq, found, expected)) else None


def _write(
    output: folder.OutputFolder, done: Done, config: Config, form: FileFormat, older: Sequence[Output]
) -> Manifest:
    """Write all files, of which the manifest that is returned is the last."""
    from pipeline.match import settings
    from pipeline.write.report import page
    from pipeline.write.report.sharing import Sharing

    def files_of(name: str, form: FileFormat = form) -> RecordFiles:
        return RecordFiles(output.staging, name, form)

    with files_of("documents") as documents, files_of("removed") as removed:
        for document, edits in done.records():
            documents.write_lines(document)
            removed.write_lines(edits)
    output.outputs += documents.written + removed.written
    shared: Mapping[str, RecordFile[Any]] = {
        "clusters": done.shared.clusters,
        "pairs": done.shared.pairs,
        "passages": done.shared.passages,
    }
    sharing = Sharing(done.tally.index.sorted(), settings.threshold(config, "paragraph"))
    looks: Mapping[str, Callable[[Any], None]] = {
        "clusters": sharing.add_cluster,
        "pairs": sharing.add_pair,
        "passages": sharing.add_passage,
    }
    for name, rows in shared.items():
        with files_of(name) as writer:
            for line in rows.lines():
                writer.write_lines(line)
                looks[name](jsonlines.decode(line, rows.kind))
        rows.path.unlink()
        output.outputs += writer.written
    failures = [failure for outcome in done.outcomes for failure in outcome.failures]
    with files_of("failures", "jsonl") as writer:
        for failure in failures:
            writer.write(failure)
    output.outputs += writer.written
    alarms = done.tally.shares.alarms()
    names = ("documents", "chars_in", "chars_out", "edits", "paragraphs", "linked")
    counts = {
        "inputs": len(done.outcomes),
        **{name: done.tally.counts[name] for name in names},
        "templates": done.templates,
        **{name: rows.count for name, rows in shared.items()},
        "failures": len(failures),
        "sources_struck": len(alarms),
    }
    facts = _facts(done, sharing, config, counts, failures)
    families = {family.key: facts.chars[family.key] for family in FAMILIES if facts.chars[family.key]}
    output.write(folder.REPORT, page.render(facts))
    if output.may_write(card.NAME, card.MARK):
        output.write(card.NAME, card.text(form).encode())
    manifest = Manifest(
        schema_version=SCHEMA_VERSION,
        pipeline_version=__version__,
        code_fingerprint=code_fingerprint(),
        libraries=libraries(),
        format=form,
        against=[one.sha256 for one in older],
        config=config.as_dict(),
        config_fingerprint=config.fingerprint,
        inputs=[
            InputFile(
                source=outcome.source,
                sha256=outcome.sha256,
                bytes=outcome.bytes,
                status=outcome.status,
                passed_over=dict(sorted(outcome.skipped.items())),
            )
            for outcome in done.outcomes
        ],
        outputs=output.outputs,
        counts=counts,
        families=families,
        struck=alarms[: struck.MOST_ALARMS],
    )
    output.publish(manifest)
    return manifest


def _facts(
    done: Done, sharing: Sharing, config: Config, counts: Mapping[str, int], failures: Sequence[Failure]
) -> Facts:
    from pipeline.judge.rules.files import rule_book
    from pipeline.write.report.facts import Facts, RuleInfo

    return Facts(
        version=__version__,
        config=config.as_dict(),
        defaults=Config().as_dict(),
        libraries=libraries(),
        counts=counts,
        passed_over=passed_over(outcome.skipped for outcome in done.outcomes),
        rules={rule.id: RuleInfo(rule.category, rule.why) for rule in rule_book(config.rules).rules},
        tally=done.tally,
        sharing=sharing,
        failures=failures,
        reader=done,
    )
