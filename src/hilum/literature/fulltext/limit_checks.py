"""Estimates and limits that do not fit each other."""

from __future__ import annotations

import math
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from hilum.literature.fulltext.finding import Finding, finding
from hilum.literature.fulltext.mentions import mentions
from hilum.literature.fulltext.numerals import decimals, number
from hilum.literature.fulltext.own import own_part
from hilum.literature.fulltext.ratios import ratios
from hilum.literature.fulltext.rows import limits_in_tables
from hilum.literature.fulltext.tokens import NOT_REACHED, tokens
from hilum.synthesis.effects.printed import SIGNIFICANT, off_middle

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hilum.literature.fulltext.proposal import Proposal
    from hilum.literature.fulltext.sentences import Sentence

RATIOS: Final = ("hazard_ratio", "odds_ratio", "risk_ratio")


def limits(told: Sequence[Sentence], found: Sequence[Proposal]) -> Iterator[Finding]:
    """Limits in the wrong order, or that do not hold their estimate; ratios off their middle."""
    for one in told:
        for t in tokens(one.plain):
            if t.kind != "interval" or not re.fullmatch(r"-?[\d.,]+", t.texts["high"]):
                continue
            low, high = number(t.texts["low"]), number(t.texts["high"])
            if low > high and ("kind" in t.texts or "level" in t.texts):
                yield Finding("limits", one.page, one.text, (one.text[t.start : t.end].strip(),))
        yield from _figure_and_limits(one)
    for one in (*found, *_ratios_of_nobody(told)):
        if not one.low or not one.value or one.value == NOT_REACHED or one.low == NOT_REACHED:
            continue
        value, low = number(one.value), number(one.low)
        high = math.inf if one.high == NOT_REACHED else number(one.high)
        if one.measure in ("proportion", "rate_at") and high <= 1 < value:
            # "63 % (0.47/0.75)": the quotient of two shares.
            continue
        if low > high:
            yield finding("limits", one)
        elif not low <= value <= high:
            yield finding("outside", one)
        elif one.measure in RATIOS and math.isfinite(high):
            yield from _ratio(one, low, high)


def limits_of_tables(told: Sequence[Sentence]) -> Iterator[Finding]:
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


def _ratios_of_nobody(told: Sequence[Sentence]) -> Iterator[Proposal]:
    """Ratios of sentences that name no outcome: of a factor, of a sentence before."""
    for one in told:
        named = mentions(one.plain)
        if not any(m.outcome for m in named) and own_part(one) != (0, 0):
            found = [t for t in tokens(one.plain) if t.kind != "citation"]
            yield from ratios(one, found, named, frozenset())[0]


def _figure_and_limits(one: Sentence) -> Iterator[Finding]:
    """A figure with named limits right behind it that do not hold it, whatever its outcome is."""
    for figure, limits in pairwise(tokens(one.plain)):
        value = figure.texts.get("percent" if figure.kind == "share" else "value")
        counted = (
            figure.kind == "number" and "unit" not in figure.texts and "." not in (value or "")
        )
        minus = one.plain[: figure.start].endswith(("-", "\u2212"))
        if value is None or counted or minus or limits.kind != "interval":
            continue
        if one.plain[figure.end : limits.start].strip(" ,;(["):
            continue
        high = limits.texts["high"]
        if not re.fullmatch(r"[\d.]+", high) or "kind" not in limits.texts:
            continue
        low = limits.texts["low"]
        if number(low) <= number(high) and not number(low) <= number(value) <= number(high):
            words = (one.text[figure.start : limits.end].strip(),)
            yield Finding("outside", one.page, one.text, words)


def _off_middle(*printed: str) -> bool:
    """Whether a ratio is off the middle of its limits, as they stand in a text."""
    return off_middle(*(f"{number(one):.{decimals(one)}f}" for one in printed))


def _ratio(one: Proposal, low: float, high: float) -> Iterator[Finding]:
    if _off_middle(one.value, one.low, one.high):
        yield finding("middle", one)
    if not one.p or one.level not in (None, 95.0):
        return
    room_low, room_high = (0.5 * 10 ** -decimals(part) for part in (one.low, one.high))
    p = number(one.p.lstrip("<>≤≥="))
    certain = low - room_low > 1 or high + room_high < 1
    none = low + room_low < 1 < high - room_high
    if (none and p < SIGNIFICANT and one.p[0] not in ">≥") or (
        certain and p > SIGNIFICANT and one.p[0] not in "<≤"
    ):
        yield finding("p_and_limits", one, f"p {one.p}")
