"""Effects that are not independent: nested groups, several outcomes a study, clusters.

What can be asked of :class:`hilum.analyses.pool_asked.PoolAsked` beyond one effect a study, what
does not go together, and the figures of each model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hilum.analyses.forms import number, numbers
from hilum.analyses.pooled import (
    Figures,
    LevelFigures,
    Limits,
    NewStudy,
    OutcomeFigures,
    RobustFigures,
    Shown,
    limits_of,
    natural,
)
from hilum.errors import Fault, InputError, NotConverged, phrased

if TYPE_CHECKING:
    import numpy as np

    from hilum.analyses.pool_asked import PoolAsked
    from hilum.analyses.pool_rows import Rows
    from hilum.synthesis.arrays import Array
    from hilum.synthesis.models import AnyFit
    from hilum.synthesis.multilevel import MultilevelFit
    from hilum.synthesis.multivariate import MultivariateFit
    from hilum.synthesis.robust import RobustFit
    from hilum.synthesis.two_stage import Fit

LIKELIHOODS: Final = ("REML", "ML")
"""Methods that estimate several variances at once."""
# Above it the k x k covariance is not made for the weights alone.
MOST_WEIGHED: Final = 1000
# Clusters from which on an interval of a new study is shown.
FEWEST_NEW: Final = 4


def kinds() -> tuple[str, ...]:
    """Codes of cluster-robust errors."""
    from hilum.synthesis.robust import CORRECTED

    return tuple(CORRECTED)


def priors() -> tuple[str, ...]:
    """Codes of priors of tau."""
    from hilum.synthesis.bayes import PRIORS

    return tuple(PRIORS)


def faults(asked: PoolAsked) -> list[Fault]:
    """What does not go together, each with what to do instead."""
    return [
        *_dependent_faults(asked),
        *_outcome_faults(asked),
        *_robust_faults(asked),
        *_bayes_faults(asked),
    ]


def _dependent_faults(asked: PoolAsked) -> list[Fault]:
    """Nested groups and several outcomes: what neither of them has."""
    out: list[Fault] = []
    for field in ("multilevel", "multivariate"):
        if not getattr(asked, field):
            continue
        if asked.way not in LIKELIHOODS:
            wanted = phrased("REML or ML, with {field}", field=field)
            out.append(Fault("", None, "method", asked.way, wanted))
        if asked.same_tau2:
            wanted = phrased("no {field} beside it", field=field)
            out.append(Fault("", None, "same_tau2", "True", wanted))
        if set(asked.beside) - {"line"}:
            wanted = "a forest or a bubble: the others take effects as independent"
            out.append(Fault("", None, "beside", ", ".join(asked.beside), wanted))
    if asked.multilevel and asked.test not in (None, "z", "t"):
        wanted = "z or t, or robust CR2, which holds with few groups"
        out.append(Fault("", None, "test", str(asked.test), wanted))
    return out


def _outcome_faults(asked: PoolAsked) -> list[Fault]:
    if not asked.multivariate:
        wanted = "multivariate beside it, a column of outcomes"
        return [
            Fault("", None, field, str(getattr(asked, field)), wanted)
            for field in ("rho", "covariances")
            if getattr(asked, field) is not None
        ]
    out: list[Fault] = []
    for field in ("multilevel", "robust", "mods", "by"):
        if getattr(asked, field):
            wanted = "no multivariate beside it: pool one outcome at a time, or leave it out"
            out.append(Fault("", None, field, str(getattr(asked, field)), wanted))
    if (asked.rho is None) == (asked.covariances is None):
        wanted = (
            "rho (the correlation of outcomes within a study, such as 0.5) or covariances, one "
            "of both"
        )
        value = "" if asked.rho is None else f"{asked.rho:g}"
        out.append(Fault("", None, "rho", value, wanted))
    if asked.test not in (None, "z"):
        wanted = "z, or none, with multivariate"
        out.append(Fault("", None, "test", str(asked.test), wanted))
    return out


def _robust_faults(asked: PoolAsked) -> list[Fault]:
    from hilum.synthesis.heterogeneity import ESTIMATORS

    out: list[Fault] = []
    if asked.cluster and not (asked.robust or asked.multivariate):
        wanted = "robust or multivariate beside it"
        out.append(Fault("", None, "cluster", asked.cluster, wanted))
    if not asked.robust:
        return out
    if asked.way not in ESTIMATORS:
        wanted = "a method that weighs effects, such as REML, with robust"
        out.append(Fault("", None, "method", asked.way, wanted))
    if asked.test is not None:
        wanted = "none beside robust, which has degrees of freedom of its own"
        out.append(Fault("", None, "test", asked.test, wanted))
    if asked.same_tau2:
        wanted = phrased("no {field} beside it", field="robust")
        out.append(Fault("", None, "same_tau2", "True", wanted))
    return out


def _bayes_faults(asked: PoolAsked) -> list[Fault]:
    from hilum.analyses.shown import RATIOS
    from hilum.synthesis.heterogeneity import ESTIMATORS

    out: list[Fault] = []
    if not asked.bayes:
        return [
            Fault("", None, field, str(getattr(asked, field)), "bayes beside it")
            for field in ("prior", "scale")
            if getattr(asked, field) is not None
        ]
    if asked.way not in ESTIMATORS or not ESTIMATORS[asked.way].random:
        wanted = "REML, or none, with bayes: its likelihood is normal, of effects with a variance"
        out.append(Fault("", None, "method", asked.way, wanted))
    for field in ("test", "mods", "same_tau2", "multilevel", "multivariate", "robust"):
        if getattr(asked, field):
            wanted = "no bayes beside it: the prior is of one mean and one tau"
            out.append(Fault("", None, field, str(getattr(asked, field)), wanted))
    if asked.scale is None and asked.measure not in RATIOS:
        wanted = phrased(
            "the scale of tau's prior in units of the effect, such as a spread that would be "
            "large: a published one is known of {known} alone",
            known=", ".join(RATIOS),
        )
        out.append(Fault("", None, "scale", "", wanted))
    return out


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


def structured(asked: PoolAsked, rows: Rows) -> AnyFit | None:
    """The model of nested groups or of several outcomes; None where neither is asked for."""
    if asked.multilevel:
        return _nested(asked, rows)
    return _several(asked, rows) if asked.multivariate else None


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


def _nested(asked: PoolAsked, rows: Rows) -> MultilevelFit:
    from hilum.synthesis.multilevel import multilevel

    labels, _ = levels_of(asked, rows)
    method: Any = asked.way
    return multilevel(
        rows.yi, rows.vi, labels, method=method, mods=rows.design, names=rows.names,
        test=asked.tested, level=asked.level,
    )  # fmt: skip


def _studies(asked: PoolAsked, rows: Rows, field: str) -> list[str]:
    """What effects share: the column ``cluster``, or the studies' names."""
    return list(rows.labels) if asked.cluster is None else cells(asked, rows, asked.cluster, field)


