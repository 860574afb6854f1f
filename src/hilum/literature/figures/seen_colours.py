"""Which colours of lines a plot shows, so that they can be named, and one that is alone be taken.

A thin line is paler than its colour, in a JPEG also another shade of it, but what it takes from the
paper keeps its direction in RGB. Pixels of lines fall into groups by that direction, and within one
by depth where lines of both depths run along the same columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import Fault, InputError, phrased
from hilum.literature.figures.ink import distance, name_of
from hilum.literature.figures.picture import background_of, paper_of

if TYPE_CHECKING:
    from hilum.literature.figures.arrays import Array, Mask, Rows

# Distance in RGB (of 441) of a line from what is behind it; of a strong colour's channels.
DIFFERS, STRONG = 60.0, 40.0
# Cosine of the angle within which pixels are of one hue (10 degrees), and the most steps.
ALIKE, MOST = 0.986, 8
# Pixels across of the surroundings over which colour is summed.
AROUND = 7
# Share of the columns that a line goes along, and of those that two depths of a hue share.
ALONG, BOTH = 0.2, 0.15
# Share of a line's pixels of one colour where nothing was lost.
SAME = 0.4
# Such a share of a hue's pixels, and the distance of their colours, where several lines have it.
SEVERAL, APART = 0.2, 25.0
# Share of a row or column that is ink from which it is a grid line or a frame.
RULED = 0.6
# A level line of a strong colour is a curve's last stretch, unless it goes along more than this.
WHOLE = 0.97
# Share of the deepest pixel nearby that is still the core of a line; depths of two lines differ by.
CORE, DEEPER = 0.95, 70.0
# Of colours asked for and seen: surely the same within the first angle (degrees), and where the
# next is so many times as far.
NEAREST, FARTHER = 20.0, 2.0
# No other colour seen is within this angle where a colour can be mixed up with none.
ANOTHER = 30.0


@dataclass(frozen=True, slots=True)
class SeenColour:
    """Colour of a line, and whether it is a strong one (no grey)."""

    rgb: Array
    strong: bool

    @property
    def name(self) -> str:
        """#rrggbb."""
        return name_of(self.rgb)


def colours_of(part: Array) -> list[SeenColour]:
    """Colours of the lines in a part of a picture, that of most ink first."""
    from scipy.ndimage import maximum_filter, uniform_filter

    paper = paper_of(part)
    differs = part - background_of(part, max(9, round(0.022 * part.shape[0])) | 1)
    deep = distance(differs)
    ink = deep > DIFFERS
    ink[_ruled(part, ink)] = False
    ink[:, ink.mean(axis=0) > RULED] = False
    core = ink & (deep >= CORE * maximum_filter(deep, size=5))
    columns = np.nonzero(core)[1]
    depth, pixels = deep[core], part[core]
    # A JPEG mixes colours within a block; over a few pixels their sum is kept.
    sums = [uniform_filter(differs[..., i], AROUND)[core] for i in range(3)]
    taken = np.stack(sums, axis=-1)
    units = taken / np.maximum(distance(taken), 1e-9)[:, None]
    least = ALONG * part.shape[1]
    out: list[tuple[int, SeenColour]] = []
    left = np.ones(len(units), bool)
    for _ in range(MOST):
        if left.sum() < least:
            break
        own = left & (units @ _commonest(units[left]) > ALIKE)
        centre = units[own].mean(axis=0)
        own = left & (units @ (centre / np.linalg.norm(centre)) > ALIKE)
        left &= ~own
        groups = _exact(pixels, columns, own, part.shape[1]) or _depths(
            depth, columns, own, part.shape[1]
        )
        for kept in groups:
            if len(np.unique(columns[kept])) < least:
                continue
            typical = float(np.quantile(depth[kept], 0.9))
            rgb = _own(pixels[kept])
            if rgb is None:
                middle = units[kept].mean(axis=0)
                rgb = np.clip(paper + typical * middle / np.linalg.norm(middle), 0, 255)
            out.append((int(kept.sum()), SeenColour(rgb, float(rgb.max() - rgb.min()) > STRONG)))
    return [one for _, one in sorted(out, key=lambda found: -found[0])]


def _ruled(part: Array, ink: Mask) -> Mask:
    """Rows of grid lines and frames; a curve that goes level for long in its colour is none."""
    along = ink.mean(axis=1)
    strong = np.ptp(part, axis=2) > STRONG
    coloured = (strong & ink).sum(axis=1) > SAME * np.maximum(ink.sum(axis=1), 1)
    return (along > RULED) & (~coloured | (along > WHOLE))


