"""``hilum trials rank``: which comparison is worth a trial, and how large a one."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hilum.cli.tongue import Language, language_of, words_of
from hilum.errors import Fault, InputError, NotEstimable, joined, phrased

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from hilum.cli.progress import Step
    from hilum.cli.rank_words import Ranked
    from hilum.language import Words
    from hilum.sheet.comparable import Group
    from hilum.sheet.worth import Drawn
    from hilum.trials.worth import Candidate, Costs, Reach

PANEL_CURVES = 5
# Of the bar's part for one outcome, what the fit takes; the rest is the ranking itself.
FIT_SHARE = 0.8


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
    model: Annotated[
        str,
        typer.Option(
            help="joint: draws from the joint model where it can be fitted, else pooled; or pooled."
        ),
    ] = "joint",
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
        typer.Option(help="Pooled draws only: what series may hide, sd of log odds or log time."),
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
    language: Language = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Rank comparisons by what the best trial that can be recruited would be worth."""
    from hilum.evidence import Population, read_evidence
    from hilum.sheet.comparable import GAINS, comparable
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
    faults += [
        Fault(f"--{name}", None, name, value, phrased("one of {known}", known=", ".join(known)))
        for name, value, known in (
            ("decision", decision, ("pair", "all")),
            ("model", model, ("joint", "pooled")),
        )
        if value not in known
    ]
    try:
        language_of(language)
    except InputError as error:
        faults += error.faults
    if (per_unit is not None or fixed_cost or cost_per_patient) and outcome is None:
        faults.append(Fault("--outcome", None, "outcome", "none", "one outcome, with money"))
    if per_unit is None and (fixed_cost or cost_per_patient):
        faults.append(Fault("--per-unit", None, "per_unit", "none", "a worth, with costs"))
    if plot is not None and plot.suffix.lower() != ".svg":
        faults.append(Fault("--plot", None, "plot", plot.name, "a file name that ends in .svg"))
    if faults:
        raise InputError(*faults)
    outcomes = _chosen("outcome", outcome, tuple(GAINS))
    populations = _chosen("population", population, tuple(one.value for one in Population))
    try:
        reach = Reach(patients_per_year, horizon, discount)
        costs = None if per_unit is None else Costs(per_unit, fixed_cost, cost_per_patient)
        Recruitment(recruit_per_year, max_years, follow_up)
    except InputError as error:
        raise InputError(*(_option(fault) for fault in error.faults)) from None
    found = comparable(read_evidence(tables), outcomes, populations)
    wanted = _treatments(treatment or [], found)
    asked = {
        "model": model,
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
    ranked, failed = _rank(found, asked, reach, costs, wanted)
    if not ranked:
        message = "no outcome has two treatments with a figure in one population"
        raise NotEstimable(joined(failed) if failed else message)
    tongue = words_of(language)
    if plot is not None:
        _draw(plot, ranked, min(top, PANEL_CURVES), costs is not None, tongue)
    if as_json:
        from hilum.cli.rank_object import as_object

        body = [as_object(one) for one in ranked]
        out = {"asked": asked, "outcomes": body, "not_ranked": failed}
        typer.echo(json.dumps(out, ensure_ascii=False, indent=2))
        return
    from hilum.cli.rank_words import describe

    typer.echo(describe(ranked, asked, top, tongue))
    for message in failed:
        typer.echo(f"{tongue('Not ranked:')} {message}")
    if plot is not None:
        typer.echo(f"{tongue('Written:')} {plot}")


def _chosen(option: str, value: str | None, known: tuple[str, ...]) -> tuple[str, ...]:
    """The one named, or all of them.

    Raises
    ------
    InputError
        A name that is not known.
    """
    if value is None:
        return known
    if value not in known:
        wanted = phrased("one of {known}", known=", ".join(known))
        raise InputError(Fault(f"--{option}", None, option, value, wanted))
    return (value,)


def _option(fault: Fault) -> Fault:
    """The same fault under the name of the option it came by."""
    names = {"horizon_years": "horizon", "follow_up_months": "follow-up"}
    option = names.get(fault.column, fault.column.replace("_", "-"))
    return Fault(f"--{option}", None, option, fault.value, fault.expected)


def _treatments(wanted: list[str], found: list[Group]) -> set[str]:
    from hilum.sheet.treatments import treatments

    known = [one.treatment for one in treatments()]
    for name in wanted:
        if name not in known:
            expected = phrased("one of {known}", known=", ".join(known))
            raise InputError(Fault("--treatment", None, "treatment", name, expected))
    there = {name for group in found for name in group.treatments}
    for name in wanted:
        if name not in there:
            message = phrased("{name}: no study gives a figure that could be ranked", name=name)
            raise NotEstimable(message)
    return set(wanted)


def _rank(
    found: list[Group],
    asked: dict[str, Any],
    reach: Reach,
    costs: Costs | None,
    wanted: set[str],
) -> tuple[list[Ranked], list[str]]:
    """Every group that holds a wanted pair, and why others could not be ranked."""
    from hilum.cli.progress import progress

    needed = [group for group in found if _pairs(_names(group, asked["model"]), wanted)]
    ranked: list[Ranked] = []
    failed: list[str] = []
    with progress("", len(needed)) as step:
        for group in needed:
            step(0.0, group.name)
            try:
                one = _rank_group(group, asked, reach, costs, wanted, step)
            except NotEstimable as error:
                failed.append(error.sentence)
            else:
                if one is not None:
                    ranked.append(one)
    return ranked, failed


def _names(group: Group, model: str) -> list[str]:
    """Treatments that the model would rank, before it is known whether it can be fitted."""
    bodies = group.joint if model == "joint" and len(group.joint) > 1 else group.pooled
    return [body.treatment for body in bodies]


def _pairs(names: Sequence[str], wanted: set[str]) -> list[tuple[str, str]]:
    return [
        pair
        for pair in combinations(names, 2)
        if not wanted or (wanted <= set(pair) if len(wanted) > 1 else wanted & set(pair))
    ]


def _rank_group(
    group: Group,
    asked: dict[str, Any],
    reach: Reach,
    costs: Costs | None,
    wanted: set[str],
    step: Step,
) -> Ranked | None:
    import numpy as np

    from hilum.cli.rank_words import Ranked
    from hilum.sheet.worth import carried, worth_draws, worth_knowing

    # A seed of its own for each outcome: asking for one gives the figures of asking for all.
    place = sum(ord(letter) << (i % 24) for i, letter in enumerate(group.name))
    rng = np.random.default_rng([asked["seed"], place])
    told = 0.0

    def tell(done: int, total: int) -> None:
        # A second, more careful run of the fit starts from 0: the bar waits for it.
        nonlocal told
        share = FIT_SHARE * done / total
        step(max(0.0, share - told))
        told = max(told, share)

    drawn = worth_draws(
        group,
        asked["draws"],
        rng,
        model=asked["model"],
        bias_sd=asked["bias_sd"],
        restricted=asked["restricted_months"],
        seed=asked["seed"],
        progress=tell,
    )
    pairs = _pairs(drawn.posterior.treatments, wanted)
    candidates = _candidates(drawn, pairs, asked, reach, costs, rng) if pairs else ()
    step(1.0 - told)
    if not candidates:
        return None
    each = carried(drawn, [one.treatments for one in candidates])
    knowing = worth_knowing(drawn, candidates[0].treatments, asked["decision"])
    return Ranked(drawn, candidates, each, knowing)


def _candidates(
    drawn: Drawn,
    pairs: list[tuple[str, str]],
    asked: dict[str, Any],
    reach: Reach,
    costs: Costs | None,
    rng: np.random.Generator,
) -> tuple[Candidate, ...]:
    from hilum.trials.worth import BinaryStudy, Recruitment, SurvivalStudy, rank_comparisons

    per_year, group = asked["recruit_per_year"], drawn.group
    wait = max(asked["follow_up_months"], group.time_months)
    return rank_comparisons(
        drawn.posterior,
        SurvivalStudy(per_year / 24, wait) if group.months else BinaryStudy(),
        Recruitment(per_year, asked["max_years"], wait),
        reach,
        rng,
        costs=costs,
        decision=asked["decision"],
        pairs=pairs,
    )


def _draw(path: Path, ranked: list[Ranked], top: int, money: bool, words: Words) -> None:
    from hilum.cli.rank_words import label_of, title_of
    from hilum.cli.writing import write
    from hilum.plots import WorthCurve, WorthPanel, worth_svg

    panels: list[WorthPanel] = []
    for one in ranked:
        shown = one.candidates[:top]
        large = money and max(abs(p.net or 0.0) for c in shown for p in c.points) >= 1e6
        scale = 1e6 if large else 1.0
        unit = words(one.group.gain)
        if money:
            unit = words("net benefit, millions") if large else words("net benefit")
        curves = [
            WorthCurve(
                label_of(one, candidate, words),
                [
                    (float(p.patients), p.total if p.net is None else p.net / scale)
                    for p in candidate.points
                ],
                float(candidate.best.patients),
            )
            for candidate in shown
        ]
        panels.append(WorthPanel(title_of(one.group, words), unit, curves))
    title, axis = words("Worth of a trial by its size"), words("patients in the trial")
    write(worth_svg(panels, title=title, axis=axis).encode(), path)
