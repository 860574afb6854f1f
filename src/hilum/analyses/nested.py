"""Effects nested in groups: the model that is asked for, and its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hilum.analyses.dependent import cells, coefficients, shown_by_groups, split
from hilum.analyses.forms import number
from hilum.analyses.pooled import LevelFigures, Shown, limits_of, natural
from hilum.errors import NotConverged

if TYPE_CHECKING:
    from hilum.analyses.pool import PoolAsked
    from hilum.analyses.pool_rows import Rows
    from hilum.synthesis.arrays import Array
    from hilum.synthesis.multilevel import MultilevelFit

# Above it the k x k covariance is not made for the weights alone.
MOST_WEIGHED: Final = 1000


def levels_of(asked: PoolAsked, rows: Rows) -> tuple[list[list[str]], list[str]]:
    """Labels of each level, outermost first, and its column; the effects last, without one.

    Where the last column tells every row from every other it is the effects' own level.
    """
    names = list(split(asked.multilevel or ""))
    labels = [cells(asked, rows, name, "multilevel") for name in names]
    if len(set(zip(*labels, strict=True))) < len(rows.lines):
        labels.append([str(line) for line in rows.lines])
        names.append("")
    return labels, names


def nested(asked: PoolAsked, rows: Rows) -> MultilevelFit:
    """The model of nested groups."""
    from hilum.synthesis.multilevel import multilevel

    labels, _ = levels_of(asked, rows)
    method: Any = asked.way
    return multilevel(
        rows.yi, rows.vi, labels, method=method, mods=rows.design, names=rows.names,
        test=asked.tested, level=asked.level,
    )  # fmt: skip


def nested_fields(fit: MultilevelFit, asked: PoolAsked, rows: Rows) -> dict[str, Any]:
    """The fields of a multilevel answer's :class:`hilum.analyses.pooled.Pooled`."""
    _, names = levels_of(asked, rows)
    out: dict[str, Any] = {
        "test": asked.tested, "p": len(fit.beta), "coef_names": tuple(fit.names), "k": fit.k,
        "QE": number(fit.QE), "QEp": number(fit.QEp), "I2": number(_inconsistency(fit)),
        "levels": tuple(_level(fit, i, name) for i, name in enumerate(names)),
    }  # fmt: skip
    out["loglik_reml" if fit.method == "REML" else "loglik_ml"] = number(fit.loglik)
    out["dfs"] = fit.dfs
    out |= coefficients(fit.beta, fit.vb, None if fit.dfs is None else fit.degrees, asked.level)
    if rows.mean:
        limits = limits_of(fit.predict(), 0)
        out |= {"predict": limits, "transformed": natural(limits, rows, asked.measure)}
    return out


def _level(fit: MultilevelFit, i: int, name: str) -> LevelFigures:
    try:
        low, high = fit.profile_interval(i)
    except NotConverged:
        low = high = None
    return LevelFigures(
        column=name,
        groups=int(fit.groups[i].max()) + 1,
        sigma2=float(fit.sigma2[i]),
        ci_lb=low,
        ci_ub=high,
    )


def _inconsistency(fit: MultilevelFit) -> float:
    """Percent of all levels' variance beside the typical sampling variance (Higgins 2002)."""
    import numpy as np

    w, x = 1 / fit.vi, fit.design
    inverse = np.linalg.inv((w[:, None] * x).T @ x)
    trace = w.sum() - np.einsum("ki,ij,kj,k->", x, inverse, x, w**2)
    typical = (fit.k - x.shape[1]) / trace
    total = float(fit.sigma2.sum())
    return 100 * total / (total + float(typical))


def weights_of(fit: MultilevelFit) -> Array | None:
    """Percent of each effect in the mean: sums of rows of the inverse covariance."""
    import numpy as np

    if fit.k > MOST_WEIGHED or len(fit.beta) > 1:
        return None
    w = np.linalg.inv(fit.marginal).sum(1)
    return 100 * w / w.sum()


def nested_shown(asked: PoolAsked, rows: Rows, fit: MultilevelFit) -> Shown:
    """The mean by t with as many degrees of freedom as outermost groups less one."""
    from scipy import special

    beta, se = float(fit.beta[0]), float(fit.vb[0, 0]) ** 0.5
    df, tail = int(fit.degrees[0]), 0.5 + asked.level / 2
    wide = float(special.ndtri(tail) if asked.test == "z" else special.stdtrit(df, tail)) * se
    way = "groups" if asked.test is None else "asked"
    return shown_by_groups(asked, rows, way, (beta, wide), (float(fit.sigma2.sum()), se**2, df + 1))
