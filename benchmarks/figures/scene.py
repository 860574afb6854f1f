"""A figure as lines, areas and words on a page, in the manner of programs that cannot be run here.

A manner says how a program lays out its axes, ticks, frames, legends and marks; the page that comes
of it is written by :mod:`benchmarks.figures.by_page` as SVG, PostScript or strokes of a canvas.
Lengths are points from the top left.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from benchmarks.figures.finish import MARK
from benchmarks.figures.look import at, at_risk, kaplan_meier, stair, ticks

if TYPE_CHECKING:
    from benchmarks.figures.look import Arm, Look

DASHES = {"solid": (), "dashed": (6.0, 3.0), "dotted": (1.5, 2.0)}


@dataclass(frozen=True)
class Line:
    """A stroke through points."""

    points: tuple
    colour: str
    width: float
    dash: tuple = ()
    cap: str = "butt"


@dataclass(frozen=True)
class Area:
    """A filled polygon."""

    points: tuple
    colour: str
    opacity: float = 1.0


@dataclass(frozen=True)
class Text:
    """Words; ``anchor`` start, middle or end, ``turned`` upwards."""

    place: tuple[float, float]
    words: str
    size: float
    anchor: str = "middle"
    colour: str = "#000000"
    turned: bool = False
    bold: bool = False


@dataclass
class Page:
    """What is drawn, in its order; ``cut`` is the part of the page that curves are cut to."""

    size: tuple[float, float]
    cut: tuple[float, float, float, float]
    under: list = field(default_factory=list)
    curves: list = field(default_factory=list)
    over: list = field(default_factory=list)


@dataclass(frozen=True)
class Manner:
    """How a program draws.

    ``axis`` width of its axes; ``tick`` their length (inwards below 0), on all four sides where
    ``around``; ``apart`` points between the two axes; ``grid`` colour, "across" for level lines
    alone; ``pieces`` each step a stroke of its own; ``mark`` half the height of a mark and its
    width; ``stands`` marks stand on the line; ``legend`` where it stands, boxed or not.
    """

    paper: str = "#ffffff"
    plot: str = "#ffffff"
    ink: str = "#000000"
    axis: float = 1.0
    tick: float = 4.0
    around: bool = False
    apart: float = 0.0
    box: bool = False
    bare: bool = False
    grid: str = ""
    across: bool = False
    upright_labels: bool = False
    text: float = 9.0
    bold: bool = False
    pieces: bool = False
    cap: str = "butt"
    mark: tuple[float, float] = (3.0, 0.8)
    stands: bool = False
    legend: str = "right"
    boxed: bool = False
    share: str = "{:.1f}"
    title: str = ""
    front: bool = True


MANNERS = {
    "prism": Manner(axis=1.6, tick=5, text=11, bold=True, stands=True, mark=(4, 1.2),
                    legend="outside", share="{:.1f}", cap="square"),
    "stata": Manner(paper="#eaf2f3", ink="#222222", axis=0.6, grid="#eaf2f3", across=True,
                    upright_labels=True, text=9.5, legend="below", boxed=True, share="{:.2f}",
                    title="Kaplan-Meier survival estimates", mark=(3, 0.7), stands=True),
    "sas": Manner(ink="#333333", axis=0.75, box=True, text=9, legend="low", boxed=True,
                  title="Product-Limit Survival Estimates", pieces=True, front=False),
    "spss": Manner(plot="#f0f0f0", axis=0.8, box=True, text=8.5, mark=(4, 1.0), legend="outside",
                   title="Survival Functions", pieces=True, cap="square", front=False),
    "matlab": Manner(axis=0.5, tick=-4.5, around=True, box=True, text=10, legend="high",
                     boxed=True, share="{:g}", grid="#dfdfdf", mark=(3.2, 0.5)),
    "journal": Manner(axis=0.5, tick=3, apart=5, text=7.5, legend="high", share="{:.1f}",
                      mark=(2.4, 0.5), pieces=True),
    "d3": Manner(ink="#000000", axis=1, tick=6, text=8, legend="high", share="{:.1f}",
                 grid="#e5e5e5"),
    "chart": Manner(ink="#666666", axis=0, tick=6, bare=True, text=9, legend="above",
                    share="{:.1f}", grid="#e3e3e3", front=False),
}  # fmt: skip
"""By name; what each has in common with the figures that its program makes by itself."""


def page_of(look: Look, manner: Manner, *, marked: bool) -> Page:
    """The page of a figure."""
    wide, high = (72 * v for v in look.size)
    text = manner.text
    left = (4.2 if manner.upright_labels else 5.0) * text + 12
    top = 8 + (2.4 * text if manner.title else 0) + (20 if _put(look, manner) == "above" else 4)
    right = wide - (8.5 * text if _put(look, manner) == "outside" else 14)
    below = 4.4 * text + (2.6 * text if _put(look, manner) == "below" else 0)
    bottom = high - below - (3.4 * text if look.risk == "under" else 0)
    pad = 0.0 if look.tight or manner.apart else 0.03
    low, full = look.low * look.full, look.full

    def spot(time, level):
        x = (time / look.horizon + pad) / (1 + 2 * pad)
        y = ((level - low) / (full - low) + pad) / (1 + 2 * pad)
        return left + x * (right - left), bottom - y * (bottom - top)

    page = Page((wide, high), (left, top - 2 * manner.mark[0], right + 2, bottom + manner.axis / 2))
    page.under.append(Area(_box(0, 0, wide, high), manner.paper))
    page.under.append(Area(_box(left, top, right, bottom), manner.plot))
    edges = left, top, right, bottom
    _scale(look, manner, page, spot, edges)
    opaque = [a for a in look.arms if look.band and look.opaque]
    for arm in opaque:
        _band(look, arm, page, spot)
    for arm in look.arms:
        _arm(look, arm, manner, page, spot)
    _legend(look, manner, page, edges)
    if look.risk:
        _at_risk(look, manner, page, spot, bottom)
    if marked:
        for corner in look.corners():
            x, y = spot(*corner)
            page.over.append(Area(_box(x - 3.5, y - 3.5, x + 3.5, y + 3.5), MARK))
    return page


def _put(look: Look, manner: Manner) -> str:
    """Where the legend stands: the program's place, or inside where the look says so."""
    if not look.legend:
        return ""
    inside = manner.legend in ("high", "low")
    return (
        manner.legend
        if inside == (look.legend == "inside")
        else ("high" if look.legend == "inside" else "above")
    )


