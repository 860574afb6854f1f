"""Why a figure is not proposed, and what the checks of it are given."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hilum.literature.fulltext.numerals import COUNT, number

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hilum.literature.fulltext.clause import Owned
    from hilum.literature.fulltext.mentions import Mention
    from hilum.literature.fulltext.tokens import Token

ANOTHER: Final = "another"
NOBODY: Final = "nobody"
REASONS: Final = {
    "words": "words between the outcome and the figure that may change what it is",
    "named": "the outcome's name goes on, or begins, with words that may change it",
    "two": "two outcomes stand beside the figure",
    "list": "it is not certain how the figures of the list belong together",
    "bracket": "other figures stand in the same brackets",
    "counts": "no number of patients is printed of which the events are that percentage",
    "limits": "its limits do not hold it",
    "time": "the words before it tell of a time, not of the outcome",
    "centre": "whether it is a median or a mean is not said beside it",
    "baseline": "it may tell of the patients before their treatment",
    ANOTHER: "it may be another study's, an assumption or a definition",
    NOBODY: "no outcome beside it is certain",
    "chosen": "the outcome chooses the patients: the figure may be of something else",
}
"""Codes of why a figure is seen and not proposed."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A sentence and what was read in it; ``known``: the whole numbers of the paper."""

    text: str
    found: Sequence[Token]
    named: Sequence[Mention]
    pairs: Sequence[Owned]
    known: frozenset[int]
    months: dict[int, float]


def carrier(clause: Clause, one: Owned) -> Owned | None:
    """The figure of the same outcome before this one."""
    earlier = [
        p for p in clause.pairs
        if p.mention == one.mention and p.token.start < one.token.start
        and p.token.start >= p.mention.end
    ]  # fmt: skip
    return earlier[-1] if earlier else None


# What was done to the patients of an outcome is not how many had it.


def held(value: str, low: str, high: str) -> bool:
    """Whether an estimate lies within its limits, as far as they are numbers."""
    try:
        below = not low or number(low) <= number(value)
    except ValueError:
        return True
    try:
        return below and (not high or number(value) <= number(high))
    except ValueError:
        return below


def hidden(clause: Clause, start: int, end: int) -> str:
    """The text from one place to another, every figure as ``#``."""
    out, at = [], start
    for one in clause.found:
        if start <= one.start and one.end <= end and one.start >= at:
            out += [clause.text[at : one.start], " # "]
            at = one.end
    return "".join([*out, clause.text[at:end]])


def whole_numbers(texts: Iterable[str]) -> frozenset[int]:
    """The whole numbers of a paper above one, in figures or words."""
    pattern = re.compile(rf"(?<![\d.,·]){COUNT}(?![\d]|[.,]\d)(?!\s*%)", re.IGNORECASE)
    return frozenset(int(number(m[0])) for text in texts for m in pattern.finditer(text)) - {0, 1}
