"""Where an extraction stands: who agrees on what, what is open, what nobody found."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from hilum.analyses.asked import Option, check
from hilum.errors import Fault, InputError
from hilum.literature.extraction.compare import Alone, Difference
from hilum.watch import SILENT

if TYPE_CHECKING:
    from hilum.literature.extraction.compare import Aligned
    from hilum.literature.extraction.forms import Form
    from hilum.literature.extraction.resolved import Accepted
    from hilum.watch import Watch


@dataclass(frozen=True, kw_only=True)
class ExtractionAsked:
    """A review's folder."""

    folder: str
    extractors: Annotated[
        int, Option("Extractors who have to have every row.", at_least=1, at_most=9)
    ] = 2
    reviewers: Annotated[
        int, Option("Reviewers who have to agree on a record.", at_least=1, at_most=9)
    ] = 2
    earlier: Annotated[
        str | None, Option("Folder of the last round, where the review is an update of it.")
    ] = None

    def __post_init__(self) -> None:
        """Refuse values outside their range, all at once."""
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class TableAgreement:
    """Of one table: rows that two or more have, their filled cells, those alike, with Wilson's."""

    table: str
    rows: int
    cells: int
    alike: int
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractionGap:
    """What the form expects and nobody found.

    ``kind`` is ``report`` (an included report that is in no study), ``column`` or ``outcome``;
    ``looked`` where somebody noted that the text does not report it.
    """

    kind: str
    study: str
    arm: str
    name: str
    looked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportStanding:
    """How far a report is: who has a study of it, and what is open of that study.

    Parameters
    ----------
    record : str
    included : bool
        Whether the review includes it.
    studies : tuple of str
        The studies that name it, by their ids in all lists.
    extractors : tuple of str
    state : str
        ``nobody``, ``too_few`` extractors, ``differ`` (a cell or row is open), ``settled`` (nothing
        is, or as many as asked agree), ``resolved`` (settled by a further word).
    open : int
        Cells and rows that wait for a resolution.
    """

    record: str
    included: bool
    studies: tuple[str, ...]
    extractors: tuple[str, ...]
    state: str
    open: int


@dataclass(frozen=True, kw_only=True)
class ExtractionAnswered:
    """Where the extraction stands.

    Parameters
    ----------
    extractors : tuple of str
    studies, arms, results : int
        Rows that are accepted.
    agreement : tuple of TableAgreement
    differences : tuple of Difference
        Cells on which extractors differ and nobody resolved.
    alone : tuple of Alone
        Rows that too few extractors have, and nobody resolved.
    resolved : int
        Cells and rows that were.
    gaps : tuple of ExtractionGap
    faults : tuple of Fault
        What ``hilum evidence check`` would say of the accepted rows.
    reports : tuple of ReportStanding
        Each included report, and each that somebody has extracted.
    """

    extractors: tuple[str, ...]
    studies: int
    arms: int
    results: int
    agreement: tuple[TableAgreement, ...]
    differences: tuple[Difference, ...]
    alone: tuple[Alone, ...]
    resolved: int
    gaps: tuple[ExtractionGap, ...]
    faults: tuple[Fault, ...]
    reports: tuple[ReportStanding, ...]
    asked: ExtractionAsked


def run(asked: ExtractionAsked, watch: Watch = SILENT) -> ExtractionAnswered:
    """Hold the extractors of a review against each other.

    Raises
    ------
    InputError
        No review, nobody who has extracted, or files that cannot be read.
    Stopped
        When the watch says so.
    """
    from hilum.literature.extraction.compare import alike
    from hilum.literature.extraction.forms import form_of
    from hilum.literature.extraction.resolved import read_resolutions
    from hilum.literature.extraction.rows import extractors_of, faults_of

    folder = Path(asked.folder)
    watch.stage("evidence", 1)
    if not folder.is_dir():
        wanted = "a folder that is there"
        raise InputError(Fault(asked.folder, None, "folder", folder.name, wanted))
    rows = rows_by(folder)
    found = accepted_of(folder, asked.extractors, rows)
    tables = found.tables
    included = included_of(folder, asked.reviewers, asked.earlier)
    watch.done()
    return ExtractionAnswered(
        extractors=extractors_of(folder),
        studies=len(tables["studies"]),
        arms=len(tables["arms"]),
        results=len(tables["results"]),
        agreement=tuple(_share(one.table, one.rows, one.cells, one.alike) for one in alike(rows)),
        differences=found.open,
        alone=tuple(Alone(key=one.key, extractors=tuple(one.rows)) for one in found.alone),
        resolved=len(read_resolutions(folder)),
        gaps=(*_reports(included, rows), *gaps_of(rows, form_of(folder))),
        faults=tuple(faults_of(tables)) if tables["studies"] else (),
        reports=_standing(included, rows, found, asked.extractors),
        asked=asked,
    )


