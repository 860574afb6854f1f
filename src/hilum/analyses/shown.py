"""What readers are shown of a pooled answer, beside the figures that mirror metafor's.

Without ``test`` the interval is one that holds with few studies: its code is ``way`` of
:class:`hilum.analyses.pooled.Shown`. With it, it is the one that was asked for.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from hilum.analyses.forms import number, numbers
from hilum.analyses.pooled import (
    Limits,
    NewStudy,
    PosteriorFigures,
    Shown,
    Summary,
    TauPrior,
    natural,
)
from hilum.errors import NotConverged

if TYPE_CHECKING:
    from hilum.analyses.pool_asked import PoolAsked
    from hilum.analyses.pool_rows import Rows
    from hilum.synthesis.exact import ExactFit
    from hilum.synthesis.models import AnyFit
    from hilum.synthesis.two_stage import Fit

RATIOS: Final = ("OR", "RR", "HR", "IRR", "PETO")
"""Measures whose log the prior of tau is meant for."""
PRIOR: Final = "half-normal"
SCALE: Final = 0.5
SOURCE: Final = "Röver C, et al. Res Synth Methods 2021;12:448-474"
MOST_PRIOR: Final = 4
"""Studies up to which the spread of ratios has a prior, and each study stands beside."""


def shown_of(
    asked: PoolAsked, rows: Rows, fit: AnyFit | None, limits: Limits | None
) -> Shown | None:
    """What is shown of one fit without moderators; None where the model has no such figure."""
    from hilum.synthesis.exact import ExactFit
    from hilum.synthesis.few import FEWEST_NEW
    from hilum.synthesis.two_stage import Fit

    if limits is None:
        return None
    dependent = _dependent(asked, rows, fit)
    if dependent is not None:
        return dependent
    plain = Shown(way="asked", pred=limits.pred, ci_lb=limits.ci_lb, ci_ub=limits.ci_ub)
    own = None if asked.bayes else _only(asked, rows)
    if own is not None:
        return own
    if asked.bayes and isinstance(fit, Fit):
        return _by_prior(asked, rows, fit)
    if not isinstance(fit, Fit | ExactFit) or fit.k < 2 or not rows.mean:
        return plain
    if isinstance(fit, Fit) and not fit.random:
        return replace(plain, no_new_study="alike")
    made = _exact(asked, rows, fit) if isinstance(fit, ExactFit) else _weighted(asked, rows, fit)
    if asked.test is not None:
        made = replace(made, way="asked", pred=limits.pred, ci_lb=limits.ci_lb, ci_ub=limits.ci_ub)
        made = replace(made, prior=None, tau=None, common=None, adhoc=None, weights=())
    few = fit.k < FEWEST_NEW
    return replace(made, new_study=None, no_new_study="few") if few else made


def _only(asked: PoolAsked, rows: Rows) -> Shown | None:
    """The exact interval of one group's counts, as it stands beside the study; None elsewhere."""
    from hilum.synthesis import exact_interval
    from hilum.synthesis.effects import measure
    from hilum.synthesis.effects.measures import ONE_GROUP

    usual = asked.method is None and asked.test is None
    if len(rows.lines) != 1 or not usual or measure(asked.measure).columns != ONE_GROUP:
        return None
    x, n = (int(rows.values[name][0]) for name in ONE_GROUP)
    low, high = exact_interval(x, n, asked.level)
    return Shown(way="exact", pred=x / n, ci_lb=low, ci_ub=high)


def _dependent(asked: PoolAsked, rows: Rows, fit: Any) -> Shown | None:
    """Errors by cluster, and nested groups; None elsewhere."""
    from hilum.analyses.clusters import robust_fit, robust_shown
    from hilum.analyses.nested import nested_shown

    if asked.robust and fit is not None:
        return robust_shown(asked, rows, fit, robust_fit(asked, rows, fit))
    return nested_shown(asked, rows, fit) if asked.multilevel and fit is not None else None


def _ends(low: float, high: float, rows: Rows, measure: str) -> NewStudy:
    ends = natural(Limits(pred=None, ci_lb=number(low), ci_ub=number(high)), rows, measure)
    return NewStudy(lower=ends.ci_lb, upper=ends.ci_ub)


def _figure(pred: float, low: float, high: float, rows: Rows, measure: str) -> Limits:
    return natural(Limits(pred=number(pred), ci_lb=number(low), ci_ub=number(high)), rows, measure)


