"""The label maps of a case: asked of the conductor, and what follows for the case."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError, renamed
from hilum.patient.body import body_of
from hilum.patient.case import Case, Fact
from hilum.patient.liver.anatomy import SEGMENTS
from hilum.patient.liver.conduct import Disagreement, LiverFindings, conduct
from hilum.patient.liver.wanted import (
    SEARCH_MARGIN_MM,
    DoseFor,
    Earlier,
    Maps,
    Operation,
    SearchFor,
    Wanted,
)
from hilum.patient.tables import read_tables
from hilum.patient.values import Range
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Generator

    from hilum.patient.imaging import Imaging
    from hilum.patient.values import Value
    from hilum.watch import Watch

ORIGIN = ("imaging",)
# A share of the remnant given by hand stands: a measured volume would overrule it.
REMNANT_SHARES = frozenset({"flr_percent", "flr_percent_slv", "flr_percent_ct"})
# What a case calls the parameters of the conductor.
KEYS = {
    "margin": "margin_mm",
    "error": "segmentation_error_percent",
    "before": "before.labels",
    "before_lesions": "before.lesions",
    "before_series": "before.series",
    "before_spacing": "before.spacing",
    "weeks": "before.weeks",
    **{name: f"tare.{name}" for name in ("product", "target", "dose_gy", "activity_gbq")},
    **{name: f"tare.{name}" for name in ("tn_ratio", "lung_mass_kg")},
}
# And those that stand in ``[patient]``.
OF_PATIENT = {
    "height": "height_cm",
    "bsa_m2": "height_cm",
    "shunt_percent": "lung_shunt_fraction_percent",
}


def with_imaging(
    case: Case, *, picture: bool = True, watch: Watch = SILENT
) -> tuple[Case, LiverFindings | None]:
    """Read, measure and plan what ``[imaging]`` names, and add it to the case.

    What was given by hand stays and is compared; everything else follows from the measured facts
    in the same way as from stated ones.

    Raises
    ------
    InputError
        When a label map or the plan is not what was expected.
    MissingExtra
        When the readers are not installed.
    Stopped
        When the watch says so.
    """
    if case.imaging is None:
        return case, None
    with in_the_case():
        findings = conduct(wanted_of(case, case.imaging, picture=picture), watch)
    filled, disagreements = fill(case, findings)
    return filled, replace(findings, disagreements=disagreements)


def wanted_of(case: Case, imaging: Imaging, *, picture: bool) -> Wanted:
    """What a case asks of the conductor.

    Raises
    ------
    InputError
        A radioembolisation without the lung shunt.
    """
    maps = Maps(
        labels=imaging.labels,
        presets=imaging.presets,
        mapping=imaging.mapping,
        lesions=imaging.lesions,
        series=imaging.series,
        outside=imaging.outside,
        spacing=imaging.spacing,
    )
    operation = Operation(
        resect=imaging.resect,
        wedge=imaging.wedge,
        ablate=imaging.ablate,
        margin_mm=imaging.margin_mm or 0.0,
        plane=imaging.plane,
        drawn_remnant=imaging.drawn_remnant,
    )
    condition = case.get("liver_condition")
    margin = SEARCH_MARGIN_MM if imaging.margin_mm is None else imaging.margin_mm
    return Wanted(
        maps=maps,
        body=body_of(case),
        operation=operation,
        formula=imaging.formula,
        error_percent=imaging.segmentation_error_percent,
        earlier=_earlier(imaging, maps),
        search=SearchFor(margin, condition=condition if isinstance(condition, str) else None)
        if imaging.search
        else None,
        dose=_dose(case, imaging),
        picture=picture,
    )


def _earlier(imaging: Imaging, maps: Maps) -> Earlier | None:
    """The earlier maps; what they do not say of reading holds as for those of now."""
    before = imaging.before
    if before is None:
        return None
    own = bool(before.presets or before.mapping)
    return Earlier(
        Maps(
            labels=before.labels,
            presets=before.presets if own else maps.presets,
            mapping=before.mapping if own else maps.mapping,
            lesions=before.lesions,
            series=before.series,
            outside=maps.outside,
            spacing=before.spacing,
        ),
        before.weeks,
    )


def _dose(case: Case, imaging: Imaging) -> DoseFor | None:
    tare = imaging.tare
    if tare is None:
        return None
    shunt = case.get("lung_shunt_fraction_percent")
    if not isinstance(shunt, int | float):
        expected = "lung_shunt_fraction_percent in [patient], to compute doses"
        raise InputError(Fault("imaging", None, "tare", "", expected))
    return DoseFor(
        product=tare.product,
        shunt_percent=float(shunt),
        dose_gy=tare.dose_gy,
        activity_gbq=tare.activity_gbq,
        tn_ratio=tare.tn_ratio,
        lung_mass_kg=tare.lung_mass_kg,
        target=tare.target,
    )


@contextmanager
def in_the_case() -> Generator[None]:
    """Turn faults that name a parameter into faults of the case's keys.

    Raises
    ------
    InputError
        With the keys' names.
    """
    try:
        yield
    except InputError as error:
        raise InputError(*(_in_the_case(fault) for fault in error.faults)) from None


def _in_the_case(fault: Fault) -> Fault:
    expected = renamed(fault.expected, _key)
    if fault.file:
        return replace(fault, expected=expected)
    own = fault.column in OF_PATIENT
    return Fault("patient" if own else "imaging", None, _key(fault.column), fault.value, expected)


def _key(parameter: str) -> str:
    return OF_PATIENT.get(parameter) or KEYS.get(parameter, parameter)


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
    differ += _shares(findings, by_hand)
    return replace(case, facts=tuple(facts)), tuple(differ)


def _shares(findings: LiverFindings, by_hand: dict[str, Value]) -> list[Disagreement]:
    """Shares of the remnant given by hand that differ from the measured ones.

    ``flr_percent`` of a case says no denominator: it differs where it fits none.
    """
    remnant = findings.remnant
    if remnant is None:
        return []
    measured = {"flr_percent_ct": remnant.flr_percent_ct, "flr_percent_slv": remnant.sflr_percent}
    found = [
        Disagreement(name, by_hand[name], value)
        for name, value in measured.items()
        if name in by_hand and value is not None and _differ(by_hand[name], value)
    ]
    stated = by_hand.get("flr_percent")
    known = [value for value in measured.values() if value is not None]
    if stated is not None and all(_differ(stated, value) for value in known):
        found.append(Disagreement("flr_percent", stated, remnant.flr_percent_ct))
    return found


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
        grown = findings.growth
        facts["kinetic_growth_rate_percent_per_week"] = grown.kinetic_growth_rate
        facts["degree_of_hypertrophy_percent"] = grown.degree_of_hypertrophy
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
