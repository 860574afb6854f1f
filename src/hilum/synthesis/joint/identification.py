"""Which studies and which assumption carry a contrast, and what is left without it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from hilum.synthesis.joint.data import COMPARATIVE, RANDOMISED, SINGLE
from hilum.synthesis.joint.linear import SCALES, information
from hilum.synthesis.joint.posterior import treatment_index

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array
    from hilum.synthesis.joint.data import Studies
    from hilum.synthesis.joint.fit import JointFit
    from hilum.synthesis.joint.linear import Information

Basis = Literal["randomisation", "non_randomised_comparison", "exchangeable_baselines", "prior"]


@dataclass(frozen=True, slots=True)
class Share:
    """One study's share of the information on a contrast, in percent."""

    study: str
    design: str
    percent: float


@dataclass(frozen=True, slots=True)
class Without:
    """A contrast once an assumption is given up.

    ``se`` is its standard error on the model's scale, ``ratio`` that over the one with
    everything; ``silent`` says that no chain of comparisons is left: what remains of the
    standard error is the prior's, with what other treatments teach about the common level.
    """

    assumption: str
    se: float
    ratio: float
    silent: bool


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
        Information by kind: ``randomised`` and ``comparative`` (within studies), ``single_arm``
        (series, through exchangeable baselines), ``baselines`` (between comparative studies,
        through the same assumption), ``prior``. Adds up to 100.
    shares : tuple of Share
        Studies by size of their share.
    without : tuple of Without
        What is left without exchangeable baselines (series and levels between studies), and
        without any non-randomised evidence.
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
    fit: JointFit, treatment: str, comparator: str, info: Information | None = None
) -> Identification:
    """How a contrast is identified.

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
    size = len(found.prior)
    c = np.zeros(size)
    c[a], c[b] = 1.0, -1.0
    v = np.linalg.solve(found.total, c)
    variance = float(c @ v)
    within = np.einsum("i,sij,j->s", v, found.within, v) / variance * 100
    between = np.einsum("i,sij,j->s", v, found.between, v) / variance * 100
    design = fit.studies.design
    compared = design != SINGLE
    percent = {
        "randomised": float(within[design == RANDOMISED].sum()),
        "comparative": float(within[design == COMPARATIVE].sum()),
        "single_arm": float(between[design == SINGLE].sum()),
        "baselines": float(between[compared].sum()),
        "prior": float(v @ found.prior @ v / variance * 100),
    }
    whole = within + between
    names = ("randomised", "comparative", "single_arm")
    order = np.argsort(-whole, kind="stable")
    shares = tuple(
        Share(fit.studies.studies[s], names[design[s]], float(whole[s]))
        for s in order
        if whole[s] >= 0.05
    )
    se = variance**0.5
    alone = found.prior + found.within.sum(0)
    randomised = found.prior + found.within[design == RANDOMISED].sum(0)
    kept = (RANDOMISED, COMPARATIVE) if fit.weights[1] > 0 else (RANDOMISED,)
    without = tuple(
        Without(name, left, left / se, not _path(_edges(fit.studies, designs), a, b))
        for name, left, designs in (
            ("exchangeable_baselines", _se(alone, c), kept),
            ("non_randomised", _se(randomised, c), (RANDOMISED,)),
        )
    )
    basis, path = _basis(fit, a, b)
    return Identification(
        treatment, comparator, basis, path, _direct(fit.studies, a, b), percent, shares, se, without
    )


def level_share_of_prior(fit: JointFit, info: Information | None = None) -> list[float]:
    """Percent of the information on each treatment's own level that is the prior's."""
    found = info or linearised(fit)
    covariance = np.linalg.inv(found.total)
    count = len(fit.treatments)
    return [
        float(100 * covariance[t] @ found.prior @ covariance[t] / covariance[t, t])
        for t in range(count)
    ]


def _se(precision: Array, c: Array) -> float:
    return float(c @ np.linalg.solve(precision, c)) ** 0.5


def _edges(studies: Studies, kinds: tuple[int, ...]) -> dict[int, set[int]]:
    out: dict[int, set[int]] = {}
    for s in range(studies.count):
        if studies.design[s] not in kinds:
            continue
        held = {int(t) for t in studies.treatment[studies.study == s]}
        held |= {int(t) for row in studies.contrast if row[0] == s for t in row[1:]}
        for one in held:
            out.setdefault(one, set()).update(held - {one})
    return out


def _basis(fit: JointFit, a: int, b: int) -> tuple[Basis, tuple[str, ...]]:
    kinds: list[tuple[Basis, tuple[int, ...]]] = [("randomisation", (RANDOMISED,))]
    if fit.weights[1] > 0:
        kinds.append(("non_randomised_comparison", (RANDOMISED, COMPARATIVE)))
    for basis, designs in kinds:
        path = _path(_edges(fit.studies, designs), a, b)
        if path:
            return basis, tuple(fit.treatments[t] for t in path)
    return ("exchangeable_baselines" if fit.weights[0] > 0 else "prior"), ()


def _path(edges: dict[int, set[int]], a: int, b: int) -> list[int]:
    before: dict[int, int] = {a: a}
    queue = [a]
    for one in queue:
        for other in sorted(edges.get(one, ())):
            if other not in before:
                before[other] = one
                queue.append(other)
    if b not in before:
        return []
    path = [b]
    while path[-1] != a:
        path.append(before[path[-1]])
    return path[::-1]


def _direct(studies: Studies, a: int, b: int) -> tuple[str, ...]:
    out: list[str] = []
    for s, name in enumerate(studies.studies):
        held = {int(t) for t in studies.treatment[studies.study == s]}
        held |= {int(t) for row in studies.contrast if row[0] == s for t in row[1:]}
        if {a, b} <= held:
            out.append(name)
    return tuple(out)


def components(studies: Studies, *, randomised_only: bool = False) -> tuple[tuple[str, ...], ...]:
    """Treatments linked by comparisons, a group each; a lone treatment is a group of its own."""
    kinds = (RANDOMISED,) if randomised_only else (RANDOMISED, COMPARATIVE)
    edges = _edges(studies, kinds)
    left, out = list(range(len(studies.treatments))), []
    while left:
        group = [left[0]]
        for one in group:
            group += sorted(edges.get(one, set()) - set(group))
        out.append(tuple(studies.treatments[t] for t in sorted(group)))
        left = [t for t in left if t not in group]
    return tuple(out)
