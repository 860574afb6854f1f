"""The joint model's answer made from a fit: each record of it, once."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from hilum.analyses.forms import number
from hilum.analyses.joint_answer import (
    DESIGNS,
    Absolute,
    Along,
    ArmOutside,
    AtWeight,
    Before,
    Carried,
    Change,
    Conflicting,
    Converged,
    Difference,
    Point,
    Predictive,
    Rank,
    Reach,
    Share,
    Spoken,
    Spread,
    StudyArm,
    Turned,
    Without,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from hilum.analyses.joint_answer import Ends
    from hilum.synthesis.joint import Dial, JointFit, Studies
    from hilum.synthesis.joint import posterior as model
    from hilum.synthesis.joint.conflict import Side
    from hilum.synthesis.joint.identification import Identification
    from hilum.synthesis.joint.linear import Information
    from hilum.synthesis.joint.predictive import PriorCheck

SPREADS = (
    "sigma", "tau", "kappa_single", "kappa_comparative", "bias_single", "bias_comparative",
)  # fmt: skip


def ends(pair: tuple[float, float]) -> Ends:
    """Both ends, None where one is not finite."""
    return number(pair[0]), number(pair[1])


def study_arms(studies: Studies) -> tuple[StudyArm, ...]:
    """The rows as the model reads them."""
    rows = [
        (s, t, None, y, n, favoured)
        for s, t, y, n, favoured in zip(
            studies.study, studies.treatment, studies.y, studies.n, studies.favoured, strict=True
        )
    ]
    rows += [
        (one[0], one[1], one[2], *effect)
        for one, effect in zip(studies.contrast, studies.effect, strict=True)
    ]
    return tuple(
        StudyArm(
            study=studies.studies[s],
            treatment=studies.treatments[t],
            comparator=None if c is None else studies.treatments[c],
            design=DESIGNS[studies.design[s]],
            y=float(y),
            n=float(n),
            favoured=float(favoured),
        )
        for s, t, c, y, n, favoured in rows
    )


def absolutes(
    fit: JointFit, target: model.Target, info: Information | None = None
) -> tuple[Absolute, ...]:
    """Every treatment's outcome; with the prior's share where ``info`` is given.

    An outcome that is mostly the prior's is withheld.
    """
    from hilum.synthesis.joint.identification import level_share_of_prior
    from hilum.synthesis.joint.of_prior import is_priors
    from hilum.synthesis.joint.posterior import absolute

    every = absolute(fit, target)
    shares = [None] * len(every) if info is None else level_share_of_prior(fit, info, target)
    made = tuple(
        Absolute(
            treatment=one.treatment,
            value=number(one.value),
            value_error=number(one.value_error),
            ci=ends(one.ci),
            ci_error=ends(one.ci_error),
            prediction=ends(one.prediction),
            prediction_error=ends(one.prediction_error),
            studies=one.studies,
            extrapolated=tuple(Reach(**asdict(far)) for far in one.extrapolated),
            prior_percent=number(share),
        )
        for one, share in zip(every, shares, strict=True)
    )
    return tuple(_unknown(one) if is_priors(one.prior_percent) else one for one in made)


def _unknown(one: Absolute) -> Absolute:
    nothing = (None, None)
    return replace(
        one, value=None, value_error=None, ci=nothing, ci_error=nothing, prediction=nothing,
        prediction_error=nothing, withheld="level_of_prior",
    )  # fmt: skip


def of_prior(each: Sequence[Absolute]) -> frozenset[str]:
    """Treatments whose level is the prior's."""
    return frozenset(one.treatment for one in each if one.withheld is not None)


def as_difference(one: model.Difference, unknown: Collection[str] = ()) -> Difference:
    """A pair's figures; without the difference where a level is ``unknown``."""
    made = _difference(one)
    if one.treatment not in unknown and one.comparator not in unknown:
        return made
    nothing = (None, None)
    return replace(
        made, difference=None, difference_error=None, difference_ci=nothing,
        difference_ci_error=nothing, p_relevant=None, p_relevant_lower=None,
        withheld="level_of_prior",
    )  # fmt: skip


def _difference(one: model.Difference) -> Difference:
    return Difference(
        treatment=one.treatment,
        comparator=one.comparator,
        difference=number(one.difference),
        difference_error=number(one.difference_error),
        difference_ci=ends(one.difference_ci),
        difference_ci_error=ends(one.difference_ci_error),
        ratio=number(one.ratio),
        ratio_error=number(one.ratio_error),
        ratio_ci=ends(one.ratio_ci),
        ratio_ci_error=ends(one.ratio_ci_error),
        log_ratio=number(one.log_ratio),
        se=number(one.se),
        p_higher=one.p_higher,
        p_relevant=one.p_relevant,
        p_relevant_lower=one.p_relevant_lower,
        margin=one.margin,
        conclusion=one.conclusion,
    )


def carried(report: Identification) -> Carried:
    """A report on what identifies a comparison."""
    return Carried(
        treatment=report.treatment,
        comparator=report.comparator,
        basis=report.basis,
        path=report.path,
        direct=report.direct,
        percent=report.percent,
        shares=tuple(Share(**asdict(one)) for one in report.shares),
        se=number(report.se),
        without=tuple(
            Without(
                assumption=one.assumption,
                log_ratio=number(one.value),
                se=number(one.se),
                ci=ends(one.ci),
                ratio=number(one.ratio),
                silent=bool(one.silent),
                refused=one.refused,
                log_ratio_error=number(one.error),
                ci_error=ends(one.ci_error),
            )
            for one in report.without
        ),
    )


