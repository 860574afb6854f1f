"""``hilum curve``: from a printed survival curve to patients."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hilum.cli.curve_read import read
from hilum.errors import Fault, InputError, NotEstimable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.literature.figures import PrintedCurve, RiskTable
    from hilum.synthesis.survival import Reconstruction

curve = typer.Typer(no_args_is_help=True, help="Printed survival curves.")


@curve.callback()
def group() -> None:
    """Printed survival curves."""


curve.command()(read)


@curve.command()
def reconstruct(
    coordinates: Annotated[
        Path,
        typer.Argument(
            help="CSV with time, survival (and arm, where several), as hilum curve read writes "
            "it, or an export of WebPlotDigitizer or DigitizeIt."
        ),
    ],
    at_risk: Annotated[
        Path | None, typer.Option(help="CSV with time, n (and arm, where several).")
    ] = None,
    total_events: Annotated[
        list[str] | None, typer.Option(help="Deaths in all; ARM=N where there are several arms.")
    ] = None,
    patients: Annotated[
        list[str] | None,
        typer.Option(help="All patients, where the table has no time 0; ARM=N for several arms."),
    ] = None,
    unit: Annotated[
        str | None,
        typer.Option(help="Unit of time: days, weeks, months or years (months if not stated)."),
    ] = None,
    precision: Annotated[
        float | None,
        typer.Option(help="Standard error of a survival that was read (0.002 for clicks)."),
    ] = None,
    median: Annotated[
        list[str] | None, typer.Option(help="Median as printed; ARM=VALUE for several arms.")
    ] = None,
    hazard_ratio: Annotated[
        float | None, typer.Option(help="Hazard ratio as printed, second arm to first.")
    ] = None,
    p_value: Annotated[float | None, typer.Option(help="P value as printed.")] = None,
    name: Annotated[
        str | None, typer.Option("--curve", help="One curve of a file that has several.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="CSV of patients; standard output when omitted.")
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(help="Write the curve and the patients' one (SVG).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Individual patients (time, status) whose survival curve is the printed one."""
    from hilum.cli.progress import progress
    from hilum.literature.figures import choose, read_coordinates

    curves = read_coordinates(coordinates)
    if name is not None or len({c.name for c in curves}) < len(curves):
        curves = [choose(curves, name)]
    stated = unit or next((one.unit for one in curves if one.unit), None) or "months"
    arms = [_checked(one, stated) for one in curves]
    tables = _tables(at_risk, arms)
    totals = _per_arm("--total-events", total_events, arms, whole=True)
    sizes = _per_arm("--patients", patients, arms, whole=True)
    medians = _per_arm("--median", median, arms, whole=False)
    if plot is not None and plot.suffix.lower() != ".svg":
        raise InputError(Fault("--plot", None, "plot", plot.name, "a file name that ends in .svg"))
    found: dict[str, Reconstruction] = {}
    with progress("reconstructing", len(arms)) as step:
        for arm in arms:
            found[arm.name] = _patients(
                arm, tables.get(arm.name), totals.get(arm.name), sizes.get(arm.name), precision
            )
            step()
    result = _report(arms, found, medians, hazard_ratio, p_value, stated)
    content = _patients_csv(found)
    if plot is not None:
        _write(_picture(arms, found, stated, coordinates.name), plot)
    if out is not None:
        _write(content, out)
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False, indent=2))
        return
    words = _describe(result)
    if out is None:
        typer.echo(content, nl=False)
        typer.echo(words, err=True)
    else:
        typer.echo(words)
        typer.echo(f"wrote {out}")
    if plot is not None:
        typer.echo(f"wrote {plot}", err=out is None)


def _checked(one: Any, unit: str) -> PrintedCurve:
    from hilum.literature.figures import checked

    return checked(one, unit)


def _tables(path: Path | None, arms: Sequence[PrintedCurve]) -> dict[str, RiskTable]:
    """The risk table of each arm; one without a column ``arm`` belongs to the only one."""
    from hilum.literature.figures import check_against_curve, read_risk_table

    if path is None:
        return {}
    tables = read_risk_table(path)
    if len(arms) == 1 and len(tables) == 1:
        tables = {arms[0].name: next(iter(tables.values()))}
    for arm in arms:
        if arm.name not in tables:
            known = ", ".join(repr(name) for name in tables)
            wanted = f"rows of arm {arm.name!r} (found {known})"
            raise InputError(Fault(path.name, None, "arm", "", wanted))
        check_against_curve(tables[arm.name], arm)
    return tables


def _per_arm(
    option: str, given: list[str] | None, arms: Sequence[PrintedCurve], *, whole: bool
) -> dict[str, float]:
    """``ARM=VALUE`` pairs, or one bare value for an only arm."""
    out: dict[str, float] = {}
    kind = "a whole number from 0" if whole else "a number from 0"
    names = [arm.name for arm in arms]
    for entry in given or []:
        name, equals, text = entry.rpartition("=")
        if not equals and len(arms) == 1:
            name = names[0]
        if name not in names:
            wanted = f"ARM=VALUE with one of {', '.join(names)}"
            raise InputError(Fault(option, None, "arm", entry, wanted))
        try:
            value = float(text)
        except ValueError:
            value = -1.0
        if not 0 <= value < float("inf") or (whole and value != int(value)):
            raise InputError(Fault(option, None, "value", text, kind))
        out[name] = value
    return out


