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
# A number and its unit stay on one line; the letters of a drawing's path are none of them.
_UNIT: Final = re.compile(
    r" (?=(?:(?:mm|cm|m²|mL|mg|g/|µmol|umol|mmol|ng/|pg/|kg|GBq|MBq|Gy|mo|months?|years?"
    r"|weeks?|hours?|h|days?|points?|lesions?|%)(?![A-Za-z])|× ?10"
    r"|[个岁例项年月天周分次条种级名]))(?<=\d )"
    r"| (?=10[⁰¹²³⁴⁵⁶⁷⁸⁹])(?<=× )"
    # The ends of ECOG, Krenning, Child-Pugh and Ki-67, whose figure stands behind the name.
    r"| (?=[A-C]?\d)(?<=ECOG |ning |Pugh |i-67 )"
)
_APART: Final = re.compile(r"(<(style|script)\b.*?</\2>)", re.DOTALL)


def typeset(text: str, language: str) -> str:
    """A text or a piece of HTML with the punctuation of its language."""
    if language != CHINESE:
        return text
    from hilum.language.full_width import set_wide

    return set_wide(text)


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
        _UNIT.sub("\u00a0", _finished(piece, language)) if place % 3 == 0 else piece
        for place, piece in enumerate(_APART.split(html))
        if place % 3 < 2
    )


def _finished(html: str, language: str) -> str:
    if language != CHINESE:
        return html
    from hilum.language.full_width import ended, set_wide

    return ended(set_wide(html))
