"""The cells of the map: answers of the record, or of a part of it, with what stands around each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hilum.analyses.evidence_map import MapAnswered, MapCell, MapComparison, StudyTally
from hilum.answers import Index, index, outcomes
from hilum.answers import treatments as known_treatments
from hilum.answers.fits import given, stands
from hilum.answers.tables import subsite
from hilum.evidence import Design, Measure
from hilum.evidence.codes import GradeScope, Line, Site
from hilum.evidence.filtering import filtered
from hilum.sheet.cells_part import answers_of
from hilum.sheet.certainty import appraisals_of, comparison_id, rate, summary
from hilum.sheet.comparisons_part import compared_by_ratio
from hilum.sheet.kept import Store
from hilum.sheet.rating import LEVEL_LABELS
from hilum.sheet.sheet_cells import Answer, AskedPart

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from hilum.analyses.evidence_map import MapAsked
    from hilum.evidence import Arm, Evidence, Result
    from hilum.evidence.appraisal import Appraisals
    from hilum.evidence.filtering import Filtered
    from hilum.sheet.sheet import Comparison
    from hilum.watch import Watch

KINDS: Final = {
    "randomised": (Design.RCT,),
    "compared": (Design.NONRANDOMISED_COMPARATIVE,),
    "series": (
        Design.CASE_SERIES_PROSPECTIVE,
        Design.CASE_SERIES_RETROSPECTIVE,
        Design.REGISTRY,
    ),
}
"""Designs of each kind of evidence, the strongest first; a review is in no cell."""
REASONS: Final = {
    "site": ("other_site", "mostly_other_site", "wider_site"),
    "grade": ("other_grade",),
    "line": ("later_line", "retreatment"),
}
"""Reasons that leave a figure out for the patient's site, grade or line."""
STANDS: Final = ("stated", "near", "mixed", "not_stated", "other")
"""How a study stands to what is asked of its patients, the nearest first."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What the studies that fit answer: cells with their certainty, and comparisons."""

    cells: Mapping[str, dict[str, Answer]]
    comparisons: tuple[Comparison, ...]
    appraisals: Appraisals


_KEPT: Final[Store[Answers]] = Store(64)


def made_map(record: Evidence, asked: MapAsked, watch: Watch) -> MapAnswered:
    """The map of a record."""
    chosen = filtered(record, asked.studies)
    patient = AskedPart(
        site=asked.site, grade=asked.grade, line=asked.line, not_known=list(asked.not_known)
    )
    found = _answers(record, chosen, patient, asked, watch)
    around = _Around(record, chosen, patient, found.comparisons)
    cells = tuple(
        around.cell(treatment, key, found.cells[treatment][key], whole=asked.with_left_out)
        for treatment in asked.rows
        for key in asked.columns
    )
    in_cells = {figure.study_id for one in cells for figure in one.answer.studies}
    years = [study.year for study in chosen.evidence.studies if study.year is not None]
    return MapAnswered(
        treatments=asked.rows,
        outcomes=asked.columns,
        patient=patient,
        cells=cells,
        comparisons=tuple(
            {
                one.id: one
                for treatment in asked.rows
                for key in asked.columns
                for one in around.compared.get((treatment, str(outcomes()[key].outcome)), ())
            }.values()
        ),
        studies=len(chosen.evidence.studies),
        of_studies=len(record.studies),
        newest=max(years, default=None),
        tallies=_tallies(chosen, around, asked),
        names={one: record.study[one].name for one in sorted(in_cells | around.named)},
        appraisals=summary(found.appraisals, in_cells),
        evidence_hash=record.content_hash,
        asked=asked,
    )


def _answers(
    record: Evidence, chosen: Filtered, patient: AskedPart, asked: MapAsked, watch: Watch
) -> Answers:
    """Kept by the record's content and the question, unless a file of the user's is in it."""

    def make() -> Answers:
        return _rated(chosen.evidence, patient, asked.appraisals, watch)

    if asked.appraisals is not None:
        return make()
    return _KEPT.get((record.content_hash, asked.studies, patient.model_dump_json()), make)


