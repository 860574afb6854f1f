"""Errors that hold for clusters of effects: of any fit, and what they change in an answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hilum.analyses.dependent import cells, coefficients, shown_by_groups, split
from hilum.analyses.forms import numbers
from hilum.analyses.pooled import EQUAL, Limits, RobustFigures, Shown, natural

if TYPE_CHECKING:
    import numpy as np

    from hilum.analyses.pool import PoolAsked
    from hilum.analyses.pool_rows import Rows
    from hilum.synthesis.multilevel import MultilevelFit
    from hilum.synthesis.robust import RobustFit
    from hilum.synthesis.two_stage import Fit


def robust_fit(asked: PoolAsked, rows: Rows, fit: Fit | MultilevelFit) -> RobustFit:
    """Errors by cluster: the column ``cluster``, the outermost groups, or the studies' names."""
    from hilum.synthesis.robust import cluster_robust

    kind: Any = asked.robust
    return cluster_robust(fit, clusters_of(asked, rows), kind=kind)


def cluster_column(asked: PoolAsked) -> str:
    """The column of clusters, empty for the studies' names."""
    nested = split(asked.multilevel or "")
    return asked.cluster or (nested[0] if nested else "")


def clusters_of(asked: PoolAsked, rows: Rows) -> list[str]:
    """The cluster of each row used."""
    column = cluster_column(asked)
    return cells(asked, rows, column, "robust") if column else list(rows.labels)


def robust_fields(asked: PoolAsked, rows: Rows, fit: Any) -> dict[str, Any]:
    """What cluster-robust errors change in an answer."""
    robust = robust_fit(asked, rows, fit)
    out = coefficients(robust.beta, robust.vb, robust.dfs, asked.level)
    out["pval"] = numbers(robust.pval)
    made: dict[str, Any] = {
        **out,
        "dfs": None,
        "confint": None,
        "QM": None,
        "QMp": None,
        "robust": RobustFigures(
            kind=robust.kind,
            column=cluster_column(asked),
            clusters=robust.clusters,
            dfs=numbers(robust.dfs),
            se_model=numbers(_model_errors(fit)),
        ),
        "notes": _narrower(robust, fit) if rows.mean else (),
    }
    if rows.mean:
        limits = Limits(pred=out["beta"][0], ci_lb=out["ci_lb"][0], ci_ub=out["ci_ub"][0])
        made |= {"predict": limits, "transformed": natural(limits, rows, asked.measure)}
        made["new_study"] = None
    return made


def _narrower(robust: RobustFit, fit: Fit | MultilevelFit) -> tuple[str, ...]:
    """Whether the interval is narrower than the normal one of the model's own errors."""
    from scipy import special

    own = float(special.ndtri(0.5 + fit.level / 2)) * float(_model_errors(fit)[0])
    return (
        ("narrower_clusters",)
        if float(robust.ci_ub[0] - robust.beta[0]) < own * (1 - EQUAL)
        else ()
    )


def _model_errors(fit: Fit | MultilevelFit) -> np.ndarray:
    import numpy as np

    return np.sqrt(np.diagonal(fit.vb))


def robust_shown(
    asked: PoolAsked, rows: Rows, fit: Any, robust: RobustFit, which: int = 0
) -> Shown:
    """A coefficient by t with the cluster-robust error's own degrees of freedom."""
    spread = float(getattr(fit, "tau2", 0.0)) or float(sum(getattr(fit, "sigma2", ())))
    beta, half = float(robust.beta[which]), float(robust.ci_ub[which] - robust.beta[which])
    new = (spread, float(robust.vb[which, which]), robust.clusters - len(robust.beta) + 1)
    made = shown_by_groups(asked, rows, "robust", (beta, half), new)
    # Equal effects have no new study's to tell.
    return (
        made
        if getattr(fit, "random", True)
        else replace(made, new_study=None, no_new_study="alike")
    )
