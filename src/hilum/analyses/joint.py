"""The joint model: randomised, comparative and single-arm evidence on one outcome in one answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hilum.analyses.joint_answer import (
    DESIGNS,
    Absolute,
    Aim,
    Before,
    Carried,
    Conflicting,
    Converged,
    Difference,
    LeftRow,
    Predictive,
    Rank,
    Spread,
    StudyArm,
    Turned,
)
from hilum.analyses.joint_asked import JointAsked, PriorValue
from hilum.analyses.joint_fitted import fitted, pairs_of, reference
from hilum.analyses.joint_made import (
    absolutes,
    as_difference,
    before,
    carried,
    conflicting,
    converged,
    of_prior,
    predictive,
    ranked,
    spreads,
    study_arms,
    turned_dial,
)
from hilum.analyses.joint_read import better_of, outcome_of, unmarked
from hilum.watch import SILENT

if TYPE_CHECKING:
    from hilum.analyses.joint_fitted import Fitted
    from hilum.synthesis.joint import Priors
    from hilum.watch import Watch

MARGINS = {"binomial": 0.1, "normal": 3.0}
"""Difference that is relevant where none is said: ten points, or three months."""


@dataclass(frozen=True, kw_only=True)
class JointAnswered:
    """Every treatment's outcome, the comparisons and what carries them, and the checks.

    ``warnings`` are codes: ``gross_conflict`` (two kinds of evidence are two standard errors apart
    or more), ``no_favoured`` (a bias prior of comparisons acts on nothing), ``limits_move``
    (Monte-Carlo error is large still). ``ranks`` are those of treatments that comparisons link,
    from the ``better`` side (higher or lower); from the highest where that is None: nobody said.

    ``rows``, ``merged`` and ``left_out`` are of the evidence; None for a user's table.
    """

    model: str = "joint"
    kind: str
    outcome: str | None
    population: str | None
    warnings: tuple[str, ...]
    studies: dict[str, int]
    treatments: tuple[str, ...]
    components: tuple[tuple[str, ...], ...]
    weights: dict[str, float]
    priors: dict[str, PriorValue]
    covariates: tuple[str, ...]
    target: Aim
    absolute: tuple[Absolute, ...]
    reference: str
    differences: tuple[Difference, ...]
    identification: tuple[Carried, ...]
    conflicts: tuple[Conflicting, ...]
    better: str | None
    ranks: tuple[Rank, ...]
    heterogeneity: dict[str, Spread]
    prior_predictive: Before
    convergence: Converged
    posterior_predictive: Predictive | None
    arms: tuple[StudyArm, ...]
    rows: tuple[str, ...] | None = None
    merged: tuple[tuple[str, str], ...] | None = None
    left_out: tuple[LeftRow, ...] | None = None
    dial: Turned | None = None
    unread: tuple[str, ...] = ()
    asked: JointAsked


def run(asked: JointAsked, watch: Watch = SILENT) -> JointAnswered:
    """Fit the joint model and say what it says.

    Raises
    ------
    InputError
        A fault of the table or the evidence; a treatment or covariate that they do not hold.
    NotEstimable, NotConverged
        From the model.
    MissingExtra
        The extra ``joint`` is not installed.
    Stopped
        When the watch says so.
    """
    return answer(fitted(asked, watch))


def answer(found: Fitted) -> JointAnswered:
    """Everything that a fit says; nothing is fitted here."""
    from hilum.synthesis.joint.identification import identification, linearised
    from hilum.synthesis.joint.paths import components
    from hilum.synthesis.joint.posterior import differences
    from hilum.synthesis.joint.predictive import prior_predictive

    fit, asked, target = found.fit, found.asked, found.target
    studies, info = fit.studies, linearised(fit)
    pairs = pairs_of(studies, asked)
    margin = MARGINS[studies.kind] if asked.margin is None else asked.margin
    every = differences(fit, target, pairs=pairs, margin=margin)
    data = found.data
    each = absolutes(fit, target, info)
    unknown = of_prior(each)
    said = tuple(as_difference(one, unknown) for one in every)
    conflicts = conflicting(fit, pairs)
    better = better_of(asked, data)
    groups = components(studies, randomised_only=fit.weights[1] == 0)
    return JointAnswered(
        kind=studies.kind,
        outcome=outcome_of(asked) if data is None else data.outcome,
        population=None if data is None else data.population,
        warnings=_warnings(found, conflicts, each, said),
        studies={d: int((studies.design == i).sum()) for i, d in enumerate(DESIGNS)},
        treatments=fit.treatments,
        components=components(studies),
        weights={"single_arm": fit.weights[0], "comparative": fit.weights[1]},
        priors=_as_given(fit.priors),
        covariates=studies.covariates,
        target=Aim(values=dict(target.values), anchor=target.anchor, unused=_unused(found)),
        absolute=each,
        reference=asked.versus or reference(studies, asked.treatment),
        differences=said,
        identification=tuple(carried(identification(fit, *pair, info, target)) for pair in pairs),
        conflicts=conflicts,
        better=better,
        ranks=ranked(fit, target, info, groups, lowest=better == "lower"),
        heterogeneity=spreads(fit),
        prior_predictive=before(prior_predictive(studies, fit.priors, seed=fit.seed)),
        convergence=converged(fit, kept=found.kept),
        posterior_predictive=found.check or predictive(fit),
        arms=study_arms(studies),
        rows=None if data is None else data.rows,
        merged=None if data is None else data.merged,
        left_out=None if data is None else data.left_out,
        dial=None if found.dial is None else turned_dial(found.dial, target, pairs, margin),
        unread=found.unread,
        asked=asked,
    )


def _warnings(
    found: Fitted,
    conflicts: tuple[Conflicting, ...],
    each: tuple[Absolute, ...],
    every: tuple[Difference, ...],
) -> tuple[str, ...]:
    """Codes of what must be said first (:data:`hilum.rendering.joint_apart.WARNINGS`)."""
    fit, studies = found.fit, found.fit.studies
    moves = not _known(studies.kind, each, every)
    return tuple(
        code
        for code, holds in (
            ("gross_conflict", any(one.gross for one in conflicts)),
            ("no_favoured", unmarked(studies, fit.priors)),
            ("limits_move", moves),
        )
        if holds
    )


def _known(kind: str, each: tuple[Absolute, ...], every: tuple[Difference, ...]) -> bool:
    """Whether every limit that is printed is known well enough; what is no number has no error."""
    import numpy as np

    from hilum.synthesis.joint.precision import known

    unknown = of_prior(each)
    limits = {
        "value": [(one.ci, one.ci_error) for one in each if one.treatment not in unknown],
        "difference": [
            (one.difference_ci, one.difference_ci_error) for one in every if not one.withheld
        ],
        "ratio": [(one.ratio_ci, one.ratio_ci_error) for one in every],
    }
    return all(
        known(kind, what, *np.array(pairs, float).transpose(1, 2, 0))
        for what, pairs in limits.items()
        if pairs
    )


def _unused(found: Fitted) -> tuple[str, ...]:
    """What is known of the patient and that the model does not hold."""
    return tuple(
        name for name in found.asked.patient or {} if name not in found.fit.studies.covariates
    )


def _as_given(priors: Priors) -> dict[str, PriorValue]:
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in priors.as_mapping().items()
    }