def _exact(pixels: Array, columns: Rows, own: Mask, wide: int) -> list[Mask]:
    """Groups of the very same colour, where a picture without losses has several of one hue.

    A line that is drawn paler here and there has one level in a column; two lines have two.
    """
    coarse = (pixels // 8).astype(np.int64) @ np.array([4096, 64, 1])
    values, counts = np.unique(coarse[own], return_counts=True)
    many = values[counts >= SEVERAL * own.sum()]
    groups = [own & (coarse == value) for value in many.tolist()]
    middles = [pixels[group].mean(axis=0) for group in groups]
    apart = [np.linalg.norm(a - b) for i, a in enumerate(middles) for b in middles[:i]]
    if len(groups) < 2 or min(apart) <= APART:
        return []
    along = [np.unique(columns[group]) for group in groups]
    both = [len(np.intersect1d(a, b)) for i, a in enumerate(along) for b in along[:i]]
    return groups if min(both) >= BOTH * wide else []


def _own(pixels: Array) -> Array | None:
    """The colour that many of a line's pixels have, as in a picture without losses."""
    coarse = (pixels // 8).astype(np.int64) @ np.array([4096, 64, 1])
    values, counts = np.unique(coarse, return_counts=True)
    if counts.max() < SAME * len(pixels):
        return None
    return pixels[coarse == values[counts.argmax()]].mean(axis=0)


def _commonest(units: Array) -> Array:
    """Direction of most pixels."""
    coarse = np.round(units * 10).astype(np.int64) + 20
    keys = coarse @ np.array([10_000, 100, 1])
    values, counts = np.unique(keys, return_counts=True)
    middle = units[keys == values[counts.argmax()]].mean(axis=0)
    return middle / np.linalg.norm(middle)


def _depths(depth: Array, columns: Rows, own: Mask, wide: int) -> list[Mask]:
    """One group, or two where a deep and a pale line run along the same columns."""
    counts, edges = np.histogram(depth[own], bins=np.arange(0, 480, 20))
    peaks = np.argsort(counts)[::-1]
    first = int(peaks[0])
    for second in peaks[1:].tolist():
        if counts[second] < 0.1 * counts[first]:
            break
        if abs(second - first) * 20 < DEEPER:
            continue
        low, high = sorted((first, second))
        cut = float(edges[low + int(np.argmin(counts[low : high + 1]))])
        pale, dark = own & (depth < cut), own & (depth >= cut)
        both = np.intersect1d(columns[pale], columns[dark])
        if len(both) >= BOTH * wide:
            return [pale, dark]
    return [own]


def only_colour(seen: list[SeenColour], file: str) -> Array:
    """The one strong colour of the lines, or black where there is none.

    Raises
    ------
    InputError
        Several.
    """
    found = [one for one in seen if one.strong]
    if len(found) > 1:
        wanted = phrased("one of {known}", known=", ".join(c.name for c in found))
        raise InputError(Fault(file, None, "colour", f"{len(found)} colours", wanted))
    return found[0].rgb if found else np.zeros(3)


def nearest_of(line: Array, seen: list[SeenColour], paper: Array) -> SeenColour | None:
    """The colour seen that one asked for must mean, where only one is near; else None.

    A grey may be any other.
    """
    if float(line.max() - line.min()) <= STRONG:
        return None
    angles = sorted((_angle(line - paper, one.rgb - paper), i) for i, one in enumerate(seen))
    if not angles or angles[0][0] > NEAREST:
        return None
    if len(angles) > 1 and angles[1][0] < max(FARTHER * angles[0][0], NEAREST):
        return None
    return seen[angles[0][1]]


def is_alone(one: SeenColour, seen: list[SeenColour], paper: Array) -> bool:
    """Whether all other colours seen are of another hue altogether."""
    return all(o is one or _angle(one.rgb - paper, o.rgb - paper) > ANOTHER for o in seen)


def others_than(line: Array, seen: list[SeenColour]) -> tuple[str, ...]:
    """Names of the colours seen but for the one that a line is read in."""
    apart = [float(np.linalg.norm(one.rgb - line)) for one in seen]
    own = int(np.argmin(apart)) if apart else -1
    return tuple(one.name for i, one in enumerate(seen) if i != own)


def _angle(a: Array, b: Array) -> float:
    """Degrees between two directions."""
    length = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(np.degrees(np.arccos(np.clip(a @ b / max(length, 1e-9), -1, 1))))
