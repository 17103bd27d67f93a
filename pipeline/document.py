"""One document, from what is known of its lines to its clean text: the decisions of every document in their order."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline import ledger
from pipeline.config import Config
from pipeline.judge import repetition
from pipeline.judge.decide import Verdict, decide
from pipeline.judge.rules import book as rules
from pipeline.judge.signals import Evidence
from pipeline.meta import captions, front, language
from pipeline.model import Document, Edit, Line, Metadata
from pipeline.prepare import HTML, TEXT, Prepared
from pipeline.text.blocks import VERBATIM, Blocks, Kind
from pipeline.views.assemble import Assembled, assemble, remove

TITLE_LABELS = frozenset({"above-title/title", "below-title/title"})
SURE = 0
"""A line that scores more is text, for the model alone, in the balanced profile."""
METADATA_CLAIMS = frozenset({"title", "agency", "byline/author", "dateline/author", "dateline/agency", "dateline/date"})


def clean(
    prepared: Prepared,
    evidence: Evidence,
    templates: Sequence[Verdict | None],
    book: rules.RuleBook,
    config: Config,
) -> Document:
    """Decide what of a document is its text, and set it. `templates` says for each line why it is one, if it is."""
    blocks = prepared.blocks
    lines = _lines(blocks)
    hits = rules.in_context(evidence.hits, evidence.prose, prepared.site)
    if config.favor == "recall":  # a rule does not strike what the model would keep under any profile
        hits = [() if score > SURE else found for found, score in zip(hits, evidence.scores, strict=True)]
    credit = [any(hit.rule.category == "credit" for hit in found) for found in hits]
    groups = captions.find(lines, evidence.words, credit, evidence.keys, _captions(prepared))
    claimed = _caption_verdicts(groups)
    struck = [i in claimed or any(hit.rule.verdict == "strike" for hit in found) for i, found in enumerate(hits)]
    body = [p and main and not s for p, main, s in zip(evidence.prose, evidence.main, struck, strict=True)]
    inside: dict[int, list[Edit]] = {}
    if book.may_cut(line.text for line in lines):
        for i, line in enumerate(lines):
            if not struck[i] and (cuts := book.cuts(line.text)):
                inside[i] = [_cut_edit(line, cut) for cut in cuts]
    claims = front.claims(_without(lines, inside), body, struck, prepared.title)
    if config.favor == "recall":
        claims = tuple(claim for claim in claims if claim.rule not in TITLE_LABELS)
    claimed |= _claim_verdicts(claims)
    for claim in claims:
        if not claim.whole:
            note = Edit(
                claim.start, claim.end, prepared.text[claim.start : claim.end], claim.rule, {"value": claim.value}
            )
            inside[claim.line] = sorted((*inside.get(claim.line, ()), note), key=lambda edit: edit.start)
    repeats = repetition.find(lines, evidence.keys, evidence.words)
    model = [
        None if main else Verdict("line-model", {"score": score / 1000})
        for score, main in zip(evidence.scores, evidence.main, strict=True)
    ]
    verdicts = decide(lines, claimed, hits, repeats, _ornaments(blocks), templates, model)
    _settle_separators(blocks, verdicts)
    assembled = assemble(
        prepared.text,
        blocks,
        verdicts,
        inside,
        prepared.decoding,
        lambda number: f"{prepared.id}-{number:04d}",
        entities=prepared.media_type == TEXT,
    )
    metadata = _metadata(prepared.known, claims, assembled.text)
    return Document(
        id=prepared.id,
        source=prepared.source,
        text=assembled.text,
        added=config.added,
        metadata=metadata,
        media_type=prepared.media_type,
        encoding=prepared.encoding,
        sha256=prepared.sha256,
        chars_in=len(prepared.text),
        captions=tuple(group.caption for group in groups),
        blocks=assembled.blocks,
        edits=assembled.edits,
        removed=tuple(prepared.text[edit.start : edit.end] for edit in assembled.edits),
    )


def without(document: Document, verdicts: Mapping[str, Verdict]) -> Document:
    """`document` without some of its paragraphs, given by id with the reason."""
    ledgered = zip(document.edits, document.removed, strict=True)
    source = ledger.undo(document.text, ((e.start, e.end, text, e.replacement) for e, text in ledgered))
    assembled = remove(source, Assembled(document.text, document.edits, document.blocks), verdicts)
    return replace(
        document,
        text=assembled.text,
        blocks=assembled.blocks,
        edits=assembled.edits,
        removed=tuple(source[edit.start : edit.end] for edit in assembled.edits),
    )


def _cut_edit(line: Line, cut: rules.Cut) -> Edit:
    return Edit(line.start + cut.start, line.start + cut.end, "", cut.hit.rule.id, {"pattern": cut.hit.pattern})


def _without(lines: Sequence[Line], inside: Mapping[int, Sequence[Edit]]) -> list[Line]:
    """`lines` as they read without what is cut off their ends."""
    rest = list(lines)
    for i, edits in inside.items():
        line = lines[i]
        start = edits[0].end if edits[0].start == line.start else line.start
        end = edits[-1].start if edits[-1].end == line.end else line.end
        text = line.text[start - line.start : max(start, end) - line.start]
        start += len(text) - len(text.lstrip())
        text = text.strip()
        rest[i] = replace(line, start=start, end=start + len(text), text=text)
    return rest


def _caption_verdicts(groups: Sequence[captions.CaptionGroup]) -> dict[int, Verdict]:
    verdicts: dict[int, Verdict] = {}
    for group in groups:
        caption = group.caption
        where = [caption.src_start, caption.src_end]
        verdicts[group.line] = Verdict("caption", {"credit": caption.credit, "identifier": caption.identifier})
        copies = {"first": where, "copies": len(group.copies) + 1}
        verdicts |= dict.fromkeys(group.copies, Verdict("repeat-in-document", copies))
        verdicts |= dict.fromkeys(group.titles, Verdict("caption-title", {"caption": where}))
        verdicts |= dict.fromkeys(group.credits, Verdict("caption-credit", {"caption": where}))
    return verdicts


def _claim_verdicts(claims: Sequence[front.Claim]) -> dict[int, Verdict]:
    verdicts: dict[int, Verdict] = {}
    for claim in claims:
        if claim.whole:
            rule, _, name = claim.rule.partition("/")
            earlier = verdicts[claim.line].evidence if claim.line in verdicts else {}
            verdicts[claim.line] = Verdict(rule, {**earlier, **({name: claim.value} if name else {})})
    return verdicts


def _lines(blocks: Blocks) -> list[Line]:
    """The blocks as lines, for steps that look at one after another."""
    rows = zip(blocks.start.tolist(), blocks.end.tolist(), blocks.texts, blocks.gap.tolist(), strict=True)
    return [Line(start, end, text, gap) for start, end, text, gap in rows]


def _captions(prepared: Prepared) -> list[bool] | None:
    """Which blocks the page's markup calls captions; None for plain text."""
    return (prepared.blocks.kind == Kind.CAPTION).tolist() if prepared.media_type == HTML else None


