"""Survival curves among the lines of a page (after Liu 2014 for PostScript)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import log as ln
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError, phrased
from hilum.literature.figures.coordinates import Coordinates
from hilum.literature.figures.legend import names_of
from hilum.literature.figures.lines import STRAIGHT, Line, lines_of
from hilum.literature.figures.marks import Run, marks_of, ticks_on
from hilum.literature.figures.page import Page, Point, Stroke, read_page
from hilum.literature.figures.panels import Panel, may_be_curves, panels_of
from hilum.literature.figures.printed_risk import Given, beyond, excess, rows_given
from hilum.literature.figures.risk_ground import ground_of
from hilum.literature.figures.risk_rows import RiskRow, rows_of
from hilum.literature.figures.risk_steps import StepCheck, check_steps
from hilum.literature.figures.self_check import in_order, judged
from hilum.literature.figures.vector_checks import checks_of, share_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from hilum.literature.figures.axes import Axis
    from hilum.literature.figures.self_check import SelfCheck

# Points of the page that are one place.
SAME = 0.006
HALF = 0.75
# Numbers in a drawing are good to so many points, whatever their decimals.
FINEST = 0.0005
# A plot reaches beyond its first and last numbers by this share of its axis.
INSIDE = 0.1
# A first level this near to 1 is 1.
TOP_SLIP = 0.0015


@dataclass(frozen=True, slots=True)
class FigureCurve:
    """One curve of a figure.

    Attributes
    ----------
    coordinates : Coordinates
        In the values of the axes; line 0, as a figure has no lines.
    places : tuple of (float, float)
        The same points on the page (points) or in the image (pixels), from the top left.
    ticks : tuple of (float, float)
        Places of censoring ticks.
    colour : str
        #rrggbb.
    x, y : Axis
        The scales used.
    page : int
        Of the PDF.
    checks : tuple of SelfCheck
        Whether what was read looks like what was drawn.
    increasing : bool
        Whether the line rises, and was read as 1 minus its levels.
    hazard : bool
        Whether its levels are a cumulative hazard H, and were read as exp(-H).
    dashed : bool
        Whether it is drawn in dashes.
    limits : int
        Lines taken as its confidence limits and left out.
    panel : int
        Which plot of the page, from 1.
    panels : int
        How many plots with curves the page has.
    name : str
        As its legend says; empty where that is not known.
    at_risk : tuple of (float, int)
        Time and number of its row of the numbers at risk on the page, where one is its own.
    risk_refused, risk_heading, risk_why : str
        Words of a row of numbers that was not given to it, those over the row, and why it was not.
    asked : str
        The colour asked for, where a line was read in the nearest one there is.
    others : tuple of str
        Colours of other lines that may be curves and were not read (of an image, where none was
        asked for).
    """

    coordinates: Coordinates
    places: tuple[Point, ...]
    ticks: tuple[Point, ...]
    colour: str
    x: Axis
    y: Axis
    page: int = 1
    checks: tuple[SelfCheck, ...] = ()
    increasing: bool = False
    hazard: bool = False
    dashed: bool = False
    limits: int = 0
    panel: int = 1
    panels: int = 1
    name: str = ""
    at_risk: tuple[tuple[float, int], ...] = ()
    risk_refused: str = ""
    risk_heading: str = ""
    risk_why: str = ""
    asked: str = ""
    others: tuple[str, ...] = ()


def read_pdf(
    path: Path,
    *,
    page: int | None = None,
    x_axis: Axis | None = None,
    y_axis: Axis | None = None,
    box: tuple[float, float, float, float] | None = None,
    panel: int | None = None,
    increasing: bool | None = None,
    hazard: bool | None = None,
) -> list[FigureCurve]:
    """Every survival curve of a page: lines that start at the top and only go right and down.

    Parameters
    ----------
    path : Path
        A PDF.
    page : int, optional
        Of several.
    x_axis, y_axis : Axis, optional
        Scales that replace those of the page.
    box : tuple, optional
        Part of the page to look at.
    panel : int, optional
        Which plot, where the page has several; all of them without.
    increasing : bool, optional
        Whether curves rise (cumulative incidence, read as 1 minus it); found out without.
    hazard : bool, optional
        Whether levels are a cumulative hazard H, read as exp(-H); the title says it without.

    Raises
    ------
    InputError
        As :func:`hilum.literature.figures.page.read_page`; no such line; no axes; no such panel.
    """
    return curves_of(
        read_page(path, page),
        x_axis,
        y_axis,
        box=box,
        panel=panel,
        increasing=increasing,
        hazard=hazard,
    )


def curves_of(
    content: Page,
    x_axis: Axis | None,
    y_axis: Axis | None,
    *,
    box: tuple[float, float, float, float] | None = None,
    panel: int | None = None,
    increasing: bool | None = None,
    hazard: bool | None = None,
) -> list[FigureCurve]:
    """As :func:`read_pdf`, of a page that was read already."""
    strokes = content.strokes
    if box is not None:
        strokes = tuple(s for s in strokes if _inside(s.box, box))
    lines = lines_of(strokes)
    if not lines:
        wanted = _not_found(content)
        raise InputError(Fault(content.file, None, "page", f"page {content.number}", wanted))
    try:
        panels = panels_of(content, lines, x_axis, y_axis, increasing=increasing, hazard=hazard)
    except InputError:
        if not content.sideways:
            raise
        wanted = (
            "a page that stands upright: most of its numbers lie sideways (turn the page first)"
        )
        raise InputError(
            Fault(content.file, None, "page", f"page {content.number}", wanted)
        ) from None
    if panel is not None and not 1 <= panel <= len(panels):
        wanted = phrased("a number from 1 to {number}", number=len(panels))
        raise InputError(Fault("", None, "panel", str(panel), wanted))
    out: list[FigureCurve] = []
    for number, one in enumerate(panels, start=1):
        if panel in (None, number):
            if one.levels.doubt and panel == (number if len(panels) > 1 else panel):
                raise InputError(
                    Fault(content.file, None, "levels", "title of the axis", one.levels.doubt)
                )
            read = _panel(content, strokes, one, panels)
            out += [replace(curve, panel=number, panels=len(panels)) for curve in read]
    return out


def _not_found(page: Page) -> str:
    """What was looked for, and how a figure that is a picture on the page is cut out."""
    if page.file.lower().endswith(".svg"):
        return (
            "a line that goes right and only down, in steps or through four points or more (is the "
            "figure an image? save it as PNG)"
        )
    return phrased(
        "a line that goes right and only down, in steps or through four points or more (is the "
        "figure an image? pdftoppm -r 200 -f {page} -l {page} -png {file} page writes the page as "
        "PNG; pdfimages -png does its pictures)",
        page=page.number,
        file=page.file,
    )


def _inside(inner: tuple[float, ...], outer: tuple[float, ...]) -> bool:
    return (
        inner[0] >= outer[0]
        and inner[1] >= outer[1]
        and inner[2] <= outer[2]
        and inner[3] <= outer[3]
    )


def _panel(
    page: Page, strokes: Sequence[Stroke], panel: Panel, panels: Sequence[Panel]
) -> list[FigureCurve]:
    curves = [
        _curve(page, line, panel, limits)
        for line, limits in zip(panel.lines, panel.limits, strict=True)
    ]
    start = panel.x.place(panel.x.low) if panel.x.log else panel.x.place(0.0)
    runs = [Run(c.places, c.colour, start, panel.y.place(0.0)) for c in curves]
    marks = ticks_on(marks_of(strokes, page), runs)
    names = names_of(panel.lines, strokes, page.words)
    if not any(names):
        names = _names_inside(panel, strokes, page)
    left_out = may_be_curves(panel)
    others = tuple(dict.fromkeys(line.colour or "#000000" for line in left_out))
    curves = [replace(curve, others=others) for curve in curves]
    ticks = [sorted({*own, *line.spikes}) for own, line in zip(marks, panel.lines, strict=True)]
    given = [Given()] * len(curves)
    if panel.ruler is not None:
        levels = [(c.coordinates.time, c.coordinates.survival) for c in curves]
        ground = ground_of(panel.ruler, panel.top, [(p.ruler, p.top) for p in panels if p.ruler])
        printed = rows_of(page.words, panel.ruler, panel.x, names, ground, panel.unit)
        steps = [_steps_of(curve, line) for curve, line in zip(curves, panel.lines, strict=True)]
        colours = [c.colour for c in curves]
        given = rows_given(printed, names, colours, levels, lambda i, row: steps[i](row))
    return [
        _with_row(
            replace(_with_ticks(curve, places, panel.x), name=name), own, _steps_of(curve, line)
        )
        for curve, line, places, name, own in zip(
            curves, panel.lines, ticks, names, given, strict=True
        )
    ]


def _names_inside(panel: Panel, strokes: Sequence[Stroke], page: Page) -> list[str]:
    """The names in a legend inside the plot: those of other plots may be drawn alike."""
    ends = (panel.x.place(panel.x.high), *(line.box[2] for line in panel.lines))
    across = (panel.x.place(panel.x.low), max(ends))
    upwards = sorted((panel.y.place(panel.y.low), panel.y.place(panel.y.high)))
    wide, high = (INSIDE * (b - a) for a, b in (across, upwards))
    box = (across[0] - wide, upwards[0] - high, across[1] + wide, upwards[1] + high)
    own = [s for s in strokes if _inside(s.box, box)]
    words = [w for w in page.words if _inside((w.left, w.top, w.right, w.bottom), box)]
    return names_of(panel.lines, own, words)


def _steps_of(curve: FigureCurve, line: Line) -> Callable[[RiskRow], StepCheck]:
    """The check of a curve's steps against a row; those of a smooth line and a hazard tell none."""
    read = curve.coordinates
    if line.smooth or curve.hazard or read.precision is None:
        return lambda row: StepCheck(0.0, 0)
    precision = read.precision
    return lambda row: check_steps(read.time, read.survival, row.time, row.n, precision)


