"""What rests on a paper that is retracted: studies of the evidence, answers, rows of the review."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from hilum.evidence import Evidence
    from hilum.literature.searches.came import Item

Ids = frozenset[tuple[str, str]]
SCHEMES: Final = ("doi", "pmid")
REACHED: Final = {"included_reports": "included", "sought": "sought"}
"""Boxes of the flow, the furthest first, and what a record in one is; else it is in screening."""
SCREENED: Final = "screened"


@dataclass(frozen=True, slots=True, kw_only=True)
class RestingAnswer:
    """An answer: a treatment's figure, or what it comes to against a comparator; of whom."""

    treatment: str
    comparator: str | None
    outcome: str
    evidence_kind: str | None
    site: str
    grade: str
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RestingReport:
    """A record of the review, and how far it got by what is decided: :data:`REACHED`."""

    record_id: str
    reached: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Resting:
    """What rests on one record of a service.

    ``studies`` are those of the shipped evidence, ``rows`` studies that this review extracted, with
    who did, ``reports`` records of this review, those that stand
    for their copies. ``sought`` says whether the record has a DOI or a PMID by which they were
    looked for.
    """

    service: str
    record_id: str
    sought: bool
    studies: tuple[str, ...] = ()
    answers: tuple[RestingAnswer, ...] = ()
    rows: tuple[str, ...] = ()
    reports: tuple[RestingReport, ...] = ()


def resting(folder: Path, items: Sequence[Item]) -> tuple[Resting, ...]:
    """What rests on each of some records.

    Raises
    ------
    InputError
        A table of the review that cannot be read.
    """
    if not items:
        return ()
    from hilum.evidence import read_evidence

    records = _records(folder)
    extracted = _extracted(folder, records)
    reports = _reports(folder, records)
    known = {one: _ids(one.doi, one.pmid) | _named(one) for one in items}
    record = read_evidence(None) if any(known.values()) else None
    return tuple(
        _of(one, ids, None if not ids else record, extracted, reports) for one, ids in known.items()
    )


def _ids(doi: str | None, pmid: str | None) -> Ids:
    pairs = zip(SCHEMES, ((doi or "").strip().lower(), (pmid or "").strip()), strict=True)
    return frozenset(pair for pair in pairs if pair[1])


def _named(one: Item) -> Ids:
    """The papers that a notice names."""
    from hilum.literature.searches.came import named_by

    return frozenset(named_by(one))


def _of(
    one: Item, ids: Ids, record: Evidence | None, extracted: list[tuple[str, Ids]],
    reports: list[tuple[RestingReport, Ids]],
) -> Resting:  # fmt: skip
    found: tuple[str, ...] = ()
    answers: tuple[RestingAnswer, ...] = ()
    if record is not None:
        found = tuple(s.study_id for s in record.studies if _ids(s.doi, s.pmid) & ids)
        answers = tuple(_answers(record, set(found))) if found else ()
    return Resting(
        service=one.service,
        record_id=one.record_id,
        sought=bool(ids),
        studies=found,
        answers=answers,
        rows=tuple(name for name, own in extracted if own & ids),
        reports=tuple(dict.fromkeys(report for report, own in reports if own & ids)),
    )


def _answers(record: Evidence, studies: set[str]) -> list[RestingAnswer]:
    """Answers for anybody into which a study goes."""
    from hilum.answers import treatments
    from hilum.sheet.cells_part import ANYBODY, answers_of
    from hilum.sheet.comparisons_part import compared_by_ratio

    modalities = {
        part for arm in record.arms if arm.study_id in studies for part in arm.modality.split("+")
    }
    whom = {"site": ANYBODY.site, "grade": ANYBODY.grade, "line": ANYBODY.line}
    found = [
        RestingAnswer(treatment=name, comparator=None, outcome=outcome, evidence_kind=None, **whom)
        for name, made in treatments().items()
        if modalities & set(made.modalities)
        for outcome, answer in answers_of(record, name, ANYBODY).items()
        if studies & {figure.study_id for figure in answer.studies}
    ]
    found += [
        RestingAnswer(treatment=one.treatment, comparator=one.comparator, outcome=one.outcome,
                      evidence_kind=one.kind, **whom)
        for one in compared_by_ratio(record, ANYBODY)
        if studies & {trial.study_id for trial in one.trials}
    ]  # fmt: skip
    return list(dict.fromkeys(found))


def _records(folder: Path) -> dict[str, Ids]:
    """Identifiers of every record that the review imported, copies too."""
    from hilum.literature.review.state import is_review, read_review, rows_of

    if not is_review(folder):
        return {}
    return {
        row.get("id", ""): _ids(row.get("doi"), row.get("pmid"))
        for one in read_review(folder).imports
        for row in rows_of(folder / "records" / f"{one.code}.csv")
    }


def _reports(folder: Path, records: dict[str, Ids]) -> list[tuple[RestingReport, Ids]]:
    """Records of the review and how far each got; one reviewer's word is enough to name it."""
    if not records:
        return []
    from hilum.analyses.flow import FlowAsked, run
    from hilum.literature.screening.review_records import heads_of

    reached: dict[str, str] = {}
    boxes = run(FlowAsked(folder=str(folder), reviewers=1)).boxes
    for code, said in REACHED.items():
        for head in (head for box in boxes if box.code == code for head in box.records):
            reached.setdefault(head, said)
    heads = heads_of(folder)
    return [
        (RestingReport(record_id=heads[one], reached=reached.get(heads[one], SCREENED)), ids)
        for one, ids in records.items()
    ]


def _extracted(folder: Path, records: dict[str, Ids]) -> list[tuple[str, Ids]]:
    """Studies that the review's extractors wrote down, with their identifiers."""
    from hilum.literature.extraction.rows import extractors_of, read_rows

    names = extractors_of(folder)
    return [
        (f"{row.get('study_id', '')} ({name})",
         _ids(row.get("doi"), row.get("pmid")) | records.get(row.get("record_id", ""), Ids()))
        for name in names
        for row in read_rows(folder, name)["studies"]
    ]  # fmt: skip
