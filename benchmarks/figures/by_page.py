"""Pages of :mod:`benchmarks.figures.scene` as SVG, PostScript and strokes of a browser's canvas."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from benchmarks.figures.scene import MANNERS, Area, Line, Page, page_of

if TYPE_CHECKING:
    from benchmarks.figures.look import Look

WORDS = "black dashes low band percent limits marks grid frame tight legend incidence risk"
CAN = frozenset([*WORDS.split(), "zero", "near", "thin", "opaque", "minor", "median"])


def _draw(name: str, write, look: Look, path: Path, *, marked: bool) -> None:
    if write is by_postscript:
        # Nothing shines through in PostScript.
        look = replace(look, opaque=True)
    write(page_of(look, MANNERS[name], marked=marked), path, look.dpi)


def _program(*names: str) -> str:
    found = next((p for p in map(shutil.which, names) if p), None)
    if found is None:
        raise ImportError(names[0])
    return found


def _done(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=600)


def svg_of(page: Page) -> str:
    """SVG in points, curves in a group that is cut to the plot."""
    wide, high = page.size
    left, top, right, bottom = page.cut
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:.2f}pt" height="{high:.2f}pt" '
        f'viewBox="0 0 {wide:.2f} {high:.2f}" font-family="Arial, Helvetica, sans-serif">',
        f'<clipPath id="cut"><rect x="{left:.3f}" y="{top:.3f}" width="{right - left:.3f}" '
        f'height="{bottom - top:.3f}"/></clipPath>',
        *map(_svg, page.under), '<g clip-path="url(#cut)">', *map(_svg, page.curves), "</g>",
        *map(_svg, page.over), "</svg>",
    ]  # fmt: skip
    return "\n".join(parts)


def _svg(one) -> str:
    if isinstance(one, Line):
        way = "M" + "L".join(f"{x:.3f},{y:.3f}" for x, y in one.points)
        dash = f' stroke-dasharray="{",".join(f"{v:g}" for v in one.dash)}"' if one.dash else ""
        return (f'<path d="{way}" fill="none" stroke="{one.colour}" stroke-width="{one.width:.3f}" '
                f'stroke-linecap="{one.cap}"{dash}/>')  # fmt: skip
    if isinstance(one, Area):
        around = " ".join(f"{x:.3f},{y:.3f}" for x, y in one.points)
        clear = f' fill-opacity="{one.opacity:g}"' if one.opacity < 1 else ""
        return f'<polygon points="{around}" fill="{one.colour}"{clear}/>'
    (x, y), turn = one.place, ""
    if one.turned:
        turn = f' transform="rotate(-90 {x:.2f} {y:.2f})"'
    weight = ' font-weight="bold"' if one.bold else ""
    return (f'<text x="{x:.2f}" y="{y:.2f}" font-size="{one.size:.2f}" fill="{one.colour}" '
            f'text-anchor="{one.anchor}"{weight}{turn}>{escape(one.words)}</text>')  # fmt: skip


def by_rsvg(page: Page, path: Path, dpi: int) -> None:
    """SVG by hand; its picture by librsvg."""
    if path.suffix == ".svg":
        path.write_text(svg_of(page))
        return
    program = _program("rsvg-convert")
    with tempfile.TemporaryDirectory() as place:
        drawn = Path(place) / "page.svg"
        drawn.write_text(svg_of(page))
        _done([program, "--zoom", str(dpi / 96), "-o", str(path), str(drawn)])


def postscript_of(page: Page) -> str:
    """Encapsulated PostScript."""
    wide, high = page.size
    left, top, right, bottom = page.cut
    parts = [
        "%!PS-Adobe-3.0 EPSF-3.0", f"%%BoundingBox: 0 0 {wide:.0f} {high:.0f}",
        f"<< /PageSize [{wide:.2f} {high:.2f}] >> setpagedevice",
        f"[1 0 0 -1 0 {high:.3f}] concat", "0 setlinejoin",
        *(_postscript(one) for one in page.under), "gsave",
        f"{left:.3f} {top:.3f} {right - left:.3f} {bottom - top:.3f} rectclip",
        *(_postscript(one) for one in page.curves), "grestore",
        *(_postscript(one) for one in page.over), "showpage",
    ]  # fmt: skip
    return "\n".join(parts)


def _postscript(one) -> str:
    shade = " ".join(f"{int(one.colour[i : i + 2], 16) / 255:.4f}" for i in (1, 3, 5))
    shade += " setrgbcolor"
    if isinstance(one, Line):
        way = " ".join(
            f"{x:.3f} {y:.3f} {'lineto' if i else 'moveto'}" for i, (x, y) in enumerate(one.points)
        )
        dash = " ".join(f"{v:g}" for v in one.dash)
        cap = {"butt": 0, "round": 1, "square": 2}[one.cap]
        return (f"{shade} {one.width:.3f} setlinewidth {cap} setlinecap [{dash}] 0 setdash "
                f"newpath {way} stroke")  # fmt: skip
    if isinstance(one, Area):
        way = " ".join(
            f"{x:.3f} {y:.3f} {'lineto' if i else 'moveto'}" for i, (x, y) in enumerate(one.points)
        )
        return f"{shade} newpath {way} closepath fill"
    x, y = one.place
    shift = {"start": "", "middle": f"({one.words}) stringwidth pop -2 div 0 rmoveto",
             "end": f"({one.words}) stringwidth pop neg 0 rmoveto"}[one.anchor]  # fmt: skip
    face = "Helvetica-Bold" if one.bold else "Helvetica"
    words = one.words.replace("(", r"\(").replace(")", r"\)")
    shift = shift.replace(f"({one.words})", f"({words})")
    turn = "-90 rotate " if one.turned else ""
    return (f"gsave {shade} /{face} {one.size:.2f} selectfont {x:.3f} {y:.3f} translate {turn}"
            f"1 -1 scale 0 0 moveto {shift} ({words}) show grestore")  # fmt: skip


def by_postscript(page: Page, path: Path, dpi: int) -> None:
    """PostScript by hand; PDF and picture by Ghostscript."""
    program = _program("gs")
    with tempfile.TemporaryDirectory() as place:
        drawn = Path(place) / "page.ps"
        drawn.write_text(postscript_of(page))
        how = ["-sDEVICE=pdfwrite"] if path.suffix == ".pdf" else [
            "-sDEVICE=png16m", f"-r{dpi}", "-dGraphicsAlphaBits=4", "-dTextAlphaBits=4"
        ]  # fmt: skip
        _done([program, "-q", "-dBATCH", "-dNOPAUSE", *how,
               f"-sOutputFile={path}", str(drawn)])  # fmt: skip


CANVAS = """<body style="margin:0"><canvas id=c style="width:%dpx;height:%dpx"></canvas><script>
const c=document.getElementById('c'),z=window.devicePixelRatio,p=%s;
c.width=Math.round(%d*z);c.height=Math.round(%d*z);const g=c.getContext('2d');
g.scale(z*96/72,z*96/72);
function one(o){g.globalAlpha=o.opacity??1;
 if(o.words!==undefined){g.save();g.translate(...o.place);if(o.turned)g.rotate(-Math.PI/2);
  g.fillStyle=o.colour;g.font=(o.bold?'bold ':'')+o.size+'px Arial';
  g.textAlign={start:'left',middle:'center',end:'right'}[o.anchor];g.fillText(o.words,0,0);
  g.restore();return}
 g.beginPath();o.points.forEach((q,i)=>i?g.lineTo(...q):g.moveTo(...q));
 if(o.width!==undefined){g.strokeStyle=o.colour;g.lineWidth=o.width;g.setLineDash(o.dash);
  g.lineCap=o.cap;g.stroke()}else{g.closePath();g.fillStyle=o.colour;g.fill()}}
