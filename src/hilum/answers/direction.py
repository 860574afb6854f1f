"""Which side of 1 is the better one for the patient, by measure and outcome."""

from __future__ import annotations

from typing import Final, Literal

from hilum.errors import NotEstimable, phrased
from hilum.evidence import Measure, Outcome

Better = Literal["below", "above", "not_stated"]

_EVENTS_IN_TIME = (
    Outcome.OVERALL_SURVIVAL,
    Outcome.PROGRESSION_FREE_SURVIVAL,
    Outcome.TIME_TO_PROGRESSION,
    Outcome.DISEASE_FREE_SURVIVAL,
    Outcome.RECURRENCE,
    Outcome.LOCAL_RECURRENCE,
    Outcome.MORTALITY_30D,
    Outcome.MORTALITY_90D,
    Outcome.MAJOR_COMPLICATION,
    Outcome.ANY_COMPLICATION,
    Outcome.LIVER_FAILURE,
)
_WANTED = (
    Outcome.SYMPTOM_RESPONSE,
    Outcome.BIOCHEMICAL_RESPONSE,
    Outcome.OBJECTIVE_RESPONSE,
    Outcome.COMPLETE_RESPONSE,
    Outcome.PARTIAL_RESPONSE,
    Outcome.DISEASE_CONTROL,
    Outcome.RESECTABLE,
)
_UNWANTED = (
    Outcome.PROGRESSIVE_DISEASE,
    Outcome.RECURRENCE,
    Outcome.LOCAL_RECURRENCE,
    Outcome.MORTALITY_30D,
    Outcome.MORTALITY_90D,
    Outcome.MAJOR_COMPLICATION,
    Outcome.ANY_COMPLICATION,
    Outcome.LIVER_FAILURE,
)
# Odds ratios of survival are printed for death by some and for survival by others.
_EITHER = (
    Outcome.OVERALL_SURVIVAL,
    Outcome.PROGRESSION_FREE_SURVIVAL,
    Outcome.TIME_TO_PROGRESSION,
    Outcome.DISEASE_FREE_SURVIVAL,
    Outcome.STABLE_DISEASE,
    Outcome.QUALITY_OF_LIFE,
    Outcome.LIVER_METASTASES,
)
DIRECTIONS: Final[dict[tuple[Measure, Outcome], Better]] = {
    **{(Measure.HAZARD_RATIO, one): "below" for one in _EVENTS_IN_TIME},
    **{(Measure.ODDS_RATIO, one): "above" for one in _WANTED},
    **{(Measure.ODDS_RATIO, one): "below" for one in _UNWANTED},
    **{(Measure.ODDS_RATIO, one): "not_stated" for one in _EITHER},
    **{
        (Measure.HAZARD_RATIO, one): "not_stated"
        for one in Outcome
        if one not in _EVENTS_IN_TIME
    },
}  # fmt: skip
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
