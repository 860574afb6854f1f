"""``hilum trials design reestimate``: a second stage that may grow in a promising zone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hilum.cli.trial_design import (
    P2,
    Alpha,
    Median,
    Power,
    Rate,
    Ratio,
    SurvivalRatio,
    design,
    one_of,
    survival_or,
)
from hilum.cli.trial_question import Question, survival_course, with_question
from hilum.errors import Fault, InputError

if TYPE_CHECKING:
    from hilum.trials.fixed.course import Course
    from hilum.trials.sequential.design import GroupSequential
    from hilum.trials.synopsis.record import Synopsis

BOUNDS = ("none", "OF", "P", "asOF", "asP")


@design.command("reestimate")
@with_question
def reestimate(
    question: Question,
    course: Course | None,
    hazard_ratio: SurvivalRatio = None,
    control_median: Median = None,
    p1: Rate = None,
    p2: P2 = None,
    alpha: Alpha = 0.025,
    power: Power = 0.8,
    ratio: Ratio = 1.0,
    interim: Annotated[
        float, typer.Option(help="Share of the planned information at the interim analysis.")
    ] = 0.5,
    most: Annotated[
        float, typer.Option(help="Largest size as a multiple of the planned one.")
    ] = 2.0,
    conditional_power: Annotated[
        float, typer.Option(help="Conditional power the second stage grows for.")
    ] = 0.9,
    promising_from: Annotated[
        float, typer.Option(help="Conditional power from which it may grow.")
    ] = 0.3,
    at: Annotated[
        str, typer.Option(help="Conditional power at the observed or the planned effect.")
    ] = "observed",
    kind: Annotated[
        str, typer.Option(help="Efficacy bound of the interim analysis: none, OF, P, asOF, asP.")
    ] = "none",
    futility: Annotated[
        float | None, typer.Option(help="Interim z below which the trial stops (not binding).")
    ] = None,
    interim_z: Annotated[
        float | None,
        typer.Option(help="An interim result: the synopsis then says what it decides."),
    ] = None,
) -> Synopsis:
    """Two stages, the second raised where the interim result is promising (Mehta & Pocock 2011)."""
    from hilum.trials.synopsis.reestimation import Growing, reestimation_synopsis
    from hilum.trials.synopsis.sequential import (
        sequential_proportions_synopsis,
        sequential_survival_synopsis,
    )

    survival_or(hazard_ratio, "p1", p1)
    for name, value in (("interim-z", interim_z), ("futility", futility)):
        if value is not None and not abs(value) < 10:
            raise InputError(Fault(f"--{name}", None, name, f"{value:g}", "a z statistic"))
    if not 0 < interim < 1:
        expected = "a share between 0 and 1, both excluded"
        raise InputError(Fault("--interim", None, "interim", f"{interim:g}", expected))
    fixed = one_of("at", at, ("observed", "planned")) == "planned"
    grow = Growing(most, conditional_power, promising_from, fixed, interim_z)
    plan = _two_stages(one_of("kind", kind, BOUNDS), interim, alpha, power, futility)
    if p1 is not None:
        value, basis = question.with_control("p2", p2, "proportion", single=False)
        planned = sequential_proportions_synopsis(basis, plan, p1, value, ratio=ratio)
        return reestimation_synopsis(planned, plan, grow, p1 - value)
    months = survival_course(course)
    value, basis = question.with_control("control_median", control_median, "months", single=False)
    planned = sequential_survival_synopsis(
        basis, plan, hazard_ratio or 1.0, value, months, ratio=ratio
    )
    return reestimation_synopsis(planned, plan, grow, hazard_ratio or 1.0)


def _two_stages(
    kind: str, interim: float, alpha: float, power: float, futility: float | None
) -> GroupSequential:
    """The planned design; with no bound the whole error is left for the second stage."""
    from hilum.trials.sequential.design import group_sequential

    none = kind == "none"
    return group_sequential(
        [interim, 1.0], alpha=alpha, power=power, kind="asUser" if none else kind,
        user_alpha_spent=(0.0, alpha) if none else None,
        futility=None if futility is None else [futility],
    )  # fmt: skip
