"""plotnine: a grammar of graphics over matplotlib, its steps, ribbons and themes."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from benchmarks.figures.finish import MARK
from benchmarks.figures.look import stair, ticks

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.figures.look import Look

WORDS = "black dashes low band percent limits marks legend log incidence"
CAN = frozenset(WORDS.split())
THEMES = ("theme_gray", "theme_bw", "theme_classic", "theme_minimal", "theme_538")


def draw(look: Look, path: Path, *, marked: bool) -> None:
    """geom_step, geom_ribbon and geom_point."""
    import pandas as pd
    import plotnine as p9

    theme = THEMES[sum(len(a.time) for a in look.arms) % len(THEMES)]
    names = [a.name for a in look.arms]
    frames = []
    for arm in look.arms:
        x, y = stair(look, arm)
        low, high = stair(look, arm, "low")[1], stair(look, arm, "high")[1]
        frames.append(pd.DataFrame({"x": x, "y": y, "low": low, "high": high, "arm": arm.name}))
    data = pd.concat(frames)
    data["arm"] = pd.Categorical(data["arm"], names)
    first = look.first if look.log_time else 0.0
    figure = (
        p9.ggplot(data, p9.aes("x", "y", colour="arm"))
        + p9.geom_step(p9.aes(linetype="arm"), size=look.line / 2.2)
        + p9.scale_color_manual([a.colour for a in look.arms])
        + p9.scale_fill_manual([a.colour for a in look.arms])
        + p9.scale_linetype_manual([a.dash for a in look.arms])
        + p9.labs(x=f"Time ({look.unit})", y="Survival")
        + p9.coord_cartesian(xlim=(first, look.horizon), ylim=(look.low * look.full, look.full))
        + getattr(p9, theme)()
        + p9.theme(legend_position="top" if look.legend else "none", figure_size=look.size)
    )
    if look.log_time:
        figure += p9.scale_x_log10()
    if look.band:
        ribbon = p9.aes("x", ymin="low", ymax="high", fill="arm")
        figure += p9.geom_ribbon(ribbon, alpha=0.22, color="none", inherit_aes=False)
    if look.limits:
        for edge in ("low", "high"):
            figure += p9.geom_step(p9.aes(y=edge), linetype="dashed", size=look.line / 4)
    if look.marks:
        rows = []
        for arm in look.arms:
            when, level = ticks(look, arm)
            rows.append(pd.DataFrame({"x": when, "y": level, "arm": arm.name}))
        points = pd.concat(rows)
        points["arm"] = pd.Categorical(points["arm"], names)
        figure += p9.geom_point(data=points, shape=look.marks, size=2.2, show_legend=False)
    if marked:
        x, y = zip(*look.corners(), strict=True)
        figure += p9.annotate("point", x=list(x), y=list(y), shape="s", size=3, color=MARK,
                              stroke=0)  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        figure.save(path, dpi=look.dpi, verbose=False)
