"""Which studies and which assumption carry a contrast, and what is left without it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from hilum.errors import NotConverged
from hilum.synthesis.joint.data import COMPARATIVE, RANDOMISED, SINGLE
from hilum.synthesis.joint.linear import SCALES, information
from hilum.synthesis.joint.paths import edges, held_by, on_the_way
from hilum.synthesis.joint.paths import path as shortest
from hilum.synthesis.joint.posterior import Target, levels_of, place_of, treatment_index
from hilum.synthesis.joint.precision import spoken
from hilum.synthesis.joint.weights import without_baselines

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hilum.synthesis.arrays import Array
    from hilum.synthesis.joint.data import Studies
    from hilum.synthesis.joint.linear import Information
    from hilum.synthesis.joint.record import JointFit

NAN = float("nan")
Basis = Literal["randomisation", "non_randomised_comparison", "exchangeable_baselines", "prior"]


@dataclass(frozen=True, slots=True)
class Share:
    """One study's share of the information on a contrast, in percent."""

    study: str
    design: str
    percent: float


@dataclass(frozen=True, slots=True)
class Without:
    """A contrast once an assumption is given up, by a fit of its own.

    ``value``, ``se`` and ``ci`` are its mean, standard error and central 95 % interval on the
    model's scale, ``ratio`` its standard error over the one with everything; ``silent`` says that
    no chain of comparisons is left: what remains is the prior's, with what other treatments teach
    about the common level. ``refused`` is why the fit is not shown, its figures then missing.
    ``error`` and ``ci_error`` are Monte-Carlo standard errors of the mean and of both limits.
    """

    assumption: str
    value: float
    se: float
    ci: tuple[float, float]
    ratio: float
    silent: bool
    refused: str | None = None
    error: float = NAN
    ci_error: tuple[float, float] = (NAN, NAN)


@dataclass(frozen=True, slots=True)
class Identification:
    """The report on one contrast.

    Attributes
    ----------
    basis : str
        The strongest kind of evidence that links the two: a path of randomised comparisons;
        failing that one that needs non-randomised ones; failing that exchangeable baselines;
        ``prior`` where a treatment has no study at this weight.
    path : tuple of str
        Treatments on the shortest path of comparisons; empty without one.
    direct : tuple of str
        Studies that compare the two themselves.
    percent : dict
        Information by kind: ``randomised`` and ``comparative`` (within studies on a path of
        comparisons between the two; 0 where there is no path), ``single_arm`` (series, through
        exchangeable baselines), ``baselines`` (levels of the other studies, through the same
        assumption), ``prior``. Adds up to 100.
    shares : tuple of Share
        Studies by size of their share.
    without : tuple of Without
        What is left without exchangeable baselines (series and levels between studies), and
        without any non-randomised evidence; empty where the fit was made without such refits.
    """

    treatment: str
    comparator: str
    basis: Basis
    path: tuple[str, ...]
    direct: tuple[str, ...]
    percent: dict[str, float]
    shares: tuple[Share, ...]
    se: float
    without: tuple[Without, ...]


def linearised(fit: JointFit) -> Information:
    """Information of the studies at the posterior means of the standard deviations."""
    scales: dict[str, float] = {}
    for name in SCALES:
        if name in fit.draws:
            scales[name] = float(np.sqrt((fit.flat(name) ** 2).mean()))
        else:
            prior = getattr(fit.priors, name)
            scales[name] = prior.value if prior.fixed else 0.8 * prior.value
    return information(fit.studies, fit.priors, scales, fit.weights)


def identification(
    fit: JointFit,
    treatment: str,
    comparator: str,
    info: Information | None = None,
    target: Target | None = None,
) -> Identification:
    """How a contrast is identified, in the patients of ``target`` (average ones without it).

    With precision matrices adding up over studies, the variance of a contrast c splits exactly:
    ``c' V c = sum_s c' V A_s V c``, where V is the inverse of the total precision and A_s what
    study s adds (as the contribution matrix of a network does; here on the linearised model).

    Raises
    ------
    NotEstimable
        A treatment that no study holds.
    """
    a, b = treatment_index(fit, treatment), treatment_index(fit, comparator)
    found = info or linearised(fit)
    target = target or Target()
    c = _contrast(fit.studies, a, b, target, len(found.prior))
    v = np.linalg.solve(found.total, c)
    variance = float(c @ v)
    within = np.einsum("i,sij,j->s", v, found.within, v) / variance * 100
    between = np.einsum("i,sij,j->s", v, found.between, v) / variance * 100
    design = fit.studies.design
    on_path = _on_path(fit, a, b)
    # What a study off every path compares says nothing of these two but through levels.
    levels = between + np.where(on_path, 0.0, within)
    within = np.where(on_path, within, 0.0)
    compared = design != SINGLE
    percent = {
        "randomised": float(within[design == RANDOMISED].sum()),
        "comparative": float(within[design == COMPARATIVE].sum()),
        "single_arm": float(levels[design == SINGLE].sum()),
        "baselines": float(levels[compared].sum()),
        "prior": float(v @ found.prior @ v / variance * 100),
    }
    whole = within + levels
    names = ("randomised", "comparative", "single_arm")
    order = np.argsort(-whole, kind="stable")
    shares = tuple(
        Share(fit.studies.studies[s], names[design[s]], float(whole[s]))
        for s in order
        if whole[s] >= 0.05
    )
    basis, path = _basis(fit, a, b)
    return Identification(
        treatment, comparator, basis, path, _direct(fit.studies, a, b), percent, shares,
        variance**0.5, _without(fit, a, b, target),
    )  # fmt: skip


