"""What a case can say about a patient: names, types, units and allowed values."""

from __future__ import annotations

import csv
import difflib
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

Value = str | int | float | bool | tuple[str, ...]

# Words the rules compare with that attributes.csv does not list; ``none`` says a state is absent.
EXTRA_VALUES: dict[str, tuple[str, ...]] = {
    "distribution": (
        "multifocal_bilobar",
        "multifocal_diffuse_over70_clearable",
        "extensive_bilobar_under70_clearable",
    ),
    "milan_net_criteria": ("met", "not_met"),
    "technique": ("alpps", "other"),
    "embolization_indication": ("none",),
    "sstr_visceral_lesions": ("none",),
}


@dataclass(frozen=True, slots=True)
class Attribute:
    """One thing a case may say; ``low`` and ``high`` bound a number in ``unit``."""

    name: str
    type: str
    unit: str
    allowed: tuple[str, ...]
    low: float | None
    high: float | None
    why_needed: str


@cache
def attributes() -> dict[str, Attribute]:
    """Attributes by name, in the order of the table."""
    text = files("hilum.patient").joinpath("pathway/attributes.csv").read_text("utf-8")
    found: dict[str, Attribute] = {}
    for row in csv.DictReader(text.splitlines()):
        low, high = _bounds(row["allowed_values"])
        words = _allowed(row["name"], row["allowed_values"]) if row["type"] == "enum" else ()
        found[row["name"]] = Attribute(
            row["name"], row["type"], row["unit"], words, low, high, row["why_needed"]
        )
    return found


@cache
def labels() -> dict[tuple[str, str], str]:
    """English labels of attributes and of their values, keyed by (kind, word)."""
    text = files("hilum.patient").joinpath("pathway/labels.csv").read_text("utf-8")
    return {(row["kind"], row["key"]): row["label"] for row in csv.DictReader(text.splitlines())}


def parse(attribute: Attribute, value: object) -> Value:
    """A value as its attribute's type.

    Raises
    ------
    ValueError
        With what was expected, the nearest allowed word where one is near.
    """
    if isinstance(value, dict):
        value = _with_unit(attribute, value)  # pyright: ignore[reportUnknownArgumentType]
    if attribute.type == "boolean":
        if not isinstance(value, bool):
            raise ValueError("true or false")
        return value
    if attribute.type == "enum":
        return _word(attribute, value)
    if attribute.type == "list":
        if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):  # pyright: ignore[reportUnknownVariableType]
            raise ValueError('a list of words, for example ["II", "III"]')
        return tuple(value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    return _number(attribute, value)


def _number(attribute: Attribute, value: object) -> float:
    unit = f" in {attribute.unit}" if attribute.unit else ""
    kind = "a whole number" if attribute.type == "integer" else "a number"
    limits = ""
    if attribute.low is not None:
        limits = f" of at least {attribute.low:g}"
        if attribute.high is not None:
            limits = f" from {attribute.low:g} to {attribute.high:g}"
    expected = f"{kind}{unit}{limits}"
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise ValueError(expected + " without a unit written after it")
    if attribute.type == "integer" and not float(value).is_integer():
        raise ValueError(expected)
    low = 0.0 if attribute.low is None else attribute.low
    high = float("inf") if attribute.high is None else attribute.high
    if not low <= value <= high or value == float("inf"):
        raise ValueError(expected)
    return int(value) if attribute.type == "integer" else float(value)


def _word(attribute: Attribute, value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else value
    expected = f"one of {', '.join(attribute.allowed)}"
    if not isinstance(text, str):
        raise ValueError(expected)
    for word in attribute.allowed:
        if text.lower() == word.lower():
            return word
    near = difflib.get_close_matches(text, attribute.allowed, 1, 0.5)
    raise ValueError(expected + (f"; nearest: {near[0]!r}" if near else ""))


def _with_unit(attribute: Attribute, value: dict[str, object]) -> object:
    unit = attribute.unit or "no unit"
    if set(value) != {"value", "unit"} or value["unit"] != attribute.unit:
        raise ValueError(f"a value in {unit}, alone or as {{value = ..., unit = {unit!r}}}")
    return value["value"]


def _bounds(text: str) -> tuple[float | None, float | None]:
    match = re.match(r"^(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)(?:\s|$)", text)
    if match:
        return float(match[1]), float(match[2])
    return (0.0, None) if text.startswith(">=0") else (None, None)


def _allowed(name: str, text: str) -> tuple[str, ...]:
    words: list[str] = []
    for part in re.sub(r"\s*\(.*\)", "", text).split("|"):
        match = re.match(r"^([A-Za-z]+)(\d+)-(?:\1)?(\d+)$", part)
        if match:
            words += [f"{match[1]}{i}" for i in range(int(match[2]), int(match[3]) + 1)]
        elif part:
            words.append(part)
    if name == "fdg_sstr_pattern":
        words.append("P4b")  # a split of P4 that one rule names
    words += [word for word in EXTRA_VALUES.get(name, ()) if word not in words]
    if len(words) == 1:
        words.append("none")
    return tuple(words)
