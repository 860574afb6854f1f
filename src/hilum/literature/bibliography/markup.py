"""Markup taken out of a text; a "<" that begins no tag is part of what the text says.

A tag is one that is closed somewhere in the text, or that stands alone by its nature (a line break,
a paragraph), written as tags are: a name, then attributes with a value each. So "size <b and n>5"
keeps its words, and so does a "<i>" that nobody closed.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from typing import Final

ALONE: Final = frozenset(
    {
        "br", "p", "hr", "li", "ul", "ol", "dl", "dt", "dd", "div", "img", "wbr", "h1", "h2", "h3",
        "h4", "h5", "h6", "table", "tr", "td", "th", "thead", "tbody", "script", "style", "iframe",
        "jats:p", "jats:title", "jats:sec",
        "original",  # what Embase prints before a title in its own language
    }
)  # fmt: skip
"""Tags that are often left open: of what stands alone, and of what an export may have cut off."""
CLOSED: Final = frozenset(
    {
        "b", "i", "u", "em", "strong", "sub", "sup", "inf", "small", "span", "font", "a", "italic",
        "bold", "tt", "s", "strike",
    }
)  # fmt: skip
"""Tags whose end is markup even where their beginning was cut off."""
_VALUE: Final = r"""(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>=]+)"""
_TAG: Final = re.compile(
    rf"<(/?)([A-Za-z][\w:.-]{{0,40}})((?:\s+[\w:.-]{{1,40}}\s*=\s*{_VALUE}){{0,12}})\s*(/?)>"
)
_SPACELESS: Final = frozenset({"img", "wbr", "script", "style", "iframe"})
_CDATA: Final = re.compile(r"<!\[CDATA\[|\]\]>")
_UNSAID: Final = (
    (re.compile("<!--"), re.compile("-->")),
    (re.compile(r"<script\b[^<>]*>", re.IGNORECASE), re.compile("</script>", re.IGNORECASE)),
    (re.compile(r"<style\b[^<>]*>", re.IGNORECASE), re.compile("</style>", re.IGNORECASE)),
)
"""How what is no text begins and ends: comments, programs, rules of printing."""


def _said(text: str) -> str:
    """The text without what is none."""
    for begin, end in _UNSAID:
        parts: list[str] = []
        at = 0
        while (found := begin.search(text, at)) is not None:
            stop = end.search(text, found.end())
            if stop is None:
                break
            parts.append(text[at : found.start()])
            at = stop.end()
        text = "".join((*parts, text[at:])) if at else text
    return _CDATA.sub("", text)


def without(text: str) -> str:
    """The text without its tags, comments and what they alone hold; its lines stay."""
    if "<" not in text:
        return text
    text = _said(text)
    ends = Counter(found[2].lower() for found in _TAG.finditer(text) if found[1])
    opened: Counter[str] = Counter()

    def told(found: re.Match[str]) -> str:
        name = found[2].lower()
        if name in ALONE:
            return "" if name in _SPACELESS else " "
        if found[1]:
            ends[name] -= 1
            known = name in CLOSED or opened[name] > 0
            opened[name] -= opened[name] > 0
            return "" if known else found[0]
        if found[4]:
            return ""
        if ends[name] > opened[name]:
            opened[name] += 1
            return ""
        return found[0]

    return _TAG.sub(told, text)


def plain(text: str) -> str:
    """The same with entities told, markup that stood behind them taken out as well."""
    text = without(text)
    return without(html.unescape(text)) if "&" in text else text
