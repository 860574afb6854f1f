"""Survival curves read from a figure: its vector paths, its pixels, or clicked points."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from hilum.analyses.asked import Option, check
from hilum.analyses.read_printed import against_printed, with_typed
from hilum.literature.figures import RiskTable
from hilum.literature.figures.axes import Axis
from hilum.literature.figures.printed_risk import Contradicted
from hilum.literature.figures.self_check import SelfCheck, in_order
from hilum.watch import SILENT

if TYPE_CHECKING:
    from hilum.literature.figures import FigureCurve, PrintedCurve
    from hilum.literature.figures.read import Found
    from hilum.watch import Watch

Place = tuple[float, float]
BEYOND = 0.25
"""Share of the axis of time by which a curve may pass its last label."""


@dataclass(frozen=True, kw_only=True)
class ReadAsked:
    """A figure, and how it is to be read.

    ``risk`` is the table of numbers at risk of each arm as typed ("" where it names none).
    """

    figure: str
    risk: dict[str, RiskTable] = field(default_factory=dict)
    curve: Annotated[
        tuple[str, ...],
        Option(
            "Which: a number, a name or a colour (#rrggbb; in an image with solid, dashed or "
            "dotted behind it where lines share one), =ARM after it to name the arm; once for "
            "each arm."
        ),
    ] = ()
    unit: Annotated[
        str | None,
        Option("Unit of time (days, weeks, months, years), if the figure lacks it."),
    ] = None
    page: Annotated[int | None, Option("Page of a PDF.")] = None
    x_axis: Annotated[
        str | None,
        Option(
            "Two points of the axis of time, PLACE=VALUE,PLACE=VALUE; pixels or points of "
            "the page from the left. Needed for images."
        ),
    ] = None
    y_axis: Annotated[str | None, Option("Two points of the axis of survival, from the top.")] = (
        None
    )
    box: Annotated[str | None, Option("Part to look at: LEFT,TOP,RIGHT,BOTTOM.")] = None
    panel: Annotated[
        int | None, Option("Which plot, where a page has several: its number.", at_least=1)
    ] = None
    increasing: Annotated[
        bool | None,
        Option(
            "Curves that rise (cumulative incidence), read as 1 minus their levels; found out "
            "if not stated."
        ),
    ] = None
    hazard: Annotated[
        bool | None,
        Option(
            "Curves of cumulative hazard, read as exp(-level); the title of the axis says so if "
            "not stated (an image's title is not read)."
        ),
    ] = None

    median: Annotated[
        tuple[str, ...],
        Option(
            "Median as printed, ARM=VALUE for several arms (once for each): checked against the "
            "curve."
        ),
    ] = ()
    hazard_ratio: Annotated[
        float | None,
        Option(
            "Hazard ratio as printed, second curve to first: checked against the curves.", above=0
        ),
    ] = None

    def __post_init__(self) -> None:
        """Refuse values outside their range, all at once."""
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Axes:
    """The scales of a figure."""

    x: Axis
    y: Axis


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCurve:
    """One curve: survival from 1 over time; and where it lies, where the figure is a picture.

    ``places`` and ``ticks`` are points of the page or pixels, from the top left. ``checks`` say
    whether what was read looks like what was drawn. ``increasing``: the line rises and was read as
    1 minus its levels; ``hazard``: its levels H are a cumulative hazard, and were read as exp(-H);
    ``limits``: lines left out as its confidence limits; ``at_risk``: time and number of its row of
    the numbers at risk on the page, where one is its own, or as typed (``risk_typed``);
    ``risk_differs``: where those typed contradict the row that the page prints;
    ``risk_refused``, ``risk_heading``, ``risk_why``: the words before and over a row of numbers
    that was not given to it, and why not; ``asked_colour``:
    the colour asked for, where the nearest one there is was read; ``others``: colours of other
    lines seen and not read, where none was asked for; ``resorted``: clicked points stood in another
    order than that of time.
    """

    arm: str
    unit: str
    precision: float | None
    time: tuple[float, ...]
    survival: tuple[float, ...]
    censor_time: tuple[float, ...]
    colour: str | None = None
    axes: Axes | None = None
    places: tuple[Place, ...] = ()
    ticks: tuple[Place, ...] = ()
    page: int | None = None
    checks: tuple[SelfCheck, ...] = ()
    increasing: bool = False
    hazard: bool = False
    limits: int = 0
    panel: int = 1
    at_risk: tuple[tuple[float, int], ...] = ()
    risk_typed: bool = False
    risk_differs: tuple[Contradicted, ...] = ()
    risk_refused: str = ""
    risk_heading: str = ""
    risk_why: str = ""
    asked_colour: str = ""
    others: tuple[str, ...] = ()
    resorted: bool = False


@dataclass(frozen=True, kw_only=True)
class ReadAnswered:
    """The curves of a figure."""

    figure: str
    curves: tuple[ReadCurve, ...]
    asked: ReadAsked


def run(asked: ReadAsked, watch: Watch = SILENT) -> ReadAnswered:
    """Read the curves asked for, each checked to be a survival curve.

    A picture is read in a process of its own where somebody watches, since its readers look at
    nothing for seconds.

    Raises
    ------
    InputError
        No such figure or curve; axes that cannot be read; points that are no survival curve.
    MissingExtra
        The extra ``survival`` is not installed.
    Stopped
        When the watch says so.
    """
    from hilum.literature.figures import checked
    from hilum.literature.figures.axes import parse_axis, parse_box
    from hilum.literature.figures.read import figure_kind, read_figure

    kind = figure_kind(asked.figure)
    x, y = asked.x_axis, asked.y_axis
    given: dict[str, Any] = {
        "path": asked.figure,
        "wanted": [_which(one) for one in asked.curve],
        "page": asked.page,
        "x_axis": None if x is None else parse_axis(x, "x_axis", kind.error),
        "y_axis": None if y is None else parse_axis(y, "y_axis", kind.error),
        "box": parse_box(asked.box),
        "panel": asked.panel,
        "increasing": asked.increasing,
        "hazard": asked.hazard,
    }
    watch.stage("figure", max(len(asked.curve), 1) + 1)
    if watch is SILENT or not kind.drawn:
        found: Found = read_figure(watch, **given)
    else:
        from hilum.apart import run_apart

        found = run_apart("hilum.literature.figures.read:read_figure", watch, **given)
    curves = tuple(
        _curve(checked(read, asked.unit, limits=None if drawn is None else _limits(drawn)), drawn)
        for read, drawn in found
    )
    curves = with_typed(curves, asked.risk)
    if asked.median or asked.hazard_ratio is not None:
        curves = against_printed(curves, asked.median, asked.hazard_ratio)
    watch.done()
    return ReadAnswered(figure=Path(asked.figure).name, curves=curves, asked=asked)


def _which(entry: str) -> tuple[str, str]:
    which, _, name = entry.partition("=")
    return which.strip(), name.strip()


def _limits(drawn: FigureCurve) -> tuple[float, float]:
    """Ends of the axis of time."""
    low, high = drawn.x.low, drawn.x.high
    if drawn.x.log:
        return 0.0, 10 * high
    return min(low, 0.0), high + BEYOND * (high - low)


def _curve(one: PrintedCurve, drawn: FigureCurve | None) -> ReadCurve:
    found = ReadCurve(
        arm=one.name,
        unit=one.unit,
        precision=one.precision,
        time=one.time,
        survival=one.survival,
        censor_time=one.censor_time,
        resorted=one.resorted,
    )
    if drawn is None:
        return found
    return replace(
        found,
        colour=drawn.colour,
        axes=Axes(x=drawn.x, y=drawn.y),
        places=_plain(drawn.places),
        ticks=_plain(drawn.ticks),
        page=drawn.page,
        checks=in_order(drawn.checks),
        increasing=drawn.increasing,
        hazard=drawn.hazard,
        limits=drawn.limits,
        panel=drawn.panel,
        at_risk=drawn.at_risk,
        risk_refused=drawn.risk_refused,
        risk_heading=drawn.risk_heading,
        risk_why=drawn.risk_why,
        asked_colour=drawn.asked,
        others=drawn.others,
    )


def _plain(places: tuple[Place, ...]) -> tuple[Place, ...]:
    return tuple((float(x), float(y)) for x, y in places)
