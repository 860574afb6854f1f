"""What cannot be as a paper prints it: shares, limits, sums and orders that do not fit.

A finding says what was compared; which of the figures is wrong only the paper's authors know.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Final

from hilum.literature.fulltext.doubts import ANOTHER, NOBODY
from hilum.literature.fulltext.mentions import mentions
from hilum.literature.fulltext.numerals import COUNT, decimals, is_share, number
from hilum.literature.fulltext.own import assumed
from hilum.literature.fulltext.rows import limits_in_tables, shares_in_tables
from hilum.literature.fulltext.tokens import NOT_REACHED, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hilum.literature.fulltext.proposal import Proposal
    from hilum.literature.fulltext.sentences import Sentence
    from hilum.literature.fulltext.tokens import Token

ASYMMETRIC: Final = 0.25
"""A ratio may lie so far from the geometric middle of its limits, in half widths, beyond what
rounding explains: profile and exact intervals are not symmetric, misprints are further off."""
SIGNIFICANT: Final = 0.05
_RATIOS: Final = ("hazard_ratio", "odds_ratio", "risk_ratio")
_PARTS: Final = ("complete_response", "partial_response", "stable_disease", "progressive_disease")
_TOTAL: Final = re.compile(
    r"(?P<n>\d{2,4}) (?:\w+ ){0,3}?(?:patients|participants|subjects|adults)\b[^.;\d]{0,60}?"
    r"\b(?:random\w*|assigned|enrolled|included|treated|allocated|underwent|analy[sz]ed)",
    re.IGNORECASE,
)
_ARM: Final = re.compile(
    r"(?P<n>\d{1,4}) (?:patients |participants )?(?:were )?(?:randomi[sz]ed |assigned |allocated )?"
    r"(?:to|received|in the|underwent)\b",
    re.IGNORECASE,
)
# "19 of 30 and [15 of 29 patients (63.3 % v. 51.7 %)]": the percentage is of the first.
_SECOND: Final = re.compile(r"\d+ ?(?:of|/) ?\d+[^.;]{0,12}(?:and|,|vs\.?|versus)\s*$")
_OF_ARM: Final = re.compile(r"(?P<name>[\w+-]+) ?\(n ?= ?(?P<n>\d+)\)", re.IGNORECASE)
_GIVEN: Final = re.compile(
    r"\s*(?:patients )?(?:given|treated (?:with|by)|receiving|who received|with|in the|on|after)"
    r" (?:\w+ )?(?P<name>[\w+-]+)"
)
_HAD: Final = re.compile(
    rf"(?P<events>{COUNT})(?: patients)? (?:had|showed|achieved|reached|obtained) (?:an? )?$",
    re.IGNORECASE,
)
_PATIENTS: Final = re.compile(rf"(?P<n>{COUNT}) (?:\w+ ){{0,2}}patients", re.IGNORECASE)
# Doubts that two figures are of one outcome and all patients.
_OF_OTHERS: Final = ("chosen", "named", "two", "baseline", "time")
_CHOSEN: Final = re.compile(
    r"\b(?:subgroup|among|patients (?:with|who|in whom)|responders|in those|according to|evaluable"
    r"|per[- ]protocol|whereas|compared|than)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Figures that do not fit each other.

    ``code`` of ``KINDS``; ``printed`` the figures as the paper has them; ``page`` and ``sentence``
    of the last of them.
    """

    code: str
    page: int
    sentence: str
    printed: tuple[str, ...]


KINDS: Final = {
    "share": "the percentage is not that of the counts",
    "events": "more events than patients",
    "percent": "over 100 %",
    "share_of_none": "the percentage belongs to another number of patients than those beside it",
    "limits": "the lower limit is above the upper one",
    "outside": "the estimate lies outside its limits",
    "middle": "the ratio is far from the middle of its limits on the log scale",
    "p_and_limits": "p and the limits disagree on whether there is a difference",
    "parts": "complete and partial responses are not the objective responses",
    "subgroups": "the subgroups do not add up to all patients",
    "whole": "the parts are more than the whole",
    "order": "a later survival rate above an earlier one",
    "progression": "a median progression-free survival above the median overall survival",
    "twice": "the same figure printed differently",
    "swapped": "the figures of two arms changed places",
    "arms": "the arms do not add up to the patients",
}


