"""``hilum survival``: survival pooled from rates, medians, curves and patients."""

from __future__ import annotations

import json
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from hilum.errors import Fault

survival = typer.Typer(no_args_is_help=True, help="Survival evidence.")

METHODS = ("joint", "bayes", "combescure", "combescure-fixed")
RANDOM = ("auto", "none", "location", "location+shape")


@survival.callback()
def about() -> None:
    """Survival evidence."""


@survival.command("pool")
def pool(
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV or XLSX with columns study, arm, kind, time, value, lower, upper, n."
        ),
    ],
    family: Annotated[
        str,
        typer.Option(
            help="exponential weibull loglogistic lognormal gompertz gengamma piecewise mspline; "
            "best is the lowest AIC."
        ),
    ] = "best",
    method: Annotated[
        str,
        typer.Option(
            help="joint (maximum likelihood), bayes, combescure (distribution-free, random "
            "effects) or combescure-fixed."
        ),
    ] = "joint",
    random: Annotated[
        str,
        typer.Option(help="What varies between studies: auto, none, location, location+shape."),
    ] = "auto",
    unit: Annotated[
        str | None,
        typer.Option(help="Of times: days, weeks, months or years; or a column unit."),
    ] = None,
    rates: Annotated[
        str, typer.Option(help="percent or share; auto tells them apart, refusing a mixture.")
    ] = "auto",
    times: Annotated[
        str | None,
        typer.Option(help="Times to report, such as 12,36,60; 1, 3, 5 and 10 years otherwise."),
    ] = None,
    horizon: Annotated[
        float | None, typer.Option(help="Of the restricted mean; the last reported time otherwise.")
    ] = None,
    level: Annotated[float, typer.Option(help="Coverage of intervals.")] = 0.95,
    seed: Annotated[int, typer.Option(help="Of draws (bayes) and bootstrap (combescure).")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    plot: Annotated[Path | None, typer.Option(help="Write the curve (SVG).")] = None,
) -> None:
    """Pool survival over studies, whatever each of them printed."""
    from hilum.cli.survival_answer import Asked, answer, describe
    from hilum.cli.survival_table import read_survival
    from hilum.errors import Fault, InputError

    faults = [
        Fault(f"--{name}", None, name, value, f"one of {', '.join(known)}")
        for name, value, known in (
            ("method", method, METHODS),
            ("random", random, RANDOM),
            ("family", family, _families()),
        )
        if value not in known
    ]
    if not 0 < level < 1:
        faults.append(Fault("--level", None, "level", f"{level:g}", "a number between 0 and 1"))
    if horizon is not None and not 0 < horizon < float("inf"):
        faults.append(Fault("--horizon", None, "horizon", f"{horizon:g}", "a time above 0"))
    if plot is not None and plot.suffix.lower() != ".svg":
        faults.append(Fault("--plot", None, "plot", plot.name, "a file name that ends in .svg"))
    wanted = _times(times, faults)
    if faults:
        raise InputError(*faults)
    table = read_survival(file, unit=unit, rates=rates)
    asked = Asked(family, method, random, wanted, horizon, level, seed)
    with _progress() as tell:
        out, drawing = answer(table, asked, tell)
    if plot is not None:
        from hilum.cli.drawing import write_svg
        from hilum.cli.survival_drawing import picture

        write_svg(plot, picture(drawing))
    if as_json:
        typer.echo(json.dumps(out, ensure_ascii=False, indent=2))
        return
    typer.echo(describe(out))
    if plot is not None:
        typer.echo(f"wrote {plot}")


def _families() -> tuple[str, ...]:
    from hilum.synthesis.survival.families import FAMILIES

    return ("best", *FAMILIES)


def _times(times: str | None, faults: list[Fault]) -> tuple[float, ...] | None:
    from hilum.errors import Fault

    if times is None:
        return None
    try:
        values = tuple(float(one) for one in times.replace(";", ",").split(","))
    except ValueError:
        values = ()
    if not values or not all(0 < one < float("inf") for one in values):
        faults.append(Fault("--times", None, "times", times, "times above 0, such as 12,36,60"))
    return tuple(sorted(set(values)))


@contextmanager
def _progress() -> Generator[Callable[[str, float | None], None]]:
    """A bar on standard error, where a terminal is: the model at work, and how far draws are."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    off = not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=off) as bar:
        task = bar.add_task("reading", total=None)

        def tell(what: str, share: float | None = None) -> None:
            total = None if share is None else 1.0
            bar.update(task, description=what, total=total, completed=share or 0.0)

        yield tell
