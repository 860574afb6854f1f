"""What the evidence tables hold."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from hilum.analyses.asked import Option
from hilum.sheet.summary import Summary
from hilum.watch import SILENT

if TYPE_CHECKING:
    from hilum.watch import Watch

FOLDER = "Folder of evidence tables instead of the shipped ones."


@dataclass(frozen=True, kw_only=True)
class SummaryAsked:
    """Which tables."""

    evidence: Annotated[Path | None, Option(FOLDER)] = None


@dataclass(frozen=True, kw_only=True)
class SummaryAnswered(Summary):
    """Counts of the tables, and ranges of series beside a review's."""

    asked: SummaryAsked


def run(asked: SummaryAsked, watch: Watch = SILENT) -> SummaryAnswered:
    """Sum up the tables.

    Raises
    ------
    InputError
        With every fault of the tables.
    Stopped
        When the watch says so.
    """
    from hilum.evidence import read_evidence
    from hilum.sheet.summary import summarise

    watch.stage("evidence", 1)
    found = summarise(read_evidence(asked.evidence))
    watch.done()
    return SummaryAnswered(
        **{one.name: getattr(found, one.name) for one in fields(found)}, asked=asked
    )
