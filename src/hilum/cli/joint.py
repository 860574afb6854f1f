"""``hilum joint``: randomised, comparative and single-arm evidence in one answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hilum.cli.asking import Language, asking, named
from hilum.cli.columns import OfArms, only_named
from hilum.cli.drawing import USUAL_DOTS, Dots
from hilum.cli.tongue import aside, words_of
from hilum.errors import Fault, InputError, NotConverged, phrased
from hilum.one_thread import one_thread

if TYPE_CHECKING:
    from hilum.analyses.joint_asked import PriorValue
    from hilum.analyses.tables import Table
    from hilum.language import Words
    from hilum.synthesis.joint import JointFit

# Before what is asked is read: that loads libraries which look at it once.
one_thread()


@asking("joint")
def joint(
    asked: dict[str, Any],
    file: Annotated[
        Path | None,
        typer.Argument(
            help="CSV or XLSX, one row an arm: study, treatment, design, event, n; or yi, sei "
            "(and comparator) for log hazards; favoured, 1 for the arms of a comparison without "
            "randomisation that confounding would favour. The shipped evidence without it."
        ),
    ] = None,
    covariates: Annotated[
        str | None, typer.Option(help="Columns of effect modifiers, comma-separated; or all.")
    ] = None,
    at: Annotated[
        str | None, typer.Option(help='Target population, such as "pct_pancreatic=100".')
    ] = None,
    case: Annotated[
        Path | None, typer.Option(help="Case file: the target is patients like this one.")
    ] = None,
    anchor: Annotated[
        str | None,
        typer.Option(help='A known outcome in the target, such as "placebo=0.02".'),
    ] = None,
    priors: Annotated[
        Path | None, typer.Option(help="Priors (TOML); docs/joint.md names them.")
    ] = None,
    columns: OfArms = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    plot: Annotated[
        Path | None,
        typer.Option(
            help="Write a plot: forest, or the dial's curve (SVG, PDF, PNG, TIFF or EPS)."
        ),
    ] = None,
    dots: Dots = USUAL_DOTS,
    arviz: Annotated[
        Path | None, typer.Option(help="Write the posterior for ArviZ (NetCDF).")
    ] = None,
    language: Language = None,
) -> None:
    """Joint model of one outcome: absolute outcomes, differences, what carries them."""
    from hilum.analyses.forms import to_json
    from hilum.analyses.joint import answer
    from hilum.analyses.joint_asked import JointAsked
    from hilum.analyses.joint_fitted import fitted
    from hilum.analyses.tables import unread_said
    from hilum.cli.drawing import must_be_picture, write_picture
    from hilum.cli.watching import watching

    words = words_of(language)
    if plot is not None:
        must_be_picture(plot)
    known = _pairs("--anchor", anchor)
    if len(known) > 1:
        raise InputError(Fault("--anchor", None, "anchor", str(anchor), "one treatment=value"))
    with named(), watching(words) as watch:
        question = JointAsked(
            table=None if file is None else _table(file, words, columns),
            covariates=tuple(one.strip() for one in (covariates or "").split(",") if one.strip()),
            at=dict(_pairs("--at", at)),
            patient=None if case is None else _patient(case),
            anchor=known[0] if known else None,
            priors={} if priors is None else _priors(priors),
            **asked,
        )
        try:
            found = fitted(question, watch)
        except NotConverged as error:
            if as_json:
                # The reason where a program looks for the answer; the exit status says the rest.
                typer.echo(json.dumps({"model": "joint", "refused": error.sentence}))
            raise
        answered = answer(found)
        for one in () if question.table is None else unread_said(question.table, found.unread):
            aside(words)(one)
    # Words and pictures are loaded where they are asked for.
    if plot is not None:
        from hilum.rendering.joint_plots import joint_picture

        write_picture(plot, joint_picture(answered, words), dots)
    if arviz is not None:
        _export(arviz, found.fit)
    if as_json:
        typer.echo(to_json(answered))
        return
    from hilum.rendering.joint import joint_lines

    typer.echo("\n".join(joint_lines(answered, words)))
    for path in (plot, arviz):
        if path is not None:
            typer.echo(words("wrote {file}", file=path))


def _table(file: Path, words: Words, columns: str | None) -> Table:
    from hilum.analyses.joint_table import OWN
    from hilum.analyses.tables import read_table

    return read_table(file, OWN, aside(words), only_named(columns))


def _patient(case: Path) -> dict[str, float]:
    from hilum.patient import read_case
    from hilum.sheet.joint import patient_covariates

    return patient_covariates(read_case(case))


def _priors(path: Path) -> dict[str, PriorValue]:
    from hilum.synthesis.joint import Priors
    from hilum.tabular.small import parse_toml, small_text

    try:
        given = parse_toml(small_text(path))
    except FileNotFoundError:
        raise InputError(Fault(path.name, None, "file", str(path), "an existing file")) from None
    except (OSError, ValueError) as error:
        wanted = phrased("readable TOML ({error})", error=error)
        raise InputError(Fault(path.name, None, "file", path.name, wanted)) from None
    # Here, where the file can be named.
    Priors.from_mapping(given, file=path.name)
    return {name: tuple(one) if isinstance(one, list) else one for name, one in given.items()}


def _pairs(option: str, text: str | None) -> list[tuple[str, float]]:
    out: list[tuple[str, float]] = []
    for part in (text or "").split(","):
        if not part.strip():
            continue
        name, _, value = part.partition("=")
        try:
            number = float(value)
        except ValueError:
            number = float("nan")
        if not name.strip() or number != number or abs(number) == float("inf"):
            wanted = "name=number, separated by commas"
            raise InputError(Fault(option, None, name.strip(), part.strip(), wanted))
        out.append((name.strip(), number))
    return out


def _export(path: Path, fit: JointFit) -> None:
    from io import BytesIO

    from hilum.cli.writing import write
    from hilum.synthesis.joint.export import to_arviz

    # In memory first: HDF5 ends the process where the disk is full.
    made = BytesIO()
    to_arviz(fit).to_datatree().to_netcdf(made, engine="h5netcdf")
    write(made.getvalue(), path)
