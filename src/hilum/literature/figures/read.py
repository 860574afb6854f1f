"""Curves of a figure, whatever kind of file it is: one function, told how the axes lie."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import exp
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hilum.errors import Fault, InputError, phrased

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hilum.literature.figures.axes import Axis
    from hilum.literature.figures.coordinates import Coordinates
    from hilum.literature.figures.vector import FigureCurve
    from hilum.watch import Watch

# A hazard this near to the end of a picture's scale may have gone on behind it.
HIGHEST: Final = 0.01

Box = tuple[float, float, float, float]
Wanted = tuple[str, str]
"""Which curve (a number, a name or a colour), and the name of its arm."""
Found = list[tuple["Coordinates", "FigureCurve | None"]]


@dataclass(frozen=True, slots=True)
class Look:
    """Where in a figure to look, and on which scales.

    Attributes
    ----------
    page : int or None
        Of a PDF.
    x, y : Axis or None
        Scales given by hand.
    box : tuple or None
        Part of the page or image.
    panel : int or None
        Which of several plots.
    increasing : bool or None
        Whether curves rise; None finds out.
    hazard : bool or None
        Whether levels are a cumulative hazard; None finds out, where the title can be read.
    """

    page: int | None = None
    x: Axis | None = None
    y: Axis | None = None
    box: Box | None = None
    panel: int | None = None
    increasing: bool | None = None
    hazard: bool | None = None


@dataclass(frozen=True, slots=True)
class FigureKind:
    """A kind of figure.

    Parameters
    ----------
    read : callable (watch, path, wanted, Look) -> Found
    error : float
        Standard error of a calibration point, in places.
    drawn : bool
        Whether it is a picture that something can be laid over.
    """

    read: Callable[[Watch, Path, Sequence[Wanted], Look], Found]
    error: float
    drawn: bool = True


def figure_kind(path: str) -> FigureKind:
    """The record of a file's kind; what is no picture holds clicked points."""
    return KINDS.get(Path(path).suffix.lower(), CLICKS)


def read_figure(
    watch: Watch,
    *,
    path: str,
    wanted: Sequence[Wanted],
    page: int | None,
    x_axis: Axis | None,
    y_axis: Axis | None,
    box: Box | None,
    panel: int | None = None,
    increasing: bool | None = None,
    hazard: bool | None = None,
) -> Found:
    """The curves asked for, each with its place in the figure where it is a picture.

    Raises
    ------
    InputError
        As the readers; a curve that is not there, or several and none asked for.
    MissingExtra
        The extra ``survival`` is not installed.
    """
    look = Look(page, x_axis, y_axis, box, panel, increasing, hazard)
    return figure_kind(path).read(watch, Path(path), wanted, look)


def _image(watch: Watch, path: Path, wanted: Sequence[Wanted], look: Look) -> Found:
    from hilum.literature.figures.raster import opened, read_image
    from hilum.literature.figures.self_check import in_order, judged

    x, y = look.x, look.y
    if x is None or y is None:
        points = "two calibration points PLACE=VALUE,PLACE=VALUE (pixels)"
        missing = "x_axis" if x is None else "y_axis"
        raise InputError(Fault("", None, missing, "", points))
    if look.panel is not None:
        wanted_panel = "no panel: an image's calibration points say which of its plots is read"
        raise InputError(Fault("", None, "panel", str(look.panel), wanted_panel))
    out: Found = []
    picture = opened(path, x, y)
    for which, name in wanted or [("", "")]:
        drawn = read_image(
            path,
            x_axis=x,
            y_axis=y,
            colour=which or None,
            box=look.box,
            increasing=look.hazard or look.increasing,
            picture=picture,
        )
        if look.hazard:
            drawn = _of_hazard(drawn)
        elif drawn.increasing and look.increasing is None and look.hazard is None:
            unsaid = judged("levels_told", 1.0)
            drawn = replace(drawn, checks=in_order((*drawn.checks, unsaid)))
        out.append((_named(drawn.coordinates, name), drawn))
        watch.done()
    return out


def _of_hazard(drawn: FigureCurve) -> FigureCurve:
    """A line that rose, its levels read as cumulative hazards H: survival exp(-H).

    A picture is read up to level 1: what reaches that may go on above it.
    """
    read = drawn.coordinates
    if min(read.survival) < HIGHEST:
        wanted = "cumulative hazards below 1: a picture is read up to there (read the PDF or click)"
        raise InputError(Fault(read.file, None, "hazard", "1", wanted))
    levels = tuple(exp(level - 1) for level in read.survival)
    return replace(drawn, coordinates=replace(read, survival=levels), hazard=True)


