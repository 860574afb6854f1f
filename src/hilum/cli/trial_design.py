"""``hilum trials design``: one command a kind of design; each ends in a synopsis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from hilum.cli.trial_question import Question, numbers, with_question
from hilum.errors import Fault, InputError, phrased

if TYPE_CHECKING:
    from hilum.trials.fixed.course import Course
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
DropOut = Annotated[float, typer.Option(help="Share lost by --drop-out-time, from 0 to 1.")]
DropOutTime = Annotated[float, typer.Option(help="Months by which that share is lost.")]
HazardRatio = Annotated[float, typer.Option(help="Hazard ratio hoped for.")]
# Of designs for survival or proportions, whichever is given.
SurvivalRatio = Annotated[float | None, typer.Option(help="Hazard ratio hoped for (survival).")]
Rate = Annotated[float | None, typer.Option(help="Rate hoped for (proportions).")]
Median = Annotated[float | None, typer.Option(help="Control median; or from the evidence.")]
Hypothesis = Annotated[str, typer.Option(help="superiority, noninferiority or equivalence.")]
Margin = Annotated[float | None, typer.Option(help="Margin of the last two.")]

EffectSd = Annotated[
    float | None,
    typer.Option(
        help="Standard deviation of what is believed of the log hazard (odds) ratio: the "
        "synopsis then says the assurance."
    ),
]


def check_effect_sd(effect_sd: float | None, *, survival: bool = True) -> None:
    """Refuse a spread that is none, or one where no hazard ratio is believed in."""
    if effect_sd is None:
        return
    expected = "a standard deviation above 0" if survival else "none, but for survival"
    if not survival or not 0 < effect_sd < 100:
        raise InputError(Fault("--effect-sd", None, "effect_sd", f"{effect_sd:g}", expected))


def survival_or(hazard_ratio: float | None, option: str, other: float | None) -> None:
    """Refuse both ``--hazard-ratio`` and its counterpart of proportions, and neither."""
    if (hazard_ratio is None) == (other is None):
        shown = "" if other is None else f"{other:g}"
        expected = phrased("either this or --{option}, not both", option=option)
        raise InputError(Fault("--hazard-ratio", None, "hazard_ratio", shown, expected))


def one_of(option: str, value: str, known: tuple[str, ...]) -> Any:
    """A value of a closed list, typed as its literals are."""
    if value not in known:
        expected = phrased("one of {known}", known=", ".join(known))
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
    value, basis = question.with_control("p0", p0, "proportion", single=True)
    return simon_synopsis(basis, value, p1, alpha=alpha, power=power, variant=chosen)


@design.command("single-stage")
@with_question
def single_stage(
    question: Question,
    p1: P1,
    p0: P0 = None,
    alpha: Alpha = 0.05,
    power: Power = 0.8,
    method: Annotated[str, typer.Option(help="exact, or normal (approximation).")] = "exact",
) -> Synopsis:
    """Single-arm trial in one stage: exact (A'Hern 2001) or normal (Fleming 1982)."""
    from hilum.trials.synopsis.one_group import stages_synopsis

    exact = one_of("method", method, ("exact", "normal")) == "exact"

    value, basis = question.with_control("p0", p0, "proportion", single=True)
    return stages_synopsis(
        basis, value, p1, alpha=alpha, power=power,
        method="single-stage" if exact else "single-stage-normal",
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

    value, basis = question.with_control("p0", p0, "proportion", single=True)
    sizes = numbers("n", n)
    if sizes is not None and any(size != round(size) for size in sizes):
        raise InputError(Fault("--n", None, "n", n or "", "whole numbers"))
    return stages_synopsis(
        basis,
        value,
        p1,
        alpha=alpha,
        power=power,
        method="fleming",
        stages=stages,
        n=None if sizes is None else [round(size) for size in sizes],
    )


@design.command("bayesian")
@with_question
def bayesian(
    question: Question,
    p1: P1,
    p0: P0 = None,
    alpha: Alpha = 0.1,
    power: Power = 0.9,
    by: Annotated[
        str,
        typer.Option(help="predictive (Lee & Liu 2008) or posterior (Thall & Simon 1994)."),
    ] = "predictive",
    prior: Annotated[
        str | None, typer.Option(help='Beta prior "a b"; p0 and 1 - p0 when omitted.')
    ] = None,
    first: Annotated[int, typer.Option(help="Patients before the first look.")] = 10,
    cohort: Annotated[int, typer.Option(help="Patients between looks.")] = 5,
    n_max: Annotated[int | None, typer.Option(help="Maximum; searched for when omitted.")] = None,
) -> Synopsis:
    """Single-arm trial monitored by predictive or posterior probability."""
    from hilum.trials.borrowing.mixture import BetaMixture
    from hilum.trials.synopsis.one_group import bayesian_synopsis

    value, basis = question.with_control("p0", p0, "proportion", single=True)
    rule = one_of("by", by, ("predictive", "posterior"))
    shapes = numbers("prior", prior)
    if shapes is not None and (len(shapes) != 2 or not min(shapes) > 0):
        raise InputError(Fault("--prior", None, "prior", prior or "", "two numbers above 0"))
    return bayesian_synopsis(
        basis,
        value,
        p1,
        alpha=alpha,
        power=power,
        prior=None if shapes is None else BetaMixture((1.0,), (shapes[0],), (shapes[1],)),
        by=rule,
        first=first,
        cohort=cohort,
        n_max=n_max,
    )


@design.command("landmark")
@with_question
def landmark(
    question: Question,
    s1: Annotated[float, typer.Option(help="Share hoped for at the landmark.")],
    time: Annotated[float, typer.Option(help="Landmark, months.")],
    course: Course,
    s0: Annotated[
        float | None, typer.Option(help="Uninteresting share; or from the evidence.")
    ] = None,
    alpha: Alpha = 0.05,
    power: Power = 0.8,
) -> Synopsis:
    """Single-arm trial of survival at a landmark (Kaplan-Meier)."""
    from hilum.trials.synopsis.one_group import landmark_synopsis

    value, basis = question.with_control("s0", s0, "proportion", single=True)
    if question.control_from_evidence and question.answer().time_months != time:
        at = question.answer().time_months
        expected = phrased("the time of the outcome ({at})", at="none" if at is None else f"{at:g}")
        raise InputError(Fault("--time", None, "time", f"{time:g}", expected))
    return landmark_synopsis(basis, value, s1, time, course, alpha=alpha, power=power)


@design.command("one-sample-logrank")
@with_question
def one_sample_logrank(
    question: Question,
    hazard_ratio: HazardRatio,
    course: Course,
    control_median: Median = None,
    alpha: Alpha = 0.05,
    power: Power = 0.8,
) -> Synopsis:
    """Single-arm trial of survival against a known curve (Wu 2015)."""
    from hilum.trials.synopsis.one_group import logrank_synopsis

    value, basis = question.with_control("control_median", control_median, "months", single=True)
    return logrank_synopsis(basis, hazard_ratio, value, course, alpha=alpha, power=power)


@design.command("one-mean")
@with_question
def one_mean(
    question: Question,
    difference: Annotated[float, typer.Option(help="Mean, or mean difference, hoped for.")],
    sd: Annotated[float, typer.Option(help="Standard deviation (paired: of the differences).")],
    alpha: Alpha = 0.025,
    power: Power = 0.8,
    sided: Sided = 1,
) -> Synopsis:
    """Single-arm trial of a mean, or of paired differences (t test)."""
    from hilum.trials.synopsis.one_group import one_mean_synopsis

    basis = question.basis(single=True)
    return one_mean_synopsis(basis, difference, sd, alpha=alpha, power=power, sided=sided)
