"""The part of an image that a curve can lie in, and the axes there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError
from hilum.literature.figures.ends_of_axes import BEYOND, right_ends, with_foot, with_start

if TYPE_CHECKING:
    from hilum.literature.figures.arrays import Array
    from hilum.literature.figures.axes import Axis
    from hilum.literature.figures.picture import Straight


@dataclass(frozen=True, slots=True)
class Plot:
    """The part of the picture that is looked at, and the axes in it.

    ``more`` says that the plot may end further right than the part does.
    """

    file: str
    picture: Straight
    left: int
    top: int
    right: int
    bottom: int
    full: float
    more: bool = False

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

    def axes_of(self, x: Axis, y: Axis) -> tuple[Axis, Axis]:
        """The scales of the picture as it was given, as far as the axes go."""
        own_x, own_y = self.picture.x, self.picture.y
        return replace(x, low=own_x.low, high=own_x.high), replace(y, low=own_y.low)

    def level_row(self, level: float) -> float:
        """Row of a level of the axis, in the part."""
        return self.picture.y.place(level) - self.top


def plot_of(
    picture: Straight,
    box: tuple[float, float, float, float] | None,
    file: str,
    further: int = 0,
) -> Plot:
    """Columns and rows the curve can be in, the frame left out where there is no box.

    The axes of the picture go as far as those of the plot; ``further`` is how many of the ends that
    the plot may have are passed over.
    """
    full = 100.0 if picture.y.high > 1.5 else 1.0
    picture, bottom, ends = _whole(picture, full) if box is None else (picture, 0.0, [])
    x, y = picture.x, picture.y
    height, width = picture.pixels.shape[:2]
    first, zero = first_column(x), _lowest(y, height)
    wide = x.place(x.high) - first
    axis_end = 0.0 if box is None else min(box[2], width - 1.0)
    if box is None:
        margin = 0.03 * (y.place(y.low) - y.place(full))
        end, axis_end = ends[min(further, len(ends) - 1)]
        bottom = bottom if picture.y.low > 0 else zero + 2
        box = (first, y.place(full) - margin, end, bottom)
    left, top = max(round(box[0]), 0), max(round(box[1]), 0)
    right, bottom = min(round(box[2]) + 1, width), min(round(box[3]) + 1, height)
    if right - left < 20 or bottom - top < 20:
        found = f"{width} x {height} pixels"
        raise InputError(Fault(file, None, "axes", found, "calibration points inside the image"))
    if axis_end > x.place(x.high) + BEYOND * wide:
        # Calibration points stand where they may; the axis goes on behind the last.
        picture = replace(picture, x=replace(x, high=x.value(axis_end)))
    return Plot(file, picture, left, top, right, bottom, full, further + 1 < len(ends))


def _whole(picture: Straight, full: float) -> tuple[Straight, float, list[tuple[float, float]]]:
    """The picture with its axes to where they end; its last row, and where its columns may end."""
    ends = right_ends(picture, full, first_column(picture.x))
    lower, bottom = with_foot(picture) if picture.y.low > 0 else (picture, 0.0)
    return with_start(lower), bottom, ends


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
