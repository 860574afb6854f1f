"""The model that pooled a table, fitted again to some of its studies: left out, added, drawn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy import special

from hilum.analyses.forms import number
from hilum.analyses.pool import answer_of
from hilum.analyses.pooled import Limits, natural
from hilum.analyses.shown import MOST_PRIOR, RATIOS, shown_of
from hilum.errors import NotConverged, NotEstimable
from hilum.synthesis.effects import SCALES
from hilum.synthesis.effects import measure as measure_of
from hilum.synthesis.exact import ExactFit
from hilum.synthesis.henmi_copas import HenmiCopasFit
from hilum.synthesis.multilevel import MultilevelFit
from hilum.synthesis.multivariate import MultivariateFit
from hilum.synthesis.sensitivity import EachLeftOut, leave_one_out, refit
from hilum.synthesis.stratified import StratifiedFit
from hilum.synthesis.two_stage import Fit
from hilum.synthesis.wald import Wald, inference

if TYPE_CHECKING:
    from hilum.analyses.pool_asked import PoolAsked
    from hilum.analyses.pool_rows import Rows
    from hilum.analyses.pooled import Shown
    from hilum.synthesis.arrays import Array, Mask
    from hilum.synthesis.batch import BatchFit
    from hilum.synthesis.exact.refits import ExactRefits
    from hilum.synthesis.models import AnyFit
    from hilum.synthesis.sensitivity import Parts
    from hilum.watch import Watch


@dataclass(frozen=True, slots=True, kw_only=True)
class Refit:
    """One refit: on the model's scale, and ``figure`` on the scale that people read.

    ``reason`` says why there is none. A single distribution's exact answer (one study, nothing but
    extremes) has a figure and no estimate on the model's scale.
    """

    estimate: float | None = None
    se: float | None = None
    zval: float | None = None
    pval: float | None = None
    ci_lb: float | None = None
    ci_ub: float | None = None
    tau2: float | None = None
    I2: float | None = None
    Q: float | None = None
    figure: Limits | None = None
    reason: str = ""


def refitted(
    asked: PoolAsked, rows: Rows, fit: AnyFit | None, masks: Mask | Parts, watch: Watch
) -> tuple[Refit, ...]:
    """The same model on each row of ``masks`` (m, k): which studies take part.

    Parameters
    ----------
    fit : AnyFit or None
        Of all rows; None where the totals alone were said.

    Raises
    ------
    Stopped
        When the watch says so.
    """
    if asked.robust or asked.bayes:
        return _singly(asked, rows, fit, masks, watch)
    return FAMILIES[type(fit)](asked, rows, fit, masks, watch)


def part_of(rows: Rows, mask: Mask) -> Rows:
    """Some of the rows."""
    places = np.flatnonzero(mask).tolist()
    return replace(
        rows,
        values={name: column[mask] for name, column in rows.values.items()},
        yi=rows.yi[mask],
        vi=rows.vi[mask],
        labels=tuple(rows.labels[i] for i in places),
        lines=tuple(rows.lines[i] for i in places),
        design=None if rows.design is None else rows.design[mask],
        left_out=(),
    )


def _two_stage(
    asked: PoolAsked, rows: Rows, fit: Any, masks: Mask | Parts, watch: Watch
) -> tuple[Refit, ...]:
    """All at once, by batches."""
    each = isinstance(masks, EachLeftOut) and fit.k > 1
    found = leave_one_out(fit) if each else refit(fit, masks, watch)
    half = _half(asked, found) if fit.random else None
    single = {
        "estimate": found.beta, "se": found.se, "zval": found.zval, "pval": found.pval,
        "ci_lb": found.ci_lb, "ci_ub": found.ci_ub,
    }  # fmt: skip
    whole = {"tau2": found.tau2, "I2": found.I2, "Q": found.QE}
    needs = SCALES[measure_of(asked.measure).scale].sized
    out: list[Refit] = []
    for i, mask in enumerate(masks):
        figures: dict[str, Any] = {name: number(values[i, 0]) for name, values in single.items()}
        figures |= {name: number(values[i]) for name, values in whole.items()}
        # Only some scales, and the prior, need the rows themselves.
        usual = not (needs or (half is not None and _prior(asked, int(found.k[i]))))
        some = rows if usual else part_of(rows, mask)
        if half is not None and _prior(asked, int(found.k[i])):
            out.append(Refit(**figures, figure=_by_prior(asked, some)))
            continue
        out.append(_read(figures, some, asked.measure, None if half is None else half[i]))
    return tuple(out)


def _half(asked: PoolAsked, found: BatchFit | ExactRefits) -> Array | None:
    """Half of each interval that is shown without a test: as of all studies."""
    if asked.test is not None:
        return None
    k, level = np.maximum(found.k, 2), 0.5 + asked.level / 2
    se = found.se[:, 0] if found.se.ndim > 1 else found.se
    t, z = special.stdtrit(k - 1, level), special.ndtri(level)
    wide = np.where(np.isfinite(found.scale), np.maximum(z, t * np.sqrt(found.scale)), t) * se
    return np.where(found.k > 1, wide, z * se)


def _prior(asked: PoolAsked, k: int) -> bool:
    """Whether these studies are so few that their spread has a prior."""
    return asked.method is None and asked.measure in RATIOS and 1 < k <= MOST_PRIOR


def _by_prior(asked: PoolAsked, rows: Rows) -> Limits | None:
    fit, answer = answer_of(asked, rows)
    return _seen(shown_of(asked, rows, fit, answer.get("transformed")))


def _seen(seen: Shown | None) -> Limits | None:
    """What readers are shown, without a new study."""
    if seen is None:
        return None
    return Limits(pred=seen.pred, ci_lb=seen.ci_lb, ci_ub=seen.ci_ub)


def _exact(
    asked: PoolAsked, rows: Rows, fit: Any, masks: Mask | Parts, watch: Watch
) -> tuple[Refit, ...]:
    """All at once from the fit of all; what the likelihood refuses is asked singly."""
    from hilum.synthesis.exact.refits import refit_exact

    if rows.design is not None:
        return _singly(asked, rows, fit, masks, watch)
    found = refit_exact(asked.measure, rows.values, masks, model=asked.model, watch=watch)
    half = _half(asked, found)
    out: list[Refit] = []
    for i, mask in enumerate(masks):
        some = part_of(rows, mask)
        if found.reasons[i]:
            out.append(_one(asked, some))
            continue
        wald = _wald(found.beta[i], found.se[i], int(found.k[i]), asked)
        wald |= {"tau2": number(found.tau2[i]), "I2": number(found.I2[i]), "Q": number(found.QE[i])}
        out.append(_read(wald, some, asked.measure, None if half is None else half[i]))
    return tuple(out)


def _singly(
    asked: PoolAsked, rows: Rows, fit: Any, masks: Mask | Parts, watch: Watch
) -> tuple[Refit, ...]:
    """One after the other."""
    del fit
    watch.stage("refits", len(masks))
    out: list[Refit] = []
    for mask in masks:
        out.append(_one(asked, part_of(rows, mask)))
        watch.done()
    return tuple(out)


def _one(asked: PoolAsked, rows: Rows) -> Refit:
    """What ``hilum pool`` would say of these rows."""
    if not rows.lines:
        return Refit(reason=NotEstimable("no study is left").sentence)
    try:
        fit, answer = answer_of(asked, rows)
    except (NotEstimable, NotConverged) as error:
        return Refit(reason=error.sentence)

    def first(name: str) -> float | None:
        values: tuple[float | None, ...] = answer.get(name, ())
        return values[0] if values else None

    return Refit(
        estimate=first("beta"),
        se=first("se"),
        zval=first("zval"),
        pval=first("pval"),
        ci_lb=first("ci_lb"),
        ci_ub=first("ci_ub"),
        tau2=answer.get("tau2"),
        I2=answer.get("I2"),
        Q=answer.get("QE"),
        figure=_seen(shown_of(asked, rows, fit, answer.get("transformed"))),
    )


@dataclass(frozen=True)
class _Mean(Wald):
    """One coefficient of which only its estimate and error are at hand."""

    beta: Array
    vb: Array
    level: float
    over: int | None

    @property
    def dfs(self) -> int | None:
        return self.over


def _wald(beta: float, se: float, k: int, asked: PoolAsked) -> dict[str, float | None]:
    over = k - 1 if inference(asked.tested).student else None
    one = _Mean(np.array([beta]), np.array([[se**2]]), asked.level, over)
    names = ("se", "zval", "pval", "ci_lb", "ci_ub")
    return {"estimate": number(beta)} | {name: number(getattr(one, name)[0]) for name in names}


def _read(figures: dict[str, Any], rows: Rows, measure: str, half: float | None = None) -> Refit:
    """With its figure on the scale that people read; a model that has none says nothing.

    ``half`` is half of the interval that is shown, None where it is that of the test.
    """
    beta = figures["estimate"]
    if beta is None:
        return Refit(**figures)
    limits = Limits(pred=beta, ci_lb=figures["ci_lb"], ci_ub=figures["ci_ub"])
    if half is not None:
        limits = Limits(pred=beta, ci_lb=number(beta - half), ci_ub=number(beta + half))
    return Refit(**figures, figure=natural(limits, rows, measure))


FAMILIES: Final[dict[type, Any]] = {
    Fit: _two_stage,
    ExactFit: _exact,
    StratifiedFit: _singly,
    HenmiCopasFit: _singly,
    MultilevelFit: _singly,
    MultivariateFit: _singly,
    type(None): _exact,
}
"""How each kind of fit is made again."""
