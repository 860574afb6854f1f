"""Pictures of answers into files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from hilum.cli.tongue import aside, words_of
from hilum.cli.writing import write
from hilum.errors import Fault, InputError, phrased

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind = TypeVar("Kind")
ENDINGS = (".svg", ".pdf", ".png", ".tif", ".tiff", ".eps")
Plot = Annotated[Path | None, typer.Option(help="Write a plot (SVG, PDF, PNG, TIFF or EPS).")]
Dots = Annotated[
    int, typer.Option("--dpi", min=72, max=1200, help="Dots per inch of a PNG or TIFF.")
]
USUAL_DOTS = 300
Title = Annotated[str | None, typer.Option(help="Title of the plot.")]
XLab = Annotated[str | None, typer.Option(help="Words under the plot's axis.")]
Weights = Annotated[
    bool, typer.Option("--weights/--no-weights", help="Weights of studies in the forest.")
]
Order = Annotated[
    str | None,
    typer.Option(
        help="Order of the forest: effect, year, weight, label or a column; after a minus the "
        "largest first."
    ),
]
Groups = Annotated[
    str | None, typer.Option(help='Names of both groups in plots, such as "PRRT, SSA".')
]
Favours = Annotated[
    str | None,
    typer.Option(help='Words left and right of no difference, such as "PRRT better, SSA better".'),
]


def asked_kind(path: Path | None, kind: str, kinds: Mapping[str, Kind]) -> Kind | None:
    """The kind of plot asked for; None where no plot is.

    Raises
    ------
    InputError
        Another kind of plot, or another kind of file.
    """
    if path is None:
        return None
    if kind not in kinds:
        raise InputError(
            Fault("--kind", None, "kind", kind, phrased("one of {known}", known=", ".join(kinds)))
        )
    must_be_picture(path)
    return kinds[kind]


def must_be_picture(path: Path) -> None:
    """Refuse another kind of file."""
    if path.suffix.lower() not in ENDINGS:
        expected = phrased("a file name that ends in {known}", known=", ".join(ENDINGS))
        raise InputError(Fault("--plot", None, "plot", path.name, expected))


def write_picture(path: Path, picture: str, dots_per_inch: int = USUAL_DOTS) -> None:
    """Write the whole picture as its file's name says, or leave an existing file as it was."""
    must_be_picture(path)
    absent = missing_folder(path)
    if path.suffix.lower() == ".svg":
        write(picture.encode(), path)
    else:
        from hilum.rendering.press import figure

        write(figure(picture, path.suffix.lower(), dots_per_inch), path)
    say_made(absent)


def missing_folder(path: Path) -> Path | None:
    """The outermost folder of a file that is not there yet."""
    absent = [one for one in path.absolute().parents if not one.exists()]
    return absent[-1] if absent else None


def say_made(folder: Path | None) -> None:
    """Say that a folder was made, which may be a slip of the pen."""
    if folder is not None:
        aside(words_of(None))(phrased("made the folder {folder}", folder=folder))
