"""A measured liver and a plan taken into a case: what is written, what makes room for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hilum.patient.form import Written, with_written
from hilum.patient.liver.from_case import REMNANT_SHARES, measured_facts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.patient.liver.conduct import LiverFindings
    from hilum.patient.tables import Tables
    from hilum.patient.values import Value

# Whoever reads the case reads a figure, not a float; far finer than a voxel's outline.
DECIMALS: Final = 2
# Volumes and shares of a remnant that hold for one plan alone.
OF_A_PLAN: Final = frozenset(
    {
        "flr_volume_ml",
        "resectable_fraction_percent",
        "debulkable_fraction_percent",
        "all_lesions_treatable",
    }
)


def with_measured(
    case: Mapping[str, Any], findings: LiverFindings, tables: Tables
) -> dict[str, Any]:
    """The case with what was measured in the place of what it said of the same facts.

    Where a plan was measured, shares of a remnant that the case states go: they are another plan's,
    and follow from the measured volume. Facts that label maps say nothing of stay.
    """
    facts = {name: _written(value) for name, value in measured_facts(findings).items()}
    if findings.remnant is not None:
        facts |= {name: Written() for name in REMNANT_SHARES | OF_A_PLAN if name not in facts}
    return with_written(case, facts, {}, tables)


def _written(value: Value) -> Written:
    """A value as a form sends it."""
    if isinstance(value, bool):
        return Written(str(value).lower())
    if isinstance(value, int | float):
        return Written(f"{round(float(value), DECIMALS):g}" if abs(value) < 1e5 else f"{value:.0f}")
    if isinstance(value, frozenset):
        return Written("\n".join(sorted(str(one) for one in value)))
    return Written(str(value))
