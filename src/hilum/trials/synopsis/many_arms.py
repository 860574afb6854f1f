"""Synopses of multi-arm and platform trials on a rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.errors import phrased
from hilum.trials.fixed.sizes import whole
from hilum.trials.parameters import Requirements, require_rates
from hilum.trials.sequential.multi_arm import MultiArm, multi_arm, power_at
from hilum.trials.sequential.multi_arm_sizes import Expected, expected_sizes
from hilum.trials.synopsis.parts import adaptive, conventions, given
from hilum.trials.synopsis.record import Basis, Look, Operating, Step, Synopsis
from hilum.trials.synopsis.sequential import bound_or_none
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.trials.sequential.platform import PlatformRules
    from hilum.trials.simulation.platform_rules import RulesTruths
    from hilum.watch import Watch


def multi_arm_synopsis(
    basis: Basis,
    arms: int,
    p1: float,
    p2: float,
    *,
    uninteresting: float | None = None,
    stages: int = 2,
    alpha: float = 0.025,
    power: float = 0.8,
    shape: str = "OF",
    futility: float | None = 0.0,
    ratio: float = 1.0,
    watch: Watch = SILENT,
) -> Synopsis:
    """Several treatments against one control on a response rate, in up to three stages.

    Rates are put on the scale of the design by the pooled standard deviation,
    ``(p1 - p2) / sqrt(p (1 - p))`` with p half-way.
    """
    other = p2 if uninteresting is None else uninteresting
    check = Requirements()
    require_rates(check, p1, p2, other)
    check.done()
    middle = (p1 + p2) / 2
    sd = (middle * (1 - middle)) ** 0.5
    # A lower rate hoped for is the same trial with its signs turned.
    effect, weak = abs(p1 - p2) / sd, abs(other - p2) / sd
    design = multi_arm(
        arms, effect, uninteresting=weak, stages=stages, alpha=alpha,
        power=power, shape=shape, futility=futility, ratio=ratio, watch=watch,
    )  # fmt: skip
    n1, n2 = whole(design.n_per_arm), whole(design.n_per_arm * ratio)
    reached = power_at(design, n1, effect, weak)
    truths = [
        expected_sizes(design, n1, [first, *[others] * (arms - 1)])
        for first, others in ((0.0, 0.0), (effect, weak), (effect, effect))
    ]
    return _many(basis, design, p1, p2, n1, n2, shape, reached, truths)


def _many(
    basis: Basis,
    design: MultiArm,
    p1: float,
    p2: float,
    n1: int,
    n2: int,
    shape: str,
    reached: float,
    truths: Sequence[Expected],
) -> Synopsis:
    total = design.arms * n1 + n2
    null, one, every = truths
    looks = tuple(
        Look(
            k + 1,
            information=rate,
            n=rate * total,
            efficacy_z=design.efficacy[k],
            futility_z=bound_or_none(design.futility[k]),
            stop_efficacy0=null.efficacy[k],
            stop_futility0=null.futility[k],
            stop_efficacy1=one.efficacy[k],
            stop_futility1=one.futility[k],
        )
        for k, rate in enumerate(design.information_rates)
    )
    rows = [
        Operating("null_any", 0.0, null.success, null.patients, _early(null)),
        Operating("one_good_picked", p1 - p2, reached, one.patients, _early(one)),
    ]
    if design.arms > 1:
        rows.append(Operating("alternative_any", p1 - p2, every.success, every.patients,
                              _early(every)))  # fmt: skip
    return adaptive(
        basis, "multi-arm", shape, alpha=design.alpha, power=design.power, patients=total,
        per_arm=(("each_treatment", n1), ("control", n2)),
        expected=(null.patients, one.patients),
        steps=(
            Step("two_rates", {"p1": p1, "p2": p2, "difference": p1 - p2}),
            *((Step("lower_better"),) if p1 < p2 else ()),
            Step("multi_arm_error", {"arms": design.arms, "alpha": design.alpha,
                                     "pairwise": design.pairwise_alpha}),
            Step("multi_arm_power", {"power": reached, "n1": n1, "n2": n2, "n": total}),
            Step("multi_arm_expected", {"null": f"{null.patients:.1f}",
                                        "one": f"{one.patients:.1f}",
                                        "all": f"{every.patients:.1f}"}),
        ),
        looks=looks,
        operating=tuple(rows),
        assumptions=(
            given("p1", p1, "proportion", basis.found),
            given("p2", p2, "proportion", basis.found),
            *conventions(design.alpha, design.power),
        ),
        analysis=(Step("multi_arm_analysis"), Step("binding_futility"), Step("difference_report")),
        reached=reached,
        lower=p1 < p2,
        interim=len(looks) > 1,
    )  # fmt: skip


def _early(truth: Expected) -> float:
    """Chance that the trial ends before its last analysis."""
    return sum(truth.efficacy[:-1]) + sum(truth.futility[:-1])


def platform_synopsis(
    basis: Basis,
    rules: PlatformRules,
    p2: float,
    p1: float,
    *,
    simulated: RulesTruths | None = None,
) -> Synopsis:
    """Rules of a Bayesian platform; error rates and power only where they were ``simulated``."""
    check = Requirements()
    if check.rate("p1", p1) & check.rate("p2", p2):
        check.need(p1 != p2, "p1", p1, phrased("a rate other than p2 ({p2:g})", p2=p2))
    check.done()
    facts: dict[str, float | int | str] = {
        "arms": rules.arms,
        "burn_in": rules.burn_in,
        "batch": rules.batch,
        "n": rules.n_max,
    }
    share = rules.control_share or 1 / (rules.arms + 1)
    null = one = None
    if simulated is not None:
        null, one = simulated.null, simulated.one_good
    return adaptive(
        basis, "platform", "response-adaptive",
        alpha=None if null is None else null["any"].mean,
        power=None if one is None else one["first"].mean,
        patients=rules.n_max,
        per_arm=(),
        expected=(
            None if null is None else null["patients"].mean,
            None if one is None else one["patients"].mean,
        ),
        steps=(
            Step("two_rates", {"p1": p1, "p2": p2, "difference": p1 - p2}),
            *((Step("lower_better"),) if p1 < p2 else ()),
            Step("platform_course", facts),
            Step("platform_allocation", {"power": rules.power, "control": 100 * share,
                                         "least": 100 * rules.least_share}),
            Step("platform_stopping", {"drop": rules.drop_below, "graduate": rules.graduate_above,
                                       "margin": rules.margin}),
            Step("platform_simulate")
            if simulated is None
            else Step("platform_simulated", {"trials": simulated.trials, "seed": simulated.seed}),
        ),
        operating=() if simulated is None else _platform_operating(simulated, rules, p1 - p2),
        assumptions=(
            given("p1", p1, "proportion", basis.found),
            given("p2", p2, "proportion", basis.found),
        ),
        analysis=(Step("platform_analysis"), Step("bayesian_report")),
        lower=p1 < p2,
    )  # fmt: skip


def _platform_operating(
    simulated: RulesTruths, rules: PlatformRules, effect: float
) -> tuple[Operating, ...]:
    rows = [
        (simulated.null, "any", "null_any", 0.0),
        (simulated.one_good, "first", "one_good", effect),
    ]
    if rules.arms > 1:
        rows += [
            (simulated.one_good, "others", "one_good_other", effect),
            (simulated.all_good, "any", "alternative_any", effect),
            (simulated.all_good, "all", "alternative_all", effect),
        ]
    return tuple(
        Operating(
            code, shift, truth[name].mean, truth["patients"].mean, truth["early"].mean,
            mcse=truth[name].mcse,
        )
        for truth, name, code, shift in rows
    )  # fmt: skip
