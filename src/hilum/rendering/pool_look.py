"""How a plot of a pooled answer is to look: nothing of it changes a figure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hilum.analyses.ordering import places
from hilum.errors import Fault, InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.analyses.pool import PoolAnswered, StudyRow
    from hilum.analyses.tables import Table

BETWEEN: Final = re.compile("[,，]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a reader asked of a plot.

    ``title`` and ``xlab`` are words instead of the usual ones, ``weights`` whether a forest shows
    them, ``order`` that of its studies (:mod:`hilum.analyses.ordering`), ``beside`` columns of the
    table that stand beside each study, ``groups`` the names of both groups, ``left`` and ``right``
    whom a figure favours on either side, ``whom`` whose figures they are, ``note`` what a reader
    must know of the average.
    """

    title: str = ""
    xlab: str = ""
    weights: bool = True
    order: str | None = None
    beside: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    left: str = ""
    right: str = ""
    whom: str = ""
    note: str = ""


USUAL: Final = Look()


def look_of(
    *,
    title: str | None = None,
    xlab: str | None = None,
    weights: bool = True,
    order: str | None = None,
    beside: Sequence[str] = (),
    groups: str | None = None,
    favours: str | None = None,
) -> Look:
    """A look from what was typed: two names and two sides have a comma between.

    Raises
    ------
    InputError
        Not two names, or not two sides.
    """
    names, sides = _two("groups", groups), _two("favours", favours)
    return Look(
        title=title or "",
        xlab=xlab or "",
        weights=weights,
        order=order,
        beside=tuple(beside),
        groups=names,
        left=sides[0] if sides else "",
        right=sides[1] if sides else "",
    )


def _two(field: str, typed: str | None) -> tuple[str, ...]:
    if typed is None:
        return ()
    found = tuple(one.strip() for one in BETWEEN.split(typed))
    if len(found) != 2:
        raise InputError(Fault("", None, field, typed, "two names with a comma between"))
    return found


def in_order(answer: PoolAnswered, look: Look) -> tuple[StudyRow, ...]:
    """The studies in the order that is asked for; in that of the table where none is."""
    studies = answer.studies
    if look.order is None:
        return studies
    return tuple(studies[place] for place in places(look.order, answer.asked.table, studies))


def cells_of(table: Table, columns: Sequence[str]) -> dict[int, tuple[str, ...]]:
    """Cells of some columns by the row of the file.

    Raises
    ------
    InputError
        An absent column.
    """
    texts = [table.text(name) for name in columns]
    return {line: tuple(one[place] for one in texts) for place, line in enumerate(table.lines)}
