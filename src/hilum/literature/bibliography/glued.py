"""Authors of one cell told apart, whichever way a program glued them.

A comma stands between two authors ("Ek A, Berg O"), or between the family and the given name of
one ("Le Treut, Y. P."), or within the name of an office ("World Health Organization, Regional
Office"). What decides is the initials; where there are none, how the other cells of the column are
written; else the names stay together and that is said.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

IN_DOUBT: Final = "one author or several: the names stand as printed"
_LONGEST: Final = 4
"""Letters of initials that stand without points."""
_SUFFIX: Final = re.compile(r"(?:Jr|Sr|II|III|IV|2nd|3rd)\.?")
_GROUP: Final = re.compile(
    r"\b(?:agency|alliance|association|board|bureau|cent(?:er|re)|clinic|college|collaborat\w+|"
    r"commission|committee|consortium|cooperative|council|department|division|federation|"
    r"foundation|group|hospital|institut\w*|investigators|laborator\w+|ministry|network|office|"
    r"organi[sz]ation|panel|program(?:me)?|registry|school|service|society|study|team|trial\w*|"
    r"union|universit\w+|working|workshop)\b",
    re.IGNORECASE,
)
_MORE: Final = re.compile(r"[,;]?\s(et al\.?)$", re.IGNORECASE)
# "Family, Given": most of all values of a tag.
_PLAIN: Final = re.compile(r"[\w'-]+(?:,? [\w'.-]+)?", re.ASCII)
_AND: Final = re.compile(r"\s(?:and|&)\s")
_WIDE: Final = "\u2e80"
"""From here on scripts without blanks between family and given name."""


def split(text: str, *, commas: bool = False) -> list[str]:
    """Authors of one cell.

    ``commas`` says that the cells of the column have commas between their authors.
    """
    text = re.sub("[\uff1b\u3001]", ";", text).strip().rstrip(";,")
    if (found := _MORE.search(text)) is not None:
        return [*split(text[: found.start()], commas=commas), found[1]]
    for between in (";", "|"):
        if between in text:
            return [one.strip() for one in text.split(between)]
    parts = [one.strip(" ,") for one in re.split(r"\s+(?:and|&)\s+", text)]
    if len(parts) > 1:
        if _GROUP.search(parts[0]) is None or any(map(_is_named, parts)):
            return [name for one in parts for name in split(one, commas=commas)]
        return [text]
    parts = [one.strip() for one in re.split("[,\uff0c]", text)]
    return _split(parts, commas=commas) or [text]


def _split(parts: list[str], *, commas: bool) -> list[str]:
    """Authors of what stands between commas; none where all of it is one."""
    if len(parts) == 1:
        return []
    if all(one[:1] > _WIDE for one in parts):
        return parts
    if any(map(_is_initials, parts)):
        return _paired(parts)
    if not all(" " in one or one[:1] > _WIDE for one in parts):
        return []
    if _is_office(parts):
        return []
    told = all(_is_named(one) or _GROUP.search(one) is not None for one in parts)
    return parts if told or commas or len(parts) > 2 else []


def _is_initials(text: str) -> bool:
    """Whether a text is initials and nothing else: "Y. P.", "JH", "J.-P."."""
    runs = re.split(r"[\s.-]+", text.strip(" .-"))
    longest = _LONGEST if len(runs) == 1 else 1
    return all(0 < len(one) <= longest and one.isupper() for one in runs)


def _is_named(name: str) -> bool:
    """Whether a name ends in initials, or in what stands behind them ("Jr.")."""
    words = name.split()
    while len(words) > 1 and _SUFFIX.fullmatch(words[-1]):
        words.pop()
    return len(words) > 1 and _is_initials(words[-1]) and not _is_initials(" ".join(words))


def _is_office(parts: list[str]) -> bool:
    """Whether the name of an office stands first and no person behind it."""
    return _GROUP.search(parts[0]) is not None and not any(map(_is_named, parts[1:]))


def _paired(parts: list[str]) -> list[str]:
    """Family and initials in turn; none where they do not come in turn, or are of one alone."""
    found: list[str] = []
    rest = list(parts)
    while rest:
        family = rest.pop(0)
        if _is_initials(family) or not rest or not _is_initials(rest[0]):
            return []
        name = f"{family}, {rest.pop(0)}"
        if rest and _SUFFIX.fullmatch(rest[0]):
            name = f"{name}, {rest.pop(0)}"
        found.append(name)
    return found


def in_doubt(text: str, found: list[str], listed: str = "") -> bool:
    """Whether a name that was left whole may be several authors.

    ``listed`` is what stands between authors: ``FIXED`` where the format says that a comma stands
    within a name, ``SEMICOLONS`` where the other cells of the column do.
    """
    if ";" in text:
        return False
    named = [[one for one in _parts(name) if not _SUFFIX.fullmatch(one)] for name in found]
    named = [parts for parts in named if parts and _GROUP.search(parts[0]) is None]
    if any(len(parts) > 2 for parts in named):
        return True
    pairs = [parts for parts in named if len(parts) == 2 and not _is_given(parts)]
    # "Ek, Ann and Berg, Bo" has a comma in each; "Ek, Berg and Lund" may be a list.
    if listed == SEMICOLONS:
        pairs = [parts for parts in pairs if all(" " in part for part in parts)]
    return bool(pairs) and listed != FIXED and (len(named) == 1 or len(pairs) < len(named))


def _is_given(parts: list[str]) -> bool:
    """Whether of two parts the second is surely a given name: initials, or "John K" of one word."""
    return _is_initials(parts[1]) or (" " not in parts[0] and _is_named(parts[1]))


def one_each(values: Iterable[str]) -> tuple[list[str], bool]:
    """Authors of tags that hold one each ("Family, Given, Suffix"), and whether some are in doubt.

    What is surely several is told apart: names with a semicolon between them, and names that end in
    initials ("Ek A, Berg O"; "Ek, A., Berg, O.").
    """
    found: list[str] = []
    doubt = False
    for value in values:
        if _PLAIN.fullmatch(value):
            found.append(value)
            continue
        for one in _apart(html.unescape(value)):
            parts = _parts(one)
            if len(parts) > 1 and all(map(_is_named, parts)):
                found += parts
            elif len(parts) > 3 and (pairs := _paired(parts)):
                found += pairs
            elif len(parts) > 2 and all(part[:1] > _WIDE and len(part) > 1 for part in parts):
                found += parts
            else:
                found.append(one)
                bare = [part for part in parts if not _SUFFIX.fullmatch(part)]
                doubt = doubt or _may_be_several(one, bare)
    return found, doubt


def _may_be_several(name: str, parts: list[str]) -> bool:
    """Whether what a tag holds may be more than one author, although nothing tells them apart."""
    if not parts or _GROUP.search(name):
        return False
    listed = len(parts) > 3 or (len(parts) == 2 and min(map(_wide, parts)) > 1)
    # "Ek, John K" is one author, "Ek J, Berg" may be two.
    mixed = len(parts) > 1 and _is_named(parts[0])
    return listed or mixed or _AND.search(name) is not None


def _wide(text: str) -> int:
    """Letters of a text that is Chinese, Japanese or Korean; 0 of another."""
    return len(text) if text[:1] > _WIDE else 0


def _parts(name: str) -> list[str]:
    return [part for one in re.split("[,\uff0c]", name) if (part := one.strip())]


def _apart(text: str) -> list[str]:
    """What stands between semicolons, the commas of a Chinese list, and ends of lines."""
    found: list[str] = []
    for one in re.split(r"[;\uff1b\u3001]", text):
        lines = [line.strip(" ,") for line in one.split("\n") if line.strip(" ,")]
        own = len(lines) > 1 and all("," in line or _is_named(line) for line in lines)
        found += lines if own else [" ".join(one.split())]
    return [one for one in found if one]


COMMAS: Final = "commas"
SEMICOLONS: Final = "semicolons"
FIXED: Final = "fixed"


def between_authors(cells: Iterable[str]) -> str:
    """What the cells of a column tell of what stands between their authors; empty where nothing.

    Semicolons where one cell has them; commas where one has three names or more of two words each.
    """
    told = ""
    for one in cells:
        if re.search("[;\uff1b]", html.unescape(one).strip().rstrip(";")):
            return SEMICOLONS
        parts = [part.strip() for part in one.split(",")]
        if (
            len(parts) > 2
            and not _is_office(parts)
            and all(" " in part and not _is_initials(part) for part in parts)
        ):
            told = COMMAS
    return told
