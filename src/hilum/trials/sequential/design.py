"""Group sequential designs: bounds, power, inflation and expected size in one record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import special

from hilum.errors import NotEstimable, phrased
from hilum.trials.parameters import Requirements
from hilum.trials.sequential.boundaries import (
    SHAPES,
    Bounds,
    alpha_increments,
    from_increments,
    shaped,
    with_beta_spending,
)
from hilum.trials.sequential.recursion import Crossing, crossing, solve
from hilum.trials.sequential.spending import FAMILIES, spent
from hilum.trials.sequential.two_sided import wedge_bounds, wedge_crossing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.synthesis.arrays import Array

KINDS = (*SHAPES, "WT", *FAMILIES, "asUser")
Kind = Literal["OF", "P", "WT", "asOF", "asP", "asHSD", "asKD", "asUser"]


@dataclass(frozen=True, slots=True)
class GroupSequential:
    """A group sequential design on the canonical scale; a trial multiplies a size by it.

    Parameters
    ----------
    kind : str
        Shape or spending family of the efficacy bounds; ``parameter`` its exponent, gamma or rho.
    alpha, power, sided
        As asked; ``alpha`` is that of all sides together.
    information_rates : tuple of float, length K
    efficacy, futility : tuple of float, length K
        Bounds on the z scale. A trial stops with efficacy at ``z >= efficacy`` (``|z|`` for two
        sides), for futility at ``z < futility`` (``|z|``); minus infinity where a stage has no
        such bound.
    binding : bool
        Whether alpha counts on trials stopping for futility.
    alpha_spent, beta_spent : tuple of float, length K
        Cumulative type I and type II error by stage; the latter under the design's alternative.
    stage_levels : tuple of float, length K
        One-sided nominal level of each efficacy bound.
    drift : float
        Mean of z at full information at which the power is reached.
    inflation : float
        Maximum information over that of the fixed design.
    """

    kind: str
    parameter: float | None
    alpha: float
    power: float
    sided: int
    information_rates: tuple[float, ...]
    efficacy: tuple[float, ...]
    futility: tuple[float, ...]
    binding: bool
    alpha_spent: tuple[float, ...]
    beta_spent: tuple[float, ...]
    stage_levels: tuple[float, ...]
    drift: float
    inflation: float

    @property
    def stages(self) -> int:
        """Number of analyses."""
        return len(self.information_rates)

    def stopping(self, drift: float, *, heed_futility: bool = True) -> Crossing:
        """Probabilities to stop at each stage for efficacy (both sides together) and futility."""
        none = [-np.inf] * self.stages
        if self.sided == 2:
            inner = self.futility if heed_futility else none
            both = wedge_crossing(self.information_rates, self.efficacy, inner, drift)
            inside = both.inside if self.has_wedge and heed_futility else np.zeros(self.stages)
            return Crossing(both.upper + both.lower, inside)
        lower = list(self.futility) if heed_futility else none
        return crossing(self.information_rates, self.efficacy, lower, drift)

    @property
    def has_wedge(self) -> bool:
        """Whether a two-sided design stops for futility."""
        return self.sided == 2 and max(self.futility) > 0

    def power_at(self, drift: float) -> float:
        """Probability of efficacy at any stage, in the right direction of a two-sided test."""
        find = wedge_crossing if self.sided == 2 else crossing
        found = find(self.information_rates, self.efficacy, self.futility, drift)
        return float(found.upper.sum())

    def expected_size(self, drift: float) -> float:
        """Expected information at the end, as a multiple of the fixed design's."""
        found = self.stopping(drift)
        stopped = found.upper + found.lower
        stopped[-1] = 1 - stopped[:-1].sum()
        return float(stopped @ np.asarray(self.information_rates)) * self.inflation

    @property
    def expected_size_h0(self) -> float:
        """Under no effect."""
        return self.expected_size(0.0)

    @property
    def expected_size_h01(self) -> float:
        """Half-way between no effect and the alternative."""
        return self.expected_size(self.drift / 2)

    @property
    def expected_size_h1(self) -> float:
        """Under the alternative."""
        return self.expected_size(self.drift)


def fixed_drift(alpha: float, power: float, sided: int = 1) -> float:
    """Drift of a fixed design: ``z_alpha + z_beta``."""
    return float(special.ndtri(1 - alpha / sided) + special.ndtri(power))


