"""What is kept of texts: sketches of the words of their documents are those of the texts themselves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from pipeline.corpus import packs
from pipeline.match.core.memory import columns_in_parts
from pipeline.match.core.sign import Signing
from pipeline.match.core.sketch import sketch, sketch_words
from pipeline.match.digest import _KnownWords, _tokens, texts_of
from pipeline.match.kept_words import columns_of, words_of
from pipeline.model import Level
from pipeline.records import Document
from pipeline.tokens import offsets_of, token_hashes
from tests.documents import document, row

PARAGRAPHS = [
    [
        "The harbour's gates don’t open before six o'clock, they say.",
        "'Twas so in the year 1907, when the old pier burnt'",
    ],
    ["Add ½ cup of flour, 1½ of milk and then ¾ more of each ½", "½ a cup of the rest goes in when it has cooled down"],
    ["too short"],
    [
        "港口今天关闭了，因为风太大。船都留在海湾里。",
        "Çok güzel bir gün, dedi balıkçı, ama rüzgar çok sert.",
        "The harbour is closed to all.",
    ],
    [],
]


def opened(path: Path, documents: Sequence[Document]) -> packs.Pack:
    packs.write(path, [row(one) for one in documents])
    return packs.Pack.open(path)


def known(pack: packs.Pack) -> _KnownWords:
    parts = list(columns_in_parts(pack.texts()))
    sizes = sum((np.bincount(text, minlength=len(pack)) for _, text in parts), np.zeros(len(pack), dtype=np.int64))
    return _KnownWords(offsets_of(sizes), words_of(columns_of([part for part, _ in parts])))


@pytest.mark.parametrize("level", ["document", "paragraph"])
@pytest.mark.parametrize("wanted", [[0, 1, 2, 3, 4], [1, 3], [4], [2], [], [0, 3, 4]])
def test_words_of_documents_are_those_of_their_texts(tmp_path: Path, level: Level, wanted: list[int]) -> None:
    pack = opened(tmp_path / "a.pack", [document(f"{i}.txt", own) for i, own in enumerate(PARAGRAPHS)])
    numbers = np.array(wanted, dtype=np.int64)
    found = _tokens(pack, level, numbers, known(pack))
    assert found is not None
    texts, _ = texts_of(pack, level, numbers)
    offsets, hashes = token_hashes(list(texts))
    assert found[0].tolist() == offsets.tolist()
    assert found[1].tolist() == hashes.tolist()


@pytest.mark.parametrize("cut", [(0, -2), (2, 0)])
def test_where_a_word_goes_over_the_edge_of_a_paragraph_its_text_is_asked(tmp_path: Path, cut: tuple[int, int]) -> None:
    whole = document("a.txt", PARAGRAPHS[0])
    first = whole.blocks[0]
    block = replace(first, start=first.start + cut[0], end=first.end - 1 + cut[1])
    pack = opened(tmp_path / "a.pack", [whole.replace(blocks=(block, *whole.blocks[1:]))])
    every = np.arange(1)
    assert _tokens(pack, "document", every, known(pack)) is not None
    assert _tokens(pack, "paragraph", every, known(pack)) is None


def test_sketches_of_words_are_those_of_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["\n\n".join(own) for own in PARAGRAPHS] * 3
    signing = Signing(k=3, bands=8, rows=2, seed=1)
    expected = sketch(texts, signing)
    for batch in (1 << 19, 60):
        monkeypatch.setattr("pipeline.match.core.sketch._BATCH", batch)
        found = sketch_words(*token_hashes(texts), signing)
        np.testing.assert_array_equal(found.fingerprint, expected.fingerprint)
        np.testing.assert_array_equal(found.keys, expected.keys)
