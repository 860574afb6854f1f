"""``hilum trials design multi-arm-survival``: treatments dropped on an intermediate outcome."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from hilum.cli.trial_design import DropOut, DropOutTime, HazardRatio, Median, design
from hilum.cli.trial_question import Question, numbers, with_question
from hilum.errors import Fault, InputError

if TYPE_CHECKING:
    from hilum.trials.synopsis.record import Assumption, Synopsis


@design.command("multi-arm-survival")
@with_question
def multi_arm_survival(
    question: Question,
    arms: Annotated[int, typer.Option(help="Treatments besides the control.")],
    hazard_ratio: HazardRatio,
    accrual: Annotated[float, typer.Option(help="Patients a month, all groups together.")],
    control_median: Median = None,
    intermediate_ratio: Annotated[
        float | None, typer.Option(help="Hazard ratio hoped for on the intermediate outcome.")
    ] = None,
    intermediate_median: Annotated[
        float | None, typer.Option(help="Its control median; without one, one outcome throughout.")
    ] = None,
    intermediate_outcome: Annotated[
        str | None,
        typer.Option(help="Its name; with --control-from-evidence its median comes from there."),
    ] = None,
    alphas: Annotated[str, typer.Option(help="One-sided level of each stage.")] = "0.5 0.25 0.025",
    powers: Annotated[str, typer.Option(help="Power of each stage.")] = "0.95 0.95 0.9",
    correlation: Annotated[
        float, typer.Option(help="Of the log hazard ratios on both outcomes at one time.")
    ] = 0.6,
    ratio: Annotated[float, typer.Option(help="Controls for a patient of each treatment.")] = 1.0,
    recruiting: Annotated[
        str | None,
        typer.Option(help='Treatments expected to recruit in each stage: "3 2 1"; all if omitted.'),
    ] = None,
    stop_accrual: Annotated[
        float | None, typer.Option(help="Month at which recruitment ends, in the last stage.")
    ] = None,
    drop_out: DropOut = 0.0,
    drop_out_time: DropOutTime = 12.0,
    family_wise: Annotated[
        float | None,
        typer.Option(help="Level of all comparisons together; sets the last of --alphas."),
    ] = None,
) -> Synopsis:
    """Multi-arm multi-stage trial with times to events (Royston, Parmar & Qian 2003)."""
    from hilum.trials.sequential.survival_arms import survival_arms
    from hilum.trials.synopsis.arms import survival_arms_synopsis

    value, basis = question.with_control("control_median", control_median, "months", single=False)
    first, also = _intermediate(question, intermediate_outcome, intermediate_median)
    plan = survival_arms(
        arms, hazard_ratio, value, accrual,
        alphas=numbers("alphas", alphas) or (), powers=numbers("powers", powers) or (),
        intermediate_ratio=intermediate_ratio, intermediate_median=first, correlation=correlation,
        ratio=ratio, recruiting=_whole(recruiting), stop_accrual=stop_accrual, drop_out=drop_out,
        drop_out_time=drop_out_time, family_wise=family_wise,
    )  # fmt: skip
    return survival_arms_synopsis(
        replace(basis, found=(*basis.found, *also)), plan, intermediate=intermediate_outcome,
        drop_out=drop_out, drop_out_time=drop_out_time,
    )  # fmt: skip


def _intermediate(
    question: Question, outcome: str | None, median: float | None
) -> tuple[float | None, tuple[Assumption, ...]]:
    """The control's median of the intermediate outcome, as given or as pooled."""
    if median is not None or outcome is None or question.control_from_evidence is None:
        if outcome is not None and median is None:
            expected = "months, or --control-from-evidence TREATMENT"
            raise InputError(
                Fault("--intermediate-median", None, "intermediate_median", "", expected)
            )
        return median, ()
    from hilum.sheet.assumptions import answer_for, assumption

    answer = answer_for(question.record(), question.control_from_evidence, outcome)
    if answer.unit != "months":
        expected = "an outcome measured as months for this design"
        raise InputError(
            Fault("--intermediate-outcome", None, "intermediate_outcome", outcome, expected)
        )
    one = assumption(answer, "intermediate_median", question.control_from_evidence)
    return one.value, (one,)


def _whole(text: str | None) -> list[int] | None:
    values = numbers("recruiting", text)
    if values is None:
        return None
    for value in values:
        if value != round(value):
            raise InputError(
                Fault("--recruiting", None, "recruiting", f"{value:g}", "whole numbers")
            )
    return [round(value) for value in values]
