"""A survival curve in an image: the pixels of one colour between two axes."""

from __future__ import annotations

import re
import warnings
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hilum.errors import Fault, InputError, MissingExtra, phrased
from hilum.literature.figures.axes import Axis
from hilum.literature.figures.coordinates import Coordinates
from hilum.literature.figures.trace import falls, follow
from hilum.literature.figures.vector import FigureCurve
from hilum.tabular.encoding import read_bytes

if TYPE_CHECKING:
    from pathlib import Path

Array = NDArray[np.floating[Any]]

# A page at 600 dpi has 35 million pixels; figures are far below.
MOST_PIXELS = 40_000_000
# Rows that are made numbers of at once: what stands between is a few megabytes.
ROWS = 256
# Distance in RGB (of 441) from the mixture of line and paper at which a pixel is something else.
OTHER = 55.0
# A calibration point is at most this far from the line it was set on; one death may be further.
BESIDE = 1.0
# What may have fallen before a curve that starts hidden is seen.
LOST = 0.15
# Standard error of a level, in pixels: many programs draw level lines on whole pixels.
LEVEL_ERROR = 0.3


def read_image(
    path: Path,
    *,
    x_axis: Axis,
    y_axis: Axis,
    colour: str | None = None,
    box: tuple[float, float, float, float] | None = None,
) -> FigureCurve:
    """The curve of one colour in a PNG or JPEG.

    Parameters
    ----------
    path : Path
        The image.
    x_axis, y_axis : Axis
        Scales from two calibration points each; places are pixels, the first column and row 0.
    colour : str, optional
        #rrggbb; where None, the only strong colour between the axes.
    box : tuple, optional
        Left, top, right, bottom of the part to look at.

    Raises
    ------
    InputError
        Not an image, too large, no pixel of the colour at the start of the curve, several colours
        and none chosen, or two curves of one colour.
    MissingExtra
        Pillow is not installed.
    """
    pixels = load(path)
    window = _window(pixels.shape, x_axis, y_axis, box, path.name)
    left, top, right, bottom = window
    part = pixels[top:bottom, left:right]
    paper = _paper(part)
    line = _parse(colour) if colour is not None else _only_colour(part, paper, path.name)
    share, other = _shares(part, line, paper)
    full = 100.0 if y_axis.high > 1.5 else 1.0
    trace = follow(
        share, other, y_axis.place(full) - top, x_axis.place(0.0) - left, path.name, left
    )
    levels = falls(trace)
    zero, summit = y_axis.place(0.0), y_axis.place(full)
    first = y_axis.value(levels[0][1] + top)
    if first < (1 - LOST) * full:
        place = f"row {levels[0][1] + top:.0f}"
        wanted = phrased(
            "a curve that starts at {full:g} (it is {first:.3g} there: are the axes swapped?)",
            full=full,
            first=first,
        )
        raise InputError(Fault(path.name, None, "start", place, wanted))
    if abs(levels[0][1] + top - summit) < BESIDE:
        # The first level is 1 by definition, which corrects the calibration point at the top.
        summit = levels[0][1] + top
    else:
        # The very beginning is hidden by the frame or by another curve.
        levels = [(x_axis.place(0.0) - left, summit - top), *levels]
    scale = full / (zero - summit)
    places = tuple((x + left, y + top) for x, y in levels)
    read = Coordinates(
        path.name,
        "",
        tuple(max(x_axis.value(x), 0.0) for x, _ in places),
        tuple(min(max((zero - y) * scale, 0.0), full) for _, y in places),
        (0,) * len(places),
        tuple(max(x_axis.value(x + left), 0.0) for x in trace.ticks),
        (0,) * len(trace.ticks),
        None,
        LEVEL_ERROR * scale / full,
    )
    ticks = tuple((x + left, _row_at(places, x + left)) for x in trace.ticks)
    return FigureCurve(read, places, ticks, _name(line), x_axis, y_axis)


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


