"""One document, from its bytes to its clean text: the decisions of every document in their order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence

import numpy as np
from msgspec.structs import asdict

from pipeline import ledger
from pipeline.config import Config, check_type
from pipeline.expression import expression
from pipeline.judge import mail, ornament, repetition
from pipeline.judge.choose import probabilities, quality
from pipeline.judge.decide import LINE_MODEL, decide, strikes
from pipeline.judge.rules.book import RuleBook
from pipeline.judge.rules.files import rule_book
from pipeline.judge.rules.rule import Hit, Hits
from pipeline.judge.signals import Signals, gather
from pipeline.judge.title import NO_TITLES
from pipeline.ledger import Edits
from pipeline.meta import captions, language
from pipeline.meta.front import Field, front_fields
from pipeline.meta.lines import meta_line
from pipeline.meta.settle import settle
from pipeline.model import (
    DECODED,
    Caption,
    DocumentMetadata,
    Edit,
    Evidence,
    Metadata,
    RawDocument,
    Span,
    Verdict,
    is_markdown,
)
from pipeline.prepare import HTML, TEXT, Prepared, prepare
from pipeline.records import SCHEMA_VERSION, Cleaned, Document, DocumentRecord, Quality
from pipeline.text import normalise, shape
from pipeline.text.blocks import IS_VERBATIM, VERBATIM, Blocks, Flag, Kind, Post, SpanKind
from pipeline.text.plain.wrapping import MIN_WIDTH
from pipeline.views.assemble import Assembled, assemble, assemble_whole, remove
from pipeline.views.thread import dated, signatures, thread

Source = bytes | str
_DEFAULTS = Config()
# As plain numbers: NumPy asks a member of an enumeration a dozen questions each time.
_CAPTION, _HEAD = int(Kind.CAPTION), int(Flag.HEAD)
ABOVE = 3
"""Blocks above the text among which a heading that no rule knows is looked for"""
EVEN_ODDS = 0
"""A block that scores more is text, for the model alone, in the balanced profile."""


def clean_document(
    data: Source,
    *,
    source: str = "document",
    media_type: str | None = None,
    url: str | None = None,
    config: Config | None = None,
) -> Document:
    """Clean one document: no folder, no process, no state; safe in threads.

    `data`: its bytes, or its text. `source` names it, which with its content makes its id. `media_type`: `text/html` or
    `text/plain`; unless it is given, the content tells. `url`: its address, where it is known.

    Raises:
        TypeError: the data are neither bytes nor str, or `config` is no `Config`.
        InputError: the data are not text but binary.
        UsageError: a rule file of `config` is wrong.
    """
    if not isinstance(data, str | bytes):
        raise TypeError(f"a document is bytes or str, not {type(data).__name__}: read the file first")
    config = _DEFAULTS if config is None else config
    check_type(config)
    book = rule_book(config.rules)
    stated = {"media_type": media_type, "url": url, "charset": DECODED if isinstance(data, str) else None}
    fields = {name: value for name, value in stated.items() if value}
    content = _encoded(data) if isinstance(data, str) else data
    prepared, failures = prepare(RawDocument(source, content, fields), extractor=config.extractor != "none")
    if prepared.whole:
        cleaned = keep_whole(prepared, config)
    elif config.cleaning:
        (signals,) = gather([prepared], book, config.favor)
        cleaned = clean(prepared, signals, {}, book, config)
    else:
        cleaned = keep_blocks(prepared, config)
    return cleaned.document(failures)


def _encoded(text: str) -> bytes:
    """A text as UTF-8; halves of characters that belong together are joined, others become U+FFFD."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def clean_text(
    text: str, *, source: str = "document", url: str | None = None, config: Config | None = None
) -> Document:
    """Clean one plain text, as `clean_document` does. One without text gives a document without any.

    Raises:
        InputError: it is not text but binary data.
        UsageError: a rule file of `config` is wrong.
    """
    return clean_document(text, source=source, media_type=TEXT, url=url, config=config)


