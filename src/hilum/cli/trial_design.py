"""``hilum trials design``: one command a kind of design; each ends in a synopsis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from hilum.cli.trial_question import Question, numbers, with_question
from hilum.errors import Fault, InputError

if TYPE_CHECKING:
    from hilum.trials.fixed.survival import Course
    from hilum.trials.synopsis.record import Synopsis

design = typer.Typer(
    no_args_is_help=True,
    help="Size a trial and write its synopsis (HTML, DOCX, PDF, JSON). Alpha is one-sided unless "
    "--sided 2 is given; times are months.",
)

P0 = Annotated[float | None, typer.Option(help="Uninteresting rate; or from the evidence.")]
P1 = Annotated[float, typer.Option(help="Rate hoped for.")]
P2 = Annotated[float | None, typer.Option(help="Control rate; or from the evidence.")]
Alpha = Annotated[float, typer.Option(help="Type I error.")]
Power = Annotated[float, typer.Option(help="Power.")]
Sided = Annotated[int, typer.Option(help="1 or 2.")]
Ratio = Annotated[float, typer.Option(help="Treatment to control patients.")]
Accrual = Annotated[float, typer.Option(help="Months of accrual.")]
FollowUp = Annotated[float, typer.Option(help="Months of follow-up after the last patient.")]
DropOut = Annotated[float, typer.Option(help="Share lost by --drop-out-time, from 0 to 1.")]
DropOutTime = Annotated[float, typer.Option(help="Months by which that share is lost.")]
HazardRatio = Annotated[float, typer.Option(help="Hazard ratio hoped for.")]
Median = Annotated[float | None, typer.Option(help="Control median; or from the evidence.")]
Hypothesis = Annotated[str, typer.Option(help="superiority, noninferiority or equivalence.")]
Margin = Annotated[float | None, typer.Option(help="Margin of the last two.")]


def course_of(accrual: float, follow_up: float, drop_out: float, drop_out_time: float) -> Course:
    """Accrual and follow-up as the designs take them."""
    from hilum.trials.fixed.survival import Course

    return Course(accrual, follow_up, drop_out, drop_out_time)


def one_of(option: str, value: str, known: tuple[str, ...]) -> Any:
    """A value of a closed list, typed as its literals are."""
    if value not in known:
        expected = f"one of {', '.join(known)}"
        raise InputError(Fault(f"--{option}", None, option, value, expected))
    return value


@design.command("simon")
@with_question
def simon(
    question: Question,
    p1: P1,
    p0: P0 = None,
    alpha: Alpha = 0.05,
    power: Power = 0.8,
    variant: Annotated[str, typer.Option(help="optimal or minimax.")] = "optimal",
) -> Synopsis:
    """Two-stage single-arm trial: optimal, minimax and admissible (Simon 1989)."""
    from hilum.trials.synopsis.one_group import simon_synopsis

    chosen = one_of("variant", variant, ("optimal", "minimax"))
    value, found = question.control_value("p0", p0, "proportion")
    return simon_synopsis(
        question.pico(single=True), value, p1, alpha=alpha, power=power, variant=chosen,
        found=found, why=question.why(),
    )  # fmt: skip


@design.command("single-stage")
@with_question
def single_stage(
    question: Question, p1: P1, p0: P0 = None, alpha: Alpha = 0.05, power: Power = 0.8
) -> Synopsis:
    """Exact single-arm trial in one stage (A'Hern 2001)."""
    from hilum.trials.synopsis.one_group import stages_synopsis

    value, found = question.control_value("p0", p0, "proportion")
    return stages_synopsis(
        question.pico(single=True), value, p1, alpha=alpha, power=power, found=found,
        why=question.why(),
    )  # fmt: skip


@design.command("fleming")
@with_question
def fleming(
    question: Question,
    p1: P1,
    p0: P0 = None,
    alpha: Alpha = 0.05,
    power: Power = 0.8,
    stages: Annotated[int, typer.Option(help="Number of equal stages.")] = 2,
    n: Annotated[str | None, typer.Option(help='Patients at each analysis: "15 25 40".')] = None,
) -> Synopsis:
    """Multi-stage single-arm trial stopping both ways (Fleming 1982)."""
    from hilum.trials.synopsis.one_group import stages_synopsis

    value, found = question.control_value("p0", p0, "proportion")
    sizes = numbers("n", n)
    if sizes is not None and any(size != round(size) for size in sizes):
        raise InputError(Fault("--n", None, "n", n or "", "whole numbers"))
    return stages_synopsis(
        question.pico(single=True), value, p1, alpha=alpha, power=power, method="fleming",
        stages=stages, n=None if sizes is None else [round(size) for size in sizes],
        found=found, why=question.why(),
    )  # fmt: skip


@design.command("bayesian")
@with_question
def bayesian(
    question: Question,
    p1: P1,
    p0: P0 = None,
    alpha: Alpha = 0.1,
    power: Power = 0.9,
    prior: Annotated[
        str | None, typer.Option(help='Beta prior "a b"; p0 and 1 - p0 when omitted.')
    ] = None,
    first: Annotated[int, typer.Option(help="Patients before the first look.")] = 10,
    cohort: Annotated[int, typer.Option(help="Patients between looks.")] = 5,
    n_max: Annotated[int | None, typer.Option(help="Maximum; searched for when omitted.")] = None,
) -> Synopsis:
    """Single-arm trial monitored by predictive probability (Lee & Liu 2008)."""
    from hilum.trials.borrowing.mixture import BetaMixture
    from hilum.trials.synopsis.one_group import bayesian_synopsis

    value, found = question.control_value("p0", p0, "proportion")
    shapes = numbers("prior", prior)
    if shapes is not None and (len(shapes) != 2 or not min(shapes) > 0):
        raise InputError(Fault("--prior", None, "prior", prior or "", "two numbers above 0"))
    return bayesian_synopsis(
        question.pico(single=True), value, p1, alpha=alpha, power=power,
        prior=None if shapes is None else BetaMixture((1.0,), (shapes[0],), (shapes[1],)),
        first=first, cohort=cohort, n_max=n_max, found=found, why=question.why(),
    )  # fmt: skip


@design.command("landmark")
@with_question
def landmark(
    question: Question,
    s1: Annotated[float, typer.Option(help="Share hoped for at the landmark.")],
    time: Annotated[float, typer.Option(help="Landmark, months.")],
    accrual: Accrual,
    follow_up: FollowUp,
    s0: Annotated[
        float | None, typer.Option(help="Uninteresting share; or from the evidence.")
    ] = None,
    drop_out: DropOut = 0.0,
    drop_out_time: DropOutTime = 12.0,
    alpha: Alpha = 0.05,
    power: Power = 0.8,
) -> Synopsis:
    """Single-arm trial of survival at a landmark (Kaplan-Meier)."""
    from hilum.trials.synopsis.one_group import landmark_synopsis

    value, found = question.control_value("s0", s0, "proportion")
    if question.control_from_evidence and question.answer().time_months != time:
        at = question.answer().time_months
        expected = f"the time of the outcome ({'none' if at is None else f'{at:g}'})"
        raise InputError(Fault("--time", None, "time", f"{time:g}", expected))
    course = course_of(accrual, follow_up, drop_out, drop_out_time)
    return landmark_synopsis(
        question.pico(single=True), value, s1, time, course, alpha=alpha, power=power,
        found=found, why=question.why(),
    )  # fmt: skip


@design.command("one-sample-logrank")
@with_question
def one_sample_logrank(
    question: Question,
    hazard_ratio: HazardRatio,
    accrual: Accrual,
    follow_up: FollowUp,
    control_median: Median = None,
    drop_out: DropOut = 0.0,
    drop_out_time: DropOutTime = 12.0,
    alpha: Alpha = 0.05,
    power: Power = 0.8,
) -> Synopsis:
    """Single-arm trial of survival against a known curve (Wu 2015)."""
    from hilum.trials.synopsis.one_group import logrank_synopsis

    value, found = question.control_value("control_median", control_median, "months")
    course = course_of(accrual, follow_up, drop_out, drop_out_time)
    return logrank_synopsis(
        question.pico(single=True), hazard_ratio, value, course, alpha=alpha, power=power,
        found=found, why=question.why(),
    )  # fmt: skip


@design.command("two-proportions")
@with_question
def two_proportions(
    question: Question,
    p1: P1,
    p2: P2 = None,
    alpha: Alpha = 0.025,
    power: Power = 0.8,
    sided: Sided = 1,
    ratio: Ratio = 1.0,
    method: Annotated[
        str,
        typer.Option(
            help="boschloo, z-pooled (exact, unconditional), fisher (exact, conditional), normal, "
            "normal-unpooled, continuity."
        ),
    ] = "boschloo",
    hypothesis: Hypothesis = "superiority",
    margin: Margin = None,
) -> Synopsis:
    """Randomised trial of two proportions."""
    from hilum.trials.synopsis.two_groups import HYPOTHESES, two_proportions_synopsis

    chosen = one_of("hypothesis", hypothesis, HYPOTHESES)
    value, found = question.control_value("p2", p2, "proportion")
    return two_proportions_synopsis(
        question.pico(single=False), p1, value, alpha=alpha, power=power, sided=sided, ratio=ratio,
        method=method, hypothesis=chosen, margin=margin, found=found, why=question.why(),
    )  # fmt: skip


@design.command("means")
@with_question
def means(
    question: Question,
    difference: Annotated[float, typer.Option(help="Difference hoped for.")],
    sd: Annotated[float, typer.Option(help="Standard deviation.")],
    alpha: Alpha = 0.025,
    power: Power = 0.8,
    sided: Sided = 1,
    ratio: Ratio = 1.0,
    hypothesis: Hypothesis = "superiority",
    margin: Margin = None,
) -> Synopsis:
    """Randomised trial of two means (t test)."""
    from hilum.trials.synopsis.two_groups import HYPOTHESES, means_synopsis

    chosen = one_of("hypothesis", hypothesis, HYPOTHESES)
    return means_synopsis(
        question.pico(single=False), difference, sd, alpha=alpha, power=power, sided=sided,
        ratio=ratio, hypothesis=chosen, margin=margin, why=question.why(),
    )  # fmt: skip


@design.command("survival")
@with_question
def survival(
    question: Question,
    hazard_ratio: HazardRatio,
    accrual: Accrual,
    follow_up: FollowUp,
    control_median: Median = None,
    drop_out: DropOut = 0.0,
    drop_out_time: DropOutTime = 12.0,
    alpha: Alpha = 0.025,
    power: Power = 0.8,
    sided: Sided = 1,
    ratio: Ratio = 1.0,
    method: Annotated[str, typer.Option(help="schoenfeld, freedman or lakatos.")] = "schoenfeld",
    margin: Annotated[
        float | None, typer.Option(help="Hazard ratio not to be exceeded: non-inferiority.")
    ] = None,
) -> Synopsis:
    """Randomised trial of time to an event (log-rank test)."""
    from hilum.trials.fixed.survival import METHODS
    from hilum.trials.synopsis.two_groups import survival_synopsis

    chosen = one_of("method", method, METHODS)
    if margin is not None and not margin > 1:
        raise InputError(Fault("--margin", None, "margin", f"{margin:g}", "a ratio above 1"))
    value, found = question.control_value("control_median", control_median, "months")
    course = course_of(accrual, follow_up, drop_out, drop_out_time)
    return survival_synopsis(
        question.pico(single=False), hazard_ratio, value, course, alpha=alpha, power=power,
        sided=sided, ratio=ratio, method=chosen, margin=margin, found=found, why=question.why(),
    )  # fmt: skip
