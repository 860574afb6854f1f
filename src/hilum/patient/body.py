"""The body of a patient, as standard liver volumes need it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.patient.volumetry import Body

if TYPE_CHECKING:
    from hilum.patient.case import Case


def body_of(case: Case) -> Body:
    """Height, weight, surface and sex of a case, as standard volumes need them."""

    def number(name: str) -> float | None:
        value = case.get(name)
        return float(value) if isinstance(value, int | float) else None

    sex = case.get("sex")
    male = None if sex not in ("male", "female") else sex == "male"
    return Body(number("height_cm"), number("weight_kg"), number("bsa_m2"), male)
