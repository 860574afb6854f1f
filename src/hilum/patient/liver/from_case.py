"""The label maps of a case: measured, planned, searched, and what follows for the case."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError, NotEstimable
from hilum.patient.case import Case, Fact
from hilum.patient.doses import Doses, doses, target_volumes
from hilum.patient.liver.anatomy import SEGMENTS, Anatomy, Notice
from hilum.patient.liver.measure import LiverMeasurement, measure_liver
from hilum.patient.liver.plan import Plan, Remnant, parse_segments, plan_remnant
from hilum.patient.liver.read import read_liver
from hilum.patient.liver.search import Search, search_plans
from hilum.patient.liver.tally import Tally, tally
from hilum.patient.tables import read_tables
from hilum.patient.values import Range
from hilum.patient.volumetry import Body, Growth, growth, standard_volumes

if TYPE_CHECKING:
    from hilum.patient.imaging import Imaging
    from hilum.patient.values import Value

ORIGIN = ("imaging",)
# A share of the remnant given by hand stands: a measured volume would overrule it.
REMNANT_SHARES = frozenset({"flr_percent", "flr_percent_slv", "flr_percent_ct"})
# Margin of the search where the case names none; the sheet says which was used.
SEARCH_MARGIN_MM = 5.0


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A value given in the case that differs from what was measured; the given one is used."""

    attribute: str
    given: Value
    measured: Value


@dataclass(frozen=True, slots=True, eq=False)
class LiverFindings:
    """Everything that the label maps of a case gave."""

    measurement: LiverMeasurement
    remnant: Remnant | None
    search: Search | None
    growth: Growth | None
    doses: Doses | None
    disagreements: tuple[Disagreement, ...]
    notices: tuple[Notice, ...]
    has_veins: bool
    picture: bytes | None


def body_of(case: Case) -> Body:
    """Height, weight, surface and sex of a case, as standard volumes need them."""

    def number(name: str) -> float | None:
        value = case.get(name)
        return float(value) if isinstance(value, int | float) else None

    sex = case.get("sex")
    male = None if sex not in ("male", "female") else sex == "male"
    return Body(number("height_cm"), number("weight_kg"), number("bsa_m2"), male)


def with_imaging(case: Case, *, picture: bool = True) -> tuple[Case, LiverFindings | None]:
    """Read, measure and plan what ``[imaging]`` names, and add it to the case.

    What was given by hand stays and is compared; everything else follows from the measured facts
    in the same way as from stated ones.

    Raises
    ------
    InputError
        When a label map or the plan is not what was expected.
    MissingExtra
        When the readers are not installed.
    """
    if case.imaging is None:
        return case, None
    imaging, body = case.imaging, body_of(case)
    anatomy = read_liver(
        imaging.labels,
        presets=imaging.presets or None,
        mapping=imaging.mapping,
        lesions=imaging.lesions,
        series=imaging.series,
        outside=imaging.outside,
        spacing=imaging.spacing,
    )
    found = measure_liver(anatomy)
    notices = list(found.notices)
    remnant, parts, plan = None, None, None
    if imaging.has_plan:
        plan = _plan(imaging, found)
        parts = tally(anatomy, plan.margin_mm, plane=plan.plane, drawn_remnant=plan.drawn_remnant)
        remnant = plan_remnant(
            anatomy,
            plan,
            body=body,
            formula=imaging.formula,
            mean_error_percent=imaging.segmentation_error_percent,
            parts=parts,
        )
        if remnant.sflr_percent is None:
            notices.append(Notice("no_body_size"))
    grown = None
    if imaging.before is not None:
        grown = _growth(imaging, plan, remnant, body)
    findings = LiverFindings(
        measurement=found,
        remnant=remnant,
        search=_search(case, anatomy, found, body, parts),
        growth=grown,
        doses=_doses(case, found, body),
        disagreements=(),
        notices=tuple(notices),
        has_veins=anatomy.vessels is not None,
        picture=_picture(anatomy, parts, plan) if picture else None,
    )
    filled, disagreements = fill(case, findings)
    return filled, replace(findings, disagreements=disagreements)


def fill(case: Case, findings: LiverFindings) -> tuple[Case, tuple[Disagreement, ...]]:
    """The case with the measured facts, and where they differ from given ones."""
    given = tuple(fact for fact in case.facts if fact.origin != ORIGIN)
    by_hand = {fact.name: fact.value for fact in given}
    attributes = read_tables().attributes
    facts = list(given)
    differ: list[Disagreement] = []
    for name, value in measured_facts(findings).items():
        if name not in by_hand:
            # A percentage given by hand would be overruled by volumes: they stay out beside it.
            if name != "flr_volume_ml" or not by_hand.keys() & REMNANT_SHARES:
                facts.append(Fact(name, value, attributes[name].unit, origin=ORIGIN))
        elif _differ(by_hand[name], value):
            differ.append(Disagreement(name, by_hand[name], value))
    remnant = findings.remnant
    flr = by_hand.get("flr_percent")
    if remnant is not None and flr is not None and _differ(flr, remnant.flr_percent):
        differ.append(Disagreement("flr_percent", flr, remnant.flr_percent))
    return replace(case, facts=tuple(facts)), tuple(differ)


