"""``hilum sensitivity``: what one study, small studies or chance do to a pooled answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from hilum.cli.columns import with_columns
from hilum.errors import HilumError

CAUTIONS = {
    "few_studies": "with fewer than 10 studies these tests have next to no power",
    "linked_variance": "a single group's variance depends on its result; asymmetry is expected "
    "without bias",
}


@with_columns
def sensitivity(
    columns: dict[str, str],
    file: Annotated[Path, typer.Argument(help="CSV or XLSX, one row a study.")],
    measure: Annotated[str, typer.Option(help="Effect measure, as for hilum pool.")] = "GEN",
    method: Annotated[
        str, typer.Option(help="EE DL HE HS SJ ML REML EB PM PMM; two-stage models only.")
    ] = "REML",
    test: Annotated[str, typer.Option(help="z, t or knha.")] = "z",
    add: Annotated[float, typer.Option(help="Correction of empty cells.")] = 0.5,
    to: Annotated[str, typer.Option(help="Where: only0, all, if0all or none.")] = "only0",
    level: Annotated[float, typer.Option(help="Coverage of intervals.")] = 0.95,
    label: Annotated[
        str | None, typer.Option(help="Column of study names (default: study, if there).")
    ] = None,
    order: Annotated[str | None, typer.Option(help="Column to cumulate by, such as year.")] = None,
    permutations: Annotated[
        int, typer.Option(help="Arrangements of the permutation test, and resamples.")
    ] = 1000,
    seed: Annotated[int, typer.Option(help="Seed of both.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    plot: Annotated[Path | None, typer.Option(help="Write a plot (SVG).")] = None,
    kind: Annotated[
        str, typer.Option(help="funnel, baujat, influence, gosh, drapery or forest.")
    ] = "funnel",
) -> None:
    """Leave-one-out, cumulative, influence, small-study tests, trim and fill, resampling."""
    from hilum.cli.model import load, run
    from hilum.cli.pool import make_options
    from hilum.cli.table import read_table
    from hilum.errors import Fault, InputError
    from hilum.synthesis.two_stage import Fit

    table = read_table(file)
    options = make_options(measure, columns, method, test, level, None, add, to, "CM.EL", label)
    data = load(table, options)
    fit = run(data, options)
    if not isinstance(fit, Fit):
        wanted = "a two-stage method (REML, DL, ...)"
        raise InputError(Fault("--method", None, "method", method, wanted))
    out = analyses(fit, data, measure, permutations, seed)
    if order is not None:
        from hilum.synthesis.sensitivity import cumulative

        values = dict(zip(table.lines, table.numbers(order), strict=True))
        places = sorted(range(fit.k), key=lambda i: (values[data.lines[i]], i))
        found = cumulative(fit, places)
        out["cumul"] = _rows(found, [data.labels[i] for i in places])
        out["cumul"]["order"] = order
    if plot is not None:
        from hilum.cli.drawing import draw

        draw(plot, kind, table, options, data)
    if as_json:
        typer.echo(json.dumps(out, ensure_ascii=False, indent=2))
        return
    typer.echo(_said(out))
    if plot is not None:
        typer.echo(f"wrote {plot}")


def analyses(fit: Any, data: Any, measure: str, permutations: int, seed: int) -> dict[str, Any]:
    """Every analysis, or the reason why it cannot be made."""
    from dataclasses import asdict

    from hilum.cli.model import plain
    from hilum.synthesis import sensitivity as s

    def trimmed(estimator: Any) -> dict[str, Any]:
        found = s.trim_and_fill(fit, estimator=estimator)
        whole = found.fit
        return {
            "k0": found.k0,
            "side": found.side,
            "beta": whole.beta,
            "se": whole.se,
            "tau2": whole.tau2,
            "filled": list(found.filled),
        }

    def baujat() -> dict[str, Any]:
        share, pull = s.baujat(fit)
        return {"x": list(share), "y": list(pull)}

    makers = {
        "leave1out": lambda: _rows(s.leave_one_out(fit), data.labels),
        "cumul": lambda: _rows(s.cumulative(fit), data.labels),
        "influence": lambda: {"slab": data.labels, **asdict(s.influence(fit))},
        "baujat": baujat,
        "egger": lambda: asdict(s.egger(fit)),
        "egger_lm": lambda: asdict(s.egger_classical(fit.yi, fit.vi, level=fit.level)),
        "ranktest": lambda: asdict(s.begg(fit.yi, fit.vi)),
        "trimfill": lambda: trimmed("L0"),
        "trimfill_R0": lambda: trimmed("R0"),
        "selmodel": lambda: asdict(s.three_parameter(fit)),
        "bootstrap": lambda: asdict(s.bootstrap(fit, repetitions=permutations, seed=seed)),
        "permutation": lambda: asdict(s.permutation_test(fit, repetitions=permutations, seed=seed)),
    }
    if measure == "OR":
        counts = tuple(data.values.values())
        makers["peters"] = lambda: asdict(s.peters(*counts, level=fit.level))
    out: dict[str, Any] = {
        "measure": measure,
        "k": fit.k,
        "beta": plain(fit.beta),
        "tau2": fit.tau2,
    }
    warnings = [CAUTIONS[code] for code in s.caution(fit.k, measure)]
    for name, make in makers.items():
        try:
            out[name] = plain(make())
        except HilumError as error:
            out[name] = {"error": str(error)}
    for name in ("egger", "egger_lm", "ranktest", "trimfill", "trimfill_R0", "selmodel", "peters"):
        if name in out and warnings:
            out[name]["caution"] = warnings
    return out


def _rows(found: Any, labels: Any) -> dict[str, Any]:
    return {
        "slab": list(labels),
        "estimate": list(found.beta[:, 0]),
        "se": list(found.se[:, 0]),
        "zval": list(found.zval[:, 0]),
        "pval": list(found.pval[:, 0]),
        "ci_lb": list(found.ci_lb[:, 0]),
        "ci_ub": list(found.ci_ub[:, 0]),
        "tau2": list(found.tau2),
        "I2": list(found.I2),
        "Q": list(found.QE),
    }


def _near(value: Any) -> str:
    return ", ".join(f"{one:.4f}" for one in (value if isinstance(value, list) else [value]))


def _said(out: dict[str, Any]) -> str:
    lines = [
        f"{out['measure']}: {out['k']} studies, pooled {out['beta']:.4f}, tau2 {out['tau2']:.4g}"
    ]
    loo = out["leave1out"]
    if "error" not in loo:
        spread = sorted(zip(loo["estimate"], loo["slab"], strict=True))
        lines.append(
            f"  without one study: from {spread[0][0]:.4f} (without {spread[0][1]}) "
            f"to {spread[-1][0]:.4f} (without {spread[-1][1]})"
        )
    tests = (
        ("egger", "Egger (random effects)"),
        ("egger_lm", "Egger (classical)"),
        ("ranktest", "Begg"),
        ("peters", "Peters"),
    )
    for name, title in tests:
        if name in out:
            one = out[name]
            lines.append(f"  {title}: {one.get('error') or 'p ' + format(one['pval'], '.3g')}")
    for name, title in (("trimfill", "trim and fill (L0)"), ("trimfill_R0", "trim and fill (R0)")):
        one = out[name]
        words = one.get("error") or f"{one['k0']} filled on the {one['side']}: {one['beta']:.4f}"
        lines.append(f"  {title}: {words}")
    one = out["selmodel"]
    words = one.get("error") or f"{one['beta']:.4f}, delta {one['delta']:.3g}, p {one['LRTp']:.3g}"
    lines.append(f"  selection model: {words}")
    one = out["bootstrap"]
    words = one.get("error") or (
        f"{_near(one['ci_lb'])} to {_near(one['ci_ub'])} ({one['used']} resamples of studies)"
    )
    lines.append(f"  bootstrap interval: {words}")
    one = out["permutation"]
    words = one.get("error") or f"p {one['pval']:.3g} ({one['repetitions']} arrangements)"
    lines.append(f"  permutation test: {words}")
    lines += [f"  caution: {words}" for words in out["egger"].get("caution", [])]
    return "\n".join(lines)
