"""A protocol as plain frozen data; codes are those of the tables beside it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Administrative:
    """Title, version and date; ``date`` is YYYY-MM-DD."""

    acronym: str | None
    version: str
    date: str


@dataclass(frozen=True, slots=True)
class Intercurrent:
    """An event after the start of treatment, and the strategy proposed for it (ICH E9(R1))."""

    code: str
    strategy: str
    source: str


@dataclass(frozen=True, slots=True)
class Estimand:
    """What is estimated: the kind of variable and its events; treatments stand in the question.

    ``variable`` is ``time``, ``binary``, ``landmark`` or ``mean``; ``endpoint`` a code of the table
    of endpoints, None where the designers named one of their own.
    """

    variable: str
    endpoint: str | None
    groups: str
    intercurrent: tuple[Intercurrent, ...]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """``role`` is ``primary``, ``secondary`` or ``harm``; ``code`` None for one in free words.

    ``months`` is the fixed time of a primary endpoint that has one.
    """

    role: str
    code: str | None
    source: str
    months: float | None = None


@dataclass(frozen=True, slots=True)
class Censored:
    """What happens to a patient of an endpoint in a situation."""

    endpoint: str
    code: str
    counted: str
    source: str


@dataclass(frozen=True, slots=True)
class Criterion:
    """A published statement on a treatment, as a draft of a criterion.

    ``role`` is ``inclusion``, ``required``, ``exclusion``, ``licence`` (for whom a treatment is
    licensed), ``dose`` (when it is withheld or ended), ``caution`` or ``before`` (to be done before
    the treatment); ``alternatives`` names the question that several statements
    answer differently.
    """

    rule_id: str
    treatment: str
    role: str
    statement_en: str
    statement_zh: str
    authority: str
    region: str
    alternatives: str
    source: str
    link: str
    seen: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """A fact that the rules of two treatments of the trial ask to be two things.

    ``rules`` are those of either treatment, by their ids.
    """

    fact: str
    treatments: tuple[str, str]
    rules: tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Assessment:
    """A row of the schedule: marks at screening, start, treatment, end and follow-up."""

    code: str
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recruited:
    """How a published study recruited: its own figures, and patients a month and centre."""

    study: str
    centres: int
    years: float
    patients: int
    rate: float
    source: str


@dataclass(frozen=True, slots=True)
class Recruitment:
    """What the size asks of the centres; None where nobody said.

    ``eligible`` are the patients a year who could be asked, as the designers gave them: no
    incidence is shipped. ``share`` of them would have to take part.
    """

    patients: int
    events: int | None
    accrual: float | None
    a_month: float | None
    centres: int | None
    each: float | None
    eligible: float | None
    eligible_source: str | None
    share: float | None
    published: tuple[Recruited, ...]


@dataclass(frozen=True, slots=True)
class AtBound:
    """What would be reported of a trial that ended at an analysis exactly at its bound.

    Effects on the design's scale. ``responders`` where the bound is a count. ``level`` of both
    intervals is that of the test: one-sided alpha at either end. ``interim_z`` and the final
    ``size`` of a trial whose second stage was sized anew.
    """

    stage: int
    responders: int | None
    naive: float
    adjusted: float
    interval: tuple[float, float]
    repeated: tuple[float, float] | None
    p_value: float | None
    level: float
    interim_z: float | None = None
    size: float | None = None


@dataclass(frozen=True, slots=True)
class Blank:
    """What the team has to decide: a code of the table, and the section it stands in."""

    code: str
    section: str


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a reporting guideline, where it stands here and how far it is met.

    ``state`` is ``covered``, ``partly``, ``blank`` (marked, to be filled in) or ``none`` (does not
    apply).
    """

    guideline: str
    number: str
    section: str
    state: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of a section, by its code, and where it is from."""

    code: str
    section: str
    source: str
