"""What the published record says of a trial's question today, as plain frozen data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unit = Literal["proportion", "months", "ratio", "number"]


@dataclass(frozen=True, slots=True)
class KnownNow:
    """What the published record says of one arm today.

    ``certainty`` is a GRADE level (``very_low`` to ``high``) where one was given; ``span`` the
    studies' lowest and highest figure where they are not pooled.
    """

    treatment: str
    outcome: str
    population: str
    k: int
    n: int | None
    value: float | None
    unit: Unit
    interval: tuple[float, float] | None
    prediction: tuple[float, float] | None
    designs: tuple[str, ...]
    certainty: str | None = None
    span: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class ComparedNow:
    """A published comparison of the two arms, its ratio as printed: ``treatment`` over the other.

    ``kind`` is ``randomised``, ``nonrandomised`` or ``review``; ``n`` the patients of both arms.
    ``favours`` is the treatment on whose side the figure lies, ``clear`` whether its interval
    excludes 1, or its p value is below 0.05 where no interval is printed. ``against`` says that it
    lies on the other side than the design hopes for, and is clear or excludes the effect hoped for;
    ``excludes`` that its interval does not hold that effect.

    ``time_months`` is the month of a rate's ratio, ``p_value`` as printed, ``adjusted`` whether it
    is an adjusted figure that stands beside a plain one, ``beside`` whether it is the plain figure
    beside an adjusted one, which is then no verdict. ``verdict`` is ``answered``, ``against`` or
    ``beyond`` (the hope lies beyond the interval on its good side): these stop a designer;
    ``inactive``: another outcome already favours the active treatment over an inactive control;
    these too stop. ``unclear``: on the other side, without a clear difference; empty: it says
    nothing of the question. ``certainty`` is a GRADE level.
    """

    study: str
    year: int | None
    kind: str
    outcome: str
    measure: str
    treatment: str
    comparator: str
    value: float
    interval: tuple[float | None, float | None] | None
    n: int | None
    favours: str | None
    clear: bool | None
    against: bool = False
    excludes: bool = False
    time_months: float | None = None
    p_value: str | None = None
    adjusted: bool = False
    beside: bool = False
    verdict: str = ""
    certainty: str | None = None


@dataclass(frozen=True, slots=True)
class BothHeld:
    """A study that held both treatments and printed no comparison of them.

    ``figures`` are what its two arms printed on the outcome (treatment, value, patients);
    ``unit`` as of :class:`Assumption`.
    """

    study: str
    year: int | None
    kind: str
    figures: tuple[tuple[str, float, int | None], ...] = ()
    unit: Unit = "proportion"


@dataclass(frozen=True, slots=True)
class OwnFigure:
    """What an arm that words describe printed, of two words that the record reads alike."""

    name: str
    study: str
    year: int | None
    value: float
    n: int | None
    unit: Unit


@dataclass(frozen=True, slots=True)
class Alike:
    """Two names of a design that are one treatment to the record, and figures of either."""

    names: tuple[str, str]
    code: str
    figures: tuple[OwnFigure, ...] = ()


@dataclass(frozen=True, slots=True)
class Registered:
    """A registered trial of the question that the record knows, its results not yet published."""

    trial: str
    treatments: tuple[str, ...]
    source: str
    link: str


@dataclass(frozen=True, slots=True)
class OffRecord:
    """A figure of the design that the record of its treatment does not hold.

    ``basis`` says what ``interval`` is: ``prediction`` of a new study, ``range`` of the studies'
    figures, or ``study``, the 95 % interval of the only one. ``figure`` is the record's own.
    """

    parameter: str
    value: float
    unit: Unit
    treatment: str
    outcome: str
    basis: str
    interval: tuple[float, float]
    figure: float | None
    k: int
    n: int | None


@dataclass(frozen=True, slots=True)
class Hoped:
    """The ratio that a design hopes for, intervention over comparator, and of what."""

    measure: Literal["hazard_ratio", "odds_ratio"]
    ratio: float


@dataclass(frozen=True, slots=True)
class WhyNow:
    """Why the study is missing.

    ``randomised`` and ``nonrandomised`` count published comparisons of the two arms on overall or
    progression-free survival; ``compared`` are all of them, those on ``outcome`` first, and
    ``hoped`` what the design hopes for. ``unknown`` are names of the design that the record does
    not have, ``read_as`` those that stand for a treatment of it (words, treatment). ``both`` and
    ``registered`` are studies without a comparison to show; ``off_record`` figures of the design
    that its record does not hold. ``despite`` is the designers' reason for a trial that published
    evidence answers already or whose hope it contradicts. ``alike`` says that both arms are one
    treatment to the record.
    """

    arms: tuple[KnownNow, ...]
    randomised: int | None
    nonrandomised: int | None
    outcome: str = ""
    compared: tuple[ComparedNow, ...] = ()
    hoped: Hoped | None = None
    unknown: tuple[str, ...] = ()
    read_as: tuple[tuple[str, str], ...] = ()
    both: tuple[BothHeld, ...] = ()
    registered: tuple[Registered, ...] = ()
    off_record: tuple[OffRecord, ...] = ()
    despite: str | None = None
    alike: Alike | None = None