def rows_by(folder: Path) -> list[Aligned]:
    """Rows of all extractors, aligned."""
    from hilum.literature.extraction.compare import aligned
    from hilum.literature.extraction.rows import extractors_of, read_rows

    return aligned({who: read_rows(folder, who) for who in extractors_of(folder)})


def accepted_of(folder: Path, needed: int, rows: list[Aligned] | None = None) -> Accepted:
    """What is settled of a review."""
    from hilum.literature.extraction.resolved import accepted, read_resolutions

    return accepted(rows_by(folder) if rows is None else rows, read_resolutions(folder), needed)


def _share(table: str, rows: int, cells: int, same: int) -> TableAgreement:
    from hilum.literature.screening.agreement import wilson

    low, high = wilson(same, cells, 0.95) if cells else (None, None)
    share = same / cells if cells else None
    return TableAgreement(
        table=table, rows=rows, cells=cells, alike=same, share=share, low=low, high=high
    )


def _reports(included: tuple[str, ...], rows: list[Aligned]) -> list[ExtractionGap]:
    """Included reports that no study names."""
    named = _named(rows)
    return [
        ExtractionGap(kind="report", study="", arm="", name=one, looked=False)
        for one in included
        if one not in named
    ]


def _named(rows: list[Aligned]) -> dict[str, dict[str, list[str]]]:
    """By report that a study names: by study, who names it."""
    from hilum.literature.extraction.compare import reports_of

    found: dict[str, dict[str, list[str]]] = {}
    for one in (each for each in rows if each.table == "studies"):
        for who, row in one.rows.items():
            for report in reports_of(row):
                found.setdefault(report, {}).setdefault(row["study_id"], []).append(who)
    return found


def _standing(
    included: tuple[str, ...], rows: list[Aligned], found: Accepted, needed: int
) -> tuple[ReportStanding, ...]:
    """How far each report is."""
    study = {one.key: next(iter(one.rows.values()))["study_id"] for one in rows}
    waiting = Counter(study[one.key] for one in (*found.open, *found.alone))
    settled = {study[key] for key in found.settled if key in study}
    named = _named(rows)
    out: list[ReportStanding] = []
    for record in dict.fromkeys((*included, *named)):
        studies = named.get(record, {})
        who = tuple(dict.fromkeys(one for some in studies.values() for one in some))
        open_ = sum(waiting[one] for one in studies)
        if not who:
            state = "nobody"
        elif len(who) < needed and open_:
            state = "too_few"
        elif open_:
            state = "differ"
        else:
            state = "resolved" if settled & studies.keys() else "settled"
        out.append(
            ReportStanding(
                record=record, included=record in included, studies=tuple(studies),
                extractors=who, state=state, open=open_,
            )
        )  # fmt: skip
    return tuple(out)


def included_of(folder: Path, reviewers: int, earlier: str | None = None) -> tuple[str, ...]:
    """Reports that the review includes; none where nothing was decided."""
    from hilum.analyses.flow import FlowAsked
    from hilum.analyses.flow import run as flow
    from hilum.literature.screening.decisions import read_decisions

    if not read_decisions(folder):
        return ()
    asked = FlowAsked(folder=str(folder), reviewers=reviewers, earlier=earlier)
    boxes = flow(asked).boxes
    return next(one.records for one in boxes if one.code == "included_reports")


def gaps_of(rows: list[Aligned], form: Form) -> list[ExtractionGap]:
    """Columns and outcomes that the form expects and nobody found."""
    out: list[ExtractionGap] = []
    told: dict[str, set[str]] = {}
    for one in rows:
        if one.table != "results":
            study = next(iter(one.rows.values()))["study_id"]
            told.setdefault(study, set()).update(_looked(one))
    for table, names in (("studies", form.studies), ("arms", form.arms)):
        for one in (each for each in rows if each.table == table):
            first = next(iter(one.rows.values()))
            for name in names:
                if any(_said(row.get(name, "")) for row in one.rows.values()):
                    continue
                out.append(
                    ExtractionGap(
                        kind="column", study=first["study_id"], arm=first.get("arm_id", ""),
                        name=name, looked=name in _looked(one),
                    )
                )  # fmt: skip
    figures = {
        (row["study_id"], row["arm_id"], row["outcome"])
        for one in rows if one.table == "results" for row in one.rows.values()
    }  # fmt: skip
    for one in (each for each in rows if each.table == "arms"):
        first = next(iter(one.rows.values()))
        study, arm = first["study_id"], first["arm_id"]
        looked = _looked(one) | told[study]
        out += [
            ExtractionGap(kind="outcome", study=study, arm=arm, name=name, looked=name in looked)
            for name in form.outcomes
            if (study, arm, name) not in figures
        ]
    return out


def _said(cell: str) -> bool:
    """Whether a cell says something; a code that says "not stated" does not."""
    return cell not in ("", "not_stated")


def _looked(one: Aligned) -> set[str]:
    return {
        name.strip(";,")
        for row in one.rows.values()
        for name in row.get("not_reported", "").split()
    }
