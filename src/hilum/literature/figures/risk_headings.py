"""What stands over (or before) a row of numbers says what they count (``risk_headings.csv``)."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hilum.literature.figures.titles import named
from hilum.literature.figures.unit_words import plain_letters, unit_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hilum.literature.figures.page import Word

AT_RISK, PERCENT, EVENTS, CENSORED = "at_risk", "percent", "events", "censored"
UNSAID, TWO = "unsaid", "two_numbers"
# Rows said to be at risk that cannot be: numbers that rise, that begin later, that stand at no time;
# and a heading without any row.
RISES, LATE, NO_TIME, NO_ROW = "rises", "late", "no_time", "no_row"
# What parts a heading of two numbers, as the numbers are parted below it.
PARTS: Final = re.compile(r"[()\[\]/;:|,+&]|(?<![a-z])(?:and|und|et|y|e|or)(?![a-z])")
FREE: Final = re.compile(r"(?:event|death|failure|relapse|progression|disease)s?[\s-]*free")
# Lines of words stand apart by more points than this.
APART = 1.0


def kinds_in(text: str) -> list[str]:
    """What the parts of a heading count, in its order, of the parts that say it.

    Of a part that says several things, percent holds before what it is a percentage of; other parts
    of several say nothing.
    """
    kinds: list[str] = []
    for part in PARTS.split(FREE.sub(" ", plain_letters(text))):
        told = {kind for kind, pattern in _patterns() if pattern.search(part)}
        if PERCENT in told and told == {PERCENT, AT_RISK}:
            told = {PERCENT}
        if len(told) == 1:
            kinds.append(told.pop())
        elif told:
            kinds.append(UNSAID)
    return kinds


def kind_of(text: str, many: int) -> tuple[str, int]:
    """What the numbers of a row count by its heading, and which of the ``many`` of each cell.

    A row of one number a cell under a heading of two is not known to be either.
    """
    kinds = kinds_in(text)
    if not kinds:
        return (UNSAID if many == 1 else TWO), 0
    if many == 1:
        if len(kinds) == 1:
            return kinds[0], 0
        return (PERCENT if PERCENT in kinds else UNSAID), 0
    if AT_RISK in kinds[:many] and len(kinds) <= many:
        return AT_RISK, kinds.index(AT_RISK)
    others = [kind for kind in kinds if kind not in (AT_RISK, UNSAID)]
    return (others[0] if len(others) == many else TWO), 0


def heading_of(
    row: Word, rows: Sequence[Word], told: Sequence[Word], names: Sequence[str], top: float
) -> str:
    """The words that stand over a row, as far up as what is between is of its table.

    Parameters
    ----------
    row : Word
        The row as one word, whose text is what stands before its numbers.
    rows, told : sequence of Word
        All rows so, and other phrases.
    names : sequence of str
        Names of the curves: they head no table.
    top : float
        Where the table begins at the earliest.
    """
    own = {name.strip().lower() for name in names if name}
    above: Iterable[tuple[Word, bool]] = sorted(
        [(one, True) for one in rows] + [(one, False) for one in told],
        key=lambda pair: -pair[0].centre[1],
    )
    labels, unknown, unsaid = {row.text}, "", ""
    for one, is_row in above:
        if one.centre[1] > row.centre[1] - APART or one.centre[1] < top:
            continue
        if is_row:
            if unsaid or (one.text and one.text in labels):
                # Another table ends there.
                return unsaid
            labels.add(one.text)
        elif kinds_in(one.text):
            if one.text.startswith("(") and not unsaid:
                unknown = one.text
                continue
            return f"{one.text} {unknown}".strip()
        elif one.text.strip().lower() not in own and unit_in(one.text) is None:
            if unknown:
                return f"{one.text} {unknown}"
            unsaid = unsaid or one.text
    return unknown or unsaid


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    with Path(__file__).with_suffix(".csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return tuple((row["kind"], named(row["words"].split(";"))) for row in rows)
