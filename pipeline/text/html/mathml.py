"""MathML without its TeX, as TeX (https://www.w3.org/TR/mathml-core/): fractions, scripts, roots, accents, tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from pipeline import toml_file
from pipeline.expression import expression

_MAX_DEPTH = 100
"""Elements inside each other; of what is deeper the text alone is taken."""
_UNSHOWN = frozenset(("annotation", "annotation-xml", "mphantom", "none", "mprescripts", "maligngroup", "malignmark"))
_INVISIBLE = expression("[\u2061-\u2064\u200b]+")
"""Operators that are not seen: the application of a function, a product"""
_RESERVED = expression(r"[{}%&#$_]")
_ENDS_COMMAND = expression(r"\\[A-Za-z]+$")
_ATOM = expression(
    r"[^\s\\{}^_]|\d+(?:\.\d+)?|\\[A-Za-z]+|\\[^A-Za-z]|\\(?:mathrm|mathbf|mathbb|text|operatorname)\{[^{}]*\}"
)
_ONE = expression(r"[^\s\\{}^_]")
"""What needs no braces as a script"""
_PRIMES = expression(r"(?:\\prime|['′″‴])+")
_VARIANTS = {
    "bold": "mathbf", "bold-italic": "boldsymbol", "double-struck": "mathbb", "script": "mathcal", "fraktur": "mathfrak",
    "sans-serif": "mathsf", "monospace": "mathtt", "bold-fraktur": "mathfrak", "bold-script": "mathcal",
}  # fmt: skip


class _Tables(NamedTuple):
    characters: Mapping[int, str]
    functions: frozenset[str]
    limits: frozenset[str]
    over: Mapping[str, str]
    under: Mapping[str, str]


@cache
def _tables() -> _Tables:
    data = toml_file.data("tex.toml")
    return _Tables(
        {ord(char): f"\\{name}" for char, name in data["characters"].items()} | {ord("−"): "-", ord("∕"): "/"},
        frozenset(data["names"]["functions"].split()),
        frozenset(f"\\{name}" for name in data["limits"]["commands"].split()),
        data["over"],
        data["under"],
    )


def tex(element: Any) -> str:
    """The formula that a `math` element shows, as TeX."""
    return _of(element, 0)


def _of(element: Any, depth: int) -> str:
    if not isinstance(element.tag, str):
        return ""
    tag = element.tag.rpartition(":")[2]
    if tag in _UNSHOWN:
        return ""
    if depth > _MAX_DEPTH:
        return _escaped("".join(element.itertext()))
    if tag in _TOKENS:
        return _TOKENS[tag](element)
    if tag == "semantics":
        return _of(element[0], depth + 1) if len(element) else ""
    if tag == "mtable":
        return _table(element, depth + 1)
    children = [child for child in element if isinstance(child.tag, str)]
    if tag in _BUILT and len(children) >= _BUILT[tag][0]:
        parts = [_of(child, depth + 1) for child in children]
        return _BUILT[tag][1](element, parts)
    if tag == "mmultiscripts" and children:
        return _multiscripts(children, depth + 1)
    pieces = [_escaped(element.text or "")]
    for child in element:
        pieces += (_of(child, depth + 1), _escaped(child.tail or ""))
    inner = _joined(pieces)
    return _WRAPPED[tag](element, inner, pieces) if tag in _WRAPPED else inner


def _joined(pieces: Sequence[str]) -> str:
    """Pieces in a row: a command and a letter behind it are kept apart."""
    text = ""
    for piece in pieces:
        if piece and piece[0].isalnum() and _ENDS_COMMAND.search(text[-20:]):
            text += " "
        text += piece
    return text


def _escaped(text: str) -> str:
    """The characters of a token as TeX."""
    text = _INVISIBLE.sub("", " ".join(text.split()))
    characters = _tables().characters
    return _joined([characters.get(ord(char), char) for char in text])


def _identifier(element: Any) -> str:
    name = " ".join("".join(element.itertext()).split())
    if name in _tables().functions:
        return f"\\{name}"
    said = _escaped(name)
    if variant := _VARIANTS.get(element.get("mathvariant") or ""):
        return f"\\{variant}{{{said}}}"
    return f"\\mathrm{{{said}}}" if len(name) > 1 and name.isalpha() and name.isascii() else said


def _operator(element: Any) -> str:
    name = " ".join("".join(element.itertext()).split())
    if name in _tables().functions:
        return f"\\{name}"
    return f"\\operatorname{{{name}}}" if len(name) > 1 and name.isalpha() and name.isascii() else _escaped(name)


def _text(element: Any) -> str:
    said = "".join(element.itertext()).replace("\xa0", " ")
    said = re.sub(r"\s+", " ", said)
    if not said.strip():
        return " " if said else ""
    return "\\text{" + _RESERVED.sub(r"\\\g<0>", said) + "}"


_TOKENS: Mapping[str, Callable[[Any], str]] = {
    "mi": _identifier,
    "mn": lambda element: _escaped("".join(element.itertext())),
    "mo": _operator,
    "mtext": _text,
    "ms": _text,
    "mspace": lambda _: " ",
    "mglyph": lambda element: _escaped(element.get("alt") or ""),
}


def _base(part: str) -> str:
    """What scripts are set at: in braces, unless it is one piece."""
    is_fenced = (part[:1], part[-1:]) in (("(", ")"), ("[", "]")) and part.count(part[0]) == 1
    return part if is_fenced or _ATOM.fullmatch(part) else f"{{{part}}}"


def _script(mark: str, part: str) -> str:
    part = part.strip()
    if not part:
        return ""
    if mark == "^" and _PRIMES.fullmatch(part):
        return part.replace("\\prime", "'").replace("′", "'").replace("″", "''").replace("‴", "'''")
    return f"{mark}{part}" if _ONE.fullmatch(part) else f"{mark}{{{part}}}"


def _fraction(element: Any, parts: Sequence[str]) -> str:
    if (element.get("linethickness") or "").rstrip("pxemt%") in ("0", "0.0"):
        return f"{{{parts[0]} \\atop {parts[1]}}}"
    if element.get("bevelled") == "true":
        return f"{_base(parts[0])}/{_base(parts[1])}"
    return f"\\frac{{{parts[0]}}}{{{parts[1]}}}"


def _under(element: Any, parts: Sequence[str]) -> str:
    return _limits(parts[0], parts[1], "")


def _over(element: Any, parts: Sequence[str]) -> str:
    return _limits(parts[0], "", parts[1])


def _limits(base: str, under: str, over: str) -> str:
    """What stands above and below: limits, an accent, or anything else."""
    tables = _tables()
    if base in tables.limits or base.startswith("\\operatorname{"):
        return base + _script("_", under) + _script("^", over)
    for part, accents, command in ((under, tables.under, "underset"), (over, tables.over, "overset")):
        said = part.strip()
        if not said:
            continue
        if accent := accents.get(said) or accents.get(_character(said)):
            base = f"\\{accent}{{{base}}}"
        elif base.startswith((f"\\{command[:-3]}brace{{", f"\\{command[:-3]}line{{")):
            base += _script("_" if command == "underset" else "^", said)
        else:
            base = f"\\{command}{{{said}}}{{{base}}}"
    return base


def _character(command: str) -> str:
    """The character that a command stands for."""
    return next((chr(char) for char, name in _tables().characters.items() if name == command), "")


_BUILT: Mapping[str, tuple[int, Callable[[Any, Sequence[str]], str]]] = {
    "mfrac": (2, _fraction),
    "mroot": (2, lambda _, parts: f"\\sqrt[{parts[1]}]{{{parts[0]}}}"),
    "msub": (2, lambda _, parts: _base(parts[0]) + _script("_", parts[1])),
    "msup": (2, lambda _, parts: _base(parts[0]) + _script("^", parts[1])),
    "msubsup": (3, lambda _, parts: _base(parts[0]) + _script("_", parts[1]) + _script("^", parts[2])),
    "munder": (2, _under),
    "mover": (2, _over),
    "munderover": (3, lambda _, parts: _limits(*parts[:3])),
    "maction": (1, lambda _, parts: parts[0]),
}
"""By tag, how many children it has to have, and how they are put together"""


def _fenced(element: Any, inner: str, pieces: Sequence[str]) -> str:
    opening, closing = (element.get(side, default) for side, default in (("open", "("), ("close", ")")))
    marks = "".join(element.get("separators", ",").split())
    row = [_escaped(opening)]
    for number, part in enumerate(filter(None, pieces[1::2])):
        if number and marks:
            row.append(_escaped(marks[min(number, len(marks)) - 1]))
        row.append(part)
    return _joined([*row, _escaped(closing)])


def _enclosed(element: Any, inner: str, _: Sequence[str]) -> str:
    notation = (element.get("notation") or "").split()
    if "radical" in notation:
        return f"\\sqrt{{{inner}}}"
    if "box" in notation or "roundedbox" in notation:
        return f"\\boxed{{{inner}}}"
    return f"\\cancel{{{inner}}}" if any("strike" in name for name in notation) else inner


_WRAPPED: Mapping[str, Callable[[Any, str, Sequence[str]], str]] = {
    "msqrt": lambda _, inner, __: f"\\sqrt{{{inner}}}",
    "mfenced": _fenced,
    "menclose": _enclosed,
}


def _table(element: Any, depth: int) -> str:
    rows = []
    for row in element:
        if not isinstance(row.tag, str):
            continue
        tag = row.tag.rpartition(":")[2]
        cells = (
            [_of(cell, depth + 1) for cell in row if isinstance(cell.tag, str)] if tag != "mtd" else [_of(row, depth)]
        )
        if tag == "mlabeledtr" and len(cells) > 1:
            cells = [*cells[1:-1], f"{cells[-1]} \\quad {cells[0]}"]
        rows.append(" & ".join(cells))
    return "\\begin{matrix}" + " \\\\ ".join(rows) + "\\end{matrix}"


def _multiscripts(children: Sequence[Any], depth: int) -> str:
    """Scripts in pairs, those before the base behind `mprescripts`."""
    tags = [child.tag.rpartition(":")[2] for child in children]
    cut = tags.index("mprescripts") if "mprescripts" in tags else len(tags)
    base = _base(_of(children[0], depth))
    behind, before = ([_of(child, depth) for child in part] for part in (children[1:cut], children[cut + 1 :]))
    return _pairs("{}", before) + base + _pairs("", behind)


def _pairs(base: str, scripts: Sequence[str]) -> str:
    text = ""
    for sub, sup in zip(scripts[::2], (*scripts[1::2], ""), strict=False):
        if said := _script("_", sub) + _script("^", sup):
            text += base + said if not text or base else f"{{}}{said}"
    return text
