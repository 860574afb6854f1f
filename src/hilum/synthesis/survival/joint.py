"""One survival curve from whatever the studies reported: patients, rates, medians, risk tables.

Each arm's survival follows a parametric family whose location (and, where the data ask for it,
shape) varies between studies; every report adds its own likelihood. Fitted by marginal maximum
likelihood.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import optimize, special

from hilum.errors import HilumError, NotConverged, NotEstimable, joined, phrased
from hilum.synthesis.arrays import coverage
from hilum.synthesis.survival.families import Family, closed_families, family
from hilum.synthesis.survival.likelihood import MarginalLikelihood, SurvivalData, arrange
from hilum.synthesis.survival.reports import Grouped, Unused, group, told_of_both

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hilum.synthesis.arrays import Array
    from hilum.synthesis.survival.reports import SurvivalArm

Random = Literal["auto", "none", "location", "location+shape"]
# Tried when the family is left open, in this order; the splines join where studies are many.
CANDIDATES = (
    "exponential",
    "weibull",
    "loglogistic",
    "lognormal",
    "gompertz",
    "gengamma",
    "cure",
    "promotion",
)
SPLINES = ("piecewise", "mspline")
POINTS = {0: 1, 1: 11, 2: 7}
# Two times tell of a curve's shape where they are so far apart.
APART = 1.4
# Curvature below this share of the largest determines nothing.
FLAT = 1e-8


@dataclass(frozen=True, slots=True)
class Candidate:
    """One model tried: its fit by AIC, or why it could not be fitted."""

    family: str
    random: str
    parameters: int
    loglik: float | None
    aic: float | None
    reason: str = ""


@dataclass(frozen=True)
class SurvivalFit:
    """A fitted joint model; :mod:`hilum.synthesis.survival.summary` reads curves off it.

    Attributes
    ----------
    family : Family
    beta : ndarray, shape (p,)
        Parameters on the family's own scale, times relative to ``data.unit``.
    vb : ndarray, shape (p, p)
        Their covariance (inverse observed information, variance parameters profiled in).
    G : ndarray, shape (d, d)
        Between-study covariance of the parameters named in ``random``.
    loglik, aic : float
    k : int
        Studies.
    n : float or None
        Patients where every study's number is known.
    theta, information : ndarray
        All parameters (the Cholesky factor of ``G`` last) and the observed information.
    arms : tuple of Grouped
        What went in and what did not.
    candidates : tuple of Candidate
        Every model tried.
    """

    family: Family
    random: tuple[int, ...]
    beta: Array
    vb: Array
    G: Array
    loglik: float
    aic: float
    k: int
    n: float | None
    theta: Array
    information: Array
    data: SurvivalData
    arms: tuple[Grouped, ...]
    level: float
    candidates: tuple[Candidate, ...] = field(default=())
    shape_assumed: bool = False
    modes: Array | None = None

    @property
    def tau2(self) -> float:
        """Between-study variance of the location (log time, or log hazard of splines)."""
        return float(self.G[0, 0]) if self.random else 0.0

    @property
    def unused(self) -> tuple[Unused, ...]:
        """Reports that did not enter, with their reasons."""
        return tuple(one for arm in self.arms for one in arm.unused)


def fit_survival(
    arms: Sequence[SurvivalArm],
    *,
    family: str = "best",
    random: Random = "auto",
    level: float = 0.95,
    progress: Callable[[str], None] | None = None,
    candidates: Sequence[str] | None = None,
) -> SurvivalFit:
    """Fit the joint model.

    Parameters
    ----------
    arms : sequence of SurvivalArm
        Arms of one study share its effects.
    family : str
        A name of :data:`hilum.synthesis.survival.families.FAMILIES`, or ``best``: the lowest AIC.
    random : {"auto", "none", "location", "location+shape"}
        What varies between studies. ``auto``: the location, and the shape too where five or more
        studies report several times and AIC asks for it; nothing with one study.
    level : float
        Coverage of the intervals that are made; printed ones have their own.
    progress : callable, optional
        Called with the name of each model about to be fitted.
    candidates : sequence of str, optional
        Families that ``best`` chooses from.

    Raises
    ------
    NotEstimable
        No usable report, a report that contradicts itself, or a family whose shape no arm
        determines.
    NotConverged
        When the likelihood of the family asked for is not maximised.
    """
    tell = progress or (lambda _: None)
    coverage(level)
    grouped = group(arms)
    data = arrange(grouped)
    require_deaths(data)
    shaped = tells_shape(grouped)
    several = sum(_times(arm) > 1 for arm in _first_arms(grouped))
    if family == "best":
        names = _names_to_try(data, candidates, shaped=shaped, several=several)
    else:
        _require_determined(family, shaped=shaped)
        names = (family,)
    found: list[tuple[SurvivalFit | None, Candidate]] = []
    random_of: Random = random
    if random == "auto":
        random_of = "location" if data.k > 1 else "none"

    def attempt(name: str, effects: Random, start: Array | None = None) -> SurvivalFit | None:
        tell(name if effects != "location+shape" else f"{name}, shape varies")
        try:
            one = _fit(grouped, data, name, effects, level, start)
        except (NotConverged, NotEstimable, np.linalg.LinAlgError) as error:
            if family != "best" and effects == random_of:
                raise
            said = error.sentence if isinstance(error, HilumError) else str(error)
            found.append((None, Candidate(name, effects, 0, None, None, said)))
            return None
        made = Candidate(name, effects, len(one.theta), one.loglik, one.aic)
        found.append((one, made))
        return one

    closed = closed_families()
    for name in names:
        # What has no shape cannot let it vary; one that is asked for by name is refused.
        bare = family == "best" and random_of == "location+shape"
        shapeless = bare and (name not in closed or len(closed[name].random) < 2)
        attempt(name, "location" if shapeless else random_of)
    fits = [one for one, _ in found if one is not None]
    if fits and random == "auto" and several >= 5:
        lead = min(fits, key=lambda one: one.aic)
        if len(lead.family.random) > 1:
            attempt(lead.family.name, "location+shape", np.array([*lead.theta, 0.0, 0.15]))
    fits = [one for one, _ in found if one is not None]
    if not fits:
        raise NotConverged(_reasons([one for _, one in found]))
    best = min(fits, key=lambda one: one.aic)
    table = tuple(sorted((one for _, one in found), key=lambda one: (one.aic is None, one.aic)))
    return replace(best, candidates=table, shape_assumed=family == "best" and not shaped)


def require_deaths(data: SurvivalData) -> None:
    """Without a death the likelihood rises for ever as hazards fall.

    Without a survivor it rises as they rise; a median, and the time of a death, say both.
    """
    seen = data.kind != "floor"
    died = (data.m * (1 - data.p) * seen).sum() + data.status.sum()
    told_of_both(float(died), float((data.m * data.p).sum() + len(data.status)))


def _require_determined(name: str, *, shaped: bool) -> None:
    """A family asked for is not changed for another: it is refused where its shape is not seen."""
    if name != "exponential" and not shaped:
        message = phrased(
            "family {family}: no arm reports two times, so that its shape is "
            "not determined; exponential is the family that can be fitted",
            family=name,
        )
        raise NotEstimable(message)


def _names_to_try(
    data: SurvivalData, candidates: Sequence[str] | None, *, shaped: bool, several: int
) -> tuple[str, ...]:
    """Families that the reports can tell apart; splines need several times of several studies."""
    if not shaped:
        return ("exponential",)
    if candidates is not None:
        return tuple(candidates)
    times = len(np.unique(data.point_time))
    return (*CANDIDATES, *(SPLINES if several >= 3 and times >= 4 else ()))


def _reasons(tried: Sequence[Candidate]) -> str:
    """Why each model failed, where all did: no single reason is the answer."""
    return joined(
        phrased("{family}: {reason}", family=one.family, reason=one.reason or "") for one in tried
    )


def _times(arm: Grouped) -> int:
    return len(arm.pieces) if not len(arm.times) else len(np.unique(arm.times[arm.status > 0]))


def _first_arms(grouped: Sequence[Grouped]) -> list[Grouped]:
    """Of each study the arm with most times."""
    best: dict[str, Grouped] = {}
    for arm in grouped:
        if arm.used and (arm.study not in best or _times(arm) > _times(best[arm.study])):
            best[arm.study] = arm
    return list(best.values())


def tells_shape(grouped: Sequence[Grouped]) -> bool:
    """Whether some arm tells of two times far enough apart for a curve's shape to be seen."""
    return any(_tells(arm) for arm in grouped)


