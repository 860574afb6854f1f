"""Colours of thin lines in a JPEG, which keeps brightness by the pixel and colour by the block.

Most programs write the colour of four pixels as one (4:2:0): a line of two pixels loses half of its
colour to the paper beside it, and looks like neither. What is kept is their sum: over a few pixels,
the colour that a line takes from the paper is in proportion to the brightness that it takes. By
that ratio every pixel gets the colour that belongs to its brightness.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hilum.literature.figures.picture import background_of

if TYPE_CHECKING:
    from hilum.literature.figures.arrays import Array

# Red, green and blue in the brightness of a pixel (ITU-R BT.601, as JPEG has it).
BRIGHT = np.array([0.299, 0.587, 0.114], np.float32)
# Pixels across of the surroundings over which colour is summed, and of what is no line.
AROUND, THICK = 5, 11
# Brightness (of 255) that a line takes from its background at least, on average over those.
LEAST = 4.0
# Darker than its background by so much a pixel is ink, with so much colour for its brightness it is
# no grey; where half of that ink would change by more than this, colours were kept by the block.
INK, COLOURED, CHANGED = 30.0, 0.15, 3.0
# Pixels of coloured ink that tell it, at least.
FEWEST = 100


def restored(pixels: Array) -> Array:
    """The pixels, each line in its own colour; brightness stays as it is.

    A picture whose every pixel has its own colour comes back as it is, whatever its file says; a
    strip of it tells where it holds coloured ink.
    """
    rows = len(pixels)
    strip = _restored(pixels[2 * rows // 5 : 3 * rows // 5])
    if strip is not None and not strip[1]:
        return pixels
    whole = _restored(pixels)
    return pixels if whole is None or not whole[1] else whole[0]


def _restored(pixels: Array) -> tuple[Array, bool] | None:
    """The pixels and whether many changed; None where there is no coloured ink to tell."""
    from scipy.ndimage import uniform_filter

    behind = background_of(pixels, THICK)
    differs = pixels - behind
    bright = differs @ BRIGHT
    colour = differs - bright[..., None]
    taken = uniform_filter(bright, AROUND)
    known = np.abs(taken) > LEAST
    ratio = uniform_filter(colour, (AROUND, AROUND, 1))[known] / taken[known][:, None]
    out = pixels.copy()
    out[known] = np.clip(behind[known] + bright[known][:, None] * (1 + ratio), 0, 255)
    ink = known & (np.abs(bright) > INK)
    ink[known] &= np.abs(ratio).max(axis=1) > COLOURED
    if ink.sum() < FEWEST:
        return None
    change = np.abs(out[ink] - pixels[ink]).max(axis=1)
    return out, bool(np.median(change) > CHANGED)
