"""Punctuation of Chinese: full width beside its characters; loaded where a text is in Chinese."""

from __future__ import annotations

import re
from typing import Final

# A character of Chinese, or one of its own signs: what stands beside it is set full width.
_LETTER: Final = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_WIDE: Final = f"{_LETTER}\u3001-\u303f\uff01-\uff60"
_SIGNS: Final = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！", ".": "。"}
# Tags inside a line: a sign stands beside what is on the other side of one.
_TAGS: Final = r"(?:</?(?:abbr|a|bdi|b|code|em|i|mark|small|span|strong|sub|sup)(?: [^<>]*)?>)*"
_AFTER: Final = re.compile(
    rf"(?<=[{_WIDE}])({_TAGS}) ?([,;?!.](?![A-Za-z0-9/.])|:(?!//))({_TAGS})[ \u00a0]*"
)
_BEFORE: Final = re.compile(rf"(?<=\S)([,;:?!])[ \u00a0]*({_TAGS})[ \u00a0]*(?=[{_LETTER}「《（“])")
_BRACKETS: Final = re.compile(r"[ \u00a0]?\(((?:[^()<>]|<[^<>]*>)*)\)")
# What may stand before a bracket, read backwards from it.
_LEFT: Final = re.compile(rf"[{_WIDE}]{_TAGS}\Z")
_FARTHEST: Final = 200
# An interval keeps the brackets of its digits.
_FIGURES: Final = re.compile(r"[\d.,–−\-%/<>≤≥ \u00a0\u202f]*")
_LETTERS: Final = re.compile(rf"[{_LETTER}]")
_ENTITY: Final = re.compile(r"&#?\w{1,8}\Z")
# A sign of full width has its own space.
_BEHIND: Final = re.compile(
    rf"[ \u00a0](?:(?<=[，；：？！。（）].)(?=[{_WIDE}])|(?<=[{_WIDE}].)(?=（))"
)
# The end of a sentence of Chinese that a tag closes, whose last word is a figure or a name behind a
# Chinese letter: what is quoted in other words keeps its own full stop.
_STOP: Final = re.compile(
    rf"(>[^<>]*[{_LETTER}] ?[\w%（）“”/+–-]{{1,24}})\.(?=\s*</(?:p|li|dd|td|small|span|summary)>)"
)
_PERCENT: Final = re.compile(r"(?<=\d)[ \u00a0\u202f]%")


def ended(html: str) -> str:
    """Sentences that end in a figure or a name, and percent signs beside their figure."""
    return _PERCENT.sub("%", _STOP.sub(r"\1。", html))


def set_wide(text: str) -> str:
    """A text in which what stands beside Chinese is set full width."""
    return "\n".join(
        _line(one) if _LETTERS.search(one) is not None else one for one in text.split("\n")
    )


def _line(text: str) -> str:
    # From the inner brackets to the outer ones.
    while (changed := _BRACKETS.sub(_bracketed, text)) != text:
        text = changed
    return _BEHIND.sub("", _BEFORE.sub(_before, _AFTER.sub(_after, text)))


def _after(found: re.Match[str]) -> str:
    return f"{found[1]}{_SIGNS[found[2]]}{found[3]}"


def _before(found: re.Match[str]) -> str:
    # The end of an entity is no sign.
    if found[1] == ";" and _ENTITY.search(found.string, max(0, found.start() - 10), found.start()):
        return found[0]
    return f"{_SIGNS[found[1]]}{found[2]}"


def _bracketed(found: re.Match[str]) -> str:
    text, start = found.string, found.start()
    if _FIGURES.fullmatch(found[1]):
        return found[0]
    if _LETTERS.search(found[1]) is None:
        left = text[max(0, start - _FARTHEST) : start]
        if _LEFT.search(left) is None:
            return found[0]
    return f"（{found[1]}）"
