"""Write pipeline/data/unicode.npz, the table behind pipeline/tokens.py.

    python3.13 tools/unicode_tables.py

Run once per Unicode version, with the Python whose `unicodedata` holds that version; the result is committed,
so that tokens never depend on the Python in use. The file holds a two-stage table:

    stage1       uint16 [4352]     page of 256 code points -> row of stage2
    kinds        uint8  [rows,256] what a code point does, the constants of pipeline/tokens.py
    deltas       int32  [rows,256] code point + delta is its folding, or, for MANY, the row of `many_offsets`
    many_offsets int32  [n + 1]    foldings of several code points, as ranges of
    many         uint32 [m]        kind << 24 | code point
    version      the Unicode version
"""

from __future__ import annotations

import sys
import unicodedata
from pathlib import Path

import numpy as np

UNICODE_VERSION = "15.1.0"
TARGET = Path(__file__).parent.parent / "pipeline" / "data" / "unicode.npz"

SEPARATOR, WORD, SINGLE, ATTACH, DROP, APOSTROPHE, MANY = range(7)

Ranges = tuple[tuple[int, int], ...]

# Typewriter, curly, modifier letter, Armenian, Hebrew, Greek and the accents typed in their place.
APOSTROPHES = frozenset(
    map(ord, "'`\u00b4\u02b9\u02bb\u02bc\u02bd\u055a\u05f3\u1fbd\u1fbf\u2018\u2019\u201b\ua78b\ua78c\uff07")
)

# The five blocks named Combining Diacritical Marks.
DIACRITICS: Ranges = (
    (0x0300, 0x036F),
    (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF),
    (0x20D0, 0x20FF),
    (0xFE20, 0xFE2F),
)

# Default_Ignorable_Code_Point (DerivedCoreProperties.txt), and U+200B ZERO WIDTH SPACE: nobody sees it, scripts that
# use it to part words go by character here, and elsewhere it is put inside words.
IGNORABLE: Ranges = (
    (0x00AD, 0x00AD),
    (0x034F, 0x034F),
    (0x061C, 0x061C),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFF8),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
)

# Every letter and number is a word.
IDEOGRAPHIC: Ranges = (
    (0x3005, 0x3007),
    (0x3021, 0x3029),
    (0x3031, 0x3035),
    (0x3038, 0x303C),
    (0x3041, 0x30FF),  # kana
    (0x3105, 0x312F),  # bopomofo
    (0x31A0, 0x31BF),
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),  # CJK ideographs
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x16FE0, 0x18DFF),  # Tangut, Khitan
    (0x1AFF0, 0x1B2FF),  # kana, Nushu
    (0x20000, 0x3FFFF),  # CJK ideographs
)

# Scripts written without spaces (Line_Break=SA): every letter is a word, marks belong to the letter before.
UNSPACED: Ranges = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x1950, 0x19DF),  # Tai Le, New Tai Lue
    (0x1A20, 0x1AAF),  # Tai Tham
    (0xA9E0, 0xA9FF),  # Myanmar
    (0xAA60, 0xAADF),  # Myanmar, Tai Viet
    (0x11700, 0x1174F),  # Ahom
)

# Kana voicing marks and ideographic tone marks.
ATTACHED: Ranges = ((0x302A, 0x302F), (0x3099, 0x309A))


def within(code: int, ranges: Ranges) -> bool:
    return any(low <= code <= high for low, high in ranges)


def fold(char: str) -> str:
    """NFKD and full case folding of one character, repeated until nothing changes."""
    while (folded := unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold())) != char:
        char = folded
    return char


def kind(code: int) -> int:
    """What a folded code point does."""
    category = unicodedata.category(chr(code))[0]
    if code in APOSTROPHES:
        return APOSTROPHE
    if within(code, DIACRITICS) or within(code, IGNORABLE):
        return DROP
    if category not in "LNM":
        return SEPARATOR
    if within(code, ATTACHED) or (category == "M" and within(code, UNSPACED)):
        return ATTACH
    if within(code, IDEOGRAPHIC) or (category == "L" and within(code, UNSPACED)):
        return SINGLE
    return WORD


def entry(code: int) -> list[tuple[int, int]]:
    """(kind, folded code point) of what one code point becomes."""
    if code in APOSTROPHES:  # before folding: NFKD takes the acute accent for a space and a diacritic
        return [(APOSTROPHE, code)]
    if within(code, IGNORABLE):
        return [(DROP, code)]
    parts = [(kind(ord(char)), ord(char)) for char in fold(chr(code))]
    parts = [part for part in parts if part[0] not in (DROP, APOSTROPHE)]
    if parts and all(part[0] == SEPARATOR for part in parts):
        return [(SEPARATOR, code)]
    return parts or [(DROP, code)]


def main() -> None:
    if unicodedata.unidata_version != UNICODE_VERSION:
        sys.exit(f"needs Unicode {UNICODE_VERSION}, this Python has {unicodedata.unidata_version}")
    size = sys.maxunicode + 1
    kinds = np.zeros(size, dtype=np.uint8)
    deltas = np.zeros(size, dtype=np.int32)
    many: list[int] = []
    many_offsets = [0]
    seen: dict[tuple[int, ...], int] = {}
    for code in range(size):
        parts = entry(code)
        if len(parts) == 1:
            kinds[code], deltas[code] = parts[0][0], parts[0][1] - code
            continue
        packed = tuple(part[0] << 24 | part[1] for part in parts)
        if packed not in seen:
            seen[packed] = len(many_offsets) - 1
            many.extend(packed)
            many_offsets.append(len(many))
        kinds[code], deltas[code] = MANY, seen[packed] - code
    pages = np.column_stack((kinds.reshape(-1, 256).astype(np.int32), deltas.reshape(-1, 256)))
    rows, stage1 = np.unique(pages, axis=0, return_inverse=True)
    np.savez_compressed(
        TARGET,
        stage1=stage1.reshape(-1).astype(np.uint16),
        kinds=rows[:, :256].astype(np.uint8),
        deltas=rows[:, 256:].astype(np.int32),
        many_offsets=np.array(many_offsets, dtype=np.int32),
        many=np.array(many, dtype=np.uint32),
        version=np.array(UNICODE_VERSION),
    )
    print(f"{TARGET.name}: {len(rows)} pages, {len(seen)} long foldings, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
