"""One patient: reading a case file, and what follows from it without judgement."""

from __future__ import annotations

import difflib
import json
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from hilum.errors import Fault, InputError
from hilum.patient.attributes import Value, attributes, parse
from hilum.patient.imaging import Imaging, parse_imaging

if TYPE_CHECKING:
    from collections.abc import Mapping

PORTAL = ("pancreas", "small_bowel", "appendix", "colon", "stomach", "duodenum")
NOT_PORTAL = ("lung", "thymus")


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing known of the patient; ``derived_from`` is empty for what was given."""

    name: str
    value: Value
    unit: str
    derived_from: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """A patient as described, and what was derived from the description.

    ``flr`` holds the future liver remnant in percent by denominator (``"formula SLV"``,
    ``"CT non-tumour liver"``) where volumes allow both to be told apart.
    """

    name: str
    facts: tuple[Fact, ...]
    imaging: Imaging | None = None
    flr: tuple[tuple[str, float], ...] = ()
    notes: tuple[str, ...] = ()

    def get(self, name: str) -> Value | None:
        """Value of an attribute, or ``None`` when it is not known."""
        return next((fact.value for fact in self.facts if fact.name == name), None)

    def with_fact(self, fact: Fact) -> Case:
        """The case with one more fact; a given value is never replaced."""
        if self.get(fact.name) is not None:
            return self
        return replace(self, facts=(*self.facts, fact))


def read_case(source: str | Path | Mapping[str, Any]) -> Case:
    """Read a case from a TOML or JSON file, or a mapping of the same shape.

    Raises
    ------
    InputError
        With every unknown key, wrong unit and impossible value; nothing of the patient's values
        goes anywhere but into that message.
    """
    if isinstance(source, str | Path):
        path = Path(source)
        data, text = _load(path)
        file, name, folder = path.name, path.stem, path.parent
    else:
        data, text, file, name, folder = dict(source), "", "<case>", "case", Path()
    faults: list[Fault] = []
    for key in data:
        if key not in ("patient", "imaging", "name"):
            near = difflib.get_close_matches(str(key), ["patient", "imaging", "name"], 1)
            hint = f"; nearest: {near[0]!r}" if near else ""
            expected = f"a table [patient], optionally [imaging] and a name{hint}"
            faults.append(Fault(file, _line(text, str(key)), str(key), "", expected))
    if not isinstance(data.get("patient"), dict):
        faults.append(Fault(file, None, "patient", "", "a table [patient]"))
        raise InputError(*faults)
    patient = cast("dict[str, Any]", data["patient"])
    given: dict[str, Value] = {}
    known = attributes()
    for key, value in patient.items():
        line = _line(text, str(key))
        if key not in known:
            near = difflib.get_close_matches(str(key), known, 1)
            hint = f"; nearest: {near[0]!r}" if near else ""
            expected = f"a known attribute ('hilum case new' lists them){hint}"
            faults.append(Fault(file, line, str(key), str(value), expected))
            continue
        try:
            given[key] = parse(known[key], value)
        except ValueError as error:
            faults.append(Fault(file, line, str(key), str(value), str(error)))
    faults += _contradictions(given, file, text)
    imaging: Imaging | None = None
    table = data.get("imaging")
    if table is not None and not isinstance(table, dict):
        faults.append(Fault(file, _line(text, "imaging"), "imaging", str(table), "a table"))
    elif table is not None:
        imaging, more = parse_imaging(
            cast("dict[str, Any]", table), folder, file, lambda key: _line(text, key)
        )
        faults += more
    if faults:
        raise InputError(*faults)
    facts = tuple(Fact(key, value, known[key].unit) for key, value in given.items())
    return derive(Case(str(data.get("name", name)), facts, imaging))


def derive(case: Case) -> Case:
    """Add what follows from the given values by definition; given values always stay."""

    def add(name: str, value: Value, *origin: str) -> None:
        nonlocal case
        case = case.with_fact(Fact(name, value, attributes()[name].unit, origin))

    def numbers(*names: str) -> list[float] | None:
        values = [case.get(name) for name in names]
        if any(not isinstance(value, int | float) for value in values):
            return None
        return [float(value) for value in values if isinstance(value, int | float)]

    if body := numbers("height_cm", "weight_kg"):
        # Mosteller 1987 (pathway/volumetry.csv, bsa_mosteller)
        add("bsa_m2", (body[0] * body[1] / 3600) ** 0.5, "height_cm", "weight_kg")
    if parts := numbers("tumour_volume_ml", "total_liver_volume_ml"):
        add(
            "liver_burden_percent",
            100 * parts[0] / parts[1],
            "tumour_volume_ml",
            "total_liver_volume_ml",
        )
    flr: list[tuple[str, float]] = []
    if parts := numbers("flr_volume_ml", "bsa_m2"):
        standard = -794 + 1267.28 * parts[1]  # Vauthey (pathway/volumetry.csv, slv_vauthey)
        flr.append(("formula SLV", 100 * parts[0] / standard))
        add("flr_percent", flr[-1][1], "flr_volume_ml", "bsa_m2")
    if parts := numbers("flr_volume_ml", "total_liver_volume_ml", "tumour_volume_ml"):
        flr.append(("CT non-tumour liver", 100 * parts[0] / (parts[1] - parts[2])))
        add("flr_percent", flr[-1][1], "flr_volume_ml", "total_liver_volume_ml")
    case = replace(case, flr=tuple(flr))
    grade, site = case.get("grade"), case.get("primary_site")
    if grade in ("G1", "G2"):
        add("differentiation", "well", "grade")
    elif grade == "NEC":
        add("differentiation", "poor", "grade")
    if site in PORTAL or site in NOT_PORTAL:
        add("portal_drained_primary", site in PORTAL, "primary_site")
    if uptake := numbers("sstr_uptake_krenning"):
        add("sstr_positive", uptake[0] >= 2, "sstr_uptake_krenning")
        add("sstr_imaging_done", True, "sstr_uptake_krenning")
    many = (case.get("lesion_count") or 0) not in (0, 1)
    if case.get("unilobar_bilobar") == "bilobar" and many:
        add("distribution", "multifocal_bilobar", "unilobar_bilobar", "lesion_count")
    treated = case.get("prior_treatments")
    if isinstance(treated, tuple):
        add("prior_prrt", any(one.startswith("prrt") for one in treated), "prior_treatments")
        add("prior_tare", any(one.startswith("tare") for one in treated), "prior_treatments")
    return case


def _load(path: Path) -> tuple[dict[str, Any], str]:
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8"
        fault = Fault(str(path), None, "file", path.name, f"a readable case file ({reason})")
        raise InputError(fault) from error
    try:
        data: Any = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except (json.JSONDecodeError, tomllib.TOMLDecodeError) as error:
        kind = "JSON" if path.suffix == ".json" else "TOML"
        raise InputError(Fault(path.name, None, "file", "", f"valid {kind} ({error})")) from error
    if not isinstance(data, dict):
        raise InputError(Fault(path.name, None, "file", "", "a table [patient]"))
    return cast("dict[str, Any]", data), text


def _line(text: str, key: str) -> int | None:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip().strip('"[').startswith(key):
            return number
    return None


def _contradictions(given: dict[str, Value], file: str, text: str) -> list[Fault]:
    faults: list[Fault] = []
    for part in ("flr_volume_ml", "tumour_volume_ml"):
        small, large = given.get(part), given.get("total_liver_volume_ml")
        if isinstance(small, int | float) and isinstance(large, int | float) and small >= large:
            expected = f"less than total_liver_volume_ml ({large:g})"
            faults.append(Fault(file, _line(text, part), part, f"{small:g}", expected))
    if given.get("lesion_count") == 1 and given.get("unilobar_bilobar") == "bilobar":
        line = _line(text, "unilobar_bilobar")
        faults.append(Fault(file, line, "unilobar_bilobar", "bilobar", "unilobar for one lesion"))
    return faults
