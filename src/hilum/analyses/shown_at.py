"""What readers are shown of a regression: its coefficients, and predictions of it.

The rule of :mod:`hilum.analyses.shown`, with k - p degrees of freedom: the wider of Knapp and
Hartung's and the normal interval, from scores where the likelihood is exact; a new study by t with
k - p - 1, never narrower than what the confidence distribution of tau says.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import special

from hilum.analyses.forms import number, numbers
from hilum.analyses.pooled import Coefficients, Limits, NewStudy, Shown, natural
from hilum.errors import NotConverged
from hilum.synthesis.exact import ExactFit
from hilum.synthesis.few import FEWEST_NEW, half_new, joined, spreads_at
from hilum.synthesis.multilevel import MultilevelFit
from hilum.synthesis.two_stage import Fit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.analyses.pool_asked import PoolAsked
    from hilum.analyses.pool_rows import Rows
    from hilum.synthesis.arrays import Array
    from hilum.synthesis.exact.lines import LineScores
    from hilum.synthesis.models import AnyFit


ENDS = ("beta", "ci_lb", "ci_ub")


@dataclass(frozen=True)
class Line:
    """A fit as a line in its moderators: ``vb`` is the model's own covariance.

    ``q`` is Knapp and Hartung's factor, None where t alone is taken; ``df`` its degrees of
    freedom.
    """

    way: str
    beta: Array
    vb: Array
    df: Any
    tau2: float
    q: float | None
    fit: AnyFit
    scores: LineScores | None = None

    def half(self, se: Array, level: float) -> Array:
        """Half of an interval from the model's own standard error."""
        t = special.stdtrit(self.df, 0.5 + level / 2)
        return se * (t if self.q is None else np.maximum(*self._both(level)))

    def factor(self, level: float) -> float:
        """Of the model's own standard error, that which the interval is by."""
        if self.q is None:
            return 1.0
        normal, scaled = self._both(level)
        return float(np.sqrt(self.q)) if scaled > normal else 1.0

    def _both(self, level: float) -> tuple[float, float]:
        """Multipliers of the normal interval and of Knapp and Hartung's."""
        tail = 0.5 + level / 2
        scaled = special.stdtrit(self.df, tail) * np.sqrt(self.q or 0.0)
        return float(special.ndtri(tail)), float(scaled)

    def pval(self, se: Array) -> Array:
        """Two-sided p value that agrees with the interval."""
        z = np.abs(self.beta) / np.maximum(se, 1e-300)
        if self.q is None:
            return 2 * special.stdtr(self.df, -z)
        scaled = z / np.sqrt(max(self.q, 1e-300))
        return np.maximum(2 * special.ndtr(-z), 2 * special.stdtr(self.df, -scaled))

    def new(self, rows: Array, se: Array, level: float) -> list[tuple[float, float]] | None:
        """Ends of a new study's interval at each row; None with too few studies."""
        if self.df + 1 < FEWEST_NEW:
            return None
        q = np.asarray(1.0 if self.q is None else self.q)
        wide = half_new(se, q, np.asarray(self.tau2), self.df + 1, level)
        mean = rows @ self.beta
        if isinstance(self.fit, Fit):
            spreads = spreads_at(self.fit, rows)
        elif self.scores is not None:
            spreads = self.scores.spreads(rows)
        else:
            return list(zip((mean - wide).tolist(), (mean + wide).tolist(), strict=True))
        return [
            joined(float(one), float(half), spread, level)
            for one, half, spread in zip(mean, wide, spreads, strict=True)
        ]


def line_of(asked: PoolAsked, rows: Rows, fit: AnyFit | None) -> Line | None:
    """The rule for a fit; None where a test was asked for, or the model has one interval."""
    if asked.test is not None or asked.robust or asked.bayes:
        return None
    if isinstance(fit, Fit) and fit.random and fit.k > fit.p:
        w = 1 / (fit.vi + fit.tau2)
        vb = np.linalg.inv((w[:, None] * fit.design).T @ fit.design)
        return Line("hybrid", fit.beta, vb, fit.k - fit.p, fit.tau2, fit.scale, fit)
    if isinstance(fit, ExactFit) and fit.k > fit.p:
        return _exact(asked, rows, fit)
    if isinstance(fit, MultilevelFit):
        df = int(fit.degrees.min())
        return Line("groups", fit.beta, fit.vb, df, float(fit.sigma2.sum()), None, fit)
    return None


