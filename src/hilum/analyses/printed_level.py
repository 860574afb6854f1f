"""The level of the limits that a table prints: what is asked, what it states, or 95 %."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

from hilum.analyses.asked import Option
from hilum.errors import Fault, InputError, Parameter, Phrase, phrased

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.analyses.survival_rows import SurvivalRow
    from hilum.analyses.tables import Table

PrintedLevel = Annotated[
    float | None,
    Option(
        "Coverage of the limits in the table; otherwise what it states of them, or 0.95.",
        above=0,
        below=1,
    ),
]
"""What is asked of it, the same in every analysis."""
USUAL: Final = 0.95
"""Coverage of limits of which nothing is stated."""


def level_of(table: Table, asked: float | None, said: list[Phrase]) -> float:
    """Coverage of the limits of a table by its columns and the option; one below 95 % is said.

    Raises
    ------
    InputError
        Columns that state another level than was asked for, or several.
    """
    faults = [
        Fault(table.file, 1, column, f"{stated} %", against(asked))
        for column, stated in table.levels
        if asked is not None and differs(asked, stated)
    ]
    levels = {stated: column for column, stated in table.levels}
    if len(levels) > 1 and not faults:
        told = ", ".join(column for column, _ in table.levels)
        faults.append(Fault(table.file, 1, "lower, upper", told, "limits of one level"))
    if faults:
        raise InputError(*faults)
    if asked is not None:
        return asked
    if not levels:
        return USUAL
    ((stated, column),) = levels.items()
    if differs(USUAL, stated):
        message = "limits are read as those of {level} %, which column {column} states"
        said.append(phrased(message, level=stated, column=column))
    return float(stated) / 100


def differs(level: float, stated: str) -> bool:
    """Whether a coverage is another than a stated percent."""
    return f"{100 * level:g}" != stated


def against(asked: float) -> Phrase:
    """What limits had to be where another level was asked for."""
    return phrased(
        "limits of {level} %, which {option} says: leave {option} out to read them at the level "
        "that they state, or name the columns of that level",
        level=f"{100 * asked:g}",
        option=Parameter("printed_level"),
    )


def levels_of_rows(
    table: Table,
    rows: Sequence[SurvivalRow],
    known: tuple[float | None, float],
    faults: list[Fault],
    said: list[Phrase],
) -> dict[int, float]:
    """Coverage of the limits of each row by its line: what its cell states, or the table's.

    ``known`` are the level that was asked for, and the table's. A cell of another level than was
    asked for, or than a column states, is a fault; one of another than the usual is said.
    """
    asked, common = known
    own: dict[str, list[int]] = {}
    for row in rows:
        if row.level and asked is not None and differs(asked, row.level):
            faults.append(Fault(table.file, row.line, "value", f"{row.level} %", against(asked)))
        elif row.level and table.levels and differs(common, row.level):
            wanted = phrased(
                "limits of {level} %, as their column states", level=f"{100 * common:g}"
            )
            faults.append(Fault(table.file, row.line, "value", f"{row.level} %", wanted))
        elif row.level and differs(common, row.level):
            own.setdefault(row.level, []).append(row.line)
    message = (
        "rows {rows}: limits are read as those of {level} %, which their cells state; those of "
        "rows that state none as of {common} %"
    )
    said += [
        phrased(message, rows=", ".join(map(str, lines)), level=level, common=f"{100 * common:g}")
        for level, lines in own.items()
    ]
    return {row.line: float(row.level) / 100 if row.level else common for row in rows}
