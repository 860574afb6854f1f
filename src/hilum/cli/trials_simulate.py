"""``hilum trials simulate``: operating characteristics of a design, or of a grid of them."""

from __future__ import annotations

import json
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hilum.errors import Fault, InputError, phrased

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.cli.simulation_file import ScenarioFile
    from hilum.cli.simulation_store import Store
    from hilum.trials.simulation.scenario import Cell
    from hilum.trials.simulation.tally import Tally

# Patients of a run above which two processes repay their start of some seconds.
MANY_PATIENTS = 100_000_000
SHOWN_CELLS = 40


def simulate(
    file: Annotated[
        Path | None, typer.Argument(help="Scenario file (TOML); see --template.")
    ] = None,
    template: Annotated[
        str | None,
        typer.Option(
            help="Print a commented file to start from: survival, platform, arms, reestimation."
        ),
    ] = None,
    trials: Annotated[
        int | None, typer.Option(help="Trials of each scenario, instead of the file's.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed, instead of the file's.")] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Parquet table; scenarios it holds already are not run again."),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(help="Processes; chosen by the size of the run where not given."),
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="Address of a Dask scheduler, tcp://HOST:PORT.")
    ] = None,
    engine: Annotated[
        str, typer.Option(help="numpy, or jax for an accelerator (survival, on this machine).")
    ] = "numpy",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Simulate trials patient by patient and report operating characteristics."""
    from hilum.cli.simulation_file import TEMPLATES, read_scenario

    if template is not None:
        if template not in TEMPLATES:
            wanted = phrased("one of {known}", known=", ".join(TEMPLATES))
            raise InputError(Fault("--template", None, "template", template, wanted))
        typer.echo(TEMPLATES[template], nl=False)
        return
    if file is None:
        wanted = "a scenario file (hilum trials simulate --template survival prints one)"
        raise InputError(Fault("FILE", None, "file", "none", wanted))
    if engine not in ("numpy", "jax"):
        raise InputError(Fault("--engine", None, "engine", engine, "numpy or jax"))
    if engine == "jax" and (scheduler is not None or workers is not None):
        wanted = "numpy, with --workers or --scheduler"
        raise InputError(Fault("--engine", None, "engine", engine, wanted))
    asked = read_scenario(file)
    number = asked.trials if trials is None else trials
    start = asked.seed if seed is None else seed
    cells = _cells(asked, number, start, workers)
    rows, resumed = _run(cells, number, start, out, workers, scheduler, engine)
    from hilum.trials.simulation.table import characteristics

    found = [
        {
            "cell": cell.key,
            "varied": dict(cell.varied),
            "characteristics": characteristics(rows[cell.key]),
        }
        for cell in cells
    ]
    if as_json:
        whole = {"kind": asked.kind, "trials": number, "seed": start, "engine": engine}
        whole |= {"resumed": resumed}
        whole |= {"scenario": cells[0].parameters if len(cells) == 1 else asked.scenario}
        typer.echo(json.dumps(_finite(whole | {"cells": found}), ensure_ascii=False, indent=2))
        return
    _tell(found, number, start, resumed, out)


def _cells(asked: ScenarioFile, trials: int, seed: int, workers: int | None) -> list[Cell]:
    """The grid, refused before it is made where it would not fit."""
    from hilum.trials.simulation.scenario import cells, count, trial_from
    from hilum.trials.simulation.tasks import check_memory, memory

    faults = [
        Fault(
            f"--{name}", None, name, str(value), phrased("a whole number, {low} or more", low=low)
        )
        for name, value, low in (("trials", trials, 1), ("seed", seed, 0), ("workers", workers, 1))
        if value is not None and value < low
    ]
    if faults:
        raise InputError(*faults)
    try:
        if asked.grid and all(asked.grid.values()):
            first = {name: values[0] for name, values in asked.grid.items()}
            one = trial_from(asked.kind, {**asked.scenario, **first})
            check_memory(count(asked.grid), one, trials, workers or 1, memory())
        made = list(cells(asked.kind, asked.scenario, asked.grid))
        largest = max(made, key=lambda cell: getattr(cell.trial, "patients", 0)).trial
        check_memory(len(made), largest, trials, workers or 1, memory())
    except InputError as error:
        raise asked.placed(error) from None
    return made


def _run(
    cells: list[Cell],
    trials: int,
    seed: int,
    out: Path | None,
    workers: int | None,
    scheduler: str | None,
    engine: str,
) -> tuple[dict[str, list[dict[str, Any]]], int]:
    """Rows by cell; those that ``out`` held already are taken from it."""
    import os

    from hilum.cli.simulation_store import Store
    from hilum.trials.simulation.run import cluster, run_accelerated, run_grid
    from hilum.trials.simulation.table import rows_by_cell

    store = Store(out) if out is not None else None
    rows = rows_by_cell(store.rows if store is not None else [], trials, seed, engine)
    resumed = sum(cell.key in rows for cell in cells)
    # Two cells of a grid may be the same scenario in other words: one run serves both.
    due = list({cell.key: cell for cell in cells if cell.key not in rows}.values())
    if due:
        patients = sum(getattr(cell.trial, "patients", 300) for cell in due) * trials
        number = workers or ((os.cpu_count() or 1) if patients > MANY_PATIENTS else 1)
        spread = engine == "numpy" and (scheduler is not None or number > 1)
        with cluster(number, scheduler) if spread else nullcontext() as client:
            job = partial(run_grid, client=client) if engine == "numpy" else run_accelerated
            _simulate(job, due, trials, seed, engine, store, rows)
    return rows, resumed


def _simulate(
    job: Callable[..., Any],
    due: list[Cell],
    trials: int,
    seed: int,
    engine: str,
    store: Store | None,
    rows: dict[str, list[dict[str, Any]]],
) -> None:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    from hilum.trials.simulation.table import rows_of

    console = Console(stderr=True)
    with Progress(
        "simulated trials",
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:
        line = bar.add_task("", total=len(due) * trials)

        def finished(place: int, result: Tally) -> None:
            cell = due[place]
            rows[cell.key] = rows_of(cell, trials, seed, result, engine)
            if store is not None:
                store.add(rows[cell.key])

        try:
            job(
                due,
                trials,
                seed,
                finished=finished,
                progress=lambda done: bar.advance(line, done),
            )
        finally:
            # Whatever stops the run, the cells that are complete stay.
            if store is not None:
                store.write()


def _finite(value: Any) -> Any:
    import math

    if isinstance(value, dict):
        return {key: _finite(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    return value


def _tell(
    found: list[dict[str, Any]], trials: int, seed: int, resumed: int, out: Path | None
) -> None:
    lines = [f"{trials:,} trials of each scenario, seed {seed}; Monte-Carlo error in brackets"]
    if len(found) == 1:
        for name, one in found[0]["characteristics"].items():
            lines.append(f"  {name.replace('_', ' '):<28} {_figure(one)}")
    else:
        first = ("type_1_error", "family_wise_error", "power", "patients", "months")
        for cell in found[:SHOWN_CELLS]:
            lines.append(", ".join(f"{name} {value}" for name, value in cell["varied"].items()))
            figures = cell["characteristics"]
            told = [f"{n.replace('_', ' ')} {_figure(figures[n])}" for n in first if n in figures]
            lines.append("  " + "; ".join(told))
        if len(found) > SHOWN_CELLS:
            lines.append(f"and {len(found) - SHOWN_CELLS} more; --out or --json for all")
    if resumed:
        lines.append(f"{resumed} of {len(found)} were in {out} already")
    if out is not None:
        lines.append(f"wrote {out}")
    typer.echo("\n".join(lines))


def _figure(one: dict[str, Any]) -> str:
    if one["value"] is None:
        return "none"
    if one["mcse"] is None:
        return f"{one['value']:.4g}"
    return f"{one['value']:.4g} ({one['mcse']:.2g})"
