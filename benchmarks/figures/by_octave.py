"""Octave's stairs, in its box with ticks inside."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.figures.finish import MARK
from benchmarks.figures.look import stair, ticks

if TYPE_CHECKING:
    from benchmarks.figures.look import Look

WORDS = "black dashes low percent limits marks grid frame legend incidence"
CAN = frozenset([*WORDS.split(), "zero", "near", "thin", "minor"])
DASHES = {"solid": "-", "dashed": "--", "dotted": ":"}


def draw(look: Look, path: Path, *, marked: bool) -> None:
    """A figure by Octave's gnuplot toolkit.

    Raises
    ------
    ImportError
        Octave is not there.
    """
    if shutil.which("octave-cli") is None:
        raise ImportError("octave")
    pad = 0.0 if look.tight else 0.03
    low, full = look.low * look.full, look.full
    span = full - low
    lines = [
        "graphics_toolkit('gnuplot'); f = figure('visible', 'off'); hold on;",
        f"set(f, 'paperunits', 'inches', 'papersize', [{look.size[0]:.3f} {look.size[1]:.3f}], "
        f"'paperposition', [0 0 {look.size[0]:.3f} {look.size[1]:.3f}]);",
    ]
    names = []
    for arm in look.arms:
        style = f"'color', {_shade(arm.colour)}, 'linewidth', {look.line:.3f}"
        lines.append(_steps(stair(look, arm), f"'linestyle', '{DASHES[arm.dash]}', {style}", "h"))
        names.append("h")
        lines.append(f"h{len(names)} = h;")
        if look.limits:
            for which in ("low", "high"):
                lines.append(_steps(stair(look, arm, which),
                                    f"'linestyle', '--', {style}", "q"))  # fmt: skip
        if look.marks:
            x, y = ticks(look, arm)
            lines.append(f"plot({_row(x)}, {_row(y)}, '{look.marks}', 'linestyle', 'none', "
                         f"'color', {_shade(arm.colour)}, 'markersize', 5);")  # fmt: skip
    if marked:
        x, y = zip(*look.corners(), strict=True)
        lines.append(f"plot({_row(x)}, {_row(y)}, 's', 'linestyle', 'none', 'markersize', 7, "
                     f"'color', {_shade(MARK)}, 'markerfacecolor', {_shade(MARK)});")  # fmt: skip
    many = 4 + len(look.arms[0].time) % 3
    lines += [
        f"axis([{-pad * look.horizon} {look.horizon * (1 + pad)} {low - pad * span} "
        f"{full + pad * span}]);",
        f"set(gca, 'xtick', (0:{many}) * {look.horizon / many}, "
        f"'ytick', {low} + (0:5) * {span / 5});",
        f"xlabel('Time ({look.unit})'); ylabel('Survival');",
        "box on;" if look.frame else "box off;",
        "grid on;" if look.grid else "",
        "set(gca, 'xminortick', 'on', 'yminortick', 'on');" if look.minor else "",
    ]
    if look.legend and len(look.arms) > 1:
        handles = ", ".join(f"h{i + 1}" for i in range(len(names)))
        said = ", ".join(f"'{a.name}'" for a in look.arms)
        where = "northeastoutside" if look.legend == "outside" else (
            "northwest" if look.incidence else "northeast")  # fmt: skip
        lines.append(f"legend([{handles}], {{{said}}}, 'location', '{where}');")
    kind = "-dpdfcairo" if path.suffix == ".pdf" else f"-dpngcairo', '-r{look.dpi}"
    lines.append(f"print(f, '{path}', '{kind}');")
    with tempfile.TemporaryDirectory() as place:
        program = Path(place) / "page.m"
        program.write_text("\n".join(lines))
        done = subprocess.run(["octave-cli", "--no-window-system", str(program)],
                              capture_output=True, text=True, timeout=300, check=False)  # fmt: skip
    if not path.exists():
        raise RuntimeError(done.stderr[-600:])


def _steps(points, style: str, name: str) -> str:
    x, y = points
    return f"[a, b] = stairs({_row(x)}, {_row(y)}); {name} = plot(a, b, {style});"


def _row(values) -> str:
    return "[" + " ".join(f"{v:.6g}" for v in values) + "]"


def _shade(colour: str) -> str:
    return "[" + " ".join(f"{int(colour[i : i + 2], 16) / 255:.4f}" for i in (1, 3, 5)) + "]"
