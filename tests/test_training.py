"""Pages that are made to learn from: what stands together in them stands as it would on a page."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from pipeline.text import plain
from pipeline.text.blocks import Kind
from tools.train import augment
from tools.train.augment import Line, Sample

MENU = ["Front page", "Sport", "Opinion", "Sign in", "Weather"]
FOOT = ["About us", "Terms of use", "Jobs", "Contact us", "Help"]


def page(title: str, word: str) -> Sample:
    """A page with a menu, its title, three sentences and a footer."""
    story = [f"The {word} was closed on Friday, said the crew, and nobody knew for how long." for _ in range(3)]
    texts = [*MENU, title, *story, *FOOT]
    blocks = plain.lay_out("\n\n".join(texts))
    form = {name: getattr(blocks, name).astype(np.int64) for name in augment.COLUMNS}
    keep = [text in story for text in blocks.texts]
    return Sample(list(blocks.texts), keep, form, "en", 0, True, titles=[text == title for text in blocks.texts])


HARBOUR, LIBRARY = page("Storm shuts the harbour", "harbour"), page("Library shuts its doors", "library")


def titled(sample: Sample) -> list[str]:
    """The blocks that are titles."""
    assert sample.titles is not None
    return [text for text, flag in zip(sample.texts, sample.titles, strict=True) if flag]


@pytest.mark.parametrize("seed", range(8))
def test_a_text_in_other_surroundings_keeps_its_title(seed: int) -> None:
    """Whose words stand in the text: that of the page that the surroundings come from is of another text."""
    made = augment.swap(HARBOUR, LIBRARY, np.random.default_rng(seed))
    assert titled(made) == ["Storm shuts the harbour"]
    assert "Library shuts its doors" not in made.texts


def test_where_it_is_not_known_which_block_is_the_title_nobody_learns_it() -> None:
    nameless = augment.replace(LIBRARY, titles=None)
    for seed in range(8):
        rng = np.random.default_rng(seed)
        made = augment.swap(HARBOUR, nameless, rng)
        assert made.titles is None or titled(made) == ["Storm shuts the harbour"]


def lines(texts: Sequence[str]) -> list[Line]:
    """A document that is text all through, with blank lines between."""
    return augment.lines_of("\n\n".join(texts), texts[0])


@pytest.mark.parametrize("seed", range(30))
def test_a_made_page_is_laid_out_as_a_whole(seed: int) -> None:
    """Every block but the first stands below another one; the text keeps its title and none of the frame's."""
    recipe = ["Soup of the coast", "Serves four", "Cut the leek, boil the fish and stir in the milk, says the cook."]
    rng = np.random.default_rng(seed)
    made = Sample.of_lines(augment.framed(lines(recipe), [LIBRARY], "en", rng), "en", 0)
    assert made.form["gap"][0] == 0
    assert (made.form["gap"][1:] > 0).all()
    assert [text for text, flag in zip(made.texts, made.keep, strict=True) if flag] == recipe
    assert titled(made) == recipe[:1]
    assert "Library shuts its doors" not in made.texts


def test_code_that_is_set_into_a_page_keeps_its_indentation() -> None:
    code = "    def area(width, height):\n        return width * height"
    own = augment.lines_of(f"How large it is is computed here, as the harbour master does it:\n\n{code}\n", None)
    made = Sample.of_lines([Line("Sign in", 0, keep=False), *own], "en", 0)
    assert made.form["kind"][-1] == Kind.CODE
    assert made.texts[-1] == plain.lay_out(code).texts[-1]
    assert made.keep == [False, True, True]