def _patients(
    arm: PrintedCurve,
    table: RiskTable | None,
    total: float | None,
    size: float | None,
    precision: float | None,
) -> Reconstruction:
    from hilum.synthesis.survival import reconstruct as make
    from hilum.synthesis.survival.reconstruct import CLICK

    if table is None and size is None:
        wanted = "numbers at risk (--at-risk) or the number of patients (--patients)"
        raise InputError(Fault(arm.source, None, "patients", "", wanted))
    try:
        return make(
            arm.time,
            arm.survival,
            None if table is None else table.time,
            None if table is None else table.n,
            None if total is None else int(total),
            arm.censor_time or None,
            patients=None if size is None else int(size),
            precision=precision or arm.precision or CLICK,
        )
    except NotEstimable as error:
        where = f"{arm.source}, {arm.name}" if arm.name else arm.source
        message = f"{where}: {error}"
        raise NotEstimable(message) from None


def _report(
    arms: Sequence[PrintedCurve],
    found: dict[str, Reconstruction],
    medians: dict[str, float],
    hazard_ratio: float | None,
    p_value: float | None,
    unit: str,
) -> dict[str, Any]:
    from dataclasses import asdict

    from hilum.synthesis.survival import compare_arms, fidelity

    out: dict[str, Any] = {"unit": unit, "arms": []}
    for arm in arms:
        one = found[arm.name]
        steps = one.curve
        out["arms"].append(
            {
                "arm": arm.name,
                "n": one.n,
                "events": one.events,
                "censored": one.n - one.events,
                "risk_table": {
                    "time": one.risk_time.tolist(),
                    "printed": one.risk_n.tolist(),
                    "reconstructed": one.at_risk(one.risk_time).tolist(),
                },
                "fidelity": asdict(fidelity(one)) | {"reported_median": medians.get(arm.name)},
                "levelled": steps.levelled,
                "hazard_factor": one.hazard_factor,
                "patients": {"time": one.time.tolist(), "status": one.status.tolist()},
            }
        )
    if len(arms) == 2:
        first, second = arms
        compared = asdict(compare_arms(found[first.name], found[second.name]))
        compared |= {"reported_hazard_ratio": hazard_ratio, "reported_p": p_value}
        out["comparison"] = {"of": second.name, "against": first.name} | compared
    elif hazard_ratio is not None or p_value is not None:
        wanted = "two arms to compare"
        raise InputError(Fault("--hazard-ratio", None, "arms", str(len(arms)), wanted))
    return out


def _describe(result: dict[str, Any]) -> str:
    lines: list[str] = []
    for arm in result["arms"]:
        fit = arm["fidelity"]
        name = f"{arm['arm']}: " if arm["arm"] else ""
        lines.append(f"{name}{arm['n']} patients, {arm['events']} deaths")
        met = arm["risk_table"]["printed"] == arm["risk_table"]["reconstructed"]
        lines.append(f"  numbers at risk {'met exactly' if met else 'NOT met'}")
        lines.append(
            f"  survival: RMSE {fit['rmse']:.4f}, largest gap {fit['largest_gap']:.4f} at "
            f"{fit['largest_gap_time']:g}, KS {fit['ks']:.4f} (p {fit['ks_p']:.3g})"
        )
        said = [
            f"{words} {fit[key]:.4g}"
            for words, key in (
                ("patients", "median"),
                ("curve", "curve_median"),
                ("printed", "reported_median"),
            )
            if fit[key] is not None
        ]
        lines.append(f"  median ({result['unit']}): {', '.join(said) or 'not reached'}")
        if arm["levelled"] > 0:
            lines.append(f"  rises of the hand levelled, by at most {arm['levelled']:.4f}")
        if arm["hazard_factor"] != 1:
            lines.append(
                f"  hazard times {arm['hazard_factor']:.3f} to reach the total number of deaths"
            )
    if "comparison" in result:
        both = result["comparison"]
        lines.append(
            f"{both['of']} against {both['against']}: hazard ratio {both['hazard_ratio']:.3f} "
            f"({both['lower']:.3f} to {both['upper']:.3f}), log-rank p {both['logrank_p']:.3g}"
        )
        printed = [
            f"{words} {both[key]:g}"
            for words, key in (("hazard ratio", "reported_hazard_ratio"), ("p", "reported_p"))
            if both[key] is not None
        ]
        if printed:
            lines.append(f"  printed: {', '.join(printed)}")
    return "\n".join(lines)


def _patients_csv(found: dict[str, Reconstruction]) -> str:
    """``time,status``, with ``arm`` before them where there are several."""
    several = len(found) > 1
    lines = ["arm,time,status" if several else "time,status"]
    for name, one in found.items():
        cell = f'"{name}"' if "," in name else name
        before = f"{cell}," if several else ""
        lines += [
            f"{before}{time:.6g},{status}"
            for time, status in zip(one.time.tolist(), one.status.tolist(), strict=True)
        ]
    return "\n".join(lines) + "\n"


def _picture(
    arms: Sequence[PrintedCurve], found: dict[str, Reconstruction], unit: str, title: str
) -> str:
    from hilum.plots import DrawnArm, printed_curve_svg

    drawn: list[DrawnArm] = []
    for arm in arms:
        one = found[arm.name]
        time, survival = one.product_limit()
        drawn.append(
            DrawnArm(
                arm.name,
                list(zip(arm.time, arm.survival, strict=True)),
                time.tolist(),
                survival.tolist(),
                float(one.time[-1]),
                list(zip(one.risk_time.tolist(), one.risk_n.tolist(), strict=True)),
            )
        )
    return printed_curve_svg(drawn, unit=unit, title=title)


def _write(content: str | bytes, path: Path) -> None:
    from hilum.cli.writing import write

    write(content.encode() if isinstance(content, str) else content, path)
