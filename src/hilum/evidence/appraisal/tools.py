"""The appraisal tools read from their TOML files: domains, questions, answers and rules."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

KEYS = ("rob2", "robins_i", "jbi_cohort", "jbi_case_series", "minors")
OVERALL = "overall"
ARM = "arm"
"""Line of an appraisal that names the arm which is taken as a series."""


@dataclass(frozen=True, slots=True)
class Item:
    """One numbered question of a tool, in hilum's words, and the answers it takes."""

    id: str
    text: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a published algorithm: what the answers must be, and what follows.

    ``answers`` maps a question to the classes that fit: ``Y`` (Y or PY), ``N`` (N or PN),
    ``NI``, or ``*`` (any answer given). ``part`` tells the separate questions of one domain.
    """

    part: int
    answers: dict[str, tuple[str, ...]]
    judgement: str


@dataclass(frozen=True, slots=True)
class Domain:
    """A domain of a tool; ``designs`` is empty when every design has it."""

    id: str
    name: str
    items: tuple[Item, ...]
    rules: tuple[Rule, ...]
    designs: tuple[str, ...]


@dataclass(frozen=True)
class Tool:
    """An appraisal tool: what it asks, what may be answered and whom it is for.

    ``compared`` are designs that it is for where a study has several arms; ``arms_of`` those of
    which one arm may be appraised where it is named (:data:`ARM`).
    """

    key: str
    name: str
    version: str
    source: str
    licence: str
    designs: tuple[str, ...]
    judgements: tuple[str, ...]
    answers: dict[str, str]
    overall: dict[str, Any]
    domains: tuple[Domain, ...]
    compared: tuple[str, ...] = ()
    arms_of: tuple[str, ...] = ()

    def suits(self, design: str, arms: int) -> bool:
        """Whether it is made for a study of a design that has as many arms."""
        return design in self.designs or (design in self.compared and arms > 1)

    @property
    def judged_by_domain(self) -> bool:
        """Whether a person or an algorithm judges domains (RoB 2, ROBINS-I), not only a total."""
        return self.overall["rule"] in ("worst", "robins_i")

    @cached_property
    def items(self) -> dict[str, Item]:
        """Questions by number."""
        return {item.id: item for domain in self.domains for item in domain.items}

    @cached_property
    def domain(self) -> dict[str, Domain]:
        """Domains by id."""
        return {domain.id: domain for domain in self.domains}

    def asked_of(self, design: str) -> tuple[Item, ...]:
        """The questions a study of this design is asked."""
        return tuple(
            item
            for domain in self.domains
            if not domain.designs or design in domain.designs
            for item in domain.items
        )


@cache
def tools() -> dict[str, Tool]:
    """Every tool by its key: RoB 2, ROBINS-I, JBI for cohorts and for case series, MINORS."""
    return {key: _read(key) for key in KEYS}


def _read(key: str) -> Tool:
    text = files("hilum.evidence.appraisal").joinpath(f"{key}.toml").read_text("utf-8")
    raw = tomllib.loads(text)
    answers: dict[str, str] = raw["answers"]
    return Tool(
        key=raw["key"],
        name=raw["name"],
        version=raw["version"],
        source=raw["source"],
        licence=raw["licence"],
        designs=tuple(raw["designs"]),
        judgements=tuple(raw["judgements"]),
        answers=answers,
        overall=raw["overall"],
        domains=tuple(_domain(domain, answers) for domain in raw["domains"]),
        compared=tuple(raw.get("compared", ())),
        arms_of=tuple(raw.get("arms_of", ())),
    )


def _domain(raw: dict[str, Any], answers: dict[str, str]) -> Domain:
    coded = "NI" in answers  # RoB 2 and ROBINS-I: not every question takes NI or NA

    def item(one: dict[str, Any]) -> Item:
        left = set[str]()
        if coded:
            left |= set() if one.get("na") else {"NA"}
            left |= set() if one.get("ni", True) else {"NI"}
        return Item(one["id"], one["text"], tuple(code for code in answers if code not in left))

    rules = tuple(
        Rule(
            one.get("part", 1),
            {question: tuple(classes.split()) for question, classes in one["if"].items()},
            one["judgement"],
        )
        for one in raw.get("rules", ())
    )
    items = tuple(item(one) for one in raw["questions"])
    return Domain(raw["id"], raw["name"], items, rules, tuple(raw.get("designs", ())))
