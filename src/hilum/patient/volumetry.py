"""Standard liver volumes, remnant thresholds and growth, from the rows of ``volumetry.csv``."""

from __future__ import annotations

import csv
import math
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from hilum.errors import phrased
from hilum.patient.compile import compiled
from hilum.patient.conditions import names, parse
from hilum.records import found

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.patient.compile import Test

# The standard volumes by the name of their first author, as rows of the table.
FORMULAS = {
    "vauthey": "slv_vauthey",
    "urata": "slv_urata",
    "feng": "slv_feng",
    "korean": "slv_korean_mosteller",
    "chan": "slw_chan_hk",
}
# The one that cut-offs and growth were published with; the derivations of the case use its row.
STANDARD = "vauthey"
# How another table names a row whose formula it uses.
NAMED = re.compile(r"\bvolumetry\(\s*(\w+)\s*\)")
# What a formula may refer to.
INPUTS = frozenset(
    {
        *("height_cm", "weight_kg", "bsa_m2", "sex", "flr_volume_ml", "standard_liver_volume_ml"),
        *("total_liver_volume_ml", "tumour_volume_ml"),
    }
)
# What a remnant may be a share of, with the unit as printed.
DENOMINATORS = {
    "slv": "percent of formula SLV",
    "ct_non_tumour": "percent of CT non-tumour liver",
    "bsa": "mL per m2 BSA",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table: a formula, a cut-off or a measured figure with its source.

    ``denominator`` says what a remnant is a share of; ``when`` is a condition on the patient.
    """

    name: str
    kind: str
    quantity: str
    formula: str
    comparator: str
    value: float | None
    unit: str
    denominator: str
    liver_condition: str
    when: str
    population: str
    source: str
    url_or_id: str
    seen: str
    rule_id: str
    note: str


@dataclass(frozen=True, slots=True)
class Threshold:
    """A published least remnant: ``value`` by ``denominator``, for livers in ``conditions``."""

    name: str
    value: float
    denominator: str
    conditions: tuple[str, ...]
    population: str
    source: str

    @property
    def units(self) -> str:
        """The unit with its denominator, as printed."""
        return DENOMINATORS[self.denominator]


@dataclass(frozen=True, slots=True)
class Constant:
    """A figure of ``imaging.csv`` with its source."""

    name: str
    value: float
    unit: str
    source: str
    notes: str


@dataclass(frozen=True, slots=True)
class Body:
    """What standard volumes need to know of a patient; ``None`` where it is not known."""

    height_cm: float | None = None
    weight_kg: float | None = None
    bsa_m2: float | None = None
    male: bool | None = None

    @property
    def surface_m2(self) -> float | None:
        """Body surface area as given, else by Mosteller (1987)."""
        if self.bsa_m2 is not None:
            return self.bsa_m2
        if self.height_cm is None or self.weight_kg is None:
            return None
        return compute("bsa_mosteller", {"height_cm": self.height_cm, "weight_kg": self.weight_kg})


@cache
def rows() -> dict[str, Row]:
    """The table by name."""
    text = files("hilum.patient").joinpath("pathway/volumetry.csv").read_text("utf-8")
    table: dict[str, Row] = {}
    for row in csv.DictReader(text.splitlines()):
        value = float(row.pop("value") or "nan")
        table[row["name"]] = Row(**row, value=None if math.isnan(value) else value)
    return table


def figure(name: str) -> float:
    """The figure of a row that holds one.

    Raises
    ------
    ValueError
        When the row is a formula.
    """
    value = rows()[name].value
    if value is None:
        message = phrased("{name}: a row with a value", name=name)
        raise ValueError(message)
    return value


@cache
def constants() -> dict[str, Constant]:
    """Figures that measuring and dosimetry need, by name."""
    text = files("hilum.patient").joinpath("pathway/imaging.csv").read_text("utf-8")
    return {
        row["name"]: Constant(
            row["name"], float(row["value"]), row["unit"], row["source"], row["notes"]
        )
        for row in csv.DictReader(text.splitlines())
    }


def written_out(text: str) -> str:
    """A formula of another table with rows of this one in the place of their names.

    ``volumetry(slv_vauthey)`` stands for the formula of the row ``slv_vauthey``: a formula is
    written once.

    Raises
    ------
    UnknownCode
        No such row holds a formula; lists those that do.
    """
    formulas = {name: row.formula for name, row in rows().items() if row.kind == "formula"}
    return NAMED.sub(lambda one: f"({found(formulas, one[1], 'formula')})", text)


@cache
def _formula(name: str) -> tuple[frozenset[str], Test]:
    tree = parse(rows()[name].formula, INPUTS)
    return names(tree), compiled(tree)


def compute(name: str, values: Mapping[str, float | str]) -> float:
    """A row's formula at given values; the coefficients are nowhere but in the table.

    Raises
    ------
    KeyError
        A value that the formula needs is not given.
    """
    needs, run = _formula(name)
    for one in sorted(needs):
        if one not in values:
            raise KeyError(one)
    return float(run(values))


def standard_volumes(body: Body) -> dict[str, float]:
    """Standard liver volume in mL by each formula whose inputs are known (Chan's is in g)."""
    values: dict[str, float | str] = {}
    if (surface := body.surface_m2) is not None:
        values["bsa_m2"] = surface
    if body.weight_kg is not None:
        values["weight_kg"] = body.weight_kg
    if body.male is not None:
        values["sex"] = "male" if body.male else "female"
    volumes: dict[str, float] = {}
    for name, row in FORMULAS.items():
        try:
            volume = compute(row, values)
        except KeyError:
            continue
        if volume > 0:
            volumes[name] = volume
    return volumes


def standard_volume(body: Body) -> float | None:
    """Standard liver volume in mL by :data:`STANDARD`; ``None`` without the body's size."""
    return standard_volumes(body).get(STANDARD)


def flr_percent_slv(flr_ml: float, standard_ml: float) -> float:
    """Remnant in percent of a standard liver volume (row ``sflr_percent``)."""
    return compute(
        "sflr_percent", {"flr_volume_ml": flr_ml, "standard_liver_volume_ml": standard_ml}
    )


@cache
def thresholds() -> tuple[Threshold, ...]:
    """Every published least remnant before a resection, in the order of the table.

    A row that names a condition on the patient (after portal vein embolisation) is not among them:
    the rule it belongs to says when it counts.
    """
    return tuple(
        Threshold(
            name=row.name,
            value=row.value,
            denominator=row.denominator,
            conditions=(row.liver_condition,),
            population=row.population,
            source=row.source,
        )
        for row in rows().values()
        if row.kind == "cut_off" and row.denominator in DENOMINATORS and not row.when
        if row.value is not None
    )


def segmentation_sd_percent(mean_error_percent: float | None = None) -> float:
    """Standard deviation of a volume, in percent of it, from a mean absolute error in percent.

    A normal error with mean 0 has a mean absolute value of sd * sqrt(2 / pi). The published
    agreement of ``imaging.csv`` is used where no error is given.
    """
    mean = mean_error_percent
    if mean is None:
        mean = constants()["segmentation_mean_error"].value
    return mean * math.sqrt(math.pi / 2)


def probability_below(value: float, threshold: float, sd_percent: float) -> float:
    """Probability that a quantity measured as ``value`` is truly below ``threshold``.

    Normal error with a standard deviation of ``sd_percent`` percent of the value.
    """
    sd = sd_percent / 100 * abs(value)
    if sd == 0:
        return float(value < threshold)
    return 0.5 * math.erfc((value - threshold) / (sd * math.sqrt(2)))


@dataclass(frozen=True, slots=True)
class Growth:
    """Growth of a remnant between two measurements.

    ``degree_of_hypertrophy`` in percentage points of the standardised remnant,
    ``kinetic_growth_rate`` in points a week, ``ml_per_day`` in mL.
    """

    sflr_before: float
    sflr_after: float
    degree_of_hypertrophy: float
    kinetic_growth_rate: float
    ml_per_day: float
    percent: float
    weeks: float


def growth(before_ml: float, after_ml: float, standard_ml: float, weeks: float) -> Growth:
    """Degree of hypertrophy and kinetic growth rate (Shindoh 2013, rows of ``volumetry.csv``).

    Raises
    ------
    ValueError
        A volume or a time that is not above 0.
    """
    if min(before_ml, after_ml, standard_ml, weeks) <= 0:
        raise ValueError("volumes and weeks above 0")
    before, after = (flr_percent_slv(one, standard_ml) for one in (before_ml, after_ml))
    return Growth(
        before,
        after,
        after - before,
        (after - before) / weeks,
        (after_ml - before_ml) / (7 * weeks),
        100 * (after_ml - before_ml) / before_ml,
        weeks,
    )


@dataclass(frozen=True, slots=True)
class Needed:
    """What growth a remnant would have to achieve to reach a threshold.

    ``weeks`` at the kinetic growth rate of ``threshold_kgr``; ``days_pve`` and ``days_alpps`` at
    the mean daily growth of ``growth_pve_daily`` and ``growth_alpps_daily``; ``percent_pve`` and
    ``percent_alpps`` are the mean growths of ``growth_pve`` and ``growth_alpps``.
    """

    threshold: Threshold
    target_ml: float
    missing_ml: float
    percent: float
    points: float
    weeks: float
    days_pve: float
    days_alpps: float
    percent_pve: float
    percent_alpps: float


def needed(remnant_ml: float, denominator_ml: float, threshold: Threshold) -> Needed | None:
    """Growth still missing; ``None`` when the remnant reaches the threshold already."""
    target = threshold.value / 100 * denominator_ml
    missing = target - remnant_ml
    if missing <= 0:
        return None
    points = 100 * missing / denominator_ml
    return Needed(
        threshold=threshold,
        target_ml=target,
        missing_ml=missing,
        percent=100 * missing / remnant_ml if remnant_ml else math.inf,
        points=points,
        weeks=points / figure("threshold_kgr"),
        days_pve=missing / figure("growth_pve_daily"),
        days_alpps=missing / figure("growth_alpps_daily"),
        percent_pve=figure("growth_pve"),
        percent_alpps=figure("growth_alpps"),
    )
