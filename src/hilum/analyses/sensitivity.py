"""Sensitivity: what one study, small studies or chance do to a pooled answer."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

from hilum.analyses.asked import Columns, Option, check
from hilum.analyses.beside import BaujatFigures
from hilum.analyses.forms import number, numbers
from hilum.analyses.pool import (
    PoolAnswered,
    PoolAsked,
    Refused,
    corrections,
    measure_columns,
    measures,
    tests,
)
from hilum.analyses.pool import run as pool
from hilum.analyses.pool_rows import complete_rows
from hilum.analyses.tables import Table
from hilum.errors import Fault, HilumError, InputError, Stopped
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hilum.synthesis.batch import BatchFit
    from hilum.synthesis.two_stage import Fit
    from hilum.watch import Watch

Figures = tuple[float | None, ...]
# Measures for which Peters 2006 made his test: ratios whose standard error depends on the effect.
PETERS = ("OR",)


def estimators() -> tuple[str, ...]:
    """Codes of two-stage models."""
    from hilum.synthesis.heterogeneity import ESTIMATORS

    return tuple(ESTIMATORS)


@dataclass(frozen=True, kw_only=True)
class SensitivityAsked:
    """A table, how it is pooled, and how much is resampled."""

    table: Table
    measure: Annotated[str, Option("Effect measure, as for hilum pool.", measures)] = "GEN"
    method: Annotated[str, Option("Two-stage model.", estimators)] = "REML"
    test: Annotated[
        str,
        Option(
            "Tests and intervals: z, t, knha (Hartung-Knapp; for few studies) or adhoc (the same, "
            "never narrower than the model's own errors).",
            tests,
        ),
    ] = "z"
    add: Annotated[float, Option("Correction of empty cells.", at_least=0)] = 0.5
    to: Annotated[str, Option("Which tables are corrected.", corrections)] = "only0"
    level: Annotated[float, Option("Coverage of intervals.", above=0, below=1)] = 0.95
    label: Annotated[str | None, Option("Column of study names (default: study, if there).")] = None
    order: Annotated[str | None, Option("Column to cumulate by, such as year.")] = None
    permutations: Annotated[
        int, Option("Arrangements of the permutation test, and resamples.", at_least=2)
    ] = 1000
    seed: Annotated[int, Option("Seed of both.", at_least=0)] = 1
    columns: Annotated[dict[str, str], Columns(measure_columns)] = field(default_factory=dict)
    beside: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse values outside their choices or range, all at once."""
        check(self)

    def pool(self) -> PoolAsked:
        """The same table pooled."""
        return PoolAsked(
            table=self.table,
            measure=self.measure,
            method=self.method,
            test=self.test,
            add=self.add,
            to=self.to,
            level=self.level,
            label=self.label,
            columns=self.columns,
            beside=self.beside,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Refits:
    """One refit an entry: without the study ``slab``, or with all up to it."""

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
    order: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Influences:
    """Deletion diagnostics, one entry a study (Viechtbauer & Cheung 2010)."""

    slab: tuple[str, ...]
    rstudent: Figures
    dffits: Figures
    cook: Figures
    covr: Figures
    tau2del: Figures
    QEdel: Figures
    hat: Figures
    weight: Figures


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The three-parameter selection model."""

    beta: float | None
    se: float | None
    tau2: float | None
    delta: float | None
    LRT: float | None
    LRTp: float | None
    loglik: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resampled:
    """Percentile intervals of the effect and of tau2."""

    ci_lb: float | None
    ci_ub: float | None
    tau2: Figures
    used: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Permuted:
    """P value over arrangements; ``exact`` when all were tried."""

    pval: float | None
    repetitions: int
    exact: bool


@dataclass(frozen=True, kw_only=True)
class SensitivityAnswered:
    """Every check, or the reason why it cannot be made.

    ``cautions`` are codes of why tests of small-study effects should not be used here.
    """

    asked: SensitivityAsked
    pool: PoolAnswered
    measure: str
    k: int
    beta: float
    tau2: float
    cautions: tuple[str, ...]
    leave1out: Refits | Refused
    cumul: Refits | Refused
    influence: Influences | Refused
    baujat: BaujatFigures | Refused
    egger: Regression | Refused
    egger_lm: Regression | Refused
    ranktest: Ranked | Refused
    trimfill: Trimmed | Refused
    trimfill_R0: Trimmed | Refused  # noqa: N815
    selmodel: Selection | Refused
    bootstrap: Resampled | Refused
    permutation: Permuted | Refused
    peters: Regression | Refused | None = None


def run(asked: SensitivityAsked, watch: Watch = SILENT) -> SensitivityAnswered:
    """Pool, then shake.

    Raises
    ------
    InputError, NotEstimable, NotConverged
        From the pooling; a check that fails says so in its place.
    Stopped
        When the watch says so.
    """
    from hilum.synthesis import sensitivity as s
    from hilum.synthesis.two_stage import fit as refit

    question = asked.pool()
    answer = pool(question, watch)
    rows = complete_rows(question, weighted=True)
    fit = refit(rows.yi, rows.vi, method=asked.method, test=asked.test, level=asked.level)
    places = _order(asked, rows.lines)
    labels = rows.labels
    made = _made(fit, asked, watch)
    made |= {
        "leave1out": lambda: _refits(s.leave_one_out(fit), labels),
        "cumul": lambda: _refits(
            s.cumulative(fit, places), [labels[i] for i in places], order=asked.order
        ),
        "influence": lambda: Influences(
            slab=labels, **{name: numbers(v) for name, v in asdict(s.influence(fit)).items()}
        ),
    }
    if asked.measure in PETERS:
        counts = tuple(rows.values.values())
        made["peters"] = lambda: Regression(**_plain(s.peters(*counts, level=asked.level)))
    found: dict[str, Any] = {}
    for name, make in made.items():
        try:
            found[name] = make()
        except Stopped:
            raise
        except HilumError as error:
            found[name] = Refused(reason=error.sentence)
        watch.stage("checks", len(made))
        watch.done(len(found))
    return SensitivityAnswered(
        asked=asked,
        pool=answer,
        measure=asked.measure,
        k=fit.k,
        beta=float(fit.beta[0]),
        tau2=fit.tau2,
        cautions=s.caution(fit.k, asked.measure),
        **found,
    )


def _made(fit: Fit, asked: SensitivityAsked, watch: Watch) -> dict[str, Callable[[], Any]]:
    """How each check that needs the fit alone is made."""
    from hilum.synthesis import sensitivity as s

    def baujat() -> BaujatFigures:
        share, pull = s.baujat(fit)
        return BaujatFigures(x=numbers(share), y=numbers(pull))

    def trimmed(estimator: str) -> Trimmed:
        found = s.trim_and_fill(fit, estimator=estimator)
        whole = found.fit
        return Trimmed(
            k0=found.k0,
            side=found.side,
            beta=number(whole.beta[0]),
            se=number(whole.se[0]),
            tau2=number(whole.tau2),
            filled=numbers(found.filled),
        )

    def bootstrap() -> Resampled:
        found = s.bootstrap(fit, repetitions=asked.permutations, seed=asked.seed, watch=watch)
        return Resampled(
            ci_lb=number(found.ci_lb[0]),
            ci_ub=number(found.ci_ub[0]),
            tau2=numbers(found.tau2),
            used=found.used,
        )

    def permutation() -> Permuted:
        found = s.permutation_test(
            fit, repetitions=asked.permutations, seed=asked.seed, watch=watch
        )
        return Permuted(
            pval=number(found.pval[0]), repetitions=found.repetitions, exact=found.exact
        )

    return {
        "baujat": baujat,
        "egger": lambda: Regression(**_plain(s.egger(fit))),
        "egger_lm": lambda: Regression(
            **_plain(s.egger_classical(fit.yi, fit.vi, level=fit.level))
        ),
        "ranktest": lambda: Ranked(**_plain(s.begg(fit.yi, fit.vi))),
        "trimfill": lambda: trimmed("L0"),
        "trimfill_R0": lambda: trimmed("R0"),
        "selmodel": lambda: Selection(**_plain(s.three_parameter(fit))),
        "bootstrap": bootstrap,
        "permutation": permutation,
    }


def _plain(found: Any) -> dict[str, Any]:
    return {
        name: value if isinstance(value, int) else number(value)
        for name, value in asdict(found).items()
    }


def _refits(found: BatchFit, labels: Sequence[str], order: str | None = None) -> Refits:
    first = {
        "estimate": found.beta,
        "se": found.se,
        "zval": found.zval,
        "pval": found.pval,
        "ci_lb": found.ci_lb,
        "ci_ub": found.ci_ub,
    }
    return Refits(
        slab=tuple(labels),
        **{name: numbers(values[:, 0]) for name, values in first.items()},
        tau2=numbers(found.tau2),
        I2=numbers(found.I2),
        Q=numbers(found.QE),
        order=order,
    )


def _order(asked: SensitivityAsked, lines: tuple[int, ...]) -> list[int]:
    """Places of the rows in the order to cumulate by.

    Raises
    ------
    InputError
        A row that is used and does not say its place.
    """
    if asked.order is None:
        return list(range(len(lines)))
    values = dict(zip(asked.table.lines, asked.table.numbers(asked.order), strict=True))
    missing = [line for line in lines if values[line] != values[line]]
    if missing:
        raise InputError(
            *(
                Fault(asked.table.file, line, asked.order, "", "a number, to cumulate by")
                for line in missing
            )
        )
    return sorted(range(len(lines)), key=lambda i: (values[lines[i]], i))
