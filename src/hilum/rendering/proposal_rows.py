"""Proposals as rows of the extraction's results, for a person to keep or to strike out."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Final

from hilum.literature.extraction.columns import TABLES
from hilum.literature.fulltext.tokens import NOT_REACHED
from hilum.tabular.safe import safe_cell

if TYPE_CHECKING:
    from hilum.analyses.proposals import ProposalsAnswered, Proposed

MEASURES: Final = {
    "proportion": "proportion", "rate_at": "rate_at", "median": "median_months", "mean": "mean",
    "hazard_ratio": "hazard_ratio", "odds_ratio": "odds_ratio",
}  # fmt: skip
"""Measures of the evidence tables; of others there is no row."""
TIMES: Final = ("median", "mean")
MONTHS: Final = {"months": 1.0, "years": 12.0}
"""Weeks and days are not made months: how, is the reader's choice."""


def rows_of(answer: ProposalsAnswered, study: str) -> tuple[str, int]:
    """The table (CSV) and how many proposals have no row in it.

    The arm is the group as the paper names it, empty where it names none: what is empty or wrong
    is for the person who keeps the row.
    """
    table = TABLES["results"]
    out = io.StringIO()
    rows = csv.DictWriter(out, table.head, restval="", lineterminator="\n")
    rows.writeheader()
    left_out = 0
    for paper in answer.papers:
        for number, one in enumerate(paper.figures, 1):
            made = row_of(one, study)
            if made is None:
                left_out += 1
                continue
            made["proposal"] = f"{paper.file}#{number}"
            made["source"] = paper.file
            rows.writerow({name: safe_cell(cell) for name, cell in made.items()})
    return out.getvalue(), left_out


def row_of(one: Proposed, study: str) -> dict[str, str] | None:
    """The row of a proposal; none where the evidence tables have no place for it."""
    measure = MEASURES.get(one.measure)
    scale = MONTHS.get(one.unit) if one.measure in TIMES else 1.0
    if measure is None or one.outcome == "other" or scale is None or one.value == NOT_REACHED:
        return None
    limits = one.interval == "ci" and one.level in (None, 95.0)
    low, high = (one.low, one.high) if limits else ("", "")
    return {
        "study_id": study,
        "arm_id": re.sub(r"\W+", "_", one.group.lower()).strip("_"),
        "outcome": one.outcome,
        "criteria": one.criteria,
        "measure": measure,
        "figure_kind": "estimate",
        "time_months": "" if one.time_months is None else f"{one.time_months:g}",
        "events": "" if one.events is None else str(one.events),
        "n": "" if one.n is None else str(one.n),
        "value": _scaled(one.value, scale),
        "ci_low": _scaled(low, scale),
        "ci_high": "" if high == NOT_REACHED else _scaled(high, scale),
        "p_value": one.p,
        "notes": "; ".join(
            filter(
                None,
                (
                    f"printed in {one.unit}" if scale != 1.0 else "",
                    f"{one.side.replace('/', ' of ')} side by side" if one.side else "",
                ),
            )
        ),
        "page": str(one.page),
        "sentence": one.sentence,
    }


def _scaled(printed: str, scale: float) -> str:
    return printed if scale == 1.0 or not printed else f"{float(printed) * scale:g}"
