"""Every check of a pooled answer, made with the model that pooled it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy import special

from hilum.analyses import sensitivity_answer as shown
from hilum.analyses.checks_regression import baujat, influences, of_regression, regression
from hilum.analyses.forms import number, numbers
from hilum.analyses.pooled import Limits, limits_of, natural
from hilum.analyses.shaking import refitted
from hilum.analyses.shown import shown_of
from hilum.errors import NotEstimable, phrased
from hilum.synthesis import sensitivity as s
from hilum.synthesis.exact import ExactFit
from hilum.synthesis.henmi_copas import HenmiCopasFit
from hilum.synthesis.stratified import StratifiedFit
from hilum.synthesis.two_stage import Fit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hilum.analyses.pool_asked import PoolAsked
    from hilum.analyses.pool_rows import Rows
    from hilum.analyses.pooled import Figures
    from hilum.analyses.sensitivity import SensitivityAsked
    from hilum.analyses.shaking import Refit
    from hilum.synthesis.models import AnyFit
    from hilum.watch import Watch

    Making = Callable[[], Any]

# Measures for which Peters 2006 made his test: ratios whose standard error depends on the effect.
PETERS: Final = ("OR",)
FEWEST: Final = 2
# A study is left out of at least three.
FEWEST_LEFT: Final = 3


@dataclass(frozen=True)
class Checked:
    """What is checked: the question, its rows, the fit of all and the order to cumulate in."""

    asked: SensitivityAsked
    question: PoolAsked
    rows: Rows
    fit: AnyFit | None
    places: Sequence[int]
    watch: Watch

    @cached_property
    def left_out(self) -> shown.Refits:
        """Without each study: shown by itself, and what influence is read from."""
        k = len(self.rows.lines)
        if k < FEWEST:
            message = "leaving one out needs at least two studies"
            raise NotEstimable(message)
        found = refitted(self.question, self.rows, self.fit, s.without_each(k), self.watch)
        return _refits(found, self.rows.labels)


def checks(what: Checked) -> dict[str, Making]:
    """How each check is made, by its name in the answer; what a model lacks refuses."""
    if what.question.mods:
        made = of_regression(what, NAMES)
    else:
        made = {name: _lacking(what.question.way) for name in NAMES}
        made |= {
            "leave1out": lambda: what.left_out,
            "cumul": lambda: _growing(what),
            "bootstrap": lambda: _bootstrap(what),
        }
        made |= OWN[type(what.fit)](what)
    if what.asked.measure not in PETERS:
        del made["peters"]
    return made


NAMES: Final = (
    "leave1out", "cumul", "influence", "baujat", "egger", "egger_lm", "ranktest", "trimfill",
    "trimfill_R0", "selmodel", "bootstrap", "permutation", "peters",
)  # fmt: skip


def _lacking(way: str) -> Making:
    def refuse() -> Any:
        message = phrased(
            "made of effects with a variance each, and {way} pools none: REML as method has it",
            way=way,
        )
        raise NotEstimable(message)

    return refuse


def _growing(what: Checked) -> shown.Refits:
    found = refitted(what.question, what.rows, what.fit, s.growing(what.places), what.watch)
    labels = [what.rows.labels[i] for i in what.places]
    return _refits(found, labels, order=what.asked.order)


def _refits(
    found: Sequence[Refit], labels: Sequence[str], order: str | None = None
) -> shown.Refits:
    names = (
        "estimate", "se", "zval", "pval", "ci_lb", "ci_ub", "tau2", "I2", "Q", "figure", "reason",
    )  # fmt: skip
    columns = {name: tuple(getattr(one, name) for one in found) for name in names}
    return shown.Refits(slab=tuple(labels), **columns, order=order)


def _of_counts(what: Checked) -> dict[str, Making]:
    """An exact likelihood: what a study left out moves."""

    def influence() -> shown.Influences:
        found = what.left_out
        whole = what.fit
        if len(found.slab) < FEWEST_LEFT or not isinstance(whole, ExactFit):
            message = phrased(
                "influence needs more than {p} studies, found {k}", p=2, k=len(found.slab)
            )
            raise NotEstimable(message)
        beta, vb = float(whole.beta[0]), float(whole.vb[0, 0])
        none: tuple[float | None, ...] = (None,) * len(found.slab)
        return shown.Influences(
            slab=found.slab,
            rstudent=none,
            dffits=none,
            cook=tuple(None if b is None else (beta - b) ** 2 / vb for b in found.estimate),
            covr=tuple(None if one is None else one**2 / vb for one in found.se),
            tau2del=found.tau2,
            QEdel=found.Q,
            hat=none,
            weight=none,
        )

    return {"influence": influence}


def _of_tables(what: Checked) -> dict[str, Making]:
    """Mantel-Haenszel and Peto: tests of small studies look at the studies' own effects."""
    rows, level = what.rows, what.asked.level
    finite = np.isfinite(rows.yi) & np.isfinite(rows.vi)
    return {
        "egger_lm": lambda: regression(
            s.egger_classical(rows.yi[finite], rows.vi[finite], level=level)
        ),
        "ranktest": lambda: shown.Ranked(**_plain(s.begg(rows.yi[finite], rows.vi[finite]))),
        "peters": lambda: _peters(what),
    }