def clean_html(
    page: Source, *, source: str = "document", url: str | None = None, config: Config | None = None
) -> Document:
    """Clean one page of HTML, given as its bytes or its text, as `clean_document` does. One that shows no text gives a
    document without any.

    Raises:
        InputError: it is not text but binary data.
        UsageError: a rule file of `config` is wrong.
    """
    return clean_document(page, source=source, media_type=HTML, url=url, config=config)


def clean(
    prepared: Prepared,
    signals: Signals,
    templates: Mapping[int, Verdict],
    book: RuleBook,
    config: Config,
) -> Cleaned:
    """Decide what of a document is its text, and set it. `templates` says of the blocks that are templates why."""
    if prepared.cues is not None:
        return keep_blocks(prepared, config)
    blocks = prepared.blocks
    if prepared.media_type != TEXT:  # in a plain text a heading is a guess
        templates = _but_headings(templates, blocks, signals.main)
    signals = signals.without(templates)
    hits = signals.hits_here(prepared)
    if config.favor == "recall":  # a rule does not remove what the model would keep under any profile
        hits = [() if score > EVEN_ODDS else found for found, score in zip(hits, signals.scores, strict=True)]
    is_ruled_out = [bool(found) and strikes(found) for found in hits]
    cuts = _cuts(blocks, is_ruled_out, book)
    credit = _credits(hits, blocks.texts, signals.title)
    groups = captions.find(_lines(prepared, signals, credit))
    lifted = _caption_verdicts(groups)
    taken = [i in lifted or gone for i, gone in enumerate(is_ruled_out)]
    text = [main and not gone for main, gone in zip(signals.main, taken, strict=True)]
    body = [is_prose and kept for is_prose, kept in zip(signals.prose, text, strict=True)]
    texts, starts = _without(blocks, cuts)
    title = signals.title
    if title is not None and not _may_be_title(title, taken, text, blocks):
        title = None
    repaired = _repaired(entities=prepared.media_type == TEXT)
    beside = {i for i, is_main in enumerate(signals.main) if not is_main}
    shown = front_fields(texts, starts, body, taken, title, _menus(blocks), beside, repaired)
    settled = settle(prepared.stated, prepared.page, shown)
    lifted |= _field_verdicts(settled.fields)
    repeats = repetition.find(blocks.texts, signals.keys, signals.words)
    if blocks.posts:
        repeats += repetition.quoted(signals.keys, blocks.quote.tolist(), blocks.post.tolist())
    may_be_titles = _may_be_titles(title, signals, blocks, is_ruled_out, lifted)
    model = [None if is_main else score for score, is_main in zip(signals.scores, signals.main, strict=True)]
    for i in (*may_be_titles, *_to_stay(hits)):
        model[i] = None
    verdicts = decide(blocks, lifted, hits, repeats, ornament.without_words(blocks), templates, model)
    ornament.settle_separators(blocks, verdicts)
    if prepared.media_type == TEXT:
        mail.settle(blocks, prepared.source_id, lifted, verdicts)
    signed = signatures(blocks, (i for i, verdict in enumerate(verdicts) if verdict is None))
    for i, verdict in signed.items():
        before = verdicts[i]
        if before is None or before.rule == LINE_MODEL:
            verdicts[i] = verdict
    assembled = assemble(
        prepared.text,
        blocks,
        verdicts,
        _with_notes(prepared, cuts, settled.fields, verdicts),
        prepared.decoding,
        _block_id,
        entities=prepared.media_type == TEXT,
    )
    chosen = [verdict is None for verdict in verdicts]
    found = settled.metadata
    spoken = prepared.stated.language or language.settled(found.language, assembled.text)
    described = found.replace(language=spoken)
    expected = _quality(signals, chosen, lifted.keys() | signed.keys())
    posts = dated(blocks, signed)
    return _cleaned(prepared, config, assembled, described, expected, tuple(group.caption for group in groups), posts)


def keep_blocks(prepared: Prepared, config: Config) -> Cleaned:
    """A document with all of its blocks: for texts that are clean already, and for subtitles."""
    marks = prepared.marks if prepared.cues is None else prepared.cues
    assembled = assemble(
        prepared.text,
        prepared.blocks,
        [None] * len(prepared.blocks),
        _by_block(prepared.blocks, marks),
        prepared.decoding,
        _block_id,
        entities=prepared.cues is not None,
    )
    stated = settle(prepared.stated, prepared.page, ()).metadata
    spoken = prepared.stated.language or language.settled(stated.language, assembled.text)
    described = stated.replace(language=spoken)
    return _cleaned(prepared, config, assembled, described, None)


