"""All cells of one kind of patient, none of which contradicts another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.answers.apart import marked_apart
from hilum.answers.candidates import Index, index
from hilum.answers.cell import Cell, cell, without_line
from hilum.answers.question import Question, Switches
from hilum.answers.survival import survival_cells
from hilum.answers.tables import orders, outcomes, treatments
from hilum.answers.thresholds import CLEARLY_BELOW, ROUNDING
from hilum.evidence.vocabulary import Measure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.evidence import Evidence

PRINTED = ("pooled", "total")


def patient_cells(
    evidence: Evidence | Index,
    site: str = "any",
    grade: str = "G1-2",
    line: str = "any",
    switches: Switches | None = None,
) -> dict[str, dict[str, Cell]]:
    """Every cell of a kind of patient: by treatment, then by outcome.

    Parameters
    ----------
    evidence : Evidence or Index
        The record; indexed once and kept.
    site, grade, line : str
        As in :class:`hilum.answers.Question`.
    switches : Switches, optional
        What the answers may use.
    """
    found = evidence if isinstance(evidence, Index) else index(evidence)
    return {
        name: treatment_cells(found, name, site, grade, line, switches) for name in treatments()
    }


def treatment_cells(
    evidence: Evidence | Index,
    treatment: str,
    site: str = "any",
    grade: str = "G1-2",
    line: str = "any",
    switches: Switches | None = None,
) -> dict[str, Cell]:
    """Every cell of one treatment, by outcome, those that contradict each other as ranges.

    Where a single study's own figure contradicts another, both are kept and flagged ``apart``.
    """
    found = evidence if isinstance(evidence, Index) else index(evidence)
    use = switches or Switches()
    survival = survival_cells(found, treatment, site, grade, line, use)
    cells = {
        key: survival[key]
        if key in survival
        else cell(Question(treatment, key, site, grade, line, use), found)
        for key in outcomes()
    }
    for lower, higher in contradictions(cells):
        for one, other in ((lower, higher), (higher, lower)):
            if cells[one].form == "pooled":
                cells[one] = without_line(cells[one], other)
    return marked_apart(cells)


def contradictions(cells: Mapping[str, Cell]) -> list[tuple[str, str]]:
    """Pairs of printed figures of one treatment that cannot both hold (section 5).

    A later rate must not be above an earlier one, a response not above disease control, time
    without progression not above survival; and a later rate from other studies must fall clearly
    below the earlier one.
    """
    found: list[tuple[str, str]] = []
    for order in orders():
        low, high = cells.get(order.lower), cells.get(order.higher)
        if low is None or high is None or low.form not in PRINTED or high.form not in PRINTED:
            continue
        if low.value is None or high.value is None:
            continue
        above = low.value > high.value + ROUNDING
        rates = low.question.asked.measure is Measure.RATE_AT
        others = {one.study_id for one in low.studies} != {one.study_id for one in high.studies}
        if above or (rates and others and low.value > high.value - CLEARLY_BELOW):
            found.append((order.lower, order.higher))
    return found
