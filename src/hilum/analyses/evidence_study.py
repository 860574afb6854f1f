"""One study whole: arms, figures, conduct, appraisal, where each was read, and what it feeds."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from hilum.analyses.appraise import Appraised, appraised
from hilum.analyses.asked import Option, check
from hilum.analyses.evidence_map import grades, lines, sites
from hilum.analyses.summary import FOLDER
from hilum.errors import Fault, InputError, phrased
from hilum.evidence import Arm, Result, Study
from hilum.evidence.appraisal.facts import FACTS
from hilum.sheet.asked import UNKNOWN
from hilum.sheet.sheet_cells import AskedPart
from hilum.watch import SILENT

if TYPE_CHECKING:
    from hilum.evidence import Evidence
    from hilum.watch import Watch

Kind = Literal["cell", "curve", "comparison"]
State = Literal["in", "beside", "left_out"]
Unused = Literal["no_treatment", "no_cell", "part_of_sum", "same_treatment", "not_compared"]


@dataclass(frozen=True, kw_only=True)
class StudyAsked:
    """A study by its id; site, grade and line are the patient's whose cells it may feed."""

    study: str
    site: Annotated[str, Option("Primary site of the patient.", sites)] = UNKNOWN["site"]
    grade: Annotated[str, Option("Grade of the patient.", grades)] = UNKNOWN["grade"]
    line: Annotated[str, Option("Line of treatment now asked about.", lines)] = UNKNOWN["line"]
    evidence: Annotated[Path | None, Option(FOLDER)] = None
    appraisals: Annotated[
        Path | None,
        Option("Appraisals (CSV); else appraisals.csv of the --evidence folder."),
    ] = None

    def __post_init__(self) -> None:
        """Refuse unknown words; the study is looked for when it runs."""
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """Where one figure stands.

    Attributes
    ----------
    kind : {"cell", "curve", "comparison"}
    treatment, comparator, outcome : str, str or None, str
        ``outcome`` is the key of a cell; of a comparison the code of what was measured; the curves
        are of overall survival.
    selection : str or None
        Of a curve: ``main``, or whom the curve beside it speaks of.
    state : {"in", "beside", "left_out"}
        In the figure; beside it with a range of its own; or left out.
    reason : str or None
        Why it is not in: a code, with its detail after a colon (``special:milan``).
    kept : str or None
        The study or the figure that stands for it.
    derived : str or None
        How the cell's figure follows from it, where it is not the printed one.
    """

    kind: Kind
    treatment: str
    comparator: str | None
    outcome: str
    selection: str | None
    state: State
    reason: str | None
    kept: str | None
    derived: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyFigures:
    """A figure as printed and every place where it stands; ``unused`` says why there is none."""

    result: Result
    uses: tuple[Use, ...]
    unused: Unused | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conduct:
    """What the texts say of their own conduct: facts stated, what they rest on, others' verdict.

    ``asked`` names every fact; those that are not in ``stated`` are not stated.
    """

    stated: dict[str, str]
    asked: tuple[str, ...]
    basis: str
    source: str
    read_in: str
    published_judgement: str
    judgement_source: str


@dataclass(frozen=True, kw_only=True)
class StudyAnswered:
    """The study, whole.

    ``cohort`` names studies of the same patients; ``names`` are those of every study mentioned, by
    id. ``conduct`` is None where no table describes it; ``appraisals`` is empty where nobody
    judged it.
    """

    study: Study
    name: str
    link: str | None
    arms: tuple[Arm, ...]
    figures: tuple[StudyFigures, ...]
    conduct: Conduct | None
    appraisals: tuple[Appraised, ...]
    cohort: tuple[str, ...]
    names: dict[str, str]
    patient: AskedPart
    evidence_hash: str
    asked: StudyAsked


def run(asked: StudyAsked, watch: Watch = SILENT) -> StudyAnswered:
    """Show one study.

    Raises
    ------
    InputError
        An unknown study, with those that are near; or every fault of the tables.
    Stopped
        When the watch says so.
    """
    from hilum.evidence import read_evidence

    watch.stage("evidence", 2)
    record = read_evidence(asked.evidence)
    watch.done()
    answer = one_study(record, asked)
    watch.done()
    return answer


def one_study(record: Evidence, asked: StudyAsked) -> StudyAnswered:
    """A study of a record that is read already.

    Raises
    ------
    InputError
        An unknown study, or a fault of a table beside the record.
    """
    from hilum.analyses.evidence_study_uses import uses_of
    from hilum.evidence.appraisal import read_facts
    from hilum.sheet.certainty import appraisals_of

    study = _known(record, asked.study)
    facts = read_facts(record, asked.evidence).get(asked.study)
    judged = appraisals_of(record, asked.appraisals)
    patient = AskedPart(site=asked.site, grade=asked.grade, line=asked.line, not_known=[])
    figures = uses_of(record, asked.study, patient)
    cohort = _cohort(record, study)
    kept = {use.kept for one in figures for use in one.uses if use.kept in record.study}
    return StudyAnswered(
        study=study,
        name=study.name,
        link=study.link,
        arms=tuple(arm for arm in record.arms if arm.study_id == asked.study),
        figures=figures,
        conduct=None
        if facts is None
        else Conduct(
            stated=facts.stated,
            asked=FACTS,
            basis=facts.basis,
            source=facts.facts_source,
            read_in=facts.read_in,
            published_judgement=facts.published_judgement,
            judgement_source=facts.judgement_source,
        ),
        appraisals=tuple(appraised(one, record) for one in judged.all if one.study == asked.study),
        cohort=cohort,
        names={one: record.study[one].name for one in sorted({*cohort, *filter(None, kept)})},
        patient=patient,
        evidence_hash=record.content_hash,
        asked=asked,
    )


def _known(record: Evidence, study: str) -> Study:
    if study in record.study:
        return record.study[study]
    near = ", ".join(difflib.get_close_matches(study, record.study, 3))
    expected = phrased("a known study; nearest: {near}", near=near) if near else "a known study"
    raise InputError(Fault("studies.csv", None, "study_id", study, expected))


def _cohort(record: Evidence, study: Study) -> tuple[str, ...]:
    if not study.cohort_of:
        return ()
    return tuple(
        one.study_id
        for one in record.studies
        if one.cohort_of == study.cohort_of and one.study_id != study.study_id
    )
