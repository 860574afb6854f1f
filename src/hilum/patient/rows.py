"""Rows of the pathway's tables from text to records; every fault is kept, none stops it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hilum.errors import Fault, phrased
from hilum.patient.compile import compiled
from hilum.patient.conditions import ALWAYS, ConditionError, names, parse
from hilum.patient.records import (
    AUTHORITIES,
    GROUNDS,
    LINES,
    Alias,
    Attribute,
    Derivation,
    Rule,
    Treatment,
)
from hilum.patient.rule_kinds import AGAINST, KINDS, STRICT

if TYPE_CHECKING:
    from collections.abc import Collection

    from hilum.patient.conditions import Node
    from hilum.patient.values import Value

COLUMNS: dict[str, tuple[str, ...]] = {
    "treatments": ("id", "classes", "name_en", "name_zh", "modalities"),
    "attributes": (
        *("name", "type", "unit", "other_units", "allowed", "group", "known", "asked", "absent"),
        *("applies_to_patient", "why_needed", "label_en", "label_zh", "help_en", "help_zh"),
        *("concept", "aliases"),
    ),
    "derivations": ("fact", "from", "formula", "kind", "source", "note"),
    "rules": (
        *("rule_id", "applies_to", "kind", "when", "holds", "decisive", "ground", "line", "place"),
        *("authority", "strength", "region", "alternatives", "statement_en", "statement_zh"),
        *("source", "url_or_id", "seen", "replaces", "notes"),
    ),
}
TYPES = ("number", "integer", "boolean", "enum", "list", "points")
KNOWN = ("board", "workup", "screen", "policy")
DERIVED = ("definition", "formula", "convention", "inference")
SEEN = ("full_text", "abstract", "secondary")
TRUTHS = {"true": True, "false": False}
ALIAS = re.compile(r"(\w+)(?:\[([^\]]*)\])?(?:\{([^}]*)\})?")


@dataclass(slots=True)
class Reader:
    """What is known while tables are read, and the faults found so far."""

    attributes: frozenset[str]
    faults: list[Fault] = field(default_factory=list)
    seen: dict[str, set[str]] = field(default_factory=dict)

    def fault(self, row: dict[str, str], column: str, expected: str) -> None:
        """Keep a fault with its file, line and value."""
        value = row.get(column, "")
        self.faults.append(Fault(row["#file"], int(row["#line"]), column, value, expected))

    def once(self, row: dict[str, str], column: str) -> None:
        """A key that must be there once."""
        used = self.seen.setdefault(f"{row['#file']} {column}", set())
        if not re.fullmatch(r"[\w.-]+", row[column]):
            self.fault(row, column, "a name of letters, digits, '_' or '-'")
        if row[column] in used:
            self.fault(row, column, "a name not used before")
        used.add(row[column])

    def one_of(self, row: dict[str, str], column: str, words: Collection[str]) -> None:
        """A word of a closed list."""
        if row[column] not in words:
            self.fault(
                row,
                column,
                phrased("one of {known}", known=", ".join(word or "(empty)" for word in words)),
            )

    def filled(self, row: dict[str, str], *columns: str) -> None:
        """Cells that must not be empty."""
        for column in columns:
            if not row[column]:
                self.fault(row, column, "a text")

    def tree(self, row: dict[str, str], column: str) -> Node:
        """A condition or formula; holds for everybody where it cannot be read."""
        try:
            return parse(row[column], self.attributes)
        except ConditionError as error:
            self.fault(row, column, phrased("a condition ({error})", error=error.sentence))
            return ALWAYS


def treatment_of(row: dict[str, str], reader: Reader) -> Treatment:
    """A row of ``treatments.csv``."""
    reader.once(row, "id")
    reader.filled(row, "classes", "name_en", "name_zh")
    return Treatment(
        row["id"],
        tuple(row["classes"].split()),
        row["name_en"],
        row["name_zh"],
        tuple(row["modalities"].split()),
        int(row["#line"]),
    )


def attribute_of(row: dict[str, str], reader: Reader) -> Attribute:
    """A row of ``attributes.csv``."""
    reader.once(row, "name")
    reader.one_of(row, "type", TYPES)
    reader.one_of(row, "known", KNOWN)
    reader.one_of(row, "asked", ("yes", "no"))
    reader.filled(row, "label_en", "label_zh", "why_needed", "allowed")
    low, high = _bounds(row, reader)
    words = (
        () if row["type"] in ("number", "integer", "points") else tuple(row["allowed"].split("|"))
    )
    return Attribute(
        name=row["name"],
        type=row["type"],
        unit=row["unit"],
        units=_units(row, reader),
        allowed=words,
        low=low,
        high=high,
        group=row["group"],
        known=row["known"],
        asked=row["asked"] == "yes",
        absent=_absent(row, reader),
        applies=reader.tree(row, "applies_to_patient"),
        why_needed=row["why_needed"],
        label_en=row["label_en"],
        label_zh=row["label_zh"],
        help_en=row["help_en"],
        help_zh=row["help_zh"],
        concept=row["concept"],
        aliases=_aliases(row, reader),
        line=int(row["#line"]),
    )


def derivation_of(row: dict[str, str], reader: Reader) -> Derivation:
    """A row of ``derivations.csv``."""
    if row["fact"] not in reader.attributes:
        reader.fault(row, "fact", "an attribute of attributes.csv")
    reader.one_of(row, "kind", DERIVED)
    reader.filled(row, "source", "formula")
    tree = reader.tree(row, "formula")
    needs = names(tree)
    if needs != frozenset(row["from"].split()):
        reader.fault(
            row, "from", phrased("the facts of the formula: {known}", known=" ".join(sorted(needs)))
        )
    return Derivation(
        row["fact"], tree, compiled(tree), needs, row["kind"], row["source"], row["note"],
        int(row["#line"]),
    )  # fmt: skip


def rule_of(row: dict[str, str], number: int, reader: Reader) -> Rule:
    """A row of ``rules.csv``; ``number`` is its place in the table."""
    reader.once(row, "rule_id")
    reader.one_of(row, "kind", KINDS)
    reader.one_of(row, "decisive", ("", "yes"))
    reader.one_of(row, "line", LINES)
    reader.one_of(row, "authority", AUTHORITIES)
    reader.one_of(row, "seen", SEEN)
    reader.filled(row, "applies_to", "statement_en", "statement_zh", "source", "url_or_id")
    # A row of an unknown kind is refused above; the role stands for it until then.
    role = KINDS[row["kind"]].role if row["kind"] in KINDS else "note"
    if role in AGAINST:
        reader.one_of(row, "ground", GROUNDS)
    elif row["ground"] and row["kind"] in KINDS:
        against = ", ".join(one.code for one in KINDS.values() if one.role in AGAINST)
        reader.fault(row, "ground", phrased("nothing: only for {known}", known=against))
    if role == "indicates" and not row["line"]:
        reader.fault(row, "line", "a line of therapy, for an indication")
    if role in STRICT and not row["holds"]:
        reader.fault(row, "holds", "what is tested")
    when, holds = reader.tree(row, "when"), reader.tree(row, "holds")
    return Rule(
        rule_id=row["rule_id"],
        applies_to=tuple(row["applies_to"].split("|")),
        kind=row["kind"],
        role=role,
        when=when,
        holds=holds,
        tested=bool(row["holds"]),
        when_test=compiled(when),
        holds_test=compiled(holds),
        when_text=row["when"],
        holds_text=row["holds"],
        decisive=row["decisive"] == "yes",
        ground=row["ground"],
        line=row["line"],
        place=row["place"],
        authority=row["authority"],
        strength=row["strength"],
        region=row["region"],
        alternatives=row["alternatives"],
        statement_en=row["statement_en"],
        statement_zh=row["statement_zh"],
        source=row["source"],
        url_or_id=row["url_or_id"],
        seen=row["seen"],
        replaces=row["replaces"],
        notes=row["notes"],
        number=number,
        needs=names(when) | names(holds),
        tested_facts=names(holds),
        origin=row["#origin"],
    )


def _bounds(row: dict[str, str], reader: Reader) -> tuple[float, float]:
    if row["type"] not in ("number", "integer", "points"):
        return float("-inf"), float("inf")
    try:
        low, high = (float(end) for end in row["allowed"].split(".."))
    except ValueError:
        reader.fault(row, "allowed", "two numbers such as 0..100")
        return float("-inf"), float("inf")
    if low >= high:
        reader.fault(row, "allowed", "a lower and a higher number")
    return low, high


def _units(row: dict[str, str], reader: Reader) -> dict[str, float]:
    found = {row["unit"]: 1.0, "": 1.0}
    for pair in filter(None, row["other_units"].split(";")):
        unit, _, factor = pair.partition("=")
        try:
            found[unit.strip()] = float(factor)
        except ValueError:
            reader.fault(row, "other_units", "unit=factor;unit=factor")
    return found


def _absent(row: dict[str, str], reader: Reader) -> Value | None:
    text = row["absent"]
    if not text:
        return None
    if row["type"] == "boolean":
        if text.lower() not in TRUTHS:
            reader.fault(row, "absent", "true or false")
        return TRUTHS.get(text.lower())
    if row["type"] == "enum":
        if text not in row["allowed"].split("|"):
            reader.fault(row, "absent", phrased("one of {row}", row=row["allowed"]))
        return text
    if row["type"] == "list":
        return frozenset(text.split("|"))
    try:
        return float(text)
    except ValueError:
        reader.fault(row, "absent", "a number")
        return None


def _aliases(row: dict[str, str], reader: Reader) -> dict[str, Alias]:
    """Every name of an attribute: its own, and the old ones with their words and units."""
    found = {row["name"]: Alias(row["name"])}
    for match in ALIAS.finditer(row["aliases"]):
        old, pairs, unit = match.groups()
        words = dict(pair.split("=", 1) for pair in (pairs or "").split(";") if "=" in pair)
        found[old] = Alias(row["name"], words, unit or "")
        if old != row["name"] and old in reader.attributes:
            reader.fault(
                row, "aliases", phrased("names that are no attribute ({old!r} is one)", old=old)
            )
    return found
