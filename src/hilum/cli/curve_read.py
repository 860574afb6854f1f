"""``hilum curve read``: a figure or a file of clicks becomes one checked table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hilum.errors import Fault, InputError, phrased

if TYPE_CHECKING:
    from hilum.literature.figures import Coordinates, FigureCurve, PrintedCurve

IMAGES = (".png", ".jpg", ".jpeg")


def read(
    figure: Annotated[
        Path,
        typer.Argument(help="PDF, PNG or JPEG, or coordinates (CSV, TXT) of a digitising program."),
    ],
    curve: Annotated[
        list[str] | None,
        typer.Option(
            help="Which: a number, a name or a colour (#rrggbb), =ARM after it to name the arm; "
            "once for each arm."
        ),
    ] = None,
    unit: Annotated[
        str | None,
        typer.Option(help="Unit of time (days, weeks, months, years), if the figure lacks it."),
    ] = None,
    page: Annotated[int | None, typer.Option(help="Page of a PDF.")] = None,
    x_axis: Annotated[
        str | None,
        typer.Option(
            help="Two points of the axis of time, PLACE=VALUE,PLACE=VALUE; pixels or points of "
            "the page from the left. Needed for images."
        ),
    ] = None,
    y_axis: Annotated[
        str | None, typer.Option(help="Two points of the axis of survival, from the top.")
    ] = None,
    box: Annotated[str | None, typer.Option(help="Part to look at: LEFT,TOP,RIGHT,BOTTOM.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="CSV of the curve; standard output when omitted.")
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(help="Write what was read laid over the figure (PNG).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Read survival curves from a figure: its vector paths, its pixels, or clicked points."""
    from hilum.cli.progress import progress
    from hilum.literature.figures import checked

    if plot is not None and plot.suffix.lower() != ".png":
        raise InputError(Fault("--plot", None, "plot", plot.name, "a file name that ends in .png"))
    with progress("reading", 2) as step:
        found = _found(figure, curve or [], page, x_axis, y_axis, box)
        step()
        curves: list[PrintedCurve] = [
            checked(coordinates, unit, limits=None if drawn is None else _limits(drawn))
            for coordinates, drawn in found
        ]
        drawn = [one for _, one in found if one is not None]
        picture = None
        if plot is not None:
            picture = _picture(figure, drawn, curves)
        step()
    from hilum.cli.writing import write

    content = _csv(curves)
    if plot is not None and picture is not None:
        write(picture, plot)
    if out is not None:
        write(content.encode(), out)
    if as_json:
        typer.echo(json.dumps(_object(figure, curves, drawn), ensure_ascii=False, indent=2))
        return
    if out is None:
        typer.echo(content, nl=False)
    for one in curves:
        name = f"{one.name}: " if one.name else ""
        typer.echo(
            f"{name}{len(one.time)} points, {len(one.censor_time)} censoring ticks, to "
            f"{one.time[-1]:.4g} {one.unit}, survival {one.survival[-1]:.3f} at the end",
            err=out is None,
        )
    for path in (out, plot):
        if path is not None:
            typer.echo(f"wrote {path}", err=out is None)


def _found(
    figure: Path,
    wanted: list[str],
    page: int | None,
    x_axis: str | None,
    y_axis: str | None,
    box: str | None,
) -> list[tuple[Coordinates, FigureCurve | None]]:
    from hilum.literature.figures import read_coordinates, read_image, read_pdf
    from hilum.literature.figures.axes import parse_axis, parse_box

    kind = figure.suffix.lower()
    asked = [_asked(entry) for entry in wanted]
    # A place of a page is exact to a tenth of a point, a click to half a pixel.
    error = 0.1 if kind == ".pdf" else 0.5
    x = None if x_axis is None else parse_axis(x_axis, "--x-axis", error)
    y = None if y_axis is None else parse_axis(y_axis, "--y-axis", error)
    part = parse_box(box)
    if kind in IMAGES:
        if x is None or y is None:
            option = "--x-axis" if x is None else "--y-axis"
            points = "two calibration points PLACE=VALUE,PLACE=VALUE (pixels)"
            raise InputError(Fault(option, None, "points", "", points))
        out: list[tuple[Coordinates, FigureCurve | None]] = []
        for which, name in asked or [(None, "")]:
            drawn = read_image(figure, x_axis=x, y_axis=y, colour=which, box=part)
            out.append((_named(drawn.coordinates, name), drawn))
        return out
    if kind == ".pdf":
        several = read_pdf(figure, page=page, x_axis=x, y_axis=y, box=part)
        labels = [one.colour for one in several]
        about = [
            f"{i} ({one.colour}, {len(one.places)} points, {len(one.ticks)} ticks)"
            for i, one in enumerate(several, start=1)
        ]
        chosen = _choose(figure.name, labels, about, asked)
        return [(_named(several[i].coordinates, name), several[i]) for i, name in chosen]
    clicked = read_coordinates(figure)
    labels = [one.name for one in clicked]
    about = [name or str(i) for i, name in enumerate(labels, start=1)]
    if not asked and len({name for name in labels if name}) == len(labels):
        return [(one, None) for one in clicked]
    chosen = _choose(figure.name, labels, about, asked)
    return [(_named(clicked[i], name or clicked[i].name), None) for i, name in chosen]


