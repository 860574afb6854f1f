"""A plan of resection tried on a case: what it leaves, and what the rules then say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hilum.patient.body import body_of
from hilum.patient.case import read_case
from hilum.patient.liver.search import search_plans
from hilum.patient.liver.taken import with_measured
from hilum.sheet.judged import judged
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.patient.liver.held import HeldLiver
    from hilum.patient.liver.plan import Plan, Remnant
    from hilum.patient.liver.search import Search
    from hilum.patient.tables import Tables
    from hilum.sheet.sheet import Sheet
    from hilum.sheet.sheet_verdict import ResectabilityPart
    from hilum.watch import Watch


@dataclass(frozen=True, slots=True, eq=False)
class Tried:
    """A plan on a case; ``content`` is the case as it would be kept, ``condition`` its liver's."""

    remnant: Remnant | None
    content: dict[str, Any]
    sheet: Sheet
    condition: str


@dataclass(frozen=True, slots=True, eq=False)
class TriedPlans:
    """What a search found, each plan with the answer to whether the liver can be resected."""

    search: Search
    answers: tuple[ResectabilityPart, ...]

    @property
    def verdicts(self) -> tuple[str, ...]:
        """The answers alone."""
        return tuple(one.verdict for one in self.answers)


def tried(case: Mapping[str, Any], liver: HeldLiver, plan: Plan | None, tables: Tables) -> Tried:
    """Try a plan, or the measured liver alone, on a case.

    Raises
    ------
    InputError
        A plan that names what is not there.
    """
    before = read_case(case, tables=tables)
    remnant = None if plan is None else liver.remnant(plan, body_of(before))
    content = with_measured(case, liver.findings(remnant), tables)
    said = before.get("liver_condition")
    condition = said if isinstance(said, str) else "normal"
    return Tried(remnant, content, judged(content, tables), condition)


def searched(
    case: Mapping[str, Any],
    liver: HeldLiver,
    margin_mm: float,
    tables: Tables,
    watch: Watch = SILENT,
) -> TriedPlans:
    """Plans that treat most lesions and that no other beats, each tried on the case.

    Raises
    ------
    InputError
        An impossible margin.
    NotEstimable
        Without segments or lesions there is nothing to search.
    Stopped
        When the watch says so.
    """
    patient = read_case(case, tables=tables)
    said = patient.get("liver_condition")
    found = search_plans(
        liver.anatomy,
        liver.measurement.lesions,
        margin_mm=margin_mm,
        body=body_of(patient),
        condition=said if isinstance(said, str) else None,
        parts=liver.parts(margin_mm, watch=watch)[0],
        watch=watch,
    )
    watch.stage("verdicts", len(found.candidates))
    answers: list[ResectabilityPart] = []
    for one in found.candidates:
        answers.append(tried(case, liver, one.plan, tables).sheet.resectability)
        watch.done()
    return TriedPlans(found, tuple(answers))
