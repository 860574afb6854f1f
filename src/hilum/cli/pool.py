"""``hilum pool``: one table, one outcome, one pooled answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hilum.cli.columns import with_columns

if TYPE_CHECKING:
    from hilum.cli.model import Options


@with_columns
def pool(
    columns: dict[str, str],
    file: Annotated[Path, typer.Argument(help="CSV or XLSX, one row a study.")],
    measure: Annotated[
        str,
        typer.Option(help="PR PLO PAS PFT IR IRLN MN, OR RR RD PETO IRR IRD MD SMD ROM, HR, GEN."),
    ] = "GEN",
    method: Annotated[
        str | None,
        typer.Option(
            help="GLMM (exact likelihood; default for PLO and IRLN), EE DL HE HS SJ ML REML EB PM "
            "PMM (REML is the default), MH, Peto."
        ),
    ] = None,
    test: Annotated[
        str | None, typer.Option(help="z (default), t or knha (Hartung-Knapp; for few studies).")
    ] = None,
    by: Annotated[str | None, typer.Option(help="Column of subgroups.")] = None,
    same_tau2: Annotated[
        bool, typer.Option("--same-tau2", help="One tau2 for all subgroups, not one each.")
    ] = False,
    mods: Annotated[str | None, typer.Option(help='Moderators, such as "~ year".')] = None,
    model: Annotated[
        str, typer.Option(help="GLMM of OR and IRR: CM.EL (conditional), CM.AL or UM.FS.")
    ] = "CM.EL",
    add: Annotated[float, typer.Option(help="Correction of empty cells.")] = 0.5,
    to: Annotated[str, typer.Option(help="Where: only0, all, if0all or none.")] = "only0",
    level: Annotated[float, typer.Option(help="Coverage of intervals.")] = 0.95,
    label: Annotated[
        str | None, typer.Option(help="Column of study names (default: study, if there).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    plot: Annotated[Path | None, typer.Option(help="Write a plot (SVG).")] = None,
    kind: Annotated[
        str, typer.Option(help="forest, funnel, baujat, influence, gosh, bubble or drapery.")
    ] = "forest",
    bias: Annotated[
        str | None, typer.Option(help="Column of risk of bias (low, some, high) for the forest.")
    ] = None,
    source: Annotated[
        str | None, typer.Option(help="Column that says where figures were read, for the forest.")
    ] = None,
) -> None:
    """Pool one outcome over the studies of a table."""
    from hilum.cli.answers import answer, subgroups
    from hilum.cli.table import read_table

    table = read_table(file)
    options = make_options(
        measure,
        columns,
        method,
        test,
        level,
        mods,
        add,
        to,
        model,
        label,
    )
    data, out = answer(table, options)
    if by is not None:
        out |= subgroups(table, options, by, same_tau2)
    if plot is not None:
        from hilum.cli.drawing import draw

        draw(plot, kind, table, options, data, by=by, bias=bias, source=source)
    if as_json:
        typer.echo(json.dumps(out, ensure_ascii=False, indent=2))
    else:
        from hilum.cli.words import describe

        typer.echo(describe(out))
        if plot is not None:
            typer.echo(f"wrote {plot}")


def make_options(
    measure: str,
    columns: dict[str, str],
    method: str | None,
    test: str | None,
    level: float,
    mods: str | None,
    add: float,
    to: str,
    model: str,
    label: str | None,
) -> Options:
    """Defaults filled in, and what has a closed list of values checked."""
    from hilum.cli.model import Options, default_method
    from hilum.errors import Fault, InputError

    closed = (
        ("test", test or "z", ("z", "t", "knha")),
        ("to", to, ("only0", "all", "if0all", "none")),
        ("model", model, ("CM.EL", "CM.AL", "UM.FS")),
    )
    faults = [
        Fault(f"--{name}", None, name, value, f"one of {', '.join(known)}")
        for name, value, known in closed
        if value not in known
    ]
    if not 0 < level < 1:
        faults.append(Fault("--level", None, "level", f"{level:g}", "a number between 0 and 1"))
    if faults:
        raise InputError(*faults)
    chosen = method or default_method(measure)
    return Options(
        measure,
        columns,
        chosen,
        test or "z",
        level,
        mods,
        add,
        to,
        model,
        label,
    )