def _block_id(number: int) -> str:
    """What the n-th block of the clean text is called in its document."""
    return f"{number:04d}"


def _by_block(blocks: Blocks, edits: Sequence[Edit]) -> dict[int, list[Edit]]:
    """Edits inside blocks by the block that each stands in."""
    found: dict[int, list[Edit]] = {}
    places = np.searchsorted(blocks.start, np.array([edit.start for edit in edits], dtype=np.int64), "right") - 1
    for place, edit in zip(places.tolist(), edits, strict=True):
        found.setdefault(place, []).append(edit)
    return found


def keep_whole(prepared: Prepared, config: Config) -> Cleaned:
    """A document with all of its text, unjudged: what is left to do where `clean` would cost more than a document may."""
    assembled = assemble_whole(prepared.text, prepared.decoding, _block_id(0))
    stated = settle(prepared.stated, prepared.page, ()).metadata
    return _cleaned(prepared, config, assembled, stated, None, whole=True)


def _cleaned(
    prepared: Prepared,
    config: Config,
    assembled: Assembled,
    described: Metadata,
    expected: Quality | None,
    found_captions: tuple[Caption, ...] = (),
    contributions: Sequence[Post] | None = None,
    *,
    whole: bool = False,
) -> Cleaned:
    blocks, posts = thread(assembled.blocks, prepared.blocks.posts if contributions is None else contributions)
    record = DocumentRecord(
        schema_version=SCHEMA_VERSION,
        number=0,
        id=prepared.id,
        source=prepared.source,
        source_id=prepared.source_id,
        text=assembled.text,
        added=config.added,
        created=described.date,
        duplicate_of=None,
        metadata=DocumentMetadata(
            **asdict(described),
            rights=prepared.rights,
            media_type=prepared.media_type,
            encoding=prepared.encoding,
            sha256=prepared.sha256,
            chars_in=len(prepared.text),
            chars_out=len(assembled.text),
        ),
        quality=expected,
        captions=found_captions,
        posts=posts,
        blocks=blocks,
        extra=prepared.extra,
    )
    return Cleaned(record, assembled.edits, prepared.text, whole)


def without(document: Document, verdicts: Mapping[str, Verdict]) -> Document:
    """`document` without some of its blocks, given by id with the reason."""
    source = document.origin()
    assembled = remove(source, Assembled(document.text, Edits.of(document.edits), document.blocks), verdicts)
    return document.replace(
        text=assembled.text,
        metadata=document.metadata.replace(chars_out=len(assembled.text)),
        blocks=assembled.blocks,
        edits=tuple(assembled.edits),
        removed=tuple(assembled.edits.removed(source)),
    )


def _but_headings(templates: Mapping[int, Verdict], blocks: Blocks, main: Sequence[bool]) -> Mapping[int, Verdict]:
    """Templates without the headings in the main text right above what stands there as well and is none itself: `Ingredients` may
    stand at the edge of many short pages."""
    is_heading = (blocks.kind == Kind.HEADING).tolist()
    heads_text = {
        i
        for i in templates
        if is_heading[i] and main[i] and i + 1 < len(main) and main[i + 1] and i + 1 not in templates
    }
    return {i: verdict for i, verdict in templates.items() if i not in heads_text} if heads_text else templates


def _quality(signals: Signals, chosen: Sequence[bool], lifted: Collection[int]) -> Quality:
    """How good the choice is expected to be; what stands in fields of the record is neither right nor wrong."""
    is_counted = np.ones(len(chosen), dtype=bool)
    is_counted[list(lifted)] = False
    scores, words = (np.array(one, dtype=np.int64)[is_counted] for one in (signals.scores, signals.words))
    return quality(probabilities(scores), words, np.array(chosen, dtype=bool)[is_counted])


