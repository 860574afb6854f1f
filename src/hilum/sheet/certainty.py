"""How certain each figure of the sheet is: evidence and appraisals in, drafts and edits out."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from hilum.answers import treatments
from hilum.answers.kept_pools import student as student_quantile
from hilum.evidence import Measure
from hilum.evidence.appraisal import Appraisals, read_appraisals
from hilum.sheet.overrides import read_overrides
from hilum.sheet.rating import AppraisalSummary, CertaintyPart, FigureAppraisal, certainty_part
from hilum.sheet.sheet import Comparison
from hilum.synthesis.certainty import Body, Certainty, apply_overrides, grade

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from hilum.evidence import Evidence
    from hilum.sheet.sheet import Answer, StudyFigure
    from hilum.synthesis.certainty import Override, Thresholds

    Outcomes = Mapping[str, Mapping[str, Answer]]

Kind = Literal["randomised", "nonrandomised", "single_arm"]
DIRECTNESS = {"netlm": "direct", "mixed_net": "partly", "mixed_liver_metastases": "other"}
# Choices of primary sites wider than the patient's own.
WIDER = ("neighbouring_site", "mixed_sites")
FEW_STUDIES = 4
Z95 = 1.959963984540054
Interval = tuple[float, float]
RETROSPECTIVE = ("case_series_retrospective", "nonrandomised_comparative", "pooled_analysis")


def appraisals_of(evidence: Evidence, path: str | Path | None = None) -> Appraisals:
    """The appraisals of a file, else those of the record.

    The shipped tables hold none: then every risk of bias reads "not assessed".
    """
    if path is not None:
        return read_appraisals(path, evidence)
    return evidence.appraisals or Appraisals()


def answer_id(treatment: str, key: str, population: str) -> str:
    """Id of a pooled figure, for example ``tace/objective_response/netlm``."""
    return f"{treatment}/{key}/{population}"


def comparison_id(row: Comparison) -> str:
    """Id of a comparison, ending in its kind and population, and the measure if no hazard ratio."""
    parts = [row.treatment, row.comparator, row.outcome, row.kind, row.population]
    if row.measure != Measure.HAZARD_RATIO:
        parts.append(row.measure)
    if row.time_months is not None:
        parts.append(f"{row.time_months:g}m")
    return "/".join(parts)


def rate(
    outcomes: Outcomes,
    comparisons: Iterable[Comparison],
    evidence: Evidence,
    appraisals: Appraisals,
    overrides: str | Path | Iterable[Override] | None = None,
    thresholds: Thresholds | None = None,
) -> tuple[dict[str, dict[str, Answer]], list[Comparison]]:
    """The same answers (by treatment and key) and comparisons, each with its certainty.

    Raises
    ------
    InputError
        With every fault of the overrides.
    """
    comparisons = list(comparisons)
    drafts: dict[str, Certainty] = {}
    for treatment, answers in outcomes.items():
        for key, main in answers.items():
            for one in (main, *main.other_populations):
                if one.value is not None:
                    name = answer_id(treatment, key, one.population)
                    body = body_of_answer(one, appraisals, treatment)
                    drafts[name] = grade(body, thresholds)
    for row in comparisons:
        if row.value is not None and row.ci is not None:
            drafts[comparison_id(row)] = grade(body_of_comparison(row, appraisals), thresholds)
    final = apply_overrides(drafts, read_overrides(overrides))
    rated = {name: certainty_part(name, one) for name, one in final.items()}
    return (
        {
            treatment: {
                key: _rated(main, answer_id(treatment, key, ""), rated, appraisals)
                for key, main in answers.items()
            }
            for treatment, answers in outcomes.items()
        },
        [
            row.model_copy(
                update={
                    "certainty": rated.get(comparison_id(row)),
                    "studies": _marked(row.studies, appraisals),
                }
            )
            for row in comparisons
        ],
    )


def _rated(
    main: Answer, name: str, rated: Mapping[str, CertaintyPart], appraisals: Appraisals
) -> Answer:
    others = [_rated(one, name, rated, appraisals) for one in main.other_populations]
    return main.model_copy(
        update={
            "certainty": rated.get(name + main.population),
            "other_populations": others,
            "studies": _marked(main.studies, appraisals),
        }
    )


def _marked(figures: list[StudyFigure], appraisals: Appraisals) -> list[StudyFigure]:
    """The figures, each with the appraisal that speaks for it."""
    out: list[StudyFigure] = []
    for figure in figures:
        found = appraisals.of(figure.study_id, figure.outcome)
        if found is None or found.judgement is None:
            out.append(figure)
            continue
        mark = FigureAppraisal(tool=found.tool, judgement=found.judgement)
        out.append(figure.model_copy(update={"appraisal": mark}))
    return out


def body_of_answer(one: Answer, appraisals: Appraisals, treatment: str = "") -> Body:
    """A single-arm figure as the rules see it, each study weighted by its patients.

    Directness is the cell's own: figures of a wider choice of primary sites or of another line
    than the patient's are partly direct, and so are local treatments of patients of whom not all
    had liver metastases; of a drug's patients nearly all had.
    """
    kind = treatments()[treatment].kind if treatment in treatments() else None
    wider = one.told is not None and (one.told.width in WIDER or one.told.later_line)
    return _body(
        one,
        "single_arm",
        appraisals,
        one.n,
        [_directness(figure, kind, wider=wider) for figure in one.studies],
        one.i2,
        _without_student(one),
    )


def body_of_comparison(row: Comparison, appraisals: Appraisals) -> Body:
    """A comparison as the rules see it, each study weighted by the precision of its ratio."""
    return _body(
        row,
        "randomised" if row.kind == "randomised" else "nonrandomised",
        appraisals,
        row.n,
        [_directness(figure, "drug", wider=False) for figure in row.studies],
        row.i2,
        row.sampling_ci,
    )


def _directness(figure: StudyFigure, kind: str | None, *, wider: bool) -> str:
    found = DIRECTNESS[figure.population]
    if found == "partly" and kind == "drug":
        found = "direct"
    return "partly" if wider and found == "direct" else found


def _without_student(one: Answer) -> Interval | None:
    """The interval of a figure of few studies with the normal quantile in Student's place.

    Hartung-Knapp and the curves take Student's quantile with k - 1 degrees of freedom on the log
    scale of months and the log-log scale of survival; what it adds for three or four studies is
    the method's, not the studies'. ``None`` where nothing is added.
    """
    student = one.form == "pooled" and (one.unit == "months" or one.measure == Measure.RATE_AT)
    from_curve = any(flag.code == "from_curve" for flag in one.flags)
    if not student or one.ci is None or one.value is None or not 2 <= one.k <= FEW_STUDIES:
        return None
    if one.unit != "months" and not from_curve:
        return None
    share = Z95 / student_quantile(one.k - 1)
    to, back = (math.log, math.exp) if one.unit == "months" else (_deep, _shallow)
    middle = to(one.value)
    low, high = (back(middle + share * (to(end) - middle)) for end in one.ci)
    return low, high


def _deep(share: float) -> float:
    return math.log(-math.log(min(max(share, 1e-9), 1 - 1e-9)))


def _shallow(value: float) -> float:
    return math.exp(-math.exp(value))


def _body(
    one: Answer | Comparison,
    kind: Kind,
    appraisals: Appraisals,
    patients: int | None,
    directness: list[str],
    i2: float | None,
    sampling: Interval | None,
) -> Body:
    found = [appraisals.of(figure.study_id, figure.outcome) for figure in one.studies]
    judged = [appraisal if appraisal and appraisal.judgement else None for appraisal in found]
    value = one.value
    if value is None:
        message = "a figure without a value has no certainty"
        raise ValueError(message)
    scale = one.unit
    return Body(
        kind=kind,
        scale=scale,
        weights=_weights(one.studies, scale),
        prospective=[figure.design not in RETROSPECTIVE for figure in one.studies],
        bias=[appraisal.judgement if appraisal else None for appraisal in judged],
        tools=[appraisal.tool if appraisal else None for appraisal in judged],
        directness=directness,
        value=value,
        ci=one.ci,
        prediction=one.prediction,
        i2=i2,
        n=patients,
        funnel_p=_funnel(one.studies) if scale == "ratio" else None,
        sampling_ci=sampling,
    )


def _weights(studies: list[StudyFigure], unit: str) -> list[float]:
    """Patients of single arms (their mean where unknown); precision of ratios."""
    if unit == "ratio":
        return [1 / variance for _, variance in _logs(studies)]
    known = [figure.n for figure in studies if figure.n]
    middle = sum(known) / len(known) if known else 1.0
    return [float(figure.n or middle) for figure in studies]


def _logs(studies: Iterable[StudyFigure]) -> list[tuple[float, float]]:
    from hilum.synthesis import log_effect_from_interval

    out: list[tuple[float, float]] = []
    for figure in studies:
        low, high = figure.ci or (None, None)
        out.append(log_effect_from_interval(figure.value or 0.0, low or 0.0, high or 0.0))
    return out


def _funnel(studies: list[StudyFigure]) -> float | None:
    """P of Egger's test of the log ratios, where there are ten comparisons or more."""
    from hilum.synthesis.certainty import Thresholds

    if len(studies) < Thresholds().funnel_studies:
        return None
    from hilum.synthesis import fit
    from hilum.synthesis.sensitivity import egger

    pairs = _logs(studies)
    return egger(fit([y for y, _ in pairs], [v for _, v in pairs])).pval


def summary(appraisals: Appraisals, studies: Iterable[str]) -> AppraisalSummary:
    """How many of the sheet's studies were appraised, and with what."""
    wanted = set(studies)
    found = {
        one.study: one.tool
        for one in appraisals.all
        if one.study in wanted and one.judgement is not None
    }
    tools = sorted(set(found.values()))
    return AppraisalSummary(
        studies=len(wanted),
        appraised=len(found),
        by_tool={tool: sum(one == tool for one in found.values()) for tool in tools},
    )
