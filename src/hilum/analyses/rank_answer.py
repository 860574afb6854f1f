"""What a ranking answers: every comparison with all its designs, and what the draws rest on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hilum.analyses.rank_pairs import Randomisable
from hilum.sheet.comparable import together

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hilum.analyses.rank_pairs import Pair
    from hilum.sheet.worth import Drawn
    from hilum.synthesis.joint.identification import Identification
    from hilum.trials.worth import Candidate, Point, Worth


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeWorth:
    """What a trial of one size is worth: a patient (``evsi``), in all, in money."""

    patients: int
    years_to_result: float
    evsi: float
    evsi_mcse: float
    changes_choice: float
    total: float
    net: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two treatments, the better expected first, and the trials that could compare them.

    ``compared_in`` names the studies that hold both, by kind; ``basis`` and
    ``information_percent`` say what carries their difference in the joint model.
    ``randomisable`` is why somebody would randomise them; None where that was not looked at.
    """

    rank: int
    treatments: tuple[str, str]
    expected: tuple[float, float]
    second_better: float
    evpi: float
    evpi_mcse: float
    total_evpi: float
    compared_in: dict[str, tuple[str, ...]]
    basis: str | None
    information_percent: dict[str, float] | None
    randomisable: Randomisable | None
    best: SizeWorth
    designs: tuple[SizeWorth, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawsModel:
    """Where draws came from; why not from the joint model; what it holds beside the board's."""

    name: str
    reason: str | None
    detail: str | None
    studies: int | None
    effective_draws: int | None
    not_ranked: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """The evidence on a treatment: studies with their designs, patients where they are stated."""

    k: int
    n: int | None
    studies: tuple[str, ...]
    designs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowing:
    """Worth of knowing one part of the joint model for certain."""

    evppi: float
    evppi_mcse: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeRanked:
    """One outcome in one population; ``months`` where it is a time, else a share of patients."""

    outcome: str
    population: str
    unit: str
    months: bool
    model: DrawsModel
    treatments: dict[str, Behind]
    knowing: dict[str, Knowing]
    candidates: tuple[Comparison, ...]


def outcome_ranked(
    drawn: Drawn,
    candidates: Sequence[Candidate],
    carried: Sequence[Identification | None],
    knowing: Mapping[str, Worth],
    kept: Mapping[Pair, Randomisable | None],
) -> OutcomeRanked:
    """The answer of one outcome from its draws and comparisons."""
    fit, group = drawn.fit, drawn.group
    return OutcomeRanked(
        outcome=group.outcome,
        population=str(group.population),
        unit=group.gain,
        months=group.months,
        model=DrawsModel(
            name=drawn.model,
            reason=drawn.reason,
            detail=drawn.detail,
            studies=None if fit is None else fit.studies.count,
            effective_draws=None if fit is None else round(fit.convergence.ess_bulk),
            not_ranked=tuple(drawn.beside),
        ),
        treatments={
            body.treatment: Behind(
                k=body.k,
                n=body.n,
                studies=tuple(body.studies),
                designs=tuple(sorted({str(one) for one in body.studies.values()})),
            )
            for body in drawn.bodies
        },
        knowing={
            name: Knowing(evppi=float(worth.value), evppi_mcse=float(worth.mcse))
            for name, worth in knowing.items()
        },
        candidates=tuple(
            _comparison(drawn, place, candidate, behind, kept)
            for place, (candidate, behind) in enumerate(
                zip(candidates, carried, strict=True), start=1
            )
        ),
    )


def _comparison(
    drawn: Drawn,
    place: int,
    one: Candidate,
    carried: Identification | None,
    kept: Mapping[Pair, Randomisable | None],
) -> Comparison:
    bodies = {body.treatment: body for body in drawn.bodies}
    shared = together(*(bodies[name] for name in one.treatments))
    return Comparison(
        rank=place,
        treatments=one.treatments,
        expected=one.expected,
        second_better=one.better,
        evpi=float(one.evpi.value),
        evpi_mcse=float(one.evpi.mcse),
        total_evpi=float(one.total_evpi),
        compared_in={kind: tuple(names) for kind, names in shared.items()},
        basis=None if carried is None else carried.basis,
        information_percent=None
        if carried is None
        else {name: float(share) for name, share in carried.percent.items()},
        randomisable=next(
            reason for pair, reason in kept.items() if set(pair) == set(one.treatments)
        ),
        best=_size(one.best),
        designs=tuple(_size(point) for point in one.points),
    )


def _size(point: Point) -> SizeWorth:
    return SizeWorth(
        patients=point.patients,
        years_to_result=float(point.years),
        evsi=float(point.evsi.value),
        evsi_mcse=float(point.evsi.mcse),
        changes_choice=float(point.evsi.changes),
        total=float(point.total),
        net=None if point.net is None else float(point.net),
    )
