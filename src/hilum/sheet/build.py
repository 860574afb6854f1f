"""Building the sheet of one patient: verdicts from the rules, answers from the evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum._version import __version__
from hilum.answers import Switches
from hilum.evidence import (
    Evidence,
    FigureKind,
    Measure,
    Outcome,
    Population,
    Question,
    read_evidence,
)
from hilum.patient.case import Case, read_case
from hilum.patient.tables import read_tables
from hilum.patient.verdict import verdicts
from hilum.sheet.answer import (
    OUTCOMES,
    answer_question,
    beside,
    figures,
)
from hilum.sheet.arrange import arranged, families_of
from hilum.sheet.asked import asked_of
from hilum.sheet.cells_part import answers_of
from hilum.sheet.certainty import appraisals_of, rate_options, summary
from hilum.sheet.comparisons_part import compared_by_ratio
from hilum.sheet.joint_part import liver_of, posteriors, with_joint
from hilum.sheet.liver_part import liver_part
from hilum.sheet.ranked import ranked_sources
from hilum.sheet.settings import Settings, read_settings
from hilum.sheet.sheet import (
    Answer,
    AskedPart,
    CasePart,
    Comparison,
    Option,
    Sheet,
    SourceEntry,
    StudyFigure,
    SurvivalAnswer,
)
from hilum.sheet.survival import survival_answer
from hilum.sheet.treatments import Treatment, treatments
from hilum.sheet.verdict_part import verdict_part

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from hilum.sheet.sheet_verdict import OptionVerdict
    from hilum.synthesis.certainty import Override

FRAME = (Outcome.LIVER_METASTASES, Outcome.RESECTABLE)


def board(
    case: Case | str | Path | Mapping[str, object],
    evidence: Evidence | str | Path | None = None,
    *,
    include_derived: bool = True,
    certainty: str | Path | Iterable[Override] | None = None,
    appraisals: str | Path | None = None,
    joint: Sequence[str] = (),
    rules: str | Path | None = None,
    settings: Settings | str | Path | None = None,
) -> Sheet:
    """Make the tumour-board sheet of one patient.

    Parameters
    ----------
    case : Case, path or mapping
        The patient: a case, a TOML or JSON file, or the same as a mapping.
    evidence : Evidence or path, optional
        The published record or the folder of its tables; the shipped one when omitted.
    include_derived : bool
        Whether events computed from a printed percentage enter pooled answers.
    certainty : path or overrides, optional
        A person's changes of certainty (TOML or CSV), each with its reason.
    appraisals : path, optional
        Table of appraisals; ``appraisals.csv`` of the evidence folder when omitted.
    joint : sequence of str
        Outcomes for which the joint model is fitted now where no posterior of this record is kept
        (a minute each); those that are kept stand beside the figures unasked.
    rules : path, optional
        A folder of a hospital's own rows, laid over the shipped ones.
    settings : Settings or path, optional
        The board's own order of treatments and choice of outcomes; hilum's own when omitted.

    Raises
    ------
    InputError
        When the case, a table or a label map holds something that is not understood.
    MissingExtra
        When ``[imaging]`` names label maps and their readers are not installed, or ``joint`` is
        asked for without the extra of that name.
    """
    tables = read_tables(rules)
    patient = case if isinstance(case, Case) else read_case(case, tables=tables)
    record = evidence if isinstance(evidence, Evidence) else read_evidence(evidence)
    findings = None
    if patient.imaging is not None:
        from hilum.patient.liver.from_case import with_imaging

        patient, findings = with_imaging(patient)
    judged = verdict_part(patient, verdicts(patient, tables))
    covers = {one.treatment: one for one in treatments(tables)}
    own = settings if isinstance(settings, Settings) else read_settings(settings, tables)
    asked = asked_of(patient, tables)
    options = [
        _option(record, one, covers[one.treatment], asked, include_derived)
        for one in judged.options
    ]
    options = with_joint(options, asked, liver_of(patient), posteriors(record, joint))
    comparisons = compared_by_ratio(record, asked)
    folder = None if isinstance(evidence, Evidence) else evidence
    appraised = appraisals_of(record, folder, appraisals)
    options, comparisons = rate_options(options, comparisons, record, appraised, certainty)
    options = arranged(options, own.treatments)
    frame = [_frame(record, outcome) for outcome in FRAME]
    compared = {name for row in comparisons for name in (row.treatment, row.comparator)}
    return Sheet(
        hilum_version=__version__,
        evidence={"studies": len(record.studies), "results": len(record.results)},
        case=_case(patient),
        patient=judged.patient,
        resectability=judged.resectability,
        would_change=judged.would_change,
        before=judged.before,
        to_check=judged.to_check,
        contradictions=judged.contradictions,
        not_used=judged.not_used,
        to_confirm=judged.to_confirm,
        nobody_open=judged.nobody_open,
        facts=judged.facts,
        derived=judged.derived,
        assumed=judged.assumed,
        unread=judged.unread,
        switched_off=judged.switched_off,
        rules_folder=judged.rules_folder,
        liver=liver_part(patient, findings),
        asked=asked,
        epidemiology=frame,
        columns=list(own.outcomes),
        options=options,
        families=families_of(options, comparisons),
        comparisons=comparisons,
        uncompared=[one for one in covers if one not in compared],
        unknowns=[
            option.treatment
            for option in options
            if not any(
                figure.population == Population.NETLM
                for one in option.outcomes.values()
                for figure in one.studies
            )
        ],
        rule_sources=ranked_sources(options, judged.before, judged.resectability),
        sources=_sources(record, options, comparisons, frame),
        appraisals=summary(appraised, _behind(options, comparisons, frame)),
    )


def _option(
    evidence: Evidence,
    verdict: OptionVerdict,
    treatment: Treatment,
    asked: AskedPart,
    include_derived: bool,
) -> Option:
    switches = Switches(derived=include_derived)
    outcomes = answers_of(evidence, treatment.treatment, asked, switches)
    return Option(
        **dict(verdict),
        outcomes=outcomes,
        survival=survival_answer(evidence, treatment.treatment, asked, switches)
        if verdict.status != "excluded"
        else None,
        combinations=_combinations(evidence, treatment),
    )


def _combinations(evidence: Evidence, treatment: Treatment) -> list[StudyFigure]:
    """Whole-arm estimates of arms that hold the treatment beside another."""
    asked = {(outcome, measure) for outcome, measure, _ in OUTCOMES.values()}
    rows = [
        row
        for row in evidence.results
        if row.figure_kind is FigureKind.ESTIMATE
        and row.subgroup is None
        and row.comparator_arm_id is None
        and (row.outcome, row.measure) in asked
        and "+" in (modality := evidence.arm[row.study_id, row.arm_id].modality)
        and set(modality.split("+")) & set(treatment.modalities)
    ]
    return figures(evidence, rows)


def _frame(evidence: Evidence, outcome: Outcome) -> Answer:
    """Epidemiology: any cohort, mixed populations, since the question is about all patients."""
    each = [
        answer_question(evidence, Question((), outcome, Measure.PROPORTION, population))
        for population in Population
    ]
    return beside(max(each, key=lambda one: (one.k, len(one.left_out))), each)


def _case(case: Case) -> CasePart:
    return CasePart(name=case.name, date=case.date.isoformat() if case.date else None)


def _behind(
    options: Iterable[Option], comparisons: Iterable[Comparison], frame: Iterable[Answer]
) -> set[str]:
    """Studies of which a figure is in an answer; what was left out is behind none."""
    answers = [*frame, *(one for option in options for one in option.outcomes.values())]
    curves = [option.survival for option in options if option.survival is not None]
    used = {figure.study_id for one in (*answers, *curves) for figure in one.studies}
    return used | {trial.study_id for row in comparisons for trial in row.trials}


def _sources(
    evidence: Evidence,
    options: Iterable[Option],
    comparisons: Iterable[Comparison],
    frame: Iterable[Answer],
) -> list[SourceEntry]:
    used: set[str] = set()

    def take(one: Answer | SurvivalAnswer) -> None:
        used.update(figure.study_id for figure in (*one.studies, *one.left_out))
        for other in one.beside if isinstance(one, SurvivalAnswer) else one.other_populations:
            take(other)

    for option in options:
        for one in option.outcomes.values():
            take(one)
        if option.survival is not None:
            take(option.survival)
        used.update(figure.study_id for figure in option.combinations)
    for one in frame:
        take(one)
    for row in comparisons:
        used.update(trial.study_id for trial in row.trials)
    return [
        SourceEntry(
            study_id=study.study_id,
            name=study.name,
            title=study.title,
            journal=study.journal,
            year=study.year,
            source=study.source,
            link=study.link,
            verify=study.verify is not None,
        )
        for study in sorted(
            evidence.studies, key=lambda study: (study.name.lower(), study.study_id)
        )
        if study.study_id in used
    ]
