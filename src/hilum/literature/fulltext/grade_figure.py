"""Whether a figure can be the outcome's by its own counts, time and middle."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hilum.literature.fulltext.doubts import Clause, carrier, hidden
from hilum.literature.fulltext.links import unknown
from hilum.literature.fulltext.numerals import COUNT, is_share, number
from hilum.literature.fulltext.tokens import times_of

if TYPE_CHECKING:
    from hilum.literature.fulltext.clause import Owned

_FIGURES: Final = ("share", "number", "missing")
_CENTRE: Final = re.compile(r"\b(?:median|mean|average)s?\b|中位", re.IGNORECASE)
_OF_ITS_TIME: Final = re.compile(r"mortality_\d+d")
_DAYS: Final = re.compile(
    r"\b(?:\d+|thirty|sixty|ninety|one|two|three|six|twelve)[ -](?:days?|months?|years?)\b"
    r"|\bhospital\b",
    re.I,
)


def other_time(clause: Clause, one: Owned) -> bool:
    """Whether a time stands between an outcome of a time of its own and its figure."""
    since = one.mention.end
    between = _DAYS.search(clause.text, since, max(since, one.token.start))
    return between is not None and _OF_ITS_TIME.match(one.mention.outcome) is not None


def in_bracket(clause: Clause, one: Owned) -> bool:
    """Whether a figure in brackets stands there beside others that belong to nobody."""
    text, token = clause.text, one.token
    opened = text.rfind("(", 0, token.start + 1)
    if opened < 0 or text.find(")", opened, token.start) >= 0:
        return False
    closed = text.find(")", token.start)
    closed = len(text) if closed < 0 else closed
    owned = {p.token.start for p in clause.pairs}
    return any(
        opened < t.start < closed and t.kind == "number" and "unit" not in t.texts
        and t.start not in owned
        and not text[min(t.end, token.end) : max(t.start, token.start)].strip(" ;,")
        for t in clause.found
        if t is not token
    )  # fmt: skip


# "71 % of the first recurrences": of events, not of patients.
_OF_EVENTS: Final = re.compile(
    r"[\s)\],]*of (?:the |all |these |those )?(?:[\w-]+ ){0,2}(?:recurrences|relapses|deaths|events"
    r"|respons(?:es|ders)|complications|progressions|failures|toxicities)\b",
    re.IGNORECASE,
)


# "41 of 66 recurrences": so many of the events.
_EVENTS_THEMSELVES: Final = re.compile(
    r"\s*(?:first |local |hepatic |intrahepatic |all )?(?:recurrences|relapses|deaths|progressions"
    r"|responses|complications|toxicities)\b",
    re.IGNORECASE,
)


# "13 of 30 treated lobes" are no patients.
_OF_PARTS: Final = re.compile(
    r"[\s)\],]*(?:[a-z-]+ ){0,2}"
    r"(?:lobes|segments|nodules|hemilivers|livers|vessels|arteries|scans)\b"
)


def of_other_counts(clause: Clause, one: Owned) -> bool:
    """Whether a share is of events, or of no number of patients that the paper prints."""
    parts = one.token.texts
    if "n" in parts and _OF_PARTS.match(clause.text, one.token.end):
        return True
    if "n" in parts and _EVENTS_THEMSELVES.match(clause.text, one.token.end):
        return True
    if one.token.kind == "share" and _OF_EVENTS.match(clause.text, one.token.end):
        return True
    if one.token.kind != "share" or not {"events", "percent"} <= set(parts):
        return False
    events, percent = number(parts["events"]), parts["percent"]
    if number(percent) > 100:
        return True
    if "n" in parts:
        return not is_share(events, number(parts["n"]), percent)
    fits = {n for n in clause.known if n >= events and is_share(events, n, percent)}
    return events > 0 and not fits and not _agreed(clause)


def _agreed(clause: Clause) -> bool:
    """Whether three shares or more, each without its n, are of one number of patients."""
    parts = [
        (number(t.texts["events"]), t.texts["percent"]) for t in clause.found
        if t.kind == "share" and {"events", "percent"} == set(t.texts) - {"of"}
    ]  # fmt: skip
    most = int(max((events for events, _ in parts), default=0))
    return len(parts) > 2 and any(
        all(is_share(events, n, percent) for events, percent in parts)
        for n in range(max(most, 1), 40 * most + 1)
    )


# "75 % after one year, 41 % [after three] and 29 % [after five]".
_ELLIPSIS: Final = re.compile(
    rf"[\s)\],]*(?:after|at|by) {COUNT}(?=\s*(?:[,;.)]|$|and\b|or\b|but\b))", re.IGNORECASE
)


def timed(clause: Clause, one: Owned) -> bool:
    """Whether the time of a rate stands beside its outcome or its figure."""
    month = clause.months.get(one.token.start)
    if _ELLIPSIS.match(clause.text, one.token.end):
        return False
    last = carrier(clause, one)
    since = last.token.end if last else one.mention.start
    between = [t for t in clause.found if t.kind == "times" and since <= t.start < one.token.start]
    if len(between) > 1:
        return False
    for t in clause.found:
        if t.kind != "times" or month not in times_of(t):
            continue
        if one.mention.start <= t.start <= one.token.end + 60:
            return True
        if not unknown(hidden(clause, t.end, min(one.mention.start, one.token.start))):
            return True
    return False


def centred(clause: Clause, one: Owned) -> bool:
    """Whether the last median or mean before the figure is of the figure's outcome."""
    if re.match(r"h?m[A-Z]", one.mention.text):
        return True
    said = list(_CENTRE.finditer(clause.text, 0, one.token.start))
    if not said or said[-1].start() >= one.mention.start:
        return True
    own = {
        p.token.start for p in clause.pairs
        if "median" in p.mention.measures and p.mention.outcome not in ("", "follow_up")
    }  # fmt: skip
    at = said[-1].end()
    strange = [
        t for t in clause.found
        if at <= t.start < min(one.mention.start, one.token.start)
        and t.kind in _FIGURES and t.start not in own
    ]  # fmt: skip
    between = [m for m in clause.named if at <= m.start < one.mention.start and not m.outcome]
    return not strange and not between
