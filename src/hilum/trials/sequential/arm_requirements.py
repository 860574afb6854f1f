"""What a multi-arm multi-stage design with times to events may be asked for."""

from __future__ import annotations

from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING

from hilum.errors import phrased
from hilum.trials.sequential.arm_paths import MAX_STAGES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.trials.parameters import Requirements

MAX_ARMS = 8
# Log hazard ratios on the two outcomes at one time, and at different times: their correlations
# differ by this factor (Royston et al. 2011, as in nstage).
ATTENUATION = 1.1
NOT_ONE = "a ratio of treatment to control above 0, other than 1"
SAME_SIDE = "a ratio on the same side of 1 as that of the definitive outcome"


def require_arms(
    check: Requirements,
    arms: int,
    hazard_ratio: float,
    control_median: float,
    accrual: float,
    alphas: Sequence[float],
    powers: Sequence[float],
    intermediate_ratio: float | None,
    intermediate_median: float | None,
    correlation: float,
    ratio: float,
    recruiting: Sequence[int] | None,
    stop_accrual: float | None,
    family_wise: float | None,
) -> None:
    """Note what cannot be; parameters as of :func:`~hilum.trials.sequential.survival_arms`."""
    check.need(
        1 <= arms <= MAX_ARMS,
        "arms",
        arms,
        phrased("from 1 to {MAX_ARMS} treatments", MAX_ARMS=MAX_ARMS),
    )
    fits = 0 < hazard_ratio < inf and hazard_ratio != 1
    check.need(fits, "hazard_ratio", hazard_ratio, NOT_ONE)
    check.above_zero("control_median", control_median, "months")
    check.above_zero("accrual", accrual, "patients a month")
    _require_stages(check, alphas, powers)
    if intermediate_ratio is not None:
        fits = intermediate_ratio > 1 if hazard_ratio > 1 else 0 < intermediate_ratio < 1
        check.need(fits, "intermediate_ratio", intermediate_ratio, SAME_SIDE)
        check.need(
            intermediate_median is not None, "intermediate_ratio", intermediate_ratio,
            "intermediate_median beside it",
        )  # fmt: skip
    if intermediate_median is not None:
        _require_two_outcomes(check, intermediate_median, control_median, alphas, correlation)
    check.above_zero("ratio", ratio)
    if recruiting is not None:
        _require_recruiting(check, recruiting, arms, len(alphas))
    if stop_accrual is not None:
        check.above_zero("stop_accrual", stop_accrual, "months")
    if family_wise is not None:
        wanted = "a level above 0 and below 0.5"
        check.need(0 < family_wise < 0.5, "family_wise", family_wise, wanted)


def _require_stages(check: Requirements, alphas: Sequence[float], powers: Sequence[float]) -> None:
    """A falling level and a power for each stage."""
    falls = all(a > b for a, b in pairwise(alphas))
    check.need(
        1 <= len(alphas) <= MAX_STAGES and falls and all(0 < one <= 0.5 for one in alphas),
        "alphas",
        _shown(alphas),
        phrased(
            "1 to {MAX_STAGES} falling levels, each above 0 and of at most 0.5",
            MAX_STAGES=MAX_STAGES,
        ),
    )
    for one in powers:
        check.need(0.5 < one < 1, "powers", one, "powers above 0.5 and below 1")
    check.need(
        len(powers) == len(alphas),
        "powers",
        len(powers),
        phrased("{number}, one a stage", number=len(alphas)),
    )


def _require_two_outcomes(
    check: Requirements,
    intermediate_median: float,
    control_median: float,
    alphas: Sequence[float],
    correlation: float,
) -> None:
    """An intermediate outcome that comes before the definitive one, and is used before it."""
    check.need(
        0 < intermediate_median < control_median,
        "intermediate_median",
        intermediate_median,
        phrased(
            "months above 0 and below those of the definitive outcome ({control_median:g})",
            control_median=control_median,
        ),
    )
    check.need(len(alphas) > 1, "alphas", _shown(alphas), "two stages or more with two outcomes")
    limit = 1 / ATTENUATION
    check.need(
        0 <= correlation <= limit,
        "correlation",
        correlation,
        phrased("from 0 to {limit:.3g}", limit=limit),
    )


def _require_recruiting(
    check: Requirements, recruiting: Sequence[int], arms: int, stages: int
) -> None:
    """Treatments that still recruit, by stage: all of them at first, and never more again."""
    check.need(
        len(recruiting) == stages
        and recruiting[0] == arms
        and all(a >= b >= 1 for a, b in pairwise(recruiting)),
        "recruiting",
        " ".join(map(str, recruiting)),
        phrased("{number} numbers that do not rise, the first {arms}", number=stages, arms=arms),
    )


def _shown(values: Sequence[float]) -> str:
    """Numbers as a message shows them."""
    return " ".join(f"{one:g}" for one in values)
