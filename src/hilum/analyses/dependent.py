"""What all models of effects that are not independent share: cells, coefficients, what is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.analyses.forms import numbers
from hilum.analyses.pooled import Figures, Limits, NewStudy, Shown, natural
from hilum.errors import Fault, InputError, phrased

if TYPE_CHECKING:
    from hilum.analyses.pool import PoolAsked
    from hilum.analyses.pool_rows import Rows
    from hilum.synthesis.arrays import Array

# Clusters from which on an interval of a new study is shown.
FEWEST_NEW: Final = 4


def cells(asked: PoolAsked, rows: Rows, column: str, field: str) -> list[str]:
    """Texts of a column in the rows used.

    Raises
    ------
    InputError
        A row that does not say.
    """
    known = dict(zip(asked.table.lines, asked.table.text(column), strict=True))
    empty = [line for line in rows.lines if not known[line].strip()]
    if empty:
        wanted = phrased("a name, for {field}", field=field)
        raise InputError(*(Fault(asked.table.file, line, column, "", wanted) for line in empty))
    return [known[line].strip() for line in rows.lines]


def split(columns: str) -> tuple[str, ...]:
    """Names of columns with commas between."""
    return tuple(one.strip() for one in columns.split(",") if one.strip())


def coefficients(
    beta: Array, vb: Array, df: float | Array | None, level: float
) -> dict[str, Figures]:
    """Wald's figures of coefficients by the normal distribution, or t with ``df``."""
    import numpy as np
    from scipy import special

    from hilum.synthesis.wald import ratio

    se = np.sqrt(np.diagonal(vb))
    z = ratio(beta, se)
    tail = 0.5 + level / 2
    half = se * (special.ndtri(tail) if df is None else special.stdtrit(df, tail))
    p = 2 * (special.ndtr(-np.abs(z)) if df is None else special.stdtr(df, -np.abs(z)))
    return {
        "beta": numbers(beta), "se": numbers(se), "zval": numbers(z), "pval": numbers(p),
        "ci_lb": numbers(beta - half), "ci_ub": numbers(beta + half),
    }  # fmt: skip


def shown_by_groups(
    asked: PoolAsked, rows: Rows, way: str, mean: tuple[float, float],
    new: tuple[float, float, int],
) -> Shown:  # fmt: skip
    """Figure with half its interval, and a new study's from spread, variance and groups."""
    from scipy import special

    beta, half = mean
    spread, variance, groups = new
    ends = natural(Limits(pred=beta, ci_lb=beta - half, ci_ub=beta + half), rows, asked.measure)
    made = None
    if groups >= FEWEST_NEW:
        t = float(special.stdtrit(groups - 2, 0.5 + asked.level / 2))
        wide = max(t * (spread + variance) ** 0.5, half)
        far = natural(Limits(pred=None, ci_lb=beta - wide, ci_ub=beta + wide), rows, asked.measure)
        made = NewStudy(lower=far.ci_lb, upper=far.ci_ub)
    return Shown(
        way=way,
        pred=ends.pred,
        ci_lb=ends.ci_lb,
        ci_ub=ends.ci_ub,
        new_study=made,
        no_new_study=None if made is not None else "few",
    )