def _box(left, top, right, bottom):
    return (left, top), (right, top), (right, bottom), (left, bottom)


def _scale(look: Look, manner: Manner, page: Page, spot, edges) -> None:
    left, top, right, bottom = edges
    low, full = look.low * look.full, look.full
    many = 4 + len(look.arms[0].time) % 3
    times = [look.horizon * i / many for i in range(many + 1)]
    levels = [low + (full - low) * i / (4 if look.low else 5) for i in range(5 if look.low else 6)]
    apart = manner.apart
    drawn = page.over if manner.front else page.under
    if look.grid or manner.across:
        colour = manner.grid or "#d0d0d0"
        for level in levels:
            y = spot(0, level)[1]
            page.under.append(Line(((left, y), (right, y)), colour, 0.75))
        for time in times if look.grid and not manner.across else ():
            x = spot(time, 0)[0]
            page.under.append(Line(((x, top), (x, bottom)), colour, 0.75))
    ink, wide, long = manner.ink, manner.axis, manner.tick
    if not manner.bare:
        ends = spot(look.horizon, low)[0] if apart else right
        drawn.append(
            Line(((left, bottom + apart), (ends, bottom + apart)), ink, wide, (), "square")
        )
        drawn.append(Line(((left - apart, bottom), (left - apart, top)), ink, wide, (), "square"))
        if look.frame or manner.box:
            drawn.append(
                Line(((left, top), (right, top), (right, bottom)), ink, wide, (), "square")
            )
    wide = max(wide, 0.75)

    def across(time, long):
        x = spot(time, 0)[0]
        drawn.append(Line(((x, bottom + apart), (x, bottom + apart + long)), ink, wide))
        if manner.around:
            drawn.append(Line(((x, top), (x, top - long)), ink, wide))

    def up(level, long):
        y = spot(0, level)[1]
        drawn.append(Line(((left - apart, y), (left - apart - long, y)), ink, wide))
        if manner.around:
            drawn.append(Line(((right, y), (right + long, y)), ink, wide))

    out = max(long, 0) + 3
    for time in times:
        across(time, long)
        page.over.append(Text((spot(time, 0)[0], bottom + apart + out + 0.8 * manner.text),
                              f"{time:g}", manner.text, colour=ink, bold=manner.bold))  # fmt: skip
    for level in levels:
        up(level, long)
        shown = f"{level:g}" if look.percent else manner.share.format(level)
        x, y = left - apart - out, spot(0, level)[1]
        place = (x - 1, y) if manner.upright_labels else (x, y + 0.36 * manner.text)
        page.over.append(Text(place, shown, manner.text, "middle" if manner.upright_labels
                              else "end", ink, manner.upright_labels, manner.bold))  # fmt: skip
    if look.minor:
        for a, b in pairwise(times):
            across((a + b) / 2, long / 2)
        for a, b in pairwise(levels):
            up((a + b) / 2, long / 2)
    size = 1.1 * manner.text
    word = "Cumulative incidence" if look.incidence else "Survival"
    said = f"Percent {word.lower()}" if look.percent else f"{word} probability"
    page.over.append(Text(((left + right) / 2, bottom + apart + out + 2.5 * manner.text),
                          f"Time ({look.unit})", size, colour=ink, bold=manner.bold))  # fmt: skip
    page.over.append(Text((size + 2, (top + bottom) / 2), said, size, "middle", ink, True,
                          manner.bold))  # fmt: skip
    if manner.title:
        page.over.append(Text(((left + right) / 2, 1.6 * manner.text + 4), manner.title,
                              1.25 * manner.text, colour=ink))  # fmt: skip


def _corners(x, y):
    out = [(x[0], y[0])]
    for i in range(1, len(x)):
        out += [(x[i], y[i - 1]), (x[i], y[i])]
    return [p for i, p in enumerate(out) if not i or p != out[i - 1]]