def findings(read: Sequence[Sentence], found: Sequence[Proposal]) -> list[Finding]:
    """Whatever does not fit, in the order of ``KINDS``; each set of figures once a kind."""
    found = [one for one in found if one.doubt not in (ANOTHER, NOBODY)]
    told = [one for one in read if not assumed(one) and one.section != "references"]
    out = [
        *_shares(told),
        *_shares_of_arms(found),
        *_limits(told, found),
        *_limits_of_tables(told),
        *_cells(told),
        *_parts(found),
        *_subgroups(told),
        *_bare_parts(told),
        *_of_another_arm(told),
        *_orders(found),
        *_twice(found),
        *_arms(told),
    ]
    order = list(KINDS)
    seen: dict[tuple[str, tuple[str, ...]], Finding] = {}
    for one in out:
        seen.setdefault((one.code, one.printed), one)
    return sorted(seen.values(), key=lambda one: order.index(one.code))


def _shares(told: Sequence[Sentence]) -> Iterator[Finding]:
    for one in told:
        shares = [
            t for t in tokens(one.plain)
            if t.kind == "share" and "percent" in t.texts
            and not re.search(r"\t|\|| {2}", one.plain[t.start : t.end])
        ]  # fmt: skip
        for t in shares:
            percent = number(t.texts["percent"])
            words = (one.text[t.start : t.end].strip(),)
            change = re.search(r"(?:increas|decreas|reduc|chang|rose|fell)\w*", one.plain)
            if percent > 100 and not change:
                yield Finding("percent", one.page, one.text, words)
            if "n" not in t.texts:
                continue
            events, n = number(t.texts["events"]), number(t.texts["n"])
            if events > n:
                yield Finding("events", one.page, one.text, words)
            elif not is_share(events, n, t.texts["percent"]) and not _SECOND.search(
                one.plain[: t.start]
            ):
                yield Finding("share", one.page, one.text, words)
        yield from _odd_share(one, shares)
    for one in told:
        for t in tokens(one.plain):
            bare = t.kind == "share" and "percent" not in t.texts
            if bare and number(t.texts["events"]) > number(t.texts["n"]):
                yield Finding("events", one.page, one.text, (one.text[t.start : t.end],))


def _cells(told: Sequence[Sentence]) -> Iterator[Finding]:
    """Every cell of a table that is a share of its column's patients, whatever its row is."""
    for line, cell, head in shares_in_tables(told):
        events, n = number(cell["events"]), cell["n"] or None
        whole = number(n) if n else head
        if whole is None:
            continue
        words = (cell[0], f"n = {whole:g}")
        if events > whole:
            yield Finding("events", line.page, line.text, words)
        elif not is_share(events, whole, cell["percent"]):
            yield Finding("share", line.page, line.text, words)


def _subgroups(told: Sequence[Sentence]) -> Iterator[Finding]:
    """Events of subgroups whose patients add up to all, but whose events do not."""
    for one in told:
        shares = [t for t in tokens(one.plain) if t.kind == "share" and "n" in t.texts]
        if len(shares) < 3:
            continue
        first, *rest = [(number(t.texts["events"]), number(t.texts["n"])) for t in shares]
        if sum(n for _, n in rest) == first[1] and sum(e for e, _ in rest) != first[0]:
            words = tuple(one.text[t.start : t.end].strip() for t in shares)
            yield Finding("subgroups", one.page, one.text, words)


