"""From the tables to draws: which treatments have a figure for an outcome, and what they imply."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError

if TYPE_CHECKING:
    import numpy as np

    from hilum.board.sheet import Answer
    from hilum.evidence import Evidence
    from hilum.trials.worth import Posterior

# Outcome of the sheet, what one gains by the better treatment, and whether it is a harm.
GAINS = {
    "objective_response": ("responders", False),
    "symptom_response": ("symptom responders", False),
    "biochemical_response": ("biochemical responders", False),
    "disease_control": ("patients with disease control", False),
    "overall_survival": ("months of survival", False),
    "progression_free_survival": ("months without progression", False),
    "overall_survival_rate_36m": ("survivors at 36 months", False),
    "overall_survival_rate_60m": ("survivors at 60 months", False),
    "mortality_30d": ("deaths within 30 days avoided", True),
    "major_complication": ("major complications avoided", True),
}
MONTHS = ("overall_survival", "progression_free_survival")


@dataclass(frozen=True)
class Body:
    """The evidence on one treatment: its answer, whose studies stand behind the draws."""

    treatment: str
    label: str
    answer: Answer

    @property
    def k(self) -> int:
        """Series behind the draws."""
        return self.answer.k


@dataclass(frozen=True)
class Group:
    """All treatments with a figure for one outcome in one population."""

    outcome: str
    population: str
    bodies: tuple[Body, ...]

    @property
    def months(self) -> bool:
        """Whether the outcome is a time rather than a proportion."""
        return self.outcome in MONTHS

    @property
    def gain(self) -> str:
        """What is gained, in words."""
        return GAINS[self.outcome][0]

    @property
    def time_months(self) -> float:
        """How long an outcome takes to be known at the least; 0 where it is not said."""
        return self.bodies[0].answer.time_months or 0.0

    def together(self, first: str, second: str) -> dict[str, list[str]]:
        """Studies that report both treatments, by kind of comparison."""
        designs: dict[str, dict[str, str]] = {
            body.treatment: {one.study_id: one.design for one in body.answer.studies}
            for body in self.bodies
        }
        shared = sorted(set(designs[first]) & set(designs[second]))
        kinds = {"randomised": True, "nonrandomised": False}
        return {
            kind: [name for name in shared if (designs[first][name] == "rct") is randomised]
            for kind, randomised in kinds.items()
        }


def groups(
    evidence: Evidence, outcomes: tuple[str, ...], populations: tuple[str, ...]
) -> list[Group]:
    """Every outcome and population with two treatments or more; populations are never mixed."""
    from hilum.board.answer import OUTCOMES, answer_question
    from hilum.board.treatments import treatments
    from hilum.evidence import Population, Question

    found: list[Group] = []
    for key in outcomes:
        outcome, measure, time = OUTCOMES[key]
        for population in populations:
            bodies: list[Body] = []
            for one in treatments():
                if not one.modalities:
                    continue
                asked = Question(one.modalities, outcome, measure, Population(population), time)
                answer = answer_question(evidence, asked)
                if answer.k:
                    bodies.append(Body(one.treatment, one.label, answer))
            if len(bodies) > 1:
                found.append(Group(key, population, tuple(bodies)))
    return found


def posterior_of(
    group: Group, draws: int, rng: np.random.Generator, *, bias_sd: float, restricted: float
) -> Posterior:
    """Predictive draws of each treatment from its own series.

    Outcomes are proportions (harms with a minus sign) or mean months up to ``restricted``.
    """
    import numpy as np

    from hilum.trials.worth import median_draws, posterior, proportion_draws, restricted_mean

    columns: list[object] = []
    for body in group.bodies:
        rows = body.answer.studies
        if group.months:
            ends = [row.ci or (None, None) for row in rows]
            columns.append(
                median_draws(
                    [row.value or 0.0 for row in rows],
                    [low or 0.0 for low, _ in ends],
                    [high or 0.0 for _, high in ends],
                    draws,
                    rng,
                    bias_sd=bias_sd,
                )
            )
            continue
        counts = [
            round((row.value or 0.0) * (row.n or 0)) if row.events is None else row.events
            for row in rows
        ]
        sizes = [row.n or 0 for row in rows]
        columns.append(proportion_draws(counts, sizes, draws, rng, bias_sd=bias_sd))
    parameters = np.column_stack([np.asarray(one) for one in columns])
    outcome = restricted_mean(parameters, restricted) if group.months else parameters
    if GAINS[group.outcome][1]:
        outcome = -outcome
    names = tuple(body.treatment for body in group.bodies)
    return posterior(outcome, names, parameters, names, independent=True)


def chosen(option: str, value: str | None, known: tuple[str, ...]) -> tuple[str, ...]:
    """The one named, or all of them.

    Raises
    ------
    InputError
        A name that is not known.
    """
    if value is None:
        return known
    if value not in known:
        wanted = f"one of {', '.join(known)}"
        raise InputError(Fault(f"--{option}", None, option, value, wanted))
    return (value,)
