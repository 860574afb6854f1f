"""A GRADE summary of findings: every pooled figure and comparison with its certainty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict

from hilum._version import __version__
from hilum.errors import Fault, InputError, phrased
from hilum.evidence import Evidence, read_evidence
from hilum.sheet.cells_part import answers_of
from hilum.sheet.certainty import answer_id, appraisals_of, rate, summary
from hilum.sheet.comparisons_part import compared_by_ratio
from hilum.sheet.rating import AppraisalSummary, CertaintyPart
from hilum.sheet.treatments import treatments
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from hilum.sheet.sheet import Answer, Comparison
    from hilum.synthesis.certainty import Override
    from hilum.watch import Watch

Interval = tuple[float, float]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Finding(_Part):
    """One line of the summary: a figure of one treatment, or one treatment against another.

    Numbers are on the scale ``unit`` names: proportions from 0 to 1, months or hazard ratios.
    """

    id: str
    kind: Literal["randomised", "nonrandomised", "single_arm"]
    treatment: str
    comparator: str | None
    outcome: str
    population: str
    unit: Literal["proportion", "months", "ratio"]
    k: int
    n: int | None
    designs: list[str]
    value: float
    ci: Interval | None
    prediction: Interval | None
    certainty: CertaintyPart
    studies: list[str]


class Findings(_Part):
    """The whole summary; ``rows`` holds comparisons first, then single arms by treatment."""

    hilum_version: str
    appraisals: AppraisalSummary
    rows: list[Finding]


def findings(
    evidence: Evidence | str | Path | None = None,
    *,
    treatment: Iterable[str] = (),
    certainty: str | Path | Iterable[Override] | None = None,
    appraisals: str | Path | None = None,
    watch: Watch = SILENT,
) -> Findings:
    """Summary of findings of an evidence base, for no patient in particular.

    Parameters
    ----------
    evidence : Evidence or path, optional
        The published record or the folder of its tables; the shipped one when omitted.
    treatment : iterable of str
        Only these treatments of the board; all when empty.
    certainty : path or overrides, optional
        A person's changes of certainty, as for :func:`hilum.sheet.board`.
    appraisals : path, optional
        Table of appraisals; ``appraisals.csv`` of the evidence folder when omitted.

    Raises
    ------
    InputError
        An unknown treatment, or a fault of a table or of an override.
    Stopped
        When the watch says so.
    """
    record = evidence if isinstance(evidence, Evidence) else read_evidence(evidence)
    wanted = list(treatment)
    known = [one.treatment for one in treatments()]
    unknown = [one for one in wanted if one not in known]
    if unknown:
        expected = phrased("one of {known}", known=", ".join(known))
        raise InputError(*(Fault("", None, "treatment", x, expected) for x in unknown))
    appraised = appraisals_of(record, appraisals)
    board = [one.treatment for one in treatments() if one.modalities]
    watch.stage("cells", len(board))
    outcomes: dict[str, dict[str, Answer]] = {}
    for name in board:
        outcomes[name] = answers_of(record, name)
        watch.done()
    # Everything is rated, then filtered: an override of another treatment is no fault.
    rated, compared = rate(outcomes, compared_by_ratio(record), record, appraised, certainty)
    rows = [_compared(row) for row in compared if row.certainty is not None]
    rows += [
        _single(one, name, key)
        for name, answers in rated.items()
        for key, main in answers.items()
        for one in (main, *main.other_populations)
        if one.certainty is not None
    ]
    if wanted:
        rows = [row for row in rows if row.treatment in wanted or row.comparator in wanted]
    studies = {study for row in rows for study in row.studies}
    return Findings(hilum_version=__version__, appraisals=summary(appraised, studies), rows=rows)


def _compared(row: Comparison) -> Finding:
    if row.value is None or row.certainty is None or row.kind == "review":
        message = "a comparison without a value has no line"
        raise ValueError(message)
    return Finding(
        id=row.certainty.id,
        kind=row.kind,
        treatment=row.treatment,
        comparator=row.comparator,
        outcome=row.outcome,
        population=row.population,
        unit=row.unit,
        k=row.k,
        n=row.n,
        designs=sorted({figure.design for figure in row.studies}),
        value=row.value,
        ci=row.ci,
        prediction=row.prediction,
        certainty=row.certainty,
        studies=[figure.study_id for figure in row.studies],
    )


def _single(one: Answer, treatment: str, key: str) -> Finding:
    if one.value is None or one.certainty is None:
        message = "an answer without a value has no line"
        raise ValueError(message)
    return Finding(
        id=answer_id(treatment, key, one.population),
        kind="single_arm",
        treatment=treatment,
        comparator=None,
        outcome=key,
        population=one.population,
        unit=one.unit,
        k=one.k,
        n=one.n,
        designs=one.designs,
        value=one.value,
        ci=one.ci,
        prediction=one.prediction,
        certainty=one.certainty,
        studies=[figure.study_id for figure in one.studies],
    )
