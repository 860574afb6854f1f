"""The encoding of a line that is no UTF-8, or of one among Chinese lines: from its letters.

GB 2312 keeps its common characters (level 1) under first bytes B0 to D7, the rare ones under D8 to
F7; the small letters of Western Europe stand at DF to FF. So "Gr\u00f6\u00dfe" in Latin-1 is a
rare Chinese character within a Latin word, and common Chinese is capital letters and signs in a
heap. Where neither shape is there, the line is in doubt.
"""

from __future__ import annotations

import re
from typing import Final

from hilum.tabular.encoding import UTF8, is_chinese

GB: Final = "GB18030"
WESTERN: Final = "Windows-1252"
LATIN: Final = "Latin-1"
_RUN: Final = re.compile(rb"[\x80-\xff]+")
# Small letters of Western Europe, but the sign of division, and marks of quotation.
_SMALL: Final = re.compile(rb"[\xdf-\xf6\xf8-\xff\x9a\x9c\x9e]+")
# Letters of Western Europe.
_LETTERS: Final = re.compile(rb"[\xc0-\xd6\xd8-\xf6\xf8-\xff\x8a\x8c\x8e\x9a\x9c\x9e\x9f]+")
_SIGN: Final = rb"[\x82-\x8b\x91-\x9b\xa0-\xbf]"
_OPEN: Final = rb"[\x82\x84\x91\x93\x96\x97\xa1\xab\xbf]"
_CLOSE: Final = rb"[\x85\x92\x94\x96\x97\x99\xae\xb0\xb2\xb3\xbb]"
# Letters with a sign before or behind them, or a sign alone: degrees, quotation marks, dashes.
_SPACED: Final = re.compile(
    _OPEN
    + rb"?[\xc0-\xd6\xd8-\xf6\xf8-\xff\x8a\x8c\x8e\x9a\x9c\x9e\x9f]{1,3}"
    + _CLOSE
    + rb"?|"
    + _SIGN
)
# A letter within a word of small letters, a capital that begins one, degrees of a temperature.
_SURE: Final = re.compile(
    rb"[a-z][\xdf-\xff]{1,2}[a-z]|(?<![A-Za-z\x80-\xff])[\xc0-\xde][a-z]{2}|\d ?\xb0[CF]"
)
# Letters beyond ASCII in a row; a sign (a part of a number, a currency) between two letters.
_LONG: Final = re.compile(rb"[\xc0-\xff\xa8\xb8]{4,}")
_WITHIN: Final = re.compile(
    rb"[A-Za-z\xc0-\xff][\xa2-\xa8\xac\xaf\xb2\xb3\xb6\xb8\xb9\xbc-\xbf][a-z\xdf-\xff]"
)
_RARE: Final = re.compile(rb"[\xd0\xde\xf0\xfe\x81\x8d\x8f\x90\x9d]")
_LONGEST: Final = 3
"""Letters beyond ASCII that a Western word has in a row, at most."""


def guessed(data: bytes, chinese: bool) -> tuple[str, str, bool]:
    """Name of the encoding, text, and whether the line decides it.

    ``chinese`` says that the odd lines of the file are Chinese as a whole.
    """
    utf8 = data.decode("utf-8") if is_utf8(data) else None
    if utf8 is not None and (not chinese or not is_chinese(data) or _is_own(utf8)):
        return UTF8, utf8, True
    try:
        gb = data.decode("gb18030")
    except UnicodeDecodeError:
        return *_western(data), _is_likely(data)
    if utf8 is not None:
        return GB, gb, True
    if _is_word(data):
        return *_western(data), True
    if looks_chinese(data):
        return GB, gb, True
    if is_chinese(data):
        return (GB, gb, False) if chinese else (*_western(data), False)
    # Rare characters, traditional ones too; or letters and signs.
    if not is_spaced(data) and all(one < "\x80" or "\u3400" <= one <= "\u9fff" for one in gb):
        return GB, gb, chinese
    if not chinese:
        return *_western(data), _is_likely(data)
    if is_spaced(data) and _SURE.search(data) is not None:
        return *_western(data), True
    return GB, gb, not is_spaced(data)


def looks_chinese(data: bytes) -> bool:
    """Whether bytes beyond ASCII are common Chinese and no Western word."""
    if not is_chinese(data) or _is_word(data):
        return False
    runs = list(_RUN.finditer(data))
    if any(len(one[0]) > _LONGEST for one in runs):
        return True
    # A character or two alone: Chinese where Western letters would begin no word with them.
    return any(not _touches(data, one) for one in runs) or any(
        _LETTERS.fullmatch(one[0]) is None for one in runs
    )


def is_utf8(data: bytes) -> bool:
    """Whether bytes are UTF-8."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _is_own(text: str) -> bool:
    """Whether UTF-8 that could be Chinese in GB18030 shows itself: wide characters, or words."""
    wide = any(one > "\u07ff" for one in text)
    return wide or re.search("[A-Za-z][\u00c0-\u017f]+[a-z]", text) is not None


def _is_word(data: bytes) -> bool:
    """Whether every run of bytes beyond ASCII is one to three small letters within a Latin word."""
    runs = list(_RUN.finditer(data))
    return all(
        len(one[0]) <= _LONGEST and _SMALL.fullmatch(one[0]) is not None and _touches(data, one)
        for one in runs
    )


def is_spaced(data: bytes) -> bool:
    """Whether bytes beyond ASCII stand as the letters and signs of Western words do."""
    return all(_SPACED.fullmatch(one[0]) is not None for one in _RUN.finditer(data))


def is_western(data: bytes) -> bool:
    """The same, where one of them stands within a Latin word."""
    return is_spaced(data) and any(_touches(data, one) for one in _RUN.finditer(data))


def _is_likely(data: bytes) -> bool:
    """Whether a line has nothing that Western ones lack.

    Four letters beyond ASCII in a row, a sign within a word, a letter of Icelandic that is a common
    one of Turkish or Vietnamese, a byte that stands for nothing.
    """
    return not any(one.search(data) for one in (_LONG, _WITHIN, _RARE))


def _touches(data: bytes, run: re.Match[bytes]) -> bool:
    before, after = data[run.start() - 1 : run.start()], data[run.end() : run.end() + 1]
    return before.isalpha() or after.isalpha()


def _western(data: bytes) -> tuple[str, str]:
    try:
        return WESTERN, data.decode("cp1252")
    except UnicodeDecodeError:
        return LATIN, data.decode("latin-1")
