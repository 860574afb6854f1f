"""Whether attributes and derivations hold together."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from hilum.errors import phrased
from hilum.patient.conditions import outcomes, tests
from hilum.patient.rows import ALIAS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hilum.patient.conditions import Node
    from hilum.patient.records import Attribute, Derivation
    from hilum.patient.tables import Tables

Row = dict[str, str]
# A mutual definition: each fact of the cycle reads the other, and it is so by definition.
MUTUAL = "definition"


def words_of(attribute: Attribute, tables: Tables) -> frozenset[object] | None:
    """Every word or truth a fact can be; ``None`` for a number."""
    if attribute.numeric:
        return None
    if attribute.type == "boolean":
        return frozenset({True, False})
    return frozenset(tables.treatments if attribute.allowed == ("*",) else attribute.allowed)


def tested_values(tree: Node, tables: Tables) -> Iterator[str]:
    """What was expected, for every value that a fact is compared with and can never be."""
    for name, value in tests(tree):
        attribute = tables.attributes[name]
        words = words_of(attribute, tables)
        if words is None:
            if not isinstance(value, float) or not attribute.low <= value <= attribute.high:
                yield (
                    f"{name} compared with a number from {attribute.low:g} to {attribute.high:g},"
                    f" not {value!r}"
                )
        elif value not in words and not (
            attribute.type == "boolean" and value in ("TRUE", "FALSE")
        ):
            yield f"a word of {name} ({', '.join(map(str, sorted(words, key=str)))}), not {value!r}"


def attribute_faults(tables: Tables, rows: Mapping[str, Row]) -> Iterator[tuple[Row, str, str]]:
    """Faults of the attributes among each other, and of what is never derived."""
    derived: dict[str, set[object]] = defaultdict(set)
    for one in tables.derivations:
        derived[one.fact] |= outcomes(one.formula)
    owners: dict[str, str] = {}
    for one in tables.attributes.values():
        row = rows[one.name]
        if one.type == "enum" and (taken := sorted(set(one.allowed) & set(tables.attributes))):
            yield (
                row,
                "allowed",
                phrased("words that are no attribute ({known} is one)", known=", ".join(taken)),
            )
        if len(set(one.allowed)) < len(one.allowed):
            yield row, "allowed", "every word once"
        for alias in dict.fromkeys(match[1] for match in ALIAS.finditer(row["aliases"])):
            if owners.setdefault(alias, one.name) != one.name:
                yield (
                    row,
                    "aliases",
                    phrased(
                        "names of one attribute ({alias!r} is {owners}'s)",
                        alias=alias,
                        owners=owners[alias],
                    ),
                )
            meant = one.aliases[alias]
            wrong = sorted(set(meant.words.values()) - {*one.allowed, "unknown"})
            if one.type in ("enum", "list") and one.allowed != ("*",) and wrong:
                yield (
                    row,
                    "aliases",
                    phrased(
                        "words of {row}, not {known}", row=row["allowed"], known=", ".join(wrong)
                    ),
                )
            if meant.unit and meant.unit not in one.units:
                yield (
                    row,
                    "aliases",
                    phrased("a unit of the attribute, not {unit!r}", unit=meant.unit),
                )
        for expected in tested_values(one.applies, tables):
            yield row, "applies_to_patient", expected
        if one.absent is not None and not one.asked:
            yield row, "absent", "nothing: what is only derived is never absent"
        if one.numeric and isinstance(one.absent, float) and not one.low <= one.absent <= one.high:
            yield row, "absent", phrased("a number of {row}", row=row["allowed"])
        if not one.asked and one.name not in derived:
            yield row, "asked", "yes: nothing derives it"
        elif not one.asked and one.type == "enum":
            never = sorted(set(one.allowed) - derived[one.name], key=str)
            if never:
                yield (
                    row,
                    "allowed",
                    phrased(
                        "words that a derivation gives; none gives {known}", known=", ".join(never)
                    ),
                )


def derivation_faults(tables: Tables, rows: list[Row]) -> Iterator[tuple[Row, str, str]]:
    """Values that a derivation gives and the attribute does not allow; order and cycles."""
    derived = {one.fact for one in tables.derivations}
    late = {name for name in derived if _absent(name, tables)}
    by_line = {(row["#file"], int(row["#line"])): row for row in rows}
    places = [(row["#file"], int(row["#line"])) for row in rows]
    for place, one in zip(places, tables.derivations, strict=True):
        row = by_line[place]
        attribute = tables.attributes.get(one.fact)
        if attribute is None:
            continue  # reported where the row is read
        for expected in (*tested_values(one.formula, tables), *_given(one, attribute, tables)):
            yield row, "formula", expected
        # A fact that counts as absent is derived before anything else is, so that what is absent
        # never hides what follows from stated facts.
        behind = sorted(name for name in one.needs if name in derived - late)
        if one.fact in late and behind:
            yield (
                row,
                "from",
                phrased("stated facts ({known} is derived itself)", known=", ".join(behind)),
            )
        for expected in _cycle(one, tables):
            yield row, "from", expected


def _absent(name: str, tables: Tables) -> bool:
    return name in tables.attributes and tables.attributes[name].absent is not None


def _given(one: Derivation, attribute: Attribute, tables: Tables) -> Iterator[str]:
    words = words_of(attribute, tables)
    for value in sorted(outcomes(one.formula), key=str):
        if value in tables.attributes:
            continue
        if words is not None and attribute.type == "enum" and value not in words:
            yield f"a formula that gives words of {one.fact}, not {value!r}"
        if attribute.type == "boolean" and not isinstance(value, bool):
            yield f"a formula that gives TRUE or FALSE, not {value!r}"
        if attribute.numeric and (
            isinstance(value, bool)
            or not isinstance(value, float)
            or not attribute.low <= value <= attribute.high
        ):
            yield f"a formula that gives {attribute.low:g} to {attribute.high:g}, not {value!r}"


def _cycle(one: Derivation, tables: Tables) -> Iterator[str]:
    """A way from a fact back to itself, but for definitions that answer each other.

    Grade, Ki-67 and differentiation define one another: whichever is stated gives the others, and
    nothing is replaced. That is allowed between two facts that read each other directly, by
    definition; any longer way round would hang on the order of the rows.
    """
    direct: dict[str, set[str]] = defaultdict(set)
    defined: dict[str, bool] = {}
    for other in tables.derivations:
        direct[other.fact] |= other.needs
        defined[other.fact] = defined.get(other.fact, True) and other.kind == MUTUAL
    for need in sorted(one.needs):
        if need == one.fact:
            yield f"facts other than {one.fact} itself"
            continue
        mutual = one.fact in direct[need] and defined[one.fact] and defined[need]
        if not mutual and _reaches(need, one.fact, direct):
            yield f"facts that do not follow from {one.fact} ({need} does)"


def _reaches(start: str, wanted: str, direct: Mapping[str, set[str]]) -> bool:
    seen: set[str] = set()
    todo = [start]
    while todo:
        name = todo.pop()
        if name == wanted:
            return True
        if name not in seen:
            seen.add(name)
            todo += direct.get(name, ())
    return False
