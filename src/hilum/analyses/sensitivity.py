"""Sensitivity: what one study, small studies or chance do to a pooled answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

from hilum.analyses.asked import Columns, Option, check
from hilum.analyses.beside import BaujatFigures
from hilum.analyses.ordering import places
from hilum.analyses.pool import PoolAnswered, Refused, answer_of
from hilum.analyses.pool import run as pool
from hilum.analyses.pool_asked import (
    PoolAsked,
    corrections,
    likelihoods,
    measure_columns,
    measures,
    methods,
    tests,
)
from hilum.analyses.pool_rows import complete_rows
from hilum.analyses.sensitivity_answer import (
    Influences,
    Permuted,
    Ranked,
    Refits,
    Regression,
    Resampled,
    Selection,
    Trimmed,
)
from hilum.analyses.tables import Table
from hilum.errors import Fault, HilumError, Stopped
from hilum.watch import SILENT

if TYPE_CHECKING:
    from hilum.analyses.studies import StudyRow
    from hilum.watch import Watch


def sides() -> tuple[str, ...]:
    """Codes of the sides of the selection model."""
    from hilum.synthesis.sensitivity.selection import SIDES

    return tuple(SIDES)


@dataclass(frozen=True, kw_only=True)
class SensitivityAsked:
    """A table, how it is pooled, and how much is resampled."""

    table: Table
    measure: Annotated[str, Option("Effect measure, as for hilum pool.", measures)] = "GEN"
    method: Annotated[
        str | None, Option("What pools, as for hilum pool; by default the same.", methods)
    ] = None
    model: Annotated[str | None, Option("Which exact likelihood, with GLMM.", likelihoods)] = None
    test: Annotated[
        str | None,
        Option(
            "Tests and intervals, as for hilum pool: by default what is shown holds with few "
            "studies.",
            tests,
        ),
    ] = None
    mods: Annotated[str | None, Option('Moderators, such as "~ year".')] = None
    add: Annotated[float, Option("Correction of empty cells.", at_least=0)] = 0.5
    to: Annotated[str, Option("Which tables are corrected.", corrections)] = "only0"
    drop00: Annotated[
        bool,
        Option(
            "Leave out studies that say nothing of a ratio: no event in either group, or nothing "
            "else (metafor's drop00)."
        ),
    ] = False
    level: Annotated[float, Option("Coverage of intervals.", above=0, below=1)] = 0.95
    label: Annotated[str | None, Option("Column of study names (default: study, if there).")] = None
    order: Annotated[
        str | None,
        Option(
            "Order to cumulate by: effect, year, weight, label or a column; after a minus the "
            "largest first."
        ),
    ] = None
    alternative: Annotated[
        str | None,
        Option(
            "Which effects the selection model takes as published for their small p values: above "
            "no effect (greater) or below it (less); by default the side of the pooled effect.",
            sides,
        ),
    ] = None
    permutations: Annotated[
        int, Option("Arrangements of the permutation test, and resamples.", at_least=2)
    ] = 1000
    seed: Annotated[int, Option("Seed of both.", at_least=0)] = 1
    columns: Annotated[dict[str, str], Columns(measure_columns)] = field(default_factory=dict)
    beside: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what does not go together, as for a pooling."""
        check(self, *_weighted_alone(self))
        self.pool()

    def pool(self) -> PoolAsked:
        """The same table pooled."""
        return PoolAsked(
            table=self.table,
            measure=self.measure,
            method=self.method,
            model=self.model,
            test=self.test,
            mods=self.mods,
            add=self.add,
            to=self.to,
            drop00=self.drop00,
            level=self.level,
            label=self.label,
            columns=self.columns,
            beside=self.beside,
        )


def _weighted_alone(asked: SensitivityAsked) -> list[Fault]:
    """Moderators need effects with a variance each: what else pools is refused."""
    if asked.mods is None or asked.measure not in measures():
        return []
    from hilum.synthesis.effects import measure
    from hilum.synthesis.models import POOLERS

    way = asked.method or measure(asked.measure).default_model
    if way not in POOLERS:
        return []
    wanted = (
        "REML (or another estimator of tau2) beside mods: these checks are of effects with a "
        "variance each"
    )
    return [Fault("", None, "method", way, wanted)]


@dataclass(frozen=True, kw_only=True)
class SensitivityAnswered:
    """Every check, or the reason why it cannot be made.

    ``beta`` is the mean, None of a regression, whose coefficients stand in ``pool``.
    ``cautions`` are codes of why tests of small-study effects should not be used here.
    """

    asked: SensitivityAsked
    pool: PoolAnswered
    measure: str
    k: int
    beta: float | None
    tau2: float | None
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
    """Pool, then shake the model that pooled.

    Raises
    ------
    InputError, NotEstimable, NotConverged
        From the pooling; a check that fails, or that the model has no form of, says so in its
        place.
    Stopped
        When the watch says so.
    """
    from hilum.analyses.checks import Checked, checks
    from hilum.synthesis.models import pooler
    from hilum.synthesis.sensitivity import caution

    question = asked.pool()
    answer = pool(question, watch)
    rows = complete_rows(question, weighted=pooler(question.way).weighted)
    fit, _ = answer_of(question, rows)
    places = _order(asked, answer.studies)
    made = checks(Checked(asked, question, rows, fit, places, watch))
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
        k=answer.k,
        beta=answer.beta[0] if answer.beta and not asked.mods else None,
        tau2=answer.tau2,
        cautions=caution(answer.k, asked.measure),
        **found,
    )


def _order(asked: SensitivityAsked, studies: tuple[StudyRow, ...]) -> list[int]:
    """Places of the rows in the order to cumulate by.

    Raises
    ------
    InputError
        A row that is used and does not say its place.
    """
    if asked.order is None:
        return list(range(len(studies)))
    return places(asked.order, asked.table, studies, whole=True)
