"""A text that is looked at in pieces gives what it gives as a whole."""

from __future__ import annotations

import random

import numpy as np
import pytest

from pipeline import native
from pipeline.match.core import difference, long, memory, sketch, verify
from pipeline.match.core.sign import Signing
from pipeline.match.core.stretches import Words
from pipeline.tokens import tokenize
from tests.match.core.texts import prose

SIGNING = Signing(k=5, bands=40, rows=4, seed=1)
SHORT = "“We close the harbour at nine,” the captain said. Nobody answered... and the lamps went out"


def texts(seed: int) -> list[str]:
    """Long texts and short ones, with quotations over several lines' worth of words, ellipses, and scripts without spaces."""
    rng = random.Random(seed)
    marks = ["“", "” ", '"', " ... ", "…", "\n", "\n\n", ". ", "! ", " « ", " » ", "  ", "-", "don’t "]
    made = []
    for _ in range(6):
        pieces = [rng.choice(marks) + prose(rng, rng.randrange(1, 30)) for _ in range(60)]
        made += ["".join(pieces), SHORT, ""]
    return [*made, "港口今天关闭了，因为风暴很大。" * 90, "word" * 400, " . " * 500, "two words" + " " * 900]


@pytest.fixture(autouse=True)
def pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (long, memory, sketch, verify):
        monkeypatch.setattr(module, "LONG", 256)


@pytest.mark.parametrize("seed", range(5))
def test_columns(seed: int) -> None:
    every = texts(seed)
    whole = memory.columns(every, tokenize(every))
    parts = list(memory.columns_in_parts(every))
    assert len(parts) > 20
    for name in Words.__struct_fields__:
        joined = np.concatenate([getattr(words, name) for words, _ in parts])
        assert np.array_equal(joined, getattr(whole, name)), name
    owner = np.concatenate([text for _, text in parts])
    assert np.bincount(owner, minlength=len(every)).tolist() == np.diff(tokenize(every).offsets).tolist()


def test_sketches(monkeypatch: pytest.MonkeyPatch) -> None:
    every = texts(1)
    own = sketch.sketch(every, SIGNING)
    monkeypatch.setattr(sketch, "LONG", 1 << 30)
    whole = sketch.sketch(every, SIGNING)
    assert np.array_equal(own.fingerprint, whole.fingerprint)
    assert np.array_equal(own.keys, whole.keys)


@pytest.mark.parametrize("many", [0, verify._MANY])
def test_overlaps(monkeypatch: pytest.MonkeyPatch, many: int) -> None:
    every = texts(2)
    every += [every[0] + every[3], every[0][: len(every[0]) // 2]]
    low, high = (
        np.array(column) for column in zip(*[(a, b) for b in range(len(every)) for a in range(b)], strict=True)
    )
    monkeypatch.setattr(native, "kernels", None)
    monkeypatch.setattr(verify, "_MANY", many)
    own = verify.verify(low, high, lambda numbers: [every[i] for i in numbers.tolist()], 5)
    monkeypatch.setattr(verify, "LONG", 1 << 30)
    monkeypatch.setattr(verify, "_MANY", 1 << 30)
    whole = verify.verify(low, high, lambda numbers: [every[i] for i in numbers.tolist()], 5)
    for column in ("shared", "a", "b"):
        assert np.array_equal(getattr(own, column), getattr(whole, column))
    assert own.shared.max() > 100


def test_symbols(monkeypatch: pytest.MonkeyPatch) -> None:
    every = [SHORT * 5 + " -5 degrees", "from $ 12 to 40% " * 9, "٣٠ " * 30, SHORT, "", "5" * 40 + "%", "x" * 31 + "$1"]
    whole = difference.symbol_fingerprints(every)
    monkeypatch.setattr(native, "kernels", None)
    for scanned in (1, 2, 3, 5, 8, 16):
        monkeypatch.setattr(difference, "_SCANNED", scanned)
        assert np.array_equal(difference.symbol_fingerprints(every), whole)
    assert [bool(one) for one in whole.tolist()] == [True, True, False, False, False, True, True]
