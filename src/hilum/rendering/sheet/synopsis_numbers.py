"""Numbers of a synopsis as they are printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from hilum.trials.synopsis.record import Look, Synopsis


UNUSUAL: Final[dict[str, Literal["lower", "sooner"]]] = {
    "rates_lower": "lower",
    "lower_better": "lower",
    "lower_is_better": "lower",
    "event_good": "sooner",
    "enrich_event_good": "sooner",
    "count_good": "sooner",
}
"""Steps that say that the better side is not the usual one."""


def plain(value: float | int | str | None) -> str:
    """A number of a formula as it is printed: whole, or three significant digits."""
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    if value == round(value) and abs(value) < 1e9:
        return str(round(value))
    return f"{value:.4g}" if abs(value) >= 100 else f"{value:.3g}"


def plain_size(value: float | None) -> str:
    """Patients or events at an analysis, rounded up."""
    from hilum.trials.fixed.sizes import whole

    return "" if value is None else str(whole(value))


def effect_text(value: float, scale: str) -> str:
    """An effect on a design's scale: percentage points, or the number itself."""
    return f"{100 * value:.3g} %" if scale == "proportion" else f"{value:.3g}"


def share(value: float | None) -> str:
    """A share in percent; empty for None."""
    return "" if value is None else f"{100 * value:.1f} %"


def decimal(value: float | None, digits: int) -> str:
    """So many decimals; empty for None."""
    return "" if value is None else f"{value:.{digits}f}"


def p_value(value: float | None) -> str:
    """A one-sided p value; empty for None."""
    return "" if value is None else f"{value:.3g}" if value < 0.001 else f"{value:.4f}"


def count(value: int | None) -> str:
    """A count of responders; empty for None."""
    return "" if value is None else str(value)


def good_event(synopsis: Synopsis) -> bool:
    """Whether a hazard ratio above 1 is hoped for."""
    return synopsis.scale == "ratio" and any(
        one.code == "alternative" and one.effect > 1 for one in synopsis.operating
    )


def unusual_side(synopsis: Synopsis) -> Literal["lower", "sooner", ""]:
    """The better side where it is not the usual one: a lower rate, a good event."""
    for one in synopsis.steps:
        if one.code in UNUSUAL:
            return UNUSUAL[one.code]
    return ""


def stops(look: Look, which: int) -> str:
    """Chances to stop for efficacy and for futility under no effect (0) or the effect (1)."""
    up, down = (
        (look.stop_efficacy0, look.stop_futility0)
        if which == 0
        else (look.stop_efficacy1, look.stop_futility1)
    )
    if up is None or down is None:
        return ""
    # Each arrow stays with its figure where a cell is narrow.
    return f"↑\u00a0{100 * up:.1f}\u00a0% ↓\u00a0{100 * down:.1f}\u00a0%"
