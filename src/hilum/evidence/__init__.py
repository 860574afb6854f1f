"""The published record: studies, arms, results and where each figure was read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.deferred import later

if TYPE_CHECKING:
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

__getattr__ = later(
    __name__,
    {
        "Arm": "hilum.evidence.records",
        "Design": "hilum.evidence.vocabulary",
        "Evidence": "hilum.evidence.records",
        "FigureKind": "hilum.evidence.vocabulary",
        "LeftOut": "hilum.evidence.left_out",
        "Measure": "hilum.evidence.vocabulary",
        "Outcome": "hilum.evidence.vocabulary",
        "Population": "hilum.evidence.vocabulary",
        "ReadFrom": "hilum.evidence.vocabulary",
        "Result": "hilum.evidence.records",
        "Study": "hilum.evidence.records",
        "check_tables": "hilum.evidence.tables",
        "labels": "hilum.evidence.vocabulary",
        "named_at_once": "hilum.evidence.vocabulary",
        "read_evidence": "hilum.evidence.tables",
    },
)
