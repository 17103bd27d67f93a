"""What is known of every line before anything is decided: what rules say, what the model thinks, how the line looks.

Gathered for many documents at once, since features and model are cheapest in batches; what is known of a document does
not depend on the others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cache
from itertools import pairwise

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from pipeline.config import Favor
from pipeline.judge.edges import with_answers, with_edges
from pipeline.judge.features import Batch
from pipeline.judge.heads import without_heads
from pipeline.judge.model import Pages, judge
from pipeline.judge.rules.book import RuleBook
from pipeline.judge.rules.context import Context
from pipeline.judge.rules.rule import Hit, Hits
from pipeline.judge.rules.subject import softened
from pipeline.judge.said import said
from pipeline.judge.templates import LONG_WORDS
from pipeline.judge.title import IS_TITLE, MAY_BE_TITLE, BestTitle
from pipeline.prepare import Prepared
from pipeline.text import shape
from pipeline.text.blocks import IS_VERBATIM, Kind

NOT_ASKED = -1
_CODE, _HEADING = int(Kind.CODE), int(Kind.HEADING)
NEXT = 4
"""Greater than how sure a title is"""
TOGETHER = 4000
"""Lines whose features are computed together: their table stays in the processor's cache."""


class Signals(Struct, frozen=True):
    """On one document; every sequence has an item for each of its lines."""

    keys: Sequence[int]
    """64 bits, the same for lines that say the same; 0 for lines that say nothing."""
    forms: Sequence[int]
    """The same for short lines that differ in numbers only; 0 for lines without a letter."""
    hits: Hits
    """The rules that hold for the line, wherever it stands."""
    words: Sequence[int]
    prose: Sequence[bool]
    """Running text, to which no rule objects."""
    scores: Sequence[int]
    """What the line model makes of it, in thousandths of a logit."""
    main: Sequence[bool]
    """Whether the model takes it for the main text."""
    extractor: Sequence[int]
    """What the extractor makes of it: 2 all of it is text, 1 part of it, 0 none, -1 it was not asked."""
    titles: Sequence[int]
    """`IS_TITLE` for the block that is the title, `MAY_BE_TITLE` for those that would be it if one had to be, else 0; and `NEXT`
    times what a block is where the title is said of every page of a site."""

    @property
    def title(self) -> int | None:
        """The block that is the title"""
        return next((block for block, one in enumerate(self.titles) if one % NEXT == IS_TITLE), None)

    @property
    def may_be_titles(self) -> frozenset[int]:
        """The title, and the blocks that would be it if one had to be"""
        return frozenset(block for block, one in enumerate(self.titles) if one % NEXT >= MAY_BE_TITLE)

    def without(self, templates: Collection[int]) -> Signals:
        """The same where the title is none of the blocks that are said of every page of a site."""
        if not templates or not any(self.titles):
            return self
        is_of_site = self.title in templates
        titles = [one // NEXT if is_of_site else one for one in self.titles]
        return replace(self, titles=[0 if block in templates else one for block, one in enumerate(titles)])

    def hits_here(self, document: Prepared) -> Hits:
        """The rules that hold for each block where it stands in the document, whose signals these are."""
        blocks = document.blocks
        is_code = blocks.kind == _CODE
        is_heading = (blocks.kind == _HEADING) & (blocks.level > 0)
        context = Context(
            self.hits,
            self.prose,
            document.site,
            texts=blocks.texts,
            code=set(np.flatnonzero(is_code).tolist()),
            headings={*np.flatnonzero(is_heading).tolist(), *self.may_be_titles},
            gaps=blocks.gap.tolist(),
        )
        return softened(context.in_place(), blocks.texts, self.words)


NO_SIGNALS = Signals(
    keys=(),
    forms=(),
    hits=(),
    words=(),
    prose=(),
    scores=(),
    main=(),
    extractor=(),
    titles=(),
)
"""On a document without lines, and on one that is not to be judged"""


def gather(documents: Sequence[Prepared], book: RuleBook, favor: Favor) -> Iterator[Signals]:
    """The evidence on each document, in order."""
    for batch in _batches(documents):
        yield from _gather(batch, book, favor)


def _batches(documents: Sequence[Prepared]) -> Iterator[list[Prepared]]:
    """Documents of one kind, some thousand lines together."""
    batch: list[Prepared] = []
    size = 0
    for document in documents:
        if batch:
            is_page = document.facts is not None
            are_pages = batch[0].facts is not None
            if is_page != are_pages or size + len(document.blocks) > TOGETHER:
                yield batch
                batch = []
                size = 0
        batch.append(document)
        size += len(document.blocks)
    if batch:
        yield batch


def _gather(documents: Sequence[Prepared], book: RuleBook, favor: Favor) -> Iterator[Signals]:
    """The evidence on documents that are looked at together."""
    batch = Batch.of([document.blocks for document in documents])
    if not batch.texts:
        for _ in documents:
            yield NO_SIGNALS
        return
    # No rule is asked about code, tables and formulas, and no copy of them is one of a sentence.
    verbatim = IS_VERBATIM[batch.form["kind"]].tolist()
    asked, keys, masked = said(batch.texts, verbatim)
    hits = book.match(asked)
    pages = _pages(documents)
    facts = pages.facts if pages else None
    judged = judge(batch, hits, pages)
    words = judged.words.tolist()
    # A long line is no furniture with another number.
    forms = [
        with_zeros if count <= LONG_WORDS else key for with_zeros, key, count in zip(masked, keys, words, strict=True)
    ]
    prose = [False] * len(words)
    for block in np.flatnonzero(judged.words >= shape.PROSE_WORDS).tolist():
        found = hits[block]
        prose[block] = _is_prose(batch.texts[block], words[block]) and not (found and _is_named(found))
    scores = judged.scores.tolist()
    main = judged.keep(batch.form, batch.offsets, favor, facts).tolist()
    gaps = batch.gaps.tolist()
    extractor = facts["kept"].tolist() if facts else [NOT_ASKED] * len(words)
    lines_of_documents = pairwise(batch.offsets.tolist())
    for number, (low, high) in enumerate(lines_of_documents):
        part = slice(low, high)
        own_hits = hits[part]
        own_scores = scores[part]
        best = judged.titles[number]
        titles = _titles(high - low, best)
        if pages is None and favor != "precision":
            title = best.block if best is not None and best.certainty == IS_TITLE else None
            own_texts = batch.texts[part]
            own_words = words[part]
            own_gaps = gaps[part]
            chosen = with_answers(main[part], own_scores, own_words, own_texts, own_hits)
            chosen = without_heads(chosen, own_texts, own_gaps, own_hits)
            main[part] = with_edges(chosen, own_scores, own_words, prose[part], own_hits, title, own_gaps)
        yield Signals(
            keys=keys[part],
            forms=forms[part],
            hits=own_hits,
            words=words[part],
            prose=prose[part],
            scores=own_scores,
            main=main[part],
            extractor=extractor[part],
            titles=titles,
        )


def _is_prose(text: str, words: int) -> bool:
    """Whether a line of so many words, `PROSE_WORDS` at least, is prose by its length, or because it ends as a sentence does."""
    return words >= shape.LONG_PROSE_WORDS or shape.ends_sentence(text)


def _is_named(found: Sequence[Hit]) -> bool:
    """Whether any of the rules that hold for a line says of it alone what it is."""
    return any(not hit.rule.says_nothing_alone for hit in found)


def _titles(blocks: int, best: BestTitle | None) -> list[int]:
    """The column `titles`, from the best candidate."""
    titles = [0] * blocks
    if best is not None:
        titles[best.block] = best.certainty
        for block in best.beside:
            titles[block] = MAY_BE_TITLE
        if best.next is not None:
            titles[best.next] += NEXT * best.next_certainty
    return titles


def _pages(documents: Sequence[Prepared]) -> Pages | None:
    """What is known of documents that are pages; None of plain texts. They are of one kind."""
    tables = [document.facts for document in documents if document.facts is not None]
    if not tables:
        return None
    columns = np.concatenate(tables).T
    return Pages(
        facts=dict(zip(_fact_names(), columns, strict=True)),
        about=[document.about for document in documents],
        posts=[len(document.blocks.posts) for document in documents],
    )


@cache
def _fact_names() -> tuple[str, ...]:
    from pipeline.text.html.facts import FACTS  # imports lxml, which plain text needs not

    return FACTS
