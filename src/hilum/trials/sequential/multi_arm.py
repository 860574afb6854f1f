"""Several treatments against one control, in stages; family-wise error kept to 1e-6 or better.

Dunnett 1955 for one stage; Magirr, Jaki & Whitehead 2012 for several: given the control's data,
the treatments are independent, so the family-wise error is an integral over the control's
increments of a product.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hilum.errors import NotEstimable, phrased
from hilum.trials.parameters import Requirements
from hilum.trials.sequential.boundaries import SHAPES
from hilum.trials.sequential.recursion import solve
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.synthesis.arrays import Array
    from hilum.watch import Watch

MAX_STAGES = 3
# Points of one increment of the control; the integrands are smooth over its whole range.
POINTS = {1: 120, 2: 40, 3: 24}
INNER = {1: 48, 2: 40, 3: 24}
REACH = 7.5


@dataclass(frozen=True, slots=True)
class MultiArm:
    """A multi-arm multi-stage design with a common control.

    Parameters
    ----------
    arms, ratio
        Treatments, and patients of the control for each of a treatment.
    information_rates : tuple of float, length J
    efficacy, futility : tuple of float, length J
        Bounds on each arm's z; an arm below ``futility`` is dropped, the trial stops with the
        first arm at or above ``efficacy``.
    alpha : float
        Family-wise error under no effect of any arm, futility bounds obeyed.
    power : float
        Chance that the one good arm is the first to cross its efficacy bound and, where others
        cross at the same analysis, the largest; the others' effect is ``uninteresting``
        (least favourable configuration).
    n_per_arm : float
        Patients of a treatment over all stages.
    n : float
        Maximum of patients in all.
    pairwise_alpha : float
        Error of one comparison.
    """

    arms: int
    ratio: float
    information_rates: tuple[float, ...]
    efficacy: tuple[float, ...]
    futility: tuple[float, ...]
    alpha: float
    power: float
    n_per_arm: float
    n: float
    pairwise_alpha: float


def family_wise_error(
    arms: int,
    rates: Sequence[float],
    efficacy: Sequence[float],
    futility: Sequence[float],
    ratio: float = 1.0,
) -> float:
    """Chance that any of ``arms`` ineffective treatments crosses its efficacy bound.

    Parameters
    ----------
    rates : sequence of float, length J (at most 3)
        Information rates, alike for all arms.
    efficacy, futility : sequence of float, length J
    ratio : float
        Control over treatment group.
    """
    nodes, mass = control_increments(len(rates))
    never = _never_given_control(nodes, rates, efficacy, futility, ratio)
    return float(1 - mass @ never**arms)


def multi_arm(
    arms: int,
    effect: float,
    *,
    uninteresting: float = 0.0,
    stages: int = 2,
    alpha: float = 0.025,
    power: float = 0.9,
    shape: str = "OF",
    futility: float | None = 0.0,
    ratio: float = 1.0,
    watch: Watch = SILENT,
) -> MultiArm:
    """Bounds for the family-wise error, then the size for the power.

    Parameters
    ----------
    arms : int
        Treatments besides the control.
    effect, uninteresting : float
        Standardised differences (mean over standard deviation) worth finding, and of the others
        under the least favourable configuration.
    stages : int
        1 to 3, equally spaced.
    shape : {"OF", "P"}
        Of the efficacy bounds.
    futility : float or None
        One z bound of all interim analyses below which an arm is dropped.
    ratio : float
        Control over treatment group; the square root of ``arms`` is Dunnett's optimum.

    Raises
    ------
    InputError
        Parameters that cannot be.
    Stopped
        When the watch says so; it is looked at for every integral.
    """
    check = Requirements()
    check.errors(alpha, power)
    check.need(1 <= arms <= 20, "arms", arms, "from 1 to 20 treatments")
    check.need(
        1 <= stages <= MAX_STAGES,
        "stages",
        stages,
        phrased("from 1 to {MAX_STAGES} analyses", MAX_STAGES=MAX_STAGES),
    )
    check.above_zero("effect", effect)
    check.need(
        uninteresting < effect,
        "uninteresting",
        uninteresting,
        phrased("a value below {effect:g}", effect=effect),
    )
    check.one_of("shape", shape, tuple(SHAPES))
    check.above_zero("ratio", ratio)
    check.done()
    rates = tuple((j + 1) / stages for j in range(stages))
    curve = np.asarray(rates) ** (SHAPES[shape] - 0.5)
    low = -np.inf if futility is None else futility

    def bounds(c: float) -> tuple[list[float], list[float]]:
        upper = (c * curve).tolist()
        return upper, [*(min(low, u) for u in upper[:-1]), upper[-1]]

    def off(c: float) -> float:
        watch.done(0)
        return family_wise_error(arms, rates, *bounds(c), ratio) - alpha

    c = solve(off, 0.3, 8.0, 1e-10)
    upper, lower = bounds(c)
    for stage, high in enumerate(upper[:-1], start=1):
        wanted = phrased(
            "a bound below that for efficacy, {high:.3f} at analysis {stage}",
            high=high,
            stage=stage,
        )
        check.need(low < high, "futility", low, wanted)
    check.done()
    n = _size(arms, effect, uninteresting, rates, upper, lower, ratio, power, watch)
    return MultiArm(
        arms, ratio, rates, tuple(upper), (*lower[:-1], upper[-1]), alpha, power, n,
        n * (arms + ratio), family_wise_error(1, rates, upper, lower, ratio),
    )  # fmt: skip


def power_at(design: MultiArm, n_per_arm: float, effect: float, uninteresting: float) -> float:
    """Chance to stop for the one good arm first, at ``n_per_arm`` patients."""
    return _power(
        design.arms, effect, uninteresting, design.information_rates, design.efficacy,
        design.futility, design.ratio, n_per_arm,
    )  # fmt: skip


def dunnett_critical(arms: int, alpha: float, ratio: float = 1.0) -> float:
    """One-sided critical z of the largest of ``arms`` comparisons with one control."""
    check = Requirements()
    check.errors(alpha, 0.999999)
    check.need(1 <= arms <= 1000, "arms", arms, "from 1 to 1000 treatments")
    check.above_zero("ratio", ratio)
    check.done()

    def off(c: float) -> float:
        return family_wise_error(arms, (1.0,), (c,), (c,), ratio) - alpha

    return solve(off, -4.0, 10.0)


def control_increments(stages: int) -> tuple[Array, Array]:
    """Standard normal increments of the control, shape (m, J), and their probability mass."""
    nodes, weights = np.polynomial.legendre.leggauss(POINTS[stages])
    x = REACH * nodes
    w = REACH * weights * np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)
    grids = np.meshgrid(*([x] * stages), indexing="ij")
    masses = np.meshgrid(*([w] * stages), indexing="ij")
    keep = np.prod([m.ravel() for m in masses], axis=0)
    places = np.stack([g.ravel() for g in grids], axis=1)
    used = keep > 1e-17
    return places[used], keep[used]


def _bounds_given_control(
    nodes: Array, rates: Sequence[float], z: Sequence[float], ratio: float, drift: float
) -> Array:
    """Bounds on the sum of a treatment's own increments, given the control's; shape (m, J).

    With an arm of variance 1 a unit of information and a control of ratio r,
    ``Z_j = (S_j - C_j / sqrt(r)) / sqrt(t_j (1 + 1 / r))`` where S and C are Brownian motions.
    """
    t = np.asarray(rates)
    steps = np.sqrt(np.diff(t, prepend=0.0))
    control = np.cumsum(nodes * steps, axis=1)
    bound = np.asarray(z, float) * np.sqrt(t * (1 + 1 / ratio))
    return bound + control / ratio**0.5 - drift * t


def _never_given_control(
    nodes: Array,
    rates: Sequence[float],
    efficacy: Sequence[float],
    futility: Sequence[float],
    ratio: float,
    drift: float = 0.0,
) -> Array:
    """Chance that an arm never crosses efficacy, given the control's increments; shape (m,)."""
    stopped = stops_given_control(nodes, rates, efficacy, futility, ratio, drift)
    return 1 - stopped.sum(axis=1)


