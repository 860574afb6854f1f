"""Scripts that write no blank between words: Chinese, Japanese, and Korean with its particles."""

from __future__ import annotations

import re
from typing import Final

UNSPACED: Final = (
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
    "\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
"""Letters, as the inside of a class of a pattern."""
_SOME: Final = re.compile(f"[{UNSPACED}]")
_LATIN: Final = re.compile("[A-Za-z\u00c0-\u024f]")


def unspaced(text: str) -> int:
    """How many letters of these scripts stand in a text."""
    return 0 if text.isascii() else len(_SOME.findall(text))


def latin(text: str) -> bool:
    """Whether a text has a Latin letter."""
    return _LATIN.search(text) is not None
