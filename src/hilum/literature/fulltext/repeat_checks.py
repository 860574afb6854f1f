"""Figures printed twice, or in an order that cannot be."""

from __future__ import annotations

import re
from collections import Counter
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Final

from hilum.literature.fulltext.finding import Finding, finding, printed
from hilum.literature.fulltext.limit_checks import RATIOS
from hilum.literature.fulltext.numerals import NUMBER, number
from hilum.literature.fulltext.sum_checks import OF_ARM
from hilum.literature.fulltext.tokens import NOT_REACHED, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hilum.literature.fulltext.proposal import Proposal
    from hilum.literature.fulltext.sentences import Sentence

_GIVEN: Final = re.compile(
    r"\s*(?:patients )?(?:given|treated (?:with|by)|receiving|who received|with|in the|on|after)"
    r" (?:\w+ )?(?P<name>[\w+-]+)"
)
_NAME: Final = r"(?P<arm>[A-Z][\w/+.-]*[A-Za-z\d])"
_FIGURE: Final = rf"(?<![\w.])(?P<value>{NUMBER})\s*(?P<unit>months?|mo\b|years?|weeks?|days?|%)?"
# "11.3 months (95 % CI ...) with TACE".
_ARM_BEHIND: Final = re.compile(
    rf"{_FIGURE}\s*(?:\([^()]*\)|\[[^\]]*\])?\s*(?:with|after|under|for|on|in)\s+(?:the\s+)?{_NAME}"
)
# "31 % of patients on lutetium", "57 patients (54.3 %) on lutetium".
_GIVEN_ARM: Final = re.compile(
    rf"(?<![\w.])(?P<value>{NUMBER}) ?%\)? (?:of (?:the )?patients )?(?:on|given|receiving"
    rf"|treated with"
    r"|assigned to|in the) (?P<arm>[a-z][\w+-]{3,})",
)
# "In the TACE arm the median was 17.9 months".
_ARM_BEFORE: Final = re.compile(
    rf"\b(?:[Ii]n|[Ww]ith|[Aa]fter|[Uu]nder|[Ff]or)\s+(?:the\s+)?{_NAME}\s+(?:arm|group)\b"
    rf"[^.;\d]{{0,60}}?{_FIGURE}"
)
# Doubts that two figures are of one outcome and all patients.
_OF_OTHERS: Final = ("chosen", "named", "two", "baseline", "time")
# "Sunitinib arm (n = 41).": what follows is of these patients.
_ARM_HEAD: Final = re.compile(r"\W*[A-Z][\w /+≥≤<>-]{2,40}\(n ?= ?\d+\)\s*[.:;]")
_CHOSEN: Final = re.compile(
    r"\b(?:in (?:the|these|those) (?:\d+ |other |remaining )patients|subgroup|among"
    r"|patients (?:with|who|in whom)|responders|in those|according to|evaluable"
    r"|per[- ]protocol|whereas|compared|than|match\w+|propensity|weighted|adjusted|competing"
    r"|risk factors?|absent|by [\w-]+:)",
    re.IGNORECASE,
)


def of_some(text: str) -> bool:
    """Whether a text tells of some patients, or of two ways of counting."""
    return _CHOSEN.search(text) is not None


def of_another_arm(told: Sequence[Sentence]) -> Iterator[Finding]:
    """A share of an arm whose n is that of another one."""
    arms: dict[str, int] = {}
    for one in told:
        for m in OF_ARM.finditer(one.plain):
            arms.setdefault(m["name"].casefold(), int(m["n"]))
    for one in told:
        for t in tokens(one.plain):
            given = _GIVEN.match(one.plain, t.end)
            if t.kind != "share" or "n" not in t.texts or given is None:
                continue
            own, n = arms.get(given["name"].casefold()), int(number(t.texts["n"]))
            if own is not None and own != n and n in arms.values():
                words = one.text[t.start : given.end()].strip()
                yield Finding("swapped", one.page, one.text, (words, f"n = {own}"))


def orders(found: Sequence[Proposal]) -> Iterator[Finding]:
    """Survival that rises with time, progression after death."""
    rates = [o for o in found if o.measure == "rate_at" and o.outcome.endswith("_survival")]
    for a, b in combinations(rates, 2):
        first, second = sorted((a, b), key=lambda o: o.time_months or 0.0)
        same = first.outcome == second.outcome and first.time_months != second.time_months
        near = first.sentence == second.sentence or (first.row and second.row)
        if not same or not near or first.group.casefold() != second.group.casefold():
            continue
        if not first.row and len([r for r in rates if r.sentence == first.sentence]) != len(
            {r.time_months for r in rates if r.sentence == first.sentence}
        ):
            continue
        if number(second.value) > number(first.value):
            yield finding("order", second, printed(first))
    medians = [o for o in found if o.measure == "median" and o.value not in ("", NOT_REACHED)]
    overall = [o for o in medians if o.outcome == "overall_survival"]
    free = [o for o in medians if o.outcome == "progression_free_survival"]
    for a in free:
        like = [o for o in overall if o.group.casefold() == a.group.casefold() and o.unit == a.unit]
        alone = len(overall) == 1 and len(free) == 1
        if (like if a.group or alone else []) and number(a.value) > max(
            number(o.value) for o in like
        ):
            yield finding("progression", a, printed(like[0]))


# Deaths of some days only, or of those who had lived until then.
_LATER_ONLY: Final = re.compile(
    r"\b(?:further|additional|another|subsequent\w*|between|landmark|survivors|alive"
    r"|survived)\b",
    re.IGNORECASE,
)


