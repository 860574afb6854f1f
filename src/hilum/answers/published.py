"""The cells held against published syntheses: do the intervals touch, and if not, why."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from importlib.resources import files
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from hilum.answers.candidates import Index, index
from hilum.answers.cell import Cell
from hilum.answers.patient import treatment_cells
from hilum.answers.pool import own_interval
from hilum.answers.question import Question
from hilum.answers.tables import outcomes, treatments
from hilum.errors import Fault, InputError, phrased
from hilum.tabular.quoting import csv_faults
from hilum.tabular.small import small_text
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.evidence import Evidence
    from hilum.watch import Watch

Interval = tuple[float, float]
TABLE, REASONS = "published.csv", "published_reasons.csv"
COLUMNS = ("treatment", "outcome", "time_months", "site", "value", "ci_low", "ci_high", "source")
# A printed whole number may be half a unit away from what was computed.
ROUNDING = 0.5
CODES = {
    "other_criteria": "judged by other criteria",
    "no_interval": "the synthesis prints no interval",
    "no_such_cell": "treatments together that the board keeps apart",
    "ambiguous_source": "the synthesis does not say what its figure is of",
    "few_studies_here": "the tables hold fewer studies than the synthesis",
    "other_patients": "the synthesis is of other patients",
}
"""Why a cell and a synthesis may differ; the only reasons that a table may give."""
# Patients of a synthesis, by its site: the cell's site, grade and line.
PATIENTS = {
    "mixed": ("any", "G1-2", "any"),
    "pancreas": ("pancreas", "G1-2", "any"),
    "small_bowel": ("small_bowel", "G1-2", "any"),
    "NEC": ("any", "NEC", "any"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a cell does not touch a synthesis; ``reviewed_by`` a person, or a draft."""

    code: str
    note: str
    reviewed_by: str | None


@dataclass(frozen=True, slots=True)
class Published:
    """One figure of a published synthesis; percent or months, ``ends`` as printed."""

    published_id: str
    row: int
    treatment: str
    outcome: str
    time_months: float | None
    site: str
    value: str
    ends: Interval
    source: str


@dataclass(frozen=True, slots=True)
class Held:
    """A published figure held against its cell.

    ``ours`` is the cell's interval, or the range of its studies; ``touches`` whether both have
    a point in common. ``reason`` says why they have none, where a table says it.
    """

    published: Published
    cell: Cell | None
    ours: Interval | None
    touches: bool
    reason: Reason | None


def held_against_published(
    evidence: Evidence | Index, folder: str | Path | None = None, watch: Watch = SILENT
) -> list[Held]:
    """Every published figure of a folder (the shipped ones when omitted) beside its cell.

    Raises
    ------
    InputError
        With every fault of the two tables.
    Stopped
        When the watch says so.
    """
    found = evidence if isinstance(evidence, Index) else index(evidence)
    figures, reasons = read_published(folder)
    held: list[Held] = []
    watch.stage("cells", len(figures))
    for one in figures:
        asked = _question(one)
        ours = as_printed_cell(asked, found) if asked is not None else None
        span = interval_of(ours) if ours is not None else None
        touches = span is not None and span[0] <= one.ends[1] and one.ends[0] <= span[1]
        held.append(Held(one, ours, span, touches, reasons.get(one.published_id)))
        watch.done()
    return held


def as_printed_cell(asked: Question, found: Index) -> Cell:
    """The cell as the sheet prints it: survival from its curve, contradictions taken away."""
    cells = treatment_cells(
        found, asked.treatment, asked.site, asked.grade, asked.line, asked.switches
    )
    return cells[asked.outcome]


def interval_of(one: Cell) -> Interval | None:
    """What a cell says lies within: its interval, else the range of its studies."""
    if one.ci is not None:
        return one.ci
    if one.form == "single":
        # An interval too wide to be printed still says what the study allows.
        return own_interval(one.studies[0], one.question.asked) or one.range
    return one.range


