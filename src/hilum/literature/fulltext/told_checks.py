"""What one sentence tells of itself and does not hold: sums, conversions, changes, periods."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from hilum.literature.fulltext.finding import Finding
from hilum.literature.fulltext.numerals import COUNT, NUMBER, decimals, is_share, number
from hilum.literature.fulltext.tables import heads_of, lines_of
from hilum.literature.fulltext.tokens import tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from hilum.literature.fulltext.sentences import Sentence

_PERCENT: Final = rf"{NUMBER}(?= ?(?:%|per ?cent))"
_RESPONSES: Final = tuple(
    re.compile(one, re.IGNORECASE)
    for one in (
        r"\bcomplete\b|\bCRs?\b", r"\bpartial\b|\bPRs?\b", r"\bstab(?:le|il)|\bSD\b",
        r"\bprogress|\bPDs?\b",
    )
)  # fmt: skip
# "29 patients were stable (48.3 %)".
_COUNTED: Final = re.compile(
    rf"(?<![\w.,/])(?P<events>{COUNT})(?: [a-z-]+){{0,4}} \((?P<percent>{_PERCENT}) ?(?:%"
    rf"|per ?cent)\)",
    re.IGNORECASE,
)
_CENTRES: Final = re.compile(
    rf"(?P<all>{COUNT}) (?:[\w-]+ ){{0,4}}?(?:patients|participants|subjects|adults|cases)\b"
    rf"[^.;:()]*[:(] ?(?P<list>{COUNT} (?:were )?(?:in|at|from) [A-Z][\w ]{{2,20}}"
    rf"(?:, (?:and )?{COUNT} (?:in|at|from) [A-Z][\w ]{{2,20}})*,? and {COUNT} (?:in|at"
    rf"|from) [A-Z])"
)
# "Liver abscess in 15 patients: 9 after TAE and 8 after TACE".
_OF_TWO: Final = re.compile(
    rf"(?<![\w.,/])(?P<all>{COUNT}) (?:of \d+ )?patients(?: \([^()]*\))?: (?P<one>{COUNT}) "
    rf"(?P<of>after|with|in|on"
    rf"|from) [\w+/-]+ and (?P<two>{COUNT}) (?P=of) [A-Z]?[\w+/-]+"
)
# "Of 80 patients, 40 had TACE and 42 had TARE".
_TREATED: Final = re.compile(
    rf"\b[Oo]f (?:the |these )?(?P<all>{COUNT}) (?:\w+ )?patients,? (?P<one>{COUNT}) (?:had"
    rf"|received|underwent"
    rf"|got|were given) [A-Z]{{2,}}[\w+-]* and (?P<two>{COUNT}) (?:had |received |underwent |got "
    rf"|were given )?"
    r"[A-Z]{2,}"
)
_IN_A_CENTRE: Final = re.compile(rf"({COUNT}) (?:were )?(?:in|at|from) [A-Z]")
_CONTROL: Final = re.compile(
    rf"\b(?P<cue>giving|thus|hence|i\.e\.|that is|resulting in|yielding|for)\b,? ?(?:an? |the )?"
    rf"(?:overall )?(?:disease control|DCR)(?: rate)?(?: of| was|:)? (?P<value>{_PERCENT})",
    re.IGNORECASE,
)
_FIRST, _THEN = (
    rf"(?P<{name}>{_PERCENT}) ?(?:%|per ?cent)(?: ?\([^()]*\))?" for name in ("first", "then")
)
_BY_30, _BY_90 = (
    rf"[^.;%\d]{{0,20}}\b(?:at|within|by) (?:{days}) days" for days in ("30|thirty", "90|ninety")
)
_DEAD: Final = re.compile(r"\b(?:mortality|deaths?|died|dead)\b", re.IGNORECASE)
_GAP: Final = r"[^.;%\d]{0,20}"
_DAYS: Final = tuple(
    re.compile(one, re.IGNORECASE)
    for one in (
        rf"{_FIRST}{_BY_30}{_GAP}{_THEN}{_BY_90}",
        rf"{_THEN}{_BY_90}{_GAP}{_FIRST}{_BY_30}",
        # "30- and 90-day mortality was 3 % and 1 %".
        rf"\b(?:30|thirty)-?(?: days?)? ?(?:and|/) ?(?:90|ninety)[- ]days? (?:mortality|deaths?)"
        rf"(?: rates?)? (?:was|were|of) {_FIRST}(?:,? and | / ?){_THEN}",
    )
)
_TWO_UNITS: Final = re.compile(
    rf"(?P<one>{NUMBER}) (?P<unit>years?|months?|weeks?),? ?(?:\(?(?:or|that is|i\.e\.,?|=|equal to"
    rf"|equivalent to),? ?|\()(?P<two>{NUMBER}) (?P<other>years?|months?|weeks?|days?)\b"
)
_LONG: Final = {"year": 365.25, "month": 365.25 / 12, "week": 7.0, "day": 1.0}
_CHANGE: Final = re.compile(
    rf"\bfrom (?:a |the )?(?:mean |median )?(?:of )?(?P<from>{NUMBER})(?P<unit> ?[^\d\W]?[\w/%.]*)?"
    rf"(?: [a-z-]+){{0,4}}? to (?P<to>{NUMBER})[^.;\d]{{0,60}}?,? (?:an? |which is an? |\()"
    rf"(?P<word>relative reduction|reduction|decrease|fall|drop|decline|increase|rise) (?:of|by) "
    rf"(?P<percent>{_PERCENT}) ?(?:%|per ?cent)(?! ?-?points?| ?percentage)",
    re.IGNORECASE,
)
_PERIOD: Final = re.compile(
    rf"\b(?P<years>{COUNT})[- ]years? (?:study |inclusion |treatment |accrual )?(?:period"
    rf"|interval|span)"
    r"[^.;\d]{0,30}?(?:from|between)? ?\(?(?P<m1>[A-Z][a-z]{2,8} )?(?P<y1>(?:19|20)\d\d)"
    r" ?(?:to|and|until|through|-) ?(?P<m2>[A-Z][a-z]{2,8} )?(?P<y2>(?:19|20)\d\d)",
    re.IGNORECASE,
)
_MONTHS: Final = {
    name: at
    for at, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
    )
}
_SURVIVAL: Final = re.compile(r"\b[Ss]urviv\w+|\b(?:OS|PFS|DFS)\b")
_TIME_HEAD: Final = re.compile(
    rf"(?P<n>{NUMBER})[ -](?P<unit>years?|months?)(?: ?\(?%\)?)?(?: survival| OS| PFS)?"
)
_RATE: Final = re.compile(rf"{NUMBER} ?%?")
_OF_GRADE: Final = re.compile(
    rf"\b(?P<name>[A-Z]?[a-z]{{4,}}(?: [a-z]{{3,}})?),? (?:of |\(?)(?:(?P<any>any grade"
    rf"|all grades?)|(?:CTCAE )?"
    r"grades? ?(?:≥ ?3|>= ?3|3 or (?:higher|more|above|worse)|3(?: ?[-/] ?| and | to )[45]"
    r"|[34]))\)?"
    rf"(?:,|:| was seen in| in| occurred in)? ?(?P<events>{COUNT})(?! ?%)"
    rf"(?: ?\([^()]*\))?(?:,? (?:and|vs\.?|versus) (?P<second>{COUNT})(?! ?%))?",
    re.IGNORECASE,
)


def told_checks(told: Sequence[Sentence]) -> Iterator[Finding]:
    """Every check of this file over the sentences of running text."""
    text = [one for one in told if not one.row]
    yield from _rising(told)
    for one in text:
        for check in _CHECKS:
            yield from check(one)
    yield from _grades(text)


def _rising(told: Sequence[Sentence]) -> Iterator[Finding]:
    """Survival in a row of a table that rises from one time to the next."""
    if not any(_SURVIVAL.search(one.plain) for one in told):
        return
    for row in lines_of(told):
        line, cells = row.sentence, row.cells
        heads = heads_of(row.columns, cells[1:])
        at: list[tuple[float, str]] = []
        for cell, head in zip(cells[1:], heads, strict=True):
            time = _TIME_HEAD.fullmatch(head.text) if head else None
            if time and _RATE.fullmatch(cell):
                months = number(time["n"]) * _LONG[time["unit"].rstrip("s")]
                at.append((months, cell))
        at.sort(key=lambda one: one[0])
        for (_, first), (_, later) in pairwise(at):
            if number(later.rstrip(" %")) > number(first.rstrip(" %")):
                yield Finding("order", line.page, line.text, (later, first))


def _categories(one: Sentence) -> Iterator[Finding]:
    """Categories of response of one number of patients that are more than these patients."""
    full = list(_COUNTED.finditer(one.plain))
    named = sum(word.search(one.plain) is not None for word in _RESPONSES)
    if (
        len(full) != named
        or named < 3
        or not all(
            any(word.search(one.plain, since, m.end()) for word in _RESPONSES)
            for since, m in zip([0, *(m.end() for m in full)], full, strict=False)
        )
    ):
        return
    counts = [number(m["events"]) for m in full]
    whole = int(sum(counts))
    fits = [
        n for n in range(1, 20 * whole + 20)
        if all(is_share(c, n, m["percent"]) for c, m in zip(counts, full, strict=True))
    ]  # fmt: skip
    if fits and whole > max(fits):
        words = tuple(one.text[m.start() : m.end()].strip() for m in full)
        yield Finding("whole", one.page, one.text, words)


def _centres(one: Sentence) -> Iterator[Finding]:
    """Patients of centres that are not those of the text."""
    for m in _CENTRES.finditer(one.plain):
        parts = _IN_A_CENTRE.findall(m["list"])
        if sum(map(number, parts)) != number(m["all"]):
            yield Finding("arms", one.page, one.text, (m["all"], *parts))
    for m in _TREATED.finditer(one.plain):
        # Fewer may be: others had something else.
        if number(m["one"]) + number(m["two"]) > number(m["all"]):
            yield Finding("arms", one.page, one.text, (m["all"], m["one"], m["two"]))
    for m in _OF_TWO.finditer(one.plain):
        if number(m["one"]) + number(m["two"]) != number(m["all"]):
            yield Finding("subgroups", one.page, one.text, (m["all"], m["one"], m["two"]))


def _control(one: Sentence) -> Iterator[Finding]:
    """Disease control told as the sum of its parts, and not their sum."""
    told = _CONTROL.search(one.plain)
    if told is None:
        return
    before = [t for t in tokens(one.plain[: told.start()]) if t.kind == "share"]
    parts: list[str] = []
    for t, since in zip(before, [0, *(t.end for t in before)], strict=False):
        words = one.plain[since : t.start]
        if any(word.search(words) for word in _RESPONSES[:3]):
            parts.append(t.texts.get("percent", ""))
    if len(parts) != 2 or not all(parts) or _RESPONSES[0].search(one.plain):
        return
    value = told["value"]
    room = sum(0.5 * 10 ** -decimals(part) for part in (*parts, value)) + 1e-9
    if abs(sum(map(number, parts)) - number(value)) > room:
        words = (one.text[told.start() : told.end()].strip(), *(f"{part} %" for part in parts))
        yield Finding("control", one.page, one.text, words)


def _days(one: Sentence) -> Iterator[Finding]:
    """Fewer dead by day 90 than by day 30, where one name is of both."""
    for form in _DAYS:
        for m in form.finditer(one.plain):
            if _DEAD.search(one.plain) and number(m["then"]) < number(m["first"]):
                words = (one.text[m.start() : m.end()].strip(),)
                yield Finding("deaths", one.page, one.text, words)


def _two_units(one: Sentence) -> Iterator[Finding]:
    """One time in two units that are not the same."""
    for m in _TWO_UNITS.finditer(one.plain):
        first, second = (_LONG[m[name].rstrip("s")] for name in ("unit", "other"))
        if first == second:
            continue
        room = sum(
            0.5 * 10 ** -decimals(m[name]) * days
            for name, days in (("one", first), ("two", second))
        )
        # Months of four weeks, of 30 and of 30.4 days.
        room += 0.08 * number(m["one"]) * first if "week" in m[0] or "day" in m[0] else 0.0
        if abs(number(m["one"]) * first - number(m["two"]) * second) > room + 1e-9:
            yield Finding("units", one.page, one.text, (one.text[m.start() : m.end()].strip(),))


def _changes(one: Sentence) -> Iterator[Finding]:
    """A change in per cent that is not that from one value to the other."""
    for m in _CHANGE.finditer(one.plain):
        first, last, said = number(m["from"]), number(m["to"]), number(m["percent"])
        if not first:
            continue
        rises = m["word"].lower() in ("increase", "rise")
        halves = [0.5 * 10 ** -decimals(m[name]) for name in ("from", "to")]
        ends = [
            100 * abs(b - a) / a
            for a in (first - halves[0], first + halves[0])
            for b in (last - halves[1], last + halves[1])
            if a > 0
        ]
        room = 10 ** -decimals(m["percent"])
        fits = bool(ends) and min(ends) - room <= said <= max(ends) + room
        # "From 60 % to 40 %, a reduction of 20 %": points of a percentage.
        points = abs(abs(last - first) - said) <= sum(halves) + room
        if (last > first) != rises or not (fits or points):
            yield Finding("change", one.page, one.text, (one.text[m.start() : m.end()].strip(),))


def _periods(one: Sentence) -> Iterator[Finding]:
    """A length in years that is not that between the dates beside it."""
    for m in _PERIOD.finditer(one.plain):
        said, years = number(m["years"]), int(m["y2"]) - int(m["y1"])
        months = [_MONTHS.get((m[name] or "").strip().lower()[:3]) for name in ("m1", "m2")]
        if None in months:
            # From some day of the first year to some day of the last.
            fits = years - 1 < said < years + 1.5
        else:
            first, last = (one or 0 for one in months)
            exact = years + (last - first) / 12
            fits = exact - 0.6 <= said <= exact + 0.6
        if not fits:
            yield Finding("period", one.page, one.text, (one.text[m.start() : m.end()].strip(),))


_CHECKS: Final[tuple[Callable[[Sentence], Iterator[Finding]], ...]] = (
    _categories, _centres, _control, _days, _two_units, _changes, _periods,
)  # fmt: skip


def _grades(told: Sequence[Sentence]) -> Iterator[Finding]:
    """More events of grade 3 or more than of any grade, of one name and in one arm."""
    for one in told:
        every: dict[str, re.Match[str]] = {}
        for m in _OF_GRADE.finditer(one.plain):
            name = m["name"].lower()
            if m["any"]:
                every[name] = m
                continue
            whole = every.get(name)
            if whole is None:
                continue
            for part in ("events", "second"):
                if m[part] and whole[part] and number(m[part]) > number(whole[part]):
                    words = (m[0].strip(), whole[0].strip())
                    yield Finding("grades", one.page, one.text, words)
                    break
