"""The synopsis of a trial as plain frozen data; a renderer makes pages of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from hilum.trials.synopsis.special import (
    EnrichedTruth,
    Growth,
    Interim,
    Simulated,
    Stratum,
    TrueRate,
)
from hilum.trials.synopsis.why_record import Unit, WhyNow

Source = Literal["evidence", "given", "convention", "default"]


@dataclass(frozen=True, slots=True)
class StudyBehind:
    """A published figure behind an assumption.

    ``subgroup`` is the part of its arm that it is of, ``derived`` how it was calculated where it is
    not printed as such.
    """

    study_id: str
    name: str
    events: int | None
    n: int | None
    value: float | None
    interval: tuple[float | None, float | None] | None
    source: str
    link: str | None
    locator: str | None
    subgroup: str | None = None
    derived: str | None = None


@dataclass(frozen=True, slots=True)
class Assumption:
    """A number the design rests on, and where it comes from.

    Parameters
    ----------
    parameter : str
        Code of what it is (``p0``, ``control_median``, ...).
    value, unit
        The number; proportions from 0 to 1.
    source : {"evidence", "given", "convention", "default"}
        Pooled from published studies, given by whoever designs, customary (alpha, power), or what
        the design takes where nothing else is given.
    interval, prediction : (float, float) or None
        95 % interval of the mean, and for a new study, of an assumption from evidence.
    effective_n : float or None
        Patients (events) a prior made of it is worth.
    population, method : str or None
        Whom the evidence describes, and how it was pooled.
    treatment : str or None
        The treatment whose record gave it.
    studies : tuple of StudyBehind
    """

    parameter: str
    value: float
    unit: Unit
    source: Source
    interval: tuple[float, float] | None = None
    prediction: tuple[float, float] | None = None
    effective_n: float | None = None
    population: str | None = None
    method: str | None = None
    studies: tuple[StudyBehind, ...] = ()
    treatment: str | None = None


@dataclass(frozen=True, slots=True)
class Pico:
    """The question; codes of the vocabulary or free words.

    ``historical`` is the treatment whose published results a single-arm trial is held against.
    """

    population: str
    intervention: str
    comparator: str
    outcome: str
    title: str | None = None
    historical: str | None = None


@dataclass(frozen=True, slots=True)
class Basis:
    """What a synopsis says besides its design: the question, figures from the record, why now."""

    question: Pico
    found: tuple[Assumption, ...] = ()
    why: WhyNow | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the derivation: a code and the numbers its sentence needs."""

    code: str
    facts: dict[str, float | int | str] = field(default_factory=dict[str, "float | int | str"])


@dataclass(frozen=True, slots=True)
class Look:
    """One analysis. What a design does not have is None.

    ``stop_efficacy0`` ... are the probabilities to stop at this analysis under no effect (0) and
    under the alternative (1). A stage of a multi-arm trial with times to events has the outcome it
    judges, events of the control and of one treatment, the hazard ratio at or below which a
    treatment passes, level and power of the stage, and the chance that one treatment has passed
    all stages so far.
    """

    stage: int
    information: float | None = None
    n: float | None = None
    events: float | None = None
    months: float | None = None
    efficacy_z: float | None = None
    futility_z: float | None = None
    efficacy_p: float | None = None
    efficacy_effect: float | None = None
    efficacy_count: int | None = None
    futility_count: int | None = None
    stop_efficacy0: float | None = None
    stop_futility0: float | None = None
    stop_efficacy1: float | None = None
    stop_futility1: float | None = None
    outcome: str | None = None
    control_events: float | None = None
    arm_events: float | None = None
    critical_ratio: float | None = None
    level: float | None = None
    stage_power: float | None = None
    passing0: float | None = None
    passing1: float | None = None


@dataclass(frozen=True, slots=True)
class Operating:
    """Behaviour at one truth: ``effect`` on the design's scale, chance of success, size.

    ``expected_n`` counts what the synopsis says of its expected sizes (``expected_of``);
    ``mcse`` is the Monte-Carlo standard error of ``success`` where it was simulated.
    """

    code: str
    effect: float
    success: float
    expected_n: float | None = None
    stop_early: float | None = None
    mcse: float | None = None