def _with_row(
    curve: FigureCurve, given: Given, steps: Callable[[RiskRow], StepCheck]
) -> FigureCurve:
    row = given.row
    if row is None:
        refused = given.refused
        if refused is None:
            return curve
        return replace(
            curve, risk_refused=refused.label, risk_heading=refused.heading, risk_why=given.why
        )
    read = curve.coordinates
    fits = judged("at_risk_fits", excess(read.time, read.survival, row.time, row.n))
    numbers = tuple(zip(row.time, row.n, strict=True))
    made = judged("at_risk_steps", steps(row).share)
    after = judged("at_risk_beyond", beyond(read.time, row.time, row.n))
    return replace(curve, at_risk=numbers, checks=in_order((*curve.checks, fits, made, after)))


def _with_ticks(curve: FigureCurve, found: list[Point], x: Axis) -> FigureCurve:
    times = tuple(max(x.value(place), 0.0) for place, _ in found)
    ticked = replace(curve.coordinates, censor_time=times, censor_lines=(0,) * len(times))
    return replace(curve, coordinates=ticked, ticks=tuple(found))


def _curve(page: Page, line: Line, panel: Panel, limits: int) -> FigureCurve:
    """The lower corner of every step, as shares over time, from 1 at time 0."""
    corners = _corners(line)
    x, y = _settled(line, panel)
    times = [max(x.value(place), 0.0) for place, _ in corners]
    levels = [share_of(y.value(place), panel, line) for _, place in corners]
    checks = checks_of(line, panel, x, y)
    if levels[0] > 1 - TOP_SLIP:
        levels[0] = 1.0
    if times[0] > 0 or levels[0] < 1:
        times, levels = [0.0, *times], [1.0, *levels]
        first = x.place(x.low) if x.log else x.place(0.0)
        full = y.place(0.0 if line.rising and not y.log else panel.levels.full)
        corners = [(min(first, corners[0][0]), full), *corners]
    read = Coordinates(
        page.file,
        "",
        tuple(times),
        tuple(levels),
        (0,) * len(times),
        unit=panel.unit,
        precision=_precision(page, y, panel),
    )
    return FigureCurve(
        read,
        tuple(corners),
        (),
        line.colour or "#000000",
        x,
        y,
        page.number,
        checks,
        line.rising,
        panel.levels.hazard,
        bool(line.dash),
        limits,
    )


