"""The one conductor of a liver: reads, measures, plans, compares, searches, doses and draws.

The commands and a case's ``[imaging]`` go through :func:`conduct`; so do both times of a growth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hilum.errors import NotEstimable
from hilum.patient.doses import Doses, doses, target_volumes
from hilum.patient.liver.anatomy import Anatomy, Notice
from hilum.patient.liver.growth import growth_since
from hilum.patient.liver.measure import LiverMeasurement, measure_liver
from hilum.patient.liver.plan import Plan, Remnant, check_options, plan_remnant
from hilum.patient.liver.read import read_maps
from hilum.patient.liver.search import Search, search_plans
from hilum.patient.liver.tally import Tally, tally
from hilum.watch import SILENT

if TYPE_CHECKING:
    from hilum.patient.liver.wanted import Wanted
    from hilum.patient.values import Value
    from hilum.patient.volumetry import Growth
    from hilum.watch import Watch


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A value given in the case that differs from what was measured; the given one is used."""

    attribute: str
    given: Value
    measured: Value


@dataclass(frozen=True, slots=True, eq=False)
class LiverFindings:
    """Everything that the label maps gave; ``disagreements`` are filled in for a case.

    ``earlier_notices`` are of the earlier label maps alone, where growth was asked for.
    """

    measurement: LiverMeasurement
    remnant: Remnant | None
    search: Search | None
    growth: Growth | None
    doses: Doses | None
    notices: tuple[Notice, ...]
    has_veins: bool
    picture: bytes | None
    earlier_notices: tuple[Notice, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Planned:
    plan: Plan
    parts: Tally
    remnant: Remnant


def conduct(wanted: Wanted, watch: Watch = SILENT) -> LiverFindings:
    """Answer what is asked of one liver.

    Raises
    ------
    InputError
        A label map or a plan is not what was expected; a fault without a file names the
        parameter.
    NotEstimable
        A needed search without segments or lesions.
    MissingExtra
        When the readers are not installed.
    Stopped
        When the watch says so.
    """
    if wanted.operation is not None:
        check_options(wanted.formula, wanted.error_percent)
    anatomy = read_maps(wanted.maps, watch)
    found = measure_liver(anatomy, watch=watch)
    planned = _planned(wanted, anatomy, found, watch)
    grown = None
    if wanted.earlier is not None:
        plan, remnant = (None, None) if planned is None else (planned.plan, planned.remnant)
        grown = growth_since(wanted, anatomy, plan, remnant, watch)
    search, reached = _search(wanted, anatomy, found, planned, watch)
    more: list[Notice] = []
    if planned is not None and planned.remnant.sflr_percent is None:
        more.append(Notice("no_body_size"))
    return LiverFindings(
        measurement=found,
        remnant=None if planned is None else planned.remnant,
        search=search,
        growth=None if grown is None else grown.growth,
        earlier_notices=() if grown is None else grown.earlier,
        doses=_doses(wanted, found),
        notices=(*found.notices, *more, *(() if grown is None else grown.notices)),
        has_veins=anatomy.vessels is not None,
        picture=_picture(wanted, anatomy, planned, search, reached, watch),
    )


def _planned(
    wanted: Wanted, anatomy: Anatomy, found: LiverMeasurement, watch: Watch
) -> _Planned | None:
    if wanted.operation is None or wanted.operation.empty:
        return None
    plan = wanted.operation.plan(tuple(one.id for one in found.lesions))
    parts = tally(
        anatomy, plan.margin_mm, plane=plan.plane, drawn_remnant=plan.drawn_remnant, watch=watch
    )
    remnant = plan_remnant(
        anatomy,
        plan,
        body=wanted.body,
        formula=wanted.formula,
        mean_error_percent=wanted.error_percent,
        parts=parts,
    )
    return _Planned(plan, parts, remnant)


def _search(
    wanted: Wanted,
    anatomy: Anatomy,
    found: LiverMeasurement,
    planned: _Planned | None,
    watch: Watch,
) -> tuple[Search | None, Tally | None]:
    """The search, and the parts that it counted."""
    asked = wanted.search
    if asked is None:
        return None, None
    if not asked.needed and (anatomy.segments is None or not found.lesions):
        return None, None
    parts = None if planned is None else planned.parts
    if parts is None or parts.margin_mm != asked.margin_mm or parts.beyond.any():
        parts = tally(anatomy, asked.margin_mm, watch=watch)
    try:
        searched = search_plans(
            anatomy,
            found.lesions,
            margin_mm=asked.margin_mm,
            body=wanted.body,
            condition=asked.condition,
            ablate_up_to_mm=asked.ablate_up_to_mm,
            parts=parts,
            watch=watch,
        )
    except NotEstimable:
        if asked.needed:
            raise
        return None, None
    return searched, parts


def _doses(wanted: Wanted, found: LiverMeasurement) -> Doses | None:
    asked = wanted.dose
    if asked is None:
        return None
    target_ml, tumour_ml = target_volumes(found, asked.target)
    return doses(
        product=asked.product,
        target_ml=target_ml,
        tumour_ml=tumour_ml,
        shunt_percent=asked.shunt_percent,
        dose_gy=asked.dose_gy,
        activity_gbq=asked.activity_gbq,
        bsa_m2=wanted.body.surface_m2,
        tn_ratio=asked.tn_ratio,
        lung_mass_kg=asked.lung_mass_kg,
    )


def _picture(
    wanted: Wanted,
    anatomy: Anatomy,
    planned: _Planned | None,
    search: Search | None,
    reached: Tally | None,
    watch: Watch,
) -> bytes | None:
    if not wanted.picture:
        return None
    from hilum.patient.liver.picture import draw

    watch.stage("drawing", 1)
    parts, plan = (None, None) if planned is None else (planned.parts, planned.plan)
    if plan is None and wanted.search is not None and wanted.search.needed and search is not None:
        # A search was all that was asked: its plan with the largest remnant is shown.
        parts = reached
        plan = search.candidates[-1].plan if search.candidates else None
    image = draw(anatomy, parts, plan)
    watch.done()
    return image
