"""Several outcomes a study: the model that is asked for, and its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hilum.analyses.dependent import cells, coefficients, shown_by_groups, split
from hilum.analyses.forms import number, numbers
from hilum.analyses.pooled import Limits, OutcomeFigures, natural
from hilum.errors import Fault, InputError, phrased

if TYPE_CHECKING:
    from hilum.analyses.pool import PoolAsked
    from hilum.analyses.pool_rows import Rows
    from hilum.synthesis.arrays import Array
    from hilum.synthesis.multivariate import MultivariateFit


def several(asked: PoolAsked, rows: Rows) -> MultivariateFit:
    """The model of several outcomes.

    Raises
    ------
    InputError
        An outcome that stands twice in a study.
    """
    from hilum.synthesis.multivariate import multivariate

    studies = studies_of(asked, rows, "multivariate")
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


def studies_of(asked: PoolAsked, rows: Rows, field: str) -> list[str]:
    """What effects share: the column ``cluster``, or the studies' names."""
    return list(rows.labels) if asked.cluster is None else cells(asked, rows, asked.cluster, field)


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


def outcome_fields(fit: MultivariateFit, asked: PoolAsked, rows: Rows) -> dict[str, Any]:
    """The fields of an answer of several outcomes."""
    import numpy as np
    from scipy import special

    names = cells(asked, rows, asked.multivariate or "", "multivariate")
    z = float(special.ndtri(0.5 + asked.level / 2))
    known = bool(np.isfinite(fit.rho[~np.eye(len(fit.tau2), dtype=bool)]).any())
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
                shown=shown_by_groups(
                    asked, rows, way, (beta, wide), (float(fit.tau2[i]), se**2, k)
                ),
            )
        )
    out: dict[str, Any] = {
        "test": asked.tested, "p": len(fit.beta), "coef_names": fit.outcomes, "k": fit.k,
        "outcomes": tuple(outcomes),
        "rho_between": tuple(numbers(row) for row in fit.rho) if known else (),
    }  # fmt: skip
    out["loglik_reml" if asked.way == "REML" else "loglik_ml"] = number(fit.loglik)
    return out | coefficients(fit.beta, fit.vb, None, asked.level)
