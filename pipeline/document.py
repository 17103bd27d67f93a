"""One document, from what is known of its lines to its clean text: the decisions of every document in their order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Any

from pipeline import ledger
from pipeline.config import Config
from pipeline.judge import repetition
from pipeline.judge.decide import Verdict, decide
from pipeline.judge.rules import book as rules
from pipeline.judge.signals import Signals
from pipeline.meta import captions, front, language
from pipeline.model import NO_EVIDENCE, Caption, DocumentMetadata, Edit, Evidence, Kind, Line, Metadata, Span
from pipeline.prepare import Prepared
from pipeline.records import SCHEMA_VERSION, Document
from pipeline.text import shape
from pipeline.views.assemble import Assembled, assemble, assemble_whole, strike

TITLE_LABELS = frozenset({"above-title/place", "below-title/place"})
SURE = 0
"""A line that scores more is text, for the model alone, in the balanced profile."""
METADATA_CLAIMS = frozenset({"title", "agency", "byline/author", "dateline/author", "dateline/agency", "dateline/date"})


def clean(
    prepared: Prepared,
    evidence: Signals,
    templates: Sequence[Verdict | None],
    book: rules.RuleBook,
    config: Config,
) -> Document:
    """Decide what of a document is its text, and set it. `templates` says for each line why it is one, if it is."""
    lines, markup = prepared.lines, prepared.markup
    hits = rules.in_context(evidence.hits, evidence.prose, prepared.site)
    if config.favor == "recall":  # a rule does not strike what the model would keep under any profile
        hits = [() if score > SURE else found for found, score in zip(hits, evidence.scores, strict=True)]
    credit = [any(hit.rule.category == "credit" for hit in found) for found in hits]
    groups = captions.find(lines, evidence.words, credit, evidence.keys, markup.captions if markup else None)
    claimed = _caption_verdicts(groups)
    struck = [i in claimed or any(hit.rule.verdict == "strike" for hit in found) for i, found in enumerate(hits)]
    body = [p and main and not s for p, main, s in zip(evidence.prose, evidence.main, struck, strict=True)]
    inside: dict[int, list[Edit]] = {}
    if book.may_cut(line.text for line in lines):
        for i, line in enumerate(lines):
            if not struck[i] and (cuts := book.cuts(line.text)):
                inside[i] = [_cut_edit(line, cut) for cut in cuts]
    claims = front.claims(_without(lines, inside), body, struck, markup.title if markup else None)
    if config.favor == "recall":
        claims = tuple(claim for claim in claims if claim.rule not in TITLE_LABELS)
    claimed |= _claim_verdicts(claims)
    for claim in claims:
        if not claim.whole:
            text, name = prepared.text[claim.start : claim.end], claim.rule.rpartition("/")[2]
            note = Edit(claim.start, claim.end, text, claim.rule, NO_EVIDENCE.replace(**{name: claim.value}))
            inside[claim.line] = sorted((*inside.get(claim.line, ()), note), key=lambda edit: edit.start)
    repeats = repetition.find(lines, evidence.keys, evidence.words)
    model = [
        None if main else Verdict("line-model", Evidence(score=score / 1000))
        for score, main in zip(evidence.scores, evidence.main, strict=True)
    ]
    verdicts = decide(lines, claimed, hits, repeats, templates, model)
    assembled = assemble(
        prepared.text,
        lines,
        verdicts,
        inside,
        _kinds(prepared, verdicts),
        prepared.decoding,
        lambda number: f"{prepared.id}-{number:04d}",
    )
    metadata = _metadata(prepared, claims, assembled.text)
    return _document(prepared, config, assembled, metadata, tuple(group.caption for group in groups))


def keep_lines(prepared: Prepared, config: Config) -> Document:
    """A document with all of its lines, set as paragraphs: for texts that are clean already."""
    verdicts: list[Verdict | None] = [None] * len(prepared.lines)
    assembled = assemble(
        prepared.text,
        prepared.lines,
        verdicts,
        {},
        _kinds(prepared, verdicts),
        prepared.decoding,
        lambda number: f"{prepared.id}-{number:04d}",
    )
    metadata = _described(prepared, prepared.known, assembled.text)
    return _document(prepared, config, assembled, metadata)


def keep_whole(prepared: Prepared, config: Config) -> Document:
    """A document with all of its text, unjudged: what is left to do where `clean` would cost more than a document may."""
    assembled = assemble_whole(prepared.text, prepared.decoding, f"{prepared.id}-0000")
    metadata = _described(prepared, prepared.known, assembled.text)
    return _document(prepared, config, assembled, metadata).replace(whole=True)


def _document(
    prepared: Prepared,
    config: Config,
    assembled: Assembled,
    metadata: DocumentMetadata,
    found_captions: tuple[Caption, ...] = (),
) -> Document:
    return Document(
        schema_version=SCHEMA_VERSION,
        id=prepared.id,
        source=prepared.source,
        source_id=prepared.source_id,
        text=assembled.text,
        added=config.added,
        created=metadata.date,
        duplicate_of=None,
        metadata=metadata,
        captions=found_captions,
        paragraphs=assembled.paragraphs,
        extra=prepared.extra,
        edits=assembled.edits,
        removed=tuple(prepared.text[edit.start : edit.end] for edit in assembled.edits),
    )


def without(document: Document, verdicts: Mapping[str, Verdict]) -> Document:
    """`document` without some of its paragraphs, given by id with the reason."""
    ledgered = zip(document.edits, document.removed, strict=True)
    source = ledger.undo(document.text, ((e.start, e.end, text, e.replacement) for e, text in ledgered))
    assembled = strike(source, Assembled(document.text, document.edits, document.paragraphs), verdicts)
    return document.replace(
        text=assembled.text,
        metadata=document.metadata.replace(chars_out=len(assembled.text)),
        paragraphs=assembled.paragraphs,
        edits=assembled.edits,
        removed=tuple(source[edit.start : edit.end] for edit in assembled.edits),
    )


def _cut_edit(line: Line, cut: rules.Cut) -> Edit:
    return Edit(line.start + cut.start, line.start + cut.end, "", cut.hit.rule.id, Evidence(pattern=cut.hit.pattern))


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
        where = Evidence(place=Span(caption.src_start, caption.src_end))
        found = Evidence(credit=caption.credit, identifier=caption.identifier)
        verdicts[group.line] = Verdict("caption", found)
        copies = where.replace(copies=len(group.copies) + 1)
        verdicts |= dict.fromkeys(group.copies, Verdict("repeat-in-document", copies))
        verdicts |= dict.fromkeys(group.titles, Verdict("caption-title", where))
        verdicts |= dict.fromkeys(group.credits, Verdict("caption-credit", where))
    return verdicts


def _claim_verdicts(claims: Sequence[front.Claim]) -> dict[int, Verdict]:
    verdicts: dict[int, Verdict] = {}
    for claim in claims:
        if claim.whole:
            rule, _, name = claim.rule.partition("/")
            found = verdicts[claim.line].evidence if claim.line in verdicts else NO_EVIDENCE
            verdicts[claim.line] = Verdict(rule, found.replace(**{name: claim.value}) if name else found)
    return verdicts


def _kinds(prepared: Prepared, verdicts: Sequence[Verdict | None]) -> dict[int, Kind]:
    """What each kept line is: as the page's markup says, or as far as plain text shows it."""
    lines = prepared.lines
    kept = [i for i, verdict in enumerate(verdicts) if verdict is None]
    if prepared.markup is not None:
        return {i: prepared.markup.kinds[i] for i in kept}
    kinds: dict[int, Kind] = {}
    for i, following in zip_longest(kept, kept[1:]):
        text = lines[i].text
        if shape.is_list_item(text):
            kinds[i] = "list_item"
        elif text.startswith("> "):
            kinds[i] = "quote"
        elif (
            following is not None
            and lines[following].gap != 1
            and shape.is_heading(text)
            and not shape.ends_sentence(text)
            and shape.is_prose(lines[following].text)
        ):
            kinds[i] = "heading"
    return kinds


def _metadata(prepared: Prepared, claims: Sequence[front.Claim], text: str) -> DocumentMetadata:
    """What is stated outright, then what the text's own front matter states; and the facts of the file."""
    found: dict[str, Any] = {}
    for claim in claims:
        if claim.rule in METADATA_CLAIMS:
            found.setdefault(claim.rule.rpartition("/")[2], claim.value)
    stated = {name: value for name, value in prepared.known.items() if value}
    described = Metadata(**{**found, **stated})
    return _described(prepared, described.replace(language=described.language or language.detect(text)), text)


def _described(prepared: Prepared, described: Metadata, text: str) -> DocumentMetadata:
    """What is known of a document, with the facts of the file."""
    return DocumentMetadata(
        **dict(described),
        media_type=prepared.media_type,
        encoding=prepared.encoding,
        sha256=prepared.sha256,
        chars_in=len(prepared.text),
        chars_out=len(text),
    )
