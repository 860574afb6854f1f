"""The sheet's figures from the answers: every cell as data, on the sheet's scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.answers import (
    Beside,
    Cell,
    Index,
    Item,
    LeftOut,
    Reported,
    Switches,
    index,
    outcomes,
    sentence,
)
from hilum.answers import treatments as known_treatments
from hilum.answers.patient import treatment_cells
from hilum.answers.printed import printed_value
from hilum.evidence.records import source_link
from hilum.evidence.vocabulary import Measure, Population
from hilum.language import words as language
from hilum.sheet.sheet_cells import (
    Answer,
    AskedPart,
    BesideFigures,
    Flag,
    LargestStudy,
    StudyFigure,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.evidence import Evidence

FROM_CURVE = "from_curve"
ANYBODY = AskedPart(site="any", grade="G1-2", line="any", not_known=[])
"""The question of a reader without a patient: well differentiated tumours of any site."""


def answers_of(
    evidence: Evidence | Index,
    treatment: str,
    asked: AskedPart = ANYBODY,
    switches: Switches | None = None,
) -> dict[str, Answer]:
    """Every figure of a treatment for patients as asked, by outcome key.

    A treatment that nobody studied has an empty answer to each.
    """
    found = evidence if isinstance(evidence, Index) else index(evidence)
    if treatment not in known_treatments():
        return {key: empty(key) for key in outcomes()}
    cells = treatment_cells(found, treatment, asked.site, asked.grade, asked.line, switches)
    return {key: answer_of(one) for key, one in cells.items()}


def answer_of(one: Cell) -> Answer:
    """A cell as the sheet holds it."""
    asked, scale = one.question.asked, 1.0 if one.months else 0.01
    estimate = one.estimate if one.form == "pooled" else None
    studies = _studies(one, scale)
    span = _scaled(one.range, scale)
    return Answer(
        outcome=asked.outcome,
        measure=asked.measure,
        time_months=asked.time_months,
        unit="months" if one.months else "proportion",
        form=one.form,
        value=None if one.value is None else one.value * scale,
        ci=_scaled(one.ci, scale),
        prediction=_scaled(one.prediction, scale),
        tau2=estimate.tau2 if estimate else None,
        i2=estimate.i2 if estimate else None,
        k=one.k,
        k_with_n=one.k_with_n,
        n=one.n or None,
        range=span,
        reported_range=span,
        method=_method(one),
        population=_population(one.studies),
        designs=sorted({study.design for study in studies}),
        criteria=sorted({study.criteria or "" for study in studies}),
        studies=studies,
        left_out=[_left_out(left, scale) for left in one.left_out],
        other_populations=[],
        sentence=sentence(one.told, one.k, language("en")),
        told=one.told,
        beside=[_beside(group, scale) for group in one.beside],
        wider=_beside(one.wider, scale) if one.wider else None,
        largest=_largest(one.largest, scale) if one.largest else None,
        randomised=[item_figure(item, scale) for item in one.randomised],
        flags=[Flag(code=code, outcome=outcome) for code, outcome in one.flags],
    )


def of_its_time(one: Answer) -> list[StudyFigure]:
    """The studies of an answer whose figure is of its own measure and time.

    A survival curve also rests on medians and on rates of other times: those are no counts of
    this one.
    """
    return [
        figure
        for figure in one.studies
        if figure.measure == one.measure
        and (one.measure != Measure.RATE_AT or figure.time_months == one.time_months)
    ]


def _method(one: Cell) -> str | None:
    if any(code == FROM_CURVE for code, _ in one.flags):
        return "survival curve"
    if one.form == "pooled" and one.estimate is not None:
        return one.estimate.method
    return one.form if one.k else None


def _studies(one: Cell, scale: float) -> list[StudyFigure]:
    """What ``k`` counts; of a survival curve also studies that print other times, as printed."""
    if not any(code == FROM_CURVE for code, _ in one.flags):
        return [study_figure(study, scale) for study in one.studies]
    now = {study.row.result_id: study for study in one.here}
    out: list[StudyFigure] = []
    for study in one.studies:
        here = now.get(study.row.result_id)
        months = study.row.measure is Measure.MEDIAN_MONTHS
        own = 1.0 if months else 0.01
        out.append(study_figure(here, scale) if here else item_figure(study.first, own))
    return out


def empty(key: str) -> Answer:
    """The answer for a treatment that no modality of the tables stands for."""
    asked = outcomes()[key]
    return Answer(
        outcome=asked.outcome,
        measure=asked.measure,
        time_months=asked.time_months,
        unit="months" if asked.months else "proportion",
        form="none",
        value=None,
        ci=None,
        prediction=None,
        tau2=None,
        i2=None,
        k=0,
        k_with_n=0,
        n=None,
        range=None,
        reported_range=None,
        method=None,
        population=Population.NETLM,
        designs=[],
        criteria=[],
        studies=[],
        left_out=[],
        other_populations=[],
    )


def item_figure(item: Item, scale: float, left: LeftOut | None = None) -> StudyFigure:
    """One arm's figure as printed."""
    row, study = item.row, item.study
    low, high = row.ci_low, row.ci_high
    ends = (
        None if low is None else low * scale,
        None if high is None else high * scale,
    )
    return StudyFigure(
        study_id=study.study_id,
        name=study.name,
        outcome=row.outcome,
        measure=row.measure,
        time_months=row.time_months,
        arm=item.arm.description or item.arm.arm_id,
        modality=item.arm.modality,
        design=study.design,
        population=study.population,
        year=study.year,
        subgroup=row.subgroup,
        criteria=row.criteria,
        events=row.events,
        n=item.n,
        value=None if item.value is None else item.value * scale,
        ci=None if low is None and high is None else ends,
        locator=row.locator,
        source=row.source,
        link=source_link(row.source) or study.link,
        read_from=study.read_from,
        derived=row.derived,
        verify=study.verify is not None,
        row=row.row,
        result_id=row.result_id,
        n_assumed=item.assumed,
        left_out=left.reason if left else None,
        kept=left.detail if left else None,
    )


