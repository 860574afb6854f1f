"""Plotly's own templates, pictures by kaleido."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.figures.finish import MARK
from benchmarks.figures.look import stair, ticks

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.figures.look import Look

WORDS = "black dashes low band percent limits marks grid frame tight legend log incidence"
CAN = frozenset(WORDS.split())
TEMPLATES = ("plotly", "plotly_white", "simple_white", "ggplot2", "seaborn")
DASHES = {"solid": "solid", "dashed": "dash", "dotted": "dot"}
SYMBOLS = {"|": "line-ns-open", "+": "cross-thin-open", "x": "x-thin-open"}


def draw(look: Look, path: Path, *, marked: bool) -> None:
    """Lines of shape hv in one of the templates."""
    import plotly.graph_objects as go

    figure = go.Figure()
    for arm in look.arms:
        _arm(look, arm, figure, go)
    pad = 0.0 if look.tight else 0.03
    span = look.full * (1 - look.low)
    low, high = look.low * look.full - pad * span, look.full + pad * span
    across = {"range": [-pad * look.horizon, look.horizon * (1 + pad)]}
    if look.log_time:
        import math

        across = {"type": "log", "range": [math.log10(look.first), math.log10(look.horizon)]}
    edge = {"showgrid": look.grid, "zeroline": False, "showline": True, "linecolor": "black",
            "mirror": look.frame, "ticks": "outside"}  # fmt: skip
    figure.update_layout(
        template=TEMPLATES[sum(len(a.time) for a in look.arms) % len(TEMPLATES)],
        xaxis=across | edge | {"title": {"text": f"Time ({look.unit})"}},
        yaxis={"range": [low, high], "title": {"text": "Survival"}} | edge,
        # The legend is laid over the marks; inside the axes it takes no room.
        showlegend=bool(look.legend) and not (marked and look.legend == "inside"),
        legend={"x": 0.99, "y": 0.99, "xanchor": "right"} if look.legend == "inside" else {},
        margin={"l": 60, "r": 20, "t": 30, "b": 50},
    )
    if marked:
        x, y = zip(*look.corners(), strict=True)
        figure.add_trace(
            go.Scatter(x=x, y=y, mode="markers", cliponaxis=False, showlegend=False,
                       marker={"symbol": "square", "size": 8, "color": MARK})
        )  # fmt: skip
    scale = 1.0 if path.suffix in (".svg", ".pdf") else look.dpi / 96
    figure.write_image(path, width=look.size[0] * 96, height=look.size[1] * 96, scale=scale)


def _arm(look: Look, arm, figure, go) -> None:
    wide = look.line * 96 / 72
    colour = arm.colour
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    if look.band or look.limits:
        none = 0 if look.band else wide * 0.6
        for which, fill in (("low", None), ("high", "tonexty" if look.band else None)):
            x, y = stair(look, arm, which)
            figure.add_trace(
                go.Scatter(x=x, y=y, mode="lines", showlegend=False, fill=fill,
                           fillcolor=f"rgba({red},{green},{blue},0.2)",
                           line={"shape": "hv", "width": none, "color": colour, "dash": "dash"})
            )  # fmt: skip
    x, y = stair(look, arm)
    line = {"shape": "hv", "width": wide, "color": colour, "dash": DASHES[arm.dash]}
    figure.add_trace(go.Scatter(x=x, y=y, mode="lines", name=arm.name, line=line))
    if look.marks:
        when, level = ticks(look, arm)
        mark = {"symbol": SYMBOLS[look.marks], "size": 7, "color": colour, "line": {"width": 1.2}}
        figure.add_trace(go.Scatter(x=when, y=level, mode="markers", showlegend=False, marker=mark))