def _question(one: Published) -> Question | None:
    site, grade, line = PATIENTS[one.site]
    key = _keys().get((one.outcome, one.time_months))
    if one.treatment not in treatments() or key is None:
        return None
    return Question(one.treatment, key, site, grade, line)


def _keys() -> dict[tuple[str, float | None], str]:
    return {(str(one.outcome), one.time_months): key for key, one in outcomes().items()}


def read_published(
    folder: str | Path | None = None,
) -> tuple[list[Published], Mapping[str, Reason]]:
    """The published figures and the reasons where a cell does not touch one.

    Raises
    ------
    InputError
        With every fault of both tables.
    """
    faults: list[Fault] = []
    rows = _rows(folder, TABLE, faults)
    absent = [name for name in COLUMNS if rows and name not in rows[0][1]]
    faults += [Fault(TABLE, 1, name, "", "this column in the header") for name in absent]
    figures = [] if absent else [one for line in rows if (one := _figure(*line, faults))]
    reasons: dict[str, Reason] = {}
    for line, row in _rows(folder, REASONS, faults, optional=True):
        code = row.get("reason", "")
        if not row.get("published_id"):
            faults.append(Fault(REASONS, line, "published_id", "", "the id of a published figure"))
        elif code not in CODES:
            faults.append(
                Fault(
                    REASONS, line, "reason", code, phrased("one of {known}", known=", ".join(CODES))
                )
            )
        elif not row.get("note"):
            faults.append(Fault(REASONS, line, "note", "", "a note that says why"))
        else:
            reviewed = row.get("reviewed_by") or None
            reasons[row["published_id"]] = Reason(code, row["note"], reviewed)
    if faults:
        raise InputError(*faults)
    return figures, reasons


def _rows(
    folder: str | Path | None, name: str, faults: list[Fault], *, optional: bool = False
) -> list[tuple[int, dict[str, str]]]:
    root = files("hilum.evidence").joinpath("netlm") if folder is None else Path(folder)
    try:
        text = small_text(root.joinpath(name))
    except FileNotFoundError:
        if not optional:
            faults.append(
                Fault(name, None, "file", str(root), phrased("a table called {name}", name=name))
            )
        return []
    except (OSError, UnicodeDecodeError) as error:
        faults.append(
            Fault(
                name, None, "file", str(root), phrased("readable UTF-8 text ({error})", error=error)
            )
        )
        return []
    reader = csv.DictReader(StringIO(text, newline=""), strict=True)
    try:
        return [(reader.line_num, {k: v or "" for k, v in row.items() if k}) for row in reader]
    except csv.Error as error:
        faults += csv_faults(text, name, reader.line_num, error)
        return []


def _figure(line: int, row: dict[str, str], faults: list[Fault]) -> Published | None:
    before = len(faults)
    time = _number(line, "time_months", row["time_months"], faults)
    low = _number(line, "ci_low", row["ci_low"], faults)
    high = _number(line, "ci_high", row["ci_high"], faults)
    parts = [_number(line, "value", part, faults) for part in row["value"].split("-")]
    values = [part for part in parts if part is not None]
    if not values and len(faults) == before:
        faults.append(Fault(TABLE, line, "value", row["value"], "a number, or two with a hyphen"))
    if row["site"] not in PATIENTS:
        faults.append(
            Fault(
                TABLE,
                line,
                "site",
                row["site"],
                phrased("one of {known}", known=", ".join(PATIENTS)),
            )
        )
    if len(faults) > before:
        return None
    ends = (values[0] - ROUNDING, values[-1] + ROUNDING)
    if low is not None and high is not None:
        ends = (low, high)
    return Published(
        row.get("published_id") or f"row-{line}",
        line,
        row["treatment"],
        row["outcome"],
        time,
        row["site"],
        row["value"],
        ends,
        row["source"],
    )


def _number(line: int, column: str, text: str, faults: list[Fault]) -> float | None:
    if not text.strip():
        return None
    try:
        return float(text)
    except ValueError:
        faults.append(Fault(TABLE, line, column, text, "a number"))
        return None