def _band(look: Look, arm: Arm, page: Page, spot) -> None:
    x, low = stair(look, arm, "low")
    high = stair(look, arm, "high")[1]
    around = [spot(*p) for p in (*_corners(x, low), *_corners(x, high)[::-1])]
    colour, opacity = (_paler(arm.colour), 1.0) if look.opaque else (arm.colour, 0.22)
    page.curves.append(Area(tuple(around), colour, opacity))


def _paler(colour: str) -> str:
    parts = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(255 - 0.25 * (255 - v)):02x}" for v in parts)


def _arm(look: Look, arm: Arm, manner: Manner, page: Page, spot) -> None:
    if look.band and not look.opaque:
        _band(look, arm, page, spot)
    if look.limits:
        for which in ("low", "high"):
            points = tuple(spot(*p) for p in _corners(*stair(look, arm, which)))
            page.curves.append(Line(points, arm.colour, 0.6 * look.line, (3.0, 2.5)))
    x, y = stair(look, arm)
    points = [spot(*p) for p in _corners(x, y)]
    dash = tuple(v * max(look.line, 0.8) / 1.2 for v in DASHES[arm.dash])
    if manner.pieces and not dash:
        page.curves += [Line((a, b), arm.colour, look.line, (), "square")
                        for a, b in pairwise(points)]  # fmt: skip
    else:
        page.curves.append(Line(tuple(points), arm.colour, look.line, dash, manner.cap))
    if look.marks:
        half, wide = manner.mark
        for time, level in zip(*ticks(look, arm), strict=True):
            cx, cy = spot(time, level)
            page.curves += _mark(look.marks, cx, cy, half, wide, arm.colour, manner.stands)
    if look.median:
        _median(look, arm, page, spot)


def _mark(mark, cx, cy, half, wide, colour, stands):
    if mark == "x":
        return [Line(((cx - half, cy - s), (cx + half, cy + s)), colour, wide)
                for s in (half, -half)]  # fmt: skip
    foot = cy if stands and mark == "|" else cy + half
    out = [Line(((cx, cy - half), (cx, foot)), colour, wide)]
    if mark == "+":
        out.append(Line(((cx - half, cy), (cx + half, cy)), colour, wide))
    return out


def _median(look: Look, arm: Arm, page: Page, spot) -> None:
    """Thin broken lines from one half to the curve and down to the axis of time."""
    curve = kaplan_meier(arm.time, arm.status)
    if look.low > 0.4 or at(curve, look.horizon) > 0.5:
        return
    when = float(curve[0][np.argmax(curve[1] <= 0.5)])
    low = look.low * look.full
    points = spot(0, look.full / 2), spot(when, look.full / 2), spot(when, low)
    page.curves.append(Line(points, "#777777", 0.6, (3.0, 3.0)))


def _legend(look: Look, manner: Manner, page: Page, edges) -> None:
    put = _put(look, manner)
    if not put:
        return
    left, top, right, bottom = edges
    text = manner.text
    long, step = 26.0, 1.5 * text
    wide = long + 6 + 4.6 * text
    if put in ("above", "below"):
        y = top - 12 if put == "above" else bottom + 4.9 * text
        starts = [((left + right) / 2 + (i - len(look.arms) / 2) * (wide + 14), y)
                  for i in range(len(look.arms))]  # fmt: skip
    else:
        x = right + 8 if put == "outside" else right - wide - 12
        y = top + 0.35 * (bottom - top) if put == "outside" else top + 16
        if put == "low" or (put == "high" and look.incidence):
            x, y = (left + 14, bottom - 18 - step * len(look.arms))
            if look.incidence:
                x, y = left + 14, top + 16
        starts = [(x, y + step * i) for i in range(len(look.arms))]
    if manner.boxed:
        (x0, y0), (x1, y1) = starts[0], starts[-1]
        around = _box(x0 - 6, y0 - text, x1 + wide, y1 + text)
        page.over.append(Area(around, "#ffffff"))
        page.over.append(Line((*around, around[0]), manner.ink, 0.6))
    for (x, y), arm in zip(starts, look.arms, strict=True):
        long_ = long if put != "outside" else 16
        page.over.append(Line(((x, y), (x + long_, y)), arm.colour, look.line, DASHES[arm.dash]))
        page.over.append(Text((x + long_ + 5, y + 0.36 * text), arm.name, text, "start",
                              manner.ink))  # fmt: skip


def _at_risk(look: Look, manner: Manner, page: Page, spot, bottom) -> None:
    columns, rows = at_risk(look)
    size = 0.85 * manner.text
    for i, (arm, row) in enumerate(zip(look.arms, rows, strict=True)):
        if look.risk == "under":
            y = bottom + manner.apart + 4.4 * manner.text + 1.3 * size * (i + 1)
        else:
            y = bottom - 4 - 1.3 * size * (len(rows) - 1 - i)
        for column, n in zip(columns, row, strict=True):
            page.over.append(Text((spot(column, 0)[0], y), str(n), size,
                                  colour=arm.colour))  # fmt: skip