def _tells(arm: Grouped) -> bool:
    if len(arm.times):
        return _times(arm) > 1
    ends = [piece.end for piece in arm.pieces if piece.kind != "floor"]
    return len(ends) > 1 and max(ends) >= APART * min(ends)


def _fit(
    grouped: tuple[Grouped, ...],
    data: SurvivalData,
    name: str,
    effects: Random,
    level: float,
    start: Array | None,
) -> SurvivalFit:
    events = data.point_time if not len(data.status) else _event_times(data)
    one = family(name, events)
    random: tuple[int, ...] = ()
    if effects == "location":
        random = one.random[:1]
    elif effects == "location+shape":
        random = one.random
        if len(random) < 2:
            message = "this family has no shape that could vary between studies"
            raise NotEstimable(message)
    likelihood = MarginalLikelihood(data, one, random, POINTS[len(random)])
    if start is None:
        begin = [0.3] if len(random) == 1 else [0.3, 0.0, 0.15] if random else []
        start = np.array([*one.start, *begin])
    penalty = np.zeros((likelihood.size, likelihood.size))
    if one.penalty is not None:
        penalty[: likelihood.fixed, : likelihood.fixed] = one.penalty
    theta, value, information = maximise(likelihood, start, penalty)
    beta, factor = likelihood.split(theta)
    sizes = [arm.n for arm in grouped if arm.used]
    return SurvivalFit(
        one,
        random,
        beta,
        _covariance(information, theta, likelihood.fixed),
        factor @ factor.T,
        value,
        -2 * value + 2 * likelihood.size,
        data.k,
        None if any(n is None for n in sizes) else sum(n for n in sizes if n is not None),
        theta,
        information,
        data,
        grouped,
        level,
        modes=likelihood.modes,
    )


