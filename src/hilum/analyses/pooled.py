"""One pooled answer: a fit of any model as figures that JSON can hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from hilum.analyses.forms import number, numbers
from hilum.errors import NotConverged, NotEstimable

if TYPE_CHECKING:
    import numpy as np

    from hilum.analyses.pool_rows import Rows
    from hilum.synthesis.exact import ExactFit
    from hilum.synthesis.henmi_copas import HenmiCopasFit
    from hilum.synthesis.models import AnyFit, OneMean

Figures = tuple[float | None, ...]
EQUAL: Final = 1e-9
"""Two widths that differ by no more than this share of one are equal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """A pooled figure with its interval, and that of a new study where effects may differ."""

    pred: float | None
    ci_lb: float | None
    ci_ub: float | None
    pi_lb: float | None = None
    pi_ub: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStudy:
    """The interval in which a new study's true effect lies."""

    lower: float | None
    upper: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Estimate, lower and upper limit of each measure of heterogeneity; I2 in percent.

    By Q's profile of effects with variances, by the profile of an exact likelihood. An upper limit
    that the counts do not set is None.
    """

    tau2: Figures
    I2: Figures
    H2: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class TauPrior:
    """The prior of the spread between studies: its kind, scale (log scale of ratios), source.

    ``usual``: the scale is the measure's own, as none was asked for.
    """

    kind: str
    scale: float
    source: str
    usual: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Figure and interval that readers see, on their scale.

    ``way`` is a code: ``prior`` (posterior median and central interval under ``prior``),
    ``hybrid`` (the wider of Hartung-Knapp's and the normal interval), ``scores`` (the same from
    the scores of an exact likelihood), ``t``, ``groups`` (t with the outermost groups less one),
    ``outcomes`` (t with the studies of an outcome less one), ``robust`` (t with Satterthwaite's
    degrees of freedom), ``exact`` (one study's own counts), or ``asked`` (the test that was asked
    for, or a model that has one interval). ``new_study`` is the interval of a new study; where
    there is none, ``no_new_study`` says why: ``few`` (fewer than four studies) or ``alike`` (one
    effect for all). Of up to four studies, ``common`` is the common effect with its normal interval
    and ``adhoc`` the modified Hartung-Knapp interval; ``tau`` the posterior median and interval
    of the spread, ``weights`` the studies' percent of the mean under the prior (posterior means).
    """

    way: str
    pred: float | None
    ci_lb: float | None
    ci_ub: float | None
    new_study: NewStudy | None = None
    no_new_study: str | None = None
    prior: TauPrior | None = None
    tau: tuple[float, float, float] | None = None
    common: Limits | None = None
    adhoc: Limits | None = None
    weights: Figures = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Coefficients:
    """Intervals and p values of coefficients that readers see; ``way`` as in :class:`Shown`.

    ``se`` are the standard errors that the intervals are by.
    """

    way: str
    se: Figures
    ci_lb: Figures
    ci_ub: Figures
    pval: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Omnibus:
    """Test that all moderators say nothing; where they hold no mean, that all coefficients are 0.

    Groups without an intercept hold one mean: they are tested to be alike, as with an intercept.
    With cluster-robust errors all coefficients of a model without intercept are tested to be 0.

    ``kind`` is a code: ``chi2`` (Wald, chi-squared on ``df``), ``F`` (Wald divided by ``df``, F on
    ``df`` and ``dfs``), ``HTZ`` (the same with cluster-robust errors CR2: Hotelling's T2 with
    Zhang's degrees of freedom; Tipton & Pustejovsky 2015) or ``LRT`` (likelihood ratio of an exact
    likelihood, against one mean). No ``pval`` where too few clusters leave no degrees of freedom.
    ``categories``: some of the coefficients are levels of a factor.
    """

    kind: str
    statistic: float | None
    df: int
    dfs: float | None
    pval: float | None
    intercept: bool
    categories: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelFigures:
    """Variance of one level of nested groups, outermost first, with its profile interval.

    ``column`` is the table's, empty for the effects themselves.
    """

    column: str
    groups: int
    sigma2: float
    ci_lb: float | None
    ci_ub: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeFigures:
    """One outcome of several: its studies, its spread, and what readers are shown."""

    name: str
    k: int
    tau2: float | None
    predict: Limits
    transformed: Limits
    shown: Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class RobustFigures:
    """Errors by cluster: kind, clusters, degrees of freedom and model-based errors, each a
    coefficient.
    """  # noqa: D205

    kind: str
    column: str
    clusters: int
    dfs: Figures
    se_model: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A posterior: mean, standard deviation, median and central interval."""

    mean: float
    sd: float
    median: float
    ci_lb: float
    ci_ub: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PosteriorFigures:
    """The posterior under a prior of tau, on the model's scale (flat prior of the mean).

    ``theta`` are the studies' own effects (posterior means).
    """

    prior: TauPrior
    mu: Summary
    tau: Summary
    prediction: Summary
    theta: Figures


@dataclass(frozen=True, kw_only=True)
class Pooled:
    """What a model says, under metafor's names; None where a model has no such figure.

    ``beta`` to ``ci_ub`` have one entry a coefficient, on the measure's own scale. ``predict``
    and ``transformed`` (the scale that people read) belong to models without moderators; their
    ``pi_lb`` and ``pi_ub`` are metafor's, by the quantile of the test. ``new_study`` is that of t
    with k - p degrees of freedom, on the scale that people read. What readers are shown stands in
    ``shown``, of moderators in ``coefficients``, the test of them all in ``moderators``.
    ``levels`` belong to nested groups, ``outcomes`` to several outcomes a study (``rho_between``:
    how their effects correlate between studies), ``robust`` to errors by cluster, ``posterior`` to
    a prior of tau that was asked for.
    """

    measure: str
    method: str
    k: int
    test: str | None = None
    exact: str | None = None
    model: str | None = None
    p: int | None = None
    dfs: int | None = None
    coef_names: tuple[str, ...] = ()
    beta: Figures = ()
    se: Figures = ()
    zval: Figures = ()
    pval: Figures = ()
    ci_lb: Figures = ()
    ci_ub: Figures = ()
    tau2: float | None = None
    se_tau2: float | None = None
    I2: float | None = None
    H2: float | None = None
    QE: float | None = None
    QEp: float | None = None
    QE_Wld: float | None = None
    QM: float | None = None
    QMp: float | None = None
    R2: float | None = None
    MH: float | None = None
    MHp: float | None = None
    BD: float | None = None
    TA: float | None = None
    loglik: float | None = None
    loglik_ml: float | None = None
    loglik_reml: float | None = None
    confint: Spread | None = None
    predict: Limits | None = None
    transformed: Limits | None = None
    new_study: NewStudy | None = None
    notes: tuple[str, ...] = ()
    shown: Shown | None = None
    coefficients: Coefficients | None = None
    moderators: Omnibus | None = None
    levels: tuple[LevelFigures, ...] = ()
    outcomes: tuple[OutcomeFigures, ...] = ()
    rho_between: tuple[Figures, ...] = ()
    robust: RobustFigures | None = None
    posterior: PosteriorFigures | None = None


def pooled(fit: OneMean, rows: Rows, measure: str, method: str) -> dict[str, Any]:
    """The fields of a fit's :class:`Pooled`."""
    from hilum.synthesis.effects import measure as measure_of
    from hilum.synthesis.exact import ExactFit
    from hilum.synthesis.henmi_copas import HenmiCopasFit
    from hilum.synthesis.stratified import StratifiedFit

    out: dict[str, Any] = {"measure": measure, "method": method, "k": fit.k}
    if isinstance(fit, HenmiCopasFit):
        return out | _henmi_copas(fit, rows, measure)
    for name in ("beta", "se", "zval", "pval", "ci_lb", "ci_ub"):
        out[name] = numbers(getattr(fit, name))
    out |= {"QE": number(fit.QE), "QEp": number(fit.QEp)}
    if isinstance(fit, StratifiedFit):
        out |= {name: number(getattr(fit, name)) for name in ("MH", "MHp", "BD", "TA")}
        limits = Limits(pred=fit.beta, ci_lb=fit.ci_lb, ci_ub=fit.ci_ub)
    else:
        out |= {"test": fit.test, "p": fit.p, "dfs": fit.dfs, "coef_names": tuple(fit.names)}
        if fit.k > fit.p:
            out |= {name: number(getattr(fit, name)) for name in ("tau2", "I2", "H2")}
        else:
            # Nothing is left that could differ.
            out |= {"QE": None, "QEp": None}
        if isinstance(fit, ExactFit):
            out |= {"exact": fit.code, "model": fit.model}
            out |= {"QE_Wld": number(fit.QE_Wld), "loglik": number(fit.loglik)}
            out["confint"] = _profiled(fit, rows, measure)
        else:
            names = ("se_tau2", "QM", "QMp", "R2", "loglik_ml", "loglik_reml")
            out |= {name: number(getattr(fit, name)) for name in names}
            if fit.k > fit.p and fit.random:
                out["confint"] = _spread(fit)
        about = fit.predict() if rows.mean else None
        limits = None if about is None else limits_of(about, 0)
        if about is not None:
            out["new_study"] = new_study_of(about, 0, rows, measure)
    notes = _notes(fit)
    if limits is not None:
        out |= {"predict": limits, "transformed": natural(limits, rows, measure)}
        notes += measure_of(measure).notes
        if _cut(limits, rows, measure):
            notes += ("cut",)
    return out | {"notes": notes}


