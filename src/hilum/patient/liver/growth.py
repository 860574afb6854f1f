"""Growth of a remnant between two sets of label maps, both read and measured in the same way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError, parameters_renamed
from hilum.patient.liver.anatomy import Anatomy, Notice, places
from hilum.patient.liver.plan import Plan, Remnant, plan_remnant
from hilum.patient.liver.read import read_maps
from hilum.patient.volumetry import Growth, growth, standard_volume

if TYPE_CHECKING:
    from pathlib import Path

    from hilum.patient.liver.wanted import Earlier, Maps, Wanted
    from hilum.watch import Watch


# What the parameters of reading are called for the earlier label maps.
EARLIER = {
    "labels": "before",
    "lesions": "before_lesions",
    "series": "before_series",
    "spacing": "before_spacing",
}


@dataclass(frozen=True, slots=True)
class Grown:
    """A growth, what was found out about both times, and notices of the earlier maps alone."""

    growth: Growth
    notices: tuple[Notice, ...]
    earlier: tuple[Notice, ...]


def growth_since(
    wanted: Wanted, anatomy: Anatomy, plan: Plan | None, remnant: Remnant | None, watch: Watch
) -> Grown:
    """How the remnant of a plan grew since the earlier label maps.

    Remnants are compared without lesions, at both times. The earlier lesions are those that the
    earlier maps name or hold; otherwise the map of lesions of now, where it lies on the grid of
    the earlier maps too, and the result says so.

    Raises
    ------
    InputError
        No plan, no time between, no height and weight, no remnant or no lesions at the earlier
        time: the fault names the parameter.
    """
    earlier = wanted.earlier
    assert earlier is not None
    standard = standard_volume(wanted.body)
    if plan is None or remnant is None or standard is None:
        column = "before" if plan is None or remnant is None else "height"
        expected = "a plan (resect, ...) and height and weight, to measure growth of the remnant"
        raise InputError(Fault("", None, column, "", expected))
    weeks = check_earlier(earlier)
    first, notices, numbered = _earlier(wanted.maps, earlier.maps, anatomy, watch)
    if numbered != (wanted.maps.lesions or wanted.maps.labels) and (plan.wedge or plan.ablate):
        notices = (*notices, Notice("before_numbers"))
    _same_lesions(first, plan)
    before = plan_remnant(first, plan).flr_ml
    if before <= 0:
        raise InputError(Fault("", None, "before", "0 mL", "a remnant above 0 mL"))
    if remnant.flr_ml <= 0:
        raise InputError(Fault("", None, "resect", "0 mL", "a remnant above 0 mL"))
    return Grown(growth(before, remnant.flr_ml, standard, weeks), notices, first.notices)


def _same_lesions(first: Anatomy, plan: Plan) -> None:
    """Refuse a plan around lesions that the earlier liver does not have."""
    absent = {*plan.wedge, *plan.ablate} - set(places(first.lesions))
    if absent:
        shown = ", ".join(str(number) for number in sorted(absent))
        expected = "lesions in the earlier label maps by the numbers that are wedged or ablated"
        raise InputError(Fault("", None, "before_lesions", shown, expected))


def check_earlier(earlier: Earlier) -> float:
    """The weeks between.

    Raises
    ------
    InputError
        No weeks, or no label maps.
    """
    if not earlier.maps.labels:
        raise InputError(Fault("", None, "before", "", "label maps of the earlier time"))
    if earlier.weeks is None or not 0 < earlier.weeks < float("inf"):
        shown = "" if earlier.weeks is None else f"{earlier.weeks:g}"
        expected = "weeks between the two label maps, above 0"
        raise InputError(Fault("", None, "weeks", shown, expected))
    return earlier.weeks


def _earlier(
    now: Maps, maps: Maps, anatomy: Anatomy, watch: Watch
) -> tuple[Anatomy, tuple[Notice, ...], Path | tuple[Path, ...]]:
    """The earlier liver with its lesions, how they became known, and what numbers them."""
    try:
        first = read_maps(maps, watch)
    except InputError as error:
        raise parameters_renamed(error, EARLIER) from None
    if maps.lesions is not None or first.lesions.any() or not anatomy.lesions.any():
        return first, (), maps.lesions or maps.labels
    if now.lesions is None:
        # Read in the same way, the maps of now hold lesions and the earlier ones none.
        return first, (Notice("before_no_lesions"),), maps.labels
    try:
        first = read_maps(replace(maps, lesions=now.lesions), watch)
    except InputError as error:
        if any(fault.column != "geometry" for fault in error.faults):
            raise
        expected = (
            "the lesions of the earlier label maps (without any: an empty map): those of now lie "
            "on another grid, and a remnant is measured without lesions"
        )
        raise InputError(Fault("", None, "before_lesions", "", expected)) from error
    said = Notice("before_same_lesions", (("file", now.lesions.name),))
    return first, (said,), now.lesions