def group_sequential(
    information_rates: Sequence[float] | None = None,
    *,
    stages: int = 3,
    alpha: float = 0.025,
    power: float = 0.9,
    kind: str = "asOF",
    parameter: float | None = None,
    sided: int = 1,
    futility: Sequence[float] | str | None = None,
    futility_parameter: float | None = None,
    binding: bool = False,
    user_alpha_spent: Sequence[float] | None = None,
) -> GroupSequential:
    """Make a design: bounds by exact recursion, then the drift that reaches the power.

    Parameters
    ----------
    information_rates : sequence of float, optional
        Increasing, the last 1; ``stages`` equal steps when omitted.
    kind : {"OF", "P", "WT", "asOF", "asP", "asHSD", "asKD", "asUser"}
        O'Brien & Fleming 1979, Pocock 1977, Wang & Tsiatis 1987 (``parameter`` delta); error
        spending of Lan & DeMets 1983 (OBF and Pocock type), Hwang, Shih & DeCani 1990 (gamma),
        Kim & DeMets 1987 (rho), or ``user_alpha_spent`` as given.
    futility : sequence of float of length K - 1, or spending family, optional
        Lower bounds on the z scale, or the family that spends beta (Pampallona, Tsiatis & Kim
        2001; the last bounds meet).
    binding : bool
        Whether the efficacy bounds are lowered for stopping at the futility bounds.

    Raises
    ------
    InputError
        Parameters that cannot be; all of them, with their values.
    NotEstimable
        No drift reaches the power with these bounds.
    """
    check = Requirements()
    check.errors(alpha, power, sided)
    check.one_of("kind", kind, KINDS)
    rates = _rates(check, information_rates, stages)
    if kind == "WT":
        delta = 0.5 if parameter is None else parameter
        check.need(-0.5 <= delta <= 1, "parameter", delta, "delta from -0.5 to 1")
    _check_futility(check, futility, sided, len(rates))
    if kind == "asUser":
        _check_user(check, user_alpha_spent, rates, alpha)
    check.done()

    total = spent(futility, 1 - power, np.asarray(rates), futility_parameter).tolist() if (
        isinstance(futility, str)
    ) else None  # fmt: skip
    if total is not None and binding and (kind in SHAPES or kind == "WT"):
        check.need(False, "kind", kind, "a spending family with binding beta spending")
        check.done()
    increments = _increments(kind, alpha / sided, rates, parameter, user_alpha_spent)
    bounds, drift = _solve(
        rates, increments, kind, parameter, alpha, power, sided, futility, total, binding
    )
    if futility is not None and not isinstance(futility, str):
        _below_efficacy("futility", futility, bounds.efficacy.tolist())
    at_null, at_alternative = _stops(rates, bounds, sided, binding, drift)
    type_two = np.cumsum(at_alternative.lower)
    if sided == 2 and total is None:
        type_two = np.append(np.zeros(len(rates) - 1), 1 - power)
    return GroupSequential(
        kind,
        parameter,
        alpha,
        power,
        sided,
        rates,
        tuple(bounds.efficacy.tolist()),
        tuple(bounds.futility.tolist()),
        binding,
        tuple((sided * np.cumsum(at_null.upper)).tolist()),
        tuple(type_two.tolist()),
        tuple(special.ndtr(-bounds.efficacy).tolist()),
        drift,
        (drift / fixed_drift(alpha, power, sided)) ** 2,
    )


def _rates(check: Requirements, given: Sequence[float] | None, stages: int) -> tuple[float, ...]:
    """Information at each analysis: as given, or in equal steps."""
    if given is None:
        check.need(1 <= stages <= 50, "stages", stages, "from 1 to 50 analyses")
        return tuple((k + 1) / stages for k in range(stages)) if 1 <= stages <= 50 else (1.0,)
    rates = tuple(float(rate) for rate in given)
    check.information_rates(rates)
    return rates


def _check_futility(
    check: Requirements, futility: Sequence[float] | str | None, sided: int, stages: int
) -> None:
    """A family that spends beta, or (with one side) a bound for each analysis but the last."""
    if sided == 2:
        check.need(
            futility is None or isinstance(futility, str),
            "futility", futility if isinstance(futility, str) else _shown(futility or ()),
            "none, or a family that spends beta, with two sides",
        )  # fmt: skip
    if isinstance(futility, str):
        check.one_of("futility", futility, tuple(FAMILIES))
    elif futility is not None:
        check.need(
            len(futility) == stages - 1 and not np.isnan(np.sum(futility)),
            "futility", _shown(futility),
            phrased("{number} bounds on the z scale", number=stages - 1),
        )  # fmt: skip


def _below_efficacy(name: str, futility: Sequence[float], efficacy: Sequence[float]) -> None:
    """Refuse futility bounds that leave no way on."""
    check = Requirements()
    for stage, (low, high) in enumerate(zip(futility, efficacy, strict=False), start=1):
        wanted = phrased(
            "a bound below that for efficacy, {high:.3f} at analysis {stage}",
            high=high,
            stage=stage,
        )
        check.need(low < high, name, low, wanted)
    check.done()