_SAID = re.compile(r"[\"'“”‘’«»„「『(\[]+\s*[?!…¿¡.]+\s*[\"'“”‘’«»“」』)\]]+$")
"""What somebody says without a word: “?”, “…”."""


def _ornaments(blocks: Blocks) -> list[bool]:
    """Which blocks have no letter or digit in them, and say nothing without one."""
    kinds = blocks.kind.tolist()
    return [
        kind not in VERBATIM and kind != Kind.SEPARATOR and not any(map(str.isalnum, text)) and not _SAID.match(text)
        for kind, text in zip(kinds, blocks.texts, strict=True)
    ]


def _settle_separators(blocks: Blocks, verdicts: list[Verdict | None]) -> None:
    """Keep ornament that parts two sections of the text, and remove all other. In place."""
    kinds = blocks.kind.tolist()
    for i, kind in enumerate(kinds):
        if kind != Kind.SEPARATOR or _SAID.match(blocks.texts[i]):
            continue
        above = next((verdicts[j] is None for j in range(i - 1, -1, -1) if kinds[j] != Kind.SEPARATOR), False)
        below = next((verdicts[j] is None for j in range(i + 1, len(kinds)) if kinds[j] != Kind.SEPARATOR), False)
        is_break = above and below and kinds[i - 1] != Kind.SEPARATOR
        verdicts[i] = None if is_break else verdicts[i] or Verdict("ornament")


def _metadata(known: Metadata, claims: Sequence[front.Claim], text: str) -> Metadata:
    """What is said outright, then what the text's own front matter says."""
    said: dict[str, str] = {}
    for claim in claims:
        if claim.rule in METADATA_CLAIMS:
            said.setdefault(claim.rule.rpartition("/")[2], claim.value)
    return Metadata(
        title=known.title or said.get("title"),
        author=known.author or said.get("author"),
        agency=known.agency or said.get("agency"),
        date=known.date or said.get("date"),
        url=known.url,
        language=known.language or language.detect(text),
    )
