"""``hilum trials design``: randomised trials with one analysis, and with borrowed controls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hilum.cli.trial_design import (
    P1,
    P2,
    Alpha,
    EffectSd,
    HazardRatio,
    Hypothesis,
    Margin,
    Median,
    Power,
    Ratio,
    Sided,
    check_effect_sd,
    design,
    one_of,
    survival_or,
)
from hilum.cli.trial_question import Question, numbers, survival_course, with_question
from hilum.cli.trial_strata import strata_of
from hilum.errors import Fault, InputError, phrased

if TYPE_CHECKING:
    from hilum.trials.fixed.course import Course
    from hilum.trials.synopsis.record import Synopsis

Assurance = Annotated[
    float | None,
    typer.Option(help="Size on this assurance instead of on --power."),
]


def _check_assurance(question: Question, effect_sd: float | None, assurance: float | None) -> None:
    """Refuse an assurance without anything believed, and numbers that are none."""
    check_effect_sd(effect_sd)
    if assurance is None:
        return
    if not 0 < assurance < 1:
        expected = "a probability between 0 and 1, both excluded"
        raise InputError(Fault("--assurance", None, "assurance", f"{assurance:g}", expected))
    if effect_sd is None and question.control_from_evidence is None:
        expected = "what is believed of the effect (or --control-from-evidence), for assurance"
        raise InputError(Fault("--effect-sd", None, "effect_sd", "", expected))


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
    effect_sd: EffectSd = None,
    assurance: Assurance = None,
) -> Synopsis:
    """Randomised trial of two proportions."""
    from hilum.trials.synopsis.two_groups import HYPOTHESES, two_proportions_synopsis

    _check_assurance(question, effect_sd, assurance)
    chosen = one_of("hypothesis", hypothesis, HYPOTHESES)
    value, basis = question.with_control("p2", p2, "proportion", single=False)
    return two_proportions_synopsis(
        basis, p1, value, alpha=alpha, power=power, sided=sided, ratio=ratio, method=method,
        hypothesis=chosen, margin=margin, effect_sd=effect_sd, assurance=assurance,
        control=question.control_prior() if chosen == "superiority" else None,
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
        question.basis(single=False), difference, sd, alpha=alpha, power=power, sided=sided,
        ratio=ratio, hypothesis=chosen, margin=margin,
    )  # fmt: skip


@design.command("survival")
@with_question
def survival(
    question: Question,
    hazard_ratio: HazardRatio,
    course: Course,
    control_median: Median = None,
    alpha: Alpha = 0.025,
    power: Power = 0.8,
    sided: Sided = 1,
    ratio: Ratio = 1.0,
    method: Annotated[str, typer.Option(help="schoenfeld, freedman or lakatos.")] = "schoenfeld",
    margin: Annotated[
        float | None, typer.Option(help="Hazard ratio not to be exceeded: non-inferiority.")
    ] = None,
    delay: Annotated[
        float | None, typer.Option(help="Months before the hazard ratio holds (lakatos).")
    ] = None,
    hazard_ratio_before: Annotated[
        float, typer.Option(help="Hazard ratio until then; above 1 the curves cross.")
    ] = 1.0,
    until: Annotated[
        float | None, typer.Option(help="Month from which the effect is over (lakatos).")
    ] = None,
    weights: Annotated[
        str | None,
        typer.Option(help='Fleming-Harrington weights "rho gamma"; "0 1" stresses late events.'),
    ] = None,
    effect_sd: EffectSd = None,
    assurance: Assurance = None,
) -> Synopsis:
    """Randomised trial of time to an event (log-rank test)."""
    from hilum.trials.fixed.survival import METHODS
    from hilum.trials.synopsis.survival import changing_synopsis, survival_synopsis

    chosen = one_of("method", method, METHODS)
    if margin is not None and not margin > 1:
        raise InputError(Fault("--margin", None, "margin", f"{margin:g}", "a ratio above 1"))
    _check_assurance(question, effect_sd, assurance)
    pattern = _pattern(hazard_ratio, delay, hazard_ratio_before, until)
    if len(pattern) == 1 and weights is None:
        value, basis = question.with_control(
            "control_median", control_median, "months", single=False
        )
        return survival_synopsis(
            basis, hazard_ratio, value, course, alpha=alpha, power=power, sided=sided, ratio=ratio,
            method=chosen, margin=margin, effect_sd=effect_sd, assurance=assurance,
        )  # fmt: skip
    cause = "weights" if len(pattern) == 1 else "delay" if delay is not None else "until"
    for name, wrong, shown, expected in (
        ("method", chosen != "lakatos", chosen, "lakatos"),
        ("margin", margin is not None, str(margin), "none"),
        ("effect-sd", effect_sd is not None, str(effect_sd), "none"),
        ("assurance", assurance is not None, str(assurance), "none"),
    ):
        if wrong:
            raise InputError(
                Fault(
                    f"--{name}",
                    None,
                    name,
                    shown,
                    phrased("{value} together with --{cause}", value=expected, cause=cause),
                )
            )
    pair = numbers("weights", weights) or [0.0, 0.0]
    if len(pair) != 2 or not min(pair) >= 0:
        expected = "two numbers of at least 0: rho and gamma"
        raise InputError(Fault("--weights", None, "weights", weights or "", expected))
    value, basis = question.with_control("control_median", control_median, "months", single=False)
    return changing_synopsis(
        basis, pattern, value, course, weights=(pair[0], pair[1]), alpha=alpha, power=power,
        sided=sided, ratio=ratio,
    )  # fmt: skip


def _pattern(
    hazard_ratio: float, delay: float | None, before: float, until: float | None
) -> tuple[tuple[float, float], ...]:
    """Hazard ratios by the month from which they hold."""
    if delay is None and before != 1:
        expected = "the months for which --hazard-ratio-before holds"
        raise InputError(Fault("--delay", None, "delay", "", expected))
    if delay is not None and not delay > 0:
        raise InputError(Fault("--delay", None, "delay", f"{delay:g}", "months above 0"))
    if until is not None and not until > (delay or 0.0):
        expected = phrased("months above {value:g}", value=delay or 0)
        raise InputError(Fault("--until", None, "until", f"{until:g}", expected))
    found = [(0.0, hazard_ratio)] if delay is None else [(0.0, before), (delay, hazard_ratio)]
    return tuple(found if until is None else [*found, (until, 1.0)])


@design.command("stratified")
@with_question
def stratified(
    question: Question,
    stratum: Annotated[
        list[str],
        typer.Option(
            metavar='"SHARE CONTROL NAME"',
            help="A stratum (repeat it): its share of the patients, its control median in months "
            "(survival) or rate, its name. With --control-from-evidence CONTROL is its control "
            "hazard (odds) against the other strata: 1 for one, 1.8 for another.",
        ),
    ],
    course: Course | None,
    hazard_ratio: Annotated[
        float | None, typer.Option(help="Hazard ratio in every stratum (survival).")
    ] = None,
    odds_ratio: Annotated[
        float | None, typer.Option(help="Odds ratio in every stratum (proportions).")
    ] = None,
    alpha: Alpha = 0.025,
    power: Power = 0.8,
    sided: Sided = 1,
    ratio: Ratio = 1.0,
    method: Annotated[
        str, typer.Option(help="schoenfeld, freedman or lakatos (survival).")
    ] = "schoenfeld",
    effect_sd: EffectSd = None,
) -> Synopsis:
    """Randomised trial analysed within strata: survival (--hazard-ratio) or proportions."""
    from hilum.trials.fixed.survival import METHODS
    from hilum.trials.synopsis.stratified import (
        stratified_proportions_synopsis,
        stratified_survival_synopsis,
    )

    survival_or(hazard_ratio, "odds-ratio", odds_ratio)
    chosen = one_of("method", method, METHODS)
    check_effect_sd(effect_sd, survival=odds_ratio is None)
    if odds_ratio is not None:
        strata, basis = strata_of(question, stratum, "proportion")
        return stratified_proportions_synopsis(
            basis, strata, odds_ratio, alpha=alpha, power=power, sided=sided, ratio=ratio
        )
    months = survival_course(course)
    strata, basis = strata_of(question, stratum, "months")
    return stratified_survival_synopsis(
        basis, strata, hazard_ratio or 1.0, months, alpha=alpha, power=power, sided=sided,
        ratio=ratio, method=chosen, effect_sd=effect_sd,
    )  # fmt: skip


@design.command("borrowed")
@with_question
def borrowed(
    question: Question,
    n1: Annotated[int, typer.Option(help="Patients on treatment.")],
    n2: Annotated[int, typer.Option(help="New controls.")],
    p1: P1,
    threshold: Annotated[
        float, typer.Option(help="Posterior probability of being better that is success.")
    ] = 0.975,
    robust: Annotated[
        float | None,
        typer.Option(help="Weight of the vague part of the MAP prior; 0.2 when omitted."),
    ] = None,
    tau_scale: Annotated[
        float | None,
        typer.Option(
            help="Half-normal scale of the spread between studies (log odds) of the MAP prior; 1 "
            "when omitted."
        ),
    ] = None,
    share: Annotated[
        float | None,
        typer.Option(
            "--power-prior",
            metavar="A0",
            help="Power prior instead of the MAP prior: the share, from 0 to 1, at which "
            "historical patients count.",
        ),
    ] = None,
) -> Synopsis:
    """Randomised trial whose controls borrow from published series (MAP or power prior)."""
    from hilum.trials.synopsis.borrowed import borrowed_synopsis

    if question.control_from_evidence is None:
        expected = "a treatment whose studies make the prior"
        raise InputError(
            Fault("--control-from-evidence", None, "control_from_evidence", "", expected)
        )
    if share is not None:
        for name, one in (("robust", robust), ("tau-scale", tau_scale)):
            if one is not None:
                expected = "none together with --power-prior"
                raise InputError(Fault(f"--{name}", None, name, f"{one:g}", expected))
        if not 0 <= share <= 1:
            expected = "a share from 0 to 1"
            raise InputError(Fault("--power-prior", None, "power_prior", f"{share:g}", expected))
        prior, expected_rate, found = question.historical(share)
    else:
        weight, scale = (0.2 if robust is None else robust), (1.0 if tau_scale is None else
                                                              tau_scale)  # fmt: skip
        for name, one, low, high in (("robust", weight, -1e-12, 1.0),
                                     ("tau-scale", scale, 0.0, 100.0)):  # fmt: skip
            if not low < one < high:
                raise InputError(
                    Fault(f"--{name}", None, name, f"{one:g}", "a number in its range")
                )
        prior, made, found = question.prior(scale, weight)
        expected_rate = made.mean
    return borrowed_synopsis(
        question.basis(found, single=False), n1, n2, p1, prior, expected=expected_rate,
        threshold=threshold, share=share,
    )  # fmt: skip
