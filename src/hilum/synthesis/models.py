"""What pools a table, one record each: two stages, exact likelihood, Mantel-Haenszel, Peto."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hilum.errors import UnknownCode
from hilum.synthesis.exact import EXACT_MODELS, ExactFit, fit_exact
from hilum.synthesis.henmi_copas import HenmiCopasFit, henmi_copas
from hilum.synthesis.heterogeneity import ESTIMATORS
from hilum.synthesis.stratified import MANTEL_HAENSZEL, PETO, StratifiedFit, mantel_haenszel, peto
from hilum.synthesis.two_stage import Fit, fit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hilum.synthesis.arrays import Array
    from hilum.synthesis.multilevel import MultilevelFit
    from hilum.synthesis.multivariate import MultivariateFit

    # What the records here give; and that of effects that are not independent.
    OneMean = Fit | ExactFit | StratifiedFit | HenmiCopasFit
    AnyFit = OneMean | MultilevelFit | MultivariateFit


@dataclass(frozen=True, slots=True)
class Request:
    """Complete rows and how to pool them; ``values`` holds the measure's columns in its order."""

    measure: str
    values: Mapping[str, Array]
    yi: Array
    vi: Array
    method: str
    test: str
    level: float
    exact: str | None = None
    design: Array | None = None
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pooler:
    """One way to pool.

    Parameters
    ----------
    run : callable (Request) -> Fit
    measures : callable () -> tuple of str, or None
        Measures it pools; None for all.
    moderators : bool
        Takes a design matrix.
    weighted : bool
        Works on yi and vi, so that a row without them is left out, and errors can be scaled.
    exact : bool
        Maximises one of the measure's exact likelihoods.
    tests : bool
        Its interval can be chosen; False where it has one of its own.
    """

    code: str
    run: Callable[[Request], OneMean]
    measures: Callable[[], tuple[str, ...]] | None = None
    moderators: bool = True
    weighted: bool = False
    exact: bool = False
    tests: bool = True


def pooler(code: str) -> Pooler:
    """The way of a code: of :data:`POOLERS`, or two stages with an estimator of tau2.

    Raises
    ------
    UnknownCode
        Another code; lists all.
    """
    if code in POOLERS:
        return POOLERS[code]
    if code in ESTIMATORS:
        return Pooler(code, _two_stage, weighted=True)
    raise UnknownCode("method", code, methods())


def methods() -> tuple[str, ...]:
    """Codes of all ways."""
    return (*ESTIMATORS, *POOLERS)


def _two_stage(asked: Request) -> Fit:
    return fit(
        asked.yi,
        asked.vi,
        method=asked.method,
        test=asked.test,
        mods=asked.design,
        names=asked.names,
        level=asked.level,
    )


def _exact(asked: Request) -> ExactFit:
    return fit_exact(
        asked.measure,
        asked.values,
        model=asked.exact,
        mods=asked.design,
        names=asked.names,
        test=asked.test,
        level=asked.level,
    )


def _mantel_haenszel(asked: Request) -> StratifiedFit:
    first, size1, second, size2 = asked.values.values()
    return mantel_haenszel(asked.measure, first, size1, second, size2, level=asked.level)


def _peto(asked: Request) -> StratifiedFit:
    first, size1, second, size2 = asked.values.values()
    return peto(first, size1, second, size2, level=asked.level)


def _henmi_copas(asked: Request) -> HenmiCopasFit:
    return henmi_copas(asked.yi, asked.vi, level=asked.level)


def _exact_measures() -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.measure for one in EXACT_MODELS))


POOLERS: Final[dict[str, Pooler]] = {
    one.code: one
    for one in (
        Pooler("GLMM", _exact, _exact_measures, exact=True),
        Pooler("MH", _mantel_haenszel, lambda: tuple(MANTEL_HAENSZEL), moderators=False),
        Pooler("HC", _henmi_copas, moderators=False, weighted=True, tests=False),
        Pooler("Peto", _peto, lambda: PETO, moderators=False),
    )
}
"""Ways to pool that are not two stages; a new one is one record here."""
