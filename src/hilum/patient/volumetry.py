"""Standard liver volumes, remnant thresholds and growth, from the rows of ``volumetry.csv``."""

from __future__ import annotations

import ast
import csv
import math
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMULAS = {
    "vauthey": "slv_vauthey",
    "urata": "slv_urata",
    "feng": "slv_feng",
    "korean": "slv_korean_mosteller",
    "chan": "slw_chan_hk",
}
# Which livers a row of thresholds speaks of, in the words of a case.
CONDITIONS = {
    "normal": ("normal",),
    "chemo": ("chemotherapy_over_3_months",),
    "fibrosis": ("fibrosis_or_cirrhosis",),
    "icg": ("fibrosis_or_cirrhosis", "chronic_hepatitis"),
    "shirabe": ("fibrosis_or_cirrhosis", "chronic_hepatitis"),
}
OPERATIONS = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table: a formula, a threshold or a growth figure with its source."""

    name: str
    formula: str
    units: str
    population: str
    source: str
    seen: str
    notes: str


@dataclass(frozen=True, slots=True)
class Threshold:
    """A published least remnant: ``value`` in ``units``, for livers in ``conditions``."""

    name: str
    value: float
    units: str
    conditions: tuple[str, ...]
    population: str
    source: str


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
    return {row["name"]: Row(**row) for row in csv.DictReader(text.splitlines())}


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


def compute(name: str, values: Mapping[str, float]) -> float:
    """A row's formula at given values; the coefficients are nowhere but in the table.

    Raises
    ------
    KeyError
        A value that the formula needs is not given.
    """

    def at(node: ast.expr) -> float:
        if isinstance(node, ast.Constant):
            return float(node.value)  # pyright: ignore[reportArgumentType]
        if isinstance(node, ast.Name):
            return float(values[node.id])
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return -at(node.operand)
        if isinstance(node, ast.BinOp):
            return OPERATIONS[type(node.op)](at(node.left), at(node.right))  # pyright: ignore[reportArgumentType]
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "sqrt"
        ):
            return math.sqrt(at(node.args[0]))
        raise ValueError(f"{name}: {rows()[name].formula}")

    return at(ast.parse(rows()[name].formula, mode="eval").body)


def standard_volumes(body: Body) -> dict[str, float]:
    """Standard liver volume in mL by each formula whose inputs are known (Chan's is in g)."""
    values: dict[str, float] = {}
    if (surface := body.surface_m2) is not None:
        values["BSA"] = surface
    if body.weight_kg is not None:
        values["weight_kg"] = body.weight_kg
    if body.male is not None:
        values["male"] = float(body.male)
    found: dict[str, float] = {}
    for name, row in FORMULAS.items():
        try:
            volume = compute(row, values)
        except KeyError:
            continue
        if volume > 0:
            found[name] = volume
    return found


@cache
def thresholds() -> tuple[Threshold, ...]:
    """Every published least remnant, in the order of the table."""
    found: list[Threshold] = []
    for row in rows().values():
        match = re.match(r"^threshold_flr_([a-z]+)", row.name)
        if match is None:
            continue
        found += [
            Threshold(
                name=row.name,
                value=float(number),
                units=row.units,
                conditions=CONDITIONS[match[1]],
                population=row.population,
                source=row.source,
            )
            for number in re.findall(r"[\d.]+", row.formula)
        ]
    return tuple(found)


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
    before, after = 100 * before_ml / standard_ml, 100 * after_ml / standard_ml
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
    the mean daily growth of ``growth_pve_vs_alpps``; ``percent_pve`` and ``percent_alpps`` are
    the mean growths of that row, to hold ``percent`` against.
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
    rate = float(re.findall(r"[\d.]+", rows()["threshold_kgr"].formula)[0])
    text = rows()["growth_pve_vs_alpps"].formula
    alpps, pve = (
        [float(one) for one in re.findall(r"[\d.]+", re.search(f"{name} ([^;]*)", text)[1])]  # pyright: ignore[reportOptionalSubscript]
        for name in ("ALPPS", "PVE")
    )
    points = 100 * missing / denominator_ml
    return Needed(
        threshold, target, missing, 100 * missing / remnant_ml if remnant_ml else math.inf, points,
        points / rate, missing / pve[1], missing / alpps[1], pve[0], alpps[0],
    )  # fmt: skip
