"""``hilum trials rank``: which comparison is worth a trial, and how large a one."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hilum.errors import Fault, InputError, NotEstimable

if TYPE_CHECKING:
    from hilum.cli.rank_evidence import Group
    from hilum.trials.worth import Candidate, Costs, Reach

PANEL_CURVES = 5


def rank(
    tables: Annotated[
        Path | None, typer.Argument(help="Folder of tables; the shipped evidence when omitted.")
    ] = None,
    outcome: Annotated[
        str | None, typer.Option(help="One outcome of the sheet, such as objective_response.")
    ] = None,
    population: Annotated[
        str | None, typer.Option(help="netlm, mixed_net or mixed_liver_metastases.")
    ] = None,
    treatment: Annotated[
        list[str] | None,
        typer.Option(help="Only comparisons of this treatment; twice: of these two."),
    ] = None,
    decision: Annotated[
        str, typer.Option(help="Patients may have the pair compared (pair) or all treatments.")
    ] = "pair",
    patients_per_year: Annotated[
        float, typer.Option(help="New patients a year who face the choice.")
    ] = 100.0,
    recruit_per_year: Annotated[
        float, typer.Option(help="Patients a year that a trial could recruit.")
    ] = 30.0,
    max_years: Annotated[float, typer.Option(help="Longest recruitment, years.")] = 5.0,
    follow_up: Annotated[
        float, typer.Option(help="Months from the last patient to the result.")
    ] = 12.0,
    horizon: Annotated[float, typer.Option(help="Years for which the answer matters.")] = 20.0,
    discount: Annotated[float, typer.Option(help="Yearly rate.")] = 0.03,
    restricted_months: Annotated[
        float, typer.Option(help="Survival counts up to so many months.")
    ] = 60.0,
    bias_sd: Annotated[
        float,
        typer.Option(help="What series may hide when set side by side: sd of log odds, log time."),
    ] = 0.35,
    per_unit: Annotated[
        float | None, typer.Option(help="Money one unit of the outcome is worth (with --outcome).")
    ] = None,
    fixed_cost: Annotated[float, typer.Option(help="Cost of a trial.")] = 0.0,
    cost_per_patient: Annotated[float, typer.Option(help="Cost of a patient in a trial.")] = 0.0,
    draws: Annotated[int, typer.Option(help="Draws of each posterior.")] = 10_000,
    seed: Annotated[int, typer.Option(help="Seed.")] = 1,
    top: Annotated[int, typer.Option(help="Comparisons shown of each outcome.")] = 5,
    plot: Annotated[Path | None, typer.Option(help="Write the picture (SVG).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Rank comparisons by what the best trial that can be recruited would be worth."""
    from hilum.cli.rank_evidence import GAINS, chosen, groups
    from hilum.evidence import Population, read_evidence
    from hilum.trials.worth import Costs, Reach, Recruitment

    faults = [
        Fault(f"--{name}", None, name, f"{value:g}", expected)
        for name, value, fine, expected in (
            ("draws", draws, 1000 <= draws <= 1_000_000, "1000 to 1000000"),
            ("seed", seed, seed >= 0, "0 or more"),
            ("top", top, top >= 1, "1 or more"),
            ("bias-sd", bias_sd, 0 <= bias_sd < 10, "0 to 10"),
            ("restricted-months", restricted_months, 0 < restricted_months < 1e6, "above 0"),
        )
        if not fine
    ]
    if decision not in ("pair", "all"):
        faults.append(Fault("--decision", None, "decision", decision, "pair or all"))
    if (per_unit is not None or fixed_cost or cost_per_patient) and outcome is None:
        faults.append(Fault("--outcome", None, "outcome", "none", "one outcome, with money"))
    if per_unit is None and (fixed_cost or cost_per_patient):
        faults.append(Fault("--per-unit", None, "per_unit", "none", "a worth, with costs"))
    if plot is not None and plot.suffix.lower() != ".svg":
        faults.append(Fault("--plot", None, "plot", plot.name, "a file name that ends in .svg"))
    if faults:
        raise InputError(*faults)
    outcomes = chosen("outcome", outcome, tuple(GAINS))
    populations = chosen("population", population, tuple(one.value for one in Population))
    try:
        reach = Reach(patients_per_year, horizon, discount)
        costs = None if per_unit is None else Costs(per_unit, fixed_cost, cost_per_patient)
        Recruitment(recruit_per_year, max_years, follow_up)
    except InputError as error:
        raise InputError(*(_option(fault) for fault in error.faults)) from None
    found = groups(read_evidence(tables), outcomes, populations)
    wanted = _treatments(treatment or [], found)
    asked = {
        "decision": decision,
        "patients_per_year": patients_per_year,
        "recruit_per_year": recruit_per_year,
        "max_years": max_years,
        "follow_up_months": follow_up,
        "horizon_years": horizon,
        "discount": discount,
        "restricted_months": restricted_months,
        "bias_sd": bias_sd,
        "draws": draws,
        "seed": seed,
    }
    ranked = _rank(found, asked, reach, costs, wanted)
    if not ranked:
        message = "no outcome has two treatments with a figure in one population"
        raise NotEstimable(message)
    if plot is not None:
        _draw(plot, ranked, min(top, PANEL_CURVES), costs is not None)
    if as_json:
        body = [_as_object(group, candidates) for group, candidates in ranked]
        typer.echo(json.dumps({"asked": asked, "outcomes": body}, ensure_ascii=False, indent=2))
        return
    from hilum.cli.rank_words import describe

    typer.echo(describe(ranked, asked, top))
    if plot is not None:
        typer.echo(f"wrote {plot}")


