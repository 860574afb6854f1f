"""The joint model: randomised, comparative and single-arm evidence on one outcome in one answer."""

from __future__ import annotations

import difflib
import math
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from hilum.analyses.asked import Option, check
from hilum.analyses.joint_answer import (
    DESIGNS,
    Absolute,
    Aim,
    Before,
    Carried,
    Converged,
    Difference,
    Predictive,
    Rank,
    Spread,
    StudyArm,
    Turned,
    absolutes,
    as_difference,
    before,
    carried,
    converged,
    predictive,
    ranked,
    spreads,
    study_arms,
    turned_dial,
)
from hilum.analyses.tables import Table
from hilum.errors import Fault, InputError, NotConverged, Parameter, phrased
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.answers.joint_evidence import JointEvidence
    from hilum.synthesis.joint import Dial, JointFit, Priors, Studies
    from hilum.synthesis.joint import posterior as model
    from hilum.watch import Watch

ALL = ("all",)
"""Covariates: every one that varies."""
PriorValue = float | tuple[float, ...] | dict[str, float]
MARGINS = {"binomial": 0.1, "normal": 3.0}
"""Difference that is relevant where none is said: ten points, or three months."""


def dials() -> tuple[str, ...]:
    """Which evidence a weight acts on."""
    from hilum.synthesis.joint.fit import DIALS

    return tuple(DIALS)


@dataclass(frozen=True, kw_only=True)
class JointAsked:
    """A table of arms, or an outcome of the evidence, and for whom it is asked.

    ``covariates`` names columns of effect modifiers, ``("all",)`` every one that varies. ``at`` is
    the target by covariate, ``patient`` what a case determines of it (the model takes what it
    holds), ``anchor`` a treatment's known outcome in the target. ``priors`` are those that differ
    from the defaults: a number, (mean, sd) or ``{"fixed": number}``.
    """

    table: Table | None = None
    evidence: Annotated[
        Path | None, Option("Folder of evidence tables instead of the shipped ones.")
    ] = None
    outcome: Annotated[str, Option("Outcome of the shipped evidence, or of a column outcome.")] = (
        "objective_response"
    )
    population: Annotated[
        str, Option("netlm, mixed_net or mixed_liver_metastases; never mixed.")
    ] = "netlm"
    treatment: Annotated[str | None, Option("Compare this treatment ...")] = None
    versus: Annotated[str | None, Option("... with this one (most studied by default).")] = None
    covariates: tuple[str, ...] = ()
    at: dict[str, float] = field(default_factory=dict)
    patient: dict[str, float] | None = None
    anchor: tuple[str, float] | None = None
    margin: Annotated[
        float | None,
        Option("Difference a board would call relevant: 0.1 (10 points), or 3 months.", at_least=0),
    ] = None
    dial: Annotated[bool, Option("Along weights 0 to 1 of the weaker evidence.")] = False
    on: Annotated[str, Option("Which evidence the dial turns.", dials)] = "both"
    weight_single: Annotated[
        float, Option("Weight of single-arm evidence.", at_least=0, at_most=1)
    ] = 1.0
    weight_comparative: Annotated[
        float, Option("Weight of non-randomised comparisons.", at_least=0, at_most=1)
    ] = 1.0
    priors: dict[str, PriorValue] = field(default_factory=dict)
    without_derived: Annotated[
        bool, Option("Leave out events computed from a printed percentage.")
    ] = False
    chains: Annotated[int, Option("Chains.", at_least=2)] = 4
    draws: Annotated[
        int | None,
        Option("Draws a chain: 1000; 500 at each weight of the dial.", at_least=100),
    ] = None
    seed: Annotated[int, Option("Seed.", at_least=0)] = 1

    def __post_init__(self) -> None:
        """Refuse what does not go together, all at once."""
        faults: list[Fault] = []
        if self.table is None:
            faults += _words(self)
        if self.treatment is not None and self.treatment == self.versus:
            faults.append(Fault("", None, "versus", self.treatment, "another treatment"))
        check(self, *faults)


