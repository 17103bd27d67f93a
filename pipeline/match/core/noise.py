"""Texts that are the same but for single letters here and there, as scanning and bad copying leave them.

A letter in twenty spoils most shingles of a text, so its Jaccard similarity to the original is low. Letter by letter it is
nearly the same, and what differs is scattered: no word is put in, left out or exchanged.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from pipeline.match.core.segments import MOST_CELLS

MOST_IN = 10
"""Of so many letters of the longer text one may be out of place, so that nine tenths are in place."""
_SMALL = 3
"""Letters that differ in one place, at most, ..."""
_LARGE_SHARE = 0.2
"""... but for so many of all that differ."""
_WORD = 3
"""Letters in a row that are put in or left out: more than noise, a word."""
_DIGIT_SHARE = 1 / 3
"""Of what differs, so much may be digits: more is another number."""


class _SpoiltPlace(Struct):
    """Letters next to each other that differ."""

    letters: int = 0
    added: int = 0
    """of them, those that one text has and the other has not"""
    digits: int = 0


def is_noise(one: str, two: str) -> bool:
    """Return whether two texts, given as their letters and digits alone, differ by noise."""
    from rapidfuzz.distance import Levenshtein

    longer = max(len(one), len(two))
    shorter = min(len(one), len(two))
    if longer * shorter > MOST_CELLS:
        return False
    most = longer // MOST_IN
    if longer - shorter > most:
        return False
    # The distance is bounded, so that texts that have little in common cost little.
    if Levenshtein.distance(one, two, score_cutoff=most) > most:
        return False
    places = list(_places(one, two))
    letters = sum(place.letters for place in places)
    if not letters or any(place.added >= _WORD for place in places):
        return False
    large = sum(place.letters for place in places if place.letters > _SMALL)
    digits = sum(place.digits for place in places)
    return large <= _LARGE_SHARE * letters and digits <= _DIGIT_SHARE * letters


def _places(one: str, two: str) -> Iterator[_SpoiltPlace]:
    """Yield the places where two texts differ, in order."""
    from rapidfuzz.distance import Levenshtein

    place = _SpoiltPlace()
    end_one = end_two = -1
    for edit in Levenshtein.editops(one, two):
        is_next = edit.src_pos <= end_one and edit.dest_pos <= end_two
        if not is_next and place.letters:
            yield place
            place = _SpoiltPlace()
        deleted = edit.tag != "insert"
        inserted = edit.tag != "delete"
        place.letters += 1
        place.added += deleted != inserted
        place.digits += _is_of_number(edit.tag, one, edit.src_pos, two, edit.dest_pos)
        end_one = edit.src_pos + deleted
        end_two = edit.dest_pos + inserted
    if place.letters:
        yield place


def _is_of_number(tag: str, one: str, place: int, two: str, other: int) -> bool:
    """Return whether an edit changes a number: a digit for a letter is noise."""
    if tag == "replace":
        return one[place].isdigit() and two[other].isdigit()
    if tag == "delete":
        return _has_digit_beside(one, place)
    return _has_digit_beside(two, other)


def _has_digit_beside(text: str, place: int) -> bool:
    """Return whether a digit stands next to another."""
    before = text[max(0, place - 1) : place]
    after = text[place + 1 : place + 2]
    has_beside = before.isdigit() or after.isdigit()
    return has_beside and text[place].isdigit()