def _shown(values: Sequence[float]) -> str:
    return " ".join(f"{value:g}" for value in values)


def _stops(
    rates: tuple[float, ...], bounds: Bounds, sided: int, binding: bool, drift: float
) -> tuple[Crossing, Crossing]:
    """Stopping for efficacy (one side) and futility: as alpha counts it, then as beta does."""
    outer = bounds.efficacy.tolist()
    obeyed = _lower(bounds, binding).tolist()
    if sided == 2:
        null = wedge_crossing(rates, outer, obeyed, 0.0)
        other = wedge_crossing(rates, outer, bounds.futility.tolist(), drift)
        return Crossing(null.upper, null.inside), Crossing(other.upper, other.inside)
    return crossing(rates, outer, obeyed, 0.0), crossing(
        rates, outer, _last(bounds).tolist(), drift
    )


def _check_user(
    check: Requirements, given: Sequence[float] | None, rates: tuple[float, ...], alpha: float
) -> None:
    values = tuple(given or ())
    shown = " ".join(f"{value:g}" for value in values)
    check.need(
        len(values) == len(rates)
        and all(a <= b for a, b in zip((0.0, *values), values, strict=False))
        and abs(values[-1] - alpha) < 1e-12,
        "user_alpha_spent",
        shown,
        phrased(
            "{number} errors that do not fall and end at {alpha:g}", number=len(rates), alpha=alpha
        ),
    )


def _increments(
    kind: str,
    alpha: float,
    rates: tuple[float, ...],
    parameter: float | None,
    user: Sequence[float] | None,
) -> list[float] | None:
    """Errors of one side to spend by stage; None for a shape."""
    if kind in SHAPES or kind == "WT":
        return None
    if kind == "asUser" and user is not None:
        steps = np.diff(np.asarray(user, float), prepend=0.0)
        return (steps * alpha / steps.sum()).tolist()
    return alpha_increments(kind, alpha, rates, parameter)


def _solve(
    rates: tuple[float, ...],
    increments: list[float] | None,
    kind: str,
    parameter: float | None,
    alpha: float,
    power: float,
    sided: int,
    futility: Sequence[float] | str | None,
    beta_total: list[float] | None,
    binding: bool,
) -> tuple[Bounds, float]:
    none = [-np.inf] * len(rates)
    given = none if futility is None or isinstance(futility, str) else [*futility, -np.inf]
    obeyed = given if binding else none
    if increments is None:
        exponent = SHAPES.get(kind, 0.5 if parameter is None else parameter)
        efficacy = shaped(rates, alpha, exponent, obeyed, sided)
    else:
        efficacy = from_increments(rates, increments, obeyed, sided)
    beta = 1 - power
    first = fixed_drift(alpha, power, sided)
    if beta_total is not None:
        stands = None if binding else efficacy
        if sided == 2:
            bounds, _ = wedge_bounds(
                rates, increments, stands, beta_total, beta, lambda off: _root(off, first)
            )
            outer, inner = bounds.efficacy.tolist(), bounds.futility.tolist()
            # Beta is what neither side rejects; power counts the right side alone.
            return bounds, _root(
                lambda drift: power - float(wedge_crossing(rates, outer, inner, drift).upper.sum()),
                first,
            )

        def off(drift: float) -> float:
            return with_beta_spending(rates, increments, stands, beta_total, drift)[1] - beta

        drift = _root(off, first)
        return with_beta_spending(rates, increments, stands, beta_total, drift)[0], drift
    lower = np.minimum(np.asarray(given), efficacy)
    lower[-1] = efficacy[-1]
    if sided == 2:
        lower = np.full(len(rates), -np.inf)

    def missed(drift: float) -> float:
        low = (-efficacy).tolist() if sided == 2 else lower.tolist()
        found = crossing(rates, efficacy.tolist(), low, drift)
        return 1 - float(found.upper.sum()) - beta

    return Bounds(efficacy, lower), _root(missed, first)


def _root(off: object, first: float) -> float:
    from collections.abc import Callable
    from typing import cast

    f = cast("Callable[[float], float]", off)
    low, high = 0.3 * first, 1.2 * first
    while f(high) > 0:
        low, high = high, 1.5 * high
        if high > 20 * first + 20:
            message = phrased(
                "no effect reaches the power with these futility bounds (drift {high:g})", high=high
            )
            raise NotEstimable(message)
    while f(low) < 0:
        low = low / 2
        if low < 1e-6:
            return low
    return solve(f, low, high)


def _lower(bounds: Bounds, binding: bool) -> Array:
    return bounds.futility if binding else np.full(len(bounds.futility), -np.inf)


def _last(bounds: Bounds) -> Array:
    return np.append(bounds.futility[:-1], bounds.efficacy[-1])
