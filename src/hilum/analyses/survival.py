"""Survival pooled over studies, from rates, medians, curves and patients."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Annotated, Any, Final

from hilum.analyses.asked import Option, check
from hilum.analyses.forms import number, numbers
from hilum.analyses.printed_level import PrintedLevel
from hilum.analyses.survival_answer import (
    Alive,
    ArmRow,
    Lasting,
    LeftReport,
    Line,
    Mean,
    PriorScales,
    Tried,
    Varies,
    alive,
    alive_freely,
    figures_of_average,
    figures_of_fit,
    inputs,
    lasting,
    line,
    mean,
    median_freely,
    total,
)
from hilum.analyses.survival_notes import notes, shape_from
from hilum.analyses.survival_table import RATES, survival_arms
from hilum.analyses.survival_times import as_told, drawn_at, reported_times
from hilum.analyses.tables import Table
from hilum.errors import NotEstimable
from hilum.records import found
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hilum.analyses.survival_table import SurvivalTable
    from hilum.synthesis.survival.joint import SurvivalFit
    from hilum.synthesis.survival.reports import Grouped
    from hilum.watch import Watch

Figures = tuple[float | None, ...]
# Posterior draws of the proposal; the model looks up every hundred.
DRAWS, EVERY = 2000, 100
SPLINES: Final = ("piecewise", "mspline")
RANDOM: Final = ("auto", "none", "location", "location+shape")


def families() -> tuple[str, ...]:
    """Codes of families of curves: all by their weight, the lowest AIC, or one."""
    from hilum.synthesis.survival.families import FAMILIES

    return ("average", "best", *FAMILIES)


def survival_methods() -> tuple[str, ...]:
    """Codes of what pools survival."""
    return tuple(METHODS)


def variations() -> tuple[str, ...]:
    """What may vary between studies."""
    return RANDOM


def scales() -> tuple[str, ...]:
    """Scales of rates."""
    return RATES


@dataclass(frozen=True, kw_only=True)
class SurvivalAsked:
    """A table of survival reports, the files of patients it names, and how to pool them."""

    table: Table
    patients: dict[str, Table] = field(default_factory=dict)
    family: Annotated[
        str,
        Option("Family of curves; average: all by their weight, best: the lowest AIC.", families),
    ] = "average"
    method: Annotated[
        str,
        Option(
            "What pools: joint (a family by maximum likelihood), bayes (its posterior; families "
            "averaged have one anyway), combescure (distribution-free, random effects) or "
            "combescure-fixed.",
            survival_methods,
        ),
    ] = "joint"
    random: Annotated[str, Option("What varies between studies.", variations)] = "auto"
    unit: Annotated[
        str | None, Option("Of times: days, weeks, months or years; or a column unit.")
    ] = None
    rates: Annotated[
        str, Option("Scale of rates; auto tells them apart, refusing a mixture.", scales)
    ] = "auto"
    times: Annotated[
        tuple[float, ...] | None,
        Option(
            "Times to report, such as 12,36,60; 1, 3, 5 and 10 years otherwise.",
            above=0,
            below=float("inf"),
        ),
    ] = None
    horizon: Annotated[
        float | None,
        Option(
            "Of the restricted mean; the last reported time otherwise.",
            above=0,
            below=float("inf"),
        ),
    ] = None
    level: Annotated[
        float, Option("Coverage of the intervals that are made.", above=0, below=1)
    ] = 0.95
    printed_level: PrintedLevel = None
    seed: Annotated[
        int, Option("Seed of draws (bayes) and bootstrap (combescure).", at_least=0)
    ] = 1

    def __post_init__(self) -> None:
        """Refuse values outside their choices or range, all at once."""
        check(self)


@dataclass(frozen=True, kw_only=True)
class SurvivalAnswered:
    """A pooled curve and what is read off it; None (or empty) where a model has no such figure.

    ``tau2_steps`` are the variances of a curve without a distribution, one a step of its grid.

    ``notes`` are codes of what a reader must be told: ``no_unit``, ``one_study``,
    ``exponential_assumed``, ``shape_from_evidence``, ``shape_from_widths``, ``extrapolated``,
    ``contradicting``, ``outside_reports``, ``undetermined``, ``deaths_in_range``,
    ``far_points``, ``units_converted``, ``no_shape``, ``another_unit``, ``beyond_new_study``,
    ``arms_together``, ``by_limit``, ``arms_differ``, ``odd_widths``.
    ``together``: the files of patients whose arms were taken as one series; ``by_limit``: studies
    whose median, not reached, was followed to its lower limit; ``odd_widths``: studies with an
    interval of a median that so many patients hardly make. ``remarks`` are sentences on how the
    table was read, and on what it may count twice.
    """

    asked: SurvivalAsked
    file: str
    unit: str | None
    method: str
    level: float
    rates_read_as: str
    k: int
    n: int | None
    last: float
    rates: tuple[Alive, ...]
    median: Lasting | None
    curve: Line
    reports: dict[str, int]
    studies: tuple[ArmRow, ...]
    left_out: tuple[LeftReport, ...]
    notes: tuple[str, ...]
    together: tuple[str, ...] = ()
    by_limit: tuple[str, ...] = ()
    odd_widths: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    rmst: Mean | None = None
    family: str | None = None
    parameters: dict[str, float] = field(default_factory=dict)
    time_unit_of_parameters: float | None = None
    random: tuple[str, ...] = ()
    tau2: float | None = None
    tau2_steps: Figures = ()
    G: tuple[Figures, ...] | None = None
    loglik: float | None = None
    aic: float | None = None
    families: tuple[Tried, ...] = ()
    heterogeneity: Varies | None = None
    draws: int | None = None
    effective_draws: float | None = None
    priors: PriorScales | None = None
    tau: Figures | None = None
    Q: float | None = None
    df: int | None = None
    Qp: float | None = None
    H2: float | None = None
    I2: float | None = None


def run(asked: SurvivalAsked, watch: Watch = SILENT) -> SurvivalAnswered:
    """Pool survival, whatever each study printed.

    Raises
    ------
    InputError
        Every fault of the table and of the files of patients.
    NotEstimable, NotConverged
        From the models.
    Stopped
        When the watch says so.
    """
    from hilum.synthesis.survival import group, unlikely_widths

    table = survival_arms(
        asked.table,
        asked.patients,
        unit=asked.unit,
        rates=asked.rates,
        printed_level=asked.printed_level,
    )
    arms = group(table.arms)
    last = max((arm.last for arm in arms if arm.used), default=0.0)
    answer = found(METHODS, asked.method, "method")(asked, table, arms, last, watch)
    answer["median"] = as_told(answer["median"], answer["curve"], answer["studies"], last)
    answer["odd_widths"] = unlikely_widths(table.arms)
    return SurvivalAnswered(
        asked=asked,
        file=table.file,
        unit=table.unit,
        method=asked.method,
        level=asked.level,
        rates_read_as="percent" if table.percent else "share",
        last=answer.pop("last", last),
        notes=notes(table, answer, asked.level),
        together=table.together,
        by_limit=table.by_limit,
        remarks=table.remarks,
        **answer,
    )


def _fitted(asked: SurvivalAsked, table: SurvivalTable, random: str, watch: Watch) -> SurvivalFit:
    from hilum.synthesis.survival import fit_survival

    watch.stage("families", len(families()) - 1 if asked.family == "best" else 1)
    kinds: Any = random
    return fit_survival(
        table.arms,
        family=asked.family,
        random=kinds,
        level=asked.level,
        progress=lambda _: watch.done(),
    )


def _joint(
    asked: SurvivalAsked, table: SurvivalTable, arms: Sequence[Grouped], last: float, watch: Watch
) -> dict[str, Any]:
    """Maximum likelihood of a family; families averaged have their posterior."""
    from hilum.synthesis import survival as s
    from hilum.synthesis.survival.joint import between_study_test

    if asked.family == "average":
        return _averaged(asked, table, last, watch)
    del arms
    fit = _fitted(asked, table, asked.random, watch)
    times = asked.times or reported_times(table.unit, fit.arms)
    horizon = asked.horizon or last
    test = between_study_test(fit)
    return {
        "no_shape": asked.random == "location+shape" and len(fit.random) < 2,
        **figures_of_fit(fit),
        "heterogeneity": None if test is None else Varies(lr=test[0], p=test[1]),
        "rates": alive(s.pooled_survival(fit, times), times),
        "median": lasting(s.median_survival(fit), last),
        "rmst": mean(s.restricted_mean(fit, horizon), horizon, last),
        "curve": line(s.pooled_survival(fit, drawn_at(last))),
        "exponential_assumed": fit.shape_assumed,
        **inputs(fit.arms),
    }


def _bayes(
    asked: SurvivalAsked, table: SurvivalTable, arms: Sequence[Grouped], last: float, watch: Watch
) -> dict[str, Any]:
    """Posterior: on a grid, or by importance where a family has too many parameters for one."""
    import numpy as np

    from hilum.synthesis import survival as s

    if asked.family not in SPLINES:
        return _averaged(asked, table, last, watch)
    del arms
    several = len({arm.study for arm in table.arms}) > 1
    automatic = "location" if several else "none"
    random = automatic if asked.random == "auto" else asked.random
    fit = _fitted(asked, table, random, watch)
    times = asked.times or reported_times(table.unit, fit.arms)
    horizon = asked.horizon or last
    watch.stage("draws", DRAWS)
    sample = s.posterior(fit, draws=DRAWS, seed=asked.seed, progress=lambda _: watch.done(EVERY))
    return {
        **figures_of_fit(fit),
        "draws": DRAWS,
        "effective_draws": number(sample.effective),
        "priors": PriorScales(
            location_sd=sample.priors.location,
            others_sd=sample.priors.others,
            tau_half_normal=sample.priors.tau,
        ),
        "tau": numbers(
            np.quantile(sample.tau, (0.5, (1 - asked.level) / 2, (1 + asked.level) / 2))
        ),
        "rates": alive(s.posterior_curve(sample, times), times),
        "median": lasting(s.posterior_median(sample), last),
        "rmst": mean(s.posterior_restricted_mean(sample, horizon), horizon, last),
        "curve": line(s.posterior_curve(sample, drawn_at(last))),
        "exponential_assumed": fit.shape_assumed,
        **inputs(fit.arms),
    }


def _averaged(
    asked: SurvivalAsked, table: SurvivalTable, last: float, watch: Watch
) -> dict[str, Any]:
    """Posterior of every family, or of one, on a grid."""
    from hilum.synthesis import survival as s

    _require_location(asked.random)
    names = s.AVERAGED if asked.family in ("average", "best") else (asked.family,)
    if asked.family == "best":
        names = (_fitted(asked, table, "auto", watch).family.name,)
    watch.stage("families", len(names))
    fit = s.average_survival(
        table.arms,
        families=names,
        random=asked.random != "none",
        level=asked.level,
        progress=lambda _: watch.done(),
        look=lambda: watch.done(0),
    )
    times = asked.times or reported_times(table.unit, fit.arms)
    horizon = asked.horizon or last
    return {
        **figures_of_average(fit),
        "draws": sum(len(part.beta) for part in fit.parts),
        "rates": alive(s.averaged_curve(fit, times), times),
        "median": lasting(s.averaged_median(fit), last),
        "rmst": mean(s.averaged_restricted_mean(fit, horizon), horizon, last),
        "curve": line(s.averaged_curve(fit, drawn_at(last))),
        **shape_from(fit.shape_assumed and names != ("exponential",), fit.arms),
        **inputs(fit.arms),
    }


def _require_location(random: str) -> None:
    if random == "location+shape":
        message = (
            "averaged families and posteriors vary in their location alone: ask for a family by "
            "maximum likelihood (--family best --method joint), or for --random location"
        )
        raise NotEstimable(message)


def _combescure(
    asked: SurvivalAsked, table: SurvivalTable, arms: Sequence[Grouped], last: float, watch: Watch
) -> dict[str, Any]:
    """Without a distribution, random effects (Combescure 2014)."""
    return _freely(asked, arms, "random", watch)


def _combescure_fixed(
    asked: SurvivalAsked, table: SurvivalTable, arms: Sequence[Grouped], last: float, watch: Watch
) -> dict[str, Any]:
    """Without a distribution, fixed effects."""
    return _freely(asked, arms, "fixed", watch)


def _freely(
    asked: SurvivalAsked, arms: Sequence[Grouped], method: Any, watch: Watch
) -> dict[str, Any]:
    import numpy as np

    from hilum.synthesis import survival as s

    watch.stage("curve", 1)
    data = s.conditional_from_pieces(arms, asked.times)
    arms = tuple(
        arm if f"{arm.study} {arm.arm}".strip() in data.studies else _off_grid(arm) for arm in arms
    )
    curve = s.pooled_curve(data, method=method, level=asked.level, seed=asked.seed)
    watch.done()
    tested = bool(curve.df)
    return {
        "k": len(data.studies),
        "n": total(arms),
        # A grid that is covered no further ends the curve there, whatever arms say of later times.
        "last": float(curve.time[-1]),
        "rates": alive_freely(curve),
        "median": median_freely(curve),
        "curve": line(curve),
        "Q": number(curve.q),
        "df": curve.df,
        "Qp": number(curve.q_p) if tested else None,
        "H2": number(curve.h2) if tested else None,
        "I2": number(curve.i2),
        "tau2_steps": numbers(np.diagonal(curve.tau2)),
        **inputs(arms),
    }


def _off_grid(arm: Grouped) -> Grouped:
    """An arm that tells of no interval of the grid: none of its reports is in the answer."""
    from hilum.synthesis.survival import Unused

    left = tuple(Unused(arm.study, arm.arm, report, "not_on_grid") for report in arm.used)
    return replace(arm, used=(), unused=arm.unused + left)


METHODS: Final[
    dict[str, Callable[[SurvivalAsked, SurvivalTable, Sequence[Grouped], float, Watch], Any]]
] = {
    "joint": _joint,
    "bayes": _bayes,
    "combescure": _combescure,
    "combescure-fixed": _combescure_fixed,
}
"""Ways to pool survival by their code; a new one is one entry here."""
