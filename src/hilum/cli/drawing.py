"""Pictures of answers into files."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from hilum.cli.writing import write
from hilum.errors import Fault, InputError, phrased

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Kind = TypeVar("Kind")


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
    must_be_svg(path)
    return kinds[kind]


def must_be_svg(path: Path) -> None:
    """Refuse another kind of file."""
    if path.suffix.lower() != ".svg":
        raise InputError(Fault("--plot", None, "plot", path.name, "a file name that ends in .svg"))


def write_svg(path: Path, picture: str) -> None:
    """Write the whole picture, or leave an existing file as it was."""
    must_be_svg(path)
    write(picture.encode(), path)
