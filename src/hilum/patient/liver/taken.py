"""A measured liver and a plan taken into a case: what is written, what makes room for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hilum.patient.form import Written, with_written
from hilum.patient.liver.from_case import REMNANT_SHARES, measured_facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hilum.patient.liver.conduct import LiverFindings
    from hilum.patient.tables import Tables
    from hilum.patient.values import Value

# What a measurement carries, in decimals by the unit of the fact: a diameter is read to the
# millimetre, a volume to the millilitre (to a tenth below ten), a share to the percent (to a tenth
# below ten), a rate or a dose to a tenth; what is below one to a hundredth.
WHOLE: Final = frozenset({"mm", "mL", "percent"})
FINE: Final = 10.0
# A figure that a cut-off would part from its own rounding keeps more, up to this many.
MOST_DECIMALS: Final = 6
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
    facts = {
        name: _written(name, value, tables) for name, value in measured_facts(findings).items()
    }
    if findings.remnant is not None:
        facts |= {name: Written() for name in REMNANT_SHARES | OF_A_PLAN if name not in facts}
    return with_written(case, facts, {}, tables)


def carried(value: float, unit: str, cuts: Iterable[float] = ()) -> float:
    """A measured figure with the digits that it carries, on its own side of every cut-off.

    ``unit`` is the fact's. A figure that equals a cut-off keeps it; one that lies beside it is
    written with as many decimals as tell it from the cut-off.
    """
    decimals = 0 if unit in WHOLE and abs(value) >= FINE else 1 if abs(value) >= 1 else 2
    limits = list(cuts)
    for digits in range(decimals, MOST_DECIMALS):
        found = round(value, digits)
        if all((found > cut) == (value > cut) and (found < cut) == (value < cut) for cut in limits):
            return found
    return value


def _written(name: str, value: Value, tables: Tables) -> Written:
    """A value as a form sends it."""
    if isinstance(value, bool):
        return Written(str(value).lower())
    if isinstance(value, int | float):
        cuts = [one for one in tables.cuts.get(name, ()) if isinstance(one, float)]
        found = carried(float(value), tables.attributes[name].unit, cuts)
        return Written(f"{found:.6f}".rstrip("0").rstrip("."))
    if isinstance(value, frozenset):
        return Written("\n".join(sorted(str(one) for one in value)))
    return Written(str(value))
