"""The evidence of one population as the joint model reads it: arms, designs, covariates."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hilum.answers.joint_ratios import chosen_ratios
from hilum.answers.joint_rows import READ
from hilum.answers.joint_select import chosen_arms, key_of, name_of, of_population
from hilum.answers.question import Switches
from hilum.answers.tables import further_outcomes, outcomes
from hilum.errors import NotEstimable, phrased
from hilum.evidence import Design, LeftOut, Outcome, Population

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hilum.answers.candidates import LeftOut as LeftItem
    from hilum.answers.joint_ratios import Ratio
    from hilum.answers.study import Reported
    from hilum.evidence import Arm, Evidence, Result, Study
    from hilum.synthesis.joint import Studies

COVARIATES: Final = (
    "pct_pancreatic", "pct_burden_over_50", "pct_grade3", "pct_later_line", "pct_liver",
    "pct_prior_liver_therapy", "year",
)  # fmt: skip
FEWEST: Final = 3
CONTROLS: Final = ("placebo", "best_supportive_care", "observation")


@dataclass(frozen=True, eq=False)
class JointEvidence:
    """The arms of one outcome in one population, laid out for the joint model.

    ``rows`` are the figures used, ``left_out`` every other figure with its reason; ``merged``
    names the study and treatment where arms of one treatment were added up; ``patients`` are
    those of each study and treatment, where they are known.
    """

    studies: Studies
    outcome: Outcome
    population: Population
    rows: tuple[Result, ...]
    left_out: tuple[LeftOut, ...]
    merged: tuple[tuple[str, str], ...]
    patients: dict[tuple[str, str], int | None]


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of the model: an arm, or a ratio where ``other`` names its comparator."""

    study: Study
    treatment: str
    other: str | None
    y: float
    n: float
    arms: tuple[tuple[Arm, int | None], ...]
    figures: tuple[Result, ...]

    @property
    def place(self) -> tuple[str, str]:
        """Study and treatment."""
        return self.study.study_id, self.treatment


def joint_evidence(
    evidence: Evidence,
    outcome: Outcome,
    population: Population = Population.NETLM,
    *,
    covariates: Sequence[str] | None = (),
    include_derived: bool = True,
    time_months: float | None = None,
) -> JointEvidence:
    """Select the figures of an outcome and lay them out as arms.

    The figures of the cells (:func:`hilum.answers.joint_select.chosen_arms`) within one
    population, and those of controls and combinations. Arms that hold one treatment in one study
    are added up. A trial of which one arm has a figure is read as a series. Survival takes the
    arms' medians as log hazards, else a two-arm study's hazard ratio.

    Parameters
    ----------
    covariates : sequence of str or None
        Names of :data:`COVARIATES`; None takes every one that three studies report, not all
        the same: two points make no slope.
    time_months : float or None
        Rates at this time instead, of as many patients as their intervals amount to.

    Raises
    ------
    NotEstimable
        Fewer than two studies, or a covariate that is unknown or does not vary.
    """
    unknown = [name for name in covariates or () if name not in COVARIATES]
    if unknown:
        message = phrased(
            "covariate {unknown!r}: expected one of {covariates}",
            unknown=unknown[0],
            covariates=", ".join(COVARIATES),
        )
        raise NotEstimable(message)
    key = key_of(outcome, time_months)
    found = of_population(evidence, population)
    switches = Switches(derived=include_derived)
    chosen = chosen_arms(found, key, switches=switches, company=True)
    months = (outcomes() | further_outcomes())[key].months
    rows = [_arm_row(one, name, months=months) for (_, name), one in chosen.arms.items()]
    left = [_left(one) for one in chosen.left_out]
    if months:
        ratios, more = chosen_ratios(found, key, switches)
        rows, unused = _with_ratios(rows, ratios)
        left += more + unused
    _enough(rows, outcome, population)
    return JointEvidence(
        _laid_out(rows, months=months, covariates=covariates),
        outcome,
        population,
        tuple(figure for row in rows for figure in row.figures),
        tuple(left),
        tuple(row.place for row in rows if len(row.figures) > 1),
        {row.place: _patients(row) for row in rows},
    )


def treatment_name(evidence: Evidence, row: Result, arm: str | None = None) -> str:
    """The treatment of a figure's arm; combinations keep their own name."""
    return name_of(evidence.arm[row.study_id, arm or row.arm_id])


