"""Exact-likelihood models: PLO, IRLN, and OR or IRR given or with the studies' baselines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import special

from hilum.errors import NotEstimable
from hilum.synthesis.arrays import Array, Mask, columns, refuse
from hilum.synthesis.effects import effect_sizes
from hilum.synthesis.exact.likelihoods import Binomial, Hypergeometric, Poisson
from hilum.synthesis.exact.mixed import Maximum, maximise
from hilum.synthesis.least_squares import solve, traces
from hilum.synthesis.two_stage import Prediction, checked_design, fit
from hilum.synthesis.wald import Wald

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike

    from hilum.synthesis.exact.likelihoods import Likelihood

Model = Literal["CM.EL", "CM.AL", "UM.FS"]


@dataclass(frozen=True)
class ExactFit(Wald):
    """An exact-likelihood fit; names as in :class:`hilum.synthesis.two_stage.Fit`.

    ``vb`` is the inverse of the observed information, that of tau included. ``QE`` is the
    likelihood-ratio test of heterogeneity (saturated against tau2 = 0), ``QE_Wld`` Wald's; I2 and
    H2 use the typical sampling variance of the two-stage effects.
    """

    names: tuple[str, ...]
    model: str
    test: Literal["z", "t"]
    level: float
    beta: Array
    vb: Array
    tau2: float
    loglik: float
    k: int
    QE: float
    QE_Wld: float
    typical: float
    random_effects: Array

    @property
    def p(self) -> int:
        """Number of coefficients."""
        return len(self.beta)

    @property
    def dfs(self) -> int | None:
        """Degrees of freedom of t tests; None for normal ones."""
        return None if self.test == "z" else self.k - self.p

    @property
    def I2(self) -> float:  # noqa: N802
        """Share of the total variance between studies, percent."""
        return 100 * self.tau2 / (self.tau2 + self.typical)

    @property
    def H2(self) -> float:  # noqa: N802
        """Total over typical sampling variance."""
        return self.tau2 / self.typical + 1

    @property
    def QEp(self) -> float:  # noqa: N802
        """P value of the likelihood-ratio test of heterogeneity."""
        return float(special.chdtrc(max(self.k - self.p, 1), self.QE))

    def predict(self, design: ArrayLike | None = None) -> Prediction:
        """Average and new-study effects on the model's scale, as ``Fit.predict``."""
        if design is None and self.p > 1:
            message = f"a prediction needs values of {', '.join(self.names)}"
            raise NotEstimable(message)
        x = np.ones((1, 1)) if design is None else np.atleast_2d(np.asarray(design, np.float64))
        pred, variance = x @ self.beta, np.einsum("mi,ij,mj->m", x, self.vb, x)
        se = np.sqrt(variance)
        half, wide = self.quantile * se, self.quantile * np.sqrt(variance + self.tau2)
        return Prediction(pred, se, pred - half, pred + half, pred - wide, pred + wide)


def fit_exact(
    measure: str,
    data: Mapping[str, ArrayLike],
    *,
    model: Model = "CM.EL",
    mods: ArrayLike | None = None,
    names: Sequence[str] = (),
    test: Literal["z", "t"] = "z",
    level: float = 0.95,
    points: int = 21,
) -> ExactFit:
    """Random-effects model on the exact likelihood of counts (Stijnen 2010).

    PLO is binomial-normal, IRLN Poisson-normal. OR and IRR are conditional on the margins
    (``CM.EL``: noncentral hypergeometric, binomial), its approximation for rare events
    (``CM.AL``, OR), or unconditional with a fixed effect for each study's baseline (``UM.FS``).
    No correction of empty cells anywhere; studies that carry no information on the contrast (no
    event in either group, or nothing else) drop out.

    Parameters
    ----------
    measure : {"PLO", "IRLN", "OR", "IRR"}
    data : mapping of str to array_like, shape (k,)
        Columns of the measure (:data:`hilum.synthesis.effects.COLUMNS`), whole numbers of events.
    mods, names, test, level
        As in :func:`hilum.synthesis.two_stage.fit`.
    points : int
        Quadrature points a study.

    Raises
    ------
    NotEstimable
        Fewer than two studies, a value that is no count, or no finite maximum: all studies with
        no events, or all with nothing else.
    NotConverged
        When no start reaches a maximum.
    """
    if measure not in ("PLO", "IRLN", "OR", "IRR"):
        message = f"exact likelihood of {measure}: expected PLO, IRLN, OR or IRR"
        raise NotEstimable(message)
    values = _counts(measure, data)
    keep = _informative(measure, values)
    values = tuple(value[keep] for value in values)
    k = int(keep.sum())
    if k < 2:
        message = f"{k} informative studies: a random-effects likelihood needs at least two"
        raise NotEstimable(message)
    if mods is None:
        design, labels = np.ones((k, 1)), ("intrcpt",)
    else:
        design, labels = checked_design(np.asarray(mods, np.float64)[keep], names, k)
    keys = ("ai", "n1i", "ci", "n2i") if measure == "OR" else ("x1i", "t1i", "x2i", "t2i")
    if measure in ("PLO", "IRLN"):
        keys = ("xi", "ni" if measure == "PLO" else "ti")
    yi, vi = effect_sizes(measure, dict(zip(keys, values, strict=True)))
    _separated(measure, values)
    start = fit(yi, vi, method="DL").tau2 if k > 1 else 0.0
    if measure in ("OR", "IRR") and model == "UM.FS":
        from hilum.synthesis.exact.unconditional import maximise_with_baselines

        found, saturated = maximise_with_baselines(
            measure, values, design, float(np.sqrt(start)), points
        )
    else:
        likelihood = _likelihood(measure, values, model)
        found = maximise(likelihood, design, float(np.sqrt(start)), points=points)
        saturated = _saturated(likelihood)
    typical = (k - len(labels)) / float(traces(1 / vi, None if mods is None else _basis(design))[0])
    return ExactFit(
        names=labels,
        model=f"{measure}, {_NAMES[measure if measure in ('PLO', 'IRLN') else model]}",
        test=test,
        level=level,
        beta=found.beta,
        vb=found.vb,
        tau2=found.tau2,
        loglik=found.loglik,
        k=k,
        QE=max(0.0, 2 * (saturated - found.loglik_fixed)),
        QE_Wld=_wald(measure, values, design),
        typical=typical,
        random_effects=found.random_effects,
    )


