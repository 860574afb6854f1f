"""Vega-Lite through altair and vl-convert."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.figures.finish import MARK
from benchmarks.figures.look import stair, ticks

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.figures.look import Look

CAN = frozenset(
    [
        "black",
        "dashes",
        "low",
        "band",
        "percent",
        "limits",
        "marks",
        "grid",
        "frame",
        "tight",
        "legend",
        "log",
        "incidence",
    ]
)
DASHES = {"solid": [1, 0], "dashed": [6, 3], "dotted": [2, 2]}
SHAPES = {"|": "stroke", "+": "cross", "x": "cross"}


def draw(look: Look, path: Path, *, marked: bool) -> None:
    """A figure by Vega-Lite."""
    import vl_convert

    names = [a.name for a in look.arms]
    pad = 0.0 if look.tight else 0.03
    first = look.first if look.log_time else 0.0
    x_scale = {"domain": [first, look.horizon * (1 + pad)], "nice": False}
    if look.log_time:
        x_scale["type"] = "log"
    y_scale = {"domain": [look.low * look.full, look.full * (1 + pad)], "nice": False}
    x = {
        "field": "t",
        "type": "quantitative",
        "scale": x_scale,
        "axis": {"grid": look.grid, "title": f"Time ({look.unit})"},
    }
    y = {
        "field": "s",
        "type": "quantitative",
        "scale": y_scale,
        "axis": {"grid": look.grid, "title": "Survival"},
    }
    colour = {
        "field": "arm",
        "type": "nominal",
        "scale": {"domain": names, "range": [a.colour for a in look.arms]},
        "legend": {"orient": "top-right" if look.legend == "inside" else "top"}
        if look.legend
        else None,
    }
    layers = []
    for arm in look.arms:
        t, s = stair(look, arm)
        if look.band:
            low, high = stair(look, arm, "low")[1], stair(look, arm, "high")[1]
            rows = [
                {"t": float(a), "s": float(b), "h": float(c), "arm": arm.name}
                for a, b, c in zip(t, low, high, strict=True)
            ]
            layers.append(
                {
                    "data": {"values": rows},
                    "mark": {"type": "area", "interpolate": "step-after", "opacity": 0.25,
                             "clip": True},
                    "encoding": {"x": x, "y": y, "y2": {"field": "h"}, "color": colour},
                }
            )  # fmt: skip
        rows = [
            {"t": float(a), "s": float(b), "arm": arm.name, "i": i}
            for i, (a, b) in enumerate(zip(t, s, strict=True))
        ]
        layers.append(
            {
                "data": {"values": rows},
                "mark": {"type": "line", "interpolate": "step-after", "clip": True,
                         "strokeWidth": look.line, "strokeDash": DASHES[arm.dash]},
                "encoding": {"x": x, "y": y, "color": colour, "order": {"field": "i"}},
            }
        )  # fmt: skip
        if look.marks:
            rows = [
                {"t": float(a), "s": float(b), "arm": arm.name}
                for a, b in zip(*ticks(look, arm), strict=True)
            ]
            layers.append(
                {
                    "data": {"values": rows},
                    "mark": {"type": "point", "shape": SHAPES[look.marks], "size": 30,
                             "clip": True, "filled": look.marks != "|",
                             "angle": 45 if look.marks == "x" else 90 * (look.marks == "|"),
                             "strokeWidth": 1},
                    "encoding": {"x": x, "y": y, "color": colour},
                }
            )  # fmt: skip
    if marked:
        rows = [{"t": t, "s": s} for t, s in look.corners()]
        layers.append(
            {
                "data": {"values": rows},
                "mark": {"type": "point", "shape": "square", "filled": True, "size": 60,
                         "color": MARK, "opacity": 1},
                "encoding": {"x": x, "y": y},
            }
        )  # fmt: skip
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": look.size[0] * 72,
        "height": look.size[1] * 72,
        "layer": layers,
        "config": {} if look.frame else {"view": {"stroke": None}},
    }
    if path.suffix == ".pdf":
        path.write_bytes(vl_convert.vegalite_to_pdf(spec))
    elif path.suffix == ".svg":
        path.write_text(vl_convert.vegalite_to_svg(spec))
    else:
        path.write_bytes(vl_convert.vegalite_to_png(spec, scale=look.dpi / 72))
