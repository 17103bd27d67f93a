"""What each signal said of the lines of a document, from what the run has kept of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipeline.corpus.cache import find_document
from pipeline.judge.rules import files as rule_files
from pipeline.judge.rules.rule import Hit
from pipeline.judge.signals import NO_SIGNALS, NOT_ASKED
from pipeline.read.outputs import PRIVATE

_EXTRACTOR = ("none of it is text", "part of it is text", "it is text")

_SAID = {
    "strike": "strikes",
    "hint": "hints at cruft",
    "keep": "keeps",
    None: "matches, but does not hold in this place",
}


def signals(out: Path, source: str, start: int, end: int) -> list[str]:
    """A sentence for each signal on the lines that touch `source[start:end]`; empty where the run kept nothing.

    The rules asked are the built-in ones, so a hit of another rule is not among them.
    """
    book = rule_files.builtin()
    try:
        found = find_document(out / PRIVATE / "store", source, book)
    except KeyError:  # a rule that was given with --rules
        return []
    if found is None:
        return []
    prepared, evidence = found
    if evidence is NO_SIGNALS:
        return ["signals: none, nothing of this document was to be judged"]
    context = evidence.hits_here(prepared)
    said: list[str] = []
    blocks = prepared.blocks
    for i in range(len(blocks)):
        if blocks.start[i] < end and start < blocks.end[i]:
            said += _said(evidence.hits[i], context[i])
            verdict = "text" if evidence.main[i] else "not text"
            said.append(f"line model: {verdict}, score {evidence.scores[i] / 1000:+.2f} (log odds that it is text)")
            if evidence.extractor[i] != NOT_ASKED:
                said.append(f"trafilatura: {_EXTRACTOR[evidence.extractor[i]]}")
    return said


def _said(hits: tuple[Hit, ...], context: tuple[Hit, ...]) -> Iterator[str]:
    held = {hit.pattern: hit.rule.verdict for hit in context}
    for hit in hits:
        what = held.get(hit.pattern)
        said = _SAID[what]
        yield f"rule {hit.pattern}: {said}"
    if not hits:
        yield "rules: none matches"
