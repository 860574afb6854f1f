"""What each check of a pooled answer shows, as figures that JSON can hold."""

from __future__ import annotations

from dataclasses import dataclass, field

# Fields of answers are read by their annotations.
from hilum.analyses.pooled import Figures, Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Refits:
    """One refit an entry: without the study ``slab``, or with all up to it.

    ``estimate`` to ``ci_ub`` on the model's scale under metafor's names, ``figure`` on the scale
    that people read; ``reason`` says why an entry has none.
    """

    slab: tuple[str, ...]
    estimate: Figures
    se: Figures
    zval: Figures
    pval: Figures
    ci_lb: Figures
    ci_ub: Figures
    tau2: Figures
    I2: Figures
    Q: Figures
    figure: tuple[Limits | None, ...] = ()
    reason: tuple[str, ...] = ()
    order: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Influences:
    """Deletion diagnostics, one entry a study (Viechtbauer & Cheung 2010).

    ``dfbs`` is the change of each coefficient in its standard errors, by its name. An exact
    likelihood has no residuals, leverage and weights: these are None throughout, and no ``dfbs``.
    """

    slab: tuple[str, ...]
    rstudent: Figures
    dffits: Figures
    cook: Figures
    covr: Figures
    tau2del: Figures
    QEdel: Figures
    hat: Figures
    weight: Figures
    dfbs: dict[str, Figures] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Regression:
    """A regression test of asymmetry, with the effect of an infinitely precise study."""

    zval: float | None
    pval: float | None
    df: int | None
    est: float | None
    ci_lb: float | None
    ci_ub: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """Kendall's tau of effects and variances."""

    tau: float | None
    pval: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trimmed:
    """Studies filled in on a side, and the answer with them."""

    k0: int
    side: str
    beta: float | None
    se: float | None
    tau2: float | None
    filled: Figures
    figure: Limits | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The three-parameter selection model; ``side`` says which effects have the small p values:
    ``greater`` or ``less`` than none.
    """  # noqa: D205

    beta: float | None
    se: float | None
    tau2: float | None
    delta: float | None
    LRT: float | None
    LRTp: float | None
    loglik: float | None
    figure: Limits | None = None
    side: str = "greater"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resampled:
    """Percentile intervals of the effect and of tau2."""

    ci_lb: float | None
    ci_ub: float | None
    tau2: Figures
    used: int
    figure: Limits | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Permuted:
    """P value over arrangements; ``exact`` when all were tried.

    Of a regression there is one p value a coefficient, in ``each`` by its name, and no ``pval``.
    """

    pval: float | None
    repetitions: int
    exact: bool
    each: dict[str, float | None] = field(default_factory=dict)
