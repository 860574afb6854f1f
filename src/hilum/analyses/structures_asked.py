"""What can be asked of :class:`hilum.analyses.pool.PoolAsked` beyond one effect a study.

Nested groups, several outcomes, clusters and priors: their codes, and what does not go together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.errors import Fault, phrased

if TYPE_CHECKING:
    from hilum.analyses.pool import PoolAsked

LIKELIHOODS: Final = ("REML", "ML")
"""Methods that estimate several variances at once."""


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