def _henmi_copas(fit: HenmiCopasFit, rows: Rows, measure: str) -> dict[str, Any]:
    limits = Limits(
        pred=number(fit.beta[0]), ci_lb=number(fit.ci_lb[0]), ci_ub=number(fit.ci_ub[0])
    )
    return {
        "p": 1, "coef_names": ("intrcpt",), "beta": numbers(fit.beta), "se": numbers(fit.se),
        "ci_lb": numbers(fit.ci_lb), "ci_ub": numbers(fit.ci_ub), "tau2": number(fit.tau2),
        "QE": number(fit.QE), "QEp": number(fit.QEp), "predict": limits,
        "transformed": natural(limits, rows, measure),
    }  # fmt: skip


def _notes(fit: AnyFit) -> tuple[str, ...]:
    """Codes of what a reader must know of how it was pooled."""
    from scipy import special

    from hilum.synthesis.two_stage import Fit
    from hilum.synthesis.wald import EQUAL as SAME
    from hilum.synthesis.wald import inference

    if fit.k == 1:
        return ("one_study",)
    if not isinstance(fit, Fit) or not inference(fit.test).narrows or fit.k <= fit.p:
        return ()
    if fit.scale < SAME:
        return ("all_alike",)
    own, normal = fit.quantile * fit.scale**0.5, float(special.ndtri(0.5 + fit.level / 2))
    return ("narrower",) if own < normal * (1 - EQUAL) else ()


