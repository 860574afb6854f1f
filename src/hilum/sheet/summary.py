"""What the tables hold, and the range of embolisation series beside a review's range."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from hilum.evidence import Design, FigureKind, Measure, Outcome, Population

if TYPE_CHECKING:
    from hilum.evidence import Evidence, Result


@dataclass(frozen=True, slots=True)
class ReviewRange:
    """A range (percent) as a review summed up series of these modalities up to a year."""

    outcome: Outcome
    low: float
    high: float
    last_year: int
    modalities: frozenset[str]


@cache
def review_ranges() -> tuple[ReviewRange, ...]:
    """The ranges hilum's question starts from: embolisation series of an early review."""
    text = files("hilum.sheet").joinpath("review_ranges.csv").read_text("utf-8")
    return tuple(
        ReviewRange(
            Outcome(row["outcome"]),
            float(row["low"]),
            float(row["high"]),
            int(row["last_year"]),
            frozenset(row["modalities"].split()),
        )
        for row in csv.DictReader(text.splitlines())
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """The study at one end of a range."""

    study_id: str
    name: str
    percent: float
    figure: str
    row: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeLine:
    """The observed range of one outcome over the studies' own figures."""

    outcome: str
    low: End | None
    high: End | None
    k: int
    review: tuple[float, float] | None


@dataclass(frozen=True, kw_only=True)
class Summary:
    """Counts of the tables, and the ranges."""

    studies: int
    arms: int
    results: int
    designs: dict[str, int]
    populations: dict[str, int]
    last_year: int
    ranges: tuple[RangeLine, ...]


def summarise(evidence: Evidence) -> Summary:
    """Sum up an evidence base; every figure comes from its tables."""
    designs = Counter(study.design for study in evidence.studies)
    populations = Counter(study.population for study in evidence.studies)
    return Summary(
        studies=len(evidence.studies),
        arms=len(evidence.arms),
        results=len(evidence.results),
        designs={design.value: designs[design] for design in Design},
        populations={population.value: populations[population] for population in Population},
        last_year=max(one.last_year for one in review_ranges()),
        ranges=tuple(_range(evidence, one) for one in review_ranges()),
    )


def _range(evidence: Evidence, review: ReviewRange) -> RangeLine:
    rows = [
        row for row in evidence.by_outcome.get(review.outcome, ()) if _counts(evidence, row, review)
    ]
    ends = sorted((_percent(row), row.study_id, row.row, row) for row in rows)
    low, high = (ends[0][3], ends[-1][3]) if ends else (None, None)
    return RangeLine(
        outcome=str(review.outcome),
        low=_end(evidence, low) if low else None,
        high=_end(evidence, high) if high else None,
        k=len({row.study_id for row in rows}),
        review=(review.low, review.high),
    )


def _counts(evidence: Evidence, row: Result, review: ReviewRange) -> bool:
    """A whole-arm estimate of a series that the review could hold, given as a proportion."""
    study = evidence.study[row.study_id]
    return (
        row.measure is Measure.PROPORTION
        and row.figure_kind is FigureKind.ESTIMATE
        and row.subgroup is None
        and (row.value is not None or (row.events is not None and row.n is not None))
        and study.year is not None
        and study.year <= review.last_year
        and study.design is not Design.POOLED_ANALYSIS
        and study.population is Population.NETLM
        and evidence.arm[row.study_id, row.arm_id].modality in review.modalities
    )


def _percent(row: Result) -> float:
    if row.events is not None and row.n is not None:
        return 100 * row.events / row.n
    return row.value or 0.0


def _end(evidence: Evidence, row: Result) -> End:
    counted = row.events is not None and row.n is not None
    figure = f"{row.events}/{row.n}" if counted else f"{row.value:g} %"
    return End(
        study_id=row.study_id,
        name=evidence.study[row.study_id].name,
        percent=_percent(row),
        figure=figure,
        row=row.row,
    )
