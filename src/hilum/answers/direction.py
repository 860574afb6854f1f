"""Which side of 1 is the better one for the patient, by measure and outcome."""

from __future__ import annotations

from typing import Final

from hilum.errors import NotEstimable, phrased
from hilum.evidence import Measure, Outcome
from hilum.evidence.vocabulary import OUTCOMES, Better

DIRECTIONS: Final[dict[tuple[Measure, Outcome], Better]] = {
    **{(Measure.HAZARD_RATIO, Outcome(one.outcome)): one.hazard_ratio for one in OUTCOMES.values()},
    **{(Measure.ODDS_RATIO, Outcome(one.outcome)): one.odds_ratio for one in OUTCOMES.values()},
}
"""Every ratio of the tables: the side of 1 on which the treatment named first does better."""


def direction(measure: Measure, outcome: Outcome) -> Better:
    """The better side of 1.

    Raises
    ------
    NotEstimable
        A measure that is no ratio.
    """
    try:
        return DIRECTIONS[measure, outcome]
    except KeyError:
        known = ", ".join(sorted({str(one) for one, _ in DIRECTIONS}))
        message = phrased(
            "{measure} of {outcome} has no better side: expected one of {known}",
            measure=measure,
            outcome=outcome,
            known=known,
        )
        raise NotEstimable(message) from None
