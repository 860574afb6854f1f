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
from hilum.literature.screening.review_records import heads_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.literature.screening.session import Session

PREVIOUS: Final = "previous version"
"""Source of a record that the last round left open and this one did not find."""

NOT_RETRIEVED: Final = "not_retrieved"
TITLE: Final = ("not_screened", "conflict")
"""Gaps before a record is let go on to its full text."""


def told_of(
    session: Session,
    origins: Mapping[str, Origin] | None = None,
    links: tuple[tuple[str, str], ...] = (),
) -> Told:
    """What the files of a round say, with what it took over from the round before.

    ``origins`` by record of its folder; without them all are of one database.
    """
    joined = tuple(one.record_id for one in session.joined)
    heads = heads_of(session.folder)
    own = dict.fromkeys(heads, Origin("", "database")) if origins is None else dict(origins)
    return Told(
        origins=own | dict.fromkeys(joined, Origin(PREVIOUS, "database")),
        heads=heads | {one: one for one in joined},
        rows=tuple(map(session.named, session.rows)),
        retrievals={
            session.alias.get(one, one): row for one, row in read_retrievals(session.folder).items()
        },
        links=links,
        carried=frozenset(session.carried),
        reopened=session.reopened,
        joined=frozenset(joined),
        reviewers=session.reviewers,
    )


def left_open(session: Session) -> dict[str, str]:
    """By record of a round that is open: its gap, or that its full text was not retrieved.

    Raises
    ------
    InputError
        A file of the folder that cannot be read.
    """
    flow = counted(told_of(session))
    found = {one: gap.code for gap in flow.gaps for one in gap.records}
    found |= {
        one: NOT_RETRIEVED for box in flow.boxes if box.code == NOT_RETRIEVED for one in box.records
    }
    return found
