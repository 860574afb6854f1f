"""The board: one patient and the record, asked; the tumour-board sheet, answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from hilum.analyses.asked import Option, check
from hilum.errors import Fault, InputError
from hilum.sheet.sheet import Sheet
from hilum.watch import SILENT

if TYPE_CHECKING:
    from hilum.watch import Watch


# No name stands in it: an error may be logged.
ANOTHER = (
    "a sheet of the same patient; it bears another name, number or sex, so that nothing is "
    "compared (--another-name where only the name changed)"
)


def joint_outcomes() -> tuple[str, ...]:
    """Outcomes that the joint model is made for."""
    from hilum.answers.joint_rows import JOINT_OUTCOMES

    return tuple(JOINT_OUTCOMES)


@dataclass(frozen=True, kw_only=True)
class BoardAsked:
    """A case (a file, or the same as a mapping) and what the sheet is made from."""

    case: Path | Mapping[str, Any]
    evidence: Annotated[
        Path | None, Option("Folder of evidence tables instead of the shipped ones.")
    ] = None
    without_derived: Annotated[
        bool, Option("Leave out events computed from a printed percentage.")
    ] = False
    certainty: Annotated[
        Path | None,
        Option("Changes of certainty by a person (TOML or CSV), each with its reason."),
    ] = None
    appraisals: Annotated[
        Path | None,
        Option("Appraisals (CSV); else appraisals.csv of the --evidence folder."),
    ] = None
    joint: Annotated[
        tuple[str, ...],
        Option(
            "Outcome (may be repeated) for which the joint model is fitted now, a minute each, "
            "where no posterior of this record is kept; that of the shipped evidence is.",
            joint_outcomes,
        ),
    ] = ()
    rules: Annotated[
        Path | None,
        Option("Folder of a hospital's own rows, laid over the shipped rules."),
    ] = None
    compare: Annotated[
        Path | None,
        Option("Older sheet of the patient (JSON): say what changed since then, and why."),
    ] = None
    another_name: Annotated[
        bool,
        Option(
            "Compare although the older sheet bears another name, number or sex: the name "
            "changed, the patient did not."
        ),
    ] = False
    settings: Annotated[
        Path | None,
        Option("The board's own order of treatments and outcomes (TOML); else the user's own."),
    ] = None

    def __post_init__(self) -> None:
        """Refuse an outcome that the joint model is not made for."""
        check(self)


def run(asked: BoardAsked, watch: Watch = SILENT) -> Sheet:
    """Make the sheet.

    Raises
    ------
    InputError
        A case, a table or a label map that is not understood; an older sheet that bears another
        name, number or sex, unless ``another_name`` says that it is of the same patient.
    MissingExtra
        The case names label maps, or ``joint`` is asked for, without the extra that it needs.
    Stopped
        When the watch says so.
    """
    from hilum.sheet import board

    sheet = board(
        asked.case,
        asked.evidence,
        include_derived=not asked.without_derived,
        certainty=asked.certainty,
        appraisals=asked.appraisals,
        joint=asked.joint,
        rules=asked.rules,
        compare=asked.compare,
        settings=asked.settings,
        watch=watch,
    )
    # What moved between two patients would be read as what moved in one.
    if sheet.changes is not None and not sheet.changes.same_patient and not asked.another_name:
        file = asked.compare.name if asked.compare is not None else ""
        raise InputError(Fault(file, None, "case", "", ANOTHER))
    return sheet


__all__ = ["BoardAsked", "Sheet", "run"]