def stops_given_control(
    nodes: Array,
    rates: Sequence[float],
    efficacy: Sequence[float],
    futility: Sequence[float],
    ratio: float,
    drift: float,
) -> Array:
    """Chance that an arm crosses efficacy at each stage, given the control; shape (m, J)."""
    high = _bounds_given_control(nodes, rates, efficacy, ratio, drift)
    out = np.zeros(high.shape)
    for j, (places, mass, root) in enumerate(going(nodes, rates, efficacy, futility, ratio, drift)):
        out[:, j] = (mass * special.ndtr((places - high[:, j, None]) / root)).sum(axis=1)
    return out


def going(
    nodes: Array,
    rates: Sequence[float],
    efficacy: Sequence[float],
    futility: Sequence[float],
    ratio: float,
    drift: float,
) -> list[tuple[Array, Array, float]]:
    """Of an arm that has not stopped before stage j: where its own sum lies, the mass there.

    The third value is the standard deviation of the step to stage j. Sums are taken without
    their drift, which the bounds carry.
    """
    high = _bounds_given_control(nodes, rates, efficacy, ratio, drift)
    low = _bounds_given_control(nodes, rates, futility, ratio, drift)
    t = np.asarray(rates)
    x, w = np.polynomial.legendre.leggauss(INNER[len(t)])
    places, mass = np.zeros((len(nodes), 1)), np.ones((len(nodes), 1))
    out: list[tuple[Array, Array, float]] = []
    for j in range(len(t)):
        root = float((t[j] - (t[j - 1] if j else 0.0)) ** 0.5)
        out.append((places, mass, root))
        if j + 1 < len(t):
            here, width = _between(low[:, j], high[:, j], float(t[j] ** 0.5), x, w)
            kernel = np.exp(-(((here[:, :, None] - places[:, None, :]) / root) ** 2) / 2)
            density = (kernel * mass[:, None, :]).sum(axis=2) / (root * np.sqrt(2 * np.pi))
            places, mass = here, width * density
    return out


