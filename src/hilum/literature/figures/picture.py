"""An image as numbers: loaded, straightened, its paper and bands told from the lines on it."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, replace
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import Fault, InputError, MissingExtra, phrased
from hilum.tabular.encoding import read_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from hilum.literature.figures.arrays import Array, Mask
    from hilum.literature.figures.axes import Axis


# A page at 600 dpi has 35 million pixels; figures are far below.
MOST_PIXELS = 40_000_000
# Rows that are made numbers of at once: what stands between is a few megabytes.
ROWS = 256
# Degrees: a scan is turned by at most this much; below the second nothing is done.
MOST_TURN, LEAST_TURN = 3.0, 0.08
# Darkness (of 255) from which a pixel belongs to an axis.
DARK = 110.0
# Turned back, long lines fall into few rows: looked at as it stands a scan has no more than this
# share of that. Of a picture that stands straight, curves and dashes make no such difference.
STACKED = 0.6
# Dark pixels that the turn of a picture is looked for with, at most.
MOST_DARK = 100_000
# Level pieces of lines: pixels above and below that are paler, by so much (of 255); shortest piece,
# least length and number of all together; degrees within which pieces agree, and share that does.
ACROSS, FAINT, PIECE, ALTOGETHER, PIECES, AGREE, MOST = 5, 12.0, 20.0, 300.0, 5, 0.3, 0.6
# Share of a row that is dark from which it is a line of the axes.
RULED = 0.4
# Share of an axis that a line must have to be its line.
LONG = 0.8


def load(path: Path) -> Array:
    """An image as float RGB, transparency on white."""
    try:
        from PIL import Image
    except ImportError:
        message = "reading an image needs the extra survival: pip install 'hilum[survival]'"
        raise MissingExtra(message) from None
    if not path.is_file():
        raise InputError(Fault(path.name, None, "file", str(path), "an existing PNG or JPEG"))
    try:
        with warnings.catch_warnings():
            # Our own limit is the stricter one.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            # From memory: a chunk that claims gigabytes would be made room for before it is read.
            image = Image.open(BytesIO(read_bytes(path)))
        with image:
            _check_pixels(path.name, image.width, image.height)
            rgba = image.convert("RGBA")
    except (InputError, MemoryError):
        raise
    except Image.DecompressionBombError:
        raise _too_large(path.name, "far too many pixels") from None
    except Exception as error:  # a damaged chunk lets every kind of error out
        wanted = phrased("a readable PNG or JPEG ({name})", name=type(error).__name__)
        raise InputError(Fault(path.name, None, "file", path.name, wanted)) from None
    dots = np.asarray(rgba)
    made = np.empty((*dots.shape[:2], 3), np.float32)
    for top in range(0, len(dots), ROWS):
        values = dots[top : top + ROWS].astype(np.float32)
        opaque = values[..., 3:] / 255
        made[top : top + ROWS] = values[..., :3] * opaque + 255 * (1 - opaque)
    return made


def _check_pixels(file: str, width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise _too_large(file, f"{width} x {height} pixels")


def _too_large(file: str, seen: str) -> InputError:
    wanted = phrased(
        "at most {most_pixels:.0f} million (cut out the figure)",
        most_pixels=MOST_PIXELS / 1000000.0,
    )
    return InputError(Fault(file, None, "file", seen, wanted))


def paper_of(part: Array) -> Array:
    """The commonest colour."""
    flat = part.reshape(-1, 3)
    coarse = (flat // 8).astype(np.int64)
    keys = coarse[:, 0] * 4096 + coarse[:, 1] * 64 + coarse[:, 2]
    return flat[keys == np.bincount(keys).argmax()].mean(axis=0)


def background_of(part: Array, thick: int) -> Array:
    """What lies behind the lines: paper, bands and bright grid lines (a morphological closing).

    What is darker than its surroundings and thinner than ``thick`` pixels is taken away.
    """
    from scipy.ndimage import maximum_filter, minimum_filter

    size = (thick, thick, 1)
    return minimum_filter(
        maximum_filter(part, size=size, mode="nearest"), size=size, mode="nearest"
    )


@dataclass(frozen=True, slots=True)
class Straight:
    """A picture whose axes run along its rows and columns, and the way back to the printed one."""

    pixels: Array
    x: Axis
    y: Axis
    turn: float = 0.0
    centre: tuple[float, float] = (0.0, 0.0)

    def printed(self, column: float, row: float) -> tuple[float, float]:
        """Where a place of the straightened picture lies in the one given."""
        if not self.turn:
            return column, row
        (cx, cy), angle = self.centre, math.radians(self.turn)
        across, down = column - cx, row - cy
        return (
            cx + across * math.cos(angle) + down * math.sin(angle),
            cy - across * math.sin(angle) + down * math.cos(angle),
        )


def straightened(pixels: Array, x: Axis, y: Axis) -> Straight:
    """Turn a scan back, and its calibration points with it."""
    turn = turn_of(pixels) or turn_of_steps(pixels)
    if abs(turn) < LEAST_TURN:
        return Straight(pixels, x, y)
    from scipy.ndimage import rotate

    paper = paper_of(pixels)
    turned = np.stack(
        [
            rotate(pixels[..., i], -turn, reshape=False, order=3, cval=float(paper[i]))
            for i in range(3)
        ],
        axis=-1,
    )
    turned = np.clip(turned, 0, 255)
    dark = _darkness(turned) > DARK
    centre = ((pixels.shape[1] - 1) / 2, (pixels.shape[0] - 1) / 2)
    angle = math.radians(turn)
    (cx, cy), sine, cosine = centre, math.sin(angle), math.cos(angle)
    row, column = _axis_row(dark, x, y), _axis_column(dark, x, y)
    across, down = x.place(x.low) - cx, y.place(y.low) - cy
    if row is None:
        # No line to go by: the points were set at the corner of the axes.
        row = cy + across * sine + down * cosine
    if column is None:
        column = cx + across * cosine - down * sine
    x = _moved(x, 1 / cosine, cx - (cx + (row - cy) * sine) / cosine)
    y = _moved(y, 1 / cosine, cy - (cy - (column - cx) * sine) / cosine)
    return Straight(turned, x, y, turn, centre)


def _moved(axis: Axis, factor: float, shift: float) -> Axis:
    """The scale of places that are ``factor`` times what they were, and ``shift``."""
    slope = axis.slope / factor
    return replace(axis, origin=axis.origin - slope * shift, slope=slope)


def turn_of(pixels: Array) -> float:
    """Degrees, anticlockwise, by which the picture was turned: that which stacks dark pixels best.

    Long level and upright lines fall into few rows and columns only when looked at along them.
    """
    rows, columns = np.nonzero(_darkness(pixels) > DARK)
    if len(rows) < 200:
        return 0.0
    if len(rows) > MOST_DARK:
        # As many as tell the turn: a page half black would take a minute.
        some = np.random.default_rng(0).choice(len(rows), MOST_DARK, replace=False)
        rows, columns = rows[some], columns[some]

    def stacked(degrees: float) -> float:
        slope = math.tan(math.radians(degrees))
        score = 0.0
        for along in (rows + columns * slope, columns - rows * slope):
            counts = np.bincount(np.round(along - along.min()).astype(np.int64))
            score += float((counts.astype(float) ** 3).sum())
        return score

    best = 0.0
    for step, wide in ((0.1, MOST_TURN), (0.02, 0.1)):
        tried = best + np.arange(-wide, wide + step / 2, step)
        scores = [stacked(float(one)) for one in tried]
        if stacked(best) < 0.999 * max(scores):
            best = float(tried[int(np.argmax(scores))])
    return best if stacked(0.0) <= STACKED * stacked(best) else 0.0


def turn_of_steps(pixels: Array) -> float:
    """Degrees by which most level pieces of lines are turned, where most agree on some; else 0.

    A curve without axes, or on a pale grid, has no long dark line that could be stacked; its steps
    and the grid are level pieces all the same.
    """
    from scipy.ndimage import label

    dark = _darkness(pixels)
    if (dark > DARK).mean(axis=1).max() > RULED:
        # An axis or a frame, which would have told a turn.
        return 0.0
    around = np.pad(dark, ((ACROSS, ACROSS), (0, 0)), mode="edge")
    level = dark - np.maximum(around[: -2 * ACROSS], around[2 * ACROSS :]) > FAINT
    pieces, many = label(level, np.ones((3, 3)))
    rows, columns = np.nonzero(level)
    which = pieces[rows, columns] - 1
    if not many:
        return 0.0
    weight = dark[rows, columns].astype(np.float64)
    total = np.bincount(which, weight, many)
    x, y = (np.bincount(which, weight * v, many) / total for v in (columns, rows))
    across, down = columns - x[which], rows - y[which]
    spread = np.bincount(which, weight * across**2, many)
    # Of a level piece of n columns the variance across is n squared over 12.
    long = np.sqrt(12 * spread / total)
    slope = np.bincount(which, weight * across * down, many) / np.maximum(spread, 1e-9)
    turn = -np.degrees(np.arctan(slope))
    # What is steeper than any turn is no level piece.
    kept = (long >= PIECE) & (np.abs(turn) < 2 * MOST_TURN)
    turn, weight = turn[kept], long[kept]
    if weight.sum() < ALTOGETHER or len(weight) < PIECES:
        return 0.0
    order = np.argsort(turn)
    middle = float(turn[order][np.searchsorted(np.cumsum(weight[order]), weight.sum() / 2)])
    agree = np.abs(turn - middle) < AGREE
    if weight[agree].sum() < MOST * weight.sum() or abs(middle) > MOST_TURN:
        return 0.0
    return float(np.average(turn[agree], weights=weight[agree]))


def _darkness(pixels: Array) -> Array:
    # Numpy's mean takes five times as long.
    return 255 - (pixels[..., 0] + pixels[..., 1] + pixels[..., 2]) / 3


def _axis_row(dark: Mask, x: Axis, y: Axis) -> int | None:
    """The row of the line below the plot, in a picture turned by a degree or two at most."""
    low, high = sorted((x.place(x.low), x.place(x.high)))
    part = dark[:, max(int(low), 0) : int(high) + 1]
    bottom = y.place(y.low)
    spread = 0.06 * dark.shape[0] + 10
    return _longest(part.mean(axis=1), bottom - spread, bottom + 2 * spread, bottom)


def _axis_column(dark: Mask, x: Axis, y: Axis) -> int | None:
    top, bottom = sorted((y.place(y.high), y.place(y.low)))
    part = dark[max(int(top), 0) : int(bottom) + 1]
    left = x.place(x.low)
    spread = 0.06 * dark.shape[1] + 10
    return _longest(part.mean(axis=0), left - 2 * spread, left + spread, left)


def _longest(share: Array, first: float, last: float, near: float) -> int | None:
    places = np.arange(len(share))
    fits = np.flatnonzero((share > 0.6) & (places >= first) & (places <= last))
    if not len(fits):
        return None
    return int(fits[np.argmin(np.abs(fits - near))])
