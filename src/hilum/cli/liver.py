"""``hilum liver``: burden, distribution and remnant from label maps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hilum.cli.asking import Asking, Language, asking, named
from hilum.cli.tongue import words_of
from hilum.errors import Fault, InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hilum.language import Words
    from hilum.rendering.liver_measure import Part

liver = typer.Typer(
    no_args_is_help=True, help="The liver from label maps: burden, remnant, plans, doses."
)

Labels = Annotated[
    list[Path],
    typer.Argument(
        help="Label maps of one geometry: NIfTI, NRRD, .mha, DICOM SEG or RTSTRUCT, or a folder."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object.")]
Picture = Annotated[
    Path | None, typer.Option(help="Write a picture (.png): three slices and a view in space.")
]


@liver.callback()
def group() -> None:
    """The liver from label maps: burden, remnant, plans, doses."""


@liver.command("measure", cls=Asking)
@asking("liver_measure")
def measure(
    asked: dict[str, Any],
    labels: Labels,
    picture: Picture = None,
    as_json: Json = False,
    language: Language = None,
) -> None:
    """Volumes of liver, segments and lesions, tumour burden, distribution."""
    from hilum.rendering.liver_measure import liver_measure_parts

    _answer(
        "liver_measure", asked, labels, picture, as_json, words_of(language), liver_measure_parts
    )


@liver.command("plan", cls=Asking)
@asking("liver_plan")
def plan(
    asked: dict[str, Any],
    labels: Labels,
    male: Annotated[
        bool | None,
        typer.Option("--male/--female", help="The same as --sex male or --sex female."),
    ] = None,
    picture: Picture = None,
    as_json: Json = False,
    language: Language = None,
) -> None:
    """What a resection leaves: remnant with its range, and the risk of too little."""
    from hilum.rendering.liver_plan import liver_plan_parts

    if male is not None and asked["sex"] is None:
        asked["sex"] = "male" if male else "female"
    _answer("liver_plan", asked, labels, picture, as_json, words_of(language), liver_plan_parts)


@liver.command("search", cls=Asking)
@asking("liver_search")
def search(
    asked: dict[str, Any],
    labels: Labels,
    picture: Picture = None,
    as_json: Json = False,
    language: Language = None,
) -> None:
    """Plans that treat every lesion, by the remnant they leave and the ablations they need."""
    from hilum.rendering.liver_search import liver_search_parts

    _answer("liver_search", asked, labels, picture, as_json, words_of(language), liver_search_parts)


@liver.command("dose", cls=Asking)
@asking("liver_dose")
def dose(
    asked: dict[str, Any],
    labels: Labels,
    as_json: Json = False,
    language: Language = None,
) -> None:
    """Activity and mean doses of a radioembolisation, and the limits on the lungs."""
    from hilum.rendering.liver_dose import liver_dose_parts

    _answer("liver_dose", asked, labels, None, as_json, words_of(language), liver_dose_parts)


@liver.command("segment")
def segment(
    image: Annotated[Path, typer.Argument(help="CT as NIfTI, or a folder of DICOM slices.")],
    out: Annotated[Path, typer.Argument(help="Folder for the masks.")],
    fast: Annotated[bool, typer.Option(help="The faster, coarser mode.")] = False,
    language: Language = None,
) -> None:
    """Run TotalSegmentator, where it is installed; then: hilum liver measure FOLDER."""
    import signal

    from hilum.cli.watching import watching
    from hilum.patient.liver.totalsegmentator import run_totalsegmentator

    words = words_of(language)
    # Told to end, it ends as by Ctrl-C: the program that it runs ends with it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with named(), watching(words) as watch:
        folder = run_totalsegmentator(image, out, fast=fast, watch=watch)
    typer.echo(words("wrote {file}", file=folder))


def _answer(
    name: str,
    asked: dict[str, Any],
    labels: Sequence[Path],
    picture: Path | None,
    as_json: bool,
    words: Words,
    parts: Callable[[Any, Words], list[Part]],
) -> None:
    """Ask the analysis, write the picture once everything else has worked, say the answer."""
    from hilum.analyses import analysis
    from hilum.analyses.forms import to_json
    from hilum.cli.watching import watching

    record = analysis(name)
    _check_picture(picture)
    more = {"picture": True} if picture is not None else {}
    with named(), watching(words) as watch:
        question = record.Asked(labels=tuple(str(one) for one in labels), **asked, **more)
        answer = record.run(question, watch)
    if picture is not None:
        _write_picture(picture, answer.picture_png)
    if as_json:
        # The picture has its own file.
        typer.echo(to_json(replace(answer, picture_png=None)))
        return
    _print(parts(answer, words))
    if picture is not None:
        typer.echo(words("wrote {file}", file=picture))


def _check_picture(path: Path | None) -> None:
    """Refuse another kind of picture before any work is done."""
    if path is not None and path.suffix.lower() != ".png":
        expected = "a file name that ends in .png"
        raise InputError(Fault("--picture", None, "picture", path.name, expected))


def _write_picture(path: Path, picture: str) -> None:
    from base64 import b64decode

    from hilum.cli.writing import write

    write(b64decode(picture), path)


def _print(parts: Sequence[Part]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False, markup=False)
    for part in parts:
        if isinstance(part, str):
            console.print(part, soft_wrap=True)
            continue
        table = Table(*part.header, box=None)
        for row in part.rows:
            table.add_row(*row)
        console.print(table)
