"""Three levels of belonging together, from pairs to groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.literature.duplicates.linking import LINKS, OPEN, VERSIONS
from hilum.records import found as record_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.literature.duplicates.grouping import Found

LEVELS: Final[dict[str, tuple[str, ...]]] = {
    "report": (),
    "work": VERSIONS,
    "study": tuple(one for one in LINKS if one not in OPEN),
}
"""Level, and the links that join groups at it beside the copies."""


def levelled(found: Found, count: int, level: str) -> tuple[tuple[int, ...], ...]:
    """Groups of two places or more at a level, in the order of their first record."""
    joins = record_of(LEVELS, level, "level")
    pairs = [(group[0], place) for group in found.reports for place in group[1:]]
    pairs += [(one.a, one.b) for one in found.links if one.link in joins]
    return united(pairs, count)


def united(
    pairs: Iterable[tuple[int, int]], count: int, apart: Iterable[tuple[int, int]] = ()
) -> tuple[tuple[int, ...], ...]:
    """Places that pairs connect, the surest first; what is ``apart`` is never in one group."""
    group = {place: [place] for place in range(count)}
    forbidden = [{a, b} for a, b in apart]
    for a, b in pairs:
        left, right = group[a], group[b]
        if left is right:
            continue
        whole = left + right
        if any(one <= set(whole) for one in forbidden):
            continue
        for place in whole:
            group[place] = whole
    groups = {id(one): tuple(sorted(one)) for one in group.values() if len(one) > 1}
    return tuple(sorted(groups.values()))