def conflicting(fit: JointFit, pairs: Sequence[tuple[str, str]]) -> tuple[Conflicting, ...]:
    """What kinds of evidence say apart: of each comparison, then of each treatment."""
    from hilum.synthesis.joint.conflict import of_pair, of_treatment
    from hilum.synthesis.joint.gross import GROSS

    found = [one for pair in pairs for one in of_pair(fit, *pair)]
    found += [one for name in fit.treatments for one in of_treatment(fit, name)]
    return tuple(
        Conflicting(
            treatment=one.treatment,
            comparator=one.comparator,
            first=_spoken(one.first),
            second=_spoken(one.second),
            gap=number(one.gap),
            se=number(one.se),
            z=number(one.z),
            p=one.p,
            threshold=GROSS,
            gross=one.gross,
        )
        for one in found
    )


def _spoken(side: Side) -> Spoken:
    return Spoken(
        kind=side.kind,
        studies=side.studies,
        value=number(side.value),
        se=number(side.se),
        ci=ends(side.ci),
        value_error=number(side.error),
        ci_error=ends(side.ci_error),
    )


def ranked(
    fit: JointFit,
    target: model.Target,
    info: Information,
    groups: Sequence[tuple[str, ...]],
    *,
    lowest: bool,
) -> tuple[Rank, ...]:
    """Ranks within each group that comparisons link, with the mean information by kind.

    A treatment that no comparison carries has none.
    """
    from hilum.synthesis.joint.identification import identification
    from hilum.synthesis.joint.posterior import ranks

    out: list[Rank] = []
    for names in groups:
        if len(names) < 2:
            continue
        for one in ranks(fit, target, names, lowest=lowest):
            others = [name for name in names if name != one.treatment]
            shares = [
                identification(fit, one.treatment, name, info, target).percent for name in others
            ]
            out.append(Rank(**asdict(one), among=names, information=_mean(shares)))
    return tuple(out)


def _mean(parts: list[dict[str, float]]) -> dict[str, float]:
    return {key: sum(one[key] for one in parts) / len(parts) for key in parts[0]} if parts else {}


def spreads(fit: JointFit) -> dict[str, Spread]:
    """Standard deviations and biases."""
    import numpy as np

    from hilum.synthesis.joint.precision import quantile_of

    out: dict[str, Spread] = {}
    for name in SPREADS:
        ordered = np.sort(fit.flat(name))
        low, middle, high = (float(quantile_of(ordered, p)) for p in (0.025, 0.5, 0.975))
        out[name] = Spread(median=middle, ci=(low, high))
    return out


def before(check: PriorCheck) -> Before:
    """The prior's own predictions."""
    return Before(**{name: ends(pair) for name, pair in asdict(check).items()})


def predictive(fit: JointFit) -> Predictive | None:
    """The fitted model against its own arms; None where there are contrasts alone."""
    from hilum.synthesis.joint.predictive import posterior_predictive

    if not len(fit.studies.y):
        return None
    check = posterior_predictive(fit, seed=fit.seed)
    return Predictive(p=check.p, outside=tuple(ArmOutside(**asdict(one)) for one in check.outside))


def converged(fit: JointFit, *, kept: bool = False) -> Converged:
    """How far the chains agree."""
    return Converged(
        **asdict(fit.convergence),
        chains=int(fit.draws["sigma"].shape[0]),
        seconds=round(fit.seconds, 2),
        ess_per_second=round(fit.convergence.ess_bulk / fit.seconds, 1) if fit.seconds else 0.0,
        kept=kept,
    )


def turned_dial(
    dial: Dial, target: model.Target, pairs: Sequence[tuple[str, str]], margin: float
) -> Turned:
    """Each comparison, and every treatment's outcome, along the weights."""
    from hilum.synthesis.joint import JointFit
    from hilum.synthesis.joint.identification import linearised

    each = list(zip(dial.weights, dial.fits, strict=True))
    fits = {weight: fit for weight, fit in each if isinstance(fit, JointFit)}
    known = {weight: absolutes(fit, target, linearised(fit)) for weight, fit in fits.items()}
    unknown = {weight: of_prior(one) for weight, one in known.items()}
    return Turned(
        on=dial.on,
        weights=dial.weights,
        refused={f"{w:g}": str(fit) for w, fit in each if not isinstance(fit, JointFit)},
        seconds=round(dial.seconds, 2),
        differences=tuple(_along(fits, pair, target, margin, unknown) for pair in pairs),
        absolute=tuple(AtWeight(weight=w, treatments=one) for w, one in known.items()),
    )


def _along(
    fits: dict[float, JointFit],
    pair: tuple[str, str],
    target: model.Target,
    margin: float,
    unknown: Mapping[float, Collection[str]],
) -> Along:
    from hilum.synthesis.joint.posterior import change_points, difference

    curve = {w: difference(fit, *pair, target, margin=margin) for w, fit in fits.items()}
    return Along(
        treatment=pair[0],
        comparator=pair[1],
        curve=tuple(
            Point(**asdict(as_difference(one, unknown[w])), weight=w) for w, one in curve.items()
        ),
        changes=tuple(
            Change(weight=at, below=below, above=above) for at, below, above in change_points(curve)
        ),
    )
