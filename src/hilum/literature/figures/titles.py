"""What the titles of the axes say: the unit of time, and what the levels are."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hilum.literature.figures.phrases import phrases
from hilum.literature.figures.unit_words import plain_letters, unit_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.literature.figures.axes import Axis
    from hilum.literature.figures.page import Word

PERCENT, HAZARD = "percent", "cumulative_hazard"
# Points of the page: how far below its axis a unit may stand, how far down its title's lines reach,
# and how far beside an axis of levels, or above it, its title stands.
FAR, TITLE, ASIDE, ABOVE = 140.0, 40.0, 90.0, 45.0
OVER = 60.0
# Words that a title has at most, unless it ends in brackets; and how far from the middle of its
# axis, as a share of it, one stands that is further below.
MOST_WORDS, MIDDLE = 8, 0.2
CLOSING: Final = (")", "]", "）", "】")
# Where case tells a cumulative hazard from a rate.
SIGNS: Final = {"H(t)": HAZARD, "Λ(t)": HAZARD, "h(t)": "hazard_rate", "λ(t)": "hazard_rate"}


def time_unit(words: Sequence[Word], left: float, right: float, bottom: float) -> str | None:
    """The unit in the words under an axis of time that goes from left to right.

    Lines of its title that say different units say none.
    """
    under = [
        p
        for p in phrases(words)
        if bottom < p.top < bottom + FAR and p.right > left - OVER and p.left < right + OVER
        if _may_be_title(p, left, right, bottom)
    ]
    said = [(p.top, unit) for p in under if (unit := unit_in(p.text)) is not None]
    if not said:
        return None
    title = {unit for top, unit in said if top < bottom + TITLE}
    return said[0][1] if len(title) <= 1 else None


def _may_be_title(phrase: Word, left: float, right: float, bottom: float) -> bool:
    """Whether words may be the title of an axis: those of a caption are many, or stand aside."""
    if len(phrase.text.split()) > MOST_WORDS and not phrase.text.rstrip().endswith(CLOSING):
        return False
    aside = abs(phrase.centre[0] - (left + right) / 2)
    return phrase.top < bottom + TITLE or aside < MIDDLE * (right - left)


def level_scales(words: Sequence[Word], y: Axis, left: float, right: float) -> set[str]:
    """What the title of an axis of levels says of them: ids of ``level_words.csv``.

    Parameters
    ----------
    words : sequence of Word
        Of the page.
    y : Axis
        The scale.
    left, right : float
        Where its labels stand, and where the plot ends.
    """
    top, foot = sorted((y.place(y.low), y.place(y.high)))
    beside = [
        p
        for p in (*phrases(words, upright=False), *phrases(words))
        if left - ASIDE < p.centre[0] <= left and top - ABOVE < p.centre[1] < foot + ABOVE
    ]
    above = [
        p
        for p in phrases(words)
        if top - ABOVE < p.centre[1] < top - 2 and p.right > left - OVER and p.left < right
    ]
    lines = [*sorted((p for p in beside if not p.upright), key=lambda p: p.left)]
    lines += [p for p in beside if p.upright and any(c.isalpha() for c in p.text)]
    told = " ".join(p.text for p in lines)
    found = scales_in(told)
    return found | (scales_in(" ".join(p.text for p in above)) - {PERCENT})


def scales_in(title: str) -> set[str]:
    """What a title says of levels; of what they are, the first thing in the table's order."""
    signs = {scale for sign, scale in SIGNS.items() if sign in title}
    text = plain_letters(title)
    told = [scale for scale, pattern in _patterns() if pattern.search(text)]
    found = {scale for scale in told if scale == PERCENT}
    kinds = [scale for scale in told if scale != PERCENT]
    return found | (set(kinds[:1]) or signs)


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    with (Path(__file__).parent / "level_words.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return tuple((row["scale"], named(row["words"].split(";"))) for row in rows)


def named(names: Sequence[str]) -> re.Pattern[str]:
    """What finds any of some names: whole ones in Latin letters, anywhere in other scripts."""
    parts = [
        rf"(?<![a-z]){re.escape(n)}(?![a-z])" if n.isascii() and n[-1].isalpha() else re.escape(n)
        for n in map(plain_letters, sorted(names, key=len, reverse=True))
    ]
    return re.compile("|".join(parts))
