"""Ids of figures: made once from the study and a serial number, never changed or used again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

COLUMN = "result_id"


def with_ids(studies: Sequence[str], ids: Sequence[str]) -> list[str]:
    """Give an id to every figure that lacks one, leaving the others as they are.

    An id is the study's id, a hyphen and a serial number of three digits or more. It says nothing
    of the figure, so that a corrected figure keeps it; a new one gets the number after the
    highest that its study has.

    Parameters
    ----------
    studies : sequence of str
        Study of each figure, in table order.
    ids : sequence of str
        Its id, empty where it has none.
    """
    last: dict[str, int] = {}
    for one in ids:
        study, _, serial = one.strip().rpartition("-")
        if study and serial.isdigit():
            last[study] = max(last.get(study, 0), int(serial))
    made: list[str] = []
    for study, one in zip(studies, ids, strict=True):
        if one.strip():
            made.append(one)
            continue
        last[study] = last.get(study, 0) + 1
        made.append(f"{study}-{last[study]:03d}")
    return made
