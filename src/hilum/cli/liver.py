"""``hilum liver``: burden, distribution and remnant from label maps."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hilum.cli.liver_jobs import (
    Stages,
    body_of,
    check_picture,
    drawn,
    growth_since,
    measured,
    plan_of,
    show_result,
    write_picture,
)
from hilum.errors import Fault, InputError, phrased

if TYPE_CHECKING:
    from hilum.patient.liver import Notice

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
Spacing = Annotated[
    str,
    typer.Option(help="Size of a voxel 'X,Y,Z' in mm along the file's axes; overrules the header."),
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
    spacing: Spacing = "",
    picture: Picture = None,
    as_json: Json = False,
) -> None:
    """Volumes of liver, segments and lesions, tumour burden, distribution."""
    from hilum.patient.liver.report import measurement_object

    check_picture(picture)
    with Stages() as progress:
        anatomy, found = measured(
            progress, labels, preset, mapping, lesions, series, outside, spacing
        )
        image = drawn(progress, picture, anatomy)
    write_picture(picture, image)
    show_result(measurement_object(found), as_json=as_json)


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
    spacing: Spacing = "",
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

    check_picture(picture)
    body = body_of(height, weight, male=male)
    with Stages() as progress:
        anatomy, found = measured(
            progress, labels, preset, mapping, lesions, series, outside, spacing
        )
        chosen = plan_of(found, resect, wedge, ablate, margin, plane, drawn=drawn_remnant)
        parts = tally(
            anatomy, margin, plane=chosen.plane, drawn_remnant=drawn_remnant,
            progress=progress.stage("margins"),
        )  # fmt: skip
        remnant = plan_remnant(
            anatomy, chosen, body=body, formula=formula, mean_error_percent=error, parts=parts
        )
        grown = None
        if before or weeks is not None:
            grown = growth_since(before, weeks, chosen, body, remnant.flr_ml, preset, mapping)
        image = drawn(progress, picture, anatomy, parts, chosen)
    write_picture(picture, image)
    more: list[Notice] = [] if remnant.sflr_percent is not None else [Notice("no_body_size")]
    out = measurement_object(found, more) | remnant_object(remnant, grown)
    show_result(out, as_json=as_json)


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
    spacing: Spacing = "",
    height: Height = None,
    weight: Weight = None,
    condition: Condition = None,
    picture: Picture = None,
    as_json: Json = False,
) -> None:
    """Plans that treat every lesion, by the remnant they leave and the ablations they need."""
    from hilum.patient.liver import search_plans, tally
    from hilum.patient.liver.report import measurement_object, search_object
    from hilum.patient.tables import read_tables

    check_picture(picture)
    allowed = read_tables().attributes["liver_condition"].allowed
    if condition is not None and condition not in allowed:
        expected = phrased("one of {known}", known=", ".join(allowed))
        raise InputError(Fault("--condition", None, "condition", condition, expected))
    body = body_of(height, weight)
    with Stages() as progress:
        anatomy, found = measured(
            progress, labels, preset, mapping, lesions, series, outside, spacing
        )
        parts = tally(anatomy, margin, progress=progress.stage("margins"))
        result = search_plans(
            anatomy, found.lesions, margin_mm=margin, body=body, condition=condition,
            ablate_up_to_mm=ablate_up_to, parts=parts, progress=progress.stage("plans"),
        )  # fmt: skip
        best = result.candidates[-1].plan if result.candidates else None
        image = drawn(progress, picture, anatomy, parts, best)
    write_picture(picture, image)
    show_result(measurement_object(found) | search_object(result), as_json=as_json)


@liver.command("dose")
def dose(
    labels: Labels,
    product: Annotated[str, typer.Option(help="glass or resin.")],
    shunt: Annotated[float, typer.Option(help="Lung shunt fraction in percent.")],
    wanted: Annotated[
        float | None, typer.Option("--dose", help="Wanted mean dose in Gy (glass).")
    ] = None,
    activity: Annotated[float | None, typer.Option(help="Activity in GBq, instead.")] = None,
    tn_ratio: Annotated[
        float | None, typer.Option(help="Tumour-to-normal ratio, for the partition model.")
    ] = None,
    target: Annotated[
        str, typer.Option(help="Segments or an operation's side; the whole liver when omitted.")
    ] = "",
    lung_mass: Annotated[float | None, typer.Option(help="Mass of both lungs in kg.")] = None,
    preset: Preset = None,
    mapping: Mapping = None,
    lesions: Lesions = None,
    series: Series = None,
    outside: Outside = "drop",
    spacing: Spacing = "",
    height: Height = None,
    weight: Weight = None,
    as_json: Json = False,
) -> None:
    """Activity and mean doses of a radioembolisation, and the published limits on the lungs."""
    from dataclasses import asdict

    from hilum.patient.doses import doses, target_volumes
    from hilum.patient.liver.report import measurement_object

    with Stages() as progress:
        _, found = measured(progress, labels, preset, mapping, lesions, series, outside, spacing)
    target_ml, tumour_ml = target_volumes(found, target)
    result = doses(
        product=product,
        target_ml=target_ml,
        tumour_ml=tumour_ml,
        shunt_percent=shunt,
        dose_gy=wanted,
        activity_gbq=activity,
        bsa_m2=body_of(height, weight).surface_m2,
        tn_ratio=tn_ratio,
        lung_mass_kg=lung_mass,
    )
    show_result(measurement_object(found) | {"doses": asdict(result)}, as_json=as_json)


@liver.command("segment")
def segment(
    image: Annotated[Path, typer.Argument(help="CT as NIfTI, or a folder of DICOM slices.")],
    out: Annotated[Path, typer.Argument(help="Folder for the masks.")],
    fast: Annotated[bool, typer.Option(help="The faster, coarser mode.")] = False,
) -> None:
    """Run TotalSegmentator, where it is installed; then: hilum liver measure FOLDER."""
    from hilum.patient.liver.totalsegmentator import run_totalsegmentator

    folder = run_totalsegmentator(image, out, fast=fast)
    typer.echo(f"Written: {folder}")
