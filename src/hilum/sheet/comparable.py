"""Which treatments of the board have a figure for an outcome: what a trial could compare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hilum.answers import outcomes
from hilum.answers.joint_evidence import joint_evidence
from hilum.answers.pool import least_patients
from hilum.errors import NotEstimable
from hilum.evidence import Measure, Population
from hilum.sheet.answer import OUTCOMES
from hilum.sheet.cells_part import answers_of, of_its_time
from hilum.sheet.treatments import treatments
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hilum.answers.joint_evidence import JointEvidence
    from hilum.evidence import Evidence
    from hilum.sheet.sheet import Answer
    from hilum.watch import Watch

# Outcome of the sheet, what one gains by the better treatment, and whether it is a harm.
GAINS = {one.key: (one.gain, one.group == "harm") for one in outcomes().values() if one.gain}


@dataclass(frozen=True)
class Body:
    """The evidence on one treatment as one model reads it.

    Attributes
    ----------
    treatment, label : str
    studies : mapping of str to str
        Design of each study by its id.
    n : int or None
        Patients, where they are stated.
    answer : Answer or None
        The pooled answer, for the pooled model.
    """

    treatment: str
    label: str
    studies: Mapping[str, str]
    n: int | None
    answer: Answer | None = None

    @property
    def k(self) -> int:
        """Studies behind the draws."""
        return len(self.studies)


@dataclass(frozen=True)
class Group:
    """One outcome in one population, as the joint and as the pooled model would read it.

    Attributes
    ----------
    outcome, population : str
    joint, pooled : tuple of Body
        Treatments of the board with a study; either may hold fewer than two.
    data : JointEvidence or None
        The studies of the joint model; None where there are too few, with ``refusal`` saying so.
    """

    outcome: str
    population: str
    joint: tuple[Body, ...]
    pooled: tuple[Body, ...]
    data: JointEvidence | None
    refusal: str | None = None

    @property
    def name(self) -> str:
        """Outcome and population as one word."""
        return f"{self.outcome}/{self.population}"

    @property
    def months(self) -> bool:
        """Whether the outcome is a time rather than a proportion."""
        return OUTCOMES[self.outcome][1] is Measure.MEDIAN_MONTHS

    @property
    def gain(self) -> str:
        """What is gained, in words."""
        return GAINS[self.outcome][0]

    @property
    def harm(self) -> bool:
        """Whether less is better."""
        return GAINS[self.outcome][1]

    @property
    def time_months(self) -> float:
        """How long an outcome takes to be known at the least; 0 where it is not said."""
        return OUTCOMES[self.outcome][2] or 0.0

    @property
    def treatments(self) -> tuple[str, ...]:
        """Every treatment that one of the models could rank."""
        return tuple(dict.fromkeys(body.treatment for body in (*self.joint, *self.pooled)))


def together(first: Body, second: Body) -> dict[str, list[str]]:
    """Studies that hold both treatments, by kind of comparison."""
    shared = sorted(set(first.studies) & set(second.studies))
    kinds = {"randomised": True, "nonrandomised": False}
    return {
        kind: [name for name in shared if (first.studies[name] == "rct") is randomised]
        for kind, randomised in kinds.items()
    }


def comparable(
    evidence: Evidence,
    outcomes: Sequence[str] = tuple(GAINS),
    populations: Sequence[str] = tuple(Population),
    watch: Watch = SILENT,
) -> list[Group]:
    """Every outcome and population with two treatments or more; populations are never mixed.

    ``watch`` is told of each outcome.
    """
    found: list[Group] = []
    # The cells of a treatment are of all outcomes and populations: they are made once.
    answers: dict[str, dict[str, Answer]] = {}
    for one in treatments():
        if one.modalities:
            answers[one.treatment] = answers_of(evidence, one.treatment)
            watch.done(0)
    for outcome in outcomes:
        for population in populations:
            group = _group(evidence, answers, outcome, Population(population))
            if max(len(group.joint), len(group.pooled)) > 1:
                found.append(group)
            watch.done(0)
        watch.done()
    return found


def _group(
    evidence: Evidence,
    answers: Mapping[str, Mapping[str, Answer]],
    key: str,
    population: Population,
) -> Group:
    outcome, _, time = OUTCOMES[key]
    pooled: list[Body] = []
    for one in treatments():
        if one.treatment not in answers:
            continue
        answer = _of_population(answers[one.treatment][key], key, population)
        if answer.k:
            designs = {study.study_id: study.design for study in answer.studies}
            pooled.append(Body(one.treatment, one.label, designs, answer.n, answer))
    try:
        data = joint_evidence(evidence, outcome, population, time_months=time)
    except NotEstimable as error:
        return Group(key, population, (), tuple(pooled), None, error.sentence)
    joint = [
        _joint_body(evidence, data, one.treatment, one.label)
        for one in treatments()
        if one.treatment in data.studies.treatments
    ]
    return Group(key, population, tuple(joint), tuple(pooled), data)


def _of_population(found: Answer, key: str, population: Population) -> Answer:
    """The studies of a cell that are of one population and that the cell may weight."""
    least = least_patients(outcomes()[key])
    studies = [
        study
        for study in of_its_time(found)
        if study.population == population
        and study.value is not None
        and study.n is not None
        and study.n >= least
    ]
    known = [study.n for study in studies if study.n]
    return found.model_copy(
        update={
            "studies": studies,
            "k": len(studies),
            "n": sum(known) if known else None,
            "population": population,
        }
    )


def _joint_body(evidence: Evidence, data: JointEvidence, treatment: str, label: str) -> Body:
    held = data.studies.studies_of(data.studies.treatments.index(treatment))
    names = [data.studies.studies[study] for study in held]
    known = [n for (_, name), n in data.patients.items() if name == treatment and n is not None]
    designs = {name: str(evidence.study[name].design) for name in names}
    return Body(treatment, label, designs, sum(known) if known else None)
