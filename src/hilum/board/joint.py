"""The evidence as the joint model reads it, and its answers for patients like this one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hilum.board.answer import OUTCOMES
from hilum.board.sheet import JointFigure
from hilum.board.treatments import treatment_of
from hilum.errors import Fault, HilumError, InputError, MissingExtra, NotEstimable
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

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hilum.board.sheet import Option
    from hilum.evidence import Evidence, Result
    from hilum.patient import Case
    from hilum.synthesis.joint import JointFit, Studies
    from hilum.synthesis.joint.fit import Progress
    from hilum.synthesis.joint.posterior import Absolute, Target

COVARIATES = (
    "pct_pancreatic", "pct_burden_over_50", "pct_grade3", "pct_prior_liver_therapy", "year",
)  # fmt: skip
SURVIVAL = (
    Outcome.OVERALL_SURVIVAL,
    Outcome.PROGRESSION_FREE_SURVIVAL,
    Outcome.TIME_TO_PROGRESSION,
    Outcome.DISEASE_FREE_SURVIVAL,
)
CONTROLS = ("placebo", "best_supportive_care", "observation")
LIVER_THERAPIES = (
    "resection", "debulking", "tae", "tace", "deb_tace", "tare", "rfa", "mwa", "cryoablation",
    "ethanol_injection",
)  # fmt: skip


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


@dataclass(frozen=True, slots=True)
class JointAnswer:
    """One treatment's figure from the joint model, or why there is none.

    ``reason`` is ``no_study`` (none of the treatment in this population and outcome),
    ``not_estimable`` or ``not_converged`` (``detail`` says more), ``extrapolation`` (the patient
    lies outside the studies: the figure is given, but the sheet keeps the pooled one) or
    ``prior`` (the prior carries more than half of the information); None where it holds.
    """

    treatment: str
    absolute: Absolute | None
    reason: str | None
    detail: str | None = None

    @property
    def holds(self) -> bool:
        """Whether the sheet may show the figure as that of patients like this one."""
        return self.reason is None


def joint_evidence(
    evidence: Evidence,
    outcome: Outcome,
    population: Population = Population.NETLM,
    *,
    covariates: Sequence[str] | None = (),
    include_derived: bool = True,
) -> JointEvidence:
    """Select the figures of an outcome and lay them out as arms.

    Whole-arm figures as everywhere else (:func:`hilum.evidence.select`), one cohort once; pooled
    analyses are left out; arms that hold one treatment in one study are added up. A trial of
    which one arm has a figure is read as a series. Survival takes the arms' medians with
    intervals as log hazards, else a two-arm study's hazard ratio.

    Parameters
    ----------
    covariates : sequence of str or None
        Names of :data:`COVARIATES`; None takes every one that two studies report differently.

    Raises
    ------
    NotEstimable
        Fewer than two studies, or a covariate that is unknown or does not vary.
    """
    unknown = [name for name in covariates or () if name not in COVARIATES]
    if unknown:
        message = f"covariate {unknown[0]!r}: expected one of {', '.join(COVARIATES)}"
        raise NotEstimable(message)
    measure = Measure.MEDIAN_MONTHS if outcome in SURVIVAL else Measure.PROPORTION
    question = Question((), outcome, measure, population, None, include_derived)
    chosen = select(evidence, question)
    rows, left = _without_pooled(evidence, chosen)
    if outcome in SURVIVAL:
        return _survival(evidence, outcome, population, rows, left, covariates)
    groups: dict[tuple[str, str], list[Result]] = {}
    for row in rows:
        groups.setdefault((row.study_id, _name(evidence, row)), []).append(row)
    _enough(groups, outcome, population)
    from hilum.synthesis.joint import arms

    study = [key[0] for key in groups]
    treatment = [key[1] for key in groups]
    studies = arms(
        study,
        treatment,
        [_design(evidence, name, study) for name in study],
        [sum(row.events or 0 for row in group) for group in groups.values()],
        [sum(row.n or 0 for row in group) for group in groups.values()],
        covariates=_columns(evidence, groups.values(), covariates),
        favoured=_favoured(study, treatment),
    )
    merged = tuple(key for key, group in groups.items() if len(group) > 1)
    return JointEvidence(studies, outcome, population, tuple(rows), tuple(left), merged)


def patient_target(case: Case, studies: Studies) -> Target:
    """The covariates of the model that the case determines; the year is the latest study's."""
    from hilum.synthesis.joint.posterior import Target

    known = {fact.name: fact.value for fact in case.facts}
    found: dict[str, float] = {}
    site, grade = known.get("primary_site"), known.get("grade")
    burden, prior = known.get("liver_burden_percent"), known.get("prior_treatments")
    if site not in (None, "unknown"):
        found["pct_pancreatic"] = 100.0 if site == "pancreas" else 0.0
    if isinstance(burden, int | float):
        found["pct_burden_over_50"] = 100.0 if burden > 50 else 0.0
    if grade is not None:
        found["pct_grade3"] = 100.0 if grade in ("G3", "NEC") else 0.0
    if isinstance(prior, list | tuple):
        treated = any(str(one) in LIVER_THERAPIES for one in prior)  # pyright: ignore[reportUnknownVariableType]
        found["pct_prior_liver_therapy"] = 100.0 if treated else 0.0
    if "year" in studies.covariates:
        found["year"] = float(np.nanmax(studies.x[:, studies.covariates.index("year")]))
    return Target(tuple((n, v) for n, v in found.items() if n in studies.covariates))


