"""The model that pooled a table, fitted again to some of its studies: left out, added, drawn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from hilum.analyses.forms import number
from hilum.analyses.pool import answer_of
from hilum.analyses.pooled import Limits, natural
from hilum.errors import NotConverged, NotEstimable
from hilum.synthesis.exact import ExactFit
from hilum.synthesis.sensitivity import refit
from hilum.synthesis.stratified import StratifiedFit
from hilum.synthesis.two_stage import Fit
from hilum.synthesis.wald import Wald, inference

if TYPE_CHECKING:
    from hilum.analyses.pool import PoolAsked
    from hilum.analyses.pool_rows import Rows
    from hilum.synthesis.arrays import Array, Mask
    from hilum.synthesis.models import AnyFit
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
    asked: PoolAsked, rows: Rows, fit: AnyFit | None, masks: Mask, watch: Watch
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
    asked: PoolAsked, rows: Rows, fit: Any, masks: Mask, watch: Watch
) -> tuple[Refit, ...]:
    """All at once, by batches."""
    found = refit(fit, masks, watch)
    single = {
        "estimate": found.beta, "se": found.se, "zval": found.zval, "pval": found.pval,
        "ci_lb": found.ci_lb, "ci_ub": found.ci_ub,
    }  # fmt: skip
    whole = {"tau2": found.tau2, "I2": found.I2, "Q": found.QE}
    out: list[Refit] = []
    for i, mask in enumerate(masks):
        figures = {name: number(values[i, 0]) for name, values in single.items()}
        figures |= {name: number(values[i]) for name, values in whole.items()}
        out.append(_read(figures, part_of(rows, mask), asked.measure))
    return tuple(out)


def _exact(asked: PoolAsked, rows: Rows, fit: Any, masks: Mask, watch: Watch) -> tuple[Refit, ...]:
    """All at once from the fit of all; what the likelihood refuses is asked singly."""
    from hilum.synthesis.exact.refits import refit_exact

    if rows.design is not None:
        return _singly(asked, rows, fit, masks, watch)
    found = refit_exact(asked.measure, rows.values, masks, model=asked.model, watch=watch)
    out: list[Refit] = []
    for i, mask in enumerate(masks):
        some = part_of(rows, mask)
        if found.reasons[i]:
            out.append(_one(asked, some))
            continue
        wald = _wald(found.beta[i], found.se[i], int(found.k[i]), asked)
        wald |= {"tau2": number(found.tau2[i]), "I2": number(found.I2[i]), "Q": number(found.QE[i])}
        out.append(_read(wald, some, asked.measure))
    return tuple(out)


def _singly(asked: PoolAsked, rows: Rows, fit: Any, masks: Mask, watch: Watch) -> tuple[Refit, ...]:
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
        _, answer = answer_of(asked, rows)
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
        figure=answer.get("transformed"),
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


def _read(figures: dict[str, Any], rows: Rows, measure: str) -> Refit:
    """With its figure on the scale that people read; a model that has none says nothing."""
    if figures["estimate"] is None:
        return Refit(**figures)
    limits = Limits(pred=figures["estimate"], ci_lb=figures["ci_lb"], ci_ub=figures["ci_ub"])
    return Refit(**figures, figure=natural(limits, rows, measure))


FAMILIES: Final[dict[type, Any]] = {
    Fit: _two_stage,
    ExactFit: _exact,
    StratifiedFit: _singly,
    type(None): _exact,
}
"""How each kind of fit is made again."""
