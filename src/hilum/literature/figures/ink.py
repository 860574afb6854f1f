"""Which pixels belong to a line of one colour, which to something else, which to neither.

A pixel at the edge of a line mixes line and background; its share of line says how much. The
background is the paper, a confidence band or another arm's: whatever is thicker than a line. Grid
lines and frames of a black curve are the rows and columns that are dark from end to end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import Fault, InputError
from hilum.literature.figures.picture import background_of, paper_of

if TYPE_CHECKING:
    from hilum.literature.figures.arrays import Array, Mask

# Distance in RGB (of 441) from the mixture of line and background at which a pixel is another's.
OTHER = 55.0
# Another line's pixels differ from their background by at least this much.
SEEN = 45.0
# A background with more of the line's colour than this is the line itself (marks side by side).
SOLID = 0.75
# A line is nowhere paler than this share of its full colour.
FAINT = 0.45
# Colours with less between their strongest and weakest channel are grey.
GREY = 40.0
# Distance from the paper of a background that is a band.
TINTED = 20.0
# Share of a line that a band over it lets through, at least, and how far from the line's hue it may
# lie, as a share of its depth.
LET_THROUGH, ASIDE = 0.2, 0.2
# Share of a row or column that is dark from which it is a frame or a grid line.
RULED = 0.88


@dataclass(frozen=True, slots=True)
class Ink:
    """Of each pixel: its share of line, and whether something else lies there.

    ``depth`` is the share of whatever has the hue of the line, paler or darker (above 1);
    ``shaded`` says that lines of the hue in another shade were taken out of ``share``, ``unsure``
    that the colour asked for lies between two shades. ``tint`` is how far from the paper the
    background is.
    """

    share: Array
    other: Mask
    depth: Array
    tint: Array | None = None
    shaded: bool = False
    unsure: bool = False

    def upside_down(self) -> Ink:
        """As a curve that rises sees it."""
        return replace(
            self,
            share=self.share[::-1],
            other=self.other[::-1],
            depth=self.depth[::-1],
            tint=None if self.tint is None else self.tint[::-1],
        )


def ink_of(part: Array, line: Array, span: tuple[int, int, int, int]) -> Ink:
    """Shares of a line's colour in a part of a picture.

    Parameters
    ----------
    part : array
        RGB.
    line : array
        Colour of the line.
    span : tuple of int
        Left, top, right, bottom of the plot inside the part; frames and grids run through it.
    """
    # Half the bytes of what numpy would make of it.
    line = line.astype(np.float32)
    paper = paper_of(part).astype(np.float32)
    thick = _thickness(part, line, paper)
    behind = background_of(part, thick)
    towards = line - paper
    length = max(float(towards @ towards), 1.0)
    of_line = (behind - paper) @ towards / length
    behind[of_line > SOLID] = paper
    share, off, beyond = _against(part, line, behind)
    depth = _depth(part, behind, line, beyond)
    tolerance = OTHER * (0.2 + 0.8 * share)
    tint = distance(behind - paper)
    tinted = tint > TINTED
    own = off < np.where(tinted, 1.4, 1.0) * tolerance
    below, under = _under(part, line - paper, behind)
    under &= tinted & ~own
    share, own = np.where(under, below, share), own | under
    differs = distance(part - behind)
    other = ~own & (off > OTHER) & (differs > SEEN)
    other |= (beyond > 1.3) & (differs > SEEN)
    share = np.where(own & ~other, share, 0.0)
    # The edges of a darker line look like a lighter line of its own.
    share[_beside(beyond > 1.3) & (share < 0.95)] = 0.0
    if float(line.max() - line.min()) < GREY:
        share, other = _unruled(share, other, span)
    share[_faint(share)] = 0.0
    # Ways add up thousands of shares.
    return Ink(share.astype(np.float64), other, depth.astype(np.float64), tint)


def distance(differs: Array) -> Array:
    """Length of the colour of each pixel (numpy's norm takes three times as long)."""
    return np.sqrt(np.einsum("...i,...i->...", differs, differs))


def _against(part: Array, line: Array, behind: Array) -> tuple[Array, Array, Array]:
    """Share of line, distance from any mixture of line and background, and share without bounds."""
    towards = line - behind
    length = np.maximum((towards**2).sum(axis=-1), 900.0)
    beyond = ((part - behind) * towards).sum(axis=-1) / length
    share = np.clip(beyond, 0, 1)
    off = distance(part - behind - share[..., None] * towards)
    return share, off, beyond


def _under(part: Array, towards: Array, behind: Array) -> tuple[Array, Mask]:
    """Share of a line below a band that lets it through, and which pixels have its hue there.

    A band of opacity a leaves 1 - a of what the line takes from the paper, all of it towards the
    line's colour. How opaque it is tells the deepest pixel nearby.
    """
    from scipy.ndimage import maximum_filter

    length = max(float(towards @ towards), 1.0)
    taken = ((part - behind) @ towards) / length
    off = distance(part - behind - taken[..., None] * towards)
    hue = (taken > LET_THROUGH / 2) & (off < ASIDE * taken * length**0.5)
    deepest = maximum_filter(np.where(hue, taken, 0.0), size=5)
    hue &= deepest > LET_THROUGH
    return np.clip(taken / np.maximum(deepest, LET_THROUGH), 0, 1), hue


def _depth(part: Array, behind: Array, line: Array, beyond: Array) -> Array:
    """Share of the line's hue, without an upper bound."""
    off = distance(part - behind - beyond[..., None] * (line - behind))
    return np.where(off < OTHER * (0.2 + 0.8 * np.clip(beyond, 0, 1)), np.maximum(beyond, 0), 0.0)


def _faint(share: Array) -> Mask:
    """Far from the line's full colour: edges of bands, and paler lines of the same hue."""
    from scipy.ndimage import maximum_filter

    nearest = maximum_filter(share, size=5)
    inked = nearest[share > 0.25]
    return nearest < FAINT * (float(np.quantile(inked, 0.9)) if len(inked) else 0.0)


def _beside(mask: Mask) -> Mask:
    from scipy.ndimage import binary_dilation

    return binary_dilation(mask, iterations=1)


def _thickness(part: Array, line: Array, paper: Array) -> int:
    """Odd, above the width of the line in pixels: what is thicker is no line."""
    towards = line - paper
    share = (part - paper) @ towards / max(float(towards @ towards), 1.0)
    off = distance(part - paper - share[..., None] * towards)
    core = (share > 0.6) & (off < OTHER)
    heights: list[int] = []
    for c in range(0, part.shape[1], 3):
        column = np.r_[0, core[:, c].astype(np.int8), 0]
        ends = np.flatnonzero(np.diff(column))
        heights += [int(b - a) for a, b in zip(ends[::2], ends[1::2], strict=True) if b - a < 12]
    width = int(np.bincount(heights).argmax()) if heights else 2
    return max(2 * width + 3, 7)


def _unruled(share: Array, other: Mask, span: tuple[int, int, int, int]) -> tuple[Array, Mask]:
    """Without the rows and columns that are inked from end to end, which may hide the curve."""
    share, other = share.copy(), other.copy()
    left, top, right, bottom = span
    inside = share[:, left : right + 1]
    for r in np.flatnonzero((inside > 0.12).mean(axis=1) > RULED):
        level = float(np.median(inside[r]))
        share[r] = np.maximum(share[r] - level - 0.1, 0) / max(1 - level, 0.3) if level < 0.6 else 0
        other[r] |= level > 0.3
    upright = share[top : bottom + 1]
    for c in np.flatnonzero((upright > 0.12).mean(axis=0) > RULED):
        level = float(np.median(upright[:, c]))
        rest = np.maximum(share[:, c] - level - 0.1, 0) / max(1 - level, 0.3)
        share[:, c] = rest if level < 0.6 else 0
        other[:, c] |= level > 0.3
    return share, other


def parsed(colour: str) -> Array:
    """#rrggbb as numbers."""
    text = colour.removeprefix("#")
    if re.fullmatch("[0-9a-fA-F]{6}", text) is None:
        raise InputError(Fault("", None, "colour", colour, "#rrggbb, such as #d62728"))
    return np.array([int(text[i : i + 2], 16) for i in (0, 2, 4)], float)


def name_of(colour: Array) -> str:
    """#rrggbb."""
    return "#" + "".join(f"{round(float(c)):02x}" for c in colour)