def _several(asked: PoolAsked, rows: Rows) -> MultivariateFit:
    from hilum.synthesis.multivariate import multivariate

    studies = _studies(asked, rows, "multivariate")
    outcomes = cells(asked, rows, asked.multivariate or "", "multivariate")
    seen: dict[tuple[str, str], int] = {}
    twice: list[Fault] = []
    for line, study, outcome in zip(rows.lines, studies, outcomes, strict=True):
        if (study, outcome) in seen:
            wanted = phrased(
                "one row an outcome and study ({study}, {outcome} stands in row {row})",
                study=study, outcome=outcome, row=seen[study, outcome],
            )  # fmt: skip
            twice.append(Fault(asked.table.file, line, asked.multivariate or "", outcome, wanted))
        seen[study, outcome] = line
    if twice:
        raise InputError(*twice)
    method: Any = asked.way
    return multivariate(
        rows.yi, covariance_of(asked, rows, studies), outcomes, studies, method=method,
        level=asked.level,
    )  # fmt: skip


def covariance_of(asked: PoolAsked, rows: Rows, studies: list[str]) -> Array:
    """Sampling covariance: by one correlation, or each study's own matrix from columns.

    The columns hold the rows of each study's block, as metadat's Berkey 1998 has them (v1i, v2i).

    Raises
    ------
    InputError
        A block that is no covariance matrix of the study's rows.
    """
    import numpy as np

    k = len(rows.lines)
    same = np.array(studies)[:, None] == np.array(studies)[None, :]
    if asked.covariances is None:
        root = np.sqrt(rows.vi)
        out = np.where(same, (asked.rho or 0.0) * np.outer(root, root), 0.0)
        out[np.diag_indices(k)] = rows.vi
        return out
    names = split(asked.covariances)
    columns = [
        dict(zip(asked.table.lines, asked.table.numbers(name), strict=True)) for name in names
    ]
    out, wrong = np.zeros((k, k)), []
    for study in dict.fromkeys(studies):
        places = [i for i, one in enumerate(studies) if one == study]
        if len(places) > len(names):
            wanted = phrased("at most {count} rows a study", count=len(names))
            line = rows.lines[places[-1]]
            wrong.append(Fault(asked.table.file, line, asked.covariances, study, wanted))
            continue
        for i in places:
            for place, j in enumerate(places):
                out[i, j] = columns[place][rows.lines[i]]
        block = out[np.ix_(places, places)]
        apart = ~np.isclose(block, block.T, rtol=1e-6, atol=1e-12)
        off = ~np.isclose(np.diagonal(block), rows.vi[places], rtol=1e-6)
        if apart.any() or off.any():
            wanted = "a symmetric matrix of the study's rows, with their variances on its diagonal"
            line = rows.lines[places[0]]
            wrong.append(Fault(asked.table.file, line, asked.covariances, study, wanted))
    if wrong:
        raise InputError(*wrong)
    return out


