"""What goes on where a line ends: itself in another colour, under a band that was drawn over it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from hilum.literature.figures.picture import background_of

if TYPE_CHECKING:
    from hilum.literature.figures.arrays import Array, Mask
    from hilum.literature.figures.ink import Ink
    from hilum.literature.figures.way import Way

# Columns by which what goes on is longer than a mark at the end.
LONGER = 14
# Pixels around the end of a line in which what goes on begins.
NEAR = 3
# Pixels of a line above which a crossing of it is something else, and the share that may be so.
THICK, SOME = 3.0, 0.2
# Pixels of what is no line.
WIDEST = 11


def rest_of(ink: Ink, way: Way, width: float) -> Mask | None:
    """Ink of another colour that begins where a line ends, and is as thin; None where none does.

    A line of another arm that passes by was there before; the rest of this one was not.
    """
    from scipy.ndimage import find_objects, label

    row, left = int(way.row[-1]), max(way.last - 2 * NEAR, 0)
    pieces, _ = label(ink.other[:, left:], np.ones((3, 3)))
    boxes = find_objects(pieces)
    here = pieces[max(row - NEAR, 0) : row + NEAR + 1, NEAR : 3 * NEAR + 1]
    for one in np.unique(here[here > 0]).tolist():
        down, across = boxes[one - 1]
        if across.start < NEAR or across.stop < 2 * NEAR + LONGER:
            continue
        piece = pieces[down, across] == one
        if not _thin(piece, width):
            continue
        whole = np.zeros(ink.other.shape, bool)
        whole[down, left + across.start : left + across.stop] = piece
        return whole
    return None


def _thin(piece: Mask, width: float) -> bool:
    """Whether most columns cross what is as thin as a line, and none is empty."""
    tall = piece.sum(axis=0)
    return bool((tall > 0).all() and (tall > width + THICK).mean() < SOME)


def with_rest(ink: Ink, rest: Mask, part: Array) -> Ink:
    """The ink of a line and of what it goes on as, each pixel by how far it is from what is behind.

    ``part`` are the pixels, upside down where the ink is.
    """
    rows, columns = (slice(int(v.min()), int(v.max()) + 1) for v in np.nonzero(rest))
    behind = background_of(part[rows, columns], WIDEST)
    differs = np.linalg.norm(part[rows, columns] - behind, axis=-1)
    here = rest[rows, columns]
    share = ink.share.copy()
    full = max(float(np.quantile(differs[here], 0.8)), 1.0)
    share[rows, columns] = np.where(here, np.minimum(differs / full, 1.0), share[rows, columns])
    return replace(ink, share=share, other=ink.other & ~rest)
