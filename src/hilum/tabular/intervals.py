"""Intervals that a table holds in one column, as papers print them: each becomes two limits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hilum.errors import Fault, InputError, phrased
from hilum.tabular.columns import bare, synonyms
from hilum.tabular.levels import REPORTED, levels_stated, limits_of_level, plain_level
from hilum.tabular.values import MISSING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hilum.errors import Phrase
    from hilum.tabular.rows import Row

LIMITS: Final = (("lower", "upper"), ("ci_lb", "ci_ub"))
"""What analyses call the two limits; the first pair that is asked for is made."""
EFFECTS: Final = ("hazard_ratio", "hr", "yi", "TE")
"""Effects of which every cell may hold the interval too, whatever its head says."""
LEVEL: Final = "95"
"""Percent of the intervals that limits are taken for."""
# How the head of a column says that intervals stand in it; and an estimate before it.
_NAMED = re.compile(
    r"(?:(?P<estimate>\D.*?)(?:[\s,;:(\[（【/_]+|(?=[89]\d\s*[%％])))?"
    r"(?:(?P<level>[89]\d(?:[.,]\d+)?)\s*[%％]?[\s_-]*)?"
    r"(?:c\.?\s?i\.?|cr\.?i\.?|confidence[\s_]+(?:interval|limits)|credible[\s_]+interval"
    r"|interval|ki|konfidenzintervall|ic|置信区间|可信区间)"
    r"(?:[\s,;(]*(?P<after>[89]\d(?:[.,]\d+)?)\s*[%％]?)?\s*[)\]）】]?",
    re.IGNORECASE,
)
# Three digits after a comma may be thousands, which a table does not hold.
_SIGNED = (
    r"[+\u2212-]?\s?(?:\d*[.\u00b7]\d+|0,\d+|\d+,(?:\d{1,2}|\d{4,})(?!\d)|\d+(?![.,\u00b7]?\d))"
)
_NOT_REACHED = r"\bn\.?r\.?|\bn\.?e\.?|\bnot[\s_]+(?:reached|estimable)|未达到|∞"
# A hyphen between two numbers parts them; a comma does where it is not the sign of decimals.
_APART = r"\s*(?:\bto\b|\bbis\b|\bà\b|\ba\b|至|到|[–—\u2212~～-]|;|；)\s*"
_LISTED = r"\s*(?:,\s+|，\s*|,(?=[+\u2212-]?\d*\.\d))"
_OPEN, _SHUT = r"[(\[（【]?\s*", r"\s*[)\]）】]?"
# A cell's own word on the level of its limits: "95% CI 0.50-0.98" in brackets.
_SAID = (
    r"(?:(?P<own>[89]\d(?:[.,]\d+)?)\s*[%％]?\s*(?:c\.?\s?i\.?|confidence[\s_]+interval|ki|ic"
    r"|置信区间|可信区间)(?![^\W\d_])\s*[:,=：，]?\s*)?"
)
_OF_HUNDRED = r"(?:\s?[%％])?"
_LIMITS = (
    rf"{_OPEN}{_SAID}(?P<low>{_SIGNED}{_OF_HUNDRED})(?:{_APART}|{_LISTED})"
    rf"(?P<high>{_SIGNED}{_OF_HUNDRED}|{_NOT_REACHED}){_SHUT}"
)
_INTERVAL = re.compile(_LIMITS, re.IGNORECASE)
_TWO = re.compile(r".*\d\D+\d.*|.*\d[.,]\d+\D+\d.*")
_WITH = re.compile(
    rf"(?P<estimate>{_SIGNED}{_OF_HUNDRED}|{_NOT_REACHED})[\s,;:]*(?=[(\[（【]){_LIMITS}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Parted:
    """Rows with the limits in columns of their own, and what is said of it.

    ``column`` is the file's column that was parted, ``level`` the percent that it states.
    """

    rows: tuple[Row, ...]
    said: tuple[Phrase, ...] = ()
    column: str = ""
    level: str = ""


def part_intervals(
    file: str,
    rows: tuple[Row, ...],
    wanted: Iterable[str],
    own: str | None = None,
    level: str = "",
) -> Parted:
    """Rows whose only column of intervals is parted into the two limits that are asked for.

    Only where no column holds a limit already. A column is one of intervals where a user says so
    (``own``), or its head does ("95% CI", "HR (95% CI)") and a cell holds one, or it is one of
    :data:`EFFECTS` and every cell holds an estimate and its interval; an estimate before the
    interval becomes a column of what the head calls it. Where reports of survival are asked for
    (:data:`hilum.tabular.levels.REPORTED`), intervals of any level are read: of ``level`` (percent)
    where it is given, else those of 95 % first; elsewhere those of 95 % alone.

    Raises
    ------
    InputError
        A cell of such a column that is no interval, or two such columns.
    """
    asked = set(wanted)
    names = next((pair for pair in LIMITS if set(pair) <= asked), None)
    header = rows[0][1]
    if names is None or (own is None and _has_limits(header, names)):
        return Parted(rows)
    read = _levels_read(rows, names, level)
    if own is None and names == REPORTED and limits_of_level(file, header, read):
        return Parted(rows)
    places, said = _places(file, rows, own, read)
    places = places or _effects(rows, asked)
    if len(places) > 1:
        both = ", ".join(header[place] for place in places)
        expected = phrased(
            "one column of intervals, or columns {lower} and {upper}",
            lower=names[0],
            upper=names[1],
        )
        raise InputError(Fault(file, rows[0][0], names[0], both, expected))
    if not places:
        return Parted(rows, said)
    heads, out = _parted(file, rows, places[0], names)
    own_level = _one_level(file, rows, places[0], names, level)
    told = phrased(
        "{file}: column {column} is read as {names}",
        file=file,
        column=header[places[0]],
        names=", ".join(heads),
    )
    return Parted(out, (*said, told), header[places[0]], own_level)


def names_intervals(name: str) -> bool:
    """Whether a user's name for a column means its intervals."""
    return _head(name) is not None


