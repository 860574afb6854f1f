"""The pathway's tables, read once: treatments, attributes, derivations and rules.

A folder of a hospital's own rows may be laid over the shipped ones: a row with a known id replaces
the shipped row, another is added, and ``switched_off.csv`` (rule_id, reason) takes rows out.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError, UnknownCode, phrased
from hilum.fingerprint import fingerprint
from hilum.patient.conditions import tests
from hilum.patient.rows import COLUMNS, Reader, attribute_of, derivation_of, rule_of, treatment_of
from hilum.patient.volumetry import written_out
from hilum.records import nearest
from hilum.tabular.quoting import csv_faults
from hilum.tabular.small import small_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hilum.patient.records import Alias, Attribute, Derivation, Rule, Treatment

# Which column says that a row of a hospital's own replaces a shipped one.
KEYS = {"treatments": "id", "attributes": "name", "rules": "rule_id"}
FACT = "fact"  # all derivations of one fact are replaced together
SWITCHED_OFF = "switched_off"


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """Everything published that verdicts rest on; ``cuts`` are the values facts are compared with.

    ``folder`` names a hospital's own rows, ``laid_over`` the ids of them by table, ``own_rows``
    those that name a treatment or a fact, as written, and
    ``switched_off`` the rules they take out. ``content_hash`` is of every cell of every row.
    """

    treatments: Mapping[str, Treatment]
    attributes: Mapping[str, Attribute]
    derivations: tuple[Derivation, ...]
    rules: tuple[Rule, ...]
    rules_of: Mapping[str, tuple[Rule, ...]]
    aliases: Mapping[str, Alias]
    modality_of: Mapping[str, str]
    cuts: Mapping[str, frozenset[object]]
    switched_off: tuple[Rule, ...] = ()
    folder: str = ""
    laid_over: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    own_rows: Mapping[str, tuple[Mapping[str, str], ...]] = field(default_factory=dict)
    content_hash: str = ""

    def rule(self, rule_id: str) -> Rule:
        """A rule by its id.

        Raises
        ------
        InputError
            When no row has that id; names the nearest.
        """
        for rule in (*self.rules, *self.switched_off):
            if rule.rule_id.lower() == rule_id.lower():
                return rule

        known = [rule.rule_id for rule in self.rules]
        hint = nearest(rule_id, known, 3, 0.4)
        raise InputError(
            Fault(
                "rules.csv", None, "rule_id", rule_id, phrased("the id of a rule{hint}", hint=hint)
            )
        )


def read_tables(folder: str | Path | None = None) -> Tables:
    """The shipped tables, with the rows of ``folder`` laid over them.

    Raises
    ------
    InputError
        With every fault of every table: file, row, column, value and what was expected.
    """
    return _shipped() if folder is None else _read(Path(folder))


@cache
def _shipped() -> Tables:
    return _read(None)


def raw_tables(folder: Path | None) -> dict[str, list[dict[str, str]]]:
    """Rows of every table as written, each with its ``#file`` and ``#line``.

    Raises
    ------
    InputError
        When a file cannot be read or lacks a column.
    """
    faults: list[Fault] = []
    shipped = files("hilum.patient") / "pathway"
    found: dict[str, list[dict[str, str]]] = {}
    for name, columns in COLUMNS.items():
        text = (shipped / f"{name}.csv").read_text("utf-8")
        found[name] = csv_rows(f"{name}.csv", text, columns, faults)
    if folder is not None:
        _overlay(found, folder, faults)
    _written_out(found["derivations"], faults)
    if faults:
        raise InputError(*faults)
    return found


def _written_out(rows: list[dict[str, str]], faults: list[Fault]) -> None:
    """Put formulas of ``volumetry.csv`` in the place of their rows' names."""
    for row in rows:
        try:
            row["formula"] = written_out(row["formula"])
        except UnknownCode as error:
            expected = phrased("a formula of volumetry.csv: {known}", known=", ".join(error.known))
            line = int(row["#line"])
            faults.append(Fault(row["#file"], line, "formula", error.code, expected))


