"""One cell of the evidence: an outcome of a treatment for one kind of patient."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from hilum.analyses.asked import Option, check
from hilum.analyses.summary import FOLDER
from hilum.sheet.sheet_cells import Answer, AskedPart
from hilum.watch import SILENT

if TYPE_CHECKING:
    from hilum.answers import Switches
    from hilum.errors import Fault
    from hilum.watch import Watch

ONLY = "_only"


def parts_used() -> tuple[str, ...]:
    """What an answer uses unless it is left out."""
    return tuple(name for name in _switches() if not name.endswith(ONLY))


def parts_alone() -> tuple[str, ...]:
    """What an answer may be kept to."""
    return tuple(name.removesuffix(ONLY) for name in _switches() if name.endswith(ONLY))


def _switches() -> tuple[str, ...]:
    from hilum.answers import Switches

    return tuple(one.name for one in fields(Switches))


@dataclass(frozen=True, kw_only=True)
class CellAsked:
    """An outcome of a treatment for patients of a site, a grade and a line.

    ``not_known`` names those of the three that a case leaves open.
    """

    treatment: str
    outcome: str
    site: Annotated[str, Option("any, pancreas, small_bowel, git, lung or other.")] = "any"
    grade: Annotated[str, Option("G1-2, G3_NET or NEC.")] = "G1-2"
    line: Annotated[str, Option("any, first or later.")] = "any"
    without: Annotated[tuple[str, ...], Option("Leave out.", parts_used)] = ()
    only: Annotated[tuple[str, ...], Option("Only these.", parts_alone)] = ()
    evidence: Annotated[Path | None, Option(FOLDER)] = None
    not_known: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse every unknown word at once."""
        from hilum.answers import Question
        from hilum.errors import InputError

        check(self)
        try:
            Question(self.treatment, self.outcome, self.site, self.grade, self.line)
        except InputError as error:
            check(self, *(_of_a_field(fault) for fault in error.faults))

    @property
    def switches(self) -> Switches:
        """What the answer may use."""
        from hilum.answers import Switches

        off: dict[str, bool] = dict.fromkeys(self.without, False)
        return Switches(**off, **{f"{one}{ONLY}": True for one in self.only})


def _of_a_field(fault: Fault) -> Fault:
    return replace(fault, file="")


@dataclass(frozen=True, kw_only=True)
class CellAnswered:
    """The cell with every study in it and left out of it; ``names`` of the studies by id."""

    treatment: str
    outcome: str
    asked: AskedPart
    cell: Answer
    names: dict[str, str]
    question: CellAsked


def run(asked: CellAsked, watch: Watch = SILENT) -> CellAnswered:
    """Answer one cell.

    Raises
    ------
    InputError
        With every fault of the tables.
    Stopped
        When the watch says so.
    """
    from hilum.evidence import read_evidence
    from hilum.sheet.cells_part import answers_of

    watch.stage("evidence", 2)
    record = read_evidence(asked.evidence)
    watch.done()
    part = AskedPart(
        site=asked.site, grade=asked.grade, line=asked.line, not_known=list(asked.not_known)
    )
    found = answers_of(record, asked.treatment, part, asked.switches)[asked.outcome]
    watch.done()
    return CellAnswered(
        treatment=asked.treatment,
        outcome=asked.outcome,
        asked=part,
        cell=found,
        names={one: record.study[one].name for one in sorted(_studies(found) & set(record.study))},
        question=asked,
    )


def _studies(found: Answer) -> set[str]:
    """Studies that the cell speaks of."""
    figures = (*found.studies, *found.left_out, *found.randomised)
    groups = (*found.beside, *([found.wider] if found.wider else []))
    named = {one for figure in figures for one in (figure.study_id, figure.kept) if one}
    return named | {one for group in groups for one in group.studies}
