"""The tables behind a protocol: endpoints, strategies, populations, rules of censoring, items."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from hilum.records import found

if TYPE_CHECKING:
    from collections.abc import Mapping

Row = dict[str, str]
WORDS = {
    "variables": ("summary_two", "summary_one"),
    "endpoints": ("definition", "time", "summary"),
    "intercurrent": ("event", "handling", "sensitivity"),
    "strategies": ("label",),
    "populations": ("label", "definition"),
    "censoring": ("situation", "date"),
    "assessments": ("label",),
    "blanks": ("question", "options"),
    "statements": ("sentence",),
    "items": ("topic",),
}
"""Columns that are read by a person: the ids of the catalogue."""
CHANGING = {"rmst": "changing", "maxcombo": "combined"}
"""Of designs whose effect no single ratio describes: scale of the summary by the test."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a protocol has to know of a kind of design.

    ``groups`` is ``one``, ``two`` or ``many``; ``allocation`` ``none``, ``fixed`` or ``adaptive``;
    ``variable`` empty where the scale of the synopsis decides; ``estimate`` says how the estimate
    after early stopping is adjusted: ``bounds``, ``counts``, by the second stage alone
    (``selected``; ``enriched``, in two populations), by the stages combined (``growing``), or not
    at all.
    """

    groups: str
    allocation: str
    variable: str
    estimate: str


@cache
def table(name: str) -> tuple[Row, ...]:
    """The rows of a table of this folder."""
    text = files("hilum.trials.protocol").joinpath(f"{name}.csv").read_text("utf-8")
    return tuple(csv.DictReader(text.splitlines()))


@cache
def by_code(name: str) -> Mapping[str, Row]:
    """The rows of a table by their first column."""
    return {next(iter(row.values())): row for row in table(name)}


def kind_of(code: str) -> Kind:
    """What is known of a kind; an unknown one lists the known.

    Raises
    ------
    UnknownCode
    """
    row = found(by_code("kinds"), code, "design")
    return Kind(row["groups"], row["allocation"], row["variable"], row["estimate"])


def scale_of(scale: str, events: int | None, method: str = "") -> str:
    """The scale of the effect; a ratio without events is one of odds, or one that changes."""
    if method in CHANGING:
        return CHANGING[method]
    return "odds" if scale == "ratio" and events is None else scale


def variable_of(code: str, scale: str) -> str:
    """The kind of variable that a design judges: its own, or the one its scale stands for.

    Raises
    ------
    UnknownCode
        No such design, or a scale without a variable.
    """
    known = {row["scale"]: row["variable"] for row in table("variables") if row["scale"]}
    return kind_of(code).variable or found(known, scale, "scale")


def summary_of(variable: str, scale: str, groups: str) -> str:
    """The summary measure of an estimand, an id of the catalogue; a harm is a proportion."""
    column = "summary_one" if groups == "one" else "summary_two"
    wanted = "binary" if variable == "harm" else variable
    rows = [row for row in table("variables") if row["variable"] == wanted]
    return next((row for row in rows if row["scale"] == scale), rows[0])[column]


def applies(row: Row, column: str, value: str) -> bool:
    """Whether a row holds for a value: its cell is empty or lists it."""
    cell = row[column].split()
    return not cell or value in cell


def messages() -> set[str]:
    """Ids that stand in the tables."""
    return {
        text
        for name, columns in WORDS.items()
        for row in table(name)
        for column in columns
        for text in row[column].split("|")
        if text
    }
