"""A parsed page laid out as blocks of text, with the elements that hold them.

The layout is that of `innerText` (https://html.spec.whatwg.org/#the-innertext-idl-attribute): block elements stand on
lines of their own, `br` breaks a line, white space collapses as in CSS. A blank line stands where a browser's own
style sheet has a margin. Preformatted text keeps its white space and is one block; a table of data is one, too, a line a
row with a tab between cells, while the cells of a table that only arranges the page stand on lines of their own.

The tree is walked once and without recursion, however deep it is.
"""

from __future__ import annotations

from typing import Any

from lxml import etree

from pipeline.text.blocks import Flag
from pipeline.text.html.elements import Layout
from pipeline.text.html.walker import Walker


def lay_out(root: Any) -> Layout:
    """Lay out an lxml tree.

    What the page hides is laid out too, and flagged. Of a page that hides most of its prose nothing is flagged: scripts
    would have shown it, as where a server streams a page
    (https://react.dev/reference/react-dom/server/renderToPipeableStream). What stands in `noscript` is laid out where it
    is more than the rest: then the page is made for readers without scripts, or by a forum's view for crawlers.
    """
    layout = _walk(root, noscript=False)
    if layout.unscripted > layout.shown:
        layout = _walk(root, noscript=True)
    if layout.hidden > layout.shown:
        for flags in range(len(layout.flags)):
            layout.flags[flags] &= ~Flag.HIDDEN
    return layout


def _walk(root: Any, noscript: bool) -> Layout:
    walker = Walker(noscript)
    start, end, add = walker.start, walker.end, walker.add
    walk = etree.iterwalk(root, events=("start", "end"))
    skipped = None
    for event, element in walk:
        if event == "start":
            if start(element):
                text = element.text
            else:
                walk.skip_subtree()
                walker.layout.skipped = element
                skipped, text = element, None
        else:
            if element is skipped:
                skipped = None
            else:
                end(element)
            text = element.tail
        if text:
            if walker.verbatim or not text.isspace():
                add(text)
            else:
                walker.space()
    walker.flush()
    return walker.layout
