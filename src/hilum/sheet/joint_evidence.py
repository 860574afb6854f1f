"""The evidence as the joint model reads it: arms, designs, covariates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import NotEstimable, phrased
from hilum.evidence import (
    Design,
    FigureKind,
    LeftOut,
    Measure,
    Outcome,
    Population,
    Question,
    Selection,
    select,
)
from hilum.sheet.answer import events_of
from hilum.sheet.treatments import treatment_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hilum.evidence import Evidence, Result
    from hilum.synthesis.joint import Studies

COVARIATES = (
    "pct_pancreatic", "pct_burden_over_50", "pct_grade3", "pct_prior_liver_therapy", "year",
)  # fmt: skip
SURVIVAL = (
    Outcome("overall_survival"),
    Outcome("progression_free_survival"),
    Outcome("time_to_progression"),
    Outcome("disease_free_survival"),
)
FEWEST = 3
CONTROLS = ("placebo", "best_supportive_care", "observation")


@dataclass(frozen=True, eq=False)
class JointEvidence:
    """The arms of one outcome in one population, laid out for the joint model.

    ``rows`` are the figures used, ``left_out`` every other figure with its reason; ``merged``
    names the study and treatment where arms of one treatment were added up.
    """

    studies: Studies
    outcome: Outcome
    population: Population
    rows: tuple[Result, ...]
    left_out: tuple[LeftOut, ...]
    merged: tuple[tuple[str, str], ...]


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

    Whole-arm figures as everywhere else (:func:`hilum.evidence.select`), one cohort once; pooled
    analyses are left out; arms that hold one treatment in one study are added up. A trial of
    which one arm has a figure is read as a series. Survival takes the arms' medians with
    intervals as log hazards, else a two-arm study's hazard ratio.

    Parameters
    ----------
    covariates : sequence of str or None
        Names of :data:`COVARIATES`; None takes every one that three studies report, not all
        the same: two points make no slope.
    time_months : float or None
        Rates at this time instead, read as survivors among the patients, as everywhere on the
        sheet: patients censored before count as followed, so intervals are too narrow.

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
    measure = Measure.MEDIAN_MONTHS if outcome in SURVIVAL else Measure.PROPORTION
    if time_months is not None:
        measure = Measure.RATE_AT
    question = Question((), outcome, measure, population, time_months, include_derived)
    chosen = select(evidence, question)
    rows, left = _without_pooled(evidence, chosen)
    if measure is Measure.MEDIAN_MONTHS:
        return _survival(evidence, outcome, population, rows, left, covariates)
    groups: dict[tuple[str, str], list[Result]] = {}
    for row in rows:
        groups.setdefault((row.study_id, treatment_name(evidence, row)), []).append(row)
    _enough(groups, outcome, population)
    from hilum.synthesis.joint import arms

    study = [key[0] for key in groups]
    treatment = [key[1] for key in groups]
    studies = arms(
        study,
        treatment,
        [_design(evidence, name, study) for name in study],
        [sum(events_of(row) for row in group) for group in groups.values()],
        [sum(row.n or 0 for row in group) for group in groups.values()],
        covariates=_columns(evidence, groups.values(), covariates),
        favoured=_favoured(study, treatment),
    )
    merged = tuple(key for key, group in groups.items() if len(group) > 1)
    return JointEvidence(studies, outcome, population, tuple(rows), tuple(left), merged)


def treatment_name(evidence: Evidence, row: Result, arm: str | None = None) -> str:
    """The board's treatment of an arm's modality; combinations keep their own name."""
    modality = evidence.arm[row.study_id, arm or row.arm_id].modality
    return treatment_of(modality) or modality


def _without_pooled(evidence: Evidence, chosen: Selection) -> tuple[list[Result], list[LeftOut]]:
    rows: list[Result] = []
    left = list(chosen.left_out)
    for row in chosen.rows:
        if evidence.study[row.study_id].design is Design.POOLED_ANALYSIS:
            left.append(LeftOut(row, "pooled_analysis"))
        else:
            rows.append(row)
    return rows, left


def _enough(
    groups: dict[tuple[str, str], list[Result]], outcome: Outcome, population: Population
) -> None:
    count = len({study for study, _ in groups})
    if count < 2:
        message = phrased(
            "{outcome}, {population}: {count} studies with a usable figure: expected two",
            outcome=outcome,
            population=population,
            count=count,
        )
        raise NotEstimable(message)


def _design(evidence: Evidence, study: str, studies: Sequence[str]) -> str:
    if studies.count(study) == 1:
        return "single_arm"
    return "randomised" if evidence.study[study].design is Design.RCT else "comparative"


def _favoured(study: Sequence[str], treatment: Sequence[str]) -> list[float]:
    """1 for arms of a study that also has an untreated control."""
    controlled = {s for s, t in zip(study, treatment, strict=True) if t in CONTROLS}
    return [
        float(s in controlled and t not in CONTROLS) for s, t in zip(study, treatment, strict=True)
    ]


def _columns(
    evidence: Evidence, groups: Iterable[Sequence[Result]], names: Sequence[str] | None
) -> dict[str, list[float]]:
    """Covariates of each group of rows, weighted by n; None where names asks for what varies."""
    out: dict[str, list[float]] = {}
    each = [list(group) for group in groups]
    for name in COVARIATES if names is None else names:
        column: list[float] = []
        for group in each:
            values = [(_covariate(evidence, row, name), row.n or 1) for row in group]
            known = [(value, n) for value, n in values if value is not None]
            total = sum(n for _, n in known)
            column.append(sum(v * n for v, n in known) / total if known else float("nan"))
        reported = {g[0].study_id: v for g, v in zip(each, column, strict=True) if v == v}
        if names is None and (len(reported) < FEWEST or len(set(reported.values())) < 2):
            continue
        out[name] = column
    return out


def _covariate(evidence: Evidence, row: Result, name: str) -> float | None:
    if name == "year":
        return evidence.study[row.study_id].year
    return getattr(evidence.arm[row.study_id, row.arm_id], name)


def _survival(
    evidence: Evidence,
    outcome: Outcome,
    population: Population,
    rows: list[Result],
    left: list[LeftOut],
    covariates: Sequence[str] | None,
) -> JointEvidence:
    from hilum.synthesis import log_effect_from_interval
    from hilum.synthesis.joint import survival

    medians: dict[tuple[str, str], list[Result]] = {}
    for row in rows:
        medians.setdefault((row.study_id, treatment_name(evidence, row)), []).append(row)
    ratios: dict[tuple[str, str, str], list[Result]] = {}
    for row in evidence.by_outcome.get(outcome, ()):
        study = evidence.study[row.study_id]
        if row.measure is not Measure.HAZARD_RATIO or row.comparator_arm_id is None:
            continue
        if study.population is not population or study.design is Design.POOLED_ANALYSIS:
            continue
        usable = row.figure_kind is FigureKind.ESTIMATE and row.subgroup is None
        if not (usable and row.value and row.ci_low and row.ci_high):
            left.append(LeftOut(row, "subgroup" if row.subgroup else "no_interval"))
            continue
        key = (
            row.study_id,
            treatment_name(evidence, row),
            treatment_name(evidence, row, row.comparator_arm_id),
        )
        ratios.setdefault(key, []).append(row)
    studies: list[tuple[str, str, str | None, float, float, list[Result]]] = []
    used: list[Result] = []
    merged: list[tuple[str, str]] = []
    for (study, name), group in medians.items():
        # Several arms of one treatment: the mean of their log hazards by precision.
        each = [
            log_effect_from_interval(row.value or 0.0, row.ci_low or 0.0, row.ci_high or 0.0)
            for row in group
        ]
        weight = [1 / vi for _, vi in each]
        middle = sum(w * yi for w, (yi, _) in zip(weight, each, strict=True)) / sum(weight)
        hazard = float(np.log(np.log(2))) - middle
        studies.append((study, name, None, hazard, sum(weight) ** -0.5, group))
        if len(group) > 1:
            merged.append((study, name))
    by_study = {study for study, *_ in studies}
    compared = {s for s in by_study if sum(one[0] == s for one in studies) > 1}
    for (study, name, other), group in ratios.items():
        pairs = [key for key in ratios if key[0] == study]
        if study in compared or len(pairs) > 1 or name == other:
            left += [LeftOut(row, "same_arm") for row in group]
            continue
        # One usable median and a hazard ratio: the contrast says more.
        studies = [one for one in studies if one[0] != study]
        row = group[0]
        yi, vi = log_effect_from_interval(row.value or 0.0, row.ci_low or 0.0, row.ci_high or 0.0)
        studies.append((study, name, other, yi, vi**0.5, [row]))
        left += [LeftOut(other_row, "same_arm", row.label) for other_row in group[1:]]
    used = [row for one in studies for row in one[5]]
    groups = {(one[0], one[1]): one[5] for one in studies}
    _enough(groups, outcome, population)
    names = [one[0] for one in studies]
    treated = [one[1] for one in studies]
    designs = [
        "single_arm"
        if names.count(one[0]) == 1 and one[2] is None
        else "randomised"
        if evidence.study[one[0]].design is Design.RCT
        else "comparative"
        for one in studies
    ]
    found = survival(
        names,
        treated,
        [one[2] for one in studies],
        designs,
        [one[3] for one in studies],
        [one[4] for one in studies],
        covariates=_columns(evidence, [one[5] for one in studies], covariates),
        favoured=[
            float(one[2] in CONTROLS) if one[2] else favour
            for one, favour in zip(studies, _favoured(names, treated), strict=True)
        ],
    )
    return JointEvidence(found, outcome, population, tuple(used), tuple(left), tuple(merged))
