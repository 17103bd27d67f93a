"""Formulas on pages as TeX: MathML with its source or without, KaTeX, MathJax, MediaWiki, pictures of formulas."""

from __future__ import annotations

import re
from typing import Any

from pipeline.expression import expression
from pipeline.text.html import mathml

MATH = frozenset(("math", "m:math", "mml:math"))
MAY_BE_FORMULAS = MATH | {"script", "img", "span", "mjx-container"}
_DISPLAY = expression(r"^\{\\(?:display|text)style\s+(.*)\}$", re.DOTALL)
_RENDERED = expression(
    r"(?:^|\s)(?:katex-html|MathJax(?:_Preview|_Display|_SVG)?|MJX-TeX|mjx-chtml|mwe-math-fallback\S*)(?=\s|$)"
)
"""Classes of what a formula's source was turned into."""
_PICTURE = expression(r"(?:^|\s)(?:latex|tex|mwe-math-fallback-image-\w+|math)(?=\s|$)")
_TEX = frozenset(("application/x-tex", "text/x-tex", "tex", "latex", "application/x-latex"))


def formula(element: Any, tag: Any) -> str:
    """The formula that an element is, as `$...$`, or `$$...$$` where it stands by itself; empty for other elements."""
    if tag in MATH:
        tex = _annotation(element) or element.get("alttext") or mathml.tex(element)
        return _marked(tex, element.get("display") == "block" or _in_display(element))
    if tag == "script":
        kind = (element.get("type") or "").lower()
        if kind.startswith("math/tex"):
            return _marked(element.text or "", "display" in kind)
        return ""
    classes = element.get("class") if tag in ("img", "span", "mjx-container") else None
    if not classes:
        return ""
    if tag == "img":
        is_formula = _PICTURE.search(classes) is not None and not _has_source(element)
        return _marked(element.get("alt") or "", False) if is_formula else ""
    is_formula = tag == "mjx-container" or "mwe-math-element" in classes or classes.split()[:1] == ["katex"]
    source = next(element.iter("math"), None) if is_formula else None
    return formula(source, "math") if source is not None else ""


def is_rendered(element: Any) -> bool:
    """Whether an element shows a formula whose source stands beside it."""
    classes = element.get("class")
    return bool(classes) and _RENDERED.search(classes) is not None


def _has_source(element: Any) -> bool:
    parent = element.getparent()
    return parent is not None and next(parent.iter("math"), None) is not None


def _in_display(element: Any) -> bool:
    for above in element.iterancestors():
        classes = above.get("class") or ""
        if "katex-display" in classes or "math-display" in classes:
            return True
        if above.tag in ("p", "div", "td", "li"):
            return False
    return False


def _annotation(element: Any) -> str:
    for note in element.iter("annotation"):
        if (note.get("encoding") or "").lower() in _TEX:
            return str(note.text or "")
    return ""


def _marked(tex: str, display: bool) -> str:
    tex = " ".join(tex.split())
    if match := _DISPLAY.match(tex):
        tex = match[1].strip()
    if not tex:
        return ""
    return f"$${tex}$$" if display else f"${tex}$"