def _bare_parts(told: Sequence[Sentence]) -> Iterator[Finding]:
    """Counts of responses without percentages that are more than all patients of the text."""
    all_of = [number(m["n"]) for one in told for m in _PATIENTS.finditer(one.plain)]
    for one in told:
        counts: dict[str, tuple[float, str]] = {}
        for m in mentions(one.plain):
            had = _HAD.search(one.plain[: m.start])
            if m.outcome in _PARTS and had:
                counts[m.outcome] = (number(had["events"]), one.text[had.start() : m.end])
        if len(counts) > 1 and all_of and sum(n for n, _ in counts.values()) > max(all_of):
            yield Finding("whole", one.page, one.text, tuple(w for _, w in counts.values()))


def _of_another_arm(told: Sequence[Sentence]) -> Iterator[Finding]:
    """A share of an arm whose n is that of another one."""
    arms: dict[str, int] = {}
    for one in told:
        for m in _OF_ARM.finditer(one.plain):
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


def _odd_share(one: Sentence, shares: list[Token]) -> Iterator[Finding]:
    """Of shares in one sentence without their n: one that fits no n of which all others are."""
    bare = [t for t in shares if "events" in t.texts and "n" not in t.texts]
    if len(bare) < 3 or re.search(r"\b(?:vs?|versus|respectively|against|compared)\b", one.plain):
        return
    fits = {
        n: [t for t in bare if is_share(number(t.texts["events"]), n, t.texts["percent"])]
        for n in range(1, 2001)
    }
    best = max(fits.values(), key=len)
    if len(best) == len(bare) - 1:
        odd = next(t for t in bare if t not in best)
        yield Finding("share_of_none", one.page, one.text, (one.text[odd.start : odd.end].strip(),))


def _shares_of_arms(found: Sequence[Proposal]) -> Iterator[Finding]:
    for one in found:
        if one.events is None or one.n is not None or not one.arm_n or not one.value:
            continue
        if one.events > one.arm_n:
            yield _finding("events", one, f"n = {one.arm_n}")
        elif not is_share(one.events, one.arm_n, one.value):
            yield _finding("share", one, f"n = {one.arm_n}")


def _finding(code: str, one: Proposal, *more: str) -> Finding:
    return Finding(code, one.page, one.sentence, (_printed(one), *more))


def _limits(told: Sequence[Sentence], found: Sequence[Proposal]) -> Iterator[Finding]:
    for one in told:
        for t in tokens(one.plain):
            if t.kind != "interval" or not re.fullmatch(r"-?[\d.,]+", t.texts["high"]):
                continue
            low, high = number(t.texts["low"]), number(t.texts["high"])
            if low > high and ("kind" in t.texts or "level" in t.texts):
                yield Finding("limits", one.page, one.text, (one.text[t.start : t.end].strip(),))
        yield from _share_and_limits(one)
    for one in found:
        if not one.low or not one.value or one.value == NOT_REACHED or one.low == NOT_REACHED:
            continue
        value, low = number(one.value), number(one.low)
        high = math.inf if one.high == NOT_REACHED else number(one.high)
        if low > high:
            yield _finding("limits", one)
        elif not low <= value <= high:
            yield _finding("outside", one)
        elif one.measure in _RATIOS and math.isfinite(high):
            yield from _ratio(one, low, high)


def _limits_of_tables(told: Sequence[Sentence]) -> Iterator[Finding]:
    """Limits in a column of their own that do not hold the figure beside them."""
    for line, cell, head in limits_in_tables(told):
        parts = [cell[name] for name in ("value", "low", "high")]
        if not all(re.fullmatch(r"[\d.,]+", part) for part in parts):
            continue
        value, low, high = map(number, parts)
        code = "limits" if low > high else "" if low <= value <= high else "outside"
        ratio = re.search(r"\b[aH]?(?:HR|OR|RR)\b|ratio", head)
        if not code and ratio and _off_middle(*parts):
            code = "middle"
        if code:
            yield Finding(code, line.page, line.text, (cell[0],))


