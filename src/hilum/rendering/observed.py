"""What the studies themselves span, where a pooled interval is too wide to say anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.rendering.printed_figures import Printed
from hilum.synthesis.effects import measure as measure_of

if TYPE_CHECKING:
    from hilum.analyses.pool import PoolAnswered
    from hilum.analyses.pooled import Limits
    from hilum.language import Words

TOO_WIDE: Final = (
    "The interval of the average spans more than {points} points and excludes next to nothing: "
    "read the range of the studies."
)
SHARE: Final = Printed("proportion", 1)


def too_wide(limits: Limits | None, measure: str) -> bool:
    """Whether a pooled share has an interval that the cells of the sheet would not print.

    The scale of other measures has no ends that an interval could fill.
    """
    if limits is None or limits.ci_lb is None or limits.ci_ub is None:
        return False
    if measure_of(measure).unit != "proportion":
        return False
    from hilum.answers.pool import too_wide_share  # what reads the record is slow to load

    return too_wide_share((100 * limits.ci_lb, 100 * limits.ci_ub))


def observed(
    answer: PoolAnswered, words: Words, but: int | None = None, group: str | None = None
) -> str:
    """The least and the greatest share of the studies: all, a subgroup's, all ``but`` one row."""
    every = [
        one
        for one in answer.studies
        if one.value is not None and one.row != but and group in (None, one.group)
    ]
    values = [one.value for one in every if one.value is not None]
    if not values:
        return words("no study")
    low, high = SHARE.figure(min(values)), SHARE.figure(max(values))
    span = low if low == high else f"{low}–{high}"
    return words("{span} % (k = {k})", span=span, k=len(values))


def widest() -> str:
    """Points beyond which an interval of a share excludes next to nothing."""
    from hilum.answers.thresholds import WIDEST_SHARE

    return f"{WIDEST_SHARE:g}"


def too_wide_line(words: Words) -> str:
    """Why the range stands first."""
    return words(TOO_WIDE, points=widest())


def messages() -> set[str]:
    """Ids that stand in constants."""
    return {TOO_WIDE}
