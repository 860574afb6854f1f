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
    Conflicting,
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
    conflicting,
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
    from collections.abc import Iterable, Mapping

    from hilum.answers.joint_evidence import JointEvidence
    from hilum.synthesis.joint import Dial, JointFit, Priors, Studies
    from hilum.synthesis.joint import posterior as model
    from hilum.synthesis.joint.precision import Wanted
    from hilum.synthesis.joint.weights import Weights
    from hilum.watch import Watch

ALL = ("all",)
"""Covariates: every one that varies."""
PriorValue = float | tuple[float, ...] | dict[str, float]
ONE = "one"
"""Name of the fit where there is no dial."""
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
    most_draws: Annotated[
        int | None,
        Option(
            "Draws a chain at most, where printed limits do not stand: 4 times those asked for.",
            at_least=100,
        ),
    ] = None
    seed: Annotated[int, Option("Seed.", at_least=0)] = 1
    afresh: Annotated[
        bool, Option("Draw again, also where an earlier question left its posterior.")
    ] = False

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

    ``warnings`` are codes: ``gross_conflict`` (two kinds of evidence are two standard errors apart
    or more), ``no_favoured`` (a bias prior of comparisons acts on nothing), ``limits_move``
    (Monte-Carlo error is large still). ``ranks`` are those of treatments that comparisons link.

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
    """A fit with what it was asked for: what an answer, and an export of draws, are made of.

    ``kept``: it was made for an earlier question of the same studies.
    """

    asked: JointAsked
    data: JointEvidence | None
    target: model.Target
    fit: JointFit
    dial: Dial | None
    kept: bool = False


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
    studies, data = _studies(asked)
    target = _target(studies, asked)
    priors = _priors(asked, studies)
    _known(studies, asked)
    return _fitted(asked, studies, priors, data, target, watch)


def _fitted(
    asked: JointAsked,
    studies: Studies,
    priors: Priors,
    data: JointEvidence | None,
    target: model.Target,
    watch: Watch,
) -> Fitted:
    from hilum.analyses import joint_kept
    from hilum.synthesis.joint.fit import DIALS
    from hilum.synthesis.joint.weights import needed_parts

    weights = asked.weight_single, asked.weight_comparative
    if asked.dial:
        weights = DIALS[asked.on](1.0)
    parts = needed_parts(studies, weights)
    size: dict[str, Any] = {"chains": asked.chains, "seed": asked.seed}
    if asked.draws is not None:
        size["draws"] = asked.draws
    wanted = None if asked.dial else _wanted(studies, asked, target)
    key = joint_kept.key_of(
        studies,
        priors,
        weights=weights,
        dial=asked.on if asked.dial else None,
        size=size,
        most=asked.most_draws,
    )
    held = None if asked.afresh else joint_kept.find(key, studies, priors)
    if held is not None and not _enough(held, asked, wanted):
        held = None
    fits = held or _fit(asked, studies, priors, weights, parts, size, wanted, watch)
    if held is None:
        joint_kept.keep(key, fits, tuple(parts))
    return _of(asked, data, target, fits, tuple(parts), kept=held is not None)


def _enough(
    held: Mapping[str, JointFit | NotConverged], asked: JointAsked, wanted: Wanted | None
) -> bool:
    """Whether kept draws are as many as this question would make itself."""
    from hilum.synthesis.joint import JointFit
    from hilum.synthesis.joint.fit import DRAWS, MOST
    from hilum.synthesis.joint.precision import stands

    one = held.get(ONE)
    if wanted is None or not isinstance(one, JointFit):
        return True
    top = asked.most_draws or MOST * (asked.draws or DRAWS)
    return one.draws["sigma"].shape[1] >= top or stands(one.draws, one.studies, wanted)


def _fit(
    asked: JointAsked,
    studies: Studies,
    priors: Priors,
    weights: tuple[float, float],
    parts: dict[str, Weights],
    size: dict[str, Any],
    wanted: Wanted | None,
    watch: Watch,
) -> dict[str, JointFit | NotConverged]:
    """Every fit by name: its weight along the dial, and those of parts of the evidence."""
    from hilum.synthesis import joint

    if not asked.dial:
        one = joint.joint(
            studies, priors, weights=weights, parts=parts, wanted=wanted, most=asked.most_draws,
            watch=watch, **size,
        )  # fmt: skip
        return {ONE: replace(one, parts={})} | dict(one.parts)
    turned = joint.dial(studies, priors, on=asked.on, parts=parts, watch=watch, **size)
    last = turned.fits[-1]
    if isinstance(last, NotConverged):
        raise last
    fits = (*turned.fits[:-1], replace(last, parts={}))
    return dict(zip(map(repr, turned.weights), fits, strict=True)) | dict(last.parts)


def _of(
    asked: JointAsked,
    data: JointEvidence | None,
    target: model.Target,
    fits: Mapping[str, JointFit | NotConverged],
    parts: tuple[str, ...],
    *,
    kept: bool,
) -> Fitted:
    from hilum.synthesis.joint import Dial, JointFit

    beside = {name: fits[name] for name in parts if name in fits}
    alone = {name: one for name, one in fits.items() if name not in beside}
    last = [*alone.values()][-1]
    assert isinstance(last, JointFit)
    fit = replace(last, parts=beside)
    dial = None
    if asked.dial:
        weights = tuple(float(name) for name in alone)
        dial = Dial(asked.on, weights, (*[*alone.values()][:-1], fit), last.seconds)
    return Fitted(asked, data, target, fit, dial, kept)


def _wanted(studies: Studies, asked: JointAsked, target: model.Target) -> Wanted:
    """The levels in the target and the pairs that are printed."""
    from hilum.synthesis.joint.precision import Wanted

    places = {name: i for i, name in enumerate(studies.treatments)}
    return Wanted(target, tuple((places[a], places[b]) for a, b in _pairs(studies, asked)))