def _cuts(blocks: Blocks, is_ruled_out: Sequence[bool], book: RuleBook) -> dict[int, list[Edit]]:
    """The parts of blocks that rules cut off, by block. Nothing is cut in code, tables and formulas, nor in blocks that are
    ruled out as a whole."""
    found: dict[int, list[Edit]] = {}
    if not book.may_cut(blocks.texts):
        return found
    kinds, starts = blocks.kind.tolist(), blocks.start.tolist()
    for i, text in enumerate(blocks.texts):
        if kinds[i] not in VERBATIM and not is_ruled_out[i] and (cuts := book.cuts(text)):
            found[i] = [
                Edit(starts[i] + cut.start, starts[i] + cut.end, "", cut.hit.rule.id, Evidence(pattern=cut.hit.pattern))
                for cut in cuts
            ]
    return found


def _credits(hits: Sequence[Sequence[Hit]], texts: Sequence[str], title: int | None) -> list[bool]:
    """Which blocks name who made a picture. `Source: The Paper` below the title of the document is no picture's."""
    credit = [bool(found) and any(hit.rule.category == "credit" for hit in found) for found in hits]
    below = len(texts) if title is None else title + 1
    if below < len(texts) and credit[below] and not strikes(hits[below]):
        said = meta_line(texts[below])
        credit[below] = said is None or said.outlet is None
    return credit


def _without(blocks: Blocks, cuts: Mapping[int, Sequence[Edit]]) -> tuple[list[str], list[int]]:
    """The texts of the blocks as they read without what is cut off their ends, and where those begin."""
    texts, starts = list(blocks.texts), blocks.start.tolist()
    ends = blocks.end.tolist()
    for i, edits in cuts.items():
        start = edits[0].end if edits[0].start == starts[i] else starts[i]
        end = edits[-1].start if edits[-1].end == ends[i] else ends[i]
        text = texts[i][start - starts[i] : max(start, end) - starts[i]]
        starts[i] = start + len(text) - len(text.lstrip())
        texts[i] = text.strip()
    return texts, starts


def _with_notes(
    prepared: Prepared, cuts: Mapping[int, list[Edit]], fields: Sequence[Field], verdicts: Sequence[Verdict | None]
) -> dict[int, list[Edit]]:
    """The edits inside blocks: the cuts, and of blocks that stay notes of what a part says, such as an agency's name."""
    inside = dict(cuts)
    for field in fields:
        if not field.whole and verdicts[field.block] is None:
            text = prepared.text[field.start : field.end]
            note = Edit(field.start, field.end, text, field.rule, Evidence(**{field.name: field.value}))
            inside[field.block] = sorted((*inside.get(field.block, ()), note), key=lambda edit: edit.start)
    for block, marks in _by_block(prepared.blocks, prepared.marks).items():
        others = inside.get(block, ())
        free = (mark for mark in marks if all(mark.end <= one.start or one.end <= mark.start for one in others))
        inside[block] = sorted((*others, *free), key=lambda edit: edit.start)
    return inside


def _repaired(entities: bool) -> Callable[[str], str]:
    """What gives a block as it reads in the clean text; `entities`: it may have HTML's character references."""
    return lambda text: ledger.apply(text, normalise.edits(text, 0, entities=entities))


def _caption_verdicts(groups: Sequence[captions.CaptionGroup]) -> dict[int, Verdict]:
    verdicts: dict[int, Verdict] = {}
    for group in groups:
        caption = group.caption
        where = Evidence(place=Span(caption.src_start, caption.src_end))
        verdicts[group.line] = Verdict("caption", Evidence(credit=caption.credit, identifier=caption.identifier))
        verdicts |= dict.fromkeys(
            group.copies, Verdict("repeat-in-document", where.replace(copies=len(group.copies) + 1))
        )
        verdicts |= dict.fromkeys(group.titles, Verdict("caption-title", where))
        verdicts |= dict.fromkeys(group.credits, Verdict("caption-credit", where))
    return verdicts


def _field_verdicts(fields: Sequence[Field]) -> dict[int, Verdict]:
    """The blocks that stand in fields of the record."""
    verdicts: dict[int, Verdict] = {}
    for field in fields:
        if field.whole:
            earlier = verdicts[field.block].evidence if field.block in verdicts else Evidence()
            said = {field.name: field.value} if field.name and field.rule != "title" else {}
            verdicts[field.block] = Verdict(field.rule, earlier.replace(**said))
    return verdicts