def _option(fault: Fault) -> Fault:
    """The same fault under the name of the option it came by."""
    names = {"horizon_years": "horizon", "follow_up_months": "follow-up"}
    option = names.get(fault.column, fault.column.replace("_", "-"))
    return Fault(f"--{option}", None, option, fault.value, fault.expected)


def _treatments(wanted: list[str], found: list[Group]) -> set[str]:
    from hilum.board.treatments import treatments

    known = [one.treatment for one in treatments()]
    for name in wanted:
        if name not in known:
            expected = f"one of {', '.join(known)}"
            raise InputError(Fault("--treatment", None, "treatment", name, expected))
    there = {body.treatment for group in found for body in group.bodies}
    for name in wanted:
        if name not in there:
            message = f"{name}: no study gives a figure that could be ranked"
            raise NotEstimable(message)
    return set(wanted)


def _rank(
    found: list[Group],
    asked: dict[str, Any],
    reach: Reach,
    costs: Costs | None,
    wanted: set[str],
) -> list[tuple[Group, tuple[Candidate, ...]]]:
    import numpy as np
    from rich.console import Console
    from rich.progress import track

    from hilum.cli.rank_evidence import posterior_of
    from hilum.trials.worth import BinaryStudy, Recruitment, SurvivalStudy, rank_comparisons

    per_year, months = asked["recruit_per_year"], asked["follow_up_months"]
    ranked: list[tuple[Group, tuple[Candidate, ...]]] = []
    console = Console(stderr=True)
    for group in track(
        found, "outcomes", console=console, transient=True, disable=not console.is_terminal
    ):
        names = [body.treatment for body in group.bodies]
        pairs = [
            pair
            for pair in combinations(names, 2)
            if not wanted or (wanted <= set(pair) if len(wanted) > 1 else wanted & set(pair))
        ]
        if not pairs:
            continue
        # A seed of its own for each outcome: asking for one gives the figures of asking for all.
        place = sum(ord(letter) << (i % 24) for i, letter in enumerate(_name(group)))
        rng = np.random.default_rng([asked["seed"], place])
        known = posterior_of(
            group,
            asked["draws"],
            rng,
            bias_sd=asked["bias_sd"],
            restricted=asked["restricted_months"],
        )
        wait = max(months, group.time_months)
        study = SurvivalStudy(per_year / 24, wait) if group.months else BinaryStudy()
        candidates = rank_comparisons(
            known,
            study,
            Recruitment(per_year, asked["max_years"], wait),
            reach,
            rng,
            costs=costs,
            decision=asked["decision"],
            pairs=pairs,
        )
        ranked.append((group, candidates))
    return ranked


def _name(group: Group) -> str:
    return f"{group.outcome}/{group.population}"


def _draw(
    path: Path, ranked: list[tuple[Group, tuple[Candidate, ...]]], top: int, money: bool
) -> None:
    from hilum.cli.rank_words import label_of, title_of
    from hilum.cli.writing import write
    from hilum.plots import WorthCurve, WorthPanel, worth_svg

    panels: list[WorthPanel] = []
    for group, candidates in ranked:
        shown = candidates[:top]
        large = money and max(abs(p.net or 0.0) for one in shown for p in one.points) >= 1e6
        scale = 1e6 if large else 1.0
        unit = f"net benefit{', millions' if large else ''}" if money else group.gain
        curves = [
            WorthCurve(
                label_of(group, one),
                [
                    (float(p.patients), p.total if p.net is None else p.net / scale)
                    for p in one.points
                ],
                float(one.best.patients),
            )
            for one in shown
        ]
        panels.append(WorthPanel(title_of(group), unit, curves))
    write(worth_svg(panels).encode(), path)


def _as_object(group: Group, candidates: tuple[Candidate, ...]) -> dict[str, Any]:
    bodies = {body.treatment: body for body in group.bodies}
    return {
        "outcome": group.outcome,
        "population": group.population,
        "unit": group.gain,
        "treatments": {
            name: {
                "k": body.answer.k,
                "n": body.answer.n,
                "studies": [one.study_id for one in body.answer.studies],
                "designs": body.answer.designs,
            }
            for name, body in bodies.items()
        },
        "candidates": [
            {
                "rank": place,
                "treatments": list(one.treatments),
                "expected": list(one.expected),
                "second_better": one.better,
                "evpi": one.evpi.value,
                "evpi_mcse": one.evpi.mcse,
                "total_evpi": one.total_evpi,
                "compared_in": group.together(*one.treatments),
                "best": _point(one.best),
                "designs": [_point(point) for point in one.points],
            }
            for place, one in enumerate(candidates, start=1)
        ],
    }


def _point(point: Any) -> dict[str, Any]:
    return {
        "patients": point.patients,
        "years_to_result": point.years,
        "evsi": point.evsi.value,
        "evsi_mcse": point.evsi.mcse,
        "changes_choice": point.evsi.changes,
        "total": point.total,
        "net": point.net,
    }
