"""What changed in the answers of a user's own table: each pooled before and after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from hilum.analyses.asked import Option, check
from hilum.analyses.living import TriggerMove, most, moved
from hilum.analyses.living_units import Change
from hilum.analyses.pool_asked import PoolAsked, measures
from hilum.analyses.tables import Table
from hilum.errors import NotConverged, NotEstimable
from hilum.watch import SILENT

if TYPE_CHECKING:
    from pathlib import Path

    from hilum.literature.living.triggers import Trigger
    from hilum.watch import Watch


@dataclass(frozen=True, kw_only=True)
class LivingTableAsked:
    """Two states of a table, as ``hilum pool`` takes it."""

    before: Table
    after: Table
    review: Annotated[
        str | None,
        Option("Folder of the review, whose living.toml says which change calls for what."),
    ] = None
    measure: Annotated[
        str, Option("Effect measure of the table, or any effect with its variance.", measures)
    ] = "GEN"
    by: Annotated[str | None, Option("Column that names the answers, such as outcome.")] = None
    line: Annotated[
        float | None,
        Option("Line that decides; by default that of no effect, where the measure has one."),
    ] = None

    def __post_init__(self) -> None:
        """Refuse values outside their range, all at once."""
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFigure:
    """An answer: figure, interval, studies; ``side`` of the line (below, above, across), or empty.

    A pooling that cannot be made has no figure.
    """

    k: int
    value: float | None
    low: float | None
    high: float | None
    side: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TableMove:
    """One answer that is not as before; the name is empty where the table has but one."""

    name: str
    change: Change
    before: TableFigure | None
    after: TableFigure | None
    studies_added: tuple[str, ...]
    studies_removed: tuple[str, ...]
    studies_changed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class LivingTableAnswered:
    """Every answer that moved, of ``answers_all``; ``recomputed`` rest on rows that moved."""

    hilum_version: str
    date: str
    title: str
    file: str
    measure: str
    line: float | None
    before_hash: str
    after_hash: str
    answers_all: int
    recomputed: int
    answers: tuple[TableMove, ...]
    triggers: tuple[TriggerMove, ...]

    @property
    def change(self) -> Change:
        """The most that changed."""
        return most(one.change for one in self.answers)


def run(asked: LivingTableAsked, watch: Watch = SILENT) -> LivingTableAnswered:
    """Pool both states of a table and say what moved.

    Raises
    ------
    InputError
        With every fault of a table or of the review's file.
    Stopped
        When the watch says so.
    """
    import datetime as dt
    from pathlib import Path

    from hilum._version import __version__
    from hilum.fingerprint import fingerprint
    from hilum.synthesis.effects import measure as measure_of

    promised = _promised(None if asked.review is None else Path(asked.review))
    line = asked.line
    if line is None and measure_of(asked.measure).groups > 1:
        line = 1.0 if measure_of(asked.measure).unit == "ratio" else 0.0
    old, new = _parts(asked.before, asked.by), _parts(asked.after, asked.by)
    names = [*dict.fromkeys((*old, *new))]
    again = [one for one in names if old.get(one) != new.get(one)]
    watch.stage("pool", max(len(again), 1))
    answers: list[TableMove] = []
    for name in again:
        answers.append(_move(asked, name, line, old.get(name), new.get(name)))
        watch.done()
    date = dt.datetime.now(tz=dt.UTC).isoformat(timespec="seconds")
    return LivingTableAnswered(
        hilum_version=__version__,
        date=date,
        title=promised[0],
        file=asked.after.file,
        measure=asked.measure,
        line=line,
        before_hash=fingerprint(_cells(asked.before)),
        after_hash=fingerprint(_cells(asked.after)),
        answers_all=len(names),
        recomputed=len(again),
        answers=tuple(answers),
        triggers=tuple(
            moved(one, [date] * sum(holds(one, each) for each in answers))
            for one in promised[1]
            if one.change
        ),
    )


def _promised(folder: Path | None) -> tuple[str, tuple[Trigger, ...]]:
    from hilum.answers import outcomes, treatments
    from hilum.literature.living.triggers import read_living

    if folder is None:
        return "", ()
    found = read_living(folder, tuple(treatments()), tuple(outcomes()))
    return found.title, found.triggers


Rows = dict[str, tuple[tuple[str, str], ...]]
"""Cells by study."""


def _parts(table: Table, by: str | None) -> dict[str, Rows]:
    """The rows of each answer, by study; studies of one name are told apart by number."""
    from hilum.analyses.pool_rows import LABELS

    names = table.text(by) if by else [""] * len(table.rows)
    column = next((one for one in table.header if one.lower() in LABELS), None)
    studies = table.text(column) if column else [str(n) for n in range(1, len(names) + 1)]
    out: dict[str, Rows] = {}
    for name, study, row in zip(names, studies, table.rows, strict=True):
        part = out.setdefault(name, {})
        key, number = study, 2
        while key in part:
            key, number = f"{study} ({number})", number + 1
        cells = zip(table.header, (cell.strip() for cell in row), strict=True)
        part[key] = tuple(sorted(cells))
    return out


def _cells(table: Table) -> list[object]:
    """Every row, whatever its line and the order of the columns."""
    rows = [sorted(zip(table.header, map(str.strip, row), strict=True)) for row in table.rows]
    return [*map(tuple, rows)]


def _move(
    asked: LivingTableAsked, name: str, line: float | None, old: Rows | None, new: Rows | None
) -> TableMove:
    before = None if old is None else _figure(asked, asked.before, name, line)
    after = None if new is None else _figure(asked, asked.after, name, line)
    was, now = old or {}, new or {}
    return TableMove(
        name=name,
        change=change_of(before, after),
        before=before,
        after=after,
        studies_added=tuple(one for one in now if one not in was),
        studies_removed=tuple(one for one in was if one not in now),
        studies_changed=tuple(one for one in now if one in was and now[one] != was[one]),
    )


def change_of(before: TableFigure | None, after: TableFigure | None) -> Change:
    """The class of a change, the most that holds."""
    told = [(False, "") if one is None else (one.value is not None, one.side)
            for one in (before, after)]  # fmt: skip
    if told[0] != told[1]:
        return "verdict"
    if before is None or after is None:
        return "none"
    numbers = [(one.value, one.low, one.high) for one in (before, after)]
    return "none" if numbers[0] == numbers[1] else "interval"


def _figure(asked: LivingTableAsked, table: Table, name: str, line: float | None) -> TableFigure:
    """One answer as ``hilum pool`` shows it."""
    from dataclasses import replace

    from hilum.analyses.pool import run as pool

    part = table
    if asked.by:
        own = table.text(asked.by)
        kept = [at for at, one in enumerate(own) if one == name]
        part = replace(
            table,
            rows=tuple(table.rows[at] for at in kept),
            lines=tuple(table.lines[at] for at in kept),
        )
    try:
        found = pool(PoolAsked(table=part, measure=asked.measure))
    except (NotEstimable, NotConverged):
        return TableFigure(k=len(part.rows), value=None, low=None, high=None, side="")
    shown = found.shown
    if shown is None:
        return TableFigure(k=found.k, value=None, low=None, high=None, side="")
    value, low, high = (_rounded(one) for one in (shown.pred, shown.ci_lb, shown.ci_ub))
    side = ""
    if line is not None and low is not None and high is not None:
        side = "below" if high < line else "above" if low > line else "across"
    return TableFigure(k=found.k, value=value, low=low, high=high, side=side)


def _rounded(value: float | None) -> float | None:
    """With the digits that two computers agree on."""
    return None if value is None else float(f"{value:.6g}")


def holds(one: Trigger, move: TableMove) -> bool:
    """Whether a change of a table's answer calls for it: a trigger of no treatment or outcome."""
    free = not one.treatments and not one.outcomes
    named = not one.answers or move.name in one.answers
    return free and named and one.at_least(move.change)