def joint_answers(
    evidence: Evidence,
    case: Case | None,
    treatments: Iterable[str],
    outcome: Outcome,
    population: Population = Population.NETLM,
    *,
    include_derived: bool = True,
    seed: int = 1,
    progress: Progress | None = None,
) -> dict[str, JointAnswer]:
    """Absolute outcome of each treatment for patients like this one, or why it does not hold.

    Costs a fit of the joint model (some seconds); MissingExtra passes through.
    """
    from hilum.synthesis.joint import joint

    names = list(treatments)
    try:
        data = joint_evidence(
            evidence, outcome, population, covariates=None if case is not None else (),
            include_derived=include_derived,
        )  # fmt: skip
        fit = joint(data.studies, seed=seed, progress=progress)
    except MissingExtra:
        raise
    except HilumError as error:
        kind = "not_estimable" if isinstance(error, NotEstimable) else "not_converged"
        return {name: JointAnswer(name, None, kind, str(error)) for name in names}
    return {name: one for name, one in _answers(fit, case).items() if name in names} | {
        name: JointAnswer(name, None, "no_study") for name in names if name not in fit.treatments
    }


def with_joint(
    evidence: Evidence,
    case: Case,
    options: Sequence[Option],
    outcomes: Sequence[str],
    *,
    include_derived: bool = True,
) -> list[Option]:
    """The options with the joint model's figure beside each pooled one of these outcomes.

    Raises
    ------
    InputError
        An outcome of the sheet that is not a proportion, or none of it.
    MissingExtra
        The extra ``joint`` is not installed.
    """
    known = [key for key, asked in OUTCOMES.items() if asked[1] is Measure.PROPORTION]
    faults = [
        Fault("--joint", None, "outcome", key, f"one of {', '.join(known)}")
        for key in outcomes
        if key not in known
    ]
    if faults:
        raise InputError(*faults)
    out = list(options)
    for key in outcomes:
        # Each answer keeps its population: the nearest to the patient that has a study.
        of = {option.treatment: option.outcomes[key].population for option in out}
        found: dict[str, JointAnswer] = {}
        for population in dict.fromkeys(of.values()):
            names = [name for name, own in of.items() if own == population]
            found |= joint_answers(
                evidence, case, names, OUTCOMES[key][0], Population(population),
                include_derived=include_derived,
            )  # fmt: skip
        out = [_beside(option, key, found[option.treatment]) for option in out]
    return out


def _beside(option: Option, key: str, one: JointAnswer) -> Option:
    figure = one.absolute
    answer = option.outcomes[key].model_copy(
        update={
            "joint": JointFigure(
                value=figure.value if figure else None,
                ci=figure.ci if figure else None,
                prediction=figure.prediction if figure else None,
                k=figure.studies if figure else 0,
                reason=one.reason,
                detail=one.detail,
            )
        }
    )
    return option.model_copy(update={"outcomes": option.outcomes | {key: answer}})


def _answers(fit: JointFit, case: Case | None) -> dict[str, JointAnswer]:
    from hilum.synthesis.joint.identification import level_share_of_prior
    from hilum.synthesis.joint.posterior import Target, absolute

    target = patient_target(case, fit.studies) if case is not None else Target()
    out: dict[str, JointAnswer] = {}
    for one, share in zip(absolute(fit, target), level_share_of_prior(fit), strict=True):
        beyond = [flag for flag in one.extrapolated if flag.flag == "outside_all"]
        reason = "prior" if share > 50 else "extrapolation" if beyond else None
        detail = f"{share:.0f} %" if share > 50 else ", ".join(flag.covariate for flag in beyond)
        out[one.treatment] = JointAnswer(one.treatment, one, reason, detail or None)
    return out


def _name(evidence: Evidence, row: Result, arm: str | None = None) -> str:
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
        message = f"{outcome}, {population}: {count} studies with a usable figure: expected two"
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
        if names is None and len({v for v in column if v == v}) < 2:
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
        medians.setdefault((row.study_id, _name(evidence, row)), []).append(row)
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
        key = row.study_id, _name(evidence, row), _name(evidence, row, row.comparator_arm_id)
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
