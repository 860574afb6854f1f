"""RevMan Web's analysis data (the CSV of data rows): the rows of one analysis.

Columns as in the data that Cochrane reviews are published with (``CD...-data-rows.csv``). Counts
and means are found under their names; generic inverse variance is read where the user names its
columns, since the file does not say on which scale they stand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.errors import Fault, InputError, phrased

if TYPE_CHECKING:
    from hilum.tabular.rows import Row

GROUP, NUMBER, NAME, SUBGROUP = "Analysis group", "Analysis number", "Analysis name", "Subgroup"
MARKS: Final = frozenset((GROUP, NUMBER, "Experimental N", "Control N"))
"""Columns by which such a file is known."""

OWN: Final = {"Variance": "O-E variance"}
"""Heads of such a file that mean something else than elsewhere: the variance is that of O - E."""


def is_analysis_data(rows: tuple[Row, ...]) -> bool:
    """Whether a table is RevMan Web's analysis data."""
    return bool(rows) and {cell.strip() for cell in rows[0][1]} >= MARKS


def analysis_rows(rows: tuple[Row, ...], file: str, wanted: str) -> tuple[Row, ...]:
    """The header and the rows of one analysis, by its number (``1.2``).

    Parameters
    ----------
    wanted : str
        Empty where the file holds one analysis alone.

    Raises
    ------
    InputError
        No such analysis, several and none named, or one whose rows stand with and without a
        subgroup, so that studies might count twice.
    """
    header = [cell.strip() for cell in rows[0][1]]
    place = {name: header.index(name) for name in (GROUP, NUMBER, NAME, SUBGROUP) if name in header}
    found: dict[str, list[Row]] = {}
    names: dict[str, str] = {}
    for line, row in rows[1:]:
        # A row of another length is told of with its line by the reader of tables.
        cells = [*row, *[""] * (len(header) - len(row))]
        number = f"{cells[place[GROUP]].strip()}.{cells[place[NUMBER]].strip()}"
        found.setdefault(number, []).append((line, row))
        names.setdefault(number, cells[place[NAME]].strip() if NAME in place else "")
    chosen = [wanted] if wanted in found else [] if wanted else list(found)
    if len(chosen) != 1:
        known = "; ".join(f"{one} {names[one]} ({len(found[one])})" for one in found)
        expected = phrased(
            "one analysis, named as in {file}#1.1; there are: {known}", file=file, known=known
        )
        raise InputError(Fault(file, None, "analysis", wanted, expected))
    kept = found[chosen[0]]
    if SUBGROUP in place:
        said = {bool(row[place[SUBGROUP]].strip()) for _, row in kept if len(row) == len(header)}
        if len(said) > 1:
            expected = "rows that all have a subgroup, or none: a study must not count twice"
            raise InputError(Fault(file, None, SUBGROUP, chosen[0], expected))
    return ((rows[0][0], tuple(OWN.get(cell.strip(), cell) for cell in rows[0][1])), *kept)