p.under.forEach(one);g.save();g.beginPath();g.rect(...p.cut);g.clip();p.curves.forEach(one);
g.restore();p.over.forEach(one);</script>"""


def _browse(text: str, page: Page, path: Path, dpi: int) -> None:
    browser = _program("chromium", "google-chrome")
    wide, high = (round(v * 96 / 72) for v in page.size)
    how = ["--print-to-pdf-no-header", "--no-pdf-header-footer", f"--print-to-pdf={path}"]
    if path.suffix != ".pdf":
        how = [f"--force-device-scale-factor={dpi / 96}", f"--window-size={wide},{high}",
               f"--screenshot={path}"]  # fmt: skip
    with tempfile.TemporaryDirectory() as place:
        drawn = Path(place) / "page.html"
        drawn.write_text(text)
        _done([browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", *how,
               f"--user-data-dir={place}/browser", drawn.as_uri()])  # fmt: skip


def by_canvas(page: Page, path: Path, dpi: int) -> None:
    """Strokes of a canvas, as Chart.js and ECharts make them."""
    left, top, right, bottom = page.cut
    plain = {"cut": [left, top, right - left, bottom - top]}
    for part in ("under", "curves", "over"):
        plain[part] = [vars(one) for one in getattr(page, part)]
    wide, high = (round(v * 96 / 72) for v in page.size)
    _browse(CANVAS % (wide, high, json.dumps(plain), wide, high), page, path, dpi)


def by_browser(page: Page, path: Path, dpi: int) -> None:
    """SVG in a browser, printed to PDF or taken as a picture."""
    if path.suffix == ".svg":
        path.write_text(svg_of(page))
        return
    wide, high = page.size
    sheet = f"<style>@page{{size:{wide:.1f}pt {high:.1f}pt;margin:0}}body{{margin:0}}</style>"
    _browse(f"{sheet}{svg_of(page)}", page, path, dpi)


PROGRAMS = {
    "prism": (partial(_draw, "prism", by_rsvg), "svg"),
    "stata": (partial(_draw, "stata", by_rsvg), "svg"),
    "sas": (partial(_draw, "sas", by_postscript), "pdf"),
    "spss": (partial(_draw, "spss", by_rsvg), "svg"),
    "matlab": (partial(_draw, "matlab", by_postscript), "pdf"),
    "journal": (partial(_draw, "journal", by_postscript), "pdf"),
    "d3": (partial(_draw, "d3", by_browser), "pdf"),
    "chart": (partial(_draw, "chart", by_canvas), ""),
}
"""Manners by name: how they are drawn, and the suffix of their vector file."""
