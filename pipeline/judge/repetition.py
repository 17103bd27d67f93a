"""Blocks that a document says twice: which later copy is pasted again, and which is said again.

What is pasted again stands beside its first copy, or comes with its neighbours. A vote in the same words, a refrain, an
answer given again stand by themselves among other text: they are what the text says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from msgspec import Struct

LEAST_WORDS = 12
"""A shorter block may well stand twice: a line of a song, a cell of a table, an answer."""
OPENING = 3
"""Blocks at the beginning: a standfirst that is said again as the first paragraph is one of them."""
NEAR = 6
"""Blocks from a standfirst to its copy."""


class Repeat(Struct, frozen=True):
    """A later copy of an earlier block of the same document."""

    line: int
    first: int
    """the earlier block"""
    copies: int
    """How often the block stands in the document."""


def repeated(keys: Sequence[int]) -> dict[int, list[int]]:
    """Numbers of blocks by key, for keys that stand more than once; 0 stands for blocks that say nothing."""
    twice = {key for key, count in Counter(keys).items() if key and count > 1}
    blocks_of: dict[int, list[int]] = {}
    if twice:
        for block, key in enumerate(keys):
            if key in twice:
                blocks_of.setdefault(key, []).append(block)
    return blocks_of


def find(texts: Sequence[str], keys: Sequence[int], words: Sequence[int]) -> tuple[Repeat, ...]:
    """The later copies that are pasted again, in the order of the text."""
    found: list[Repeat] = []
    for blocks in repeated(keys).values():
        first = blocks[0]
        copies = len(blocks)
        if words[first] < LEAST_WORDS:
            continue
        # Each is held against the copy before it, which is the nearest.
        for earlier, later in pairwise(blocks):
            if _is_pasted(texts, keys, words, earlier, later):
                found.append(Repeat(later, first, copies))
    return tuple(sorted(found, key=lambda repeat: repeat.line))


def quoted(keys: Sequence[int], quotes: Sequence[int], posts: Sequence[int]) -> tuple[Repeat, ...]:
    """What contributions to a thread quote of earlier ones, word by word, in the order of the text.

    `quotes` says how many quotations hold each block, `posts` which contribution it is of, -1 for none. A page may set all
    that is said as a quotation: within a contribution, a quote is what stands deeper than the rest.
    """
    # How deep the contribution itself stands, by its number
    least: dict[int, int] = {}
    for quote, post in zip(quotes, posts, strict=True):
        so_far = least.get(post, quote)
        least[post] = min(quote, so_far)
    first: dict[int, int] = {}
    found: list[Repeat] = []
    for block, key in enumerate(keys):
        post = posts[block]
        if not key or post < 0:
            continue
        earlier = first.setdefault(key, block)
        is_quote = quotes[block] > least[post]
        if is_quote and posts[earlier] != post:
            found.append(Repeat(block, earlier, copies=2))
    return tuple(found)


def _is_pasted(texts: Sequence[str], keys: Sequence[int], words: Sequence[int], earlier: int, later: int) -> bool:
    """Whether a later copy of a block is pasted again, rather than said again."""
    if later == earlier + 1:
        return True
    before = texts[later - 1].rstrip("\"'”’»")
    if before.endswith(("?", "？", "؟")):
        return False  # an answer given again
    if earlier < OPENING and later - earlier <= NEAR:
        return True
    # A block whose neighbour is a copy of the other one's neighbour was pasted with it.
    for step in (-1, 1):
        one = earlier + step
        two = later + step
        if one < 0 or two >= len(keys) or two == earlier:
            continue
        key = keys[one]
        is_copy = key != 0 and key == keys[two]
        if is_copy and words[one] >= LEAST_WORDS:
            return True
    return False
