"""From the drawn picture to the printed one: greyscale, a turned scan, JPEG; places of points."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.figures.look import Look

MARK = "#ff00ff"
"""Colour of the two points from which the places of the axes are found; no palette has it."""


def centres(path: Path) -> list[tuple[float, float]]:
    """Middles of the two marks: the lower left first."""
    pixels = np.asarray(Image.open(path).convert("RGB"), float)
    far = np.abs(pixels - np.array([255.0, 0, 255.0])).max(axis=-1)
    rows, columns = np.nonzero(far < 60)
    if not len(rows):
        raise RuntimeError(f"no calibration marks in {path.name}")
    middle = (columns.min() + columns.max()) / 2
    if columns.max() - columns.min() < 40:
        raise RuntimeError(f"one calibration mark alone in {path.name}")
    out = []
    for side in (columns < middle, columns >= middle):
        weight = 1 - far[rows[side], columns[side]] / 255
        out.append(
            (float(np.average(columns[side], weights=weight)),
             float(np.average(rows[side], weights=weight)))
        )  # fmt: skip
    return out


def finished(look: Look, plain: Path, marked: Path, out: Path) -> list[tuple[float, float]]:
    """Write the picture as its look says; the places of the two corners in it."""
    image = Image.open(plain).convert("RGB")
    places = centres(marked)
    if look.grey:
        image = image.convert("L").convert("RGB")
    # The corner points that a hand marks: (first, low), (horizon, low) and (first, full).
    (x0, y0), (x1, y1) = places
    spots = [(x0, y0), (x1, y0), (x0, y1)]
    if look.turn:
        image = image.rotate(look.turn, Image.Resampling.BICUBIC, fillcolor="white")
        angle = math.radians(look.turn)
        cx, cy = (image.width - 1) / 2, (image.height - 1) / 2
        spots = [
            (
                cx + (x - cx) * math.cos(angle) + (y - cy) * math.sin(angle),
                cy - (x - cx) * math.sin(angle) + (y - cy) * math.cos(angle),
            )
            for x, y in spots
        ]
    kept = {"jpg": {"quality": look.quality}, "png": {}, "tiff": {"compression": "tiff_lzw"}}
    image.save(out.with_suffix("." + look.suffix), **kept[look.suffix])
    return spots


def seen_colour(look: Look, colour: str) -> str:
    """What a hand picks in the picture: the grey a colour becomes."""
    if not look.grey:
        return colour
    value = Image.new("RGB", (1, 1), colour).convert("L").getpixel((0, 0))
    return "#" + f"{value:02x}" * 3
