"""Whether ``volumetry.csv`` is typed and agrees with the rules and derivations that use it.

A formula is written once: a derivation that computes a quantity of the table computes it as a row
of the table does, and a limit of a rule is the figure of the row that names the rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.errors import phrased
from hilum.patient.conditions import ConditionError, names, parse, tests

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hilum.patient.conditions import Node
    from hilum.patient.tables import Tables

VOLUMETRY = "volumetry"
KINDS = ("formula", "cut_off", "measure")
COMPARATORS = (">=", ">")
DENOMINATORS = ("slv", "ct_non_tumour", "bsa")
ANY = "any"
Row = dict[str, str]


def volumetry_faults(
    tables: Tables, rows: list[Row], derivations: list[Row]
) -> Iterator[tuple[Row, str, str]]:
    """Row, column and what was expected."""
    seen: set[str] = set()
    for row in rows:
        if row["name"] in seen or not row["name"]:
            yield row, "name", "a name not used before"
        seen.add(row["name"])
        yield from _cells(tables, row)
        yield from _rule(tables, row, rows)
    yield from _formulas(tables, rows, derivations)
    yield from _cut_offs(tables, rows, derivations)


def _cells(tables: Tables, row: Row) -> Iterator[tuple[Row, str, str]]:
    if row["kind"] not in KINDS:
        yield row, "kind", phrased("one of {known}", known=", ".join(KINDS))
    known = frozenset(tables.attributes)
    for column in ("formula", "when"):
        try:
            parse(row[column], known)
        except ConditionError as error:
            yield row, column, phrased("a condition or formula ({error})", error=error.sentence)
    if row["kind"] == "formula":
        if not row["formula"]:
            yield row, "formula", "a formula"
        if row["value"] or row["comparator"]:
            yield row, "value", "nothing: a formula has no figure"
    elif _number(row["value"]) is None:
        yield row, "value", "a number"
    if row["kind"] == "cut_off" and row["comparator"] not in COMPARATORS:
        yield row, "comparator", phrased("one of {known}", known=", ".join(COMPARATORS))
    if row["denominator"] and row["denominator"] not in DENOMINATORS:
        yield row, "denominator", phrased("empty, or one of {known}", known=", ".join(DENOMINATORS))
    livers = tables.attributes["liver_condition"].allowed if "liver_condition" in known else ()
    if row["liver_condition"] not in (ANY, *livers):
        yield row, "liver_condition", phrased("one of {known}", known=", ".join((ANY, *livers)))


def _rule(tables: Tables, row: Row, rows: list[Row]) -> Iterator[tuple[Row, str, str]]:
    """The rule that cut-offs name tests their quantity against one of their figures.

    One of them: where a source states two figures for one rule (40 or 50 % by a test of the liver)
    the rule tests the one that is met either way.
    """
    if not row["rule_id"]:
        return
    rule = next((one for one in tables.rules if one.rule_id == row["rule_id"]), None)
    if rule is None:
        if row["rule_id"] not in {one.rule_id for one in tables.switched_off}:
            yield row, "rule_id", "the id of a rule"
        return
    figures = [value for fact, value in tests(rule.holds) if fact == row["quantity"]]
    stated = {
        _number(one["value"])
        for one in rows
        if one["rule_id"] == row["rule_id"] and one["quantity"] == row["quantity"]
    }
    if row["kind"] == "cut_off" and not (figures and stated.issuperset(figures)):
        said = ", ".join(f"{value:g}" for value in figures if isinstance(value, float)) or "nothing"
        yield (
            row,
            "value",
            phrased(
                "the figure that {rule_id} tests {row} against: {said}",
                rule_id=rule.rule_id,
                row=row["quantity"],
                said=said,
            ),
        )


def _formulas(
    tables: Tables, rows: list[Row], derivations: list[Row]
) -> Iterator[tuple[Row, str, str]]:
    known = frozenset(tables.attributes)
    trees: dict[str, list[Node]] = {}
    for row in rows:
        if row["kind"] == "formula" and row["quantity"] in known and _readable(row, known):
            trees.setdefault(row["quantity"], []).append(parse(row["formula"], known))
    for row, one in zip(derivations, tables.derivations, strict=True):
        if one.kind == "formula" and one.fact in trees and one.formula not in trees[one.fact]:
            yield (
                row,
                "formula",
                phrased(
                    "a formula of {VOLUMETRY}.csv for {fact}", VOLUMETRY=VOLUMETRY, fact=one.fact
                ),
            )


def _cut_offs(
    tables: Tables, rows: list[Row], derivations: list[Row]
) -> Iterator[tuple[Row, str, str]]:
    """A remnant in a derivation is compared with published cut-offs only."""
    figures: dict[str, set[float]] = {}
    for row in rows:
        value = _number(row["value"])
        if row["kind"] == "cut_off" and value is not None:
            figures.setdefault(row["quantity"], set()).add(value)
    for one in tables.derivations:  # the lowest of two remnants has the cut-offs of both
        if one.fact not in figures and one.needs and one.needs <= figures.keys():
            figures[one.fact] = {value for need in one.needs for value in figures[need]}
    for row, one in zip(derivations, tables.derivations, strict=True):
        for fact, value in tests(one.formula):
            if fact in figures and value not in figures[fact]:
                known = ", ".join(f"{each:g}" for each in sorted(figures[fact]))
                yield (
                    row,
                    "formula",
                    phrased(
                        "{fact} compared with a cut-off of {VOLUMETRY}.csv ({known})",
                        fact=fact,
                        VOLUMETRY=VOLUMETRY,
                        known=known,
                    ),
                )


def _readable(row: Row, known: frozenset[str]) -> bool:
    try:
        return names(parse(row["formula"], known)) <= known
    except ConditionError:
        return False


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
