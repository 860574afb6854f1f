"""Pooling two-stage effects into the :class:`Estimate` that the board shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from hilum.errors import NotEstimable, phrased
from hilum.records import found
from hilum.synthesis.effects import SCALES, log_effect_from_interval
from hilum.synthesis.estimate import Estimate
from hilum.synthesis.heterogeneity import ESTIMATORS
from hilum.synthesis.two_stage import fit
from hilum.synthesis.wald import inference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from hilum.synthesis.heterogeneity import Method


def random_effects(
    yi: ArrayLike,
    vi: ArrayLike,
    labels: Sequence[str],
    *,
    method: Method = "REML",
    test: str = "knha",
    level: float = 0.95,
    n: int | None = None,
    back: Literal["none", "exp"] = "none",
) -> Estimate:
    """Pool effects ``yi`` with sampling variances ``vi`` (:func:`hilum.synthesis.two_stage.fit`).

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects and variances, finite, ``vi > 0``.
    labels : sequence of str, length k
        Ids of the rows.
    back : {"none", "exp"}
        Scale of ``value`` and intervals: as pooled, or exponentiated.

    Returns
    -------
    Estimate
        With one study its own effect and normal interval, ``method="single"``, no tau2.

    Raises
    ------
    NotEstimable
        No study, or an effect or variance that is not finite or not above 0.
    NotConverged
        When tau2 does not settle.
    """
    if len(labels) != np.size(yi):
        message = phrased(
            "{number} labels for {size} effects", number=len(labels), size=np.size(yi)
        )
        raise NotEstimable(message)
    for name, effect, variance in zip(labels, np.ravel(yi), np.ravel(vi), strict=True):
        if not (np.isfinite(effect) and np.isfinite(variance) and variance > 0):
            message = phrased(
                "{name}: yi {effect:g}, vi {variance:g}: expected finite yi and vi > 0",
                name=name,
                effect=effect,
                variance=variance,
            )
            raise NotEstimable(message)
    varies = found(ESTIMATORS, method, "method").random
    fitted = fit(yi, vi, method=method, test=test if varies else "z", level=level)

    natural = found(SCALES, back, "back").back

    def scaled(value: float) -> float:
        return float(natural(np.asarray(value, np.float64), None))

    alone = fitted.k == 1
    about = fitted.predict()
    prediction = None
    if not alone and varies:
        prediction = scaled(about.pi_lb[0]), scaled(about.pi_ub[0])
    return Estimate(
        value=scaled(fitted.beta[0]),
        ci=(scaled(fitted.ci_lb[0]), scaled(fitted.ci_ub[0])),
        prediction=prediction,
        beta=float(fitted.beta[0]),
        se=float(fitted.se[0]),
        tau2=None if alone else fitted.tau2,
        i2=None if alone else fitted.I2,
        k=fitted.k,
        n=n,
        method="single" if alone else f"{method}, {inference(fitted.test).name}",
        labels=tuple(labels),
        q=None if alone else fitted.QE,
        q_p=None if alone else fitted.QEp,
    )


def pool_medians(
    median: Sequence[float],
    low: Sequence[float],
    high: Sequence[float],
    labels: Sequence[str],
    *,
    n: int | None = None,
) -> Estimate:
    """Pool median times on the log scale, REML with Hartung-Knapp; intervals as reported."""
    pairs = [log_effect_from_interval(*triple) for triple in zip(median, low, high, strict=True)]
    pooled = random_effects(
        [yi for yi, _ in pairs], [vi for _, vi in pairs], labels, n=n, back="exp"
    )
    if pooled.k > 1:
        return pooled
    # The one study's own figures, not an interval made symmetric on the log scale.
    return Estimate(
        median[0],
        (low[0], high[0]),
        None,
        pooled.beta,
        pooled.se,
        None,
        None,
        1,
        n,
        "single",
        tuple(labels),
    )