def limits_in(text: str) -> tuple[str, str] | None:
    """The two limits of an interval, with plain signs; the upper one may be NR."""
    found = _INTERVAL.fullmatch(text.strip())
    if found is None or found["own"]:
        return None
    return (_plain(found["low"]), _plain(found["high"]))


def _levels_read(rows: Sequence[Row], names: Sequence[str], level: str) -> str:
    """The level (percent) of the columns that are read: the one asked for, 95, or the only one."""
    if names != REPORTED:
        return LEVEL
    header = rows[0][1]
    heads = [(place, found) for place, cell in enumerate(header) if (found := _head(cell))]
    held = {_level(found) for place, found in heads if _holds(rows[1:], place, _TWO)}
    held |= levels_stated(header)
    if level and level in held:
        return level
    if not held or held & {"", LEVEL} or len(held) > 1:
        return LEVEL
    return held.pop()


def _places(
    file: str, rows: Sequence[Row], own: str | None, level: str
) -> tuple[list[int], tuple[Phrase, ...]]:
    """Columns of intervals, and what is said of those of another level."""
    header = rows[0][1]
    if own is not None:
        like = [place for place, cell in enumerate(header) if bare(cell) == bare(own)]
        if not like:
            expected = phrased("one of {known}", known=", ".join(header))
            raise InputError(Fault(file, rows[0][0], "columns", own, expected))
        return like, ()
    heads = [(place, found) for place, cell in enumerate(header) if (found := _head(cell))]
    held = [(place, found) for place, found in heads if _holds(rows[1:], place, _TWO)]
    read = [place for place, found in held if _level(found) in ("", level)]
    other = [place for place, _ in held if place not in read]
    message = "{file}: column {column} is left unread: its intervals are not of {level} %"
    return read, tuple(
        phrased(message, file=file, column=header[place], level=level) for place in other
    )


def _effects(rows: Sequence[Row], asked: Iterable[str]) -> list[int]:
    """Columns of an effect all of whose cells hold its interval too."""
    known = {
        name for one in EFFECTS if one in asked for name in (bare(one), *synonyms().get(one, ()))
    }
    cells = {
        place: [told for _, row in rows[1:] if (told := row[place].strip()).lower() not in MISSING]
        for place, head in enumerate(rows[0][1])
        if bare(head) in known
    }
    return [place for place, own in cells.items() if own and all(map(_WITH.fullmatch, own))]