_NAMES = {
    "PLO": "binomial-normal",
    "IRLN": "Poisson-normal",
    "CM.EL": "conditional",
    "CM.AL": "conditional, approximate",
    "UM.FS": "unconditional, fixed study effects",
}


def _counts(measure: str, data: Mapping[str, ArrayLike]) -> tuple[Array, ...]:
    wanted = {
        "PLO": ("xi", "ni"),
        "IRLN": ("xi", "ti"),
        "OR": ("ai", "n1i", "ci", "n2i"),
        "IRR": ("x1i", "t1i", "x2i", "t2i"),
    }[measure]
    absent = [name for name in wanted if name not in data]
    if absent:
        message = f"measure {measure} needs the columns {', '.join(wanted)}"
        raise NotEstimable(message)
    values = columns(**{name: data[name] for name in wanted})
    named = dict(zip(wanted, values, strict=True))
    if bool(np.isnan(np.stack(values)).any()):
        message = "missing values: leave those rows out"
        raise NotEstimable(message)
    for events, size in zip(values[::2], values[1::2], strict=True):
        whole = (events == np.rint(events)) & (events >= 0) & (size < np.inf)
        if measure in ("PLO", "OR"):
            fine = whole & (size == np.rint(size)) & (events <= size)
            fine &= (size > 0) | (measure == "OR")
            refuse(~fine, "whole numbers, 0 <= events <= n", **named)
        else:
            refuse(~(whole & (size > 0)), "whole numbers of events, time > 0", **named)
    return values


def _informative(measure: str, values: tuple[Array, ...]) -> Mask:
    if measure in ("PLO", "IRLN"):
        return np.ones(len(values[0]), np.bool_)
    events, total = values[0] + values[2], values[1] + values[3]
    keep = (events > 0) & (values[1] > 0) & (values[3] > 0)
    return keep & (events < total) if measure == "OR" else keep


def _separated(measure: str, values: tuple[Array, ...]) -> None:
    """Refuse data whose likelihood rises without end."""
    one, size = values[0], values[1]
    if measure == "PLO":
        extreme = bool(np.all((one == 0) | (one == size)))
    elif measure == "IRLN":
        extreme = bool(np.all(one == 0))
    elif measure == "IRR":
        extreme = bool(np.all((one == 0) | (values[2] == 0)))
    else:
        c, n2 = values[2], values[3]
        low, high = np.maximum(0, one + c - n2), np.minimum(size, one + c)
        extreme = bool(np.all((one == low) | (one == high)))
    if extreme:
        message = f"{measure}: every study lies at an end of its range: no finite maximum"
        raise NotEstimable(message)


def _likelihood(measure: str, values: tuple[Array, ...], model: str) -> Likelihood:
    one, size = values[0], values[1]
    if measure == "PLO":
        return Binomial(one, size, np.zeros(len(one)))
    if measure == "IRLN":
        return Poisson(one, size)
    two, other = values[2], values[3]
    if measure == "IRR" or model == "CM.AL":
        # Events given their total: the first group's share of time (or of patients) is known.
        return Binomial(one, one + two, np.log(size / other))
    return Hypergeometric(one, size, other, one + two)


def _saturated(likelihood: Likelihood) -> float:
    """Log-likelihood with an effect of its own for each study."""
    k = len(likelihood.terms(np.zeros((1, 1)))[0])
    eta = np.zeros((k, 1))
    for _ in range(200):
        _, first, second = likelihood.terms(eta)
        step = np.clip(first / np.maximum(-second, 1e-12), -2, 2)
        eta = np.clip(eta + step, -40, 40)
        if np.abs(step).max() < 1e-10:
            break
    return float(likelihood.terms(eta)[0].sum()) + likelihood.constant


def _wald(measure: str, values: tuple[Array, ...], design: Array) -> float:
    """Wald's Q on uncorrected effects; studies at an end of their range have infinite variance."""
    wanted = ("xi", "ni" if measure == "PLO" else "ti")
    if len(values) == 4:
        wanted = ("ai", "n1i", "ci", "n2i") if measure == "OR" else ("x1i", "t1i", "x2i", "t2i")
    yi, vi = effect_sizes(measure, dict(zip(wanted, values, strict=True)), to="none")
    known = np.isfinite(yi)
    if int(known.sum()) <= design.shape[1]:
        return 0.0
    basis = None if design.shape[1] == 1 else _basis(design[known])
    return float(solve(yi[known], 1 / vi[known], basis).rss)


def _basis(design: Array) -> Array:
    return np.linalg.qr(design)[0]


__all__ = ["ExactFit", "Maximum", "fit_exact"]
