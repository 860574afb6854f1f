"""Extractors held against each other: the same row found in each, cells alike or not.

Studies are the same where they share a report (``record_id``), else by their id; arms of one study
by their id, else by a modality that only one arm of each has; results by arm, outcome, measure and
what else a figure is known by. Ids are those of the first extractor who has the row.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hilum.literature.extraction.columns import TABLES, Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hilum.literature.extraction.rows import Tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Aligned:
    """One row as each extractor has it; ``key`` names it in all lists and resolutions."""

    table: str
    key: str
    rows: dict[str, Row]


@dataclass(slots=True)
class _Ids:
    """Ids of an extractor in those of the first who has the row."""

    study: dict[str, str] = field(default_factory=dict[str, str])
    arm: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])


def aligned(by: Mapping[str, Tables]) -> list[Aligned]:
    """Every row of every extractor, each with its like."""
    ids = {who: _Ids() for who in by}
    _studies(by, ids)
    _arms(by, ids)
    found: dict[tuple[str, str], Aligned] = {}
    for who, tables in by.items():
        for name in TABLES:
            counted: Counter[str] = Counter()
            for row in tables[name]:
                mine = _renamed(row, ids[who])
                key = TABLES[name].said_of(mine)
                counted[key] += 1
                key += f"~{counted[key]}" if counted[key] > 1 else ""
                one = found.setdefault((name, key), Aligned(table=name, key=key, rows={}))
                one.rows[who] = mine
    order = {name: at for at, name in enumerate(TABLES)}
    return sorted(found.values(), key=lambda one: order[one.table])


def study_ids(by: Mapping[str, Tables]) -> dict[str, dict[str, str]]:
    """By extractor: the id that each of their studies has in all lists."""
    ids = {who: _Ids() for who in by}
    _studies(by, ids)
    return {who: one.study for who, one in ids.items()}


def reports_of(row: Row) -> tuple[str, ...]:
    """The reports that a study's row names."""
    return tuple(one.strip() for one in row.get("record_id", "").split(";") if one.strip())


def _studies(by: Mapping[str, Tables], ids: Mapping[str, _Ids]) -> None:
    first: dict[str, str] = {}
    for who, tables in by.items():
        for row in tables["studies"]:
            reports, own = reports_of(row), row["study_id"]
            name = next((first[one] for one in reports if one in first), own)
            ids[who].study[own] = name
            for one in reports:
                first.setdefault(one, name)


def _arms(by: Mapping[str, Tables], ids: Mapping[str, _Ids]) -> None:
    first: dict[str, dict[str, str]] = {}  # by study: arm id and modality of the first
    for who, tables in by.items():
        mine: dict[str, list[Row]] = {}
        for row in tables["arms"]:
            study = ids[who].study.get(row["study_id"], row["study_id"])
            mine.setdefault(study, []).append(row)
        for study, rows in mine.items():
            known = first.setdefault(study, {})
            _paired(study, rows, known, ids[who])
            for row in rows:
                known.setdefault(ids[who].arm[row["study_id"], row["arm_id"]], row["modality"])


def _paired(study: str, rows: list[Row], known: dict[str, str], ids: _Ids) -> None:
    taken = {row["arm_id"] for row in rows if row["arm_id"] in known}
    for row in rows:
        name = row["arm_id"]
        if name not in known:
            left = [one for one, modality in known.items()
                    if modality == row["modality"] and one not in taken]  # fmt: skip
            alike = [one for one in rows if one["modality"] == row["modality"]
                     and one["arm_id"] not in known]  # fmt: skip
            if len(left) == 1 and len(alike) == 1:
                name = left[0]
        ids.arm[row["study_id"], row["arm_id"]] = name


def _renamed(row: Row, ids: _Ids) -> Row:
    own = row["study_id"]
    out = row | {"study_id": ids.study.get(own, own)}
    for column in ("arm_id", "comparator_arm_id"):
        if row.get(column):
            out[column] = ids.arm.get((own, row[column]), row[column])
    return out


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A cell on which extractors differ, with where each read it."""

    key: str
    column: str
    said: dict[str, str]
    places: dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alone:
    """A row that only some have, and who."""

    key: str
    extractors: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Of one table: rows that two or more have, their filled cells, and how many are alike."""

    table: str
    rows: int
    cells: int
    alike: int


def differences(rows: Iterable[Aligned]) -> list[Difference]:
    """Every cell that is not alike."""
    out: list[Difference] = []
    for one in rows:
        for column in TABLES[one.table].compared:
            said = {who: row.get(column, "") for who, row in one.rows.items()}
            if len({plain(text) for text in said.values()}) > 1:
                places = {
                    who: (row.get("page", ""), row.get("sentence", ""))
                    for who, row in one.rows.items()
                }
                out.append(Difference(key=one.key, column=column, said=said, places=places))
    return out


def alike(rows: Iterable[Aligned]) -> tuple[Alike, ...]:
    """Cells alike, by table; cells that nobody filled are not counted."""
    out = {name: [0, 0, 0] for name in TABLES}
    for one in rows:
        if len(one.rows) < 2:
            continue
        out[one.table][0] += 1
        for column in TABLES[one.table].compared:
            said = {plain(row.get(column, "")) for row in one.rows.values()}
            if said != {""}:
                out[one.table][1] += 1
                out[one.table][2] += len(said) == 1
    return tuple(Alike(table=name, rows=a, cells=b, alike=c) for name, (a, b, c) in out.items())


def plain(text: str) -> str:
    """A cell as it is compared: 12 and 12.0 are alike, and so are letters in either case."""
    try:
        return f"{float(text):.12g}"
    except ValueError:
        return " ".join(text.casefold().split())
