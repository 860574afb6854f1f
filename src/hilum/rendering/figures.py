"""One figure of an effect measure, as a reader is told it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.rendering.printed_figures import minus, powered, printed
from hilum.synthesis.effects import measure as measure_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.analyses.pooled import Limits
    from hilum.language import Words


# Figures between these have four digits where no interval says how many they carry.
SMALL, LARGE = 1e-3, 1e6


def said(value: float | None, measure: str, widths: Sequence[float] = ()) -> str:
    """One figure, as its measure is read: as exact as a column of intervals so wide prints it."""
    if value is None:
        return "-"
    unit = measure_of(measure).unit
    if unit not in ("proportion", "ratio") and not widths:
        return plain(value)
    text = printed(unit, widths).figure(value)
    return f"{text} %" if unit == "proportion" else text


def _ends(limits: Limits, measure: str, widths: Sequence[float]) -> tuple[str, str]:
    """Both ends of an interval, which rounding does not put on no effect."""
    one, low, high = measure_of(measure), limits.ci_lb, limits.ci_ub
    if low is None or high is None or one.groups == 1 or one.unit == "proportion":
        return said(low, measure, widths), said(high, measure, widths)
    return printed(one.unit, widths).ends(low, high)


def plain(value: float) -> str:
    """Four digits, never with an E."""
    usual = value == 0 or SMALL <= abs(value) < LARGE
    return minus(f"{value:.4g}") if usual else powered(value)


def figure(limits: Limits, measure: str, words: Words) -> str:
    """A pooled figure with its interval, and that of a new study where there is one."""
    low, high = limits.ci_lb, limits.ci_ub
    widths = () if low is None or high is None else (high - low,)
    first, last = _ends(limits, measure, widths)
    named = {
        "value": said(limits.pred, measure, widths),
        "low": first,
        "high": last,
    }
    if limits.pi_lb is None:
        return words("{value} ({low} to {high})", **named)
    return words(
        "{value} ({low} to {high}), a new study {new_low} to {new_high}",
        **named,
        new_low=said(limits.pi_lb, measure, widths),
        new_high=said(limits.pi_ub, measure, widths),
    )
