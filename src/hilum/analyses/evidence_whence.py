"""Where a table came from: the cell of the evidence, what of its rows is left, why no average."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING, Literal

from hilum.answers import outcomes
from hilum.answers.kept_pools import shares
from hilum.answers.pool import share_unsteady
from hilum.answers.thresholds import MIN_PATIENTS, MIN_SERIES, MIN_STUDIES
from hilum.errors import NotConverged

if TYPE_CHECKING:
    from hilum.analyses.evidence_rows import Rows
    from hilum.sheet.sheet_cells import Answer

Why = Literal["total", "few_studies", "few_patients", "no_maximum", "wide", "off", "unsteady"]


@dataclass(frozen=True, slots=True)
class Followed:
    """Rows of a table beside those of its cell: as they were, deleted, changed or added."""

    kept: int
    deleted: int
    other: int


def followed(rows: Rows, text: str) -> Followed:
    """Hold a table, as CSV under its own names of columns, against the rows of a cell."""
    taken = list(csv.DictReader(StringIO(rows.text)))
    names = tuple(taken[0]) if taken else ()
    ours = Counter(tuple(row[name] for name in names) for row in taken)
    theirs = Counter(
        tuple((row.get(name) or "").strip() for name in names)
        for row in csv.DictReader(StringIO(text))
    )
    kept = (ours & theirs).total()
    return Followed(kept, ours.total() - kept, theirs.total() - kept)


def why_no_average(answer: Answer, outcome: str) -> Why | None:
    """Why the map prints no average of a cell's studies; None where it does, or has one study.

    What a flag of the cell says stands there already (``contradicts``, ``not_read``) and is not
    said again.
    """
    if answer.form == "total":
        return "total"
    if answer.form != "range" or any(one.code in ("contradicts", "not_read") for one in
                                     answer.flags):  # fmt: skip
        return None
    if answer.k_with_n < MIN_STUDIES:
        return "few_studies"
    if (answer.n or 0) < MIN_PATIENTS:
        return "few_patients"
    if answer.measure != "proportion":
        return "unsteady"
    least = MIN_SERIES if outcomes()[outcome].group == "response" else 1
    counts = [
        (one.events, one.n, one.study_id)
        for one in answer.studies
        if one.events is not None and one.n is not None and one.n >= least
    ]
    events, sizes, names = (tuple(one) for one in zip(*counts, strict=True))
    try:
        found = shares(events, sizes, names)  # pyright: ignore[reportArgumentType]
    except NotConverged:
        return "no_maximum"
    low, high = (100 * end for end in found.ci)
    crude = 100 * sum(one for one, _, _ in counts) / sum(one for _, one, _ in counts)
    return share_unsteady(100 * found.value, (low, high), crude) or "unsteady"
