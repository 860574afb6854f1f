"""Which review another one updates, as its settings say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.errors import Fault, HilumError, InputError
from hilum.literature.review.state import read_review

if TYPE_CHECKING:
    from hilum.web.asking import Ask


def earlier_said(ask: Ask, key: str) -> str:
    """The review of which this one is an update, as the form says; empty where it is none.

    Raises
    ------
    InputError
        No review that is there, or this one.
    """
    said = ask.form.get("earlier").strip()
    if said and (said == key or said not in ask.desk.reviews.listed()):
        raise InputError(Fault("", None, "earlier", said[:60], "another review that is there"))
    return said


def others(ask: Ask, key: str) -> list[tuple[str, str]]:
    """Every other review that can be read, by its id and title."""
    desk = ask.desk.reviews
    found: list[tuple[str, str]] = []
    for one in desk.listed():
        try:
            title = read_review(desk.place(one)).title
        except HilumError:
            continue
        if one != key:
            found.append((one, title or one))
    return found


def before_of(ask: Ask, key: str) -> str | None:
    """The folder of the version that a review updates; None of one that is no update."""
    found = ask.desk.reviews.earlier(key)
    return None if found is None else str(found)