def deaths(found: Sequence[Proposal]) -> Iterator[Finding]:
    """Fewer dead by day 90 than by day 30, of one group of patients."""
    by: dict[tuple[str, str], list[Proposal]] = {}
    for one in found:
        if one.outcome in ("mortality_30d", "mortality_90d") and not one.doubt:
            by.setdefault((one.group.casefold(), one.outcome), []).append(one)
    for (group, outcome), ones in by.items():
        later = by.get((group, "mortality_90d"), [])
        if outcome != "mortality_30d" or len({_value(o) for o in ones}) != 1 or not later:
            continue
        first, then = ones[-1], later[-1]
        others = (
            bool(first.n and then.n and first.n != then.n) or len({_value(o) for o in later}) > 1
        )
        near = first.sentence == then.sentence or (first.row and then.row)
        told = f"{first.sentence} {then.sentence}"
        some = _LATER_ONLY.search(told) or (not near and _CHOSEN.search(told))
        if not others and not some and _fewer(then, first):
            yield finding("deaths", then, printed(first))


def _fewer(one: Proposal, than: Proposal) -> bool:
    if one.events is not None and than.events is not None:
        return one.events < than.events
    return bool(one.value and than.value) and number(one.value) < number(than.value)


def twice(told: Sequence[Sentence], found: Sequence[Proposal]) -> Iterator[Finding]:
    """The same figure printed differently, or under another arm."""
    kinds: dict[tuple[object, ...], list[Proposal]] = {}
    for one in found:
        if one.doubt in _OF_OTHERS or not one.outcome:
            continue
        if one.outcome != "other" or one.measure == "follow_up":
            key = (one.measure, one.outcome, one.time_months, one.unit)
            kinds.setdefault(key, []).append(one)
    for like in kinds.values():
        yield from _differ(like, _groups_of(told))


def _groups_of(told: Sequence[Sentence]) -> dict[str, int]:
    """By its sentence, the group of patients that the text speaks of there: "Arm A (n = 41)."."""
    at, out = 0, {}
    for one in told:
        at += not one.row and _ARM_HEAD.match(one.plain) is not None
        out.setdefault(one.text, at)
    return out


def _differ(like: list[Proposal], groups: dict[str, int]) -> Iterator[Finding]:
    arms: dict[str, list[Proposal]] = {}
    for one in like:
        arms.setdefault(one.group.casefold(), []).append(one)
    named = {g: ones for g, ones in arms.items() if g}
    odd: dict[str, list[Proposal]] = {}
    for group, ones in named.items():
        printed_twice = len({o.sentence for o in ones}) > 1 and not all(o.row for o in ones)
        if len({_value(o) for o in ones}) > 1 and printed_twice:
            odd[group] = ones
    for (g, a), (h, b) in combinations(odd.items(), 2):
        if {_value(o) for o in a} == {_value(o) for o in b}:
            yield finding("swapped", a[-1], *(printed(o) for o in (*a[:-1], *b)))
            odd = {k: v for k, v in odd.items() if k not in (g, h)}
    for ones in odd.values():
        yield finding("twice", ones[-1], *(printed(o) for o in ones[:-1]))
    ratio = like[0].measure in RATIOS
    alone = Counter(one.sentence for one in arms.get("", []))
    # Two in one sentence are of two arms.
    single = [one for one in arms.get("", []) if alone[one.sentence] == 1]
    for a, b in pairwise([] if ratio else single):
        apart = a.sentence != b.sentence and not (a.row and b.row)
        all_of = not _CHOSEN.search(a.sentence) and not _CHOSEN.search(b.sentence)
        criteria = a.criteria != b.criteria
        others = bool(a.n and b.n and a.n != b.n)
        others = others or groups.get(a.sentence) != groups.get(b.sentence)
        alike = all_of and not (named or criteria or others)
        if apart and alike and _value(a) != _value(b):
            yield finding("twice", b, printed(a))


def _value(one: Proposal) -> tuple[object, ...]:
    """What two prints of one figure have in common: rounded to the fewer digits it is one value."""
    if one.value and one.value != NOT_REACHED:
        return (round(number(one.value)),)
    return (one.value, one.events)


def exchanged(told: Sequence[Sentence]) -> Iterator[Finding]:
    """Two arms whose two figures stand the other way round in another sentence."""
    seen: dict[frozenset[str], list[tuple[Sentence, dict[str, str]]]] = {}
    for one in told:
        pairs = _of_arms(one.plain)
        if len(pairs) == 2 and len(set(pairs.values())) == 2:
            seen.setdefault(frozenset(pairs), []).append((one, pairs))
    for like in seen.values():
        for (_, a), (last, b) in combinations(like, 2):
            if a != b and sorted(a.values()) == sorted(b.values()):
                words = tuple(f"{arm}: {value}" for pair in (a, b) for arm, value in pair.items())
                yield Finding("swapped", last.page, last.text, words)


def _of_arms(text: str) -> dict[str, str]:
    """The first figure of a sentence of each arm that is named beside one."""
    told = list(_GIVEN_ARM.finditer(text))
    if len(told) == 2:
        return {m["arm"].casefold(): f"{round(number(m['value']))}%" for m in told}
    out: dict[str, str] = {}
    for m in sorted(
        (*_ARM_BEHIND.finditer(text), *_ARM_BEFORE.finditer(text)), key=lambda m: m.start()
    ):
        out.setdefault(m["arm"].casefold(), m["value"] + (m["unit"] or "")[:1])
    return out