def robust_fit(asked: PoolAsked, rows: Rows, fit: Fit | MultilevelFit) -> RobustFit:
    """Errors by cluster: the column ``cluster``, the outermost groups, or the studies' names."""
    from hilum.synthesis.robust import cluster_robust

    kind: Any = asked.robust
    return cluster_robust(fit, _clusters(asked, rows), kind=kind)


def cluster_column(asked: PoolAsked) -> str:
    """The column of clusters, empty for the studies' names."""
    nested = split(asked.multilevel or "")
    return asked.cluster or (nested[0] if nested else "")


def _clusters(asked: PoolAsked, rows: Rows) -> list[str]:
    column = cluster_column(asked)
    return cells(asked, rows, column, "robust") if column else list(rows.labels)


def fields(asked: PoolAsked, rows: Rows, fit: Any) -> dict[str, Any]:
    """The fields of an answer of dependent effects."""
    from hilum.synthesis.multilevel import MultilevelFit

    out: dict[str, Any] = {"measure": asked.measure, "method": asked.way}
    if not isinstance(fit, MultilevelFit):
        return out | outcome_fields(fit, asked, rows)
    out |= nested_fields(fit, asked, rows)
    return out | robust_fields(asked, rows, fit) if asked.robust else out


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
    if len(fit.beta) == 1:
        limits = limits_of(fit.predict(), 0)
        out |= {"predict": limits, "transformed": natural(limits, rows, asked.measure)}
    return out


def coefficients(
    beta: Array, vb: Array, df: float | Array | None, level: float
) -> dict[str, Figures]:
    """Wald's figures of coefficients by the normal distribution, or t with ``df``."""
    import numpy as np
    from scipy import special

    se = np.sqrt(np.diagonal(vb))
    z = beta / se
    tail = 0.5 + level / 2
    half = se * (special.ndtri(tail) if df is None else special.stdtrit(df, tail))
    p = 2 * (special.ndtr(-np.abs(z)) if df is None else special.stdtr(df, -np.abs(z)))
    return {
        "beta": numbers(beta), "se": numbers(se), "zval": numbers(z), "pval": numbers(p),
        "ci_lb": numbers(beta - half), "ci_ub": numbers(beta + half),
    }  # fmt: skip


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
    return _shown(asked, rows, way, (beta, wide), (float(fit.sigma2.sum()), se**2, df + 1))


def _shown(
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
        "notes": (),
    }
    if len(robust.beta) == 1:
        limits = Limits(pred=out["beta"][0], ci_lb=out["ci_lb"][0], ci_ub=out["ci_ub"][0])
        made |= {"predict": limits, "transformed": natural(limits, rows, asked.measure)}
        made["new_study"] = None
    return made


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
    return _shown(asked, rows, "robust", (beta, half), new)


def outcome_fields(fit: MultivariateFit, asked: PoolAsked, rows: Rows) -> dict[str, Any]:
    """The fields of an answer of several outcomes."""
    import numpy as np
    from scipy import special

    names = cells(asked, rows, asked.multivariate or "", "multivariate")
    z = float(special.ndtri(0.5 + asked.level / 2))
    known = np.isfinite(fit.rho).all() and (fit.tau2 > 0).all()
    outcomes: list[OutcomeFigures] = []
    for i, name in enumerate(fit.outcomes):
        k, beta, se = names.count(name), float(fit.beta[i]), float(fit.se[i])
        half = z * se
        limits = Limits(pred=beta, ci_lb=beta - half, ci_ub=beta + half)
        wide = half
        if asked.test != "z":
            wide = float(special.stdtrit(k - 1, 0.5 + asked.level / 2)) * se
        way = "outcomes" if asked.test is None else "asked"
        outcomes.append(
            OutcomeFigures(
                name=name,
                k=k,
                tau2=float(fit.tau2[i]),
                predict=limits,
                transformed=natural(limits, rows, asked.measure),
                shown=_shown(asked, rows, way, (beta, wide), (float(fit.tau2[i]), se**2, k)),
            )
        )
    out: dict[str, Any] = {
        "test": asked.tested, "p": len(fit.beta), "coef_names": fit.outcomes, "k": fit.k,
        "outcomes": tuple(outcomes),
        "rho_between": tuple(numbers(row) for row in fit.rho) if known else (),
    }  # fmt: skip
    out["loglik_reml" if asked.way == "REML" else "loglik_ml"] = number(fit.loglik)
    return out | coefficients(fit.beta, fit.vb, None, asked.level)
