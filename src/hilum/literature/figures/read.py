"""Curves of a figure, whatever kind of file it is: one function, told how the axes lie."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hilum.errors import Fault, InputError, phrased

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hilum.literature.figures.axes import Axis
    from hilum.literature.figures.coordinates import Coordinates
    from hilum.literature.figures.vector import FigureCurve
    from hilum.watch import Watch

Box = tuple[float, float, float, float]
Wanted = tuple[str, str]
"""Which curve (a number, a name or a colour), and the name of its arm."""
Found = list[tuple["Coordinates", "FigureCurve | None"]]


@dataclass(frozen=True, slots=True)
class FigureKind:
    """A kind of figure.

    Parameters
    ----------
    read : callable (watch, path, wanted, page, x, y, box) -> Found
    error : float
        Standard error of a calibration point, in places.
    drawn : bool
        Whether it is a picture that something can be laid over.
    """

    read: Callable[[Watch, Path, Sequence[Wanted], int | None, Axis | None, Axis | None,
                    Box | None], Found]  # fmt: skip
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
) -> Found:
    """The curves asked for, each with its place in the figure where it is a picture.

    Raises
    ------
    InputError
        As the readers; a curve that is not there, or several and none asked for.
    MissingExtra
        The extra ``survival`` is not installed.
    """
    return figure_kind(path).read(watch, Path(path), wanted, page, x_axis, y_axis, box)


def _image(
    watch: Watch,
    path: Path,
    wanted: Sequence[Wanted],
    page: int | None,
    x: Axis | None,
    y: Axis | None,
    box: Box | None,
) -> Found:
    from hilum.literature.figures.raster import read_image

    del page
    if x is None or y is None:
        points = "two calibration points PLACE=VALUE,PLACE=VALUE (pixels)"
        missing = "x_axis" if x is None else "y_axis"
        raise InputError(Fault("", None, missing, "", points))
    out: Found = []
    for which, name in wanted or [("", "")]:
        drawn = read_image(path, x_axis=x, y_axis=y, colour=which or None, box=box)
        out.append((_named(drawn.coordinates, name), drawn))
        watch.done()
    return out


def _pdf(
    watch: Watch,
    path: Path,
    wanted: Sequence[Wanted],
    page: int | None,
    x: Axis | None,
    y: Axis | None,
    box: Box | None,
) -> Found:
    from hilum.literature.figures.vector import read_pdf

    several = read_pdf(path, page=page, x_axis=x, y_axis=y, box=box)
    watch.done()
    labels = [one.colour for one in several]
    about = [
        f"{i} ({one.colour}, {len(one.places)} points, {len(one.ticks)} ticks)"
        for i, one in enumerate(several, start=1)
    ]
    chosen = _choose(labels, about, wanted)
    return [(_named(several[i].coordinates, name), several[i]) for i, name in chosen]


def _clicks(
    watch: Watch,
    path: Path,
    wanted: Sequence[Wanted],
    page: int | None,
    x: Axis | None,
    y: Axis | None,
    box: Box | None,
) -> Found:
    from hilum.literature.figures.coordinates import read_coordinates

    del page, x, y, box
    clicked = read_coordinates(path)
    watch.done()
    labels = [one.name for one in clicked]
    about = [name or str(i) for i, name in enumerate(labels, start=1)]
    if not wanted and len({name for name in labels if name}) == len(labels):
        return [(one, None) for one in clicked]
    chosen = _choose(labels, about, wanted)
    return [(_named(clicked[i], name or clicked[i].name), None) for i, name in chosen]


def _choose(labels: list[str], about: list[str], wanted: Sequence[Wanted]) -> list[tuple[int, str]]:
    """Index and arm of each curve asked for; the only one where nothing is asked."""
    known = "; ".join(about)
    if not wanted:
        if len(labels) == 1:
            return [(0, "")]
        expected = phrased("one of {known}", known=known)
        seen = f"{len(labels)} curves"
        raise InputError(Fault("", None, "curve", seen, expected))
    out: list[tuple[int, str]] = []
    for which, name in wanted:
        fits = [i for i, label in enumerate(labels) if label.lower() == which.lower() != ""]
        if not fits and which.isdecimal() and 1 <= int(which) <= len(labels):
            fits = [int(which) - 1]
        if len(fits) > 1:
            expected = phrased("one of {known} (several have this colour)", known=known)
            raise InputError(Fault("", None, "curve", which, expected))
        if not fits:
            raise InputError(
                Fault("", None, "curve", which, phrased("one of {known}", known=known))
            )
        out.append((fits[0], name))
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
    from dataclasses import replace

    return replace(read, name=name)


# A place of a page is exact to a tenth of a point, a click to half a pixel.
IMAGE: Final = FigureKind(_image, 0.5)
PDF: Final = FigureKind(_pdf, 0.1)
CLICKS: Final = FigureKind(_clicks, 0.5, drawn=False)
KINDS: Final = {
    ".png": IMAGE,
    ".jpg": IMAGE,
    ".jpeg": IMAGE,
    ".tif": IMAGE,
    ".tiff": IMAGE,
    ".pdf": PDF,
}
"""Pictures by the end of their names; anything else is a table of clicked points."""
