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
class Resting:
    """What rests on one record of a service.

    ``studies`` are those of the shipped evidence, ``rows`` studies that this review extracted, with
    who did. ``sought`` says whether the record has a DOI or a PMID by which they were looked for.
    """

    service: str
    record_id: str
    sought: bool
    studies: tuple[str, ...] = ()
    answers: tuple[RestingAnswer, ...] = ()
    rows: tuple[str, ...] = ()


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

    extracted = _extracted(folder)
    known = {one: _ids(one.doi, one.pmid) | _named(one) for one in items}
    record = read_evidence(None) if any(known.values()) else None
    return tuple(
        _of(one, ids, None if not ids else record, extracted) for one, ids in known.items()
    )


def _ids(doi: str | None, pmid: str | None) -> Ids:
    pairs = zip(SCHEMES, ((doi or "").strip().lower(), (pmid or "").strip()), strict=True)
    return frozenset(pair for pair in pairs if pair[1])


def _named(one: Item) -> Ids:
    """The papers that a notice names."""
    return frozenset(("doi" if "/" in each else "pmid", each) for each in one.about)


def _of(one: Item, ids: Ids, record: Evidence | None, extracted: list[tuple[str, Ids]]) -> Resting:
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


def _extracted(folder: Path) -> list[tuple[str, Ids]]:
    """Studies that the review's extractors wrote down, with their identifiers."""
    from hilum.literature.extraction.rows import extractors_of, read_rows
    from hilum.literature.review.state import is_review, read_review, rows_of

    names = extractors_of(folder)
    if not names:
        return []
    records: dict[str, Ids] = {}
    if is_review(folder):
        for one in read_review(folder).imports:
            for row in rows_of(folder / "records" / f"{one.code}.csv"):
                records[row.get("id", "")] = _ids(row.get("doi"), row.get("pmid"))
    return [
        (f"{row.get('study_id', '')} ({name})",
         _ids(row.get("doi"), row.get("pmid")) | records.get(row.get("record_id", ""), Ids()))
        for name in names
        for row in read_rows(folder, name)["studies"]
    ]  # fmt: skip