def measured_facts(findings: LiverFindings) -> dict[str, Value]:
    """Attributes of the case that the label maps determine.

    Whether the remnant suffices follows from its volume by the derivations, as for a typed one.
    """
    found, remnant = findings.measurement, findings.remnant
    facts: dict[str, Value] = {
        "total_liver_volume_ml": found.liver_ml,
        "tumour_volume_ml": found.tumour_ml,
        "liver_burden_percent": found.burden_percent,
    }
    if found.lesions:
        facts["lesion_count"] = float(len(found.lesions))
        longest = found.lesion_max_mm
        if longest is not None:
            facts["lesion_max_mm"] = longest
        sites = {name for one in found.lesions for name in one.segments}
        if sites:
            facts["lesion_sites"] = frozenset(name for name in SEGMENTS if name in sites)
        if found.distribution.sides is not None:
            facts["unilobar_bilobar"] = found.distribution.sides
        if found.distribution.type is not None:
            facts["distribution"] = found.distribution.type
    if remnant is not None:
        facts["flr_volume_ml"] = remnant.flr_ml
        if remnant.tumour_resected_percent is not None:
            facts["resectable_fraction_percent"] = remnant.tumour_resected_percent
        if remnant.tumour_cleared_percent is not None:
            facts["debulkable_fraction_percent"] = remnant.tumour_cleared_percent
            facts["all_lesions_treatable"] = not remnant.lesions_left
    if findings.growth is not None:
        facts["kinetic_growth_rate_percent_per_week"] = findings.growth.kinetic_growth_rate
        facts["degree_of_hypertrophy_percent"] = findings.growth.degree_of_hypertrophy
    if findings.doses is not None:
        facts["lung_shunt_dose_gy"] = findings.doses.lung_gy
        facts["lung_activity_gbq"] = findings.doses.lung_activity_gbq
    return facts


def _differ(given: Value, measured: Value) -> bool:
    if isinstance(given, bool) or isinstance(measured, bool):
        return given != measured
    if isinstance(given, Range) and isinstance(measured, int | float):
        return not given.low <= measured <= given.high
    if isinstance(given, int | float) and isinstance(measured, int | float):
        # Figures typed by hand are rounded.
        return abs(given - measured) > max(0.05 * abs(measured), 0.5)
    return given != measured


def _plan(imaging: Imaging, found: LiverMeasurement) -> Plan:
    ids = tuple(one.id for one in found.lesions)

    def numbers(wanted: tuple[int, ...] | str) -> tuple[int, ...]:
        return ids if isinstance(wanted, str) else wanted

    return Plan(
        segments=parse_segments(imaging.resect) if imaging.resect else (),
        wedge=numbers(imaging.wedge),
        ablate=numbers(imaging.ablate),
        margin_mm=imaging.margin_mm or 0.0,
        plane=imaging.plane,
        drawn_remnant=imaging.drawn_remnant,
    )


def _growth(imaging: Imaging, plan: Plan | None, remnant: Remnant | None, body: Body) -> Growth:
    standard = standard_volumes(body).get("vauthey")
    if plan is None or remnant is None or standard is None or imaging.before is None:
        expected = "a plan (resect, ...) and height and weight, to measure growth of the remnant"
        raise InputError(Fault("imaging", None, "before", "", expected))
    before = imaging.before
    first = read_liver(before.labels, presets=before.presets or None, spacing=before.spacing)
    earlier = plan_remnant(first, plan).flr_ml
    if earlier <= 0:
        raise InputError(Fault("imaging", None, "before", "0 mL", "a remnant above 0 mL"))
    return growth(earlier, remnant.flr_ml, standard, imaging.before.weeks)


def _search(
    case: Case, anatomy: Anatomy, found: LiverMeasurement, body: Body, parts: Tally | None
) -> Search | None:
    imaging = case.imaging
    if imaging is None or not imaging.search or anatomy.segments is None or not found.lesions:
        return None
    condition = case.get("liver_condition")
    margin = SEARCH_MARGIN_MM if imaging.margin_mm is None else imaging.margin_mm
    same = parts is not None and parts.margin_mm == margin and not parts.beyond.any()
    try:
        return search_plans(
            anatomy,
            found.lesions,
            margin_mm=margin,
            body=body,
            condition=condition if isinstance(condition, str) else None,
            parts=parts if same else None,
        )
    except NotEstimable:
        return None


def _doses(case: Case, found: LiverMeasurement, body: Body) -> Doses | None:
    tare = None if case.imaging is None else case.imaging.tare
    if tare is None:
        return None
    shunt = case.get("lung_shunt_fraction_percent")
    if not isinstance(shunt, int | float):
        expected = "lung_shunt_fraction_percent in [patient], to compute doses"
        raise InputError(Fault("imaging", None, "tare", "", expected))
    target_ml, tumour_ml = target_volumes(found, tare.target)
    return doses(
        product=tare.product,
        target_ml=target_ml,
        tumour_ml=tumour_ml,
        shunt_percent=float(shunt),
        dose_gy=tare.dose_gy,
        activity_gbq=tare.activity_gbq,
        bsa_m2=body.surface_m2,
        tn_ratio=tare.tn_ratio,
        lung_mass_kg=tare.lung_mass_kg,
    )


def _picture(anatomy: Anatomy, parts: Tally | None, plan: Plan | None) -> bytes:
    from hilum.patient.liver.picture import draw

    return draw(anatomy, parts, plan)