def _parted(
    file: str, rows: Sequence[Row], place: int, names: Sequence[str]
) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    """The new columns' names, and the rows with them."""
    header = rows[0][1]
    estimate = _estimate(header, rows[1:], place)
    heads = (*([] if estimate is None else [estimate]), *names)
    groups = ("low", "high") if estimate is None else ("estimate", "low", "high")
    shape = _WITH if _holds(rows[1:], place, _WITH) else _INTERVAL
    out, faults = [_inserted(rows[0], place, heads)], list[Fault]()
    for line, cells in rows[1:]:
        cell = cells[place].strip()
        found = shape.fullmatch(cell)
        if found is None and cell.lower() not in MISSING:
            example = "0.50 to 0.98" if shape is _INTERVAL else "0.70 (0.50 to 0.98)"
            expected = phrased("an interval such as {example}, or empty", example=example)
            faults.append(Fault(file, line, header[place], cell, expected))
        parts = [_plain(found[name]) if found else "" for name in groups]
        out.append(_inserted((line, cells), place, parts))
    if faults:
        raise InputError(*faults)
    return heads, tuple(out)


def _one_level(file: str, rows: Sequence[Row], place: int, names: Sequence[str], asked: str) -> str:
    """The level (percent) that a column of intervals states, in its head or in its cells.

    Raises
    ------
    InputError
        Cells of several levels, or of another than the head; some that state none beside others of
        a level that is not the usual one and was not asked for.
    """
    head = rows[0][1][place]
    named = _head(head)
    of_head = "" if named is None else _level(named)
    cells = [(line, row[place].strip()) for line, row in rows[1:]]
    shapes = ((_WITH.fullmatch(cell) or _INTERVAL.fullmatch(cell)) for _, cell in cells)
    own = [
        (line, cell, plain_level(found["own"]) if found["own"] else "")
        for (line, cell), found in zip(cells, shapes, strict=True)
        if found is not None
    ]
    level = of_head or (LEVEL if names != REPORTED else next((o for *_, o in own if o), ""))
    silent = of_head or level in ("", LEVEL, asked)
    wanted = phrased("an interval of {level} %, as the others of its column", level=level)
    faults = [
        Fault(file, line, head, cell, wanted)
        for line, cell, stated in own
        if stated != level and (stated or not silent)
    ]
    if faults:
        raise InputError(*faults)
    return level


def _estimate(header: Sequence[str], rows: Sequence[Row], place: int) -> str | None:
    """What the head calls the estimate before the intervals; None where no new column is due."""
    head = _head(header[place])
    name = header[place] if head is None else (head["estimate"] or "").strip(" ,;:_-([")
    there = any(bare(name) == bare(one) for n, one in enumerate(header) if n != place)
    return None if not name or there or not _holds(rows, place, _WITH) else name


def _has_limits(header: Sequence[str], names: Sequence[str]) -> bool:
    known = set().union(*({bare(name)} | synonyms().get(name, frozenset()) for name in names))
    return any(bare(cell) in known for cell in header)


def _head(cell: str) -> re.Match[str] | None:
    return _NAMED.fullmatch(cell.strip())


def _level(found: re.Match[str]) -> str:
    said = found["level"] or found["after"] or ""
    return said and plain_level(said)


def _holds(rows: Sequence[Row], place: int, shape: re.Pattern[str]) -> bool:
    return any(shape.fullmatch(cells[place].strip()) for _, cells in rows)


def _inserted(row: Row, place: int, parts: Sequence[str]) -> Row:
    line, cells = row
    return line, (*cells[:place], *parts, *cells[place + 1 :])


def _plain(text: str) -> str:
    """A number with the plain signs of a table; NR as it is written everywhere."""
    if not re.search(r"\d", text):
        return "NR"
    return (
        re.sub(r"\s", "", text)
        .replace("\u2212", "-")
        .replace(",", ".")
        .replace("\u00b7", ".")
        .replace("％", "%")
    )
