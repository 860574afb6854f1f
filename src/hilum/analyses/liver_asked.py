"""What every analysis of a liver can be asked, and its texts turned into what the conductor takes.

Label maps are named by path: they are too large to be part of a question.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from hilum.analyses.asked import Option
from hilum.errors import Fault, InputError, parameters_renamed, phrased

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from hilum.patient.liver.wanted import Lesions, Maps, Plane
    from hilum.patient.volumetry import Body

# What the conductor and the formulas call the fields of the questions.
FIELDS = {
    "dose_gy": "dose",
    "activity_gbq": "activity",
    "shunt_percent": "shunt",
    "lung_mass_kg": "lung_mass",
    "bsa_m2": "height",
}
ALL = "all"


def outsides() -> tuple[str, ...]:
    """What becomes of lesion voxels outside the liver."""
    from hilum.patient.liver.read import OUTSIDE

    return OUTSIDE


@dataclass(frozen=True, kw_only=True)
class MapsAsked:
    """Label maps of one liver and how they are read."""

    labels: tuple[str, ...]
    preset: Annotated[
        tuple[str, ...], Option("What labels mean: one for all files, or one a file.")
    ] = ()
    mapping: Annotated[
        str | None, Option("TOML file that says what labels and names mean, instead of a preset.")
    ] = None
    lesions: Annotated[str | None, Option("A further map in which every label is a lesion.")] = None
    series: Annotated[str | None, Option("Folder of the image series of an RTSTRUCT.")] = None
    outside: Annotated[
        str, Option("Lesion voxels outside the liver: drop them, or keep them.", outsides)
    ] = "drop"
    spacing: Annotated[
        str,
        Option("Size of a voxel 'X,Y,Z' in mm along the file's axes; overrules the header."),
    ] = ""


@dataclass(frozen=True, kw_only=True)
class BodyAsked:
    """Height and weight."""

    height: Annotated[
        float | None, Option("Height in cm, for standardised volumes.", unit="cm")
    ] = None
    weight: Annotated[float | None, Option("Weight in kg.", unit="kg")] = None


@dataclass(frozen=True, kw_only=True)
class PictureAsked:
    """Whether to draw the liver too."""

    picture: bool = False


def maps_of(asked: MapsAsked) -> Maps:
    """The label maps, for the conductor."""
    from hilum.patient.liver.wanted import Maps

    return Maps(
        labels=tuple(Path(one) for one in asked.labels),
        presets=asked.preset,
        mapping=path_of(asked.mapping),
        lesions=path_of(asked.lesions),
        series=path_of(asked.series),
        outside=asked.outside,
        spacing=spacing_of("spacing", asked.spacing),
    )


def path_of(text: str | None) -> Path | None:
    """A path; none where nothing is named."""
    return Path(text) if text else None


def spacing_of(field: str, text: str) -> tuple[float, ...] | None:
    """The size of a voxel from a text.

    Raises
    ------
    InputError
        Anything but three numbers in the range of voxels.
    """
    from hilum.patient.liver.geometry import parse_spacing

    if not text:
        return None
    try:
        values = [float(one) for one in text.split(",")]
    except ValueError as error:
        expected = "three numbers in mm with commas: X,Y,Z"
        raise InputError(Fault("", None, field, text, expected)) from error
    return parse_spacing(values, "", field)


def plane_of(field: str, text: str) -> Plane | None:
    """A cutting plane from a text.

    Raises
    ------
    InputError
        Anything but a point and a direction.
    """
    if not text:
        return None
    try:
        point, normal = (tuple(float(one) for one in half.split(",")) for half in text.split(";"))
    except ValueError as error:
        expected = "a point and a direction: x,y,z;nx,ny,nz"
        raise InputError(Fault("", None, field, text, expected)) from error
    return point, normal


def lesions_of(field: str, text: str) -> Lesions:
    """Numbers of lesions from a text.

    Raises
    ------
    InputError
        Anything but numbers with commas, or ``all``.
    """
    if not text:
        return ()
    if text.strip().lower() == ALL:
        return ALL
    numbers: set[int] = set()
    for word in text.split(","):
        if not word.strip().isdecimal():
            expected = "numbers of lesions with commas, or 'all'"
            raise InputError(Fault("", None, field, word, expected))
        numbers.add(int(word))
    return tuple(sorted(numbers))


def body_of(asked: BodyAsked, sex: str | None = None) -> Body:
    """What standard volumes need of the patient."""
    from hilum.patient.volumetry import Body

    return Body(asked.height, asked.weight, None, None if sex is None else sex == "male")


def faults_of(*checks: Callable[[], Any]) -> list[Fault]:
    """Faults of all checks, not of the first alone."""
    found: list[Fault] = []
    for one in checks:
        try:
            one()
        except InputError as error:
            found += error.faults
    return found


def maps_faults(asked: MapsAsked) -> list[Fault]:
    """What cannot be read as asked, before any file is opened."""
    faults = faults_of(lambda: spacing_of("spacing", asked.spacing))
    if not asked.labels:
        faults.append(Fault("", None, "labels", "", "at least one label map"))
    return faults


def body_faults(asked: BodyAsked) -> list[Fault]:
    """Height and weight that no patient of a case may have."""
    from hilum.patient.tables import read_tables

    attributes = read_tables().attributes
    faults: list[Fault] = []
    for field, name in (("height", "height_cm"), ("weight", "weight_kg")):
        value, known = getattr(asked, field), attributes[name]
        if value is not None and not known.low <= value <= known.high:
            expected = phrased(
                "a number in {unit} from {low:g} to {high:g}",
                unit=known.unit,
                low=known.low,
                high=known.high,
            )
            faults.append(Fault("", None, field, f"{value:g}", expected))
    return faults


@contextmanager
def in_fields() -> Generator[None]:
    """Turn faults that name what the conductor takes into faults of the question's fields.

    Raises
    ------
    InputError
        With the fields' names.
    """
    try:
        yield
    except InputError as error:
        raise parameters_renamed(error, FIELDS) from None