def _words(asked: JointAsked) -> list[Fault]:
    from hilum.evidence.vocabulary import Outcome, Population

    return [
        Fault("", None, name, value, _one_of(value, known))
        for name, value, known in (
            ("outcome", asked.outcome, [str(one) for one in Outcome]),
            ("population", asked.population, [str(one) for one in Population]),
        )
        if value not in known
    ]


def _one_of(value: str, known: Iterable[str]) -> str:
    names = list(known)
    near = difflib.get_close_matches(value, names, 1)
    if not near:
        return phrased("one of {known}", known=", ".join(names))
    return phrased("one of {known}; nearest: {near!r}", known=", ".join(names), near=near[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftRow:
    """A figure of the evidence that the model does not use, and why."""

    row: str
    reason: str
    kept: str | None


@dataclass(frozen=True, kw_only=True)
class JointAnswered:
    """Every treatment's outcome, the comparisons and what carries them, and the checks.

    ``rows``, ``merged`` and ``left_out`` are of the evidence; None for a user's table.
    """

    model: str = "joint"
    kind: str
    outcome: str | None
    population: str | None
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
    asked: JointAsked


@dataclass(frozen=True, slots=True)
class Fitted:
    """A fit with what it was asked for: what an answer, and an export of draws, are made of."""

    asked: JointAsked
    data: JointEvidence | None
    target: model.Target
    fit: JointFit
    dial: Dial | None


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


def fitted(asked: JointAsked, watch: Watch = SILENT) -> Fitted:
    """The fit itself, with its draws; errors as :func:`run`."""
    from hilum.synthesis import joint

    studies, data = _studies(asked)
    target = _target(studies, asked)
    priors = _priors(asked, studies)
    _known(studies, asked)
    size: dict[str, Any] = {"chains": asked.chains, "seed": asked.seed}
    if asked.draws is not None:
        size["draws"] = asked.draws
    if not asked.dial:
        weights = asked.weight_single, asked.weight_comparative
        fit = joint.joint(studies, priors, weights=weights, watch=watch, **size)
        return Fitted(asked, data, target, fit, None)
    dial = joint.dial(studies, priors, on=asked.on, watch=watch, **size)
    last = dial.fits[-1]
    if isinstance(last, NotConverged):
        raise last
    return Fitted(asked, data, target, last, dial)


def _studies(asked: JointAsked) -> tuple[Studies, JointEvidence | None]:
    if asked.table is not None:
        from hilum.analyses.joint_table import read_studies

        return read_studies(asked.table, asked.outcome, asked.covariates), None
    from hilum.answers.joint_evidence import joint_evidence
    from hilum.evidence import Outcome, Population, read_evidence

    every = asked.covariates == ALL or (asked.patient is not None and not asked.covariates)
    data = joint_evidence(
        read_evidence(asked.evidence),
        Outcome(asked.outcome),
        Population(asked.population),
        covariates=None if every else asked.covariates,
        include_derived=not asked.without_derived,
    )
    return data.studies, data


def _priors(asked: JointAsked, studies: Studies) -> Priors:
    from hilum.synthesis.joint import Priors

    base = Priors() if studies.kind == "binomial" else Priors.log_hazard()
    return Priors.from_mapping(asked.priors, file="", base=base)


def _target(studies: Studies, asked: JointAsked) -> model.Target:
    from hilum.sheet.joint import target_of
    from hilum.synthesis.joint.posterior import Target

    values = dict(target_of(asked.patient, studies).values) if asked.patient is not None else {}
    none = phrased("none (see {option})", option=Parameter("covariates"))
    known = ", ".join(studies.covariates) or none
    faults = [
        Fault("", None, "at", f"{name}={value:g}", phrased("a covariate: {known}", known=known))
        for name, value in asked.at.items()
        if name not in studies.covariates
    ]
    if asked.anchor is not None and asked.anchor[0] not in studies.treatments:
        faults.append(_no_treatment("anchor", asked.anchor[0], studies))
    if faults:
        raise InputError(*faults)
    return Target(tuple((values | asked.at).items()), asked.anchor)


def _no_treatment(name: str, value: str, studies: Studies) -> Fault:
    near = difflib.get_close_matches(value, studies.treatments, 1)
    known = ", ".join(studies.treatments)
    wanted = phrased("a treatment of the studies: {known}", known=known)
    if near:
        text = "a treatment of the studies: {known}; nearest: {near!r}"
        wanted = phrased(text, known=known, near=near[0])
    return Fault("", None, name, value, wanted)


def _known(studies: Studies, asked: JointAsked) -> None:
    given = {"treatment": asked.treatment, "versus": asked.versus}
    faults = [
        _no_treatment(name, value, studies)
        for name, value in given.items()
        if value is not None and value not in studies.treatments
    ]
    if faults:
        raise InputError(*faults)


def answer(found: Fitted) -> JointAnswered:
    """Everything that a fit says; nothing is fitted here."""
    from hilum.synthesis.joint.identification import components, identification, linearised
    from hilum.synthesis.joint.posterior import differences
    from hilum.synthesis.joint.predictive import prior_predictive

    fit, asked, target = found.fit, found.asked, found.target
    studies, info = fit.studies, linearised(fit)
    other = asked.versus or reference(fit, asked.treatment)
    named = [asked.treatment] if asked.treatment else fit.treatments
    pairs = [(name, other) for name in named if name != other]
    margin = MARGINS[studies.kind] if asked.margin is None else asked.margin
    every = differences(fit, target, margin=margin)
    data = found.data
    return JointAnswered(
        kind=studies.kind,
        outcome=None if data is None else str(data.outcome),
        population=None if data is None else str(data.population),
        studies={d: int((studies.design == i).sum()) for i, d in enumerate(DESIGNS)},
        treatments=fit.treatments,
        components=components(studies),
        weights={"single_arm": fit.weights[0], "comparative": fit.weights[1]},
        priors=_as_given(fit.priors),
        covariates=studies.covariates,
        target=Aim(values=dict(target.values), anchor=target.anchor),
        absolute=absolutes(fit, target, info),
        reference=other,
        differences=tuple(as_difference(_oriented(every, *pair)) for pair in pairs),
        identification=tuple(carried(identification(fit, *pair, info)) for pair in pairs),
        ranks=ranked(fit, target, info),
        heterogeneity=spreads(fit),
        prior_predictive=before(prior_predictive(studies, fit.priors, seed=fit.seed)),
        convergence=converged(fit),
        posterior_predictive=predictive(fit),
        arms=study_arms(studies),
        rows=None if data is None else tuple(row.label for row in data.rows),
        merged=None if data is None else data.merged,
        left_out=None if data is None else _left_out(data),
        dial=None if found.dial is None else turned_dial(found.dial, target, pairs, margin),
        asked=asked,
    )


def _left_out(data: JointEvidence) -> tuple[LeftRow, ...]:
    return tuple(
        LeftRow(row=one.result.label, reason=one.reason, kept=one.kept) for one in data.left_out
    )


def _as_given(priors: Priors) -> dict[str, PriorValue]:
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in priors.as_mapping().items()
    }


def reference(fit: JointFit, treatment: str | None = None) -> str:
    """The treatment held by most studies, the first by name among equals."""
    studies = fit.studies
    counts = {
        name: int((studies.treatment == i).sum()) + int((studies.contrast[:, 1:] == i).sum())
        for i, name in enumerate(fit.treatments)
        if name != treatment
    }
    return max(counts, key=lambda name: (counts[name], [-ord(c) for c in name]))


def _oriented(every: tuple[model.Difference, ...], a: str, b: str) -> model.Difference:
    both = {(one.treatment, one.comparator): one for one in every}
    if (a, b) in both:
        return both[a, b]
    one = both[b, a]
    return replace(
        one,
        treatment=a,
        comparator=b,
        difference=-one.difference,
        difference_ci=(-one.difference_ci[1], -one.difference_ci[0]),
        ratio=_inverse(one.ratio),
        ratio_ci=(_inverse(one.ratio_ci[1]), _inverse(one.ratio_ci[0])),
        log_ratio=-one.log_ratio,
        p_higher=1 - one.p_higher,
        p_relevant=one.p_relevant_lower,
        p_relevant_lower=one.p_relevant,
    )


def _inverse(ratio: float) -> float:
    return 1 / ratio if ratio else math.inf
