"""A spreadsheet's scatter chart (openpyxl), printed by LibreOffice, as from Excel."""

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

WORDS = "black dashes low percent limits marks grid tight legend incidence"
CAN = frozenset([*WORDS.split(), "zero", "near", "thin", "minor"])
DASHES = {"solid": "solid", "dashed": "dash", "dotted": "sysDot"}
SYMBOLS = {"|": "dash", "+": "plus", "x": "x"}


def draw(look: Look, path: Path, *, marked: bool) -> None:
    """A chart on a sheet of its own, cut out.

    Raises
    ------
    ImportError
        LibreOffice, openpyxl or poppler is not there.
    """
    import openpyxl

    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None or shutil.which("pdftoppm") is None:
        raise ImportError("libreoffice")
    book = openpyxl.Workbook()
    sheet = book.active
    chart = _chart(look, book.create_sheet("data"), marked=marked)
    sheet.add_chart(chart, "A1")
    book["data"].sheet_state = "hidden"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth = sheet.page_setup.fitToHeight = 1
    sheet.sheet_properties.pageSetUpPr = openpyxl.worksheet.properties.PageSetupProperties(
        fitToPage=True
    )
    with tempfile.TemporaryDirectory() as place:
        book.save(Path(place) / "page.xlsx")
        subprocess.run(
            [program, f"-env:UserInstallation=file://{place}/user", "--headless",
             "--convert-to", "pdf", "--outdir", place, f"{place}/page.xlsx"],
            check=True, capture_output=True, timeout=300,
        )  # fmt: skip
        made = Path(place) / "page.pdf"
        if path.suffix == ".pdf":
            shutil.copy(made, path)
            return
        subprocess.run(
            ["pdftoppm", "-r", str(look.dpi), "-png", "-singlefile", str(made),
             str(path.with_suffix(""))],
            check=True, capture_output=True, timeout=300,
        )  # fmt: skip


def _chart(look: Look, data, *, marked: bool):
    from openpyxl.chart import ScatterChart
    from openpyxl.chart.legend import LegendEntry

    chart = ScatterChart()
    chart.style = 13
    chart.scatterStyle = "lineMarker"
    chart.width, chart.height = (2.54 * v for v in look.size)
    pad = 0.0 if look.tight else 0.03
    low, full = look.low * look.full, look.full
    span = full - low
    many = 4 + len(look.arms[0].time) % 3
    x, y = chart.x_axis, chart.y_axis
    x.title, y.title = f"Time ({look.unit})", "Survival"
    x.delete = y.delete = False
    x.number_format = y.number_format = "General"
    x.scaling.min, x.scaling.max = 0, look.horizon * (1 + pad)
    y.scaling.min, y.scaling.max = low, full + pad * span
    x.majorUnit, y.majorUnit = look.horizon / many, span / (4 if look.low else 5)
    x.majorTickMark = y.majorTickMark = "out"
    x.minorTickMark = y.minorTickMark = "out" if look.minor else "none"
    x.crosses = y.crosses = "min"
    x.majorGridlines = None
    if not look.grid:
        y.majorGridlines = None
    chart.legend.position = "b" if look.legend == "outside" else "r"
    at = 1
    for arm in look.arms:
        at = _line(chart, data, at, _corners(*stair(look, arm)), arm.name, arm.colour, look.line,
                   DASHES[arm.dash])  # fmt: skip
        if look.limits:
            for which in ("low", "high"):
                at = _line(chart, data, at, _corners(*stair(look, arm, which)), "", arm.colour,
                           0.6 * look.line, "dash")  # fmt: skip
        if look.marks:
            at = _points(chart, data, at, list(zip(*ticks(look, arm), strict=True)), arm.colour,
                         SYMBOLS[look.marks], 5)  # fmt: skip
    if marked:
        _points(chart, data, at, list(look.corners()), MARK, "square", 7)
    # The legend names the arms alone.
    unnamed = [i for i, one in enumerate(chart.series) if one.tx.v == " "]
    chart.legend.legendEntry = [LegendEntry(idx=i, delete=True) for i in unnamed]
    if not look.legend:
        chart.legend = None
    return chart


def _series(chart, data, column: int, points, name: str):
    from openpyxl.chart import Reference, Series

    for i, (a, b) in enumerate(points, start=1):
        data.cell(i, column, float(a))
        data.cell(i, column + 1, float(b))
    last = max(len(points), 1)
    series = Series(
        Reference(data, min_col=column + 1, min_row=1, max_row=last),
        Reference(data, min_col=column, min_row=1, max_row=last),
        title=name or " ",
    )
    series.smooth = False
    chart.series.append(series)
    return series


def _line(chart, data, column, points, name, colour, wide, dash) -> int:
    series = _series(chart, data, column, points, name)
    series.marker.symbol = "none"
    line = series.graphicalProperties.line
    line.solidFill, line.width, line.dashStyle = colour[1:], round(12700 * wide), dash
    return column + 2


def _points(chart, data, column, points, colour, symbol, size) -> int:
    if not points:
        return column
    series = _series(chart, data, column, points, "")
    series.graphicalProperties.line.noFill = True
    series.marker.symbol, series.marker.size = symbol, size
    series.marker.graphicalProperties.solidFill = colour[1:]
    series.marker.graphicalProperties.line.solidFill = colour[1:]
    return column + 2


def _corners(x, y):
    out = [(x[0], y[0])]
    for i in range(1, len(x)):
        out += [(x[i], y[i - 1]), (x[i], y[i])]
    return out
