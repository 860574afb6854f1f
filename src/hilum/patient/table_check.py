"""Whether the pathway's tables hold together: every fault with file, row and column.

What one cell must be is checked where it is read (:mod:`hilum.patient.rows`). Here rows are held
against each other: names that mean nothing, values that can never be, rules that can never fire,
treatments without an indication or without a floor of harm, figures that stand in two tables.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError, phrased
from hilum.patient.conditions import names
from hilum.patient.rule_view import treatments_of
from hilum.patient.table_check_facts import (
    attribute_faults,
    derivation_faults,
    tested_values,
)
from hilum.patient.table_reach import unreachable
from hilum.patient.table_volumetry import VOLUMETRY, volumetry_faults
from hilum.patient.tables import csv_rows, raw_tables, read_all

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hilum.patient.records import Rule
    from hilum.patient.tables import Tables

# The classes of treatments that the semantics name; another one needs a rule of its own.
CLASSES = frozenset(
    {
        *("surgery", "ablation", "arterial", "radioembolisation", "prrt", "analogue", "targeted"),
        *("chemotherapy", "systemic", "liver_directed", "any"),
    }
)
# A treatment of this class alone (waiting, symptom control) needs no floor of harm.
EVERYTHING = ("any",)
Row = dict[str, str]


def check_tables(folder: str | Path | None = None) -> list[Fault]:
    """Every fault of the shipped tables, with the rows of ``folder`` laid over them if it is given.

    Returns
    -------
    list of Fault
        Empty where the tables hold together.
    """
    path = None if folder is None else Path(folder)
    try:
        raw = raw_tables(path)
    except InputError as error:
        return list(error.faults)
    tables, faults = read_all(raw, path)
    found = list(faults)
    bad = {(fault.file, fault.row) for fault in faults}
    for row, column, expected in _faults(tables, raw):
        place = (row["#file"], int(row["#line"]))
        if place not in bad:  # what cannot be read is not judged further
            found.append(Fault(*place, column, row.get(column, ""), expected))
    return found


def unused_attributes(tables: Tables) -> list[str]:
    """Attributes that no rule and no derivation reads: worth a note, no fault."""
    used: set[str] = set()
    for rule in tables.rules:
        used |= rule.needs
        used |= {"region"} if rule.region else set()
    for one in tables.derivations:
        used |= one.needs
    for attribute in tables.attributes.values():
        used |= names(attribute.applies)
    return [name for name in tables.attributes if name not in used]


def _faults(tables: Tables, raw: Mapping[str, list[Row]]) -> Iterator[tuple[Row, str, str]]:
    """Row, column and what was expected."""
    rows = {row["rule_id"]: row for row in raw["rules"]}
    yield from _treatments(tables, {row["id"]: row for row in raw["treatments"]})
    yield from attribute_faults(tables, {row["name"]: row for row in raw["attributes"]})
    yield from derivation_faults(tables, raw["derivations"])
    for rule in tables.rules:
        for column, expected in _rule(rule, tables):
            yield rows[rule.rule_id], column, expected
    yield from _alternatives(tables, rows)
    text = (files("hilum.patient") / "pathway" / f"{VOLUMETRY}.csv").read_text("utf-8")
    volumetry = csv_rows(f"{VOLUMETRY}.csv", text, (), [])
    yield from volumetry_faults(tables, volumetry, raw["derivations"])


def _treatments(tables: Tables, rows: Mapping[str, Row]) -> Iterator[tuple[Row, str, str]]:
    targets = {target for rule in tables.rules for target in rule.applies_to}
    owners: dict[str, str] = {}
    for one in tables.treatments.values():
        row = rows[one.id]
        for word in one.classes:
            if word not in CLASSES | targets:
                yield (
                    row,
                    "classes",
                    phrased("known classes ({word!r} is none and no rule names it)", word=word),
                )
        if one.id in CLASSES or one.id in tables.attributes:
            yield row, "id", "a name that is no class and no attribute"
        for word in one.modalities:
            if owners.setdefault(word, one.id) != one.id:
                yield (
                    row,
                    "modalities",
                    phrased(
                        "modalities of one treatment ({word!r} is {owners}'s)",
                        word=word,
                        owners=owners[word],
                    ),
                )
        kinds = Counter(rule.role for rule in tables.rules_of[one.id])
        if not kinds["indicates"] and not kinds["note"]:
            yield (
                row,
                "id",
                "a treatment with a row that indicates it, or a note that says there is none",
            )
        if one.classes != EVERYTHING and not kinds["requires"] + kinds["forbids"]:
            yield row, "id", "a treatment with a row that requires or forbids: a floor of harm"


def _rule(rule: Rule, tables: Tables) -> Iterator[tuple[str, str]]:
    """Column and what was expected of one rule."""
    known = {
        *tables.treatments,
        *(one for row in tables.treatments.values() for one in row.classes),
    }
    for target in rule.applies_to:
        if target not in known:
            yield (
                "applies_to",
                phrased("treatments and classes ({target!r} is neither)", target=target),
            )
    regions = tables.attributes["region"].allowed if "region" in tables.attributes else ()
    if rule.region and rule.region not in regions:
        yield "region", phrased("empty, or one of {known}", known=", ".join(regions))
    if rule.line and rule.role != "indicates":
        yield "line", "nothing: only for an indication"
    if rule.decisive and not _may_decide(rule):
        yield (
            "decisive",
            "nothing: only for a strong caution, or a weak row that requires or forbids",
        )
    for column, tree in (("when", rule.when), ("holds", rule.holds)):
        for expected in tested_values(tree, tables):
            yield column, expected
    expected = unreachable(rule, tables)
    if expected:
        yield "holds", expected


def _may_decide(rule: Rule) -> bool:
    return rule.against and (rule.strong == (rule.role == "cautions"))


def _alternatives(tables: Tables, rows: Mapping[str, Row]) -> Iterator[tuple[Row, str, str]]:
    """Rows that should answer one question with another row of the same treatment."""
    groups: dict[str, list[Rule]] = defaultdict(list)
    for rule in (*tables.rules, *tables.switched_off):
        if rule.alternatives:
            groups[rule.alternatives].append(rule)
    for rules in groups.values():
        for rule in rules:
            mine = set(treatments_of(rule, tables))
            if not rule.off and not any(
                mine & set(treatments_of(other, tables)) for other in rules if other is not rule
            ):
                yield (
                    rows[rule.rule_id],
                    "alternatives",
                    "a word that another row of the treatment bears",
                )