@dataclass(frozen=True, slots=True)
class Alternative:
    """A design that answers the same question, beside the chosen one."""

    code: str
    label: str
    n: float
    expected_n0: float | None = None
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """The size if an assumption from the evidence were at an end of its 95 % interval.

    ``hoped`` is the treatment's figure then (the difference hoped for, or the ratio, stays);
    ``patients`` is None where no design exists.
    """

    parameter: str
    value: float
    hoped: float | None
    patients: int | None


@dataclass(frozen=True, slots=True)
class SpiritItem:
    """An item of the protocol checklist: number in SPIRIT 2013 and 2025, and how far it is met."""

    item_2013: str
    item_2025: str
    topic: str
    status: Literal["covered", "partly"]


@dataclass(frozen=True, slots=True)
class Synopsis:
    """Everything the synopsis of a design shows.

    Parameters
    ----------
    kind, method : str
        Codes of the design and its method.
    hypothesis : {"superiority", "noninferiority", "equivalence"}
    alpha, power : float or None
        None where a design has neither by construction and was not simulated.
    scale : str
        Unit of effects: ``proportion``, ``ratio``, ``months`` or ``number``.
    patients, events : int
        Whole numbers to be recruited and observed; ``per_arm`` names each group's.
    expected_n0, expected_n1 : float or None
        Expected size under no effect and the effect, counted in what ``expected_of`` says.
    expected_of : {"patients", "events"}
        What expected sizes count, here, in ``operating`` and in ``curve``; ``growth`` likewise.
    months : float or None
        From the first patient to the last analysis.
    curve : tuple of (effect, success, expected n or None)
        For the picture of the operating characteristics.
    assurance : float or None
        Power expected over what is believed of the effect and of the control group.
    reached : float or None
        The power that the rounded design has, exact or simulated, beside ``power`` as asked for.
    simulated : Simulated or None
        Trials that were played, where that was asked for.
    strata, true_rates, interim, growth, enriched
        Tables that only some kinds have.
    better : {"higher", "lower"}
        The better side of the outcome: of a rate, a mean, or the hazard of the event.
    """

    kind: str
    method: str
    hypothesis: str
    scale: Unit
    question: Pico
    alpha: float | None
    power: float | None
    sided: int
    patients: int
    per_arm: tuple[tuple[str, int], ...]
    events: int | None
    months: float | None
    expected_n0: float | None
    expected_n1: float | None
    steps: tuple[Step, ...]
    looks: tuple[Look, ...]
    operating: tuple[Operating, ...]
    curve: tuple[tuple[float, float, float | None], ...]
    assumptions: tuple[Assumption, ...]
    analysis: tuple[Step, ...]
    alternatives: tuple[Alternative, ...] = ()
    why: WhyNow | None = None
    spirit: tuple[SpiritItem, ...] = ()
    sensitivity: tuple[Sensitivity, ...] = ()
    assurance: float | None = None
    strata: tuple[Stratum, ...] = ()
    true_rates: tuple[TrueRate, ...] = ()
    interim: tuple[Interim, ...] = ()
    growth: tuple[Growth, ...] = ()
    reached: float | None = None
    simulated: Simulated | None = None
    better: Literal["higher", "lower"] = "higher"
    enriched: tuple[EnrichedTruth, ...] = ()
    expected_of: Literal["patients", "events"] = "patients"


def spirit_items(
    why: WhyNow | None, *, interim: bool, randomised: bool, recruitment: bool
) -> tuple[SpiritItem, ...]:
    """Items of SPIRIT 2013 (Chan et al.) and 2025 that a synopsis meets, wholly or in part.

    The rest of the checklist belongs to the team that writes the protocol; so does the background
    where nothing published is shown (``why``).
    """
    items = [
        *(() if why is None else (SpiritItem("6a", "9a", "rationale", "partly"),)),
        SpiritItem("6b", "9b", "comparator", "covered" if randomised else "partly"),
        SpiritItem("7", "10", "objectives", "covered"),
        SpiritItem("8", "12", "design", "covered"),
        SpiritItem("10", "14a", "eligibility", "partly"),
        SpiritItem("11a", "15a", "interventions", "partly"),
        SpiritItem("12", "16", "outcomes", "partly"),
        SpiritItem("14", "19", "sample_size", "covered"),
    ]
    if recruitment:
        items += [
            SpiritItem("13", "18", "timeline", "partly"),
            SpiritItem("15", "20", "recruitment", "partly"),
        ]
    items.append(SpiritItem("20a", "27a", "analysis", "covered"))
    if interim:
        items.append(SpiritItem("21b", "28b", "interim", "covered"))
    return tuple(items)