def _between(low: Array, high: Array, root: float, x: Array, w: Array) -> tuple[Array, Array]:
    """Quadrature on (low, high) of every row, cut where no probability lies."""
    left = np.maximum(low, -REACH * root)
    right = np.maximum(np.minimum(high, REACH * root), left)
    half = (right - left)[:, None] / 2
    return left[:, None] + half * (x + 1), half * w


def _power(
    arms: int,
    effect: float,
    uninteresting: float,
    rates: Sequence[float],
    efficacy: Sequence[float],
    futility: Sequence[float],
    ratio: float,
    n: float,
) -> float:
    nodes, mass = control_increments(len(rates))
    strong, weak = effect * n**0.5, uninteresting * n**0.5
    if arms == 1:
        good = stops_given_control(nodes, rates, efficacy, futility, ratio, strong)
        return float(mass @ good.sum(axis=1))
    high = _bounds_given_control(nodes, rates, efficacy, ratio, strong)
    other = stops_given_control(nodes, rates, efficacy, futility, ratio, weak)
    before = np.cumsum(other, axis=1) - other
    x, w = np.polynomial.legendre.leggauss(INNER[len(rates)])
    won = np.zeros(len(nodes))
    ours = going(nodes, rates, efficacy, futility, ratio, strong)
    theirs = going(nodes, rates, efficacy, futility, ratio, weak)
    for j, t in enumerate(rates):
        top = np.full(len(nodes), REACH * t**0.5)
        here, width = _between(high[:, j], top, t**0.5, x, w)
        places, own, root = ours[j]
        kernel = np.exp(-(((here[:, :, None] - places[:, None, :]) / root) ** 2) / 2)
        density = (kernel * own[:, None, :]).sum(axis=2) / (root * np.sqrt(2 * np.pi))
        # The same z of the other arm, whose drift is smaller.
        rival = here + (strong - weak) * t
        places, own, root = theirs[j]
        larger = special.ndtr((places[:, None, :] - rival[:, :, None]) / root)
        behind = 1 - before[:, j, None] - (own[:, None, :] * larger).sum(axis=2)
        won += (width * density * behind ** (arms - 1)).sum(axis=1)
    return float(mass @ won)


def _size(
    arms: int,
    effect: float,
    uninteresting: float,
    rates: Sequence[float],
    efficacy: Sequence[float],
    futility: Sequence[float],
    ratio: float,
    power: float,
    watch: Watch,
) -> float:
    def off(n: float) -> float:
        watch.done(0)
        return _power(arms, effect, uninteresting, rates, efficacy, futility, ratio, n) - power

    low, high = 4 / effect**2, 32 / effect**2
    while off(high) < 0:
        low, high = high, 2 * high
        if high > 1e4 / effect**2:
            message = phrased(
                "power {power:g} is not reached with these futility bounds", power=power
            )
            raise NotEstimable(message)
    if off(low) > 0:
        low = 1e-3
    # A hundred-thousandth of a patient; each evaluation is a high-dimensional integral.
    return solve(off, low, high, 1e-5)
