"""What the tables hold, and the range of embolisation series beside a review's range."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from hilum.evidence import Design, FigureKind, Measure, Outcome, Population

if TYPE_CHECKING:
    from hilum.evidence import Evidence, Result

EMBOLISATION = frozenset({"tae", "tace", "tae_or_tace"})
LAST_YEAR = 2011
# The ranges hilum's question starts from: embolisation series as an early review summed them up.
REVIEW = {Outcome("symptom_response"): (75.0, 100.0), Outcome("objective_response"): (33.0, 80.0)}


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class End(_Part):
    """The study at one end of a range."""

    study_id: str
    name: str
    percent: float
    figure: str
    row: int


class RangeLine(_Part):
    """The observed range of one outcome over the studies' own figures."""

    outcome: str
    low: End | None
    high: End | None
    k: int
    review: tuple[float, float] | None


class Summary(_Part):
    """Counts of the tables, and the ranges."""

    studies: int
    arms: int
    results: int
    designs: dict[str, int]
    populations: dict[str, int]
    last_year: int
    ranges: list[RangeLine]


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
        last_year=LAST_YEAR,
        ranges=[_range(evidence, outcome) for outcome in REVIEW],
    )


def _range(evidence: Evidence, outcome: Outcome) -> RangeLine:
    rows = [row for row in evidence.by_outcome.get(outcome, ()) if _counts(evidence, row)]
    ends = sorted((_percent(row), row.study_id, row.row, row) for row in rows)
    low, high = (ends[0][3], ends[-1][3]) if ends else (None, None)
    return RangeLine(
        outcome=outcome,
        low=_end(evidence, low) if low else None,
        high=_end(evidence, high) if high else None,
        k=len({row.study_id for row in rows}),
        review=REVIEW[outcome],
    )


def _counts(evidence: Evidence, row: Result) -> bool:
    """A whole-arm estimate of an embolisation series of the period, given as a proportion."""
    study = evidence.study[row.study_id]
    return (
        row.measure is Measure.PROPORTION
        and row.figure_kind is FigureKind.ESTIMATE
        and row.subgroup is None
        and (row.value is not None or (row.events is not None and row.n is not None))
        and study.year is not None
        and study.year <= LAST_YEAR
        and study.design is not Design.POOLED_ANALYSIS
        and study.population is Population.NETLM
        and evidence.arm[row.study_id, row.arm_id].modality in EMBOLISATION
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
