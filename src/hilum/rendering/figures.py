"""One figure of an effect measure, as a reader is told it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.synthesis.effects import measure as measure_of

if TYPE_CHECKING:
    from hilum.analyses.pooled import Limits
    from hilum.language import Words


def said(value: float | None, measure: str) -> str:
    """One figure, as its measure is read."""
    if value is None:
        return "-"
    percent = measure_of(measure).unit == "proportion"
    return f"{100 * value:.1f} %" if percent else f"{value:.4g}"


def figure(limits: Limits, measure: str, words: Words) -> str:
    """A pooled figure with its interval, and that of a new study where there is one."""
    named = {
        "value": said(limits.pred, measure),
        "low": said(limits.ci_lb, measure),
        "high": said(limits.ci_ub, measure),
    }
    if limits.pi_lb is None:
        return words("{value} ({low} to {high})", **named)
    return words(
        "{value} ({low} to {high}), a new study {new_low} to {new_high}",
        **named,
        new_low=said(limits.pi_lb, measure),
        new_high=said(limits.pi_ub, measure),
    )