def _arm_row(one: Reported, name: str, *, months: bool) -> _Row:
    if months:
        # An exponential's log hazard: log(log 2 / median).
        y, n = math.log(math.log(2)) - (one.y or 0.0), math.sqrt(one.v or 0.0)
    else:
        y, n = float(one.events or 0), float(one.size or 0)
    return _Row(
        one.first.study,
        name,
        None,
        y,
        n,
        tuple((item.arm, item.n) for item in one.items),
        tuple(item.row for item in one.items),
    )


def _left(one: LeftItem) -> LeftOut:
    return LeftOut(one.item.row, one.reason, one.detail)


def _with_ratios(rows: list[_Row], ratios: Sequence[Ratio]) -> tuple[list[_Row], list[LeftOut]]:
    """Rows in which a ratio stands where a study has at most one usable median: it says more."""
    compared = {
        row.study.study_id for row in rows if sum(other.study is row.study for other in rows) > 1
    }
    left: list[LeftOut] = []
    for one in ratios:
        study = one.item.study
        several = sum(other.item.study is study for other in ratios) > 1
        if study.study_id in compared or several or one.treatment == one.other:
            left.append(LeftOut(one.item.row, "same_arm"))
            continue
        left += [
            LeftOut(figure, "same_arm", one.item.row.label)
            for row in rows
            if row.study is study
            for figure in row.figures
        ]
        rows = [row for row in rows if row.study is not study]
        arms = ((one.item.arm, one.item.n),)
        rows.append(_Row(study, one.treatment, one.other, one.y, one.v**0.5, arms, (one.item.row,)))
    return rows, left


def _patients(row: _Row) -> int | None:
    known = [n for _, n in row.arms if n is not None]
    return sum(known) if known else None


def _enough(rows: Sequence[_Row], outcome: Outcome, population: Population) -> None:
    count = len({row.study.study_id for row in rows})
    if count < 2:
        message = phrased(
            "{outcome}, {population}: {count} studies with a usable figure: expected two",
            outcome=outcome,
            population=population,
            count=count,
        )
        raise NotEstimable(message)


def _laid_out(rows: Sequence[_Row], *, months: bool, covariates: Sequence[str] | None) -> Studies:
    from hilum.synthesis.joint import arms, survival

    study, treatment = [row.study.study_id for row in rows], [row.treatment for row in rows]
    design = [_design(row, rows) for row in rows]
    y, n = [row.y for row in rows], [row.n for row in rows]
    columns, favoured = _columns(rows, covariates), _favoured(rows)
    if months:
        other = [row.other for row in rows]
        return survival(
            study, treatment, other, design, y, n, covariates=columns, favoured=favoured
        )
    return arms(study, treatment, design, y, n, covariates=columns, favoured=favoured)


def _design(row: _Row, rows: Sequence[_Row]) -> str:
    if row.other is None and sum(one.study is row.study for one in rows) == 1:
        return "single_arm"
    return "randomised" if row.study.design is Design.RCT else "comparative"


def _favoured(rows: Sequence[_Row]) -> list[float]:
    """1 for arms of a study that also has an untreated control."""
    controlled = {row.study.study_id for row in rows if row.treatment in CONTROLS}
    return [
        float(row.other in CONTROLS)
        if row.other is not None
        else float(row.study.study_id in controlled and row.treatment not in CONTROLS)
        for row in rows
    ]


def _columns(rows: Sequence[_Row], names: Sequence[str] | None) -> dict[str, list[float]]:
    """Covariates of each row, weighted by patients; None where names asks for what varies."""
    out: dict[str, list[float]] = {}
    for name in COVARIATES if names is None else names:
        column = [
            _mean((_covariate(row, arm, name), n or 1) for arm, n in row.arms) for row in rows
        ]
        reported = {
            row.study.study_id: value
            for row, value in zip(rows, column, strict=True)
            if value == value
        }
        if names is None and (len(reported) < FEWEST or len(set(reported.values())) < 2):
            continue
        out[name] = column
    return out


def _mean(values: Iterable[tuple[float | None, int]]) -> float:
    known = [(value, n) for value, n in values if value is not None]
    total = sum(n for _, n in known)
    return sum(value * n for value, n in known) / total if known else float("nan")


def _covariate(row: _Row, arm: Arm, name: str) -> float | None:
    if name == "year":
        return row.study.year
    return READ[name](arm) if name in READ else getattr(arm, name)