def _window(
    shape: tuple[int, ...],
    x: Axis,
    y: Axis,
    box: tuple[float, float, float, float] | None,
    file: str,
) -> tuple[int, int, int, int]:
    """Columns and rows the curve can be in, the frame left out where there is no box."""
    if x.slope <= 0 or y.slope >= 0:
        wanted = "time growing to the right and survival upwards (are the axes swapped?)"
        raise InputError(Fault(file, None, "axes", "", wanted))
    full = 100.0 if y.high > 1.5 else 1.0
    height, width = shape[:2]
    if box is None:
        wide = x.place(x.high) - x.place(0.0)
        box = (
            x.place(0.0),
            y.place(full) - 0.03 * (y.place(0.0) - y.place(full)),
            x.place(x.high) + 0.12 * wide,
            y.place(0.0) + 2,
        )
    left, top = max(round(box[0]), 0), max(round(box[1]), 0)
    right, bottom = min(round(box[2]) + 1, width), min(round(box[3]) + 1, height)
    if right - left < 20 or bottom - top < 20:
        found = f"{width} x {height} pixels"
        raise InputError(Fault(file, None, "axes", found, "calibration points inside the image"))
    return left, top, right, bottom


def _paper(part: Array) -> Array:
    flat = part.reshape(-1, 3)
    coarse = (flat // 8).astype(np.int64)
    keys = coarse[:, 0] * 4096 + coarse[:, 1] * 64 + coarse[:, 2]
    values, counts = np.unique(keys, return_counts=True)
    return flat[keys == values[counts.argmax()]].mean(axis=0)


def _only_colour(part: Array, paper: Array, file: str) -> Array:
    """The one strong colour, or black where there is none."""
    flat = part.reshape(-1, 3)
    strong = flat[(flat.max(axis=1) - flat.min(axis=1) > 60)]
    enough = 0.3 * part.shape[1]
    found: list[Array] = []
    while len(strong) >= enough:
        coarse = (strong // 16).astype(np.int64)
        keys = coarse[:, 0] * 256 + coarse[:, 1] * 16 + coarse[:, 2]
        values, counts = np.unique(keys, return_counts=True)
        core = strong[keys == values[counts.argmax()]].mean(axis=0)
        # Its mixtures with the paper are the same line.
        own = _off(strong, core, paper)[1] < OTHER
        if own.sum() >= enough and counts.max() >= 0.1 * enough:
            found.append(core)
        strong = strong[~own]
    if len(found) == 1:
        return found[0]
    if found:
        wanted = phrased("one of {known}", known=", ".join(_name(c) for c in found))
        raise InputError(Fault(file, None, "colour", f"{len(found)} colours", wanted))
    return np.zeros(3)


def _parse(colour: str) -> Array:
    text = colour.removeprefix("#")
    if re.fullmatch("[0-9a-fA-F]{6}", text) is None:
        wanted = "#rrggbb, such as #d62728"
        raise InputError(Fault("", None, "colour", colour, wanted))
    return np.array([int(text[i : i + 2], 16) for i in (0, 2, 4)], float)


def _name(colour: Array) -> str:
    return "#" + "".join(f"{round(float(c)):02x}" for c in colour)


def _off(pixels: Array, line: Array, paper: Array) -> tuple[Array, Array]:
    """Share of line in each pixel, and how far it is from any mixture of line and paper."""
    towards = line - paper
    share = np.clip((pixels - paper) @ towards / max(float(towards @ towards), 1.0), 0, 1)
    return share, np.linalg.norm(pixels - paper - share[..., None] * towards, axis=-1)


def _shares(part: Array, line: Array, paper: Array) -> tuple[Array, NDArray[np.bool_]]:
    """Share of line in each pixel, and which pixels are something else."""
    share, off = _off(part, line, paper)
    # A faint pixel must lie nearer: the grey edge of a black frame is not far from a faint blue.
    own = off < OTHER * (0.2 + 0.8 * share)
    return np.where(own, share, 0.0), ~own & (off > OTHER)


def _row_at(places: tuple[tuple[float, float], ...], x: float) -> float:
    row = places[0][1]
    for at, y in places:
        if at > x:
            break
        row = y
    return row
