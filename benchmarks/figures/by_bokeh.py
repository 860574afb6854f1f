"""Bokeh, its page photographed by a browser without a window."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from benchmarks.figures.finish import MARK
from benchmarks.figures.look import stair, ticks

if TYPE_CHECKING:
    from benchmarks.figures.look import Look

WORDS = "black dashes low band percent limits marks grid frame tight legend log incidence"
CAN = frozenset(WORDS.split())
SYMBOLS = {"|": "dash", "+": "cross", "x": "x"}


def draw(look: Look, path: Path, *, marked: bool) -> None:
    """Steps in a figure without its tools.

    Raises
    ------
    ImportError
        Bokeh or the browser is not there.
    """
    from bokeh.embed import file_html
    from bokeh.plotting import figure
    from bokeh.resources import INLINE

    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        raise ImportError("no browser takes the picture")
    wide, high = (round(v * 96) for v in look.size)
    pad = 0.0 if look.tight else 0.03
    low, span = look.low * look.full, look.full * (1 - look.low)
    across = (-pad * look.horizon, look.horizon * (1 + pad))
    if look.log_time:
        across = (look.first, look.horizon)
    plot = figure(
        width=wide, height=high, toolbar_location=None, x_range=across,
        y_range=(low - pad * span, look.full + pad * span),
        x_axis_type="log" if look.log_time else "linear",
        x_axis_label=f"Time ({look.unit})", y_axis_label="Survival",
    )  # fmt: skip
    plot.outline_line_color = "black" if look.frame else None
    for grid in (plot.xgrid, plot.ygrid):
        grid.visible = look.grid
    for arm in look.arms:
        _arm(look, arm, plot)
    if look.legend == "inside":
        plot.legend.location = "bottom_right" if look.incidence else "top_right"
    elif look.legend:
        plot.add_layout(plot.legend[0], "above")
    else:
        plot.legend.visible = False
    if marked:
        x, y = zip(*look.corners(), strict=True)
        plot.scatter(x, y, marker="square", size=8, color=MARK, level="overlay")
    with tempfile.TemporaryDirectory() as place:
        page = Path(place) / "page.html"
        page.write_text(file_html(plot, INLINE).replace("<body>", '<body style="margin:0">', 1))
        subprocess.run(
            [browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
             f"--force-device-scale-factor={look.dpi / 96}", f"--window-size={wide},{high}",
             "--virtual-time-budget=8000", f"--user-data-dir={place}/browser",
             f"--screenshot={path}", page.as_uri()],
            check=True, capture_output=True, timeout=300,
        )  # fmt: skip


def _arm(look: Look, arm, plot) -> None:
    wide = look.line * 96 / 72
    if look.band or look.limits:
        x, low = stair(look, arm, "low")
        high = stair(look, arm, "high")[1]
        if look.band:
            plot.varea_step(x=x, y1=low, y2=high, step_mode="after", fill_color=arm.colour,
                            fill_alpha=0.2)  # fmt: skip
        else:
            for y in (low, high):
                plot.step(x, y, mode="after", color=arm.colour, line_width=0.6 * wide,
                          line_dash="dashed")  # fmt: skip
    x, y = stair(look, arm)
    plot.step(x, y, mode="after", color=arm.colour, line_width=wide, line_dash=arm.dash,
              legend_label=arm.name)  # fmt: skip
    if look.marks:
        when, level = ticks(look, arm)
        angle = np.pi / 2 if look.marks == "|" else 0.0
        plot.scatter(when, level, marker=SYMBOLS[look.marks], size=8, angle=angle,
                     color=arm.colour, line_width=1.2)  # fmt: skip
