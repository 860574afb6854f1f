"""PGFPlots: TeX's axes with ticks inside, its picture made from the PDF by poppler."""

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

WORDS = "black dashes low band percent limits marks grid frame tight legend incidence"
CAN = frozenset([*WORDS.split(), "zero", "near", "thin", "opaque", "minor"])
MARKS = {"|": "|", "+": "+", "x": "x"}


def draw(look: Look, path: Path, *, marked: bool) -> None:
    """A figure by pgfplots.

    Raises
    ------
    ImportError
        TeX, its package or poppler is not there.
    """
    for program in ("pdflatex", "pdftoppm"):
        if shutil.which(program) is None:
            raise ImportError(program)
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / "page.tex").write_text(_source(look, marked=marked))
        done = subprocess.run(
            ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "page.tex"],
            cwd=place, capture_output=True, text=True, timeout=300, check=False, errors="replace",
        )  # fmt: skip
        if "not found" in done.stdout:
            raise ImportError("pgfplots")
        if done.returncode:
            raise RuntimeError(done.stdout[-600:])
        made = Path(place) / "page.pdf"
        if path.suffix == ".pdf":
            shutil.copy(made, path)
            return
        subprocess.run(
            ["pdftoppm", "-r", str(look.dpi), "-png", "-singlefile", str(made),
             str(path.with_suffix(""))],
            check=True, capture_output=True, timeout=300,
        )  # fmt: skip


def _source(look: Look, *, marked: bool) -> str:
    pad = 0.0 if look.tight else 0.03
    low, full = look.low * look.full, look.full
    span = full - low
    wide, high = (v - 0.9 for v in look.size)
    many = 4 + len(look.arms[0].time) % 3
    names = {arm.colour: f"c{i}" for i, arm in enumerate(look.arms)}
    lines = [
        r"\documentclass{article}\usepackage{pgfplots}\pgfplotsset{compat=1.16}",
        rf"\usepackage[paperwidth={look.size[0]:.3f}in,paperheight={look.size[1]:.3f}in,"
        r"margin=0.08in]{geometry}\pagestyle{empty}\parindent=0pt",
        *(rf"\definecolor{{{n}}}{{HTML}}{{{c[1:].upper()}}}" for c, n in names.items()),
        rf"\definecolor{{m}}{{HTML}}{{{MARK[1:].upper()}}}",
        r"\begin{document}\begin{tikzpicture}\begin{axis}[scale only axis,",
        rf"width={wide:.3f}in,height={high:.3f}in,xmin={-pad * look.horizon:.6g},"
        rf"xmax={look.horizon * (1 + pad):.6g},ymin={low - pad * span:.6g},"
        rf"ymax={full + pad * span:.6g},xtick distance={look.horizon / many:.6g},"
        rf"ytick distance={span / 4 if look.low else span / 5:.6g},scaled ticks=false,"
        rf"xlabel={{Time ({look.unit})}},ylabel={{Survival}},"
        r"tick label style={/pgf/number format/fixed},"
        + ("grid=major," if look.grid else "")
        + ("" if look.frame else "axis lines=left,axis line style={-},")
        + ("minor x tick num=1,minor y tick num=1," if look.minor else "")
        + ("legend pos=outer north east," if look.legend == "outside" else "")
        + "clip mode=individual]",
    ]
    bands = []
    for arm in look.arms:
        name = names[arm.colour]
        if look.band:
            x, below = stair(look, arm, "low")
            above = stair(look, arm, "high")[1]
            around = [*_corners(x, below), *_corners(x, above)[::-1]]
            how = f"fill={name}!25" if look.opaque else f"fill={name},fill opacity=0.2"
            bands.append(rf"\addplot[forget plot,draw=none,{how}] coordinates {{{_said(around)}}};")
    lines += bands
    for arm in look.arms:
        name = names[arm.colour]
        style = f"{name},line width={look.line:.3f}pt,no marks,{arm.dash}"
        points = zip(*stair(look, arm), strict=True)
        lines.append(rf"\addplot[const plot,{style}] coordinates {{{_said(points)}}};")
        if look.legend == "outside" or (look.legend and not marked):
            lines.append(rf"\addlegendentry{{{arm.name}}}")
        if look.limits:
            for which in ("low", "high"):
                points = zip(*stair(look, arm, which), strict=True)
                lines.append(rf"\addplot[forget plot,const plot,{name},dashed,no marks,"
                             rf"line width={0.6 * look.line:.3f}pt] coordinates "
                             rf"{{{_said(points)}}};")  # fmt: skip
        if look.marks:
            points = zip(*ticks(look, arm), strict=True)
            lines.append(rf"\addplot[forget plot,only marks,{name},mark={MARKS[look.marks]},"
                         rf"mark size=2.2pt] coordinates {{{_said(points)}}};")  # fmt: skip
    if marked:
        lines.append(rf"\addplot[forget plot,only marks,m,mark=square*,mark size=3pt,clip=false] "
                     rf"coordinates {{{_said(look.corners())}}};")  # fmt: skip
    return "\n".join([*lines, r"\end{axis}\end{tikzpicture}\end{document}"])


def _said(points) -> str:
    return " ".join(f"({x:.6g},{y:.6g})" for x, y in points)


def _corners(x, y):
    out = [(x[0], y[0])]
    for i in range(1, len(x)):
        out += [(x[i], y[i - 1]), (x[i], y[i])]
    return out
