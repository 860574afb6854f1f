"""What follows a deep fall at the end of a broken line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hilum.literature.figures.way import BARE_DASHED, Way, one_way

if TYPE_CHECKING:
    from hilum.literature.figures.arrays import Array, Mask

# What a bare row of a fall costs, of what it costs elsewhere.
CHEAP = 0.5
# Columns by which a line must be longer for it; rows by which it may leave the line before, and in
# what share of its columns; share of its ink that is in as many columns of the rest.
FEWEST, ROWS, SAME, ALIKE = 4, 2, 0.97, 0.75


def longer(
    share: Array, other: Mask, way: Way, top: float, start: int, width: float, taken: Mask
) -> Way:
    """A broken line with what follows a deep fall at its end.

    The gaps of a fall's dashes may cost more than the few columns behind it add. Where falls cost
    less, the best way may be another line's; it is taken where it is this line, and more.
    """
    if way.style == "solid":
        return way
    _, more = one_way(share, other, top, start, BARE_DASHED, width, taken, CHEAP)
    if more is None or more.last < way.last + FEWEST or more.first > way.first + FEWEST:
        return way
    first = max(way.first, more.first)
    own = way.row[first - way.first :]
    gap = np.abs(own - more.row[first - more.first : way.last + 1 - more.first])
    rest = more.seen[way.last + 1 - more.first :]
    alike = rest.mean() >= ALIKE * way.seen.mean()
    return more if alike and (gap <= ROWS).mean() >= SAME else way