def study_figure(one: Reported, scale: float) -> StudyFigure:
    """One study's figure, its arms together."""
    first = item_figure(one.first, scale)
    if len(one.items) == 1:
        return first
    share = one.row.measure is Measure.PROPORTION
    return first.model_copy(
        update={
            "arms": len(one.items),
            "arm": " + ".join(item.arm.description or item.arm.arm_id for item in one.items),
            "events": one.events if share else None,
            "n": one.n,
            "n_assumed": one.assumed,
            "value": one.value * scale,
            "ci": None,
        }
    )


def _left_out(left: LeftOut, scale: float) -> StudyFigure:
    return item_figure(left.item, scale, left)


def _beside(group: Beside, scale: float) -> BesideFigures:
    low, high = group.range
    return BesideFigures(
        reason=group.reason,
        detail=group.detail,
        range=(low * scale, high * scale),
        k=group.k,
        studies=list(dict.fromkeys(left.item.study_id for left in group.figures)),
    )


def _largest(one: Reported, scale: float) -> LargestStudy:
    return LargestStudy(
        study_id=one.study_id,
        name=one.first.study.name,
        value=one.value * scale,
        printed=printed_value(one),
        n=one.n,
        n_assumed=one.assumed,
    )


def _population(studies: Sequence[Reported]) -> str:
    """NET liver metastases where all studies are of them, else mixed metastatic NET."""
    alone = all(one.first.study.population is Population.NETLM for one in studies)
    return Population.NETLM if alone else Population.MIXED_NET


def _scaled(ends: tuple[float, float] | None, scale: float) -> tuple[float, float] | None:
    return None if ends is None else (ends[0] * scale, ends[1] * scale)