def _vector(watch: Watch, path: Path, wanted: Sequence[Wanted], look: Look) -> Found:
    from hilum.literature.figures.page import read_page
    from hilum.literature.figures.svg import read_svg
    from hilum.literature.figures.vector import curves_of

    svg = path.suffix.lower() == ".svg"
    content = read_svg(path) if svg else read_page(path, look.page)
    several = curves_of(
        content,
        look.x,
        look.y,
        box=look.box,
        panel=look.panel,
        increasing=look.increasing,
        hazard=look.hazard,
    )
    watch.done()
    about = [_about(i, one) for i, one in enumerate(several, start=1)]
    if len({one.panel for one in several}) > 1:
        raise _several_panels(several)
    chosen = _choose([(one.colour, one.name) for one in several], about, wanted)
    drawn = [several[i] for i, _ in chosen]
    # Said once.
    drawn[1:] = [replace(one, others=()) for one in drawn[1:]]
    return [
        (_named(one.coordinates, name), one) for one, (_, name) in zip(drawn, chosen, strict=True)
    ]


def _about(i: int, one: FigureCurve) -> str:
    """A curve in a list to choose from."""
    said = [
        one.colour,
        *(["dashed"] if one.dashed else []),
        *(["rising"] if one.increasing else []),
    ]
    facts = ", ".join([*said, f"{len(one.places)} points", f"{len(one.ticks)} ticks"])
    return f"{i} {one.name} ({facts})" if one.name else f"{i} ({facts})"


def _several_panels(several: Sequence[FigureCurve]) -> InputError:
    """Each panel by its number, its axis of time and its curves' colours."""
    panels: dict[int, list[FigureCurve]] = {}
    for one in several:
        panels.setdefault(one.panel, []).append(one)
    known = "; ".join(
        f"{number} ({own[0].x.low:g} to {own[0].x.high:g}, {own[0].places[0][0]:.0f},"
        f"{own[0].places[0][1]:.0f}: {', '.join(one.name or one.colour for one in own)})"
        for number, own in panels.items()
    )
    return InputError(
        Fault("", None, "panel", f"{len(panels)} panels", phrased("one of {known}", known=known))
    )


def _clicks(watch: Watch, path: Path, wanted: Sequence[Wanted], look: Look) -> Found:
    from hilum.literature.figures.coordinates import read_coordinates

    del look
    clicked = read_coordinates(path)
    watch.done()
    labels = [one.name for one in clicked]
    about = [name or str(i) for i, name in enumerate(labels, start=1)]
    if not wanted and len({name for name in labels if name}) == len(labels):
        return [(one, None) for one in clicked]
    chosen = _choose([("", name) for name in labels], about, wanted)
    return [(_named(clicked[i], name or clicked[i].name), None) for i, name in chosen]


def _choose(
    labels: Sequence[tuple[str, str]], about: list[str], wanted: Sequence[Wanted]
) -> list[tuple[int, str]]:
    """Index and arm of each curve asked for; the only one where nothing is asked.

    A label is a colour and a name.
    """
    known = "; ".join(about)
    if not wanted:
        if len(labels) == 1:
            return [(0, "")]
        expected = phrased("one of {known}", known=known)
        seen = f"{len(labels)} curves"
        raise InputError(Fault("", None, "curve", seen, expected))
    out: list[tuple[int, str]] = []
    for which, name in wanted:
        said = which.lower()
        fits = [i for i, (_, own) in enumerate(labels) if own and own.lower() == said]
        # What is listed first of a figure's curve is its number; a table's column is its name.
        figure = any(colour for colour, _ in labels)
        if (figure or not fits) and which.isdecimal() and 1 <= int(which) <= len(labels):
            fits = [int(which) - 1]
        if not fits:
            fits = [i for i, (colour, _) in enumerate(labels) if colour and colour == said]
        if len(fits) > 1:
            expected = phrased("one of {known} (several have this colour)", known=known)
            raise InputError(Fault("", None, "curve", which, expected))
        if not fits:
            raise InputError(
                Fault("", None, "curve", which, phrased("one of {known}", known=known))
            )
        if fits[0] in [i for i, _ in out]:
            expected = phrased("each curve once: one of {known}", known=known)
            raise InputError(Fault("", None, "curve", which, expected))
        out.append((fits[0], name or labels[fits[0]][1]))
    return out if len(out) == 1 else _all_named(out)


def _all_named(chosen: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Several curves with a name each: their number where none is given."""
    out = [(i, name or str(i + 1)) for i, name in chosen]
    if len({name for _, name in out}) < len(out):
        expected = "a name for each arm, such as 1=surgery and 2=embolisation"
        given = ", ".join(name for _, name in chosen)
        raise InputError(Fault("", None, "curve", given, expected))
    return out


def _named(read: Coordinates, name: str) -> Coordinates:
    return replace(read, name=name)


# A place of a page is exact to a tenth of a point, a click to half a pixel.
IMAGE: Final = FigureKind(_image, 0.5)
VECTOR: Final = FigureKind(_vector, 0.1)
CLICKS: Final = FigureKind(_clicks, 0.5, drawn=False)
KINDS: Final = {
    ".png": IMAGE,
    ".jpg": IMAGE,
    ".jpeg": IMAGE,
    ".tif": IMAGE,
    ".tiff": IMAGE,
    ".pdf": VECTOR,
    ".svg": VECTOR,
}
"""Pictures by the end of their names; anything else is a table of clicked points."""
