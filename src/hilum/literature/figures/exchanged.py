"""A solid line and a broken one of one colour that go on as each other where they last meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hilum.literature.figures.way import SOLID

if TYPE_CHECKING:
    from hilum.literature.figures.way import Way

# Pixels beyond the width of a line within which two lines touch.
NEAR = 4
# Open columns that tell dashes at least, and the share of a solid line's that are seen at least.
FEWEST, WHOLE = 20, 0.85
# Share of the columns that two lines have in common in which one begins.
BEGIN = 0.5


def begins_whole(one: Way, other: Way) -> bool:
    """Whether one line has no gaps in the first half of what two have in common, the other has."""
    first, last = max(one.first, other.first), min(one.last, other.last)
    stop = first + int(BEGIN * (last - first))
    own, others = (_covered(line, line.first, stop) for line in (one, other))
    return own >= SOLID > others


def _covered(line: Way, first: int, stop: int) -> float:
    """Share of the open columns of a part of a line in which ink is seen."""
    part = slice(first - line.first, max(stop - line.first, 0))
    seen = line.seen[part]
    open_ = ~line.hidden[part] | seen
    return float(seen[open_].mean()) if open_.sum() >= FEWEST else 0.0


def ends_exchanged(way: Way, ways: list[Way], width: float) -> bool:
    """Whether a line that began whole is dashes from where it last meets a broken one on.

    Each of the two, of which this is one, may have gone on as the other.
    """
    pairs = [
        (one, other) for one in ways for other in ways
        if one is not other and way in (one, other) and begins_whole(one, other)
    ]  # fmt: skip
    return any(_in_dashes(one, _last_meeting(one, other, width)) for one, other in pairs)


def _last_meeting(one: Way, other: Way, width: float) -> int | None:
    """The last column in which two lines touch; None where they do not."""
    first, last = max(one.first, other.first), min(one.last, other.last)
    if last < first:
        return None
    rows = one.row[first - one.first : last + 1 - one.first]
    gap = np.abs(rows - other.row[first - other.first : last + 1 - other.first])
    near = np.flatnonzero(gap <= width + NEAR)
    return first + int(near[-1]) if len(near) else None


def _in_dashes(line: Way, start: int | None) -> bool:
    """Whether a line is broken again and again from a column on."""
    if start is None:
        return False
    rest = slice(max(start + 1 - line.first, 0), None)
    seen, open_ = line.seen[rest], ~line.hidden[rest] | line.seen[rest]
    if open_.sum() < FEWEST:
        return False
    gaps = np.count_nonzero(np.diff((open_ & ~seen).astype(np.int8), prepend=0) > 0)
    return bool(gaps > 1 and seen[open_].mean() < WHOLE)
