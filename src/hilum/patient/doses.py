"""Radioembolisation: activities and mean doses from volumes, and the limits of the rules.

Yttrium-90 gives all its energy where the microspheres lie (MIRD): the mean dose to a compartment
is the coefficient of ``pathway/imaging.csv`` times the activity in it over its mass.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError, phrased
from hilum.patient.limits import limits_on
from hilum.patient.tables import read_tables
from hilum.patient.volumetry import constants
from hilum.records import found

if TYPE_CHECKING:
    from hilum.patient.liver.measure import LiverMeasurement
    from hilum.patient.tables import Tables

GIVEN, SINGLE, SURFACE = "given", "single_compartment", "bsa"
# Each product and how its activity is found where none is given.
PRODUCTS = {"glass": SINGLE, "resin": SURFACE}
# Attributes of lung dose that the rules of radioembolisation limit, with units.
LUNG = {
    "lung_shunt_dose_gy": "Gy",
    "lung_shunt_fraction_percent": "percent",
    "lung_activity_gbq": "GBq",
}


@dataclass(frozen=True, slots=True)
class LungLimit:
    """One published limit on what reaches the lungs, and whether it is exceeded."""

    rule_id: str
    attribute: str
    value: float
    operator: str
    threshold: str
    unit: str
    exceeded: bool
    statement: str
    statement_zh: str
    source: str


@dataclass(frozen=True, slots=True)
class Doses:
    """Activity in GBq and mean doses in Gy.

    ``method`` says how the activity came about: ``single_compartment`` (glass), ``bsa`` (resin)
    or ``given``. Doses to tumour and normal liver need a tumour-to-normal ratio of activity
    concentrations (partition model).
    """

    product: str
    method: str
    activity_gbq: float
    target_ml: float
    target_tumour_ml: float
    shunt_percent: float
    lung_activity_gbq: float
    lung_gy: float
    target_gy: float
    tumour_gy: float | None
    normal_gy: float | None
    tn_ratio: float | None
    lung_mass_kg: float
    limits: tuple[LungLimit, ...]


def target_volumes(liver: LiverMeasurement, target: str = "") -> tuple[float, float]:
    """Volume and tumour in mL of the segments that are treated; of the whole liver without any.

    Raises
    ------
    InputError
        Segments that the label maps do not have.
    """
    from hilum.patient.liver.anatomy import SEGMENTS
    from hilum.patient.liver.plan import parse_segments

    if not target:
        return liver.liver_ml, liver.tumour_ml
    wanted = {SEGMENTS[number - 1] for number in parse_segments(target, "target")}
    chosen = [one for one in liver.segments if one.name in wanted]
    if not chosen:
        expected = "segments that the label maps hold"
        raise InputError(Fault("", None, "target", target, expected))
    return sum(one.ml for one in chosen), sum(one.tumour_ml for one in chosen)


def lung_dose(
    activity_gbq: float, shunt_percent: float, lung_mass_kg: float | None = None
) -> float:
    """Mean dose to the lungs in Gy from the activity that shunts there."""
    mass = constants()["y90_lung_mass"].value if lung_mass_kg is None else lung_mass_kg
    return _coefficient() * activity_gbq * shunt_percent / 100 / mass


def single_compartment_activity(dose_gy: float, mass_kg: float, shunt_percent: float) -> float:
    """Activity in GBq for a mean dose to the whole target, as glass microspheres are dosed."""
    return dose_gy * mass_kg / (_coefficient() * (1 - shunt_percent / 100))


def bsa_activity(bsa_m2: float, tumour_ml: float, liver_ml: float) -> float:
    """Activity in GBq by the body-surface-area method of resin microspheres."""
    return bsa_m2 - constants()["resin_bsa_offset"].value + tumour_ml / liver_ml


def partition(
    activity_gbq: float,
    tn_ratio: float,
    tumour_kg: float,
    normal_kg: float,
    shunt_percent: float,
) -> tuple[float, float]:
    """Mean doses in Gy to tumour and normal liver by the partition model (MIRD)."""
    inside = _coefficient() * activity_gbq * (1 - shunt_percent / 100)
    normal = inside / (tn_ratio * tumour_kg + normal_kg)
    return tn_ratio * normal if tumour_kg else 0.0, normal


def doses(
    *,
    product: str,
    target_ml: float,
    tumour_ml: float,
    shunt_percent: float,
    dose_gy: float | None = None,
    activity_gbq: float | None = None,
    bsa_m2: float | None = None,
    tn_ratio: float | None = None,
    lung_mass_kg: float | None = None,
    density_g_per_ml: float | None = None,
    tables: Tables | None = None,
) -> Doses:
    """Activity and doses of one session, with every limit on the lungs from the rules.

    Parameters
    ----------
    product : {"glass", "resin"}
    target_ml, tumour_ml : float
        Liver that is treated, lesions included, and lesions in it.
    shunt_percent : float
        Lung shunt fraction.
    dose_gy : float, optional
        Wanted mean dose to the target: gives the activity of glass.
    activity_gbq : float, optional
        The activity itself, instead.
    bsa_m2 : float, optional
        Body surface area: gives the activity of resin.
    tn_ratio : float, optional
        Tumour-to-normal ratio, for the partition model.
    lung_mass_kg, density_g_per_ml : float, optional
        Instead of the figures of ``imaging.csv``.

    Raises
    ------
    InputError
        With every value that is missing or impossible.
    """
    given = {
        "target_ml": target_ml,
        "tumour_ml": tumour_ml,
        "shunt_percent": shunt_percent,
        "dose_gy": dose_gy,
        "activity_gbq": activity_gbq,
        "tn_ratio": tn_ratio,
        "lung_mass_kg": lung_mass_kg,
        "density_g_per_ml": density_g_per_ml,
    }
    faults = _impossible(given, target_ml)
    if product not in PRODUCTS:
        expected = phrased("one of {known}", known=", ".join(PRODUCTS))
        faults.insert(0, Fault("", None, "product", product, expected))
    elif activity_gbq is None:
        faults += _missing(product, dose_gy, bsa_m2)
    if faults:
        raise InputError(*faults)
    density = constants()["liver_density"].value if density_g_per_ml is None else density_g_per_ml
    lungs = constants()["y90_lung_mass"].value if lung_mass_kg is None else lung_mass_kg
    target_kg, tumour_kg = target_ml * density / 1000, tumour_ml * density / 1000
    method = PRODUCTS[product] if activity_gbq is None else GIVEN
    ways = {
        GIVEN: lambda: activity_gbq or 0.0,
        SINGLE: lambda: single_compartment_activity(dose_gy or 0.0, target_kg, shunt_percent),
        SURFACE: lambda: bsa_activity(bsa_m2 or 0.0, tumour_ml, target_ml),
    }
    activity = found(ways, method, "method")()
    parted = (
        (None, None)
        if tn_ratio is None
        else partition(activity, tn_ratio, tumour_kg, target_kg - tumour_kg, shunt_percent)
    )
    lung_gbq = activity * shunt_percent / 100
    lung_gy = lung_dose(activity, shunt_percent, lungs)
    values = {
        "lung_shunt_dose_gy": lung_gy,
        "lung_shunt_fraction_percent": shunt_percent,
        "lung_activity_gbq": lung_gbq,
    }
    return Doses(
        product=product,
        method=method,
        activity_gbq=activity,
        target_ml=target_ml,
        target_tumour_ml=tumour_ml,
        shunt_percent=shunt_percent,
        lung_activity_gbq=lung_gbq,
        lung_gy=lung_gy,
        target_gy=_coefficient() * activity * (1 - shunt_percent / 100) / target_kg,
        tumour_gy=parted[0],
        normal_gy=parted[1],
        tn_ratio=tn_ratio,
        lung_mass_kg=lungs,
        limits=lung_limits(values, tables),
    )


def _impossible(given: dict[str, float | None], target_ml: float) -> list[Fault]:
    """Faults of values outside what can be; ends do not belong to the range."""
    ranges: dict[str, tuple[float, float, str]] = {
        "target_ml": (0, 1e4, "a volume above 0 mL"),
        "tumour_ml": (-1e-9, target_ml + 1e-6, "a volume inside the target"),
        "shunt_percent": (-1e-9, 100, "a percentage from 0 to below 100"),
        "dose_gy": (0, 1e4, "a dose above 0 Gy"),
        "activity_gbq": (0, 100, "an activity above 0 GBq"),
        "tn_ratio": (0, 1e3, "a ratio above 0"),
        "lung_mass_kg": (0, 10, "a mass above 0 kg"),
        "density_g_per_ml": (0, 5, "a density above 0 g/mL"),
    }
    return [
        Fault("", None, name, f"{value:g}", ranges[name][2])
        for name, value in given.items()
        if value is not None and not ranges[name][0] < value < ranges[name][1]
    ]


def _missing(product: str, dose_gy: float | None, bsa_m2: float | None) -> list[Fault]:
    """What the product's own method needs, where no activity is given."""
    if PRODUCTS[product] == SINGLE and dose_gy is None:
        return [Fault("", None, "dose_gy", "", "a wanted dose in Gy, or an activity")]
    if PRODUCTS[product] == SURFACE and bsa_m2 is None:
        expected = "height and weight, a surface, or an activity"
        return [Fault("", None, "bsa_m2", "", expected)]
    return []


def lung_limits(values: dict[str, float], tables: Tables | None = None) -> tuple[LungLimit, ...]:
    """Every rule of radioembolisation that limits what reaches the lungs, beside its value."""
    rules = (tables or read_tables()).rules_of.get("tare", ())
    return tuple(
        LungLimit(
            one.rule.rule_id,
            name,
            value,
            one.sign,
            f"{one.value:g}",
            LUNG[name],
            one.passed(value),
            one.rule.statement_en,
            one.rule.statement_zh,
            one.rule.source,
        )
        for name, value in values.items()
        for one in limits_on(name, rules, ("forbids",))
    )


def _coefficient() -> float:
    return constants()["y90_dose_coefficient"].value
