"""Parts of a synopsis that only some designs have: strata, re-estimation, simulated truths."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stratum:
    """A stratum: its share of the patients, both groups' figures, and what is expected of it.

    ``control`` and ``treatment`` are medians in months (survival) or rates.
    """

    name: str
    share: float
    control: float
    treatment: float
    patients: int
    events: float | None = None


@dataclass(frozen=True, slots=True)
class TrueRate:
    """A trial that borrows controls, at one true control rate.

    Type I error and power (the difference hoped for kept, None where it leaves 0 to 1), and both
    without borrowing.
    """

    control: float
    level: float
    power: float | None
    level_alone: float
    power_alone: float | None


@dataclass(frozen=True, slots=True)
class Interim:
    """What a re-estimation does after one interim result.

    ``zone`` is ``unfavourable``, ``promising``, ``capped`` (promising, the largest size is not
    enough) or ``favourable``; ``size`` the final size, ``needed`` what the second stage's own z
    must reach. ``shown`` marks a row of the table; all are in the picture.
    """

    z: float
    effect: float
    zone: str
    planned_power: float
    power: float
    size: float
    needed: float
    shown: bool


@dataclass(frozen=True, slots=True)
class Growth:
    """A trial whose second stage may grow, beside the planned one, under one truth."""

    code: str
    effect: float
    success: float
    success_planned: float
    expected: float
    expected_planned: float
    raised: float


@dataclass(frozen=True, slots=True)
class EnrichedTruth:
    """What simulated enrichment trials did under one truth.

    ``subgroup_effect`` and ``rest_effect`` are the true effects in the subgroup and in the other
    patients on the design's scale. ``full``, ``subgroup``, ``either``: declared effective there;
    ``false``: in a population without effect, None where there is none such; ``mcse`` the largest
    Monte-Carlo standard error of the four. ``only_full`` ... ``none``: pursued after the first
    interim analysis. ``full_excess`` and ``subgroup_excess`` say by how much (of ratios: by which
    factor) the estimate of all patients is on average off that of the last stage alone, which
    selection does not bias; None where too few trials came so far. ``smaller`` says why the effect
    is smaller than the code does: ``possible`` (a rate would reach 0 or 1), ``balanced`` (the
    others, who are fewer, would have to lose more than the subgroup hopes to gain); empty where it
    is not.
    """

    code: str
    prevalence: float
    subgroup_effect: float
    rest_effect: float
    full: float
    subgroup: float
    either: float
    false: float | None
    mcse: float
    only_full: float
    only_subgroup: float
    both: float
    none: float
    patients: float
    events: float | None
    months: float | None
    full_excess: float | None
    subgroup_excess: float | None
    smaller: str = ""


@dataclass(frozen=True, slots=True)
class SimulatedTruth:
    """What simulated trials did in one scenario; ``code`` is ``no-effect``, ``as-planned`` or its.

    ``facts`` are what is otherwise than planned, by the names of
    :class:`hilum.trials.failing.changes.Changes` (``months``: the planned month of the end);
    ``efficacy`` and ``futility`` the chances to end at each analysis with and without success;
    events, patients and months means at the end, None where they are not known, each with its
    Monte-Carlo standard error (``events_mcse`` ...); ``short`` is the share of trials whose planned
    events (or patients) did not come. ``name`` is that of a user's own scenario; ``level`` the
    chance of success without an effect in this scenario, None where that cannot change.
    """

    code: str
    facts: dict[str, float]
    success: float
    mcse: float
    efficacy: tuple[float, ...]
    futility: tuple[float, ...]
    events: float | None
    patients: float
    months: float | None
    short: float
    name: str = ""
    level: float | None = None
    level_mcse: float | None = None
    events_mcse: float | None = None
    patients_mcse: float | None = None
    months_mcse: float | None = None


@dataclass(frozen=True, slots=True)
class Simulated:
    """Simulated trials of a design.

    ``ends`` says when an analysis comes: with so many ``events``, at the end of the planned
    ``follow-up``, or when so many ``patients`` have come, whose outcome is then known; ``counted``
    what ``events`` are: ``events``, ``successes``, or empty where nothing is counted.
    """

    trials: int
    seed: int
    truths: tuple[SimulatedTruth, ...]
    ends: str = "events"
    counted: str = "events"
