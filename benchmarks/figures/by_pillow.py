"""Whole pixels without smoothing, as SPSS and old statistics programs print."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from benchmarks.figures.finish import MARK
from benchmarks.figures.look import stair, ticks
from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.figures.look import Look

CAN = frozenset(
    [
        "black",
        "dashes",
        "low",
        "percent",
        "limits",
        "marks",
        "grid",
        "frame",
        "tight",
        "legend",
        "incidence",
    ]
)
DASHES = {"solid": None, "dashed": (9, 6), "dotted": (2, 4)}


def draw(look: Look, path: Path, *, marked: bool) -> None:
    """A figure of whole pixels."""
    wide, high = (round(v * look.dpi) for v in look.size)
    image = Image.new("RGB", (wide, high), "white")
    pen = ImageDraw.Draw(image)
    left, right, top, bottom = 0.12 * wide, 0.95 * wide, 0.08 * high, 0.85 * high
    pad = 0.0 if look.tight else 0.04
    low, full = look.low * look.full, look.full

    def at(time, level):
        x = (time / look.horizon + pad) / (1 + 2 * pad)
        y = ((level - low) / (full - low) + pad) / (1 + 2 * pad)
        return round(left + x * (right - left)), round(bottom - y * (bottom - top))

    for i in range(6):
        x, y = at(look.horizon * i / 5, low)[0], at(0, low + (full - low) * i / 5)[1]
        if look.grid:
            pen.line([(x, top), (x, bottom)], fill="#c8c8c8")
            pen.line([(left, y), (right, y)], fill="#c8c8c8")
        pen.line([(x, bottom), (x, bottom + 6)], fill="black")
        pen.line([(left - 6, y), (left, y)], fill="black")
        pen.text((x, bottom + 16), f"{look.horizon * i / 5:g}", fill="black", anchor="mm")
        pen.text((left - 10, y), f"{low + (full - low) * i / 5:g}", fill="black", anchor="rm")
    if look.frame:
        pen.rectangle([left, top, right, bottom], outline="black")
    pen.line([(left, top), (left, bottom), (right, bottom)], fill="black")
    width = max(round(look.line * look.dpi / 72), 1)
    for arm in look.arms:
        if look.limits:
            for which in ("low", "high"):
                _line(pen, [at(*p) for p in _corners(*stair(look, arm, which))], arm.colour, 1,
                      (5, 4), bottom)  # fmt: skip
        corners = [at(*p) for p in _corners(*stair(look, arm))]
        _line(pen, corners, arm.colour, width, DASHES[arm.dash], bottom)
        if look.marks:
            for time, level in zip(*ticks(look, arm), strict=True):
                _mark(pen, at(time, level), look.marks, arm.colour, bottom)
    if look.legend == "inside":
        for i, arm in enumerate(look.arms):
            x, y = right - 130, top + 20 + 18 * i + (0.5 * (bottom - top) if look.incidence else 0)
            _line(pen, [(x, y), (x + 30, y)], arm.colour, width, DASHES[arm.dash], bottom)
            pen.text((x + 38, y), arm.name, fill="black", anchor="lm")
    if marked:
        for corner in look.corners():
            x, y = at(*corner)
            pen.rectangle([x - 3, y - 3, x + 3, y + 3], fill=MARK)
    image.save(path)


def _corners(x, y):
    out = [(x[0], y[0])]
    for i in range(1, len(x)):
        out += [(x[i], y[i - 1]), (x[i], y[i])]
    return out


def _line(pen, points, colour, width, dash, bottom):
    """Each stretch as a filled box of whole pixels, cut into dashes along the way."""
    gone = 0.0
    for (x0, y0), (x1, y1) in pairwise(points):
        length = abs(x1 - x0) + abs(y1 - y0)
        for a, b in _pieces(length, gone, dash, width):
            way = [(x0 + (x1 - x0) * s / max(length, 1), y0 + (y1 - y0) * s / max(length, 1))
                   for s in (a, b)]  # fmt: skip
            half = (width - 1) // 2
            rest = width - 1 - half
            box = [min(p[0] for p in way) - half, min(p[1] for p in way) - half,
                   max(p[0] for p in way) + rest, max(p[1] for p in way) + rest]  # fmt: skip
            if box[1] <= bottom:
                pen.rectangle([box[0], box[1], box[2], min(box[3], bottom)], fill=colour)
        gone += length


def _pieces(length, gone, dash, width):
    if dash is None:
        return [(0, length)]
    on, off = (v * max(width, 1) / 2 for v in dash)
    out, at = [], -(gone % (on + off))
    while at < length:
        a, b = max(at, 0), min(at + on, length)
        if b > a:
            out.append((a, b))
        at += on + off
    return out


def _mark(pen, place, mark, colour, bottom):
    x, y = place
    if y > bottom:
        return
    if mark in "|+":
        pen.line([(x, y - 4), (x, y + 4)], fill=colour)
    if mark == "+":
        pen.line([(x - 4, y), (x + 4, y)], fill=colour)
    if mark == "x":
        pen.line([(x - 4, y - 4), (x + 4, y + 4)], fill=colour)
        pen.line([(x - 4, y + 4), (x + 4, y - 4)], fill=colour)