def _pairs(studies: Studies, asked: JointAsked) -> list[tuple[str, str]]:
    other = asked.versus or reference(studies, asked.treatment)
    named = [asked.treatment] if asked.treatment else studies.treatments
    return [(name, other) for name in named if name != other]


def _studies(asked: JointAsked) -> tuple[Studies, JointEvidence | None]:
    if asked.table is not None:
        from hilum.analyses.joint_table import columns_of, read_studies

        names = asked.covariates
        if asked.patient is not None and not names:
            names = columns_of(asked.table, asked.outcome, asked.patient)
        return read_studies(asked.table, asked.outcome, names), None
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
    made = Priors.from_mapping(asked.priors, file="", base=base)
    given = asked.priors.get("bias_comparative")
    if given is not None and asked.table is not None and _unmarked(studies, made):
        wanted = "a column favoured in the table, 1 for the arms that confounding would favour"
        raise InputError(Fault("", None, "priors", "bias_comparative", wanted))
    return made


def _unmarked(studies: Studies, priors: Priors) -> bool:
    """Whether a bias of comparisons is expected and no arm is marked that it would favour."""
    from hilum.synthesis.joint.data import COMPARATIVE

    prior = priors.bias_comparative
    compared = bool((studies.design == COMPARATIVE).any())
    marked = bool(studies.favoured.any() or studies.effect[:, 2].any())
    return compared and not marked and bool(prior.mean or prior.sd)


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
    if asked.anchor is not None:
        faults += _anchor_faults(studies, *asked.anchor)
    if faults:
        raise InputError(*faults)
    return Target(tuple((values | asked.at).items()), asked.anchor)


def _anchor_faults(studies: Studies, name: str, value: float) -> list[Fault]:
    """Before minutes are spent on a fit."""
    if name not in studies.treatments:
        return [_no_treatment("anchor", name, studies)]
    if studies.kind == "binomial" and not 0 < value < 1:
        return [Fault("", None, "anchor", f"{name}={value:g}", "a proportion between 0 and 1")]
    if not 0 < value < math.inf:
        return [Fault("", None, "anchor", f"{name}={value:g}", "a median above 0 months")]
    return []


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
    from hilum.synthesis.joint.identification import identification, linearised
    from hilum.synthesis.joint.paths import components
    from hilum.synthesis.joint.posterior import differences
    from hilum.synthesis.joint.predictive import prior_predictive

    fit, asked, target = found.fit, found.asked, found.target
    studies, info = fit.studies, linearised(fit)
    pairs = _pairs(studies, asked)
    margin = MARGINS[studies.kind] if asked.margin is None else asked.margin
    every = differences(fit, target, pairs=pairs, margin=margin)
    data = found.data
    conflicts = conflicting(fit, pairs)
    groups = components(studies, randomised_only=fit.weights[1] == 0)
    return JointAnswered(
        kind=studies.kind,
        outcome=None if data is None else str(data.outcome),
        population=None if data is None else str(data.population),
        warnings=_warnings(found, conflicts),
        studies={d: int((studies.design == i).sum()) for i, d in enumerate(DESIGNS)},
        treatments=fit.treatments,
        components=components(studies),
        weights={"single_arm": fit.weights[0], "comparative": fit.weights[1]},
        priors=_as_given(fit.priors),
        covariates=studies.covariates,
        target=Aim(values=dict(target.values), anchor=target.anchor, unused=_unused(found)),
        absolute=absolutes(fit, target, info),
        reference=asked.versus or reference(studies, asked.treatment),
        differences=tuple(as_difference(one) for one in every),
        identification=tuple(carried(identification(fit, *pair, info)) for pair in pairs),
        conflicts=conflicts,
        ranks=ranked(fit, target, info, groups),
        heterogeneity=spreads(fit),
        prior_predictive=before(prior_predictive(studies, fit.priors, seed=fit.seed)),
        convergence=converged(fit, kept=found.kept),
        posterior_predictive=predictive(fit),
        arms=study_arms(studies),
        rows=None if data is None else tuple(row.label for row in data.rows),
        merged=None if data is None else data.merged,
        left_out=None if data is None else _left_out(data),
        dial=None if found.dial is None else turned_dial(found.dial, target, pairs, margin),
        asked=asked,
    )


def _warnings(found: Fitted, conflicts: tuple[Conflicting, ...]) -> tuple[str, ...]:
    """Codes of what must be said first (:data:`hilum.rendering.joint.WARNINGS`)."""
    from hilum.synthesis.joint.precision import stands

    fit, studies = found.fit, found.fit.studies
    moves = not stands(fit.draws, studies, _wanted(studies, found.asked, found.target))
    return tuple(
        code
        for code, holds in (
            ("gross_conflict", any(one.gross for one in conflicts)),
            ("no_favoured", _unmarked(studies, fit.priors)),
            ("limits_move", moves),
        )
        if holds
    )


def _unused(found: Fitted) -> tuple[str, ...]:
    """What is known of the patient and that the model does not hold."""
    return tuple(
        name for name in found.asked.patient or {} if name not in found.fit.studies.covariates
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


def reference(studies: Studies, treatment: str | None = None) -> str:
    """The treatment held by most studies, the first by name among equals."""
    counts = {
        name: int((studies.treatment == i).sum()) + int((studies.contrast[:, 1:] == i).sum())
        for i, name in enumerate(studies.treatments)
        if name != treatment
    }
    names = counts or {studies.treatments[0]: 0}
    return max(names, key=lambda name: (names[name], [-ord(c) for c in name]))
