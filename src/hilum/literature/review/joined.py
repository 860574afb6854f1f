"""Copies of a review's records: pairs as they hold without undone imports, how far they go."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from hilum.literature.duplicates.linking import OPEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from hilum.literature.review.state import Merge, Review

THROUGH: Final = "joined through a record of an undone import"
"""Why a pair is one that stands in no row: each was a copy of a record that is no longer there."""
NOTED: Final = "dedupe"
"""What the log calls a search for copies; beside it the imports that it read."""


def remaining(rows: Iterable[Merge], held: Iterable[str]) -> tuple[Merge, ...]:
    """The pairs of a table among records of imports that are ``held``.

    Records that were copies of one another stay so, also where they were joined through a record
    that is gone, and reports that belonged together likewise: such a pair has the score of the row
    that joined the two. What kept two records apart keeps them apart still. Rows count in their
    order, the surest first.
    """
    codes, listed = set(held), tuple(rows)
    if all(_there(name, codes) for one in listed for name in (one.a, one.b)):
        return listed
    group: dict[str, list[str]] = {}
    forbidden = [{one.a, one.b} for one in listed if one.undone]
    copies = [one for one in listed if not (one.link or one.undone)]
    joined = [*_spanned(copies, codes, group, forbidden)]
    # Reports belong together over copies of either.
    linked = [one for one in listed if one.link and one.link not in OPEN and not one.undone]
    joined += _spanned(linked, codes, group, [])
    joined += [one for one in listed if one.link in OPEN and not one.undone and _both(one, codes)]
    apart = [one for one in listed if one.undone and _both(one, codes)]
    return tuple(one for one in joined if {one.a, one.b} not in forbidden) + tuple(apart)


def _spanned(
    rows: Iterable[Merge], codes: set[str], group: dict[str, list[str]], forbidden: list[set[str]]
) -> Iterator[Merge]:
    """Rows that are whole, and for each that joined over a gone record the two that are there."""
    for one in rows:
        left, right = group.get(one.a, [one.a]), group.get(one.b, [one.b])
        new = left is not right
        if new:
            whole = left + right
            if any(pair <= set(whole) for pair in forbidden):
                continue
            group |= dict.fromkeys(whole, whole)
        ends = [next((name for name in some if _there(name, codes)), "") for some in (left, right)]
        if _both(one, codes):
            yield one
        elif new and all(ends):
            yield replace(one, a=ends[0], b=ends[1], reasons=THROUGH)


def _both(one: Merge, codes: set[str]) -> bool:
    return _there(one.a, codes) and _there(one.b, codes)


def _there(name: str, codes: set[str]) -> bool:
    return name.partition(":")[0] in codes


@dataclass(frozen=True, slots=True)
class Looked:
    """How far copies were looked for, and the imports in which they were not.

    ``not_noted``: there are pairs, but from when is not written down.
    """

    state: Literal["whole", "partly", "never", "not_noted"]
    imports: tuple[str, ...] = ()


def looked(review: Review) -> Looked:
    """Whether copies were looked for among all imports that a review holds."""
    codes = tuple(one.code for one in review.imports)
    last = last_read(review.log)
    if last is None:
        return Looked("whole" if not codes else "not_noted" if review.rows else "never", codes)
    left = tuple(one for one in codes if one not in last)
    return Looked("partly" if left else "whole", left)


def last_read(log: Sequence[Sequence[str]]) -> tuple[str, ...] | None:
    """The imports that the last search for copies read; None where none is noted."""
    said = next((one[2] for one in reversed(log) if len(one) > 2 and one[1] == NOTED), None)
    return None if said is None else tuple(said.split())
