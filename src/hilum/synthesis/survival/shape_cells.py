"""The shapes of a family in cells that are small where the reports put them.

A posterior of two shapes may be a narrow hill with a plain behind it: rates that level off fix the
share who are cured, but hardly refuse that none is. Equal steps that hold the plain stride over
the hill. So a cell that holds more of the mass than its share is cut, and with it any neighbour
much larger than itself, whose middle may not have seen the hill beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.synthesis.arrays import Array

# Cells along each axis before any is cut, by the number of shapes.
COUNTS: Final = {0: 1, 1: 8, 2: 7}
# No cell holds more of the mass. A normal hill of two shapes is then cut at half of its standard
# deviation, of one at an eighth.
MOST: Final = {0: 1.0, 1: 0.05, 2: 0.04}
# A cell of so much mass is not left beside one more than twice as wide.
NOTICED = 1e-3
# Cells that no posterior should need: cutting ends.
LIMIT = 1500


@dataclass(frozen=True, slots=True)
class ShapeCells:
    """``middle`` and ``half`` width of each cell, shape (cells, shapes)."""

    middle: Array
    half: Array

    @property
    def log_volume(self) -> Array:
        """Of each cell, shape (cells,)."""
        return np.log(2 * self.half).sum(1)

    def of(self, which: Array) -> ShapeCells:
        """Some of them."""
        return ShapeCells(self.middle[which], self.half[which])

    def cut(self) -> ShapeCells:
        """Every cell in two along each axis."""
        half = self.half / 2
        signs = np.array(list(product((-1.0, 1.0), repeat=self.half.shape[1])))
        middle = self.middle[:, None, :] + signs[None] * half[:, None, :]
        return ShapeCells(middle.reshape(-1, half.shape[1]), np.repeat(half, len(signs), axis=0))


def even_cells(middle: Array, reach: Array) -> ShapeCells:
    """Cells of one size over ``middle`` plus and minus ``reach``, shape (shapes,)."""
    d = len(middle)
    count = COUNTS[d]
    steps = (np.arange(count) + 0.5) * 2 / count - 1
    grid = np.array(list(product(steps, repeat=d))).reshape(count**d, d)
    return ShapeCells(middle + grid * reach, np.broadcast_to(reach / count, grid.shape))


def too_large(cells: ShapeCells, share: Array) -> Array:
    """Which cells hold too much, or lie beside much smaller ones that hold something."""
    d = cells.half.shape[1]
    large = share > MOST[d]
    if d == 0:
        return large
    away = np.abs(cells.middle[:, None] - cells.middle[None])
    together = cells.half[:, None] + cells.half[None]
    touching = np.all(away <= together * (1 + 1e-9), axis=2)
    wider = cells.half[:, None, 0] > 2.5 * cells.half[None, :, 0]
    return large | np.any(touching & wider & (share > NOTICED)[None], axis=1)


def settled(
    first: ShapeCells, log_mass: Callable[[ShapeCells], tuple[Array, Array]]
) -> tuple[ShapeCells, Array]:
    """Cells cut until none is too large.

    Parameters
    ----------
    log_mass : callable
        Of cells: the log of what each holds, shape (cells,), and what is to be kept of each,
        shape (cells, ...).

    Returns
    -------
    ShapeCells
        In the order of their middles.
    ndarray, shape (cells, ...)
        What was kept.
    """
    cells = first
    mass, kept = log_mass(cells)
    while len(mass) < LIMIT:
        share = np.exp(mass - mass.max())
        large = too_large(cells, share / share.sum())
        if not large.any():
            break
        new = cells.of(large).cut()
        new_mass, new_kept = log_mass(new)
        old = cells.of(~large)
        cells = ShapeCells(
            np.concatenate([old.middle, new.middle]), np.concatenate([old.half, new.half])
        )
        mass = np.concatenate([mass[~large], new_mass])
        kept = np.concatenate([kept[~large], new_kept])
    order = np.lexsort(cells.middle.T[::-1]) if cells.middle.shape[1] else np.arange(len(mass))
    return cells.of(order), kept[order]
