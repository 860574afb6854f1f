"""Characters that print one thing, as one: every letter keeps its place."""

from __future__ import annotations

import re
from typing import Final

_DASHES: Final = "‐‑‒–—−﹣－⁃"
_SPACES: Final = (
    "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)
_WIDE: Final = {chr(0xFF01 + i): chr(0x21 + i) for i in range(94)}
_TABLE: Final = str.maketrans(
    _WIDE
    | dict.fromkeys(_DASHES, "-")
    | dict.fromkeys(_SPACES, " ")
    | {"‘": "'", "’": "'", "“": '"', "”": '"', "⩾": "≥", "⩽": "≤", "﹤": "<", "﹥": ">", "、": ","}
)
# The middle dot of some journals' decimals; elsewhere it is a product or a bullet.
_MIDDLE: Final = re.compile(r"(?<=\d)[·∙•‧](?=\d)")
# No thousands begin with a nought.
_ZERO: Final = re.compile(r"(?<=(?<![\d.,])0),(?=\d)")
_COMMA: Final = re.compile(r"(?<![\d.,])\d+,\d{1,2}(?![\d,])")
_POINT: Final = re.compile(r"(?<![\d.,])\d*\.\d+(?![\d.])")
_DECIMAL: Final = re.compile(r"(?<=\d),(?=\d{1,2}(?![\d,]))")


def plain(text: str) -> str:
    """The text with dashes, spaces, wide letters and middle dots as one kind each, same length."""
    return _ZERO.sub(".", _MIDDLE.sub(".", text.translate(_TABLE)))


def commas_are_decimal(text: str) -> bool:
    """Whether the numbers of a plain text are printed with a decimal comma."""
    return len(_COMMA.findall(text)) > max(1, 2 * len(_POINT.findall(text)))


def pointed(text: str) -> str:
    """A plain text of decimal commas with points instead, same length."""
    return _DECIMAL.sub(".", text)
