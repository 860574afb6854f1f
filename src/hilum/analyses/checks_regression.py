"""What a meta-regression is checked by: single studies, small ones, and chance.

As in metafor: leaving one out, cumulating, the rank test, trim and fill and resampling are of one
mean; a regression has deletion diagnostics, Baujat's coordinates, the regression test with the
standard error beside its moderators, and a permutation test of each coefficient.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from hilum.analyses import sensitivity_answer as shown
from hilum.analyses.beside import BaujatFigures
from hilum.analyses.forms import number, numbers
from hilum.errors import NotEstimable
from hilum.synthesis import sensitivity as s
from hilum.synthesis.two_stage import Fit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from hilum.analyses.checks import Checked
    from hilum.synthesis.sensitivity.small_studies import Asymmetry

ONE_MEAN = "made for one mean, and a regression has none: without mods they are there"


def of_regression(what: Checked, names: Iterable[str]) -> dict[str, Callable[[], Any]]:
    """How each check is made; what is of one mean refuses."""
    fit, asked, watch = what.fit, what.asked, what.watch
    assert isinstance(fit, Fit)

    def permutation() -> shown.Permuted:
        found = s.permutation_test(
            fit, repetitions=asked.permutations, seed=asked.seed, watch=watch
        )
        each = dict(zip(fit.names, numbers(found.pval), strict=True))
        return shown.Permuted(
            pval=None, repetitions=found.repetitions, exact=found.exact, each=each
        )

    return dict.fromkeys(names, _refuse) | {
        "influence": lambda: influences(fit, what.rows.labels),
        "baujat": lambda: baujat(fit),
        "egger": lambda: regression(s.egger(fit)),
        "permutation": permutation,
    }


def influences(fit: Fit, labels: tuple[str, ...]) -> shown.Influences:
    """Deletion diagnostics of a fit of two stages, whatever its coefficients."""
    found = asdict(s.influence(fit))
    moved = found.pop("dfbs")
    return shown.Influences(
        slab=labels,
        **{name: numbers(values) for name, values in found.items()},
        dfbs={name: numbers(one) for name, one in zip(fit.names, moved.T, strict=True)},
    )


def baujat(fit: Fit) -> BaujatFigures:
    """Baujat's coordinates."""
    share, pull = s.baujat(fit)
    return BaujatFigures(x=numbers(share), y=numbers(pull))


def regression(found: Asymmetry) -> shown.Regression:
    """A regression test as figures that JSON can hold."""
    return shown.Regression(
        zval=number(found.zval),
        pval=number(found.pval),
        df=found.df,
        est=number(found.est),
        ci_lb=number(found.ci_lb),
        ci_ub=number(found.ci_ub),
    )


def _refuse() -> Any:
    raise NotEstimable(ONE_MEAN)
