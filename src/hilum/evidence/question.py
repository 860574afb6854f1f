"""What is asked of the evidence, and what answers it: both plain, frozen values."""

from __future__ import annotations

from dataclasses import dataclass

from hilum.evidence.records import Result
from hilum.evidence.vocabulary import Measure, Outcome, Population


@dataclass(frozen=True, slots=True)
class Question:
    """One question to the evidence; hashable.

    Parameters
    ----------
    modalities : tuple of str
        Single modalities that count as the treatment asked about; empty for every arm.
    outcome, measure : Outcome, Measure
        What was measured, and as what kind of number.
    population : Population
        Never widened silently: one question asks one population.
    time_months : float, optional
        The time of a survival rate.
    include_derived : bool
        Whether events computed from a printed percentage enter.
    """

    modalities: tuple[str, ...]
    outcome: Outcome
    measure: Measure
    population: Population
    time_months: float | None = None
    include_derived: bool = True


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A figure that touches the question but does not enter the answer, and why.

    ``reason`` is one of ``not_estimate``, ``subgroup``, ``combination``, ``not_separable``,
    ``pooled_analysis``, ``no_denominator``, ``denominator_assumed``, ``derived``,
    ``no_interval``, ``no_value``, ``same_arm``, ``same_cohort``;
    ``kept`` names the study or figure that stands for it.
    """

    result: Result
    reason: str
    kept: str | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """The figures that answer a question, and every one that was left out with its reason."""

    question: Question
    rows: tuple[Result, ...]
    left_out: tuple[LeftOut, ...]