def _share_and_limits(one: Sentence) -> Iterator[Finding]:
    """A percentage with limits behind it that do not hold it, whatever its outcome is."""
    for share, limits in pairwise(tokens(one.plain)):
        if share.kind != "share" or "percent" not in share.texts or limits.kind != "interval":
            continue
        if one.plain[share.end : limits.start].strip(" ,;(["):
            continue
        high = limits.texts["high"]
        if not re.fullmatch(r"[\d.]+", high) or "kind" not in limits.texts:
            continue
        if not number(limits.texts["low"]) <= number(share.texts["percent"]) <= number(high):
            words = (one.text[share.start : limits.end].strip(),)
            yield Finding("outside", one.page, one.text, words)


def _off_middle(value: str, low: str, high: str) -> bool:
    """Whether a ratio is further from the middle of its limits than rounding and shape explain."""
    printed = (value, low, high)
    if min(map(number, printed)) <= 0:
        return False
    logs = [math.log(number(part)) for part in printed]
    rounding = 0.0
    for part in printed:
        half = 0.5 * 10 ** -decimals(part)
        rounding += math.log((number(part) + half) / max(number(part) - half, 1e-12)) / 2
    width = (logs[2] - logs[1]) / 2
    return abs(logs[0] - (logs[1] + logs[2]) / 2) > rounding + ASYMMETRIC * width


def _ratio(one: Proposal, low: float, high: float) -> Iterator[Finding]:
    if _off_middle(one.value, one.low, one.high):
        yield _finding("middle", one)
    if not one.p or one.level not in (None, 95.0):
        return
    room_low, room_high = (0.5 * 10 ** -decimals(part) for part in (one.low, one.high))
    p = number(one.p.lstrip("<>≤≥="))
    certain = low - room_low > 1 or high + room_high < 1
    none = low + room_low < 1 < high - room_high
    if (none and p < SIGNIFICANT and one.p[0] not in ">≥") or (
        certain and p > SIGNIFICANT and one.p[0] not in "<≤"
    ):
        yield _finding("p_and_limits", one, f"p {one.p}")


def _groups(found: Sequence[Proposal], outcome: str) -> dict[str, list[Proposal]]:
    out: dict[str, list[Proposal]] = {}
    for one in found:
        if one.outcome == outcome and one.measure == "proportion":
            out.setdefault(one.group.casefold(), []).append(one)
    return out


def _parts(found: Sequence[Proposal]) -> Iterator[Finding]:
    by = {outcome: _groups(found, outcome) for outcome in (*_PARTS, "objective_response")}
    for group in {g for groups in by.values() for g in groups}:
        one_of = {
            outcome: groups[group][0]
            for outcome, groups in by.items()
            if len({(o.events, o.value) for o in groups.get(group, [])}) == 1
        }
        yield from _responses(one_of)
        yield from _sum(one_of)


def _responses(of: dict[str, Proposal]) -> Iterator[Finding]:
    three = [of.get(o) for o in ("complete_response", "partial_response", "objective_response")]
    if any(one is None for one in three):
        return
    complete, partial, objective = [one for one in three if one is not None]
    counts = [one.events for one in (complete, partial, objective) if one.events is not None]
    if len(counts) == len(three):
        off = counts[0] + counts[1] != counts[2]
    elif all(one.value for one in (complete, partial, objective)):
        room = sum(0.5 * 10 ** -decimals(one.value) for one in (complete, partial, objective))
        total = number(complete.value) + number(partial.value)
        off = abs(total - number(objective.value)) > room + 1e-9
    else:
        return
    if off:
        yield _finding("parts", objective, *(_printed(one) for one in (complete, partial)))


def _printed(one: Proposal) -> str:
    return " ".join(one.sentence[slice(*one.span)].split())