def _overlay(found: dict[str, list[dict[str, str]]], folder: Path, faults: list[Fault]) -> None:
    if not folder.is_dir():
        expected = "a folder with rules.csv, attributes.csv, derivations.csv, treatments.csv"
        faults.append(Fault(str(folder), None, "rules", folder.name, expected))
        return
    known = {f"{name}.csv" for name in (*COLUMNS, SWITCHED_OFF)}
    present = sorted(path.name for path in folder.glob("*.csv"))
    for name in present:
        if name not in known:
            faults.append(
                Fault(
                    name,
                    None,
                    "file",
                    name,
                    phrased("one of {known}", known=", ".join(sorted(known))),
                )
            )
    if not set(present) & known:
        expected = phrased("a folder with at least one of {known}", known=", ".join(sorted(known)))
        faults.append(Fault(str(folder), None, "rules", folder.name, expected))
    for name, columns in {**COLUMNS, SWITCHED_OFF: ("rule_id", "reason")}.items():
        path = folder / f"{name}.csv"
        if not path.exists():
            continue
        try:
            text = small_text(path)
        except (OSError, UnicodeDecodeError):
            faults.append(Fault(path.name, None, "file", path.name, "a readable CSV file in UTF-8"))
            continue
        before = len(faults)
        rows = csv_rows(path.name, text, columns, faults)
        if len(faults) > before:
            continue
        for row in rows:
            row["#origin"] = folder.resolve().name
        found[name] = _laid_over(found.get(name, []), rows, KEYS.get(name))


def _laid_over(
    shipped: list[dict[str, str]], own: list[dict[str, str]], key: str | None
) -> list[dict[str, str]]:
    """Shipped rows with a hospital's own in their place; new ones follow."""
    if key is None:
        facts = {row.get(FACT) for row in own}
        return [row for row in shipped if row.get(FACT) not in facts] + own
    mine: dict[str, list[dict[str, str]]] = {}
    for row in own:  # a key written twice stays twice, so that it is reported
        mine.setdefault(row[key], []).append(row)
    kept = [one for row in shipped for one in mine.pop(row[key], [row])]
    return kept + [row for rows in mine.values() for row in rows]


def csv_rows(
    file: str, text: str, columns: Iterable[str], faults: list[Fault]
) -> list[dict[str, str]]:
    """Rows of a CSV text with ``#file``, ``#line`` and ``#origin``; adds to ``faults``."""
    reader = csv.DictReader(text.splitlines(), strict=True)
    try:
        return _rows_of(reader, file, columns, faults)
    except csv.Error as error:
        faults += csv_faults(text, file, reader.line_num, error)
        return []


def _rows_of(
    reader: csv.DictReader[str], file: str, columns: Iterable[str], faults: list[Fault]
) -> list[dict[str, str]]:
    header = reader.fieldnames or []
    for column in columns:
        if column not in header:
            faults.append(Fault(file, 1, column, "", "this column"))
    found: list[dict[str, str]] = []
    for row in reader:
        if None in row or None in row.values():
            expected = phrased("{number} cells as in the header", number=len(header))
            faults.append(Fault(file, reader.line_num, header[0] if header else "", "", expected))
            continue
        found.append({key: str(value).strip() for key, value in row.items()})
        found[-1] |= {"#file": file, "#line": str(reader.line_num), "#origin": ""}
    return found


def _read(folder: Path | None) -> Tables:
    tables, faults = read_all(raw_tables(folder), folder)
    if faults:
        raise InputError(*faults)
    return tables


