"""Whether a design can judge the outcome that it names: shares are counted, times followed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hilum.analyses.designs.asked import fault
from hilum.errors import InputError, phrased

if TYPE_CHECKING:
    from hilum.analyses.designs.asked import DesignAsked

# Fields by which a design for several kinds of outcome says which it is of.
EFFECTS: Final = (
    ("hazard_ratio", "time"),
    ("p1", "binary"),
    ("odds_ratio", "binary"),
    ("difference", "mean"),
)
# Words of a time to an event; with a number of months or years they are those of a share then.
OF_TIME = re.compile(r"\bsurvival\b|\btime to\b|\bPFS\b|\bOS\b|\bTTP\b|\bDFS\b|生存期|至.*时间")
AT_TIME = re.compile(r"\d")


def judged(asked: DesignAsked) -> str:
    """The kind of variable that a design judges; empty where it does not say."""
    from hilum.trials.protocol.tables import kind_of

    known = kind_of(asked.design).variable
    given = (what for name, what in EFFECTS if getattr(asked, name, None) is not None)
    return known or next(given, "")


def suited(asked: DesignAsked) -> None:
    """Refuse an outcome that a design cannot judge.

    Raises
    ------
    InputError
        A time to an event without its month where patients are counted or measured; a share of
        patients where times are compared.
    """
    from hilum.answers import outcomes
    from hilum.evidence import Measure
    from hilum.evidence.vocabulary import OUTCOMES
    from hilum.sheet.named import outcome_named

    if not asked.outcome:
        return
    variable, key = judged(asked), outcome_named(asked.outcome)
    if key is None:
        timed = bool(OF_TIME.search(asked.outcome)) and not AT_TIME.search(asked.outcome)
        share = False
        months: list[str] = []
    else:
        known = outcomes()[key]
        timed = OUTCOMES[known.outcome].family == "survival" and known.time_months is None
        share = known.measure is Measure.PROPORTION
        months = [one.key for one in outcomes().values()
                  if one.outcome == known.outcome and one.measure is Measure.RATE_AT]  # fmt: skip
    if timed and variable in ("binary", "mean", "count"):
        wanted = phrased(
            "an outcome that is counted or measured, or a time to an event at its month "
            "({months}); for the time itself take landmark, one-sample-logrank, survival or "
            "another design with a hazard ratio",
            months=", ".join(months) or f"{asked.outcome} at 12 months",
        )
        raise InputError(fault("outcome", asked.outcome, wanted))
    if share and variable in ("time", "landmark"):
        wanted = (
            "a time to an event, since times are compared; of a share of patients take "
            "single-stage, simon, two-proportions or another design of rates"
        )
        raise InputError(fault("outcome", asked.outcome, wanted))
