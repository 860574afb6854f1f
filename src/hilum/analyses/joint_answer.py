"""What the joint model answers: records of plain figures, for words and plots."""

from __future__ import annotations

from dataclasses import dataclass

Figure = float | None
Ends = tuple[Figure, Figure]
DESIGNS = ("randomised", "comparative", "single_arm")


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyArm:
    """One row of the model: ``y`` events of ``n``, or a log hazard (ratio) with its error ``n``."""

    study: str
    treatment: str
    comparator: str | None
    design: str
    y: float
    n: float
    favoured: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """Whom the figures are for: covariates by name, and a known outcome in the target.

    ``unused``: what is known of the patient and that the model does not hold.
    """

    values: dict[str, float]
    anchor: tuple[str, float] | None
    unused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """A covariate of the target that the studies do not reach."""

    covariate: str
    value: float
    seen: tuple[float, float] | None
    flag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Absolute:
    """Outcome of one treatment: a share from 0 to 1, or months; ``*_error`` by Monte Carlo.

    ``withheld`` is ``level_of_prior`` where over half of the information on the outcome is the
    prior's (``prior_percent``): the figures are missing.
    """

    treatment: str
    value: Figure
    value_error: Figure
    ci: Ends
    ci_error: Ends
    prediction: Ends
    prediction_error: Ends
    studies: int
    extrapolated: tuple[Reach, ...]
    prior_percent: Figure = None
    withheld: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Treatment against comparator; ``ratio`` of odds or hazards, ``*_error`` by Monte Carlo.

    ``withheld`` is ``level_of_prior`` where the level of either treatment is the prior's and not
    the studies': the ratio stands, the difference and what it is probable to exceed are missing.
    """

    treatment: str
    comparator: str
    difference: Figure
    difference_error: Figure
    difference_ci: Ends
    difference_ci_error: Ends
    ratio: Figure
    ratio_error: Figure
    ratio_ci: Ends
    ratio_ci_error: Ends
    log_ratio: Figure
    se: Figure
    p_higher: float
    p_relevant: Figure
    p_relevant_lower: Figure
    margin: float
    conclusion: str
    withheld: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Point(Difference):
    """A difference at a weight of the dial."""

    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One study's share of the information, in percent."""

    study: str
    design: str
    percent: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Without:
    """A contrast once an assumption is given up, by a fit of its own.

    ``log_ratio``, ``se`` and ``ci`` on the log scale, ``ratio`` the error over that with the
    assumption; ``silent`` where no comparisons are left. ``refused`` is why no fit is shown.
    ``log_ratio_error`` and ``ci_error`` are by Monte Carlo.
    """

    assumption: str
    log_ratio: Figure
    se: Figure
    ci: Ends
    ratio: Figure
    silent: bool
    refused: str | None
    log_ratio_error: Figure = None
    ci_error: Ends = (None, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What carries a comparison."""

    treatment: str
    comparator: str
    basis: str
    path: tuple[str, ...]
    direct: tuple[str, ...]
    percent: dict[str, float]
    shares: tuple[Share, ...]
    se: Figure
    without: tuple[Without, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """What one kind of evidence says alone, on the log scale; ``studies`` of that kind.

    ``value_error`` and ``ci_error`` are by Monte Carlo.
    """

    kind: str
    studies: int
    value: Figure
    se: Figure
    ci: Ends
    value_error: Figure = None
    ci_error: Ends = (None, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflicting:
    """Two kinds of evidence side by side, each fitted alone.

    On a comparison (log odds or hazard ratio), or, where ``comparator`` is None, on a treatment's
    level (log odds, log hazard). ``gap`` is the first less the second, ``z`` in standard errors,
    ``p`` two-sided; ``gross`` from ``threshold`` standard errors.
    """

    treatment: str
    comparator: str | None
    first: Spoken
    second: Spoken
    gap: Figure
    se: Figure
    z: Figure
    p: float
    threshold: float
    gross: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rank:
    """Place of a treatment, 1 the best outcome, and the evidence behind it in percent.

    ``among`` are the treatments that comparisons link with it: a rank is among them alone.
    """

    treatment: str
    among: tuple[str, ...]
    mean: float
    ci: tuple[int, int]
    p_first: float
    p_last: float
    information: dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """A standard deviation or bias of the model."""

    median: float
    ci: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What the priors say before any data."""

    outcome: Ends
    ratio: Ends
    ratio_non_randomised: Ends


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmOutside:
    """An arm outside what the fitted model expects of a new study like it."""

    study: str
    treatment: str
    observed: float
    interval: tuple[float, float]
    p: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Predictive:
    """Arms against replications."""

    p: float
    outside: tuple[ArmOutside, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Converged:
    """Convergence of the chains, and what it cost; ``kept`` from an earlier question."""

    r_hat: float
    ess_bulk: float
    ess_tail: float
    divergences: int
    draws: int
    worst: str
    needed: float
    chains: int
    seconds: float
    ess_per_second: float
    kept: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Where a conclusion changes along the dial."""

    weight: float
    below: str
    above: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Along:
    """One comparison along the dial."""

    treatment: str
    comparator: str
    curve: tuple[Point, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AtWeight:
    """Absolute outcomes at one weight."""

    weight: float
    treatments: tuple[Absolute, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """The dial; ``refused`` gives by weight why a fit is not shown."""

    on: str
    weights: tuple[float, ...]
    refused: dict[str, str]
    seconds: float
    differences: tuple[Along, ...]
    absolute: tuple[AtWeight, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftRow:
    """A figure of the evidence that the model does not use, and why."""

    row: str
    reason: str
    kept: str | None