def _rated(
    evidence: Evidence, patient: AskedPart, appraisals: Path | None, watch: Watch
) -> Answers:
    found = index(evidence)
    watch.stage("cells", len(known_treatments()))
    cells: dict[str, dict[str, Answer]] = {}
    for name in known_treatments():
        cells[name] = answers_of(found, name, patient)
        watch.done()
    appraised = appraisals_of(evidence, appraisals)
    # As on the sheet: a trial of other patients is shown and not in the pooled line.
    rated, compared = rate(cells, compared_by_ratio(evidence, patient), evidence, appraised)
    return Answers(rated, tuple(compared), appraised)


class _Around:
    """What stands around the cells: arms behind figures, comparisons, studies filtered away."""

    def __init__(
        self,
        record: Evidence,
        chosen: Filtered,
        patient: AskedPart,
        comparisons: Iterable[Comparison],
    ) -> None:
        self.record, self.chosen, self.patient = record, chosen, patient
        self.index: Index = index(record)
        self.rows: dict[str, Result] = {row.result_id: row for row in record.results}
        self.outside_for: dict[str, set[str]] = {name: set() for name in REASONS}
        self.named: set[str] = set()
        self.stood: dict[str, dict[str, set[str]]] = {
            name: {stand: set() for stand in STANDS} for name in REASONS
        }
        self.compared: dict[tuple[str, str], list[MapComparison]] = {}
        for one in map(_compared, comparisons):
            for side in (one.treatment, one.comparator):
                self.compared.setdefault((side, one.outcome), []).append(one)
        self.searched = {
            one.treatment: {
                arm.study_id
                for arm in chosen.evidence.arms
                if set(given(arm)) & set(one.modalities)
            }
            for one in known_treatments().values()
        }

    def cell(self, treatment: str, key: str, answer: Answer, *, whole: bool) -> MapCell:
        """One cell with what stands around it; ``whole`` with every figure left out."""
        inside = {figure.study_id for figure in answer.studies}
        for name, reasons in REASONS.items():
            self.outside_for[name] |= {
                one.study_id for one in answer.left_out if one.left_out in reasons
            }
        kinds = Counter(_kind(figure.design) for figure in answer.studies)
        outside, undecided = self._filtered_away(treatment, key)
        compared = self.compared.get((treatment, answer.outcome), ())
        left_out = Counter(
            f"{one.left_out}:{one.kept}"
            if one.left_out in ("special", "criteria")
            else str(one.left_out)
            for one in answer.left_out
        )
        self.named |= {study for group in answer.beside for study in group.studies}
        if answer.wider is not None:
            self.named |= set(answer.wider.studies)
        if whole:
            mentioned = {name for one in answer.left_out for name in (one.study_id, one.kept)}
            self.named |= mentioned & set(self.record.study)
        return MapCell(
            treatment=treatment,
            outcome=key,
            answer=answer if whole else answer.model_copy(update={"left_out": []}),
            kind=next((one for one in KINDS if kinds[one]), None),
            kinds={one: kinds[one] for one in KINDS if kinds[one]},
            stated=self._stated(answer),
            comparisons=tuple(one.id for one in compared),
            compared_level=_best(one.level for one in compared if one.kind == "randomised"),
            left_out=dict(sorted(left_out.items(), key=lambda pair: (-pair[1], pair[0]))),
            reported=len({one.study_id for one in answer.left_out} - inside),
            searched=len(self.searched[treatment]),
            outside=outside,
            undecided=undecided,
        )

    def _stated(self, answer: Answer) -> dict[str, dict[str, int]]:
        """How the studies of a cell stand to site, grade and line, where these are asked for."""
        out: dict[str, dict[str, int]] = {}
        for name, stand in STAND.items():
            wanted = getattr(self.patient, name)
            if wanted == "any":
                continue
            best: dict[str, str] = {}
            for figure in answer.studies:
                row = self.rows[figure.result_id]
                said = stand(wanted, self.record.arm[row.study_id, row.arm_id], row)
                before = best.get(figure.study_id, STANDS[-1])
                best[figure.study_id] = min(said, before, key=STANDS.index)
            for study, said in best.items():
                self.stood[name][said].add(study)
            counts = Counter(best.values())
            out[name] = {one: counts[one] for one in STANDS if counts[one]}
        return out

    def _filtered_away(self, treatment: str, key: str) -> tuple[int, int]:
        """Studies of the whole record with such a figure that the filters keep out or apart."""
        asked = outcomes()[key]
        time = asked.time_months if asked.measure is Measure.RATE_AT else None
        modalities = known_treatments()[treatment].modalities
        found = self.index.of((asked.outcome, asked.measure, time), modalities)
        places = {(row.study_id, row.arm_id) for row in found}
        outside = {study for study, _ in places & self.chosen.outside}
        undecided = {study for study, _ in places & self.chosen.undecided}
        return len(outside), len(undecided)