def _exact(asked: PoolAsked, rows: Rows, fit: ExactFit) -> Line:
    from hilum.synthesis.exact.lines import line_scores

    design = np.ones((len(rows.lines), 1)) if rows.design is None else rows.design
    q = None
    scores = line_scores(fit, asked.measure, rows.values, design)
    try:
        q = None if scores is None else scores.q
    except NotConverged:
        scores = None
    way = "t" if q is None else "scores"
    return Line(way, fit.beta, fit.vb, fit.k - fit.p, fit.tau2, q, fit, scores)


def coefficients_of(asked: PoolAsked, rows: Rows, fit: AnyFit | None) -> Coefficients | None:
    """What is shown of the coefficients of a regression; None where that is what was asked for."""
    line = line_of(asked, rows, fit)
    if line is None:
        return None
    if isinstance(fit, MultilevelFit):
        line = replace(line, df=fit.degrees)
    se = np.sqrt(np.diagonal(line.vb))
    half = line.half(se, asked.level)
    return Coefficients(
        way=line.way,
        se=numbers(se * line.factor(asked.level)),
        ci_lb=numbers(line.beta - half),
        ci_ub=numbers(line.beta + half),
        pval=numbers(line.pval(se)),
    )


def shown_at(
    asked: PoolAsked, rows: Rows, fit: Any, points: Array, limits: Sequence[Limits]
) -> list[Shown]:
    """What is shown at each of ``points`` (m, p); ``limits`` are metafor's on the model's scale."""
    measure = asked.measure
    if asked.robust:
        return [_by_cluster(asked, rows, fit, one) for one in points]
    line = line_of(replace(asked, test=None), rows, fit)
    new, way = None, "asked"
    ends = [(one.pred, one.ci_lb, one.ci_ub) for one in limits]
    if line is not None:
        se = np.sqrt(np.einsum("mi,ij,mj->m", points, line.vb, points))
        new = line.new(points, se, asked.level)
        if asked.test is None:
            way, half = line.way, line.half(se, asked.level)
            mean = points @ line.beta
            ends = [(float(a), float(a - b), float(a + b)) for a, b in zip(mean, half, strict=True)]
    out: list[Shown] = []
    for i, (pred, low, high) in enumerate(ends):
        figure = natural(Limits(pred=pred, ci_lb=low, ci_ub=high), rows, measure)
        code = "alike" if line is None else "few"
        out.append(
            Shown(
                way=way,
                pred=figure.pred,
                ci_lb=figure.ci_lb,
                ci_ub=figure.ci_ub,
                new_study=None if new is None else _new(new[i], rows, measure),
                no_new_study=code if new is None else None,
            )
        )
    return out


def _new(ends: tuple[float, float], rows: Rows, measure: str) -> NewStudy:
    far = natural(Limits(pred=None, ci_lb=number(ends[0]), ci_ub=number(ends[1])), rows, measure)
    return NewStudy(lower=far.ci_lb, upper=far.ci_ub)


def _turned(fit: Any, point: Array) -> tuple[Any, int]:
    """The same model in other moderators, of which the prediction is one coefficient."""
    place = int(np.abs(point).argmax())
    turn = np.eye(len(point))
    turn[place] = point
    return replace(fit, design=fit.design @ np.linalg.inv(turn)), place


def _by_cluster(asked: PoolAsked, rows: Rows, fit: Any, point: Array) -> Shown:
    from hilum.analyses.clusters import robust_fit, robust_shown

    turned, place = _turned(fit, point)
    return robust_shown(asked, rows, turned, robust_fit(asked, rows, turned), place)


def band(asked: PoolAsked, rows: Rows, fit: Any, points: Array) -> tuple[Array, Array, Array]:
    """Mean and interval at each of ``points`` on the model's scale, as readers are shown them."""
    if asked.robust:
        from hilum.analyses.clusters import robust_fit

        ends = [_turned(fit, one) for one in points]
        made = [(robust_fit(asked, rows, turned), place) for turned, place in ends]
        columns = [[float(getattr(one, name)[i]) for one, i in made] for name in ENDS]
        return tuple(np.array(one) for one in columns)  # pyright: ignore[reportReturnType]
    line = line_of(asked, rows, fit)
    if line is None:
        about = fit.predict(points)
        return about.pred, about.ci_lb, about.ci_ub
    half = line.half(np.sqrt(np.einsum("mi,ij,mj->m", points, line.vb, points)), asked.level)
    mean = points @ line.beta
    return mean, mean - half, mean + half