def _of_effects(what: Checked) -> dict[str, Making]:
    """Two stages: every check there is."""
    fit, asked, watch = what.fit, what.asked, what.watch
    assert isinstance(fit, Fit)

    def permutation() -> shown.Permuted:
        found = s.permutation_test(
            fit, repetitions=asked.permutations, seed=asked.seed, watch=watch
        )
        return shown.Permuted(
            pval=number(found.pval[0]), repetitions=found.repetitions, exact=found.exact
        )

    return {
        "influence": lambda: influences(fit, what.rows.labels),
        "baujat": lambda: baujat(fit),
        "egger": lambda: regression(s.egger(fit)),
        "egger_lm": lambda: regression(s.egger_classical(fit.yi, fit.vi, level=fit.level)),
        "ranktest": lambda: shown.Ranked(**_plain(s.begg(fit.yi, fit.vi))),
        "trimfill": lambda: _trimmed(what, fit, "L0"),
        "trimfill_R0": lambda: _trimmed(what, fit, "R0"),
        "selmodel": lambda: _selected(what, fit),
        "permutation": permutation,
        "peters": lambda: _peters(what),
    }


OWN: Final[dict[type, Callable[[Checked], dict[str, Making]]]] = {
    Fit: _of_effects,
    ExactFit: _of_counts,
    StratifiedFit: _of_tables,
    HenmiCopasFit: _of_tables,
    type(None): _of_counts,
}
"""What each kind of fit can be asked beside refits."""


def _peters(what: Checked) -> shown.Regression:
    counts = tuple(what.rows.values.values())
    return regression(s.peters(*counts, level=what.asked.level))


def _selected(what: Checked, fit: Fit) -> shown.Selection:
    side = what.asked.alternative or ("less" if float(fit.beta[0]) < 0 else "greater")
    found = _plain(s.three_parameter(fit, side))
    ends = _ends(found["beta"], found["se"], what.asked.level)
    return shown.Selection(**found, side=side, figure=natural(ends, what.rows, what.asked.measure))


def _ends(beta: float | None, se: float | None, level: float) -> Limits:
    """Estimate with its normal interval."""
    if beta is None or se is None:
        return Limits(pred=beta, ci_lb=None, ci_ub=None)
    half = float(special.ndtri(0.5 + level / 2)) * se
    return Limits(pred=beta, ci_lb=beta - half, ci_ub=beta + half)


def _trimmed(what: Checked, fit: Fit, estimator: str) -> shown.Trimmed:
    found = s.trim_and_fill(fit, estimator=estimator)
    whole = found.fit
    ends = natural(limits_of(whole.predict(), 0), what.rows, what.asked.measure)
    seen = shown_of(what.question, what.rows, whole, ends)
    if seen is not None:
        ends = Limits(pred=seen.pred, ci_lb=seen.ci_lb, ci_ub=seen.ci_ub)
    return shown.Trimmed(
        k0=found.k0,
        side=found.side,
        beta=number(whole.beta[0]),
        se=number(whole.se[0]),
        tau2=number(whole.tau2),
        filled=numbers(found.filled),
        figure=ends,
    )


def _bootstrap(what: Checked) -> shown.Resampled:
    fit, asked = what.fit, what.asked
    if isinstance(fit, Fit):
        found = s.bootstrap(fit, repetitions=asked.permutations, seed=asked.seed, watch=what.watch)
        low, high = number(found.ci_lb[0]), number(found.ci_ub[0])
        tau2, used = numbers(found.tau2), found.used
    else:
        low, high, tau2, used = _drawn_again(what)
    middle = None if fit is None else number(np.ravel(fit.beta)[0])
    ends = natural(Limits(pred=middle, ci_lb=low, ci_ub=high), what.rows, asked.measure)
    return shown.Resampled(ci_lb=low, ci_ub=high, tau2=tau2, used=used, figure=ends)


def _drawn_again(what: Checked) -> tuple[float | None, float | None, Figures, int]:
    """Percentiles over studies drawn with replacement (Efron 1979), each by the same model."""
    from hilum.synthesis.exact.refits import refit_exact
    from hilum.synthesis.models import Request, pooler

    rows, asked, question = what.rows, what.asked, what.question
    k = len(rows.lines)
    if k < FEWEST or what.fit is None:
        message = "resampling needs at least two studies that are not all at one end"
        raise NotEstimable(message)
    rng = np.random.default_rng(asked.seed)
    counts = rng.multinomial(k, np.full(k, 1 / k), size=asked.permutations)
    if isinstance(what.fit, ExactFit):
        found = refit_exact(
            asked.measure, rows.values, counts, model=question.model, watch=what.watch,
            stage="bootstrap",
        )  # fmt: skip
        beta, tau2 = found.beta, found.tau2
    else:
        made: list[float] = []
        what.watch.stage("bootstrap", len(counts))
        for one in counts:
            drawn = np.repeat(np.arange(k), one)
            values = {name: column[drawn] for name, column in rows.values.items()}
            request = Request(
                asked.measure, values, rows.yi[drawn], rows.vi[drawn], question.way,
                question.tested,
                asked.level, question.model,
            )  # fmt: skip
            try:
                made.append(float(np.ravel(pooler(question.way).run(request).beta)[0]))
            except NotEstimable:
                made.append(np.nan)
            what.watch.done()
        beta, tau2 = np.array(made), np.array([])
    known = beta[np.isfinite(beta)]
    if len(known) < FEWEST:
        message = "no resample can be fitted"
        raise NotEstimable(message)
    ends = (0.5 - asked.level / 2, 0.5 + asked.level / 2)
    low, high = (number(one) for one in np.quantile(known, ends))
    spread = tau2[np.isfinite(tau2)]
    return low, high, numbers(np.quantile(spread, ends)) if len(spread) else (), len(known)


def _plain(found: Any) -> dict[str, Any]:
    return {
        name: value if isinstance(value, int) else number(value)
        for name, value in asdict(found).items()
    }
