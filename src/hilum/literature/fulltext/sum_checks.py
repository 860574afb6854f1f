"""Parts that do not add up to their whole."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hilum.literature.fulltext.finding import Finding, finding, printed
from hilum.literature.fulltext.mentions import mentions
from hilum.literature.fulltext.numerals import COUNT, decimals, number
from hilum.literature.fulltext.tokens import tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hilum.literature.fulltext.proposal import Proposal
    from hilum.literature.fulltext.sentences import Sentence

_PARTS: Final = ("complete_response", "partial_response", "stable_disease", "progressive_disease")
_WHOLES: Final = ("objective_response", "disease_control")
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
OF_ARM: Final = re.compile(r"(?P<name>[\w+-]+) ?\(n ?= ?(?P<n>\d+)\)", re.IGNORECASE)
_HAD: Final = re.compile(
    rf"(?P<events>{COUNT})(?: patients)? (?:had|showed|achieved|reached|obtained) (?:an? )?$",
    re.IGNORECASE,
)
# "three had complete response, [19] partial response": told like the one before it.
_JUST: Final = re.compile(rf"(?:,|\band) (?P<events>{COUNT}) (?:an? )?$", re.IGNORECASE)
# "Partial response (was seen) in 22": a count, not a percentage and not of so many.
_IN: Final = re.compile(
    rf"(?: (?:was|were|is))?(?: \w+)? in (?P<events>{COUNT})(?: patients)?(?=\s*[,;]|\s*\.(?!\d)"
    rf"|\s+and\b)",
    re.IGNORECASE,
)
_EVERYBODY: Final = re.compile(
    rf"\b[Aa]ll (?P<n>{COUNT}) (?:patients )?(?:had|were|underwent|could be) (?:\w+ )?(?:imag\w+"
    rf"|evaluable"
    r"|assess\w+|evaluated|scan\w*|CT|MRI|follow-up imaging)"
)
_N: Final = re.compile(r"\bn ?= ?(?P<n>\d+)", re.IGNORECASE)
_PATIENTS: Final = re.compile(rf"(?P<n>{COUNT}) (?:\w+ ){{0,2}}patients", re.IGNORECASE)


def subgroups(told: Sequence[Sentence]) -> Iterator[Finding]:
    """Events of subgroups whose patients add up to all, but whose events do not."""
    for one in told:
        shares = [t for t in tokens(one.plain) if t.kind == "share" and "n" in t.texts]
        if len(shares) < 3 or one.row:
            # Columns of a table are groups, of which the first need not be all.
            continue
        if ";" in one.plain[shares[0].end : shares[-1].start]:
            # Something else is told behind it.
            continue
        first, *rest = [(number(t.texts["events"]), number(t.texts["n"])) for t in shares]
        if sum(n for _, n in rest) == first[1] and sum(e for e, _ in rest) != first[0]:
            words = tuple(one.text[t.start : t.end].strip() for t in shares)
            yield Finding("subgroups", one.page, one.text, words)


def bare_parts(told: Sequence[Sentence]) -> Iterator[Finding]:
    """Counts of responses without percentages that are more than all patients of the text."""
    all_of = [number(m["n"]) for one in told for m in _PATIENTS.finditer(one.plain)]
    all_of += [float(m["n"]) for one in told for m in _N.finditer(one.plain)]
    before: float | None = None
    for one in told:
        counts: dict[str, tuple[float, str]] = {}
        for m in mentions(one.plain):
            had = _HAD.search(one.plain[: m.start])
            found_in = _IN.match(one.plain, m.end)
            plain = _JUST.search(one.plain[: m.start]) if counts else None
            if m.outcome in _PARTS and not had and plain:
                counts[m.outcome] = (number(plain["events"]), one.text[plain.start() : m.end])
            elif m.outcome in _PARTS and had:
                counts[m.outcome] = (number(had["events"]), one.text[had.start() : m.end])
            elif m.outcome in _PARTS and found_in:
                words = one.text[m.start : found_in.end()]
                counts[m.outcome] = (number(found_in["events"]), words)
        words = tuple(w for _, w in counts.values())
        total = sum(n for n, _ in counts.values())
        if len(counts) > 1 and all_of and total > max(all_of):
            yield Finding("whole", one.page, one.text, words)
        elif len(counts) == len(_PARTS) and before is not None and total != before:
            # "All 57 patients had imaging", and each of them is one of the four.
            yield Finding("whole", one.page, one.text, (f"{before:g}", *words))
        everybody = _EVERYBODY.search(one.plain)
        before = number(everybody["n"]) if everybody else None


def _groups(found: Sequence[Proposal], outcome: str) -> dict[str, list[Proposal]]:
    out: dict[str, list[Proposal]] = {}
    for one in found:
        if one.outcome == outcome and one.measure == "proportion":
            out.setdefault(one.group.casefold(), []).append(one)
    return out


def parts(found: Sequence[Proposal]) -> Iterator[Finding]:
    """Responses that are not the sum of their parts, or more than all patients."""
    by = {outcome: _groups(found, outcome) for outcome in (*_PARTS, *_WHOLES)}
    for group in {g for groups in by.values() for g in groups}:
        one_of = {
            outcome: groups[group][0]
            for outcome, groups in by.items()
            if len({(o.events, o.value) for o in groups.get(group, [])}) == 1
        }
        yield from _whole(one_of, "objective_response", _PARTS[:2], "parts")
        yield from _whole(one_of, "disease_control", _PARTS[:3], "control")
        yield from _sum(one_of)


def _whole(
    of: dict[str, Proposal], whole: str, parts: Sequence[str], code: str
) -> Iterator[Finding]:
    """A whole beside all of its parts: by counts where each has one, else by percentages."""
    told = [of.get(one) for one in (*parts, whole)]
    every = [one for one in told if one is not None]
    criteria = {one.criteria for one in every if one.criteria}
    if len(every) < len(told) or len(criteria) > 1:
        return
    counts = [one.events for one in every if one.events is not None]
    if len(counts) == len(every):
        off = sum(counts[:-1]) != counts[-1]
    elif all(one.value for one in every):
        room = sum(0.5 * 10 ** -decimals(one.value) for one in every)
        shares = [number(one.value) for one in every]
        off = abs(sum(shares[:-1]) - shares[-1]) > room + 1e-9
    else:
        return
    if off:
        yield finding(code, every[-1], *(printed(one) for one in every[:-1]))


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
        yield finding("whole", parts[-1], *(printed(one) for one in parts[:-1]))


def arms(told: Sequence[Sentence]) -> Iterator[Finding]:
    """Arms that do not add up to the patients."""
    for one in told:
        total = _TOTAL.search(one.plain)
        if not total:
            continue
        behind = total.end()
        arms = [int(m["n"]) for m in _ARM.finditer(one.plain, behind)] or [
            int(m["n"]) for m in OF_ARM.finditer(one.plain, behind)
        ]
        if len(arms) in (2, 3) and sum(arms) != int(total["n"]) and max(arms) < int(total["n"]):
            yield Finding("arms", one.page, one.text, (total["n"], *map(str, arms)))
