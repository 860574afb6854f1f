"""Of what a table of the evidence speaks, of whom, and why the map has no average of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hilum.analyses.evidence_whence import why_no_average
from hilum.answers import treatments
from hilum.answers.thresholds import (
    CENTRE_POINTS,
    MIN_PATIENTS,
    MIN_STUDIES,
    WIDEST_SHARE,
)
from hilum.records import found
from hilum.rendering.cell import title_of
from hilum.rendering.evidence_map import outcome_name, whom_of
from hilum.sheet.present import flag_lines

if TYPE_CHECKING:
    from hilum.analyses.evidence_map import MapAnswered, MapCell
    from hilum.analyses.evidence_rows import Rows
    from hilum.analyses.evidence_whence import Followed
    from hilum.language import Words

WHY: Final = {
    "total": "The map adds up the patients and does not average: where arms have no event, the "
    "centre of the studies lies below the risk of the patients seen.",
    "few_studies": "The map does not average: fewer than {studies} studies have a number of "
    "patients that counts.",
    "few_patients": "The map does not average: fewer than {patients} patients.",
    "no_maximum": "The map does not average: these studies have no likeliest average.",
    "wide": "The map does not average: the interval of the average spans more than {points} "
    "points, and so excludes next to nothing.",
    "off": "The map does not average: the average lies more than {away} points from the share of "
    "all patients seen, since small studies pull it away.",
    "unsteady": "The map does not average: the interval of the average is too wide, or its centre "
    "too far from what most patients had.",
}
"""Why the map prints no average."""


@dataclass(frozen=True, slots=True)
class Whence:
    """A table's origin in words.

    ``name`` is treatment and outcome, ``whom`` the patients, ``lines`` what the map says of them
    and what became of the rows; ``warning`` why the map has no average, empty where it has.
    """

    name: str
    whom: str
    lines: tuple[str, ...]
    warning: str

    def title(self, measure: str, words: Words) -> str:
        """Treatment and outcome with the measure that is pooled."""
        return words("{name}: {measure}", name=self.name, measure=measure)


def whence_of(
    cell: MapCell, answer: MapAnswered, rows: Rows, after: Followed | None, words: Words
) -> Whence:
    """The origin of a table that was taken from a cell; ``after`` what became of its rows."""
    whom = words("Patients: {whom}.", whom=whom_of(answer.patient, words))
    lines = [
        whom,
        words("The map: {figure}.", figure=title_of(cell.treatment, cell.outcome, cell.answer,
                                                     words)),
    ]  # fmt: skip
    if rows.without:
        lines.append(words("Studies that print no counts and could not go in: {count}.",
                           count=rows.without))  # fmt: skip
    if after is not None and (after.deleted or after.other):
        lines.append(words(
            "Rows as the evidence has them: {kept}; deleted since: {deleted}; changed or added: "
            "{other}.", kept=after.kept, deleted=after.deleted, other=after.other,
        ))  # fmt: skip
    return Whence(
        name=words(
            "{treatment} · {outcome}",
            treatment=words(treatments()[cell.treatment].label),
            outcome=outcome_name(cell.outcome, words),
        ),
        whom=whom,
        lines=tuple(lines),
        warning=_warning(cell, words),
    )


def _warning(cell: MapCell, words: Words) -> str:
    code = why_no_average(cell.answer, cell.outcome)
    if code is not None:
        return words(
            found(WHY, code, "reason"),
            studies=MIN_STUDIES,
            patients=MIN_PATIENTS,
            points=f"{WIDEST_SHARE:g}",
            away=f"{CENTRE_POINTS:g}",
        )
    return " ".join(flag_lines(cell.answer, words)) if cell.answer.form == "range" else ""


def messages() -> set[str]:
    """Ids that stand in the table."""
    return set(WHY.values())
