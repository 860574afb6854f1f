"""One question: an outcome of a treatment, for patients of a site, a grade and a line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hilum.answers.tables import OutcomeAsked, Treatment, outcomes, treatments
from hilum.errors import Fault, InputError, phrased
from hilum.records import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

SITES = ("any", "pancreas", "small_bowel", "git", "lung", "other")
"""Primary sites of a patient; ``git`` is the tract outside pancreas and small bowel."""
GRADES = ("G1-2", "G3_NET", "NEC")
"""Grades of a patient; carcinomas are never answered by series of carcinoids."""
LINES = ("any", "first", "later")
"""Line of treatment now asked about; ``any`` where it is not known."""


@dataclass(frozen=True, slots=True)
class Switches:
    """What an answer may use; each turned off shows the answer without it.

    Attributes
    ----------
    arm_n : bool
        Denominators taken from the arm or the study where a figure prints none.
    unstated_criteria : bool
        Responses of which no text says the criteria.
    unverified : bool
        Studies of which a cell should be checked in the paper.
    inferred_cohorts : bool
        Studies merged into one cohort on inference alone.
    derived : bool
        Figures computed from printed parts or from a printed percentage.
    recist_only, prospective_only : bool
        Responses by RECIST alone; randomised trials and prospective series alone.
    """

    arm_n: bool = True
    unstated_criteria: bool = True
    unverified: bool = True
    inferred_cohorts: bool = True
    derived: bool = True
    recist_only: bool = False
    prospective_only: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the evidence; hashable.

    Parameters
    ----------
    treatment, outcome : str
        Id of a treatment and key of an outcome (:func:`hilum.answers.treatments`,
        :func:`hilum.answers.outcomes`).
    site, grade, line : str
        Of the patient: one of :data:`SITES`, :data:`GRADES` and :data:`LINES`.
    switches : Switches
        What the answer may use.

    Raises
    ------
    InputError
        A word that is not known, with those that are; all of them at once.
    """

    treatment: str
    outcome: str
    site: str = "any"
    grade: str = "G1-2"
    line: str = "any"
    switches: Switches = field(default_factory=Switches)

    def __post_init__(self) -> None:
        known: tuple[tuple[str, str, Iterable[str]], ...] = (
            ("treatment", self.treatment, treatments()),
            ("outcome", self.outcome, outcomes()),
            ("site", self.site, SITES),
            ("grade", self.grade, GRADES),
            ("line", self.line, LINES),
        )
        faults = [
            Fault("<question>", None, name, value, _expected(value, words))
            for name, value, words in known
            if value not in words
        ]
        if faults:
            raise InputError(*faults)

    @property
    def asked(self) -> OutcomeAsked:
        """The outcome as a record."""
        return outcomes()[self.outcome]

    @property
    def of(self) -> Treatment:
        """The treatment as a record."""
        return treatments()[self.treatment]


def _expected(value: str, words: Iterable[str]) -> str:
    return phrased("one of {known}{hint}", known=", ".join(words), hint=nearest(value, words))
