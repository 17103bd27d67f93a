"""What is done once more with an output folder: the run that wrote it, to try again what failed, and its report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import chdir
from itertools import islice
from pathlib import Path
from typing import Any

from msgspec import Struct

from pipeline import jsonlines, run
from pipeline.config import Config
from pipeline.corpus import table
from pipeline.corpus.cache import blob
from pipeline.corpus.progress import Progress
from pipeline.corpus.table import Blobs
from pipeline.errors import UsageError
from pipeline.judge.rules.files import rule_book
from pipeline.model import Block, Failure
from pipeline.read.opened import STDIN
from pipeline.records import DocumentRecord, EditRecord
from pipeline.write import asked, folder
from pipeline.write.folder import REPORT
from pipeline.write.output import Output
from pipeline.write.report import page, whole
from pipeline.write.report.facts import Facts, RuleInfo
from pipeline.write.report.families import family_of
from pipeline.write.report.gather import Tally
from pipeline.write.report.sample import Place
from pipeline.write.report.sharing import Sharing
from pipeline.write.report.whole import Part
from pipeline.write.scratch import scratch

_TOGETHER = 1000
"""Documents in one file of a report's scratch folder"""


def retry(out: Path, options: Mapping[str, Any], progress: Progress | None = None) -> run.Summary:
    """Run what wrote `out` once more, in the folder where it was run, with some options changed. What it has kept is used.

    Raises:
        UsageError: what it was asked to do is not known, an input is gone, or standard input was one.
    """
    Output(out)  # a finished run of ours
    told = asked.recall(out)
    if STDIN in (*told.inputs, *told.lists):
        raise UsageError(f"{out}: an input was standard input, which cannot be read again: give it to `pipeline clean`")
    absolute = out.absolute()
    try:
        here = chdir(told.folder)
        with here:
            summary = run.clean(
                told.inputs,
                absolute,
                told.config.changed(**options),
                form=told.format,
                against=told.against,
                lists=told.lists,
                follow=told.follow,
                wanted=told.chosen,
                progress=progress,
            )
    except FileNotFoundError as error:
        if error.filename != told.folder:
            raise
        raise UsageError(f"{told.folder}: is gone, where the run that wrote {out} was started") from None
    return summary.of(out)


def report(out: Path) -> bytes:
    """The report of an output, made anew by this version of the program.

    Raises:
        UsageError: `out` is not the output of a finished run.
    """
    output = Output(out)
    manifest = output.manifest
    try:
        rules = asked.recall(out).config.rules
    except UsageError:
        rules = ()  # those of a rule file have no description then
    with scratch() as folder:
        tally = Tally()
        reader = _Reader(folder, tally)
        _gather(output, reader)
        sharing = Sharing(tally.index.sorted(), min(_thresholds(manifest.config)))
        for record in output.records("clusters"):
            sharing.add_cluster(record)
        for record in output.records("pairs"):
            sharing.add_pair(record)
        for record in output.records("passages"):
            sharing.add_passage(record)
        failures: list[Failure] = list(output.records("failures"))
        return page.render(
            Facts(
                version=manifest.pipeline_version,
                config=manifest.config,
                defaults=Config().as_dict(),
                libraries=manifest.libraries,
                counts=manifest.counts,
                passed_over=run.passed_over(one.passed_over for one in manifest.inputs),
                rules={rule.id: RuleInfo(rule.category, rule.why) for rule in rule_book(rules).rules},
                tally=tally,
                sharing=sharing,
                failures=failures,
                reader=reader,
            )
        )


def _thresholds(config: Mapping[str, Any]) -> list[float]:
    """All thresholds of a configuration, as a manifest has it."""
    own = (one["threshold"] for one in config.get("inputs", ()))
    return [config["threshold"], *(value for value in own if value is not None)]


def show_report(out: Path, data: bytes) -> None:
    """Put a report into its output folder, whose manifest knows it then.

    Raises:
        OutputError: it cannot be written.
        OutputBusyError: a run holds the folder.
    """
    manifest = Output(out).manifest
    with folder.hold(out, force=False) as held:
        held.write(REPORT, data)
        (made,) = held.outputs
        others = [one for one in manifest.outputs if one.path != REPORT]
        held.replace(manifest.replace(outputs=[*others, made]))


class _Reader(Struct, frozen=True):
    """Reads documents of an output by their place, from files of columns that they were copied to."""

    folder: Path
    tally: Tally

    def add(self, number: int, rows: list[tuple[DocumentRecord, list[EditRecord]]]) -> None:
        """Copy some documents, the pack `number`."""
        columns = {
            "documents": Blobs.of([jsonlines.encode(record) for record, _ in rows]),
            "removed": Blobs.of([jsonlines.lines(edits) for _, edits in rows]),
        }
        table.write(self._path(number), columns)

    def before(self, place: Place) -> DocumentRecord:
        """A document with the paragraphs behind its text that were struck as copies."""
        record, edits = self._final(place)
        text, blocks = record.text, list(record.blocks)
        for edit in edits:
            paragraph = edit.evidence.paragraph_id
            if paragraph is not None and family_of(edit.rule, {}) == "copies":
                text += f"\n\n{edit.text}"
                start = len(text) - len(edit.text)
                blocks.append(
                    Block(paragraph.removeprefix(f"{record.id}-"), "paragraph", start, len(text), edit.start, edit.end)
                )
        return record.replace(text=text, blocks=tuple(blocks))

    def parts(self) -> Iterator[Part]:
        """What the page shows of the documents that it may show whole."""
        for group in whole.groups(self.tally.sample.rows(), self.tally.counts["chars_in"]):
            yield whole.part((self._final(one.place) for one in group), self.tally.rule_names(), is_packed=False)

    def _final(self, place: Place) -> tuple[DocumentRecord, list[EditRecord]]:
        """A document as it is written, with its edits."""
        rows = table.read(self._path(place.pack))
        record = jsonlines.decode(blob(rows, "documents", place.row), DocumentRecord)
        return record, jsonlines.decode_lines(blob(rows, "removed", place.row), EditRecord)

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:06}.records"


def _gather(output: Output, reader: _Reader) -> None:
    """Count all documents, which the reader can read then."""
    ledgers = output.ledgers()
    number = 0
    while rows := list(islice(ledgers, _TOGETHER)):
        reader.add(number, rows)
        for row, (record, edits) in enumerate(rows):
            reader.tally.add(record, edits, Place(number, row))
        number += 1
