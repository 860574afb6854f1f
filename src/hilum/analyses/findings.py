"""A GRADE summary of findings: every pooled figure and comparison with its certainty."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from hilum.analyses.asked import Option, check
from hilum.analyses.summary import FOLDER
from hilum.sheet.findings import Finding
from hilum.sheet.rating import AppraisalSummary
from hilum.synthesis.certainty import Override
from hilum.watch import SILENT

if TYPE_CHECKING:
    from hilum.watch import Watch


@dataclass(frozen=True, kw_only=True)
class FindingsAsked:
    """Which treatments of which tables; ``changes`` are a person's, of certainty."""

    treatment: Annotated[tuple[str, ...], Option("Only this treatment; may be given again.")] = ()
    evidence: Annotated[Path | None, Option(FOLDER)] = None
    appraisals: Annotated[
        Path | None,
        Option("Appraisals (CSV); else appraisals.csv of the --evidence folder."),
    ] = None
    changes: tuple[Override, ...] = ()

    def __post_init__(self) -> None:
        """Checked against the board's treatments when it runs."""
        check(self)


@dataclass(frozen=True, kw_only=True)
class FindingsAnswered:
    """The whole summary; ``rows`` holds comparisons first, then single arms by treatment."""

    hilum_version: str
    appraisals: AppraisalSummary
    rows: tuple[Finding, ...]
    asked: FindingsAsked


def run(asked: FindingsAsked, watch: Watch = SILENT) -> FindingsAnswered:
    """Rate every figure and comparison.

    Raises
    ------
    InputError
        An unknown treatment, or a fault of a table or of a change.
    Stopped
        When the watch says so.
    """
    from hilum.evidence import read_evidence
    from hilum.sheet.findings import findings

    watch.stage("evidence", 1)
    record = read_evidence(asked.evidence)
    watch.done()
    found = findings(
        record,
        treatment=asked.treatment,
        certainty=asked.changes,
        appraisals=asked.appraisals,
        watch=watch,
    )
    return FindingsAnswered(
        hilum_version=found.hilum_version,
        appraisals=found.appraisals,
        rows=tuple(found.rows),
        asked=asked,
    )
