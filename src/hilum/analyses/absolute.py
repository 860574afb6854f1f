"""What a pooled ratio means for patients: events of 1,000 at a stated risk without treatment.

A risk ratio multiplies the risk, an odds ratio its odds, a hazard ratio the logarithm of those
who stay free of the event, ``1 - (1 - risk)^HR`` (Cochrane Handbook, chapter 15; GRADE).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hilum.errors import Fault, phrased

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.analyses.pooled import Shown

PEOPLE: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Absolute:
    """Events of 1,000: ``without`` the treatment as stated, ``with_it``, and the difference.

    ``low``, ``high`` and ``difference_low``, ``difference_high`` come from the interval that is
    shown of the ratio, the baseline taken as known. ``beyond`` are those of ``with_it``, ``low``
    and ``high`` at which a risk ratio times the baseline is above 1, which no risk is; they are
    cut at all patients.
    """

    without: float
    with_it: float
    low: float
    high: float
    difference: float
    difference_low: float
    difference_high: float
    beyond: tuple[str, ...] = ()


def _risk_ratio(risk: float, ratio: float) -> float:
    return min(1.0, risk * ratio)


def _odds_ratio(risk: float, ratio: float) -> float:
    odds = risk / (1 - risk) * ratio
    return odds / (1 + odds)


def _hazard_ratio(risk: float, ratio: float) -> float:
    return 1 - (1 - risk) ** ratio


RISKS: Final[dict[str, Callable[[float, float], float]]] = {
    "RR": _risk_ratio,
    "OR": _odds_ratio,
    "PETO": _odds_ratio,
    "HR": _hazard_ratio,
}
"""The risk with treatment, from that without and the ratio, by the measure's code."""


def faults(baseline: float | None, measure: str, mods: str | None) -> list[Fault]:
    """Why a baseline does not go with a measure."""
    if baseline is None or (measure in RISKS and not mods):
        return []
    wanted = phrased("no moderators, and one of {known} as measure", known=", ".join(RISKS))
    return [Fault("", None, "baseline", f"{baseline:g}", wanted)]


def absolute(baseline: float | None, measure: str, seen: Shown | None) -> Absolute | None:
    """Events of 1,000 with the treatment; None without a baseline, or a figure."""
    if baseline is None or seen is None:
        return None
    figures = (seen.pred, seen.ci_lb, seen.ci_ub)
    if any(one is None for one in figures):
        return None
    value, low, high = (
        PEOPLE * RISKS[measure](baseline, one) for one in figures if one is not None
    )
    without = PEOPLE * baseline
    named = zip(("with_it", "low", "high"), figures, strict=True)
    beyond = measure == "RR"
    return Absolute(
        without=without,
        with_it=value,
        low=low,
        high=high,
        difference=value - without,
        difference_low=low - without,
        difference_high=high - without,
        beyond=tuple(name for name, one in named if beyond and one and one * baseline > 1),
    )
