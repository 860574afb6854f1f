"""Studies in an order that is asked for: by effect, year, weight, label, or a column."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final

from hilum.errors import Fault, InputError
from hilum.tabular import MISSING, number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hilum.analyses.studies import StudyRow
    from hilum.analyses.tables import Table

DOWN: Final = "-"
"""Before an order: the largest first."""
YEAR: Final = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
YEARS: Final = ("year", "year of publication", "published", "年份", "发表年份", "jahr")
Key = tuple[bool, float, str]
LAST: Final[Key] = (True, 0.0, "")


def places(
    order: str, table: Table, studies: Sequence[StudyRow], *, whole: bool = False
) -> list[int]:
    """Places of the studies in the order.

    Parameters
    ----------
    order : str
        ``effect``, ``weight`` (:func:`size_of`), ``year`` (a column of that name, or the last year
        in a study's label), ``label``, or a column; after a minus the largest stands first.
    whole : bool
        Refuse a study that has no place; else it stands last.

    Raises
    ------
    InputError
        An absent column, or studies without a place.
    """
    down = order.startswith(DOWN) and order not in table.header
    name = order.removeprefix(DOWN) if down else order
    keys = _keys(name, table, studies)
    missing = [one.row for one, key in zip(studies, keys, strict=True) if key is LAST]
    if whole and missing:
        expected = "a number, to cumulate by"
        raise InputError(*(Fault(table.file, line, name, "", expected) for line in missing))
    found = [place for place, key in enumerate(keys) if key is not LAST]
    found.sort(key=lambda place: keys[place], reverse=down)
    return [*found, *(place for place, key in enumerate(keys) if key is LAST)]


def size_of(one: StudyRow) -> float:
    """What a study's square is as large as: weight, else patients, else precision."""
    if one.weight is not None:
        return one.weight
    if one.n is not None:
        return float(one.n + (one.n2 or 0))
    return 1 / one.vi if one.vi else 1.0


def _keys(name: str, table: Table, studies: Sequence[StudyRow]) -> list[Key]:
    plain = name.strip().casefold()
    if plain in OWN:
        return [OWN[plain](one) for one in studies]
    if plain == "year":
        column = next((one for one in table.header if one.strip().casefold() in YEARS), None)
        if column is None:
            return [_of(_year(one.label)) for one in studies]
        name = column
    cells = dict(zip(table.lines, table.text(name), strict=True))
    said = [cells[one.row] for one in studies]
    as_key = _number if all(_number(one) is not None for one in said) else _words
    return [as_key(one) or LAST for one in said]


def _of(value: float | None) -> Key:
    return LAST if value is None or math.isnan(value) else (False, value, "")


def _year(label: str) -> float | None:
    found: list[str] = YEAR.findall(label)
    return float(found[-1]) if found else None


def _number(cell: str) -> Key | None:
    """The key of a number; of an empty cell that of what stands last; None for words."""
    if cell.lower() in MISSING:
        return LAST
    try:
        return _of(number(cell))
    except ValueError:
        return None


def _words(cell: str) -> Key:
    return LAST if cell.lower() in MISSING else (False, 0.0, cell.casefold())


OWN: Final[dict[str, Callable[[StudyRow], Key]]] = {
    "effect": lambda one: _of(one.value),
    "weight": lambda one: _of(size_of(one)),
    "label": lambda one: (False, 0.0, one.label.casefold()),
}
"""Orders that need no column; ``year`` takes one where there is one."""

__all__ = ["places", "size_of"]
