"""A table of critical appraisals: its faults, else what is judged and what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from hilum.analyses.asked import Option
from hilum.analyses.summary import FOLDER
from hilum.errors import Fault
from hilum.watch import SILENT

if TYPE_CHECKING:
    from hilum.evidence import Evidence
    from hilum.evidence.appraisal import Appraisal
    from hilum.watch import Watch


@dataclass(frozen=True, kw_only=True)
class AppraiseAsked:
    """A table of appraisals, of studies of which tables."""

    table: Path
    evidence: Annotated[Path | None, Option(FOLDER)] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Appraised:
    """One study appraised with one tool; ``name`` and ``questions`` it was asked of the design.

    The other fields are those of :class:`hilum.evidence.appraisal.Appraisal`.
    """

    study: str
    tool: str
    outcome: str | None
    answers: dict[str, str]
    domains: dict[str, str | None]
    judgement: str | None
    by: dict[str, str]
    reasons: dict[str, str]
    raters: tuple[str, ...]
    disagreements: tuple[str, ...]
    missing: tuple[str, ...]
    name: str
    questions: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class AppraiseAnswered:
    """Every fault, or every appraisal where there is none."""

    faults: tuple[Fault, ...]
    appraisals: tuple[Appraised, ...]
    asked: AppraiseAsked


def run(asked: AppraiseAsked, watch: Watch = SILENT) -> AppraiseAnswered:
    """Check a table of appraisals and judge what its answers judge.

    Raises
    ------
    InputError
        A fault of the evidence tables; those of the appraisals are the answer.
    Stopped
        When the watch says so.
    """
    from hilum.evidence import read_evidence
    from hilum.evidence.appraisal import check_appraisals, read_appraisals

    watch.stage("evidence", 1)
    record = read_evidence(asked.evidence)
    watch.done()
    faults = check_appraisals(asked.table, record)
    found = () if faults else read_appraisals(asked.table, record).all
    return AppraiseAnswered(
        faults=tuple(faults),
        appraisals=tuple(appraised(one, record) for one in found),
        asked=asked,
    )


def appraised(one: Appraisal, record: Evidence) -> Appraised:
    """An appraisal with its study's name and the questions that its design was asked."""
    from hilum.evidence.appraisal import tools

    study = record.study[one.study]
    return Appraised(
        study=one.study,
        tool=one.tool,
        outcome=one.outcome,
        answers=dict(one.answers),
        domains=dict(one.domains),
        judgement=one.judgement,
        by=dict(one.by),
        reasons=dict(one.reasons),
        raters=one.raters,
        disagreements=one.disagreements,
        missing=one.missing,
        name=study.name,
        questions=tuple(item.id for item in tools()[one.tool].asked_of(study.design)),
    )
