"""Every library by name, and a folder full of figures."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from benchmarks.figures import (
    by_bokeh,
    by_gnuplot,
    by_matplotlib,
    by_octave,
    by_office,
    by_page,
    by_pillow,
    by_plotly,
    by_plotnine,
    by_pygal,
    by_r,
    by_tex,
    by_vega,
)
from benchmarks.figures.finish import finished, seen_colour
from benchmarks.figures.look import chosen, falling

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from benchmarks.figures.look import Look


@dataclass(frozen=True)
class Library:
    """How a library draws (look, path, marked), and which kinds it can."""

    draw: Callable[..., None]
    can: frozenset[str]
    vector: str = ""


LIBRARIES = {
    "matplotlib": Library(by_matplotlib.draw, by_matplotlib.CAN, "pdf"),
    "r-base": Library(by_r.draw_base, by_r.BASE, "pdf"),
    "lifelines": Library(
        by_matplotlib.draw_lifelines, by_matplotlib.CAN - {"log", "panels", "percent"}, "pdf"
    ),
    "survminer": Library(by_r.draw_survminer, by_r.SURVMINER, "pdf"),
    "gnuplot": Library(by_gnuplot.draw, by_gnuplot.CAN, "pdf"),
    "vega": Library(by_vega.draw, by_vega.CAN, "pdf"),
    "pillow": Library(by_pillow.draw, by_pillow.CAN),
    "ggplot2": Library(by_r.draw_ggplot, by_r.GGPLOT, "pdf"),
    "sksurv": Library(by_matplotlib.draw_sksurv, by_matplotlib.CAN - {"marks", "log"}, "pdf"),
    "seaborn": Library(by_matplotlib.draw_seaborn, by_matplotlib.CAN, "pdf"),
    "plotly": Library(by_plotly.draw, by_plotly.CAN, "svg"),
    "plotnine": Library(by_plotnine.draw, by_plotnine.CAN, "pdf"),
    "bokeh": Library(by_bokeh.draw, by_bokeh.CAN),
    "pygal": Library(by_pygal.draw, by_pygal.CAN, "svg"),
    "pgfplots": Library(by_tex.draw, by_tex.CAN, "pdf"),
    "octave": Library(by_octave.draw, by_octave.CAN, "pdf"),
    "office": Library(by_office.draw, by_office.CAN, "pdf"),
    "prodlim": Library(by_r.draw_prodlim, by_r.PRODLIM, "pdf"),
    "rms": Library(by_r.draw_rms, by_r.RMS, "pdf"),
    **{
        name: Library(draw, by_page.CAN, vector)
        for name, (draw, vector) in by_page.PROGRAMS.items()
    },
}


def draw_figures(
    folder: Path,
    figures: int,
    seed: int,
    libraries: Sequence[str],
    *,
    vector: bool = True,
    last: bool = False,
) -> list[str]:
    """Draw, the libraries in turn; the names of those that are missing."""
    missing: dict[str, str] = {}
    for i in range(figures):
        name = libraries[i % len(libraries)]
        if name in missing:
            continue
        look = chosen(np.random.default_rng([seed, i]), name, LIBRARIES[name].can)
        if last:
            look = falling(look)
        place = folder / f"{seed}-{i:03d}-{name}"
        place.mkdir(parents=True, exist_ok=True)
        try:
            draw_one(look, LIBRARIES[name], place, vector=vector)
        except ImportError as error:
            missing[name] = str(error)
            place.rmdir()
            print(f"{name} is left out: {error}")
        except RuntimeError as error:
            # A program that stops half way, or a corner that it does not draw.
            shutil.rmtree(place)
            print(f"{place.name} is left out: {error}")
    return list(missing)


def draw_one(look: Look, library: Library, place: Path, *, vector: bool) -> None:
    """One figure's folder."""
    plain, marked = place / "plain.png", place / "marked.png"
    library.draw(look, plain, marked=False)
    library.draw(look, marked, marked=True)
    spots = finished(look, plain, marked, place / "figure")
    plain.unlink()
    marked.unlink()
    if vector and library.vector:
        library.draw(look, place / f"figure.{library.vector}", marked=False)
    with (place / "truth.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["arm", "time", "status"])
        for arm in look.arms:
            rows.writerows(
                (arm.name, f"{t:.6g}", s) for t, s in zip(arm.time, arm.status, strict=True)
            )
    (first, low), (last, full) = look.corners()
    told = look.plain() | {
        "x_axis": [(spots[0][0], first), (spots[1][0], last)],
        "y_axis": [(spots[2][1], full), (spots[0][1], low)],
        "colours": [seen_colour(look, a.colour) for a in look.arms],
    }
    (place / "figure.json").write_text(json.dumps(told, indent=1))
