"""The manifest, held against the files: which of them it must list, and what their records come to."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pipeline.config import fingerprint_of
from pipeline.model import Failure
from pipeline.read.entry import file_of
from pipeline.records import FILES, DocumentRecord, EditRecord, Manifest
from pipeline.write import card
from pipeline.write.folder import REPORT
from pipeline.write.formats import FORMATS, output_name
from pipeline.write.report.families import BY_KEY, BY_RULE

TOLD = ("templates",)
"""Counts that follow from nothing in the files."""
_OWN = frozenset(BY_RULE.values())


def listing(manifest: Manifest, out: Path) -> Iterator[str]:
    """Yield what is wrong with the list of files: each output is there, all its shards, and the report, and nothing else."""
    listed = [item.path for item in manifest.outputs]
    expected: list[str] = []
    for name in FILES:
        form = "jsonl" if name == "failures" else manifest.format
        shards = sum(path.endswith(FORMATS) and output_name(path) == name for path in listed)
        numbers = range(max(shards, 1))
        expected += [f"{name}.jsonl"] if form == "jsonl" else [f"{name}-{number:05d}.{form}" for number in numbers]
    expected.append(REPORT)
    for path in expected:
        if path not in listed:
            yield f"manifest: does not list {path}"
    times = Counter(listed)
    for item in manifest.outputs:
        if item.path not in (*expected, card.NAME):
            yield f"manifest: lists {item.path}, which is no file of such an output"
        elif times[item.path] > 1:
            yield f"manifest: lists {item.path} {times[item.path]} times"
        if (item.records is None) != (item.path in (REPORT, card.NAME)):
            yield f"manifest: says that {item.path} has {'no' if item.records is None else item.records} records"
    if card.NAME not in listed and _is_ours(out / card.NAME):
        yield f"manifest: does not list {card.NAME}"


def _is_ours(path: Path) -> bool:
    try:
        return card.MARK in path.read_bytes()
    except OSError:
        return False


class Totals:
    """What the records of an output come to."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._chars: Counter[str] = Counter()
        self._with_documents: set[str] = set()

    def add(self, record: DocumentRecord, edits: Sequence[EditRecord]) -> None:
        """Take a document and its edits into account."""
        self.counts.update(
            documents=1,
            chars_in=record.metadata.chars_in,
            chars_out=record.metadata.chars_out,
            edits=len(edits),
            paragraphs=len(record.blocks),
            linked=sum(block.cluster_id is not None for block in record.blocks),
        )
        self._with_documents.add(file_of(record.source))
        for edit in edits:
            self._chars[edit.rule] += len(edit.text) - len(edit.replacement)

    def problems(self, manifest: Manifest, alarms: int) -> Iterator[str]:
        """Yield what the manifest says otherwise. `alarms`: how many sources lost most of their text."""
        own: Counter[str] = Counter({"inputs": len(manifest.inputs), "sources_struck": alarms})
        for item in manifest.outputs:
            if (name := output_name(item.path)) in ("clusters", "pairs", "passages", "failures"):
                own[name] += item.records or 0  # which `verify` has counted
        names = ("documents", "chars_in", "chars_out", "edits", "paragraphs", "linked")
        found = {name: self.counts[name] for name in names} | {
            name: own[name] for name in ("inputs", "clusters", "pairs", "passages", "failures", "sources_struck")
        }
        for name in sorted({*found, *manifest.counts} - {*TOLD}):
            if manifest.counts.get(name) != found.get(name):
                yield _differs(f"counts.{name}", manifest.counts.get(name), found.get(name))
        yield from self._families(manifest)
        if manifest.config_fingerprint != fingerprint_of(manifest.config):
            yield "manifest: `config_fingerprint` is not that of `config`"

    def inputs(self, manifest: Manifest, failures: Iterable[Failure]) -> Iterator[str]:
        """Yield what the manifest says of inputs and the documents and failures do not: each has come to something."""
        failed = {file_of(failure.source) for failure in failures}
        known = {item.source for item in manifest.inputs}
        for name in sorted((self._with_documents | failed) - known):
            yield f"manifest: does not list the input {name}"
        for item in manifest.inputs:
            if (item.status == "ok") != (item.source not in failed):
                why = "failures has it" if item.source in failed else "failures has none of it"
                yield f"manifest: says that {item.source} is {item.status}; {why}"
            elif item.status == "ok" and item.source not in self._with_documents and not item.passed_over:
                yield f"manifest: the input {item.source} has come to nothing, neither document nor failure"

    def _families(self, manifest: Manifest) -> Iterator[str]:
        """Families of the program's own rules each by itself; those of the rule book, of which the output does not say which is
        which, together."""
        found: defaultdict[str, int] = defaultdict(int)
        for rule, chars in self._chars.items():
            found[BY_RULE.get(rule, "")] += chars
        told: defaultdict[str, int] = defaultdict(int)
        for key, chars in manifest.families.items():
            if key not in BY_KEY:
                yield f"manifest: `families` has {key!r}, which is no family of rules"
            told[key if key in _OWN else ""] += chars
        for key in sorted({*found, *told}):
            if told[key] != found[key]:
                yield _differs(f"families.{key}" if key else "families of the rule book", told[key], found[key])


def _differs(name: str, told: int | None, found: int | None) -> str:
    said = "says nothing of" if told is None else f"says {told:,} for"
    return f"manifest: {said} `{name}`, the files " + ("know none" if found is None else f"come to {found:,}")
