"""Exact-likelihood models: PLO, IRLN, and OR or IRR given or with the studies' baselines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hilum.errors import NotConverged, NotEstimable, phrased
from hilum.synthesis.arrays import Array, columns, coverage, refuse
from hilum.synthesis.effects import effect_sizes
from hilum.synthesis.effects import measure as measure_of
from hilum.synthesis.exact.models import exact_model
from hilum.synthesis.exact.separation import refuse_running
from hilum.synthesis.heterogeneity import tau2_of
from hilum.synthesis.least_squares import solve, trace_one, traces
from hilum.synthesis.two_stage import Prediction, checked_design, new_study, predicted
from hilum.synthesis.wald import Wald, inference

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike

    from hilum.synthesis.exact.mixed import Maximum
    from hilum.synthesis.exact.models import Counts, ExactModel


@dataclass(frozen=True)
class ExactFit(Wald):
    """An exact-likelihood fit; names as in :class:`hilum.synthesis.two_stage.Fit`.

    ``vb`` is the inverse of the observed information, that of tau included. ``QE`` is the
    likelihood-ratio test of heterogeneity (saturated against tau2 = 0), ``QE_Wld`` Wald's; I2 and
    H2 use the typical sampling variance of the two-stage effects. ``mean`` says whether the one
    coefficient is a mean of all studies.
    """

    names: tuple[str, ...]
    code: str
    model: str
    test: str
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
    used: tuple[bool, ...] = ()
    mean: bool = True

    @property
    def p(self) -> int:
        """Number of coefficients."""
        return len(self.beta)

    @property
    def dfs(self) -> int | None:
        """Degrees of freedom of t tests; None for normal ones."""
        return self.k - self.p if inference(self.test).student else None

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
        if design is None and not self.mean:
            message = phrased("a prediction needs values of {names}", names=", ".join(self.names))
            raise NotEstimable(message)
        x = np.ones((1, 1)) if design is None else np.atleast_2d(np.asarray(design, np.float64))
        pred, variance = x @ self.beta, np.einsum("mi,ij,mj->m", x, self.vb, x)
        new = new_study(self.k - self.p, self.level)
        return predicted(pred, variance, self.tau2, self.quantile, new)


def fit_exact(
    measure: str,
    data: Mapping[str, ArrayLike],
    *,
    model: str | None = None,
    mods: ArrayLike | None = None,
    names: Sequence[str] = (),
    test: str = "z",
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
    measure, model : str
        Of one of :data:`hilum.synthesis.exact.models.EXACT_MODELS`; the measure's first model
        where none is named.
    data : mapping of str to array_like, shape (k,)
        Columns of the measure, whole numbers of events.
    mods, names, test, level
        As in :func:`hilum.synthesis.two_stage.fit`.
    points : int
        Quadrature points a study.

    Raises
    ------
    UnknownCode
        A measure without an exact likelihood, or not with this one.
    NotEstimable
        Fewer than two studies, a test that scales errors, a value that is no count, or no finite
        maximum: all studies with no events, or all with nothing else.
    NotConverged
        When no start reaches a maximum.
    """
    record, columns_of = exact_model(measure, model), measure_of(measure).columns
    coverage(level)
    if inference(test).scale is not None:
        message = phrased(
            "test {test!r}: its scale is that of weighted effects, which counts do not have",
            test=test,
        )
        raise NotEstimable(message)
    values = _counts(record, columns_of, data)
    keep = record.informative(values)
    values = tuple(value[keep] for value in values)
    k = int(keep.sum())
    if k < 2:
        message = phrased(
            "{k} informative studies: a random-effects likelihood needs at least two", k=k
        )
        raise NotEstimable(message)
    if mods is None:
        design, labels = np.ones((k, 1)), ("intrcpt",)
    else:
        design, labels = checked_design(np.asarray(mods, np.float64)[keep], names, k)
    named = dict(zip(columns_of, values, strict=True))
    plain = effect_sizes(measure, named, to="none")
    # Where no cell is empty there is nothing to correct.
    whole = bool(np.isfinite(plain.yi).all())
    yi, vi = plain if whole else effect_sizes(measure, named)
    if record.extreme(values):
        message = phrased(
            "{measure}: every study lies at an end of its range: no finite maximum", measure=measure
        )
        raise NotEstimable(message)
    if mods is not None:
        refuse_running(measure, labels, design, *record.ends(values))
    start = float(tau2_of(yi, vi, None, 1, "DL"))
    found, saturated = _maximised(record, values, design, start**0.5, points)
    _require_known(measure, found, labels)
    w = 1 / vi
    trace = trace_one(w) if mods is None else float(traces(w, _basis(design))[0])
    return ExactFit(
        names=labels,
        code=record.model,
        model=f"{measure}, {record.name}",
        test=test,
        level=level,
        beta=found.beta,
        vb=found.vb,
        tau2=found.tau2,
        loglik=found.loglik,
        k=k,
        QE=max(0.0, 2 * (saturated - found.loglik_fixed)),
        QE_Wld=_wald(plain.yi, plain.vi, design),
        typical=(k - len(labels)) / trace,
        random_effects=found.random_effects,
        used=tuple(keep.tolist()),
        mean=design.shape[1] == 1 and bool((design == 1).all()),
    )


