"""The tables of what can be asked: treatments, outcomes, criteria, subgroups, orders of figures."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, cast

from hilum.evidence.codes import CriteriaClass, Severity, Site
from hilum.evidence.vocabulary import Measure, Outcome

Kind = Literal["local", "drug"]
Group = Literal["response", "survival", "harm"]


@dataclass(frozen=True, slots=True)
class Treatment:
    """A treatment that can be asked about.

    ``local`` treatments and drugs are read by different rules: a drug's figure depends on the
    primary site, a local treatment's on the criteria. ``later_line`` is False where figures of
    patients who had the drug before answer another question (analogues after analogues).
    """

    treatment: str
    label: str
    kind: Kind
    modalities: tuple[str, ...]
    later_line: bool


@dataclass(frozen=True, slots=True)
class OutcomeAsked:
    """An outcome as a cell asks for it: what was measured, as what number, at what time.

    ``by_criteria``: judged by criteria of size, of which only some may be put together.
    ``severity``: the only severity that counts. ``column`` is its place among the columns of the
    sheet's first screen, ``joint`` among the outcomes with a joint posterior (0: none); ``gain``
    is what one gains by the better of two treatments, empty where nobody ranks by it; ``map`` its
    place among the columns of the evidence map (0: shown there when asked for); ``head`` its
    name over a narrow column, where that is another than its label.
    """

    key: str
    outcome: Outcome
    measure: Measure
    time_months: float | None
    group: Group
    by_criteria: bool
    severity: Severity | None
    label: str
    column: int
    joint: int
    gain: str
    map: int
    head: str

    @property
    def months(self) -> bool:
        """Whether the figure is a time rather than a share."""
        return self.measure is Measure.MEDIAN_MONTHS


@dataclass(frozen=True, slots=True)
class Criterion:
    """What a class of criteria counts for: ``main`` or ``beside``, by kind of treatment."""

    rank: int
    main: frozenset[Kind]


@dataclass(frozen=True, slots=True)
class Subgroup:
    """A subgroup that may answer: it is a primary site, a grade, or the whole arm by patients."""

    is_: Literal["site", "grade", "whole"]
    code: str


@dataclass(frozen=True, slots=True)
class Order:
    """Two outcomes of which the first can never be above the second."""

    lower: str
    higher: str
    reason: str


def _rows(name: str) -> list[dict[str, str]]:
    text = files("hilum.answers").joinpath(name).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def treatments() -> dict[str, Treatment]:
    """Treatments by id, in the order of the sheet."""
    return {
        row["treatment"]: Treatment(
            row["treatment"],
            row["label"],
            cast("Kind", row["kind"]),
            tuple(row["modalities"].split()),
            row["later_line"] != "never",
        )
        for row in _rows("treatments.csv")
    }


@cache
def outcomes() -> dict[str, OutcomeAsked]:
    """Outcomes by key."""
    return _outcomes("outcomes.csv")


@cache
def further_outcomes() -> dict[str, OutcomeAsked]:
    """Outcomes by key that no cell has; the joint model may be asked for them."""
    return _outcomes("further_outcomes.csv")


def _outcomes(name: str) -> dict[str, OutcomeAsked]:
    return {
        row["key"]: OutcomeAsked(
            row["key"],
            Outcome(row["outcome"]),
            Measure(row["measure"]),
            float(row["time_months"]) if row["time_months"] else None,
            cast("Group", row["group"]),
            row["criteria"] == "yes",
            Severity(row["severity"]) if row["severity"] else None,
            row["label"],
            int(row["column"] or 0),
            int(row["joint"] or 0),
            row["gain"],
            int(row["map"] or 0),
            row.get("head", ""),
        )
        for row in _rows(name)
    }


@cache
def criteria() -> dict[CriteriaClass, Criterion]:
    """Classes of criteria."""
    kinds: tuple[Kind, Kind] = ("drug", "local")
    return {
        CriteriaClass(row["class"]): Criterion(
            int(row["rank"]), frozenset(kind for kind in kinds if row[kind] == "main")
        )
        for row in _rows("criteria.csv")
    }


@cache
def subgroups() -> dict[str, Subgroup]:
    """Subgroups that may answer, by their words in the tables."""
    return {
        row["subgroup"]: Subgroup(cast("Literal['site', 'grade', 'whole']", row["is"]), row["code"])
        for row in _rows("subgroups.csv")
    }


@cache
def orders() -> tuple[Order, ...]:
    """Pairs of outcomes that two printed figures of one treatment may not contradict."""
    return tuple(Order(row["lower"], row["higher"], row["reason"]) for row in _rows("orders.csv"))


def subsite(subgroup: str | None) -> Site | None:
    """The primary site that a subgroup is, or ``None``."""
    found = subgroups().get(subgroup or "")
    return Site(found.code) if found is not None and found.is_ == "site" else None
