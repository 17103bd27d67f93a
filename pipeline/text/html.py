"""HTML to the page's visible text, with what the tree says of every line."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from lxml import etree, html

from pipeline.text.html_extractor import extract
from pipeline.text.html_facts import facts
from pipeline.text.html_render import lay_out


def parse(source: str) -> Any:
    parser = html.HTMLParser(huge_tree=True, encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False, default_doctype=False)
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=html.HtmlElement))
    return etree.fromstring(source.encode("utf-8", "replace").translate(None, bytes({*range(32)} - {9, 10, 12, 13})), parser)