def _compared(one: Comparison) -> MapComparison:
    return MapComparison(
        id=comparison_id(one),
        treatment=one.treatment,
        comparator=one.comparator,
        outcome=one.outcome,
        measure=one.measure,
        time_months=one.time_months,
        kind=one.kind,
        value=one.value,
        ci=one.ci,
        k=one.k,
        n=one.n,
        better=one.better,
        clear=one.clear,
        level=None if one.certainty is None else one.certainty.level,
    )


def _best(levels: Iterable[str | None]) -> str | None:
    known = [one for one in levels if one is not None]
    return max(known, key=tuple(LEVEL_LABELS).index, default=None)


def _kind(design: str) -> str:
    return next(kind for kind, designs in KINDS.items() if design in designs)


def _site(wanted: str, arm: Arm, row: Result) -> str:
    site = subsite(row.subgroup) or arm.site
    if site is Site.NOT_STATED:
        return "not_stated"
    return {"same": "stated", "near": "near", "mixed": "mixed", "other": "other"}[
        stands(wanted, site)
    ]


def _grade(wanted: str, arm: Arm, row: Result) -> str:
    del row
    plain = {GradeScope.MIXED: "mixed", GradeScope.NOT_STATED: "not_stated"}
    return "stated" if arm.grade_scope == wanted else plain.get(arm.grade_scope, "other")


def _line(wanted: str, arm: Arm, row: Result) -> str:
    del row
    plain = {Line.ANY: "mixed", Line.NOT_STATED: "not_stated"}
    return "stated" if arm.line == wanted else plain.get(arm.line, "other")


STAND: Final[dict[str, Callable[[str, Arm, Result], str]]] = {
    "site": _site,
    "grade": _grade,
    "line": _line,
}
"""How an arm stands to what is asked of its patients."""


def _tallies(chosen: Filtered, around: _Around, asked: MapAsked) -> tuple[StudyTally, ...]:
    of_studies = [
        StudyTally(
            filter=one.filter,
            fits=one.fits,
            mixed=0,
            other=0,
            outside=one.outside,
            not_reported=one.not_reported,
            kept=asked.studies.with_unreported,
        )
        for one in chosen.tallies
    ]
    of_patients: list[StudyTally] = []
    for name in REASONS:
        if getattr(around.patient, name) == "any":
            continue
        stood = around.stood[name]
        of_patients.append(
            StudyTally(
                filter=name,
                fits=len(stood["stated"]),
                mixed=len(stood["mixed"]),
                other=len(stood["other"] | stood["near"]),
                outside=len(around.outside_for[name]),
                not_reported=len(stood["not_stated"]),
                kept=True,
            )
        )
    return (*of_patients, *of_studies)
