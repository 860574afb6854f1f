"""Building the sheet of one patient: verdicts from the rules, answers from the evidence."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from hilum._version import __version__
from hilum.evidence import (
    Evidence,
    Population,
    read_evidence,
)
from hilum.patient.case import Case, read_case
from hilum.patient.tables import read_tables
from hilum.patient.verdict import verdicts
from hilum.sheet.arrange import arranged, families_of
from hilum.sheet.asked import asked_of
from hilum.sheet.certainty import summary
from hilum.sheet.changes import changes_since
from hilum.sheet.figures_part import Figures, figures_of
from hilum.sheet.joint_part import liver_of
from hilum.sheet.liver_part import liver_part
from hilum.sheet.older import read_older
from hilum.sheet.ranked import ranked_sources
from hilum.sheet.settings import Settings, read_settings
from hilum.sheet.sheet import (
    Answer,
    CasePart,
    Comparison,
    Made,
    Option,
    Sheet,
    SourceEntry,
    SurvivalAnswer,
)
from hilum.sheet.treatments import treatments
from hilum.sheet.verdict_part import verdict_part
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from hilum.patient.liver.conduct import LiverFindings
    from hilum.patient.tables import Tables
    from hilum.sheet.sheet_verdict import OptionVerdict
    from hilum.sheet.treatments import Treatment
    from hilum.synthesis.certainty import Override
    from hilum.watch import Watch


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
    today: dt.date | None = None,
    compare: str | Path | None = None,
    watch: Watch = SILENT,
) -> Sheet:
    """Make the tumour-board sheet of one patient.

    Parameters
    ----------
    case : Case, path or mapping
        The patient: a case, a TOML or JSON file, or the same as a mapping.
    evidence : Evidence or path, optional
        The published record or the folder of its tables; the shipped one when omitted. A record
        that was read from a folder holds the appraisals beside it, as the folder does.
    include_derived : bool
        Whether events computed from a printed percentage enter pooled answers.
    certainty : path or overrides, optional
        A person's changes of certainty (TOML or CSV), each with its reason.
    appraisals : path, optional
        Table of appraisals; those of the record when omitted.
    joint : sequence of str
        Outcomes for which the joint model is fitted now where no posterior of this record is kept
        (a minute each); those that are kept stand beside the figures unasked.
    rules : path, optional
        A folder of a hospital's own rows, laid over the shipped ones.
    settings : Settings or path, optional
        The board's own order of treatments and choice of outcomes; hilum's own when omitted.
    today : date, optional
        The day the sheet is made.
    compare : path, optional
        An older sheet in JSON: what changed since is said, with its cause.
    watch : Watch
        Told how far the work is; may stop it.

    Raises
    ------
    InputError
        When the case, a table or a label map holds something that is not understood.
    MissingExtra
        When ``[imaging]`` names label maps and their readers are not installed, or ``joint`` is
        asked for without the extra of that name.
    """
    tables = read_tables(rules)
    older = None if compare is None else read_older(Path(compare), tables)
    patient = case if isinstance(case, Case) else read_case(case, tables=tables)
    record = evidence if isinstance(evidence, Evidence) else read_evidence(evidence)
    patient, findings = _measured(patient, watch)
    judged = verdict_part(patient, verdicts(patient, tables))
    own = settings if isinstance(settings, Settings) else read_settings(settings, tables)
    covers = treatments(tables)
    asked = asked_of(patient, tables)
    found = figures_of(
        record,
        covers,
        asked,
        liver_of(patient, tables),
        include_derived=include_derived,
        certainty=certainty,
        appraisals=appraisals,
        joint=joint,
        watch=watch,
    )
    options = arranged([_option(one, found) for one in judged.options], own.treatments)
    comparisons = found.comparisons
    made = Sheet(
        hilum_version=__version__,
        made=_made(record, tables, patient, today),
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
        own_rows={name: [dict(row) for row in rows] for name, rows in tables.own_rows.items()},
        liver=liver_part(patient, findings),
        asked=asked,
        epidemiology=found.frame,
        columns=list(own.outcomes),
        options=options,
        families=families_of(options, comparisons),
        comparisons=comparisons,
        uncompared=_uncompared(covers, comparisons),
        unknowns=_unknowns(options),
        rule_sources=ranked_sources(options, judged.before, judged.resectability),
        sources=_sources(record, options, comparisons, found.frame),
        appraisals=summary(found.appraisals, _behind(options, comparisons, found.frame)),
    )
    if older is None:
        return made
    return made.model_copy(update={"changes": changes_since(older, made, patient, tables)})


def _measured(case: Case, watch: Watch) -> tuple[Case, LiverFindings | None]:
    """The case with what its label maps say, and their findings; as it was where it names none."""
    if case.imaging is None:
        return case, None
    from hilum.patient.liver.from_case import with_imaging

    return with_imaging(case, watch=watch)


def _made(record: Evidence, tables: Tables, case: Case, today: dt.date | None) -> Made:
    """The day of the sheet, and the contents it was made of."""
    return Made(
        date=(today or dt.datetime.now(tz=dt.UTC).astimezone().date()).isoformat(),
        evidence_hash=record.content_hash,
        rules_hash=tables.content_hash,
        case_hash=case.content_hash,
    )


def _uncompared(covers: Iterable[Treatment], comparisons: Iterable[Comparison]) -> list[str]:
    """Treatments that no comparison names."""
    compared = {name for row in comparisons for name in (row.treatment, row.comparator)}
    return [one.treatment for one in covers if one.treatment not in compared]


def _unknowns(options: Iterable[Option]) -> list[str]:
    """Treatments without a figure of patients with liver metastases."""
    return [
        option.treatment
        for option in options
        if not any(
            figure.population == Population.NETLM
            for one in option.outcomes.values()
            for figure in one.studies
        )
    ]


def _option(verdict: OptionVerdict, found: Figures) -> Option:
    """A verdict with the figures beside it; an excluded treatment has no curve."""
    name = verdict.treatment
    return Option.model_construct(
        **dict(verdict),
        outcomes=found.outcomes[name],
        survival=None if verdict.status == "excluded" else found.curves[name],
        combinations=found.combinations[name],
    )


def _case(case: Case) -> CasePart:
    return CasePart(
        name=case.name,
        id=case.id or None,
        date=case.date.isoformat() if case.date else None,
        question=case.question or None,
    )


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
