"""The part of an image that a curve can lie in, and the axes there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import Fault, InputError
from hilum.literature.figures.picture import LONG, Straight

if TYPE_CHECKING:
    from hilum.literature.figures.arrays import Array
    from hilum.literature.figures.axes import Axis


@dataclass(frozen=True, slots=True)
class Plot:
    """The part of the picture that is looked at, and the axes in it."""

    file: str
    picture: Straight
    left: int
    top: int
    right: int
    bottom: int
    full: float

    @property
    def part(self) -> Array:
        """Its pixels."""
        return self.picture.pixels[self.top : self.bottom, self.left : self.right]

    @property
    def start(self) -> float:
        """Column of the first time, in the part."""
        return first_column(self.picture.x) - self.left

    @property
    def wide(self) -> float:
        """Columns of the axis of time."""
        x = self.picture.x
        return x.place(x.high) - first_column(x)

    def level_row(self, level: float) -> float:
        """Row of a level of the axis, in the part."""
        return self.picture.y.place(level) - self.top


def plot_of(picture: Straight, box: tuple[float, float, float, float] | None, file: str) -> Plot:
    """Columns and rows the curve can be in, the frame left out where there is no box."""
    x, y = picture.x, picture.y
    full = 100.0 if y.high > 1.5 else 1.0
    height, width = picture.pixels.shape[:2]
    first, zero = first_column(x), _lowest(y, height)
    if box is None:
        wide = x.place(x.high) - first
        margin = 0.03 * (y.place(y.low) - y.place(full))
        box = (first, y.place(full) - margin, x.place(x.high) + 0.12 * wide, zero + 2)
        box = _inside_frame(picture, box, full)
    left, top = max(round(box[0]), 0), max(round(box[1]), 0)
    right, bottom = min(round(box[2]) + 1, width), min(round(box[3]) + 1, height)
    if right - left < 20 or bottom - top < 20:
        found = f"{width} x {height} pixels"
        raise InputError(Fault(file, None, "axes", found, "calibration points inside the image"))
    return Plot(file, picture, left, top, right, bottom, full)


def _inside_frame(
    picture: Straight, box: tuple[float, float, float, float], full: float
) -> tuple[float, float, float, float]:
    """Not beyond an upright line right of the axis, nor a level one below an axis cut off."""
    x, y, pixels = picture.x, picture.y, picture.pixels
    left, top, right, bottom = box
    dark = pixels.mean(axis=-1) < 145
    upper, lower = max(round(y.place(full)), 0), round(y.place(y.low))
    # Calibration points may lie so that nothing of the picture is between them.
    band = dark[upper : lower + 1]
    columns = band.mean(axis=0) if lower > upper and band.size else np.zeros(0)
    edge = np.flatnonzero(columns > LONG)
    edge = edge[(edge > x.place(x.high) - 3) & (edge <= right)]
    if len(edge):
        right = min(right, float(edge[0]) - 1.0)
    if y.low > 0:
        part = dark[:, max(round(left), 0) : round(x.place(x.high)) + 1]
        rows = part.mean(axis=1) if part.size else np.zeros(0)
        edge = np.flatnonzero(rows > LONG)
        edge = edge[(edge > y.place(y.low) - 3) & (edge <= bottom)]
        bottom = float(edge[0]) - 1.0 if len(edge) else min(bottom, pixels.shape[0] - 1.0)
    return left, top, right, bottom


def span_of(plot: Plot) -> tuple[int, int, int, int]:
    """The axes inside the part: left, top, right, bottom."""
    rows, columns = plot.part.shape[:2]
    x, y = plot.picture.x, plot.picture.y
    right = min(round(x.place(x.high)) - plot.left, columns - 1)
    bottom = min(round(y.place(y.low)) - plot.top, rows - 1)
    return max(round(plot.start), 0), max(round(plot.level_row(plot.full)), 0), right, bottom


def check_axes(x: Axis, y: Axis, file: str) -> None:
    """Refuse axes that are swapped.

    Raises
    ------
    InputError
        They are.
    """
    if x.slope <= 0 or y.slope >= 0:
        wanted = "time growing to the right and survival upwards (are the axes swapped?)"
        raise InputError(Fault(file, None, "axes", "", wanted))


def first_column(x: Axis) -> float:
    """Column of the first time: 0, which a logarithmic axis never has."""
    return x.place(x.low) if x.log else x.place(0.0)


def _lowest(y: Axis, height: int) -> float:
    """Row that nothing of a curve lies below: survival 0, which a logarithmic axis never has."""
    return float(height - 1) if y.log else y.place(0.0)