def _event_times(data: SurvivalData) -> Array:
    """Times of pieces and of deaths: where knots may stand."""
    piece_ends = data.point_time[data.end]
    deaths = data.point_time[data.first_patient :][data.status > 0]
    return np.concatenate([piece_ends, deaths])


def maximise(
    likelihood: MarginalLikelihood, start: Array, penalty: Array, *, determined: bool = True
) -> tuple[Array, float, Array]:
    """Parameters, log-likelihood (without penalty) and observed information at the maximum.

    Raises
    ------
    NotConverged
        With the distance to the maximum that is left, in log-likelihood; where ``determined`` is
        asked for, also where some direction has no curvature.
    """

    def loss(theta: Array) -> tuple[float, Array]:
        value, slope = likelihood(theta)
        if not np.isfinite(value) or not np.all(np.isfinite(slope)):
            return 1e10, np.zeros_like(theta)
        push = penalty @ theta
        return -value + float(theta @ push) / 2, -slope + push

    # A line search may step where the likelihood overflows; loss() sends it back.
    with np.errstate(all="ignore"):
        found = optimize.minimize(loss, start, jac=True, method="BFGS", options={"gtol": 1e-3})
    theta = np.asarray(found.x, np.float64)
    information = np.eye(len(theta))
    left = np.inf
    for _ in range(8):
        information = second_derivatives(loss, theta)
        slope = loss(theta)[1]
        roots, vectors = np.linalg.eigh(information)
        # A variance at zero has no curvature of its own; it stays where it is.
        safe = np.where(roots > 1e-6 * max(roots.max(), 1e-12), roots, np.inf)
        step = vectors @ ((vectors.T @ slope) / safe)
        left = float(slope @ step) / 2
        if left < 1e-7:
            # One step more squares what is left; the information does not change by it.
            theta = theta - step
            break
        size = min(1.0, 1.0 / float(np.abs(step).max()))
        here = loss(theta)[0]
        while size > 1e-4 and loss(theta - size * step)[0] > here + 1e-9:
            size /= 2
        theta = theta - size * step
    if left > 1e-4:
        message = phrased(
            "no one curve of this family fits best: the figures are too few for all that it leaves "
            "open; ask for another family, or for less that varies between studies (where the "
            "search ended, up to {left:.2g} of log-likelihood was left to gain)",
            left=left,
        )
        raise NotConverged(message)
    fixed = likelihood.fixed
    roots = np.linalg.eigvalsh(information[:fixed, :fixed])
    if determined and roots.min() <= FLAT * max(float(roots.max()), 0.0):
        message = "too few figures for this family: very different curves of it fit them equally"
        raise NotConverged(message)
    return theta, likelihood(theta)[0], information


