"""How certain each figure of the sheet is: evidence and appraisals in, drafts and edits out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from hilum.board.overrides import read_overrides
from hilum.board.rating import AppraisalSummary, CertaintyPart, FigureAppraisal, certainty_part
from hilum.board.sheet import Comparison
from hilum.evidence.appraisal import Appraisals, read_appraisals
from hilum.synthesis.certainty import Body, Certainty, apply_overrides, grade

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from hilum.board.sheet import Answer, Option, StudyFigure
    from hilum.evidence import Evidence
    from hilum.synthesis.certainty import Override, Thresholds

    Outcomes = Mapping[str, Mapping[str, Answer]]

Kind = Literal["randomised", "nonrandomised", "single_arm"]
TABLE = "appraisals.csv"
DIRECTNESS = {"netlm": "direct", "mixed_net": "partly", "mixed_liver_metastases": "other"}
RETROSPECTIVE = ("case_series_retrospective", "nonrandomised_comparative", "pooled_analysis")


def appraisals_of(
    evidence: Evidence, folder: str | Path | None, path: str | Path | None = None
) -> Appraisals:
    """The appraisals of a file, else of the evidence folder where it holds ``appraisals.csv``.

    The shipped tables hold none: then every risk of bias reads "not assessed".
    """
    from pathlib import Path

    if path is not None:
        return read_appraisals(path, evidence)
    if folder is not None and (Path(folder) / TABLE).exists():
        return read_appraisals(Path(folder) / TABLE, evidence)
    return Appraisals()


def answer_id(treatment: str, key: str, population: str) -> str:
    """Id of a pooled figure, for example ``tace/objective_response/netlm``."""
    return f"{treatment}/{key}/{population}"


def comparison_id(row: Comparison) -> str:
    """Id of a comparison, ending in its kind and population."""
    parts = (row.treatment, row.comparator, row.outcome, row.kind, row.population)
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
                    drafts[name] = grade(body_of_answer(one, appraisals), thresholds)
    for row in comparisons:
        body = body_of_comparison(row, evidence, appraisals)
        drafts[comparison_id(row)] = grade(body, thresholds)
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
                    "certainty": rated[comparison_id(row)],
                    "studies": _marked(row.studies, appraisals),
                }
            )
            for row in comparisons
        ],
    )


def rate_options(
    options: Iterable[Option],
    comparisons: Iterable[Comparison],
    evidence: Evidence,
    appraisals: Appraisals,
    overrides: str | Path | Iterable[Override] | None = None,
) -> tuple[list[Option], list[Comparison]]:
    """The sheet's options and comparisons with their certainty; see :func:`rate`."""
    options = list(options)
    answers = {option.treatment: option.outcomes for option in options}
    rated, compared = rate(answers, comparisons, evidence, appraisals, overrides)
    return [
        option.model_copy(update={"outcomes": rated[option.treatment]}) for option in options
    ], compared


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


def body_of_answer(one: Answer, appraisals: Appraisals) -> Body:
    """A pooled single-arm figure as the rules see it, each study weighted by its patients."""
    return _body(one, "single_arm", appraisals, _total([figure.n for figure in one.studies]))


def body_of_comparison(row: Comparison, evidence: Evidence, appraisals: Appraisals) -> Body:
    """A comparison as the rules see it, each study weighted by the precision of its ratio."""
    patients = patients_of_both_arms(row.studies, evidence)
    return _body(row, row.kind, appraisals, patients)


def patients_of_both_arms(figures: Iterable[StudyFigure], evidence: Evidence) -> int | None:
    """Patients behind hazard ratios, whose rows seldom say: those of both arms of each study."""
    results = {result.row: result for result in evidence.results}
    patients: list[int | None] = []
    for figure in figures:
        result = results[figure.row]
        arms = [
            evidence.arm[figure.study_id, arm].n
            for arm in (result.arm_id, result.comparator_arm_id)
            if arm is not None
        ]
        patients.append(_total(arms) if len(arms) > 1 else None)
    return _total(patients)


def _body(
    one: Answer | Comparison, kind: Kind, appraisals: Appraisals, patients: int | None
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
        directness=[DIRECTNESS[figure.population] for figure in one.studies],
        value=value,
        ci=one.ci,
        prediction=one.prediction,
        i2=one.i2 if not isinstance(one, Comparison) else _i2(one.studies),
        n=patients,
        funnel_p=_funnel(one.studies) if scale == "ratio" else None,
    )


def _total(counts: list[int | None]) -> int | None:
    """Their sum, or ``None`` where one is not known."""
    known = [n for n in counts if n is not None]
    return sum(known) if known and len(known) == len(counts) else None


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


def _i2(studies: list[StudyFigure]) -> float | None:
    """I2 of the log ratios by the model that pooled them, or ``None`` for one study."""
    from hilum.synthesis import fit

    if len(studies) < 2:
        return None
    pairs = _logs(studies)
    return float(fit([y for y, _ in pairs], [v for _, v in pairs]).I2)


def _funnel(studies: list[StudyFigure]) -> float | None:
    """P of Egger's test of the log ratios, where there are ten comparisons or more."""
    from hilum.synthesis import fit
    from hilum.synthesis.certainty import Thresholds
    from hilum.synthesis.sensitivity import egger

    if len(studies) < Thresholds().funnel_studies:
        return None
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
