"""Numbers as papers print them."""

from __future__ import annotations

import re
from typing import Final

_ONES: Final = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENTHS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
WORDS: Final = {word: value for value, word in enumerate(_ONES)} | {
    word: 10 * value for value, word in enumerate(_TENTHS, 2)
}
_TENS: Final = "|".join(_TENTHS)
_UNITS: Final = "|".join(_ONES[1:10])
WORD: Final = rf"(?:(?:{_TENS})[- ](?:{_UNITS})|{'|'.join(sorted(WORDS, key=len, reverse=True))})"
NUMBER: Final = r"(?:[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+|\d+|\.\d+)"
"""A number of a plain text, unsigned."""
# The end of a longer number: "sixty-four", "one hundred and four".
_WITHIN: Final = "".join(
    f"(?<!{one})"
    for one in ("[a-z]-", *(f"{word}{join}" for word in ("hundred", "thousand")
                            for join in (" ", " and ")))
)  # fmt: skip
COUNT: Final = (
    r"(?:\d{1,3}(?:,\d{3})+|\d+"
    rf"|(?i:{_WITHIN}\b{WORD}\b(?![ -](?:hundred|thousand)\b)))"
)
"""A whole number, also in words."""


def number(text: str) -> float:
    """The value of a match of ``NUMBER`` or ``COUNT``."""
    lowered = text.lower()
    if re.fullmatch(WORD, lowered):
        return float(sum(WORDS[part] for part in re.split("[- ]", lowered)))
    return float(text.replace(",", ""))


def decimals(text: str) -> int:
    """Digits printed behind the point."""
    return len(text.partition(".")[2])


def is_share(events: float, n: float, percent: str) -> bool:
    """Whether a percentage is events of n: half a digit for rounding, a whole one for cutting."""
    return n > 0 and abs(100 * events / n - number(percent)) <= 10 ** -decimals(percent) + 1e-9


def printed_p(printed: str) -> str:
    """A p value as printed, without its equals sign and with its nought: "<0.001", "0.03"."""
    bare = printed.replace(" ", "").lstrip("=:")
    sign = bare[0] if bare[0] in "<>≤≥" else ""
    digits = bare[len(sign) :]
    return sign + (f"0{digits}" if digits.startswith(".") else digits)
