"""The published record: studies, arms, results and where each figure was read."""

from hilum.evidence.question import LeftOut, Question, Selection
from hilum.evidence.records import Arm, Evidence, Result, Study
from hilum.evidence.select import select
from hilum.evidence.tables import check_tables, read_evidence
from hilum.evidence.vocabulary import (
    Design,
    FigureKind,
    Measure,
    Outcome,
    Population,
    ReadFrom,
    labels,
    not_separable,
)

__all__ = [
    "Arm",
    "Design",
    "Evidence",
    "FigureKind",
    "LeftOut",
    "Measure",
    "Outcome",
    "Population",
    "Question",
    "ReadFrom",
    "Result",
    "Selection",
    "Study",
    "check_tables",
    "labels",
    "not_separable",
    "read_evidence",
    "select",
]
