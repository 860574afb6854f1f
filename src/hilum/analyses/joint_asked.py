"""What is asked of the joint model: a table of arms or an outcome of the evidence, and for whom."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from hilum.analyses.asked import Option, check
from hilum.analyses.tables import Table
from hilum.errors import Fault, phrased

if TYPE_CHECKING:
    from collections.abc import Iterable

ALL = ("all",)
"""Covariates: every one that varies."""
PriorValue = float | tuple[float, ...] | dict[str, float]


def dials() -> tuple[str, ...]:
    """Which evidence a weight acts on."""
    from hilum.synthesis.joint.dials import DIALS

    return tuple(DIALS)


def sides() -> tuple[str, ...]:
    """Sides of an outcome."""
    from hilum.analyses.designs.direction import SIDES

    return SIDES


@dataclass(frozen=True, kw_only=True)
class JointAsked:
    """A table of arms, or an outcome of the evidence, and for whom it is asked.

    ``covariates`` names columns of effect modifiers, ``("all",)`` every one that varies. ``at`` is
    the target by covariate, ``patient`` what a case determines of it (the model takes what it
    holds), ``anchor`` a treatment's known outcome in the target. ``priors`` are those that differ
    from the defaults: a number, (mean, sd) or ``{"fixed": number}``.
    """

    table: Table | None = None
    evidence: Annotated[
        Path | None, Option("Folder of evidence tables instead of the shipped ones.")
    ] = None
    outcome: Annotated[str, Option("Outcome of the shipped evidence, or of a column outcome.")] = (
        "objective_response"
    )
    population: Annotated[
        str, Option("netlm, mixed_net or mixed_liver_metastases; never mixed.")
    ] = "netlm"
    treatment: Annotated[str | None, Option("Compare this treatment ...")] = None
    versus: Annotated[str | None, Option("... with this one (most studied by default).")] = None
    covariates: tuple[str, ...] = ()
    at: dict[str, float] = field(default_factory=dict)
    patient: dict[str, float] | None = None
    anchor: tuple[str, float] | None = None
    better: Annotated[
        str | None,
        Option(
            "Which outcome is better, a higher or a lower one: known of the record's outcomes; "
            "ranks count from the highest before it is said.",
            sides,
        ),
    ] = None
    margin: Annotated[
        float | None,
        Option("Difference a board would call relevant: 0.1 (10 points), or 3 months.", at_least=0),
    ] = None
    dial: Annotated[bool, Option("Along weights 0 to 1 of the weaker evidence.")] = False
    on: Annotated[str, Option("Which evidence the dial turns.", dials)] = "both"
    weight_single: Annotated[
        float, Option("Weight of single-arm evidence.", at_least=0, at_most=1)
    ] = 1.0
    weight_comparative: Annotated[
        float, Option("Weight of non-randomised comparisons.", at_least=0, at_most=1)
    ] = 1.0
    priors: dict[str, PriorValue] = field(default_factory=dict)
    without_derived: Annotated[
        bool, Option("Leave out events computed from a printed percentage.")
    ] = False
    chains: Annotated[int, Option("Chains.", at_least=2)] = 4
    draws: Annotated[
        int | None,
        Option("Draws a chain: 1000; 500 at each weight of the dial.", at_least=100),
    ] = None
    most_draws: Annotated[
        int | None,
        Option(
            "Draws a chain at most, where printed limits do not stand: 4 times those asked for.",
            at_least=100,
        ),
    ] = None
    seed: Annotated[int, Option("Seed.", at_least=0)] = 1
    afresh: Annotated[
        bool, Option("Draw again, also where an earlier question left its posterior.")
    ] = False

    def __post_init__(self) -> None:
        """Refuse what does not go together, all at once."""
        faults: list[Fault] = []
        if self.table is None:
            faults += _words(self)
        if self.treatment is not None and self.treatment == self.versus:
            faults.append(Fault("", None, "versus", self.treatment, "another treatment"))
        check(self, *faults)


def _words(asked: JointAsked) -> list[Fault]:
    from hilum.evidence.vocabulary import Outcome, Population

    return [
        Fault("", None, name, value, _one_of(value, known))
        for name, value, known in (
            ("outcome", asked.outcome, [str(one) for one in Outcome]),
            ("population", asked.population, [str(one) for one in Population]),
        )
        if value not in known
    ]


def _one_of(value: str, known: Iterable[str]) -> str:
    names = list(known)
    near = difflib.get_close_matches(value, names, 1)
    if not near:
        return phrased("one of {known}", known=", ".join(names))
    return phrased("one of {known}; nearest: {near!r}", known=", ".join(names), near=near[0])
