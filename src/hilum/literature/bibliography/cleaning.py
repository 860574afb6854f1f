"""Values as they are meant: without markup and entities, identifiers in their one form."""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from hilum.literature.bibliography import markup

if TYPE_CHECKING:
    from collections.abc import Iterable

MISSING: Final = frozenset({"na", "n/a", "nan", "null", "none", "unknown", "-"})
NOBODY: Final = frozenset({"anonymous", "anon", "[anonymous]", "anonymous.", "unknown"})
OTHERS: Final = frozenset({"et al", "et al.", "and others", "\u7b49"})
"""What stands for authors that are not named."""
CUT: Final = "the list of authors is incomplete"
_DOI: Final = re.compile(r"10\.\d{4,9}(?:\.\d+)*/\S+", re.IGNORECASE)
_SAID: Final = re.compile(r"(?:doi\.org/|\bdoi\s*[:=]?\s*|^)(10\.\d{4,9}(?:\.\d+)*/\S+)", re.I)
_YEAR: Final = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")
_SPACE: Final = re.compile(r"[ \t\r\n\u00a0\u2009\u202f]+")
_HYPHEN: Final = re.compile("[\u2010\u2011]")
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ISBN: Final = re.compile(
    r"(?<![\dX])(97[89][- ]?(?:\d[- ]?){9}[\dX]|(?:\d[- ]?){9}[\dX])(?![\dX])"
)
_ISSN: Final = re.compile(r"(?<![\dX-])(\d{4})-?(\d{3}[\dXx])(?![\dX-])")


def plain(text: str) -> str:
    """Text without markup, entities, control characters and folded lines."""
    return _SPACE.sub(" ", _CONTROL.sub("", markup.plain(text))).strip()


def said(text: str) -> str:
    """The same; empty where the value says that there is none."""
    found = plain(text)
    return "" if found.lower() in MISSING else found


def paragraph(text: str) -> str:
    """A longer text: its lines stay lines, and markup may reach over several."""
    return "\n".join(one for one in map(said, markup.plain(text).split("\n")) if one)


def authors(names: list[str]) -> tuple[str, ...]:
    """Names cleaned; who is nobody left out, and what stands for others."""
    found = (said(one).strip(" ,;") for one in names)
    return tuple(one for one in found if one and one.lower() not in NOBODY | OTHERS)


def cut(names: Iterable[str]) -> bool:
    """Whether a list of authors says that it has more."""
    return any(one.strip(" ,;").lower() in OTHERS for one in names)


@lru_cache(4096)
def year(text: str) -> int | None:
    """The first thing in a text that can be a year of publication."""
    found = _YEAR.search(text)
    return int(found[1]) if found else None


def doi(text: str, *, loose: bool = False) -> str:
    """A DOI in lower case without its resolver; empty where there is none.

    ``loose`` asks that a text names it as one ("doi: 10...", an address of the resolver).
    """
    if "10." not in text and "10%2" not in text.lower():
        return ""
    text = html.unescape(unquote(text) if "%" in text else text)
    found = (_SAID if loose else _DOI).search(text)
    if found is None:
        return ""
    one = (found[1] if loose else found[0]).lower()
    one = re.split(r"[;,]$|[\"'\s]|&(?!lt|gt)|;(?=\s|$)|\[doi\]", one)[0]
    one = one.rstrip(".,;:")
    while one and one[-1] in ")]}>" and one.count(one[-1]) > one.count(_OPENS[one[-1]]):
        one = one[:-1].rstrip(".,;:")
    return "" if one.startswith(OF_CENTRAL) else one


OF_CENTRAL: Final = "10.1002/central/"
"""How the Cochrane Library begins what stands as DOI of CENTRAL's records: its number there, which
no resolver knows."""


_OPENS: Final = {")": "(", "]": "[", "}": "{", ">": "<"}


def issns(text: str) -> list[tuple[str, str]]:
    """ISSN and ISBN in a field that may hold both, several times."""
    found: list[tuple[str, str]] = []
    for one in _ISBN.findall(text):
        found.append(("isbn", re.sub(r"[- ]", "", one)))
    rest = _ISBN.sub(" ", text)
    found += [("issn", f"{a}-{b.upper()}") for a, b in _ISSN.findall(rest)]
    return list(dict.fromkeys(found))


def pages(first: str, last: str = "") -> str:
    """Pages as "first-last", also with Unicode's own hyphens; one alone as it stands."""
    first, last = (_HYPHEN.sub("-", said(one)) for one in (first, last))
    if (first.lower(), last.lower()) == ("no", "specified"):
        return ""  # what Ovid prints
    if not last or last == first:
        return first
    return f"{first}-{last}" if first and "-" not in first else first or last


def unique(pairs: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Identifiers once each, in their order."""
    return tuple(dict.fromkeys((scheme, value) for scheme, value in pairs if value))


def whole_pages(text: str) -> str:
    """Pages with shortened ends made whole, without the discussion: "12-3, 15" is "12-13, 15"."""
    parts: list[str] = []
    for one in text.partition(";")[0].split(","):
        first, dash, last = one.strip().partition("-")
        if dash and first.isdigit() and last.isdigit() and len(last) < len(first):
            last = first[: len(first) - len(last)] + last
        parts.append(f"{first}{dash}{last}")
    return ", ".join(parts)