def second_derivatives(loss: Callable[[Array], tuple[float, Array]], theta: Array) -> Array:
    """By central differences of the gradient, which ``loss`` returns beside its value."""
    size = len(theta)
    out = np.empty((size, size))
    for j in range(size):
        step = np.zeros(size)
        step[j] = 1e-4
        out[j] = (loss(theta + step)[1] - loss(theta - step)[1]) / 2e-4
    return (out + out.T) / 2


def _covariance(information: Array, theta: Array, fixed: int) -> Array:
    """Covariance of the fixed parameters; variance parameters at zero are held there."""
    free = [j for j in range(len(theta)) if j < fixed or abs(theta[j]) > 1e-3]
    part = information[np.ix_(free, free)]
    if np.linalg.eigvalsh(part).min() <= 1e-9:
        part = information[:fixed, :fixed]
    return np.linalg.inv(part)[:fixed, :fixed]


def t_quantile(fit: SurvivalFit, *, prediction: bool = False) -> float:
    """Student's quantile with k - 1 (prediction: k - 2) degrees of freedom, normal for k = 1."""
    half = 0.5 + fit.level / 2
    if fit.k == 1 or not fit.random:
        return float(special.ndtri(half))
    return float(special.stdtrit(max(fit.k - (2 if prediction else 1), 1), half))


def between_study_test(fit: SurvivalFit) -> tuple[float, float] | None:
    """Likelihood-ratio test of no variation between studies: chi2 and p; ``None`` for one study.

    At the boundary of one variance half of chi2's mass lies at 0 (Self & Liang 1987).

    Raises
    ------
    NotConverged
        When the model without variation is not maximised.
    """
    if not fit.random:
        return None
    alone = MarginalLikelihood(fit.data, fit.family, (), POINTS[0])
    penalty = np.zeros((alone.fixed, alone.fixed))
    if fit.family.penalty is not None:
        penalty = fit.family.penalty
    # Only its height is asked for: a direction that determines nothing does no harm here.
    _, loglik, _ = maximise(alone, fit.beta, penalty, determined=False)
    chi2 = max(0.0, 2 * (fit.loglik - loglik))
    d = len(fit.random)
    # With shape varying too: a mixture of d and d + 1 further parameters' chi2 is close to d.
    p = float(special.chdtrc(1, chi2)) / 2 if d == 1 else float(special.chdtrc(2, chi2))
    return chi2, (1.0 if chi2 == 0 else p)
