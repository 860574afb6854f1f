"""The half of a sheet that no patient is in: what the record answers to one question.

Kept by the record's content and the question, so that a changed fact that leaves the question as it
was computes nothing anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hilum.answers import Switches
from hilum.evidence import FigureKind, Outcome
from hilum.evidence.vocabulary import OUTCOMES as RECORDED
from hilum.sheet.answer import OUTCOMES, figures
from hilum.sheet.cells_part import answers_of
from hilum.sheet.certainty import appraisals_of, rate
from hilum.sheet.comparisons_part import compared_by_ratio
from hilum.sheet.frame import frame
from hilum.sheet.joint_part import posteriors, with_joint
from hilum.sheet.kept import Store
from hilum.sheet.survival import survival_answer
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from hilum.evidence import Evidence
    from hilum.evidence.appraisal import Appraisals
    from hilum.sheet.sheet import Answer, AskedPart, Comparison, StudyFigure, SurvivalAnswer
    from hilum.sheet.treatments import Treatment
    from hilum.synthesis.certainty import Override
    from hilum.watch import Watch

FRAME: Final = tuple(
    Outcome(one.outcome)
    for one in sorted(RECORDED.values(), key=lambda one: one.all_patients)
    if one.all_patients
)


@dataclass(frozen=True, slots=True)
class Figures:
    """Answers, curves and combined arms by treatment, comparisons, and the frame of all patients.

    ``appraisals`` are those that the certainty rests on.
    """

    outcomes: Mapping[str, dict[str, Answer]]
    curves: Mapping[str, SurvivalAnswer | None]
    combinations: Mapping[str, list[StudyFigure]]
    comparisons: list[Comparison]
    frame: list[Answer]
    appraisals: Appraisals


_KEPT: Final[Store[Figures]] = Store(128)


def figures_of(
    record: Evidence,
    covers: Sequence[Treatment],
    asked: AskedPart,
    liver: str,
    *,
    include_derived: bool = True,
    certainty: str | Path | Iterable[Override] | None = None,
    appraisals: str | Path | None = None,
    joint: Sequence[str] = (),
    watch: Watch = SILENT,
) -> Figures:
    """What the record answers for patients as asked; kept, unless a file of the user's is in it.

    Parameters
    ----------
    record : Evidence
    covers : sequence of Treatment
        The treatments of the board.
    asked : AskedPart
        Site, grade and line.
    liver : str
        Whether the disease is the liver's alone, for the joint model.
    include_derived, certainty, appraisals, joint
        As in :func:`hilum.sheet.board`.
    watch : Watch
        Told of each treatment; may stop the work.
    """
    switches = Switches(derived=include_derived)

    def make() -> Figures:
        return _made(record, covers, asked, liver, switches, certainty, appraisals, joint, watch)

    if certainty is not None or appraisals is not None:
        return make()
    key = (record.content_hash, tuple(covers), asked.model_dump_json(), liver, switches)
    return _KEPT.get((*key, tuple(joint)), make)


def _made(
    record: Evidence,
    covers: Sequence[Treatment],
    asked: AskedPart,
    liver: str,
    switches: Switches,
    certainty: str | Path | Iterable[Override] | None,
    appraisals: str | Path | None,
    joint: Sequence[str],
    watch: Watch,
) -> Figures:
    watch.stage("answers", len(covers))
    outcomes: dict[str, dict[str, Answer]] = {}
    for one in covers:
        outcomes[one.treatment] = answers_of(record, one.treatment, asked, switches)
        watch.done()
    outcomes = with_joint(outcomes, asked, liver, posteriors(record, joint))
    appraised = appraisals_of(record, appraisals)
    comparisons = compared_by_ratio(record, asked)
    rated, compared = rate(outcomes, comparisons, record, appraised, certainty)
    return Figures(
        outcomes=rated,
        curves={
            one.treatment: survival_answer(record, one.treatment, asked, switches) for one in covers
        },
        combinations=_combinations(record, covers),
        comparisons=compared,
        frame=[frame(record, outcome) for outcome in FRAME],
        appraisals=appraised,
    )


def _combinations(evidence: Evidence, covers: Sequence[Treatment]) -> dict[str, list[StudyFigure]]:
    """By treatment, whole-arm estimates of arms that hold it beside another."""
    asked = {(outcome, measure) for outcome, measure, _ in OUTCOMES.values()}
    combined = [
        (row, set(modality.split("+")))
        for row in evidence.results
        if row.figure_kind is FigureKind.ESTIMATE
        and row.subgroup is None
        and row.comparator_arm_id is None
        and (row.outcome, row.measure) in asked
        and "+" in (modality := evidence.arm[row.study_id, row.arm_id].modality)
    ]
    return {
        one.treatment: figures(
            evidence, [row for row, parts in combined if parts & set(one.modalities)]
        )
        for one in covers
    }
