"""The records of a document's edits, put together of where they are, what is told of each, and the source."""

from __future__ import annotations

import numpy as np

from pipeline import jsonlines, native
from pipeline.corpus.table import Array
from pipeline.expression import expression
from pipeline.match.core.packed import look_up

_UNCOUNTED = expression(rb'"groups":([0-9]+),"of":0\b')
"""Evidence of a template that was not counted yet: inside a text, there would be a backslash before each quotation mark"""
_NOT_COUNTED = b'"of":0'


@native.compiled
def edit_lines(
    told: bytes, starts: Array, ends: Array, source: str, document: int, key: Array, groups: Array, of: Array
) -> bytes:
    """Return the records of a document's edits as lines of JSON.

    told: of each edit a line, an object of all that does not follow from its place; a template has its key there in place of the
    number of groups, and 0 for all of them
    starts, ends: int32 [edits], in the source
    source: of the document, whose number is `document`
    key, groups, of: those of all `Templates`

    Raises:
        ValueError: there are not as many lines as edits.
        KeyError: a key is that of no template.
    """
    places = list(zip(starts.tolist(), ends.tolist(), strict=True))
    texts = jsonlines.lines(source[start:end] for start, end in places).splitlines()
    lines = _counted(told, key, groups, of).splitlines(keepends=True)
    head = b'{"document":%d,"start":' % document
    return b"".join(
        [
            b'%b%d,"end":%d,"text":%b,%b' % (head, start, end, text, line[1:])
            for (start, end), text, line in zip(places, texts, lines, strict=True)
        ]
    )


def _counted(told: bytes, key: Array, groups: Array, of: Array) -> bytes:
    """Return lines with the counts of templates in place of their keys."""
    if _NOT_COUNTED not in told:  # cheaper to ask
        return told
    wanted = np.array(_UNCOUNTED.findall(told), dtype=np.uint64)
    places, is_there = look_up(key, wanted)
    if not is_there.all():
        raise KeyError(f"no template has the key {wanted[~is_there][0]}")
    counts = zip(groups[places].tolist(), of[places].tolist(), strict=True)
    return _UNCOUNTED.sub(lambda _: b'"groups":%d,"of":%d' % next(counts), told)
