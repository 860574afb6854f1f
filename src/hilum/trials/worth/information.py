"""Expected value of perfect, partial perfect and sample information, per patient decided on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from hilum.errors import NotEstimable, phrased
from hilum.trials.worth.fitted import Fitted
from hilum.trials.worth.gaussian_process import gaussian_process_fit
from hilum.trials.worth.posterior import draws_checked
from hilum.trials.worth.spline import MOST_CROSSED, spline_fit

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike

    from hilum.synthesis.arrays import Array
    from hilum.trials.worth.fitted import Off

Regression = Literal["spline", "gp"]
REGRESSIONS = {"spline": spline_fit, "gp": gaussian_process_fit}
# Draws of a regression's coefficients, and their seed: the same question has the same answer.
TIMES, SEED = 60, 20140101
TOGETHER = 20
# A column that the others give to so many of its standard deviations says nothing of its own.
ALONE = 1e-8


@dataclass(frozen=True, slots=True)
class Worth:
    """An expected value of information.

    Attributes
    ----------
    value : float
        Per patient decided on, in the unit of the draws; 0 or more.
    mcse : float
        Monte-Carlo standard error: of the draws, and of the regression where one was fitted
        (draws of its coefficients' posterior; Strong, Oakley & Brennan 2014, section 2.4).
    changes : float
        Probability that the information changes which treatment is chosen.
    """

    value: float
    mcse: float
    changes: float


def worth_of(expected: Array, batches: int | None = None, off: Off | None = None) -> Worth:
    """Value of choosing after, rather than before, conditional means become known.

    Parameters
    ----------
    expected : ndarray, shape (s, treatments)
        Conditional expectation of each treatment's outcome, one row a possible state of knowledge.
    batches : int, optional
        For rows in the order of Markov chains: the Monte-Carlo error is that of the means of so
        many consecutive batches, which do not mistake neighbours for new information (Geyer
        1992). Without it rows count as independent.
    off : callable, optional
        How far the conditional means may be off (see :class:`~hilum.trials.worth.fitted.Fitted`);
        of the last treatments, where it says so of fewer than all: the others stay.
    """
    best = int(np.argmax(expected.mean(axis=0)))
    gain = expected.max(axis=1) - expected[:, best]
    changes = float((np.argmax(expected, axis=1) != best).mean())
    parts = gain
    if batches is not None:
        parts = np.array([part.mean() for part in np.array_split(gain, batches)])
    error = float(parts.std(ddof=1) / np.sqrt(len(parts)))
    if off is not None:
        error = float(np.hypot(error, np.std(_again(expected, off), ddof=1)))
    return Worth(float(gain.mean()), error, changes)


def _again(expected: Array, off: Off) -> list[float]:
    """The value at draws of how far the conditional means may be off."""
    rng = np.random.default_rng(SEED)
    today = np.ascontiguousarray(expected.T)
    again: list[float] = []
    # A few at a time: all draws of many treatments would be large.
    for _ in range(TIMES // TOGETHER):
        moved = off(rng, TOGETHER)
        still = today[: len(today) - moved.shape[1]]
        moved += today[len(still) :]
        best, means = moved.max(axis=1), moved.mean(axis=2).max(axis=1)
        if len(still):
            best = np.maximum(best, still.max(axis=0), out=best)
            means = np.maximum(means, still.mean(axis=1).max())
        again += (best.mean(axis=1) - means).tolist()
    return again


def evpi(draws: ArrayLike) -> Worth:
    """Expected value of perfect information: E max - max E over treatments.

    Parameters
    ----------
    draws : array_like, shape (s, treatments)
        More is better.

    Raises
    ------
    NotEstimable
        Fewer than two treatments or than 100 draws, or values that are not finite.
    """
    return worth_of(_several(draws))


def evppi(draws: ArrayLike, parameters: ArrayLike, *, method: Regression = "spline") -> Worth:
    """Expected value of knowing some parameters perfectly (Strong, Oakley & Brennan 2014).

    The conditional expectation of each treatment's outcome given the parameters is estimated by
    regression on the draws themselves: no nested simulation.

    Parameters
    ----------
    draws : array_like, shape (s, treatments)
    parameters : array_like, shape (s, p)
        The parameters that would be known. ``spline`` crosses up to four; of more, whose joint
        effects it would lose, ``gp`` takes its place. Columns that others give are left out.
    method : {"spline", "gp"}

    Raises
    ------
    NotEstimable
        As :func:`evpi`; another method; other numbers of draws; too few draws for the spline.
    """
    found = conditional(draws, parameters, method=method)
    return worth_of(found.means, off=found.off)


def evsi(draws: ArrayLike, summaries: ArrayLike, *, method: Regression = "spline") -> Worth:
    """Expected value of sample information by regression (Strong, Oakley, Brennan & Breeze 2015).

    Parameters
    ----------
    draws : array_like, shape (s, treatments)
    summaries : array_like, shape (s, q)
        Summary statistics of one data set of the proposed study for each row of ``draws``,
        simulated under that row's parameters; sufficient ones lose nothing.
    method : {"spline", "gp"}

    Raises
    ------
    NotEstimable
        As :func:`evppi`.
    """
    found = conditional(draws, summaries, method=method)
    return worth_of(found.means, off=found.off)


def conditional(draws: ArrayLike, given: ArrayLike, *, method: Regression = "spline") -> Fitted:
    """Conditional means of the outcomes, shape (s, treatments); see :func:`evppi`.

    How far they may be off is said of all but the first, from which the others differ.
    """
    outcomes = _several(draws)
    known = np.asarray(given, np.float64)
    known = known[:, None] if known.ndim == 1 else known
    draws_checked("parameters", known)
    if len(known) != len(outcomes):
        message = phrased(
            "parameters have {number} draws, outcomes {number_2}",
            number=len(known),
            number_2=len(outcomes),
        )
        raise NotEstimable(message)
    if method not in REGRESSIONS:
        message = phrased(
            "method {method!r}: expected {regressions}",
            method=method,
            regressions=" or ".join(REGRESSIONS),
        )
        raise NotEstimable(message)
    # Only differences matter to a choice, and common noise cancels in them.
    differences = outcomes[:, 1:] - outcomes[:, :1]
    known = _own(known)
    chosen = "gp" if known.shape[1] > MOST_CROSSED else method
    fitted = REGRESSIONS[chosen](differences, known)
    first = np.full((len(outcomes), 1), outcomes[:, 0].mean())
    return Fitted(np.hstack([first, first + fitted.means]), fitted.off)


def _own(known: Array) -> Array:
    """Columns that say something that those before them do not; one at least."""
    basis = np.zeros((len(known), 0))
    kept: list[int] = []
    for place, column in enumerate((known - known.mean(axis=0)).T):
        size = float(np.linalg.norm(column))
        rest = column - basis @ (basis.T @ column)
        rest -= basis @ (basis.T @ rest)
        alone = float(np.linalg.norm(rest))
        if size > 0 and alone > ALONE * size:
            kept.append(place)
            basis = np.column_stack([basis, rest / alone])
    return known[:, kept or [0]]


def evsi_moment_matching(
    draws: ArrayLike,
    parameters: ArrayLike,
    simulate: Callable[[Array, np.random.Generator], Any],
    log_likelihood: Callable[[Any, Array], Array],
    rng: np.random.Generator,
    *,
    nested: int = 50,
    method: Regression = "spline",
) -> Worth:
    """Expected value of sample information by moment matching (Heath, Manolopoulou & Baio 2018).

    The conditional means given the parameters (EVPPI) are rescaled so that their variance is that
    of the posterior mean: the outcomes' variance less the average posterior variance over some
    data sets. Heath and others 2020 compare it with its rivals. Posterior variances come from
    weighting the draws by the likelihood, so no sampler is needed.

    Parameters
    ----------
    draws : array_like, shape (s, treatments)
    parameters : array_like, shape (s, p)
        What the study learns about.
    simulate : callable (row of parameters, rng) -> data
        One data set.
    log_likelihood : callable (data, parameters) -> ndarray, shape (s,)
        Of that data set under every row, up to a constant.
    rng : numpy.random.Generator
    nested : int
        Data sets, 30 to 50 suffice.

    Raises
    ------
    NotEstimable
        As :func:`evppi`; or when a data set leaves fewer than 20 effective draws, so that its
        posterior cannot be read off them.
    """
    outcomes = _several(draws)
    known = np.asarray(parameters, np.float64)
    known = known[:, None] if known.ndim == 1 else known
    means = conditional(outcomes, known, method=method).means
    differences = outcomes[:, 1:] - outcomes[:, :1]
    inside = np.zeros((differences.shape[1],) * 2)
    # Rows spread over the draws of the first difference, as the paper advises.
    order = np.argsort(differences[:, 0])
    picks = order[((np.arange(nested) + 0.5) / nested * len(order)).astype(int)]
    for pick in picks:
        logs = log_likelihood(simulate(known[pick], rng), known)
        weight = np.exp(logs - logs.max())
        weight /= weight.sum()
        effective = 1 / float((weight**2).sum())
        if effective < 20:
            message = phrased(
                "the study's data leave {effective:.0f} effective draws of "
                "{number}: moment matching needs more draws, or use evsi",
                effective=effective,
                number=len(weight),
            )
            raise NotEstimable(message)
        centre = weight @ differences
        inside += (weight[:, None] * (differences - centre)).T @ (differences - centre)
    within = inside / nested
    total = np.atleast_2d(np.cov(differences.T))
    fitted = means[:, 1:] - means[:, :1]
    centre = fitted.mean(axis=0)
    target = _root(total - within)
    own = _root(np.atleast_2d(np.cov(fitted.T)), inverse=True)
    rescaled = (fitted - centre) @ own @ target + centre
    return worth_of(np.hstack([means[:, :1], means[:, :1] + rescaled]))


def _root(matrix: Array, *, inverse: bool = False) -> Array:
    """Symmetric root of a covariance; directions without variance are left out."""
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    values = np.maximum(values, 0.0)
    roots = np.sqrt(values)
    if inverse:
        keep = roots > 1e-9 * max(float(roots.max()), 1e-300)
        roots = np.where(keep, 1 / np.where(keep, roots, 1.0), 0.0)
    return (vectors * roots) @ vectors.T


def _several(draws: ArrayLike) -> Array:
    outcomes = draws_checked("draws", np.asarray(draws, np.float64))
    if outcomes.shape[1] < 2:
        message = "a decision needs two treatments or more"
        raise NotEstimable(message)
    return outcomes
