"""A ranking as one JSON object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hilum.sheet.comparable import together

if TYPE_CHECKING:
    from hilum.cli.rank_words import Ranked
    from hilum.trials.worth import Point


def as_object(one: Ranked) -> dict[str, Any]:
    """One outcome: the model, its treatments, every comparison with all its designs."""
    drawn, bodies = one.drawn, one.bodies
    fit = drawn.fit
    return {
        "outcome": one.group.outcome,
        "population": one.group.population,
        "unit": one.group.gain,
        "model": {
            "name": drawn.model,
            "reason": drawn.reason,
            "detail": drawn.detail,
            "studies": None if fit is None else fit.studies.count,
            "effective_draws": None if fit is None else round(fit.convergence.ess_bulk),
            "not_ranked": list(drawn.beside),
        },
        "treatments": {
            name: {
                "k": body.k,
                "n": body.n,
                "studies": list(body.studies),
                "designs": sorted(set(body.studies.values())),
            }
            for name, body in bodies.items()
        },
        "knowing": {
            name: {"evppi": worth.value, "evppi_mcse": worth.mcse}
            for name, worth in one.knowing.items()
        },
        "candidates": [
            {
                "rank": place,
                "treatments": list(candidate.treatments),
                "expected": list(candidate.expected),
                "second_better": candidate.better,
                "evpi": candidate.evpi.value,
                "evpi_mcse": candidate.evpi.mcse,
                "total_evpi": candidate.total_evpi,
                "compared_in": together(*(bodies[name] for name in candidate.treatments)),
                "basis": None if carried is None else carried.basis,
                "information_percent": None if carried is None else carried.percent,
                "best": _point(candidate.best),
                "designs": [_point(point) for point in candidate.points],
            }
            for place, (candidate, carried) in enumerate(
                zip(one.candidates, one.carried, strict=True), start=1
            )
        ],
    }


def _point(point: Point) -> dict[str, Any]:
    return {
        "patients": point.patients,
        "years_to_result": point.years,
        "evsi": point.evsi.value,
        "evsi_mcse": point.evsi.mcse,
        "changes_choice": point.evsi.changes,
        "total": point.total,
        "net": point.net,
    }
