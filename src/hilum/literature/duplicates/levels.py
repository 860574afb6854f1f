"""Three levels of belonging together, from pairs to groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.literature.duplicates.linking import LINKS, VERSIONS
from hilum.records import found as record_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.literature.duplicates.grouping import Found

LEVELS: Final[dict[str, tuple[str, ...]]] = {
    "report": (),
    "work": VERSIONS,
    "study": tuple(LINKS),
}
"""Level, and the links that join groups at it beside the copies."""


def levelled(found: Found, count: int, level: str) -> tuple[tuple[int, ...], ...]:
    """Groups of two places or more at a level, in the order of their first record."""
    joins = record_of(LEVELS, level, "level")
    pairs = [(group[0], place) for group in found.reports for place in group[1:]]
    pairs += [(one.a, one.b) for one in found.links if one.link in joins]
    return united(pairs, count)


def united(pairs: Iterable[tuple[int, int]], count: int) -> tuple[tuple[int, ...], ...]:
    """Places that pairs connect."""
    parent = list(range(count))

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    for a, b in pairs:
        one, two = sorted((root(a), root(b)))
        parent[two] = one
    groups: dict[int, list[int]] = {}
    for place in range(count):
        groups.setdefault(root(place), []).append(place)
    return tuple(tuple(group) for group in groups.values() if len(group) > 1)
