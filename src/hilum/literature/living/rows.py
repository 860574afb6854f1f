"""Two states of the evidence tables side by side: which rows are not the same, and hashes of parts.

A row is known by its id, never by its line: tables that are only laid out anew are the same.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from hilum.fingerprint import fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.evidence import Evidence

Kind = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowMove:
    """A row of one table that is not as before; ``columns`` are those that changed."""

    table: str
    row_id: str
    study_id: str
    kind: Kind
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a record by table and id, as plain data without their lines."""

    tables: dict[str, dict[str, dict[str, Any]]]

    @classmethod
    def of(cls, record: Evidence) -> Rows:
        """The rows of a record."""

        def plain(one: Any) -> dict[str, Any]:
            return one.model_dump(mode="json", by_alias=True, exclude={"row"})

        judged = record.appraisals.all if record.appraisals else ()
        appraisals = {
            f"{one.study}/{one.tool}/{one.outcome or ''}": {**asdict(one), "study_id": one.study}
            for one in judged
        }
        return cls({
            "studies": {one.study_id: plain(one) for one in record.studies},
            "arms": {f"{one.study_id}/{one.arm_id}": plain(one) for one in record.arms},
            "results": {one.result_id: plain(one) for one in record.results},
            "appraisals": appraisals,
        })  # fmt: skip

    def hash_of(self, studies: Iterable[str]) -> str:
        """Hash of every row of some studies."""
        wanted = set(studies)
        return fingerprint(
            (table, row)
            for table, rows in self.tables.items()
            for row in rows.values()
            if row["study_id"] in wanted
        )


def moves(before: Rows, after: Rows) -> tuple[RowMove, ...]:
    """Every row that is not the same, in the order of the tables."""
    out: list[RowMove] = []
    for table in before.tables:
        old, new = before.tables[table], after.tables[table]
        for one in dict.fromkeys((*old, *new)):
            row, other = old.get(one), new.get(one)
            if row == other:
                continue
            kind: Kind = "added" if row is None else "removed" if other is None else "changed"
            columns = () if row is None or other is None else _columns(row, other)
            study = (other or row or {})["study_id"]
            out.append(RowMove(table=table, row_id=one, study_id=study, kind=kind, columns=columns))
    return tuple(out)


def _columns(row: dict[str, Any], other: dict[str, Any]) -> tuple[str, ...]:
    return tuple(name for name in row if row[name] != other.get(name))
