"""The test of all moderators of a regression at once, by what its coefficients are tested by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import special

from hilum.analyses.forms import number
from hilum.analyses.pooled import Omnibus
from hilum.synthesis.exact import ExactFit
from hilum.synthesis.multilevel import MultilevelFit
from hilum.synthesis.two_stage import Fit

if TYPE_CHECKING:
    from hilum.analyses.pool_asked import PoolAsked
    from hilum.analyses.pool_rows import Rows
    from hilum.synthesis.arrays import Array
    from hilum.synthesis.models import AnyFit


def omnibus_of(asked: PoolAsked, rows: Rows, fit: AnyFit | None) -> Omnibus | None:
    """The test of a regression's moderators; None of a model that has none."""
    if not isinstance(fit, Fit | ExactFit | MultilevelFit) or rows.design is None:
        return None
    categories = rows.made is not None and rows.made.categories
    which = [i for i, name in enumerate(fit.names) if name != "intrcpt"]
    intercept = len(which) < len(fit.names)
    alike = None if intercept or asked.robust else _alike(rows.design)
    made = _test(asked, rows, fit, which, intercept, alike)
    if made is None:
        return None
    kind, statistic, df, dfs, pval = made
    return Omnibus(
        kind=kind, statistic=number(statistic), df=df, dfs=number(dfs), pval=number(pval),
        intercept=intercept or alike is not None, categories=categories,
    )  # fmt: skip


_Made = tuple[str, float, int, float | None, float]


def _test(
    asked: PoolAsked,
    rows: Rows,
    fit: Any,
    which: list[int],
    intercept: bool,
    alike: Array | None,
) -> _Made | None:
    if isinstance(fit, ExactFit):
        return _ratio(asked, rows, fit)
    if alike is not None:
        return _equal(asked, fit, alike)
    if asked.robust:
        from hilum.analyses.clusters import clusters_of
        from hilum.synthesis.robust import robust_wald

        kind: Any = asked.robust
        f, dfs, p = robust_wald(fit, clusters_of(asked, rows), which, kind=kind)
        return "HTZ" if asked.robust == "CR2" else "F", f, len(which), dfs, p
    if isinstance(fit, MultilevelFit):
        q = _wald(fit.beta, fit.vb, which)
        if asked.test == "z":
            return _chi2(q, len(which))
        return _f(q, len(which), int(fit.degrees[which].min()))
    if asked.test is not None or not fit.random or fit.k <= fit.p:
        if fit.dfs is None:
            return _chi2(fit.QM, len(which))
        return _f(fit.QM * len(which), len(which), fit.dfs)
    # What readers are shown: the less sure of both tests, as of each coefficient.
    w = 1 / (fit.vi + fit.tau2)
    q = _wald(fit.beta, np.linalg.inv((w[:, None] * fit.design).T @ fit.design), which)
    normal = _chi2(q, len(which))
    scaled = _f(q / max(fit.scale, 1e-300), len(which), fit.k - fit.p)
    return max(normal, scaled, key=lambda one: one[-1])


def _alike(design: Array) -> Array | None:
    """Contrasts (p - 1, p) that are 0 where the model is one mean; None where it holds none."""
    shares = np.linalg.lstsq(design, np.ones(len(design)), rcond=None)[0]
    if len(shares) < 2 or not np.allclose(design @ shares, 1.0, atol=1e-8):
        return None
    return np.linalg.svd(shares[None, :])[2][1:]


def _equal(asked: PoolAsked, fit: Any, alike: Array) -> _Made:
    """Groups of a model without intercept against one mean: the same test as with one."""
    df = len(alike)
    every = list(range(df))
    beta, vb = alike @ fit.beta, alike @ fit.vb @ alike.T
    if isinstance(fit, MultilevelFit):
        q = _wald(beta, vb, every)
        return _chi2(q, df) if asked.test == "z" else _f(q, df, int(fit.degrees.min()))
    if asked.test is not None or not fit.random or fit.k <= fit.p:
        q = _wald(beta, vb, every)
        return _chi2(q, df) if fit.dfs is None else _f(q, df, fit.dfs)
    w = 1 / (fit.vi + fit.tau2)
    own = np.linalg.inv((w[:, None] * fit.design).T @ fit.design)
    q = _wald(beta, alike @ own @ alike.T, every)
    scaled = _f(q / max(fit.scale, 1e-300), df, fit.k - fit.p)
    return max(_chi2(q, df), scaled, key=lambda one: one[-1])


def _ratio(asked: PoolAsked, rows: Rows, fit: ExactFit) -> _Made | None:
    """Against one mean, where the moderators hold it."""
    from hilum.synthesis.exact.ratio_tests import moderators_test

    assert rows.design is not None
    design = rows.design[np.array(fit.used)]
    one = np.ones(len(design))
    inside = design @ np.linalg.lstsq(design, one, rcond=None)[0]
    if fit.p < 2 or not np.allclose(inside, one, atol=1e-8):
        return None
    made = moderators_test(fit, asked.measure, rows.values, level=asked.level)
    return "LRT", made.statistic, made.df, None, made.pval


def _wald(beta: Array, vb: Array, which: list[int]) -> float:
    part = beta[which]
    return float(part @ np.linalg.solve(vb[np.ix_(which, which)], part))


def _chi2(q: float, df: int) -> _Made:
    return "chi2", q, df, None, float(special.chdtrc(df, q))


def _f(q: float, df: int, dfs: float) -> _Made:
    return "F", q / df, df, dfs, float(special.fdtrc(df, dfs, q / df))