def limits_of(about: Any, row: int) -> Limits:
    """One row of a prediction."""
    names = ("pred", "ci_lb", "ci_ub", "pi_lb", "pi_ub")
    return Limits(**{name: number(getattr(about, name)[row]) for name in names})


def new_study_of(about: Any, row: int, rows: Rows, measure: str) -> NewStudy | None:
    """By t with k - p degrees of freedom; None where effects are equal or no study is over."""
    low, high = number(about.new_lb[row]), number(about.new_ub[row])
    if low is None or high is None:
        return None
    ends = natural(Limits(pred=None, ci_lb=low, ci_ub=high), rows, measure)
    return NewStudy(lower=ends.ci_lb, upper=ends.ci_ub)


def natural(limits: Limits, rows: Rows, measure: str) -> Limits:
    """Pooled figures on the scale that people read."""
    from hilum.synthesis.effects import back_transform

    sizes = _sizes(rows, measure)

    def back(value: float | None) -> float | None:
        return None if value is None else number(back_transform(value, measure, sizes))

    return Limits(
        pred=back(limits.pred),
        ci_lb=back(limits.ci_lb),
        ci_ub=back(limits.ci_ub),
        pi_lb=back(limits.pi_lb),
        pi_ub=back(limits.pi_ub),
    )


def _sizes(rows: Rows, measure: str) -> float | None:
    """A pooled value has no size of its own (Miller 1978): the harmonic mean, where needed."""
    from hilum.synthesis.effects import SCALES, harmonic_mean
    from hilum.synthesis.effects import measure as measure_of

    return harmonic_mean(rows.values["ni"]) if SCALES[measure_of(measure).scale].sized else None


def _cut(limits: Limits, rows: Rows, measure: str) -> bool:
    """Whether an end lies where no figure of the measure can be."""
    from hilum.synthesis.effects import beyond

    ends = (limits.ci_lb, limits.ci_ub, limits.pi_lb, limits.pi_ub)
    known = [one for one in ends if one is not None]
    return beyond(known, measure, _sizes(rows, measure))


def _spread(fit: Any) -> Spread:
    from hilum.synthesis import q_profile

    around = q_profile(fit)
    return Spread(tau2=numbers(around.tau2), I2=numbers(around.I2), H2=numbers(around.H2))


def _profiled(fit: ExactFit, rows: Rows, measure: str) -> Spread | None:
    """By the profile of the exact likelihood; None where it has none that settles."""
    from hilum.synthesis.exact.tau2_profile import profile_interval

    try:
        around = profile_interval(fit, measure, rows.values, rows.design)
    except (NotConverged, NotEstimable):
        return None
    return Spread(tau2=numbers(around.tau2), I2=numbers(around.I2), H2=numbers(around.H2))


def alone(rows: Rows, measure: str, level: float) -> dict[str, Any] | None:
    """One study, or nothing but extremes: what the totals say, where the likelihood knows."""
    from hilum.synthesis.exact import exact_model

    record = exact_model(measure)
    values: tuple[np.ndarray, ...] = tuple(rows.values.values())
    totals = record.totals
    k = len(values[0])
    # Of no study at all it is true as well that each lies at an end.
    if totals is None or k == 0 or not (k == 1 or record.extreme(values)):
        return None
    out: dict[str, Any] = {"measure": measure, "method": totals.code, "k": len(values[0])}
    if not totals.agree(values):
        nothing = Limits(pred=None, ci_lb=number(totals.least), ci_ub=number(totals.most))
        return {**out, "transformed": nothing, "notes": ("no_finite_estimate",)}
    value, low, high = totals.figures(values, level)
    limits = Limits(pred=value, ci_lb=low, ci_ub=high)
    return {**out, "transformed": limits, "notes": (totals.note,)}
