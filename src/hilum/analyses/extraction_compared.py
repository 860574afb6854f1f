"""One report as every extractor has it: what is open, what was settled and by whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError
from hilum.literature.extraction.compare import differences, reports_of
from hilum.literature.extraction.resolved import DROP, read_resolutions

if TYPE_CHECKING:
    from pathlib import Path

    from hilum.literature.extraction.compare import Aligned, Difference
    from hilum.literature.extraction.resolved import Resolution


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A report's rows held against each other.

    Parameters
    ----------
    extractors : tuple of str
    open : tuple of Difference
        Cells on which they differ.
    alone : tuple of Aligned
        Rows that too few have.
    ruled, kept : tuple
        Cells and whole rows that somebody settled, each with that word; it can be said anew.
    alike : int
        Rows on which nothing is open.
    """

    extractors: tuple[str, ...]
    open: tuple[Difference, ...]
    alone: tuple[Aligned, ...]
    ruled: tuple[tuple[Difference, Resolution], ...]
    kept: tuple[tuple[Aligned, Resolution], ...]
    alike: int


def compared(folder: Path, record: str, needed: int) -> Compared:
    """Hold the extractors of a report against each other, once as many as asked have it.

    Raises
    ------
    InputError
        Fewer have: what one wrote is not shown to another before.
    """
    from hilum.analyses.extraction import rows_by

    every = rows_by(folder)
    studies = {
        row["study_id"]
        for one in every if one.table == "studies"
        for row in one.rows.values() if record in reports_of(row)
    }  # fmt: skip
    rows = [one for one in every if next(iter(one.rows.values()))["study_id"] in studies]
    who = dict.fromkeys(
        each for one in rows if one.table == "studies"
        for each, row in one.rows.items() if record in reports_of(row)
    )  # fmt: skip
    if len(who) < needed:
        wanted = "a report that as many extractors have as the review asks for"
        raise InputError(Fault("", None, "record", record, wanted))
    said = read_resolutions(folder)
    open_: list[Difference] = []
    ruled: list[tuple[Difference, Resolution]] = []
    alone: list[Aligned] = []
    kept: list[tuple[Aligned, Resolution]] = []
    alike = 0
    for one in rows:
        whole = said.get((one.key, ""))
        if whole is not None:
            kept.append((one, whole))
            if whole.value == DROP:
                continue
        elif len(one.rows) < needed:
            alone.append(one)
            continue
        cells = differences([one])
        left = [each for each in cells if (each.key, each.column) not in said]
        open_ += left
        ruled += [(each, said[each.key, each.column]) for each in cells if each not in left]
        alike += not left
    return Compared(
        extractors=tuple(who), open=tuple(open_), alone=tuple(alone), ruled=tuple(ruled),
        kept=tuple(kept), alike=alike,
    )  # fmt: skip
