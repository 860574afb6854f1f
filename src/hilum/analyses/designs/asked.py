"""What every design is asked: the question, the evidence behind it, accrual and follow-up."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

from hilum.analyses.asked import Option, check
from hilum.errors import Fault, InputError, Parameter, phrased
from hilum.trials.fixed.course import Course

if TYPE_CHECKING:
    from collections.abc import Generator
# Named in sentences; each face says it as its own.
EVIDENCE = Parameter("control_from_evidence")

HYPOTHESES = ("superiority", "noninferiority", "equivalence")


def hypotheses() -> tuple[str, ...]:
    """What a trial may show."""
    return HYPOTHESES


Alpha = Annotated[float, Option("Type I error.", above=0, below=1)]
Power = Annotated[float, Option("Power.", above=0, below=1)]
Sided = Annotated[int, Option("1 or 2.", at_least=1, at_most=2)]
Ratio = Annotated[float, Option("Treatment to control patients.", above=0)]
P0 = Annotated[float | None, Option("Uninteresting rate; or from the evidence.", above=0, below=1)]
P1 = Annotated[float, Option("Rate hoped for.", above=0, below=1)]
P2 = Annotated[float | None, Option("Control rate; or from the evidence.", above=0, below=1)]
HazardRatio = Annotated[float, Option("Hazard ratio hoped for.", above=0)]
Median = Annotated[
    float | None, Option("Control median; or from the evidence.", above=0, unit="months")
]
Hypothesis = Annotated[
    str,
    Option("Superiority, or non-inferiority or equivalence within a margin.", hypotheses),
]
Margin = Annotated[float | None, Option("Margin of non-inferiority or equivalence.")]
RateMargin = Annotated[
    float | None, Option("Margin of non-inferiority or equivalence.", share=True)
]
EffectSd = Annotated[
    float | None,
    Option(
        "Standard deviation of what is believed of the log hazard (odds) ratio: the synopsis then "
        "says the assurance.",
        above=0,
        below=100,
    ),
]
# Of designs for survival or proportions, whichever is given.
SurvivalRatio = Annotated[float | None, Option("Hazard ratio hoped for (survival).", above=0)]
Rate = Annotated[float | None, Option("Rate hoped for (proportions).", above=0, below=1)]


@dataclass(frozen=True, kw_only=True)
class DesignAsked:
    """The question of a trial, and whether the record says what its control group does."""

    design: ClassVar[str]

    treatment: Annotated[
        str | None, Option("Treatment under study: an id of the board, or words.")
    ] = None
    control: Annotated[str | None, Option("Comparator: an id of the board, or words.")] = None
    outcome: Annotated[
        str | None,
        Option("Primary outcome: objective_response, progression_free_survival, ...; or words."),
    ] = None
    population: Annotated[str | None, Option("Patients, in words.")] = None
    title: Annotated[str | None, Option("Title of the trial.")] = None
    control_from_evidence: Annotated[
        str | None,
        Option(
            "Treatment whose published record gives the control's rate or median (needs --outcome)."
        ),
    ] = None
    despite_evidence: Annotated[
        str | None,
        Option(
            "Why the trial is needed although published evidence answers its question or "
            "contradicts its hope; stands in synopsis and protocol."
        ),
    ] = None
    evidence: Annotated[
        str | None, Option("Folder of evidence tables instead of the shipped ones.")
    ] = None

    def __post_init__(self) -> None:
        """Refuse what does not go together, all at once."""
        faults = [*self.together(), *self.failing()]
        if self.control_from_evidence and not self.outcome:
            faults.append(fault("outcome", "", "the outcome to take from the evidence"))
        if self.control is not None and _alike(self.control, self.treatment):
            wanted = "another treatment than the one under study"
            faults.append(fault("control", self.control, wanted))
        if self.despite_evidence is not None and not self.despite_evidence.strip():
            faults.append(fault("despite_evidence", self.despite_evidence, "a reason, in words"))
        if self.control and self.control_from_evidence:
            faults += _another(self.control, self.control_from_evidence)
        check(self, *faults)

    def together(self) -> list[Fault]:
        """What does not go together in this design."""
        return []

    def failing(self) -> list[Fault]:
        """Ways to fail that it cannot be played in."""
        return []


@dataclass(frozen=True, kw_only=True)
class CourseAsked(DesignAsked):
    """A design whose patients are followed."""

    accrual: Annotated[float, Option("Months of accrual.", at_least=0, unit="months")]
    follow_up: Annotated[
        float, Option("Months of follow-up after the last patient.", at_least=0, unit="months")
    ]
    drop_out: Annotated[
        float, Option("Share lost by --drop-out-time, from 0 to below 1.", at_least=0, below=1)
    ] = 0.0
    drop_out_time: Annotated[
        float, Option("Months by which that share is lost.", above=0, unit="months")
    ] = 12.0

    def course(self) -> Course:
        """Accrual and follow-up as the designs take them."""
        return Course(self.accrual, self.follow_up, self.drop_out, self.drop_out_time)


@dataclass(frozen=True, kw_only=True)
class EitherAsked(DesignAsked):
    """A design for survival or another outcome: accrual and follow-up are of survival alone."""

    ratio_of_survival: ClassVar[str] = "hazard_ratio"
    other_effects: ClassVar[tuple[str, ...]] = ("p1",)
    """Fields that say what is hoped for of other outcomes; one of all is given."""

    accrual: Annotated[
        float | None, Option("Months of accrual (survival).", at_least=0, unit="months")
    ] = None
    follow_up: Annotated[
        float | None,
        Option("Months of follow-up after the last patient (survival).", at_least=0, unit="months"),
    ] = None
    drop_out: Annotated[
        float, Option("Share lost by --drop-out-time, from 0 to below 1.", at_least=0, below=1)
    ] = 0.0
    drop_out_time: Annotated[
        float, Option("Months by which that share is lost.", above=0, unit="months")
    ] = 12.0

    def together(self) -> list[Fault]:
        """Survival or another outcome, with what either needs."""
        ratio = self.ratio_of_survival
        given = {name: getattr(self, name) for name in (ratio, *self.other_effects)}
        faults = [
            fault(name, "", "months, for survival")
            for name in ("accrual", "follow_up")
            if getattr(self, name) is None
            and (given[ratio] is not None or self.accrual is not None or self.follow_up is not None)
        ]
        if sum(one is not None for one in given.values()) != 1:
            name = next((one for one, value in given.items() if value is not None), ratio)
            shown = "" if given[name] is None else f"{given[name]:g}"
            faults.insert(0, fault(name, shown, _one_of([x for x in given if x != name])))
        return faults

    def course(self) -> Course:
        """Accrual and follow-up, which survival has."""
        return Course(self.accrual or 0.0, self.follow_up or 0.0, self.drop_out, self.drop_out_time)


def _another(control: str, source: str) -> list[Fault]:
    """The fault of a control whose figure would come from the record of another treatment."""
    from hilum.sheet.named import named

    asked, given = named(control), named(source)
    if _alike(control, source) or (asked and given and asked.sides & given.sides):
        return []
    wanted = phrased(
        "the control itself ({control}), or the figure as a value: what another treatment reaches "
        "is no figure of the control",
        control=control,
    )
    return [fault("control_from_evidence", source, wanted)]


def _alike(one: str, other: str | None) -> bool:
    return other is not None and one.strip().casefold() == other.strip().casefold()


def _one_of(others: list[str]) -> str:
    """Says that a field or one of one or two others is given, and only one."""
    if len(others) == 1:
        return phrased("either this or {other}, not both", other=Parameter(others[0]))
    one, two = (Parameter(name) for name in others)
    return phrased("one of this, {one} and {two}, not more", one=one, two=two)


def fault(name: str, value: str, expected: str) -> Fault:
    """A value of a field that cannot be."""
    return Fault("", None, name, value, expected)


@contextmanager
def fields_named(**names: str) -> Generator[None]:
    """Faults of functions under the names of the fields that gave their parameters.

    Raises
    ------
    InputError
        The same faults, renamed; those that name no parameter alone stay as they are.
    """
    try:
        yield
    except InputError as error:
        raise InputError(
            *(
                fault(names.get(one.column, one.column), one.value, one.expected)
                for one in error.faults
            )
        ) from None