def _contrast(studies: Studies, a: int, b: int, target: Target, size: int) -> Array:
    """The contrast of two levels over what is linearised; common covariate effects cancel."""
    count, named = len(studies.treatments), len(studies.covariates)
    out = np.zeros(size)
    out[a], out[b] = 1.0, -1.0
    _, mean, sd = studies.standardised()
    for name, value in target.values:
        j = studies.covariates.index(name)
        away = (value - mean[j]) / sd[j]
        own = count + 2 + named
        out[own + a * named + j], out[own + b * named + j] = away, -away
    return out


def _on_path(fit: JointFit, a: int, b: int) -> NDArray[np.bool_]:
    """Whether each study compares on a path between the two; trials' own paths come first."""
    kinds = (RANDOMISED, COMPARATIVE) if fit.weights[1] > 0 else (RANDOMISED,)
    found = on_the_way(fit.studies, kinds, a, b)
    return np.array([s in found for s in range(fit.studies.count)], np.bool_)


def _without(fit: JointFit, a: int, b: int, target: Target) -> tuple[Without, ...]:
    eta = levels_of(fit.draws, fit.studies, target)
    se = float((eta[..., a] - eta[..., b]).std(ddof=1))
    kept = (RANDOMISED, COMPARATIVE) if fit.weights[1] > 0 else (RANDOMISED,)
    trials = RANDOMISED in fit.studies.design
    everything = fit.parts.get(without_baselines(fit.studies), fit.parts.get("comparative"))
    out: list[Without] = []
    for name, left, designs in (
        ("exchangeable_baselines", everything, kept),
        ("non_randomised", fit.parts.get("randomised") if trials else None, (RANDOMISED,)),
    ):
        silent = not shortest(edges(fit.studies, designs), a, b)
        if left is None:
            if fit.parts or bool((fit.studies.design == SINGLE).all()):
                out.append(Without(name, NAN, NAN, (NAN, NAN), NAN, silent))
            continue
        if isinstance(left, NotConverged):
            out.append(Without(name, NAN, NAN, (NAN, NAN), NAN, silent, left.sentence))
            continue
        alone = levels_of(left.draws, left.studies, target)
        said = spoken(alone[..., a] - alone[..., b])
        out.append(
            Without(
                name, said.value, said.se, said.ci, said.se / se, silent, None, said.error,
                said.ci_error,
            )
        )  # fmt: skip
    return tuple(out)


def level_share_of_prior(
    fit: JointFit, info: Information | None = None, target: Target | None = None
) -> list[float]:
    """Percent of the information on each treatment's own level that is the prior's.

    With an anchor in ``target`` that of its contrast with the treatment whose outcome is known.
    """
    return share_of_prior(fit.studies, info or linearised(fit), target or Target())


def share_of_prior(studies: Studies, info: Information, target: Target) -> list[float]:
    """As :func:`level_share_of_prior`, of what is linearised."""
    covariance = np.linalg.inv(info.total)
    away = np.eye(len(covariance))[: len(studies.treatments)]
    if target.anchor is not None:
        away = away - away[place_of(studies, target.anchor[0])]
    moved = away @ covariance
    variance = (moved * away).sum(1)
    of_prior = ((moved @ info.prior) * moved).sum(1)
    # What is known outright owes the prior nothing.
    return [float(100 * x / y) if y > 0 else 0.0 for x, y in zip(of_prior, variance, strict=True)]


def _basis(fit: JointFit, a: int, b: int) -> tuple[Basis, tuple[str, ...]]:
    kinds: list[tuple[Basis, tuple[int, ...]]] = [("randomisation", (RANDOMISED,))]
    if fit.weights[1] > 0:
        kinds.append(("non_randomised_comparison", (RANDOMISED, COMPARATIVE)))
    for basis, designs in kinds:
        path = shortest(edges(fit.studies, designs), a, b)
        if path:
            return basis, tuple(fit.treatments[t] for t in path)
    return ("exchangeable_baselines" if fit.weights[0] > 0 else "prior"), ()


def _direct(studies: Studies, a: int, b: int) -> tuple[str, ...]:
    out: list[str] = []
    for s, name in enumerate(studies.studies):
        if {a, b} <= held_by(studies, s):
            out.append(name)
    return tuple(out)
