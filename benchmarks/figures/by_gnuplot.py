"""gnuplot (pngcairo): steps, points on them, its own box and grid."""

from __future__ import annotations

import shutil
import subprocess
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
POINTS = {"+": 1, "x": 2, "|": 1}
DASHES = {"solid": 1, "dashed": 2, "dotted": 3}
PROGRAMS = ("gnuplot", "gnuplot-nox")


def draw(look: Look, path: Path, *, marked: bool) -> None:
    """A figure by gnuplot."""
    program = next((p for p in map(shutil.which, PROGRAMS) if p), None)
    if program is None:
        raise ImportError("gnuplot")
    wide, high = (round(v * look.dpi) for v in look.size)
    pad = 0.0 if look.tight else 0.03
    span = look.full * (1 - look.low)
    first = look.first if look.log_time else -pad * look.horizon
    zoom = look.dpi / 100
    terminal = {".pdf": "pdfcairo", ".svg": "svg"}.get(path.suffix, "pngcairo")
    size = f"{look.size[0]}in,{look.size[1]}in" if path.suffix == ".pdf" else f"{wide},{high}"
    lines = [
        f"set terminal {terminal} size {size} dashed fontscale {zoom if wide else 1:g} "
        f"linewidth {zoom:g}",
        f"set output '{path}'",
        f"set xrange [{first}:{look.horizon * (1 + pad)}]",
        f"set yrange [{look.low * look.full - pad * span}:{look.full + pad * span}]",
        f"set xlabel 'Time ({look.unit})'",
        "set ylabel 'Survival'",
        "set border 31" if look.frame else "set border 3",
        "set xtics nomirror; set ytics nomirror",
        "set grid lt 1 lc rgb '#d0d0d0'" if look.grid else "",
        "set logscale x" if look.log_time else "",
        "set key top right" if look.legend == "inside" else "set key outside top center horizontal",
        "unset key" if not look.legend else "",
    ]
    parts = []
    for i, arm in enumerate(look.arms):
        blocks = {
            "l": stair(look, arm),
            "a": stair(look, arm, "low"),
            "b": stair(look, arm, "high"),
        }
        if look.marks:
            blocks["t"] = ticks(look, arm)
        for name, (x, y) in blocks.items():
            rows = "\n".join(f"{a:.8g} {b:.8g}" for a, b in zip(x, y, strict=True))
            lines.append(f"${name}{i} << EOD\n{rows}\nEOD")
        style = f"lc rgb '{arm.colour}' lw {look.line:.2f}"
        if look.band:
            corners = _corners(blocks["a"], blocks["b"])
            lines.append(f"$f{i} << EOD\n{corners}\nEOD")
            parts.append(
                f"$f{i} using 1:2:3 with filledcurves fs transparent solid 0.2 noborder "
                f"lc rgb '{arm.colour}' notitle"
            )
        parts.append(f"$l{i} with steps {style} dt {DASHES[arm.dash]} title '{arm.name}'")
        if look.limits:
            parts += [f"${k}{i} with steps {style} dt 2 notitle" for k in "ab"]
        if look.marks:
            parts.append(
                f"$t{i} with points pt {POINTS[look.marks]} ps 0.8 lc rgb '{arm.colour}' notitle"
            )
    if marked:
        rows = "\n".join(f"{t} {v}" for t, v in look.corners())
        lines.append(f"$m << EOD\n{rows}\nEOD")
        parts.append(f"$m with points pt 5 ps 1 lc rgb '{MARK}' notitle")
    lines.append("plot " + ", ".join(parts))
    subprocess.run(
        [program], input="\n".join(lines), text=True, check=True, capture_output=True, timeout=600
    )


def _corners(low, high) -> str:
    rows = []
    for i in range(len(low[0])):
        rows.append(f"{low[0][i]:.8g} {low[1][i]:.8g} {high[1][i]:.8g}")
        if i + 1 < len(low[0]):
            rows.append(f"{low[0][i + 1]:.8g} {low[1][i]:.8g} {high[1][i]:.8g}")
    return "\n".join(rows)
