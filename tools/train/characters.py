"""Write pipeline/data/characters.npz, the character classes behind pipeline/judge/characters.py.

    python3.13 -m tools.train.characters

Run once per Unicode version, with the Python whose `unicodedata` holds that version. The file holds a two-stage
table: `stage1` uint8 [4352], page of 256 code points -> row of `classes` uint8 [rows, 256]; and the `version`.
"""

from __future__ import annotations

import sys
import unicodedata
from pathlib import Path

import numpy as np

from pipeline.judge.characters import CHARACTERS, CLASSES

UNICODE_VERSION = "15.1.0"

SPECIAL = {
    "STOP": ".!?。！？．｡؟।॥۔‼⁇⁈⁉‽՞։፧။។",
    "ELLIPSIS": "…⋯‥",
    "COMMA": ",;،؛、，；､",
    "COLON": ":：",
    "APOSTROPHE": "'’ʼ＇",
    "GUILLEMET": "«»‹›",
    "QUOTE": '"„‚「」『』＂〝〞',
    "BAR": "|•·●○■□▪▫◦‣►▶▸▲▼◄◀→←↑↓¦｜・∙⋅¶§*<>＞＜",
    "SLASH": "/\\／",
    "AT": "@＠#＃",
    "LEGAL": "©®™℠",
}
BY_CATEGORY = {
    "Ll": "LOWER", "Pc": "LOWER", "Lu": "UPPER", "Lt": "UPPER", "Lo": "LETTER", "Lm": "LETTER",
    "Nd": "DIGIT", "Nl": "NUMBER", "No": "NUMBER", "Mn": "MARK", "Mc": "MARK", "Me": "MARK",
    "Pd": "DASH", "Pi": "QUOTE", "Pf": "QUOTE", "Ps": "OPEN", "Pe": "CLOSE", "Po": "PUNCTUATION",
    "Sc": "CURRENCY", "Sm": "SYMBOL", "So": "SYMBOL", "Sk": "SYMBOL", "Zs": "SPACE", "Zl": "SPACE", "Zp": "SPACE",
}  # fmt: skip
IDEOGRAPHS = (
    (0x3005, 0x3007),
    (0x3021, 0x3029),
    (0x3031, 0x303C),
    (0x3041, 0x30FF),
    (0x3105, 0x312F),
    (0x31A0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0xFF66, 0xFF9D),
    (0x16FE0, 0x1B2FF),
    (0x20000, 0x3FFFF),
)
"""Han, kana, bopomofo: a letter of these says as much as three of an alphabet."""


def class_of(char: str) -> str:
    """The name of a character's class."""
    for name, members in SPECIAL.items():
        if char in members:
            return name
    category = unicodedata.category(char)
    if category.startswith(("L", "N")) and any(low <= ord(char) <= high for low, high in IDEOGRAPHS):
        return "IDEOGRAPH"
    if category == "Cc" and char.isspace():
        return "SPACE"
    return BY_CATEGORY.get(category, "OTHER")


def main() -> None:
    if unicodedata.unidata_version != UNICODE_VERSION:
        sys.exit(f"needs Unicode {UNICODE_VERSION}, this Python has {unicodedata.unidata_version}")
    number = {name: i for i, name in enumerate(CLASSES)}
    classes = np.fromiter((number[class_of(chr(code))] for code in range(sys.maxunicode + 1)), np.uint8)
    rows, stage1 = np.unique(classes.reshape(-1, 256), axis=0, return_inverse=True)
    np.savez_compressed(
        CHARACTERS, stage1=stage1.reshape(-1).astype(np.uint8), classes=rows, version=np.array(UNICODE_VERSION)
    )
    print(f"{Path(CHARACTERS).name}: {len(rows)} pages")


if __name__ == "__main__":
    main()