def _weighted(asked: PoolAsked, rows: Rows, fit: Fit) -> Shown:
    """Two stages: the prior for two to four ratios, else the wider of both intervals."""
    import numpy as np

    from hilum.synthesis.few import FEWEST_NEW, half_width, new_study_ends

    usual = asked.method is None and asked.test is None
    if usual and asked.measure in RATIOS and fit.k <= MOST_PRIOR:
        return _by_prior(asked, rows, fit)
    se = 1 / np.sqrt((1 / (fit.vi + fit.tau2)).sum())
    beta, half = float(fit.beta[0]), float(half_width(se, np.asarray(fit.scale), fit.k, fit.level))
    main = _figure(beta, beta - half, beta + half, rows, asked.measure)
    new = None
    if fit.k >= FEWEST_NEW:
        new = _ends(*new_study_ends(fit), rows, asked.measure)
    return Shown(
        way="hybrid",
        pred=main.pred,
        ci_lb=main.ci_lb,
        ci_ub=main.ci_ub,
        new_study=new,
        common=_beside(asked, rows, fit, "EE", "z"),
        adhoc=_beside(asked, rows, fit, fit.method, "adhoc"),
    )


def _beside(asked: PoolAsked, rows: Rows, fit: Fit, method: str, test: str) -> Limits | None:
    """Another model of up to four studies, such as the common effect."""
    from hilum.synthesis.two_stage import fit as fitted

    if fit.k > MOST_PRIOR:
        return None
    one = fitted(fit.yi, fit.vi, method=method, test=test, level=fit.level)
    ends = float(one.beta[0]), float(one.ci_lb[0]), float(one.ci_ub[0])
    return _figure(*ends, rows, asked.measure)


def _by_prior(asked: PoolAsked, rows: Rows, fit: Fit) -> Shown:
    from hilum.synthesis.bayes import bayes

    prior = prior_of(asked)
    made = bayes(fit.yi, fit.vi, prior=prior.kind, scale=prior.scale, level=fit.level)
    main = _figure(made.mu.median, *made.mu.ci, rows, asked.measure)
    return Shown(
        way="prior",
        pred=main.pred,
        ci_lb=main.ci_lb,
        ci_ub=main.ci_ub,
        new_study=_ends(*made.prediction.ci, rows, asked.measure),
        prior=prior,
        tau=(made.tau.median, *made.tau.ci),
        weights=numbers(made.weights),
        common=_beside(asked, rows, fit, "EE", "z"),
        adhoc=_beside(asked, rows, fit, fit.method, "adhoc"),
    )


def prior_of(asked: PoolAsked) -> TauPrior:
    """The prior of tau that was asked for; the published one where none was."""
    kind, scale = asked.prior or PRIOR, asked.scale or SCALE
    own = (kind, scale) == (PRIOR, SCALE) and asked.measure in RATIOS
    return TauPrior(kind=kind, scale=scale, source=SOURCE if own else "", usual=not asked.scale)


def posterior_of(asked: PoolAsked, fit: AnyFit | None) -> PosteriorFigures | None:
    """The whole posterior, where one was asked for."""
    from hilum.synthesis.bayes import bayes
    from hilum.synthesis.two_stage import Fit

    if not asked.bayes or not isinstance(fit, Fit):
        return None
    prior = prior_of(asked)
    made = bayes(fit.yi, fit.vi, prior=prior.kind, scale=prior.scale, level=fit.level)
    named = {
        name: Summary(mean=one.mean, sd=one.sd, median=one.median, ci_lb=one.ci[0], ci_ub=one.ci[1])
        for name, one in (("mu", made.mu), ("tau", made.tau), ("prediction", made.prediction))
    }
    return PosteriorFigures(prior=prior, **named, theta=numbers(made.theta))


def _exact(asked: PoolAsked, rows: Rows, fit: ExactFit) -> Shown:
    """Exact likelihood: scores; t where it has baselines of its own, or no profile is found."""
    from scipy import special

    from hilum.synthesis.exact.scores import score_interval
    from hilum.synthesis.few import FEWEST_NEW

    over = fit.k >= FEWEST_NEW
    beta, way, new, common = float(fit.beta[0]), "scores", None, None
    try:
        made = score_interval(fit, asked.measure, rows.values, new=over)
    except NotConverged:
        made = None
    if made is None:
        way, half = "t", float(special.stdtrit(fit.k - 1, 0.5 + fit.level / 2)) * float(fit.se[0])
        ends = beta - half, beta + half
        if over:
            t = float(special.stdtrit(fit.k - 2, 0.5 + fit.level / 2))
            wide = t * float(fit.tau2 + fit.se[0] ** 2) ** 0.5
            new = beta - wide, beta + wide
    else:
        ends, new = made.ci, made.new
        if fit.k <= MOST_PRIOR:
            common = _figure(*made.common, rows, asked.measure)
    main = _figure(beta, *ends, rows, asked.measure)
    return Shown(
        way=way,
        pred=main.pred,
        ci_lb=main.ci_lb,
        ci_ub=main.ci_ub,
        new_study=None if new is None else _ends(*new, rows, asked.measure),
        common=common,
    )