def _maximised(
    record: ExactModel, values: Counts, design: Array, tau: float, points: int
) -> tuple[Maximum, float]:
    """The maximum; a likelihood too flat to climb is said to be so."""
    try:
        with np.errstate(all="ignore"):
            return record.maximise(values, design, tau, points)
    except np.linalg.LinAlgError:
        message = phrased(
            "{measure}: the exact likelihood is too flat to have its maximum found: the studies do "
            "not hold all of its coefficients (--method REML pools corrected counts)",
            measure=record.measure,
        )
        raise NotConverged(message) from None


def _require_known(measure: str, found: Maximum, names: Sequence[str]) -> None:
    """An estimate without a finite error above 0 is none."""
    variance = np.diagonal(found.vb)
    wrong = ~(np.isfinite(found.beta) & np.isfinite(variance) & (variance > 0))
    if wrong.any():
        message = phrased(
            "{measure}: the exact likelihood is flat in {names}, which the studies do not hold: no "
            "estimate, interval or p value (--method REML pools corrected counts)",
            measure=measure,
            names=", ".join(name for name, one in zip(names, wrong, strict=True) if one),
        )
        raise NotEstimable(message)


def _counts(
    record: ExactModel, wanted: tuple[str, ...], data: Mapping[str, ArrayLike]
) -> tuple[Array, ...]:
    absent = [name for name in wanted if name not in data]
    if absent:
        message = phrased(
            "measure {measure} needs the columns {wanted}",
            measure=record.measure,
            wanted=", ".join(wanted),
        )
        raise NotEstimable(message)
    values = columns(**{name: data[name] for name in wanted})
    named = dict(zip(wanted, values, strict=True))
    if bool(np.isnan(np.stack(values)).any()):
        message = "missing values: leave those rows out"
        raise NotEstimable(message)
    for events, size in zip(values[::2], values[1::2], strict=True):
        whole = (events == np.rint(events)) & (events >= 0) & (size < np.inf)
        sized = (size > 0) | record.empty_groups
        if record.people:
            fine = whole & (size == np.rint(size)) & (events <= size) & sized
            refuse(~fine, "whole numbers, 0 <= events <= n", **named)
        else:
            refuse(~(whole & sized), "whole numbers of events, time > 0", **named)
    return values


def _wald(yi: Array, vi: Array, design: Array) -> float:
    """Wald's Q on uncorrected effects; studies at an end of their range have infinite variance."""
    known = np.isfinite(yi)
    if int(known.sum()) <= design.shape[1]:
        return 0.0
    basis = None if design.shape[1] == 1 else _basis(design[known])
    return float(solve(yi[known], 1 / vi[known], basis).rss)


def _basis(design: Array) -> Array:
    return np.linalg.qr(design)[0]