def read_all(
    raw: Mapping[str, list[dict[str, str]]], folder: Path | None = None
) -> tuple[Tables, list[Fault]]:
    """Tables of :func:`raw_tables`, and every fault of their cells; faultless only without one."""
    reader = Reader(frozenset(row["name"] for row in raw["attributes"]))
    treatments = {row["id"]: treatment_of(row, reader) for row in raw["treatments"]}
    attributes = {row["name"]: attribute_of(row, reader) for row in raw["attributes"]}
    derivations = tuple(derivation_of(row, reader) for row in raw["derivations"])
    rules = tuple(rule_of(row, number, reader) for number, row in enumerate(raw["rules"]))
    off = _reasons(raw.get(SWITCHED_OFF, []), {rule.rule_id for rule in rules}, reader)
    switched = tuple(replace(rule, off=off[rule.rule_id]) for rule in rules if rule.rule_id in off)
    rules = tuple(rule for rule in rules if rule.rule_id not in off)
    tables = Tables(
        treatments=treatments,
        attributes=attributes,
        derivations=derivations,
        rules=rules,
        rules_of={one.id: _of(one, rules) for one in treatments.values()},
        aliases=_aliases(attributes),
        modality_of={
            word: one.id for one in treatments.values() for word in (one.id, *one.modalities)
        },
        cuts=_cuts(attributes, derivations, rules),
        switched_off=switched,
        folder="" if folder is None else folder.resolve().name,
        laid_over=_own(raw),
        own_rows=_naming(raw),
        content_hash=fingerprint(
            (name, {column: cell for column, cell in row.items() if not column.startswith("#")})
            for name, rows in raw.items()
            for row in rows
        ),
    )
    return tables, reader.faults


def with_rows(own: Mapping[str, Iterable[Mapping[str, str]]]) -> Tables:
    """The shipped tables with rows of :attr:`Tables.own_rows` laid over them: names, no rules."""
    if not any(own.values()):
        return _shipped()
    raw = raw_tables(None)
    for name, rows in own.items():
        written = [{**row, "#file": f"{name}.csv", "#line": "0", "#origin": "own"} for row in rows]
        raw[name] = _laid_over(raw[name], written, KEYS[name])
    return read_all(raw)[0]


def _naming(
    raw: Mapping[str, list[dict[str, str]]],
) -> dict[str, tuple[Mapping[str, str], ...]]:
    """A hospital's own rows of the tables that name treatments and facts, as written."""
    found = {
        name: tuple(
            {column: cell for column, cell in row.items() if not column.startswith("#")}
            for row in raw[name]
            if row["#origin"]
        )
        for name in ("treatments", "attributes")
    }
    return {name: rows for name, rows in found.items() if rows}


def _own(raw: Mapping[str, list[dict[str, str]]]) -> dict[str, tuple[str, ...]]:
    """Ids of a hospital's own rows, by table."""
    found = {
        name: tuple(dict.fromkeys(row[KEYS.get(name, FACT)] for row in raw[name] if row["#origin"]))
        for name in COLUMNS
    }
    return {name: ids for name, ids in found.items() if ids}


def _reasons(rows: list[dict[str, str]], known: set[str], reader: Reader) -> dict[str, str]:
    for row in rows:
        if row["rule_id"] not in known:
            reader.fault(row, "rule_id", "the id of a rule")
        if not row["reason"]:
            reader.fault(row, "reason", "why the row is switched off; the sheet says it")
    return {row["rule_id"]: row["reason"] for row in rows}


def _of(treatment: Treatment, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    names = {treatment.id, *treatment.classes}
    return tuple(rule for rule in rules if names & set(rule.applies_to))


def _aliases(attributes: Mapping[str, Attribute]) -> dict[str, Alias]:
    found: dict[str, Alias] = {}
    for one in attributes.values():
        found |= one.aliases
    return found


def _cuts(
    attributes: Mapping[str, Attribute],
    derivations: tuple[Derivation, ...],
    rules: tuple[Rule, ...],
) -> dict[str, frozenset[object]]:
    found: dict[str, set[object]] = defaultdict(set)
    trees = [one.formula for one in derivations] + [one.applies for one in attributes.values()]
    trees += [tree for rule in rules for tree in (rule.when, rule.holds)]
    for tree in trees:
        for name, value in tests(tree):
            found[name].add(value)
    return {name: frozenset(values) for name, values in found.items()}
