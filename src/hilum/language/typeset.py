"""Punctuation as a language sets it: full width beside Chinese characters; units on their line.

What a page says is put together from parts: names, figures, words of a case. A sentence of a
catalogue brings its own signs; those between the parts are set here, once, where a text leaves for
a page or a terminal. Signs between Latin words, digits and units stay as they are, and so does
what a tag, a link or a style sheet needs.
"""

from __future__ import annotations

import re
from typing import Any, Final, cast

CHINESE: Final = "zh-Hans"
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
# A number and its unit stay on one line; the letters of a drawing's path are none of them.
_UNIT: Final = re.compile(
    r" (?=(?:(?:mm|cm|m²|mL|mg|g/|µmol|umol|mmol|ng/|pg/|kg|GBq|MBq|Gy|mo|months?|years?"
    r"|weeks?|hours?|h|days?|points?|lesions?|%)(?![A-Za-z])|× ?10"
    r"|[个岁例项年月天周分次条种级名]))(?<=\d )"
    r"| (?=10[⁰¹²³⁴⁵⁶⁷⁸⁹])(?<=× )"
    # The ends of ECOG, Krenning, Child-Pugh and Ki-67, whose figure stands behind the name.
    r"| (?=[A-C]?\d)(?<=ECOG |ning |Pugh |i-67 )"
)
# The end of a sentence of Chinese that a tag closes, whose last word is a figure or a name behind a
# Chinese letter: what is quoted in other words keeps its own full stop.
_STOP: Final = re.compile(
    rf"(>[^<>]*[{_LETTER}] ?[\w%（）“”/+–-]{{1,24}})\.(?=\s*</(?:p|li|dd|td|small|span|summary)>)"
)
_PERCENT: Final = re.compile(r"(?<=\d)[ \u00a0\u202f]%")
_APART: Final = re.compile(r"(<(style|script)\b.*?</\2>)", re.DOTALL)


def typeset(text: str, language: str) -> str:
    """A text or a piece of HTML with the punctuation of its language."""
    if language != CHINESE:
        return text
    return "\n".join(
        _line(one) if _LETTERS.search(one) is not None else one for one in text.split("\n")
    )


def typeset_parts(parts: object, language: str) -> Any:
    """Every text of what a page is set from; what is HTML already stays for the page."""
    if language != CHINESE:
        return parts
    if isinstance(parts, str):
        return parts if hasattr(parts, "__html__") else typeset(parts, language)
    if isinstance(parts, dict):
        found = cast("dict[object, object]", parts)
        return {key: typeset_parts(value, language) for key, value in found.items()}
    if isinstance(parts, list):
        listed = cast("list[object]", parts)
        return [typeset_parts(one, language) for one in listed]
    return parts


def typeset_page(html: str, language: str) -> str:
    """A page of HTML in the punctuation of its language, no line between a number and its unit.

    Styles and scripts are left alone.
    """
    # A text, then a style or script whole and the name of its tag, and again.
    return "".join(
        _UNIT.sub("\u00a0", _ended(typeset(piece, language), language)) if place % 3 == 0 else piece
        for place, piece in enumerate(_APART.split(html))
        if place % 3 < 2
    )


def _ended(html: str, language: str) -> str:
    """Chinese sentences that end in a figure or a name, and percent signs beside their figure."""
    if language != CHINESE:
        return html
    return _PERCENT.sub("%", _STOP.sub(r"\1。", html))


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