def _corners(line: Line) -> list[Point]:
    if line.smooth:
        return list(line.points)
    corners: list[Point] = []
    for point in line.points:
        if corners and abs(point[0] - corners[-1][0]) < SAME:
            corners[-1] = (corners[-1][0], point[1])
        elif corners and abs(point[1] - corners[-1][1]) > STRAIGHT:
            # Steps too close for the drawing program, which drew one slope instead.
            corners.append(((corners[-1][0] + point[0]) / 2, point[1]))
        else:
            corners.append(point)
    if abs(corners[0][1] - line.points[0][1]) > SAME:
        corners.insert(0, line.points[0])
    return corners


def _settled(line: Line, panel: Panel) -> tuple[Axis, Axis]:
    """The scales; those on labels or rounded ticks are moved to where the line starts, if near.

    The first level is 1 by definition: what it lacks is how far labels stand beside their places.
    A scale on exact ticks is right by itself: a line that starts lower starts at the first death.
    """
    x, y = panel.x, panel.y
    x0, y0 = line.points[0]
    start = x0 if x.log else x.place(0.0)
    early = abs(x0 - start) <= max(panel.slack_x, 1.0)
    top = y.place(0.0 if line.rising and not y.log else panel.levels.full)
    if early and abs(y0 - top) <= panel.slack_y:
        y = _moved(y, y0 - top)
        if x.log and panel.slack_x and abs(y0 - top) <= HALF:
            # Programs that set their ticks off by half a point do so in both directions.
            x = _moved(x, y0 - top)
    # What starts lower starts at the first death, soon after 0.
    if early and abs(x0 - start) <= panel.slack_x and abs(y0 - top) <= max(panel.slack_y, SAME):
        x = _moved(x, x0 - start)
    return x, y


def _moved(axis: Axis, by: float) -> Axis:
    return replace(axis, origin=axis.origin - axis.slope * by)


def _precision(page: Page, y: Axis, panel: Panel) -> float:
    """Standard error of a level as a share."""
    height = abs(2 / (y.slope * ln(10))) if y.log else abs(panel.levels.full / y.slope)
    return max(page.grid * 0.5, min(y.error, 1.0) * 0.1, FINEST) / height