def _sum(of: dict[str, Proposal]) -> Iterator[Finding]:
    parts = [of[o] for o in _PARTS if o in of]
    if len(parts) < 2:
        return
    n = next((one.n or one.arm_n for one in parts if one.n or one.arm_n), None)
    events = [one.events for one in parts]
    more = n is not None and None not in events and sum(e or 0 for e in events) > n
    if all(one.value for one in parts):
        room = sum(0.5 * 10 ** -decimals(one.value) for one in parts)
        more = more or sum(number(one.value) for one in parts) > 100 + room + 1e-9
    if more:
        yield _finding("whole", parts[-1], *(_printed(one) for one in parts[:-1]))


def _orders(found: Sequence[Proposal]) -> Iterator[Finding]:
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
            yield _finding("order", second, _printed(first))
    medians = [o for o in found if o.measure == "median" and o.value not in ("", NOT_REACHED)]
    overall = [o for o in medians if o.outcome == "overall_survival"]
    free = [o for o in medians if o.outcome == "progression_free_survival"]
    for a in free:
        like = [o for o in overall if o.group.casefold() == a.group.casefold() and o.unit == a.unit]
        alone = len(overall) == 1 and len(free) == 1
        if (like if a.group or alone else []) and number(a.value) > max(
            number(o.value) for o in like
        ):
            yield _finding("progression", a, _printed(like[0]))


def _twice(found: Sequence[Proposal]) -> Iterator[Finding]:
    kinds: dict[tuple[object, ...], list[Proposal]] = {}
    for one in found:
        if one.doubt in _OF_OTHERS:
            continue
        if one.outcome != "other" or one.measure == "follow_up":
            key = (one.measure, one.outcome, one.time_months, one.unit)
            kinds.setdefault(key, []).append(one)
    for like in kinds.values():
        yield from _differ(like)


def _differ(like: list[Proposal]) -> Iterator[Finding]:
    arms: dict[str, list[Proposal]] = {}
    for one in like:
        arms.setdefault(one.group.casefold(), []).append(one)
    named = {g: ones for g, ones in arms.items() if g}
    odd: dict[str, list[Proposal]] = {}
    for group, ones in named.items():
        if len({_value(o) for o in ones}) > 1 and len({o.sentence for o in ones}) > 1:
            odd[group] = ones
    for (g, a), (h, b) in combinations(odd.items(), 2):
        if {_value(o) for o in a} == {_value(o) for o in b}:
            yield _finding("swapped", a[-1], *(_printed(o) for o in (*a[:-1], *b)))
            odd = {k: v for k, v in odd.items() if k not in (g, h)}
    for ones in odd.values():
        yield _finding("twice", ones[-1], *(_printed(o) for o in ones[:-1]))
    ratio = like[0].measure in _RATIOS
    for a, b in pairwise([] if ratio else arms.get("", [])):
        apart = a.sentence != b.sentence and not (a.row and b.row)
        all_of = not _CHOSEN.search(a.sentence) and not _CHOSEN.search(b.sentence)
        criteria = a.criteria and b.criteria and a.criteria != b.criteria
        if apart and all_of and not named and not criteria and _value(a) != _value(b):
            yield _finding("twice", b, _printed(a))


def _value(one: Proposal) -> tuple[object, ...]:
    """What two prints of one figure have in common: rounded to the fewer digits it is one value."""
    if one.value and one.value != NOT_REACHED:
        return (round(number(one.value)),)
    return (one.value, one.events)


def _arms(told: Sequence[Sentence]) -> Iterator[Finding]:
    for one in told:
        total = _TOTAL.search(one.plain)
        if not total:
            continue
        behind = total.end()
        arms = [int(m["n"]) for m in _ARM.finditer(one.plain, behind)] or [
            int(m["n"]) for m in _OF_ARM.finditer(one.plain, behind)
        ]
        if len(arms) in (2, 3) and sum(arms) != int(total["n"]) and max(arms) < int(total["n"]):
            yield Finding("arms", one.page, one.text, (total["n"], *map(str, arms)))
