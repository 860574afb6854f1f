"""``hilum pool``: one table, one outcome, one pooled answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hilum.cli.columns import with_columns
from hilum.errors import NotEstimable

if TYPE_CHECKING:
    from hilum.cli.model import Data, Options
    from hilum.cli.table import Table


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


def answer(
    table: Table, options: Options, rows: set[int] | None = None
) -> tuple[Data, dict[str, Any]]:
    """The rows used and the JSON object of their model."""
    from hilum.cli.model import load, run
    from hilum.cli.results import as_object, degenerate

    data = load(table, options, rows)
    try:
        out = as_object(run(data, options), data, options)
    except NotEstimable:
        found = degenerate(data, options) if options.method == "GLMM" else None
        if found is None:
            raise
        out = found
    if data.left_out:
        out["left_out"] = [{"row": line, "reason": reason} for line, reason in data.left_out]
    return data, out


def subgroups(table: Table, options: Options, by: str, same_tau2: bool) -> dict[str, Any]:
    """One answer a subgroup, and the test between them."""
    import numpy as np
    from scipy import special

    from hilum.cli.model import load, plain, run
    from hilum.cli.results import transformed

    names = table.text(by)
    order = list(dict.fromkeys(name for name in names if name))
    lines = {
        name: {line for line, own in zip(table.lines, names, strict=True) if own == name}
        for name in order
    }
    found: dict[str, Any] = {}
    if same_tau2:
        whole = load(table, options)
        member = [names[table.lines.index(line)] for line in whole.lines]
        keep = np.array([bool(name) for name in member])
        known = [name for name in order if name in member]
        design = np.array([[own == name for name in known] for own in member], float)[keep]
        part = load(
            table, options, {line for line, kept in zip(whole.lines, keep, strict=True) if kept}
        )
        fit = run(_with_design(part, design, tuple(known)), options)
        beta, vb = np.asarray(fit.beta), fit.vb  # pyright: ignore[reportAttributeAccessIssue]
        about = fit.predict(np.eye(len(known)))  # pyright: ignore[reportAttributeAccessIssue]
        for i, name in enumerate(known):
            limits = {
                key: getattr(about, key)[i] for key in ("pred", "ci_lb", "ci_ub", "pi_lb", "pi_ub")
            }
            found[name] = plain(
                {
                    "k": int(design[:, i].sum()),
                    "beta": beta[i],
                    "se": np.sqrt(vb[i, i]),
                    "tau2": fit.tau2,  # pyright: ignore[reportAttributeAccessIssue]
                    "predict": limits,
                    "transformed": transformed(limits, part, options),
                }
            )
    else:
        for name in order:
            try:
                found[name] = answer(table, options, lines[name])[1]
            except NotEstimable as error:
                found[name] = {"error": str(error)}
    usable = [one for one in found.values() if one.get("se")]
    between: dict[str, Any] = {}
    if len(usable) > 1:
        beta = np.array([one["beta"] for one in usable])
        w = np.array([one["se"] ** -2 for one in usable])
        if same_tau2:
            contrast = np.eye(len(usable))[1:] - np.eye(len(usable))[0]
            shift = contrast @ beta
            q = float(shift @ np.linalg.solve(contrast @ vb @ contrast.T, shift))  # pyright: ignore[reportPossiblyUnboundVariable]
        else:
            q = float((w * (beta - (w @ beta) / w.sum()) ** 2).sum())
        df = len(usable) - 1
        between = {"QM": q, "df": df, "QMp": float(special.chdtrc(df, q))}
    return {"by": by, "same_tau2": same_tau2, "subgroups": found, "between": between}


def _with_design(data: Data, design: Any, names: tuple[str, ...]) -> Data:
    from dataclasses import replace

    return replace(data, design=design, names=names)
