"""The published record: studies, arms, results and where each figure was read."""

from hilum.evidence.left_out import LeftOut
from hilum.evidence.records import Arm, Evidence, Result, Study
from hilum.evidence.tables import check_tables, read_evidence
from hilum.evidence.vocabulary import (
    Design,
    FigureKind,
    Measure,
    Outcome,
    Population,
    ReadFrom,
    labels,
    named_at_once,
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
    "ReadFrom",
    "Result",
    "Study",
    "check_tables",
    "labels",
    "named_at_once",
    "read_evidence",
]