_GOES_ON = expression(r"[,:;，：；—–-]$|^[\"“„«].*[.!?,…][\"”“»]$|^[QA][.:]\s")
"""What no title is: a salutation or a sentence that goes on below, what somebody says, a question to somebody."""


def _may_be_title(block: int, taken: Sequence[bool], text: Sequence[bool], blocks: Blocks) -> bool:
    """Whether a block can be the title: it stands in no other field, has a letter, goes on nowhere, and is not all of the
    text."""
    own = blocks.texts[block].strip()
    has_letter = any(map(str.isalpha, own))
    return (
        has_letter
        and not blocks.flags[block] & _HEAD
        and not taken[block]
        and not _GOES_ON.search(own)
        and not _goes_on_below(block, blocks)
        and any(kept for i, kept in enumerate(text) if i != block)
    )


def _may_be_titles(
    title: int | None, signals: Signals, blocks: Blocks, is_ruled_out: Sequence[bool], lifted: Container[int]
) -> set[int]:
    """The blocks that may be the title, so that the model alone does not remove them; none that says the same as the title."""
    said = None if title is None else signals.keys[title]
    found = {i for i in signals.may_be_titles if i == title or signals.keys[i] != said}
    return found if title is not None else found | _heading_above(blocks, signals.main, is_ruled_out, lifted, found)


def _heading_above(
    blocks: Blocks, main: Sequence[bool], is_ruled_out: Sequence[bool], lifted: Container[int], others: Iterable[int]
) -> set[int]:
    """The line right above the text, below which at most a line on who wrote it and when stands, where it can be a heading: with
    none of `others` above the text, it may be the title."""
    first = next((i for i, is_main in enumerate(main) if is_main and not is_ruled_out[i]), 0)
    if any(i < first and i not in lifted for i in others):
        return set()
    above = next((i for i in range(first - 1, max(-1, first - 1 - ABOVE), -1) if i not in lifted), None)
    if above is None or blocks.kind[above] in NO_TITLES or is_ruled_out[above]:
        return set()
    text = blocks.texts[above]
    may_be = shape.has_words(text, 2) and shape.is_heading(text) and meta_line(text) is None
    return {above} if may_be else set()


def _goes_on_below(block: int, blocks: Blocks) -> bool:
    """Whether a block is the first lines of a paragraph whose last ones, directly below, were laid out by themselves."""
    below = block + 1
    if below >= len(blocks) or blocks.gap[below] != 1 or len(blocks.texts[block]) < MIN_WIDTH:
        return False
    return blocks.texts[below][0].islower() and not shape.ends_sentence(blocks.texts[block])


def _menus(blocks: Blocks) -> frozenset[int]:
    """The blocks that lead to more than one place."""
    if not blocks.spans:
        return frozenset()
    links = sorted(span.start for span in blocks.spans if span.kind == SpanKind.LINK)
    counted = np.searchsorted(links, blocks.end) - np.searchsorted(links, blocks.start)
    return frozenset(np.flatnonzero(counted > 1).tolist())


def _to_stay(hits: Hits) -> Iterator[int]:
    """The blocks of which a rule says that the model is not to remove them."""
    for i, found in enumerate(hits):
        if found and any(hit.rule.verdict == "keep" for hit in found):
            yield i


def _lines(prepared: Prepared, signals: Signals, credit: Sequence[bool]) -> captions.Lines:
    """The blocks as lines among which captions are looked for: a page's markup, and that of Markdown, calls some so."""
    blocks = prepared.blocks
    is_marked = prepared.media_type == HTML or is_markdown(prepared.source)
    return captions.Lines(
        texts=blocks.texts,
        starts=blocks.start.tolist(),
        ends=blocks.end.tolist(),
        gaps=blocks.gap.tolist(),
        words=signals.words,
        keys=signals.keys,
        credit=credit,
        verbatim=IS_VERBATIM[blocks.kind].tolist(),
        marked=(blocks.kind == _CAPTION).tolist() if is_marked else None,
    )
