"""What a round of a review left open: records that an update carries on with.

Cochrane keeps studies that await classification, and ongoing ones, apart from those that are
excluded: an update decides them. So is every other report here that the flow of the last round has
in a gap, or whose full text was not to be had.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.literature.flow.counted import Told, counted
from hilum.literature.flow.retrieval import read_retrievals
from hilum.literature.review.origins import Origin
from hilum.literature.screening.decisions import read_decisions
from hilum.literature.screening.review_records import heads_of

if TYPE_CHECKING:
    from pathlib import Path

NOT_RETRIEVED: Final = "not_retrieved"
TITLE: Final = ("not_screened", "conflict")
"""Gaps before a record is let go on to its full text."""


def left_open(folder: Path, reviewers: int) -> dict[str, str]:
    """By record of a round that is open: its gap, or that its full text was not retrieved.

    Raises
    ------
    InputError
        A file of the folder that cannot be read.
    """
    heads = heads_of(folder)
    flow = counted(
        Told(
            origins=dict.fromkeys(heads, Origin("", "database")),
            heads=heads,
            rows=read_decisions(folder),
            retrievals=read_retrievals(folder),
            reviewers=reviewers,
        )
    )
    found = {one: gap.code for gap in flow.gaps for one in gap.records}
    found |= {
        one: NOT_RETRIEVED for box in flow.boxes if box.code == NOT_RETRIEVED for one in box.records
    }
    return found
