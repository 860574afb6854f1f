"""``hilum liver``: burden, distribution and remnant from label maps."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hilum.errors import Fault, InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.patient.liver import Anatomy, LiverMeasurement, Notice, Plan, Tally
    from hilum.patient.volumetry import Body, Growth

liver = typer.Typer(
    no_args_is_help=True, help="The liver from label maps: burden, remnant, plans, doses."
)

Labels = Annotated[
    list[Path],
    typer.Argument(
        help="Label maps of one geometry: NIfTI, NRRD, .mha, DICOM SEG or RTSTRUCT, or a folder."
    ),
]
Preset = Annotated[
    list[str] | None,
    typer.Option("--preset", help="What labels mean: one for all files, or one a file."),
]
Mapping = Annotated[
    Path | None, typer.Option(help="TOML file with [labels] and [names] instead of a preset.")
]
Lesions = Annotated[
    Path | None, typer.Option(help="A further map in which every label is a lesion.")
]
Series = Annotated[Path | None, typer.Option(help="Folder of the image series of an RTSTRUCT.")]
Outside = Annotated[
    str, typer.Option(help="Lesion voxels outside the liver: drop them, or keep them.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Picture = Annotated[
    Path | None, typer.Option(help="Write a picture (.png): three slices and a view in space.")
]
Height = Annotated[float | None, typer.Option(help="Height in cm, for standardised volumes.")]
Weight = Annotated[float | None, typer.Option(help="Weight in kg.")]
Condition = Annotated[
    str | None,
    typer.Option(
        help="normal, chemotherapy_over_3_months, fibrosis_or_cirrhosis or chronic_hepatitis."
    ),
]


@liver.callback()
def group() -> None:
    """The liver from label maps: burden, remnant, plans, doses."""


@liver.command("measure")
def measure(
    labels: Labels,
    preset: Preset = None,
    mapping: Mapping = None,
    lesions: Lesions = None,
    series: Series = None,
    outside: Outside = "drop",
    picture: Picture = None,
    as_json: Json = False,
) -> None:
    """Volumes of liver, segments and lesions, tumour burden, distribution."""
    from hilum.patient.liver.report import measurement_object

    _check_picture(picture)
    with _Progress() as progress:
        anatomy, found = _measured(progress, labels, preset, mapping, lesions, series, outside)
        image = _drawn(progress, picture, anatomy)
    _written(picture, image)
    _shown(measurement_object(found), as_json=as_json)


@liver.command("plan")
def plan(
    labels: Labels,
    resect: Annotated[
        str, typer.Option(help="Segments or an operation: V,VI,VII,VIII or right, left_lateral ...")
    ] = "",
    wedge: Annotated[
        str, typer.Option(help="Lesions to wedge, by number with commas, or 'all'.")
    ] = "",
    ablate: Annotated[
        str, typer.Option(help="Lesions to ablate, by number with commas, or 'all'.")
    ] = "",
    margin: Annotated[
        float, typer.Option(help="Margin in mm around wedged and ablated lesions, and to be kept.")
    ] = 0.0,
    plane: Annotated[
        str,
        typer.Option(
            help="Cutting plane 'x,y,z;nx,ny,nz' in RAS mm; the side the direction points to goes."
        ),
    ] = "",
    drawn_remnant: Annotated[
        bool, typer.Option(help="Resect what lies outside the remnant label of the maps.")
    ] = False,
    preset: Preset = None,
    mapping: Mapping = None,
    lesions: Lesions = None,
    series: Series = None,
    outside: Outside = "drop",
    height: Height = None,
    weight: Weight = None,
    formula: Annotated[
        str, typer.Option(help="Standard volume: vauthey, urata, feng, korean or chan.")
    ] = "vauthey",
    male: Annotated[
        bool | None, typer.Option("--male/--female", help="For the formula of Chan.")
    ] = None,
    error: Annotated[
        float | None,
        typer.Option(help="Mean error of a segmented volume in percent; else the published one."),
    ] = None,
    before: Annotated[
        list[Path] | None, typer.Option(help="Label maps before embolisation or the first stage.")
    ] = None,
    weeks: Annotated[float | None, typer.Option(help="Weeks between --before and LABELS.")] = None,
    picture: Picture = None,
    as_json: Json = False,
) -> None:
    """What a resection leaves: remnant with its range, and the risk of too little."""
    from hilum.patient.liver import Notice, plan_remnant, tally
    from hilum.patient.liver.report import measurement_object, remnant_object

    _check_picture(picture)
    body = _body(height, weight, male=male)
    with _Progress() as progress:
        anatomy, found = _measured(progress, labels, preset, mapping, lesions, series, outside)
        chosen = _plan(found, resect, wedge, ablate, margin, plane, drawn=drawn_remnant)
        parts = tally(
            anatomy, margin, plane=chosen.plane, drawn_remnant=drawn_remnant,
            progress=progress.stage("margins"),
        )  # fmt: skip
        remnant = plan_remnant(
            anatomy, chosen, body=body, formula=formula, mean_error_percent=error, parts=parts
        )
        grown = None
        if before or weeks is not None:
            grown = _growth(before, weeks, chosen, body, remnant.flr_ml, preset, mapping)
        image = _drawn(progress, picture, anatomy, parts, chosen)
    _written(picture, image)
    more: list[Notice] = [] if remnant.sflr_percent is not None else [Notice("no_body_size")]
    out = measurement_object(found, more) | remnant_object(remnant, grown)
    _shown(out, as_json=as_json)


@liver.command("search")
def search(
    labels: Labels,
    margin: Annotated[
        float, typer.Option(help="Margin in mm around wedged and ablated lesions.")
    ] = 5.0,
    ablate_up_to: Annotated[
        float | None, typer.Option(help="Largest lesion to ablate in mm; else the rules' limit.")
    ] = None,
    preset: Preset = None,
    mapping: Mapping = None,
    lesions: Lesions = None,
    series: Series = None,
    outside: Outside = "drop",
    height: Height = None,
    weight: Weight = None,
    condition: Condition = None,
    picture: Picture = None,
    as_json: Json = False,
) -> None:
    """Plans that treat every lesion, by the remnant they leave and the ablations they need."""
    from hilum.patient.attributes import attributes
    from hilum.patient.liver import search_plans, tally
    from hilum.patient.liver.report import measurement_object, search_object

    _check_picture(picture)
    allowed = attributes()["liver_condition"].allowed
    if condition is not None and condition not in allowed:
        expected = f"one of {', '.join(allowed)}"
        raise InputError(Fault("--condition", None, "condition", condition, expected))
    body = _body(height, weight)
    with _Progress() as progress:
        anatomy, found = _measured(progress, labels, preset, mapping, lesions, series, outside)
        parts = tally(anatomy, margin, progress=progress.stage("margins"))
        result = search_plans(
            anatomy, found.lesions, margin_mm=margin, body=body, condition=condition,
            ablate_up_to_mm=ablate_up_to, parts=parts, progress=progress.stage("plans"),
        )  # fmt: skip
        best = result.candidates[-1].plan if result.candidates else None
        image = _drawn(progress, picture, anatomy, parts, best)
    _written(picture, image)
    _shown(measurement_object(found) | search_object(result), as_json=as_json)


class _Progress:
    """A bar on the terminal for each stage; silent where nobody watches."""

    def __enter__(self) -> _Progress:
        import sys

        from rich.console import Console
        from rich.progress import Progress

        self.bars = Progress(
            console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()
        )
        self.bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.bars.stop()

    def stage(self, name: str) -> Any:
        """A new bar; the function that moves it."""
        task = self.bars.add_task(name, total=None)

        def move(done: int, total: int) -> None:
            self.bars.update(task, completed=done, total=total)

        return move


def _measured(
    progress: _Progress,
    labels: Sequence[Path],
    preset: Sequence[str] | None,
    mapping: Path | None,
    lesions: Path | None,
    series: Path | None,
    outside: str,
) -> tuple[Anatomy, LiverMeasurement]:
    from hilum.patient.liver import measure_liver, read_liver

    step = progress.stage("reading")
    anatomy = read_liver(
        labels, presets=preset, mapping=mapping, lesions=lesions, series=series, outside=outside
    )
    step(1, 1)
    return anatomy, measure_liver(anatomy, progress=progress.stage("measuring"))


def _plan(
    found: LiverMeasurement,
    resect: str,
    wedge: str,
    ablate: str,
    margin: float,
    plane: str,
    *,
    drawn: bool,
) -> Plan:
    from hilum.patient.liver import Plan, parse_segments

    ids = [one.id for one in found.lesions]
    if not (resect or wedge or ablate or plane or drawn):
        expected = "--resect, --wedge, --ablate, --plane or --drawn-remnant"
        raise InputError(Fault("hilum liver plan", None, "plan", "", expected))
    return Plan(
        segments=parse_segments(resect) if resect else (),
        wedge=_numbers("--wedge", wedge, ids),
        ablate=_numbers("--ablate", ablate, ids),
        margin_mm=margin,
        plane=_plane(plane),
        drawn_remnant=drawn,
    )


def _numbers(option: str, text: str, ids: Sequence[int]) -> tuple[int, ...]:
    if not text:
        return ()
    if text.strip().lower() == "all":
        return tuple(ids)
    found: set[int] = set()
    for word in text.split(","):
        if not word.strip().isdigit():
            expected = "numbers of lesions with commas, or 'all'"
            raise InputError(Fault(option, None, option[2:], word, expected))
        found.add(int(word))
    return tuple(sorted(found))


def _plane(text: str) -> tuple[tuple[float, ...], tuple[float, ...]] | None:
    if not text:
        return None
    try:
        point, normal = (tuple(float(one) for one in half.split(",")) for half in text.split(";"))
    except ValueError as error:
        expected = "a point and a direction: x,y,z;nx,ny,nz"
        raise InputError(Fault("--plane", None, "plane", text, expected)) from error
    return point, normal


def _body(height: float | None, weight: float | None, *, male: bool | None = None) -> Body:
    from hilum.patient.attributes import attributes, parse
    from hilum.patient.volumetry import Body

    for name, value in (("height_cm", height), ("weight_kg", weight)):
        if value is not None:
            try:
                parse(attributes()[name], value)
            except ValueError as error:
                option = f"--{name.partition('_')[0]}"
                raise InputError(
                    Fault(option, None, name, f"{value:g}", str(error).partition(" without")[0])
                ) from error
    return Body(height, weight, None, male)


def _growth(
    before: Sequence[Path] | None,
    weeks: float | None,
    chosen: Plan,
    body: Body,
    after_ml: float,
    preset: Sequence[str] | None,
    mapping: Path | None,
) -> Growth:
    from hilum.patient.liver import plan_remnant, read_liver
    from hilum.patient.volumetry import growth, standard_volumes

    if not before or weeks is None or weeks <= 0:
        expected = "both --before LABELS and --weeks above 0"
        raise InputError(Fault("--weeks", None, "weeks", str(weeks), expected))
    standard = standard_volumes(body).get("vauthey")
    if standard is None:
        expected = "--height and --weight: growth is measured in standardised remnant"
        raise InputError(Fault("--height", None, "height", "", expected))
    first = read_liver(before, presets=preset, mapping=mapping)
    earlier = plan_remnant(first, chosen).flr_ml
    if earlier <= 0:
        raise InputError(Fault("--before", None, "before", "0 mL", "a remnant above 0 mL"))
    return growth(earlier, after_ml, standard, weeks)


def _check_picture(path: Path | None) -> None:
    if path is not None and path.suffix.lower() != ".png":
        expected = "a file name that ends in .png"
        raise InputError(Fault("--picture", None, "picture", path.name, expected))


def _drawn(
    progress: _Progress,
    path: Path | None,
    anatomy: Anatomy,
    parts: Tally | None = None,
    chosen: Plan | None = None,
) -> bytes | None:
    if path is None:
        return None
    from hilum.patient.liver.picture import draw

    step = progress.stage("drawing")
    image = draw(anatomy, parts, chosen)
    step(1, 1)
    return image


def _written(path: Path | None, image: bytes | None) -> None:
    """Write the picture once everything else has worked."""
    if path is not None and image is not None:
        from hilum.board.render.formats import write

        write(image, path)


def _shown(out: dict[str, Any], *, as_json: bool) -> None:
    import json

    if as_json:
        typer.echo(json.dumps(out, ensure_ascii=False, indent=2, allow_nan=False))
        return
    from hilum.cli.liver_text import show

    show(out)
