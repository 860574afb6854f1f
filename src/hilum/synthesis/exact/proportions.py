"""Proportions as the board shows them: exact likelihood, or exact interval where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hilum.errors import NotConverged, NotEstimable, phrased
from hilum.synthesis.estimate import Estimate, Interval
from hilum.synthesis.exact.fit import fit_exact
from hilum.synthesis.exact.interval import exact_interval
from hilum.synthesis.exact.models import exact_model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from hilum.synthesis.arrays import Array


def binomial_normal(
    events: ArrayLike,
    n: ArrayLike,
    labels: Sequence[str],
    *,
    level: float = 0.95,
    points: int = 21,
) -> Estimate:
    """Pool proportions by the random-intercept logistic model (Stijnen 2010, equation 5).

    Parameters
    ----------
    events, n : array_like, shape (k,)
        Whole numbers, ``0 <= events <= n`` and ``n > 0``.
    labels : sequence of str, length k
        Ids of the rows.
    level : float
        Coverage of the intervals.
    points : int
        Quadrature points a study.

    Returns
    -------
    Estimate
        On the proportion scale. The interval of a new study is by normal quantiles, as in the
        reference cells of the evidence (the pooling commands show that of t, which is wider).
        Two degenerate answers carry ``method="exact-binomial"`` and no
        tau2: one study, and studies that all have no events, all have nothing else or have one
        patient each, where the likelihood of the mixed model has no finite maximum; the interval
        is Clopper-Pearson's on the totals.

    Raises
    ------
    NotEstimable
        No study, or a value that is not a count.
    NotConverged
        When no start reaches a stationary point, or there is none: studies without events beside
        studies with nothing else.
    """
    x, size = _counts(events, n, labels)
    total, patients = float(x.sum()), float(size.sum())
    names = tuple(labels)
    exact = exact_model("PLO")
    agree = exact.totals is None or exact.totals.agree((x, size))
    if exact.extreme((x, size)) and not agree:
        message = "studies with no events beside studies with nothing else: no finite maximum"
        raise NotConverged(message)
    if len(x) == 1 or exact.extreme((x, size)):
        return Estimate(
            value=total / patients,
            ci=exact_interval(int(total), int(patients), level),
            prediction=None,
            beta=None,
            se=None,
            tau2=None,
            i2=None,
            k=len(x),
            n=int(patients),
            method="exact-binomial",
            labels=names,
        )
    fit = fit_exact("PLO", {"xi": x, "ni": size}, level=level, points=points)
    about = fit.predict()

    def back(low: Array, high: Array) -> Interval:
        return float(special.expit(low[0])), float(special.expit(high[0]))

    return Estimate(
        value=float(special.expit(fit.beta[0])),
        ci=back(about.ci_lb, about.ci_ub),
        prediction=back(about.pi_lb, about.pi_ub),
        beta=float(fit.beta[0]),
        se=float(fit.se[0]),
        tau2=fit.tau2,
        i2=fit.I2,
        k=len(x),
        n=int(patients),
        method="binomial-normal",
        labels=names,
        q=fit.QE,
        q_p=fit.QEp,
        loglik=fit.loglik,
    )


def _counts(events: ArrayLike, n: ArrayLike, labels: Sequence[str]) -> tuple[Array, Array]:
    x, size = np.asarray(events, np.float64), np.asarray(n, np.float64)
    if x.ndim != 1 or x.shape != size.shape or len(x) != len(labels):
        message = phrased(
            "events, n and labels must be of one length: {shape}, {shape_2}, {number}",
            shape=x.shape,
            shape_2=size.shape,
            number=len(labels),
        )
        raise NotEstimable(message)
    if not len(x):
        message = "no study to pool"
        raise NotEstimable(message)
    for name, one, of in zip(labels, x, size, strict=True):
        if not (np.isfinite(one) and np.isfinite(of) and one == round(one) and of == round(of)):
            message = phrased(
                "{name}: {one:g} of {of:g}: expected whole numbers", name=name, one=one, of=of
            )
            raise NotEstimable(message)
        if not 0 <= one <= of or of == 0:
            message = phrased(
                "{name}: {one:g} of {of:g}: expected 0 <= events <= n and n > 0",
                name=name,
                one=one,
                of=of,
            )
            raise NotEstimable(message)
    return x, size