def _asked(entry: str) -> tuple[str, str]:
    which, _, name = entry.partition("=")
    return which.strip(), name.strip()


def _choose(
    file: str, labels: list[str], about: list[str], asked: list[tuple[str, str]]
) -> list[tuple[int, str]]:
    """Index and arm of each curve asked for; the only one where nothing is asked."""
    if not asked:
        if len(labels) == 1:
            return [(0, "")]
        wanted = phrased("--curve with one of {about}", about="; ".join(about))
        raise InputError(Fault(file, None, "curve", f"{len(labels)} curves", wanted))
    out: list[tuple[int, str]] = []
    for which, name in asked:
        fits = [i for i, label in enumerate(labels) if label.lower() == which.lower() != ""]
        if not fits and which.isdecimal() and 1 <= int(which) <= len(labels):
            fits = [int(which) - 1]
        if len(fits) != 1:
            sentence = "one of {known} (several have this colour)" if fits else "one of {known}"
            wanted = phrased(sentence, known="; ".join(about))
            raise InputError(Fault(file, None, "curve", which, wanted))
        out.append((fits[0], name))
    if len(out) > 1:
        names = [name for _, name in out]
        out = [(i, name or str(i + 1)) for i, name in out]
        if len({name for _, name in out}) < len(out):
            wanted = "a name for each arm, such as --curve 1=surgery --curve 2=embolisation"
            raise InputError(Fault("--curve", None, "arm", ", ".join(names), wanted))
    return out


def _named(read: Coordinates, name: str) -> Coordinates:
    from dataclasses import replace

    return replace(read, name=name)


def _limits(drawn: FigureCurve) -> tuple[float, float]:
    """Ends of the axis of time; a curve may pass its last label by a quarter."""
    low, high = drawn.x.low, drawn.x.high
    return min(low, 0.0), high + 0.25 * (high - low)


def _picture(figure: Path, drawn: list[FigureCurve], curves: list[PrintedCurve]) -> bytes:
    if drawn:
        from hilum.literature.figures.overlay import overlay_png

        return overlay_png(figure, drawn)
    wanted = "a figure to lay it over (hilum curve reconstruct --plot draws clicked points)"
    raise InputError(Fault(curves[0].source, None, "plot", figure.suffix, wanted))


def _csv(curves: list[PrintedCurve]) -> str:
    """time, survival, kind, unit, precision; arm before them where there are several."""
    several = len(curves) > 1
    lines = [("arm," if several else "") + "time,survival,kind,unit,precision"]
    for curve in curves:
        cell = f'"{curve.name}"' if "," in curve.name else curve.name
        before = f"{cell}," if several else ""
        after = f"{curve.unit},{'' if curve.precision is None else f'{curve.precision:.3g}'}"
        rows = [
            (time, survival, "curve")
            for time, survival in zip(curve.time, curve.survival, strict=True)
        ]
        rows += [(time, _level(curve, time), "censor") for time in curve.censor_time]
        lines += [
            f"{before}{time:.8g},{survival:.8g},{kind},{after}" for time, survival, kind in rows
        ]
    return "\n".join(lines) + "\n"


def _level(curve: PrintedCurve, time: float) -> float:
    level = 1.0
    for when, survival in zip(curve.time, curve.survival, strict=True):
        if when > time:
            break
        level = survival
    return level


def _object(figure: Path, curves: list[PrintedCurve], drawn: list[FigureCurve]) -> dict[str, Any]:
    out: list[dict[str, Any]] = []
    for i, curve in enumerate(curves):
        one: dict[str, Any] = {
            "arm": curve.name,
            "unit": curve.unit,
            "precision": curve.precision,
            "time": list(curve.time),
            "survival": list(curve.survival),
            "censor_time": list(curve.censor_time),
        }
        if drawn:
            one["colour"] = drawn[i].colour
            one["axes"] = {
                name: {"origin": axis.origin, "slope": axis.slope, "error": axis.error}
                for name, axis in (("x", drawn[i].x), ("y", drawn[i].y))
            }
        out.append(one)
    return {"figure": figure.name, "curves": out}
