"""``hilum trials design``: designs with interim analyses, or several arms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hilum.cli.trial_design import (
    P1,
    P2,
    Alpha,
    EffectSd,
    Median,
    Power,
    Rate,
    Ratio,
    Sided,
    SurvivalRatio,
    check_effect_sd,
    design,
    one_of,
    survival_or,
)
from hilum.cli.trial_question import Question, numbers, survival_course, with_question
from hilum.errors import Fault, InputError, phrased

if TYPE_CHECKING:
    from hilum.trials.fixed.course import Course
    from hilum.trials.synopsis.record import Synopsis


@design.command("sequential")
@with_question
def sequential(
    question: Question,
    course: Course | None,
    hazard_ratio: SurvivalRatio = None,
    control_median: Median = None,
    p1: Rate = None,
    p2: P2 = None,
    alpha: Alpha = 0.025,
    power: Power = 0.8,
    sided: Sided = 1,
    ratio: Ratio = 1.0,
    kind: Annotated[
        str,
        typer.Option(
            help="Bounds: OF, P, WT, or spending asOF, asP (Lan-DeMets), asHSD "
            "(Hwang-Shih-DeCani), asKD (Kim-DeMets)."
        ),
    ] = "asOF",
    parameter: Annotated[
        float | None, typer.Option(help="delta of WT, gamma of asHSD, rho of asKD.")
    ] = None,
    stages: Annotated[int, typer.Option(help="Equally spaced analyses.")] = 3,
    information_rates: Annotated[
        str | None, typer.Option(help='Shares of the information instead: "0.4 0.7 1".')
    ] = None,
    futility: Annotated[
        str | None,
        typer.Option(help='Beta spending (asOF, asP, asHSD, asKD) or z bounds: "0 0.5".'),
    ] = None,
    futility_parameter: Annotated[
        float | None, typer.Option(help="gamma or rho of the beta spending.")
    ] = None,
    binding: Annotated[
        bool, typer.Option("--binding", help="Futility bounds are binding.")
    ] = False,
    effect_sd: EffectSd = None,
) -> Synopsis:
    """Group sequential trial: survival (--hazard-ratio) or proportions (--p1)."""
    from hilum.trials.sequential.design import KINDS, group_sequential
    from hilum.trials.sequential.spending import FAMILIES
    from hilum.trials.synopsis.sequential import (
        sequential_proportions_synopsis,
        sequential_survival_synopsis,
    )

    survival_or(hazard_ratio, "p1", p1)
    check_effect_sd(effect_sd, survival=p1 is None)
    chosen = one_of("kind", kind, tuple(name for name in KINDS if name != "asUser"))
    bounds = futility if futility in FAMILIES else numbers("futility", futility)
    plan = group_sequential(
        numbers("information-rates", information_rates), stages=stages, alpha=alpha, power=power,
        kind=chosen, parameter=parameter, sided=sided, futility=bounds,
        futility_parameter=futility_parameter, binding=binding,
    )  # fmt: skip
    if p1 is not None:
        value, basis = question.with_control("p2", p2, "proportion", single=False)
        return sequential_proportions_synopsis(basis, plan, p1, value, ratio=ratio)
    months = survival_course(course)
    value, basis = question.with_control("control_median", control_median, "months", single=False)
    return sequential_survival_synopsis(
        basis, plan, hazard_ratio or 1.0, value, months, ratio=ratio, effect_sd=effect_sd
    )


@design.command("multi-arm")
@with_question
def multi_arm(
    question: Question,
    arms: Annotated[int, typer.Option(help="Treatments besides the control.")],
    p1: P1,
    p2: P2 = None,
    uninteresting: Annotated[
        float | None, typer.Option(help="Rate of the other treatments; the control's if omitted.")
    ] = None,
    stages: Annotated[int, typer.Option(help="Analyses, 1 to 3.")] = 2,
    shape: Annotated[str, typer.Option(help="OF or P.")] = "OF",
    futility: Annotated[float | None, typer.Option(help="z below which an arm is dropped.")] = 0.0,
    alpha: Alpha = 0.025,
    power: Power = 0.8,
    ratio: Annotated[float, typer.Option(help="Control to treatment patients.")] = 1.0,
) -> Synopsis:
    """Multi-arm multi-stage trial with a common control (Dunnett; Magirr, Jaki & Whitehead)."""
    from hilum.trials.synopsis.sequential import multi_arm_synopsis

    value, basis = question.with_control("p2", p2, "proportion", single=False)
    return multi_arm_synopsis(
        basis, arms, p1, value, uninteresting=uninteresting, stages=stages, alpha=alpha,
        power=power, shape=shape, futility=futility, ratio=ratio,
    )  # fmt: skip


@design.command("platform")
@with_question
def platform(
    question: Question,
    arms: Annotated[int, typer.Option(help="Treatments besides the control.")],
    p1: P1,
    p2: P2 = None,
    n_max: Annotated[int, typer.Option(help="Patients in all.")] = 200,
    burn_in: Annotated[int, typer.Option(help="Patients of each arm before adapting.")] = 10,
    batch: Annotated[int, typer.Option(help="Patients between analyses.")] = 10,
    drop_below: Annotated[float, typer.Option(help="Probability below which an arm goes.")] = 0.05,
    graduate_above: Annotated[float, typer.Option(help="Above which it graduates.")] = 0.975,
    margin: Annotated[float, typer.Option(help="Difference that counts as better.")] = 0.0,
    adapt: Annotated[
        float, typer.Option(help="Allocation by P(best) to this power; 0 is equal.")
    ] = 1.0,
    simulate: Annotated[
        int | None,
        typer.Option(help="Simulate so many trials of each truth for error rates and power."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the simulation.")] = 1,
) -> Synopsis:
    """Rules of a Bayesian platform trial; --simulate gives their error rates and power."""
    from hilum.trials.sequential.platform import PlatformRules
    from hilum.trials.synopsis.sequential import platform_synopsis

    value, basis = question.with_control("p2", p2, "proportion", single=False)
    rules = PlatformRules(
        arms, burn_in=burn_in, batch=batch, n_max=n_max, drop_below=drop_below,
        graduate_above=graduate_above, margin=margin, power=adapt,
    )  # fmt: skip
    for name, one, low in (("simulate", simulate, 2), ("seed", seed, 0)):
        if one is not None and one < low:
            raise InputError(
                Fault(f"--{name}", None, name, str(one), phrased("{low} or more", low=low))
            )
    made = None
    if simulate is not None:
        from hilum.trials.simulation.platform_rules import rules_truths

        for name, rate in (("p1", p1), ("p2", value)):
            if not 0 < rate < 1:
                raise InputError(Fault(f"--{name}", None, name, f"{rate:g}", "a rate from 0 to 1"))
        made = rules_truths(rules, value, p1, simulate, seed)
    return platform_synopsis(basis, rules, value, p1, simulated=made)
