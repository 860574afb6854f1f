"""Numbers as they are printed: no decimal that rounding cannot carry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.answers.thresholds import ONE_DECIMAL_N

if TYPE_CHECKING:
    from hilum.answers.study import Reported


def as_printed(number: float, *, months: bool, n: int) -> str:
    """A percentage or a number of months.

    Months are whole from 10 on; percentages are whole, with one decimal below 1 %, or below
    10 % from a thousand patients.
    """
    if months:
        return f"{number:.1f}" if number < 10 else f"{number:.0f}"
    fine = 0 < number < 1 or (0 < number < 10 and n >= ONE_DECIMAL_N)
    return f"{number:.1f}" if fine else f"{number:.0f}"


def printed_value(one: Reported) -> str:
    """A single study's figure as its paper prints it, never recomputed from whole patients."""
    if len(one.items) == 1 and one.row.value is not None:
        return f"{one.row.value:g}"
    return f"{one.value:.0f}"
