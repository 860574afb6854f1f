"""Likelihood-ratio tests of exact likelihoods: of moderators, and of groups that may lie at an end.

Wald's statistic of a likelihood falls to 0 as its estimate runs away (Hauck & Donner 1977); the
ratio does not. The highest likelihood of groups of which some lie at an end is that of the others
with the ends' own probability of 1 (Geyer 2009).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import special

from hilum.synthesis.effects import measure as measure_of
from hilum.synthesis.exact.fit import fit_exact
from hilum.synthesis.exact.models import exact_model

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike

    from hilum.synthesis.arrays import Mask, Numbers
    from hilum.synthesis.exact.fit import ExactFit


@dataclass(frozen=True, slots=True)
class RatioTest:
    """Twice the difference of log-likelihoods, by chi-squared on ``df`` degrees of freedom."""

    statistic: float
    df: int

    @property
    def pval(self) -> float:
        """Upper tail."""
        return float(special.chdtrc(self.df, self.statistic))


@dataclass(frozen=True, slots=True)
class GroupsFit:
    """Means of groups with one tau2: of those whose studies do not all lie at one end.

    ``settled`` are the codes of the groups that ``fit`` has a coefficient of, in its order, and
    ``kept`` (k,) its studies; no fit where fewer than two are left to them. ``test`` is that all
    groups are alike, ``None`` where there is one.
    """

    fit: ExactFit | None
    settled: tuple[int, ...]
    kept: Mask
    test: RatioTest | None


def moderators_test(
    fit: ExactFit, measure: str, data: Mapping[str, ArrayLike], **how: Any
) -> RatioTest:
    """The moderators of a fit against one mean; ``how`` as the fit was asked for."""
    alone = fit_exact(measure, data, model=fit.code, **how)
    return RatioTest(max(0.0, 2 * (fit.loglik - alone.loglik)), fit.p - 1)


def fit_groups(
    measure: str, data: Mapping[str, ArrayLike], member: Numbers, names: tuple[str, ...],
    *, model: str | None = None, **how: Any,
) -> GroupsFit:  # fmt: skip
    """Fit one mean a group, and test that they are alike.

    Parameters
    ----------
    data
        As for :func:`hilum.synthesis.exact.fit.fit_exact`, k studies.
    member : ndarray of int, shape (k,)
        The group of each study, a place in ``names``.

    Raises
    ------
    NotEstimable, NotConverged
        From the fit of the groups, and that of one mean, which must exist.
    """
    record = exact_model(measure, model)
    wanted = measure_of(measure).columns
    values = tuple(np.asarray(data[name], np.float64) for name in wanted)
    heard = record.informative(values)
    low, high = record.ends(values)
    telling = sorted(set(member[heard].tolist()))
    ended = [g for g in telling if _at_one_end(low, high, heard & (member == g))]
    settled = tuple(g for g in telling if g not in ended)
    kept = heard & np.isin(member, settled)
    null = fit_exact(measure, data, model=model, **how)
    found, highest = None, 0.0
    if kept.sum() > len(settled):
        part = {name: value[kept] for name, value in zip(wanted, values, strict=True)}
        design = (member[kept][:, None] == np.array(settled)).astype(np.float64)
        own = tuple(names[g] for g in settled)
        found = fit_exact(measure, part, model=model, mods=design, names=own, **how)
        highest = found.loglik
    elif kept.any():
        highest = record.ceiling(tuple(value[kept] for value in values))
    rest = heard & ~kept
    if rest.any():
        highest += record.ceiling(tuple(value[rest] for value in values))
    df = len(telling) - 1
    statistic = max(0.0, 2 * (highest - null.loglik))
    return GroupsFit(found, settled, kept, RatioTest(statistic, df) if df else None)


def _at_one_end(low: Mask, high: Mask, own: Mask) -> bool:
    """Whether all studies of a group lie at the same end, so that its mean runs away."""
    return bool(low[own].all() or high[own].all())
