"""pygal's XY charts: SVG with its own style sheet, made a picture by cairosvg."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from benchmarks.figures.finish import MARK
from benchmarks.figures.look import stair, ticks

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.figures.look import Look

WORDS = "black dashes low percent limits marks grid tight legend incidence"
CAN = frozenset(WORDS.split())
DASHES = {"solid": None, "dashed": "7, 4", "dotted": "2, 3"}


def draw(look: Look, path: Path, *, marked: bool) -> None:
    """Lines from corner to corner; censoring ticks are dots, as pygal has no others."""
    import pygal
    from pygal.style import Style

    pad = 0.0 if look.tight else 0.03
    low = look.low * look.full
    span = look.full - low
    colours, series = [], []
    for arm in look.arms:
        lines = [("level", look.line, arm.dash)]
        if look.limits:
            lines += [("low", 0.6 * look.line, "dashed"), ("high", 0.6 * look.line, "dashed")]
        for which, wide, dash in lines:
            colours.append(arm.colour)
            stroke = {"width": wide * 96 / 72, "linecap": "butt"}
            if DASHES[dash]:
                stroke["dasharray"] = DASHES[dash]
            named = arm.name if which == "level" else None
            series.append((named, _corners(*stair(look, arm, which)), {"stroke_style": stroke}))
        if look.marks:
            colours.append(arm.colour)
            points = list(zip(*map(np.ndarray.tolist, ticks(look, arm)), strict=True))
            series.append((None, points, {"stroke": False, "show_dots": True, "dots_size": 2}))
    if marked:
        colours.append(MARK)
        series.append((None, list(look.corners()), {"stroke": False, "show_dots": True,
                                                    "dots_size": 4}))  # fmt: skip
    style = Style(colors=tuple(colours), background="white", plot_background="white",
                  opacity="1", opacity_hover="1")  # fmt: skip
    chart = pygal.XY(
        width=round(look.size[0] * 96), height=round(look.size[1] * 96), style=style,
        show_dots=False, show_legend=bool(look.legend), show_x_guides=look.grid,
        show_y_guides=look.grid, range=(low - pad * span, look.full + pad * span),
        xrange=(-pad * look.horizon, look.horizon * (1 + pad)),
        x_title=f"Time ({look.unit})", y_title="Survival", js=(),
    )  # fmt: skip
    chart.x_labels = [look.horizon * i / 6 for i in range(7)]
    chart.y_labels = [low + span * i / 4 for i in range(5)]
    for name, points, how in series:
        chart.add(name, points, **how)
    text = chart.render()
    if path.suffix == ".svg":
        path.write_bytes(text)
        return
    import cairosvg

    cairosvg.svg2png(text, write_to=str(path), scale=look.dpi / 96)


def _corners(x, y) -> list[tuple[float, float]]:
    out = [(float(x[0]), float(y[0]))]
    for (_, before), (time, level) in pairwise(zip(x, y, strict=True)):
        out += [(float(time), float(before)), (float(time), float(level))]
    return out
