"""Regular expressions that are compiled when they are first used."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest

import pipeline
from pipeline.expression import expression


def _expressions() -> Iterator[tuple[str, re.Pattern[str]]]:
    """Yield every expression that a module of the program has, with its name."""
    kind = type(expression(""))
    for module in pkgutil.walk_packages(pipeline.__path__, "pipeline."):
        if module.name != "pipeline.__main__":
            for name, value in vars(importlib.import_module(module.name)).items():
                if isinstance(value, kind):
                    yield f"{module.name}.{name}", value


def test_every_expression_of_the_program_compiles() -> None:
    found = dict(_expressions())
    assert len(found) > 300
    for name, one in found.items():
        assert one.groups >= 0, name


def test_an_expression_is_what_re_compile_gives() -> None:
    lazy, compiled = expression(r"(?P<word>\w+)!", re.ASCII), re.compile(r"(?P<word>\w+)!", re.ASCII)
    assert [one.group("word") for one in lazy.finditer("ab! é! cd!")] == ["ab", "cd"]
    assert (lazy.pattern, lazy.flags, lazy.groups) == (compiled.pattern, compiled.flags, compiled.groups)
    assert lazy.sub(r"\1", "ab!") == compiled.sub(r"\1", "ab!") == "ab"
    assert lazy.fullmatch("no") is None


def test_it_is_compiled_once_and_not_before_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    real = re.compile
    monkeypatch.setattr(re, "compile", lambda *given: compiled.append(given[0]) or real(*given))
    one = expression(rb"a+")
    assert (compiled, one.pattern) == ([], b"a+")
    assert one.search(b"baa") is not None
    assert one.search(b"c") is None
    assert one.match(b"a") is not None
    assert compiled == [b"a+"]


def test_a_pattern_that_is_none_says_so_when_it_is_used() -> None:
    broken = expression("(")
    with pytest.raises(re.error):
        broken.match("")
