"""What the commands of ``hilum liver`` share: stages, reading, options into plans, output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from hilum.errors import Fault, InputError, phrased

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from hilum.patient.liver import Anatomy, LiverMeasurement, Plan, Tally
    from hilum.patient.volumetry import Body, Growth


class Stages:
    """A bar on the terminal for each stage; silent where nobody watches."""

    def __enter__(self) -> Stages:
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


def measured(
    progress: Stages,
    labels: Sequence[Path],
    preset: Sequence[str] | None,
    mapping: Path | None,
    lesions: Path | None,
    series: Path | None,
    outside: str,
    spacing: str = "",
) -> tuple[Anatomy, LiverMeasurement]:
    """Read and measure, with a bar for each."""
    from hilum.patient.liver import measure_liver, read_liver

    step = progress.stage("reading")
    anatomy = read_liver(
        labels,
        presets=preset,
        mapping=mapping,
        lesions=lesions,
        series=series,
        outside=outside,
        spacing=_spacing(spacing),
    )
    step(1, 1)
    return anatomy, measure_liver(anatomy, progress=progress.stage("measuring"))


def _spacing(text: str) -> list[float] | None:
    if not text:
        return None
    try:
        return [float(one) for one in text.split(",")]
    except ValueError as error:
        expected = "three numbers in mm with commas: X,Y,Z"
        raise InputError(Fault("--spacing", None, "spacing", text, expected)) from error


def plan_of(
    found: LiverMeasurement,
    resect: str,
    wedge: str,
    ablate: str,
    margin: float,
    plane: str,
    *,
    drawn: bool,
) -> Plan:
    """The plan that the options describe.

    Raises
    ------
    InputError
        No plan at all, or an option that is not understood.
    """
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


def body_of(height: float | None, weight: float | None, *, male: bool | None = None) -> Body:
    """Height and weight, checked as a case's are.

    Raises
    ------
    InputError
        A value that no patient has.
    """
    from hilum.patient.tables import read_tables
    from hilum.patient.volumetry import Body

    attributes = read_tables().attributes
    for name, value in (("height_cm", height), ("weight_kg", weight)):
        one = attributes[name]
        if value is not None and not one.low <= value <= one.high:
            option = f"--{name.partition('_')[0]}"
            expected = phrased(
                "a number in {unit} from {low:g} to {high:g}",
                unit=one.unit,
                low=one.low,
                high=one.high,
            )
            raise InputError(Fault(option, None, name, f"{value:g}", expected))
    return Body(height, weight, None, male)


def growth_since(
    before: Sequence[Path] | None,
    weeks: float | None,
    chosen: Plan,
    body: Body,
    after_ml: float,
    preset: Sequence[str] | None,
    mapping: Path | None,
) -> Growth:
    """Growth of the remnant since earlier label maps.

    Raises
    ------
    InputError
        Something needed for it is not given.
    """
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


def check_picture(path: Path | None) -> None:
    """Refuse another kind of picture before any work is done.

    Raises
    ------
    InputError
        A name that does not end in .png.
    """
    if path is not None and path.suffix.lower() != ".png":
        expected = "a file name that ends in .png"
        raise InputError(Fault("--picture", None, "picture", path.name, expected))


def drawn(
    progress: Stages,
    path: Path | None,
    anatomy: Anatomy,
    parts: Tally | None = None,
    chosen: Plan | None = None,
) -> bytes | None:
    """The picture, if one was asked for."""
    if path is None:
        return None
    from hilum.patient.liver.picture import draw

    step = progress.stage("drawing")
    image = draw(anatomy, parts, chosen)
    step(1, 1)
    return image


def write_picture(path: Path | None, image: bytes | None) -> None:
    """Write the picture once everything else has worked."""
    if path is not None and image is not None:
        from hilum.cli.writing import write

        write(image, path)


def show_result(out: dict[str, Any], *, as_json: bool) -> None:
    """One JSON object, or a few lines and tables."""
    import json

    if as_json:
        typer.echo(json.dumps(out, ensure_ascii=False, indent=2, allow_nan=False))
        return
    from hilum.cli.liver_text import show

    show(out)
