"""Lists that are read page by page with a mark of the place: when they end, what they left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hilum.literature.bibliography.record import Place, Record
from hilum.literature.services.service import Query, State, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SPARE = 5
"""Pages beyond what the count needs before a list is held to have no end."""


def begin(query: Query) -> State:
    """The first page."""
    del query
    return {"mark": None, "came": 0, "pages": 0}


def page(
    state: State,
    items: list[Any],
    record_of: Callable[[Any, Place], Record | None],
    source: str,
    *,
    total: int | None,
    mark: str,
    size: int,
    most: int | None = None,
) -> Step:
    """Records of a page, and the state of the next where there is one.

    Parameters
    ----------
    mark : str
        The service's mark of the next page; empty at the end.
    size : int
        Items of a full page.
    most : int, optional
        How many items are enough.
    """
    if most is not None:
        items = items[: max(most - state["came"], 0)]
    found = list(records(items, record_of, source, state["came"]))
    faulty = tuple(f"record {place}" for place, one in found if one is None)
    kept = tuple(one for _, one in found if one is not None)
    came, pages = state["came"] + len(items), state["pages"] + 1
    wanted = total if most is None or total is None else min(most, total)
    full = most is not None and came >= most
    # A mark that is the last one again, and a list longer than its count, have no end.
    endless = mark == state["mark"] and total is not None and came >= total
    endless = endless or (total is not None and pages > -(-total // size) + SPARE)
    over = not mark or not items or full or endless
    then = None if over else {"mark": mark, "came": came, "pages": pages}
    return Step(records=kept, faulty=faulty, total=wanted, then=then)


def records(
    items: list[Any], record_of: Callable[[Any, Place], Record | None], source: str, before: int
) -> Iterator[tuple[int, Record | None]]:
    """Every item of a page with its place among all: a record, or None."""
    for position, item in enumerate(items, before + 1):
        yield position, record_of(item, Place(source, position))


def again(
    items: list[Any], record_of: Callable[[Any, Place], Record | None], source: str, before: int
) -> list[Record]:
    """The records of a page that was kept."""
    found = records(items, record_of, source, before)
    return [one for _, one in found if one is not None]
