"""``hilum network``: a table of studies, every pair of treatments compared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hilum.cli.columns import with_columns
from hilum.errors import Fault, InputError

if TYPE_CHECKING:
    from hilum.cli.network_data import NetworkOptions

COLUMNS = (
    "studlab", "treat1", "treat2", "TE", "seTE", "treat", "event", "n", "time", "mean", "sd",
)  # fmt: skip


@with_columns(names=COLUMNS)
def network(
    columns: dict[str, str],
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV or XLSX. Contrasts (studlab treat1 treat2 TE seTE, every pair of a "
            "multi-arm study) or arms (studlab treat, and event n, event time or mean sd n)."
        ),
    ],
    measure: Annotated[
        str | None,
        typer.Option(
            help="OR RR RD AS PETO (event n), IRR IRD IRSD (event time), MD SMD ROM (mean sd n); "
            "for contrasts also HR or GEN (default)."
        ),
    ] = None,
    method: Annotated[str, typer.Option(help="tau2 by DL, PM, ML or REML.")] = "DL",
    reference: Annotated[
        str | None, typer.Option(help="Treatment that others are shown against.")
    ] = None,
    small_values: Annotated[
        str, typer.Option(help="Is a small effect desirable or undesirable?")
    ] = "desirable",
    level: Annotated[float, typer.Option(help="Coverage of intervals.")] = 0.95,
    add: Annotated[float, typer.Option(help="Correction of empty cells, in all arms.")] = 0.5,
    to: Annotated[str, typer.Option(help="Where: only0, all, if0all or none.")] = "only0",
    tolerance: Annotated[
        float, typer.Option(help="How far contrasts of a multi-arm study may fail to add up.")
    ] = 1e-3,
    separate: Annotated[
        bool, typer.Option("--separate", help="Analyse each part of a network in several parts.")
    ] = False,
    additive: Annotated[
        bool, typer.Option("--additive", help="Also the additive model of components.")
    ] = False,
    separator: Annotated[str, typer.Option(help="Between components in a name.")] = "+",
    inactive: Annotated[str | None, typer.Option(help="Component without effect.")] = None,
    interaction: Annotated[
        list[str] | None, typer.Option(help="A*B: their effects together are not their sum.")
    ] = None,
    contributions: Annotated[
        bool,
        typer.Option("--contributions", help="Also the share of each study (large)."),
    ] = False,
    certainty: Annotated[
        bool,
        typer.Option("--certainty", help="Also CINeMA's draft of confidence in each comparison."),
    ] = False,
    bias: Annotated[
        str | None, typer.Option(help="Column of risk of bias (low, some, high), for --certainty.")
    ] = None,
    indirectness: Annotated[
        str | None, typer.Option(help="Column of indirectness (low, some, high), likewise.")
    ] = None,
    important: Annotated[
        float | None,
        typer.Option(help="Smallest ratio or difference that matters, likewise (1.25 for ratios)."),
    ] = None,
    changes: Annotated[
        Path | None, typer.Option(help="A person's changes of certainty (TOML or CSV), likewise.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the simulated ranks.")] = 1,
    draws: Annotated[int, typer.Option(help="Draws of the simulated ranks.")] = 100_000,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    plot: Annotated[Path | None, typer.Option(help="Write a plot (SVG).")] = None,
    kind: Annotated[
        str,
        typer.Option(
            help="graph, league, rankogram, forest (against --reference), comparisons (direct, "
            "indirect and network), heat (net heat) or funnel (comparison-adjusted)."
        ),
    ] = "graph",
    order: Annotated[
        str | None,
        typer.Option(help="Treatments for the funnel, comma between: newest first, say."),
    ] = None,
) -> None:
    """Compare every pair of treatments in a network of studies."""
    from hilum.analyses.tables import read_table
    from hilum.cli.network_data import make_network_options, read_network
    from hilum.cli.network_results import answer

    table = read_table(file)
    options = make_network_options(
        measure=measure,
        columns=columns,
        method=method,
        reference=reference,
        small_values=small_values,
        level=level,
        add=add,
        to=to,
        tolerance=tolerance,
        separate=separate,
        additive=additive,
        separator=separator,
        inactive=inactive,
        interactions=tuple(interaction or ()),
        contributions=contributions,
        seed=seed,
        draws=draws,
        order=order,
    )
    evidence, options = read_network(table, options)
    out = answer(evidence, options, table.file)
    if certainty:
        from hilum.cli.network_certainty import certainty_object
        from hilum.cli.network_results import fitted

        if not out["connected"]:
            wanted = "a connected network"
            raise InputError(Fault("--certainty", None, "certainty", table.file, wanted))
        out["certainty"] = certainty_object(
            fitted(evidence, options),
            options,
            table,
            bias=bias,
            indirectness=indirectness,
            important=important,
            changes=changes,
        )
    if plot is not None:
        from hilum.cli.network_drawing import draw_network

        draw_network(plot, kind, evidence, options)
    _say(out, options, plot, as_json)


def _say(out: dict[str, Any], options: NetworkOptions, plot: Path | None, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(out, ensure_ascii=False, indent=2))
        return
    from hilum.cli.network_words import describe_network

    typer.echo(describe_network(out, options))
    if "certainty" in out:
        from hilum.cli.network_certainty import describe_certainty

        typer.echo(describe_certainty(out["certainty"]))
    if plot is not None:
        typer.echo(f"wrote {plot}")
